//! The tree of RFC 6962, section 2.1: hashes of leaves and nodes, proofs and their checks. Pure. Nothing here knows where
//! hashes are kept: a proof is a list of ranges of leaves, and whoever has the hashes of complete subtrees fills them in.

use ring::digest::{Context, SHA256, digest};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// The root of a tree without leaves: the digest of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    to_hash(digest(&SHA256, b"").as_ref())
}

fn to_hash(bytes: &[u8]) -> Hash {
    let mut out = [0; 32];
    out.copy_from_slice(bytes);
    out
}

/// The hash of a leaf: `SHA-256(0x00 || body)`.
#[must_use]
pub fn leaf_hash(body: &[u8]) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(&[0]);
    context.update(body);
    to_hash(context.finish().as_ref())
}

/// The hash of a node: `SHA-256(0x01 || left || right)`.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(&[1]);
    context.update(left);
    context.update(right);
    to_hash(context.finish().as_ref())
}

/// The leaves `lo..hi` of a tree, `lo` a multiple of the largest power of two that fits. Its hash is one element of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first leaf.
    pub lo: u64,
    /// One after the last leaf.
    pub hi: u64,
}

/// A complete subtree: the leaves `index * 2^level .. (index + 1) * 2^level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    /// Its height.
    pub level: u32,
    /// Its place among the subtrees of that height.
    pub index: u64,
}

impl Span {
    /// The complete subtrees a span is made of, from left to right, each smaller than the one before.
    #[must_use]
    pub fn nodes(self) -> Vec<Node> {
        let mut out = Vec::new();
        let (mut lo, mut left) = (self.lo, self.hi.saturating_sub(self.lo));
        while left > 0 {
            let level = left.ilog2();
            out.push(Node { level, index: lo >> level });
            lo += 1 << level;
            left -= 1 << level;
        }
        out
    }
}

/// The hash of the span made of complete subtrees with these hashes, from left to right.
/// Gives the root of an empty tree for none.
#[must_use]
pub fn join(hashes: &[Hash]) -> Hash {
    let mut rest = hashes.iter().rev();
    let Some(last) = rest.next() else { return empty_root() };
    rest.fold(*last, |right, left| node_hash(left, &right))
}

/// The root of a tree from its leaves' hashes.
#[must_use]
pub fn root_of(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(split(more.len() as u64) as usize);
            node_hash(&root_of(left), &root_of(right))
        }
    }
}

/// The largest power of two smaller than `n`, for `n` of at least 2.
const fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// The elements of the proof that leaf `index` is in the tree of `size` leaves, from the leaf's sibling upwards.
/// `None` when there is no such leaf. RFC 6962, section 2.1.1.
#[must_use]
pub fn inclusion(index: u64, size: u64) -> Option<Vec<Span>> {
    if index >= size {
        return None;
    }
    let mut out = Vec::new();
    let (mut lo, mut hi) = (0, size);
    while hi - lo > 1 {
        let middle = lo + split(hi - lo);
        if index < middle {
            out.push(Span { lo: middle, hi });
            hi = middle;
        } else {
            out.push(Span { lo, hi: middle });
            lo = middle;
        }
    }
    out.reverse();
    Some(out)
}

/// The elements of the proof that the tree of `old` leaves is the beginning of the one of `new` leaves.
/// `None` when `old` is nothing or more than `new`. RFC 6962, section 2.1.2.
#[must_use]
pub fn consistency(old: u64, new: u64) -> Option<Vec<Span>> {
    if old == 0 || old > new {
        return None;
    }
    let mut out = Vec::new();
    let (mut lo, mut hi, mut whole) = (0, new, true);
    while old != hi {
        let middle = lo + split(hi - lo);
        if old <= middle {
            out.push(Span { lo: middle, hi });
            hi = middle;
        } else {
            out.push(Span { lo, hi: middle });
            (lo, whole) = (middle, false);
        }
    }
    if !whole {
        out.push(Span { lo, hi });
    }
    out.reverse();
    Some(out)
}

