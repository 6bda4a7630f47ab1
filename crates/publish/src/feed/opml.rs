//! Writes a list of shows as OPML 2.0, which podcast apps take to subscribe to all of them at once.

use super::xml::Xml;

/// A show in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Title.
    pub title: String,
    /// One line.
    pub description: String,
    /// Address of its RSS feed.
    pub feed_url: String,
    /// Address of its page.
    pub page_url: String,
    /// Language tag.
    pub language: String,
}

/// Takes a title, the date of the last change (RFC 2822, perhaps empty) and the shows in order. Same input, same bytes.
#[must_use]
pub fn write_opml(title: &str, changed: &str, shows: &[Outline]) -> String {
    let mut xml = Xml::new(512 + shows.len() * 512);
    xml.open("opml", &[("version", "2.0")]);
    xml.open("head", &[]);
    xml.text("title", &[], title);
    xml.some_text("dateModified", Some(changed));
    xml.close("head");
    xml.open("body", &[]);
    for show in shows {
        let attrs = [
            ("type", "rss"),
            ("text", show.title.as_str()),
            ("title", show.title.as_str()),
            ("description", show.description.as_str()),
            ("language", show.language.as_str()),
            ("xmlUrl", show.feed_url.as_str()),
            ("htmlUrl", show.page_url.as_str()),
        ];
        xml.empty("outline", &attrs);
    }
    xml.close("body");
    xml.close("opml");
    xml.finish()
}
