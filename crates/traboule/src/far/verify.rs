//! What `traboule verify` finds out about a proof, a receipt or a checkpoint, from a file or an address. It says what it
//! checked and by which key; a key that came from the site itself is said to be so.

use kernel::At;
use serde::Serialize;
use tlog::checkpoint::Checkpoint;
use tlog::merkle::{Hash, leaf_hash};
use tlog::note::{Note, Signed, VerifierKey};
use tlog::proof::TlogProof;
use tlog::receipt::{Promise, Standing};

use super::log::{FarLog, Unread};
use super::watch;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A leaf with its path and a checkpoint.
    Proof,
    /// A signed promise.
    Receipt,
    /// A signed head.
    Checkpoint,
}

/// What kind of file these bytes are, if they belong to a log.
#[must_use]
pub fn sniff(text: &str) -> Option<What> {
    if text.starts_with("c2sp.org/tlog-proof@") {
        return Some(What::Proof);
    }
    let note = Note::parse(text)?;
    if Promise::read(&note.text).is_some() {
        return Some(What::Receipt);
    }
    Checkpoint::parse(&note.text).map(|_| What::Checkpoint)
}

/// The origin a file names, to know whom to ask for a key.
#[must_use]
pub fn origin(what: What, text: &str) -> Option<String> {
    let of_note = |note: &str| Some(Checkpoint::parse(&Note::parse(note)?.text)?.origin);
    match what {
        What::Proof => of_note(&TlogProof::parse(text)?.checkpoint),
        What::Receipt => Some(Promise::read(&Note::parse(text)?.text)?.origin),
        What::Checkpoint => of_note(text),
    }
}

/// Keys to check with, and where they came from.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The log's.
    pub log: VerifierKey,
    /// Witnesses'.
    pub witnesses: Vec<VerifierKey>,
    /// Whether the log's key came from the site itself.
    pub from_site: bool,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which.
    pub name: &'static str,
    /// Whether it holds.
    pub ok: bool,
    /// In words.
    pub detail: String,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether everything holds.
    pub ok: bool,
    /// What it was.
    pub what: What,
    /// For a receipt and a proof: `included`, `promised`, `BREACH` or `unproven`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<&'static str>,
    /// The checks in their order.
    pub checks: Vec<Check>,
}

impl Report {
    fn of(what: What, standing: Option<&'static str>, checks: Vec<Check>) -> Self {
        Self { ok: checks.iter().all(|c| c.ok), what, standing, checks }
    }
}

fn check(name: &'static str, ok: bool, detail: impl Into<String>) -> Check {
    Check { name, ok, detail: detail.into() }
}

/// Where the log's key came from; a key of the site's own shows no more than that it agrees with itself.
fn key_check(keys: &Keys) -> Check {
    let from = if keys.from_site {
        "taken from the site itself; compare it with one you know, or give --key"
    } else {
        "given"
    };
    check("key", true, format!("{}, {from}", keys.log))
}

fn signers(signed: &[Signed]) -> String {
    let who = |s: &Signed| match s.time {
        Some(time) => {
            let at = At::from_micros(i64::try_from(time).unwrap_or(0).saturating_mul(1_000_000));
            format!("{} at {}", s.key.name, at.rfc3339())
        }
        None => s.key.name.clone(),
    };
    signed.iter().map(who).collect::<Vec<_>>().join(", ")
}

/// A checkpoint: is it signed by the log, and by which witnesses.
#[must_use]
pub fn checkpoint(text: &str, keys: &Keys) -> Report {
    let checks = match Checkpoint::open(text, &keys.log, &keys.witnesses) {
        Ok((head, signed)) => vec![
            key_check(keys),
            check("signatures", true, signers(&signed)),
            check("head", true, format!("{} leaves of {}, root {}", head.size, head.origin, kernel::hex(&head.root))),
        ],
        Err(why) => vec![key_check(keys), check("signatures", false, why.to_string())],
    };
    Report::of(What::Checkpoint, None, checks)
}

/// A proof: does the leaf it carries lead to the root that the log signed. Nobody is asked.
#[must_use]
pub fn proof(text: &str, keys: &Keys) -> Report {
    let Some(proof) = TlogProof::parse(text) else {
        return Report::of(What::Proof, Some("unproven"), vec![check("form", false, "this is not a tlog-proof")]);
    };
    let Some(leaf) = &proof.extra else {
        let detail = "the file does not carry the leaf (no `extra` line): there is nothing to hash";
        return Report::of(What::Proof, Some("unproven"), vec![check("leaf", false, detail)]);
    };
    let mut checks = vec![key_check(keys), check("leaf", true, String::from_utf8_lossy(leaf))];
    let standing = match proof.check(&leaf_hash(leaf), &keys.log, &keys.witnesses) {
        Ok(Some(proven)) => {
            checks.push(check("signatures", true, signers(&proven.signed)));
            let head = &proven.head;
            let detail = format!("leaf {} of {}, root {}", proof.index, head.size, kernel::hex(&head.root));
            checks.push(check("inclusion", true, detail));
            "included"
        }
        Ok(None) => {
            let detail = format!("leaf {} and its path do not hash to the root the log signed", proof.index);
            checks.push(check("inclusion", false, detail));
            "unproven"
        }
        Err(why) => {
            checks.push(check("signatures", false, why.to_string()));
            "unproven"
        }
    };
    Report::of(What::Proof, Some(standing), checks)
}

