//! Addresses to ask of the public routes: comments as their writers and readers use them.

use kernel::show_id;
use publish::model::EPISODE_PREFIX;

use super::{Plant, Way, posts};

pub(super) fn ways(plant: &Plant) -> Vec<Way> {
    let in_both = |rest: &str| ["fr", "en"].map(|l| format!("/{l}{rest}")).to_vec();
    let episodes: Vec<_> = plant.hidden.iter().map(|h| &h.episode).chain([&plant.public]).collect();
    let pages = || episodes.iter().flat_map(|e| in_both(&format!("/shows/pentes/{}/comments", e.slug)));
    let ids = || episodes.iter().map(|e| show_id(EPISODE_PREFIX, e.id));
    // The row every table has: its comment hangs on no public episode.
    let one = show_id(community::model::COMMENT_PREFIX, 1);
    let parts =
        |path: String| [format!("{path}?reply={one}"), format!("{path}?under={one}&after=9999999999999999.9"), path];
    let feeds = ids().map(|id| format!("/feeds/comments/{id}.xml"));
    vec![
        ("GET", "/{lang}/shows/{show}/{episode}/comments", pages().flat_map(parts).collect()),
        ("POST", "/{lang}/shows/{show}/{episode}/comments", pages().collect()),
        ("GET", "/comments/stamp", vec!["/comments/stamp".to_owned()]),
        ("POST", "/{lang}/comments/forget", in_both("/comments/forget")),
        ("GET", "/{lang}/comments/{token}", [in_both("/comments/none"), in_both(&format!("/comments/{one}"))].concat()),
        ("POST", "/{lang}/comments/{token}", in_both("/comments/none")),
        ("GET", "/feeds/comments/{file}", feeds.chain(posts::asked(plant, "/feeds/comments/{file}")).collect()),
        ("GET", "/{lang}/privacy", in_both("/privacy")),
        ("POST", "/{lang}/privacy/erase", in_both("/privacy/erase")),
        ("GET", "/{lang}/privacy/erase/{token}", in_both("/privacy/erase/none")),
        ("POST", "/{lang}/privacy/erase/{token}", in_both("/privacy/erase/none")),
        ("GET", "/api/v1/episodes/{id}/comments", ids().map(|id| format!("/api/v1/episodes/{id}/comments")).collect()),
    ]
}
