//! Listens and views for the team: charts with their tables, apps, sources, what was counted out and why; of everything, of a
//! show, of an episode; and as CSV. Figures come from the crate `audience`; nothing is counted here.

pub(crate) mod chart;
mod csv;
pub(crate) mod range;
pub mod report;

use std::collections::HashMap;
use std::sync::Arc;

use audience::model::{Ask, Count, HourFigure, PartFigure};
use audience::rules::set;
use audience::service::{self as uc, Figures};
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use db::{Failure, read_tx};
use jiff::tz::TimeZone;
use kernel::{At, Kind, Lang, OrgId, Refusal, Subject, parse_id, show_id};
use publish::model::{AudioPlace, EPISODE_PREFIX, Episode, SHOW_PREFIX, Show};
use publish::rules::schedule;
use publish::service as publish_uc;
use serde::Serialize;

use super::frame::{self, Choice, orgs, title_of};
use super::{EpisodeTop, RailEntry, rail, to_sign_in, top};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page};
use crate::pages::public::{lang_of, nowhere};
use range::{Bucket, Days, RangeQuery, by_day, by_hour};

/// A row of a chart's table.
#[derive(Serialize)]
struct BucketRow {
    name: String,
    listens: String,
    views: String,
}

/// A name and its figure.
#[derive(Serialize)]
pub(crate) struct NameRow {
    name: String,
    n: String,
}

#[derive(Serialize)]
struct TopRow {
    title: String,
    url: String,
    listens: String,
    views: String,
}

/// A figure with the change against the time before.
#[derive(Serialize)]
struct Total {
    label: String,
    value: String,
    change: String,
}

/// Everything the body of a page of figures shows.
#[derive(Serialize)]
pub(crate) struct Board {
    totals: Vec<Total>,
    listens_svg: String,
    views_svg: String,
    rows: Vec<BucketRow>,
    first_text: String,
    last_text: String,
    apps: Vec<NameRow>,
    devices: Vec<NameRow>,
    sources: Vec<NameRow>,
    excluded: Vec<NameRow>,
    zone: String,
    version: String,
    rules_url: String,
    since: Option<String>,
    empty: bool,
}

#[derive(Serialize)]
struct Vars {
    rail: Vec<RailEntry>,
    ranges: Vec<RangeLink>,
    shows: Vec<Choice>,
    show: String,
    from: String,
    to: String,
    board: Board,
    top: Vec<TopRow>,
    csv_url: String,
    months: Vec<RangeLink>,
}

#[derive(Serialize)]
struct RangeLink {
    url: String,
    label: String,
    current: bool,
}

/// What a question is about: whose, which show, on whose clock.
struct About {
    org: OrgId,
    shows: Vec<Show>,
    show: Option<Show>,
    zone: TimeZone,
}

/// The clock of a show.
pub(crate) fn zone_of(show: &Show) -> TimeZone {
    schedule::zone(&show.time_zone).unwrap_or(TimeZone::UTC)
}

async fn about(app: &Arc<App>, client: &Client, asked: Option<&str>) -> Result<About, Failure> {
    let actor = client.actor();
    let mut shows = Vec::new();
    for org in orgs(client) {
        shows.extend(read_tx!(app.db, |tx| publish_uc::list_shows(tx, &actor, org).await)?);
    }
    let wanted = asked.filter(|s| !s.is_empty());
    let show = match wanted {
        Some(id) => {
            let id = parse_id(SHOW_PREFIX, id).ok_or_else(Refusal::not_found)?;
            Some(shows.iter().find(|s| s.id == id).cloned().ok_or_else(Refusal::not_found)?)
        }
        None if shows.len() == 1 => shows.first().cloned(),
        None => None,
    };
    let org = show.as_ref().map(|s| s.org).or_else(|| orgs(client).first().copied());
    let org = org.ok_or_else(|| Refusal::new(Kind::Forbidden, "forbidden"))?;
    shows.retain(|s| show.is_some() || s.org == org);
    // Shows on several clocks have no common day but the universal one.
    let zones: Vec<&str> = shows.iter().map(|s| s.time_zone.as_str()).collect();
    let zone = match (&show, zones.first()) {
        (Some(show), _) => zone_of(show),
        (None, Some(first)) if zones.iter().all(|z| z == first) => schedule::zone(first).unwrap_or(TimeZone::UTC),
        _ => TimeZone::UTC,
    };
    Ok(About { org, shows, show, zone })
}

