//! What a comment, a listen, a view or a report is about, whichever slice it belongs to. Slices keep a subject as two
//! columns and never look behind it: only floor 4 asks its owner.

use serde::{Deserialize, Serialize};

use crate::OrgId;

/// The kinds of things others can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubjectKind {
    /// An episode of a show.
    Episode,
    /// A post or a clip.
    Post,
}

impl SubjectKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Episode, Self::Post];

    /// The word kept in the database and in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Episode => "episode",
            Self::Post => "post",
        }
    }

    /// Reads [`SubjectKind::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }
}

/// One thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    /// Of which kind.
    pub kind: SubjectKind,
    /// Its id.
    pub id: i64,
}

impl Subject {
    /// An episode.
    #[must_use]
    pub const fn episode(id: i64) -> Self {
        Self { kind: SubjectKind::Episode, id }
    }

    /// A post.
    #[must_use]
    pub const fn post(id: i64) -> Self {
        Self { kind: SubjectKind::Post, id }
    }
}

/// A subject with whose it is and what it belongs to (an episode's show).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Item {
    /// The organisation.
    pub org: OrgId,
    /// What it belongs to.
    pub within: i64,
    /// The subject.
    pub subject: Subject,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_back() {
        for kind in SubjectKind::ALL {
            assert_eq!(SubjectKind::parse(kind.code()), Some(kind));
        }
        assert_eq!(SubjectKind::parse("nothing"), None);
    }
}
