//! What the comments of the moderators' queue are about, in their words: a title, where it is seen, its zone. Episodes and
//! posts in any state; nothing is decided here.

use std::collections::HashMap;

use community::model::{POST_PREFIX, Post};
use community::service::shown;
use db::{Failure, Tx};
use jiff::tz::TimeZone;
use kernel::{Actor, At, Lang, OrgId, Subject, SubjectKind, parse_id, show_id};
use publish::model::{EPISODE_PREFIX, Episode, Show};
use publish::rules::schedule;
use publish::rules::visibility::{Standing, standing};
use publish::service as publish_uc;
use publish::web::Links;

use crate::app::App;
use crate::pages::members::voice_views;
use crate::pages::posts::{self, VoiceView, post_path};

/// What some comments are about.
pub(super) struct Abouts {
    episodes: HashMap<i64, (Show, Episode)>,
    posts: HashMap<i64, Post>,
    voices: HashMap<i64, VoiceView>,
}

/// Reads the shown id of an episode or a post.
pub(super) fn subject_of(text: &str) -> Option<Subject> {
    let episode = parse_id(EPISODE_PREFIX, text).map(Subject::episode);
    episode.or_else(|| parse_id(POST_PREFIX, text).map(Subject::post))
}

/// The shown id of what a comment is about.
pub(super) fn shown(subject: Subject) -> String {
    match subject.kind {
        SubjectKind::Episode => show_id(EPISODE_PREFIX, subject.id),
        SubjectKind::Post => show_id(POST_PREFIX, subject.id),
    }
}

impl Abouts {
    /// Looks behind subjects of an organisation.
    ///
    /// # Errors
    /// Not found for people outside it.
    pub(super) async fn load(
        tx: &mut Tx,
        app: &App,
        actor: &Actor,
        org: OrgId,
        subjects: &[Subject],
    ) -> Result<Self, Failure> {
        let of = |kind| subjects.iter().filter(|s| s.kind == kind).map(|s| s.id).collect::<Vec<i64>>();
        let episodes = publish_uc::titles(tx, actor, org, &of(SubjectKind::Episode)).await?;
        let posts = shown::of_org(tx, actor, org, &of(SubjectKind::Post)).await?;
        let authors: Vec<i64> = posts.values().map(|p| p.author).collect();
        Ok(Self {
            episodes,
            voices: voice_views(tx, (app.render.texts(), &app.links), Lang::Fr, &authors).await?,
            posts,
        })
    }

    /// Whether it is there.
    pub(super) fn has(&self, subject: Subject) -> bool {
        match subject.kind {
            SubjectKind::Episode => self.episodes.contains_key(&subject.id),
            SubjectKind::Post => self.posts.contains_key(&subject.id),
        }
    }

    /// When it appeared.
    pub(super) fn since(&self, subject: Subject) -> Option<At> {
        match subject.kind {
            SubjectKind::Episode => self.episodes.get(&subject.id).and_then(|(_, e)| e.state.instant()),
            SubjectKind::Post => self.posts.get(&subject.id).map(|p| p.at),
        }
    }

    /// What it is called; empty when it is not there.
    pub(super) fn title(&self, app: &App, lang: Lang, subject: Subject) -> String {
        match subject.kind {
            SubjectKind::Episode => self.episodes.get(&subject.id).map_or_else(String::new, |(show, episode)| {
                let (own, text) = episode.text(lang.code(), &show.language);
                publish::web::typeset(own, &text.title).into_owned()
            }),
            SubjectKind::Post => self.posts.get(&subject.id).map_or_else(String::new, |post| {
                let name = self.voices.get(&post.author).map(|v| v.name.as_str()).unwrap_or_default();
                posts::title(app, lang, name, &post.body)
            }),
        }
    }

    /// Where it is seen: its page, or the desk while it has none. Empty when it is not there.
    pub(super) fn url(&self, lang: Lang, subject: Subject, now: At) -> String {
        match subject.kind {
            SubjectKind::Episode => self.episodes.get(&subject.id).map_or_else(String::new, |(show, episode)| {
                match standing(episode.state, now) {
                    Standing::Published => Links::episode(lang, &show.slug, &episode.slug),
                    _ => format!("/{}/studio/episodes/{}", lang.code(), show_id(EPISODE_PREFIX, episode.id)),
                }
            }),
            SubjectKind::Post => self.posts.get(&subject.id).map_or_else(String::new, |post| post_path(lang, post.id)),
        }
    }

    /// The zone its times are shown in.
    pub(super) fn zone(&self, subject: Subject) -> TimeZone {
        let show =
            self.episodes.get(&subject.id).filter(|_| subject.kind == SubjectKind::Episode).map(|(show, _)| show);
        show.and_then(|s| schedule::zone(&s.time_zone).ok()).unwrap_or(TimeZone::UTC)
    }
}
