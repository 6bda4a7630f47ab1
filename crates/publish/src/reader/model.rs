//! The types the reader gives: a feed, its items, problems, limits and refusals.
//! Plain data only; nothing here parses, repairs or decides.

use std::fmt;

/// Bounds on what the reader accepts. Anything above is refused or cut, as each field says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest document in bytes; a larger one is refused.
    pub max_bytes: usize,
    /// Most items; a document with more is refused.
    pub max_items: usize,
    /// Deepest nesting of elements; a deeper document is refused.
    pub max_depth: usize,
    /// Longest text of one element in bytes; longer text is cut on a character border and reported.
    pub max_text: usize,
    /// Most problems listed; one last entry says that there were more.
    pub max_problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 32 * 1024 * 1024,
            max_items: 50_000,
            max_depth: 64,
            max_text: 1024 * 1024,
            max_problems: 1_000,
        }
    }
}

/// Why a document was refused as a whole. `Display` gives one plain English sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// The document has `bytes` bytes and only `max` are allowed.
    TooLarge {
        /// Size of the document.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// There are more than `max` items.
    TooManyItems {
        /// The limit.
        max: usize,
    },
    /// Elements are nested deeper than `max`.
    TooDeep {
        /// The limit.
        max: usize,
    },
    /// The document declares entities; these are never expanded.
    EntityBomb,
    /// The document is not RSS or Atom; the text says what it looks like.
    NotAFeed(String),
    /// The show has no title.
    NoShowTitle,
}

impl ReadError {
    /// A stable code for logs, translations and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::TooManyItems { .. } => "too_many_items",
            Self::TooDeep { .. } => "too_deep",
            Self::EntityBomb => "entity_bomb",
            Self::NotAFeed(_) => "not_a_feed",
            Self::NoShowTitle => "no_show_title",
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes, max } => {
                write!(f, "The feed has {bytes} bytes; at most {max} are read.")
            }
            Self::TooManyItems { max } => {
                write!(f, "The feed has more than {max} items.")
            }
            Self::TooDeep { max } => {
                write!(f, "The feed nests its elements deeper than {max} levels.")
            }
            Self::EntityBomb => {
                write!(f, "The feed declares entities, which are refused for safety.")
            }
            Self::NotAFeed(what) => write!(f, "This is not a podcast feed: {what}."),
            Self::NoShowTitle => write!(f, "The feed does not name its show."),
        }
    }
}

impl std::error::Error for ReadError {}

/// One thing the reader found wrong, and mostly repaired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code, such as `missing_guid`.
    pub code: &'static str,
    /// Document position of the item (0-based), or `None` for the feed as a whole.
    pub item: Option<usize>,
    /// One English sentence, at most 200 characters, without control characters or addresses.
    pub text: String,
}

/// `itunes:type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShowType {
    /// Newest first; the default of players.
    Episodic,
    /// Told in order, oldest first.
    Serial,
}

/// `itunes:episodeType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EpisodeType {
    /// A whole episode.
    #[default]
    Full,
    /// A short advertisement for the show.
    Trailer,
    /// Extra content.
    Bonus,
}

/// `podcast:funding`: a page where listeners can give money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funding {
    /// http or https address.
    pub url: String,
    /// The label written by the show; may be empty.
    pub text: String,
}

/// `podcast:person`. Role and group are lower-cased; `None` means the defaults (host, cast).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name as shown.
    pub name: String,
    /// Role from the podcast taxonomy, lower-case.
    pub role: Option<String>,
    /// Group from the podcast taxonomy, lower-case.
    pub group: Option<String>,
    /// Portrait.
    pub image_url: Option<String>,
    /// Page about the person.
    pub href: Option<String>,
}

/// The media file of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// http or https address.
    pub url: String,
    /// Size in bytes as declared; `None` if missing, zero or not a number.
    pub length: Option<u64>,
    /// Media type, lower-case, without parameters.
    pub mime: String,
}

/// `podcast:alternateEnclosure`, a second `enclosure`, or a further `media:content`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AlternateEnclosure {
    /// Media type, lower-case.
    pub mime: String,
    /// Size in bytes.
    pub length: Option<u64>,
    /// Bits per second.
    pub bitrate: Option<u64>,
    /// Height of the video in pixels.
    pub height: Option<u32>,
    /// Language, normalised.
    pub language: Option<String>,
    /// Label for the listener.
    pub title: Option<String>,
    /// Relation.
    pub rel: Option<String>,
    /// Whether this is the same file as the main enclosure.
    pub is_default: bool,
    /// Addresses of the same file, at least one; http or https only.
    pub sources: Vec<String>,
    /// `podcast:integrity`: kind (`sri` or `pgp-signature`) and value.
    pub integrity: Option<(String, String)>,
}

/// `podcast:transcript`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptRef {
    /// http or https address.
    pub url: String,
    /// Media type, lower-case.
    pub mime: String,
    /// Language, normalised.
    pub language: Option<String>,
    /// `captions` for a file with timing.
    pub rel: Option<String>,
}

/// `podcast:txt`. Texts that hold an e-mail address are not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Txt {
    /// What it is for; may be empty.
    pub purpose: String,
    /// The text.
    pub text: String,
}

