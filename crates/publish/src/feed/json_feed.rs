//! Writes a show as JSON Feed 1.1. Nothing but the standard's own names: there are no extensions.

use serde::Serialize;

use super::model::{FeedItem, FeedPerson, FeedShow};
use super::xml::clean_xml_text;

#[derive(Serialize)]
struct Author {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar: Option<String>,
}

#[derive(Serialize)]
struct Attachment<'a> {
    url: &'a str,
    mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_in_seconds: Option<u32>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: String,
    url: &'a str,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_html: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_text: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    date_published: &'a str,
    date_modified: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment<'a>>,
}

#[derive(Serialize)]
struct Feed<'a> {
    version: &'static str,
    title: String,
    home_page_url: &'a str,
    feed_url: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author>,
    language: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    expired: bool,
    items: Vec<Item<'a>>,
}

fn clean(text: &str) -> String {
    clean_xml_text(text).into_owned()
}

fn author(name: &str) -> Option<Author> {
    (!name.trim().is_empty()).then(|| Author { name: clean(name), url: None, avatar: None })
}

fn people(first: Option<Author>, persons: &[FeedPerson]) -> Vec<Author> {
    let named = persons.iter().filter(|p| !p.name.trim().is_empty());
    let rest = named.map(|p| Author { name: clean(&p.name), url: p.href.clone(), avatar: p.image_url.clone() });
    first.into_iter().chain(rest).collect()
}

fn attachments(item: &FeedItem) -> Vec<Attachment<'_>> {
    let size = |n: u64| Some(n).filter(|n| *n > 0);
    let main = item.enclosure.iter().map(|file| Attachment {
        url: &file.url,
        mime_type: &file.mime,
        title: None,
        size_in_bytes: size(file.length),
        duration_in_seconds: item.duration_s,
    });
    let others = item.alternates.iter().filter(|file| !file.default).filter_map(|file| {
        Some(Attachment {
            url: file.urls.first()?,
            mime_type: &file.mime,
            title: file.title.as_deref().map(clean),
            size_in_bytes: file.length.and_then(size),
            duration_in_seconds: item.duration_s,
        })
    });
    main.chain(others).collect()
}

fn item(item: &FeedItem) -> Item<'_> {
    let html = Some(clean(&item.content_html)).filter(|h| !h.is_empty());
    let text = if item.summary.trim().is_empty() { &item.title } else { &item.summary };
    Item {
        id: clean(&item.guid),
        url: &item.link,
        title: clean(&item.title),
        // One of the two must be there.
        content_text: html.is_none().then(|| clean(text)),
        content_html: html,
        summary: clean(&item.summary),
        image: item.image_url.as_deref(),
        date_published: &item.published,
        date_modified: &item.updated,
        authors: people(item.author.as_deref().and_then(author), &item.persons),
        tags: item.tags.iter().map(|t| clean(t)).collect(),
        language: item.language.as_deref(),
        attachments: attachments(item),
    }
}

/// Takes a show and its public items, newest first, and gives the document; `self_url` is its own address and `description`
/// the show's in plain text. Same input, same bytes.
#[must_use]
pub fn write_json_feed(show: &FeedShow, items: &[FeedItem], self_url: &str, description: &str) -> String {
    let feed = Feed {
        version: "https://jsonfeed.org/version/1.1",
        title: clean(&show.title),
        home_page_url: &show.link,
        feed_url: self_url,
        description: clean(description),
        icon: show.image_url.as_deref(),
        authors: people(author(&show.author), &show.persons),
        language: &show.language,
        expired: show.complete,
        items: items.iter().map(item).collect(),
    };
    serde_json::to_string(&feed).unwrap_or_default()
}
