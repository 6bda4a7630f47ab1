//! The comments of an import go from what publishing keeps to where comments live, in the import's own transaction: with
//! threads, states and dates, addresses sealed. Afterwards nothing of a commenter is kept in plain. No rule lives here.

use community::Sealer;
use community::model::State;
use community::service::{self as talk, Brought};
use db::{Failure, Tx};
use kernel::{Ctx, OrgId, Subject};
use publish::service::{self as uc, rehearse};

fn state(code: &str) -> State {
    match code {
        "approved" => State::Visible,
        "spam" => State::Spam,
        "trash" => State::Removed,
        _ => State::Held,
    }
}

/// Hands the kept comments of a show over; gives how many were new.
///
/// # Errors
/// Those of the two use cases.
pub(crate) async fn comments(
    tx: &mut Tx,
    ctx: &Ctx,
    sealer: &Sealer,
    (org, show): (OrgId, i64),
) -> Result<usize, Failure> {
    let handed = uc::hand_over_comments(tx, ctx, show).await?;
    let source = |key: &str| format!("wxr:{show}:{key}");
    let brought = handed.into_iter().map(|kept| Brought {
        source: source(&kept.key),
        parent: kept.parent.as_deref().map(source),
        subject: Subject::episode(kept.episode),
        state: state(&kept.state),
        name: kept.author,
        url: kept.author_url,
        body: kept.body,
        at: kept.at,
        private: kept.private,
        erased: kept.erased,
    });
    talk::adopt(tx, ctx, sealer, org, brought.collect()).await
}

/// Undoes an import, and takes the comments it brought away first.
///
/// # Errors
/// Those of the two use cases; `undo-too-late` also when somebody commented or moderated since.
pub(crate) async fn undo(tx: &mut Tx, ctx: &Ctx, rehearsal: i64) -> Result<(), Failure> {
    let org = rehearse::get(tx, &ctx.actor, rehearsal).await?.org;
    let episodes = rehearse::episodes_made(tx, ctx, rehearsal).await?;
    let subjects: Vec<Subject> = episodes.into_iter().map(Subject::episode).collect();
    talk::take_back(tx, ctx, org, &subjects).await?;
    rehearse::undo(tx, ctx, rehearsal).await
}
