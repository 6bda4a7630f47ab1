//! Rows of the table: comments as their writers and readers use them. Data only.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
