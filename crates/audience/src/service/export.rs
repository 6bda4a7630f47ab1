//! A day's events as a file that anybody can count again, and the counting. The file names nobody: digests whose salt is
//! dead, or dies before the next day ends.

use std::collections::BTreeMap;

use db::{Failure, Tx};
use kernel::{Actor, At, Kind, OrgId, Refusal, SubjectKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::take::EVENT_DAYS;
use crate::model::{Event, day_of, day_start};
use crate::rules::recount::recount;
use crate::rules::set;
use crate::store;

/// What was published about one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Its kind.
    pub kind: SubjectKind,
    /// Its id.
    pub id: i64,
    /// Listens of the day.
    pub listens: i64,
}

/// A day's events with what was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// `traboule listens 1`.
    pub format: String,
    /// The day, UTC: `2026-11-24`.
    pub day: String,
    /// When the file was made, RFC 3339.
    pub made_at: String,
    /// Whether the day was over.
    pub whole: bool,
    /// The rules.
    pub rules: Value,
    /// Their digest.
    pub rules_sha256: String,
    /// What was published for the day.
    pub published: Vec<Published>,
    /// Events of the day, and of the days beside it whose windows reach into it.
    pub events: Vec<Event>,
}

/// The name of the format.
const FORMAT: &str = "traboule listens 1";

/// Exports a day of an organisation, or of what belongs to `within` there.
///
/// # Errors
/// Refused for people outside the organisation; `listens-gone` once the events have died, `listens-future`.
pub async fn export_day(
    tx: &mut Tx,
    actor: &Actor,
    (org, within): (OrgId, Option<i64>),
    day: i64,
    now: At,
) -> Result<Export, Failure> {
    if !actor.may_read(org) {
        return Err(Refusal::not_found().into());
    }
    let today = day_of(now);
    // The day before must still be there too: its windows reach into this one.
    if day - 1 < today - (EVENT_DAYS - 1) {
        return Err(Refusal::new(Kind::NotFound, "listens-gone").into());
    }
    if day > today {
        return Err(Refusal::invalid("listens-future").into());
    }
    let events = store::events(tx, org, within, (day - 1, day + 1)).await?;
    let published = published_day(tx, actor, (org, within), day).await?;
    let date = day_start(day).rfc3339();
    Ok(Export {
        format: FORMAT.to_owned(),
        day: date.split('T').next().unwrap_or_default().to_owned(),
        made_at: now.rfc3339(),
        whole: day < today,
        rules: set::rules(),
        rules_sha256: set::SHA256.to_owned(),
        published,
        events,
    })
}

/// What was published for a day: what stays when its events are gone.
///
/// # Errors
/// Refused for people outside the organisation.
pub async fn published_day(
    tx: &mut Tx,
    actor: &Actor,
    (org, within): (OrgId, Option<i64>),
    day: i64,
) -> Result<Vec<Published>, Failure> {
    if !actor.may_read(org) {
        return Err(Refusal::not_found().into());
    }
    let found = store::listens_of_day(tx, org, within, day).await?;
    Ok(found.into_iter().map(|(s, n)| Published { kind: s.kind, id: s.id, listens: n }).collect())
}

/// What checking a file found: name, whether it holds, details.
pub type Check = (&'static str, bool, String);

/// Counts a file again and compares. Nothing but the file is asked.
#[must_use]
pub fn verify(export: &Export) -> Vec<Check> {
    let mut checks: Vec<Check> = vec![("format", export.format == FORMAT, export.format.clone())];
    let digest = kernel::sha256_hex(set::canonical(&export.rules).as_bytes());
    checks.push(("rules", digest == export.rules_sha256, format!("the rules in the file have the digest {digest}")));
    let known = set::EDITIONS.iter().find(|e| e.sha256 == export.rules_sha256);
    let edition =
        known.map_or_else(|| "a version this program does not know".to_owned(), |e| format!("version {}", e.version));
    checks.push(("version", known.is_some(), edition));
    let Some(start) = At::parse_rfc3339(&format!("{}T00:00:00Z", export.day)) else {
        checks.push(("day", false, export.day.clone()));
        return checks;
    };
    let day = day_of(start);
    let found = recount(&export.events, |event| day_of(event.at) == day);
    let flaws: Vec<String> = found.flaws.iter().take(5).map(|f| format!("event {} {}", f.event, f.what)).collect();
    let said =
        if flaws.is_empty() { format!("{} events fit the rules", export.events.len()) } else { flaws.join("; ") };
    checks.push(("events", found.flaws.is_empty(), said));
    let published: BTreeMap<(SubjectKind, i64), i64> =
        export.published.iter().filter(|p| p.listens != 0).map(|p| ((p.kind, p.id), p.listens)).collect();
    let (mine, theirs): (i64, i64) = (found.listens.values().sum(), published.values().sum());
    let same = published == found.listens;
    checks.push(("listens", same, format!("{theirs} published, {mine} counted again")));
    checks
}
