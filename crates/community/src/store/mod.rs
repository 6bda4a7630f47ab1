//! The SQL of comments, one text for both engines. It decides nothing. What a guest keeps private is in `private`, and
//! only the use cases for moderators, erasure and links ask there.

mod adopt;
mod apart;
mod clip;
mod comment;
mod crowd;
mod feed;
mod moderation;
mod notice;
mod notification;
mod people;
mod post;
mod private;
mod saying;
pub(crate) mod search;
mod settings;
mod shown;

pub(crate) use adopt::*;
pub(crate) use apart::*;
pub(crate) use clip::*;
pub(crate) use comment::*;
pub use crowd::{CrowdPost, CrowdVoice};
pub(crate) use crowd::{crowd_follows, crowd_posts, crowd_voices};
pub(crate) use feed::*;
pub(crate) use moderation::*;
pub(crate) use notice::*;
pub(crate) use notification::*;
pub(crate) use people::*;
pub(crate) use post::*;
pub(crate) use private::*;
pub(crate) use saying::*;
pub(crate) use settings::*;
pub(crate) use shown::*;

/// `$from, $from+1, …` for an IN list of `count` values.
fn placeholders(from: usize, count: usize) -> String {
    let names: Vec<String> = (from..from + count).map(|n| format!("${n}")).collect();
    names.join(", ")
}
