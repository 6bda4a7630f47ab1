//! Who looks at every head that anybody could have seen, and says which of them contradict one another. It knows leaves and
//! roots by their definition and nothing of tiles, proofs or the database.

use std::collections::HashMap;

use tlog::checkpoint::Checkpoint;
use tlog::merkle::{Hash, root_of};

/// The heads of every log that were seen.
#[derive(Debug, Default)]
pub struct Checker {
    seen: HashMap<String, HashMap<u64, Hash>>,
    /// How many heads were seen.
    pub heads: u64,
    /// What does not fit.
    pub faults: Vec<String>,
}

impl Checker {
    /// Looks at a head and the leaves it is said to be of.
    pub fn look(&mut self, head: &Checkpoint, leaves: &[Hash]) {
        let size = usize::try_from(head.size).unwrap_or(usize::MAX);
        let root = |n: usize| leaves.get(..n).map(root_of);
        if leaves.len() != size || root(size) != Some(head.root) {
            self.faults.push(format!("{}: the head of {} leaves is not the root over them", head.origin, head.size));
        }
        let seen = self.seen.entry(head.origin.clone()).or_default();
        match seen.insert(head.size, head.root) {
            Some(before) if before != head.root => {
                self.faults.push(format!("{}: two heads of {} leaves disagree", head.origin, head.size));
            }
            Some(_) => return,
            None => self.heads += 1,
        }
        let shorter = seen.iter().filter(|(other, _)| **other < head.size);
        let torn = shorter.filter(|(n, kept)| usize::try_from(**n).ok().and_then(root) != Some(**kept)).count();
        if torn > 0 {
            self.faults
                .push(format!("{}: the head of {} leaves does not continue {torn} before it", head.origin, head.size));
        }
        // A log that shows fewer leaves than it did is caught when it grows again, or here if it never does.
        if seen.keys().any(|other| *other > head.size) {
            self.faults.push(format!("{}: a head of {} leaves was new after longer ones", head.origin, head.size));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(leaves: &[Hash]) -> Checkpoint {
        Checkpoint { origin: "a".to_owned(), size: leaves.len() as u64, root: root_of(leaves) }
    }

    #[test]
    fn heads_that_contradict_one_another_are_found() {
        let leaves: Vec<Hash> = (0..9).map(|n| [n; 32]).collect();
        let mut forked = leaves.clone();
        forked[3] = [77; 32];
        let faults = |shown: &[&[Hash]]| {
            let mut checker = Checker::default();
            shown.iter().for_each(|leaves| checker.look(&head(leaves), leaves));
            checker.faults
        };
        assert_eq!(faults(&[&leaves[..1], &leaves[..4], &leaves[..4], &leaves]), Vec::<String>::new());
        assert_eq!(faults(&[&leaves, &forked]), ["a: two heads of 9 leaves disagree"]);
        assert_eq!(faults(&[&leaves[..5], &forked]), ["a: the head of 9 leaves does not continue 1 before it"]);
        assert_eq!(faults(&[&leaves[..5], &leaves[..3]]), ["a: a head of 3 leaves was new after longer ones"]);
        let mut checker = Checker::default();
        checker.look(&head(&leaves[..5]), &leaves);
        assert_eq!(checker.faults, ["a: the head of 5 leaves is not the root over them"]);
    }
}
