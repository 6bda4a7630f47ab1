//! Addresses to ask of the public routes: sharing: quotes, frames.

use super::{Plant, Way};

pub(super) fn ways(plant: &Plant) -> Vec<Way> {
    let episodes = std::iter::once(&plant.public).chain(plant.hidden.iter().map(|h| &h.episode));
    let quotes = episodes.flat_map(|e| {
        let quote = format!("shows/pentes/{}/quote", e.slug);
        ["fr", "en"]
            .into_iter()
            .flat_map(move |l| ["", "?t=0", "?t=0&to=9"].map(|asked| format!("/{l}/{quote}{asked}")))
    });
    vec![("GET", "/{lang}/shows/{show}/{episode}/quote", quotes.collect())]
}
