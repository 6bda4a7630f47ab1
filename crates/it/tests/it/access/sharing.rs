//! Rows of the table: sharing: quotes, frames. Data only.

use super::Row;
use super::Sent::Nothing;

/// The episode of the table has no transcript, so there is nothing to quote.
pub(super) const ROWS: &[Row] =
    &[("GET", "/{lang}/shows/{show}/{episode}/quote", "/fr/shows/pentes/le-pont/quote?t=3", Nothing, [404; 5])];
