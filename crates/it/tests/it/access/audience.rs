//! Rows of the table: listens and views: charts, tables, the rules they are counted by. Data only.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
