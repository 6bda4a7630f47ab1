//! A show's settings: texts, what it is, who makes it, its feed, its desk, its own site, its address. One form per section;
//! a refused one is shown again as it was typed.

use std::sync::Arc;

use accounts::service as accounts_uc;
use axum::body::Bytes;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Actor, Kind, Lang, OrgId, PersonId, Refusal, Role, parse_id, show_id};
use publish::model::{Credit, DeskSettings, Funding, SHOW_PREFIX, Show, ShowText, TxtRecord, UpdateFrequency};
use publish::rules::check::ShowDraft;
use publish::rules::host::Reserved;
use publish::rules::show::{FeedDraft, MEDIA, SiteDraft, with_settings};
use publish::service as uc;
use publish::text;
use publish::web::Links;
use serde::Serialize;
use ui::{FormView, Posted};

use super::frame::{self, After, Choice, title_of};
use super::shows::{LANGUAGES, categories, category_value, kinds, posted_categories, posted_kind, zones};
use super::{RailEntry, language_name, rail, to_sign_in};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, read_form, redirect};
use crate::pages::feeds::own_hosts;
use crate::pages::public::{lang_of, nowhere};
use crate::pages::uploads;

/// This site's own host names: no show may take them.
pub(crate) fn reserved(app: &App) -> Reserved {
    Reserved { main: app.links.main_host().to_owned(), former: app.former_hosts.clone() }
}

#[derive(Serialize)]
struct LangLink {
    code: String,
    name: String,
    url: String,
}

#[derive(Serialize)]
struct PersonChoice {
    id: String,
    name: String,
    chosen: bool,
}

#[derive(Serialize)]
struct ImageView {
    src: String,
    width: i64,
    height: i64,
}

#[derive(Serialize)]
struct SettingsVars {
    rail: Vec<RailEntry>,
    id: String,
    title: String,
    can_edit: bool,
    section: String,
    form: Option<FormView>,
    said: Option<String>,
    text_lang: String,
    text_langs: Vec<LangLink>,
    text: ShowText,
    description: String,
    languages: Vec<Choice>,
    language: String,
    zones: Vec<String>,
    zone: String,
    coming: i64,
    categories: Vec<Choice>,
    category: String,
    category_2: String,
    kinds: Vec<Choice>,
    kind: &'static str,
    explicit: bool,
    author: String,
    copyright: String,
    cover: Option<ImageView>,
    cover_warning: bool,
    credits: Vec<Credit>,
    roles: Vec<Choice>,
    media: Vec<Choice>,
    feed: FeedDraft,
    desk: DeskSettings,
    people: Vec<PersonChoice>,
    host: String,
    colour: String,
    mark: Option<ImageView>,
    slug: String,
    site_url: String,
    feed_url: String,
    podcast_guid: String,
}

/// GET `/{lang}/studio/shows/{id}`.
pub async fn settings(
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
    let ask = Ask { id, text: after.text, said, ..Ask::default() };
    show_settings(&app, &client, lang, ask, StatusCode::OK).await
}

/// What the settings page is asked to show.
#[derive(Default)]
struct Ask {
    id: String,
    text: Option<String>,
    said: Option<String>,
    section: String,
    posted: Option<Posted>,
    form: Option<FormView>,
}

async fn show_settings(app: &Arc<App>, client: &Client, lang: Lang, ask: Ask, status: StatusCode) -> Response {
    let vars = settings_vars(app, client, lang, ask).await;
    let title = vars.as_ref().map(|v| v.title.clone()).unwrap_or_default();
    frame::page(app, client, lang, status, "pages/studio_show.html", title, vars).await
}

/// The people of an organisation by name; their addresses stay where they are.
async fn people(app: &App, org: OrgId, chosen: &[PersonId]) -> Result<Vec<PersonChoice>, Failure> {
    let ctx = app.ctx(Actor::System("names"));
    let members = read_tx!(app.db, |tx| accounts_uc::list_members(tx, &ctx, org).await)?;
    let choice = |m: accounts::model::Member| PersonChoice {
        chosen: chosen.contains(&m.person.id),
        id: m.person.id.0.to_string(),
        name: m.person.display_name,
    };
    Ok(members.into_iter().map(choice).collect())
}

/// A description as it is edited: paragraphs as plain text, anything richer as the HTML it is.
fn editable(html: &str) -> String {
    let rest = html.replace("<p>", "").replace("</p>", "");
    if rest.contains('<') { html.to_owned() } else { text::html_to_text(html).trim().to_owned() }
}

fn image_view(image: &publish::model::Image) -> ImageView {
    ImageView { src: Links::image(image, "small"), width: image.width, height: image.height }
}

