//! The desk over all shows of the asker's organisations: the list, what is due today, the calendar, a new episode with
//! the frame of the last one.

use std::collections::HashMap;

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, OrgId, Refusal, Scope};

use crate::model::{Credit, Episode, Show};
use crate::rules::calendar::{Month, day_of};
use crate::rules::check::EpisodeDraft;
use crate::rules::visibility::Standing;
use crate::rules::{schedule, slug};
use crate::service::{changed, create_episode, editable_show};
use crate::store::{self, Wanted};

/// How many episodes a page of the list shows.
const PAGE: usize = 30;
/// The longest search, in characters.
const SEARCH: usize = 100;

/// What a list asks for.
#[derive(Clone, Debug, Default)]
pub struct ListAsk {
    /// Only this show.
    pub show: Option<i64>,
    /// Only what stands so.
    pub state: Option<Standing>,
    /// Words of a title, in any case and with or without accents.
    pub text: String,
    /// Where the page continues.
    pub after: Option<(i64, i64)>,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct DeskList {
    /// Every show of the organisations, by id.
    pub shows: Vec<Show>,
    /// The episodes of this page: drafts, then what is to come, then what is out.
    pub episodes: Vec<Episode>,
    /// Where the next page continues.
    pub next: Option<(i64, i64)>,
    /// What falls on today in its show's zone, earliest first; on the first page without a filter only.
    pub today: Vec<Episode>,
}

/// The shows of organisations, for their team. An organisation that is not the asker's is not found.
async fn shows_of(tx: &mut Tx, actor: &Actor, orgs: &[OrgId]) -> Result<Vec<Show>, Failure> {
    let mut shows = Vec::new();
    for org in orgs {
        if !actor.may_read(*org) {
            return Err(Refusal::not_found().into());
        }
        shows.extend(store::shows_of(tx, Scope { org: *org }).await?);
    }
    Ok(shows)
}

/// A show asked for must be one of them.
fn own(shows: &[Show], show: Option<i64>) -> Result<(), Refusal> {
    match show {
        Some(id) if !shows.iter().any(|s| s.id == id) => Err(Refusal::not_found()),
        _ => Ok(()),
    }
}

/// The list of the desk.
///
/// # Errors
/// Not found for an organisation or a show that is not the asker's.
pub async fn desk_list(
    tx: &mut Tx,
    actor: &Actor,
    orgs: &[OrgId],
    ask: &ListAsk,
    now: At,
) -> Result<DeskList, Failure> {
    let shows = shows_of(tx, actor, orgs).await?;
    own(&shows, ask.show)?;
    if orgs.is_empty() {
        return Ok(DeskList { shows, episodes: Vec::new(), next: None, today: Vec::new() });
    }
    let wanted = Wanted { orgs, show: ask.show, state: ask.state.map(Standing::code), now };
    let words: Vec<String> = search_words(&ask.text);
    let mut episodes = if words.is_empty() {
        store::listed(tx, &wanted, ask.after, i64::try_from(PAGE + 1).unwrap_or(i64::MAX)).await?
    } else {
        let ids = found(store::titles(tx, &wanted).await?, &words, ask.after);
        store::by_ids(tx, &ids).await?
    };
    let more = episodes.len() > PAGE;
    episodes.truncate(PAGE);
    let next = episodes.last().filter(|_| more).map(|e| (order_key(e), e.id));
    let plain = ask.show.is_none() && ask.state.is_none() && words.is_empty() && ask.after.is_none();
    let today = if plain { due_today(tx, &shows, orgs, now).await? } else { Vec::new() };
    Ok(DeskList { shows, episodes, next, today })
}

/// A search folds as addresses do: lower case, no accents.
fn search_words(text: &str) -> Vec<String> {
    let cut: String = text.chars().take(SEARCH).collect();
    let folded = slug::from_title(&cut, "");
    folded.split('-').filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// The ids of one page whose title, in some language, has every word.
fn found(titles: Vec<(i64, i64, String)>, words: &[String], after: Option<(i64, i64)>) -> Vec<i64> {
    let mut ids: Vec<i64> = Vec::new();
    for (id, key, title) in titles {
        if after.is_some_and(|cursor| (key, id) >= cursor) || ids.contains(&id) {
            continue;
        }
        let folded = slug::from_title(&title, "");
        if words.iter().all(|w| folded.contains(w.as_str())) {
            ids.push(id);
            if ids.len() > PAGE {
                break;
            }
        }
    }
    ids
}

/// The place of an episode in the list's order: the twin of the store's key.
fn order_key(episode: &Episode) -> i64 {
    match episode.state {
        crate::model::State::Draft => 9_000_000_000_000_000_000,
        state => state.instant().map_or(9_000_000_000_000_000_000, At::micros),
    }
}

async fn due_today(tx: &mut Tx, shows: &[Show], orgs: &[OrgId], now: At) -> Result<Vec<Episode>, Failure> {
    let wanted = Wanted { orgs, show: None, state: None, now };
    let around = store::between(tx, &wanted, now.plus_seconds(-172_800), now.plus_seconds(172_800)).await?;
    let mut zones = HashMap::new();
    for show in shows {
        zones.insert(show.id, schedule::zone(&show.time_zone)?);
    }
    let today = |e: &Episode| {
        let zone = zones.get(&e.show);
        let scheduled = matches!(e.state, crate::model::State::Scheduled(_));
        scheduled && zone.zip(e.state.instant()).is_some_and(|(z, at)| day_of(at, z) == day_of(now, z))
    };
    Ok(around.into_iter().filter(today).collect())
}

/// A month of the desk.
#[derive(Clone, Debug)]
pub struct DeskMonth {
    /// Every show of the organisations.
    pub shows: Vec<Show>,
    /// Episodes with an instant around the month, earliest first.
    pub episodes: Vec<Episode>,
    /// Drafts, newest first, at most 60; those that are planned carry a wall clock.
    pub drafts: Vec<Episode>,
}

/// The episodes of a month and the drafts. Which day each falls on depends on its show's zone.
///
/// # Errors
/// Not found for an organisation or a show that is not the asker's.
pub async fn desk_month(
    tx: &mut Tx,
    actor: &Actor,
    orgs: &[OrgId],
    show: Option<i64>,
    month: Month,
    now: At,
) -> Result<DeskMonth, Failure> {
    let shows = shows_of(tx, actor, orgs).await?;
    own(&shows, show)?;
    if orgs.is_empty() {
        return Ok(DeskMonth { shows, episodes: Vec::new(), drafts: Vec::new() });
    }
    let (from, to) = month.bounds();
    let all = Wanted { orgs, show, state: None, now };
    let episodes = store::between(tx, &all, from, to).await?;
    let drafts = store::listed(tx, &Wanted { state: Some("draft"), ..all }, None, 60).await?;
    Ok(DeskMonth { shows, episodes, drafts })
}

/// What the next episode of a show takes over from the last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The next number, when the show counts.
    pub number: Option<i64>,
    /// The season of the last.
    pub season: Option<i64>,
    /// Who was in it.
    pub credits: Vec<Credit>,
    /// When the last was scheduled, `07:00`.
    pub time: Option<String>,
}

/// The frame of a show's next episode.
///
/// # Errors
/// Not found for people outside its organisation, forbidden for those of it who do not publish.
pub async fn next_frame(tx: &mut Tx, actor: &Actor, show: i64) -> Result<(Show, Frame), Failure> {
    let show = editable_show(tx, actor, show).await?;
    let Some(last) = store::last_numbered(tx, show.id).await? else { return Ok((show, Frame::default())) };
    let credits = store::credits(tx, show.id, last.id).await?;
    let time = last.wall_clock.as_deref().and_then(|w| w.split_once('T')).map(|(_, time)| time.to_owned());
    Ok((show, Frame { number: last.number.map(|n| n + 1), season: last.season, credits, time }))
}

/// Creates an episode, planned for a day when one is given: the day stands in the calendar and in the editor's form, and
/// nothing is public before somebody schedules it. With `frame`, season and credits are those of the last episode.
///
/// # Errors
/// As [`create_episode`]; and for a day that is none or lies in the past.
pub async fn plan_episode(
    tx: &mut Tx,
    ctx: &Ctx,
    show: i64,
    mut draft: EpisodeDraft,
    frame: bool,
    date: Option<&str>,
) -> Result<Episode, Failure> {
    let (show, last) = next_frame(tx, &ctx.actor, show).await?;
    if frame {
        draft.season = draft.season.or(last.season);
        if draft.credits.is_empty() {
            draft.credits.clone_from(&last.credits);
        }
    }
    let wall_clock = match date.map(str::trim).filter(|d| !d.is_empty()) {
        Some(date) => {
            let zone = schedule::zone(&show.time_zone)?;
            let resolved = schedule::resolve(date, last.time.as_deref().unwrap_or("07:00"), &zone)?;
            if day_of(resolved.at, &zone) < day_of(ctx.now, &zone) {
                return Err(Refusal::invalid("check-fields").field("date", "in-the-past").into());
            }
            Some(resolved.wall_clock)
        }
        None => None,
    };
    let mut episode = create_episode(tx, ctx, show.id, draft).await?;
    if let Some(wall_clock) = wall_clock {
        store::plan(tx, episode.id, &wall_clock).await?;
        changed(tx, show.id).await?;
        episode.wall_clock = Some(wall_clock);
    }
    Ok(episode)
}

/// The shows of organisations, for their team.
///
/// # Errors
/// Not found for an organisation that is not the asker's.
pub async fn desk_shows(tx: &mut Tx, actor: &Actor, orgs: &[OrgId]) -> Result<Vec<Show>, Failure> {
    shows_of(tx, actor, orgs).await
}
