//! Erasing one's comments: an address is entered, the answer is always the same, and who owns the address finds a link
//! there. Behind it stands what would go, and the choice of how much.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::service::{self as uc, Erasure};
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, Refusal};
use serde::{Deserialize, Serialize};
use ui::FormView;

use super::own::quiet;
use crate::app::App;
use crate::http::{Client, Web, failure_page, html, read_form, redirect};
use crate::letters;
use crate::pages::privacy;
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, private_head};

#[derive(Serialize)]
struct Vars {
    referrer: &'static str,
    count: usize,
    action: String,
    said: Option<String>,
}

/// What the last answer has to say.
#[derive(Debug, Default, Deserialize)]
pub struct Told {
    said: Option<String>,
}

/// POST `/{lang}/privacy/erase`: the same answer whatever address it is.
pub async fn ask(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let outcome = async {
        let posted = read_form(&app, &client, &body)?;
        app.limits.check(&format!("erase {}", client.ip_key), 10, 3600, app.now())?;
        let email = kernel::line(posted.get("email"));
        let email = kernel::email(&email).map(|_| email.clone());
        let email = email.map_err(|code| Refusal::invalid("check-fields").field("email", code));
        match email {
            Ok(email) => {
                write_to(&app, &client, lang, &email).await?;
                Ok(Ok(()))
            }
            Err(refusal) => Ok(Err((posted, refusal))),
        }
    };
    let outcome: Result<Result<(), (ui::Posted, Refusal)>, Failure> = outcome.await;
    match outcome {
        Ok(Ok(())) => redirect(&format!("/{}/privacy?said=erase#erase", lang.code())),
        Ok(Err((posted, refusal))) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            privacy::page(&app, &client, lang, StatusCode::UNPROCESSABLE_ENTITY, Some(form), None).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// A letter to the address, if comments were written with it and it got no more than its letters of the day.
async fn write_to(app: &Arc<App>, client: &Client, lang: Lang, email: &str) -> Result<(), Failure> {
    let (ctx, digest) = (client.ctx(app), app.sealer.email_digest(email));
    let token = app.sealer.erase_link(email, app.now());
    let page = client.links(app).absolute(&format!("/{}/privacy/erase/{token}", lang.code()));
    let allowed = letters::counted(app, email).is_ok();
    write_tx!(app.db, |tx| {
        if uc::under_email(tx, &digest).await?.comments > 0 && allowed {
            let args = [("page", page.clone())];
            letters::ask(tx, &ctx, &app.sealer, email, lang, "comment-erase", &args).await?;
        }
        Ok(())
    })?;
    app.worker.wake();
    Ok(())
}

/// The digest of the address a link is about.
fn opened(app: &App, client: &Client, token: &str) -> Result<String, Refusal> {
    app.limits.check(&format!("erase link {}", client.ip_key), 60, 600, app.now())?;
    app.sealer.read_erase_link(token, app.now()).ok_or_else(Refusal::not_found)
}

/// GET `/{lang}/privacy/erase/{token}`.
pub async fn show(
    State(app): Web,
    client: Client,
    Path((lang, token)): Path<(String, String)>,
    Query(query): Query<Told>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let rendered = async {
        let digest = opened(&app, &client, &token)?;
        let count = read_tx!(app.db, |tx| uc::under_email(tx, &digest).await)?.comments;
        let vars = Vars {
            referrer: "same-origin",
            count,
            action: format!("/{}/privacy/erase/{token}", lang.code()),
            said: query.said.filter(|s| s == "done").map(|_| app.say(lang, "privacy-erasing-done")),
        };
        let head = private_head(app.say(lang, "privacy-erasing"));
        site::render_for(&app, &client, lang, "", "pages/erase.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => quiet(html(&app, &client, lang, StatusCode::OK, text)),
        Err(failure) => quiet(failure_page(&app, &client, lang, &failure).await),
    }
}

/// POST `/{lang}/privacy/erase/{token}`: `what` is `identity` or `all`.
pub async fn erase(
    State(app): Web,
    client: Client,
    Path((lang, token)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let outcome = async {
        let posted = read_form(&app, &client, &body)?;
        let digest = opened(&app, &client, &token)?;
        let what = match posted.get("what") {
            "identity" => Erasure::Identity,
            "all" => Erasure::Everything,
            _ => return Err(Failure::from(Refusal::new(Kind::Invalid, "check-fields"))),
        };
        write_tx!(app.db, |tx| uc::erase_by_email(tx, &digest, what).await)
    };
    match outcome.await {
        Ok(_) => quiet(redirect(&format!("/{}/privacy/erase/{token}?said=done", lang.code()))),
        Err(failure) => quiet(failure_page(&app, &client, lang, &failure).await),
    }
}
