//! Checkpoints (c2sp.org/tlog-checkpoint): the head of the tree as the text of a signed note. Pure.

use crate::merkle::Hash;
use crate::note::{KeyKind, Note, Signed, VerifierKey, base64, unbase64_hash};

/// A tree's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// Why something is not a checkpoint one may build on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotGood {
    /// It is not written as one.
    #[error("this is not a checkpoint")]
    Form,
    /// It is another log's.
    #[error("it is the checkpoint of another log: {0}")]
    Origin(String),
    /// A known key's signature is wrong.
    #[error("the signature of {0} is wrong")]
    Signature(String),
    /// The log has not signed it.
    #[error("the log has not signed it")]
    Unsigned,
}

/// Digits without a leading zero.
pub(crate) fn number(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, base64(&self.root))
    }

    /// Reads the text of a note; lines after the third are passed over.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, number(lines.next()?)?, unbase64_hash(lines.next()?)?);
        let extensions_good = lines.all(|line| !line.is_empty());
        (!origin.is_empty() && extensions_good).then(|| Self { origin: origin.to_owned(), size, root })
    }

    /// Reads and checks a signed checkpoint of the log with this key; gives the good signatures of the other keys too.
    ///
    /// # Errors
    /// Why it is not one.
    pub fn open(note: &str, log: &VerifierKey, others: &[VerifierKey]) -> Result<(Self, Vec<Signed>), NotGood> {
        let note = Note::parse(note).ok_or(NotGood::Form)?;
        let head = Self::parse(&note.text).ok_or(NotGood::Form)?;
        if head.origin != log.name {
            return Err(NotGood::Origin(head.origin));
        }
        let keys: Vec<VerifierKey> = std::iter::once(log.clone()).chain(others.iter().cloned()).collect();
        let signed = note.verify(&keys).map_err(NotGood::Signature)?;
        if !signed.iter().any(|s| s.key == *log && log.kind == KeyKind::Note) {
            return Err(NotGood::Unsigned);
        }
        Ok((head, signed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::empty_root;
    use crate::note::Signer;

    #[test]
    fn checkpoints_read_back_and_are_the_logs_own() {
        let signer = Signer::new("example.com/log", KeyKind::Note, &[1; 32]).unwrap();
        let head = Checkpoint { origin: "example.com/log".into(), size: 0, root: empty_root() };
        assert_eq!(head.text(), "example.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
        let note = signer.sign(&head.text());
        assert_eq!(Checkpoint::open(&note, signer.key(), &[]).unwrap().0, head);
        let other = Signer::new("example.com/log", KeyKind::Note, &[2; 32]).unwrap();
        assert_eq!(Checkpoint::open(&note, other.key(), &[]), Err(NotGood::Unsigned));
        let foreign = Signer::new("example.org/log", KeyKind::Note, &[1; 32]).unwrap();
        assert_eq!(Checkpoint::open(&note, foreign.key(), &[]), Err(NotGood::Origin("example.com/log".into())));
        let changed = note.replace("\n0\n", "\n1\n");
        assert!(matches!(Checkpoint::open(&changed, signer.key(), &[]), Err(NotGood::Signature(_))));
        assert_eq!(Checkpoint::open("nothing", signer.key(), &[]), Err(NotGood::Form));
    }

    #[test]
    fn numbers_are_plain() {
        for text in ["", "00", "01", "+1", "-1", "1 ", "18446744073709551616"] {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(number("18446744073709551615"), Some(u64::MAX));
    }
}
