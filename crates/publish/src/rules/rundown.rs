//! The rundown: reading a quickly typed line, checking an item, the clock of each item, and the chapters a rundown
//! becomes. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::{Arg, PersonId, Refusal, line, paragraph};
use serde::{Deserialize, Serialize};

use crate::model::{Chapter, Item, ItemLink, ItemState, Source, SourceKind};
use crate::rules::check::is_web_url;

/// Most items of one rundown, or of one show's pool.
pub const MOST_ITEMS: usize = 200;
/// Longest title, in characters.
const TITLE: usize = 255;
/// Longest notes of an item, in characters.
const NOTES: usize = 4000;
/// Most links of an item.
const LINKS: usize = 20;
/// Longest planned length: a day.
const LONGEST: i64 = 86_400_000;

/// What is sent about an item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ItemDraft {
    /// What it is about.
    pub title: String,
    /// What the team says to itself.
    pub notes: String,
    /// How long it shall be, in milliseconds.
    pub planned_ms: i64,
    /// Who prepares it.
    pub assignee: Option<PersonId>,
    /// How far it is.
    pub state: ItemState,
    /// Its links.
    pub links: Vec<ItemLink>,
}

/// Reads a clock: `3:30` or `1:02:03`; a bare number counts `unit` milliseconds each. Nothing typed is zero.
#[must_use]
pub fn clock_ms(text: &str, unit: i64) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() {
        return Some(0);
    }
    let digits = |p: &str| (1..=5).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 || !parts.iter().all(|p| digits(p)) || parts.iter().skip(1).any(|p| p.len() > 2) {
        return None;
    }
    let numbers: Vec<i64> = parts.iter().filter_map(|p| p.parse().ok()).collect();
    if numbers.iter().skip(1).any(|n| *n > 59) {
        return None;
    }
    match numbers.as_slice() {
        [one] => one.checked_mul(unit),
        [m, s] => Some((m * 60 + s) * 1000),
        [h, m, s] => Some((h * 3600 + m * 60 + s) * 1000),
        _ => None,
    }
}

/// Minutes, as a bare number of a planned length counts.
pub const MINUTE: i64 = 60_000;
/// Seconds, as a bare number of a chapter's start counts.
pub const SECOND: i64 = 1000;

/// Words, folded, after which a clock is a time of day and no length.
const BEFORE_A_TIME: &str = "a|jusqu a|vers|des|avant|apres|depuis|rdv|rendez vous|heure|midi|matin|soir|demain\
    |lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche\
    |at|by|from|to|until|till|before|after|around|since|noon|morning|evening|today|tonight|tomorrow\
    |monday|tuesday|wednesday|thursday|friday|saturday|sunday";
/// Words between two times of day.
const BETWEEN_TIMES: &[&str] = &["et", "and", "ou", "or"];

/// Whether a last word that reads as a length is a time of day by the words before it: `à 14:00`, `between 9:00 and 9:30`.
/// Only minutes and seconds that a day has can be one; where nothing before them says so they are a length.
fn is_time_of_day(before: &[&str], last: &str) -> bool {
    let clock = |word: &str| {
        let parts = word.split_once(':').filter(|(_, minutes)| minutes.len() == 2);
        parts.is_some_and(|(hours, _)| hours.parse().is_ok_and(|h: u8| h < 24)) && clock_ms(word, MINUTE).is_some()
    };
    if !clock(last) {
        return false;
    }
    let word = before.last().map(|word| kernel::words(word).join(" ")).unwrap_or_default();
    let two =
        BETWEEN_TIMES.contains(&word.as_str()) && before.iter().rev().nth(1).is_some_and(|earlier| clock(earlier));
    two || BEFORE_A_TIME.split('|').any(|known| known == word)
}

/// Reads a quickly typed line: `Le pont rouvre 3:30 https://…`. Links and one trailing length are taken out; what is
/// left is the title, or the host of the first link. A time of day stays in the title.
#[must_use]
pub fn quick(text: &str) -> ItemDraft {
    let text = line(text);
    let (mut words, mut links, mut planned_ms) = (Vec::new(), Vec::new(), 0);
    for word in text.split(' ') {
        if is_web_url(word) {
            links.push(ItemLink { url: word.to_owned(), ..ItemLink::default() });
        } else {
            words.push(word);
        }
    }
    let length = words.split_last().filter(|(last, before)| last.contains(':') && !is_time_of_day(before, last));
    let length = length.and_then(|(last, _)| clock_ms(last, MINUTE));
    if let Some(ms) = length.filter(|ms| *ms > 0) {
        planned_ms = ms;
        words.pop();
    }
    let mut title = words.join(" ").trim().to_owned();
    if title.is_empty() {
        title = links.first().map(|l| host(&l.url)).unwrap_or_default();
    }
    ItemDraft { title, planned_ms, links, ..ItemDraft::default() }
}

