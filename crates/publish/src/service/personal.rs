//! What this slice keeps under a person's account: giving it to them, and erasing it (GDPR articles 15, 17 and 20). What
//! belongs to a record others rely on keeps the number of an account that names nobody any more.

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, PersonId, Refusal};
use serde_json::{Map, Value, json};

use crate::model::EPISODE_PREFIX;
use crate::store;

fn allowed(ctx: &Ctx, who: PersonId) -> Result<(), Refusal> {
    let own = ctx.actor.person() == Some(who) && matches!(ctx.actor, Actor::Person { .. });
    if own || matches!(ctx.actor, Actor::System(_)) { Ok(()) } else { Err(Refusal::forbidden()) }
}

/// What this slice keeps of a person, as JSON: their unsaved forms and uploads, their imports and ideas, and how often their
/// number stands elsewhere.
///
/// # Errors
/// Refused for anybody but the person and the operator.
pub async fn export_person(tx: &mut Tx, ctx: &Ctx, who: PersonId) -> Result<Value, Failure> {
    allowed(ctx, who)?;
    let unsaved = store::unsaved_of(tx, who).await?;
    let forms = unsaved.iter().map(|(episode, section, at, body)| {
        json!({
            "episode_id": kernel::show_id(EPISODE_PREFIX, *episode), "section": section, "kept_at": at.rfc3339(),
            "body": serde_json::from_str(body).unwrap_or_else(|_| Value::String(body.clone())),
        })
    });
    let uploads = store::uploads_of(tx, who).await?;
    let uploads = uploads.iter().map(|(name, state, received, size, until)| {
        json!({"name": name, "state": state, "received": received, "size": size, "kept_until": until.rfc3339()})
    });
    let uploads: Vec<Value> = uploads.collect();
    let traces = store::traces_of(tx, who).await?.into_iter().map(|(name, n)| (name.to_owned(), json!(n)));
    let imports = store::imports_of(tx, who).await?;
    let imports = imports.iter().map(|i| {
        json!({
            "kind": i.kind, "source": i.source, "looked_at": i.looked_at.rfc3339(),
            "ran_at": i.ran_at.map(At::rfc3339), "undone_at": i.undone_at.map(At::rfc3339),
        })
    });
    let ideas = store::ideas_of(tx, who).await?;
    let ideas = ideas.iter().map(|(title, notes, at)| json!({"title": title, "notes": notes, "at": at.rfc3339()}));
    Ok(json!({
        "unsaved_forms": forms.collect::<Vec<_>>(),
        "uploads": uploads,
        "imports": imports.collect::<Vec<_>>(),
        "ideas": ideas.collect::<Vec<_>>(),
        "made": traces.collect::<Map<_, _>>(),
    }))
}

/// Erases a person from this slice: unsaved forms and uploads go, and their number from ideas and imports.
///
/// # Errors
/// Refused for anybody but the person and the operator.
pub async fn erase_person(tx: &mut Tx, ctx: &Ctx, who: PersonId) -> Result<(), Failure> {
    allowed(ctx, who)?;
    store::forget_person(tx, who).await?;
    Ok(())
}
