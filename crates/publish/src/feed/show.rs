//! Writes the channel of a feed. Order of tags is fixed, so the bytes only
//! change when the content does (ETag, lastBuildDate).

use super::item::{push_images, push_person, write_item};
use super::model::{EpisodeType, FeedItem, FeedPages, FeedShow, FeedTrailer, ShowType};
use super::xml::Xml;

const NAMESPACES: [(&str, &str); 5] = [
    ("version", "2.0"),
    ("xmlns:itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:podcast", "https://podcastindex.org/namespace/1.0"),
];

/// Most bytes of a description that Apple takes.
pub(super) const MAX_DESCRIPTION: usize = 4000;

/// Takes a show and its public items, in the order they are to appear (newest
/// first), and gives the RSS 2.0 document with the itunes, content, atom and
/// podcast namespaces, UTF-8. HTML must be sanitised; a description longer
/// than 4000 bytes is given as plain text, cut, because HTML cut here could
/// break (hand in HTML that is already short enough to keep its tags).
/// Characters that XML forbids are dropped. Same input, same bytes.
pub fn write_rss(show: &FeedShow, items: &[FeedItem]) -> String {
    let html: usize = items.iter().map(|item| item.content_html.len() + item.summary.len()).sum();
    let mut xml = Xml::new(4096 + html + items.len() * 1500);
    xml.open("rss", &NAMESPACES);
    xml.open("channel", &[]);
    write_basics(&mut xml, show);
    write_itunes(&mut xml, show, serial_is_possible(items));
    write_podcast(&mut xml, show);
    for item in items {
        write_item(&mut xml, item);
    }
    xml.close("channel");
    xml.close("rss");
    xml.finish()
}

fn write_basics(xml: &mut Xml, show: &FeedShow) {
    xml.text("title", &[], &show.title);
    xml.text("link", &[], &show.link);
    write_description(xml, &show.description_html);
    xml.some_text("language", Some(&show.language));
    xml.some_text("copyright", show.copyright.as_deref());
    xml.some_text("lastBuildDate", show.last_build.as_deref());
    xml.some_text("generator", Some(&show.generator));
    let link = |xml: &mut Xml, rel: &str, href: &str, mime: &str| {
        if !href.is_empty() {
            xml.empty("atom:link", &[("href", href), ("rel", rel), ("type", mime)]);
        }
    };
    link(xml, "self", &show.self_url, "application/rss+xml");
    link(xml, "hub", show.hub_url.as_deref().unwrap_or(""), "");
    if let Some(FeedPages { first, newer, older, last }) = &show.pages {
        for (rel, href) in [("first", first), ("previous", newer), ("next", older), ("last", last)] {
            link(xml, rel, href.as_deref().unwrap_or(""), "application/rss+xml");
        }
    }
    if let Some(url) = present(show.image_url.as_deref()) {
        xml.open("image", &[]);
        xml.text("url", &[], url);
        xml.text("title", &[], &show.title);
        xml.text("link", &[], &show.link);
        xml.close("image");
    }
}

fn write_itunes(xml: &mut Xml, show: &FeedShow, serial_is_possible: bool) {
    xml.some_text("itunes:author", Some(&show.author));
    if let Some(email) = present(show.owner_email.as_deref()) {
        xml.open("itunes:owner", &[]);
        xml.some_text("itunes:name", Some(&show.author));
        xml.text("itunes:email", &[], email);
        xml.close("itunes:owner");
    }
    if let Some(url) = present(show.image_url.as_deref()) {
        xml.empty("itunes:image", &[("href", url)]);
    }
    for (main, sub) in show.categories.iter().filter(|(main, _)| !main.is_empty()) {
        match present(sub.as_deref()) {
            None => xml.empty("itunes:category", &[("text", main)]),
            Some(sub) => {
                xml.open("itunes:category", &[("text", main)]);
                xml.empty("itunes:category", &[("text", sub)]);
                xml.close("itunes:category");
            }
        }
    }
    xml.text("itunes:explicit", &[], if show.explicit { "true" } else { "false" });
    let serial = show.show_type == ShowType::Serial && serial_is_possible;
    xml.text("itunes:type", &[], if serial { "serial" } else { "episodic" });
    if show.complete {
        xml.text("itunes:complete", &[], "Yes");
    }
    if show.blocked {
        xml.text("itunes:block", &[], "Yes");
    }
    xml.some_text("itunes:new-feed-url", show.new_feed_url.as_deref());
}

