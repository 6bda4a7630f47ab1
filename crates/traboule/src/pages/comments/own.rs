//! The writer's own page: how their comment stands, and the means to change or delete it. The secret stands in the address,
//! so nobody keeps the page, no referrer names it, and it is never logged. Members come by their session.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use community::model::{COMMENT_PREFIX, Comment, Guest, State as Standing};
use community::rules::form::MOST_CHARACTERS;
use community::service::{self as uc, Mine};
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, Refusal, parse_id, show_id};
use serde::{Deserialize, Serialize};
use ui::{FormView, PagePolicy, secure};

use super::subject::{About, about_subject};
use super::text;
use crate::app::App;
use crate::http::{Client, Web, failure_page, html, read_form, redirect};
use crate::letters;
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, private_head};

#[derive(Serialize)]
struct Vars {
    referrer: &'static str,
    about: String,
    state_text: String,
    state_long: String,
    look: &'static str,
    icon_name: &'static str,
    see_url: Option<String>,
    body_html: String,
    body: String,
    link_url: Option<String>,
    can_edit: bool,
    action: String,
    version: i64,
    most: usize,
    form: Option<FormView>,
    said: Option<String>,
}

/// What the last answer has to say.
#[derive(Debug, Default, Deserialize)]
pub struct Told {
    said: Option<String>,
}

/// A path for the log: the secret of a writer's link is left out.
#[must_use]
pub fn loggable(path: &str) -> String {
    for part in ["/comments/", "/privacy/erase/"] {
        if let Some((before, after)) = path.split_once(part)
            && before.len() == 3
            && !matches!(after, "" | "stamp" | "forget")
        {
            return format!("{before}{part}…");
        }
    }
    path.to_owned()
}

/// What every answer of these addresses carries: nobody keeps it, indexes it or tells others where it was.
pub(super) fn quiet(mut response: Response) -> Response {
    let headers = response.headers_mut();
    secure(headers, &PagePolicy::default());
    // `same-origin` and not `no-referrer`: with the latter browsers post forms with the origin `null`.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    response
}

/// How a comment stands, in words.
fn standing(app: &App, lang: Lang, standing: Standing) -> (String, String, &'static str, &'static str) {
    let (key, look, icon) = match standing {
        Standing::Held => ("held", "warn", "clock"),
        Standing::Visible => ("visible", "ok", "check"),
        Standing::Spam | Standing::Removed => ("removed", "bad", "hidden"),
        Standing::Deleted => ("deleted", "", "hidden"),
    };
    let say = |more: &str| app.say(lang, &format!("talk-own-{key}{more}"));
    (say(""), say("-text"), look, icon)
}

fn limited(app: &App, client: &Client, what: &str, most: u32, seconds: i64) -> Result<(), Refusal> {
    app.limits.check(&format!("own comment {what} {}", client.ip_key), most, seconds, app.now())
}

/// The comment a path names: by its secret, or by its id for the member who wrote it.
async fn seen(app: &Arc<App>, client: &Client, token: &str) -> Result<(Mine, Comment), Failure> {
    limited(app, client, "look", 600, 300)?;
    let actor = client.actor();
    let mine = match parse_id(COMMENT_PREFIX, token) {
        Some(id) => Some(Mine::Session(id)),
        None if token.len() < 200 => app.sealer.read_own_link(token, app.now()).map(Mine::Link),
        None => None,
    };
    let found = match mine {
        Some(mine) => read_tx!(app.db, |tx| uc::own(tx, &actor, mine).await).map(|own| (mine, own)),
        None => Err(Refusal::not_found().into()),
    };
    if found.is_err() {
        limited(app, client, "wrong", 30, 600)?;
    }
    found
}

/// GET `/{lang}/comments/{token}`.
pub async fn show(
    State(app): Web,
    client: Client,
    Path((lang, token)): Path<(String, String)>,
    Query(query): Query<Told>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let key = query.said.map(|s| format!("talk-own-said-{s}"));
    let said = key.filter(|k| app.render.texts().has(lang, k)).map(|k| app.say(lang, &k));
    page(&app, &client, lang, &token, StatusCode::OK, None, said).await
}

