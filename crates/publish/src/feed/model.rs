//! What a feed says, as plain data. Dates are RFC 2822 text with a numeric
//! zone and English names; addresses are absolute. Nothing is checked here.

/// Order in which a show is meant to be heard (`itunes:type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShowType {
    /// Newest first; each episode stands alone.
    #[default]
    Episodic,
    /// Oldest first; a show is only written as serial if every full episode
    /// has a number, since Apple requires `itunes:episode` there.
    Serial,
}

/// Kind of an episode (`itunes:episodeType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EpisodeType {
    /// A complete episode.
    #[default]
    Full,
    /// An announcement.
    Trailer,
    /// Extra material.
    Bonus,
}

/// Somebody who takes part (`podcast:person`). Empty role or group is left
/// out, which means host and cast.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedPerson {
    /// Name as shown.
    pub name: String,
    /// Role of the Podcast Taxonomy, for example `guest`.
    pub role: String,
    /// Group of the Podcast Taxonomy, for example `cast`.
    pub group: String,
    /// Address of a portrait.
    pub image_url: Option<String>,
    /// Address of a page about the person.
    pub href: Option<String>,
}

/// The audio or video file of an episode.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedEnclosure {
    /// Address; ASCII.
    pub url: String,
    /// Exact number of bytes served.
    pub length: u64,
    /// Media type, for example `audio/mpeg`.
    pub mime: String,
}

/// A transcript file (`podcast:transcript`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedTranscript {
    /// Address.
    pub url: String,
    /// Media type, for example `text/vtt`.
    pub mime: String,
    /// Language tag, if it is known.
    pub language: Option<String>,
    /// `captions` when it has times, else nothing.
    pub rel: Option<String>,
}

/// How often a show appears (`podcast:updateFrequency`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedFrequency {
    /// For people, for example `Every Tuesday`.
    pub text: String,
    /// For programs: an RFC 5545 recurrence rule.
    pub rrule: Option<String>,
    /// When the rule begins, ISO 8601.
    pub dtstart: Option<String>,
}

/// A trailer of a show or of a season (`podcast:trailer`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedTrailer {
    /// Title.
    pub title: String,
    /// Address of the sound.
    pub url: String,
    /// Date of publication, RFC 2822.
    pub pub_date: String,
    /// Exact number of bytes.
    pub length: Option<u64>,
    /// Media type.
    pub mime: String,
    /// The season it announces.
    pub season: Option<u32>,
}

/// A stretch worth hearing (`podcast:soundbite`). Times are milliseconds here, decimal seconds in the feed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedSoundbite {
    /// Where it starts.
    pub start_ms: u64,
    /// How long it is.
    pub duration_ms: u64,
    /// Title; may be empty.
    pub title: String,
}

/// Another file of the same sound, or the main one with its proof (`podcast:alternateEnclosure`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedAlternate {
    /// Addresses of the file; at least one.
    pub urls: Vec<String>,
    /// Media type.
    pub mime: String,
    /// Exact number of bytes.
    pub length: Option<u64>,
    /// Bits per second.
    pub bitrate: Option<u64>,
    /// Height of a video in pixels.
    pub height: Option<u32>,
    /// Language tag.
    pub language: Option<String>,
    /// What it is called.
    pub title: Option<String>,
    /// Which files belong together.
    pub rel: Option<String>,
    /// The same file as the enclosure.
    pub default: bool,
    /// Kind and value, for example `sri` and `sha256-…`.
    pub integrity: Option<(String, String)>,
}

/// A picture with what it is good for (`podcast:image`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedImage {
    /// Address.
    pub url: String,
    /// What it shows.
    pub alt: String,
    /// `artwork` or `social`.
    pub purpose: String,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
    /// Media type.
    pub mime: String,
}

/// Addresses of the neighbours of a paged feed (RFC 5005, section 3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedPages {
    /// The page with the newest items.
    pub first: Option<String>,
    /// The page with newer items (`rel="previous"`).
    pub newer: Option<String>,
    /// The page with older items (`rel="next"`).
    pub older: Option<String>,
    /// The page with the oldest items.
    pub last: Option<String>,
}

