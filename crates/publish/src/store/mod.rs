//! The SQL of shows and episodes. Every function works inside one organisation's scope, or on the public part only.
//! It decides nothing.

mod agenda;
mod approval;
mod checks;
mod desk;
mod episode;
mod excerpt;
mod import;
mod leaf;
mod library;
mod media;
mod once;
mod pages;
mod parts;
mod personal;
mod rehearsal;
mod rundown;
mod search;
mod show;
mod sites;
mod webhook;

pub(crate) use agenda::*;
pub(crate) use approval::*;
pub(crate) use checks::*;
mod handover;
mod sound;
mod upload;
mod wxr;

pub(crate) use desk::*;
pub use episode::public_ids;
pub(crate) use episode::*;
pub(crate) use excerpt::*;
pub use handover::HandedOver;
pub(crate) use handover::*;
pub(crate) use import::*;
pub use leaf::EpisodeLeaf;
pub(crate) use leaf::*;
pub(crate) use library::*;
pub use library::{Picture, Sound, Totals, Use};
pub(crate) use media::*;
pub(crate) use once::*;
pub(crate) use pages::*;
pub(crate) use parts::*;
pub(crate) use personal::*;
pub(crate) use rehearsal::*;
pub(crate) use rundown::*;
pub use search::Mapped;
pub(crate) use search::*;
pub(crate) use show::*;
pub(crate) use sites::*;
pub use sites::{PlaceRows, ShowPlace};
pub(crate) use sound::*;
pub(crate) use upload::*;
pub(crate) use webhook::*;
pub use wxr::KeptData;
pub(crate) use wxr::*;

/// Who may see an episode, as a condition on `publish_episode e`; `$1` is the instant of asking. Its twin in Rust is
/// `rules::visibility::is_public`: a test holds the two equal, and every public query uses this text.
const PUBLIC: &str = "e.state = 'scheduled' AND e.publish_at <= $1";

/// `$from, $from+1, …` for an IN list of `count` values.
fn placeholders(from: usize, count: usize) -> String {
    let names: Vec<String> = (from..from + count).map(|n| format!("${n}")).collect();
    names.join(", ")
}

/// How many ids one IN list carries.
const CHUNK: usize = 500;
