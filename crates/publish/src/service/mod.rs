//! Use cases of publishing, one file each. They take `&mut Tx` and never begin or commit; permission is decided
//! here, first.

mod agenda;
mod episodes;
mod import;
mod library;
mod media;
mod moves;
pub mod pages;
mod read;
mod settings;
mod shows;

pub use agenda::{DeskList, DeskMonth, Frame, ListAsk, desk_list, desk_month, desk_shows, next_frame, plan_episode};
pub use episodes::{create_episode, edit_episode};
pub use import::{ImportOptions, ImportReport, ReportedProblem, ReportedShow, import_feed};
pub use library::{
    LibraryPage, describe_picture, keep_blobs, pictures, remove_picture, sounds, waste_due, waste_removed,
};
pub use media::{
    AudioFile, PictureFile, add_image, attach_audio, attach_transcript, keep_audio, named_blobs, set_episode_cover,
    set_show_cover,
};
pub use moves::{When, back_to_draft, resolve_schedules, schedule, unpublish};
pub use read::{
    AudioSource, FeedRows, Home, ShowPage, audio_of, chapters_of, desk, desk_episode, episode_page, feed_rows, home,
    home_of, image_of, list_shows, public_episode, public_shows, show_page, sitemap, transcript_of,
};
pub use settings::{places, rename_show, set_desk, set_feed, set_show_mark, set_site, show_settings};
pub use shows::{create_show, edit_show, find_show};

use db::{DbError, Failure, Tx};
use kernel::{Actor, OrgId, Refusal, Role};

use crate::model::{Episode, Show};
use crate::store;
pub use crate::store::{Picture, Place, PlaceRows, Sound, Totals, Use};

/// The topic of everything that lists shows.
pub const SITE_TOPIC: &str = "publish:site";

/// The topic of where shows are at home: host names and names in addresses.
pub const PLACES_TOPIC: &str = "publish:places";

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
