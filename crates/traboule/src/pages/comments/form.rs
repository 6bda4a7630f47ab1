//! A posted comment: read, looked at before it is sent, refused with everything kept, or taken. Who has no stamp sees how it
//! will look first; scripts fetch one when the form gets the focus.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use community::model::{COMMENT_PREFIX, Guest, NewComment, POST_PREFIX, Typed, Writer};
use community::rules::form::{Wall, check_guest, check_member, walls};
use community::seal::{Memory, OwnLink};
use community::service::{Erasure, Order};
use db::{Failure, read_tx, write_tx};
use kernel::{Actor, Kind, Lang, OrgId, PersonId, Refusal, Subject, parse_id};
use serde::Serialize;
use ui::{FormView, Posted};

use super::page::{self, Again, Ask};
use super::subject::{About, about, about_subject};
use super::view::WhoView;
use super::{own, text};
use crate::app::App;
use crate::http::{Client, Web, commenter_cookie, failure_page, html, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, private_head};

/// The field people do not see.
const TRAP: &str = "website2";
/// How the paths of pages with a form begin.
const COMMENTED: [&str; 4] = ["/fr/shows/", "/en/shows/", "/fr/posts/", "/en/posts/"];
/// Fields a form shows again.
const FIELDS: [&str; 7] = ["body", "name", "email", "url", "parent", "remember", "send_link"];