/// The channel of a feed. Optional texts that are empty are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedShow {
    /// Title.
    pub title: String,
    /// Sanitised HTML; cut to 4000 bytes by the caller (see `write_rss`).
    pub description_html: String,
    /// Address of the show's page.
    pub link: String,
    /// Address of this feed.
    pub self_url: String,
    /// Language tag, for example `fr`.
    pub language: String,
    /// Name shown as author.
    pub author: String,
    /// Copyright line.
    pub copyright: Option<String>,
    /// Address of the cover.
    pub image_url: Option<String>,
    /// Apple categories: main and sub.
    pub categories: Vec<(String, Option<String>)>,
    /// Explicit content.
    pub explicit: bool,
    /// Order of the show.
    pub show_type: ShowType,
    /// UUID of the show, see [`super::podcast_guid`].
    pub podcast_guid: String,
    /// Forbids import elsewhere.
    pub locked: bool,
    /// `podcast:medium`, for example `podcast`.
    pub medium: Option<String>,
    /// Ways to give money: address and text.
    pub funding: Vec<(String, String)>,
    /// People of the whole show.
    pub persons: Vec<FeedPerson>,
    /// No more episodes will come.
    pub complete: bool,
    /// Ask directories not to list the show.
    pub blocked: bool,
    /// New address of a feed that has moved.
    pub new_feed_url: Option<String>,
    /// Date of the last change of content, RFC 2822.
    pub last_build: Option<String>,
    /// Name and version of the program.
    pub generator: String,
    /// How often episodes appear.
    pub update_frequency: Option<FeedFrequency>,
    /// Owner's e-mail; only when the owner asked for it, as it is harvested.
    pub owner_email: Option<String>,
    /// `podcast:txt` records: purpose, perhaps empty, and text.
    pub txt: Vec<(String, String)>,
    /// Trailers, newest first.
    pub trailers: Vec<FeedTrailer>,
    /// Pictures for special uses.
    pub images: Vec<FeedImage>,
    /// Date of the last change of content, RFC 3339.
    pub updated: String,
    /// Address of the WebSub hub.
    pub hub_url: Option<String>,
    /// Neighbours, when the feed is paged.
    pub pages: Option<FeedPages>,
}

/// One item of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedItem {
    /// Identity; never changes.
    pub guid: String,
    /// The GUID is a working address.
    pub guid_is_permalink: bool,
    /// Title.
    pub title: String,
    /// Address of the episode's page.
    pub link: String,
    /// Date of publication, RFC 2822.
    pub pub_date: String,
    /// The same date, RFC 3339; empty when there is none.
    pub published: String,
    /// When it last changed, RFC 3339.
    pub updated: String,
    /// Plain text.
    pub summary: String,
    /// Sanitised HTML.
    pub content_html: String,
    /// The file.
    pub enclosure: Option<FeedEnclosure>,
    /// Length in whole seconds.
    pub duration_s: Option<u32>,
    /// Address of the episode's own cover.
    pub image_url: Option<String>,
    /// Explicit content, if it differs from the show or is stated.
    pub explicit: Option<bool>,
    /// Season number.
    pub season: Option<u32>,
    /// Episode number.
    pub episode: Option<u32>,
    /// Kind of episode.
    pub episode_type: EpisodeType,
    /// Language tag, if not the show's.
    pub language: Option<String>,
    /// Author, if not the show's.
    pub author: Option<String>,
    /// Transcripts.
    pub transcripts: Vec<FeedTranscript>,
    /// Address of the chapters file (JSON).
    pub chapters_url: Option<String>,
    /// People of this episode.
    pub persons: Vec<FeedPerson>,
    /// What it is filed under.
    pub tags: Vec<String>,
    /// Stretches worth hearing.
    pub soundbites: Vec<FeedSoundbite>,
    /// Files of the same sound.
    pub alternates: Vec<FeedAlternate>,
    /// Pictures for special uses.
    pub images: Vec<FeedImage>,
}
