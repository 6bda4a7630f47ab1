//! What a show and an episode are made of. Types only: decisions are in `rules`, SQL in `store`.

pub mod checks;
pub mod search;
mod sound;

pub use sound::*;

use std::collections::BTreeMap;

use kernel::{At, OrgId, PersonId};
use serde::{Deserialize, Serialize};

mod desk;
mod rehearsal;
mod site;

pub use desk::*;
pub use rehearsal::{REHEARSAL_PREFIX, Rehearsal, SourceFrom};
pub use site::{PAGE_PREFIX, PageKind, PageText, PageVersion, SitePage};

/// The prefix of shown show ids.
pub const SHOW_PREFIX: &str = "sh";
/// The prefix of shown episode ids.
pub const EPISODE_PREFIX: &str = "ep";
/// The prefix of shown image ids.
pub const IMAGE_PREFIX: &str = "im";

/// The instant that stands for "the feed gave no date". Such an item is public, listed last and dated nowhere.
pub const UNDATED: At = At::from_micros(0);

/// Whether episodes stand alone or follow one another (Apple: newest or oldest first).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShowKind {
    /// Each stands alone.
    #[default]
    Episodic,
    /// Each follows the one before.
    Serial,
}

impl ShowKind {
    /// The word in feeds and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Episodic => "episodic",
            Self::Serial => "serial",
        }
    }
}

/// What sort of episode it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EpisodeKind {
    /// A normal one.
    #[default]
    Full,
    /// An announcement.
    Trailer,
    /// Something extra.
    Bonus,
}

impl EpisodeKind {
    /// The word in feeds and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Trailer => "trailer",
            Self::Bonus => "bonus",
        }
    }

    /// Reads [`EpisodeKind::code`]; anything else is a full episode, as feeds mean it.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        match code {
            "trailer" => Self::Trailer,
            "bonus" => Self::Bonus,
            _ => Self::Full,
        }
    }
}

/// What somebody decided about an episode. Whether it is public also depends on the time: see
/// [`crate::rules::visibility`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody decided yet.
    Draft,
    /// Public from this instant on.
    Scheduled(At),
    /// Taken off; remembers when it had been published.
    Unpublished(Option<At>),
}

impl State {
    /// The word in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled(_) => "scheduled",
            Self::Unpublished(_) => "unpublished",
        }
    }

    /// The instant in the database.
    #[must_use]
    pub const fn instant(self) -> Option<At> {
        match self {
            Self::Draft => None,
            Self::Scheduled(at) => Some(at),
            Self::Unpublished(at) => at,
        }
    }
}

/// A link to support the show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Funding {
    /// Where.
    pub url: String,
    /// What the link says.
    pub text: String,
}

/// A `podcast:txt` record: free text with the purpose a reader looks for, such as `applepodcastsverify`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TxtRecord {
    /// What it is for; empty means nothing in particular.
    #[serde(default)]
    pub purpose: String,
    /// The text.
    pub value: String,
}

/// How often a show appears (`podcast:updateFrequency`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateFrequency {
    /// For people, for example « Chaque matin ».
    pub text: String,
    /// For programs: an RFC 5545 recurrence rule; empty when there is none.
    #[serde(default)]
    pub rrule: String,
}

/// What a show's feeds say beyond its content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeedSettings {
    /// `podcast:txt` records.
    pub txt: Vec<TxtRecord>,
    /// How often episodes come.
    pub update_frequency: Option<UpdateFrequency>,
    /// The address of the feed elsewhere, once the show has moved away: ours answers 301 and names it.
    pub moved_to: Option<String>,
    /// The owner's address in the feed; only when the owner asked for it, because it is harvested.
    pub owner_email: Option<String>,
    /// Asks directories not to list the show.
    pub blocked: bool,
}

/// How a show is worked on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeskSettings {
    /// An episode needs a client's approval before it is published.
    pub approval_needed: bool,
    /// An episode needs a transcript before it is published; otherwise its absence is a warning.
    pub transcript_needed: bool,
    /// Who gets the mails of the evening before and of the proof, as account ids; nobody: who scheduled.
    pub notify: Vec<PersonId>,
}

