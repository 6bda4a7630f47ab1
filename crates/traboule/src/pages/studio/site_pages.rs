//! Pages of text in the studio: the list, a new one, the editor with its history.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use jiff::tz::TimeZone;
use kernel::{Actor, Kind, Lang, OrgId, PersonId, Refusal, Role, parse_id, show_id};
use publish::model::{PAGE_PREFIX, PageKind, PageText, PageVersion, SHOW_PREFIX, Show, SitePage};
use publish::rules::pages::PageDraft;
use publish::service as uc;
use publish::web::Links;
use serde::Serialize;
use ui::{FormView, Posted, Stamp};

use super::frame::{self, After, Choice, editor_orgs, orgs, title_of};
use super::{RailEntry, rail, to_sign_in};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};

#[derive(Serialize)]
struct PageLine {
    title: String,
    edit_url: String,
    url: Option<String>,
    kind: String,
    place: String,
    public: bool,
    changed: Stamp,
}

#[derive(Serialize)]
struct PagesVars {
    rail: Vec<RailEntry>,
    pages: Vec<PageLine>,
    can_edit: bool,
    said: Option<String>,
}

fn stamp(at: kernel::At, lang: Lang) -> Stamp {
    let zone = TimeZone::UTC;
    Stamp { iso: at.rfc3339(), text: ui::date_long(at, &zone, lang) }
}

/// GET `/{lang}/studio/pages`.
pub async fn list(State(app): Web, client: Client, Path(lang): Path<String>, Query(after): Query<After>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let vars = list_vars(&app, &client, lang, after.said.as_deref()).await;
    let title = app.say(lang, "sites-pages");
    frame::page(&app, &client, lang, StatusCode::OK, "pages/studio_pages.html", title, vars).await
}

async fn list_vars(app: &Arc<App>, client: &Client, lang: Lang, said: Option<&str>) -> Result<PagesVars, Failure> {
    let actor = client.actor();
    let mut pages = Vec::new();
    for org in orgs(client) {
        let (shows, found) = read_tx!(app.db, |tx| {
            Ok((uc::list_shows(tx, &actor, org).await?, uc::pages::list(tx, &actor, org).await?))
        })?;
        pages.extend(found.iter().map(|page| line(app, lang, &shows, page)));
    }
    Ok(PagesVars {
        rail: rail(app, lang, "studio/pages"),
        pages,
        can_edit: editor_orgs(client).is_ok(),
        said: frame::said(app, lang, said),
    })
}

fn line(app: &App, lang: Lang, shows: &[Show], page: &SitePage) -> PageLine {
    let show = page.show.and_then(|id| shows.iter().find(|s| s.id == id));
    let links = show.map_or_else(|| app.links.at(None), |s| app.links.of(s));
    PageLine {
        title: page.text(lang.code()).1.title.clone(),
        edit_url: format!("/{}/studio/pages/{}", lang.code(), show_id(PAGE_PREFIX, page.id)),
        url: page.public.then(|| links.absolute(&Links::page(lang, &page.slug))),
        kind: app.say(lang, &format!("sites-page-{}", page.kind.code())),
        place: show.map_or_else(|| app.say(lang, "sites-whole-site"), |s| title_of(s, lang)),
        public: page.public,
        changed: stamp(page.updated_at, lang),
    }
}

#[derive(Serialize)]
struct VersionRow {
    version: i64,
    when: Stamp,
    who: String,
    public: bool,
    current: bool,
}

#[derive(Serialize)]
struct LangLink {
    code: String,
    name: String,
    url: String,
}

#[derive(Serialize)]
struct EditorVars {
    rail: Vec<RailEntry>,
    /// Empty for a new page.
    id: String,
    title: String,
    version: i64,
    can_edit: bool,
    text_lang: String,
    text_langs: Vec<LangLink>,
    text: PageText,
    imported: bool,
    kinds: Vec<Choice>,
    kind: &'static str,
    places: Vec<Choice>,
    place: String,
    public: bool,
    slug: String,
    slug_stays: bool,
    url: Option<String>,
    versions: Vec<VersionRow>,
    form: Option<FormView>,
    said: Option<String>,
}

/// What the editor is asked to show.
#[derive(Default)]
struct Ask {
    id: Option<String>,
    text: Option<String>,
    form: Option<FormView>,
    said: Option<String>,
    public: Option<bool>,
}

/// GET `/{lang}/studio/pages/new`.
pub async fn new_page(State(app): Web, client: Client, Path(lang): Path<String>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    editor(&app, &client, lang, Ask::default(), StatusCode::OK).await
}

/// GET `/{lang}/studio/pages/{id}`.
pub async fn edit_page(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    Query(after): Query<After>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let said = frame::said(&app, lang, after.said.as_deref());
    editor(&app, &client, lang, Ask { id: Some(id), text: after.text, said, ..Ask::default() }, StatusCode::OK).await
}

