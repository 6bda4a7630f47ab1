//! Newer tags of the podcast namespace: txt, updateFrequency, trailer, soundbite, block. What cannot be used is reported.

use super::convert::Reader;
use super::dates::parse_date;
use super::fields::Field;
use super::media::{mime, whole};
use super::model::{Soundbite, Trailer, Txt, UpdateFrequency};
use super::text::{filled, one_line};
use crate::media::timecode::decimal_to_ms;

// More of one kind than this is noise.
const MOST: usize = 100;

impl Reader<'_> {
    /// Whether `podcast:block` says yes to everybody; one for a single platform does not count.
    pub(super) fn blocks_all(&self) -> bool {
        let mut all = self.values(Field::PodcastBlock).filter(|value| value.attr("id").is_none());
        all.any(|value| value.text.trim().eq_ignore_ascii_case("yes"))
    }

    pub(super) fn txt(&mut self) -> Vec<Txt> {
        let mut out = Vec::new();
        for value in self.values(Field::Txt).take(MOST) {
            let (purpose, text) = (one_line(value.attr("purpose").unwrap_or_default()), one_line(&value.text));
            if text.contains('@') || purpose.contains('@') {
                // The address of an owner is not kept, wherever it stands.
                self.report("txt_address", "A podcast:txt holds an e-mail address and was dropped.");
            } else if !text.is_empty() {
                out.push(Txt { purpose, text });
            }
        }
        out
    }

    pub(super) fn update_frequency(&self) -> Option<UpdateFrequency> {
        let value = self.values(Field::UpdateFrequency).next()?;
        let attr = |name: &str| value.attr(name).and_then(filled);
        let complete = value.attr("complete").is_some_and(|text| text.eq_ignore_ascii_case("true"));
        let found =
            UpdateFrequency { text: one_line(&value.text), rrule: attr("rrule"), dtstart: attr("dtstart"), complete };
        (!found.text.is_empty() || found.rrule.is_some() || complete).then_some(found)
    }

    pub(super) fn trailers(&mut self) -> Vec<Trailer> {
        let mut out = Vec::new();
        for value in self.values(Field::Trailer).take(MOST) {
            let Some(url) = self.url(value.attr("url").unwrap_or_default(), "podcast:trailer") else { continue };
            let published = value.attr("pubdate").and_then(parse_date).map(|parsed| parsed.micros);
            if published.is_none() {
                self.report("trailer_date", "A trailer has no date that can be read.");
            }
            out.push(Trailer {
                title: one_line(&value.text),
                published,
                length: value.attr("length").and_then(whole).filter(|bytes| *bytes > 0),
                mime: mime(value.attr("type"), &url, "podcast:trailer", self),
                season: value.attr("season").and_then(whole),
                url,
            });
        }
        out
    }

    pub(super) fn soundbites(&mut self) -> Vec<Soundbite> {
        let mut out = Vec::new();
        for value in self.values(Field::Soundbite).take(MOST) {
            let time = |name: &str| value.attr(name).and_then(decimal_to_ms).map(|(ms, _)| ms);
            match (time("starttime"), time("duration").filter(|ms| *ms > 0)) {
                (Some(start_ms), Some(duration_ms)) => {
                    out.push(Soundbite { start_ms, duration_ms, title: one_line(&value.text) });
                }
                _ => self.report("bad_soundbite", "A soundbite has no usable start and duration."),
            }
        }
        out
    }
}