fn host(url: &str) -> String {
    url::Url::parse(url).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default()
}

/// Checks and cleans an item. Links without an address are left out; one without a title gets its host's name.
///
/// # Errors
/// Every field with a problem.
pub fn check(mut draft: ItemDraft) -> Result<ItemDraft, Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    let long = |most: usize| ("most", Arg::Int(i64::try_from(most).unwrap_or(i64::MAX)));
    draft.title = line(&draft.title);
    if draft.title.is_empty() {
        refusal = refusal.field("title", "required");
    } else if draft.title.chars().count() > TITLE {
        refusal = refusal.field_with("title", "too-long", long(TITLE));
    }
    draft.notes = paragraph(&draft.notes);
    if draft.notes.chars().count() > NOTES {
        refusal = refusal.field_with("notes", "too-long", long(NOTES));
    }
    if !(0..=LONGEST).contains(&draft.planned_ms) {
        refusal = refusal.field("planned", "planned-malformed");
    }
    draft.links.retain(|l| !l.url.trim().is_empty() || !l.title.trim().is_empty());
    if draft.links.len() > LINKS {
        refusal = refusal.field_with("links", "too-many", long(LINKS));
    }
    for link in &mut draft.links {
        link.url = link.url.trim().to_owned();
        link.title = line(&link.title);
        if !is_web_url(&link.url) {
            refusal = refusal.clone().field("links", "url-malformed");
        } else if link.title.is_empty() {
            link.title = host(&link.url);
        }
        if link.title.chars().count() > TITLE {
            refusal = refusal.clone().field_with("links", "too-long", long(TITLE));
        }
    }
    refusal.unless_clean()?;
    Ok(draft)
}

/// When each item starts, in milliseconds, and the length of all.
#[must_use]
pub fn clocks(items: &[Item]) -> (Vec<i64>, i64) {
    let mut at = 0;
    let starts = items.iter().map(|item| {
        let start = at;
        at += item.planned_ms;
        start
    });
    (starts.collect(), at)
}

/// Where an item goes in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Before its neighbour above.
    Up,
    /// After its neighbour below.
    Down,
    /// To this place, counted from zero.
    To(usize),
}

/// The order after a move; `None` when the item is not in it.
#[must_use]
pub fn moved(order: &[i64], id: i64, way: Way) -> Option<Vec<i64>> {
    let from = order.iter().position(|o| *o == id)?;
    let to = match way {
        Way::Up => from.saturating_sub(1),
        Way::Down => from + 1,
        Way::To(place) => place,
    };
    let mut out = order.to_vec();
    let item = out.remove(from);
    out.insert(to.min(out.len()), item);
    Some(out)
}

/// How many chapters stand that no item of the rundown made.
#[must_use]
pub fn by_hand(items: &[Item], existing: &[Chapter]) -> usize {
    let ids: HashSet<i64> = items.iter().map(|i| i.id).collect();
    existing.iter().filter(|c| c.item.is_none_or(|id| !ids.contains(&id))).count()
}

/// The chapters of a rundown in the show's language. A chapter already made from an item keeps its start, its picture
/// and the titles in other languages; those no item made stay as they are. A start that is taken moves on by seconds.
#[must_use]
pub fn chapters(items: &[Item], existing: &[Chapter], lang: &str, today: &str) -> Vec<Chapter> {
    let ids: HashSet<i64> = items.iter().map(|i| i.id).collect();
    let (mut made, mut out): (HashMap<i64, &Chapter>, Vec<Chapter>) = (HashMap::new(), Vec::new());
    for chapter in existing {
        match chapter.item.filter(|id| ids.contains(id) && !made.contains_key(id)) {
            Some(id) => drop(made.insert(id, chapter)),
            None => out.push(chapter.clone()),
        }
    }
    let mut taken: HashSet<i64> = out.iter().chain(made.values().copied()).map(|c| c.start_ms).collect();
    let (starts, _) = clocks(items);
    for (item, planned) in items.iter().zip(starts) {
        let old = made.get(&item.id);
        let start_ms = old.map_or_else(
            || {
                let mut start = planned;
                while !taken.insert(start) {
                    start += SECOND;
                }
                start
            },
            |c| c.start_ms,
        );
        let mut titles: BTreeMap<String, String> = old.map(|c| c.titles.clone()).unwrap_or_default();
        titles.insert(lang.to_owned(), item.title.clone());
        let mut sources = old.map(|c| c.sources.clone()).unwrap_or_default();
        for link in &item.links {
            if !sources.iter().any(|s| s.url == link.url) {
                sources.push(source(link, today));
            }
        }
        out.push(Chapter {
            start_ms,
            in_toc: old.is_none_or(|c| c.in_toc),
            image_id: old.and_then(|c| c.image_id),
            titles,
            sources,
            item: Some(item.id),
        });
    }
    out.sort_by_key(|c| c.start_ms);
    out
}

