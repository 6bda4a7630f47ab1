//! Addresses to ask of the public routes: the home feed, explore, tags and what decides the order.

use super::{Plant, Way};

pub(super) fn ways(_: &Plant) -> Vec<Way> {
    let in_both = |rest: &str| ["fr", "en"].map(|l| format!("/{l}{rest}")).to_vec();
    vec![
        ("GET", "/{lang}/explore", in_both("/explore")),
        ("GET", "/{lang}/tags/{tag}", in_both("/tags/pont")),
        ("GET", "/feeds/tags/{file}", vec!["/feeds/tags/pont.fr.xml".to_owned()]),
        ("GET", "/feeds/members/{file}", vec!["/feeds/members/personne.en.xml".to_owned()]),
        ("GET", "/{lang}/order", in_both("/order")),
        ("GET", "/order/definitions.txt", vec!["/order/definitions.txt".to_owned()]),
        ("GET", "/api/v1/explore", vec!["/api/v1/explore".to_owned()]),
        ("GET", "/api/v1/tags/{tag}", vec!["/api/v1/tags/pont".to_owned()]),
    ]
}
