//! Rows of the table: the queue of comments, for moderators. Data only.

use super::Row;
use super::Sent::{Api, Form, Nothing};

pub(super) const ROWS: &[Row] = &[
    ("GET", "/{lang}/studio/comments", "/fr/studio/comments", Nothing, [303, 200, 403, 403, 200]),
    (
        "POST",
        "/{lang}/studio/comments/{*action}",
        "/fr/studio/comments/act",
        Form(&[("verb", "spam")]),
        [401, 422, 403, 403, 422],
    ),
    ("GET", "/{lang}/studio/comments/settings", "/fr/studio/comments/settings", Nothing, [303, 200, 403, 403, 200]),
    ("POST", "/{lang}/studio/comments/settings", "/fr/studio/comments/settings", Form(&[]), [401, 422, 403, 403, 422]),
    ("GET", "/api/v1/comments", "/api/v1/comments", Api(""), [401, 200, 403, 403, 200]),
    ("POST", "/api/v1/comments/{id}/approve", "/api/v1/comments/{comment}/approve", Api(""), MINE),
    ("POST", "/api/v1/comments/{id}/spam", "/api/v1/comments/{comment}/spam", Api(""), MINE),
    ("POST", "/api/v1/comments/{id}/remove", "/api/v1/comments/{comment}/remove", Api(""), MINE),
    ("POST", "/api/v1/comments/{id}/hold", "/api/v1/comments/{comment}/hold", Api(""), MINE),
    ("POST", "/api/v1/comment-decisions/{id}/undo", "/api/v1/comment-decisions/{decision}/undo", Api(""), MINE),
    ("GET", "/api/v1/comment-settings", "/api/v1/comment-settings", Api(""), [401, 200, 403, 403, 200]),
    ("PUT", "/api/v1/comment-settings", "/api/v1/comment-settings", Api("{}"), [401, 422, 403, 403, 422]),
];

const MINE: [u16; 5] = [401, 404, 403, 403, 200];