fn write_podcast(xml: &mut Xml, show: &FeedShow) {
    xml.some_text("podcast:guid", Some(&show.podcast_guid));
    let owner = show.owner_email.as_deref().unwrap_or("");
    xml.text("podcast:locked", &[("owner", owner)], if show.locked { "yes" } else { "no" });
    if show.blocked {
        xml.text("podcast:block", &[], "yes");
    }
    xml.some_text("podcast:medium", show.medium.as_deref());
    for (purpose, text) in show.txt.iter().filter(|(_, text)| !text.is_empty()) {
        xml.text("podcast:txt", &[("purpose", purpose)], text);
    }
    for (url, text) in show.funding.iter().filter(|(url, _)| !url.is_empty()) {
        xml.text("podcast:funding", &[("url", url)], text);
    }
    if let Some(frequency) = &show.update_frequency {
        let complete = if show.complete { "true" } else { "" };
        let rule = frequency.rrule.as_deref().unwrap_or("");
        let start = frequency.dtstart.as_deref().unwrap_or("");
        let attrs = [("complete", complete), ("dtstart", start), ("rrule", rule)];
        xml.text("podcast:updateFrequency", &attrs, &frequency.text);
    }
    for trailer in &show.trailers {
        push_trailer(xml, trailer);
    }
    push_images(xml, &show.images);
    for person in &show.persons {
        push_person(xml, person);
    }
}

fn push_trailer(xml: &mut Xml, trailer: &FeedTrailer) {
    let number = |n: Option<String>| n.unwrap_or_default();
    let length = number(trailer.length.filter(|n| *n > 0).map(|n| n.to_string()));
    let season = number(trailer.season.map(|n| n.to_string()));
    let attrs = [
        ("pubdate", trailer.pub_date.as_str()),
        ("url", trailer.url.as_str()),
        ("length", length.as_str()),
        ("type", trailer.mime.as_str()),
        ("season", season.as_str()),
    ];
    xml.text("podcast:trailer", &attrs, &trailer.title);
}

/// Apple refuses a serial show with a full episode that has no number.
fn serial_is_possible(items: &[FeedItem]) -> bool {
    items.iter().all(|item| item.episode.is_some() || item.episode_type != EpisodeType::Full)
}

/// Writes a description of at most 4000 bytes.
pub(super) fn write_description(xml: &mut Xml, html: &str) {
    if html.len() <= MAX_DESCRIPTION {
        xml.cdata("description", html);
        return;
    }
    let plain = without_tags(html);
    let mut end = plain.len().min(MAX_DESCRIPTION - '…'.len_utf8());
    while !plain.is_char_boundary(end) {
        end -= 1;
    }
    let cut = plain.get(..end).unwrap_or("").trim_end();
    // A reference such as `&amp;` must not be cut in two.
    let whole = match cut.rfind('&') {
        Some(at) if !cut[at..].contains(';') => &cut[..at],
        _ => cut,
    };
    xml.cdata("description", &format!("{whole}…"));
}

/// The text of sanitised HTML, still with its entities.
fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for (index, piece) in html.split('<').enumerate() {
        let text = if index == 0 { piece } else { piece.split_once('>').map_or("", |p| p.1) };
        let block = index > 0 && ["/p", "/li", "br", "/h", "/tr", "/td", "/pre"].iter().any(|t| piece.starts_with(t));
        if block && !out.ends_with(' ') && !out.is_empty() {
            out.push(' ');
        }
        out.push_str(text);
    }
    out
}

/// A text that is there and not empty.
pub(super) fn present(text: Option<&str>) -> Option<&str> {
    text.filter(|t| !t.is_empty())
}
