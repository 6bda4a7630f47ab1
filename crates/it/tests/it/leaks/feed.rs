//! Addresses to ask of the public routes: the home feed, explore, tags and what decides the order.

use super::{Plant, Way, posts};

pub(super) fn ways(plant: &Plant) -> Vec<Way> {
    let in_both = |rest: &str| ["fr", "en"].map(|l| format!("/{l}{rest}")).to_vec();
    let with =
        |route: &'static str, more: Vec<String>| -> Way { ("GET", route, [posts::asked(plant, route), more].concat()) };
    vec![
        with("/{lang}/explore", Vec::new()),
        with("/{lang}/tags/{tag}", in_both("/tags/pont")),
        with("/feeds/tags/{file}", vec!["/feeds/tags/pont.fr.xml".to_owned()]),
        with("/feeds/members/{file}", vec!["/feeds/members/personne.en.xml".to_owned()]),
        ("GET", "/{lang}/order", in_both("/order")),
        ("GET", "/order/definitions.txt", vec!["/order/definitions.txt".to_owned()]),
        with("/api/v1/explore", Vec::new()),
        with("/api/v1/tags/{tag}", vec!["/api/v1/tags/pont".to_owned()]),
    ]
}
