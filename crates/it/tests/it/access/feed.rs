//! Rows of the table: the home feed, explore, tags and what decides the order. Data only.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
