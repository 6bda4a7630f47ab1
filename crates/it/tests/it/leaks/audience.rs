//! Addresses to ask of the public routes: listens and views: charts, tables, the rules they are counted by.

use super::{Plant, Way};

pub(super) fn ways(_plant: &Plant) -> Vec<Way> {
    vec![
        ("GET", "/{lang}/listens", vec!["/fr/listens".to_owned(), "/en/listens".to_owned()]),
        ("GET", "/listens/rules.json", vec!["/listens/rules.json".to_owned()]),
        ("GET", "/listens/rules/{version}", vec!["/listens/rules/1.json".to_owned()]),
        ("GET", "/{lang}/report/{token}", vec!["/fr/report/zqautre".to_owned(), "/en/report/zqautre".to_owned()]),
        ("GET", "/api/v1/listens/rules", vec!["/api/v1/listens/rules".to_owned()]),
    ]
}
