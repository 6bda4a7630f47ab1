//! The rundown of an episode: its items with their clock, the ideas that can be taken in, and the chapters it becomes.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, PersonId, Refusal, parse_id, show_id};
use publish::model::{EPISODE_PREFIX, FullEpisode, ITEM_PREFIX, Item, ItemLink, ItemState, Show, SourceKind};
use publish::rules::rundown::{self as rules, ItemDraft, MINUTE, Way, clock_ms, clocks};
use publish::rules::schedule;
use publish::service::{self as uc, Place, Rundown};
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted};

use super::episode::Unsaved;
use super::forms::{self, ChapterRow, host};
use super::sound::audible;
use super::{EpisodeTop, language_name, moment, names, to_sign_in, top};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::public::{lang_of, nowhere, remote_origins};
use crate::pages::site::{self, private_head};

/// A link of an item on a page.
#[derive(Serialize)]
pub(super) struct LinkRow {
    kind: &'static str,
    title: String,
    url: String,
    host: String,
}

/// An item on a page.
#[derive(Serialize)]
pub(super) struct ItemRow {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) notes: String,
    pub(super) planned: String,
    pub(super) clock: Option<String>,
    pub(super) ready: bool,
    pub(super) assignee: String,
    pub(super) assignee_name: Option<String>,
    pub(super) links: Vec<LinkRow>,
    pub(super) version: i64,
    pub(super) show: i64,
    pub(super) open: bool,
    pub(super) form: Option<FormView>,
}

/// Somebody who can be assigned.
#[derive(Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
}

/// The people of an organisation as choices, nobody first.
pub(super) fn people_choices(app: &App, lang: Lang, people: &HashMap<PersonId, String>) -> Vec<Choice> {
    let mut out: Vec<Choice> =
        people.iter().map(|(id, name)| Choice { value: id.0.to_string(), label: name.clone() }).collect();
    out.sort_by(|a, b| (kernel::fold(&a.label), &a.value).cmp(&(kernel::fold(&b.label), &b.value)));
    out.insert(0, Choice { value: String::new(), label: app.say(lang, "editor-nobody") });
    out
}

/// A row of an item; `typed` is a posted form that was not taken, for the item it belongs to.
pub(super) fn item_row(
    app: &App,
    lang: Lang,
    item: &Item,
    people: &HashMap<PersonId, String>,
    clock: Option<i64>,
    typed: Option<&Typed>,
) -> ItemRow {
    let typed = typed.filter(|t| t.item == Some(item.id));
    let links = match typed {
        Some(t) => typed_links(&t.posted),
        None => item.links.clone(),
    };
    let row = |l: &ItemLink| LinkRow {
        kind: if l.kind == SourceKind::Video { "video" } else { "link" },
        title: l.title.clone(),
        host: host(&l.url),
        url: l.url.clone(),
    };
    ItemRow {
        id: show_id(ITEM_PREFIX, item.id),
        title: item.title.clone(),
        notes: item.notes.clone(),
        planned: if item.planned_ms > 0 { ui::timecode(item.planned_ms) } else { String::new() },
        clock: clock.map(ui::timecode),
        ready: item.state == ItemState::Ready,
        assignee: item.assignee.map(|p| p.0.to_string()).unwrap_or_default(),
        assignee_name: item
            .assignee
            .map(|p| people.get(&p).cloned().unwrap_or_else(|| app.say(lang, "editor-somebody"))),
        links: links.iter().map(row).collect(),
        version: item.version,
        show: item.show,
        open: typed.is_some(),
        form: typed.map(|t| t.form.clone()),
    }
}

/// A posted form that was not taken.
pub(super) struct Typed {
    /// Which item it edits; none: it adds one, or is another form of the page.
    pub(super) item: Option<i64>,
    /// As posted.
    pub(super) posted: Posted,
    /// With its problems.
    pub(super) form: FormView,
}

fn typed_links(posted: &Posted) -> Vec<ItemLink> {
    let (titles, urls, kinds) = (posted.all("link-title"), posted.all("link-url"), posted.all("link-kind"));
    let at = |list: &[String], i: usize| list.get(i).map(|t| t.trim().to_owned()).unwrap_or_default();
    let links = (0..urls.len().min(40)).map(|i| ItemLink {
        kind: if at(kinds, i) == "video" { SourceKind::Video } else { SourceKind::Link },
        title: at(titles, i),
        url: at(urls, i),
    });
    links.filter(|l| !l.url.is_empty() || !l.title.is_empty()).collect()
}

