//! Addresses to ask of the public routes: posts: writing, reading, history, links.

use super::{Plant, Way};

pub(super) fn ways(_plant: &Plant) -> Vec<Way> {
    Vec::new()
}