async fn settings_vars(app: &Arc<App>, client: &Client, lang: Lang, ask: Ask) -> Result<SettingsVars, Failure> {
    let id = parse_id(SHOW_PREFIX, &ask.id).ok_or_else(Refusal::not_found)?;
    let actor = client.actor();
    let (mut show, mut credits, coming) = read_tx!(app.db, |tx| uc::show_settings(tx, &actor, id, app.now()).await)?;
    if let Some(posted) = &ask.posted {
        overlay(&ask.section, posted, &mut show, &mut credits);
    }
    let text_lang = ask.text.filter(|l| LANGUAGES.contains(&l.as_str()) || show.texts.contains_key(l));
    let text_lang = text_lang.unwrap_or_else(|| show.language.clone());
    let text = show.texts.get(&text_lang).cloned().unwrap_or_default();
    let shown = show_id(SHOW_PREFIX, show.id);
    let link = |code: &str| LangLink {
        name: language_name(app, lang, code),
        url: format!("/{}/studio/shows/{shown}?text={code}", lang.code()),
        code: code.to_owned(),
    };
    let mut codes: Vec<&str> = show.texts.keys().map(String::as_str).collect();
    codes.extend(["fr", "en"].into_iter().filter(|c| !show.texts.contains_key(*c)));
    let category =
        |at: usize| show.categories.get(at).map(|(main, sub)| category_value(main, sub.as_deref())).unwrap_or_default();
    let mut languages: Vec<Choice> =
        LANGUAGES.iter().map(|code| Choice::new(*code, language_name(app, lang, code))).collect();
    if !LANGUAGES.contains(&show.language.as_str()) {
        languages.push(Choice::new(show.language.as_str(), show.language.as_str()));
    }
    let links = app.links.of(&show);
    Ok(SettingsVars {
        rail: rail(app, lang, "studio/shows"),
        title: title_of(&show, lang),
        can_edit: actor.may(show.org, &[Role::Editor]),
        section: ask.section,
        form: ask.form,
        said: ask.said,
        text_langs: codes.into_iter().map(link).collect(),
        description: editable(&text.description_html),
        text,
        text_lang,
        languages,
        language: show.language.clone(),
        zones: zones(),
        zone: show.time_zone.clone(),
        coming,
        categories: categories(app, lang, &show.categories),
        category: category(0),
        category_2: category(1),
        kinds: kinds(app, lang),
        kind: show.kind.code(),
        explicit: show.explicit,
        author: show.author.clone(),
        copyright: show.copyright.clone().unwrap_or_default(),
        cover_warning: show.cover.as_ref().is_some_and(|i| i.width != i.height || !(1400..=3000).contains(&i.width)),
        cover: show.cover.as_ref().map(image_view),
        credits: with_blank(credits, Credit { role: "host".to_owned(), team: "cast".to_owned(), ..Credit::default() }),
        roles: roles(app, lang),
        media: MEDIA.iter().map(|m| Choice::new(*m, app.say(lang, &format!("sites-medium-{m}")))).collect(),
        feed: feed_of(&show),
        people: people(app, show.org, &show.settings.desk.notify).await?,
        desk: show.settings.desk.clone(),
        host: show.host.clone().unwrap_or_default(),
        colour: show.colour.clone().unwrap_or_default(),
        mark: show.mark.as_ref().map(image_view),
        site_url: links.absolute(&Links::show(lang, &show.slug)),
        feed_url: links.feed(&show.slug),
        slug: show.slug.clone(),
        podcast_guid: show.podcast_guid.clone(),
        id: shown,
    })
}

fn with_blank<T: Clone>(mut rows: Vec<T>, blank: T) -> Vec<T> {
    rows.extend([blank.clone(), blank]);
    rows
}

fn feed_of(show: &Show) -> FeedDraft {
    let mut draft = with_settings(show, show.settings.feed.clone());
    draft.txt = with_blank(draft.txt, TxtRecord::default());
    draft.funding = with_blank(draft.funding, Funding { url: String::new(), text: String::new() });
    draft
}

fn roles(app: &App, lang: Lang) -> Vec<Choice> {
    let role = |code: &str| Choice::new(code, app.say(lang, &format!("sites-role-{code}")));
    ["host", "co-host", "guest", "reporter", "producer", "editor", "author", "composer"].map(role).to_vec()
}

/// What was typed in one section, put over the show for the page that shows it again.
fn overlay(section: &str, posted: &Posted, show: &mut Show, credits: &mut Vec<Credit>) {
    match section {
        "about" => {
            show.categories = posted_categories(posted);
            show.kind = posted_kind(posted);
            show.explicit = posted.get("explicit") == "on";
        }
        "credits" => *credits = posted_credits(posted),
        "feed" => {
            let draft = posted_feed(posted);
            (show.locked, show.complete, show.funding) = (draft.locked, draft.complete, draft.funding);
            show.settings.feed.blocked = draft.blocked;
            show.settings.feed.txt = draft.txt;
        }
        "desk" => show.settings.desk = posted_desk(posted),
        _ => {}
    }
}

