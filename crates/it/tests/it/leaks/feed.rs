//! Addresses to ask of the public routes: the home feed, explore, tags and what decides the order.

use super::{Plant, Way};

pub(super) fn ways(_plant: &Plant) -> Vec<Way> {
    Vec::new()
}
