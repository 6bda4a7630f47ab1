//! Writes a show as Atom (RFC 4287), with enclosures as links. The identities are those of the RSS feed, in the form
//! Atom wants: an IRI.

use super::guid::uuid_of;
use super::model::{FeedItem, FeedShow};
use super::xml::Xml;

/// The identity of an entry or a feed: the GUID itself when it is an absolute address or a URN, `urn:uuid:` and the GUID
/// when it is a UUID, else the UUID version 5 of it in the namespace of podcast GUIDs. Always the same for the same GUID.
#[must_use]
pub fn atom_id(guid: &str) -> String {
    if is_uuid(guid) {
        return format!("urn:uuid:{}", guid.to_ascii_lowercase());
    }
    let plain = guid.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b));
    match url::Url::parse(guid) {
        Ok(url) if plain && (url.has_host() || url.scheme() == "urn" || url.scheme() == "tag") => guid.to_owned(),
        _ => format!("urn:uuid:{}", uuid_of(guid)),
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

fn link(xml: &mut Xml, rel: &str, href: &str, mime: &str) {
    if !href.is_empty() {
        xml.empty("link", &[("rel", rel), ("type", mime), ("href", href)]);
    }
}

fn person(xml: &mut Xml, element: &str, name: &str, uri: Option<&str>) {
    if !name.trim().is_empty() {
        xml.open(element, &[]);
        xml.text("name", &[], name);
        xml.some_text("uri", uri);
        xml.close(element);
    }
}

/// Takes a show and its public items, newest first, and gives the Atom document; `self_url` is its own address. Same
/// input, same bytes.
#[must_use]
pub fn write_atom(show: &FeedShow, items: &[FeedItem], self_url: &str) -> String {
    let html: usize = items.iter().map(|item| item.content_html.len() + item.summary.len()).sum();
    let mut xml = Xml::new(4096 + html + items.len() * 1000);
    xml.open("feed", &[("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", &show.language)]);
    xml.text("id", &[], &atom_id(&show.podcast_guid));
    xml.text("title", &[], &show.title);
    if !show.description_html.is_empty() {
        xml.text("subtitle", &[("type", "html")], &show.description_html);
    }
    xml.text("updated", &[], &show.updated);
    link(&mut xml, "self", self_url, "application/atom+xml");
    link(&mut xml, "alternate", &show.link, "text/html");
    let author = if show.author.trim().is_empty() { &show.title } else { &show.author };
    person(&mut xml, "author", author, None);
    for one in &show.persons {
        person(&mut xml, "contributor", &one.name, one.href.as_deref());
    }
    for (main, sub) in show.categories.iter().filter(|(main, _)| !main.is_empty()) {
        xml.empty("category", &[("term", sub.as_deref().filter(|s| !s.is_empty()).unwrap_or(main))]);
    }
    xml.some_text("logo", show.image_url.as_deref());
    xml.some_text("rights", show.copyright.as_deref());
    xml.some_text("generator", Some(&show.generator));
    for item in items {
        write_entry(&mut xml, item);
    }
    xml.close("feed");
    xml.finish()
}

fn write_entry(xml: &mut Xml, item: &FeedItem) {
    xml.open("entry", &[("xml:lang", item.language.as_deref().unwrap_or(""))]);
    xml.text("id", &[], &atom_id(&item.guid));
    xml.text("title", &[], &item.title);
    xml.some_text("published", Some(&item.published));
    xml.text("updated", &[], &item.updated);
    link(xml, "alternate", &item.link, "text/html");
    if let Some(file) = &item.enclosure {
        let length = if file.length > 0 { file.length.to_string() } else { String::new() };
        let attrs = [
            ("rel", "enclosure"),
            ("type", file.mime.as_str()),
            ("length", length.as_str()),
            ("href", file.url.as_str()),
        ];
        xml.empty("link", &attrs);
    }
    for one in item.author.iter() {
        person(xml, "author", one, None);
    }
    for one in &item.persons {
        person(xml, "contributor", &one.name, one.href.as_deref());
    }
    for tag in item.tags.iter().filter(|t| !t.trim().is_empty()) {
        xml.empty("category", &[("term", tag)]);
    }
    xml.some_text("summary", Some(&item.summary));
    if !item.content_html.is_empty() {
        xml.text("content", &[("type", "html")], &item.content_html);
    } else if item.summary.trim().is_empty() {
        // An entry whose link is its only content still says something to readers that show none.
        xml.text("summary", &[], &item.title);
    }
    xml.close("entry");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_an_iri_and_the_same_every_time() {
        let table = [
            ("https://a.example/1?b=c#d", "https://a.example/1?b=c#d"),
            ("tag:a.example,2020:1", "tag:a.example,2020:1"),
            ("urn:isbn:1", "urn:isbn:1"),
            ("9B024349-ccf0-5f69-a609-6b82873eab3c", "urn:uuid:9b024349-ccf0-5f69-a609-6b82873eab3c"),
            ("podnews.net/rss", "urn:uuid:9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ];
        for (guid, id) in table {
            assert_eq!(atom_id(guid), id);
        }
        for odd in ["", "17", "a b", "https://a.example/é", "data:,x", "https://a.example/ b"] {
            assert!(atom_id(odd).starts_with("urn:uuid:"), "{odd}");
        }
        assert_ne!(atom_id("a"), atom_id("A"));
    }
}
