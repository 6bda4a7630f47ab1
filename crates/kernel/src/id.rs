//! 64-bit identifiers made by the application: 41 bits of milliseconds, 10 of node, 12 of sequence.
//! They sort by time of creation and are never a secret: what must not be guessed is a random token.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::time::Clock;

/// 2026-01-01T00:00:00Z in Unix milliseconds: the first instant an id can carry.
const EPOCH_MS: i64 = 1_767_225_600_000;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Makes ids for one node. Two makers with the same node at the same time would collide:
/// the node number is a row leased from the database.
#[derive(Debug)]
pub struct IdMaker {
    clock: Clock,
    node: i64,
    last: AtomicI64,
}

impl IdMaker {
    /// `node` is 0..=1023; a larger one is a programmer error.
    #[must_use]
    pub fn new(clock: Clock, node: i64) -> Self {
        assert!((0..1024).contains(&node), "node {node} is outside 0..1024");
        Self { clock, node, last: AtomicI64::new(0) }
    }

    /// The next id, strictly above every earlier one of this maker, also when the clock stands
    /// still or steps back: it then borrows from the next millisecond.
    pub fn next(&self) -> i64 {
        let ms = (self.clock.now().micros() / 1000 - EPOCH_MS).max(0);
        // (ms, sequence) as one number, so that one atomic keeps both.
        let floor = ms << 12;
        let previous = self
            .last
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some((last + 1).max(floor)))
            .unwrap_or(floor);
        let stamp = (previous + 1).max(floor);
        ((stamp >> 12) << 22) | (self.node << 12) | (stamp & 0xfff)
    }
}

/// The way an id is shown and put in addresses: a prefix and 13 Crockford base32 digits, `ep_01H…`.
#[must_use]
pub fn show_id(prefix: &str, id: i64) -> String {
    let mut out = String::with_capacity(prefix.len() + 14);
    out.push_str(prefix);
    out.push('_');
    for shift in (0..13).rev() {
        let digit = (id.cast_unsigned() >> (shift * 5)) & 31;
        out.push(char::from(ALPHABET[digit as usize]));
    }
    out
}

/// Reads what [`show_id`] wrote. Lower case and the look-alikes O, I, L are accepted, as Crockford
/// asks; a wrong prefix, length or digit gives `None`.
#[must_use]
pub fn parse_id(prefix: &str, text: &str) -> Option<i64> {
    let digits = text.strip_prefix(prefix)?.strip_prefix('_')?;
    if digits.len() != 13 {
        return None;
    }
    let mut value: u64 = 0;
    for byte in digits.bytes() {
        let byte = match byte.to_ascii_uppercase() {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
        let digit = ALPHABET.iter().position(|a| *a == byte)?;
        value = value.checked_mul(32)?.checked_add(digit as u64)?;
    }
    i64::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::At;

    #[test]
    fn ids_grow_when_the_clock_stands_still_or_steps_back() {
        let clock = Clock::fixed(At::from_micros(1_790_000_000_000_000));
        let maker = IdMaker::new(clock.clone(), 7);
        let mut last = 0;
        for round in 0..10_000 {
            if round == 5_000 {
                clock.set(At::from_micros(1_780_000_000_000_000));
            }
            let id = maker.next();
            assert!(id > last);
            assert_eq!((id >> 12) & 0x3ff, 7);
            last = id;
        }
    }

    #[test]
    fn shown_ids_read_back_and_forgive_look_alikes() {
        for id in [0, 1, 31, 32, 1 << 40, i64::MAX] {
            assert_eq!(parse_id("ep", &show_id("ep", id)), Some(id));
        }
        assert_eq!(parse_id("ep", "ep_OOOOOOOOOOOIL"), Some(32 + 1));
        for wrong in ["", "ep", "ep_", "sh_0000000000001", "ep_000000000000U", "ep_ZZZZZZZZZZZZZ"] {
            assert_eq!(parse_id("ep", wrong), None, "{wrong}");
        }
    }
}