fn ask(about: &About, days: &Days, subject: Option<Subject>) -> Ask {
    let (from, to) = days.span();
    Ask { org: about.org, within: about.show.as_ref().map(|s| s.id), subject, from, to }
}

fn number(n: i64, lang: Lang) -> String {
    ui::number(n, lang)
}

/// Names of a part as people know them.
pub(crate) fn named(app: &App, lang: Lang, kind: &str, list: &[PartFigure], of: Option<Count>) -> Vec<NameRow> {
    let mut sums: Vec<(String, i64)> = Vec::new();
    for figure in list.iter().filter(|f| of.is_none_or(|c| f.count == c)) {
        match sums.iter_mut().find(|(name, _)| *name == figure.name) {
            Some((_, n)) => *n += figure.n,
            None => sums.push((figure.name.clone(), figure.n)),
        }
    }
    sums.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let say = |name: &str| {
        let key = format!("audience-{kind}-{name}");
        if app.render.texts().has(lang, &key) { app.say(lang, &key) } else { name.to_owned() }
    };
    sums.into_iter().take(12).map(|(name, n)| NameRow { name: say(&name), n: number(n, lang) }).collect()
}

fn change(app: &App, lang: Lang, now: i64, before: i64) -> String {
    let texts = app.render.texts();
    if before == 0 {
        return app.say(lang, if now == 0 { "audience-change-none" } else { "audience-change-new" });
    }
    let percent = (now - before) * 100 / before;
    let key = if percent >= 0 { "audience-change-up" } else { "audience-change-down" };
    texts.text(lang, key, &[("percent", percent.abs().into())])
}

/// Makes the body of a page of figures.
pub(crate) fn board(app: &App, lang: Lang, days: &Days, figures: &Figures, before: Option<(i64, i64)>) -> Board {
    let texts = app.render.texts();
    let buckets = by_day(days, &figures.hours);
    let (listens, views) = (figures.total(Count::Listen), figures.total(Count::View));
    let total = |key: &str, now: i64, then: Option<i64>| Total {
        label: app.say(lang, key),
        value: number(now, lang),
        change: then.map(|then| change(app, lang, now, then)).unwrap_or_default(),
    };
    let day = |name: &str| {
        let at = name.parse::<jiff::civil::Date>().ok().and_then(|d| d.to_zoned_datetime(days.zone.clone()).ok());
        at.map_or_else(
            || name.to_owned(),
            |z| ui::date_long(At::from_micros(z.timestamp().as_microsecond()), &days.zone, lang),
        )
    };
    let svg = |id: &str, key: &str, value: &dyn Fn(&Bucket) -> i64| {
        let say = |b: &Bucket| format!("{}: {}", day(&b.name), number(value(b), lang));
        chart::bars(id, &app.say(lang, key), &buckets, value, say)
    };
    Board {
        totals: vec![
            total("audience-listens", listens, before.map(|b| b.0)),
            total("audience-views", views, before.map(|b| b.1)),
        ],
        listens_svg: svg("t-listens", "audience-listens-chart", &|b| b.listens),
        views_svg: svg("t-views", "audience-views-chart", &|b| b.views),
        rows: buckets
            .iter()
            .rev()
            .map(|b| BucketRow { name: day(&b.name), listens: number(b.listens, lang), views: number(b.views, lang) })
            .collect(),
        first_text: buckets.first().map(|b| day(&b.name)).unwrap_or_default(),
        last_text: buckets.last().map(|b| day(&b.name)).unwrap_or_default(),
        apps: named(app, lang, "app", &figures.apps, Some(Count::Listen)),
        devices: named(app, lang, "device", &figures.devices, Some(Count::Listen)),
        sources: named(app, lang, "source", &figures.sources, None),
        excluded: named(app, lang, "reason", &figures.excluded, None),
        zone: days.zone.iana_name().unwrap_or("UTC").to_owned(),
        version: texts.text(lang, "audience-version", &[("version", versions(figures).into())]),
        rules_url: format!("/{}/listens", lang.code()),
        since: figures.since.map(|at| ui::date_long(at, &days.zone, lang)),
        empty: listens == 0 && views == 0,
    }
}

fn versions(figures: &Figures) -> String {
    if figures.versions.is_empty() { set::VERSION.to_owned() } else { figures.versions.join(", ") }
}

