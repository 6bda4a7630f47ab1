//! Opening an account of one's own: by an address somebody proves to read, or by a passkey without any address. Nobody
//! learns whether an address has an account: the answer and the mail are the same, and a right code signs in either way.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Failure, Tx};
use kernel::{Ctx, Kind, Lang, PersonId, Refusal, sha256_hex};

use super::codes::{CodeAsked, code_hash};
use crate::mail;
use crate::model::{Method, Person, SessionToken};
use crate::passkey::{RelyingParty, register};
use crate::rules::{self, CHALLENGE_SECONDS, CODE_SECONDS, CODE_TRIES, CodeVerdict};
use crate::service::asker;
use crate::service::passkeys::{Answer, PasskeyOptions};
use crate::service::sessions::sign_in;
use crate::store::{self, Joining, NewJoining};

/// Somebody who just came in.
#[derive(Clone, Debug)]
pub struct Joined {
    /// Who.
    pub person: PersonId,
    /// Their session.
    pub token: SessionToken,
    /// Whether the account was opened now.
    pub new: bool,
}

/// Sends a code to an address for opening an account in somebody's name. Whether the address has one already makes no
/// difference here.
///
/// # Errors
/// Refused for something that is no address and for a bad name.
pub async fn ask_join(tx: &mut Tx, ctx: &Ctx, email: &str, name: &str, lang: Lang) -> Result<CodeAsked, Failure> {
    let mut refusal = Refusal::invalid("check-fields");
    let name = rules::name(name).map_err(|code| refusal = refusal.clone().field("name", code));
    let email = rules::email(email).map_err(|code| refusal = refusal.clone().field("email", code));
    let (Ok(name), Ok(email)) = (name, email) else { return Err(refusal.into()) };
    ask(tx, ctx, &email, (&name, lang), None).await
}

/// Sends a code to an address that somebody signed in, who has none, says they read.
///
/// # Errors
/// Refused for visitors, for something that is no address, and for who has an address.
pub async fn ask_address(tx: &mut Tx, ctx: &Ctx, email: &str) -> Result<CodeAsked, Failure> {
    let who = asker(&ctx.actor)?;
    let email = rules::email(email).map_err(|code| Refusal::invalid("check-fields").field("email", code))?;
    let Some(person) = store::person_by_id(tx, who).await? else { return Err(Refusal::not_found().into()) };
    if !person.email.is_empty() {
        return Err(Refusal::new(Kind::Conflict, "state-conflict").into());
    }
    ask(tx, ctx, &email, (&person.display_name, person.lang), Some(who)).await
}

async fn ask(
    tx: &mut Tx,
    ctx: &Ctx,
    email: &str,
    (name, lang): (&str, Lang),
    person: Option<PersonId>,
) -> Result<CodeAsked, Failure> {
    let browser = URL_SAFE_NO_PAD.encode(ctx.rng.bytes::<24>());
    let code = format!("{:06}", ctx.rng.below(1_000_000));
    let new = NewJoining {
        browser_hash: &sha256_hex(browser.as_bytes()),
        code_hash: &code_hash(&browser, &code),
        email,
        name,
        lang,
        person,
        tries: CODE_TRIES,
        expires_at: ctx.now.plus_seconds(CODE_SECONDS),
    };
    store::insert_joining(tx, new).await?;
    mail::ask_address(tx, ctx, (email, lang), "join", &[("code", code)]).await?;
    Ok(CodeAsked { browser })
}

/// Uses up the right code; a wrong one costs a try, and that is written although it is refused.
async fn redeem(tx: &mut Tx, ctx: &Ctx, browser: &str, typed: &str) -> Result<Result<Joining, Refusal>, Failure> {
    let wrong = |code: &'static str| Refusal::invalid("check-fields").field("code", code);
    let Some(code) = rules::typed_code(typed) else { return Ok(Err(wrong("code-malformed"))) };
    let hash = sha256_hex(browser.as_bytes());
    let Some(found) = store::joining(tx, &hash, &code_hash(browser, &code)).await? else {
        return Ok(Err(wrong("code-wrong")));
    };
    match rules::judge_code(&found.code, ctx.now) {
        CodeVerdict::Accept => {
            store::use_joining(tx, &hash, ctx.now).await?;
            Ok(Ok(found))
        }
        CodeVerdict::Wrong(0) | CodeVerdict::Over => {
            store::spend_joining_try(tx, &hash).await?;
            Ok(Err(Refusal::new(Kind::Invalid, "code-over").field("code", "code-over")))
        }
        CodeVerdict::Wrong(_) => {
            store::spend_joining_try(tx, &hash).await?;
            Ok(Err(wrong("code-wrong")))
        }
    }
}