fn source(link: &ItemLink, today: &str) -> Source {
    let kind = if link.kind == SourceKind::Video { SourceKind::Video } else { SourceKind::Link };
    Source { kind, title: link.title.clone(), url: link.url.clone(), seen_on: Some(today.to_owned()) }
}

/// Gives chapters that name no item the item of the chapter that stood at the same start: programs that read and write
/// an episode need not know the rundown.
pub fn keep_items(chapters: &mut [Chapter], before: &[Chapter]) {
    let named: HashSet<i64> = chapters.iter().filter_map(|c| c.item).collect();
    for chapter in chapters.iter_mut().filter(|c| c.item.is_none()) {
        let old = before.iter().find(|b| b.start_ms == chapter.start_ms).and_then(|b| b.item);
        chapter.item = old.filter(|id| !named.contains(id));
    }
}

#[cfg(test)]
mod tests {
    use kernel::OrgId;
    use proptest::prelude::*;

    use super::*;

    fn item(id: i64, title: &str, planned_ms: i64, url: Option<&str>) -> Item {
        let link = |url: &str| ItemLink { title: "Archives".to_owned(), url: url.to_owned(), ..ItemLink::default() };
        Item {
            id,
            org: OrgId(1),
            show: 1,
            episode: Some(1),
            position: id,
            title: title.to_owned(),
            notes: String::new(),
            planned_ms,
            assignee: None,
            state: ItemState::Idea,
            dropped: false,
            version: 1,
            links: url.map(link).into_iter().collect(),
        }
    }

    #[test]
    fn a_quick_line_is_a_title_a_length_and_links() {
        for (typed, title, planned, links) in [
            ("Le pont rouvre", "Le pont rouvre", 0, 0),
            ("Le pont rouvre 3:30 https://a.example/x", "Le pont rouvre", 210_000, 1),
            ("https://a.example/x?y=1", "a.example", 0, 1),
            ("Rendez-vous à 14:00 devant la gare", "Rendez-vous à 14:00 devant la gare", 0, 0),
            ("  4:00 ", "", 240_000, 0),
            ("Rendez-vous à 14:00", "Rendez-vous à 14:00", 0, 0),
            ("Rendez-vous 14:00", "Rendez-vous 14:00", 0, 0),
            ("Le conseil se réunit dès 9:30 https://a.example/x", "Le conseil se réunit dès 9:30", 0, 1),
            ("Jusqu’à 23:59", "Jusqu’à 23:59", 0, 0),
            ("Le marché, samedi 08:00", "Le marché, samedi 08:00", 0, 0),
            ("Entre 13:00 et 14:00", "Entre 13:00 et 14:00", 0, 0),
            ("Doors open at 7:00", "Doors open at 7:00", 0, 0),
            ("Open from 9:00 to 12:30", "Open from 9:00 to 12:30", 0, 0),
            ("Le grand entretien 14:00", "Le grand entretien", 840_000, 0),
            ("Rendez-vous à 14:00 3:30", "Rendez-vous à 14:00", 210_000, 0),
            ("Rien que pour vous 3:30", "Rien que pour vous", 210_000, 0),
            ("Le fleuve et 4:00", "Le fleuve et", 240_000, 0),
            ("Du matin à 25:00", "Du matin à", 1_500_000, 0),
            ("Le récit à 1:02:03", "Le récit à", 3_723_000, 0),
            ("Chronique de 3:30", "Chronique de", 210_000, 0),
            ("javascript:alert(1)", "javascript:alert(1)", 0, 0),
        ] {
            let read = quick(typed);
            assert_eq!((read.title.as_str(), read.planned_ms, read.links.len()), (title, planned, links), "{typed}");
        }
    }

    #[test]
    fn clocks_are_read_as_people_write_them() {
        for (typed, unit, ms) in [
            ("", MINUTE, Some(0)),
            ("3", MINUTE, Some(180_000)),
            ("3", SECOND, Some(3000)),
            ("3:30", MINUTE, Some(210_000)),
            ("1:02:03", SECOND, Some(3_723_000)),
            ("3:60", MINUTE, None),
            ("-3", MINUTE, None),
            ("1:2:3:4", MINUTE, None),
            ("trois", MINUTE, None),
            ("999999999999", MINUTE, None),
        ] {
            assert_eq!(clock_ms(typed, unit), ms, "{typed}");
        }
    }

