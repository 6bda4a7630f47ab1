//! The rules of an organisation's comments, in words: what waits, when threads close, which words are looked at, when
//! moderators get a mail. Words can be tried against what was said before they are saved.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::{Hold, Notify, Settings};
use community::rules::settings::{SettingsDraft, check};
use community::service as uc;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang};
use serde::Serialize;
use ui::{FormView, Posted};

use super::comments::own_org;
use super::frame::{self, After};
use super::{RailEntry, rail, to_sign_in};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};

#[derive(Serialize)]
struct Way {
    code: &'static str,
    label: String,
    hint: String,
}

#[derive(Serialize)]
struct Vars {
    rail: Vec<RailEntry>,
    holds: Vec<Way>,
    notifies: Vec<Way>,
    version: String,
    form: FormView,
    said: Option<String>,
    tried: Option<String>,
}

fn typed(settings: &Settings) -> FormView {
    FormView::with(&[
        ("hold", settings.hold.code()),
        ("closes_after_days", &settings.closes_after_days.map(|d| d.to_string()).unwrap_or_default()),
        ("most_links", &settings.most_links.to_string()),
        ("blocked_words", &settings.blocked_words.join("\n")),
        ("notify", settings.notify.code()),
        ("version", &settings.version.to_string()),
    ])
}

fn draft(posted: &Posted) -> SettingsDraft {
    let get = |name: &str| posted.get(name).to_owned();
    SettingsDraft {
        hold: get("hold"),
        closes_after_days: get("closes_after_days"),
        most_links: get("most_links"),
        blocked_words: get("blocked_words"),
        notify: get("notify"),
    }
}

/// `/{lang}/studio/comments/settings`.
pub async fn show(State(app): Web, client: Client, Path(lang): Path<String>, Query(after): Query<After>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let said = after.said.is_some_and(|s| s == "saved").then(|| app.say(lang, "moderation-settings-saved"));
    let form = async {
        let (org, actor) = (own_org(&client)?, client.actor());
        let settings = read_tx!(app.db, |tx| uc::settings(tx, &actor, org).await)?;
        Ok(typed(&settings))
    };
    page(&app, &client, lang, StatusCode::OK, form.await, (said, None)).await
}

/// What is said above the form: what was done, and what a trial found.
type Notes = (Option<String>, Option<String>);

async fn page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    status: StatusCode,
    form: Result<FormView, Failure>,
    (said, tried): Notes,
) -> Response {
    let way = |kind: &str, code: &'static str| Way {
        code,
        label: app.say(lang, &format!("moderation-{kind}-{code}")),
        hint: app.say(lang, &format!("moderation-{kind}-{code}-hint")),
    };
    let vars = form.map(|form| Vars {
        rail: rail(app, lang, "studio/comments"),
        holds: Hold::ALL.map(|h| way("hold", h.code())).into(),
        notifies: Notify::ALL.map(|n| way("notify", n.code())).into(),
        version: form.values.get("version").cloned().unwrap_or_default(),
        form,
        said,
        tried,
    });
    let title = app.say(lang, "moderation-settings");
    frame::page(app, client, lang, status, "pages/comment_settings.html", title, vars).await
}

/// POST `/{lang}/studio/comments/settings`: saves, or with `do=try` only tries the words.
pub async fn save(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    match done(&app, &client, lang, &posted).await {
        Ok(Some(tried)) => {
            let form = FormView { values: posted.values(), ..FormView::default() };
            page(&app, &client, lang, StatusCode::OK, Ok(form), (None, Some(tried))).await
        }
        Ok(None) => redirect(&format!("/{}/studio/comments/settings?said=saved", lang.code())),
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let mut form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            if refusal.code == "comment-settings-version" {
                form.summary = Some(app.say(lang, "moderation-settings-moved"));
                match newest(&app, &client).await {
                    Ok(version) => drop(form.values.insert("version".to_owned(), version)),
                    Err(failure) => return failure_page(&app, &client, lang, &failure).await,
                }
            }
            page(&app, &client, lang, ui::status(refusal.kind), Ok(form), (None, None)).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// The version of the rules as they are: who saves again replaces them knowingly.
async fn newest(app: &Arc<App>, client: &Client) -> Result<String, Failure> {
    let (org, actor) = (own_org(client)?, client.actor());
    Ok(read_tx!(app.db, |tx| uc::settings(tx, &actor, org).await)?.version.to_string())
}

/// The sentence of a trial, or nothing when the rules were saved.
async fn done(app: &Arc<App>, client: &Client, lang: Lang, posted: &Posted) -> Result<Option<String>, Failure> {
    let (org, ctx) = (own_org(client)?, client.ctx(app));
    let version = posted.get("version").parse().unwrap_or(-1);
    let draft = draft(posted);
    if posted.get("do") != "try" {
        write_tx!(app.db, |tx| uc::set_settings(tx, &ctx, org, &draft, version).await)?;
        return Ok(None);
    }
    let words = check(&draft, version)?.blocked_words;
    let tried = read_tx!(app.db, |tx| uc::try_words(tx, &ctx, org, &words).await)?;
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let args = [("held", number(tried.would_wait).into()), ("count", number(tried.looked_at).into())];
    Ok(Some(app.render.texts().text(lang, "moderation-tried", &args)))
}
