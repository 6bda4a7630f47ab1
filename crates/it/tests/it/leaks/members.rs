//! Addresses to ask of the public routes: members: sign-up, profiles, follows, notifications.

use super::{Plant, Way};

pub(super) fn ways(_: &Plant) -> Vec<Way> {
    let in_both = |rest: &str| ["fr", "en"].map(|l| format!("/{l}{rest}")).to_vec();
    vec![
        ("GET", "/{lang}/join", in_both("/join")),
        ("POST", "/{lang}/join", in_both("/join")),
        ("POST", "/{lang}/join/finish", in_both("/join/finish")),
        ("POST", "/join/passkey/begin", vec!["/join/passkey/begin".to_owned()]),
        ("POST", "/join/passkey/finish", vec!["/join/passkey/finish".to_owned()]),
    ]
}
