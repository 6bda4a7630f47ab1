//! What an import of a feed would do: which items are new, which changed, which are known. Pure: the feed as read
//! and the rows as known go in, a plan comes out; running the plan twice plans nothing the second time.

use std::collections::{HashMap, HashSet};

use kernel::{At, fold, sha256_hex};

use crate::model::{Known, UNDATED};
use crate::reader::{EpisodeType, Feed, Item};

/// What to do with one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A new episode with this GUID.
    Create(String),
    /// The episode of this id, with the item's new content.
    Update(i64),
    /// The episode of this id, as it is.
    Keep(i64),
}

/// A plan: one step and one digest per item, in the order of the feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Steps.
    pub steps: Vec<Step>,
    /// Digests of the items.
    pub digests: Vec<String>,
}

impl Plan {
    /// How many episodes would be created, updated and kept.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |wanted: fn(&Step) -> bool| self.steps.iter().filter(|s| wanted(s)).count();
        (
            count(|s| matches!(s, Step::Create(_))),
            count(|s| matches!(s, Step::Update(_))),
            count(|s| matches!(s, Step::Keep(_))),
        )
    }
}

impl Plan {
    /// Keeps episodes as they are that would be changed; gives the places of their items.
    pub fn hold(&mut self, held: &HashSet<i64>) -> Vec<usize> {
        let mut places = Vec::new();
        for (at, step) in self.steps.iter_mut().enumerate() {
            if let Step::Update(id) = *step
                && held.contains(&id)
            {
                *step = Step::Keep(id);
                places.push(at);
            }
        }
        places
    }

    /// The episodes that would be changed.
    #[must_use]
    pub fn updates(&self) -> Vec<i64> {
        self.steps.iter().filter_map(|s| if let Step::Update(id) = s { Some(*id) } else { None }).collect()
    }
}

/// The instant an item is published at.
#[must_use]
pub fn published(item: &Item) -> At {
    item.published.map_or(UNDATED, At::from_micros)
}

/// A digest of everything of an item that an import stores.
#[must_use]
pub fn digest(item: &Item) -> String {
    let enclosure = item.enclosure.as_ref().map(|e| (&e.url, e.length, &e.mime));
    let kind = match item.episode_type {
        EpisodeType::Full => "full",
        EpisodeType::Trailer => "trailer",
        EpisodeType::Bonus => "bonus",
    };
    let text = format!(
        "{:?}",
        (
            (&item.title, &item.link, &item.description_html, &item.summary, item.published, enclosure),
            (item.duration_s, &item.image_url, item.explicit, item.season, item.episode, kind, &item.author),
            (&item.transcripts, &item.chapters_url, &item.psc_chapters, &item.persons),
        )
    );
    sha256_hex(text.as_bytes())
}

/// Plans an import.
///
/// An item finds its episode by identity. Two cases need more than that: items that share one GUID are told apart
/// by their date, so that a further repeat does not shift the marks of the others; and an item without GUID
/// whose enclosure moved is recognised by date and title.
#[must_use]
pub fn plan(feed: &Feed, known: &[Known]) -> Plan {
    plan_items(&feed.items, feed.items.iter().map(digest).collect(), known)
}

/// As [`plan`], with digests the caller made: an export holds more of an item than a feed does.
#[must_use]
pub fn plan_items(items: &[Item], digests: Vec<String>, known: &[Known]) -> Plan {
    let mut finder = Finder::new(items, known);
    let mut found: Vec<Option<usize>> = vec![None; items.len()];
    for look in [Finder::repeated, Finder::by_identity, Finder::moved] {
        for (index, item) in items.iter().enumerate() {
            if found[index].is_none() {
                found[index] = look(&finder, item).filter(|i| !finder.used.contains(i));
                finder.used.extend(found[index]);
            }
        }
    }
    let mut taken: HashSet<String> = known.iter().map(|k| k.guid.clone()).collect();
    let mut plan = Plan::default();
    for ((item, found), digest) in items.iter().zip(found).zip(digests) {
        plan.steps.push(match found {
            Some(index) if known[index].digest.as_ref() == Some(&digest) => Step::Keep(known[index].id),
            Some(index) => Step::Update(known[index].id),
            None => Step::Create(free_guid(item, &mut taken)),
        });
        plan.digests.push(digest);
    }
    plan
}

/// The item's identity, marked further when an earlier import gave that identity to another item.
fn free_guid(item: &Item, taken: &mut HashSet<String>) -> String {
    let mut guid = item.identity.clone();
    let mut round = 0;
    while !taken.insert(guid.clone()) {
        let seed = format!("{:?} {} {round}", item.published, item.title);
        guid = format!("{}#{}", item.identity, &sha256_hex(seed.as_bytes())[..8]);
        round += 1;
    }
    guid
}

struct Finder<'a> {
    known: &'a [Known],
    by_guid: HashMap<&'a str, usize>,
    /// GUIDs several items of the feed, or several known episodes, share.
    shared: HashMap<&'a str, Vec<usize>>,
    /// Episodes without a GUID of their own, by date and title.
    nameless: HashMap<(Option<At>, String), usize>,
    used: HashSet<usize>,
}

/// The GUID a feed gave, without the mark that keeps repeats apart.
fn base(known: &Known) -> &str {
    let guid = known.guid.as_str();
    match guid.rsplit_once('#') {
        Some((front, mark)) if mark.len() == 8 && mark.bytes().all(|b| b.is_ascii_hexdigit()) => front,
        _ => guid,
    }
}