/// `/{lang}/studio/audience`.
pub async fn show(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    Query(query): Query<RangeQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    crate::counting::flush(&app).await;
    let vars = vars(&app, &client, lang, &query).await;
    let title = app.say(lang, "audience-heading");
    frame::page(&app, &client, lang, StatusCode::OK, "pages/audience.html", title, vars).await
}

fn address(lang: Lang, file: &str, query: &RangeQuery, range: Option<&str>) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    let show = query.show.clone().filter(|s| !s.is_empty());
    match (range, &query.from, &query.to) {
        (Some(range), ..) => {
            out.append_pair("range", range);
        }
        (None, Some(from), Some(to)) if query.range.is_none() => {
            out.append_pair("from", from).append_pair("to", to);
        }
        _ => {
            out.append_pair("range", query.range.as_deref().unwrap_or("30"));
        }
    }
    if let Some(show) = show {
        out.append_pair("show", &show);
    }
    format!("/{}/studio/{file}?{}", lang.code(), out.finish())
}

async fn vars(app: &Arc<App>, client: &Client, lang: Lang, query: &RangeQuery) -> Result<Vars, Failure> {
    let about = about(app, client, query.show.as_deref()).await?;
    let days = Days::of(query, app.now(), about.zone.clone());
    let actor = client.actor();
    let (now, then) = (ask(&about, &days, None), ask(&about, &days.before(), None));
    let (figures, before, best, names) = read_tx!(app.db, |tx| {
        let figures = uc::figures(tx, &actor, &now).await?;
        let before = uc::hours_of(tx, &actor, &then).await?;
        let best = uc::top(tx, &actor, &now, 10).await?;
        let ids: Vec<i64> = best.iter().map(|(s, ..)| s.id).collect();
        let names = publish_uc::titles(tx, &actor, now.org, &ids).await?;
        Ok((figures, before, best, names))
    })?;
    let sum = |count| before.iter().filter(|h| h.count == count).map(|h| h.n).sum::<i64>();
    let ranges = ["7", "30", "90", "month", "last"].map(|range| RangeLink {
        url: address(lang, "audience", query, Some(range)),
        label: app.say(lang, &format!("audience-range-{range}")),
        current: query.range.as_deref().unwrap_or(if query.from.is_some() { "" } else { "30" }) == range,
    });
    Ok(Vars {
        rail: rail(app, lang, "studio/audience"),
        ranges: ranges.into(),
        shows: about.shows.iter().map(|s| Choice::new(show_id(SHOW_PREFIX, s.id), title_of(s, lang))).collect(),
        show: about.show.as_ref().map(|s| show_id(SHOW_PREFIX, s.id)).unwrap_or_default(),
        from: days.first.to_string(),
        to: days.last.to_string(),
        board: board(app, lang, &days, &figures, Some((sum(Count::Listen), sum(Count::View)))),
        top: best.iter().filter_map(|row| top_row(lang, row, &names)).collect(),
        csv_url: address(lang, "audience.csv", query, None),
        months: months(lang, &about, &days),
    })
}

/// The last six months of a show, as pages for its client.
fn months(lang: Lang, about: &About, days: &Days) -> Vec<RangeLink> {
    let Some(show) = &about.show else { return Vec::new() };
    let mut at = days.last.first_of_month();
    let mut out = Vec::new();
    for _ in 0..6 {
        let name = at.strftime("%Y-%m").to_string();
        let url = format!("/{}/studio/audience/{}/{name}", lang.code(), show_id(SHOW_PREFIX, show.id));
        out.push(RangeLink { url, label: name, current: false });
        at = at.yesterday().map(jiff::civil::Date::first_of_month).unwrap_or(at);
    }
    out
}

fn top_row(lang: Lang, row: &(Subject, i64, i64), names: &HashMap<i64, (Show, Episode)>) -> Option<TopRow> {
    let (show, episode) = names.get(&row.0.id)?;
    Some(TopRow {
        title: episode.text(lang.code(), &show.language).1.title.clone(),
        url: format!("/{}/studio/episodes/{}/audience", lang.code(), show_id(EPISODE_PREFIX, episode.id)),
        listens: number(row.1, lang),
        views: number(row.2, lang),
    })
}

#[derive(Serialize)]
struct EpisodeVars {
    #[serde(flatten)]
    top: EpisodeTop,
    board: Board,
    remote: bool,
    first: Option<FirstHours>,
}

/// How an episode began: a chart of listens by hour, with its table.
#[derive(Serialize)]
struct FirstHours {
    svg: String,
    rows: Vec<BucketRow>,
    first_text: String,
    last_text: String,
}