/// What a show is set to, kept as one JSON text because nothing of it is ever queried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShowSettings {
    /// For its feeds.
    pub feed: FeedSettings,
    /// For its desk.
    pub desk: DeskSettings,
}

/// A show's texts in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowText {
    /// Its title.
    pub title: String,
    /// One line under the title.
    #[serde(default)]
    pub tagline: String,
    /// The description, sanitised HTML.
    #[serde(default)]
    pub description_html: String,
    /// A line of plain text at the foot of the show's pages.
    #[serde(default)]
    pub footer: String,
}

/// A show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Show {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub org: OrgId,
    /// Its name in addresses; unique on the server.
    pub slug: String,
    /// The language it is made in, a BCP 47 tag in lower case.
    pub language: String,
    /// The IANA zone its times are meant in.
    pub time_zone: String,
    /// Who makes it, for feeds.
    pub author: String,
    /// Its home elsewhere, when imported.
    pub link: Option<String>,
    /// The rights line.
    pub copyright: Option<String>,
    /// Apple categories, main and sub.
    pub categories: Vec<(String, Option<String>)>,
    /// Whether it is marked explicit.
    pub explicit: bool,
    /// Episodic or serial.
    pub kind: ShowKind,
    /// The podcast's own GUID; never changes.
    pub podcast_guid: String,
    /// Whether other hosts may import it (podcast:locked).
    pub locked: bool,
    /// podcast:medium.
    pub medium: Option<String>,
    /// No more episodes will come.
    pub complete: bool,
    /// Links to support it.
    pub funding: Vec<Funding>,
    /// The feed it was imported from.
    pub source_url: Option<String>,
    /// A cover that still lives elsewhere.
    pub remote_cover_url: Option<String>,
    /// Its cover here.
    pub cover: Option<Image>,
    /// The host name it has for itself, lower case, without a port; unique on the server.
    pub host: Option<String>,
    /// The colour of its pages, `#rrggbb`; the site's when absent.
    pub colour: Option<String>,
    /// Its mark, a square picture beside its name.
    pub mark: Option<Image>,
    /// What it is set to.
    pub settings: ShowSettings,
    /// Texts by language; the show's own language first.
    pub texts: BTreeMap<String, ShowText>,
    /// When anything about the show itself last changed.
    pub updated_at: At,
}

impl Show {
    /// A show without content yet: what is final about it, and nothing else.
    #[must_use]
    pub fn blank(id: i64, org: OrgId, slug: String, podcast_guid: String, now: At) -> Self {
        Self {
            id,
            org,
            slug,
            language: String::new(),
            time_zone: "Etc/UTC".to_owned(),
            author: String::new(),
            link: None,
            copyright: None,
            categories: Vec::new(),
            explicit: false,
            kind: ShowKind::Episodic,
            podcast_guid,
            locked: false,
            medium: None,
            complete: false,
            funding: Vec::new(),
            source_url: None,
            remote_cover_url: None,
            cover: None,
            host: None,
            colour: None,
            mark: None,
            settings: ShowSettings::default(),
            texts: BTreeMap::new(),
            updated_at: now,
        }
    }

    /// The texts in `lang`, else in the show's language, else in any.
    #[must_use]
    pub fn text(&self, lang: &str) -> (&str, &ShowText) {
        pick(&self.texts, lang, &self.language)
    }
}

/// Chooses a language that is there: the wanted one, the main one, then any. The maps are never empty:
/// the rules refuse a show or an episode without a text.
fn pick<'a, T>(texts: &'a BTreeMap<String, T>, wanted: &str, main: &str) -> (&'a str, &'a T) {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
    let found = [wanted, main].into_iter().find_map(|tag| {
        texts.get_key_value(tag).or_else(|| texts.iter().find(|(known, _)| primary(known) == primary(tag)))
    });
    let (lang, text) = found.or_else(|| texts.iter().next()).unwrap_or_else(|| unreachable!("texts are never empty"));
    (lang.as_str(), text)
}

