//! Reading a whole log and hashing it again: what a watcher does with the leaves, the tiles and the checkpoint it is given.
//! Pure. It believes no hash that it did not make itself.

use crate::merkle::{Hash, empty_root, leaf_hash};
use crate::tiles::{TileAt, Tiles, WIDTH, grow, width_in};

/// What does not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A leaf does not hash to what its tile says.
    Leaf {
        /// Its number.
        index: u64,
    },
    /// A tile is not what the leaves or tiles below it hash to.
    Tile {
        /// Which.
        at: TileAt,
    },
    /// The leaves do not hash to the root of the checkpoint.
    Root,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Leaf { index } => write!(f, "leaf {index} does not hash to what the tree says of it"),
            Self::Tile { at } => {
                write!(f, "tile {} of level {} is not what stands below it hashes to", at.n, at.level)
            }
            Self::Root => f.write_str("the leaves do not hash to the root of the checkpoint"),
        }
    }
}

/// A log read from its first leaf on.
#[derive(Clone, Debug)]
pub struct Reading {
    size: u64,
    edge: Tiles,
    root: Hash,
}

impl Default for Reading {
    fn default() -> Self {
        Self { size: 0, edge: Tiles::default(), root: empty_root() }
    }
}

/// The tiles of the right edge, from the lowest level up, with the empty ones left out.
fn right(size: u64) -> impl Iterator<Item = TileAt> {
    (0..8_u32)
        .map(move |level| TileAt { level, n: (size >> (8 * level)) / WIDTH })
        .filter(move |at| width_in(*at, size) > 0)
}

impl Reading {
    /// Goes on from a place where all was well: `edge` are the tiles at the right edge of the first `size` leaves. `None`
    /// when they do not hash to the root that was seen then.
    #[must_use]
    pub fn resume(size: u64, root: &Hash, edge: Tiles) -> Option<Self> {
        let whole = right(size).all(|at| edge.bytes(at).is_some_and(|b| b.len() as u64 == width_in(at, size) * 32));
        let found = if size == 0 { empty_root() } else { edge.root(size)? };
        (whole && found == *root).then_some(Self { size, edge, root: found })
    }

    /// How many leaves were read.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What they hash to.
    #[must_use]
    pub fn root(&self) -> &Hash {
        &self.root
    }

    /// The tiles at the right edge as they must be now, from the lowest level up.
    pub fn edge(&self) -> impl Iterator<Item = (TileAt, &[u8])> {
        right(self.size).filter_map(|at| self.edge.bytes(at).map(|bytes| (at, bytes)))
    }

    /// Takes the next leaves. Gives every tile that changed, as it must be now.
    ///
    /// # Errors
    /// The first leaf that does not hash to its place in `tile`, the bytes of the lowest tile these leaves end in.
    pub fn add<'a>(
        &mut self,
        entries: impl IntoIterator<Item = &'a [u8]>,
        tile: &[u8],
    ) -> Result<Vec<(TileAt, Vec<u8>)>, Fault> {
        let mut hashes = Vec::new();
        for (index, entry) in (self.size..).zip(entries) {
            let hash = leaf_hash(entry);
            let at = usize::try_from(index % WIDTH).unwrap_or(0) * 32;
            if tile.get(at..at + 32) != Some(hash.as_slice()) {
                return Err(Fault::Leaf { index });
            }
            hashes.push(hash);
        }
        let lowest = TileAt { level: 0, n: self.size / WIDTH };
        let grown = grow(self.size, &self.edge, &hashes).ok_or(Fault::Tile { at: lowest })?;
        let mut edge = Tiles::default();
        for at in right(grown.size) {
            let new = grown.tiles.iter().find(|(other, _)| *other == at).map(|(_, bytes)| bytes.clone());
            if let Some(bytes) = new.or_else(|| self.edge.bytes(at).map(<[u8]>::to_vec)) {
                edge.keep(at, bytes);
            }
        }
        *self = Self { size: grown.size, edge, root: grown.root };
        Ok(grown.tiles)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::merkle::root_of;

    fn entry(i: u64) -> Vec<u8> {
        format!("leaf {i}").into_bytes()
    }

    /// The lowest tile as a log hands it out.
    fn tile(n: u64, size: u64) -> Vec<u8> {
        (n * WIDTH..((n + 1) * WIDTH).min(size)).flat_map(|i| leaf_hash(&entry(i))).collect()
    }

    fn read(reading: &mut Reading, size: u64) -> Result<(), Fault> {
        while reading.size() < size {
            let n = reading.size() / WIDTH;
            let entries: Vec<Vec<u8>> = (reading.size()..((n + 1) * WIDTH).min(size)).map(entry).collect();
            reading.add(entries.iter().map(Vec::as_slice), &tile(n, size))?;
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(30))]
        #[test]
        fn reading_on_is_reading_anew(first in 0_u64..1200, more in 0_u64..1200) {
            let (mut one, mut two) = (Reading::default(), Reading::default());
            read(&mut one, first + more).unwrap();
            read(&mut two, first).unwrap();
            let mut edge = Tiles::default();
            for (at, bytes) in two.edge() {
                edge.keep(at, bytes.to_vec());
            }
            let mut resumed = Reading::resume(first, two.root(), edge).unwrap();
            read(&mut resumed, first + more).unwrap();
            let leaves: Vec<Hash> = (0..first + more).map(|i| leaf_hash(&entry(i))).collect();
            prop_assert_eq!(*one.root(), root_of(&leaves));
            prop_assert_eq!(resumed.root(), one.root());
            prop_assert_eq!(resumed.edge().collect::<Vec<_>>(), one.edge().collect::<Vec<_>>());
        }

        #[test]
        fn a_changed_bit_is_found(size in 1_u64..600, at in 0_u64..600, bit in 0_usize..8) {
            let at = at % size;
            let mut reading = Reading::default();
            read(&mut reading, at / WIDTH * WIDTH).unwrap();
            let n = at / WIDTH;
            let mut entries: Vec<Vec<u8>> = (n * WIDTH..((n + 1) * WIDTH).min(size)).map(entry).collect();
            entries[(at % WIDTH) as usize][0] ^= 1 << bit;
            let found = reading.add(entries.iter().map(Vec::as_slice), &tile(n, size));
            prop_assert_eq!(found, Err(Fault::Leaf { index: at }));
        }
    }

    #[test]
    fn an_edge_that_does_not_fit_is_no_place_to_go_on_from() {
        let mut reading = Reading::default();
        read(&mut reading, 300).unwrap();
        let mut edge = Tiles::default();
        for (at, bytes) in reading.edge() {
            edge.keep(at, bytes.to_vec());
        }
        assert!(Reading::resume(300, reading.root(), edge.clone()).is_some());
        assert!(Reading::resume(301, reading.root(), edge.clone()).is_none());
        assert!(Reading::resume(300, &[0; 32], edge).is_none());
        assert!(Reading::resume(300, reading.root(), Tiles::default()).is_none());
        assert!(Reading::resume(0, &empty_root(), Tiles::default()).is_some());
    }
}
