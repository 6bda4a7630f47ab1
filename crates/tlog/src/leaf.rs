//! What stands in the log: canonical JSON with a version, a kind, the hour and a salt. Pure. A leaf names no person: who
//! builds one gives ids, digests and counts. Keys are sorted, there is no space, numbers are whole.

use std::collections::BTreeMap;

use kernel::At;
use serde::Serialize;

use crate::merkle::{Hash, leaf_hash};

/// The most bytes of a leaf; a bundle could carry 65,535.
pub const MOST_LEAF: usize = 16 * 1024;
/// The version of the form.
pub const VERSION: i64 = 1;

/// A value of a leaf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A whole number, of at most 2^53 so that every reader of JSON has the same.
    Int(i64),
    /// A text.
    Text(String),
    /// Several texts.
    List(Vec<String>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<String>> for Value {
    fn from(value: Vec<String>) -> Self {
        Self::List(value)
    }
}

/// A leaf before it has its index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// What happened, as `episode.published`.
    pub kind: &'static str,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// The whole form, keys in the order of their letters.
#[derive(Serialize)]
struct Body<'a> {
    data: &'a BTreeMap<&'static str, Value>,
    hour: String,
    kind: &'static str,
    salt: String,
    v: i64,
}

impl Leaf {
    /// A leaf. The instant is kept to the hour; the salt makes two equal happenings two leaves, and keeps anybody from
    /// guessing a leaf out of its hash.
    ///
    /// # Panics
    /// When it is longer than [`MOST_LEAF`]: whoever builds leaves keeps their parts short.
    #[must_use]
    pub fn new(kind: &'static str, at: At, salt: [u8; 16], data: &BTreeMap<&'static str, Value>) -> Self {
        let body = Body { data, hour: hour(at).rfc3339(), kind, salt: kernel::hex(&salt), v: VERSION };
        let body = serde_json::to_vec(&body).unwrap_or_default();
        assert!(!body.is_empty() && body.len() <= MOST_LEAF, "a leaf of {} bytes", body.len());
        Self { kind, body }
    }

    /// Its hash in the tree.
    #[must_use]
    pub fn hash(&self) -> Hash {
        leaf_hash(&self.body)
    }
}

/// The hour that stands in a leaf.
#[must_use]
pub fn hour_of(body: &[u8]) -> Option<At> {
    #[derive(serde::Deserialize)]
    struct Hour {
        hour: String,
    }
    let read: Hour = serde_json::from_slice(body).ok()?;
    At::parse_rfc3339(&read.hour)
}

/// The hour an instant lies in.
#[must_use]
pub fn hour(at: At) -> At {
    At::from_micros(at.micros().div_euclid(3_600_000_000) * 3_600_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_canonical_and_keeps_no_minute() {
        let data =
            BTreeMap::from([("sha256", Value::from("ab")), ("episode", Value::from("ep_1")), ("n", Value::from(3))]);
        let at = At::from_micros(1_700_000_123_456_789);
        let leaf = Leaf::new("episode.published", at, [0xab; 16], &data);
        assert_eq!(
            String::from_utf8(leaf.body.clone()).unwrap(),
            r#"{"data":{"episode":"ep_1","n":3,"sha256":"ab"},"hour":"2023-11-14T22:00:00Z","kind":"episode.published","salt":"abababababababababababababababab","v":1}"#
        );
        assert_eq!(leaf.hash(), leaf_hash(&leaf.body));
    }
}