async fn page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    token: &str,
    status: StatusCode,
    form: Option<FormView>,
    said: Option<String>,
) -> Response {
    let rendered = async {
        let (_, own) = seen(app, client, token).await?;
        let about = about_subject(app, &client.actor(), own.subject).await.ok();
        let vars = vars(app, client, lang, token, &own, about.as_ref(), form, said);
        let head = private_head(app.say(lang, "talk-own-heading"));
        site::render_for(app, client, lang, "", "pages/comment_own.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => quiet(html(app, client, lang, status, text)),
        Err(failure) => quiet(failure_page(app, client, lang, &failure).await),
    }
}

#[allow(clippy::too_many_arguments)] // one call; a struct would only rename the arguments
fn vars(
    app: &App,
    client: &Client,
    lang: Lang,
    token: &str,
    own: &Comment,
    about: Option<&About>,
    form: Option<FormView>,
    said: Option<String>,
) -> Vars {
    let (state_text, state_long, look, icon_name) = standing(app, lang, own.state);
    let path = format!("/{}/comments/{token}", lang.code());
    let id = show_id(COMMENT_PREFIX, own.id);
    let see = about.filter(|_| own.state == Standing::Visible);
    let can_edit = matches!(own.state, Standing::Held | Standing::Visible);
    Vars {
        referrer: "same-origin",
        about: about.map_or_else(|| app.say(lang, "talk-field-body"), |a| a.title(app, lang)),
        state_text,
        state_long,
        look,
        icon_name,
        see_url: see.map(|a| a.at_main(format!("{}#{id}", a.page(lang)))),
        body_html: text::html(&own.body),
        body: own.body.clone(),
        link_url: parse_id(COMMENT_PREFIX, token).is_none().then(|| client.links(app).absolute(&path)),
        can_edit,
        action: path,
        version: own.version,
        most: MOST_CHARACTERS,
        form,
        said,
    }
}

/// POST `/{lang}/comments/{token}`: `act` is `edit` or `delete`.
pub async fn change(
    State(app): Web,
    client: Client,
    Path((lang, token)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let outcome = async {
        let posted = read_form(&app, &client, &body)?;
        let (mine, _) = seen(&app, &client, &token).await?;
        limited(&app, &client, "change", 30, 600)?;
        let done = act(&app, &client, mine, &posted).await;
        Ok((posted, done))
    };
    match outcome.await {
        Ok((_, Ok(said))) => quiet(redirect(&format!("/{}/comments/{token}?said={said}", lang.code()))),
        Ok((posted, Err(Failure::Refused(refusal)))) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let mut form = FormView::refused(&posted, &["version"], &refusal, app.render.texts(), lang);
            form.values.remove("version");
            page(&app, &client, lang, &token, ui::status(refusal.kind), Some(form), None).await
        }
        Ok((_, Err(failure))) | Err(failure) => quiet(failure_page(&app, &client, lang, &failure).await),
    }
}

async fn act(app: &Arc<App>, client: &Client, mine: Mine, posted: &ui::Posted) -> Result<&'static str, Failure> {
    let ctx = client.ctx(app);
    match posted.get("act") {
        "edit" => {
            let version = posted.get("version").parse::<i64>().unwrap_or(0);
            let body = posted.get("body");
            write_tx!(app.db, |tx| uc::edit_own(tx, &ctx, mine, version, body).await)?;
            Ok("edited")
        }
        "delete" if posted.get("sure") == "on" => {
            write_tx!(app.db, |tx| uc::delete_own(tx, &ctx, mine).await)?;
            Ok("deleted")
        }
        "delete" => Err(Refusal::invalid("check-fields").field("sure", "confirm").into()),
        _ => Err(Refusal::not_found().into()),
    }
}

/// Sends the link to whoever asked for it. That it cannot be sent undoes nothing: the link stands on the page they get.
pub(super) async fn mail_link(app: &Arc<App>, client: &Client, lang: Lang, about: &About, guest: &Guest, token: &str) {
    if letters::counted(app, &guest.email).is_err() {
        return;
    }
    let ctx = client.ctx(app);
    let page = client.links(app).absolute(&format!("/{}/comments/{token}", lang.code()));
    let args = [("title", about.title(app, lang)), ("page", page)];
    let outcome =
        write_tx!(app.db, |tx| letters::ask(tx, &ctx, &app.sealer, &guest.email, lang, "comment-link", &args).await);
    match outcome {
        Ok(()) => app.worker.wake(),
        Err(failure) => tracing::warn!(%failure, "the link to a comment could not be mailed"),
    }
}
