//! What an import would change, item by item: identities old and new, sound that moved, order. Pure.

use std::collections::{HashMap, HashSet};

use kernel::At;

use crate::model::{Known, UNDATED};
use crate::reader::Item;
use crate::rules::import::{Plan, Step};

/// What would happen to one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A new episode.
    Create,
    /// An episode that changes.
    Update,
    /// An episode that stays as it is.
    Keep,
}

impl Fate {
    /// The word in messages and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Keep => "keep",
        }
    }
}

/// One item of a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RehearsedItem {
    /// Its place in the source, from zero.
    pub place: usize,
    /// Its title.
    pub title: String,
    /// Its date.
    pub published: Option<At>,
    /// Its identity, as it is or would be here.
    pub guid: String,
    /// What would happen.
    pub fate: Fate,
    /// The address its sound has here today and the one it would have, when they differ.
    pub moved: Option<(String, String)>,
    /// Whether it has sound.
    pub has_sound: bool,
    /// Whether another item has the same identity.
    pub repeated: bool,
}

/// In which order items stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Newest first, as apps expect.
    NewestFirst,
    /// Oldest first.
    OldestFirst,
    /// Neither.
    Mixed,
}

impl Order {
    /// The word in messages and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NewestFirst => "newest",
            Self::OldestFirst => "oldest",
            Self::Mixed => "mixed",
        }
    }
}

/// What an import would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// Items in the order of the source.
    pub items: Vec<RehearsedItem>,
    /// Episodes here that the source does not have: identity and title. They stay.
    pub missing: Vec<(String, String)>,
    /// How many identities are here and there.
    pub same: usize,
    /// How many are new.
    pub added: usize,
    /// How many items share an identity with another one.
    pub repeated: usize,
    /// How many episodes would get their sound from another address.
    pub moved: usize,
    /// In which order items stand.
    pub order: Order,
}

/// Compares a plan with what is here. `sounds` holds the remote addresses of episodes by id.
#[must_use]
pub fn changes(items: &[Item], plan: &Plan, known: &[Known], sounds: &HashMap<i64, String>) -> Changes {
    let by_id: HashMap<i64, &Known> = known.iter().map(|k| (k.id, k)).collect();
    let mut times: HashMap<&str, usize> = HashMap::new();
    for guid in items.iter().filter_map(|i| i.guid.as_deref()) {
        *times.entry(guid).or_default() += 1;
    }
    let mut met = HashSet::new();
    let mut out = Vec::with_capacity(items.len());
    for (item, step) in items.iter().zip(&plan.steps) {
        let (fate, id) = match step {
            Step::Create(_) => (Fate::Create, None),
            Step::Update(id) => (Fate::Update, Some(*id)),
            Step::Keep(id) => (Fate::Keep, Some(*id)),
        };
        met.extend(id);
        let guid = match step {
            Step::Create(guid) => guid.clone(),
            _ => id.and_then(|id| by_id.get(&id)).map_or_else(|| item.identity.clone(), |k| k.guid.clone()),
        };
        let there = item.enclosure.as_ref().map(|e| e.url.clone());
        let here = id.and_then(|id| sounds.get(&id)).cloned();
        out.push(RehearsedItem {
            place: item.index,
            title: item.title.clone(),
            published: item.published.map(At::from_micros).filter(|at| *at != UNDATED),
            guid,
            fate,
            moved: here.zip(there).filter(|(here, there)| here != there),
            has_sound: item.enclosure.is_some(),
            repeated: item.guid.as_deref().is_some_and(|guid| times.get(guid).is_some_and(|n| *n > 1)),
        });
    }
    let missing =
        known.iter().filter(|k| !met.contains(&k.id)).map(|k| (k.guid.clone(), k.title.clone())).collect::<Vec<_>>();
    Changes {
        same: met.len(),
        added: out.iter().filter(|i| i.fate == Fate::Create).count(),
        repeated: out.iter().filter(|i| i.repeated).count(),
        moved: out.iter().filter(|i| i.moved.is_some()).count(),
        order: order(&out),
        items: out,
        missing,
    }
}

fn order(items: &[RehearsedItem]) -> Order {
    let dates: Vec<At> = items.iter().filter_map(|i| i.published).collect();
    if dates.windows(2).all(|w| w[0] >= w[1]) {
        Order::NewestFirst
    } else if dates.windows(2).all(|w| w[0] <= w[1]) {
        Order::OldestFirst
    } else {
        Order::Mixed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{Limits, read};
    use crate::rules::import::plan;

    fn items(list: &[(&str, &str, u32)]) -> Vec<Item> {
        let items: String = list
            .iter()
            .map(|(guid, file, day)| {
                format!(
                    "<item><title>{guid}</title><guid>{guid}</guid><pubDate>{day} Nov 2026 06:00:00 +0000</pubDate>\
                     <enclosure url=\"https://m.example/{file}.mp3\" length=\"9\" type=\"audio/mpeg\"/></item>"
                )
            })
            .collect();
        let xml = format!("<rss version=\"2.0\"><channel><title>T</title>{items}</channel></rss>");
        read(xml.as_bytes(), None, &Limits::default()).expect("readable").items
    }

    #[test]
    fn a_rehearsal_tells_what_is_new_gone_moved_and_doubled() {
        let known: Vec<Known> = ["a", "gone"]
            .iter()
            .zip(1..)
            .map(|(guid, id)| Known {
                id,
                guid: (*guid).to_owned(),
                guid_given: true,
                published: Some(At::from_micros(1)),
                title: (*guid).to_owned(),
                digest: None,
            })
            .collect();
        let items = items(&[("new", "n", 20), ("a", "moved", 19), ("new", "n2", 18)]);
        let feed = crate::reader::Feed { items, ..Default::default() };
        let plan = plan(&feed, &known);
        let sounds = HashMap::from([(1, "https://m.example/a.mp3".to_owned())]);
        let got = changes(&feed.items, &plan, &known, &sounds);
        assert_eq!((got.same, got.added, got.repeated, got.moved), (1, 2, 2, 1));
        assert_eq!(got.missing, [("gone".to_owned(), "gone".to_owned())]);
        assert_eq!(got.order, Order::NewestFirst);
        assert_eq!(got.items[1].moved.as_ref().map(|m| m.1.as_str()), Some("https://m.example/moved.mp3"));
    }

    #[test]
    fn order_is_told() {
        let of = |days: &[u32]| {
            let list: Vec<(String, u32)> = days.iter().map(|d| (format!("g{d}"), *d)).collect();
            let list: Vec<(&str, &str, u32)> = list.iter().map(|(g, d)| (g.as_str(), "f", *d)).collect();
            let feed = crate::reader::Feed { items: items(&list), ..Default::default() };
            changes(&feed.items, &plan(&feed, &[]), &[], &HashMap::new()).order
        };
        assert_eq!(of(&[20, 19, 18]), Order::NewestFirst);
        assert_eq!(of(&[18, 19, 20]), Order::OldestFirst);
        assert_eq!(of(&[18, 20, 19]), Order::Mixed);
    }
}
