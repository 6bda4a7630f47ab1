//! From a wall clock in a show's zone to an instant, with the two odd hours of the year explained, and the
//! transitions of an episode's state.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use kernel::{At, Kind, Refusal};

use crate::model::State;
use crate::rules::visibility::{Standing, standing};

/// An instant resolved from a wall clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The instant.
    pub at: At,
    /// The wall clock it stands for, `2026-11-23T07:00`, as asked.
    pub wall_clock: String,
    /// Whether the hour asked for is one of the odd ones.
    pub odd: Option<OddHour>,
}

/// Why the clock on the wall needs a word of explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OddHour {
    /// The hour does not exist that day; this one is taken instead, `03:30`.
    Gap(String),
    /// The hour exists twice that day; the first is taken.
    Fold,
}

/// A show's zone.
///
/// # Errors
/// `zone-unknown` for a name the IANA database does not have.
pub fn zone(name: &str) -> Result<TimeZone, Refusal> {
    let unknown = || Refusal::invalid("check-fields").field("time_zone", "zone-unknown");
    if name.len() > 64 || name.is_empty() {
        return Err(unknown());
    }
    TimeZone::get(name).map_err(|_| unknown())
}

/// Resolves `date` (`2026-11-23`) and `time` (`07:00`) in a zone. An hour skipped in spring moves forward by the
/// size of the gap; an hour that comes twice in autumn is the first (RFC 5545 §3.3.5 does the same).
///
/// # Errors
/// Field refusals for what is no date or no time.
pub fn resolve(date: &str, time: &str, zone: &TimeZone) -> Result<Resolved, Refusal> {
    let bad = |field| Refusal::invalid("check-fields").field(field, "date-malformed");
    let day: jiff::civil::Date = date.trim().parse().map_err(|_| bad("date"))?;
    if !(2000..=2200).contains(&day.year()) {
        return Err(bad("date"));
    }
    let clock = jiff::civil::Time::strptime("%H:%M", time.trim()).map_err(|_| bad("time"))?;
    resolve_civil(day.to_datetime(clock), zone).ok_or_else(|| bad("date"))
}

/// Resolves a stored wall clock again, with the zone rules of today.
#[must_use]
pub fn resolve_again(wall_clock: &str, zone: &TimeZone) -> Option<Resolved> {
    resolve_civil(wall_clock.parse().ok()?, zone)
}

fn resolve_civil(wall: DateTime, zone: &TimeZone) -> Option<Resolved> {
    let ambiguous = zone.to_ambiguous_timestamp(wall);
    let kind = ambiguous.offset();
    let instant = ambiguous.compatible().ok()?;
    let odd = match kind {
        AmbiguousOffset::Unambiguous { .. } => None,
        AmbiguousOffset::Gap { .. } => {
            Some(OddHour::Gap(instant.to_zoned_datetime(zone.clone()).strftime("%H:%M").to_string()))
        }
        AmbiguousOffset::Fold { .. } => Some(OddHour::Fold),
    };
    let wall_clock = wall.strftime("%Y-%m-%dT%H:%M").to_string();
    Some(Resolved { at: At::from_micros(instant.as_microsecond()), wall_clock, odd })
}

/// What somebody wants to do with an episode's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Public from then on; an instant that has passed means at once, dated as asked.
    Schedule(At),
    /// Off the site and the feed.
    Unpublish,
    /// Back to a draft; only what was never public can.
    BackToDraft,
}

