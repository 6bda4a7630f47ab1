//! Personal data: giving a person all of theirs, and erasing it (GDPR articles 15, 17 and 20). What each column
//! is kept for is in `personal-data.toml`.

use db::{Failure, Tx};
use kernel::{Ctx, PersonId, Refusal};
use serde_json::{Value, json};

use crate::rules;
use crate::store;

fn allowed(ctx: &Ctx, who: PersonId) -> Result<(), Refusal> {
    let own = ctx.actor.person() == Some(who) && matches!(ctx.actor, kernel::Actor::Person { .. });
    if own || matches!(ctx.actor, kernel::Actor::System(_)) { Ok(()) } else { Err(Refusal::forbidden()) }
}

/// What this crate keeps about a person, as JSON; secrets and their digests are left out.
///
/// # Errors
/// Refused for anybody but the person and the operator.
pub async fn export_person(tx: &mut Tx, ctx: &Ctx, who: PersonId) -> Result<Value, Failure> {
    allowed(ctx, who)?;
    let Some(person) = store::person_by_id(tx, who).await? else { return Err(Refusal::not_found().into()) };
    let sessions = store::sessions(tx, who, ctx.now).await?;
    let passkeys = store::passkeys(tx, who).await?;
    let roles = store::roles_of(tx, who).await?;
    let tokens = store::tokens_of(tx, who).await?;
    let signatures = store::signatures_of(tx, who).await?;
    Ok(json!({
        "email": person.email,
        "display_name": person.display_name,
        "lang": person.lang.code(),
        "verified_at": person.verified_at.map(kernel::At::rfc3339),
        "roles": roles.iter().map(|(org, role)| json!({"org_id": org.0.to_string(), "role": role.code()})).collect::<Vec<_>>(),
        "sessions": sessions.iter().map(|s| json!({
            "method": s.method, "user_agent": s.user_agent,
            "created_at": s.created_at.rfc3339(), "seen_at": s.seen_at.rfc3339(),
        })).collect::<Vec<_>>(),
        "passkeys": passkeys.iter().map(|(p, _)| json!({"label": p.label, "created_at": p.created_at.rfc3339()})).collect::<Vec<_>>(),
        "tokens": tokens.iter().map(|(name, scopes, made, ends)| json!({
            "name": name, "scopes": scopes, "created_at": made.rfc3339(), "expires_at": ends.rfc3339(),
        })).collect::<Vec<_>>(),
        "approvals": signatures.iter().map(|(digest, method, at)| json!({
            "digest": digest, "method": method, "signed_at": at.rfc3339(),
        })).collect::<Vec<_>>(),
    }))
}

/// Erases a person's account. The last owner of an organisation must hand it over first.
///
/// # Errors
/// Refused for anybody but the person and the operator, and for last owners.
pub async fn erase_person(tx: &mut Tx, ctx: &Ctx, who: PersonId) -> Result<(), Failure> {
    allowed(ctx, who)?;
    for (org, role) in store::roles_of(tx, who).await? {
        rules::role_change(&[role], &[], store::owners(tx, org).await?)?;
    }
    if let Some(person) = store::person_by_id(tx, who).await?.filter(|p| !p.email.is_empty()) {
        store::forget_joining(tx, &person.email).await?;
    }
    store::erase(tx, who, ctx.now).await?;
    Ok(())
}

/// Deletes sessions, codes and challenges that have run out; gives how many. The server does it every hour.
///
/// # Errors
/// The database's failure.
pub async fn sweep(tx: &mut Tx, now: kernel::At) -> Result<u64, Failure> {
    Ok(store::sweep(tx, now).await?)
}