/// `podcast:updateFrequency`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateFrequency {
    /// For people; may be empty when there is a rule.
    pub text: String,
    /// Recurrence rule as written.
    pub rrule: Option<String>,
    /// Start of the rule as written.
    pub dtstart: Option<String>,
    /// No more episodes will come.
    pub complete: bool,
}

/// `podcast:trailer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trailer {
    /// Title.
    pub title: String,
    /// http or https address.
    pub url: String,
    /// Publication instant in microseconds UTC.
    pub published: Option<i64>,
    /// Size in bytes as declared.
    pub length: Option<u64>,
    /// Media type, lower-case.
    pub mime: String,
    /// Season number.
    pub season: Option<u32>,
}

/// `podcast:soundbite`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Soundbite {
    /// Start in milliseconds.
    pub start_ms: u64,
    /// Length in milliseconds, above zero.
    pub duration_ms: u64,
    /// Title; may be empty.
    pub title: String,
}

/// One chapter of Podlove Simple Chapters, found inside the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PscChapter {
    /// Start from the beginning of the episode, in milliseconds.
    pub start_ms: u64,
    /// Title.
    pub title: String,
    /// Link.
    pub href: Option<String>,
    /// Picture.
    pub image: Option<String>,
}

/// A show and its items, as found in the document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Feed {
    /// Name of the show, plain text on one line; never empty.
    pub title: String,
    /// Page of the show.
    pub link: Option<String>,
    /// Description as authored, HTML or text; may be empty; not sanitised.
    pub description: String,
    /// BCP 47 tag in lower case, such as `fr` or `fr-fr`.
    pub language: Option<String>,
    /// Author line, without e-mail addresses.
    pub author: Option<String>,
    /// Name of the owner. The owner's e-mail address is never kept.
    pub owner_name: Option<String>,
    /// Cover.
    pub image_url: Option<String>,
    /// `itunes:explicit`, if it says something.
    pub explicit: Option<bool>,
    /// Category and sub-category pairs in document order, case as written.
    pub categories: Vec<(String, Option<String>)>,
    /// `itunes:type`.
    pub show_type: Option<ShowType>,
    /// Copyright line.
    pub copyright: Option<String>,
    /// `podcast:guid`, trimmed, otherwise kept as it is.
    pub podcast_guid: Option<String>,
    /// `podcast:locked`; the owner attribute is not kept.
    pub locked: Option<bool>,
    /// `podcast:funding` links.
    pub funding: Vec<Funding>,
    /// Persons named for the whole show.
    pub persons: Vec<Person>,
    /// `podcast:medium`, lower-case.
    pub medium: Option<String>,
    /// `itunes:new-feed-url`.
    pub new_feed_url: Option<String>,
    /// `itunes:complete` is Yes.
    pub complete: bool,
    /// `itunes:block`, `googleplay:block` or `podcast:block` for all is yes.
    pub blocked: bool,
    /// `podcast:txt` records.
    pub txt: Vec<Txt>,
    /// `podcast:updateFrequency`.
    pub update_frequency: Option<UpdateFrequency>,
    /// `podcast:trailer`, in document order.
    pub trailers: Vec<Trailer>,
    /// `atom:link rel="self"`.
    pub self_url: Option<String>,
    /// Items in document order.
    pub items: Vec<Item>,
    /// Everything found wrong.
    pub problems: Vec<Problem>,
}

/// One episode as found in the document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Item {
    /// Position in the document, 0-based.
    pub index: usize,
    /// The GUID, trimmed of surrounding white space only, case kept.
    pub guid: Option<String>,
    /// Whether the GUID is an http(s) address not marked `isPermaLink="false"`.
    pub guid_is_permalink: bool,
    /// Unique within the feed; see [`super::identities`].
    pub identity: String,
    /// Plain text on one line; may be empty.
    pub title: String,
    /// Page of the episode.
    pub link: Option<String>,
    /// Show notes as authored; not sanitised; may be empty.
    pub description_html: String,
    /// `itunes:subtitle`, plain text.
    pub subtitle: Option<String>,
    /// `itunes:summary` or the short description, as authored, if it is not the text above.
    pub summary: Option<String>,
    /// Publication instant in microseconds UTC.
    pub published: Option<i64>,
    /// The date as written.
    pub published_raw: Option<String>,
    /// The media file.
    pub enclosure: Option<Enclosure>,
    /// Other renderings of the media file.
    pub alternate_enclosures: Vec<AlternateEnclosure>,
    /// Duration in whole seconds.
    pub duration_s: Option<u32>,
    /// Picture of the episode.
    pub image_url: Option<String>,
    /// `itunes:explicit`, if it says something.
    pub explicit: Option<bool>,
    /// `itunes:block` is Yes.
    pub blocked: bool,
    /// Season number.
    pub season: Option<u32>,
    /// Episode number.
    pub episode: Option<u32>,
    /// Kind of episode; full if not said.
    pub episode_type: EpisodeType,
    /// Author line, without e-mail addresses.
    pub author: Option<String>,
    /// Transcripts.
    pub transcripts: Vec<TranscriptRef>,
    /// Address and media type of a chapters file.
    pub chapters_url: Option<(String, String)>,
    /// Chapters written inside the feed.
    pub psc_chapters: Vec<PscChapter>,
    /// Persons named for the episode.
    pub persons: Vec<Person>,
    /// Stretches worth hearing, in document order.
    pub soundbites: Vec<Soundbite>,
}
