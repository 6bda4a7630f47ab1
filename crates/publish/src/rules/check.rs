//! What people send about shows and episodes, checked field by field and cleaned. Nothing is stored that a feed
//! could not carry.

use std::collections::BTreeMap;

use kernel::{Arg, Refusal, line, paragraph};
use serde::{Deserialize, Serialize};

use crate::model::{Chapter, Credit, EpisodeKind, EpisodeText, ShowKind, ShowText, Source};
use crate::rules::{schedule, slug};

/// Longest title, in characters.
const TITLE: usize = 255;
/// Longest one- or two-sentence text, in characters.
const SUMMARY: usize = 600;
/// Longest notes, in characters.
const NOTES: usize = 100_000;
/// Most chapters of an episode.
const CHAPTERS: usize = 500;
/// Most sources of a chapter, and credits of an episode.
const SOURCES: usize = 50;

/// What is sent about a show.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShowDraft {
    /// Its name in addresses; made from the title when empty.
    pub slug: String,
    /// The language it is made in.
    pub language: String,
    /// Its IANA zone.
    pub time_zone: String,
    /// Who makes it.
    pub author: String,
    /// The rights line.
    pub copyright: String,
    /// Apple categories.
    pub categories: Vec<(String, Option<String>)>,
    /// Whether it is explicit.
    pub explicit: bool,
    /// Episodic or serial.
    pub kind: ShowKind,
    /// Texts by language.
    pub texts: BTreeMap<String, ShowText>,
    /// Who makes it, in person.
    pub credits: Vec<Credit>,
}

/// What is sent about an episode.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EpisodeDraft {
    /// Its name in addresses; made from the title when empty.
    pub slug: String,
    /// Its number.
    pub number: Option<i64>,
    /// Its season.
    pub season: Option<i64>,
    /// Full, trailer or bonus.
    pub kind: EpisodeKind,
    /// Whether it is explicit; the show's word when absent.
    pub explicit: Option<bool>,
    /// Texts by language.
    pub texts: BTreeMap<String, EpisodeText>,
    /// Chapters.
    pub chapters: Vec<Chapter>,
    /// Who is in it.
    pub credits: Vec<Credit>,
}

fn text_field(
    refusal: &mut Refusal,
    name: &'static str,
    text: &str,
    required: bool,
    most: usize,
    clean: fn(&str) -> String,
) -> String {
    let text = clean(text);
    let count = text.chars().count();
    if required && count == 0 {
        *refusal = refusal.clone().field(name, "required");
    } else if count > most {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        *refusal = refusal.clone().field_with(name, "too-long", ("most", Arg::Int(most)));
    }
    text
}

/// Whether a text is a language tag we can put in `lang` and feeds: `fr`, `fr-ca`, lower case.
#[must_use]
pub fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    let primary_ok = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
    primary_ok
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

/// Whether a text is an absolute http(s) address without spaces, at most 2,000 bytes.
#[must_use]
pub fn is_web_url(text: &str) -> bool {
    let Ok(url) = url::Url::parse(text) else { return false };
    matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|h| !h.is_empty())
        && text.len() <= 2000
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// Checks and cleans a show.
///
/// # Errors
/// Every field with a problem.
pub fn show(mut draft: ShowDraft) -> Result<ShowDraft, Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    draft.language = line(&draft.language).to_lowercase();
    if !is_language(&draft.language) {
        refusal = refusal.field("language", "language-malformed");
    }
    if schedule::zone(&draft.time_zone).is_err() {
        refusal = refusal.field("time_zone", "zone-unknown");
    }
    draft.author = text_field(&mut refusal, "author", &draft.author, false, TITLE, line);
    draft.copyright = text_field(&mut refusal, "copyright", &draft.copyright, false, TITLE, line);
    if draft.texts.is_empty() {
        refusal = refusal.field("title", "required");
    }
    for (lang, text) in &mut draft.texts {
        if !is_language(lang) {
            refusal = refusal.clone().field("texts", "language-malformed");
        }
        text.title = text_field(&mut refusal, "title", &text.title, true, TITLE, line);
        text.tagline = text_field(&mut refusal, "tagline", &text.tagline, false, TITLE, line);
        text.footer = text_field(&mut refusal, "footer", &text.footer, false, 300, line);
        text.description_html =
            text_field(&mut refusal, "description", &text.description_html, false, NOTES, paragraph);
    }
    draft.credits = credits(&mut refusal, draft.credits);
    let title =
        draft.texts.get(&draft.language).or_else(|| draft.texts.values().next()).map_or("", |t| t.title.as_str());
    check_slug(&mut refusal, &mut draft.slug, title, "show");
    refusal.unless_clean()?;
    Ok(draft)
}

