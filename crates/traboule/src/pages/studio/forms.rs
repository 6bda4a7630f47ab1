//! The forms of an episode, read into the parts a save replaces, and written into the rows templates show. Nothing is decided
//! here but what cannot be read at all.

use std::collections::BTreeMap;

use kernel::{Refusal, parse_id, show_id};
use publish::model::{Chapter, Credit, EpisodeKind, EpisodeText, IMAGE_PREFIX, ITEM_PREFIX, Source, SourceKind};
use publish::rules::merge::Section;
use publish::rules::rundown::{SECOND, clock_ms};
use serde::Serialize;
use ui::Posted;

/// Most rows a form is read to; the rules refuse earlier.
const ROWS: usize = 600;
const SOURCES: usize = 60;

fn optional(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The texts of one language.
pub(super) fn texts(posted: &Posted, lang: &str) -> Section {
    let typed = posted.get("notes_md");
    // Notes that came as HTML from an import stay as they are until somebody writes new ones.
    let html = posted.get("notes_kind") == "html" && typed.trim().is_empty();
    let text = EpisodeText {
        title: posted.get("title").to_owned(),
        summary: posted.get("summary").to_owned(),
        notes_md: (!html).then(|| typed.to_owned()),
        notes_html: String::new(),
        cover_alt: posted.get("cover_alt").to_owned(),
    };
    Section::Texts(lang.to_owned(), text)
}

fn number(posted: &Posted, name: &'static str, refusal: &mut Refusal) -> Option<i64> {
    let typed = posted.get(name).trim();
    if typed.is_empty() {
        return None;
    }
    let read = typed.parse().ok();
    if read.is_none() {
        *refusal = refusal.clone().field(name, "number-malformed");
    }
    read
}

/// Number, season, kind, explicit, name in addresses.
pub(super) fn details(posted: &Posted) -> Result<Section, Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    let (number, season) = (number(posted, "number", &mut refusal), number(posted, "season", &mut refusal));
    let explicit = match posted.get("explicit") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let kind = EpisodeKind::parse(posted.get("kind"));
    refusal.unless_clean()?;
    Ok(Section::Details { slug: posted.get("slug").trim().to_owned(), number, season, kind, explicit })
}

/// Somebody in the form of credits.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct CreditRow {
    name: String,
    role: String,
    team: String,
    href: String,
    bio_fr: String,
    bio_en: String,
}

impl From<&Credit> for CreditRow {
    fn from(c: &Credit) -> Self {
        Self {
            name: c.name.clone(),
            role: c.role.clone(),
            team: c.team.clone(),
            href: c.href.clone().unwrap_or_default(),
            bio_fr: c.bio_fr.clone(),
            bio_en: c.bio_en.clone(),
        }
    }
}

/// The rows of a posted form of credits; those to remove and empty ones are left out.
pub(super) fn credits(posted: &Posted) -> Vec<Credit> {
    let rows: usize = posted.get("rows").parse().unwrap_or(0);
    let mut out = Vec::new();
    for i in 0..rows.min(ROWS) {
        let get = |name: &str| posted.get(&format!("c{i}-{name}")).to_owned();
        let credit = Credit {
            name: get("name"),
            role: get("role").trim().to_owned(),
            team: get("team").trim().to_owned(),
            href: optional(&get("href")),
            bio_fr: get("bio_fr"),
            bio_en: get("bio_en"),
        };
        let empty = [&credit.name, &credit.role, &credit.team, &credit.bio_fr, &credit.bio_en];
        if get("gone").is_empty() && (credit.href.is_some() || empty.iter().any(|t| !t.trim().is_empty())) {
            out.push(credit);
        }
    }
    out
}

/// A source in the form of chapters.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct SourceRow {
    kind: &'static str,
    title: String,
    url: String,
    seen_on: String,
}

/// A title of a chapter in a language.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct TitleRow {
    lang: String,
    name: String,
    value: String,
}

/// A chapter in the form of chapters.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct ChapterRow {
    start: String,
    /// The start to the millisecond: a start that was not typed over keeps its fraction.
    ms: Option<i64>,
    titles: Vec<TitleRow>,
    listed: bool,
    item: String,
    image: String,
    sources: Vec<SourceRow>,
    gone: bool,
}

fn with_blank(mut sources: Vec<SourceRow>) -> Vec<SourceRow> {
    sources.push(SourceRow { kind: "link", ..SourceRow::default() });
    sources
}

