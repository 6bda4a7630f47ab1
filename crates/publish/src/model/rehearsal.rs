//! An import looked at before it is done, and what was done. Types only.

use kernel::{At, OrgId, PersonId};

/// The prefix of shown rehearsal ids.
pub const REHEARSAL_PREFIX: &str = "rh";

/// What is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceFrom {
    /// A podcast's feed.
    Feed,
    /// A WordPress export.
    Wxr,
}

impl SourceFrom {
    /// The word in the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Wxr => "wxr",
        }
    }
}

/// A rehearsal, and after it was run the record of the import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub org: OrgId,
    /// Who asked.
    pub person: Option<PersonId>,
    /// What is imported.
    pub kind: SourceFrom,
    /// The address it was read from, or the name of the file.
    pub source: String,
    /// The charset the server named.
    pub charset: Option<String>,
    /// The show it goes into; a new or recognised one when absent.
    pub wanted_show: Option<i64>,
    /// SHA-256 of the bytes that were rehearsed.
    pub digest: String,
    /// How many bytes.
    pub size: i64,
    /// When it was rehearsed.
    pub created_at: At,
    /// Until when it can be run.
    pub expires_at: At,
    /// When it was run.
    pub ran_at: Option<At>,
    /// The show it went into.
    pub show: Option<i64>,
    /// Whether that show was made by it.
    pub made_show: bool,
    /// What it did: the report as JSON.
    pub report: Option<String>,
    /// When it was undone.
    pub undone_at: Option<At>,
}

impl Rehearsal {
    /// The address, if it was read from one.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        Some(self.source.as_str()).filter(|s| s.starts_with("http://") || s.starts_with("https://"))
    }
}
