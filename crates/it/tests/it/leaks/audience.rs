//! Addresses to ask of the public routes: listens and views: charts, tables, the rules they are counted by.

use super::{Plant, Way};

pub(super) fn ways(_plant: &Plant) -> Vec<Way> {
    vec![("GET", "/api/v1/listens/rules", vec!["/api/v1/listens/rules".to_owned()])]
}
