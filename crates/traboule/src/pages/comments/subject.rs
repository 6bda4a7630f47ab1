//! What comments are about, looked up behind its address: a published episode with its show, or a public post. Whatever
//! is not public is not found, and so are its comments.

use std::sync::Arc;

use db::{Failure, read_tx};
use jiff::tz::TimeZone;
use kernel::{At, Lang, OrgId, Subject, SubjectKind, show_id};
use publish::model::{EPISODE_PREFIX, Episode, Show, UNDATED};
use publish::service::{self as uc, SITE_TOPIC, show_topic};
use publish::web::Links;

use super::text;
use crate::app::App;
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
}

/// The episode of an address.
///
/// # Errors
/// Not found for what is not public.
pub(crate) async fn about(app: &Arc<App>, show: &str, slug: &str) -> Result<About, Failure> {
    let now = app.now();
    let page = read_tx!(app.db, |tx| uc::episode_page(tx, show, slug, now).await)?;
    let about = About::episode(app, page.show, page.full.episode);
    Ok(About { valid_until: page.valid_until, ..about })
}

/// What a subject is.
///
/// # Errors
/// Not found for what is not public.
pub(crate) async fn about_subject(app: &Arc<App>, subject: Subject) -> Result<About, Failure> {
    let now = app.now();
    match subject.kind {
        SubjectKind::Episode => {
            let (show, full) = read_tx!(app.db, |tx| uc::public_episode(tx, subject.id, now).await)?;
            Ok(About::episode(app, show, full.episode))
        }
        SubjectKind::Post => Err(kernel::Refusal::not_found().into()),
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
            topics: vec![show_topic(show.id), SITE_TOPIC.to_owned()],
            valid_until: None,
            links: app.links.of(&show),
            thing: Thing::Episode { show: Box::new(show), episode: Box::new(episode) },
        }
    }

    /// What its pages depend on, what is said about it included.
    pub(crate) fn topics(&self) -> Vec<String> {
        let said = community::service::topic(self.subject);
        self.topics.iter().cloned().chain([said]).collect()
    }

    /// What it is called in a language.
    pub(crate) fn title(&self, lang: Lang) -> String {
        match &self.thing {
            Thing::Episode { show, episode } => {
                let (content_lang, content) = episode.text(lang.code(), &show.language);
                text::titled(content_lang, &content.title)
            }
        }
    }

    /// The path of its page.
    pub(crate) fn page(&self, lang: Lang) -> String {
        match &self.thing {
            Thing::Episode { show, episode } => Links::episode(lang, &show.slug, &episode.slug),
        }
    }

    /// A path of it as a link from a page of the site itself.
    pub(crate) fn from_main(&self, path: String) -> String {
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