/// The item as typed into its form. The assignee must be one of `people`.
fn typed_item(posted: &Posted, people: &HashMap<PersonId, String>) -> Result<ItemDraft, Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    let planned = clock_ms(posted.get("planned"), MINUTE);
    if planned.is_none() {
        refusal = refusal.field("planned", "planned-malformed");
    }
    let assignee = match posted.get("assignee") {
        "" => None,
        id => id.parse().ok().map(PersonId),
    };
    if !posted.get("assignee").is_empty() && assignee.is_none_or(|p| !people.contains_key(&p)) {
        refusal = refusal.field("assignee", "person-unknown");
    }
    refusal.unless_clean()?;
    Ok(ItemDraft {
        title: posted.get("title").to_owned(),
        notes: posted.get("notes").to_owned(),
        planned_ms: planned.unwrap_or(0),
        assignee,
        state: ItemState::parse(posted.get("state")),
        links: typed_links(posted),
    })
}

/// What an act on an item leads to: what to say, and the item to come back to.
pub(super) struct Acted {
    pub(super) said: &'static str,
    pub(super) item: Option<Item>,
}

/// One act on an item, the same from a rundown and from the pool.
pub(super) async fn act_on(app: &App, client: &Client, id: i64, verb: &str, posted: &Posted) -> Result<Acted, Failure> {
    let ctx = client.ctx(app);
    let (said, item) = match verb {
        "edit" => {
            let org = read_tx!(app.db, |tx| uc::item_of(tx, &ctx.actor, id).await)?.org;
            let draft = typed_item(posted, &names(app, client, org).await?)?;
            let version = posted.get("version").parse().unwrap_or(0);
            let item = write_tx!(app.db, |tx| uc::edit_item(tx, &ctx, id, version, draft.clone()).await)?;
            ("item-saved", Some(item))
        }
        "up" | "down" => {
            let way = if verb == "up" { Way::Up } else { Way::Down };
            ("item-moved", Some(write_tx!(app.db, |tx| uc::move_item(tx, &ctx, id, way).await)?))
        }
        "drop" => ("item-dropped", Some(write_tx!(app.db, |tx| uc::drop_item(tx, &ctx, id, true).await)?)),
        "undrop" => ("item-back", Some(write_tx!(app.db, |tx| uc::drop_item(tx, &ctx, id, false).await)?)),
        "pool" => ("item-pool", Some(write_tx!(app.db, |tx| uc::place_item(tx, &ctx, id, None).await)?)),
        "place" => {
            let episode = parse_id(EPISODE_PREFIX, posted.get("episode"))
                .ok_or_else(|| Refusal::invalid("check-fields").field("episode", "required"))?;
            ("item-placed", Some(write_tx!(app.db, |tx| uc::place_item(tx, &ctx, id, Some(episode)).await)?))
        }
        _ => return Err(Refusal::not_found().into()),
    };
    Ok(Acted { said, item })
}

/// The end of an address after an act: what to say, what can be undone, where to go on.
pub(super) fn tail(acted: &Acted) -> String {
    let id = acted.item.as_ref().map(|i| show_id(ITEM_PREFIX, i.id));
    match (acted.said, id) {
        ("item-dropped", Some(id)) => format!("?said=item-dropped&undo={id}"),
        ("item-added", _) => "?said=item-added".to_owned(),
        ("item-pool" | "item-placed", _) => format!("?said={}#items", acted.said),
        (said, Some(id)) => format!("?said={said}#{id}"),
        (said, None) => format!("?said={said}#items"),
    }
}

#[derive(Serialize)]
struct Vars {
    #[serde(flatten)]
    top: EpisodeTop,
    items: Vec<ItemRow>,
    pool: Vec<ItemRow>,
    people: Vec<Choice>,
    total: String,
    target: String,
    over: Option<String>,
    left: Option<String>,
    form: Option<FormView>,
    add_focus: bool,
    said: Option<String>,
    undo: Option<String>,
    undo_chapters: Option<i64>,
    merged: Option<super::save::MergedNote>,
    chapters: Vec<ChapterRow>,
    chapters_form: Option<FormView>,
    chapters_version: i64,
    chapters_made: usize,
    unsaved: Option<Unsaved>,
    confirm: Option<String>,
    audio: Option<String>,
}

/// What the last action has to say.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct RundownQuery {
    said: Option<String>,
    undo: Option<String>,
    gone: Option<i64>,
    resume: Option<String>,
    from: Option<i64>,
    to: Option<i64>,
}

/// What a page shows beside the rundown as it is.
#[derive(Default)]
struct Shown {
    typed: Option<Typed>,
    /// Chapters as typed, with the version they began from.
    chapters: Option<(Posted, Option<FormView>, Option<i64>)>,
    query: RundownQuery,
    confirm: Option<String>,
}

