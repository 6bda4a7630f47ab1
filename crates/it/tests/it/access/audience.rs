//! Rows of the table: listens and views: charts, tables, the rules they are counted by. Data only.

use super::Row;
use super::Sent::{Api, Form, Nothing};

pub(super) const ROWS: &[Row] = &[
    ("GET", "/{lang}/listens", "/fr/listens", Nothing, [200; 5]),
    ("GET", "/listens/rules.json", "/listens/rules.json", Nothing, [200; 5]),
    ("GET", "/listens/rules/{version}", "/listens/rules/1.json", Nothing, [200; 5]),
    ("GET", "/{lang}/report/{token}", "/fr/report/none", Nothing, [404; 5]),
    ("GET", "/{lang}/studio/audience", "/fr/studio/audience", Nothing, [303, 200, 200, 200, 200]),
    ("GET", "/{lang}/studio/audience.csv", "/fr/studio/audience.csv", Nothing, [303, 200, 200, 200, 200]),
    (
        "GET",
        "/{lang}/studio/audience/{show}/{month}",
        "/fr/studio/audience/{show}/2026-11",
        Nothing,
        [303, 404, 200, 200, 200],
    ),
    (
        "POST",
        "/{lang}/studio/audience/{show}/{month}",
        "/fr/studio/audience/{show}/2026-11",
        Form(&[]),
        [404, 404, 403, 422, 422],
    ),
    (
        "GET",
        "/{lang}/studio/episodes/{id}/audience",
        "/fr/studio/episodes/{draft}/audience",
        Nothing,
        [303, 404, 200, 200, 200],
    ),
    ("GET", "/api/v1/shows/{id}/audience", "/api/v1/shows/{show}/audience", Api(""), [401, 404, 200, 200, 200]),
    ("GET", "/api/v1/episodes/{id}/audience", "/api/v1/episodes/{draft}/audience", Api(""), [401, 404, 200, 200, 200]),
    ("GET", "/api/v1/listens/rules", "/api/v1/listens/rules", Nothing, [200, 200, 200, 200, 200]),
    ("GET", "/api/v1/listens/{day}", "/api/v1/listens/2026-11-23", Api(""), [401, 200, 403, 403, 200]),
];
