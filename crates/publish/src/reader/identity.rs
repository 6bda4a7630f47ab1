//! Gives every item of a feed an identity that is unique in the feed and survives re-reading:
//! the GUID, else the enclosure address, else the link, else a hash of title and date.
//! Pure; the answer depends on the set of items, not on their order in the document.

use ring::digest::{SHA256, digest};
use std::collections::{HashMap, HashSet};

/// What identity is made of. Texts as read, GUID already trimmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IdentityInput<'a> {
    /// The GUID.
    pub guid: Option<&'a str>,
    /// Address of the media file.
    pub enclosure: Option<&'a str>,
    /// Page of the episode.
    pub link: Option<&'a str>,
    /// Title.
    pub title: &'a str,
    /// Publication instant, microseconds UTC.
    pub published: Option<i64>,
    /// Show notes; only used to order items that are otherwise equal.
    pub description: &'a str,
}

impl IdentityInput<'_> {
    // The identity an item has when it is alone with it.
    fn base(&self) -> String {
        let first = [self.guid, self.enclosure, self.link].into_iter().flatten().find(|text| !text.is_empty());
        match first {
            Some(text) => text.to_string(),
            None => {
                let date = self.published.map(|micros| micros.to_string()).unwrap_or_default();
                format!("hash:{}", hex(&format!("{}\n{date}", self.title), 16))
            }
        }
    }
}

/// One identity for each input, in the order of the inputs, all different.
///
/// Items that share a GUID (or its substitute) are a group. The earliest published item of a group
/// keeps the plain identity. Each other one gets `plain#` and eight hexadecimal digits: of SHA-256 over
/// its instant (microseconds, decimal) if no other item of the group has that instant, otherwise over
/// its title. What is still equal is numbered `-2`, `-3` and so on. An item without a date comes after
/// those with one. Enclosure addresses order items only when all else is equal.
pub fn identities(items: &[IdentityInput<'_>]) -> Vec<String> {
    let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        groups.entry(item.base()).or_default().push(at);
    }
    // Plain identities are all given before the first marked one, so that no mark can take them.
    let mut taken = Taken { used: groups.keys().cloned().collect(), next: HashMap::new() };
    let mut out = vec![String::new(); items.len()];
    let mut groups: Vec<(String, Vec<usize>)> = groups.into_iter().collect();
    groups.sort();
    for (base, mut members) in groups {
        members.sort_by_key(|at| items.get(*at).map(|item| order(item, *at)));
        let group: Vec<&IdentityInput<'_>> = members.iter().filter_map(|at| items.get(*at)).collect();
        let mut dates: HashMap<Option<i64>, usize> = HashMap::new();
        for item in &group {
            *dates.entry(item.published).or_default() += 1;
        }
        for (rank, (at, item)) in members.iter().zip(&group).enumerate() {
            let identity = if rank == 0 {
                base.clone()
            } else {
                let alone = dates.get(&item.published) == Some(&1);
                let marked = format!("{base}#{}", mark(item, alone));
                taken.free(marked)
            };
            if let Some(slot) = out.get_mut(*at) {
                *slot = identity;
            }
        }
    }
    out
}

type Order<'a> = (bool, Option<i64>, &'a str, &'a str, &'a str, &'a str, usize);

// Earliest first, undated last, then by content; position decides only between equal items.
fn order<'a>(item: &IdentityInput<'a>, at: usize) -> Order<'a> {
    (
        item.published.is_none(),
        item.published,
        item.title,
        item.link.unwrap_or_default(),
        item.description,
        item.enclosure.unwrap_or_default(),
        at,
    )
}

fn mark(item: &IdentityInput<'_>, date_is_unique: bool) -> String {
    match item.published {
        Some(micros) if date_is_unique => hex(&micros.to_string(), 8),
        _ => hex(item.title, 8),
    }
}

// Identities in use, and where numbering stands for each marked one, so that equal items stay cheap.
struct Taken {
    used: HashSet<String>,
    next: HashMap<String, usize>,
}

impl Taken {
    fn free(&mut self, wanted: String) -> String {
        if self.used.insert(wanted.clone()) {
            return wanted;
        }
        let number = self.next.entry(wanted.clone()).or_insert(2);
        loop {
            let candidate = format!("{wanted}-{number}");
            *number += 1;
            if self.used.insert(candidate.clone()) {
                return candidate;
            }
        }
    }
}

// The first `len` hexadecimal digits of SHA-256.
fn hex(text: &str, len: usize) -> String {
    let hash = digest(&SHA256, text.as_bytes());
    let mut out: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    out.truncate(len);
    out
}

#[cfg(test)]
#[path = "tests_identity.rs"]
mod tests;
