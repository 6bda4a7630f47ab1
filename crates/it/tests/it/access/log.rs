//! Rows of the table: the public log: checkpoints, tiles, proofs, its pages. Data only.

use super::Row;
use super::Sent::Nothing;

/// The hash of a leaf nobody wrote.
const NO_RECEIPT: &str = "/log/receipt/0000000000000000000000000000000000000000000000000000000000000000";

pub(super) const ROWS: &[Row] = &[
    ("GET", "/log/checkpoint", "/log/checkpoint", Nothing, [200; 5]),
    ("GET", "/log/tile/{*path}", "/log/tile/0/000.p/1", Nothing, [200; 5]),
    // The first log has no number.
    ("GET", "/log/{n}/{what}", "/log/2/checkpoint", Nothing, [404; 5]),
    ("GET", "/log/{n}/proof/{leaf}", "/log/2/proof/0", Nothing, [404; 5]),
    ("GET", "/log/{n}/tile/{*path}", "/log/2/tile/0/000.p/1", Nothing, [404; 5]),
    ("GET", "/log/policy", "/log/policy", Nothing, [200; 5]),
    ("GET", "/log/proof/{leaf}", "/log/proof/0", Nothing, [200; 5]),
    ("GET", "/log/receipt/{leaf}", NO_RECEIPT, Nothing, [404; 5]),
    ("POST", "/log/cosignature", "/log/cosignature", Nothing, [422; 5]),
    ("POST", "/log/witness/add-checkpoint", "/log/witness/add-checkpoint", Nothing, [400; 5]),
    ("GET", "/log/witness/{origin}/checkpoint", "/log/witness/00/checkpoint", Nothing, [404; 5]),
    ("GET", "/{lang}/log", "/fr/log", Nothing, [200; 5]),
    ("GET", "/{lang}/log/{index}", "/fr/log/0", Nothing, [200; 5]),
    ("GET", "/api/v1/log", "/api/v1/log", Nothing, [200; 5]),
    ("GET", "/api/v1/log/leaves", "/api/v1/log/leaves", Nothing, [200; 5]),
    ("GET", "/api/v1/log/leaves/{leaf}", "/api/v1/log/leaves/0", Nothing, [200; 5]),
];
