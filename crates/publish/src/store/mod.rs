//! The SQL of shows and episodes. Every function works inside one organisation's scope, or on the public part only.
//! It decides nothing.

mod episode;
mod import;
mod media;
mod parts;
mod show;

pub use episode::public_ids;
pub(crate) use episode::*;
pub(crate) use import::*;
pub(crate) use media::*;
pub(crate) use parts::*;
pub(crate) use show::*;

/// `$from, $from+1, …` for an IN list of `count` values.
fn placeholders(from: usize, count: usize) -> String {
    let names: Vec<String> = (from..from + count).map(|n| format!("${n}")).collect();
    names.join(", ")
}

/// How many ids one IN list carries.
const CHUNK: usize = 500;
