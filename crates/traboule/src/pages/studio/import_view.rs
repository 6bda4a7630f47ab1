//! What the import pages show: view models only. Identities and titles come from outside and are shown as text.

use std::sync::Arc;

use db::{Failure, read_tx};
use kernel::{At, Lang, OrgId, show_id};
use publish::model::{REHEARSAL_PREFIX, Rehearsal, SHOW_PREFIX};
use publish::rules::rehearse::{Changes, RehearsedItem};
use publish::service::{self as uc, ReportedProblem, rehearse};
use publish::web::Links;
use serde::Serialize;
use ui::{FormView, Stamp};

use super::import::OneQuery;
use super::{RailEntry, rail, utc_stamp};
use crate::app::App;
use crate::http::Client;
use crate::imports;
use crate::pages::public::Pager;

/// How many items one page lists.
const ITEMS: usize = 100;
/// How many of the other lists are shown.
const SOME: usize = 20;

#[derive(Serialize)]
pub(super) struct Choice {
    value: String,
    label: String,
}

#[derive(Serialize)]
pub(super) struct Again {
    id: String,
    title: String,
    address: String,
}

#[derive(Serialize)]
pub(super) struct Earlier {
    url: String,
    source: String,
    when: Stamp,
    state: &'static str,
    state_text: String,
}

#[derive(Serialize)]
pub(super) struct StartVars {
    rail: Vec<RailEntry>,
    shows: Vec<Choice>,
    again: Vec<Again>,
    earlier: Vec<Earlier>,
    form: Option<FormView>,
    most: String,
}

fn state(row: &Rehearsal, now: At) -> &'static str {
    match (row.ran_at, row.undone_at) {
        (_, Some(_)) => "undone",
        (Some(_), None) => "done",
        (None, None) if row.expires_at <= now => "over",
        (None, None) => "waiting",
    }
}

/// The start page.
pub(super) async fn start(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    org: OrgId,
    form: Option<FormView>,
) -> Result<StartVars, Failure> {
    let (actor, now) = (client.actor(), app.now());
    let (shows, rows) = read_tx!(app.db, |tx| {
        Ok((uc::list_shows(tx, &actor, org).await?, rehearse::list(tx, &actor, org).await?))
    })?;
    let title = |show: &publish::model::Show| show.text(lang.code()).1.title.clone();
    let mut choices = vec![Choice { value: String::new(), label: app.say(lang, "imports-show-new") }];
    choices.extend(shows.iter().map(|s| Choice { value: show_id(SHOW_PREFIX, s.id), label: title(s) }));
    Ok(StartVars {
        rail: rail(app, lang, "studio/import"),
        shows: choices,
        again: shows
            .iter()
            .filter_map(|s| {
                Some(Again { id: show_id(SHOW_PREFIX, s.id), title: title(s), address: s.source_url.clone()? })
            })
            .collect(),
        earlier: rows
            .iter()
            .map(|row| {
                let state = state(row, now);
                Earlier {
                    url: format!("/{}/studio/import/{}", lang.code(), show_id(REHEARSAL_PREFIX, row.id)),
                    source: row.source.clone(),
                    when: utc_stamp(row.ran_at.unwrap_or(row.created_at), lang),
                    state,
                    state_text: app.say(lang, &format!("imports-state-{state}")),
                }
            })
            .collect(),
        form,
        most: ui::bytes_text(i64::try_from(imports::MOST_BYTES).unwrap_or(0), lang),
    })
}

#[derive(Serialize)]
pub(super) struct Total {
    label: String,
    value: String,
}

#[derive(Serialize)]
pub(super) struct ItemRow {
    title: String,
    when: Option<Stamp>,
    guid: String,
    fate: &'static str,
    fate_text: String,
    moved: Option<(String, String)>,
    has_sound: bool,
    repeated: bool,
}

#[derive(Serialize)]
pub(super) struct ProblemRow {
    text: String,
    /// The language of the text when it is not the page's.
    lang: Option<&'static str>,
    count: usize,
    code: String,
    items: String,
}

#[derive(Serialize)]
pub(super) struct OneVars {
    rail: Vec<RailEntry>,
    id: String,
    source: String,
    kind_text: String,
    address: Option<String>,
    show_title: Option<String>,
    show_url: Option<String>,
    show_note: Option<String>,
    state: &'static str,
    totals: Vec<Total>,
    problems: Vec<ProblemRow>,
    items: Vec<ItemRow>,
    missing: Vec<(String, String)>,
    missing_more: usize,
    order_text: Option<String>,
    pager: Option<Pager>,
    digest: String,
    expires: Stamp,
    ran: Option<Stamp>,
    locked: bool,
    proved: bool,
    token: Option<String>,
    nothing: bool,
    can_undo: bool,
    downloads: Option<String>,
    form: Option<FormView>,
    said: Option<String>,
}

