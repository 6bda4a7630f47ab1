//! Values of single fields: addresses, languages, dates, numbers, persons, chapters.
//! Each reads one kind of raw field of one node and reports what it changed or dropped.

use super::builder::Kind;
use super::convert::Reader;
use super::dates::parse_date;
use super::durations::{BadDuration, parse_duration};
use super::fields::Field;
use super::media;
use super::model::{EpisodeType, Funding, Person, PscChapter, ShowType, TranscriptRef};
use super::problems::excerpt;
use super::text::{filled, language, name_without_address, one_line, plain_title, yes_no};
use super::urls::{Address, address, is_http};

impl Reader<'_> {
    pub(super) fn title(&mut self) -> String {
        for field in [Field::Title, Field::AltTitle] {
            if let Some(text) = self.text(field) {
                let (plain, repaired) = plain_title(text);
                if repaired {
                    self.report("title_markup", format!("The title {} held HTML.", excerpt(text)));
                }
                if !plain.is_empty() {
                    return plain;
                }
            }
        }
        String::new()
    }

    // The first filled field, as HTML.
    pub(super) fn html(&self, fields: &[Field]) -> String {
        let value = fields.iter().find_map(|field| self.value(*field));
        value.map_or_else(String::new, |value| {
            let text = value.text.trim();
            if value.plain {
                let mut out = String::with_capacity(text.len());
                super::text::escape_html(&mut out, text);
                out
            } else {
                text.to_string()
            }
        })
    }

    /// Checks an address and reports what was done to it; `what` names the element.
    pub(super) fn url(&mut self, raw: &str, what: &str) -> Option<String> {
        match address(raw, self.base) {
            Address::Good(url) => Some(url),
            Address::Repaired(url) => {
                self.report("url_repaired", format!("The address {} of {what} was repaired.", excerpt(raw)));
                Some(url)
            }
            Address::Resolved(url) => {
                self.report("url_relative", format!("The address {} of {what} is relative.", excerpt(raw)));
                Some(url)
            }
            Address::Bad => {
                let text = format!("The address {} of {what} is not a web address and was dropped.", excerpt(raw));
                self.report("url_bad", text);
                None
            }
        }
    }

    pub(super) fn link(&mut self) -> Option<String> {
        let written = self.text(Field::Link);
        let hidden = self.values(Field::Link).find_map(|value| value.attr("href"));
        let atom = self.raws(Kind::Link).find_map(|raw| raw.value.attr("href"));
        let raw = written.or(hidden).or(atom).filter(|raw| !raw.is_empty())?;
        self.url(raw, "link")
    }

    pub(super) fn image(&mut self) -> Option<String> {
        let attribute = self.values(Field::Image).find_map(|value| value.attr("href"));
        let misplaced = self
            .values(Field::Image)
            .find_map(|value| value.attr("url").or(value.attr("src")).or(Some(value.text.trim())))
            .filter(|text| !text.is_empty());
        if attribute.is_none() && misplaced.is_some() {
            self.report("image_href", "The image has no href; its address was found elsewhere in the tag.");
        }
        let other = self.raws(Kind::Image).find_map(|raw| {
            let listed = raw.value.attr("srcset").and_then(|set| set.split_whitespace().next());
            raw.value.attr("href").or(listed)
        });
        let candidates = [attribute, misplaced, other, self.text(Field::RssImage)];
        let raw = candidates.into_iter().flatten().find(|raw| !raw.is_empty())?;
        self.url(raw, "image")
    }

    pub(super) fn is_permalink(&self, guid: &str) -> bool {
        let marked = self.value(Field::Guid).and_then(|value| value.attr("ispermalink"));
        !marked.is_some_and(|mark| mark.eq_ignore_ascii_case("false")) && is_http(guid)
    }

    pub(super) fn language(&mut self) -> Option<String> {
        let raw = self.text(Field::Language)?;
        let found = language(raw);
        let same = found.as_deref().is_some_and(|tag| tag.eq_ignore_ascii_case(raw));
        if !same {
            self.report("language_bad", format!("The language {} is not a language tag.", excerpt(raw)));
        }
        found
    }

    pub(super) fn author(&self) -> Option<String> {
        [Field::Author, Field::AltAuthor].into_iter().find_map(|field| self.text(field).and_then(name_without_address))
    }

    pub(super) fn flag(&mut self, field: Field, code: &'static str, what: &str) -> Option<bool> {
        let raw = self.text(field)?;
        let found = yes_no(raw);
        if found.is_none() {
            self.report(code, format!("{} is not a value of {what}.", excerpt(raw)));
        }
        found
    }

    pub(super) fn explicit(&mut self) -> Option<bool> {
        self.flag(Field::Explicit, "bad_explicit", "itunes:explicit")
    }

    // Only Yes has an effect in these tags, in any case.
    pub(super) fn is_yes(&self, field: Field) -> bool {
        self.text(field).is_some_and(|text| text.eq_ignore_ascii_case("yes"))
    }

    pub(super) fn categories(&self) -> Vec<(String, Option<String>)> {
        let mut out: Vec<(String, Option<String>)> = Vec::new();
        for pair in &self.node.categories {
            if !out.contains(pair) && out.len() < 50 {
                out.push(pair.clone());
            }
        }
        out
    }

    pub(super) fn show_type(&mut self) -> Option<ShowType> {
        let raw = self.text(Field::ShowType)?;
        match raw.to_ascii_lowercase().as_str() {
            "episodic" => Some(ShowType::Episodic),
            "serial" => Some(ShowType::Serial),
            _ => {
                self.report("bad_show_type", format!("{} is not a show type.", excerpt(raw)));
                None
            }
        }
    }

    pub(super) fn episode_type(&mut self) -> EpisodeType {
        let Some(raw) = self.text(Field::EpisodeType) else {
            return EpisodeType::Full;
        };
        match raw.to_ascii_lowercase().as_str() {
            "full" => EpisodeType::Full,
            "trailer" => EpisodeType::Trailer,
            "bonus" => EpisodeType::Bonus,
            _ => {
                self.report("bad_episode_type", format!("{} is not an episode type.", excerpt(raw)));
                EpisodeType::Full
            }
        }
    }

    // A whole number, or the only number in a text such as “Season 2”.
    pub(super) fn number(&mut self, fields: &[Field], code: &'static str) -> Option<u32> {
        let raw = fields.iter().find_map(|field| self.text(*field))?;
        if raw.len() <= 9 && raw.bytes().all(|b| b.is_ascii_digit()) {
            return raw.parse().ok();
        }
        let mut runs = raw.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
        let only = runs.next().filter(|run| run.len() <= 9 && !raw.contains(['-', '.', ',']));
        let found = match (only, runs.next()) {
            (Some(run), None) => run.parse().ok(),
            _ => None,
        };
        self.report(code, format!("{} is not a whole number.", excerpt(raw)));
        found
    }

    pub(super) fn date(&mut self, raw: Option<&str>) -> Option<i64> {
        let Some(raw) = raw else {
            self.report("date_missing", "The item has no date.");
            return None;
        };
        let Some(parsed) = parse_date(raw) else {
            self.report("date_unreadable", format!("The date {} cannot be read.", excerpt(raw)));
            return None;
        };
        for note in parsed.notes {
            let why = match note {
                "date_zone_missing" => "has no zone and was read as UTC",
                "date_zone_doubtful" => "has a one-letter zone and was read as UTC",
                "date_time_missing" => "has no time of day and was read as midnight",
                "date_weekday_wrong" => "names the wrong weekday",
                "date_short_year" => "has a short year",
                _ => "is not written in English",
            };
            self.report(note, format!("The date {} {why}.", excerpt(raw)));
        }
        Some(parsed.micros)
    }

    pub(super) fn duration(&mut self) -> Option<u32> {
        let raw = self.text(Field::Duration)?;
        match parse_duration(raw) {
            Ok(seconds) => {
                if raw.contains(":60") {
                    self.report("duration_repaired", format!("The duration {} counts to sixty.", excerpt(raw)));
                }
                Some(seconds)
            }
            Err(BadDuration::Zero) => {
                self.report("duration_zero", "The duration is zero.");
                None
            }
            Err(BadDuration::Unreadable) => {
                self.report("duration_bad", format!("The duration {} cannot be read.", excerpt(raw)));
                None
            }
        }
    }

    pub(super) fn funding(&mut self) -> Vec<Funding> {
        let mut out = Vec::new();
        for value in self.values(Field::Funding).take(20) {
            if let Some(url) = value.attr("url").and_then(|url| self.url(url, "podcast:funding")) {
                out.push(Funding { url, text: one_line(&value.text) });
            }
        }
        out
    }

    pub(super) fn persons(&mut self) -> Vec<Person> {
        let mut out = Vec::new();
        for value in self.values(Field::Person).take(200) {
            let Some(name) = name_without_address(&value.text) else {
                continue;
            };
            let lower = |key: &str| value.attr(key).and_then(filled).map(|text| text.to_lowercase());
            let image_url =
                value.attr("img").filter(|url| !url.is_empty()).and_then(|url| self.url(url, "podcast:person"));
            let href = value.attr("href").filter(|url| !url.is_empty()).and_then(|url| self.url(url, "podcast:person"));
            out.push(Person { name, role: lower("role"), group: lower("group"), image_url, href });
        }
        out
    }

    pub(super) fn transcripts(&mut self) -> Vec<TranscriptRef> {
        let mut out = Vec::new();
        for raw in self.raws(Kind::Transcript).take(50) {
            let Some(url) = raw.value.attr("url").and_then(|url| self.url(url, "podcast:transcript")) else {
                continue;
            };
            let mime = media::mime(raw.value.attr("type"), &url, "podcast:transcript", self);
            out.push(TranscriptRef {
                url,
                mime,
                language: raw.value.attr("language").and_then(language),
                rel: raw.value.attr("rel").and_then(filled),
            });
        }
        out
    }

    pub(super) fn chapters(&mut self) -> Option<(String, String)> {
        let raw = self.raws(Kind::Chapters).next()?;
        let url = raw.value.attr("url").or(raw.value.attr("href"))?;
        let url = self.url(url, "podcast:chapters")?;
        // A link relation can only mean Podlove's XML; the podcast namespace means JSON.
        let usual = if raw.value.attr("rel").is_some() { "application/psc+xml" } else { "application/json+chapters" };
        let mime = raw.value.attr("type").and_then(filled).unwrap_or_else(|| usual.to_string());
        Some((url, mime.to_ascii_lowercase()))
    }

    pub(super) fn psc(&mut self) -> Vec<PscChapter> {
        let mut out = Vec::new();
        for (start, chapter) in self.node.psc.iter().take(1_000) {
            let Some(start_ms) = media::normal_play_time(start) else {
                self.report("chapter_start", format!("The chapter start {} cannot be read.", excerpt(start)));
                continue;
            };
            let mut chapter = chapter.clone();
            chapter.start_ms = start_ms;
            chapter.title = one_line(&chapter.title);
            chapter.href = chapter.href.and_then(|url| self.url(&url, "psc:chapter"));
            chapter.image = chapter.image.and_then(|url| self.url(&url, "psc:chapter"));
            out.push(chapter);
        }
        if !out.is_sorted_by_key(|chapter| chapter.start_ms) {
            self.report("chapter_order", "The chapters were not in order of time.");
            out.sort_by_key(|chapter| chapter.start_ms);
        }
        out
    }
}
