//! Tiles of 256 hashes and bundles of 256 entries, as c2sp.org/tlog-tiles says: their addresses, bytes and widths. Pure.

use std::collections::HashMap;

use crate::merkle::{Hash, Node, Span, join, node_hash};

/// Hashes in a full tile.
pub const WIDTH: u64 = 256;
/// Bytes of a hash.
const HASH: usize = 32;
/// The most bytes of one entry in a bundle.
pub const MOST_ENTRY: usize = u16::MAX as usize;

/// A tile's place: its level among tiles and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileAt {
    /// 0 for leaves; one level of tiles is eight of the tree.
    pub level: u32,
    /// From the left.
    pub n: u64,
}

/// What an address below the log's prefix asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Hashes.
    Tile {
        /// Which.
        at: TileAt,
        /// How many hashes: 256 for a full one.
        width: u64,
    },
    /// Entries.
    Entries {
        /// Which bundle.
        n: u64,
        /// How many entries: 256 for a full one.
        width: u64,
    },
}

/// How many hashes the tile has in a tree of `size` leaves; 0 when it is not there.
#[must_use]
pub fn width_in(at: TileAt, size: u64) -> u64 {
    let shift = 8 * at.level;
    let hashes = if shift >= 64 { 0 } else { size >> shift };
    hashes.saturating_sub(at.n.saturating_mul(WIDTH)).min(WIDTH)
}

/// The tile that holds a complete subtree, with the range of its hashes in there.
#[must_use]
pub fn tile_of(node: Node) -> (TileAt, std::ops::Range<usize>) {
    let within = node.level % 8;
    let first = node.index << within;
    let from = usize::try_from(first % WIDTH).unwrap_or(0);
    (TileAt { level: node.level / 8, n: first / WIDTH }, from..from + (1 << within))
}

/// The path of a tile below the prefix, as `tile/0/x001/x234/067.p/12`.
#[must_use]
pub fn path(asked: Asked) -> String {
    match asked {
        Asked::Tile { at, width } => format!("tile/{}/{}{}", at.level, digits(at.n), part(width)),
        Asked::Entries { n, width } => format!("tile/entries/{}{}", digits(n), part(width)),
    }
}

fn part(width: u64) -> String {
    if width == WIDTH { String::new() } else { format!(".p/{width}") }
}

fn digits(n: u64) -> String {
    let mut parts = vec![format!("{:03}", n % 1000)];
    let mut rest = n / 1000;
    while rest > 0 {
        parts.push(format!("x{:03}", rest % 1000));
        rest /= 1000;
    }
    parts.reverse();
    parts.join("/")
}

/// Reads [`path`]; `None` for anything that is not written exactly so.
#[must_use]
pub fn parse_path(path: &str) -> Option<Asked> {
    let rest = path.strip_prefix("tile/")?;
    let (level, rest) = rest.split_once('/')?;
    let (number, width) = match rest.split_once(".p/") {
        Some((number, width)) => (number, small(width).filter(|w| (1..WIDTH).contains(w))?),
        None => (rest, WIDTH),
    };
    let n = undigits(number)?;
    let asked = if level == "entries" {
        Asked::Entries { n, width }
    } else {
        let level = small(level).filter(|l| *l <= 63).and_then(|l| u32::try_from(l).ok())?;
        Asked::Tile { at: TileAt { level, n }, width }
    };
    (self::path(asked) == path).then_some(asked)
}

fn small(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn undigits(text: &str) -> Option<u64> {
    let mut n: u64 = 0;
    for part in text.split('/') {
        let digits = part.strip_prefix('x').unwrap_or(part);
        if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        n = n.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    Some(n)
}

/// Entries as a bundle: each after its length in two bytes, big end first. Entries above [`MOST_ENTRY`] bytes cannot be.
#[must_use]
pub fn bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len()).unwrap_or(u16::MAX);
        debug_assert!(entry.len() <= MOST_ENTRY, "an entry is refused before it comes here");
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&entry[..usize::from(length)]);
    }
    out
}

/// Reads a bundle; `None` when it does not end with an entry.
#[must_use]
pub fn unbundle(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut out = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_at_checked(2)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let (entry, rest) = rest.split_at_checked(length)?;
        out.push(entry);
        bytes = rest;
    }
    Some(out)
}

/// Some tiles of one tree, from the database or from afar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tiles(HashMap<TileAt, Vec<u8>>);

impl Tiles {
    /// Keeps a tile's bytes, whole hashes one after the other.
    pub fn keep(&mut self, at: TileAt, bytes: Vec<u8>) {
        self.0.insert(at, bytes);
    }

    /// A tile's bytes.
    #[must_use]
    pub fn bytes(&self, at: TileAt) -> Option<&[u8]> {
        self.0.get(&at).map(Vec::as_slice)
    }

