//! Six-digit codes sent by mail: signing in, proving an address, replacing a forgotten password. The browser that
//! asked holds a random half, the mail the other; a stolen mail alone opens nothing, nor does a guess.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Failure, Tx};
use kernel::{Ctx, Kind, PersonId, Refusal, sha256_hex};

use crate::mail;
use crate::model::{Method, SessionToken};
use crate::rules::{self, CODE_SECONDS, CODE_TRIES, CodeVerdict};
use crate::service::sessions::sign_in;
use crate::store::{self, NewCode};

/// What the browser keeps until the code is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeAsked {
    /// The browser's half: goes into the form, kept nowhere.
    pub browser: String,
}

/// Sends a code for `purpose` (`sign_in`, `verify`, `reset`). An unknown address gets the same answer and no
/// mail: nobody learns who has an account.
///
/// # Errors
/// Refused for something that is no address.
pub async fn ask_code(tx: &mut Tx, ctx: &Ctx, purpose: &'static str, email: &str) -> Result<CodeAsked, Failure> {
    let email = rules::email(email).map_err(|code| Refusal::invalid("check-fields").field("email", code))?;
    let browser = URL_SAFE_NO_PAD.encode(ctx.rng.bytes::<24>());
    let Some(person) = store::person_by_email(tx, &email).await? else { return Ok(CodeAsked { browser }) };
    let code = format!("{:06}", ctx.rng.below(1_000_000));
    let new = NewCode {
        id: ctx.ids.next(),
        purpose,
        person: person.id,
        browser_hash: &sha256_hex(browser.as_bytes()),
        code_hash: &code_hash(&browser, &code),
        tries: CODE_TRIES,
        expires_at: ctx.now.plus_seconds(CODE_SECONDS),
    };
    store::insert_code(tx, new).await?;
    let template = if purpose == "sign_in" { "code" } else { purpose };
    mail::ask(tx, ctx, &person, template, &[("code", code)]).await?;
    Ok(CodeAsked { browser })
}

/// The digest covers both halves, so that a table of a million codes is of no use.
pub(super) fn code_hash(browser: &str, code: &str) -> String {
    sha256_hex(format!("{browser}.{code}").as_bytes())
}

/// Uses up the right code; a wrong one costs a try, and that is written although it is refused: hence the
/// nested result.
async fn redeem(
    tx: &mut Tx,
    ctx: &Ctx,
    purpose: &str,
    browser: &str,
    typed: &str,
) -> Result<Result<PersonId, Refusal>, Failure> {
    let Some(code) = rules::typed_code(typed) else {
        return Ok(Err(Refusal::invalid("check-fields").field("code", "code-malformed")));
    };
    let found = store::code(tx, purpose, &sha256_hex(browser.as_bytes()), &code_hash(browser, &code)).await?;
    // An unknown browser half means an address without account: answer as for a wrong code.
    let Some((id, person, state)) = found else {
        return Ok(Err(Refusal::invalid("check-fields").field("code", "code-wrong")));
    };
    match rules::judge_code(&state, ctx.now) {
        CodeVerdict::Accept => {
            store::use_code(tx, id, ctx.now).await?;
            Ok(Ok(person))
        }
        CodeVerdict::Wrong(0) | CodeVerdict::Over => Ok({
            store::spend_try(tx, id).await?;
            Err(Refusal::new(Kind::Invalid, "code-over").field("code", "code-over"))
        }),
        CodeVerdict::Wrong(_) => {
            store::spend_try(tx, id).await?;
            Ok(Err(Refusal::invalid("check-fields").field("code", "code-wrong")))
        }
    }
}

/// Signs in with a typed code; the address counts as proved. The inner result is the decision: its refusal is
/// committed, because a wrong try must count.
///
/// # Errors
/// The database's failure.
pub async fn finish_code(
    tx: &mut Tx,
    ctx: &Ctx,
    browser: &str,
    typed: &str,
    user_agent: &str,
) -> Result<Result<SessionToken, Refusal>, Failure> {
    match redeem(tx, ctx, "sign_in", browser, typed).await? {
        Err(refusal) => Ok(Err(refusal)),
        Ok(person) => {
            store::set_verified(tx, person, ctx.now).await?;
            Ok(Ok(sign_in(tx, ctx, person, Method::Code, user_agent).await?))
        }
    }
}

/// Marks an address as proved by a typed code.
///
/// # Errors
/// The database's failure.
pub async fn verify_email(tx: &mut Tx, ctx: &Ctx, browser: &str, typed: &str) -> Result<Result<(), Refusal>, Failure> {
    match redeem(tx, ctx, "verify", browser, typed).await? {
        Err(refusal) => Ok(Err(refusal)),
        Ok(person) => {
            store::set_verified(tx, person, ctx.now).await?;
            Ok(Ok(()))
        }
    }
}

/// Replaces a forgotten password by one already hashed, ends every session, opens a new one.
///
/// # Errors
/// The database's failure; the inner result carries refusals, a bad password among them (which costs no try).
pub async fn finish_reset(
    tx: &mut Tx,
    ctx: &Ctx,
    browser: &str,
    typed: &str,
    new: (&str, &str),
    user_agent: &str,
) -> Result<Result<SessionToken, Refusal>, Failure> {
    let (plain, hash) = new;
    if let Err(code) = rules::password(plain, "") {
        return Ok(Err(Refusal::invalid("check-fields").field("password", code)));
    }
    match redeem(tx, ctx, "reset", browser, typed).await? {
        Err(refusal) => Ok(Err(refusal)),
        Ok(person) => {
            store::set_verified(tx, person, ctx.now).await?;
            store::set_password(tx, person, hash).await?;
            store::delete_other_sessions(tx, person, 0).await?;
            Ok(Ok(sign_in(tx, ctx, person, Method::Password, user_agent).await?))
        }
    }
}
