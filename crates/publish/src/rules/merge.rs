//! Two people changed one episode: what each changed, field by field, and what comes out. Pure. A field only one side
//! changed merges by itself; one both changed differently is a collision, and nobody's words are lost over it.

mod order;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use self::order::Lead;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::{Chapter, Credit, EpisodeKind, EpisodeText};
use crate::rules::check::EpisodeDraft;

/// The part of an episode one form edits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Section {
    /// The texts of a language.
    Texts(String, EpisodeText),
    /// Number, season, kind, explicit; the name in addresses.
    Details {
        /// Its name in addresses; empty keeps it.
        slug: String,
        /// Its number.
        number: Option<i64>,
        /// Its season.
        season: Option<i64>,
        /// Full, trailer or bonus.
        kind: EpisodeKind,
        /// Whether it is explicit.
        explicit: Option<bool>,
    },
    /// Who is in it.
    Credits(Vec<Credit>),
    /// The chapters.
    Chapters(Vec<Chapter>),
    /// Everything.
    Whole(EpisodeDraft),
}

/// A draft with one part replaced.
#[must_use]
pub fn with(mut draft: EpisodeDraft, section: &Section) -> EpisodeDraft {
    match section.clone() {
        Section::Texts(lang, text) => {
            let kept = draft.texts.get(&lang).filter(|t| t.notes_md.is_none() && text.notes_md.is_none());
            let notes_html = kept.map(|t| t.notes_html.clone()).unwrap_or_default();
            drop(draft.texts.insert(lang, EpisodeText { notes_html, ..text }));
        }
        Section::Details { slug, number, season, kind, explicit } => {
            if !slug.is_empty() {
                draft.slug = slug;
            }
            (draft.number, draft.season, draft.kind, draft.explicit) = (number, season, kind, explicit);
        }
        Section::Credits(credits) => draft.credits = credits,
        Section::Chapters(chapters) => draft.chapters = chapters,
        Section::Whole(whole) => draft = whole,
    }
    draft
}

/// A draft as it is compared and kept: notes that are made from Markdown are not said twice.
#[must_use]
pub fn plain(mut draft: EpisodeDraft) -> EpisodeDraft {
    for text in draft.texts.values_mut().filter(|t| t.notes_md.is_some()) {
        text.notes_html.clear();
    }
    draft.chapters.sort_by_key(|c| c.start_ms);
    draft
}

/// A draft taken apart: fields by name, and the order of the credits.
#[derive(Clone, Debug, Default)]
struct Parts {
    fields: BTreeMap<String, Value>,
    order: Vec<String>,
}

fn named(prefix: &str, name: &str, taken: &BTreeMap<String, Value>) -> String {
    let first = format!("{prefix}/{name}");
    let mut key = first.clone();
    let mut n = 2;
    while taken.contains_key(&key) {
        key = format!("{first}#{n}");
        n += 1;
    }
    key
}

fn apart(draft: &EpisodeDraft) -> Parts {
    let mut fields = BTreeMap::from([
        ("slug".to_owned(), json!(draft.slug)),
        ("number".to_owned(), json!(draft.number)),
        ("season".to_owned(), json!(draft.season)),
        ("kind".to_owned(), json!(draft.kind)),
        ("explicit".to_owned(), json!(draft.explicit)),
    ]);
    for (lang, text) in &draft.texts {
        let mut put = |name: &str, value: &str| fields.insert(format!("texts/{lang}/{name}"), json!(value));
        put("title", &text.title);
        put("summary", &text.summary);
        put("cover_alt", &text.cover_alt);
        match &text.notes_md {
            Some(md) => drop(put("notes", md)),
            None if text.notes_html.is_empty() => {}
            None => drop(put("notes_html", &text.notes_html)),
        }
    }
    for chapter in &draft.chapters {
        let name = match chapter.item {
            Some(item) => format!("item:{item}"),
            None => format!("start:{}", chapter.start_ms),
        };
        let key = named("chapters", &name, &fields);
        fields.insert(key, json!(chapter));
    }
    let mut order = Vec::new();
    for credit in &draft.credits {
        let key = named("credits", &kernel::fold(&credit.name), &fields);
        fields.insert(key.clone(), json!(credit));
        order.push(key);
    }
    Parts { fields, order }
}

