//! `accounts::sign`: somebody approves a digest. With a passkey the approval is an assertion whose challenge
//! is the digest, checkable by anyone with the public key; without one it is a "session approval".

use db::{Failure, Tx};
use kernel::{Ctx, Kind, OrgId, Refusal, sha256_hex, unhex};

use crate::model::{PasskeyProof, Signature};
use crate::passkey::{Assertion, PasskeyError, PublicKey, RelyingParty, assert, verify};
use crate::rules::CHALLENGE_SECONDS;
use crate::service::asker;
use crate::service::passkeys::Answer;
use crate::store;

fn digest_bytes(digest: &str) -> Result<Vec<u8>, Refusal> {
    unhex(digest).filter(|bytes| bytes.len() == 32).ok_or(Refusal::invalid("digest-malformed"))
}

/// Opens `digest` (64 hexadecimal digits) for signing by the asker's passkey.
///
/// # Errors
/// Refused for visitors and for something that is no digest.
pub async fn begin_sign(tx: &mut Tx, ctx: &Ctx, digest: &str) -> Result<(), Failure> {
    let who = asker(&ctx.actor)?;
    let bytes = digest_bytes(digest)?;
    let until = ctx.now.plus_seconds(CHALLENGE_SECONDS);
    store::insert_challenge(tx, &sha256_hex(&bytes), "sign", Some(who), until).await?;
    Ok(())
}

/// Records the asker's approval of `digest` for an organisation they belong to.
///
/// # Errors
/// Refused for people outside the organisation and for a passkey answer that does not check.
pub async fn sign(
    tx: &mut Tx,
    ctx: &Ctx,
    org: OrgId,
    digest: &str,
    passkey: Option<(&RelyingParty, &Answer)>,
) -> Result<Signature, Failure> {
    let who = asker(&ctx.actor)?;
    if !ctx.actor.may_read(org) {
        return Err(Refusal::forbidden().into());
    }
    let bytes = digest_bytes(digest)?;
    let wrong = || Refusal::new(Kind::Invalid, "passkey-wrong");
    let proof = match passkey {
        None => None,
        Some((site, answer)) => {
            if store::take_challenge(tx, &sha256_hex(&bytes), "sign", ctx.now).await? != Some(Some(who)) {
                return Err(wrong().into());
            }
            let stored =
                store::passkey(tx, &answer.credential_id).await?.filter(|p| p.person == who).ok_or_else(wrong)?;
            let assertion = Assertion {
                client_data: &answer.client_data,
                authenticator_data: &answer.authenticator_data,
                signature: &answer.signature,
            };
            let count = assert(site, &bytes, &stored.key, stored.sign_count, assertion).map_err(|_| wrong())?;
            store::use_passkey(tx, stored.id, count, ctx.now).await?;
            Some(PasskeyProof {
                public_key: stored.key.bytes,
                algorithm: stored.key.algorithm,
                client_data: answer.client_data.clone(),
                authenticator_data: answer.authenticator_data.clone(),
                signature: answer.signature.clone(),
            })
        }
    };
    let signature = Signature { id: ctx.ids.next(), person: who, digest: digest.to_owned(), signed_at: ctx.now, proof };
    store::insert_signature(tx, org, &signature).await?;
    Ok(signature)
}

/// Checks a stored proof without a database: the signature is by the key, and it is over this digest.
///
/// # Errors
/// See [`PasskeyError`].
pub fn check_proof(site: &RelyingParty, digest: &str, proof: &PasskeyProof) -> Result<(), PasskeyError> {
    let bytes = digest_bytes(digest).map_err(|_| PasskeyError::Unreadable)?;
    let key = PublicKey { algorithm: proof.algorithm, bytes: proof.public_key.clone() };
    let assertion = Assertion {
        client_data: &proof.client_data,
        authenticator_data: &proof.authenticator_data,
        signature: &proof.signature,
    };
    verify(&key, assertion)?;
    // The counter was judged when it was signed; here only the ceremony and the site matter.
    match assert(site, &bytes, &key, 0, assertion) {
        Ok(_) | Err(PasskeyError::CounterWentBack) => Ok(()),
        Err(error) => Err(error),
    }
}
