//! Letters of the desk: evening checks, proofs, clients' answers. The slice says to whom (account ids) and what; here
//! each person's address and language are found and the letter is asked for, once. No address goes back.

use std::sync::Arc;

use accounts::service as accounts_uc;
use db::{Db, Failure, write_tx};
use futures_util::future::BoxFuture;
use jobs::{Handler, Outcome, Task};
use kernel::{Actor, At, Ctx, IdMaker, Lang, Rng};
use publish::jobs::MAIL_HANDLER;
use publish::model::checks::ProofLine;
use publish::rules::schedule;
use publish::service::DeskMail;
use publish::web::Links;
use ui::Texts;

/// Writes the letters.
pub struct DeskMailer {
    db: Db,
    texts: Arc<Texts>,
    ids: Arc<IdMaker>,
    links: Links,
}

/// The sentence of a line of a proof or an evening check.
pub(crate) fn line_text(texts: &Texts, lang: Lang, line: &ProofLine) -> String {
    let args: Vec<(&str, kernel::Arg)> = line
        .args
        .iter()
        .map(|(name, value)| {
            let counted = ["count", "most", "bytes", "width", "height", "approved", "now"].contains(&name.as_str());
            let number = value.parse::<i64>().ok().filter(|_| counted);
            (name.as_str(), number.map_or_else(|| kernel::Arg::Text(value.clone()), kernel::Arg::Int))
        })
        .collect();
    let key = match line.code.starts_with("lint-") {
        true => format!("field-{}", line.code),
        false if line.level == "error" => format!("{}-bad", line.code),
        false => line.code.clone(),
    };
    if texts.has(lang, &key) { texts.text(lang, &key, &args) } else { line.code.clone() }
}

impl DeskMailer {
    /// `links` makes the addresses named in the letters.
    #[must_use]
    pub fn new(db: Db, texts: Arc<Texts>, ids: Arc<IdMaker>, links: Links) -> Self {
        Self { db, texts, ids, links }
    }

    /// The values of a letter in a language.
    fn args(&self, mail: &DeskMail, lang: Lang) -> Vec<(&'static str, String)> {
        let title = |texts: &[(String, String)]| {
            let own = texts.iter().find(|(l, _)| Lang::parse(l) == Some(lang)).or(texts.first());
            own.map(|(_, title)| title.clone()).unwrap_or_default()
        };
        let zone = schedule::zone(&mail.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let at = At::from_micros(mail.instant);
        let when = format!("{}, {}", ui::date_long(at, &zone, lang), ui::clock_text(at, &zone, lang));
        let lines: Vec<String> = mail.lines.iter().map(|l| format!("- {}", line_text(&self.texts, lang, l))).collect();
        let tab = if mail.letter.starts_with("answer-") { "/approval" } else { "" };
        let page = self.links.absolute(&format!("/{}/studio/episodes/{}{tab}", lang.code(), mail.episode));
        let (who, text) = mail.said.clone().unwrap_or_default();
        let text = if text.is_empty() { self.texts.text(lang, "mail-answer-nothing", &[]) } else { text };
        vec![
            ("show", title(&mail.show)),
            ("title", title(&mail.title)),
            ("when", when),
            ("zone", mail.zone.clone()),
            ("lines", lines.join("\n")),
            ("page", page),
            ("who", who),
            ("text", text),
        ]
    }

    async fn write(&self, task: &Task, mail: &DeskMail) -> Result<(), Failure> {
        let ctx =
            Ctx { now: self.db.clock().now(), actor: Actor::System("job"), ids: self.ids.clone(), rng: Rng::System };
        write_tx!(self.db, |tx| {
            if !jobs::mark_once(tx, mail.org, "publish.mailed", &task.key).await? {
                return Ok(());
            }
            for person in accounts_uc::addressees(tx, &ctx, mail.org, &mail.to).await? {
                let args = self.args(mail, person.lang);
                accounts_uc::write_letter(tx, &ctx, &person, &mail.letter, &args).await?;
            }
            Ok(())
        })
    }
}

impl Handler for DeskMailer {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(mail) = serde_json::from_str::<DeskMail>(&task.body) else {
                return Outcome::Dead(format!("{MAIL_HANDLER}: an unreadable letter"));
            };
            match self.write(task, &mail).await {
                Ok(()) => Outcome::Done,
                Err(Failure::Refused(refusal)) => Outcome::Dead(refusal.to_string()),
                Err(failure) => Outcome::Retry(failure.to_string()),
            }
        })
    }
}
