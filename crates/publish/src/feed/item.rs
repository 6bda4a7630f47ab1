//! Writes one item of a feed.

use super::model::{EpisodeType, FeedItem, FeedPerson, FeedTranscript};
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
