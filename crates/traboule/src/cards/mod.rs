//! Cards of links: what the page behind a link says of itself, fetched once behind the guard. A reader's browser never asks
//! a strange server.

pub mod page;
