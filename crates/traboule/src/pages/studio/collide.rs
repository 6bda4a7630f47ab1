//! Two people saved the same words: what each wrote side by side, a choice per field, and saving what was chosen. Also the
//! names of fields, which the history shows too.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, Refusal, parse_id};
use publish::model::{Chapter, Credit, EPISODE_PREFIX};
use publish::rules::check::EpisodeDraft;
use publish::rules::merge::{self, Choice};
use publish::service::{self as uc, Collided, Saved};
use serde::Serialize;
use serde_json::Value;
use ui::Posted;

use super::{EpisodeTop, language_name, names, top};
use crate::app::App;
use crate::http::{Client, html, redirect};
use crate::pages::site::{self, private_head};

/// A field's name in words: `texts/fr/title` → "Title (French)".
pub(crate) fn field_name(app: &App, lang: Lang, field: &str) -> String {
    let mut path = field.splitn(3, '/');
    let say = |name: &str| app.say(lang, &format!("editor-field-{name}"));
    match (path.next().unwrap_or_default(), path.next(), path.next()) {
        ("texts", Some(code), Some(name)) => {
            let name = say(&name.replace('_', "-"));
            format!("{name} ({})", language_name(app, lang, code))
        }
        ("chapters", Some(name), _) => match name.strip_prefix("start:").and_then(|ms| ms.parse().ok()) {
            Some(ms) => format!("{} {}", say("chapter"), ui::timecode(ms)),
            None => say("chapter"),
        },
        ("credits", None, _) => say("credit-order"),
        ("credits", Some(name), _) => format!("{} {name}", say("credit")),
        (name, ..) => say(name),
    }
}

/// A field's value in words, for people; nothing for what is not there.
pub(crate) fn field_text(app: &App, lang: Lang, field: &str, value: Option<&Value>) -> String {
    let Some(value) = value else { return String::new() };
    if field.starts_with("chapters/")
        && let Ok(chapter) = serde_json::from_value::<Chapter>(value.clone())
    {
        return chapter_text(&chapter);
    }
    if field.starts_with("credits/")
        && let Ok(c) = serde_json::from_value::<Credit>(value.clone())
    {
        let lines = [c.name, c.role, c.team, c.href.unwrap_or_default(), c.bio_fr, c.bio_en];
        return lines.into_iter().filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n");
    }
    match value {
        // The order of the credits.
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        Value::String(text) if field == "kind" => app.say(lang, &format!("editor-kind-{text}")),
        Value::String(text) if field.ends_with("/notes_html") => publish::text::html_to_text(text),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => app.say(lang, if *yes { "editor-explicit-yes" } else { "editor-explicit-no" }),
        _ => String::new(),
    }
}

fn chapter_text(chapter: &Chapter) -> String {
    let mut lines = vec![ui::timecode(chapter.start_ms)];
    lines.extend(chapter.titles.iter().map(|(lang, title)| format!("{lang} : {title}")));
    lines.extend(chapter.sources.iter().map(|s| {
        let seen = s.seen_on.as_ref().map(|d| format!(" ({d})")).unwrap_or_default();
        format!("{} {}{seen}", s.title, s.url)
    }));
    lines.join("\n")
}

#[derive(Serialize)]
struct CollisionRow {
    key: String,
    name: String,
    base: String,
    base_known: bool,
    theirs: String,
    mine: String,
    /// Whether a result can be typed.
    typed: bool,
    /// What stands in its field.
    result: String,
    /// What is chosen.
    pick: String,
    number: bool,
    lang: String,
}

#[derive(Serialize)]
struct Vars {
    #[serde(flatten)]
    top: EpisodeTop,
    who: String,
    rows: Vec<CollisionRow>,
    taken: Vec<String>,
    began: i64,
    seen: i64,
    mine: String,
    section: String,
    problems: Vec<String>,
}

/// A choice that was not taken: what was posted, and why.
type Again<'a> = (&'a Posted, &'a Refusal);

