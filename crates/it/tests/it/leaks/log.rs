//! Addresses to ask of the public routes: the public log: checkpoints, tiles, proofs, its pages.

use super::{Plant, Way};

pub(super) fn ways(_plant: &Plant) -> Vec<Way> {
    let tiles = ["0/000.p/1", "entries/000.p/1"].map(|tile| format!("/log/tile/{tile}"));
    vec![("GET", "/log/checkpoint", vec!["/log/checkpoint".to_owned()]), ("GET", "/log/tile/{*path}", tiles.to_vec())]
}
