//! What a WordPress export holds, as far as it is of use here. Plain data; nothing here parses or decides.

use std::fmt;

use crate::reader::{Enclosure, Problem, ReadError};

/// Bounds on what is accepted. Anything above is refused or cut, as each field says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WxrLimits {
    /// Largest document in bytes; a larger one is refused.
    pub max_bytes: usize,
    /// Most items; a document with more is refused.
    pub max_items: usize,
    /// Most comments; a document with more is refused.
    pub max_comments: usize,
    /// Most terms; a document with more is refused.
    pub max_terms: usize,
    /// Deepest nesting of elements; a deeper document is refused.
    pub max_depth: usize,
    /// Longest text of one element in bytes; longer text is cut and reported.
    pub max_text: usize,
    /// Most problems listed.
    pub max_problems: usize,
}

impl Default for WxrLimits {
    fn default() -> Self {
        Self {
            max_bytes: 256 * 1024 * 1024,
            max_items: 100_000,
            max_comments: 500_000,
            max_terms: 50_000,
            max_depth: 32,
            max_text: 1024 * 1024,
            max_problems: 1_000,
        }
    }
}

/// Why an export was refused as a whole. `Display` gives one plain English sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WxrError {
    /// It has more bytes than are read.
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// It has more items, comments or terms than are read.
    TooMany {
        /// The limit.
        max: usize,
    },
    /// Elements are nested too deep.
    TooDeep {
        /// The limit.
        max: usize,
    },
    /// It declares entities; these are never expanded.
    EntityBomb,
    /// It is no WordPress export; the text says what it looks like.
    NotWxr(String),
    /// Its markup is broken; the text says where.
    Malformed(String),
}

impl WxrError {
    /// A stable code for logs, translations and tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::TooMany { .. } => "too_many_items",
            Self::TooDeep { .. } => "too_deep",
            Self::EntityBomb => "entity_bomb",
            Self::NotWxr(_) => "not_wxr",
            Self::Malformed(_) => "malformed",
        }
    }
}

impl fmt::Display for WxrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { max } => write!(f, "The export is larger than {max} bytes."),
            Self::TooMany { max } => write!(f, "The export has more than {max} items, comments or terms."),
            Self::TooDeep { max } => write!(f, "The export nests its elements deeper than {max} levels."),
            Self::EntityBomb => write!(f, "The export declares entities, which are refused for safety."),
            Self::NotWxr(what) => write!(f, "This is not a WordPress export: {what}."),
            Self::Malformed(what) => {
                write!(f, "The export is damaged and nothing of it is guessed: {what} Export it again from WordPress.")
            }
        }
    }
}

impl std::error::Error for WxrError {}

impl From<ReadError> for WxrError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::TooLarge { max, .. } => Self::TooLarge { max },
            ReadError::TooManyItems { max } => Self::TooMany { max },
            ReadError::TooDeep { max } => Self::TooDeep { max },
            ReadError::EntityBomb => Self::EntityBomb,
            ReadError::NotAFeed(what) => Self::NotWxr(what),
            ReadError::NoShowTitle => Self::NotWxr("it names no site".to_owned()),
        }
    }
}

/// What an item is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WxrKind {
    /// A post, or an episode of a podcast plugin.
    Post,
    /// A page beside the posts.
    Page,
    /// A file of the media library.
    Attachment,
    /// Menus, revisions, blocks, styles: nothing of it is taken.
    Other,
}

/// The state WordPress gives an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WxrStatus {
    /// `publish`
    Publish,
    /// `future`
    Future,
    /// `draft`, and anything unknown
    Draft,
    /// `pending`
    Pending,
    /// `private`
    Private,
    /// `trash`, `auto-draft`
    Trash,
    /// `inherit`: attachments and revisions
    Inherit,
}

impl WxrStatus {
    /// WordPress's word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Future => "future",
            Self::Draft => "draft",
            Self::Pending => "pending",
            Self::Private => "private",
            Self::Trash => "trash",
            Self::Inherit => "inherit",
        }
    }
}

/// A category, tag or other term.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WxrTerm {
    /// `category`, `post_tag`, `series`, …
    pub taxonomy: String,
    /// Its name in addresses; unique in its taxonomy.
    pub slug: String,
    /// Its name, plain text on one line.
    pub name: String,
    /// The slug of the term above.
    pub parent: Option<String>,
    /// Plain text.
    pub description: String,
}

