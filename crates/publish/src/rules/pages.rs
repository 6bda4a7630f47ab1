//! What people send about a page of a site, checked and cleaned; and its clauses. A clause begins at a heading, and a
//! heading keeps the anchor it was first given (`## Respect {#respect}`), so that what cites it stays right.

use std::collections::{BTreeMap, HashSet};

use kernel::{Arg, Refusal, line, paragraph};
use serde::Deserialize;

use crate::model::{PageKind, PageText};
use crate::rules::check::is_language;
use crate::rules::slug;

/// Longest title, in characters.
const TITLE: usize = 200;
/// Longest text, in characters.
const BODY: usize = 100_000;

/// What is sent about a page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PageDraft {
    /// Its name in addresses; made from the title when empty.
    pub slug: String,
    /// What it is for.
    pub kind: PageKind,
    /// Whether everybody may read it.
    pub public: bool,
    /// Texts by language.
    pub texts: BTreeMap<String, PageText>,
}

/// Checks and cleans a page; headings without an anchor get one.
///
/// # Errors
/// Every field with a problem.
pub fn check(mut draft: PageDraft) -> Result<PageDraft, Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    if draft.texts.is_empty() {
        refusal = refusal.field("title", "required");
    }
    for (lang, text) in &mut draft.texts {
        if !is_language(lang) {
            refusal = refusal.field("texts", "language-malformed");
        }
        text.title = line(&text.title);
        text.body_md = text.body_md.as_deref().map(paragraph);
        if text.title.is_empty() {
            refusal = refusal.field("title", "required");
        } else if text.title.chars().count() > TITLE {
            refusal = refusal.field_with("title", "too-long", ("most", Arg::Int(200)));
        }
        let longest = text.body_md.as_deref().unwrap_or(&text.body_html).chars().count();
        if longest > BODY {
            refusal = refusal.field_with("body", "too-long", ("most", Arg::Int(100_000)));
        }
    }
    draft.slug = line(&draft.slug);
    if draft.slug.is_empty() {
        let title = draft.texts.get("fr").or_else(|| draft.texts.values().next()).map_or("", |t| t.title.as_str());
        draft.slug = slug::from_title(title, "page");
    } else if !slug::is_valid(&draft.slug) {
        refusal = refusal.field("slug", "slug-malformed");
    }
    refusal.unless_clean()?;
    anchor(&mut draft.texts);
    Ok(draft)
}

/// A piece of a text: what stands under one heading, or before the first (level 0).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// 2 or 3; 0 for what stands before the first heading.
    pub level: u8,
    /// The heading.
    pub title: String,
    /// Its anchor; empty when none was given yet.
    pub anchor: String,
    /// What stands under it, in Markdown.
    pub body_md: String,
}

/// The anchor at the end of a heading, `{#respect}`.
fn split_anchor(heading: &str) -> (&str, &str) {
    let heading = heading.trim().trim_end_matches('#').trim_end();
    let found = heading.strip_suffix('}').and_then(|h| h.rsplit_once("{#"));
    match found.filter(|(_, name)| slug::is_valid(name)) {
        Some((title, name)) => (title.trim_end(), name),
        None => (heading, ""),
    }
}

fn heading(text: &str) -> Option<(u8, &str)> {
    let marks = text.bytes().take_while(|b| *b == b'#').count();
    let rest = text[marks..].strip_prefix(' ')?;
    match marks {
        1 | 2 => Some((2, rest)),
        3 => Some((3, rest)),
        _ => None,
    }
}

/// Cuts a Markdown text at its headings. Lines inside fenced code are text.
#[must_use]
pub fn sections(md: &str) -> Vec<Section> {
    let mut out = vec![Section { level: 0, title: String::new(), anchor: String::new(), body_md: String::new() }];
    let mut fenced = false;
    for text in md.lines() {
        if text.trim_start().starts_with("```") || text.trim_start().starts_with("~~~") {
            fenced = !fenced;
        }
        match heading(text).filter(|_| !fenced) {
            Some((level, rest)) => {
                let (title, anchor) = split_anchor(rest);
                out.push(Section { level, title: title.to_owned(), anchor: anchor.to_owned(), body_md: String::new() });
            }
            None => {
                if let Some(last) = out.last_mut() {
                    last.body_md.push_str(text);
                    last.body_md.push('\n');
                }
            }
        }
    }
    out.retain(|s| s.level > 0 || !s.body_md.trim().is_empty());
    out
}

