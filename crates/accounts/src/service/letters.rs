//! Letters of other parts to people of an organisation. Who asks knows ids; addresses and languages stay here.

use std::collections::HashMap;

use db::{Failure, Tx};
use kernel::{Actor, Ctx, OrgId, PersonId, Refusal};

use crate::model::Person;
use crate::{mail, store};

/// Those of `ids` who belong to the organisation today, for the server's own jobs.
///
/// # Errors
/// Refused for anybody but the system.
pub async fn addressees(tx: &mut Tx, ctx: &Ctx, org: OrgId, ids: &[PersonId]) -> Result<Vec<Person>, Failure> {
    if !matches!(ctx.actor, Actor::System(_)) {
        return Err(Refusal::forbidden().into());
    }
    let members = store::members(tx, org).await?;
    Ok(members.into_iter().map(|m| m.person).filter(|p| ids.contains(&p.id)).collect())
}

/// Sends a letter, `mail-<template>-…` in the language files, to somebody [`addressees`] gave.
///
/// # Errors
/// Refused for anybody but the system.
pub async fn write_letter(
    tx: &mut Tx,
    ctx: &Ctx,
    to: &Person,
    template: &str,
    args: &[(&str, String)],
) -> Result<(), Failure> {
    if !matches!(ctx.actor, Actor::System(_)) {
        return Err(Refusal::forbidden().into());
    }
    mail::ask(tx, ctx, to, template, args).await?;
    Ok(())
}

/// How those of an organisation are called, for pages of its team.
///
/// # Errors
/// Refused for people outside it.
pub async fn names_in(tx: &mut Tx, ctx: &Ctx, org: OrgId) -> Result<HashMap<PersonId, String>, Failure> {
    if !ctx.actor.may_read(org) {
        return Err(Refusal::forbidden().into());
    }
    let members = store::members(tx, org).await?;
    Ok(members.into_iter().map(|m| (m.person.id, m.person.display_name)).collect())
}

/// Sends the letter of what happened, `mail-digest-…` in the language files, to a person by their id, with the address that
/// stops it. Who gave no address, or is erased, gets none.
///
/// # Errors
/// Refused for anybody but the system.
pub async fn digest_letter(
    tx: &mut Tx,
    ctx: &Ctx,
    to: &Person,
    args: &[(&str, String)],
    stop: &str,
) -> Result<(), Failure> {
    system(ctx)?;
    if !to.email.is_empty() {
        mail::ask_with_stop(tx, ctx, to, "digest", args, stop).await?;
    }
    Ok(())
}

/// A person by their id, for the server's own jobs; `None` when erased.
///
/// # Errors
/// Refused for anybody but the system.
pub async fn person(tx: &mut Tx, ctx: &Ctx, id: PersonId) -> Result<Option<Person>, Failure> {
    system(ctx)?;
    Ok(store::person_by_id(tx, id).await?)
}

/// A person by their address, for the operator.
///
/// # Errors
/// Refused for anybody but the system.
pub async fn person_by_email(tx: &mut Tx, ctx: &Ctx, email: &str) -> Result<Option<Person>, Failure> {
    system(ctx)?;
    Ok(store::person_by_email(tx, email).await?)
}

fn system(ctx: &Ctx) -> Result<(), Refusal> {
    if matches!(ctx.actor, Actor::System(_)) { Ok(()) } else { Err(Refusal::forbidden()) }
}
