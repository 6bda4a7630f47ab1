//! Rows of the table: clips: upload, viewer, captions. Data only.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
