//! Rows of the table: the queue of comments, for moderators. Data only.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