    /// The hash of a complete subtree, if the tile that holds it is here and wide enough.
    #[must_use]
    pub fn node(&self, node: Node) -> Option<Hash> {
        let (at, range) = tile_of(node);
        let bytes = self.0.get(&at)?.get(range.start * HASH..range.end * HASH)?;
        let mut hashes: Vec<Hash> = bytes.chunks_exact(HASH).filter_map(|c| c.try_into().ok()).collect();
        while hashes.len() > 1 {
            hashes = hashes.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
        }
        hashes.pop()
    }

    /// The hash of a span.
    #[must_use]
    pub fn span(&self, span: Span) -> Option<Hash> {
        let nodes = span.nodes().into_iter().map(|node| self.node(node)).collect::<Option<Vec<_>>>()?;
        Some(join(&nodes))
    }

    /// The hashes of spans: a proof.
    #[must_use]
    pub fn fill(&self, spans: &[Span]) -> Option<Vec<Hash>> {
        spans.iter().map(|span| self.span(*span)).collect()
    }

    /// The root of the tree of the first `size` leaves.
    #[must_use]
    pub fn root(&self, size: u64) -> Option<Hash> {
        self.span(Span { lo: 0, hi: size })
    }
}

/// The tiles that are needed to fill some spans, each once.
#[must_use]
pub fn tiles_of(spans: &[Span]) -> Vec<TileAt> {
    let mut out: Vec<TileAt> = spans.iter().flat_map(|s| s.nodes()).map(|node| tile_of(node).0).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// What a growing tree changes: tiles at their new content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grown {
    /// The new size.
    pub size: u64,
    /// The new root.
    pub root: Hash,
    /// Every tile that is new or longer, with all its bytes.
    pub tiles: Vec<(TileAt, Vec<u8>)>,
}

/// The tiles at the right edge of a tree of `size` leaves: the only ones that grow, and those its root is made of.
#[must_use]
pub fn edge(size: u64) -> Vec<TileAt> {
    (0..8)
        .map(|level| TileAt { level, n: (size >> (8 * level)) / WIDTH })
        .filter(|at| width_in(*at, size) > 0)
        .collect()
}

/// Appends leaves to a tree of `size` leaves whose right edge is in `edge`. `None` when a tile is missing or has not
/// the width the size demands: what is kept does not fit together, and nothing may be built on it.
#[must_use]
pub fn grow(size: u64, edge: &Tiles, leaves: &[Hash]) -> Option<Grown> {
    let mut levels: Vec<Level> = Vec::new();
    for level in 0..8 {
        let at = TileAt { level, n: (size >> (8 * level)) / WIDTH };
        let width = width_in(at, size);
        let bytes = if width == 0 { Vec::new() } else { edge.bytes(at)?.to_vec() };
        if bytes.len() as u64 != width * HASH as u64 {
            return None;
        }
        levels.push(Level { n: at.n, bytes, done: Vec::new() });
    }
    for leaf in leaves {
        push(&mut levels, 0, leaf);
    }
    let size = size + leaves.len() as u64;
    let mut tiles = Tiles::default();
    let mut changed = Vec::new();
    for (level, kept) in (0_u32..).zip(levels) {
        for (n, bytes) in kept.done {
            changed.push((TileAt { level, n }, bytes));
        }
        if !kept.bytes.is_empty() {
            let at = TileAt { level, n: kept.n };
            tiles.keep(at, kept.bytes.clone());
            if edge.bytes(at) != Some(kept.bytes.as_slice()) {
                changed.push((at, kept.bytes));
            }
        }
    }
    Some(Grown { size, root: tiles.root(size)?, tiles: changed })
}

/// The growing tile of a level, and those that became full.
struct Level {
    n: u64,
    bytes: Vec<u8>,
    done: Vec<(u64, Vec<u8>)>,
}

fn push(levels: &mut [Level], level: usize, hash: &Hash) {
    let Some(kept) = levels.get_mut(level) else { return };
    kept.bytes.extend_from_slice(hash);
    if kept.bytes.len() < HASH * 256 {
        return;
    }
    let full = std::mem::take(&mut kept.bytes);
    let up = full_root(&full);
    kept.done.push((kept.n, full));
    kept.n += 1;
    push(levels, level + 1, &up);
}

