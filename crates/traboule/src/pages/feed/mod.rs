//! The home feed, explore, tags, and the page that says what decides the order. Handlers parse, call one use case, render;
//! names and pictures of voices are looked up here.

mod episodes;
pub mod explore;
pub mod home;
pub mod order;
pub mod syndicated;
pub(crate) mod view;

pub use episodes::Published;

pub(crate) use crate::http::LOG_SIZE;

use kernel::Lang;

/// Where the order of lists is told.
#[must_use]
pub fn address(lang: Lang) -> String {
    format!("/{}/order", lang.code())
}

/// The home feed.
#[must_use]
pub fn feed_address(lang: Lang) -> String {
    format!("/{}/feed", lang.code())
}

/// What everybody says.
#[must_use]
pub fn explore_address(lang: Lang) -> String {
    format!("/{}/explore", lang.code())
}
