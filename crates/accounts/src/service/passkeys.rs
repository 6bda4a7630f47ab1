//! Passkeys: adding one to a signed-in account, signing in with one without typing a name, removing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Failure, Tx};
use kernel::{Ctx, Kind, Refusal, sha256_hex};

use crate::model::{Method, PasskeyInfo, SessionToken};
use crate::passkey::{Assertion, RelyingParty, assert, register};
use crate::rules::{self, CHALLENGE_SECONDS};
use crate::service::asker;
use crate::service::sessions::sign_in;
use crate::store;

/// What a browser needs to add a passkey.
#[derive(Clone, Debug)]
pub struct PasskeyOptions {
    /// What to sign, base64url.
    pub challenge: String,
    /// The person's handle, base64url: their id, not their address.
    pub user_handle: String,
    /// The address, shown by the device.
    pub user_name: String,
    /// The name, shown by the device.
    pub display_name: String,
    /// Credentials already there, base64url, so that a device is not added twice.
    pub exclude: Vec<String>,
}

/// What a browser needs to sign in.
#[derive(Clone, Debug)]
pub struct PasskeyChallenge {
    /// What to sign, base64url.
    pub challenge: String,
}

/// What the browser sends back, decoded.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The credential's id.
    pub credential_id: Vec<u8>,
    /// Client data, JSON bytes.
    pub client_data: Vec<u8>,
    /// Authenticator data.
    pub authenticator_data: Vec<u8>,
    /// The signature; empty when registering.
    pub signature: Vec<u8>,
}

fn wrong() -> Failure {
    Refusal::new(Kind::Invalid, "passkey-wrong").into()
}

/// Prepares adding a passkey to one's own account.
///
/// # Errors
/// Refused for visitors.
pub async fn begin_register(tx: &mut Tx, ctx: &Ctx) -> Result<PasskeyOptions, Failure> {
    let who = asker(&ctx.actor)?;
    let Some(person) = store::person_by_id(tx, who).await? else { return Err(Refusal::not_found().into()) };
    let challenge = ctx.rng.bytes::<32>();
    let until = ctx.now.plus_seconds(CHALLENGE_SECONDS);
    store::insert_challenge(tx, &sha256_hex(&challenge), "register", Some(who), until).await?;
    let known = store::passkeys(tx, who).await?;
    Ok(PasskeyOptions {
        challenge: URL_SAFE_NO_PAD.encode(challenge),
        user_handle: URL_SAFE_NO_PAD.encode(who.0.to_be_bytes()),
        user_name: person.email,
        display_name: person.display_name,
        exclude: known.iter().map(|(_, id)| URL_SAFE_NO_PAD.encode(id)).collect(),
    })
}

/// Adds the passkey a device made for `challenge`.
///
/// # Errors
/// Refused when the answer does not check, or the passkey is known already.
pub async fn finish_register(
    tx: &mut Tx,
    ctx: &Ctx,
    site: &RelyingParty,
    challenge: &[u8],
    answer: &Answer,
    label: &str,
) -> Result<(), Failure> {
    let who = asker(&ctx.actor)?;
    let label = rules::name(label).map_err(|code| Refusal::invalid("check-fields").field("label", code))?;
    let opened = store::take_challenge(tx, &sha256_hex(challenge), "register", ctx.now).await?;
    if opened != Some(Some(who)) {
        return Err(wrong());
    }
    let made = register(site, challenge, &answer.client_data, &answer.authenticator_data).map_err(|_| wrong())?;
    if !store::insert_passkey(tx, ctx.ids.next(), who, &made, &label, ctx.now).await? {
        return Err(Refusal::new(Kind::Conflict, "passkey-known").into());
    }
    Ok(())
}

/// Prepares a sign-in; no name is asked, the device knows which account.
///
/// # Errors
/// The database's failure.
pub async fn begin_sign_in(tx: &mut Tx, ctx: &Ctx) -> Result<PasskeyChallenge, Failure> {
    let challenge = ctx.rng.bytes::<32>();
    let until = ctx.now.plus_seconds(CHALLENGE_SECONDS);
    store::insert_challenge(tx, &sha256_hex(&challenge), "sign_in", None, until).await?;
    Ok(PasskeyChallenge { challenge: URL_SAFE_NO_PAD.encode(challenge) })
}

/// Opens a session for the owner of the passkey that signed `challenge`.
///
/// # Errors
/// Refused when anything does not check; the refusal does not say what.
pub async fn finish_sign_in(
    tx: &mut Tx,
    ctx: &Ctx,
    site: &RelyingParty,
    challenge: &[u8],
    answer: &Answer,
    user_agent: &str,
) -> Result<SessionToken, Failure> {
    if store::take_challenge(tx, &sha256_hex(challenge), "sign_in", ctx.now).await?.is_none() {
        return Err(wrong());
    }
    let Some(stored) = store::passkey(tx, &answer.credential_id).await? else { return Err(wrong()) };
    let assertion = Assertion {
        client_data: &answer.client_data,
        authenticator_data: &answer.authenticator_data,
        signature: &answer.signature,
    };
    let count = assert(site, challenge, &stored.key, stored.sign_count, assertion).map_err(|_| wrong())?;
    store::use_passkey(tx, stored.id, count, ctx.now).await?;
    sign_in(tx, ctx, stored.person, Method::Passkey, user_agent).await
}

/// One's own passkeys.
///
/// # Errors
/// Refused for visitors.
pub async fn list_passkeys(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<PasskeyInfo>, Failure> {
    let known = store::passkeys(tx, asker(&ctx.actor)?).await?;
    Ok(known.into_iter().map(|(info, _)| info).collect())
}

/// Removes one of one's own passkeys.
///
/// # Errors
/// Refused for visitors and for passkeys of others (not found); `last-passkey` when nothing else opens the account.
pub async fn remove_passkey(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<(), Failure> {
    let who = asker(&ctx.actor)?;
    let known = store::passkeys(tx, who).await?;
    if !known.iter().any(|(info, _)| info.id == id) {
        return Err(Refusal::not_found().into());
    }
    let person = store::person_by_id(tx, who).await?;
    rules::remove_passkey(person.is_some_and(|p| !p.email.is_empty()), known.len())?;
    store::delete_passkey(tx, who, id).await?;
    Ok(())
}