async fn editor(app: &Arc<App>, client: &Client, lang: Lang, ask: Ask, status: StatusCode) -> Response {
    let vars = editor_vars(app, client, lang, ask).await;
    let title = vars.as_ref().map(|v| v.title.clone()).unwrap_or_default();
    frame::page(app, client, lang, status, "pages/studio_page.html", title, vars).await
}

/// Where a page may stand: the whole site of each organisation, and each of its shows.
async fn places(app: &Arc<App>, client: &Client, lang: Lang, only: Option<OrgId>) -> Result<Vec<Choice>, Failure> {
    let actor = client.actor();
    let mine = only.map_or_else(|| editor_orgs(client), |org| Ok(vec![org]))?;
    let names = read_tx!(app.db, |tx| accounts::service::list_orgs(tx).await)?;
    let mut places = Vec::new();
    for org in &mine {
        let mut label = app.say(lang, "sites-whole-site");
        if let Some(name) = names.iter().find(|o| o.id == *org && mine.len() > 1) {
            label = format!("{label}, {}", name.name);
        }
        places.push(Choice::new(org.0.to_string(), label));
        for show in read_tx!(app.db, |tx| uc::list_shows(tx, &actor, *org).await)? {
            places.push(Choice::new(show_id(SHOW_PREFIX, show.id), title_of(&show, lang)));
        }
    }
    Ok(places)
}

async fn editor_vars(app: &Arc<App>, client: &Client, lang: Lang, ask: Ask) -> Result<EditorVars, Failure> {
    let actor = client.actor();
    let found = match &ask.id {
        Some(text) => {
            let id = parse_id(PAGE_PREFIX, text).ok_or_else(Refusal::not_found)?;
            Some(read_tx!(app.db, |tx| uc::pages::get(tx, &actor, id).await)?)
        }
        None => None,
    };
    let page = found.as_ref().map(|(page, _)| page);
    let text_lang = ask
        .text
        .filter(|l| ["fr", "en"].contains(&l.as_str()))
        .or_else(|| page.map(|p| p.text(lang.code()).0.to_owned()));
    let text_lang = text_lang.unwrap_or_else(|| lang.code().to_owned());
    let text = page.and_then(|p| p.texts.get(&text_lang)).cloned().unwrap_or_default();
    let shown = page.map(|p| show_id(PAGE_PREFIX, p.id)).unwrap_or_default();
    let link = |code: &str| LangLink {
        name: super::language_name(app, lang, code),
        url: format!("/{}/studio/pages/{shown}?text={code}", lang.code()),
        code: code.to_owned(),
    };
    let place = |p: &SitePage| p.show.map_or_else(|| p.org.0.to_string(), |id| show_id(SHOW_PREFIX, id));
    let mut url = None;
    if let Some(page) = page.filter(|p| p.public) {
        let (_, show) = read_tx!(app.db, |tx| uc::pages::public(tx, &page.slug).await)?;
        let links = show.map_or_else(|| app.links.at(None), |s| app.links.of(&s));
        url = Some(links.absolute(&Links::page(lang, &page.slug)));
    }
    let versions = match &found {
        Some((page, versions)) => history(app, lang, page, versions).await?,
        None => Vec::new(),
    };
    Ok(EditorVars {
        rail: rail(app, lang, "studio/pages"),
        title: page.map_or_else(|| app.say(lang, "sites-page-new"), |p| p.text(lang.code()).1.title.clone()),
        version: page.map_or(0, |p| p.version),
        can_edit: page.is_none_or(|p| actor.may(p.org, &[Role::Editor])),
        text_langs: if page.is_some() { ["fr", "en"].map(link).into() } else { Vec::new() },
        imported: text.body_md.is_none() && !text.body_html.is_empty(),
        text,
        text_lang,
        kinds: PageKind::ALL
            .map(|k| Choice::new(k.code(), app.say(lang, &format!("sites-page-{}", k.code()))))
            .to_vec(),
        kind: page.map_or(PageKind::Page, |p| p.kind).code(),
        places: places(app, client, lang, page.map(|p| p.org)).await?,
        place: page.map(place).unwrap_or_default(),
        public: ask.public.unwrap_or(page.is_some_and(|p| p.public)),
        slug: page.map(|p| p.slug.clone()).unwrap_or_default(),
        slug_stays: page.is_some_and(|p| p.was_public),
        url,
        versions,
        id: shown,
        form: ask.form,
        said: ask.said,
    })
}

