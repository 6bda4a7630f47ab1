//! The calendar of the desk: a month over all shows, each episode at its local time in its show's zone. The day an episode
//! falls on, and the days on which clocks change, are asked of the zone of each show.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{At, Lang, Refusal, parse_id, show_id};
use publish::model::{Episode, SHOW_PREFIX, Show};
use publish::rules::calendar::{Month, clock_change, day_of};
use publish::rules::schedule;
use publish::service as uc;
use serde::{Deserialize, Serialize};

use super::frame::{self, Choice, editor_orgs, orgs, title_of};
use super::{EpisodeRow, RailEntry, rail, row, to_sign_in};
use crate::app::App;
use crate::http::{Client, Web};
use crate::pages::public::{lang_of, nowhere};

/// `?month=2026-11&show=sh_…`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CalendarQuery {
    month: String,
    show: String,
}

/// An episode on a day.
#[derive(Serialize)]
struct Entry {
    #[serde(flatten)]
    episode: EpisodeRow,
    show_title: String,
    /// Which of the five tints the show has, in the order of the list; its name stands beside it always.
    tint: &'static str,
    clock: String,
    iso: String,
    /// The zone, when the day has several.
    zone: Option<String>,
    /// Planned, but nobody scheduled it.
    planned: bool,
}

#[derive(Serialize)]
struct Day {
    date: String,
    number: i8,
    label: String,
    outside: bool,
    today: bool,
    past: bool,
    /// Sentences about clocks that change, one per zone.
    changes: Vec<String>,
    zones: bool,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct CalendarVars {
    rail: Vec<RailEntry>,
    heading: String,
    month: String,
    weekdays: Vec<String>,
    weeks: Vec<Vec<Day>>,
    drafts: Vec<Entry>,
    shows: Vec<Choice>,
    show: String,
    has_shows: bool,
    can_edit: bool,
    previous_url: String,
    today_url: String,
    next_url: String,
}

const TINTS: [&str; 5] = ["ochre", "rose", "green", "tile", "saone"];

/// The shows asked about, with their zones.
struct Zoned<'a>(Vec<(&'a Show, TimeZone)>);

impl Zoned<'_> {
    fn of(&self, show: i64) -> Option<(usize, &Show, &TimeZone)> {
        self.0.iter().enumerate().find(|(_, (s, _))| s.id == show).map(|(at, (s, z))| (at, *s, z))
    }
}

/// `/{lang}/studio/calendar`.
pub async fn calendar(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    Query(query): Query<CalendarQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let vars = calendar_vars(&app, &client, lang, &query).await;
    let title = app.say(lang, "sites-calendar");
    frame::page(&app, &client, lang, StatusCode::OK, "pages/studio_calendar.html", title, vars).await
}

/// The instant or the planned wall clock of an episode as a day and a clock in its show's zone.
fn day_and_instant(episode: &Episode, zone: &TimeZone) -> Option<(Date, At)> {
    let planned = || schedule::resolve_again(episode.wall_clock.as_deref()?, zone).map(|r| r.at);
    let at = episode.state.instant().filter(|at| at.micros() != 0).or_else(planned)?;
    Some((day_of(at, zone), at))
}