fn together(parts: &Parts) -> EpisodeDraft {
    let read = |name: &str| parts.fields.get(name).cloned().unwrap_or(Value::Null);
    let mut draft = EpisodeDraft {
        slug: serde_json::from_value(read("slug")).unwrap_or_default(),
        number: read("number").as_i64(),
        season: read("season").as_i64(),
        kind: serde_json::from_value(read("kind")).unwrap_or_default(),
        explicit: read("explicit").as_bool(),
        ..EpisodeDraft::default()
    };
    for (key, value) in &parts.fields {
        let mut path = key.splitn(3, '/');
        match (path.next(), path.next(), path.next()) {
            (Some("texts"), Some(lang), Some(name)) => {
                let text: &mut EpisodeText = draft.texts.entry(lang.to_owned()).or_default();
                let typed = value.as_str().unwrap_or_default().to_owned();
                match name {
                    "title" => text.title = typed,
                    "summary" => text.summary = typed,
                    "cover_alt" => text.cover_alt = typed,
                    "notes" => text.notes_md = Some(typed),
                    _ => text.notes_html = typed,
                }
            }
            (Some("chapters"), ..) => draft.chapters.extend(serde_json::from_value(value.clone())),
            _ => {}
        }
    }
    for key in &parts.order {
        draft.credits.extend(parts.fields.get(key).and_then(|v| serde_json::from_value(v.clone()).ok()));
    }
    plain(draft)
}

/// A field both sides changed, each differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collision {
    /// Its name: `number`, `texts/fr/title`, `chapters/start:0`, `credits/odile`; `credits` is the order of the credits, a
    /// list of names.
    pub field: String,
    /// What both began from; nothing when it was not there, or is not known any more.
    pub base: Option<Value>,
    /// What was saved meanwhile.
    pub theirs: Option<Value>,
    /// What wants to be saved.
    pub mine: Option<Value>,
}

/// What comes out of two changes.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The result; where the two collide it holds mine.
    pub draft: EpisodeDraft,
    /// Fields in which theirs came in.
    pub taken: Vec<String>,
    /// Fields somebody has to choose.
    pub collisions: Vec<Collision>,
    /// The order of the credits as it was saved meanwhile.
    their_order: Vec<String>,
}

/// Merges `theirs` and `mine`, which both began from `base`. Without a base every difference is a collision.
#[must_use]
pub fn merge(base: Option<&EpisodeDraft>, theirs: &EpisodeDraft, mine: &EpisodeDraft) -> Merged {
    let (base_parts, theirs, mine) = (base.map(apart), apart(theirs), apart(mine));
    let names: BTreeSet<&String> =
        base_parts.iter().flat_map(|b| b.fields.keys()).chain(theirs.fields.keys()).chain(mine.fields.keys()).collect();
    let (mut fields, mut taken, mut collisions) = (BTreeMap::new(), Vec::new(), Vec::new());
    for name in names {
        let (t, m) = (theirs.fields.get(name), mine.fields.get(name));
        let b = base_parts.as_ref().map(|b| b.fields.get(name));
        let value = if t == m || b == Some(t) {
            m
        } else if b == Some(m) {
            taken.push(name.clone());
            t
        } else {
            collisions.push(Collision {
                field: name.clone(),
                base: b.flatten().cloned(),
                theirs: t.cloned(),
                mine: m.cloned(),
            });
            m
        };
        if let Some(value) = value {
            fields.insert(name.clone(), value.clone());
        }
    }
    let base_order = base_parts.as_ref().map(|b| b.order.as_slice());
    let lead = order::lead(base_order, &theirs.order, &mine.order);
    if lead == Lead::Theirs {
        taken.push(order::FIELD.to_owned());
    }
    if lead == Lead::Nobody {
        collisions.push(Collision {
            field: order::FIELD.to_owned(),
            base: base_parts.as_ref().map(|b| order::names(&b.order, &b.fields)),
            theirs: Some(order::names(&theirs.order, &theirs.fields)),
            mine: Some(order::names(&mine.order, &mine.fields)),
        });
    }
    let order = order::merged(lead, base_order.unwrap_or_default(), &theirs.order, &mine.order, &fields);
    let draft = together(&Parts { fields, order });
    Merged { draft, taken, collisions, their_order: theirs.order }
}

