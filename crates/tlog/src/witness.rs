//! What a witness does when a log shows it a checkpoint (c2sp.org/tlog-witness): sign what continues what it saw, refuse
//! everything else. Pure: the state goes in, the answer comes out; whoever calls keeps the new state before answering.

use crate::checkpoint::{Checkpoint, NotGood, number};
use crate::merkle::{Hash, empty_root, is_beginning};
use crate::note::{MOST_NOTE, Note, Signer, VerifierKey, base64, unbase64_hash};

/// A request to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the checkpoint the witness signed last, as the log believes.
    pub old: u64,
    /// That the new tree continues the old one.
    pub proof: Vec<Hash>,
    /// The new checkpoint.
    pub checkpoint: String,
}

impl AddCheckpoint {
    /// The body of the request.
    #[must_use]
    pub fn text(&self) -> String {
        let lines: String = self.proof.iter().map(|hash| format!("{}\n", base64(hash))).collect();
        format!("old {}\n{lines}\n{}", self.old, self.checkpoint)
    }

    /// Reads a body; `None` when it is not written as the standard says.
    #[must_use]
    pub fn parse(body: &str) -> Option<Self> {
        if body.len() > MOST_NOTE {
            return None;
        }
        let (head, checkpoint) = body.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let old = number(lines.next()?.strip_prefix("old ")?)?;
        let proof = lines.map(unbase64_hash).collect::<Option<Vec<_>>>()?;
        (proof.len() <= 63).then(|| Self { old, proof, checkpoint: checkpoint.to_owned() })
    }
}

/// What a witness remembers of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The size it signed last.
    pub size: u64,
    /// The root of that.
    pub root: Hash,
}

impl Default for Seen {
    /// Nothing seen.
    fn default() -> Self {
        Self { size: 0, root: empty_root() }
    }
}

/// A witness's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 200: what is remembered from now on, and the signature line.
    Signed(Seen, String),
    /// 400: the old size is above the new one, or the body is no request.
    Bad,
    /// 403: the log has not signed it, or a signature is wrong.
    NotSigned,
    /// 404: nobody knows this log.
    Unknown,
    /// 409: the log believes something else was signed last.
    Conflict(u64),
    /// 422: it does not continue what was signed: the log forked, rolled back or is broken.
    Inconsistent,
}

impl Answer {
    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Signed(..) => 200,
            Self::Bad => 400,
            Self::NotSigned => 403,
            Self::Unknown => 404,
            Self::Conflict(_) => 409,
            Self::Inconsistent => 422,
        }
    }
}

/// Decides. `now` in seconds since 1970.
#[must_use]
pub fn decide(seen: &Seen, request: &AddCheckpoint, log: &VerifierKey, signer: &Signer, now: u64) -> Answer {
    let head = match Checkpoint::open(&request.checkpoint, log, &[]) {
        Ok((head, _)) => head,
        Err(NotGood::Origin(_)) => return Answer::Unknown,
        Err(NotGood::Form) => return Answer::Bad,
        Err(NotGood::Signature(_) | NotGood::Unsigned) => return Answer::NotSigned,
    };
    if request.old > head.size {
        return Answer::Bad;
    }
    if request.old != seen.size {
        return Answer::Conflict(seen.size);
    }
    if head.size == 0 && head.root != empty_root() {
        return Answer::Inconsistent;
    }
    if !is_beginning(seen.size, &seen.root, head.size, &head.root, &request.proof) {
        return Answer::Inconsistent;
    }
    // The whole text, with the lines after the third if the log has any: the signature covers them too.
    let text = Note::parse(&request.checkpoint).map_or_else(|| head.text(), |note| note.text);
    let line = signer.line(&text, now);
    Answer::Signed(Seen { size: head.size, root: head.root }, line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::{consistency, leaf_hash, root_of};
    use crate::note::KeyKind;

    fn head(leaves: &[Hash]) -> Checkpoint {
        Checkpoint { origin: "example.com/log".into(), size: leaves.len() as u64, root: root_of(leaves) }
    }

    #[test]
    fn a_witness_signs_what_continues_and_nothing_else() {
        let log = Signer::new("example.com/log", KeyKind::Note, &[1; 32]).unwrap();
        let me = Signer::new("witness.example/w", KeyKind::Cosignature, &[2; 32]).unwrap();
        let leaves: Vec<Hash> = (0..9_u64).map(|i| leaf_hash(&i.to_be_bytes())).collect();
        let ask = |old: u64, n: usize, from: &[Hash]| {
            let spans = consistency(old, n as u64).unwrap_or_default();
            let proof = spans.iter().map(|s| root_of(&from[s.lo as usize..s.hi as usize])).collect();
            AddCheckpoint { old, proof, checkpoint: log.sign(&head(&from[..n]).text()) }
        };
        let answer = |seen: &Seen, ask: &AddCheckpoint| decide(seen, ask, log.key(), &me, 1_700_000_000);
        let nothing = Seen::default();
        let Answer::Signed(seen, line) = answer(&nothing, &ask(0, 5, &leaves)) else { panic!() };
        assert_eq!(seen.size, 5);
        let note = format!("{}\n{line}", head(&leaves[..5]).text());
        assert_eq!(Note::parse(&note).unwrap().verify(&[me.key().clone()]).unwrap().len(), 1);
        assert!(matches!(answer(&seen, &ask(5, 9, &leaves)), Answer::Signed(..)));
        assert!(matches!(answer(&seen, &ask(5, 5, &leaves)), Answer::Signed(..)));
        assert_eq!(answer(&seen, &ask(4, 9, &leaves)), Answer::Conflict(5));
        let mut forked = leaves.clone();
        forked[2] = leaf_hash(b"another");
        assert_eq!(answer(&seen, &ask(5, 9, &forked)), Answer::Inconsistent);
        assert_eq!(answer(&seen, &ask(5, 5, &forked)), Answer::Inconsistent);
        let mut back = ask(0, 3, &leaves);
        back.old = 5;
        assert_eq!(answer(&seen, &back), Answer::Bad);
        let stranger = Signer::new("example.com/log", KeyKind::Note, &[9; 32]).unwrap();
        let unsigned = AddCheckpoint { checkpoint: stranger.sign(&head(&leaves).text()), ..ask(5, 9, &leaves) };
        assert_eq!(answer(&seen, &unsigned), Answer::NotSigned);
        let other = Checkpoint { origin: "example.org/log".into(), ..head(&leaves) };
        let unknown = AddCheckpoint { checkpoint: log.sign(&other.text()), ..ask(5, 9, &leaves) };
        assert_eq!(answer(&seen, &unknown), Answer::Unknown);
        let request = ask(5, 9, &leaves);
        assert_eq!(AddCheckpoint::parse(&request.text()), Some(request));
        for body in ["", "old 05\n\nx", "old\n\nx", "old 1\nAAAA\n\nx", "new 1\n\nx"] {
            assert_eq!(AddCheckpoint::parse(body), None);
        }
    }
}
