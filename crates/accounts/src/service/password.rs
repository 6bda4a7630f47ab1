//! Sign-in by password. Hashing takes long on purpose, so the edge does it between two transactions, on a
//! thread made for waiting: find, verify, then sign in.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use db::{Failure, Tx};
use kernel::{Ctx, Kind, PersonId, Refusal};

use crate::model::{Method, SessionToken};
use crate::service::asker;
use crate::service::sessions::sign_in;
use crate::{rules, store};

/// A valid hash of no password: verifying against it takes as long as a real one, so that an unknown
/// address cannot be told from a known one by the time of the answer.
pub const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlz$cW1kYVZ0b2h0bmJ5Z2Z1c2VkbmV2ZXJtYXRjaGVzMDA";

/// Argon2id with 19 MiB, 2 passes, 1 lane (OWASP's first recommendation).
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

/// Hashes a password; `salt` is 16 random bytes. Takes tens of milliseconds: never inside a transaction.
///
/// # Errors
/// When the library refuses the input, which it does only for absurd lengths.
pub fn hash_password(password: &str, salt: &[u8; 16]) -> Result<String, Failure> {
    let hashed = hasher().hash_password_with_salt(password.as_bytes(), salt);
    hashed.map(|hash| hash.to_string()).map_err(Failure::broken)
}

/// Whether the password is the hashed one. Takes tens of milliseconds: never inside a transaction.
#[must_use]
pub fn verify_password(password: &str, hash: &str) -> bool {
    argon2::PasswordHash::new(hash).is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok())
}

/// The account and hash to verify against, if the address is known and has a password.
///
/// # Errors
/// The database's failure.
pub async fn find_for_password(tx: &mut Tx, email: &str) -> Result<Option<(PersonId, String)>, Failure> {
    let Some(person) = store::person_by_email(tx, email).await? else { return Ok(None) };
    Ok(store::password_hash(tx, person.id).await?.map(|hash| (person.id, hash)))
}

/// Opens a session after [`verify_password`] said yes to `hash`; the hash must still be the stored one.
///
/// # Errors
/// Refused when the password was changed meanwhile.
pub async fn sign_in_with_password(
    tx: &mut Tx,
    ctx: &Ctx,
    person: PersonId,
    hash: &str,
    user_agent: &str,
) -> Result<SessionToken, Failure> {
    if store::password_hash(tx, person).await?.as_deref() != Some(hash) {
        return Err(Refusal::new(Kind::Invalid, "sign-in-wrong").into());
    }
    sign_in(tx, ctx, person, Method::Password, user_agent).await
}

/// Sets one's own password to one hashed by [`hash_password`]; other sessions end.
///
/// # Errors
/// Refused for visitors and for passwords the rules refuse.
pub async fn change_password(tx: &mut Tx, ctx: &Ctx, session: i64, plain: &str, hash: &str) -> Result<(), Failure> {
    let who = asker(&ctx.actor)?;
    let Some(person) = store::person_by_id(tx, who).await? else { return Err(Refusal::not_found().into()) };
    rules::password(plain, &person.email).map_err(|code| Refusal::invalid("check-fields").field("password", code))?;
    store::set_password(tx, who, hash).await?;
    store::delete_other_sessions(tx, who, session).await?;
    Ok(())
}
