//! What voices say: posts and clips, with their pictures, links and captions. No rule and no SQL here.

use kernel::{At, OrgId, PersonId, Subject};

/// The prefix of posts' ids in addresses; a clip is a post with a video.
pub const POST_PREFIX: &str = "po";

/// Whether a post carries a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostKind {
    /// Words, pictures, links.
    Post,
    /// A short video with words.
    Clip,
}

impl PostKind {
    /// The word in the database and in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Clip => "clip",
        }
    }

    /// Reads [`PostKind::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Post, Self::Clip].into_iter().find(|k| k.code() == code)
    }
}

/// Where a post stands. What may be seen is [`crate::rules::visible::is_public`] and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostState {
    /// A clip whose video is being looked at.
    Preparing,
    /// Everybody sees it, from its instant on.
    Public,
    /// Taken away by a moderator.
    Removed,
    /// Taken away by its author; nothing of it is kept but that it was there.
    Deleted,
}

impl PostState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Preparing, Self::Public, Self::Removed, Self::Deleted];

    /// The word in the database and in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Public => "public",
            Self::Removed => "removed",
            Self::Deleted => "deleted",
        }
    }

    /// Reads [`PostState::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// What a post passes on, and whose that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassedOn {
    /// A post or an episode.
    pub subject: Subject,
    /// The voice it came from.
    pub author: i64,
}

/// A post's own row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Its id.
    pub id: i64,
    /// Whose moderators answer for it.
    pub org: OrgId,
    /// The voice that says it.
    pub author: i64,
    /// Who wrote it; for shows and organisations this is never shown.
    pub person: Option<PersonId>,
    /// Whether it carries a video.
    pub kind: PostKind,
    /// Where it stands.
    pub state: PostState,
    /// Since when it is public.
    pub at: At,
    /// The language it is written in, a tag.
    pub lang: String,
    /// Plain text with line breaks; links, mentions and tags are found in it when it is shown.
    pub body: String,
    /// What it passes on. Without words it is a reshare, with words a quote.
    pub of: Option<PassedOn>,
    /// When it was last edited.
    pub edited_at: Option<At>,
    /// Grows by one with each change.
    pub version: i64,
}

impl Post {
    /// Whether it says nothing of its own.
    #[must_use]
    pub fn is_reshare(&self) -> bool {
        self.of.is_some() && self.body.is_empty() && self.kind == PostKind::Post
    }
}

/// A picture of a post, made anew from its pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Digest of the large rendition, at most 1600 pixels wide or high.
    pub sha256: String,
    /// Digest of the small one, at most 640.
    pub small_sha256: String,
    /// `image/jpeg` or `image/png`.
    pub media_type: String,
    /// Of the large one, in pixels.
    pub width: i64,
    /// Of the large one, in pixels.
    pub height: i64,
    /// What is to be seen on it, for who does not see it. Never empty.
    pub alt: String,
}

/// What the page behind a link says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The address as written.
    pub url: String,
    /// Its title.
    pub title: String,
    /// A sentence about it.
    pub about: String,
    /// The site's name, else its host.
    pub site: String,
    /// Digest of its picture, made anew.
    pub picture: Option<String>,
}

/// How far the smaller video is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rendition {
    /// Asked for.
    Waiting,
    /// There.
    Ready,
    /// There will be none: the original is served.
    None,
}

impl Rendition {
    /// The word in the database and in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::None => "none",
        }
    }

    /// Reads [`Rendition::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Waiting, Self::Ready, Self::None].into_iter().find(|r| r.code() == code)
    }
}

/// A smaller video made of the original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its digest.
    pub sha256: String,
    /// Its size.
    pub bytes: i64,
    /// In pixels.
    pub width: i64,
    /// In pixels.
    pub height: i64,
}

/// The video of a clip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    /// The post it belongs to.
    pub post: i64,
    /// Digest of the original, for ever.
    pub sha256: String,
    /// The original's type, from its bytes.
    pub media_type: String,
    /// The original's size.
    pub bytes: i64,
    /// How long it is, in milliseconds.
    pub duration_ms: i64,
    /// In pixels.
    pub width: i64,
    /// In pixels.
    pub height: i64,
    /// What it is called.
    pub title: String,
    /// Whether there is anything to hear.
    pub has_sound: bool,
    /// How far the smaller video is.
    pub rendition: Rendition,
    /// What is served: the smaller video, or the original freed of what the camera wrote beside picture and sound.
    pub made: Option<Made>,
    /// Digest of the still picture.
    pub poster: Option<String>,
    /// Why there is no smaller video, a code.
    pub problem: Option<String>,
    /// The episode it was cut from: id, from and to in milliseconds.
    pub from: Option<(i64, i64, i64)>,
}

/// A clip whose video is still to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClipDraft {
    /// The post it will be.
    pub post: i64,
    /// Whose moderators answer for it.
    pub org: OrgId,
    /// What it is called.
    pub title: String,
    /// The episode it is cut from: id, from and to in milliseconds. `None` when a file is awaited.
    pub from: Option<(i64, i64, i64)>,
    /// Why the last file or the cut came to nothing, a code.
    pub trouble: Option<String>,
    /// When it was begun.
    pub made_at: At,
}

/// The file a clip begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// Its digest, kept for ever.
    pub sha256: String,
    /// Its size.
    pub bytes: i64,
    /// What was found in it.
    pub facts: crate::media::VideoFacts,
}

/// What a post said before an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// The words.
    pub body: String,
    /// What was said of its pictures, in their order.
    pub alts: Vec<String>,
    /// When captions were changed: the language, and the cues of before as JSON, empty when there were none.
    pub captions: Option<(String, String)>,
    /// Until when.
    pub until: At,
}

/// A post with everything its page and its place in a feed show. Who may see it is decided before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Full {
    /// The post.
    pub post: Post,
    /// Its pictures in order.
    pub images: Vec<Image>,
    /// The cards of its links that are ready.
    pub cards: Vec<Card>,
    /// Its video.
    pub clip: Option<Clip>,
    /// Languages it has captions in.
    pub captions: Vec<String>,
    /// How often it was passed on, quotes included.
    pub passed_on: i64,
}
