//! Sets of bytes as sorted, disjoint ranges: what one listener was served of a file, whatever the order it came in.

/// Bytes from the first to before the second, sorted, disjoint, none empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges(Vec<(u64, u64)>);

impl Ranges {
    /// Adds the bytes from `first` to before `end`.
    pub fn add(&mut self, first: u64, end: u64) {
        if first >= end {
            return;
        }
        let (mut first, mut end) = (first, end);
        let mut out = Vec::with_capacity(self.0.len() + 1);
        for &(a, b) in &self.0 {
            if b < first || a > end {
                out.push((a, b));
            } else {
                first = first.min(a);
                end = end.max(b);
            }
        }
        out.push((first, end));
        out.sort_unstable();
        self.0 = out;
    }

    /// How many bytes lie at or after `from`.
    #[must_use]
    pub fn beyond(&self, from: u64) -> u64 {
        self.0.iter().map(|&(a, b)| b.saturating_sub(a.max(from))).sum()
    }

    /// As text for the database: `0-100,200-300`.
    #[must_use]
    pub fn text(&self) -> String {
        let parts: Vec<String> = self.0.iter().map(|(a, b)| format!("{a}-{b}")).collect();
        parts.join(",")
    }

    /// Reads [`Ranges::text`]; what does not read is left out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut out = Self::default();
        for part in text.split(',') {
            if let Some((a, b)) = part.split_once('-')
                && let (Ok(a), Ok(b)) = (a.parse(), b.parse())
            {
                out.add(a, b);
            }
        }
        out
    }

    /// How many ranges there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn c14_bytes_are_counted_once_in_any_order(
            mut parts in prop::collection::vec((0_u64..200, 0_u64..60), 0..20), from in 0_u64..250, seed in any::<u64>()
        ) {
            let mut bytes = BTreeSet::new();
            let mut ranges = Ranges::default();
            for (first, length) in &parts {
                ranges.add(*first, first + length);
                bytes.extend(*first..first + length);
            }
            prop_assert_eq!(ranges.beyond(from), bytes.iter().filter(|b| **b >= from).count() as u64);
            prop_assert_eq!(&Ranges::parse(&ranges.text()), &ranges);
            let turn = seed as usize % parts.len().max(1);
            parts.rotate_left(turn);
            let mut other = Ranges::default();
            parts.iter().for_each(|(first, length)| other.add(*first, first + length));
            prop_assert_eq!(other, ranges);
        }
    }
}
