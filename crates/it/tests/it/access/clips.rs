//! Rows of the table: clips: upload, viewer, captions. Data only. The owner has begun a clip; what becomes of one is tested
//! where clips are.

use super::Row;
use super::Sent::{Api, File, Form, Nothing};

pub(super) const ROWS: &[Row] = &[
    ("GET", "/{lang}/clips", "/fr/clips", Nothing, [200; 5]),
    ("GET", "/{lang}/clips/new", "/fr/clips/new", Nothing, [303, 200, 200, 200, 200]),
    ("POST", "/{lang}/clips/new", "/fr/clips/new", File, [303, 422, 422, 422, 422]),
    ("GET", "/{lang}/clips/mine", "/fr/clips/mine", Nothing, [303, 200, 200, 200, 200]),
    ("GET", "/{lang}/clips/{id}", "/fr/clips/po_0000000000001", Nothing, [404; 5]),
    ("GET", "/{lang}/clips/{id}/edit", "/fr/clips/{clip}/edit", Nothing, [303, 404, 403, 403, 200]),
    ("GET", "/{lang}/clips/{id}/original", "/fr/clips/{film}/original", Nothing, [303, 404, 403, 403, 200]),
    ("POST", "/{lang}/clips/{id}/{verb}", "/fr/clips/{clip}/again", Form(&[]), [303, 404, 403, 403, 409]),
    ("POST", "/{lang}/clips/{id}/upload/{what}", "/fr/clips/{clip}/upload/video", File, [303, 404, 403, 403, 422]),
    ("GET", "/media/clips/{id}/{file}", "/media/clips/po_0000000000001/000000000000.mp4", Nothing, [404; 5]),
    (
        "POST",
        "/{lang}/studio/episodes/{id}/clip",
        "/fr/studio/episodes/{draft}/clip",
        Form(&[("excerpt", "{excerpt}")]),
        [404, 404, 403, 409, 409],
    ),
    ("GET", "/api/v1/clips", "/api/v1/clips", Nothing, [200; 5]),
    (
        "POST",
        "/api/v1/shows/{id}/clips",
        "/api/v1/shows/{show}/clips",
        Api(r#"{"title": "Le pont", "lang": "fr"}"#),
        [401, 404, 403, 201, 201],
    ),
];
