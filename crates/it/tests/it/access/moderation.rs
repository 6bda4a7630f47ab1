//! Rows of the table: the queue of comments, for moderators. Data only. The editor of the table is no moderator.

use super::Row;
use super::Sent::{Form, Nothing};

pub(super) const ROWS: &[Row] = &[
    ("GET", "/{lang}/studio/comments", "/fr/studio/comments", Nothing, [303, 200, 403, 403, 200]),
    ("GET", "/{lang}/studio/comments/settings", "/fr/studio/comments/settings", Nothing, [303, 200, 403, 403, 200]),
    ("POST", "/{lang}/studio/comments/settings", "/fr/studio/comments/settings", Form(&[]), [401, 422, 403, 403, 422]),
    ("POST", "/{lang}/studio/comments/{verb}", "/fr/studio/comments/act", Form(&[]), [401, 422, 403, 403, 422]),
];