    #[test]
    fn what_no_link_or_length_can_be_is_refused_by_field() {
        let draft = ItemDraft { title: "t".to_owned(), ..ItemDraft::default() };
        let link = |url: &str| vec![ItemLink { url: url.to_owned(), ..ItemLink::default() }];
        for (draft, field, code) in [
            (ItemDraft::default(), "title", "required"),
            (ItemDraft { planned_ms: -1, ..draft.clone() }, "planned", "planned-malformed"),
            (ItemDraft { links: link("javascript:alert(1)"), ..draft.clone() }, "links", "url-malformed"),
            (ItemDraft { notes: "n".repeat(4001), ..draft.clone() }, "notes", "too-long"),
        ] {
            let refusal = check(draft).expect_err("refused");
            assert!(refusal.fields.iter().any(|f| f.name == field && f.code == code), "{field} {code}");
        }
        let kept = check(ItemDraft { links: link("https://a.example/x"), ..draft }).expect("kept");
        assert_eq!(kept.links[0].title, "a.example");
    }

    #[test]
    fn a_rundown_becomes_chapters_and_keeps_what_was_corrected() {
        let mut items = vec![
            item(1, "Ouverture", 60_000, None),
            item(2, "Le pont", 120_000, Some("https://a.example/1")),
            item(3, "Météo", 0, None),
            item(4, "Fin", 0, None),
        ];
        let first = chapters(&items, &[], "fr", "2026-11-24");
        let starts: Vec<i64> = first.iter().map(|c| c.start_ms).collect();
        assert_eq!(starts, [0, 60_000, 180_000, 181_000]);
        assert_eq!(first[1].sources[0].seen_on.as_deref(), Some("2026-11-24"));
        let mut edited = first.clone();
        edited[1].start_ms = 65_000;
        edited[1].titles.insert("en".to_owned(), "The bridge".to_owned());
        let mut by_hand_made = edited[0].clone();
        (by_hand_made.item, by_hand_made.start_ms) = (None, 90_000);
        edited.push(by_hand_made);
        assert_eq!(by_hand(&items, &edited), 1);
        items[1].title = "Le vieux pont".to_owned();
        items.swap(2, 3);
        let again = chapters(&items, &edited, "fr", "2026-11-25");
        assert_eq!(again.len(), 5);
        let bridge = again.iter().find(|c| c.item == Some(2)).expect("there");
        assert_eq!((bridge.start_ms, bridge.titles["fr"].as_str()), (65_000, "Le vieux pont"));
        assert_eq!((bridge.titles["en"].as_str(), bridge.sources.len()), ("The bridge", 1));
        assert_eq!(bridge.sources[0].seen_on.as_deref(), Some("2026-11-24"), "looked at on the first day");
        assert!(again.iter().any(|c| c.item.is_none() && c.start_ms == 90_000), "made by hand, kept");
        assert_eq!(chapters(&items, &again, "fr", "2026-11-26"), again, "a second time changes nothing");
    }

    #[test]
    fn programs_need_not_know_the_rundown() {
        let items = vec![item(1, "Un", 60_000, None), item(2, "Deux", 0, None)];
        let before = chapters(&items, &[], "fr", "2026-11-24");
        let mut sent = before.clone();
        sent.iter_mut().for_each(|c| c.item = None);
        sent[1].start_ms += 1;
        keep_items(&mut sent, &before);
        assert_eq!((sent[0].item, sent[1].item), (Some(1), None));
    }

    proptest! {
        #[test]
        fn chapters_never_share_a_start(lengths in prop::collection::vec(0_i64..5000, 0..30), hand in 0_i64..9000) {
            let items: Vec<Item> = lengths.iter().zip(1..).map(|(ms, id)| item(id, "t", *ms, None)).collect();
            let mut own = chapters(&[item(99, "main", 0, None)], &[], "fr", "2026-11-24");
            (own[0].item, own[0].start_ms) = (None, hand);
            let made = chapters(&items, &own, "fr", "2026-11-24");
            prop_assert_eq!(made.len(), items.len() + 1);
            prop_assert!(made.windows(2).all(|w| w[0].start_ms < w[1].start_ms));
        }

        #[test]
        fn a_move_loses_nobody(order in prop::collection::hash_set(0_i64..50, 1..20), pick in 0_usize..20, to in 0_usize..25) {
            let order: Vec<i64> = order.into_iter().collect();
            let id = order[pick % order.len()];
            for way in [Way::Up, Way::Down, Way::To(to)] {
                let mut after = moved(&order, id, way).expect("in it");
                let mut before = order.clone();
                after.sort_unstable();
                before.sort_unstable();
                prop_assert_eq!(after, before);
            }
        }
    }
}
