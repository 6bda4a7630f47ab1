//! Who speaks and who listens: voices, members, and what happened to them. No rule and no SQL here.

use kernel::{At, OrgId, PersonId, Subject};

/// The prefix of members' ids.
pub const MEMBER_PREFIX: &str = "me";

/// What kind of voice it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VoiceKind {
    /// A person with a place in public.
    Member,
    /// A show.
    Show,
    /// An organisation.
    Organisation,
}

impl VoiceKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Member, Self::Show, Self::Organisation];

    /// The word in the database, in JSON and in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Show => "show",
            Self::Organisation => "organisation",
        }
    }

    /// Reads [`VoiceKind::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }
}

/// Whoever can be followed and can post. Names of shows and organisations belong to others: floor 4 looks them up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// The id of the member, show or organisation itself.
    pub id: i64,
    /// What it is.
    pub kind: VoiceKind,
    /// Whose moderators answer for what it says: a member's house, a show's organisation.
    pub org: OrgId,
    /// Its name in addresses and mentions, without the `@`.
    pub handle: String,
    /// When it last posted; the epoch when never.
    pub newest_at: At,
    /// How many members follow it.
    pub followers: i64,
    /// Whether it is gone: an erased member, a show that is no more.
    pub closed: bool,
}

/// How often a member gets what happened by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// Never.
    Off,
    /// Once a day, when there is something.
    Daily,
    /// Once a week, when there is something.
    Weekly,
}

impl Digest {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Off, Self::Daily, Self::Weekly];

    /// The word in the database and in forms.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }

    /// Reads [`Digest::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.code() == code)
    }

    /// Seconds between two mails; `None` for never.
    #[must_use]
    pub const fn seconds(self) -> Option<i64> {
        match self {
            Self::Off => None,
            Self::Daily => Some(86_400),
            Self::Weekly => Some(7 * 86_400),
        }
    }
}

/// A person's place in public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The id, also of the voice.
    pub id: i64,
    /// The house: whose moderators answer for what the member says.
    pub org: OrgId,
    /// The account; `None` once erased.
    pub person: Option<PersonId>,
    /// The name in addresses and mentions.
    pub handle: String,
    /// The name shown.
    pub name: String,
    /// What the member says of themselves, plain text.
    pub about: String,
    /// Their site.
    pub link: Option<String>,
    /// The SHA-256 of their picture.
    pub picture: Option<String>,
    /// When they joined.
    pub joined_at: At,
    /// The order of their home feed, as in [`crate::rules::order`].
    pub feed_order: String,
    /// How often they get mail.
    pub digest: Digest,
    /// When the last mail was made.
    pub digest_at: At,
    /// Notifications up to here were seen.
    pub seen_at: At,
    /// Grows by one with each change.
    pub version: i64,
    /// Whether the member is gone.
    pub erased: bool,
}

/// A handle as it is compared: without the `@`, without case.
#[must_use]
pub fn fold_handle(handle: &str) -> String {
    handle.trim().trim_start_matches('@').to_ascii_lowercase()
}

/// What a voice is to a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bond {
    /// Since when the member follows it.
    pub follows: Option<At>,
    /// Whether the member muted it.
    pub mutes: bool,
    /// Whether the member blocked it.
    pub blocks: bool,
    /// Whether it blocked the member: it looks as if it were not there.
    pub blocked_by: bool,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// Somebody follows.
    Follow,
    /// Somebody wrote their handle.
    Mention,
    /// Somebody commented on their post.
    Comment,
    /// Somebody answered their comment.
    Reply,
    /// Somebody passed their post on.
    Reshare,
    /// Somebody passed their post on with words.
    Quote,
    /// Moderators took their post away.
    Removed,
    /// Moderators took away a post of a show or organisation they publish for.
    TeamPost,
    /// Moderators took away what somebody of their team said.
    TeamComment,
    /// The clip they sent is public now.
    ClipPublic,
    /// Nothing could be made of the clip they sent.
    ClipFailed,
}

impl Happening {
    /// Every one.
    pub const ALL: [Self; 11] = [
        Self::Follow,
        Self::Mention,
        Self::Comment,
        Self::Reply,
        Self::Reshare,
        Self::Quote,
        Self::Removed,
        Self::TeamPost,
        Self::TeamComment,
        Self::ClipPublic,
        Self::ClipFailed,
    ];

    /// The word in the database and in sentences.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Follow => "follow",
            Self::Mention => "mention",
            Self::Comment => "comment",
            Self::Reply => "reply",
            Self::Reshare => "reshare",
            Self::Quote => "quote",
            Self::Removed => "removed",
            Self::TeamPost => "team-post",
            Self::TeamComment => "team-comment",
            Self::ClipPublic => "clip-public",
            Self::ClipFailed => "clip-failed",
        }
    }

    /// Reads [`Happening::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|h| h.code() == code)
    }
}

/// One line of a member's notifications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Its id, which grows with time.
    pub id: i64,
    /// Whose it is.
    pub member: i64,
    /// What happened.
    pub kind: Happening,
    /// Who did it, if they are a voice.
    pub actor: Option<i64>,
    /// Their name then; for guests the only thing there is.
    pub actor_name: String,
    /// Where.
    pub about: Option<Subject>,
    /// When.
    pub at: At,
}