/// A picture with its renditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its id.
    pub id: i64,
    /// The original's blob.
    pub blob: String,
    /// The original's media type.
    pub mime: String,
    /// The original's width in pixels.
    pub width: i64,
    /// The original's height in pixels.
    pub height: i64,
    /// A square JPEG of 480 pixels for lists.
    pub small_blob: String,
    /// A 1200×630 JPEG for link previews.
    pub card_blob: String,
}

/// An episode's texts in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpisodeText {
    /// Its title.
    pub title: String,
    /// One or two sentences.
    #[serde(default)]
    pub summary: String,
    /// Show notes as written, in Markdown; `None` when they were imported as HTML.
    #[serde(default)]
    pub notes_md: Option<String>,
    /// Show notes as shown, sanitised HTML.
    #[serde(default)]
    pub notes_html: String,
    /// What the cover shows, for people who do not see it.
    #[serde(default)]
    pub cover_alt: String,
}

/// What sort of thing a source is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// A page or a document.
    #[default]
    Link,
    /// A video elsewhere: shown as a card that loads nothing before a tap.
    Video,
}

/// The link behind a chapter's claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Link or video.
    #[serde(default)]
    pub kind: SourceKind,
    /// What it is called.
    pub title: String,
    /// Where it is.
    pub url: String,
    /// The day somebody looked at it, `2026-11-23`.
    #[serde(default)]
    pub seen_on: Option<String>,
}

/// A chapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    /// Where it starts, in milliseconds.
    pub start_ms: i64,
    /// Whether it is listed.
    #[serde(default = "yes")]
    pub in_toc: bool,
    /// Its picture; in JSON as a shown id, `im_…`, because numbers of 64 bits do not survive every reader.
    #[serde(default, with = "shown_image")]
    pub image_id: Option<i64>,
    /// Titles by language.
    pub titles: BTreeMap<String, String>,
    /// The links behind it.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// The rundown's item it was made from; the desk's own business.
    #[serde(default, with = "shown_item", skip_serializing_if = "Option::is_none")]
    pub item: Option<i64>,
}

/// An image's id in JSON.
mod shown_image {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    use super::IMAGE_PREFIX;

    pub(super) fn serialize<S: Serializer>(id: &Option<i64>, out: S) -> Result<S::Ok, S::Error> {
        id.map(|id| kernel::show_id(IMAGE_PREFIX, id)).serialize(out)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<i64>, D::Error> {
        let Some(text) = Option::<String>::deserialize(input)? else { return Ok(None) };
        kernel::parse_id(IMAGE_PREFIX, &text).map(Some).ok_or_else(|| de::Error::custom("an image id looks like im_…"))
    }
}

/// An item's id in JSON.
mod shown_item {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    use super::ITEM_PREFIX;

    pub(super) fn serialize<S: Serializer>(id: &Option<i64>, out: S) -> Result<S::Ok, S::Error> {
        id.map(|id| kernel::show_id(ITEM_PREFIX, id)).serialize(out)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<i64>, D::Error> {
        let Some(text) = Option::<String>::deserialize(input)? else { return Ok(None) };
        kernel::parse_id(ITEM_PREFIX, &text).map(Some).ok_or_else(|| de::Error::custom("an item id looks like ri_…"))
    }
}

const fn yes() -> bool {
    true
}

/// Somebody named on a show or an episode.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// Their name.
    pub name: String,
    /// `host`, `guest`, … (the podcast taxonomy).
    #[serde(default)]
    pub role: String,
    /// `cast`, `writing`, … (the taxonomy's groups).
    #[serde(default)]
    pub team: String,
    /// Their page.
    #[serde(default)]
    pub href: Option<String>,
    /// A line about them in French.
    #[serde(default)]
    pub bio_fr: String,
    /// A line about them in English.
    #[serde(default)]
    pub bio_en: String,
}

/// Where an episode's sound is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AudioPlace {
    /// Here, under this blob name.
    Local(String),
    /// Kept where the imported feed said.
    Remote(String),
}

