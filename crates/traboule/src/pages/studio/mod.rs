//! The studio: pages for people at work. What several of them share: the rail, the tabs of an episode, a row of a list.
//! They parse, call one use case, render; no rule lives here.

pub mod approval;
pub mod audience;
pub mod calendar;
pub mod checks;
pub mod collide;
mod comment_about;
pub mod comment_settings;
pub mod comments;
pub mod comments_act;
pub mod corrections;
pub mod episode;
pub(crate) mod forms;
pub(crate) mod frame;
pub mod history;
pub mod ideas;
pub mod import;
mod import_view;
pub mod list;
pub mod media;
pub mod rundown;
pub mod save;
pub mod show;
pub mod shows;
pub mod site_pages;
pub mod sound;
pub mod transcript;
pub mod webhooks;

use std::collections::HashMap;

use db::{Failure, read_tx};
use kernel::{At, Lang, OrgId, PersonId, show_id};
use publish::model::{EPISODE_PREFIX, Episode, Show};
use publish::rules::schedule;
use publish::rules::visibility::{Standing, standing};
use publish::web::Links;
use serde::Serialize;
use ui::Stamp;

use crate::app::App;
use crate::http::{Client, redirect};
use axum::response::Response;

/// An entry of the rail.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RailEntry {
    url: String,
    label: String,
    icon: &'static str,
    current: bool,
    /// Stands in the bar of a phone, which has room for five words; the others are behind the fifth.
    first: bool,
    /// Shows how many comments wait, to those who may moderate them.
    counted: bool,
}

/// How many entries the bar of a phone shows before "More".
const IN_THE_BAR: usize = 4;

/// The rail of pages for people at work.
pub(crate) fn rail(app: &App, lang: Lang, current: &str) -> Vec<RailEntry> {
    [
        ("studio", "pages-studio-heading", "episodes"),
        ("studio/calendar", "sites-calendar", "calendar"),
        ("studio/ideas", "editor-ideas", "draft"),
        ("studio/shows", "sites-shows", "feed"),
        ("studio/comments", "moderation-heading", "chat"),
        ("studio/audience", "audience-heading", "play"),
        ("studio/media", "sites-media", "picture"),
        ("studio/pages", "sites-pages", "page"),
        ("studio/people", "pages-people-heading", "people"),
        ("studio/import", "imports-heading", "download"),
        ("studio/webhooks", "webhook-heading", "out"),
        ("account", "pages-account-heading", "person"),
    ]
    .into_iter()
    .enumerate()
    .map(|(place, (path, label, icon))| RailEntry {
        url: format!("/{}/{path}", lang.code()),
        label: app.say(lang, label),
        icon,
        current: path == current,
        first: place < IN_THE_BAR,
        counted: path == "studio/comments",
    })
    .collect()
}

/// The tabs of one episode's pages. `current` is the last piece of the address, empty for the first.
pub(crate) fn tabs(app: &App, lang: Lang, id: &str, current: &str) -> Vec<RailEntry> {
    TABS.iter()
        .map(|(piece, label, icon)| RailEntry {
            url: format!("/{}/studio/episodes/{id}{}{piece}", lang.code(), if piece.is_empty() { "" } else { "/" }),
            label: app.say(lang, label),
            icon,
            current: *piece == current,
            first: true,
            counted: false,
        })
        .collect()
}

/// The pages of an episode: piece of the address, words, icon.
const TABS: &[(&str, &str, &str)] = &[
    ("rundown", "editor-tab-rundown", "episodes"),
    ("", "pages-tab-texts", "draft"),
    ("sound", "pages-tab-sound", "play"),
    ("transcript", "pages-tab-transcript", "chat"),
    ("corrections", "editor-tab-corrections", "alert"),
    ("approval", "approval-tab", "check"),
    ("history", "editor-tab-history", "clock"),
    ("audience", "audience-tab", "people"),
];

/// An episode in a list of the studio.
#[derive(Serialize)]
pub(crate) struct EpisodeRow {
    pub(crate) id: String,
    pub(crate) plaque: String,
    pub(crate) title: String,
    pub(crate) state: &'static str,
    pub(crate) state_text: String,
    pub(crate) when: Option<Stamp>,
    pub(crate) url: Option<String>,
    pub(crate) edit_url: String,
    pub(crate) summary: String,
    pub(crate) notes_md: String,
    pub(crate) date_value: String,
    /// The date and time in words that a draft without an instant is planned for.
    pub(crate) planned: String,
    pub(crate) time_value: String,
    pub(crate) version: i64,
}

