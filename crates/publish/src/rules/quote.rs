//! Which passage of a transcript an address asks for. Whatever was asked, the answer is whole passages that exist, and
//! never more than a quotation. Pure.

use crate::media::transcript::Cue;

/// The longest stretch that may be quoted.
pub const MAX_SECONDS: u64 = 180;
/// The longest text that may be quoted, in characters.
pub const MAX_CHARS: usize = 1_000;
/// Later seconds than any sound has are read as this one.
const LATEST: u64 = 999_999;

/// A stretch of a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The first cue.
    pub first: usize,
    /// The cue behind the last.
    pub end: usize,
    /// The second the first cue starts in.
    pub start_s: u64,
    /// The second that ends it in an address: the one after the last cue's start.
    pub to_s: u64,
    /// The second by which what is said is over.
    pub end_s: u64,
}

/// Reads a second as addresses have it: `754`, `754.5`, `12:34`, `1:02:03`, or the first of `754,790`.
#[must_use]
pub fn second(text: &str) -> Option<u64> {
    let first = text.split(',').next().unwrap_or_default();
    let whole = first.split('.').next().unwrap_or_default();
    let parts: Vec<&str> = whole.split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    let mut sum: u64 = 0;
    for part in parts {
        if part.is_empty() || part.len() > 9 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        sum = sum.saturating_mul(60).saturating_add(part.parse().ok()?);
    }
    Some(sum.min(LATEST))
}

/// The second an address names after `?t=`, `&t=` or `#t=`.
#[must_use]
pub fn second_of(address: &str) -> Option<u64> {
    let (_, rest) = address.split_once(['?', '#'])?;
    rest.split(['?', '&', '#']).find_map(|pair| second(pair.strip_prefix("t=")?))
}

const fn start_of(cue: &Cue) -> u64 {
    cue.start_ms / 1000
}

/// The passage nearest to what was asked: from the cue in which `from` lies, the first one before any, on through every cue
/// that starts before `to`; at least all that start in its first second. `None` without cues.
#[must_use]
pub fn passage(cues: &[Cue], from: u64, to: Option<u64>) -> Option<Passage> {
    let before = cues.iter().rposition(|c| start_of(c) <= from).unwrap_or(0);
    let start_s = start_of(cues.get(before)?);
    let first = cues.iter().position(|c| start_of(c) == start_s)?;
    let until = to.unwrap_or(0).max(start_s + 1);
    let mut found = Passage { first, end: first, start_s, to_s: start_s + 1, end_s: start_s + 1 };
    let mut chars = 0;
    for cue in cues.iter().skip(first) {
        let over = cue.end_ms.div_ceil(1000);
        chars += cue.text.chars().count() + 1;
        let fits = over <= start_s + MAX_SECONDS && chars <= MAX_CHARS + 1;
        if found.end > first && !(fits && start_of(cue) < until) {
            break;
        }
        found.end += 1;
        found.end_s = found.end_s.max(over.min(start_s + MAX_SECONDS));
        found.to_s = start_of(cue) + 1;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cue(start_ms: u64, end_ms: u64, text: &str) -> Cue {
        Cue { start_ms, end_ms, speaker: None, text: text.to_owned() }
    }

    fn ask(cues: &[Cue], from: u64, to: Option<u64>) -> (usize, usize, u64, u64) {
        let p = passage(cues, from, to).expect("cues");
        (p.first, p.end, p.start_s, p.end_s)
    }

    #[test]
    fn seconds_are_read_as_addresses_have_them() {
        let rows = [
            ("754", Some(754)),
            ("754.5", Some(754)),
            ("754,790", Some(754)),
            ("12:34", Some(754)),
            ("1:02:03", Some(3723)),
            ("0", Some(0)),
            ("999999999", Some(LATEST)),
            ("", None),
            ("-3", None),
            ("1:2:3:4", None),
            ("99999999999999999999", None),
            ("12:", None),
            ("x", None),
            ("１２", None),
        ];
        for (text, expected) in rows {
            assert_eq!(second(text), expected, "{text}");
        }
        let addresses = [
            ("https://s.example/a?t=3", Some(3)),
            ("https://s.example/a?x=1&t=1:03#t=9", Some(63)),
            ("https://s.example/a#t=9", Some(9)),
            ("https://s.example/a?at=9", None),
            ("https://s.example/t=9", None),
        ];
        for (address, expected) in addresses {
            assert_eq!(second_of(address), expected, "{address}");
        }
    }

    #[test]
    fn whatever_is_asked_the_nearest_passage_answers() {
        let cues = [
            cue(2_000, 4_500, "one"),
            cue(4_600, 8_000, "two"),
            cue(8_000, 8_400, "three"),
            cue(8_500, 20_000, "four"),
            cue(300_000, 301_000, "five"),
        ];
        let rows = [
            ((0, None), (0, 1, 2, 5)),
            ((3, None), (0, 1, 2, 5)),
            ((2, Some(8)), (0, 2, 2, 8)),
            ((2, Some(4)), (0, 1, 2, 5)),
            ((2, Some(1)), (0, 1, 2, 5)),
            ((8, None), (2, 4, 8, 20)),
            ((2, Some(999)), (0, 4, 2, 20)),
            ((999, None), (4, 5, 300, 301)),
        ];
        for ((from, to), expected) in rows {
            assert_eq!(ask(&cues, from, to), expected, "{from} {to:?}");
        }
        assert_eq!(passage(&[], 3, None), None);
    }

    #[test]
    fn a_quotation_stays_a_quotation() {
        let long = [cue(0, 900_000, &"x".repeat(4_000)), cue(1_000, 2_000, "y")];
        assert_eq!(ask(&long, 0, Some(900)), (0, 1, 0, MAX_SECONDS));
        let many: Vec<Cue> = (0..400).map(|n| cue(n * 1000, n * 1000 + 900, "abcdefghij")).collect();
        assert_eq!(ask(&many, 0, Some(400)).1, 91);
        let quiet: Vec<Cue> = (0..400).map(|n| cue(n * 1000, n * 1000 + 900, "a")).collect();
        assert_eq!(ask(&quiet, 10, Some(400)), (10, 190, 10, 190));
        assert_eq!(ask(&quiet, 10, Some(12)), (10, 12, 10, 12));
    }

    proptest! {
        #[test]
        fn the_address_of_a_passage_gives_it_again(
            rows in prop::collection::vec((0..400_000u64, 1..90_000u64, 1..300usize), 1..40),
            from in 0..500u64, to in prop::option::of(0..600u64),
        ) {
            let mut cues: Vec<Cue> = rows.iter().map(|(s, l, n)| cue(*s, s + l, &"z".repeat(*n))).collect();
            cues.sort_by_key(|c| c.start_ms);
            let found = passage(&cues, from, to).expect("cues");
            prop_assert!(found.first < found.end && found.end <= cues.len());
            prop_assert!(found.start_s < found.end_s && found.end_s <= found.start_s + MAX_SECONDS);
            let chars: usize = cues[found.first..found.end].iter().map(|c| c.text.chars().count()).sum();
            prop_assert!(found.end - found.first == 1 || chars <= MAX_CHARS);
            prop_assert_eq!(passage(&cues, found.start_s, Some(found.to_s)), Some(found));
        }
    }
}