/// A rehearsal or its result.
pub(super) async fn one(
    app: &Arc<App>,
    lang: Lang,
    row: &Rehearsal,
    query: OneQuery,
    form: Option<FormView>,
) -> Result<OneVars, Failure> {
    let state = state(row, app.now());
    let said = query.said.as_deref().map(|s| format!("imports-said-{s}"));
    let said = said.filter(|key| app.render.texts().has(lang, key)).map(|key| app.say(lang, &key));
    let mut vars = OneVars {
        rail: rail(app, lang, "studio/import"),
        id: show_id(REHEARSAL_PREFIX, row.id),
        source: row.source.clone(),
        kind_text: app.say(lang, &format!("imports-kind-{}", row.kind.code())),
        address: row.address().map(str::to_owned),
        show_title: None,
        show_url: None,
        show_note: None,
        state,
        totals: Vec::new(),
        problems: Vec::new(),
        items: Vec::new(),
        missing: Vec::new(),
        missing_more: 0,
        order_text: None,
        pager: None,
        digest: row.digest.clone(),
        expires: utc_stamp(row.expires_at, lang),
        ran: row.ran_at.map(|at| utc_stamp(at, lang)),
        locked: false,
        proved: false,
        token: None,
        nothing: false,
        can_undo: false,
        downloads: None,
        form,
        said,
    };
    if state == "waiting" {
        rehearsal(app, lang, row, query.from.unwrap_or(0), &mut vars).await?;
    } else if row.ran_at.is_some() {
        result(app, lang, row, &mut vars).await?;
    }
    Ok(vars)
}

async fn rehearsal(app: &App, lang: Lang, row: &Rehearsal, from: usize, vars: &mut OneVars) -> Result<(), Failure> {
    let source = imports::opened(app, row).await?;
    let found = read_tx!(app.db, |tx| rehearse::rehearse(tx, row, &source, app.now()).await)?;
    let report = &found.report;
    vars.locked = source.locked();
    vars.proved = imports::proved(app, row, &source);
    vars.token = if vars.locked { imports::token(app, row) } else { None };
    let note = if found.show.is_some() { "imports-into-known" } else { "imports-into-new" };
    let title = found.show.as_ref().map_or(&report.show.title, |s| &s.text(lang.code()).1.title);
    vars.show_note = Some(app.render.texts().text(lang, note, &[("title", title.as_str().into())]));
    vars.show_title = Some(report.show.title.clone());
    vars.show_url = found.show.as_ref().map(|s| Links::show(lang, &s.slug));
    vars.nothing = report.would_create + report.would_update == 0 && found.wordpress.is_none();
    let value = serde_json::to_value(report).unwrap_or_default();
    vars.totals = totals(app, lang, &value, Some(&found.changes));
    if let Some(counts) = &found.wordpress {
        vars.totals.extend(holdings(app, lang, &serde_json::to_value(counts).unwrap_or_default()));
    }
    vars.problems = problems(app, lang, &report.problems);
    let changes = &found.changes;
    vars.order_text = Some(app.say(lang, &format!("imports-order-{}", changes.order.code())));
    vars.missing = changes.missing.iter().take(SOME).cloned().collect();
    vars.missing_more = changes.missing.len().saturating_sub(SOME);
    let start = (from / ITEMS) * ITEMS;
    vars.items = changes.items.iter().skip(start).take(ITEMS).map(|i| item(app, lang, i)).collect();
    let path = |at: usize| format!("/{}/studio/import/{}?from={at}", lang.code(), vars.id);
    let all = changes.items.len();
    vars.pager = (all > ITEMS).then(|| Pager {
        newer_url: (start > 0).then(|| path(start - ITEMS)),
        older_url: (start + ITEMS < all).then(|| path(start + ITEMS)),
        text: format!("{}–{} / {}", start + 1, (start + ITEMS).min(all), ui::number(whole(all), lang)),
    });
    Ok(())
}

