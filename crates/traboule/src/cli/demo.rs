//! `demo`: the populated site. Its data folder is made once; a second start finds it and is quick.

use std::path::PathBuf;

use super::{Ended, say, serve};
use crate::config::{Config, Flags};
use crate::demo;

pub(super) async fn run(data: Option<PathBuf>, listen: Option<String>) -> Result<(), Ended> {
    let data = data.unwrap_or_else(|| PathBuf::from("traboule-demo-data"));
    let flags = Flags { data: Some(data), listen, ..Flags::default() };
    let mut config = Config::load(&flags, "127.0.0.1:8080").map_err(Ended::Usage)?;
    // The demo is one machine's: it never mails, and never writes to a database of somebody else.
    config.mail = crate::config::MailConfig::Folder;
    config.database = None;
    config.s3 = None;
    if !config.listen.ip().is_loopback() {
        return Err(Ended::Usage("the demo's password is published: it listens to this machine only".to_owned()));
    }
    let listener = serve::listen(&config).await?;
    let port = listener.local_addr().map(|a| a.port()).unwrap_or(0);
    if !demo::is_there(&config.data) {
        demo::build(&config, port).await?;
    }
    let opened = serve::open(&config, port, true).await?;
    serve::agree(&opened, &config).await?;
    say(&format!("Site      http://localhost:{port}/"));
    say(&format!("Mail      http://localhost:{port}/dev/mail"));
    say(&format!("Sign in   {} / {}", demo::OWNER, demo::PASSWORD));
    say(&format!("Sign in   {} / {}", demo::EDITOR, demo::PASSWORD));
    say(&format!("Sign in   {} / {}", demo::MODERATOR, demo::PASSWORD));
    say("People and events of the demo are invented. Stop with Ctrl-C.");
    serve::until_stopped(opened, listener).await
}
