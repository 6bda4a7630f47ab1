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
use crate::rules::set::{self, Edition};
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
    /// The rules the events were counted by; of several versions the newest.
    pub rules: Value,
    /// Their digest.
    pub rules_sha256: String,
    /// The rules of the other versions that events here were counted by, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_rules: Vec<Value>,
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
    let (edition, former) = editions(&events);
    Ok(Export {
        format: FORMAT.to_owned(),
        day: date.split('T').next().unwrap_or_default().to_owned(),
        made_at: now.rfc3339(),
        whole: day < today,
        rules: edition.rules(),
        rules_sha256: edition.sha256.to_owned(),
        former_rules: former.iter().map(|e| e.rules()).collect(),
        published,
        events,
    })
}

/// The editions events were counted by: the newest, and the others. Without events the one in force.
fn editions(events: &[Event]) -> (&'static Edition, Vec<&'static Edition>) {
    let mut named = set::EDITIONS.iter().filter(|e| events.iter().any(|event| event.rules == e.version));
    (named.next().unwrap_or(&set::EDITIONS[0]), named.collect())
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

/// Whether the rules in a file are those of versions this program knows, and every event's are among them.
fn look_at_rules(export: &Export) -> [Check; 2] {
    let digest = |rules: &Value| kernel::sha256_hex(set::canonical(rules).as_bytes());
    let first = digest(&export.rules);
    let named = ("rules", first == export.rules_sha256, format!("the rules in the file have the digest {first}"));
    let all = std::iter::once(&export.rules).chain(&export.former_rules);
    let known: Option<Vec<&str>> =
        all.map(|rules| set::EDITIONS.iter().find(|e| e.sha256 == digest(rules)).map(|e| e.version)).collect();
    let Some(known) = known else {
        return [named, ("version", false, "a version this program does not know".to_owned())];
    };
    let strange = export.events.iter().find(|event| !known.contains(&event.rules.as_str()));
    let said = strange.map_or_else(
        || format!("version {}", known.join(", ")),
        |event| format!("event {} was counted by version {}, whose rules are not in the file", event.id, event.rules),
    );
    [named, ("version", strange.is_none(), said)]
}

/// Counts a file again and compares. Nothing but the file is asked.
#[must_use]
pub fn verify(export: &Export) -> Vec<Check> {
    let mut checks: Vec<Check> = vec![("format", export.format == FORMAT, export.format.clone())];
    checks.extend(look_at_rules(export));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn event(rules: &str) -> Event {
        Event {
            id: 1,
            subject: (SubjectKind::Episode, 1),
            at: At::from_micros(1),
            visitor: String::new(),
            method: "GET".to_owned(),
            status: 206,
            first: 0,
            end: 0,
            size: 0,
            header: 0,
            duration_ms: 0,
            agent: "other".to_owned(),
            reason: "bot".to_owned(),
            counted: false,
            rules: rules.to_owned(),
        }
    }

    #[test]
    fn c14_a_day_is_exported_with_the_rules_it_was_counted_by() {
        for (counted_by, first, former) in
            [(vec![], set::VERSION, vec![]), (vec!["1"], "1", vec![]), (vec!["1", "2", "1"], "2", vec!["1"])]
        {
            let events: Vec<Event> = counted_by.iter().map(|v| event(v)).collect();
            let (edition, others) = editions(&events);
            let others: Vec<&str> = others.iter().map(|e| e.version).collect();
            assert_eq!((edition.version, others), (first, former), "{counted_by:?}");
        }
    }

    #[test]
    fn c14_an_event_of_rules_that_are_not_in_the_file_is_seen() {
        let mut export = Export {
            format: FORMAT.to_owned(),
            day: "2026-11-25".to_owned(),
            made_at: "2026-11-26T00:00:00Z".to_owned(),
            whole: true,
            rules: set::rules(),
            rules_sha256: set::SHA256.to_owned(),
            former_rules: Vec::new(),
            published: Vec::new(),
            events: vec![event("1"), event(set::VERSION)],
        };
        let holds = |export: &Export| look_at_rules(export).iter().all(|(_, ok, _)| *ok);
        assert!(!holds(&export));
        export.former_rules.extend(set::edition("1").map(Edition::rules));
        assert!(holds(&export), "{:?}", look_at_rules(&export));
        export.former_rules[0]["listen"]["seconds"] = 1.into();
        assert!(!holds(&export), "former rules that were changed");
    }
}
