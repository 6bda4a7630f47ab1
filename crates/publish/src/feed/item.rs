//! Writes one item of a feed.

use super::model::{EpisodeType, FeedAlternate, FeedImage, FeedItem, FeedPerson, FeedSoundbite, FeedTranscript};
use super::show::{MAX_DESCRIPTION, present, write_description};
use super::taxonomy;
use super::xml::Xml;

/// Writes an item. The description is the notes when they are short enough for
/// directories (4000 bytes), else the summary; content:encoded has them whole.
pub(super) fn write_item(xml: &mut Xml, item: &FeedItem) {
    xml.open("item", &[]);
    xml.text("title", &[], &item.title);
    xml.some_text("itunes:title", Some(&item.title));
    xml.some_text("link", Some(&item.link));
    let permalink = if item.guid_is_permalink { "true" } else { "false" };
    xml.text("guid", &[("isPermaLink", permalink)], &item.guid);
    xml.some_text("pubDate", Some(&item.pub_date));
    write_notes(xml, item);
    for tag in &item.tags {
        xml.some_text("category", Some(tag));
    }
    if let Some(file) = &item.enclosure {
        let length = file.length.to_string();
        xml.empty("enclosure", &[("url", &file.url), ("length", &length), ("type", &file.mime)]);
    }
    write_itunes(xml, item);
    write_podcast(xml, item);
    xml.close("item");
}

fn write_notes(xml: &mut Xml, item: &FeedItem) {
    if item.content_html.is_empty() {
        if !item.summary.is_empty() {
            write_description(xml, &escaped(&item.summary));
        }
        return;
    }
    if item.content_html.len() <= MAX_DESCRIPTION || item.summary.trim().is_empty() {
        write_description(xml, &item.content_html);
    } else {
        write_description(xml, &escaped(&item.summary));
    }
    xml.cdata("content:encoded", &item.content_html);
}

/// Plain text as HTML, since readers take a description for HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn write_itunes(xml: &mut Xml, item: &FeedItem) {
    xml.some_text("itunes:summary", Some(cut(&item.summary)));
    xml.some_text("itunes:author", item.author.as_deref());
    if let Some(seconds) = item.duration_s {
        xml.text("itunes:duration", &[], &seconds.to_string());
    }
    if let Some(url) = present(item.image_url.as_deref()) {
        xml.empty("itunes:image", &[("href", url)]);
    }
    if let Some(explicit) = item.explicit {
        xml.text("itunes:explicit", &[], if explicit { "true" } else { "false" });
    }
    // Zero is not a season or episode number for Apple.
    let season = item.season.filter(|n| *n > 0).map(|n| n.to_string());
    let episode = item.episode.filter(|n| *n > 0).map(|n| n.to_string());
    xml.some_text("itunes:season", season.as_deref());
    xml.some_text("itunes:episode", episode.as_deref());
    let kind = match item.episode_type {
        EpisodeType::Full => "full",
        EpisodeType::Trailer => "trailer",
        EpisodeType::Bonus => "bonus",
    };
    xml.text("itunes:episodeType", &[], kind);
    let season = item.season.map(|n| n.to_string());
    let episode = item.episode.map(|n| n.to_string());
    xml.some_text("podcast:season", season.as_deref());
    xml.some_text("podcast:episode", episode.as_deref());
}

fn write_podcast(xml: &mut Xml, item: &FeedItem) {
    for FeedTranscript { url, mime, language, rel } in &item.transcripts {
        let (language, rel) = (language.as_deref().unwrap_or(""), rel.as_deref().unwrap_or(""));
        xml.empty("podcast:transcript", &[("url", url), ("type", mime), ("language", language), ("rel", rel)]);
    }
    if let Some(url) = present(item.chapters_url.as_deref()) {
        xml.empty("podcast:chapters", &[("url", url), ("type", "application/json+chapters")]);
    }
    for person in &item.persons {
        push_person(xml, person);
    }
    for FeedSoundbite { start_ms, duration_ms, title } in &item.soundbites {
        let (start, duration) = (seconds(*start_ms), seconds(*duration_ms));
        xml.text("podcast:soundbite", &[("startTime", &start), ("duration", &duration)], title);
    }
    for file in &item.alternates {
        push_alternate(xml, file);
    }
    push_images(xml, &item.images);
}

/// Milliseconds as decimal seconds: `73.0`, `1234.5`.
fn seconds(ms: u64) -> String {
    let text = format!("{}.{:03}", ms / 1000, ms % 1000);
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

fn push_alternate(xml: &mut Xml, file: &FeedAlternate) {
    let number = |n: Option<u64>| n.filter(|n| *n > 0).map(|n| n.to_string()).unwrap_or_default();
    let (length, bitrate, height) = (number(file.length), number(file.bitrate), number(file.height.map(u64::from)));
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let (language, title, rel) = (text(&file.language), text(&file.title), text(&file.rel));
    let attrs = [
        ("type", file.mime.as_str()),
        ("length", length.as_str()),
        ("bitrate", bitrate.as_str()),
        ("height", height.as_str()),
        ("lang", language.as_str()),
        ("title", title.as_str()),
        ("rel", rel.as_str()),
        ("default", if file.default { "true" } else { "" }),
    ];
    xml.open("podcast:alternateEnclosure", &attrs);
    for url in &file.urls {
        xml.empty("podcast:source", &[("uri", url)]);
    }
    if let Some((kind, value)) = &file.integrity {
        xml.empty("podcast:integrity", &[("type", kind), ("value", value)]);
    }
    xml.close("podcast:alternateEnclosure");
}

/// Writes pictures for special uses.
pub(super) fn push_images(xml: &mut Xml, images: &[FeedImage]) {
    for image in images {
        let (width, height) = (image.width.to_string(), image.height.to_string());
        let ratio = format!("{width}/{height}");
        let attrs = [
            ("href", image.url.as_str()),
            ("alt", image.alt.as_str()),
            ("purpose", image.purpose.as_str()),
            ("aspect-ratio", if image.width == image.height { "1/1" } else { ratio.as_str() }),
            ("width", width.as_str()),
            ("height", height.as_str()),
            ("type", image.mime.as_str()),
        ];
        xml.empty("podcast:image", &attrs);
    }
}

/// Writes somebody of a show or an item; nobody without a name. Somebody whose role readers do not know is left out:
/// without the role they would be taken for a host.
pub(super) fn push_person(xml: &mut Xml, person: &FeedPerson) {
    if person.name.trim().is_empty() || !taxonomy::is_role(&person.role) {
        return;
    }
    let attrs = [
        ("role", person.role.as_str()),
        ("group", taxonomy::group(&person.group)),
        ("img", person.image_url.as_deref().unwrap_or("")),
        ("href", person.href.as_deref().unwrap_or("")),
    ];
    xml.text("podcast:person", &attrs, &person.name);
}

/// The start of a text, at most 4000 bytes, on a character border.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(MAX_DESCRIPTION);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
