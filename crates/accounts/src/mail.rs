//! Mails this crate asks for. It writes a task in the transaction; floor 4 renders and sends it.

use db::{DbError, Tx};
use kernel::{Ctx, Lang, OrgId};
use serde::{Deserialize, Serialize};

use crate::model::Person;

/// The name of the handler that sends mails.
pub const MAIL_HANDLER: &str = "mail";

/// What the sender needs. The text lives in the language files under `mail-<template>-…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailTask {
    /// The address.
    pub to: String,
    /// `fr` or `en`.
    pub lang: String,
    /// `code`, `verify`, `reset` or `invited`.
    pub template: String,
    /// Values for the text, in pairs.
    pub args: Vec<(String, String)>,
    /// Where one click, or a program on the reader's behalf, stops mails of this kind (RFC 8058).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<String>,
}

/// Asks for a mail to `person`; the key makes a re-run transaction ask once. Who gave no address gets none.
pub(crate) async fn ask(
    tx: &mut Tx,
    ctx: &Ctx,
    person: &Person,
    template: &str,
    args: &[(&str, String)],
) -> Result<(), DbError> {
    if person.email.is_empty() {
        return Ok(());
    }
    ask_address(tx, ctx, (&person.email, person.lang), template, args).await
}

/// Asks for a mail that says in its header how to stop mails of its kind.
pub(crate) async fn ask_with_stop(
    tx: &mut Tx,
    ctx: &Ctx,
    person: &Person,
    template: &str,
    args: &[(&str, String)],
    stop: &str,
) -> Result<(), DbError> {
    let task = MailTask { stop: Some(stop.to_owned()), ..task((&person.email, person.lang), template, args) };
    put(tx, ctx, &task).await
}

fn task(to: (&str, Lang), template: &str, args: &[(&str, String)]) -> MailTask {
    MailTask {
        to: to.0.to_owned(),
        lang: to.1.code().to_owned(),
        template: template.to_owned(),
        args: args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        stop: None,
    }
}

/// Asks for a mail to an address that may be nobody's yet, in a language.
pub(crate) async fn ask_address(
    tx: &mut Tx,
    ctx: &Ctx,
    to: (&str, Lang),
    template: &str,
    args: &[(&str, String)],
) -> Result<(), DbError> {
    put(tx, ctx, &task(to, template, args)).await
}

async fn put(tx: &mut Tx, ctx: &Ctx, task: &MailTask) -> Result<(), DbError> {
    let body = serde_json::to_string(task).map_err(|e| DbError::Setup(e.to_string()))?;
    let key = ctx.ids.next().to_string();
    jobs::enqueue(tx, OrgId(0), MAIL_HANDLER, &key, &body, ctx.now).await?;
    Ok(())
}
