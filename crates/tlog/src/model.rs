//! What the log keeps. No SQL, no rule.

use kernel::At;

use crate::merkle::Hash;

/// One log; a server has a second one only after a restore that lost leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// Its number.
    pub log: i64,
    /// Its name, the first line of its checkpoints.
    pub origin: String,
    /// The key its checkpoints are signed with.
    pub vkey: String,
    /// When it began.
    pub opened_at: At,
    /// How many leaves have an index.
    pub size: u64,
}

/// A leaf without an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its row.
    pub id: i64,
    /// What happened.
    pub kind: String,
    /// Its bytes.
    pub body: Vec<u8>,
    /// Their hash.
    pub hash: Hash,
    /// When it was asked for.
    pub asked_at: At,
}

/// A leaf with its index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it is.
    pub index: u64,
    /// What happened.
    pub kind: String,
    /// Its bytes.
    pub body: Vec<u8>,
    /// Their hash.
    pub hash: Hash,
    /// When it got its index.
    pub at: At,
}

/// A signed head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The checkpoint with the log's signature.
    pub note: String,
    /// When it was signed.
    pub at: At,
}

/// Somebody who signs what they saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Its name.
    pub name: String,
    /// Its key.
    pub vkey: String,
    /// Where it takes checkpoints; without one it comes by itself.
    pub url: Option<String>,
    /// Whether it runs on the log's own machine, and so shows nothing to a stranger.
    pub here: bool,
}

/// A witness and what it signed last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessView {
    /// Who.
    pub witness: Witness,
    /// The largest size it signed.
    pub size: Option<u64>,
    /// When it did.
    pub at: Option<At>,
}

/// The newest head of another log that this server cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighted {
    /// Which log.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The checkpoint with the log's signature and this server's.
    pub note: String,
    /// When it was signed.
    pub at: At,
}
