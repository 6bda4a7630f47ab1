//! Asks the addresses of sources whether they are there: after a save, before publication, and weekly for what is
//! public. Politely: one address of a host at a time, nothing read, nothing asked twice within a day.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ::jobs::{Handler, Outcome as Done, Task};
use db::{Db, Failure, read_tx, write_tx};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use kernel::{At, OrgId};

use super::{JobTools, SOURCES_HANDLER, WEEKLY_HANDLER};
use crate::model::checks::Outcome;
use crate::ports::{FetchError, Fetcher};
use crate::rules::sources;
use crate::service;
use crate::store;

/// An address asked within these seconds is not asked again.
const FRESH: i64 = 20 * 3600;
/// The longest one address may take.
const PATIENCE: Duration = Duration::from_secs(12);
/// Most addresses of one task.
const MOST: usize = 200;
/// Hosts asked at the same time.
const AT_ONCE: usize = 6;
/// Public episodes looked at in a week, newest first.
const EPISODES: i64 = 2000;
const WEEK: i64 = 7 * 86_400;
/// How long messages of webhooks are kept, in seconds.
const KEEP_MESSAGES: i64 = 90 * 86_400;

type Answers = Vec<(String, Outcome, Option<u16>)>;

/// Asks addresses, one per host at a time.
pub(super) async fn ask(fetcher: &Arc<dyn Fetcher>, mut urls: Vec<String>) -> Answers {
    urls.truncate(MOST);
    let mut hosts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for address in urls {
        let host = url::Url::parse(&address).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default();
        hosts.entry(host).or_default().push(address);
    }
    let rounds = hosts.into_values().map(|addresses| async move {
        let mut answers = Vec::new();
        for address in addresses {
            let asked = tokio::time::timeout(PATIENCE, fetcher.probe(&address)).await;
            let (outcome, status) = match asked {
                Ok(Ok(status)) => (sources::judge(status), Some(status)),
                Ok(Err(FetchError::Refused(_))) => (Outcome::Refused, None),
                Ok(Err(FetchError::Gone(_) | FetchError::Failed(_))) | Err(_) => (Outcome::Failed, None),
            };
            answers.push((address, outcome, status));
        }
        answers
    });
    let all: Vec<Answers> = futures_util::stream::iter(rounds).buffer_unordered(AT_ONCE).collect().await;
    all.into_iter().flatten().collect()
}

/// Asks what is not fresh of an episode's sources and writes it down. A failure is asked again a day later, so that
/// two failures a day apart can say that a source is dead.
pub(super) async fn refresh(tools: &JobTools, episode: i64) -> Result<(), Failure> {
    let now = tools.ctx().now;
    let before = now.plus_seconds(-FRESH);
    let found = read_tx!(tools.db, |tx| service::stale_sources(tx, episode, before).await)?;
    let Some((org, urls)) = found.filter(|(_, urls)| !urls.is_empty()) else { return Ok(()) };
    let answers = ask(&tools.fetcher, urls).await;
    write_tx!(tools.db, |tx| {
        if service::note_sources(tx, now, org, &answers).await? {
            let again = now.plus_seconds(sources::APART + 60);
            let key = format!("{episode}:d{}", again.micros() / (sources::APART * 1_000_000));
            ::jobs::enqueue(tx, org, SOURCES_HANDLER, &key, &episode.to_string(), again).await?;
        }
        Ok(())
    })
}

/// Asks the sources of one episode.
pub struct CheckSources(pub JobTools);

impl Handler for CheckSources {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Done> {
        Box::pin(async move {
            let Ok(episode) = task.body.parse::<i64>() else { return Done::Dead("no episode id".to_owned()) };
            super::outcome(refresh(&self.0, episode).await)
        })
    }
}

/// Asks for the sources of everything public, spread over hours; and for itself, a week later. Old messages of webhooks
/// go in the same round.
pub struct Weekly(pub JobTools);

impl Handler for Weekly {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Done> {
        Box::pin(async move {
            let Ok(week) = task.body.parse::<i64>() else { return Done::Dead("no week".to_owned()) };
            let now = self.0.ctx().now;
            super::outcome(write_tx!(self.0.db, |tx| {
                for (place, (episode, org)) in (0_i64..).zip(store::with_sources(tx, now, EPISODES).await?) {
                    let due = now.plus_seconds(place * 10);
                    let key = format!("{episode}:w{week}");
                    ::jobs::enqueue(tx, org, SOURCES_HANDLER, &key, &episode.to_string(), due).await?;
                }
                store::sweep_deliveries(tx, now.plus_seconds(-KEEP_MESSAGES)).await?;
                ask_next(tx, now).await
            }))
        })
    }
}

async fn ask_next(tx: &mut db::Tx, now: At) -> Result<(), Failure> {
    let week = now.micros() / 1_000_000 / WEEK + 1;
    let due = At::from_micros(week * WEEK * 1_000_000);
    ::jobs::enqueue(tx, OrgId(0), WEEKLY_HANDLER, &format!("week:{week}"), &week.to_string(), due).await?;
    Ok(())
}

/// Sees to it that the weekly round is asked for; the composition calls it at start.
///
/// # Errors
/// The database's failure.
pub async fn ask_weekly(db: &Db) -> Result<(), Failure> {
    let now = db.clock().now();
    write_tx!(db, |tx| ask_next(tx, now).await)
}