/// The page that asks somebody to choose.
pub(super) async fn page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    section: &str,
    collided: &Collided,
    again: Option<Again<'_>>,
) -> Result<Response, Failure> {
    let number = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let actor = client.actor();
    let (show, full, list) = read_tx!(app.db, |tx| {
        let (show, full) = uc::desk_episode(tx, &actor, number).await?;
        let (list, _) = uc::revisions(tx, &actor, number, None).await?;
        Ok((show, full, list))
    })?;
    let people = names(app, client, show.org).await?;
    let mut who: Vec<String> = list
        .iter()
        .filter(|r| r.version > collided.began && r.version <= collided.version && r.by != actor.person())
        .map(|r| r.by.and_then(|p| people.get(&p).cloned()).unwrap_or_else(|| app.say(lang, "editor-somebody")))
        .collect();
    who.sort_unstable();
    who.dedup();
    let typed = |name: &str| again.map(|(posted, _)| posted.get(name).to_owned()).filter(|t| !t.is_empty());
    let rows = collided.merged.collisions.iter().enumerate().map(|(at, c)| CollisionRow {
        result: typed(&format!("typed-{at}")).unwrap_or_else(|| field_text(app, lang, &c.field, c.mine.as_ref())),
        pick: typed(&format!("pick-{at}")).unwrap_or_else(|| "mine".to_owned()),
        name: field_name(app, lang, &c.field),
        base: field_text(app, lang, &c.field, c.base.as_ref()),
        base_known: c.base.is_some(),
        theirs: field_text(app, lang, &c.field, c.theirs.as_ref()),
        mine: field_text(app, lang, &c.field, c.mine.as_ref()),
        typed: merge::is_typed(&c.field),
        number: matches!(c.field.as_str(), "number" | "season"),
        lang: c.field.strip_prefix("texts/").and_then(|f| f.split('/').next()).unwrap_or(lang.code()).to_owned(),
        key: c.field.clone(),
    });
    let vars = Vars {
        top: top(app, lang, &show, &full.episode, ""),
        who: if who.is_empty() { app.say(lang, "editor-somebody") } else { who.join(", ") },
        rows: rows.collect(),
        taken: collided.merged.taken.iter().map(|f| field_name(app, lang, f)).collect(),
        began: collided.began,
        seen: collided.version,
        mine: serde_json::to_string(&collided.mine).map_err(Failure::broken)?,
        section: section.to_owned(),
        problems: again.map(|(_, refusal)| problems(app, lang, refusal)).unwrap_or_default(),
    };
    let status = again.map_or(StatusCode::CONFLICT, |(_, refusal)| ui::status(refusal.kind));
    let head = private_head(app.say(lang, "editor-collide"));
    let text = site::render(app, lang, &client.path, "", "pages/studio_collide.html", head, vars).await?;
    Ok(html(app, client, lang, status, text))
}

fn problems(app: &App, lang: Lang, refusal: &Refusal) -> Vec<String> {
    let texts = app.render.texts();
    let fields = refusal.fields.iter().map(|f| ui::sentence(texts, lang, "field", f.code, &f.args));
    [ui::sentence(texts, lang, "refusal", refusal.code, &refusal.args)].into_iter().chain(fields).collect()
}

/// POST `…/merge`: saves what was chosen.
pub(super) async fn choose(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    posted: &Posted,
) -> Result<Response, Failure> {
    let unreadable = || Refusal::invalid("form-unreadable");
    let number = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let ctx = client.ctx(app);
    let actor = ctx.actor.clone();
    read_tx!(app.db, |tx| uc::desk_episode(tx, &actor, number).await)?;
    let mine: EpisodeDraft = serde_json::from_str(posted.get("mine")).map_err(|_| unreadable())?;
    let began: i64 = posted.get("began").parse().map_err(|_| unreadable())?;
    let seen: i64 = posted.get("seen").parse().map_err(|_| unreadable())?;
    let mut choices = HashMap::new();
    for (at, key) in posted.all("field").iter().enumerate() {
        let choice = match posted.get(&format!("pick-{at}")) {
            "theirs" => Choice::Theirs,
            "typed" => Choice::Typed(posted.get(&format!("typed-{at}")).to_owned()),
            _ => Choice::Mine,
        };
        choices.insert(key.clone(), choice);
    }
    let section = posted.get("section").to_owned();
    let saved = write_tx!(app.db, |tx| {
        let saved = uc::save_choices(tx, &ctx, number, (began, seen), mine.clone(), &choices).await?;
        if matches!(saved, Saved::Kept { .. }) {
            uc::forget_unsaved(tx, &ctx, number, &section).await?;
        }
        Ok(saved)
    });
    let saved = match saved {
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let again = read_tx!(app.db, |tx| uc::collision(tx, &actor, number, (began, seen), mine.clone()).await)?;
            return page(app, client, lang, id, &section, &again, Some((posted, &refusal))).await;
        }
        other => other?,
    };
    match saved {
        Saved::Kept { .. } => Ok(redirect(&super::save::after_choice(lang, id, &section))),
        Saved::Collided(collided) => page(app, client, lang, id, &section, &collided, None).await,
    }
}
