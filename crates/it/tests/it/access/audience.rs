//! Rows of the table: listens and views: charts, tables, the rules they are counted by. Data only.

use super::Row;
use super::Sent::{Api, Nothing};

pub(super) const ROWS: &[Row] = &[
    ("GET", "/api/v1/listens/rules", "/api/v1/listens/rules", Nothing, [200, 200, 200, 200, 200]),
    ("GET", "/api/v1/listens/{day}", "/api/v1/listens/2026-11-23", Api(""), [401, 200, 403, 403, 200]),
];