fn check_slug(refusal: &mut Refusal, typed: &mut String, title: &str, fallback: &str) {
    *typed = line(typed);
    if typed.is_empty() {
        *typed = slug::from_title(title, fallback);
    } else if !slug::is_valid(typed) {
        *refusal = refusal.clone().field("slug", "slug-malformed");
    }
}

/// Checks and cleans an episode.
///
/// # Errors
/// Every field with a problem.
pub fn episode(mut draft: EpisodeDraft) -> Result<EpisodeDraft, Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    for (name, value) in [("number", draft.number), ("season", draft.season)] {
        if value.is_some_and(|n| !(0..=1_000_000).contains(&n)) {
            refusal = refusal.field_with(name, "out-of-range", ("most", Arg::Int(1_000_000)));
        }
    }
    if draft.texts.is_empty() {
        refusal = refusal.field("title", "required");
    }
    for (lang, text) in &mut draft.texts {
        if !is_language(lang) {
            refusal = refusal.clone().field("texts", "language-malformed");
        }
        text.title = text_field(&mut refusal, "title", &text.title, true, TITLE, line);
        text.summary = text_field(&mut refusal, "summary", &text.summary, false, SUMMARY, line);
        text.cover_alt = text_field(&mut refusal, "cover_alt", &text.cover_alt, false, TITLE, line);
        if let Some(md) = &text.notes_md {
            text.notes_md = Some(text_field(&mut refusal, "notes", md, false, NOTES, paragraph));
        }
    }
    draft.chapters = chapters(&mut refusal, draft.chapters);
    draft.credits = credits(&mut refusal, draft.credits);
    let title = draft.texts.values().next().map_or("", |t| t.title.as_str());
    check_slug(&mut refusal, &mut draft.slug, title, "episode");
    refusal.unless_clean()?;
    Ok(draft)
}

fn chapters(refusal: &mut Refusal, mut chapters: Vec<Chapter>) -> Vec<Chapter> {
    if chapters.len() > CHAPTERS {
        *refusal = refusal.clone().field_with("chapters", "too-many", ("most", Arg::Int(500)));
        return Vec::new();
    }
    chapters.sort_by_key(|c| c.start_ms);
    for chapter in &mut chapters {
        if chapter.start_ms < 0 || chapter.start_ms > 30 * 86_400_000 {
            *refusal = refusal.clone().field("chapters", "chapter-start");
        }
        if chapter.titles.is_empty() {
            *refusal = refusal.clone().field("chapters", "chapter-title");
        }
        for (lang, title) in &mut chapter.titles {
            if !is_language(lang) {
                *refusal = refusal.clone().field("chapters", "language-malformed");
            }
            *title = text_field(refusal, "chapters", title, true, TITLE, line);
        }
        if chapter.sources.len() > SOURCES {
            *refusal = refusal.clone().field_with("sources", "too-many", ("most", Arg::Int(50)));
        }
        for source in &mut chapter.sources {
            check_source(refusal, source);
        }
    }
    if chapters.windows(2).any(|pair| pair[0].start_ms == pair[1].start_ms) {
        *refusal = refusal.clone().field("chapters", "chapter-same-start");
    }
    chapters
}

