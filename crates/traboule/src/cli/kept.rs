//! `kept`: what is kept of a commenter, for the person's own request: what imports still keep, and what was said here or
//! brought here. Only the operator has this door.

use community::service::{self as talk, Erasure};
use db::{read_tx, write_tx};
use kernel::Actor;
use serde_json::json as value;

use super::{Ended, json, say, serve};
use crate::config::Config;
use publish::service as uc;

pub(super) async fn run(config: Config, email: &str, erase: bool, as_json: bool) -> Result<(), Ended> {
    let opened = serve::open(&config, config.listen.port(), false).await?;
    let app = &opened.app;
    let ctx = app.ctx(Actor::System("kept"));
    let digest = app.sealer.email_digest(email);
    let found = read_tx!(app.db, |tx| {
        Ok((uc::kept_of(tx, &ctx, email).await?, talk::export_by_email(tx, &ctx, &app.sealer, email).await?))
    });
    let erased = match erase {
        true => write_tx!(app.db, |tx| {
            let kept = uc::erase_kept(tx, &ctx, email).await?;
            let said = talk::erase_by_email(tx, &digest, Erasure::Everything).await?;
            Ok(kept + u64::try_from(said.comments).unwrap_or(0))
        }),
        false => Ok(0),
    };
    opened.close().await;
    let ((kept, said), erased) = (found?, erased?);
    let said = said["comments"].as_array().cloned().unwrap_or_default();
    if as_json {
        json(&value!({"comments": said, "kept": kept, "erased": erased}));
        return Ok(());
    }
    let text = |one: &serde_json::Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    for one in &said {
        say(&format!("{}  {}  {}", text(one, "id"), text(one, "said_at"), text(one, "name")));
    }
    for one in &kept {
        say(&format!("{}  {}  {}", one.id, one.said_at.as_deref().unwrap_or("undated"), one.author_name));
    }
    say(&format!("{} comments, {erased} erased; --json prints everything", said.len() + kept.len()));
    Ok(())
}
