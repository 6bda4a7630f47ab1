//! Telling that something waits: whether moderators get a mail now, and which comments became visible or began to wait,
//! for whoever listens on floor 4. No address passes here.

use db::{DbError, Failure, Tx};
use kernel::{Actor, At, Ctx, OrgId, PersonId, Refusal};
use serde::{Deserialize, Serialize};

use crate::model::{Comment, State};
use crate::rules::notice::{Due, HOUR, decide};
use crate::{TOLD_HANDLER, WAITING_HANDLER, store};

/// How many comments a mail shows.
const SHOWN: i64 = 5;

/// What a mail to moderators says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// How many wait altogether.
    pub count: i64,
    /// The newest of them.
    pub first: Vec<Comment>,
}

/// What waits and is worth a mail now. `None`: nothing new, or not yet; then the next look is asked for. `morning` says
/// that this look is the daily one. The caller writes the mail in the same transaction.
///
/// # Errors
/// Refused for anybody but the system.
pub async fn notice(tx: &mut Tx, ctx: &Ctx, org: OrgId, morning: bool) -> Result<Option<Waiting>, Failure> {
    if !matches!(ctx.actor, Actor::System(_)) {
        return Err(Refusal::forbidden().into());
    }
    let settings = store::settings(tx, &[org]).await?.remove(&org).unwrap_or_default();
    let last = store::notice(tx, org).await?;
    let Some(newest) = store::newest_waiting(tx, org, last).await? else { return Ok(None) };
    match decide(settings.notify, last.map(|(at, _)| at), ctx.now, morning) {
        Due::Never => Ok(None),
        Due::At(at) => {
            let kind = if settings.notify == crate::model::Notify::Daily { "day" } else { "at" };
            look_again(tx, org, kind, at).await?;
            Ok(None)
        }
        Due::Now => {
            store::note_notice(tx, org, ctx.now, newest.max(last.map_or(0, |(_, id)| id))).await?;
            look_again(tx, org, "after", ctx.now.plus_seconds(HOUR)).await?;
            let ask = store::Ask { state: Some(State::Held), ..store::Ask::default() };
            Ok(Some(Waiting {
                count: store::waiting(tx, org).await?,
                first: store::queue(tx, org, &ask, SHOWN).await?,
            }))
        }
    }
}

async fn look_again(tx: &mut Tx, org: OrgId, kind: &str, at: At) -> Result<(), DbError> {
    let key = format!("{}-{kind}-{}", org.0, at.micros());
    jobs::enqueue(tx, org, WAITING_HANDLER, &key, &org.0.to_string(), at).await.map(drop)
}

/// Whether the key of a task names the daily look.
#[must_use]
pub fn is_morning(key: &str) -> bool {
    key.contains("-day-")
}

/// Comments that became visible, began to wait or were taken away by a moderator, as the task of [`TOLD_HANDLER`] carries them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Those that wait now.
    pub held: Vec<i64>,
    /// Those everybody sees now.
    pub visible: Vec<i64>,
    /// Those a moderator took away.
    #[serde(default)]
    pub removed: Vec<i64>,
    /// Who did it, if it was somebody.
    #[serde(default)]
    pub by: Option<i64>,
}

/// Asks for one task about what changed, if that concerns anybody. A key is asked once.
pub(super) async fn tell(
    tx: &mut Tx,
    org: OrgId,
    key: &str,
    by: Option<PersonId>,
    changed: impl Iterator<Item = (i64, State)>,
    at: At,
) -> Result<(), DbError> {
    let mut told = Told::default();
    for (id, state) in changed {
        match state {
            State::Held => told.held.push(id),
            State::Visible => told.visible.push(id),
            State::Removed => told.removed.push(id),
            State::Spam | State::Deleted => {}
        }
    }
    if told == Told::default() {
        return Ok(());
    }
    told.by = by.map(|p| p.0);
    let body = serde_json::to_string(&told).unwrap_or_default();
    jobs::enqueue(tx, org, TOLD_HANDLER, key, &body, at).await.map(drop)
}