fn check_source(refusal: &mut Refusal, source: &mut Source) {
    source.title = text_field(refusal, "sources", &source.title, true, TITLE, line);
    if !is_web_url(&source.url) {
        *refusal = refusal.clone().field("sources", "url-malformed");
    }
    let is_date = |d: &String| d.len() == 10 && d.parse::<jiff::civil::Date>().is_ok();
    if source.seen_on.as_ref().is_some_and(|d| !is_date(d)) {
        *refusal = refusal.clone().field("sources", "date-malformed");
    }
}

fn credits(refusal: &mut Refusal, mut credits: Vec<Credit>) -> Vec<Credit> {
    if credits.len() > SOURCES {
        *refusal = refusal.clone().field_with("credits", "too-many", ("most", Arg::Int(50)));
        return Vec::new();
    }
    for credit in &mut credits {
        credit.name = text_field(refusal, "credits", &credit.name, true, TITLE, line);
        credit.role = text_field(refusal, "credits", &credit.role, false, 40, line);
        credit.team = text_field(refusal, "credits", &credit.team, false, 40, line);
        credit.bio_fr = text_field(refusal, "credits", &credit.bio_fr, false, SUMMARY, line);
        credit.bio_en = text_field(refusal, "credits", &credit.bio_en, false, SUMMARY, line);
        if credit.href.as_ref().is_some_and(|href| !is_web_url(href)) {
            *refusal = refusal.clone().field("credits", "url-malformed");
        }
    }
    credits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(title: &str) -> BTreeMap<String, EpisodeText> {
        BTreeMap::from([("fr".to_owned(), EpisodeText { title: title.to_owned(), ..EpisodeText::default() })])
    }

    #[test]
    fn an_episode_is_cleaned_and_gets_a_slug() {
        let draft = EpisodeDraft { texts: text("  Le\u{0} pont\n "), ..EpisodeDraft::default() };
        let checked = episode(draft).expect("accepted");
        assert_eq!((checked.texts["fr"].title.as_str(), checked.slug.as_str()), ("Le pont", "le-pont"));
    }

    #[test]
    fn problems_are_named_by_field() {
        let source =
            |url: &str| Source { kind: Default::default(), title: "t".to_owned(), url: url.to_owned(), seen_on: None };
        let chapter = |start_ms, url: &str| Chapter {
            start_ms,
            in_toc: true,
            image_id: None,
            titles: BTreeMap::from([("fr".to_owned(), "c".to_owned())]),
            sources: vec![source(url)],
            item: None,
        };
        let good = EpisodeDraft { texts: text("t"), ..EpisodeDraft::default() };
        for (draft, field, code) in [
            (EpisodeDraft::default(), "title", "required"),
            (EpisodeDraft { texts: text(&"x".repeat(256)), ..good.clone() }, "title", "too-long"),
            (EpisodeDraft { slug: "Pas Bon".to_owned(), ..good.clone() }, "slug", "slug-malformed"),
            (EpisodeDraft { number: Some(-1), ..good.clone() }, "number", "out-of-range"),
            (
                EpisodeDraft { chapters: vec![chapter(0, "javascript:alert(1)")], ..good.clone() },
                "sources",
                "url-malformed",
            ),
            (
                EpisodeDraft { chapters: vec![chapter(-1, "https://a.example")], ..good.clone() },
                "chapters",
                "chapter-start",
            ),
            (
                EpisodeDraft {
                    chapters: vec![chapter(5, "https://a.example"), chapter(5, "https://a.example")],
                    ..good.clone()
                },
                "chapters",
                "chapter-same-start",
            ),
        ] {
            let refusal = episode(draft).expect_err("refused");
            assert!(refusal.fields.iter().any(|f| f.name == field && f.code == code), "{field} {code}: {refusal}");
        }
    }
}