/// The root that a proof of inclusion leads to; `None` when the proof has the wrong length for this place.
#[must_use]
pub fn root_from_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash]) -> Option<Hash> {
    let spans = inclusion(index, size)?;
    if spans.len() != proof.len() {
        return None;
    }
    Some(spans.iter().zip(proof).fold(*leaf, |hash, (span, other)| {
        if span.lo > index { node_hash(&hash, other) } else { node_hash(other, &hash) }
    }))
}

/// Whether a proof shows that the leaf is at `index` in the tree of `size` leaves with this root.
#[must_use]
pub fn is_included(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    root_from_inclusion(leaf, index, size, proof).is_some_and(|found| found == *root)
}

/// Whether a tree is the beginning of another, for who starts with nothing: an empty tree is the beginning of every tree and
/// needs no proof (c2sp.org/tlog-witness); else as [`is_consistent`].
#[must_use]
pub fn is_beginning(old: u64, old_root: &Hash, new: u64, new_root: &Hash, proof: &[Hash]) -> bool {
    if old > 0 {
        return is_consistent(old, old_root, new, new_root, proof);
    }
    let nothing = empty_root();
    proof.is_empty() && *old_root == nothing && (new > 0 || *new_root == nothing)
}

/// Whether a proof shows that the tree (`old`, `old_root`) is the beginning of (`new`, `new_root`). There is no proof from an
/// empty tree (RFC 6962, section 2.1.2).
#[must_use]
pub fn is_consistent(old: u64, old_root: &Hash, new: u64, new_root: &Hash, proof: &[Hash]) -> bool {
    if old == 0 {
        return false;
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    let Some(spans) = consistency(old, new) else { return false };
    if spans.len() != proof.len() {
        return false;
    }
    // A tree whose old part is one complete subtree leaves its hash out: it is the old root.
    let first = Span { lo: 0, hi: old };
    let known = (spans.first() != Some(&first) && old.is_power_of_two()).then_some((first, *old_root));
    let parts: Vec<(Span, Hash)> = known.into_iter().chain(spans.into_iter().zip(proof.iter().copied())).collect();
    fold_to(&parts, old).is_some_and(|root| root == *old_root)
        && fold_to(&parts, new).is_some_and(|root| root == *new_root)
}

/// The root of the first `size` leaves out of spans that tile the tree.
fn fold_to(parts: &[(Span, Hash)], size: u64) -> Option<Hash> {
    let mut parts: Vec<(Span, Hash)> = parts.iter().filter(|(span, _)| span.hi <= size).copied().collect();
    parts.sort_by_key(|(span, _)| span.lo);
    let mut next = 0;
    for (span, _) in &parts {
        if span.lo != next {
            return None;
        }
        next = span.hi;
    }
    if next != size {
        return None;
    }
    reduce(&parts, Span { lo: 0, hi: size })
}

fn reduce(parts: &[(Span, Hash)], within: Span) -> Option<Hash> {
    match parts {
        [] => None,
        [(span, hash)] => (*span == within).then_some(*hash),
        more => {
            let middle = within.lo + split(within.hi - within.lo);
            let at = more.iter().position(|(span, _)| span.lo == middle)?;
            let (left, right) = more.split_at(at);
            let left = reduce(left, Span { lo: within.lo, hi: middle })?;
            Some(node_hash(&left, &reduce(right, Span { lo: middle, hi: within.hi })?))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
    }

    fn fill(spans: &[Span], leaves: &[Hash]) -> Vec<Hash> {
        spans.iter().map(|s| root_of(&leaves[s.lo as usize..s.hi as usize])).collect()
    }

    /// The definition of RFC 6962 2.1.1 and 2.1.2, word for word, as an oracle.
    fn path(m: usize, d: &[Hash]) -> Vec<Hash> {
        if d.len() == 1 {
            return vec![];
        }
        let k = split(d.len() as u64) as usize;
        let (mut rest, other) =
            if m < k { (path(m, &d[..k]), root_of(&d[k..])) } else { (path(m - k, &d[k..]), root_of(&d[..k])) };
        rest.push(other);
        rest
    }

    fn sub_proof(m: usize, d: &[Hash], whole: bool) -> Vec<Hash> {
        if m == d.len() {
            return if whole { vec![] } else { vec![root_of(d)] };
        }
        let k = split(d.len() as u64) as usize;
        let (mut rest, other) = if m <= k {
            (sub_proof(m, &d[..k], whole), root_of(&d[k..]))
        } else {
            (sub_proof(m - k, &d[k..], false), root_of(&d[..k]))
        };
        rest.push(other);
        rest
    }

    #[test]
    fn known_roots() {
        let hex = |h: Hash| kernel::hex(&h);
        assert_eq!(hex(empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex(leaf_hash(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }

    #[test]
    fn every_proof_of_small_trees_is_the_definition() {
        for n in 1..=66_u64 {
            let all = leaves(n);
            let root = root_of(&all);
            for i in 0..n {
                let proof = fill(&inclusion(i, n).unwrap(), &all);
                assert_eq!(proof, path(i as usize, &all));
                assert!(is_included(&all[i as usize], i, n, &proof, &root));
                assert!(!is_included(&all[i as usize], i + 1, n, &proof, &root) || n == 1);
            }
            for m in 1..=n {
                let old = root_of(&all[..m as usize]);
                let proof = fill(&consistency(m, n).unwrap(), &all);
                assert_eq!(proof, sub_proof(m as usize, &all, true), "{m} {n}");
                assert!(is_consistent(m, &old, n, &root, &proof), "{m} {n}");
                if m < n {
                    assert!(!is_consistent(m, &root, n, &root, &proof));
                    assert!(!is_consistent(m, &old, n, &old, &proof));
                }
            }
        }
        let nothing = empty_root();
        assert!(is_beginning(0, &nothing, 0, &nothing, &[]) && is_beginning(0, &nothing, 1, &leaf_hash(b""), &[]));
        assert!(!is_beginning(0, &nothing, 0, &leaf_hash(b""), &[]), "a tree without leaves has one root only");
        assert!(!is_consistent(0, &nothing, 1, &leaf_hash(b""), &[]));
        assert_eq!(inclusion(3, 3), None);
        assert_eq!(consistency(0, 3), None);
        assert_eq!(consistency(4, 3), None);
    }

    proptest! {
        #[test]
        fn one_changed_bit_breaks_every_proof(n in 2_u64..300, at in 0_u64..300, bit in 0_usize..256, which in 0_usize..12) {
            let at = at % n;
            let all = leaves(n);
            let root = root_of(&all);
            let mut proof = fill(&inclusion(at, n).unwrap(), &all);
            prop_assert!(is_included(&all[at as usize], at, n, &proof, &root));
            let which = which % proof.len();
            proof[which][bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!is_included(&all[at as usize], at, n, &proof, &root));
            let old = at + 1;
            if old < n {
                let mut proof = fill(&consistency(old, n).unwrap(), &all);
                let old_root = root_of(&all[..old as usize]);
                let which = which % proof.len();
                proof[which][bit / 8] ^= 1 << (bit % 8);
                prop_assert!(!is_consistent(old, &old_root, n, &root, &proof));
            }
        }

        #[test]
        fn a_span_is_its_subtrees(lo in 0_u64..64, n in 1_u64..300) {
            let width = n.next_power_of_two();
            let span = Span { lo: lo * width, hi: lo * width + n };
            let all = leaves(span.hi);
            let parts: Vec<Hash> = span.nodes().iter().map(|node| {
                let from = (node.index << node.level) as usize;
                root_of(&all[from..from + (1 << node.level)])
            }).collect();
            prop_assert_eq!(join(&parts), root_of(&all[span.lo as usize..span.hi as usize]));
        }

        #[test]
        fn proofs_of_any_length_never_panic(old in 0_u64..u64::MAX, new in 0_u64..u64::MAX, n in 0_usize..70) {
            let proof = vec![[7; 32]; n];
            prop_assert!(!is_consistent(old, &[1; 32], new, &[2; 32], &proof));
            prop_assert!(!is_included(&[1; 32], old, new, &proof, &[2; 32]));
        }
    }
}