/// Gives every heading an anchor and writes it into the text. A translation takes the anchors of the text that has
/// the same number of headings, so that a clause has one name in all languages.
fn anchor(texts: &mut BTreeMap<String, PageText>) {
    let given = |text: &PageText| {
        sections(text.body_md.as_deref().unwrap_or("")).iter().filter(|s| !s.anchor.is_empty()).count()
    };
    let mut order: Vec<String> = texts.keys().cloned().collect();
    // French first among equals: it is the language most sites here are written in.
    order.sort_by_key(|lang| (std::cmp::Reverse(texts.get(lang).map_or(0, given)), lang != "fr"));
    let mut known: Vec<Vec<String>> = Vec::new();
    for lang in order {
        let Some(text) = texts.get_mut(&lang) else { continue };
        let Some(md) = &text.body_md else { continue };
        let mut parts = sections(md);
        let headings = parts.iter().filter(|s| s.level > 0).count();
        let model = known.iter().find(|names| names.len() == headings).cloned().unwrap_or_default();
        let mut taken: HashSet<String> = parts.iter().map(|s| s.anchor.clone()).collect();
        let mut names = Vec::new();
        for (at, part) in parts.iter_mut().filter(|s| s.level > 0).enumerate() {
            if part.anchor.is_empty() {
                let wanted = model.get(at).cloned().unwrap_or_else(|| slug::from_title(&part.title, "clause"));
                part.anchor = slug::apart(&wanted, &taken);
                taken.insert(part.anchor.clone());
            }
            names.push(part.anchor.clone());
        }
        known.push(names);
        text.body_md = Some(write(&parts));
    }
}

fn write(parts: &[Section]) -> String {
    let mut md = String::new();
    for part in parts {
        if part.level > 0 {
            let marks = "#".repeat(usize::from(part.level));
            md.push_str(&format!("{marks} {} {{#{}}}\n", part.title, part.anchor));
        }
        md.push_str(&part.body_md);
    }
    md.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(fr: &str, en: Option<&str>) -> PageDraft {
        let text =
            |md: &str| PageText { title: "Règles".to_owned(), body_md: Some(md.to_owned()), body_html: String::new() };
        let mut texts = BTreeMap::from([("fr".to_owned(), text(fr))]);
        texts.extend(en.map(|md| ("en".to_owned(), text(md))));
        PageDraft { texts, ..PageDraft::default() }
    }

    fn anchors(page: &PageDraft, lang: &str) -> Vec<String> {
        let md = page.texts[lang].body_md.clone().unwrap_or_default();
        sections(&md).into_iter().filter(|s| s.level > 0).map(|s| s.anchor).collect()
    }

    #[test]
    fn a_clause_keeps_its_anchor_whatever_its_title_becomes() {
        let first = check(draft("Avant.\n\n## Le respect\nUn.\n\n## Les sources\nDeux.", None)).expect("kept");
        assert_eq!(anchors(&first, "fr"), ["le-respect", "les-sources"]);
        let md = first.texts["fr"].body_md.clone().unwrap_or_default();
        let later = check(draft(&md.replace("Le respect", "Rester poli"), None)).expect("kept");
        assert_eq!(anchors(&later, "fr"), ["le-respect", "les-sources"]);
        assert!(later.texts["fr"].body_md.as_deref().unwrap_or("").contains("## Rester poli {#le-respect}"));
    }

    #[test]
    fn a_translation_names_its_clauses_as_the_first_text_does() {
        let page = check(draft("## Un\na\n## Deux\nb", Some("# One\na\n### Two\nb"))).expect("kept");
        assert_eq!(
            (anchors(&page, "fr"), anchors(&page, "en")),
            (vec!["un".into(), "deux".into()], vec!["un".into(), "deux".into()])
        );
    }

    #[test]
    fn the_same_title_twice_gives_two_anchors_and_code_is_no_heading() {
        let page = check(draft("## A\n```\n## no\n```\n## A\n", None)).expect("kept");
        assert_eq!(anchors(&page, "fr"), ["a", "a-2"]);
    }

    #[test]
    fn saving_what_was_saved_changes_nothing() {
        let once = check(draft("Salut\n\n## A\nx\n\n### B {#b-ici}\ny", None)).expect("kept");
        let twice = check(once.clone()).expect("kept");
        assert_eq!(once.texts, twice.texts);
    }

    #[test]
    fn problems_are_named_by_field() {
        let empty = PageDraft::default();
        let bad_slug = PageDraft { slug: "Pas Bon".to_owned(), ..draft("x", None) };
        let long = draft(&"x".repeat(100_001), None);
        for (page, field, code) in
            [(empty, "title", "required"), (bad_slug, "slug", "slug-malformed"), (long, "body", "too-long")]
        {
            let refusal = check(page).expect_err("refused");
            assert!(refusal.fields.iter().any(|f| f.name == field && f.code == code), "{field} {code}: {refusal}");
        }
    }
}
