//! Sessions: opening one, finding who is signed in, closing. The browser holds a random token, the
//! database only its digest.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Failure, Tx};
use kernel::{Actor, Ctx, PersonId, Refusal, sha256_hex};

use crate::model::{Method, Session, SessionToken, SignedIn};
use crate::rules::SESSION_SECONDS;
use crate::service::asker;
use crate::store::{self, NewSession};

/// Opens a session for somebody who just proved who they are. The user agent is shortened.
///
/// # Errors
/// The database's failure.
pub async fn sign_in(
    tx: &mut Tx,
    ctx: &Ctx,
    person: PersonId,
    method: Method,
    user_agent: &str,
) -> Result<SessionToken, Failure> {
    let token = URL_SAFE_NO_PAD.encode(ctx.rng.bytes::<32>());
    let shortened: String = kernel::line(user_agent).chars().take(120).collect();
    let new = NewSession {
        id: ctx.ids.next(),
        token_hash: &sha256_hex(token.as_bytes()),
        person,
        method: method.code(),
        user_agent: &shortened,
        now: ctx.now,
        expires_at: ctx.now.plus_seconds(SESSION_SECONDS),
    };
    store::insert_session(tx, new).await?;
    Ok(SessionToken(token))
}

/// Who the token belongs to, or `None`. In a write transaction it also marks the session as seen, at most
/// once an hour; pass `mark` false in a read.
///
/// # Errors
/// The database's failure.
pub async fn signed_in(tx: &mut Tx, now: kernel::At, token: &str, mark: bool) -> Result<Option<SignedIn>, Failure> {
    let Some((session, who, seen_at)) = store::session(tx, &sha256_hex(token.as_bytes()), now).await? else {
        return Ok(None);
    };
    if mark && now >= seen_at.plus_seconds(3600) {
        store::see_session(tx, session, now, now.plus_seconds(SESSION_SECONDS)).await?;
    }
    let Some(person) = store::person_by_id(tx, who).await? else { return Ok(None) };
    let roles = store::roles_of(tx, who).await?;
    Ok(Some(SignedIn { person, roles, session }))
}

/// The actor a signed-in person is.
#[must_use]
pub fn actor_of(signed_in: Option<&SignedIn>) -> Actor {
    match signed_in {
        Some(who) => Actor::Person { person: who.person.id, roles: who.roles.clone() },
        None => Actor::Visitor,
    }
}

/// One's own running sessions.
///
/// # Errors
/// Refused for visitors.
pub async fn list_sessions(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Session>, Failure> {
    Ok(store::sessions(tx, asker(&ctx.actor)?, ctx.now).await?)
}

/// Ends one of one's own sessions.
///
/// # Errors
/// Refused for visitors and for sessions of others (not found).
pub async fn revoke_session(tx: &mut Tx, ctx: &Ctx, session: i64) -> Result<(), Failure> {
    if store::delete_session(tx, asker(&ctx.actor)?, session).await? {
        Ok(())
    } else {
        Err(Refusal::not_found().into())
    }
}

/// Ends all of one's own sessions but this one; gives how many.
///
/// # Errors
/// Refused for visitors.
pub async fn sign_out_others(tx: &mut Tx, ctx: &Ctx, keep: i64) -> Result<u64, Failure> {
    Ok(store::delete_other_sessions(tx, asker(&ctx.actor)?, keep).await?)
}
