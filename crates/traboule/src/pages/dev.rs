//! Pages of the demo only: the mails the server would have sent. A real server answers 404 here.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use crate::http::{Client, Web, failure_page, html};
use crate::pages::public::{lang_for, nowhere};
use crate::pages::site::{self, private_head};

#[derive(Serialize)]
struct MailRow {
    to: String,
    subject: String,
    body: String,
}

#[derive(Serialize)]
struct Vars {
    mails: Vec<MailRow>,
}

/// `/dev/mail`: newest first.
pub async fn mails(State(app): Web, client: Client) -> Response {
    if !app.demo {
        return nowhere(State(app), client).await;
    }
    let lang = lang_for(&client);
    let mut files: Vec<std::path::PathBuf> = match std::fs::read_dir(&app.mail_folder) {
        Ok(entries) => entries.filter_map(|e| e.ok().map(|e| e.path())).collect(),
        Err(_) => Vec::new(),
    };
    // Names are ids: they sort by time.
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).ok()?;
        let (head, body) = text.split_once("\n\n")?;
        let (to, subject) = head.split_once('\n')?;
        let value = |line: &str| line.split_once(": ").map(|(_, v)| v.to_owned()).unwrap_or_default();
        Some(MailRow { to: value(to), subject: value(subject), body: body.to_owned() })
    };
    let vars = Vars { mails: files.iter().rev().take(50).filter_map(read).collect() };
    let head = private_head(app.say(lang, "pages-mails-heading"));
    match site::render(&app, lang, &client.path, "", "pages/mails.html", head, vars).await {
        Ok(text) => html(&app, &client, lang, StatusCode::OK, text),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}
