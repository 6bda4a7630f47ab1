//! Sending mails: text in the person's language, by SMTP or into a folder (the demo reads them at `/dev/mail`).

use std::path::PathBuf;
use std::sync::Arc;

use accounts::MailTask;
use futures_util::future::BoxFuture;
use jobs::{Handler, Outcome, Task};
use kernel::{Arg, Lang};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use ui::Texts;

use crate::config::MailConfig;

/// Sends mails that other crates asked for.
pub struct Mailer {
    texts: Arc<Texts>,
    config: MailConfig,
    folder: PathBuf,
    site: String,
}

/// A mail as it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The subject line.
    pub subject: String,
    /// The text.
    pub body: String,
}

impl Mailer {
    /// `site` is the public origin, named in every mail; `folder` is where mails go without SMTP.
    #[must_use]
    pub fn new(texts: Arc<Texts>, config: MailConfig, folder: PathBuf, site: String) -> Self {
        Self { texts, config, folder, site }
    }

    /// The mail of a task, in the person's language.
    #[must_use]
    pub fn letter(&self, task: &MailTask) -> Letter {
        let lang = Lang::parse(&task.lang).unwrap_or(Lang::Fr);
        let mut args: Vec<(&str, Arg)> = vec![("site", self.site.as_str().into())];
        args.extend(task.args.iter().map(|(name, value)| (name.as_str(), Arg::from(value.as_str()))));
        let say = |part: &str| self.texts.text(lang, &format!("mail-{}-{part}", task.template), &args);
        let foot = self.texts.text(lang, "mail-foot", &args);
        Letter { subject: say("subject"), body: format!("{}\n\n--\n{foot}\n", say("body")) }
    }

    pub(crate) async fn send(&self, key: &str, task: &MailTask) -> Result<(), String> {
        let letter = self.letter(task);
        match &self.config {
            MailConfig::Folder => {
                tokio::fs::create_dir_all(&self.folder).await.map_err(|e| e.to_string())?;
                // The key makes a repeated send the same file.
                let path = self.folder.join(format!("{key}.txt"));
                let stops: String = stops(task).iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
                let text = format!("To: {}\nSubject: {}\n{stops}\n{}", task.to, letter.subject, letter.body);
                tokio::fs::write(path, text).await.map_err(|e| e.to_string())
            }
            MailConfig::Smtp { url, from } => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|e| e.to_string())?.build();
                let parse = |address: &str| address.parse::<Mailbox>().map_err(|e| e.to_string());
                let mut message = Message::builder()
                    .from(parse(from)?)
                    .to(parse(&task.to)?)
                    .subject(letter.subject)
                    .header(ContentType::TEXT_PLAIN)
                    .body(letter.body)
                    .map_err(|e| e.to_string())?;
                for (name, value) in stops(task) {
                    message.headers_mut().insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
                }
                transport.send(message).await.map(drop).map_err(|e| e.to_string())
            }
        }
    }
}

/// The headers by which programs stop mails of this kind with one request (RFC 8058).
fn stops(task: &MailTask) -> Vec<(&'static str, String)> {
    let one_click = |url: &String| {
        vec![
            ("List-Unsubscribe", format!("<{url}>")),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ]
    };
    task.stop.as_ref().map(one_click).unwrap_or_default()
}

impl Handler for Mailer {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(mail) = serde_json::from_str::<MailTask>(&task.body) else {
                return Outcome::Dead("an unreadable mail".to_owned());
            };
            match self.send(&task.key, &mail).await {
                Ok(()) => Outcome::Done,
                Err(why) => Outcome::Retry(why),
            }
        })
    }
}
