//! Rows of the table: the public log: checkpoints, tiles, proofs, its pages. Data only.

use super::Row;
use super::Sent::Nothing;

pub(super) const ROWS: &[Row] = &[
    ("GET", "/log/checkpoint", "/log/checkpoint", Nothing, [200; 5]),
    ("GET", "/log/tile/{*path}", "/log/tile/0/000.p/1", Nothing, [200; 5]),
];
