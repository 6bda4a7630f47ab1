//! Mails this crate asks for. It writes a task in the transaction; floor 4 renders and sends it.

use db::{DbError, Tx};
use kernel::{Ctx, OrgId};
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
}

/// Asks for a mail to `person`; the key makes a re-run transaction ask once.
pub(crate) async fn ask(
    tx: &mut Tx,
    ctx: &Ctx,
    person: &Person,
    template: &str,
    args: &[(&str, String)],
) -> Result<(), DbError> {
    let task = MailTask {
        to: person.email.clone(),
        lang: person.lang.code().to_owned(),
        template: template.to_owned(),
        args: args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
    };
    let body = serde_json::to_string(&task).map_err(|e| DbError::Setup(e.to_string()))?;
    let key = ctx.ids.next().to_string();
    jobs::enqueue(tx, OrgId(0), MAIL_HANDLER, &key, &body, ctx.now).await?;
    Ok(())
}