async fn history(
    app: &Arc<App>,
    lang: Lang,
    page: &SitePage,
    versions: &[PageVersion],
) -> Result<Vec<VersionRow>, Failure> {
    let ctx = app.ctx(Actor::System("names"));
    let org = page.org;
    let members = read_tx!(app.db, |tx| accounts::service::list_members(tx, &ctx, org).await)?;
    let name = |who: Option<PersonId>| {
        let known = members.iter().find(|m| Some(m.person.id) == who);
        known.map_or_else(|| app.say(lang, "sites-nobody"), |m| m.person.display_name.clone())
    };
    let row = |v: &PageVersion| VersionRow {
        version: v.version,
        when: Stamp {
            iso: v.saved_at.rfc3339(),
            text: format!("{}, {} UTC", stamp(v.saved_at, lang).text, ui::clock_text(v.saved_at, &TimeZone::UTC, lang)),
        },
        who: name(v.person),
        public: v.public,
        current: v.version == page.version,
    };
    Ok(versions.iter().map(row).collect())
}

/// POST `/{lang}/studio/pages/new`.
pub async fn create_page(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    posted(&app, &client, lang, None, "create", &body).await
}

/// POST `/{lang}/studio/pages/{id}/{verb}`: save, restore.
pub async fn act(
    State(app): Web,
    client: Client,
    Path((lang, id, verb)): Path<(String, String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    posted(&app, &client, lang, Some(id), &verb, &body).await
}

async fn posted(app: &Arc<App>, client: &Client, lang: Lang, id: Option<String>, verb: &str, body: &Bytes) -> Response {
    let posted = match read_form(app, client, body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(app, client, lang, &refusal).await,
    };
    let text = Some(posted.get("text_lang").to_owned()).filter(|l| !l.is_empty());
    match done(app, client, id.as_deref(), verb, &posted).await {
        Ok(page) => {
            let keep = text.map(|l| format!("&text={l}")).unwrap_or_default();
            let id = show_id(PAGE_PREFIX, page.id);
            redirect(&format!("/{}/studio/pages/{id}?said=page-saved{keep}", lang.code()))
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            let public = Some(posted.get("public") == "on");
            let ask = Ask { id, text, form: Some(form), public, said: None };
            editor(app, client, lang, ask, ui::status(refusal.kind)).await
        }
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// The organisation and the show a form's `place` names; a place that is not the person's does not exist.
fn place_of(client: &Client, text: &str) -> Result<(Option<OrgId>, Option<i64>), Refusal> {
    if let Some(show) = parse_id(SHOW_PREFIX, text) {
        return Ok((None, Some(show)));
    }
    let org = text.parse().ok().map(OrgId).filter(|org| orgs(client).contains(org));
    org.map(|org| (Some(org), None)).ok_or_else(|| Refusal::invalid("check-fields").field("place", "show-unknown"))
}

async fn done(
    app: &Arc<App>,
    client: &Client,
    id: Option<&str>,
    verb: &str,
    posted: &Posted,
) -> Result<SitePage, Failure> {
    if client.me.is_none() {
        return Err(Refusal::new(Kind::SignIn, "sign-in-first").into());
    }
    let ctx = client.ctx(app);
    let Some(id) = id else {
        editor_orgs(client)?;
        let (org, show) = place_of(client, posted.get("place"))?;
        let draft = edited(BTreeMap::new(), posted);
        return write_tx!(app.db, |tx| {
            let org = match (org, show) {
                (Some(org), _) => org,
                (None, Some(show)) => uc::show_settings(tx, &ctx.actor, show, ctx.now).await?.0.org,
                (None, None) => return Err(Refusal::not_found().into()),
            };
            uc::pages::create(tx, &ctx, org, show, draft.clone()).await
        });
    };
    let id = parse_id(PAGE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let version = posted.get("version").parse().unwrap_or(0);
    match verb {
        "save" => write_tx!(app.db, |tx| {
            let (page, _) = uc::pages::get(tx, &ctx.actor, id).await?;
            let (_, show) = match posted.get("place") {
                "" => (None, page.show),
                text => place_of(client, text)?,
            };
            uc::pages::edit(tx, &ctx, id, version, show, edited(page.texts, posted)).await
        }),
        "restore" => {
            let wanted = posted.get("wanted").parse().unwrap_or(0);
            write_tx!(app.db, |tx| uc::pages::restore(tx, &ctx, id, version, wanted).await)
        }
        _ => Err(Refusal::not_found().into()),
    }
}

/// A page's texts with one language replaced by what was typed. An imported text stays as it is until somebody writes.
fn edited(mut texts: BTreeMap<String, PageText>, posted: &Posted) -> PageDraft {
    let lang = Some(posted.get("text_lang")).filter(|l| !l.is_empty()).unwrap_or("fr").to_owned();
    let (title, body) = (posted.get("title").to_owned(), posted.get("body").to_owned());
    if title.trim().is_empty() && body.trim().is_empty() && texts.len() > 1 {
        texts.remove(&lang);
    } else {
        let text = texts.entry(lang).or_default();
        text.title = title;
        if !body.trim().is_empty() || text.body_html.is_empty() {
            text.body_md = Some(body);
        }
    }
    PageDraft {
        slug: posted.get("slug").to_owned(),
        kind: PageKind::parse(posted.get("kind")),
        public: posted.get("public") == "on",
        texts,
    }
}
