//! What a comment is made of. No rule and no SQL here. A commenter's address is not part of a comment: it lies sealed
//! in a row of its own and only the moderators' queue carries it.

mod feed;
mod people;
mod post;

pub use feed::*;
pub use people::*;
pub use post::*;

use kernel::{At, OrgId, PersonId, Subject};

/// The prefix of comment ids in addresses.
pub const COMMENT_PREFIX: &str = "co";
/// The prefix of moderators' acts in addresses.
pub const ACT_PREFIX: &str = "ac";

/// Where a comment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Everybody sees it.
    Visible,
    /// Waits for a moderator.
    Held,
    /// Thrown out as spam, by the rules or by a moderator.
    Spam,
    /// Taken away by a moderator.
    Removed,
    /// Taken away by its writer.
    Deleted,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Visible, Self::Held, Self::Spam, Self::Removed, Self::Deleted];

    /// The word in the database and in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Visible => "visible",
            Self::Held => "held",
            Self::Spam => "spam",
            Self::Removed => "removed",
            Self::Deleted => "deleted",
        }
    }

    /// Reads [`State::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// Who wrote a comment, as everybody may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// Somebody without an account, under a name of their own choice.
    Guest,
    /// Somebody with an account.
    Member(PersonId),
    /// Somebody of the organisation that publishes what is commented.
    Team(PersonId),
}

impl Author {
    /// The word in the database and in JSON.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Member(_) => "member",
            Self::Team(_) => "team",
        }
    }

    /// The account, if there is one.
    #[must_use]
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Guest => None,
            Self::Member(p) | Self::Team(p) => Some(*p),
        }
    }
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its id.
    pub id: i64,
    /// The organisation that publishes what it is about.
    pub org: OrgId,
    /// What it is about.
    pub subject: Subject,
    /// The comment it answers.
    pub parent: Option<i64>,
    /// The comment its branch begins with: its own id for a beginning.
    pub root: i64,
    /// How deep it is shown: 0 for a beginning, at most [`crate::rules::thread::DEEPEST`].
    pub depth: i64,
    /// Where it stands.
    pub state: State,
    /// Who wrote it.
    pub author: Author,
    /// The name shown; empty once erased.
    pub name: String,
    /// The writer's site.
    pub url: Option<String>,
    /// Plain text with line breaks.
    pub body: String,
    /// When it was said.
    pub said_at: At,
    /// When its writer last changed it.
    pub edited_at: Option<At>,
    /// Grows by one with each change.
    pub version: i64,
    /// Why the rules held it: stable codes.
    pub reasons: Vec<String>,
    /// Whether its writer's identity was erased.
    pub erased: bool,
    /// Which links to it still work: links of an older number do not.
    pub link_epoch: i64,
}

/// What somebody wants to say, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// A guest's name; ignored for members.
    pub name: String,
    /// A guest's address; ignored for members.
    pub email: String,
    /// A site, or nothing.
    pub url: String,
    /// The text.
    pub body: String,
}

/// A guest's details after the form's checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// The name.
    pub name: String,
    /// The address as typed.
    pub email: String,
    /// The site, an http(s) address.
    pub url: Option<String>,
}

/// Who says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Writer {
    /// A guest.
    Guest(Guest),
    /// Somebody with an account.
    Member {
        /// Who.
        person: PersonId,
        /// How they are called today.
        name: String,
        /// Whether they belong to the organisation.
        team: bool,
    },
}

/// A comment to be said: checked, not yet decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewComment {
    /// Whose ground it is.
    pub org: OrgId,
    /// What about; floor 4 has shown that everybody sees it.
    pub subject: Subject,
    /// When the subject appeared, for threads that close by time.
    pub subject_since: At,
    /// The comment it answers.
    pub parent: Option<i64>,
    /// Who.
    pub writer: Writer,
    /// The cleaned text.
    pub body: String,
    /// The client as the limits know it: an address, or a /64.
    pub network: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The comment's id.
    pub id: i64,
    /// [`State::Visible`], [`State::Held`] or [`State::Spam`].
    pub state: State,
    /// Why it waits.
    pub reasons: Vec<&'static str>,
}

/// Which comments wait for a moderator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The first one of a person.
    First,
    /// Every one.
    Every,
    /// Only those the rules find suspicious.
    None,
}

impl Hold {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::First, Self::Every, Self::None];

    /// The word in the database and in forms.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Every => "every",
            Self::None => "none",
        }
    }

    /// Reads [`Hold::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|h| h.code() == code)
    }
}

/// When moderators get a mail about comments that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notify {
    /// Never.
    Off,
    /// At most once an hour.
    Hourly,
    /// At most once a day.
    Daily,
}

impl Notify {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Off, Self::Hourly, Self::Daily];

    /// The word in the database and in forms.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Hourly => "hourly",
            Self::Daily => "daily",
        }
    }

    /// Reads [`Notify::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|n| n.code() == code)
    }
}

/// An organisation's rules for comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which ones wait.
    pub hold: Hold,
    /// After how many days a thread closes; `None` never.
    pub closes_after_days: Option<i64>,
    /// A comment with more links waits.
    pub most_links: i64,
    /// Words that make a comment wait, one a line.
    pub blocked_words: Vec<String>,
    /// When moderators are told.
    pub notify: Notify,
    /// Grows by one with each change; 0 when nothing was ever set.
    pub version: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hold: Hold::First,
            closes_after_days: None,
            most_links: 2,
            blocked_words: Vec::new(),
            notify: Notify::Hourly,
            version: 0,
        }
    }
}

/// The counters of what is said about a subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// Comments everybody sees.
    pub visible: i64,
    /// Comments that wait for a moderator.
    pub waiting: i64,
    /// Whether a moderator closed it.
    pub closed: bool,
}

/// Where a list continues: the last one shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When it was said.
    pub said_at: At,
    /// Its id.
    pub id: i64,
}
