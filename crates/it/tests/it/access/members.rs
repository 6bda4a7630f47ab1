//! Rows of the table: members: sign-up, profiles, follows, notifications. Data only.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
