//! What the desk keeps: items of a rundown, revisions, unsaved work, corrections. Types only.

use std::collections::BTreeMap;

use kernel::{At, OrgId, PersonId};
use serde::{Deserialize, Serialize};

use super::SourceKind;

/// The prefix of shown ids of rundown items.
pub const ITEM_PREFIX: &str = "ri";
/// The prefix of shown ids of corrections.
pub const CORRECTION_PREFIX: &str = "co";

/// How far an item is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ItemState {
    /// Somebody had an idea.
    #[default]
    Idea,
    /// It can go on air.
    Ready,
}

impl ItemState {
    /// The word in the database and in forms.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Idea => "idea",
            Self::Ready => "ready",
        }
    }

    /// Reads [`ItemState::code`]; anything else is an idea.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        if code == "ready" { Self::Ready } else { Self::Idea }
    }
}

/// A link of an item; it becomes a source of the chapter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemLink {
    /// Link or video.
    pub kind: SourceKind,
    /// What it is called; the host's name when empty.
    pub title: String,
    /// Where it is.
    pub url: String,
}

/// An item of a rundown, or of a show's pool of ideas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub org: OrgId,
    /// Of which show.
    pub show: i64,
    /// In which episode's rundown; nowhere: in the pool.
    pub episode: Option<i64>,
    /// Its place in the list, growing; gaps mean nothing.
    pub position: i64,
    /// What it is about.
    pub title: String,
    /// What the team says to itself.
    pub notes: String,
    /// How long it shall be, in milliseconds.
    pub planned_ms: i64,
    /// Who prepares it.
    pub assignee: Option<PersonId>,
    /// How far it is.
    pub state: ItemState,
    /// Whether somebody deleted it; it can come back.
    pub dropped: bool,
    /// Grows with each change of its content.
    pub version: i64,
    /// Its links.
    pub links: Vec<ItemLink>,
}

/// A version of an episode's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Which version the episode had from then on.
    pub version: i64,
    /// When.
    pub at: At,
    /// Who; nobody for the system and for what was there before.
    pub by: Option<PersonId>,
    /// What was done: `create`, `edit`, `schedule`, `sound`, …
    pub what: String,
    /// Whether its texts differ from those of the version before.
    pub has_body: bool,
}

/// A form typed into and not saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Autosave {
    /// Which form: `texts:fr`, `details`, `credits`, `chapters`.
    pub section: String,
    /// The version the form began from.
    pub version: i64,
    /// When it was last kept.
    pub at: At,
    /// The form's fields, urlencoded.
    pub body: String,
}

/// What was wrong in a published episode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Its id.
    pub id: i64,
    /// When it was made.
    pub at: At,
    /// The start of the chapter it is about.
    pub chapter_ms: Option<i64>,
    /// The earlier correction it amends.
    pub amends: Option<i64>,
    /// What it says, plain text by language.
    pub texts: BTreeMap<String, String>,
}
