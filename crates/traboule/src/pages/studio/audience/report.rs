//! One month of a show for its client: a page for the team, and the same by a link for somebody without an account. Only sums
//! stand on it.

use std::sync::Arc;

use audience::model::{Ask, Count, REPORT_PREFIX, Report};
use audience::service as uc;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Actor, Kind, Lang, Refusal, Role, parse_id, show_id};
use publish::model::{SHOW_PREFIX, Show};
use publish::rules::visibility::is_public;
use publish::service as publish_uc;
use serde::Serialize;
use ui::{FormView, Posted};

use super::super::frame::{self, title_of};
use super::super::{RailEntry, rail, to_sign_in};
use super::range::Days;
use super::{Board, board, zone_of};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, private_head};

#[derive(Serialize)]
struct Best {
    title: String,
    listens: String,
    views: String,
}

/// What a month's page shows to everybody who may see it.
#[derive(Serialize)]
struct Month {
    show_title: String,
    name: String,
    board: Board,
    comments: String,
    episodes: String,
    best: Vec<Best>,
}

#[derive(Serialize)]
struct LinkRow {
    id: String,
    label: String,
    until: String,
    works: bool,
}

#[derive(Serialize)]
struct Vars {
    rail: Vec<RailEntry>,
    month: Month,
    base: String,
    can_edit: bool,
    links: Vec<LinkRow>,
    made: Option<String>,
    form: Option<FormView>,
    said: Option<String>,
}

fn number(n: i64, lang: Lang) -> String {
    ui::number(n, lang)
}

/// The month in words.
fn words(days: &Days, lang: Lang) -> String {
    ui::month_text(days.first, lang)
}

/// What is not public, or not yet, is neither named nor counted here, for the team as little as for its client: both read
/// one page.
async fn month(app: &Arc<App>, lang: Lang, actor: &Actor, show: &Show, days: &Days) -> Result<Month, Failure> {
    let now = app.now();
    let (from, to) = days.span();
    let ask = Ask { org: show.org, within: Some(show.id), subject: None, from, to };
    // An episode whose hour has not come is not out; the hour itself is.
    let out = to.min(now.plus_seconds(1));
    let before = days.before();
    let then = Ask { from: before.span().0, to: before.span().1, ..ask.clone() };
    let (figures, earlier, best, names, comments, published) = read_tx!(app.db, |tx| {
        let figures = uc::figures(tx, actor, &ask).await?;
        let earlier = uc::hours_of(tx, actor, &then).await?;
        let best = uc::top(tx, actor, &ask, 5).await?;
        let said = community::service::said_between(tx, show.org, from, to).await?;
        let mine = publish_uc::episode_ids(tx, actor, show.id).await?;
        let ids: Vec<i64> = best.iter().map(|(s, ..)| s.id).collect();
        let mut names = publish_uc::titles(tx, actor, show.org, &ids).await?;
        let seen = publish_uc::passing(tx, reach::Surface::Direct, &ids, now).await?;
        names.retain(|id, _| seen.contains(id));
        let comments: i64 = said.iter().filter(|(s, _)| mine.contains(&s.id)).map(|(_, n)| n).sum();
        let published = publish_uc::published_between(tx, actor, show.id, from, out).await?;
        Ok((figures, earlier, best, names, comments, published))
    })?;
    let sum = |count| earlier.iter().filter(|h| h.count == count).map(|h| h.n).sum::<i64>();
    let best = best.iter().filter_map(|(subject, listens, views)| {
        let (show, episode) = names.get(&subject.id).filter(|(_, e)| is_public(e.state, now))?;
        let title = episode.text(lang.code(), &show.language).1.title.clone();
        Some(Best { title, listens: number(*listens, lang), views: number(*views, lang) })
    });
    Ok(Month {
        show_title: title_of(show, lang),
        name: words(days, lang),
        best: best.collect(),
        board: board(app, lang, days, &figures, Some((sum(Count::Listen), sum(Count::View)))),
        comments: number(comments, lang),
        episodes: number(published, lang),
    })
}

/// What an act leaves to show.
#[derive(Default)]
struct Left {
    form: Option<FormView>,
    made: Option<String>,
    said: Option<&'static str>,
}

/// The show and the month of an address, for its team.
async fn found(app: &Arc<App>, client: &Client, show: &str, name: &str) -> Result<(Show, Days), Failure> {
    let id = parse_id(SHOW_PREFIX, show).ok_or_else(Refusal::not_found)?;
    let actor = client.actor();
    let show = read_tx!(app.db, |tx| publish_uc::team_show(tx, &actor, id).await)?;
    let days = Days::month(name, zone_of(&show)).ok_or_else(Refusal::not_found)?;
    Ok((show, days))
}

