//! Addresses to ask of the public routes: search and the map for crawlers.

use super::{Plant, Way};

pub(super) fn ways(plant: &Plant) -> Vec<Way> {
    let asked = |path: &str| -> Vec<String> {
        // The word itself is not put in what is asked for when the answer repeats it: its parts find as much.
        let words = ["titre", "paroles", "chapitre", "zq"];
        let mut all: Vec<String> = words.iter().map(|w| format!("{path}?q={w}")).collect();
        all.push(format!("{path}?q=titre&show={}", plant.show.slug));
        all
    };
    let languages = [asked("/fr/search"), asked("/en/search")].concat();
    let sections = ["pages", "shows", "news", "episodes-1"].iter().map(|s| format!("/sitemaps/{s}.xml")).collect();
    vec![
        ("GET", "/{lang}/search", languages),
        ("GET", "/opensearch.xml", vec!["/opensearch.xml".to_owned()]),
        ("GET", "/sitemaps/{section}", sections),
        ("GET", "/api/v1/search", asked("/api/v1/search")),
    ]
}
