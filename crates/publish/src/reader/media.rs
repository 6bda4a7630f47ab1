//! Media files of an item: the enclosure, its alternates, media types, sizes and chapter times.
//! Works on declared values only; whether a file is what it says is checked when it is fetched.

use super::builder::{Kind, Raw};
use super::convert::Reader;
use super::model::{AlternateEnclosure, Enclosure};
use super::problems::excerpt;
use super::text::{filled, language};
use super::urls::{extension, types_for};

// More renderings than this are noise.
const MAX_ALTERNATES: usize = 50;

/// The main media file and all others of the item. The first enclosure with a usable address is the
/// main one; without any, the first audio or video `media:content` is.
pub(super) fn enclosures(reader: &mut Reader<'_>) -> (Option<Enclosure>, Vec<AlternateEnclosure>) {
    let mut main = None;
    let mut others = Vec::new();
    for raw in reader.raws(Kind::Enclosure).take(MAX_ALTERNATES) {
        let Some(found) = enclosure(raw, reader) else {
            continue;
        };
        if main.is_none() {
            main = Some(found);
        } else if main.as_ref().is_some_and(|first| first.url != found.url) {
            reader.report("several_enclosures", "The item has several enclosures; the first is the main one.");
            others.push(from_enclosure(found));
        }
    }
    for raw in reader.raws(Kind::Media).take(MAX_ALTERNATES) {
        let kind = raw.value.attr("type").or(raw.value.attr("medium")).unwrap_or_default().to_ascii_lowercase();
        let by_name = raw
            .value
            .attr("url")
            .and_then(extension)
            .is_some_and(|ending| types_for(&ending).first().is_some_and(|kind| is_playable(kind)));
        let playable = is_playable(&kind) || (kind.is_empty() && by_name);
        if main.is_none()
            && playable
            && let Some(found) = enclosure(raw, reader)
        {
            reader.report("enclosure_from_media", "The media file was found in media:content.");
            main = Some(found);
        }
    }
    for raw in reader.raws(Kind::Alternate).take(MAX_ALTERNATES) {
        others.extend(alternate(raw, reader));
    }
    if main.is_none() {
        reader.report("missing_enclosure", "The item has no usable media file.");
    }
    (main, others)
}

fn is_playable(kind: &str) -> bool {
    kind.starts_with("audio") || kind.starts_with("video")
}

fn enclosure(raw: &Raw, reader: &mut Reader<'_>) -> Option<Enclosure> {
    let value = &raw.value;
    let address = value.attr("url").or(value.attr("href")).unwrap_or_default();
    if address.is_empty() {
        reader.report("enclosure_empty", "An enclosure has no address.");
        return None;
    }
    let url = reader.url(address, "enclosure")?;
    let declared = value.attr("length").or(value.attr("filesize"));
    let length = length(declared, reader);
    let mime = mime(value.attr("type"), &url, "enclosure", reader);
    Some(Enclosure { url, length, mime })
}

fn length(declared: Option<&str>, reader: &mut Reader<'_>) -> Option<u64> {
    let text = declared.map(str::trim).filter(|text| !text.is_empty());
    let Some(text) = text else {
        reader.report("enclosure_length", "The enclosure has no length.");
        return None;
    };
    let found = whole(text).filter(|bytes| *bytes > 0);
    if found.is_none() {
        reader.report("enclosure_length", format!("The enclosure length {} is not a size.", excerpt(text)));
    }
    found
}

pub(super) fn whole<T: std::str::FromStr>(text: &str) -> Option<T> {
    let text = text.trim();
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn from_enclosure(found: Enclosure) -> AlternateEnclosure {
    AlternateEnclosure {
        mime: found.mime,
        length: found.length,
        sources: vec![found.url],
        ..AlternateEnclosure::default()
    }
}

fn alternate(raw: &Raw, reader: &mut Reader<'_>) -> Option<AlternateEnclosure> {
    let value = &raw.value;
    let mut sources = Vec::new();
    for address in raw.sources.iter().take(MAX_ALTERNATES) {
        // Peer-to-peer addresses are allowed here by the namespace; they are of no use to an importer.
        let lower = address.get(..4).unwrap_or_default().to_ascii_lowercase();
        if lower == "http" || !address.contains(':') {
            sources.extend(reader.url(address, "podcast:source"));
        }
    }
    let first = sources.first().cloned()?;
    Some(AlternateEnclosure {
        mime: mime(value.attr("type"), &first, "podcast:alternateEnclosure", reader),
        length: value.attr("length").and_then(whole).filter(|bytes| *bytes > 0),
        bitrate: value.attr("bitrate").and_then(|text| whole(text.split('.').next().unwrap_or_default())),
        height: value.attr("height").and_then(whole),
        language: value.attr("lang").and_then(language),
        title: value.attr("title").and_then(filled),
        rel: value.attr("rel").and_then(filled),
        is_default: value.attr("default").is_some_and(|text| text.eq_ignore_ascii_case("true")),
        sources,
        integrity: raw.integrity.clone(),
    })
}

/// The media type of a file: as declared if that fits the extension, otherwise guessed and reported.
pub(super) fn mime(declared: Option<&str>, url: &str, what: &str, reader: &mut Reader<'_>) -> String {
    let declared = declared.unwrap_or_default();
    let written = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let fitting = extension(url).map_or(&[][..], |ending| types_for(&ending));
    if fitting.contains(&written.as_str()) {
        return written;
    }
    let looks_right = written
        .split_once('/')
        .is_some_and(|(kind, sub)| !kind.is_empty() && !sub.is_empty() && !written.contains(char::is_whitespace));
    let guess = match fitting.first() {
        Some(best) => (*best).to_string(),
        None if looks_right && written != "audio/mp3" => return written,
        None if matches!(written.as_str(), "audio/mp3" | "mp3" | "audio") => "audio/mpeg".to_string(),
        None => "application/octet-stream".to_string(),
    };
    let text = format!("The media type {} of {what} was read as {guess}.", excerpt(declared));
    reader.report("media_type", text);
    guess
}

/// Milliseconds of a normal play time (RFC 2326, 3.6): `12`, `1:02`, `0:01:02.5`, in any of its lengths.
pub(super) fn normal_play_time(text: &str) -> Option<u64> {
    let text = text.trim();
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let parts: Vec<&str> = clock.split(':').collect();
    if parts.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut seconds = 0_u64;
    for part in parts {
        let number: u64 = whole(part).filter(|number| *number < 10_000_000)?;
        seconds = seconds.checked_mul(60)?.checked_add(number)?;
    }
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    seconds.checked_mul(1000)?.checked_add(millis.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn play_times_are_milliseconds() {
        let table = [
            ("0", Some(0)),
            ("00:00:00", Some(0)),
            ("00:03:07.250", Some(187_250)),
            ("3:07.25", Some(187_250)),
            ("187.2509", Some(187_250)),
            ("01:00:00.000", Some(3_600_000)),
            ("", None),
            ("x", None),
            ("1:2:3:4", None),
            ("1.x", None),
        ];
        for (text, want) in table {
            assert_eq!(normal_play_time(text), want, "{text}");
        }
    }
}
