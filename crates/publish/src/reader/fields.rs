//! Names the text fields of a feed and says which element carries which field.
//! A table only: precedence between fields is decided when the feed is finished.

use super::xml::{Element, Ns};

/// A field whose value is the text of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Field {
    /// `title`
    Title,
    /// `itunes:title`
    AltTitle,
    /// `link`
    Link,
    /// `description`, Atom `subtitle` or `summary`
    Description,
    /// `content:encoded`, Atom `content`
    Content,
    /// `itunes:summary`, `googleplay:description`
    Summary,
    /// `itunes:subtitle`
    Subtitle,
    /// `language`, `dc:language`
    Language,
    /// `itunes:author`
    Author,
    /// `author`, `managingEditor`, `dc:creator`
    AltAuthor,
    /// Name of the owner.
    OwnerName,
    /// `itunes:image` written as text
    Image,
    /// `image/url`
    RssImage,
    /// `explicit`
    Explicit,
    /// `block`
    Block,
    /// `itunes:complete`
    Complete,
    /// `itunes:type`
    ShowType,
    /// `copyright`
    Copyright,
    /// `itunes:new-feed-url`
    NewFeedUrl,
    /// `guid`, Atom `id`, `podcast:guid` in the channel
    Guid,
    /// `podcast:locked`
    Locked,
    /// `podcast:funding`
    Funding,
    /// `podcast:person`
    Person,
    /// `podcast:medium`
    Medium,
    /// `podcast:block`
    PodcastBlock,
    /// `podcast:txt`
    Txt,
    /// `podcast:updateFrequency`
    UpdateFrequency,
    /// `podcast:trailer`
    Trailer,
    /// `podcast:soundbite`
    Soundbite,
    /// `pubDate`, Atom `published`
    Published,
    /// `dc:date`, Atom `updated`
    AltPublished,
    /// `itunes:duration`
    Duration,
    /// `itunes:season`
    Season,
    /// `podcast:season`
    AltSeason,
    /// `itunes:episode`
    Episode,
    /// `podcast:episode`
    AltEpisode,
    /// `itunes:episodeType`
    EpisodeType,
}

/// The field an element carries as a child of the channel (`in_item` false) or of an item.
pub(super) fn field_of(element: &Element, in_item: bool) -> Option<Field> {
    let local = element.local.as_str();
    common(element.ns, local).or_else(
        || {
            if in_item { in_items(element.ns, local) } else { in_channel(element.ns, local) }
        },
    )
}

fn common(ns: Ns, local: &str) -> Option<Field> {
    Some(match (ns, local) {
        (Ns::Rss | Ns::Atom, "title") => Field::Title,
        (Ns::Itunes, "title") | (Ns::Dc, "title") => Field::AltTitle,
        (Ns::Rss, "link") => Field::Link,
        (Ns::Rss, "description") | (Ns::Atom, "summary") => Field::Description,
        (Ns::Content, "encoded") | (Ns::Atom, "content") => Field::Content,
        (Ns::Itunes, "summary") | (Ns::GooglePlay, "description") => Field::Summary,
        (Ns::Itunes, "subtitle") => Field::Subtitle,
        (Ns::Itunes | Ns::GooglePlay, "author") => Field::Author,
        (Ns::Rss, "author" | "managingeditor") | (Ns::Dc, "creator") => Field::AltAuthor,
        (Ns::Itunes | Ns::GooglePlay, "image") => Field::Image,
        (Ns::Itunes | Ns::GooglePlay, "explicit") => Field::Explicit,
        (Ns::Itunes | Ns::GooglePlay, "block") => Field::Block,
        (Ns::Podcast, "person") => Field::Person,
        _ => return None,
    })
}

fn in_channel(ns: Ns, local: &str) -> Option<Field> {
    Some(match (ns, local) {
        (Ns::Atom, "subtitle") => Field::Description,
        (Ns::Rss | Ns::Dc, "language") => Field::Language,
        (Ns::Itunes, "complete") => Field::Complete,
        (Ns::Itunes, "type") => Field::ShowType,
        (Ns::Rss, "copyright") | (Ns::Atom | Ns::Dc, "rights") => Field::Copyright,
        (Ns::Itunes, "new-feed-url") => Field::NewFeedUrl,
        (Ns::Podcast, "guid") => Field::Guid,
        (Ns::Podcast, "locked") => Field::Locked,
        (Ns::Podcast, "funding") => Field::Funding,
        (Ns::Podcast, "medium") => Field::Medium,
        (Ns::Podcast, "block") => Field::PodcastBlock,
        (Ns::Podcast, "txt") => Field::Txt,
        (Ns::Podcast, "updatefrequency") => Field::UpdateFrequency,
        (Ns::Podcast, "trailer") => Field::Trailer,
        _ => return None,
    })
}

fn in_items(ns: Ns, local: &str) -> Option<Field> {
    Some(match (ns, local) {
        (Ns::Rss, "guid") | (Ns::Atom, "id") => Field::Guid,
        (Ns::Rss, "pubdate") | (Ns::Atom, "published") => Field::Published,
        (Ns::Dc, "date") | (Ns::Atom, "updated") => Field::AltPublished,
        (Ns::Itunes, "duration") => Field::Duration,
        (Ns::Itunes, "season") => Field::Season,
        (Ns::Podcast, "season") => Field::AltSeason,
        (Ns::Itunes, "episode") => Field::Episode,
        (Ns::Podcast, "episode") => Field::AltEpisode,
        (Ns::Podcast, "soundbite") => Field::Soundbite,
        (Ns::Itunes, "episodetype") => Field::EpisodeType,
        _ => return None,
    })
}
