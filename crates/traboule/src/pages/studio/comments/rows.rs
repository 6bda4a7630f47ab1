//! A comment as a row of the queue.

use std::collections::HashMap;

use community::model::{Author, COMMENT_PREFIX};
use community::service::QueueItem;
use kernel::{Lang, show_id};
use publish::model::{EPISODE_PREFIX, Episode, Show};
use publish::rules::schedule;
use publish::web::Links;
use serde::Serialize;
use ui::Stamp;

use super::super::moment;
use crate::app::App;

/// How much of the comment it answers is quoted, in characters.
const QUOTED: usize = 160;

/// A comment in the queue.
#[derive(Serialize)]
pub(super) struct Row {
    id: String,
    state: &'static str,
    name: String,
    url: Option<String>,
    kind: String,
    known: String,
    known_is: bool,
    email: Option<String>,
    same: Vec<String>,
    when: Stamp,
    edited: bool,
    paragraphs: Vec<String>,
    reasons: Vec<String>,
    parent: Option<Quoted>,
    about: Option<About>,
    can_answer: bool,
    erased: bool,
}

#[derive(Serialize)]
struct Quoted {
    name: String,
    text: String,
}

#[derive(Serialize)]
struct About {
    id: String,
    show: String,
    title: String,
    url: String,
}

fn start(text: &str) -> String {
    let mut out: String = text.chars().take(QUOTED).collect();
    if text.chars().count() > QUOTED {
        out.push('…');
    }
    out
}

/// Makes a row.
pub(super) fn row(app: &App, lang: Lang, item: &QueueItem, about: &HashMap<i64, (Show, Episode)>) -> Row {
    let (c, texts) = (&item.comment, app.render.texts());
    let found = about.get(&c.subject.id);
    let zone = found.and_then(|(show, _)| schedule::zone(&show.time_zone).ok()).unwrap_or(jiff::tz::TimeZone::UTC);
    let kind = match c.author {
        Author::Guest => "guest",
        Author::Member(_) => "member",
        Author::Team(_) => "team",
    };
    let count = |key: &str, n: i64| (n > 1).then(|| texts.text(lang, key, &[("count", (n - 1).into())]));
    let same = [count("moderation-same-email", item.same_email), count("moderation-same-network", item.same_network)];
    let reason = |code: &String| {
        let key = format!("community-reason-{code}");
        if texts.has(lang, &key) { app.say(lang, &key) } else { code.clone() }
    };
    let erased = |name: &str| if name.is_empty() { app.say(lang, "moderation-erased") } else { name.to_owned() };
    Row {
        id: show_id(COMMENT_PREFIX, c.id),
        state: c.state.code(),
        name: erased(&c.name),
        url: c.url.clone(),
        kind: app.say(lang, &format!("moderation-kind-{kind}")),
        known: app.say(lang, if item.known { "moderation-known" } else { "moderation-unknown" }),
        known_is: item.known,
        email: item.email.clone(),
        same: same.into_iter().flatten().collect(),
        when: moment(c.said_at, &zone, lang, app.now()),
        edited: c.edited_at.is_some(),
        paragraphs: c.body.lines().filter(|l| !l.trim().is_empty()).map(str::to_owned).collect(),
        reasons: c.reasons.iter().map(reason).collect(),
        parent: item.parent.as_ref().map(|p| Quoted { name: erased(&p.name), text: start(&p.body) }),
        about: found.map(|(show, episode)| place(app, lang, show, episode)),
        can_answer: matches!(c.state, community::model::State::Held | community::model::State::Visible),
        erased: c.erased,
    }
}

fn place(app: &App, lang: Lang, show: &Show, episode: &Episode) -> About {
    let path = Links::episode(lang, &show.slug, &episode.slug);
    About {
        id: show_id(EPISODE_PREFIX, episode.id),
        show: super::title_of(show, lang),
        title: episode.text(lang.code(), &show.language).1.title.clone(),
        url: format!("{}#comments", app.links.of(show).absolute(&path)),
    }
}