/// Decides a move. The old state is consumed: what is not allowed is refused, never ignored.
///
/// # Errors
/// `state-conflict`, with the standing that forbids it.
pub fn decide(state: State, wanted: Move, now: At) -> Result<State, Refusal> {
    let was = standing(state, now);
    let refuse = || Refusal::new(Kind::Conflict, "state-conflict").with("state", was.code());
    match (wanted, state, was) {
        // A published episode keeps its date: apps that saw it must not see it move.
        (Move::Schedule(_), _, Standing::Published) => Err(refuse()),
        // Putting an episode back that was public keeps its first date unless a later one is asked.
        (Move::Schedule(at), State::Unpublished(Some(first)), _) => {
            Ok(State::Scheduled(if at > now { at } else { first }))
        }
        (Move::Schedule(at), _, _) => Ok(State::Scheduled(at)),
        (Move::Unpublish, State::Scheduled(at), Standing::Published) => Ok(State::Unpublished(Some(at))),
        (Move::Unpublish, _, _) => Err(refuse()),
        (Move::BackToDraft, _, Standing::Scheduled) => Ok(State::Draft),
        (Move::BackToDraft, _, _) => Err(refuse()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c6_the_days_around_the_change_of_clocks() {
        for (zone_name, date, time, utc, odd) in [
            ("Europe/Paris", "2026-03-28", "07:00", "2026-03-28T06:00:00Z", None),
            ("Europe/Paris", "2026-03-29", "07:00", "2026-03-29T05:00:00Z", None),
            ("Europe/Paris", "2026-10-24", "07:00", "2026-10-24T05:00:00Z", None),
            ("Europe/Paris", "2026-10-25", "07:00", "2026-10-25T06:00:00Z", None),
            ("Europe/Paris", "2026-03-29", "02:30", "2026-03-29T01:30:00Z", Some(OddHour::Gap("03:30".to_owned()))),
            ("Europe/Paris", "2026-10-25", "02:30", "2026-10-25T00:30:00Z", Some(OddHour::Fold)),
            ("America/Guadeloupe", "2026-03-29", "02:30", "2026-03-29T06:30:00Z", None),
            ("America/Guadeloupe", "2026-10-25", "07:00", "2026-10-25T11:00:00Z", None),
        ] {
            let resolved = resolve(date, time, &zone(zone_name).expect("known")).expect("resolved");
            assert_eq!((resolved.at.rfc3339(), resolved.odd), (utc.to_owned(), odd), "{zone_name} {date} {time}");
        }
    }

    #[test]
    fn c6_a_stored_wall_clock_follows_new_zone_rules() {
        // The rules of a zone changed between scheduling and publishing: the clock on the wall stays.
        let old = TimeZone::posix("AAA-1").expect("a zone at +1");
        let new = TimeZone::posix("AAA-2").expect("a zone at +2");
        let first = resolve("2026-12-01", "07:00", &old).expect("resolved");
        assert_eq!(first.at.rfc3339(), "2026-12-01T06:00:00Z");
        let again = resolve_again(&first.wall_clock, &new).expect("resolved");
        assert_eq!(again.at.rfc3339(), "2026-12-01T05:00:00Z");
    }

    #[test]
    fn what_is_no_date_is_refused_by_field() {
        let paris = zone("Europe/Paris").expect("known");
        for (date, time, field) in
            [("2026-02-30", "07:00", "date"), ("demain", "07:00", "date"), ("2026-02-03", "25:00", "time")]
        {
            assert_eq!(resolve(date, time, &paris).expect_err("refused").fields[0].name, field);
        }
        assert!(zone("Europe/Nulle-Part").is_err());
    }

    #[test]
    fn the_table_of_moves() {
        let now = At::from_micros(1_000_000_000);
        let (past, future) = (now.plus_seconds(-5), now.plus_seconds(5));
        let (draft, coming, public) = (State::Draft, State::Scheduled(future), State::Scheduled(now));
        let off = State::Unpublished(Some(past));
        for (state, wanted, expected) in [
            (draft, Move::Schedule(future), Some(coming)),
            (draft, Move::Schedule(past), Some(State::Scheduled(past))),
            (draft, Move::Unpublish, None),
            (draft, Move::BackToDraft, None),
            (coming, Move::Schedule(past), Some(State::Scheduled(past))),
            (coming, Move::BackToDraft, Some(draft)),
            (coming, Move::Unpublish, None),
            (public, Move::Schedule(future), None),
            (public, Move::BackToDraft, None),
            (public, Move::Unpublish, Some(State::Unpublished(Some(now)))),
            (off, Move::Schedule(now), Some(State::Scheduled(past))),
            (off, Move::Schedule(future), Some(coming)),
            (off, Move::BackToDraft, None),
        ] {
            assert_eq!(decide(state, wanted, now).ok(), expected, "{state:?} {wanted:?}");
        }
    }
}
