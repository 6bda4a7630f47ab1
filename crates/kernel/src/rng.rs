//! Randomness as a value that is handed in, so that a simulation can replay it.
//! The seeded kind is for tests and demo data only and is never used for a secret in a real server.

use std::sync::{Arc, Mutex, PoisonError};

use ring::rand::{SecureRandom, SystemRandom};

/// A source of random bytes.
#[derive(Clone, Debug)]
pub enum Rng {
    /// The operating system's.
    System,
    /// SplitMix64 from a seed: the same seed gives the same bytes.
    Seeded(Arc<Mutex<u64>>),
}

impl Rng {
    /// A replayable source.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(seed)))
    }

    /// Fills an array with random bytes. A machine without randomness cannot run a server: it asserts.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        match self {
            Self::System => {
                let filled = SystemRandom::new().fill(&mut out);
                assert!(filled.is_ok(), "the operating system gives no random bytes");
            }
            Self::Seeded(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                for chunk in out.chunks_mut(8) {
                    let word = split_mix(&mut state).to_le_bytes();
                    chunk.copy_from_slice(&word[..chunk.len()]);
                }
            }
        }
        out
    }

    /// A number in `0..bound`, without bias; `bound` zero is a programmer error.
    #[must_use]
    pub fn below(&self, bound: u64) -> u64 {
        assert!(bound > 0, "an empty range has no member");
        let zone = u64::MAX - u64::MAX % bound;
        loop {
            let word = u64::from_le_bytes(self.bytes());
            if word < zone {
                return word % bound;
            }
        }
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_replays_and_stays_in_range() {
        let (a, b) = (Rng::seeded(4), Rng::seeded(4));
        assert_eq!(a.bytes::<19>(), b.bytes::<19>());
        assert!((0..1000).all(|_| a.below(7) < 7));
        assert_ne!(Rng::System.bytes::<16>(), Rng::System.bytes::<16>());
    }
}