/// `/{lang}/studio/audience/{show}/{month}`.
pub async fn show(
    State(app): Web,
    client: Client,
    Path((lang, show, name)): Path<(String, String, String)>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    crate::counting::flush(&app).await;
    page(&app, &client, lang, StatusCode::OK, (&show, &name), Left::default()).await
}

async fn page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    status: StatusCode,
    (show, name): (&str, &str),
    left: Left,
) -> Response {
    let vars = vars(app, client, lang, (show, name), left).await;
    let title = app.say(lang, "audience-month-heading");
    frame::page(app, client, lang, status, "pages/audience_month.html", title, vars).await
}

async fn vars(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    (id, name): (&str, &str),
    left: Left,
) -> Result<Vars, Failure> {
    let (show, days) = found(app, client, id, name).await?;
    let (actor, now) = (client.actor(), app.now());
    let links = read_tx!(app.db, |tx| uc::reports(tx, &actor, (show.org, show.id), name).await)?;
    let link = |r: &Report| LinkRow {
        id: show_id(REPORT_PREFIX, r.id),
        label: r.label.clone(),
        until: ui::date_long(r.expires_at, &days.zone, lang),
        works: r.revoked_at.is_none() && now < r.expires_at,
    };
    Ok(Vars {
        rail: rail(app, lang, "studio/audience"),
        can_edit: actor.may(show.org, &[Role::Editor]),
        links: links.iter().map(link).collect(),
        month: month(app, lang, &actor, &show, &days).await?,
        base: format!("/{}/studio/audience/{id}/{name}", lang.code()),
        made: left.made,
        form: left.form,
        said: left.said.map(|s| app.say(lang, s)),
    })
}

/// POST `/{lang}/studio/audience/{show}/{month}`: makes a link, or ends one.
pub async fn act(
    State(app): Web,
    client: Client,
    Path((lang, show, name)): Path<(String, String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    let at = (show.as_str(), name.as_str());
    match done(&app, &client, lang, &posted, at).await {
        Ok(Some(made)) => {
            page(&app, &client, lang, StatusCode::OK, at, Left { made: Some(made), ..Left::default() }).await
        }
        Ok(None) => redirect(&format!("/{}/studio/audience/{show}/{name}", lang.code())),
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = Some(FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang));
            page(&app, &client, lang, ui::status(refusal.kind), at, Left { form, ..Left::default() }).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn done(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    posted: &Posted,
    (show, name): (&str, &str),
) -> Result<Option<String>, Failure> {
    let (show, _) = found(app, client, show, name).await?;
    let ctx = client.ctx(app);
    if posted.has("revoke") {
        let id = parse_id(REPORT_PREFIX, posted.get("revoke")).ok_or_else(Refusal::not_found)?;
        write_tx!(app.db, |tx| uc::revoke_report(tx, &ctx, id).await)?;
        return Ok(None);
    }
    let (label, days) = (posted.get("label").to_owned(), posted.get("days").trim().parse().unwrap_or(0));
    let about = (show.org, show.id);
    let (_, token) = write_tx!(app.db, |tx| uc::create_report(tx, &ctx, about, name, (&label, days)).await)?;
    Ok(Some(app.links.absolute(&format!("/{}/report/{token}", lang.code()))))
}

/// `/{lang}/report/{token}`: the month, for whoever holds the link.
pub async fn by_link(State(app): Web, client: Client, Path((lang, token)): Path<(String, String)>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    crate::counting::flush(&app).await;
    let rendered = async {
        let ctx = client.ctx(&app);
        let report = read_tx!(app.db, |tx| uc::report_of(tx, &ctx, &token).await)?;
        // The link is the permission: what it opens is read as the server reads it.
        let reader = Actor::System("report");
        let show = read_tx!(app.db, |tx| publish_uc::team_show(tx, &reader, report.within).await)?;
        let days = Days::month(&report.month, zone_of(&show)).ok_or_else(Refusal::not_found)?;
        let month = month(&app, lang, &reader, &show, &days).await?;
        let head = private_head(format!("{}, {}", month.show_title, month.name));
        let path = format!("/{}/report", lang.code());
        site::render(&app, lang, &path, "", "pages/report.html", head, serde_json::json!({ "month": month })).await
    };
    let mut response = match rendered.await {
        Ok(text) => html(&app, &client, lang, StatusCode::OK, text),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    };
    let headers = response.headers_mut();
    // The policy of every page first: what is stricter here must not be written over by it.
    ui::secure(headers, &ui::PagePolicy::default());
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    response
}

/// A path without the secret in it, for the log.
#[must_use]
pub fn loggable(path: &str) -> String {
    match path.split_once("/report/") {
        Some((before, _)) => format!("{before}/report/…"),
        None => path.to_owned(),
    }
}