/// What somebody chose for a field of a collision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// What was saved meanwhile.
    Theirs,
    /// What they wanted to save.
    Mine,
    /// Something new, typed; only for fields that are text or numbers.
    Typed(String),
}

/// Whether a field's result can be typed.
#[must_use]
pub fn is_typed(field: &str) -> bool {
    matches!(field, "slug" | "number" | "season") || (field.starts_with("texts/") && !field.ends_with("/notes_html"))
}

/// The draft after the choices; a field without one stays mine.
#[must_use]
pub fn resolve(merged: &Merged, choices: &HashMap<String, Choice>) -> EpisodeDraft {
    let mut parts = apart(&merged.draft);
    for collision in merged.collisions.iter().filter(|c| c.field != order::FIELD) {
        let field = &collision.field;
        let value = match choices.get(field) {
            Some(Choice::Theirs) => collision.theirs.clone(),
            Some(Choice::Typed(text)) if is_typed(field) => Some(match field.as_str() {
                "number" | "season" => json!(text.trim().parse::<i64>().ok()),
                _ => json!(text),
            }),
            _ => continue,
        };
        match value {
            Some(value) => {
                if field.starts_with("credits/") && !parts.order.contains(field) {
                    parts.order.push(field.clone());
                }
                drop(parts.fields.insert(field.clone(), value));
            }
            None => {
                parts.fields.remove(field);
                parts.order.retain(|k| k != field);
            }
        }
    }
    let reordered = merged.collisions.iter().any(|c| c.field == order::FIELD);
    if reordered && choices.get(order::FIELD) == Some(&Choice::Theirs) {
        parts.order = order::follow(&merged.their_order, &parts.fields);
    }
    together(&parts)
}

/// A field that differs between two versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name, as in [`Collision::field`].
    pub field: String,
    /// What it was.
    pub before: Option<Value>,
    /// What it became.
    pub after: Option<Value>,
}