/// Chapters as rows, with one empty row at the end. `langs` are the languages of titles with their names.
pub(super) fn chapter_rows(chapters: &[Chapter], langs: &[(String, String)], blank: bool) -> Vec<ChapterRow> {
    let titles = |chapter: Option<&Chapter>| -> Vec<TitleRow> {
        let value = |lang: &str| chapter.and_then(|c| c.titles.get(lang)).cloned().unwrap_or_default();
        langs
            .iter()
            .map(|(lang, name)| TitleRow { lang: lang.clone(), name: name.clone(), value: value(lang) })
            .collect()
    };
    let mut rows: Vec<ChapterRow> = chapters
        .iter()
        .map(|c| ChapterRow {
            start: ui::timecode(c.start_ms),
            ms: Some(c.start_ms),
            titles: titles(Some(c)),
            listed: c.in_toc,
            item: c.item.map(|id| show_id(ITEM_PREFIX, id)).unwrap_or_default(),
            image: c.image_id.map(|id| show_id(IMAGE_PREFIX, id)).unwrap_or_default(),
            sources: with_blank(
                c.sources
                    .iter()
                    .map(|s| SourceRow {
                        kind: if s.kind == SourceKind::Video { "video" } else { "link" },
                        title: s.title.clone(),
                        url: s.url.clone(),
                        seen_on: s.seen_on.clone().unwrap_or_default(),
                    })
                    .collect(),
            ),
            gone: false,
        })
        .collect();
    if blank {
        rows.push(ChapterRow {
            titles: titles(None),
            listed: true,
            sources: with_blank(Vec::new()),
            ..ChapterRow::default()
        });
    }
    rows
}

/// The rows of a posted form of chapters as typed, with one empty row at the end if asked.
pub(super) fn typed_chapters(posted: &Posted, langs: &[(String, String)], blank: bool) -> Vec<ChapterRow> {
    let rows: usize = posted.get("rows").parse().unwrap_or(0);
    let mut out = Vec::new();
    for i in 0..rows.min(ROWS) {
        let get = |name: &str| posted.get(&format!("h{i}-{name}")).to_owned();
        let title = |(lang, name): &(String, String)| TitleRow {
            lang: lang.clone(),
            name: name.clone(),
            value: get(&format!("title-{lang}")),
        };
        let row = ChapterRow {
            start: get("start"),
            ms: get("ms").parse().ok(),
            titles: langs.iter().map(title).collect(),
            listed: !get("listed").is_empty(),
            item: get("item"),
            image: get("image"),
            sources: with_blank(typed_sources(posted, i)),
            gone: !get("gone").is_empty(),
        };
        out.push(row);
    }
    if blank {
        out.extend(chapter_rows(&[], langs, true));
    }
    out
}

fn typed_sources(posted: &Posted, chapter: usize) -> Vec<SourceRow> {
    let get = |j: usize, name: &str| posted.get(&format!("h{chapter}-s{j}-{name}")).trim().to_owned();
    (0..SOURCES)
        .map(|j| SourceRow {
            kind: if get(j, "kind") == "video" { "video" } else { "link" },
            title: get(j, "title"),
            url: get(j, "url"),
            seen_on: get(j, "seen"),
        })
        .filter(|s| !s.title.is_empty() || !s.url.is_empty())
        .collect()
}

/// The chapters of a posted form; those to remove and empty ones are left out. A source that is new and says no day was
/// looked at `today`; one without a title is called by its address.
pub(super) fn chapters(posted: &Posted, langs: &[(String, String)], today: &str) -> Result<Section, Refusal> {
    let mut out = Vec::new();
    for row in typed_chapters(posted, langs, false) {
        let titles: BTreeMap<String, String> = row
            .titles
            .iter()
            .filter(|t| !t.value.trim().is_empty())
            .map(|t| (t.lang.clone(), t.value.clone()))
            .collect();
        let sources: Vec<Source> =
            row.sources.iter().filter(|s| !s.title.is_empty() || !s.url.is_empty()).map(|s| source(s, today)).collect();
        if row.gone || (titles.is_empty() && row.start.trim().is_empty() && sources.is_empty()) {
            continue;
        }
        let kept = row.ms.filter(|ms| ui::timecode(*ms) == row.start.trim());
        let start = kept.or_else(|| clock_ms(&row.start, SECOND).filter(|_| !row.start.trim().is_empty()));
        let Some(start_ms) = start else {
            return Err(Refusal::invalid("check-fields").field("chapters", "chapter-start"));
        };
        out.push(Chapter {
            start_ms,
            in_toc: row.listed,
            image_id: parse_id(IMAGE_PREFIX, &row.image),
            titles,
            sources,
            item: parse_id(ITEM_PREFIX, &row.item),
        });
    }
    Ok(Section::Chapters(out))
}

fn source(row: &SourceRow, today: &str) -> Source {
    let kind = if row.kind == "video" { SourceKind::Video } else { SourceKind::Link };
    let title = if row.title.is_empty() { host(&row.url) } else { row.title.clone() };
    let seen_on = optional(&row.seen_on).unwrap_or_else(|| today.to_owned());
    Source { kind, title, url: row.url.clone(), seen_on: Some(seen_on) }
}

/// The host of an address, or the address itself.
pub(super) fn host(address: &str) -> String {
    url::Url::parse(address).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_else(|| address.to_owned())
}
