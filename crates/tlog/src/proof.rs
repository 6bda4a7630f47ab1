//! Proofs as files (c2sp.org/tlog-proof): a leaf's place, its path to the root, and the checkpoint with that root. Pure.

use crate::checkpoint::{Checkpoint, NotGood, number};
use crate::merkle::{Hash, is_included};
use crate::note::{MOST_NOTE, Signed, VerifierKey, base64, unbase64, unbase64_hash};

const HEAD: &str = "c2sp.org/tlog-proof@v1";

/// A proof taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// What the application adds: here the leaf's own bytes, so that one file says everything. Not authenticated by itself.
    pub extra: Option<Vec<u8>>,
    /// The leaf's index.
    pub index: u64,
    /// From the leaf's sibling to the root's child.
    pub path: Vec<Hash>,
    /// The signed checkpoint as served.
    pub checkpoint: String,
}

/// What a proof that holds shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The head it leads to.
    pub head: Checkpoint,
    /// Who signed that head.
    pub signed: Vec<Signed>,
}

impl TlogProof {
    /// The file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = format!("{HEAD}\n");
        if let Some(extra) = &self.extra {
            out.push_str(&format!("extra {}\n", base64(extra)));
        }
        out.push_str(&format!("index {}\n", self.index));
        for hash in &self.path {
            out.push_str(&base64(hash));
            out.push('\n');
        }
        out.push('\n');
        out.push_str(&self.checkpoint);
        out
    }

    /// Reads a file; `None` when it is not written as the standard says.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 2 * MOST_NOTE + 128 * 1024 {
            return None;
        }
        let (head, checkpoint) = text.split_once("\n\n")?;
        let mut lines = head.split('\n');
        if lines.next()? != HEAD {
            return None;
        }
        let mut line = lines.next()?;
        let extra = match line.strip_prefix("extra ") {
            Some(extra) => {
                line = lines.next()?;
                Some(unbase64(extra)?)
            }
            None => None,
        };
        let index = number(line.strip_prefix("index ")?)?;
        let path = lines.map(unbase64_hash).collect::<Option<Vec<_>>>()?;
        (path.len() <= 63).then(|| Self { extra, index, path, checkpoint: checkpoint.to_owned() })
    }

    /// Whether the leaf with this hash is in the log.
    ///
    /// # Errors
    /// Why the checkpoint is none; `Ok(None)` when the path does not lead from the leaf to the root.
    pub fn check(&self, leaf: &Hash, log: &VerifierKey, others: &[VerifierKey]) -> Result<Option<Proven>, NotGood> {
        let (head, signed) = Checkpoint::open(&self.checkpoint, log, others)?;
        let holds = is_included(leaf, self.index, head.size, &self.path, &head.root);
        Ok(holds.then_some(Proven { head, signed }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::{leaf_hash, node_hash};
    use crate::note::{KeyKind, Signer};

    #[test]
    fn proofs_read_back_and_hold() {
        let signer = Signer::new("example.com/log", KeyKind::Note, &[1; 32]).unwrap();
        let (a, b) = (leaf_hash(b"a"), leaf_hash(b"b"));
        let head = Checkpoint { origin: "example.com/log".into(), size: 2, root: node_hash(&a, &b) };
        let proof =
            TlogProof { extra: Some(b"b".to_vec()), index: 1, path: vec![a], checkpoint: signer.sign(&head.text()) };
        let text = proof.text();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra Yg==\nindex 1\n"));
        assert_eq!(TlogProof::parse(&text), Some(proof.clone()));
        assert_eq!(proof.check(&b, signer.key(), &[]).unwrap().unwrap().head, head);
        assert_eq!(proof.check(&a, signer.key(), &[]), Ok(None));
        for wrong in [
            "",
            "c2sp.org/tlog-proof@v2\nindex 0\n\nx",
            "c2sp.org/tlog-proof@v1\nindex 00\n\nx",
            "c2sp.org/tlog-proof@v1\nindex 0\nAA==\n\nx",
        ] {
            assert_eq!(TlogProof::parse(wrong), None);
        }
    }
}
