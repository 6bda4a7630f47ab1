//! A receipt: the log's signed promise that a leaf will be in the log by a certain time. Pure. Whoever holds one can show
//! later that the promise was kept or broken. It says nothing about who asked.

use kernel::At;

use crate::merkle::Hash;
use crate::note::{Note, Signer, VerifierKey, base64, unbase64_hash};

const HEAD: &str = "traboule.receipt/v1";
/// How long the log gives itself, in seconds.
pub const PROMISED_SECONDS: i64 = 60 * 60;

/// What is promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Which log.
    pub origin: String,
    /// The leaf's hash.
    pub leaf: Hash,
    /// The hour it was asked in.
    pub hour: At,
    /// When the leaf has to be in the log at the latest.
    pub include_by: At,
}

/// How a promise stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The leaf is in the log, at this index.
    Included(u64),
    /// It is not, and the time has not come.
    Promised,
    /// It is not, and the time is over.
    Breach,
}

impl Promise {
    /// The promise for a leaf asked for now.
    #[must_use]
    pub fn new(origin: &str, leaf: Hash, now: At) -> Self {
        let hour = crate::leaf::hour(now);
        // From the end of the hour on, so that the time of asking cannot be read from it.
        Self { origin: origin.to_owned(), leaf, hour, include_by: hour.plus_seconds(3600 + PROMISED_SECONDS) }
    }

    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let (leaf, hour, by) = (base64(&self.leaf), self.hour.rfc3339(), self.include_by.rfc3339());
        format!("{HEAD}\n{}\n{leaf}\n{hour}\n{by}\n", self.origin)
    }

    /// The receipt: the text with the log's signature.
    #[must_use]
    pub fn signed(&self, signer: &Signer) -> String {
        signer.sign(&self.text())
    }

    /// Reads a receipt and checks its signature; `None` when it is none of this log.
    #[must_use]
    pub fn open(note: &str, log: &VerifierKey) -> Option<Self> {
        let note = Note::parse(note)?;
        let promise = Self::read(&note.text)?;
        let signed = note.verify(std::slice::from_ref(log)).ok()?;
        (promise.origin == log.name && !signed.is_empty()).then_some(promise)
    }

    /// Reads the text without checking anything: to know which log to ask.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.strip_suffix('\n')?.split('\n').collect();
        let [HEAD, origin, leaf, hour, by] = lines.as_slice() else { return None };
        let (hour, include_by) = (At::parse_rfc3339(hour)?, At::parse_rfc3339(by)?);
        Some(Self { origin: (*origin).to_owned(), leaf: unbase64_hash(leaf)?, hour, include_by })
    }

    /// How it stands, given where the leaf was found and what time the newest checkpoint or the clock says.
    #[must_use]
    pub fn standing(&self, found: Option<u64>, now: At) -> Standing {
        match found {
            Some(index) => Standing::Included(index),
            None if now <= self.include_by => Standing::Promised,
            None => Standing::Breach,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::KeyKind;

    #[test]
    fn receipts_read_back_and_are_the_logs_own() {
        let log = Signer::new("example.com/log", KeyKind::Note, &[1; 32]).unwrap();
        let now = At::from_micros(1_700_000_123_456_789);
        let promise = Promise::new("example.com/log", [5; 32], now);
        let receipt = promise.signed(&log);
        assert_eq!(Promise::open(&receipt, log.key()), Some(promise.clone()));
        let other = Signer::new("example.com/log", KeyKind::Note, &[2; 32]).unwrap();
        assert_eq!(Promise::open(&receipt, other.key()), None);
        assert_eq!(Promise::open(&receipt.replace("22:00", "21:00"), log.key()), None);
        assert_eq!(promise.standing(Some(3), now), Standing::Included(3));
        assert_eq!(promise.standing(None, promise.include_by), Standing::Promised);
        assert_eq!(promise.standing(None, promise.include_by.plus_seconds(1)), Standing::Breach);
        assert!(promise.include_by > now);
    }
}
