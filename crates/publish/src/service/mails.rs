//! Mails the desk asks for, as facts: to whom (account ids), which letter, with what. Floor 4 finds the addresses and
//! the language of each person and writes the letter; no address is ever kept here.

use db::{Failure, Tx};
use kernel::{Ctx, OrgId, PersonId, show_id};
use serde::{Deserialize, Serialize};

use crate::jobs::MAIL_HANDLER;
use crate::model::EPISODE_PREFIX;
use crate::model::checks::{ApprovalNote, Proof, ProofLine};
use crate::model::{Episode, Show};
use crate::service::approvals::Preview;

/// A letter to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskMail {
    /// Whose team.
    pub org: OrgId,
    /// To whom.
    pub to: Vec<PersonId>,
    /// `evening-ok`, `evening-warnings`, `evening-failed`, `proof-ok`, `proof-failed`, `answer-comment`,
    /// `answer-approved`, `answer-changes`.
    pub letter: String,
    /// The episode, as its id is shown.
    pub episode: String,
    /// Titles of the show by language, the first when none fits.
    pub show: Vec<(String, String)>,
    /// Titles of the episode by language.
    pub title: Vec<(String, String)>,
    /// The zone times are meant in.
    pub zone: String,
    /// The publication, in microseconds; zero when there is none.
    pub instant: i64,
    /// What was found.
    pub lines: Vec<ProofLine>,
    /// Who answered, and what they wrote.
    pub said: Option<(String, String)>,
}

fn blank(show: &Show, episode: &Episode, to: Vec<PersonId>, letter: String) -> DeskMail {
    let main = |lang: &str| lang != show.language;
    let mut shows: Vec<(String, String)> = show.texts.iter().map(|(l, t)| (l.clone(), t.title.clone())).collect();
    let mut titles: Vec<(String, String)> = episode.texts.iter().map(|(l, t)| (l.clone(), t.title.clone())).collect();
    shows.sort_by_key(|(lang, _)| main(lang));
    titles.sort_by_key(|(lang, _)| main(lang));
    DeskMail {
        org: show.org,
        to,
        letter,
        episode: show_id(EPISODE_PREFIX, episode.id),
        show: shows,
        title: titles,
        zone: show.time_zone.clone(),
        instant: 0,
        lines: Vec::new(),
        said: None,
    }
}

async fn ask(tx: &mut Tx, ctx: &Ctx, key: &str, mail: &DeskMail) -> Result<(), Failure> {
    if mail.to.is_empty() {
        return Ok(());
    }
    let body = serde_json::to_string(mail).map_err(Failure::broken)?;
    jobs::enqueue(tx, mail.org, MAIL_HANDLER, key, &body, ctx.now).await?;
    Ok(())
}

/// The letter about an evening check or a proof.
pub(crate) async fn proved(
    tx: &mut Tx,
    ctx: &Ctx,
    subject: (&Show, &Episode),
    to: Vec<PersonId>,
    proof: &Proof,
) -> Result<(), Failure> {
    let (show, episode) = subject;
    let mut mail = blank(show, episode, to, format!("{}-{}", proof.kind, proof.verdict));
    mail.instant = proof.instant.micros();
    mail.lines = proof.details.iter().filter(|l| l.level != "ok").cloned().collect();
    ask(tx, ctx, &format!("{}:{}:{}", proof.kind, proof.episode, proof.instant.micros()), &mail).await
}

/// The letter about a client's answer: to whoever made the link and to those the show names.
pub(crate) async fn answered(tx: &mut Tx, ctx: &Ctx, preview: &Preview, note: &ApprovalNote) -> Result<(), Failure> {
    let mut to: Vec<PersonId> = preview.show.settings.desk.notify.clone();
    to.extend(preview.approval.created_by.filter(|who| !preview.show.settings.desk.notify.contains(who)));
    let mut mail = blank(&preview.show, &preview.full.episode, to, format!("answer-{}", note.kind.code()));
    mail.said = Some((note.name.clone(), note.text.clone()));
    ask(tx, ctx, &format!("answer:{}", note.id), &mail).await
}