fn rows<'p, const N: usize>(posted: &'p Posted, names: [&str; N]) -> Vec<[&'p str; N]> {
    let count = names.iter().map(|n| posted.all(n).len()).max().unwrap_or(0).min(200);
    let at = |name: &str, row: usize| posted.all(name).get(row).map_or("", |v| v.trim());
    (0..count).map(|row| names.map(|name| at(name, row))).collect()
}

fn posted_credits(posted: &Posted) -> Vec<Credit> {
    let names = ["credit_name", "credit_role", "credit_team", "credit_href", "credit_bio_fr", "credit_bio_en"];
    let filled = rows(posted, names).into_iter().filter(|row| !row[0].is_empty());
    filled
        .map(|[name, role, team, href, bio_fr, bio_en]| Credit {
            name: name.to_owned(),
            role: role.to_owned(),
            team: if team.is_empty() { "cast" } else { team }.to_owned(),
            href: Some(href.to_owned()).filter(|h| !h.is_empty()),
            bio_fr: bio_fr.to_owned(),
            bio_en: bio_en.to_owned(),
        })
        .collect()
}

fn posted_feed(posted: &Posted) -> FeedDraft {
    let on = |name: &str| posted.get(name) == "on";
    let txt = rows(posted, ["txt_purpose", "txt_value"]).into_iter().filter(|r| r.iter().any(|v| !v.is_empty()));
    let funding = rows(posted, ["funding_url", "funding_text"]).into_iter().filter(|r| r.iter().any(|v| !v.is_empty()));
    FeedDraft {
        txt: txt.map(|[purpose, value]| TxtRecord { purpose: purpose.to_owned(), value: value.to_owned() }).collect(),
        medium: posted.get("medium").to_owned(),
        update_frequency: UpdateFrequency {
            text: posted.get("frequency").to_owned(),
            rrule: posted.get("rrule").to_owned(),
        },
        locked: on("locked"),
        complete: on("complete"),
        blocked: on("blocked"),
        funding: funding.map(|[url, text]| Funding { url: url.to_owned(), text: text.to_owned() }).collect(),
        owner_email: if on("owner_email_shown") { posted.get("owner_email").to_owned() } else { String::new() },
        moved_to: posted.get("moved_to").to_owned(),
    }
}

fn posted_desk(posted: &Posted) -> DeskSettings {
    DeskSettings {
        approval_needed: posted.get("approval_needed") == "on",
        transcript_needed: posted.get("transcript_needed") == "on",
        notify: posted.all("notify").iter().filter_map(|id| id.parse().ok().map(PersonId)).collect(),
    }
}

