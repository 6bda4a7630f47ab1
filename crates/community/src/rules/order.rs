//! The orders a list may stand in. Each has a name, a version and a digest of its definition, and is a pure function: the
//! same entries always come out in the same order, none is added and none is lost. What an order looks at is in its
//! `inputs` and nowhere else; it knows nothing of who is looking.

use std::collections::HashMap;

use crate::model::Entry;

/// An order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its name, in addresses and sentences: `feed-order-<name>`.
    pub name: &'static str,
    /// Grows with each change of its definition.
    pub version: i64,
    /// Its first day.
    pub since: &'static str,
    /// What it looks at, as words of the published definition.
    pub inputs: &'static [&'static str],
    /// What it does, in English, exactly.
    pub definition: &'static str,
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Newest,
    Turns,
}

/// The newest first.
pub const NEWEST: Order = Order {
    name: "newest",
    version: 1,
    since: "2026-11-25",
    inputs: &["published_at", "id"],
    definition: "By the instant of publication, the latest first; of the same instant the higher id first. Pages follow \
                 one another without a gap or a repetition.",
    how: How::Newest,
};

/// Each voice in turn.
pub const TURNS: Order = Order {
    name: "turns",
    version: 1,
    since: "2026-11-25",
    inputs: &["published_at", "id", "voice", "page"],
    definition: "The entries of a page are those of newest/1. Within the page stands first the newest of each voice, then \
                 the second newest of each voice, and so on; each of these rounds by the instant of publication, the \
                 latest first; of the same instant the higher id first.",
    how: How::Turns,
};

/// Every order a member may choose, the usual one first.
pub const ORDERS: [Order; 2] = [NEWEST, TURNS];

/// The digest of [`text`]. A line of [`EDITIONS`] is added with each change.
pub const SHA256: &str = "1a776dc1198022669878f3730e2aa1f443a77aaf0e75c97eee869d07da27a132";

/// Every edition of the definitions there was: first day, digest, what changed as the sentence `order-change-<n>`. The
/// newest first; a line is never changed, only added.
pub const EDITIONS: &[(&str, &str)] = &[("2026-11-25", SHA256)];

impl Order {
    /// The order of this name; none that is not offered.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        ORDERS.into_iter().find(|order| order.name == name)
    }

    /// The order a member chose, as [`Order::cite`] wrote it; a later version of it, and the usual one when it is offered no
    /// more.
    #[must_use]
    pub fn kept(cited: &str) -> Self {
        let name = cited.split_once('/').map_or(cited, |(name, _)| name);
        Self::parse(name).unwrap_or(NEWEST)
    }

    /// Its name with its version, `newest/1`.
    #[must_use]
    pub fn cite(&self) -> String {
        format!("{}/{}", self.name, self.version)
    }

    /// The entries of a page in this order.
    #[must_use]
    pub fn apply(&self, entries: Vec<Entry>) -> Vec<Entry> {
        match self.how {
            How::Newest => newest(entries),
            How::Turns => turns(entries),
        }
    }

    /// The definition of this order as the bytes that are published and digested: one line a name and value.
    #[must_use]
    pub fn text(&self) -> String {
        let inputs = self.inputs.join(" ");
        format!("order {}\nsince {}\ninputs {inputs}\n{}\n", self.cite(), self.since, self.definition)
    }

    /// The digest of [`Order::text`], as it stands in the public log.
    #[must_use]
    pub fn digest(&self) -> String {
        kernel::sha256_hex(self.text().as_bytes())
    }
}

/// Every definition, one after another.
#[must_use]
pub fn text() -> String {
    ORDERS.iter().map(Order::text).collect::<Vec<_>>().join("\n")
}

fn newest(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by_key(|e| std::cmp::Reverse(e.spot()));
    entries
}

fn turns(entries: Vec<Entry>) -> Vec<Entry> {
    let mut rounds: HashMap<i64, u64> = HashMap::new();
    let mut placed: Vec<(u64, Entry)> = Vec::with_capacity(entries.len());
    for entry in newest(entries) {
        let round = rounds.entry(entry.voice).or_default();
        placed.push((*round, entry));
        *round += 1;
    }
    placed.sort_by_key(|(round, entry)| (*round, std::cmp::Reverse(entry.spot())));
    placed.into_iter().map(|(_, entry)| entry).collect()
}

#[cfg(test)]
mod tests {
    use kernel::{At, Subject};
    use proptest::prelude::*;

    use super::*;

    fn entry(voice: i64, at: i64, id: i64) -> Entry {
        Entry { subject: Subject::post(id), voice, at: At::from_micros(at), of_author: None, of: None }
    }

    fn entries() -> impl Strategy<Value = Vec<Entry>> {
        proptest::collection::btree_map(1..500_i64, (1..6_i64, 0..40_i64), 0..60)
            .prop_map(|m| m.into_iter().map(|(id, (voice, at))| entry(voice, at, id)).collect::<Vec<_>>())
            .prop_shuffle()
    }

    #[test]
    fn c20_no_order_changes_without_a_new_version() {
        let digest = kernel::sha256_hex(text().as_bytes());
        assert_eq!(digest, SHA256, "an order changed: raise its version, add a line to EDITIONS, pin this digest");
        assert_eq!(EDITIONS[0].1, SHA256);
        for order in ORDERS {
            assert_eq!(Order::parse(order.name), Some(order));
        }
        assert_eq!((Order::parse("clever"), Order::kept("clever/1"), Order::kept("")), (None, NEWEST, NEWEST));
        assert_eq!((Order::kept("turns/1"), Order::kept(crate::service::members::FIRST_ORDER)), (TURNS, NEWEST));
    }

    #[test]
    fn c20_turns_give_each_voice_its_newest_first() {
        let list = vec![entry(1, 9, 9), entry(1, 8, 8), entry(1, 7, 7), entry(2, 5, 5), entry(3, 6, 6), entry(2, 4, 4)];
        let ids: Vec<i64> = TURNS.apply(list).iter().map(|e| e.subject.id).collect();
        assert_eq!(ids, [9, 6, 5, 8, 4, 7]);
    }

    proptest! {
        #[test]
        fn c20_an_order_is_a_permutation_and_always_the_same(list in entries(), other in any::<u64>()) {
            for order in ORDERS {
                let out = order.apply(list.clone());
                let mut shuffled = list.clone();
                let turn = usize::try_from(other % 61).unwrap_or(0) % list.len().max(1);
                shuffled.rotate_left(turn);
                prop_assert_eq!(&order.apply(shuffled), &out, "the order of what comes in does not matter");
                prop_assert_eq!(&order.apply(out.clone()), &out, "what stands in the order stays");
                let sorted = |mut l: Vec<Entry>| { l.sort_by_key(Entry::spot); l };
                prop_assert_eq!(sorted(out), sorted(list.clone()));
            }
        }

        #[test]
        fn c20_newest_is_by_instant_then_id(list in entries()) {
            let out = NEWEST.apply(list);
            prop_assert!(out.windows(2).all(|w| w[0].spot() > w[1].spot()));
        }
    }
}
