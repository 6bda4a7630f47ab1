//! What a moderator, and what a writer, may do to a comment in each state, and when an act can be undone.

use kernel::{Kind, Refusal};

use crate::model::State;

/// What a moderator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Everybody may see it.
    Approve,
    /// Back to the queue.
    Hold,
    /// It is spam.
    Spam,
    /// It goes, but is no spam.
    Remove,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 4] = [Self::Approve, Self::Hold, Self::Spam, Self::Remove];

    /// The word in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Hold => "hold",
            Self::Spam => "spam",
            Self::Remove => "remove",
        }
    }

    /// Reads [`Verb::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.code() == code)
    }

    /// The state it leads to.
    #[must_use]
    pub const fn to(self) -> State {
        match self {
            Self::Approve => State::Visible,
            Self::Hold => State::Held,
            Self::Spam => State::Spam,
            Self::Remove => State::Removed,
        }
    }
}

/// The state after a moderator's verb; `None` when nothing changes. What its writer took away stays away.
///
/// # Errors
/// `comment-deleted`.
pub fn decide(from: State, verb: Verb) -> Result<Option<State>, Refusal> {
    match from {
        State::Deleted => Err(Refusal::new(Kind::Conflict, "comment-deleted")),
        from if from == verb.to() => Ok(None),
        _ => Ok(Some(verb.to())),
    }
}

/// Whether an act may be undone for a comment: it still stands as the act left it.
///
/// # Errors
/// `comment-changed-since`.
pub fn undo(now: (State, i64), left: (State, i64)) -> Result<(), Refusal> {
    if now == left { Ok(()) } else { Err(Refusal::new(Kind::Conflict, "comment-changed-since")) }
}

/// The writer's own deletion.
///
/// # Errors
/// Not found once it is away.
pub fn delete_own(from: State) -> Result<State, Refusal> {
    match from {
        State::Visible | State::Held => Ok(State::Deleted),
        State::Spam | State::Removed | State::Deleted => Err(Refusal::not_found()),
    }
}

/// How long a writer may change what was said, in seconds.
pub const EDIT_SECONDS: i64 = 30 * 86_400;

/// The writer's own change.
///
/// # Errors
/// Not found once it is away, `comment-too-old` after thirty days, `comment-version` when it changed meanwhile.
pub fn edit_own(from: State, age_seconds: i64, versions: (i64, i64)) -> Result<(), Refusal> {
    if !matches!(from, State::Visible | State::Held) {
        return Err(Refusal::not_found());
    }
    if age_seconds >= EDIT_SECONDS {
        return Err(Refusal::new(Kind::Conflict, "comment-too-old"));
    }
    if versions.0 == versions.1 { Ok(()) } else { Err(Refusal::new(Kind::Conflict, "comment-version")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_verb() {
        for from in State::ALL {
            for verb in Verb::ALL {
                let got = decide(from, verb).map_err(|r| r.code);
                let expected = match (from, verb) {
                    (State::Deleted, _) => Err("comment-deleted"),
                    (State::Visible, Verb::Approve)
                    | (State::Held, Verb::Hold)
                    | (State::Spam, Verb::Spam)
                    | (State::Removed, Verb::Remove) => Ok(None),
                    (_, verb) => Ok(Some(verb.to())),
                };
                assert_eq!(got, expected, "{from:?} {verb:?}");
            }
            assert_eq!(delete_own(from).is_ok(), matches!(from, State::Visible | State::Held));
        }
        assert!(undo((State::Visible, 2), (State::Visible, 2)).is_ok());
        assert!(undo((State::Visible, 3), (State::Visible, 2)).is_err());
    }

    #[test]
    fn writers_change_their_own_for_a_month() {
        let code = |from, age, versions| edit_own(from, age, versions).map_err(|r| r.code);
        assert_eq!(code(State::Visible, EDIT_SECONDS - 1, (1, 1)), Ok(()));
        assert_eq!(code(State::Visible, EDIT_SECONDS, (1, 1)), Err("comment-too-old"));
        assert_eq!(code(State::Held, 0, (1, 2)), Err("comment-version"));
        assert_eq!(code(State::Removed, 0, (1, 1)), Err("not-found"));
    }
}