/// Makes a row in the language `text_lang` of its texts.
pub(crate) fn row(app: &App, lang: Lang, show: &Show, episode: &Episode, text_lang: &str, now: At) -> EpisodeRow {
    let (_, text) = episode.text(text_lang, &show.language);
    let standing = standing(episode.state, now);
    let zone = schedule::zone(&show.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let at = episode.state.instant().filter(|at| at.micros() != 0);
    let when = at.map(|at| Stamp { iso: at.rfc3339_in(&zone), text: in_words(at, &zone, lang) });
    // A planned draft has no instant yet: the form starts with the wall clock somebody meant.
    let planned = || schedule::resolve_again(episode.wall_clock.as_deref()?, &zone).map(|r| r.at);
    let local = at.or_else(planned).map(|at| at.timestamp().to_zoned_datetime(zone.clone()));
    let id = show_id(EPISODE_PREFIX, episode.id);
    EpisodeRow {
        plaque: episode.number.map(|n| n.to_string()).unwrap_or_default(),
        title: text.title.clone(),
        state: standing.code(),
        state_text: app.say(lang, &format!("pages-state-{}", standing.code())),
        when,
        url: (standing == Standing::Published).then(|| Links::episode(lang, &show.slug, &episode.slug)),
        edit_url: format!("/{}/studio/episodes/{id}", lang.code()),
        summary: text.summary.clone(),
        notes_md: text.notes_md.clone().unwrap_or_default(),
        planned: local
            .as_ref()
            .map(|z| in_words(At::from_micros(z.timestamp().as_microsecond()), &zone, lang))
            .unwrap_or_default(),
        date_value: local.as_ref().map(|z| z.strftime("%Y-%m-%d").to_string()).unwrap_or_default(),
        version: episode.version,
        time_value: local.as_ref().map(|z| z.strftime("%H:%M").to_string()).unwrap_or_default(),
        id,
    }
}

/// An instant on a page of no show: universal time, and saying so.
pub(crate) fn utc_stamp(at: At, lang: Lang) -> Stamp {
    Stamp { iso: at.rfc3339(), text: format!("{} UTC", in_words(at, &jiff::tz::TimeZone::UTC, lang)) }
}

/// A day and its clock in words.
fn in_words(at: At, zone: &jiff::tz::TimeZone, lang: Lang) -> String {
    format!("{}, {}", ui::date_long(at, zone, lang), ui::clock_text(at, zone, lang))
}

/// The head of every page of an episode.
#[derive(Serialize)]
pub(crate) struct EpisodeTop {
    pub(crate) rail: Vec<RailEntry>,
    pub(crate) tabs: Vec<RailEntry>,
    pub(crate) ep: EpisodeRow,
    pub(crate) ep_lang: String,
    pub(crate) show_title: String,
}

/// Makes the head of an episode's page whose tab is `current`.
pub(crate) fn top(app: &App, lang: Lang, show: &Show, episode: &Episode, current: &str) -> EpisodeTop {
    let ep = row(app, lang, show, episode, lang.code(), app.now());
    EpisodeTop {
        rail: rail(app, lang, "studio"),
        tabs: tabs(app, lang, &ep.id, current),
        ep_lang: episode.text(lang.code(), &show.language).0.to_owned(),
        show_title: show.text(lang.code()).1.title.clone(),
        ep,
    }
}

/// The names of the people of an organisation, for its team.
pub(crate) async fn names(app: &App, client: &Client, org: OrgId) -> Result<HashMap<PersonId, String>, Failure> {
    let actor = client.actor();
    Ok(read_tx!(app.db, |tx| accounts::service::colleagues(tx, &actor, org).await)?.into_iter().collect())
}

/// An instant on the clock of a zone, with its day when that is not today.
pub(crate) fn moment(at: At, zone: &jiff::tz::TimeZone, lang: Lang, now: At) -> Stamp {
    let day = |at: At| at.timestamp().to_zoned_datetime(zone.clone()).date();
    let clock = ui::clock_text(at, zone, lang);
    let text = if day(at) == day(now) { clock } else { format!("{}, {clock}", ui::date_long(at, zone, lang)) };
    Stamp { iso: at.rfc3339_in(zone), text }
}

/// Where somebody who is not signed in goes, and comes back from.
pub(crate) fn to_sign_in(lang: Lang, path: &str) -> Response {
    redirect(&format!("/{}/sign-in?next={path}", lang.code()))
}

/// A language's name in the language of the page; its tag when nobody named it.
pub(crate) fn language_name(app: &App, lang: Lang, code: &str) -> String {
    let key = format!("publish-language-{code}");
    if app.render.texts().has(lang, &key) { app.say(lang, &key) } else { code.to_owned() }
}
