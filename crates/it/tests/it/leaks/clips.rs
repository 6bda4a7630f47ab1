//! Addresses to ask of the public routes: clips: upload, viewer, captions.

use kernel::show_id;

use super::{Plant, Way};

pub(super) fn ways(_plant: &Plant) -> Vec<Way> {
    let in_both = |rest: &str| ["fr", "en"].map(|l| format!("/{l}{rest}")).to_vec();
    // The row every table has: a clip that is not public.
    let one = show_id(community::model::POST_PREFIX, 1);
    let blob = kernel::sha256_hex(b"zqreste");
    let files = [
        format!("{}.mp4", &blob[..12]),
        format!("{}.jpg", &blob[..12]),
        "zqreste.mp4".to_owned(),
        "captions.fr.vtt".to_owned(),
        "captions.zqreste.vtt".to_owned(),
    ];
    let after = "?after=9999999999999999.9";
    vec![
        ("GET", "/{lang}/clips", [in_both("/clips"), in_both(&format!("/clips{after}"))].concat()),
        ("GET", "/{lang}/clips/{id}", in_both(&format!("/clips/{one}"))),
        ("GET", "/media/clips/{id}/{file}", files.iter().map(|f| format!("/media/clips/{one}/{f}")).collect()),
        ("GET", "/api/v1/clips", vec!["/api/v1/clips".to_owned(), format!("/api/v1/clips{after}")]),
    ]
}
