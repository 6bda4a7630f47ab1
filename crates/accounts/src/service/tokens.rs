//! API tokens: made by a person for one organisation, shown once, revocable. A token never may more than its
//! maker may today.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, OrgId, Refusal, TokenScope, sha256_hex};

use crate::model::TokenInfo;
use crate::service::asker;
use crate::store::{self, NewToken};
use crate::{rules, rules::TOKEN_DAYS};

/// A token just made.
#[derive(Clone)]
pub struct NewTokenMade {
    /// Its id.
    pub id: i64,
    /// The secret, `trb_…`: shown once, kept nowhere.
    pub secret: String,
}

/// Makes a token for `org` that works `days` days.
///
/// # Errors
/// Refused for people outside the organisation and for bad fields.
pub async fn create_token(
    tx: &mut Tx,
    ctx: &Ctx,
    org: OrgId,
    name: &str,
    scopes: &[TokenScope],
    days: i64,
) -> Result<NewTokenMade, Failure> {
    let who = asker(&ctx.actor)?;
    if !ctx.actor.may_read(org) {
        return Err(Refusal::forbidden().into());
    }
    let mut refusal = Refusal::invalid("check-fields");
    let name = rules::name(name).map_err(|code| refusal = refusal.clone().field("name", code));
    if scopes.is_empty() {
        refusal = refusal.field("scopes", "required");
    }
    if !(1..=TOKEN_DAYS).contains(&days) {
        refusal = refusal.field_with("days", "out-of-range", ("most", TOKEN_DAYS.into()));
    }
    let Ok(name) = name else { return Err(refusal.into()) };
    refusal.unless_clean()?;
    let secret = format!("trb_{}", URL_SAFE_NO_PAD.encode(ctx.rng.bytes::<32>()));
    let words: Vec<&str> = scopes.iter().map(|scope| scope.code()).collect();
    let new = NewToken {
        id: ctx.ids.next(),
        org,
        person: who,
        name: &name,
        token_hash: &sha256_hex(secret.as_bytes()),
        scopes: &words.join(" "),
        now: ctx.now,
        expires_at: ctx.now.plus_seconds(days * 86_400),
    };
    let id = new.id;
    store::insert_token(tx, new).await?;
    Ok(NewTokenMade { id, secret })
}

/// The actor behind a token's secret, or `None`. In a write transaction (`mark`) it notes the use, at most
/// once an hour.
///
/// # Errors
/// The database's failure.
pub async fn authenticate_token(tx: &mut Tx, now: At, secret: &str, mark: bool) -> Result<Option<Actor>, Failure> {
    let Some((id, org, person, scopes, used_at)) = store::token(tx, &sha256_hex(secret.as_bytes()), now).await? else {
        return Ok(None);
    };
    if mark && used_at.is_none_or(|used| now >= used.plus_seconds(3600)) {
        store::see_token(tx, id, now).await?;
    }
    let roles = store::roles_of(tx, person).await?.into_iter().filter(|(o, _)| *o == org).map(|(_, r)| r).collect();
    Ok(Some(Actor::Token { person, org, roles, scopes }))
}

/// One's own working tokens in an organisation.
///
/// # Errors
/// Refused for visitors.
pub async fn list_tokens(tx: &mut Tx, ctx: &Ctx, org: OrgId) -> Result<Vec<TokenInfo>, Failure> {
    Ok(store::tokens(tx, org, asker(&ctx.actor)?, ctx.now).await?)
}

/// Ends one of one's own tokens.
///
/// # Errors
/// Refused for visitors and for tokens of others (not found).
pub async fn revoke_token(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<(), Failure> {
    if store::revoke_token(tx, asker(&ctx.actor)?, id, ctx.now).await? {
        Ok(())
    } else {
        Err(Refusal::not_found().into())
    }
}