/// `/{lang}/studio/episodes/{id}/rundown`.
pub async fn rundown(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    Query(query): Query<RundownQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let mut shown = Shown { query, ..Shown::default() };
    if shown.query.resume.as_deref() == Some("chapters") {
        match super::episode::resume(&app, &client, &id, "chapters").await {
            Ok((posted, version)) => shown.chapters = Some((posted, None, Some(version))),
            Err(failure) => return failure_page(&app, &client, lang, &failure).await,
        }
    }
    page(&app, &client, lang, &id, shown, StatusCode::OK).await
}

async fn page(app: &Arc<App>, client: &Client, lang: Lang, id: &str, shown: Shown, status: StatusCode) -> Response {
    let rendered = async {
        let number = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
        let actor = client.actor();
        let (found, unsaved) = read_tx!(app.db, |tx| {
            Ok((uc::rundown(tx, &actor, number).await?, uc::unsaved(tx, &actor, number).await?))
        })?;
        let people = names(app, client, found.show.org).await?;
        let merged = match (shown.query.from, shown.query.to) {
            (Some(from), Some(to)) => super::save::merged_note(app, client, lang, id, from, to).await?,
            _ => None,
        };
        let kept = unsaved.into_iter().find(|u| u.section == "chapters" && shown.chapters.is_none());
        let zone = schedule::zone(&found.show.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let unsaved = kept.map(|u| Unsaved {
            when: moment(u.at, &zone, lang, app.now()),
            resume_url: format!("/{}/studio/episodes/{id}/rundown?resume=chapters#chapters", lang.code()),
        });
        let vars = vars(app, lang, &found, &people, shown, merged, unsaved);
        let head = private_head(format!("{} · {}", app.say(lang, "editor-tab-rundown"), vars.top.ep.title));
        let text = site::render(app, lang, &client.path, "", "pages/studio_rundown.html", head, vars).await?;
        Ok((text, remote_origins(&found.full.episode)))
    };
    match rendered.await {
        Ok((text, origins)) => audible(html(app, client, lang, status, text), origins),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// The languages chapters have titles in, the show's own first, with their names.
fn title_langs(app: &App, lang: Lang, show: &Show, full: &FullEpisode) -> Vec<(String, String)> {
    let mut codes = vec![show.language.clone()];
    let more = full.episode.texts.keys().chain(full.chapters.iter().flat_map(|c| c.titles.keys()));
    for code in more {
        if !codes.contains(code) {
            codes.push(code.clone());
        }
    }
    codes.into_iter().map(|c| (c.clone(), language_name(app, lang, &c))).collect()
}

fn vars(
    app: &App,
    lang: Lang,
    found: &Rundown,
    people: &HashMap<PersonId, String>,
    shown: Shown,
    merged: Option<super::save::MergedNote>,
    unsaved: Option<Unsaved>,
) -> Vars {
    let (starts, total) = clocks(&found.items);
    let langs = title_langs(app, lang, &found.show, &found.full);
    let said = shown.query.said.as_deref().map(|s| if s == "saved" { "chapters-saved" } else { s });
    let said = said.filter(|s| app.render.texts().has(lang, &format!("editor-said-{s}")));
    let version = found.full.episode.version;
    let (chapters, chapters_form, chapters_version) = match shown.chapters {
        Some((posted, form, began)) => (forms::typed_chapters(&posted, &langs, true), form, began.unwrap_or(version)),
        None => (forms::chapter_rows(&found.full.chapters, &langs, true), None, version),
    };
    let typed = shown.typed.as_ref();
    let row = |item: &Item, clock: Option<i64>| item_row(app, lang, item, people, clock, typed);
    let target = found.target_ms.filter(|t| *t > 0);
    let state = found.full.episode.audio.as_ref();
    Vars {
        top: top(app, lang, &found.show, &found.full.episode, "rundown"),
        items: found.items.iter().zip(&starts).map(|(i, s)| row(i, Some(*s))).collect(),
        pool: found.pool.iter().map(|i| row(i, None)).collect(),
        people: people_choices(app, lang, people),
        total: ui::timecode(total),
        target: target.map(ui::timecode).unwrap_or_default(),
        over: target.filter(|t| total > *t).map(|t| ui::timecode(total - t)),
        left: target.filter(|t| total < *t).map(|t| ui::timecode(t - total)),
        form: typed.filter(|t| t.item.is_none()).map(|t| t.form.clone()),
        add_focus: said == Some("item-added"),
        said: said.map(|s| app.say(lang, &format!("editor-said-{s}"))),
        undo: shown.query.undo.filter(|u| parse_id(ITEM_PREFIX, u).is_some()),
        undo_chapters: shown.query.gone,
        merged,
        chapters,
        chapters_form,
        chapters_version,
        chapters_made: found.full.chapters.len(),
        unsaved,
        confirm: shown.confirm,
        audio: state.map(|a| app.links.audio(found.full.episode.id, a)),
    }
}

/// POST `/{lang}/studio/episodes/{id}/rundown/{*action}`: `add`, `target`, `chapters`, `take`, `items/{item}/{verb}`.
pub async fn act(
    State(app): Web,
    client: Client,
    Path((lang, id, action)): Path<(String, String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    match done(&app, &client, &id, &action, &posted).await {
        Ok(tail) => redirect(&format!("/{}/studio/episodes/{id}/rundown{tail}", lang.code())),
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            let mut shown = Shown::default();
            if refusal.code == "chapters-by-hand" {
                shown.confirm = form.summary;
            } else {
                let item = action.split('/').nth(1).and_then(|i| parse_id(ITEM_PREFIX, i));
                shown.typed = Some(Typed { item, posted, form });
            }
            page(&app, &client, lang, &id, shown, ui::status(refusal.kind)).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn done(app: &App, client: &Client, id: &str, action: &str, posted: &Posted) -> Result<String, Failure> {
    let episode = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let ctx = client.ctx(app);
    match action.split('/').collect::<Vec<_>>().as_slice() {
        ["add"] => {
            let draft = rules::quick(posted.get("line"));
            let item = write_tx!(app.db, |tx| uc::add_item(tx, &ctx, Place::Episode(episode), draft.clone()).await)?;
            Ok(tail(&Acted { said: "item-added", item: Some(item) }))
        }
        ["target"] => {
            let target = clock_ms(posted.get("target"), MINUTE)
                .ok_or_else(|| Refusal::invalid("check-fields").field("target", "planned-malformed"))?;
            write_tx!(app.db, |tx| uc::set_target(tx, &ctx, episode, target).await)?;
            Ok("?said=target#items".to_owned())
        }
        ["chapters"] => {
            let confirmed = posted.get("confirm") == "yes";
            write_tx!(app.db, |tx| uc::make_chapters(tx, &ctx, episode, confirmed).await)?;
            Ok("?said=chapters-made#chapters".to_owned())
        }
        ["take"] => {
            let item = parse_id(ITEM_PREFIX, posted.get("item")).ok_or_else(Refusal::not_found)?;
            let item = write_tx!(app.db, |tx| uc::place_item(tx, &ctx, item, Some(episode)).await)?;
            Ok(tail(&Acted { said: "item-placed", item: Some(item) }))
        }
        ["items", item, verb] if *verb != "place" => {
            let item = parse_id(ITEM_PREFIX, item).ok_or_else(Refusal::not_found)?;
            Ok(tail(&act_on(app, client, item, verb, posted).await?))
        }
        _ => Err(Refusal::not_found().into()),
    }
}

/// The chapters as typed, with what they are saved from.
pub(super) async fn save_chapters(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    posted: &Posted,
) -> Result<Response, Failure> {
    let number = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let actor = client.actor();
    let (show, full) = read_tx!(app.db, |tx| uc::desk_episode(tx, &actor, number).await)?;
    if posted.get("do") == "more" {
        let typed = (posted.clone(), None, posted.get("version").parse().ok());
        let shown = Shown { chapters: Some(typed), ..Shown::default() };
        return Ok(page(app, client, lang, id, shown, StatusCode::OK).await);
    }
    let zone = schedule::zone(&show.time_zone)?;
    let today = app.now().timestamp().to_zoned_datetime(zone).strftime("%Y-%m-%d").to_string();
    let section = forms::chapters(posted, &title_langs(app, lang, &show, &full), &today)?;
    let began = posted.get("version").parse().unwrap_or(full.episode.version);
    let removed = matches!(&section, publish::rules::merge::Section::Chapters(c) if c.len() < full.chapters.len());
    let before = full.episode.version;
    let mut response = super::save::save_chapters(app, client, lang, id, began, &section).await?;
    if removed && response.status() == StatusCode::SEE_OTHER {
        let to = format!("/{}/studio/episodes/{id}/rundown?said=chapters-gone&gone={before}#chapters", lang.code());
        response = redirect(&to);
    }
    Ok(response)
}

/// The page of a form of chapters that was not taken.
pub(super) async fn refused_chapters(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    posted: Posted,
    refusal: &Refusal,
) -> Response {
    let form = FormView::refused(&posted, &["csrf"], refusal, app.render.texts(), lang);
    let version = posted.get("version").parse().ok();
    let shown = Shown { chapters: Some((posted, Some(form), version)), ..Shown::default() };
    page(app, client, lang, id, shown, ui::status(refusal.kind)).await
}