async fn result(app: &App, lang: Lang, row: &Rehearsal, vars: &mut OneVars) -> Result<(), Failure> {
    let value: serde_json::Value = serde_json::from_str(row.report.as_deref().unwrap_or("{}")).unwrap_or_default();
    let show = match row.show {
        Some(id) => read_tx!(app.db, |tx| uc::public_shows(tx).await)?.into_iter().find(|s| s.id == id),
        None => None,
    };
    vars.show_title = value["show"]["title"].as_str().map(str::to_owned);
    vars.show_url = show.map(|s| Links::show(lang, &s.slug));
    vars.totals = totals(app, lang, &value, None);
    vars.totals.extend(holdings(app, lang, &value["wordpress"]));
    let list: Vec<ReportedProblem> = value["problems"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|p| ReportedProblem {
            code: p["code"].as_str().unwrap_or_default().to_owned(),
            item: p["item"].as_u64().and_then(|n| usize::try_from(n).ok()),
            text: p["text"].as_str().unwrap_or_default().to_owned(),
        })
        .collect();
    vars.problems = problems(app, lang, &list);
    vars.can_undo = read_tx!(app.db, |tx| rehearse::can_undo(tx, row).await)?;
    let tasks = publish::jobs::downloads(&app.db, Some(row.org)).await?;
    let all = tasks.due + tasks.done + tasks.dead;
    if tasks.due > 0 {
        let args = [("done", (all - tasks.due).into()), ("total", all.into())];
        vars.downloads = Some(app.render.texts().text(lang, "pages-downloads", &args));
    }
    Ok(())
}

fn whole(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The figures of a report that say something.
fn totals(app: &App, lang: Lang, report: &serde_json::Value, changes: Option<&Changes>) -> Vec<Total> {
    let number = |name: &str| report[name].as_i64().unwrap_or_default();
    let mut figures = vec![
        ("items", number("items")),
        ("create", number("would_create")),
        ("update", number("would_update")),
        ("keep", number("unchanged")),
        ("sound", number("with_enclosure")),
    ];
    if let Some(changes) = changes {
        figures.push(("repeated", whole(changes.repeated)));
        figures.push(("moved", whole(changes.moved)));
        figures.push(("missing", whole(changes.missing.len())));
    }
    if changes.is_none() {
        (figures[1].0, figures[2].0) = ("created", "updated");
    }
    let kept =
        figures.into_iter().filter(|(name, n)| *n > 0 || !matches!(*name, "sound" | "repeated" | "moved" | "missing"));
    kept.map(|(name, n)| total(app, lang, name, n)).collect()
}

/// A figure and the words after it, which follow its number.
fn total(app: &App, lang: Lang, name: &str, n: i64) -> Total {
    let label = app.render.texts().text(lang, &format!("imports-total-{name}"), &[("count", n.into())]);
    Total { label, value: ui::number(n, lang) }
}

/// What an export holds beside posts.
fn holdings(app: &App, lang: Lang, counts: &serde_json::Value) -> Vec<Total> {
    let sum = |name: &str| -> i64 {
        counts[name].as_object().map_or(0, |map| map.values().filter_map(serde_json::Value::as_i64).sum())
    };
    let one = |name: &str| counts[name].as_i64().unwrap_or_default();
    [
        ("pages", sum("pages")),
        ("comments", sum("comments")),
        ("terms", sum("terms")),
        ("attachments", one("attachments")),
        ("left-out", sum("left_out")),
    ]
    .into_iter()
    .filter(|(_, n)| *n > 0)
    .map(|(name, n)| total(app, lang, name, n))
    .collect()
}

/// Problems, one row per code: the sentence in the page's language, else the reader's own words.
fn problems(app: &App, lang: Lang, list: &[ReportedProblem]) -> Vec<ProblemRow> {
    let mut rows: Vec<ProblemRow> = Vec::new();
    let mut places: Vec<Vec<usize>> = Vec::new();
    for problem in list {
        match rows.iter().position(|r| r.code == problem.code) {
            Some(at) => {
                rows[at].count += 1;
                places[at].extend(problem.item);
            }
            None => {
                let key = format!("imports-problem-{}", problem.code.replace('_', "-"));
                let known = app.render.texts().has(lang, &key);
                rows.push(ProblemRow {
                    text: if known { app.say(lang, &key) } else { problem.text.clone() },
                    lang: (!known && lang != Lang::En).then_some("en"),
                    count: 1,
                    code: problem.code.clone(),
                    items: String::new(),
                });
                places.push(problem.item.into_iter().collect());
            }
        }
    }
    for (row, items) in rows.iter_mut().zip(places) {
        let mut shown: Vec<String> = items.iter().take(8).map(|n| (n + 1).to_string()).collect();
        if items.len() > shown.len() {
            shown.push("…".to_owned());
        }
        row.items = shown.join(", ");
    }
    rows
}

fn item(app: &App, lang: Lang, i: &RehearsedItem) -> ItemRow {
    ItemRow {
        title: if i.title.is_empty() { app.say(lang, "imports-untitled") } else { i.title.clone() },
        when: i.published.map(|at| utc_stamp(at, lang)),
        guid: i.guid.clone(),
        fate: i.fate.code(),
        fate_text: app.say(lang, &format!("imports-fate-{}", i.fate.code())),
        moved: i.moved.clone(),
        has_sound: i.has_sound,
        repeated: i.repeated,
    }
}
