//! An organisation's rules for comments: what waits, when threads close, links, words, mails to moderators.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::{Hold, Notify, Settings};
use community::rules::settings::SettingsDraft;
use community::service::{self as uc, Tried};
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, Refusal, line};
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted};

use super::super::frame::{self, Choice};
use super::super::{RailEntry, rail, to_sign_in};
use super::own_org;
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};

/// `?org=` and what was done.
#[derive(Debug, Default, Deserialize)]
pub struct RulesQuery {
    org: Option<i64>,
    said: Option<String>,
}

#[derive(Serialize)]
struct Vars {
    rail: Vec<RailEntry>,
    org: String,
    version: i64,
    holds: Vec<Choice>,
    notifies: Vec<Choice>,
    hold: &'static str,
    notify: &'static str,
    closes_after_days: String,
    most_links: String,
    blocked_words: String,
    tried: Option<String>,
    form: Option<FormView>,
    said: Option<String>,
    back_url: String,
}

/// `/{lang}/studio/comments/settings`.
pub async fn settings(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    Query(query): Query<RulesQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let said = query.said.as_deref().filter(|s| *s == "saved").map(|_| app.say(lang, "moderation-said-saved"));
    page(&app, &client, lang, StatusCode::OK, query.org, (None, None, said)).await
}

/// What a form left: the form itself, what trying the words gave, what was done.
type Left = (Option<FormView>, Option<Tried>, Option<String>);

async fn page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    status: StatusCode,
    org: Option<i64>,
    left: Left,
) -> Response {
    let vars = vars(app, client, lang, org, left).await;
    let title = app.say(lang, "moderation-settings");
    frame::page(app, client, lang, status, "pages/moderation_settings.html", title, vars).await
}

async fn vars(app: &Arc<App>, client: &Client, lang: Lang, org: Option<i64>, left: Left) -> Result<Vars, Failure> {
    let org = own_org(client, org)?;
    let actor = client.actor();
    let now: Settings = read_tx!(app.db, |tx| uc::settings(tx, &actor, org).await)?;
    let (form, tried, said) = left;
    let tried = tried.map(|t| {
        let count = |n: usize| kernel::Arg::Int(i64::try_from(n).unwrap_or(i64::MAX));
        let args = [("would", count(t.would_wait)), ("of", count(t.looked_at))];
        app.render.texts().text(lang, "moderation-tried", &args)
    });
    let choice = |kind: &str, code: &str| Choice::new(code, app.say(lang, &format!("moderation-{kind}-{code}")));
    Ok(Vars {
        rail: rail(app, lang, "studio/comments"),
        org: org.0.to_string(),
        version: now.version,
        holds: Hold::ALL.iter().map(|h| choice("hold", h.code())).collect(),
        notifies: Notify::ALL.iter().map(|n| choice("notify", n.code())).collect(),
        hold: now.hold.code(),
        notify: now.notify.code(),
        closes_after_days: now.closes_after_days.map(|d| d.to_string()).unwrap_or_default(),
        most_links: now.most_links.to_string(),
        blocked_words: now.blocked_words.join("\n"),
        tried,
        form,
        said,
        back_url: format!("/{}/studio/comments?org={}", lang.code(), org.0),
    })
}

fn draft(posted: &Posted) -> SettingsDraft {
    SettingsDraft {
        hold: posted.get("hold").to_owned(),
        closes_after_days: posted.get("closes_after_days").to_owned(),
        most_links: posted.get("most_links").to_owned(),
        blocked_words: posted.get("blocked_words").to_owned(),
        notify: posted.get("notify").to_owned(),
    }
}

/// POST `/{lang}/studio/comments/settings`: saves, or tries the words with `try`.
pub async fn save(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    let org: Option<i64> = posted.get("org").parse().ok();
    match done(&app, &client, &posted, org).await {
        Ok(None) => redirect(&format!(
            "/{}/studio/comments/settings?said=saved{}",
            lang.code(),
            org.map(|o| format!("&org={o}")).unwrap_or_default()
        )),
        Ok(Some(tried)) => {
            // Nothing was saved: the form stays as typed.
            let form =
                FormView::refused(&posted, &["csrf"], &Refusal::invalid("check-fields"), app.render.texts(), lang);
            let form = FormView { summary: None, ..form };
            page(&app, &client, lang, StatusCode::OK, org, (Some(form), Some(tried), None)).await
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = Some(FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang));
            page(&app, &client, lang, ui::status(refusal.kind), org, (form, None, None)).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn done(app: &Arc<App>, client: &Client, posted: &Posted, org: Option<i64>) -> Result<Option<Tried>, Failure> {
    let org = own_org(client, org)?;
    let ctx = client.ctx(app);
    if posted.get("try") == "words" {
        let words: Vec<String> = posted.get("blocked_words").lines().map(line).filter(|w| !w.is_empty()).collect();
        return Ok(Some(read_tx!(app.db, |tx| uc::try_words(tx, &ctx, org, &words).await)?));
    }
    let version = posted.get("version").parse().unwrap_or(-1);
    let draft = draft(posted);
    write_tx!(app.db, |tx| uc::set_settings(tx, &ctx, org, &draft, version).await)?;
    Ok(None)
}
