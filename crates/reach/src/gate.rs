//! Whether something may be shown in a place. Pure.

use kernel::{At, Subject};

use crate::measures::ActiveMeasures;
use crate::standing::Standings;

/// Where something would be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Surface {
    /// A member's own feed: what they asked for.
    Home,
    /// A voice's own list.
    Profile,
    /// Its own address.
    Direct,
    /// What is new everywhere.
    Explore,
    /// Everything under a tag.
    Tag,
    /// The clips, one after the other.
    Clips,
    /// Search.
    Search,
    /// A document that programs subscribe to: what one show publishes.
    Feed,
    /// Beside something else: the one before, the one after.
    Beside,
    /// The map for crawlers.
    Map,
}

impl Surface {
    /// Every surface.
    pub const ALL: [Self; 10] = [
        Self::Home,
        Self::Profile,
        Self::Direct,
        Self::Explore,
        Self::Tag,
        Self::Clips,
        Self::Search,
        Self::Feed,
        Self::Beside,
        Self::Map,
    ];

    /// The word in addresses, headers and documents.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Profile => "profile",
            Self::Direct => "direct",
            Self::Explore => "explore",
            Self::Tag => "tag",
            Self::Clips => "clips",
            Self::Search => "search",
            Self::Feed => "feed",
            Self::Beside => "beside",
            Self::Map => "map",
        }
    }

    /// Whether people come here without having asked for this author.
    #[must_use]
    pub const fn recommends(self) -> bool {
        !matches!(self, Self::Home | Self::Profile | Self::Direct | Self::Feed)
    }
}

/// What the gate says of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passage {
    /// It is shown.
    Shown,
    /// It is shown with this word beside it.
    Labelled(String),
    /// It is not shown here.
    Held,
}

/// The gate for one request: it always says the same of the same row.
#[derive(Clone, Debug)]
pub struct Gate<'a> {
    measures: &'a ActiveMeasures,
    now: At,
}

impl<'a> Gate<'a> {
    /// The gate at an instant, under the measures of the log. There is no third input.
    #[must_use]
    pub const fn new(measures: &'a ActiveMeasures, now: At) -> Self {
        Self { measures, now }
    }

    /// The instant it was asked for.
    #[must_use]
    pub const fn now(&self) -> At {
        self.now
    }

    /// The size of the log the gate obeys.
    #[must_use]
    pub const fn log_size(&self) -> u64 {
        self.measures.log_size()
    }

    /// Whether a subject may be shown on a surface, given the standings read in the same transaction as the row.
    #[must_use]
    pub fn pass(&self, surface: Surface, subject: Subject, standings: &Standings) -> Passage {
        standings.pass(surface, subject, self.now)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::standing::{Held, Standing};

    fn held(standing: Standing, until: Option<i64>) -> Standings {
        let label = (standing == Standing::Labelled).then(|| "context".to_owned());
        let held = Held { standing, label, since: At::from_micros(10), until: until.map(At::from_micros) };
        Standings(HashMap::from([(Subject::post(1), vec![held])]))
    }

    #[test]
    fn standings_hold_where_they_should_and_end_by_themselves() {
        let measures = ActiveMeasures::from_log(7, []);
        for surface in Surface::ALL {
            for (standing, at, shown) in [
                (Standing::Removed, 9, true),
                (Standing::Removed, 10, false),
                (Standing::Removed, 20, true),
                (Standing::Limited, 10, !surface.recommends()),
                (Standing::Limited, 20, true),
                (Standing::Labelled, 10, true),
                (Standing::Frozen, 10, true),
            ] {
                let gate = Gate::new(&measures, At::from_micros(at));
                let standings = held(standing, Some(20));
                let passage = gate.pass(surface, Subject::post(1), &standings);
                assert_eq!(passage != Passage::Held, shown, "{surface:?} {standing:?} {at}");
                assert_eq!(gate.pass(surface, Subject::post(2), &standings), Passage::Shown);
                let labelled = standing == Standing::Labelled && at == 10;
                assert_eq!(passage == Passage::Labelled("context".to_owned()), labelled);
            }
        }
        let gate = Gate::new(&measures, At::from_micros(10));
        let now = At::from_micros(10);
        assert!(!held(Standing::Frozen, None).may_answer(Subject::post(1), now));
        assert!(held(Standing::Labelled, None).may_answer(Subject::post(1), now));
        assert_eq!(gate.log_size(), 7);
    }
}
