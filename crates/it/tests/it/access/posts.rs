//! Rows of the table: posts: writing, reading, history, links. Data only.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