/// A receipt: is it signed by the log, and was the promise kept. `found` is the proof the log gives for the leaf, if any.
#[must_use]
pub fn receipt(text: &str, keys: &Keys, found: Option<&str>, now: At) -> Report {
    let Some(promise) = Promise::open(text, &keys.log) else {
        let no = check("signature", false, "the log has not signed this receipt");
        return Report::of(What::Receipt, None, vec![key_check(keys), no]);
    };
    let detail =
        format!("leaf hash {}, asked for in the hour from {}", kernel::hex(&promise.leaf), promise.hour.rfc3339());
    let mut checks = vec![key_check(keys), check("signature", true, detail)];
    let index = found.and_then(|text| {
        let proof = TlogProof::parse(text)?;
        let proven = proof.check(&promise.leaf, &keys.log, &keys.witnesses).ok()??;
        Some((proof.index, proven))
    });
    let standing = promise.standing(index.as_ref().map(|(i, _)| *i), now);
    let (word, last) = match (standing, index) {
        (Standing::Included(n), Some((_, proven))) => {
            let detail = format!("leaf {n} of {}, signed by {}", proven.head.size, signers(&proven.signed));
            ("included", check("promise", true, detail))
        }
        (Standing::Promised, _) => {
            let detail = format!("not in the log yet; it has to be by {}", promise.include_by.rfc3339());
            ("promised", check("promise", true, detail))
        }
        _ => {
            let by = promise.include_by.rfc3339();
            let detail = format!("the log promised to include it by {by}, and proves nothing. Keep the receipt");
            ("BREACH", check("promise", false, detail))
        }
    };
    checks.push(last);
    Report::of(What::Receipt, Some(word), checks)
}

/// Asks a log for the proof of a leaf; `None` when it has none.
///
/// # Errors
/// When nobody answers.
pub async fn proof_of(log: &FarLog, leaf: &Hash) -> Result<Option<String>, Unread> {
    match log.text(&format!("proof/{}", kernel::hex(leaf))).await {
        Ok(text) => Ok(Some(text)),
        Err(Unread::Missing(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// The keys a site names for its log.
///
/// # Errors
/// When it cannot be asked.
pub async fn keys_of(log: &FarLog) -> Result<Keys, Unread> {
    let (log, witnesses) = watch::policy(log).await?;
    Ok(Keys { log, witnesses, from_site: true })
}

#[cfg(test)]
mod tests {
    use tlog::merkle::node_hash;
    use tlog::note::{KeyKind, Signer};

    use super::*;

    fn signer(seed: u8) -> Signer {
        Signer::new("site.example/log", KeyKind::Note, &[seed; 32]).unwrap()
    }

    fn keys(seed: u8) -> Keys {
        Keys { log: signer(seed).key().clone(), witnesses: Vec::new(), from_site: false }
    }

    fn proof_file() -> String {
        let (a, b) = (leaf_hash(b"a"), leaf_hash(b"b"));
        let head = Checkpoint { origin: "site.example/log".into(), size: 2, root: node_hash(&a, &b) };
        let checkpoint = signer(1).sign(&head.text());
        TlogProof { extra: Some(b"b".to_vec()), index: 1, path: vec![a], checkpoint }.text()
    }

    #[test]
    fn files_are_known_by_what_is_in_them() {
        let now = At::from_micros(1_700_000_000_000_000);
        let receipt = Promise::new("site.example/log", [1; 32], now).signed(&signer(1));
        let point = TlogProof::parse(&proof_file()).unwrap().checkpoint;
        for (text, what) in [(&receipt, What::Receipt), (&point, What::Checkpoint), (&proof_file(), What::Proof)] {
            assert_eq!(sniff(text), Some(what));
            assert_eq!(origin(what, text).as_deref(), Some("site.example/log"));
        }
        assert_eq!(sniff("{}"), None);
        assert_eq!(sniff(&signer(1).sign("words\n")), None);
        assert!(checkpoint(&point, &keys(1)).ok);
        assert!(!checkpoint(&point, &keys(2)).ok);
    }

    #[test]
    fn a_proof_holds_only_as_it_is() {
        let good = proof(&proof_file(), &keys(1));
        assert_eq!((good.ok, good.standing), (true, Some("included")), "{good:?}");
        for (from, to) in
            [("extra Yg==", "extra YQ=="), ("index 1", "index 0"), ("\n2\n", "\n3\n"), ("extra Yg==\n", "")]
        {
            let bad = proof(&proof_file().replacen(from, to, 1), &keys(1));
            assert_eq!((bad.ok, bad.standing), (false, Some("unproven")), "{from} {bad:?}");
        }
        assert!(!proof(&proof_file(), &keys(2)).ok);
        assert!(!proof("c2sp.org/tlog-proof@v1\n", &keys(1)).ok);
    }

    #[test]
    fn a_promise_is_kept_open_or_broken() {
        let now = At::from_micros(1_700_000_000_000_000);
        let promise = Promise::new("site.example/log", leaf_hash(b"b"), now);
        let text = promise.signed(&signer(1));
        let late = promise.include_by.plus_seconds(1);
        for (found, at, expected) in [
            (Some(proof_file()), late, (true, Some("included"))),
            (None, now, (true, Some("promised"))),
            (None, late, (false, Some("BREACH"))),
            // A proof of something else is no proof.
            (Some(proof_file().replacen("index 1", "index 0", 1)), late, (false, Some("BREACH"))),
        ] {
            let report = receipt(&text, &keys(1), found.as_deref(), at);
            assert_eq!((report.ok, report.standing), expected, "{report:?}");
        }
        assert!(!receipt(&text, &keys(2), None, now).ok, "another key's receipt");
    }
}
