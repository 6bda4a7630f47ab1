//! Addresses to ask of the public routes: members: sign-up, profiles, follows, notifications.

use super::{Plant, Way};

pub(super) fn ways(_plant: &Plant) -> Vec<Way> {
    Vec::new()
}