/// POST `/{lang}/studio/shows/{id}/{section}`: texts, about, credits, feed, desk, site, address, unmark.
pub async fn save(
    State(app): Web,
    client: Client,
    Path((lang, id, section)): Path<(String, String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    let text = Some(posted.get("text_lang").to_owned()).filter(|l| !l.is_empty());
    match saved(&app, &client, &id, &section, &posted).await {
        Ok(()) => {
            let keep = text.map(|l| format!("&text={l}")).unwrap_or_default();
            redirect(&format!("/{}/studio/shows/{id}?said={section}-saved{keep}#h-{section}", lang.code()))
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            let ask = Ask { id, text, said: None, section, posted: Some(posted), form: Some(form) };
            show_settings(&app, &client, lang, ask, ui::status(refusal.kind)).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn saved(app: &Arc<App>, client: &Client, id: &str, section: &str, posted: &Posted) -> Result<(), Failure> {
    let id = parse_id(SHOW_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let (ctx, own) = (client.ctx(app), reserved(app));
    match section {
        "texts" | "about" | "credits" => {
            write_tx!(app.db, |tx| {
                let (show, credits, _) = uc::show_settings(tx, &ctx.actor, id, ctx.now).await?;
                let draft = edited(section, posted, show, credits);
                uc::edit_show(tx, &ctx, id, draft).await
            })?;
        }
        "feed" => {
            let (sent, own) = (uc::FeedSent::All(posted_feed(posted)), own_hosts(app).await?);
            write_tx!(app.db, |tx| uc::set_feed(tx, &ctx, id, sent.clone(), &own).await)?;
        }
        "desk" => {
            let desk = posted_desk(posted);
            let (show, _, _) = read_tx!(app.db, |tx| uc::show_settings(tx, &ctx.actor, id, ctx.now).await)?;
            if !ctx.actor.may(show.org, &[Role::Editor]) {
                return Err(Refusal::forbidden().into());
            }
            must_be_members(app, show.org, &desk).await?;
            write_tx!(app.db, |tx| uc::set_desk(tx, &ctx, id, desk.clone()).await)?;
        }
        "site" => {
            let draft = SiteDraft { host: posted.get("host").to_owned(), colour: posted.get("colour").to_owned() };
            write_tx!(app.db, |tx| uc::set_site(tx, &ctx, id, draft.clone(), &own).await)?;
        }
        "address" => {
            write_tx!(app.db, |tx| uc::rename_show(tx, &ctx, id, posted.get("slug")).await)?;
        }
        "unmark" => {
            write_tx!(app.db, |tx| uc::set_show_mark(tx, &ctx, id, None).await)?;
        }
        _ => return Err(Refusal::not_found().into()),
    }
    Ok(())
}

/// Mails of a show go to people of its organisation only.
pub(crate) async fn must_be_members(app: &App, org: OrgId, desk: &DeskSettings) -> Result<(), Failure> {
    let members = people(app, org, &[]).await?;
    let known = |id: &PersonId| members.iter().any(|m| m.id == id.0.to_string());
    let all = desk.notify.iter().all(known);
    if all { Ok(()) } else { Err(Refusal::invalid("check-fields").field("notify", "person-unknown").into()) }
}

/// The show as it is, with one section replaced by what was typed.
fn edited(section: &str, posted: &Posted, show: Show, credits: Vec<Credit>) -> ShowDraft {
    let mut draft = ShowDraft {
        slug: show.slug,
        language: show.language,
        time_zone: show.time_zone,
        author: show.author,
        copyright: show.copyright.unwrap_or_default(),
        categories: show.categories,
        explicit: show.explicit,
        kind: show.kind,
        texts: show.texts,
        credits,
    };
    match section {
        "texts" => {
            let lang = Some(posted.get("text_lang")).filter(|l| !l.is_empty()).unwrap_or(&draft.language).to_owned();
            let text = ShowText {
                title: posted.get("title").to_owned(),
                tagline: posted.get("tagline").to_owned(),
                description_html: posted.get("description").to_owned(),
                footer: posted.get("footer").to_owned(),
            };
            // An empty translation is none; the language the show is made in always has its texts.
            let empty = text == ShowText::default();
            if empty && lang != draft.language && draft.texts.len() > 1 {
                draft.texts.remove(&lang);
            } else {
                draft.texts.insert(lang, text);
            }
        }
        "about" => {
            draft.language = posted.get("language").to_owned();
            draft.time_zone = posted.get("time_zone").trim().to_owned();
            draft.author = posted.get("author").to_owned();
            draft.copyright = posted.get("copyright").to_owned();
            draft.explicit = posted.get("explicit") == "on";
            draft.categories = posted_categories(posted);
            draft.kind = posted_kind(posted);
        }
        _ => draft.credits = posted_credits(posted),
    }
    draft
}

/// POST `/{lang}/studio/shows/{id}/{what}/upload`, multipart: `cover` or `mark`.
pub async fn upload(
    State(app): Web,
    client: Client,
    Path((lang, id, what)): Path<(String, String, String)>,
    form: Multipart,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    match take(&app, &client, &id, &what, form).await {
        Ok(()) => redirect(&format!("/{}/studio/shows/{id}?said={what}-saved#h-{what}", lang.code())),
        Err(Failure::Refused(refusal)) if refusal.kind == Kind::Invalid => {
            let posted = Posted::new(Vec::new());
            let form = FormView::refused(&posted, &[], &refusal, app.render.texts(), lang);
            let ask = Ask { id, section: what, form: Some(form), ..Ask::default() };
            show_settings(&app, &client, lang, ask, ui::status(refusal.kind)).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn take(app: &Arc<App>, client: &Client, id: &str, what: &str, form: Multipart) -> Result<(), Failure> {
    let id = parse_id(SHOW_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let ctx = client.ctx(app);
    // Permission before the bytes.
    let (show, _, _) = read_tx!(app.db, |tx| uc::show_settings(tx, &ctx.actor, id, ctx.now).await)?;
    if !ctx.actor.may(show.org, &[Role::Editor]) {
        return Err(Refusal::forbidden().into());
    }
    let field: &'static str = match what {
        "cover" => "cover",
        "mark" => "mark",
        _ => return Err(Refusal::not_found().into()),
    };
    let mut files = uploads::picture_files(app, client, form, field, 1).await?;
    let Some(file) = files.pop() else {
        return Err(Refusal::invalid("check-fields").field(field, "required").into());
    };
    if what == "cover" {
        write_tx!(app.db, |tx| uc::set_show_cover(tx, &ctx, id, &file).await)?;
    } else {
        write_tx!(app.db, |tx| uc::set_show_mark(tx, &ctx, id, Some(&file)).await)?;
    }
    Ok(())
}