/// Opens the account of an address by the typed code, or signs in to the one it has. The inner result is the decision: its
/// refusal is committed, because a wrong try must count.
///
/// # Errors
/// The database's failure.
pub async fn finish_join(
    tx: &mut Tx,
    ctx: &Ctx,
    browser: &str,
    typed: &str,
    user_agent: &str,
) -> Result<Result<Joined, Refusal>, Failure> {
    let found = match redeem(tx, ctx, browser, typed).await? {
        // What proves an address for somebody signed in opens nothing.
        Ok(found) if found.person.is_none() => found,
        Ok(_) => return Ok(Err(Refusal::invalid("check-fields").field("code", "code-wrong"))),
        Err(refusal) => return Ok(Err(refusal)),
    };
    let id = PersonId(ctx.ids.next());
    let (email, display_name) = (found.email.clone(), found.name);
    let person = Person { id, email, display_name, lang: found.lang, verified_at: Some(ctx.now) };
    let new = store::insert_person(tx, &person, ctx.now).await?;
    let person = match new {
        true => id,
        false => {
            let Some(known) = store::person_by_email(tx, &found.email).await? else {
                return Ok(Err(Refusal::invalid("check-fields").field("code", "code-wrong")));
            };
            store::set_verified(tx, known.id, ctx.now).await?;
            known.id
        }
    };
    let token = sign_in(tx, ctx, person, Method::Code, user_agent).await?;
    Ok(Ok(Joined { person, token, new }))
}

/// Gives the address to who asked for it, by the typed code.
///
/// # Errors
/// Refused for visitors; the inner result carries refusals: `address-taken` when it has an account, which only its reader
/// learns.
pub async fn finish_address(
    tx: &mut Tx,
    ctx: &Ctx,
    browser: &str,
    typed: &str,
) -> Result<Result<(), Refusal>, Failure> {
    let who = asker(&ctx.actor)?;
    let found = match redeem(tx, ctx, browser, typed).await? {
        Ok(found) if found.person == Some(who) => found,
        Ok(_) => return Ok(Err(Refusal::invalid("check-fields").field("code", "code-wrong"))),
        Err(refusal) => return Ok(Err(refusal)),
    };
    if store::person_by_email(tx, &found.email).await?.is_some() {
        return Ok(Err(Refusal::new(Kind::Conflict, "address-taken").field("code", "address-taken")));
    }
    store::set_address(tx, who, &found.email, ctx.now).await?;
    Ok(Ok(()))
}

/// Prepares opening an account with a passkey and no address.
///
/// # Errors
/// Refused for a bad name.
pub async fn begin_join_passkey(tx: &mut Tx, ctx: &Ctx, name: &str) -> Result<PasskeyOptions, Failure> {
    let name = rules::name(name).map_err(|code| Refusal::invalid("check-fields").field("name", code))?;
    let challenge = ctx.rng.bytes::<32>();
    // The account has its id before it is there: the device keeps it with the key.
    let who = PersonId(ctx.ids.next());
    let until = ctx.now.plus_seconds(CHALLENGE_SECONDS);
    store::insert_challenge(tx, &sha256_hex(&challenge), "register", Some(who), until).await?;
    Ok(PasskeyOptions {
        challenge: URL_SAFE_NO_PAD.encode(challenge),
        user_handle: URL_SAFE_NO_PAD.encode(who.0.to_be_bytes()),
        user_name: name.clone(),
        display_name: name,
        exclude: Vec::new(),
    })
}

/// Opens the account of the passkey a device made for `challenge`.
///
/// # Errors
/// Refused for a bad name, when the answer does not check, or the passkey is known already.
pub async fn finish_join_passkey(
    tx: &mut Tx,
    ctx: &Ctx,
    site: &RelyingParty,
    (challenge, answer): (&[u8], &Answer),
    (name, label, lang): (&str, &str, Lang),
    user_agent: &str,
) -> Result<Joined, Failure> {
    let wrong = || Failure::from(Refusal::new(Kind::Invalid, "passkey-wrong"));
    let name = rules::name(name).map_err(|code| Refusal::invalid("check-fields").field("name", code))?;
    let Some(Some(who)) = store::take_challenge(tx, &sha256_hex(challenge), "register", ctx.now).await? else {
        return Err(wrong());
    };
    // A challenge for one's own account opens no other.
    if store::is_person(tx, who).await? {
        return Err(wrong());
    }
    let made = register(site, challenge, &answer.client_data, &answer.authenticator_data).map_err(|_| wrong())?;
    let person = Person { id: who, email: String::new(), display_name: name, lang, verified_at: None };
    store::insert_without_address(tx, &person, ctx.now).await?;
    if !store::insert_passkey(tx, ctx.ids.next(), who, &made, label, ctx.now).await? {
        return Err(Refusal::new(Kind::Conflict, "passkey-known").into());
    }
    let token = sign_in(tx, ctx, who, Method::Passkey, user_agent).await?;
    Ok(Joined { person: who, token, new: true })
}