async fn calendar_vars(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    query: &CalendarQuery,
) -> Result<CalendarVars, Failure> {
    let (actor, now, orgs) = (client.actor(), app.now(), orgs(client));
    let show = match query.show.as_str() {
        "" => None,
        text => Some(parse_id(SHOW_PREFIX, text).ok_or_else(Refusal::not_found)?),
    };
    let shows = read_tx!(app.db, |tx| uc::desk_shows(tx, &actor, &orgs).await)?;
    let home = shows.first().and_then(|s| schedule::zone(&s.time_zone).ok()).unwrap_or(TimeZone::UTC);
    let month = Month::parse(&query.month).unwrap_or_else(|| Month::of(now, &home));
    let found = read_tx!(app.db, |tx| uc::desk_month(tx, &actor, &orgs, show, month, now).await)?;
    let zone_of = |s: &Show| schedule::zone(&s.time_zone).unwrap_or(TimeZone::UTC);
    let zoned = Zoned(found.shows.iter().map(|s| (s, zone_of(s))).collect());
    let mut days: BTreeMap<Date, Vec<Entry>> = BTreeMap::new();
    let mut drafts = Vec::new();
    for episode in found.episodes.iter().chain(&found.drafts) {
        let Some((entry, day)) = entry(app, lang, &zoned, episode, now) else { continue };
        match day {
            Some(day) => days.entry(day).or_default().push(entry),
            None => drafts.push(Entry { zone: None, ..entry }),
        }
    }
    let today = day_of(now, &home);
    let shown = |s: &&(&Show, TimeZone)| show.is_none_or(|id| s.0.id == id);
    let zones: Vec<&TimeZone> = zoned.0.iter().filter(shown).map(|(_, z)| z).collect();
    let mut make = |date: Date| day_view(app, lang, &zones, month, today, date, days.remove(&date).unwrap_or_default());
    let weeks = month.weeks().into_iter().map(|week| week.into_iter().map(&mut make).collect()).collect();
    let url = |month: Month| {
        let show = if query.show.is_empty() { String::new() } else { format!("&show={}", query.show) };
        format!("/{}/studio/calendar?month={}{show}", lang.code(), month.code())
    };
    let every = Choice::new("", app.say(lang, "sites-every-show"));
    let choices = found.shows.iter().map(|s| Choice::new(show_id(SHOW_PREFIX, s.id), title_of(s, lang)));
    Ok(CalendarVars {
        rail: rail(app, lang, "studio/calendar"),
        heading: month_name(app, lang, month.first),
        month: month.code(),
        weekdays: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            .map(|d| app.say(lang, &format!("sites-day-{d}")))
            .to_vec(),
        weeks,
        drafts,
        shows: std::iter::once(every).chain(choices).collect(),
        show: query.show.clone(),
        has_shows: !found.shows.is_empty(),
        can_edit: editor_orgs(client).is_ok(),
        previous_url: url(month.previous()),
        today_url: url(Month::of(now, &home)),
        next_url: url(month.next()),
    })
}

fn entry(app: &App, lang: Lang, zoned: &Zoned<'_>, episode: &Episode, now: At) -> Option<(Entry, Option<Date>)> {
    let (at, show, zone) = zoned.of(episode.show)?;
    let found = day_and_instant(episode, zone);
    let draft = matches!(episode.state, publish::model::State::Draft);
    let entry = Entry {
        episode: row(app, lang, show, episode, lang.code(), now),
        show_title: title_of(show, lang),
        tint: TINTS[at % TINTS.len()],
        clock: found.map(|(_, at)| ui::clock_text(at, zone, lang)).unwrap_or_default(),
        iso: found.map(|(_, at)| at.rfc3339_in(zone)).unwrap_or_default(),
        zone: Some(show.time_zone.clone()),
        planned: draft && found.is_some(),
    };
    Some((entry, found.map(|(day, _)| day)))
}

fn day_view(
    app: &App,
    lang: Lang,
    zones: &[&TimeZone],
    month: Month,
    today: Date,
    date: Date,
    mut entries: Vec<Entry>,
) -> Day {
    entries.sort_by(|a, b| a.clock_key().cmp(&b.clock_key()));
    let mut names: Vec<&str> = entries.iter().filter_map(|e| e.zone.as_deref()).collect();
    names.sort_unstable();
    names.dedup();
    let several = names.len() > 1;
    if !several {
        entries.iter_mut().for_each(|e| e.zone = None);
    }
    let mut changes: Vec<String> = Vec::new();
    for zone in zones {
        let (Some(change), Some(name)) = (clock_change(date, zone), zone.iana_name()) else { continue };
        let args = [("zone", name.into())];
        let sentence = app.render.texts().text(lang, &format!("sites-clocks-{}", change.code()), &args);
        if !changes.contains(&sentence) {
            changes.push(sentence);
        }
    }
    Day {
        date: date.to_string(),
        number: date.day(),
        label: day_name(date, lang),
        outside: date.first_of_month() != month.first,
        today: date == today,
        past: date < today,
        changes,
        zones: several,
        entries,
    }
}

impl Entry {
    /// Entries of a day stand in the order they come out, whatever their zones.
    fn clock_key(&self) -> (i64, &str) {
        let at = At::parse_rfc3339(&self.iso).map_or(i64::MAX, At::micros);
        (at, self.episode.id.as_str())
    }
}

fn at_noon(date: Date) -> At {
    let noon = date.at(12, 0, 0, 0).to_zoned_datetime(TimeZone::UTC);
    At::from_micros(noon.map(|z| z.timestamp().as_microsecond()).unwrap_or_default())
}

fn day_name(date: Date, lang: Lang) -> String {
    ui::date_long(at_noon(date), &TimeZone::UTC, lang)
}

fn month_name(app: &App, lang: Lang, first: Date) -> String {
    let name = app.say(lang, &format!("sites-month-{}", first.month()));
    format!("{name} {}", first.year())
}
