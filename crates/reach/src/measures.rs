//! The measures in force, as a pure function of the log's beginning. There is no other way to make one: what is not a leaf
//! has no effect, and what is a leaf cannot be left out.

/// Leaves of this kind are about measures.
pub const KIND: &str = "measure.";

/// The measures that the first `size` leaves of the log put in force.
///
/// No kind of measure is defined yet, so the set is empty whatever the log says; a leaf about measures that this server
/// cannot read is counted, so that pages can say that something is in force which they do not understand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveMeasures {
    size: u64,
    unread: Vec<u64>,
}

impl ActiveMeasures {
    /// Reads the beginning of the log: its size, and the index and kind of each leaf in it, in order. Leaves that are not
    /// about measures may be left out by who asks; those beyond the size are.
    pub fn from_log<'a>(size: u64, leaves: impl IntoIterator<Item = (u64, &'a str)>) -> Self {
        let about = leaves.into_iter().filter(|(index, kind)| *index < size && kind.starts_with(KIND));
        Self { size, unread: about.map(|(index, _)| index).collect() }
    }

    /// The size of the log this was read from: what an answer cites.
    #[must_use]
    pub const fn log_size(&self) -> u64 {
        self.size
    }

    /// How many measures are in force.
    #[must_use]
    pub const fn count(&self) -> usize {
        0
    }

    /// Leaves about measures that this server cannot read.
    #[must_use]
    pub fn unread(&self) -> &[u64] {
        &self.unread
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// I1: the active set is a function of the log's beginning, whatever other leaves stand between.
        #[test]
        fn i1_other_leaves_change_nothing(kinds in prop::collection::vec(prop::sample::select(vec!["measure.started", "episode.published", "log.opened"]), 0..40), size in 0_u64..50) {
            let all: Vec<(u64, &str)> = (0..).zip(kinds).collect();
            let whole = ActiveMeasures::from_log(size, all.clone());
            let few = ActiveMeasures::from_log(size, all.iter().copied().filter(|(_, k)| k.starts_with(KIND)));
            prop_assert_eq!(&whole, &few);
            prop_assert_eq!(whole.log_size(), size);
            prop_assert!(whole.unread().iter().all(|i| *i < size));
        }
    }
}
