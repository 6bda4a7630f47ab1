//! Rows of the table: search and the map for crawlers. Data only.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
