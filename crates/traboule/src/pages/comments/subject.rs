//! What comments are about, looked up behind its address: a published episode with its show, or a public post. Whatever
//! is not public is not found, and so are its comments.

use std::sync::Arc;

use community::model::Post;
use community::service::{members, posts};
use db::{Failure, read_tx};
use jiff::tz::TimeZone;
use kernel::{Actor, At, Lang, OrgId, Refusal, Subject, SubjectKind, show_id};
use publish::model::{EPISODE_PREFIX, Episode, Show, UNDATED};
use publish::service::{self as uc, SITE_TOPIC, shown_topics};
use publish::web::Links;

use super::text;
use crate::app::App;
use crate::pages::members::voice_views;
use crate::pages::posts::post_path;
use crate::pages::studio::checks::zone_of;

/// Something people comment on.
pub(crate) struct About {
    /// As comments know it.
    pub(crate) subject: Subject,
    /// Whose moderators answer for what is said about it.
    pub(crate) org: OrgId,
    /// When it appeared, for threads that close by time.
    pub(crate) since: At,
    /// The zone its times are shown in.
    pub(crate) zone: TimeZone,
    /// The language of its feed of comments.
    pub(crate) lang: Lang,
    /// The entry of the navigation its pages stand under.
    pub(crate) current: String,
    /// What pages that show it depend on, besides what is said about it.
    topics: Vec<String>,
    /// The next instant at which its page changes by itself.
    pub(crate) valid_until: Option<At>,
    /// Addresses where it is at home.
    pub(crate) links: Links,
    thing: Thing,
}

enum Thing {
    Episode { show: Box<Show>, episode: Box<Episode> },
    Post { name: String, body: String },
}

/// The episode of an address.
///
/// # Errors
/// Not found for what is not public.
pub(crate) async fn about(app: &Arc<App>, show: &str, slug: &str) -> Result<About, Failure> {
    let now = app.now();
    let (show, episode, valid_until) = read_tx!(app.db, |tx| {
        let (show, episode) = uc::bare_at(tx, show, slug, now).await?;
        let valid_until = uc::next_change(tx, show.id, now).await?;
        Ok((show, episode, valid_until))
    })?;
    Ok(About { valid_until, ..About::episode(app, show, episode) })
}

/// What a subject is, for somebody who may not see all of them.
///
/// # Errors
/// Not found for what is not public.
pub(crate) async fn about_subject(app: &Arc<App>, actor: &Actor, subject: Subject) -> Result<About, Failure> {
    let now = app.now();
    match subject.kind {
        SubjectKind::Episode => {
            let (show, episode) = read_tx!(app.db, |tx| uc::public_bare(tx, subject.id, now).await)?;
            Ok(About::episode(app, show, episode))
        }
        SubjectKind::Post => {
            let (post, name, valid_until) = read_tx!(app.db, |tx| {
                let post = posts::seen_post(tx, actor, subject.id, now).await?;
                let until = reach::shown(tx, &[subject]).await?.next_change(now);
                if !posts::public_posts(tx, &[post.id], now).await?.contains_key(&post.id) {
                    return Err(Refusal::not_found().into());
                }
                let mut voices = voice_views(tx, (app.render.texts(), &app.links), Lang::Fr, &[post.author]).await?;
                Ok((post.clone(), voices.remove(&post.author).map(|v| v.name).unwrap_or_default(), until))
            })?;
            Ok(About { valid_until, ..About::post(app, &post, &name) })
        }
    }
}

/// When an episode appeared, for threads that close by time.
pub(crate) fn since(episode: &Episode) -> At {
    episode.state.instant().filter(|at| *at != UNDATED).unwrap_or(episode.updated_at)
}

impl About {
    /// A published episode.
    pub(crate) fn episode(app: &App, show: Show, episode: Episode) -> Self {
        Self {
            subject: Subject::episode(episode.id),
            org: show.org,
            since: since(&episode),
            zone: zone_of(&show),
            lang: Lang::parse(&show.language).unwrap_or(Lang::En),
            current: show.slug.clone(),
            topics: shown_topics(show.id).to_vec(),
            valid_until: episode.reached.until,
            links: app.links.of(&show),
            thing: Thing::Episode { show: Box::new(show), episode: Box::new(episode) },
        }
    }

    /// A public post of a voice of this name.
    pub(crate) fn post(app: &App, post: &Post, name: &str) -> Self {
        Self {
            subject: Subject::post(post.id),
            org: post.org,
            since: post.at,
            zone: app.places.zone_of(post.author),
            lang: Lang::parse(&post.lang).unwrap_or(Lang::En),
            current: String::new(),
            topics: vec![
                members::voice_topic(post.author),
                SITE_TOPIC.to_owned(),
                reach::topic(Subject::post(post.id)),
            ],
            valid_until: None,
            links: app.links.clone(),
            thing: Thing::Post { name: name.to_owned(), body: post.body.clone() },
        }
    }

    /// What its pages depend on, what is said about it included.
    pub(crate) fn topics(&self) -> Vec<String> {
        let said = community::service::topic(self.subject);
        self.topics.iter().cloned().chain([said]).collect()
    }

    /// What it is called in a language.
    pub(crate) fn title(&self, app: &App, lang: Lang) -> String {
        match &self.thing {
            Thing::Episode { show, episode } => {
                let (content_lang, content) = episode.text(lang.code(), &show.language);
                text::titled(content_lang, &content.title)
            }
            Thing::Post { name, body } => crate::pages::posts::title(app, lang, name, body),
        }
    }

    /// The path of its page.
    pub(crate) fn page(&self, lang: Lang) -> String {
        match &self.thing {
            Thing::Episode { show, episode } => Links::episode(lang, &show.slug, &episode.slug),
            Thing::Post { .. } => post_path(lang, self.subject.id),
        }
    }

    /// A path of it as a link from a page of the site itself.
    pub(crate) fn at_main(&self, path: String) -> String {
        if self.links.origin() == self.links.main_origin() { path } else { self.links.absolute(&path) }
    }

    /// The path of all its comments.
    pub(crate) fn comments(&self, lang: Lang) -> String {
        format!("{}/comments", self.page(lang))
    }

    /// The path of the feed of its comments.
    pub(crate) fn feed(&self) -> String {
        feed_path(self.subject)
    }
}

/// The path of the feed of comments on something.
pub(crate) fn feed_path(subject: Subject) -> String {
    let prefix = match subject.kind {
        SubjectKind::Episode => EPISODE_PREFIX,
        SubjectKind::Post => community::model::POST_PREFIX,
    };
    format!("/feeds/comments/{}.xml", show_id(prefix, subject.id))
}

/// What the name of such a feed is about.
pub(crate) fn feed_subject(name: &str) -> Option<Subject> {
    let episode = kernel::parse_id(EPISODE_PREFIX, name).map(Subject::episode);
    episode.or_else(|| kernel::parse_id(community::model::POST_PREFIX, name).map(Subject::post))
}
