//! Use cases of comments, one file a family. They take `&mut Tx` and never begin or commit; permission is decided here,
//! first. A guest's address comes out in [`queue`] alone, for moderators.

mod adopt;
mod clips;
mod copy;
pub mod counts;
pub mod crowd;
mod erase;
pub mod feed;
pub mod follows;
pub mod heard;
pub mod members;
mod moderate;
mod notice;
pub mod notify;
mod own;
pub mod posts;
mod read;
mod say;
pub mod search;
pub mod shown;

pub use adopt::{Brought, adopt, take_back};
pub use clips::{
    ClipFile, ClipOrder, Looked, OwnClip, PAGE_OF_CLIPS, PAGE_OF_OWN, ToMake, ask_rendition, begin_clip, captions_of,
    clip_awaits, clip_failed, clip_file, clip_made, clip_refused, clip_to_make, cut_clip, cut_made, edit_clip,
    give_video, is_cut_awaited, look_again, newest_clips, original_of, own_clip, own_clips, seen_clip, set_captions,
};
pub use copy::{MemberCopy, export_member, file_path};
pub use erase::{
    Erasure, Found, NETWORK_SECONDS, erase_by_email, erase_one, erase_person, export_by_email, export_person,
    private_clock, sweep, under_email,
};
pub use moderate::{
    Acted, Counts, MOST_AT_ONCE, PAGE as QUEUE_PAGE, Queue, QueueAsk, QueueItem, Tried, act_on, counts, find,
    fold_older, queue, set_open, set_settings, settings, try_words, undo, waiting,
};
pub use notice::{Told, Waiting, is_morning, notice};
pub use own::{Mine, delete_own, edit_own, own};
pub use read::{PAGE, Page, counters_agree, counts_of, one, said_between, thread, visible};
pub use say::{KEPT_SECONDS, Order, Saying, say, say_many};

use kernel::{Actor, Ctx, OrgId, PersonId, Refusal, Role, Subject};

use crate::model::{Author, Comment};
use crate::store::Private;

/// What a page that shows a subject's comments depends on.
#[must_use]
pub fn topic(subject: Subject) -> String {
    format!("community:{}:{}", subject.kind.code(), subject.id)
}

/// Moderators and owners only; for everybody else outside the organisation there is nothing.
fn must_moderate(actor: &Actor, org: OrgId) -> Result<(), Refusal> {
    if actor.may(org, &[Role::Moderator]) {
        return Ok(());
    }
    Err(if actor.may_read(org) { Refusal::forbidden() } else { Refusal::not_found() })
}

/// Only the person and the operator.
pub(crate) fn may_handle(ctx: &Ctx, person: PersonId) -> Result<(), Refusal> {
    let own = ctx.actor.person() == Some(person) && matches!(ctx.actor, Actor::Person { .. });
    if own || matches!(ctx.actor, Actor::System(_)) { Ok(()) } else { Err(Refusal::forbidden()) }
}

/// The mark a person is known under: a member's number, a guest's digest.
fn mark_of(comment: &Comment, private: Option<&Private>) -> Option<String> {
    match comment.author {
        Author::Member(p) | Author::Team(p) => Some(format!("p{}", p.0)),
        Author::Guest => private.map(|p| p.email.clone()),
    }
}
