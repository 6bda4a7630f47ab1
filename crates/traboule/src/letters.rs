//! Letters to people who wrote a comment and have no account. Until a letter leaves, its address lies sealed in the task, so
//! that no row of the database holds a commenter's address in clear.

use std::sync::Arc;

use accounts::MailTask;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use community::Sealer;
use db::{DbError, Failure, Tx};
use futures_util::future::BoxFuture;
use jobs::{Handler, Outcome, Task};
use kernel::{Ctx, Lang, OrgId, Refusal, sha256_hex};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::mail::Mailer;

/// The name of the handler that opens addresses and sends.
pub const HANDLER: &str = "community.mail";

/// What an address on its way is sealed for.
const PLACE: &str = "letter";

/// How many letters one address gets in a day.
const A_DAY: u32 = 3;

/// A letter on its way.
#[derive(Serialize, Deserialize)]
struct SealedMail {
    to: String,
    lang: String,
    template: String,
    args: Vec<(String, String)>,
}

/// Counts a letter to an address.
///
/// # Errors
/// `too-many` when it got its letters of the day.
pub(crate) fn counted(app: &App, email: &str) -> Result<(), Refusal> {
    let address = sha256_hex(email.trim().to_lowercase().as_bytes());
    app.limits.check(&format!("letter {address}"), A_DAY, 86_400, app.now())
}

/// Asks for a letter, `mail-<template>-…` in the language files.
///
/// # Errors
/// The database's failure.
pub(crate) async fn ask(
    tx: &mut Tx,
    ctx: &Ctx,
    sealer: &Sealer,
    email: &str,
    lang: Lang,
    template: &str,
    args: &[(&str, String)],
) -> Result<(), Failure> {
    let mail = SealedMail {
        to: STANDARD.encode(sealer.seal(PLACE, email.as_bytes())),
        lang: lang.code().to_owned(),
        template: template.to_owned(),
        args: args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
    };
    let body = serde_json::to_string(&mail).map_err(|e| DbError::Setup(e.to_string()))?;
    let key = ctx.ids.next().to_string();
    jobs::enqueue(tx, OrgId(0), HANDLER, &key, &body, ctx.now).await?;
    Ok(())
}

/// Opens addresses and sends.
pub struct Letters {
    mailer: Arc<Mailer>,
    sealer: Arc<Sealer>,
}

impl Letters {
    /// Sends by `mailer` what `sealer` sealed.
    #[must_use]
    pub fn new(mailer: Arc<Mailer>, sealer: Arc<Sealer>) -> Self {
        Self { mailer, sealer }
    }
}

impl Handler for Letters {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(mail) = serde_json::from_str::<SealedMail>(&task.body) else {
                return Outcome::Dead("an unreadable letter".to_owned());
            };
            let sealed = STANDARD.decode(&mail.to).unwrap_or_default();
            let Some(to) = self.sealer.open(PLACE, &sealed).and_then(|b| String::from_utf8(b).ok()) else {
                return Outcome::Dead("the address of a letter cannot be opened".to_owned());
            };
            let mail = MailTask { to, lang: mail.lang, template: mail.template, args: mail.args, stop: None };
            match self.mailer.send(&task.key, &mail).await {
                Ok(()) => Outcome::Done,
                Err(why) => Outcome::Retry(why),
            }
        })
    }
}
