//! Addresses to ask of the public routes: search and the map for crawlers.

use super::{Plant, Way};

pub(super) fn ways(plant: &Plant) -> Vec<Way> {
    let asked = |path: &str| -> Vec<String> {
        // The word itself is not put in what is asked for when the answer repeats it: its parts find as much.
        let words = ["titre", "paroles", "chapitre", "mots", "canari", "zq"];
        let mut all: Vec<String> = words.iter().map(|w| format!("{path}?q={w}")).collect();
        all.push(format!("{path}?q=titre&show={}", plant.show.slug));
        all
    };
    let mut languages = [asked("/fr/search"), asked("/en/search")].concat();
    for tab in ["posts", "people"] {
        languages.extend(["titre", "mots", "canari", "zq"].map(|word| format!("/fr/search?q={word}&in={tab}")));
    }
    let sections =
        ["pages", "shows", "news", "episodes-1", "posts"].iter().map(|s| format!("/sitemaps/{s}.xml")).collect();
    vec![
        ("GET", "/{lang}/search", languages),
        ("GET", "/opensearch.xml", vec!["/opensearch.xml".to_owned()]),
        ("GET", "/sitemaps/{section}", sections),
        ("GET", "/api/v1/search", asked("/api/v1/search")),
        ("GET", "/api/v1/search/posts", asked("/api/v1/search/posts")),
        ("GET", "/api/v1/search/people", asked("/api/v1/search/people")),
    ]
}