/// The hash over a full tile.
fn full_root(bytes: &[u8]) -> Hash {
    let mut hashes: Vec<Hash> = bytes.chunks_exact(HASH).filter_map(|c| c.try_into().ok()).collect();
    while hashes.len() > 1 {
        hashes = hashes.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
    }
    hashes.pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::merkle::{consistency, inclusion, is_consistent, is_included, leaf_hash, root_of};

    #[test]
    fn addresses_of_the_standard() {
        let tile = |level, n, width| Asked::Tile { at: TileAt { level, n }, width };
        for (asked, text) in [
            (tile(0, 0, 256), "tile/0/000"),
            (tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),
            (tile(1, 17, 3), "tile/1/017.p/3"),
            (tile(63, 999, 255), "tile/63/999.p/255"),
            (Asked::Entries { n: 1000, width: 256 }, "tile/entries/x001/000"),
            (Asked::Entries { n: 5, width: 7 }, "tile/entries/005.p/7"),
        ] {
            assert_eq!(path(asked), text);
            assert_eq!(parse_path(text), Some(asked));
        }
        for text in [
            "tile/0/0",
            "tile/0/0000",
            "tile/00/000",
            "tile/64/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/x000/001",
            "tile/0/001/000",
            "tile/0/",
            "tile/0/+01",
            "tile/data/000",
            "tile/0/000/",
            "tile/0/x1/000",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
            "tile/-1/000",
            "tile/0/000.p/",
            "checkpoint",
        ] {
            assert_eq!(parse_path(text), None, "{text}");
        }
    }

    #[test]
    fn widths_of_the_standard() {
        let width = |level, n, size| width_in(TileAt { level, n }, size);
        assert_eq!((width(0, 272, 70_000), width(0, 273, 70_000), width(0, 274, 70_000)), (256, 112, 0));
        assert_eq!((width(1, 0, 70_000), width(1, 1, 70_000), width(2, 0, 70_000)), (256, 17, 1));
        assert_eq!((width(0, 0, 256), width(0, 1, 256), width(1, 0, 256)), (256, 0, 1));
        assert_eq!(width(63, 0, u64::MAX), 0);
    }

    #[test]
    fn bundles_read_back() {
        let entries: Vec<&[u8]> = vec![b"one", b"", b"three"];
        assert_eq!(unbundle(&bundle(entries.clone())), Some(entries));
        assert_eq!(unbundle(&[0, 2, 1]), None);
        assert_eq!(unbundle(&[0]), None);
    }

    /// Everything appended so far, as whoever holds the tiles has it.
    fn build(steps: &[usize]) -> (Tiles, Vec<crate::merkle::Hash>, Vec<(u64, crate::merkle::Hash)>) {
        let (mut tiles, mut leaves, mut heads) = (Tiles::default(), Vec::new(), Vec::new());
        for step in steps {
            let size = leaves.len() as u64;
            let more: Vec<_> = (0..*step).map(|i| leaf_hash(&(size + i as u64).to_be_bytes())).collect();
            let mut right = Tiles::default();
            for at in edge(size) {
                right.keep(at, tiles.bytes(at).unwrap().to_vec());
            }
            let grown = grow(size, &right, &more).unwrap();
            for (at, bytes) in grown.tiles {
                tiles.keep(at, bytes);
            }
            leaves.extend(more);
            heads.push((grown.size, grown.root));
        }
        (tiles, leaves, heads)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn tiles_give_the_roots_and_proofs_of_the_definition(steps in prop::collection::vec(0_usize..700, 1..6), at in 0_u64..4000) {
            let (tiles, leaves, heads) = build(&steps);
            for (size, root) in &heads {
                prop_assert_eq!(*root, root_of(&leaves[..*size as usize]));
                prop_assert_eq!(tiles.root(*size).unwrap_or(*root), *root);
            }
            for pair in heads.windows(2) {
                let ((old, old_root), (new, new_root)) = (pair[0], pair[1]);
                if old > 0 {
                    let proof = tiles.fill(&consistency(old, new).unwrap()).unwrap();
                    prop_assert!(is_consistent(old, &old_root, new, &new_root, &proof));
                }
            }
            let (size, root) = *heads.last().unwrap();
            if size > 0 {
                let index = at % size;
                let spans = inclusion(index, size).unwrap();
                let mut few = Tiles::default();
                for tile in tiles_of(&spans) {
                    few.keep(tile, tiles.bytes(tile).unwrap().to_vec());
                }
                let proof = few.fill(&spans).unwrap();
                prop_assert!(is_included(&leaves[index as usize], index, size, &proof, &root));
            }
        }
    }

    #[test]
    fn a_tree_is_not_grown_on_tiles_that_do_not_fit() {
        let (tiles, ..) = build(&[300]);
        let at = TileAt { level: 0, n: 1 };
        let mut wrong = tiles.clone();
        wrong.keep(at, vec![0; 32]);
        assert_eq!(grow(300, &wrong, &[]), None);
        assert!(grow(300, &tiles, &[]).is_some());
        assert_eq!(grow(301, &tiles, &[]), None);
        assert_eq!(grow(300, &Tiles::default(), &[]), None);
    }
}