/// The hours of an episode's beginning.
const FIRST_HOURS: i64 = 48;

fn first_hours(app: &App, lang: Lang, days: &Days, from: At, figures: &[HourFigure]) -> Option<FirstHours> {
    let buckets = by_hour(from, FIRST_HOURS, app.now(), figures);
    let hour = |b: &Bucket| {
        let at = At::parse_rfc3339(&b.name).unwrap_or(from);
        format!("{}, {}", ui::date_long(at, &days.zone, lang), ui::clock_text(at, &days.zone, lang))
    };
    let say = |b: &Bucket| format!("{}: {}", hour(b), number(b.listens, lang));
    let row = |b: &Bucket| BucketRow { name: hour(b), listens: number(b.listens, lang), views: number(b.views, lang) };
    Some(FirstHours {
        first_text: hour(buckets.first()?),
        last_text: hour(buckets.last()?),
        svg: chart::bars("t-hours", &app.say(lang, "audience-first-chart"), &buckets, |b| b.listens, say),
        rows: buckets.iter().map(row).collect(),
    })
}

/// `/{lang}/studio/episodes/{id}/audience`.
pub async fn episode(State(app): Web, client: Client, Path((lang, id)): Path<(String, String)>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    crate::counting::flush(&app).await;
    let vars = episode_vars(&app, &client, lang, &id).await;
    let title = app.say(lang, "audience-heading");
    frame::page(&app, &client, lang, StatusCode::OK, "pages/audience_episode.html", title, vars).await
}

async fn episode_vars(app: &Arc<App>, client: &Client, lang: Lang, id: &str) -> Result<EpisodeVars, Failure> {
    let id = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let actor = client.actor();
    let now = app.now();
    let (show, full, days, figures, first) = read_tx!(app.db, |tx| {
        let (show, full) = publish_uc::desk_episode(tx, &actor, id).await?;
        let zone = zone_of(&show);
        let days = Days::of(&RangeQuery { range: Some("90".to_owned()), ..RangeQuery::default() }, now, zone);
        let (from, to) = days.span();
        let ask = Ask { org: show.org, within: None, subject: Some(Subject::episode(id)), from, to };
        let figures = uc::figures(tx, &actor, &ask).await?;
        let first = match full.episode.state.instant().filter(|at| *at <= now && *at > At::from_micros(0)) {
            Some(at) => {
                let ask = Ask { from: at, to: at.plus_seconds(FIRST_HOURS * 3_600), ..ask };
                Some((at, uc::hours_of(tx, &actor, &ask).await?))
            }
            None => None,
        };
        Ok((show, full, days, figures, first))
    })?;
    Ok(EpisodeVars {
        board: board(app, lang, &days, &figures, None),
        first: first.as_ref().and_then(|(at, hours)| first_hours(app, lang, &days, *at, hours)),
        remote: matches!(full.episode.audio.as_ref().map(|a| &a.place), Some(AudioPlace::Remote(_))),
        top: top(app, lang, &show, &full.episode, "audience"),
    })
}

/// `/{lang}/studio/audience.csv`: the figures of the same question by day, then by episode.
pub async fn table(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    Query(query): Query<RangeQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    crate::counting::flush(&app).await;
    match table_of(&app, &client, &query).await {
        Ok((name, text)) => {
            let mut response = Response::new(Body::from(text));
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
            if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\"")) {
                headers.insert(header::CONTENT_DISPOSITION, value);
            }
            response
        }
        Err(Failure::Refused(refusal)) => error_page(&app, &client, lang, &refusal).await,
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn table_of(app: &Arc<App>, client: &Client, query: &RangeQuery) -> Result<(String, String), Failure> {
    let about = about(app, client, query.show.as_deref()).await?;
    let days = Days::of(query, app.now(), about.zone.clone());
    let (actor, ask) = (client.actor(), ask(&about, &days, None));
    let hours = read_tx!(app.db, |tx| uc::hours_of(tx, &actor, &ask).await)?;
    let rows: Vec<Vec<String>> =
        by_day(&days, &hours).into_iter().map(|b| vec![b.name, b.listens.to_string(), b.views.to_string()]).collect();
    let name = about.show.map_or_else(|| "audience".to_owned(), |s| s.slug);
    Ok((format!("{name}-{}-{}", days.first, days.last), csv::table(&["day", "listens", "views"], &rows)))
}
