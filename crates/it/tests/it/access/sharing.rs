//! Rows of the table: sharing: quotes, frames. Data only.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
