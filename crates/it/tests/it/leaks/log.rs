//! Addresses to ask of the public routes: the public log: checkpoints, tiles, proofs, its pages.

use super::{Plant, Way};

pub(super) fn ways(_plant: &Plant) -> Vec<Way> {
    Vec::new()
}
