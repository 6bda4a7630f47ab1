//! Rows of the table: comments as their writers and readers use them. Data only.

use super::Row;
use super::Sent::{Api, Form, Nothing};

pub(super) const ROWS: &[Row] = &[
    (
        "GET",
        "/{lang}/shows/{show}/{episode}/comments",
        "/fr/shows/pentes/le-pont/comments",
        Nothing,
        [200, 200, 200, 200, 200],
    ),
    (
        "POST",
        "/{lang}/shows/{show}/{episode}/comments",
        "/fr/shows/pentes/le-pont/comments",
        Form(&[]),
        [422, 422, 422, 422, 422],
    ),
    ("GET", "/comments/stamp", "/comments/stamp", Nothing, [200, 200, 200, 200, 200]),
    ("POST", "/{lang}/comments/forget", "/no/comments/forget", Form(&[]), [404, 404, 404, 404, 404]),
    ("GET", "/{lang}/comments/{token}", "/fr/comments/none", Nothing, [404, 404, 404, 404, 404]),
    ("POST", "/{lang}/comments/{token}", "/fr/comments/none", Form(&[]), [404, 404, 404, 404, 404]),
    ("GET", "/feeds/comments/{file}", "/feeds/comments/{public}.xml", Nothing, [200, 200, 200, 200, 200]),
    ("GET", "/{lang}/privacy", "/fr/privacy", Nothing, [200, 200, 200, 200, 200]),
    ("POST", "/{lang}/privacy/erase", "/fr/privacy/erase", Form(&[]), [422, 422, 422, 422, 422]),
    ("GET", "/{lang}/privacy/erase/{token}", "/fr/privacy/erase/none", Nothing, [404, 404, 404, 404, 404]),
    ("POST", "/{lang}/privacy/erase/{token}", "/fr/privacy/erase/none", Form(&[]), [404, 404, 404, 404, 404]),
    ("GET", "/api/v1/episodes/{id}/comments", "/api/v1/episodes/{public}/comments", Nothing, [200, 200, 200, 200, 200]),
    (
        "POST",
        "/api/v1/episodes/{id}/comments",
        "/api/v1/episodes/{public}/comments",
        Api("{}"),
        [401, 422, 422, 422, 422],
    ),
    (
        "PUT",
        "/api/v1/comments/{id}",
        "/api/v1/comments/{said}",
        Api(r#"{"version": 1, "body": "x"}"#),
        [401, 404, 404, 404, 200],
    ),
    ("DELETE", "/api/v1/comments/{id}", "/api/v1/comments/{said}", Api(""), [401, 404, 404, 404, 200]),
];
