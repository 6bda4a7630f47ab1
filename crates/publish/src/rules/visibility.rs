//! Who may see an episode: one rule, twice. [`is_public`] is its Rust, `PUBLIC` in the store its SQL; a test holds
//! them equal. Page, feed, API, sitemap, oEmbed and media all ask here and nowhere else.

use kernel::At;

use crate::model::State;

/// The rule in Rust.
#[must_use]
pub fn is_public(state: State, now: At) -> bool {
    matches!(state, State::Scheduled(at) if now >= at)
}

/// What people call the state at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody decided yet.
    Draft,
    /// Decided, its time has not come.
    Scheduled,
    /// Public.
    Published,
    /// Taken off.
    Unpublished,
}

impl Standing {
    /// The word in addresses, templates and JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Published => "published",
            Self::Unpublished => "unpublished",
        }
    }
}

/// The standing of a state at an instant.
#[must_use]
pub fn standing(state: State, now: At) -> Standing {
    match state {
        State::Draft => Standing::Draft,
        State::Unpublished(_) => Standing::Unpublished,
        State::Scheduled(_) if is_public(state, now) => Standing::Published,
        State::Scheduled(_) => Standing::Scheduled,
    }
}
