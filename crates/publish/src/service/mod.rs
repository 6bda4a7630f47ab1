//! Use cases of publishing, one file each. They take `&mut Tx` and never begin or commit; permission is decided
//! here, first.

mod episodes;
mod import;
mod import_wxr;
mod media;
mod moves;
pub mod pages;
mod read;
pub mod rehearse;
mod shows;

pub use episodes::{create_episode, edit_episode};
pub use import::{ImportOptions, ImportReport, ReportedProblem, ReportedShow, import_feed};
pub use import_wxr::{
    PRIVATE_SECONDS, Planned, WxrReport, erase_kept, import_wxr, kept_comments, kept_of, private_clock,
};
pub use media::{
    AudioFile, PictureFile, add_image, attach_audio, attach_transcript, keep_audio, keep_cover, named_blobs,
    set_episode_cover, set_show_cover,
};
pub use moves::{When, back_to_draft, resolve_schedules, schedule, unpublish};
pub use read::{
    AudioSource, FeedRows, Home, ShowPage, audio_of, chapters_of, desk, desk_episode, episode_page, feed_rows, home,
    image_of, list_shows, public_episode, public_shows, show_page, sitemap, terms, transcript_of,
};
pub use shows::{create_show, edit_show, find_show};

use db::{DbError, Failure, Tx};
use kernel::{Actor, OrgId, Refusal, Role};

use crate::model::{Episode, Show};
use crate::store;

/// The topic of everything that lists shows.
pub const SITE_TOPIC: &str = "publish:site";

/// The topic of everything that shows a show or its episodes.
#[must_use]
pub fn show_topic(show: i64) -> String {
    format!("publish:show:{show}")
}

/// Only editors change what is published.
fn must_edit(actor: &Actor, org: OrgId) -> Result<(), Refusal> {
    if actor.may(org, &[Role::Editor]) { Ok(()) } else { Err(Refusal::forbidden()) }
}

/// Marks everything that shows the show as changed.
async fn changed(tx: &mut Tx, show: i64) -> Result<(), DbError> {
    tx.touch(&show_topic(show)).await?;
    tx.touch(SITE_TOPIC).await
}

/// An episode the actor may edit, with its show. What belongs to another organisation does not exist.
async fn editable(tx: &mut Tx, actor: &Actor, episode: i64) -> Result<(Episode, Show), Failure> {
    let Some(org) = store::org_of_episode(tx, episode).await? else { return Err(Refusal::not_found().into()) };
    if !actor.may_read(org) {
        return Err(Refusal::not_found().into());
    }
    must_edit(actor, org)?;
    let scope = kernel::Scope { org };
    let Some(episode) = store::episode_of(tx, scope, episode).await? else { return Err(Refusal::not_found().into()) };
    let Some(show) = store::show_by_id(tx, episode.show).await? else { return Err(Refusal::not_found().into()) };
    Ok((episode, show))
}

/// A show the actor may edit.
async fn editable_show(tx: &mut Tx, actor: &Actor, show: i64) -> Result<Show, Failure> {
    let found = store::show_by_id(tx, show).await?.filter(|s| actor.may_read(s.org));
    let Some(show) = found else { return Err(Refusal::not_found().into()) };
    must_edit(actor, show.org)?;
    Ok(show)
}
