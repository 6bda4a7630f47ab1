//! Uploads, conversions, renditions and excerpts of an episode's sound. Types only.

use std::collections::BTreeMap;

use kernel::{At, OrgId, PersonId};
use serde::{Deserialize, Serialize};

/// The prefix of shown upload ids.
pub const UPLOAD_PREFIX: &str = "up";
/// The prefix of shown excerpt ids.
pub const EXCERPT_PREFIX: &str = "ex";
/// The prefix of shown conversion ids.
pub const CONVERSION_PREFIX: &str = "cv";

/// What other file of the same sound it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RenditionKind {
    /// The very bytes that came; only for the team, because they may carry private tags.
    Original,
    /// Without loss, for listeners.
    Lossless,
    /// For slow connections.
    Light,
}

impl RenditionKind {
    /// The word in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Lossless => "lossless",
            Self::Light => "light",
        }
    }

    /// Reads [`RenditionKind::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Original, Self::Lossless, Self::Light].into_iter().find(|k| k.code() == code)
    }

    /// Its place in lists; one of each kind per episode.
    #[must_use]
    pub const fn rank(self) -> i64 {
        match self {
            Self::Original => 0,
            Self::Lossless => 1,
            Self::Light => 2,
        }
    }

    /// Whether listeners may have it when the episode is public.
    #[must_use]
    pub const fn listed(self) -> bool {
        !matches!(self, Self::Original)
    }
}

/// Another file of an episode's sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// What it is.
    pub kind: RenditionKind,
    /// Its blob: the SHA-256 of its bytes in hexadecimal.
    pub blob: String,
    /// The media type.
    pub mime: String,
    /// The extension in its address, without a dot.
    pub extension: String,
    /// Bytes.
    pub size: i64,
    /// Milliseconds.
    pub duration_ms: i64,
    /// Mean kbit/s.
    pub bitrate: i64,
    /// What feeds call it, for example « FLAC ».
    pub title: String,
}

impl Rendition {
    /// Whether nothing of the sound was lost.
    #[must_use]
    pub const fn lossless(&self) -> bool {
        matches!(self.kind, RenditionKind::Lossless)
    }
}

/// How far an excerpt's own file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ExcerptState {
    /// To be cut, or there is nothing that cuts.
    Waiting,
    /// Cut.
    Ready,
    /// Could not be cut.
    Failed,
}

impl ExcerptState {
    /// The word in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    /// Reads [`ExcerptState::code`].
    #[must_use]
    pub fn parse(code: &str) -> Self {
        match code {
            "ready" => Self::Ready,
            "failed" => Self::Failed,
            _ => Self::Waiting,
        }
    }
}

/// A stretch of an episode with a title: a soundbite in the feed, and a small file when something cuts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Its id.
    pub id: i64,
    /// Of which episode.
    pub episode: i64,
    /// Where it starts, in milliseconds.
    pub start_ms: i64,
    /// How long it is, in milliseconds.
    pub duration_ms: i64,
    /// Titles by language; at least one.
    pub titles: BTreeMap<String, String>,
    /// How far its file is.
    pub state: ExcerptState,
    /// Its own file and that file's bytes, when it was cut from the sound the episode has now.
    pub file: Option<(String, i64)>,
}

impl Excerpt {
    /// The title in `lang`, else in `main`, else in any.
    #[must_use]
    pub fn title(&self, lang: &str, main: &str) -> &str {
        let found = self.titles.get(lang).or_else(|| self.titles.get(main)).or_else(|| self.titles.values().next());
        found.map_or("", String::as_str)
    }
}

/// What an upload is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadFor {
    /// The sound of an episode.
    Episode(i64),
    /// The video of a post. Who may say so is decided where posts are known.
    Post(i64),
}

/// Whose room an upload takes. The rooms of one organisation are apart: what members declare keeps nobody of the team from
/// sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Sound of episodes.
    Sound,
    /// Clips of members.
    Members,
    /// Clips of shows and of the organisation.
    House,
}

impl Room {
    /// As stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Members => "clip",
            Self::House => "house",
        }
    }
}

/// An upload in pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub org: OrgId,
    /// Who sends it.
    pub person: PersonId,
    /// What for.
    pub of: UploadFor,
    /// Bytes in all.
    pub size: i64,
    /// Bytes on disk at least.
    pub received: i64,
    /// The file's name as sent.
    pub name: String,
    /// The media type as sent; empty when it was not.
    pub declared: String,
    /// Open, done, refused or ended.
    pub state: UploadState,
    /// Who writes to it now; zero for nobody.
    pub lease: i64,
    /// Until when.
    pub leased_until: At,
    /// When it ends by itself.
    pub expires_at: At,
}

/// What became of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadState {
    /// Bytes may come.
    Open,
    /// Whole, and given to what it was for.
    Done,
    /// Whole, but nothing we take.
    Refused,
    /// Expired or given up.
    Ended,
}

impl UploadState {
    /// The word in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Ended => "ended",
        }
    }

    /// Reads [`UploadState::code`].
    #[must_use]
    pub fn parse(code: &str) -> Self {
        match code {
            "open" => Self::Open,
            "done" => Self::Done,
            "refused" => Self::Refused,
            _ => Self::Ended,
        }
    }
}

/// What is asked of ffmpeg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ConversionKind {
    /// Another kind of file becomes the episode's sound.
    Convert,
    /// The episode's own sound is made as loud as others.
    Normalise,
    /// A light copy of the episode's sound.
    Renditions,
}

impl ConversionKind {
    /// The word in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Convert => "convert",
            Self::Normalise => "normalise",
            Self::Renditions => "renditions",
        }
    }

    /// Reads [`ConversionKind::code`].
    #[must_use]
    pub fn parse(code: &str) -> Self {
        match code {
            "normalise" => Self::Normalise,
            "renditions" => Self::Renditions,
            _ => Self::Convert,
        }
    }
}

/// A piece of work for ffmpeg and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// Its id, and the key of its task.
    pub id: i64,
    /// Whose.
    pub org: OrgId,
    /// Of which episode.
    pub episode: i64,
    /// What is asked.
    pub kind: ConversionKind,
    /// The blob it starts from.
    pub source: String,
    /// The format of that blob, from its bytes.
    pub format: String,
    /// Bytes of that blob.
    pub size: i64,
    /// `waiting`, `done`, `failed` or `dropped` (another file came meanwhile).
    pub state: String,
    /// Why it failed, a stable code.
    pub trouble: Option<String>,
    /// Loudness in LUFS before and after, as measured.
    pub loudness: (Option<String>, Option<String>),
    /// When it was asked.
    pub created_at: At,
}