/// Every field that differs between two versions.
#[must_use]
pub fn differences(before: &EpisodeDraft, after: &EpisodeDraft) -> Vec<Difference> {
    let (before, after) = (apart(before), apart(after));
    let names: BTreeSet<&String> = before.fields.keys().chain(after.fields.keys()).collect();
    let differ = names.into_iter().filter(|n| before.fields.get(*n) != after.fields.get(*n));
    let mut out: Vec<Difference> = differ
        .map(|name| Difference {
            field: name.clone(),
            before: before.fields.get(name).cloned(),
            after: after.fields.get(name).cloned(),
        })
        .collect();
    if order::differs(&before.order, &after.order) {
        out.push(Difference {
            field: order::FIELD.to_owned(),
            before: Some(order::names(&before.order, &before.fields)),
            after: Some(order::names(&after.order, &after.fields)),
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chapter(start_ms: i64, title: &str) -> Chapter {
        let titles = [("fr".to_owned(), title.to_owned())].into();
        Chapter { start_ms, in_toc: true, image_id: None, titles, sources: Vec::new(), item: None }
    }

    fn draft() -> impl Strategy<Value = EpisodeDraft> {
        let word = || "[a-c]{0,2}";
        let text = (word(), word(), prop::option::of(word()), word());
        let texts = prop::collection::btree_map("fr|en", text, 0..3);
        let chapters = prop::collection::btree_map(0_i64..4, word(), 0..4);
        let credits = prop::collection::btree_map("[a-d]", word(), 0..4);
        let facts = (word(), prop::option::of(0_i64..3), prop::option::of(any::<bool>()));
        (texts, chapters, credits, facts, any::<bool>()).prop_map(|(texts, chapters, credits, facts, turn)| {
            let text = |(title, summary, md, html): (String, String, Option<String>, String)| EpisodeText {
                title,
                summary,
                notes_html: if md.is_some() { String::new() } else { html },
                notes_md: md,
                cover_alt: String::new(),
            };
            let mut credits: Vec<Credit> =
                credits.into_iter().map(|(name, role)| Credit { name, role, ..Credit::default() }).collect();
            if turn {
                credits.reverse();
            }
            EpisodeDraft {
                slug: facts.0,
                number: facts.1,
                explicit: facts.2,
                texts: texts.into_iter().map(|(lang, t)| (lang, text(t))).collect(),
                chapters: chapters.into_iter().map(|(start, title)| chapter(start, &title)).collect(),
                credits,
                ..EpisodeDraft::default()
            }
        })
    }

    fn changed(base: &EpisodeDraft, other: &EpisodeDraft) -> BTreeMap<String, Option<Value>> {
        differences(base, other).into_iter().map(|d| (d.field, d.after)).collect()
    }

    proptest! {
        #[test]
        fn who_changed_nothing_gets_the_other(base in draft(), a in draft()) {
            let theirs = merge(Some(&base), &a, &base);
            prop_assert_eq!(&theirs.draft, &a);
            prop_assert!(theirs.collisions.is_empty());
            let mine = merge(Some(&base), &base, &a);
            prop_assert_eq!(&mine.draft, &a);
            prop_assert!(mine.collisions.is_empty() && mine.taken.is_empty());
        }

        #[test]
        fn a_collision_is_what_both_changed_differently(base in draft(), a in draft(), b in draft()) {
            let (of_a, of_b) = (changed(&base, &a), changed(&base, &b));
            let field = |f: &String| f != order::FIELD;
            let expected: Vec<&String> =
                of_a.iter().filter(|(f, v)| field(f) && of_b.get(*f).is_some_and(|other| other != *v)).map(|(f, _)| f).collect();
            let merged = merge(Some(&base), &a, &b);
            let fields: Vec<&String> = merged.collisions.iter().map(|c| &c.field).filter(|f| field(f)).collect();
            prop_assert_eq!(&fields, &expected);
            let got = &merged.collisions;
            let other = merge(Some(&base), &b, &a);
            prop_assert_eq!(other.collisions.len(), got.len());
            if got.is_empty() {
                prop_assert_eq!(merged.draft, other.draft);
            }
        }

        #[test]
        fn whoever_is_chosen_stands_in_the_result(base in draft(), a in draft(), b in draft()) {
            let merged = merge(Some(&base), &a, &b);
            let pick = |choice: Choice| merged.collisions.iter().map(|c| (c.field.clone(), choice.clone())).collect();
            let theirs = apart(&resolve(&merged, &pick(Choice::Theirs))).fields;
            let mine = apart(&resolve(&merged, &pick(Choice::Mine))).fields;
            for c in &merged.collisions {
                // A language without a title in the end is no text any more: its fields come back empty.
                if !c.field.starts_with("texts/") && c.field != order::FIELD {
                    prop_assert_eq!(theirs.get(&c.field), c.theirs.as_ref());
                    prop_assert_eq!(mine.get(&c.field), c.mine.as_ref());
                }
            }
        }
    }

    fn credited(names: &str) -> EpisodeDraft {
        let credits = names.chars().map(|n| Credit { name: n.to_string(), ..Credit::default() }).collect();
        EpisodeDraft { credits, ..EpisodeDraft::default() }
    }

    fn names(draft: &EpisodeDraft) -> String {
        draft.credits.iter().map(|c| c.name.as_str()).collect()
    }

    #[test]
    fn the_order_of_credits_is_asked_where_both_changed_it() {
        // base, theirs, mine, whether it is asked, with theirs chosen, with mine.
        let table = [
            ("abc", "bac", "abc", false, "bac", "bac"),
            ("abc", "abc", "acb", false, "acb", "acb"),
            ("abc", "bac", "bac", false, "bac", "bac"),
            ("abc", "bac", "acb", true, "bac", "acb"),
            ("abc", "abcx", "abcy", false, "abcxy", "abcxy"),
            ("abc", "xabc", "cba", false, "cbax", "cbax"),
            ("abc", "bacx", "cba", true, "bacx", "cbax"),
            ("abc", "bac", "bc", false, "bc", "bc"),
            ("abc", "xabc", "abcx", true, "xabc", "abcx"),
            ("abcd", "badc", "acb", true, "bac", "acb"),
            ("ab", "ba", "", false, "", ""),
        ];
        for (base, theirs, mine, asked, with_theirs, with_mine) in table {
            let merged = merge(Some(&credited(base)), &credited(theirs), &credited(mine));
            let orders: Vec<&Collision> = merged.collisions.iter().filter(|c| c.field == order::FIELD).collect();
            assert_eq!(orders.len(), usize::from(asked), "{base} {theirs} {mine}");
            assert_eq!(merged.collisions.len(), orders.len(), "{base} {theirs} {mine}");
            let pick = |choice| names(&resolve(&merged, &HashMap::from([(order::FIELD.to_owned(), choice)])));
            assert_eq!(pick(Choice::Theirs), with_theirs, "{base} {theirs} {mine}");
            assert_eq!(pick(Choice::Mine), with_mine, "{base} {theirs} {mine}");
            if asked {
                let letters = |text: &str| json!(text.chars().map(String::from).collect::<Vec<_>>());
                assert_eq!(orders[0].theirs, Some(letters(theirs)));
                assert_eq!((&orders[0].base, &orders[0].mine), (&Some(letters(base)), &Some(letters(mine))));
            }
        }
        assert_eq!(merge(None, &credited("ab"), &credited("ba")).collisions.len(), 1, "nobody knows what it was");
        assert_eq!(differences(&credited("ab"), &credited("ba")).len(), 1, "a move is a change");
        assert!(differences(&credited("ab"), &credited("axb")).iter().all(|d| d.field == "credits/x"));
    }

    #[test]
    fn without_a_base_every_difference_is_asked() {
        let base = EpisodeDraft { number: Some(1), slug: "a".to_owned(), ..EpisodeDraft::default() };
        let mine = EpisodeDraft { number: Some(2), ..base.clone() };
        let merged = merge(None, &base, &mine);
        assert_eq!(merged.collisions.iter().map(|c| c.field.as_str()).collect::<Vec<_>>(), ["number"]);
        let typed = HashMap::from([("number".to_owned(), Choice::Typed(" 7 ".to_owned()))]);
        assert_eq!(resolve(&merged, &typed).number, Some(7));
    }

    #[test]
    fn a_form_replaces_its_part_alone() {
        let text = EpisodeText { title: "t".to_owned(), notes_html: "<p>x</p>".to_owned(), ..EpisodeText::default() };
        let draft =
            EpisodeDraft { texts: [("fr".to_owned(), text)].into(), number: Some(3), ..EpisodeDraft::default() };
        let typed = EpisodeText { title: "u".to_owned(), ..EpisodeText::default() };
        let after = with(draft.clone(), &Section::Texts("fr".to_owned(), typed));
        assert_eq!((after.texts["fr"].title.as_str(), after.number), ("u", Some(3)));
        assert_eq!(after.texts["fr"].notes_html, "<p>x</p>", "imported notes stay until somebody writes new ones");
        let after = with(draft, &Section::Chapters(vec![chapter(0, "a")]));
        assert_eq!(after.chapters.len(), 1);
    }
}
