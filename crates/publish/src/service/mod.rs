//! Use cases of publishing, one file each. They take `&mut Tx` and never begin or commit; permission is decided
//! here, first.

mod agenda;
mod approvals;
mod checks;
mod corrections;
mod episodes;
mod excerpt;
mod gate;
mod handover;
mod history;
mod import;
mod import_wxr;
mod index;
mod library;
mod mails;
mod media;
mod moves;
mod once;
pub mod pages;
mod personal;
mod read;
pub mod rehearse;
mod rundown;
mod said;
mod save;
mod search;
mod settings;
mod shows;
mod webhooks;

pub use approvals::{
    ApprovalDesk, MadeLink, Preview, answer_approval, approvals, create_approval, preview, revoke_approval,
};
pub use checks::{Checked, checks, proofs};
pub(crate) use checks::{listeners, note_sources, stale_sources};
mod sound;
mod subjects;
mod transcript;
mod upload;

pub use crate::store::HandedOver;
pub use agenda::{DeskList, DeskMonth, Frame, ListAsk, desk_list, desk_month, desk_shows, next_frame, plan_episode};
pub use corrections::{CorrectionDraft, correct};
pub use episodes::{create_episode, edit_episode};
pub use excerpt::{
    add_excerpt, cut_excerpt_again, desk_excerpts, excerpt_file, excerpt_to_cut, excerpt_was_cut, remove_excerpt,
    rename_excerpt, restore_excerpt, sweep_excerpts,
};
pub use gate::{decided, passing};
pub use handover::hand_over_comments;
pub use history::{restore, revision, revisions};
pub use import::{ImportOptions, ImportReport, ReportedProblem, ReportedShow, import_feed};
pub use import_wxr::{
    PRIVATE_SECONDS, Planned, WxrReport, erase_kept, import_wxr, kept_comments, kept_of, private_clock,
};
pub use index::{Drift, drift, heal_index, index_sizes, rebuild_index};
pub use library::{
    LibraryPage, describe_picture, keep_blobs, let_go, pictures, remove_picture, sounds, waste_due, waste_removed,
};
pub use mails::DeskMail;
pub(crate) use mails::proved;
pub use media::{
    AudioFile, PictureFile, add_image, attach_audio, attach_transcript, keep_audio, keep_cover, named_blobs,
    set_episode_cover, set_show_cover,
};
pub use moves::{When, back_to_draft, resolve_schedules, schedule, unpublish};
pub use once::{Once, begin_once, keep_once, sweep_once};
pub use personal::{erase_person, export_person};
pub use read::{
    AudioSource, Editor, FeedRows, Home, MapPart, ShowPage, audio_of, bare_at, chapters_of, desk, desk_episode, editor,
    episode_at, episode_ids, episode_page, feed_rows, home, home_of, image_of, list_shows, map_episodes, map_files,
    map_news, newest_of, next_change, next_publication, open_episodes, public_bare, public_episode, public_named,
    public_shows, published_between, published_episode, show_page, shows_of, team_show, terms, transcript_of,
};
pub use rundown::{
    Place, Rundown, add_item, drop_item, edit_item, ideas, item_of, make_chapters, move_item, place_item, rundown,
    set_target, show_ideas,
};
pub use save::{
    Collided, Saved, collision, forget_unsaved, keep_unsaved, save_choices, save_episode, sweep_unsaved, unsaved,
};
pub use search::{Found, Hit, SearchAsk, search};
pub use settings::{
    FeedSent, feed_settings, places, rename_show, set_desk, set_feed, set_show_mark, set_site, show_settings,
};
pub use shows::{create_show, edit_show, find_show};
pub use sound::{
    Made, SoundDesk, SourceFile, ask_conversion, ask_own, conversion_failed, finish_conversion, renditions_of,
    sound_desk, waiting_conversion,
};
pub use subjects::{episodes_of_show, titles};
pub use transcript::{
    CueEdit, DeskTranscript, Imported, desk_transcript, import_transcript, mark_reviewed, may_correct, put_cues,
    replace_words, save_cues, undo_transcript,
};
pub use upload::{
    OfPost, UploadDraft, Whole, begin_form_upload, begin_post_upload, begin_upload, end_upload, find_upload,
    finish_upload, free_leases, keep_lease, lease_upload, note_received, post_upload, refuse_upload, sweep_uploads,
    upload_is_open, upload_taken,
};
pub use webhooks::{WebhookAct, act_webhook, create_webhook, deliveries, fan_out, message_id, resend, webhooks};

pub use said::newest_leaf;
pub(crate) use said::{PUBLISHED as PUBLISHED_LEAF, note_leaf};

use db::{DbError, Failure, Tx};
use kernel::{Actor, Ctx, OrgId, Refusal, Role};

use crate::model::{Episode, Show};
use crate::store;
pub use crate::store::{EpisodeLeaf, Mapped, Picture, PlaceRows, ShowPlace, Sound, Totals, Use};

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

/// The topics of everything that shows a show's episodes: the show, the site, and what decisions make of episodes.
#[must_use]
pub fn shown_topics(show: i64) -> [String; 3] {
    [show_topic(show), SITE_TOPIC.to_owned(), reached_topic()]
}

/// The topic of what decisions make of episodes.
#[must_use]
pub fn reached_topic() -> String {
    reach::kind_topic(kernel::SubjectKind::Episode)
}

/// Marks everything that shows the show as changed.
async fn changed(tx: &mut Tx, show: i64) -> Result<(), DbError> {
    tx.touch(&show_topic(show)).await?;
    tx.touch(SITE_TOPIC).await
}

/// Tells that a public episode changed; what nobody sees yet is nobody's news.
async fn told_update(tx: &mut Tx, ctx: &Ctx, episode: &Episode) -> Result<(), Failure> {
    if crate::rules::visibility::is_public(episode.state, ctx.now) {
        told(tx, ctx, crate::jobs::EPISODE_UPDATED, episode).await?;
        said::note_leaf(tx, ctx, said::CHANGED, episode).await?;
    }
    Ok(())
}

/// Tells an event about an episode.
async fn told(tx: &mut Tx, ctx: &Ctx, kind: &'static str, episode: &Episode) -> Result<(), Failure> {
    let body = serde_json::json!({"episode_id": episode.id.to_string(), "at": ctx.now.micros()}).to_string();
    jobs::tell(tx, ctx, jobs::Event { org: episode.org, kind, version: 1, body }).await?;
    Ok(())
}

/// An episode the actor may edit, with its show: nothing that a decision froze.
async fn editable(tx: &mut Tx, ctx: &Ctx, episode: i64) -> Result<(Episode, Show), Failure> {
    let found = on_desk(tx, &ctx.actor, episode).await?;
    gate::may_change(tx, episode, ctx.now).await?;
    Ok(found)
}

/// An episode the actor works on, with its show. What belongs to another organisation does not exist.
async fn on_desk(tx: &mut Tx, actor: &Actor, episode: i64) -> Result<(Episode, Show), Failure> {
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
