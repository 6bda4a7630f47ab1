//! The home feed, explore, tags, and the page that says what decides the order. Handlers parse, call one use case, render;
//! names and pictures of voices are looked up here.

mod episodes;

pub(crate) use episodes::Published;
