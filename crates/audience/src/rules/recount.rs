//! Counting again, from exported events alone: what anybody can do to check a day. The same rules as when counting first,
//! over all events of a window at once, in whatever order they stand.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::SubjectKind;

use super::listen::{Reason, Sound};
use super::ranges::Ranges;
use crate::model::Event;

/// What is wrong with a file of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The event, or 0.
    pub event: i64,
    /// In a few English words.
    pub what: String,
}

/// Listens by subject, and what does not fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recount {
    /// How many listens each subject has.
    pub listens: BTreeMap<(SubjectKind, i64), i64>,
    /// Events counted out, by reason.
    pub excluded: BTreeMap<String, i64>,
    /// What does not fit the rules.
    pub flaws: Vec<Flaw>,
}

fn sound_of(event: &Event) -> Sound {
    let number = |n: i64| u64::try_from(n).unwrap_or(0);
    Sound { size: number(event.size), header: number(event.header), duration_ms: number(event.duration_ms) }
}

/// Whether an event's own facts agree with whether it takes part.
fn look(event: &Event) -> Option<String> {
    if event.reason.is_empty() {
        let wrong = event.method != "GET"
            || !matches!(event.status, 200 | 206)
            || event.first >= event.end
            || (event.status == 206 && event.first == 0 && event.end <= 2);
        return wrong.then(|| "takes part although its method, status or bytes forbid it".to_owned());
    }
    if Reason::parse(&event.reason).is_none() {
        return Some(format!("has the unknown reason {}", event.reason));
    }
    event.counted.then(|| "is counted out and counted at once".to_owned())
}

/// Counts the listens of the windows these events belong to; `day_events` says which events are of the day in question.
#[must_use]
pub fn recount(events: &[Event], of_the_day: impl Fn(&Event) -> bool) -> Recount {
    let mut out = Recount::default();
    let mut windows: HashMap<((SubjectKind, i64), &str), Vec<&Event>> = HashMap::new();
    let mut ids = HashSet::new();
    for event in events {
        if !ids.insert(event.id) {
            out.flaws.push(Flaw { event: event.id, what: "stands there twice".to_owned() });
        }
        if let Some(what) = look(event) {
            out.flaws.push(Flaw { event: event.id, what });
        }
        if event.reason.is_empty() {
            windows.entry((event.subject, event.visitor.as_str())).or_default().push(event);
        } else if of_the_day(event) {
            *out.excluded.entry(event.reason.clone()).or_default() += 1;
        }
    }
    for ((subject, _), all) in windows {
        // Each file by itself: a replaced file is other sound.
        let mut files: HashMap<Sound3, Ranges> = HashMap::new();
        for event in &all {
            let number = |n: i64| u64::try_from(n).unwrap_or(0);
            files
                .entry((event.size, event.header, event.duration_ms))
                .or_default()
                .add(number(event.first), number(event.end));
        }
        let heard = all.iter().any(|e| {
            let taken = files.get(&(e.size, e.header, e.duration_ms));
            taken.is_some_and(|taken| sound_of(e).is_listen(taken))
        });
        let counted: Vec<&&Event> = all.iter().filter(|e| e.counted).collect();
        if counted.len() != usize::from(heard) {
            let event = all.first().map_or(0, |e| e.id);
            let what =
                format!("its window has {} counted events and by the rules {}", counted.len(), usize::from(heard));
            out.flaws.push(Flaw { event, what });
        }
        if counted.iter().any(|e| of_the_day(e)) {
            *out.listens.entry(subject).or_default() += 1;
        }
    }
    out.flaws.sort_by_key(|f| f.event);
    out
}

type Sound3 = (i64, i64, i64);

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::At;
    use proptest::prelude::*;

    fn event(id: i64, visitor: &str, first: i64, end: i64, counted: bool) -> Event {
        Event {
            id,
            subject: (SubjectKind::Episode, 1),
            at: At::from_micros(id),
            visitor: visitor.to_owned(),
            method: "GET".to_owned(),
            status: 206,
            first,
            end,
            size: 1_000,
            header: 0,
            duration_ms: 600_000,
            agent: "Overcast".to_owned(),
            reason: String::new(),
            counted,
            rules: "1".to_owned(),
        }
    }

    proptest! {
        #[test]
        fn c14_the_order_of_events_does_not_matter(turn in 0_usize..9, cut in 10_i64..90) {
            let mut events = vec![
                event(1, "a", 0, cut, false), event(2, "a", cut, 100, true), event(3, "b", 0, 50, false),
                event(4, "b", 0, 50, false), event(5, "c", 500, 600, true), event(6, "c", 0, 1_000, false),
            ];
            let first = recount(&events, |_| true);
            events.rotate_left(turn % 6);
            prop_assert_eq!(&recount(&events, |_| true), &first);
            prop_assert_eq!(first.listens.get(&(SubjectKind::Episode, 1)), Some(&2));
            prop_assert!(first.flaws.is_empty(), "{:?}", first.flaws);
        }
    }

    #[test]
    fn what_was_changed_afterwards_is_seen() {
        let flaws = |events: &[Event]| recount(events, |_| true).flaws.len();
        assert_eq!(flaws(&[event(1, "a", 0, 100, true)]), 0);
        assert_eq!(flaws(&[event(1, "a", 0, 99, true)]), 1, "counted without sound enough");
        assert_eq!(flaws(&[event(1, "a", 0, 100, false)]), 1, "a listen left out");
        assert_eq!(flaws(&[event(1, "a", 0, 100, true), event(1, "a", 0, 100, false)]), 1, "an event twice");
        let head = Event { method: "HEAD".to_owned(), ..event(1, "a", 0, 100, true) };
        assert_eq!(flaws(&[head]), 1);
        let out = Event { reason: "bot".to_owned(), visitor: String::new(), ..event(1, "", 0, 100, false) };
        assert_eq!(recount(&[out], |_| true).excluded.get("bot"), Some(&1));
    }
}
