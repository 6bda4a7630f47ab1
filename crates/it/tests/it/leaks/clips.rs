//! Addresses to ask of the public routes: clips: upload, viewer, captions.

use kernel::show_id;

use super::{Plant, Way, posts};

pub(super) fn ways(plant: &Plant) -> Vec<Way> {
    let in_both = |rest: &str| ["fr", "en"].map(|l| format!("/{l}{rest}")).to_vec();
    // The row every table has: a clip that is not public.
    let one = show_id(community::model::POST_PREFIX, 1);
    let after = "?after=9999999999999999.9";
    let with = |route: &str, more: Vec<String>| [posts::asked(plant, route), more].concat();
    let files = ["zqreste.mp4", "captions.fr.vtt", "captions.zqreste.vtt"];
    vec![
        ("GET", "/{lang}/clips", with("/{lang}/clips", in_both(&format!("/clips{after}")))),
        ("GET", "/{lang}/clips/{id}", with("/{lang}/clips/{id}", in_both(&format!("/clips/{one}")))),
        (
            "GET",
            "/media/clips/{id}/{file}",
            with("/media/clips/{id}/{file}", files.map(|f| format!("/media/clips/{one}/{f}")).to_vec()),
        ),
        ("GET", "/api/v1/clips", with("/api/v1/clips", vec![format!("/api/v1/clips{after}")])),
    ]
}
