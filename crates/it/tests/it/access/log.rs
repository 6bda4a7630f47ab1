//! Rows of the table: the public log: checkpoints, tiles, proofs, its pages. Data only.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