#[derive(Serialize)]
struct PreviewVars {
    name: String,
    body_html: String,
    action: String,
    kept: Vec<(&'static str, String)>,
}

/// What this device remembers of a commenter.
fn remembered(app: &App, client: &Client) -> Option<Memory> {
    client.commenter_cookie().and_then(|value| app.sealer.recall(value, app.now()))
}

fn member(client: &Client) -> Option<String> {
    client.me.as_ref().map(|me| me.person.display_name.clone())
}

/// Who writes, as far as the session or the device says.
fn known(app: &App, client: &Client, lang: Lang) -> Option<WhoView> {
    if let Some(name) = member(client) {
        return Some(WhoView { name: Some(name), member: true, ..WhoView::default() });
    }
    let forget_url = Some(format!("/{}/comments/forget", lang.code()));
    remembered(app, client).map(|r| WhoView { name: Some(r.name), forget_url, ..WhoView::default() })
}

/// The hole of the form: fields for strangers, a name for whom the device or the session knows. Never an address.
pub(crate) fn commenter_hole(app: &App, client: Option<&Client>, lang: Lang) -> String {
    let who = client.and_then(|c| known(app, c, lang)).unwrap_or_default();
    let value = serde_json::json!({"lang": lang.code(), "who": who});
    app.render.render("community/commenter.html", &value).unwrap_or_default()
}

/// What was typed, without the marks of a page's holes.
fn plain(text: &str) -> String {
    text.replace([ui::HOLE_START, ui::HOLE_END], "")
}

/// A form as it was sent, whoever sent it: what was typed, or what the device remembers.
fn typed(app: &App, client: &Client, posted: &Posted) -> Typed {
    let get = |name: &str| plain(posted.get(name));
    let mut typed = Typed { body: get("body"), name: get("name"), email: get("email"), url: get("url") };
    let kept = app
        .sealer
        .recall(posted.get("writer"), app.now())
        .or_else(|| remembered(app, client).filter(|_| !posted.has("email")));
    if let Some(kept) = kept {
        (typed.name, typed.email, typed.url) = (kept.name, kept.email, kept.url.unwrap_or_default());
    }
    typed
}

/// What becomes of a form.
enum Step {
    Again(FormView),
    Preview(Writer, String),
    Said { page: String, cookie: Option<String> },
}

/// POST `/{lang}/shows/{show}/{episode}/comments`.
pub async fn say(
    State(app): Web,
    client: Client,
    Path((lang, show, slug)): Path<(String, String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    said(&app, &client, lang, &body, about(&app, &show, &slug)).await
}

/// POST `/{lang}/posts/{id}/comments`.
pub async fn say_under_post(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let Some(id) = parse_id(POST_PREFIX, &id) else { return nowhere(State(app), client).await };
    said(&app, &client, lang, &body, about_subject(&app, &client.actor(), Subject::post(id))).await
}

/// A posted form about something that is looked up when the form is known to be ours.
async fn said(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    body: &Bytes,
    about: impl Future<Output = Result<About, Failure>>,
) -> Response {
    let begun = async {
        let posted = read_form(app, client, body)?;
        Ok((posted, about.await?))
    };
    let (posted, about) = match begun.await {
        Ok(begun) => begun,
        Err(failure) => return failure_page(app, client, lang, &failure).await,
    };
    match step(app, client, lang, &about, &posted).await {
        Ok(Step::Again(form)) => show_again(app, client, lang, &about, &posted, form, StatusCode::OK).await,
        Ok(Step::Preview(writer, body)) => preview(app, client, lang, &about, &posted, &writer, &body).await,
        Ok(Step::Said { page, cookie }) => {
            let mut response = redirect(&page);
            if let Some(cookie) = cookie.and_then(|sealed| commenter_cookie(app, Some(&sealed))) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            own::quiet(response)
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::TooMany | Kind::Conflict) => {
            let form = FormView::refused(&posted, &[], &refusal, app.render.texts(), lang);
            show_again(app, client, lang, &about, &posted, form, ui::status(refusal.kind)).await
        }
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// The form with what was typed and a fresh stamp.
async fn show_again(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    about: &About,
    posted: &Posted,
    mut form: FormView,
    status: StatusCode,
) -> Response {
    let typed = typed(app, client, posted);
    form.values = FIELDS.iter().map(|name| ((*name).to_owned(), plain(posted.get(name)))).collect();
    form.values.extend([("name".to_owned(), typed.name), ("url".to_owned(), typed.url)]);
    let from_device = remembered(app, client).is_some() && !posted.has("email") && posted.get("writer").is_empty();
    let who = match known(app, client, lang) {
        Some(known) if known.member || from_device => known,
        _ => {
            form.values.insert("email".to_owned(), typed.email);
            WhoView::default()
        }
    };
    let ticked = |name: &str| posted.get(name) == "on";
    let who = WhoView { remember: ticked("remember"), send_link: ticked("send_link"), ..who };
    let stamp = Some(app.sealer.stamp(app.now()));
    let again = Again { form: Some(form), who: Some(who), stamp };
    page::again(app, client, lang, about, &Ask::replying(posted.get("parent")), status, again).await
}

async fn step(app: &Arc<App>, client: &Client, lang: Lang, about: &About, posted: &Posted) -> Result<Step, Failure> {
    if posted.get("change") == "on" {
        return Ok(Step::Again(FormView::default()));
    }
    let (writer, body) = written(app, client, about.org, posted)?;
    let stamp = Some(posted.get("stamp")).filter(|s| !s.is_empty()).map(|s| app.sealer.read_stamp(s));
    if walls(posted.get(TRAP), stamp, app.now())? == Wall::Preview {
        return Ok(Step::Preview(writer, body));
    }
    limited(app, client)?;
    let parent = match posted.get("parent") {
        "" => None,
        text => Some(parse_id(COMMENT_PREFIX, text).ok_or_else(|| Refusal::new(Kind::Conflict, "comment-parent"))?),
    };
    let new = NewComment {
        org: about.org,
        subject: about.subject,
        subject_since: about.since,
        parent,
        writer: writer.clone(),
        body,
        network: client.ip_key.clone(),
    };
    let said = app.commenting.send(Order::new(&client.ctx(app), new)).await??;
    app.worker.wake();
    let (token, cookie) = match &writer {
        Writer::Guest(guest) => {
            let token = app.sealer.own_link(OwnLink { comment: said.id, epoch: 1 }, app.now());
            if posted.get("send_link") == "on" {
                own::mail_link(app, client, lang, about, guest, &token).await;
            }
            let keep = || app.sealer.remember(&guest.name, &guest.email, guest.url.as_deref(), app.now());
            (token, (posted.get("remember") == "on").then(keep))
        }
        Writer::Member { person, .. } => {
            unsay_if_gone(app, *person).await?;
            (kernel::show_id(COMMENT_PREFIX, said.id), None)
        }
    };
    Ok(Step::Said { page: format!("/{}/comments/{token}?said=sent", lang.code()), cookie })
}

/// Takes back what somebody said whose account was erased while it was on its way.
async fn unsay_if_gone(app: &App, person: PersonId) -> Result<(), Failure> {
    let system = app.ctx(Actor::System("erase"));
    if read_tx!(app.db, |tx| accounts::service::person(tx, &system, person).await)?.is_some() {
        return Ok(());
    }
    write_tx!(app.db, |tx| community::service::erase_person(tx, &system, person, Erasure::Everything).await)
}

/// Who writes what: a member by their session, anybody else by the form.
fn written(app: &App, client: &Client, org: OrgId, posted: &Posted) -> Result<(Writer, String), Refusal> {
    let typed = typed(app, client, posted);
    match (client.actor(), member(client)) {
        (Actor::Person { person, .. }, Some(name)) => {
            let team = client.actor().may_read(org);
            Ok((Writer::Member { person, name, team }, check_member(&typed)?))
        }
        _ => check_guest(&typed).map(|(guest, body)| (Writer::Guest(guest), body)),
    }
}

/// What one network may post, besides what one address may.
pub(crate) fn limited(app: &App, client: &Client) -> Result<(), Refusal> {
    app.limits.check(&format!("comment {}", client.ip_key), 5, 600, app.now())?;
    app.limits.check(&format!("comment day {}", client.ip_key), 30, 86_400, app.now())
}

async fn preview(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    about: &About,
    posted: &Posted,
    writer: &Writer,
    body: &str,
) -> Response {
    // The address goes along sealed: it stands in no page.
    let (name, sealed) = match writer {
        Writer::Guest(Guest { name, email, url }) => {
            (name.clone(), app.sealer.remember(name, email, url.as_deref(), app.now()))
        }
        Writer::Member { name, .. } => (name.clone(), String::new()),
    };
    let get = |name: &str| plain(posted.get(name));
    let kept = vec![
        ("body", get("body")),
        ("parent", get("parent")),
        ("remember", get("remember")),
        ("send_link", get("send_link")),
        ("writer", sealed),
        ("stamp", app.sealer.stamp(app.now())),
    ];
    let vars = PreviewVars { name, body_html: text::html(body), action: about.comments(lang), kept };
    let head = private_head(app.say(lang, "talk-preview-heading"));
    match site::render_for(app, client, lang, &about.current, "pages/comment_preview.html", head, vars).await {
        Ok(text) => html(app, client, lang, StatusCode::OK, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// GET `/comments/stamp`: what a form carries to say when it was opened.
pub async fn stamp(State(app): Web, client: Client) -> Response {
    let allowed = app.limits.check(&format!("comment stamp {}", client.ip_key), 120, 600, app.now());
    match allowed {
        Ok(()) => {
            let body = axum::Json(serde_json::json!({"stamp": app.sealer.stamp(app.now())}));
            ([(header::CACHE_CONTROL, "no-store")], body).into_response()
        }
        Err(refusal) => crate::pages::sign_in::problem(&app, &client, &refusal.into()),
    }
}

/// POST `/{lang}/comments/forget`: the device forgets the name; back to where it was asked.
pub async fn forget(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if let Err(refusal) = read_form(&app, &client, &body) {
        return failure_page(&app, &client, lang, &refusal.into()).await;
    }
    let from = client.headers.get(header::REFERER).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let origin = client.links(&app).origin().to_owned();
    let back = from.strip_prefix(origin.as_str()).filter(|p| COMMENTED.iter().any(|start| p.starts_with(start)));
    let back = back.map_or_else(
        || format!("/{}/", lang.code()),
        |path| format!("{}#write", path.split('#').next().unwrap_or(path)),
    );
    let mut response = redirect(&back);
    if let Some(cookie) = commenter_cookie(&app, None) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
