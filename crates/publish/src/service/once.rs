//! Requests that come twice and are done once: the key, what was sent, and the answer are kept for a day, in the same
//! transaction as what was made. A refusal keeps nothing, so a corrected request may use the same key.

use db::{Failure, Tx};
use kernel::{Actor, Ctx, Refusal};
use serde_json::Value;

use crate::store;

/// How long an answer is kept, in seconds.
const KEPT: i64 = 24 * 3600;

/// A request with a key.
#[derive(Clone, Debug)]
pub struct Once {
    /// A digest of the token: keys of different tokens have nothing to do with each other.
    pub token: String,
    /// The key.
    pub key: String,
    /// A digest of where it was sent and what.
    pub digest: String,
}

/// Takes the key; gives the kept answer when the same was asked before.
///
/// # Errors
/// `idempotency-key-reused` when something else was asked under the key; refused for whoever has no token.
pub async fn begin_once(tx: &mut Tx, ctx: &Ctx, once: Option<&Once>) -> Result<Option<Value>, Failure> {
    let Some(once) = once else { return Ok(None) };
    let Actor::Token { org, .. } = ctx.actor else { return Err(Refusal::forbidden().into()) };
    store::forget_once(tx, ctx.now.plus_seconds(-KEPT)).await?;
    if store::claim_once(tx, org, &once.token, &once.key, &once.digest, ctx.now).await? {
        return Ok(None);
    }
    match store::once_kept(tx, &once.token, &once.key).await? {
        Some((digest, answer)) if digest == once.digest => {
            let value = serde_json::from_str(&answer).map_err(Failure::broken)?;
            Ok(Some(value))
        }
        _ => Err(Refusal::invalid("idempotency-key-reused").into()),
    }
}

/// Forgets the answers that are a day old.
///
/// # Errors
/// The database's failure.
pub async fn sweep_once(tx: &mut Tx, now: kernel::At) -> Result<u64, Failure> {
    Ok(store::forget_once(tx, now.plus_seconds(-KEPT)).await?)
}

/// Keeps the answer to a request with a key, and gives it.
///
/// # Errors
/// The database's failure.
pub async fn keep_once(tx: &mut Tx, once: Option<&Once>, answer: Value) -> Result<Value, Failure> {
    if let Some(once) = once {
        store::keep_once(tx, &once.token, &once.key, &answer.to_string()).await?;
    }
    Ok(answer)
}