/// An episode's sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audio {
    /// Where.
    pub place: AudioPlace,
    /// The media type.
    pub mime: String,
    /// Bytes; zero when a remote feed did not say.
    pub size: i64,
    /// Milliseconds, measured; as the feed said for remote sound.
    pub duration_ms: Option<i64>,
    /// Bytes before the first frame of sound.
    pub header_bytes: i64,
    /// 300 peaks of 0 to 255; empty when not measured.
    pub waveform: Vec<u8>,
    /// Embedded tags, JSON.
    pub tags: String,
}

/// A file of an imported episode that lives elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    /// `transcript` or `chapters`.
    pub purpose: String,
    /// Where.
    pub url: String,
    /// Its media type.
    pub mime: String,
    /// Its language.
    pub lang: Option<String>,
    /// `captions`.
    pub rel: Option<String>,
}

/// An episode without its long parts: what lists and feeds need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Episode {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub org: OrgId,
    /// Of which show.
    pub show: i64,
    /// Its identity for podcast apps; never changes.
    pub guid: String,
    /// Whether the GUID is a real address.
    pub guid_is_permalink: bool,
    /// Its name in addresses; unique in the show.
    pub slug: String,
    /// Its number.
    pub number: Option<i64>,
    /// Its season.
    pub season: Option<i64>,
    /// Full, trailer or bonus.
    pub kind: EpisodeKind,
    /// Draft, scheduled, unpublished.
    pub state: State,
    /// The wall clock it was scheduled by, `2026-11-23T07:00`.
    pub wall_clock: Option<String>,
    /// Whether it is marked explicit, when it says so itself.
    pub explicit: Option<bool>,
    /// Its page elsewhere, when imported.
    pub link: Option<String>,
    /// Its own author line.
    pub author: Option<String>,
    /// A cover that still lives elsewhere.
    pub remote_cover_url: Option<String>,
    /// Its cover here.
    pub cover: Option<Image>,
    /// Grows with each change: two editors notice each other.
    pub version: i64,
    /// When anything about it last changed.
    pub updated_at: At,
    /// Texts by language.
    pub texts: BTreeMap<String, EpisodeText>,
    /// Its sound.
    pub audio: Option<Audio>,
    /// What decisions made of it, where the public reads it; never stored with it.
    pub reached: Reached,
}

/// What the gate of reach says of an episode that it lets through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// The word to show beside it.
    pub label: Option<String>,
    /// Whether only those who ask for its show or for itself find it.
    pub limited: bool,
    /// The next instant at which that changes by itself.
    pub until: Option<At>,
}

impl Episode {
    /// The texts in `lang`, else in the show's language, else in any.
    #[must_use]
    pub fn text(&self, lang: &str, main: &str) -> (&str, &EpisodeText) {
        pick(&self.texts, lang, main)
    }
}

/// A transcript as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTranscript {
    /// Its language.
    pub lang: String,
    /// WebVTT.
    pub body: String,
    /// Whether a person read it through.
    pub reviewed: bool,
}

/// Everything on an episode's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullEpisode {
    /// The episode.
    pub episode: Episode,
    /// Its chapters.
    pub chapters: Vec<Chapter>,
    /// Who is in it.
    pub credits: Vec<Credit>,
    /// Its transcripts.
    pub transcripts: Vec<StoredTranscript>,
    /// Its files elsewhere.
    pub remote_files: Vec<RemoteFile>,
    /// What was wrong in it, oldest first.
    pub corrections: Vec<Correction>,
    /// Excerpts that lie within its sound, first ones first.
    pub excerpts: Vec<Excerpt>,
}

/// An episode as the database knows it.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its id.
    pub id: i64,
    /// Its GUID.
    pub guid: String,
    /// Whether the feed gave the GUID; otherwise it is an enclosure or page address kept as identity.
    pub guid_given: bool,
    /// When it was published.
    pub published: Option<At>,
    /// Its title.
    pub title: String,
    /// The digest of the item it was last imported from.
    pub digest: Option<String>,
}
