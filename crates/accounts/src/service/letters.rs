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
