//! What stands in feeds: entries, where a list goes on, and what a member sees nothing of. No rule and no SQL here.

use std::collections::{HashMap, HashSet};

use kernel::{At, Subject};

/// Where a list goes on: after the last row that was looked at, whether it was shown or not.
pub type Spot = (At, i64);

/// Something that stands in a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// A post or an episode.
    pub subject: Subject,
    /// The voice it comes from: a post's author, an episode's show.
    pub voice: i64,
    /// Since when it is public.
    pub at: At,
    /// Whose post it passes on without words.
    pub of_author: Option<i64>,
    /// The post or episode it passes on without words.
    pub of: Option<Subject>,
}

impl Entry {
    /// Its place in the order `at` descending, `id` descending.
    #[must_use]
    pub const fn spot(&self) -> Spot {
        (self.at, self.subject.id)
    }
}

/// Why something of a voice comes to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Followed {
    /// Since when they follow it, or the organisation that brings it.
    pub since: At,
    /// The organisation that brings it; `None` when the voice itself is followed.
    pub through: Option<i64>,
}

/// A page of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedPage {
    /// What stands on it, in the order that was asked for.
    pub entries: Vec<Entry>,
    /// Where the next page goes on; `None` at the end.
    pub next: Option<Spot>,
    /// How many rows were looked at.
    pub examined: usize,
    /// Words that decisions put beside entries.
    pub labels: HashMap<Subject, String>,
    /// The size of the log whose measures were obeyed.
    pub log_size: u64,
}

/// Voices a viewer sees nothing of: muted ones, and those blocked in either direction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hidden(pub HashSet<i64>);

impl Hidden {
    /// Whether an entry is to be left out for this viewer: its own voice, or whose post it passes on.
    #[must_use]
    pub fn hides(&self, entry: &Entry) -> bool {
        self.0.contains(&entry.voice) || entry.of_author.is_some_and(|author| self.0.contains(&author))
    }
}

/// A tag in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagUse {
    /// Folded, as in addresses.
    pub tag: String,
    /// As it is written.
    pub shown: String,
    /// How many voices used it.
    pub voices: i64,
}