/// What an attachment says beyond its item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WxrAttachment {
    /// The file, http or https.
    pub url: String,
    /// Its media type, by its ending.
    pub mime: String,
    /// What it shows, for people who do not see it.
    pub alt: String,
}

/// Where a comment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CommentState {
    /// Shown there.
    Approved,
    /// Waiting for somebody to look at it.
    Held,
    /// Marked as spam.
    Spam,
    /// Thrown away.
    Trash,
}

impl CommentState {
    /// The word in the database and in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Held => "held",
            Self::Spam => "spam",
            Self::Trash => "trash",
        }
    }
}

/// What sort of comment it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommentKind {
    /// A person's.
    Comment,
    /// Another site's, by pingback.
    Pingback,
    /// Another site's, by trackback.
    Trackback,
}

impl CommentKind {
    /// The word in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Pingback => "pingback",
            Self::Trackback => "trackback",
        }
    }
}

/// A comment.
#[derive(Clone, PartialEq, Eq)]
pub struct WxrComment {
    /// WordPress's number, or a digest when it has none.
    pub key: String,
    /// The key of the comment it answers.
    pub parent: Option<String>,
    /// The name somebody gave.
    pub author: String,
    /// The page somebody gave, http or https.
    pub author_url: Option<String>,
    /// Private: the address somebody gave.
    pub email: String,
    /// Private: where it came from.
    pub ip: String,
    /// Private: the browser it came from.
    pub user_agent: String,
    /// HTML as written; not sanitised.
    pub content: String,
    /// Microseconds UTC.
    pub at: Option<i64>,
    /// Where it stands.
    pub state: CommentState,
    /// What it is.
    pub kind: CommentKind,
}

impl fmt::Debug for WxrComment {
    // Private parts never reach a log by way of a debug print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WxrComment").field("key", &self.key).field("state", &self.state).finish_non_exhaustive()
    }
}

/// An item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WxrItem {
    /// Position in the document, 0-based.
    pub index: usize,
    /// WordPress's number.
    pub wp_id: Option<i64>,
    /// What it is to us.
    pub kind: WxrKind,
    /// WordPress's word for what it is.
    pub post_type: String,
    /// Its state.
    pub status: WxrStatus,
    /// Whether a password guards it.
    pub guarded: bool,
    /// Plain text on one line; may be empty.
    pub title: String,
    /// Its page.
    pub link: Option<String>,
    /// Its GUID, the podcast plugin's when there is one.
    pub guid: Option<String>,
    /// Whether the GUID is an address.
    pub guid_is_permalink: bool,
    /// The author's display name.
    pub author: Option<String>,
    /// HTML, classic text or blocks, as written.
    pub content: String,
    /// The short text, as written.
    pub excerpt: String,
    /// Microseconds UTC.
    pub published: Option<i64>,
    /// Its name in addresses.
    pub slug: String,
    /// The number of the item above.
    pub parent: Option<i64>,
    /// Its terms: taxonomy and slug.
    pub terms: Vec<(String, String)>,
    /// Its sound.
    pub enclosure: Option<Enclosure>,
    /// Seconds.
    pub duration_s: Option<u32>,
    /// Season.
    pub season: Option<u32>,
    /// Number.
    pub episode: Option<u32>,
    /// `itunes_episode_type`: full, trailer or bonus.
    pub episode_type: crate::reader::EpisodeType,
    /// Whether it is marked explicit.
    pub explicit: Option<bool>,
    /// The number of the attachment that is its picture.
    pub thumbnail: Option<i64>,
    /// The address of its picture, when a podcast plugin names one.
    pub picture: Option<String>,
    /// When it is an attachment.
    pub attachment: Option<WxrAttachment>,
    /// In document order.
    pub comments: Vec<WxrComment>,
}

/// An export.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wxr {
    /// The site's title; its host when it has none.
    pub title: String,
    /// The site's page.
    pub link: Option<String>,
    /// `wp:base_blog_url`, else `wp:base_site_url`, else the link.
    pub base_url: Option<String>,
    /// A line about it, plain text.
    pub description: String,
    /// BCP 47, lower case.
    pub language: Option<String>,
    /// The version as written.
    pub version: Option<String>,
    /// How many authors it lists. Their addresses are never kept.
    pub authors: usize,
    /// Terms, each once, sorted.
    pub terms: Vec<WxrTerm>,
    /// In document order.
    pub items: Vec<WxrItem>,
    /// Everything found wrong.
    pub problems: Vec<Problem>,
}