impl<'a> Finder<'a> {
    fn new(items: &'a [Item], known: &'a [Known]) -> Self {
        let by_guid = known.iter().enumerate().map(|(i, k)| (k.guid.as_str(), i)).collect();
        let mut times: HashMap<&str, usize> = HashMap::new();
        for item in items {
            *times.entry(item.guid.as_deref().unwrap_or_default()).or_default() += 1;
        }
        let mut groups: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, episode) in known.iter().enumerate().filter(|(_, k)| k.guid_given) {
            groups.entry(base(episode)).or_default().push(index);
        }
        let shared = groups
            .into_iter()
            .filter(|(guid, members)| members.len() > 1 || times.get(guid).is_some_and(|n| *n > 1))
            .collect();
        let mut nameless = HashMap::new();
        for (index, episode) in known.iter().enumerate().filter(|(_, k)| !k.guid_given) {
            nameless.entry((episode.published, fold(&episode.title))).or_insert(index);
        }
        Self { known, by_guid, shared, nameless, used: HashSet::new() }
    }

    fn repeated(&self, item: &Item) -> Option<usize> {
        let members = self.shared.get(item.guid.as_deref()?)?;
        let same_date = |i: &&usize| self.known[**i].published == Some(published(item));
        let free = || members.iter().filter(|i| !self.used.contains(i)).filter(same_date);
        free().find(|i| fold(&self.known[**i].title) == fold(&item.title)).or_else(|| free().next()).copied()
    }

    fn by_identity(&self, item: &Item) -> Option<usize> {
        self.by_guid.get(item.identity.as_str()).copied()
    }

    fn moved(&self, item: &Item) -> Option<usize> {
        if item.guid.is_some() || item.published.is_none() {
            return None;
        }
        self.nameless.get(&(Some(published(item)), fold(&item.title))).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{Limits, read};

    fn feed(items: &[(&str, &str, &str, &str)]) -> Feed {
        let items: String = items
            .iter()
            .map(|(guid, title, day, file)| {
                let guid = if guid.is_empty() { String::new() } else { format!("<guid>{guid}</guid>") };
                format!(
                    "<item><title>{title}</title>{guid}<pubDate>{day} Nov 2026 06:00:00 +0000</pubDate>\
                     <enclosure url=\"https://m.example/{file}.mp3\" length=\"9\" type=\"audio/mpeg\"/></item>"
                )
            })
            .collect();
        let xml = format!("<rss version=\"2.0\"><channel><title>T</title>{items}</channel></rss>");
        read(xml.as_bytes(), None, &Limits::default()).expect("readable")
    }

    /// What the database would know after running the plan.
    fn run(feed: &Feed, known: &mut Vec<Known>) -> Plan {
        let plan = plan(feed, known);
        for ((item, step), digest) in feed.items.iter().zip(&plan.steps).zip(&plan.digests) {
            let id = i64::try_from(known.len()).expect("small");
            match step {
                Step::Create(guid) => known.push(Known {
                    id,
                    guid: guid.clone(),
                    guid_given: item.guid.is_some(),
                    published: Some(published(item)),
                    title: item.title.clone(),
                    digest: Some(digest.clone()),
                }),
                Step::Update(id) => {
                    let row = known.iter_mut().find(|k| k.id == *id).expect("known");
                    (row.title, row.digest) = (item.title.clone(), Some(digest.clone()));
                }
                Step::Keep(_) => {}
            }
        }
        plan
    }

    #[test]
    fn c2_twice_is_once_and_a_later_copy_adds_the_difference() {
        let first = feed(&[("b", "B", "20", "b"), ("a", "A", "19", "a")]);
        let later = feed(&[("c", "C", "21", "c"), ("b", "B bis", "20", "b"), ("a", "A", "19", "moved")]);
        let mut known = Vec::new();
        assert_eq!(run(&first, &mut known).counts(), (2, 0, 0));
        assert_eq!(run(&first, &mut known).counts(), (0, 0, 2));
        assert_eq!(run(&later, &mut known).counts(), (1, 2, 0));
        assert_eq!(run(&later, &mut known).counts(), (0, 0, 3));
        assert_eq!(known.len(), 3);
    }

    #[test]
    fn c3_repeated_guids_stay_apart_when_files_move_and_repeats_come() {
        let first = feed(&[("x", "Two", "20", "two"), ("x", "One", "19", "one")]);
        // An even earlier repeat arrives, and every enclosure has moved.
        let later = feed(&[("x", "Two", "20", "two-m"), ("x", "One", "19", "one-m"), ("x", "Zero", "18", "zero")]);
        let mut known = Vec::new();
        run(&first, &mut known);
        let guids: Vec<String> = known.iter().map(|k| k.guid.clone()).collect();
        assert_eq!(run(&later, &mut known).counts(), (1, 2, 0));
        assert_eq!(known.iter().take(2).map(|k| k.guid.clone()).collect::<Vec<_>>(), guids);
        let titles: Vec<&str> = known.iter().map(|k| k.title.as_str()).collect();
        assert_eq!(titles, ["Two", "One", "Zero"]);
        assert_eq!(known.iter().map(|k| &k.guid).collect::<HashSet<_>>().len(), 3);
    }

    #[test]
    fn c3_an_item_without_guid_is_known_again_when_its_file_moved() {
        let mut known = Vec::new();
        run(&feed(&[("", "A", "19", "a")]), &mut known);
        assert_eq!(run(&feed(&[("", "A", "19", "elsewhere")]), &mut known).counts(), (0, 1, 0));
        assert_eq!(known[0].guid, "https://m.example/a.mp3");
        // Another title on the same day is another episode.
        assert_eq!(run(&feed(&[("", "B", "19", "b")]), &mut known).counts(), (1, 0, 0));
    }
}
