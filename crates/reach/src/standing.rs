//! What decisions made of single subjects. Pure.

use std::collections::HashMap;

use kernel::{At, Subject};

use crate::gate::{Passage, Surface};

/// What a decision made of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Standing {
    /// Nobody sees it any more.
    Removed,
    /// Only who follows its author, or has its address, sees it.
    Limited,
    /// It is seen with a word beside it.
    Labelled,
    /// It is seen, and nobody can answer or pass it on.
    Frozen,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 4] = [Self::Removed, Self::Limited, Self::Labelled, Self::Frozen];

    /// The word in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Limited => "limited",
            Self::Labelled => "labelled",
            Self::Frozen => "frozen",
        }
    }

    /// Reads [`Standing::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// One decision about one subject, with its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) standing: Standing,
    pub(crate) label: Option<String>,
    pub(crate) since: At,
    pub(crate) until: Option<At>,
}

/// The standing of some subjects. Those that are not in here have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standings(pub(crate) HashMap<Subject, Vec<Held>>);

impl Standings {
    /// Whether a subject stands so at an instant: a decision begins and ends by itself.
    #[must_use]
    pub fn has(&self, subject: Subject, standing: Standing, now: At) -> bool {
        self.held(subject, now).any(|h| h.standing == standing)
    }

    /// What decisions alone say of a subject on a surface: the half of the gate that needs no measure.
    #[must_use]
    pub fn pass(&self, surface: Surface, subject: Subject, now: At) -> Passage {
        if self.has(subject, Standing::Removed, now) {
            return Passage::Held;
        }
        if surface.recommends() && self.has(subject, Standing::Limited, now) {
            return Passage::Held;
        }
        match self.label(subject, now) {
            Some(label) => Passage::Labelled(label.to_owned()),
            None => Passage::Shown,
        }
    }

    /// Whether a subject may be answered or passed on.
    #[must_use]
    pub fn may_answer(&self, subject: Subject, now: At) -> bool {
        ![Standing::Removed, Standing::Frozen].into_iter().any(|s| self.has(subject, s, now))
    }

    /// The word beside a subject.
    #[must_use]
    pub fn label(&self, subject: Subject, now: At) -> Option<&str> {
        self.held(subject, now).find(|h| h.standing == Standing::Labelled)?.label.as_deref()
    }

    /// The next instant at which a standing of these subjects begins or ends by itself: until then what was decided holds.
    #[must_use]
    pub fn next_change(&self, now: At) -> Option<At> {
        let times = self.0.values().flatten().flat_map(|h| [Some(h.since), h.until]).flatten();
        times.filter(|at| *at > now).min()
    }

    /// The last instant at which a standing of these subjects began or ended by itself.
    #[must_use]
    pub fn last_change(&self, now: At) -> Option<At> {
        let times = self.0.values().flatten().flat_map(|h| [Some(h.since), h.until]).flatten();
        times.filter(|at| *at <= now).max()
    }

    fn held(&self, subject: Subject, now: At) -> impl Iterator<Item = &Held> {
        let all = self.0.get(&subject).into_iter().flatten();
        all.filter(move |h| h.since <= now && h.until.is_none_or(|until| now < until))
    }
}
