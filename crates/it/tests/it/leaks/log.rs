//! Addresses to ask of the public routes: the public log: checkpoints, tiles, proofs, its pages.

use super::{Plant, Way};

pub(super) fn ways(_plant: &Plant) -> Vec<Way> {
    let of = |paths: &[&str]| -> Vec<String> { paths.iter().map(|p| (*p).to_owned()).collect() };
    let none = "0".repeat(64);
    vec![
        ("GET", "/log/checkpoint", of(&["/log/checkpoint"])),
        ("GET", "/log/tile/{*path}", of(&["/log/tile/0/000.p/1", "/log/tile/entries/000.p/1"])),
        ("GET", "/log/{n}/{what}", of(&["/log/1/checkpoint", "/log/2/checkpoint", "/log/2/policy"])),
        ("GET", "/log/{n}/proof/{leaf}", of(&["/log/1/proof/0", "/log/2/proof/0"])),
        ("GET", "/log/{n}/tile/{*path}", of(&["/log/1/tile/0/000.p/1", "/log/2/tile/entries/000.p/1"])),
        ("GET", "/log/policy", of(&["/log/policy"])),
        ("GET", "/log/proof/{leaf}", of(&["/log/proof/0", "/log/proof/1"])),
        ("GET", "/log/receipt/{leaf}", vec![format!("/log/receipt/{none}")]),
        ("GET", "/log/witness/{origin}/checkpoint", vec![format!("/log/witness/{none}/checkpoint")]),
        ("POST", "/log/cosignature", of(&["/log/cosignature"])),
        ("POST", "/log/witness/add-checkpoint", of(&["/log/witness/add-checkpoint"])),
        ("GET", "/{lang}/log", of(&["/fr/log", "/en/log", "/fr/log?q=0", "/en/log?before=3"])),
        ("GET", "/{lang}/log/{index}", of(&["/fr/log/0", "/en/log/1"])),
        ("GET", "/api/v1/log", of(&["/api/v1/log"])),
        ("GET", "/api/v1/log/leaves", of(&["/api/v1/log/leaves?limit=3"])),
        ("GET", "/api/v1/log/leaves/{leaf}", of(&["/api/v1/log/leaves/0"])),
    ]
}
