//! Addresses to ask of the public routes: members: sign-up, profiles, follows, notifications.

use kernel::show_id;

use super::{Plant, Way, posts};

pub(super) fn ways(plant: &Plant) -> Vec<Way> {
    let in_both = |rest: &str| ["fr", "en"].map(|l| format!("/{l}{rest}")).to_vec();
    // The row every table has: a voice that is closed.
    let one = show_id(community::model::MEMBER_PREFIX, 1);
    let profiles = [posts::asked(plant, "/{lang}/members/{handle}"), in_both("/members/personne")].concat();
    let ids = [Some(one.clone()), posts::voice(plant)].into_iter().flatten();
    let voices = ids.flat_map(|id| in_both(&format!("/voices/{id}"))).collect();
    vec![
        ("GET", "/{lang}/members/{handle}", profiles),
        ("GET", "/{lang}/members/{handle}/followers", in_both("/members/personne/followers")),
        ("GET", "/{lang}/members/{handle}/following", in_both("/members/personne/following")),
        ("GET", "/media/members/{handle}/{file}", vec!["/media/members/personne/0.jpg".to_owned()]),
        ("GET", "/{lang}/voices/{id}", voices),
        ("GET", "/{lang}/digest/{token}", in_both(&format!("/digest/{one}"))),
        ("POST", "/{lang}/digest/{token}", in_both(&format!("/digest/{one}"))),
        ("GET", "/api/v1/members/{handle}", vec!["/api/v1/members/personne".to_owned()]),
        ("GET", "/{lang}/join", in_both("/join")),
        ("POST", "/{lang}/join", in_both("/join")),
        ("POST", "/{lang}/join/finish", in_both("/join/finish")),
        ("POST", "/join/passkey/begin", vec!["/join/passkey/begin".to_owned()]),
        ("POST", "/join/passkey/finish", vec!["/join/passkey/finish".to_owned()]),
    ]
}
