//! `kept`: what an import kept of a commenter, for the person's own request. It is the only door to the private rows,
//! and only the operator has it.

use db::{read_tx, write_tx};
use kernel::Actor;
use serde_json::json as value;

use super::{Ended, json, say, serve};
use crate::config::Config;
use publish::service as uc;

pub(super) async fn run(config: Config, email: &str, erase: bool, as_json: bool) -> Result<(), Ended> {
    let opened = serve::open(&config, config.listen.port(), false).await?;
    let ctx = opened.app.ctx(Actor::System("kept"));
    let found = read_tx!(opened.app.db, |tx| uc::kept_of(tx, &ctx, email).await);
    let erased = match erase {
        true => write_tx!(opened.app.db, |tx| uc::erase_kept(tx, &ctx, email).await),
        false => Ok(0),
    };
    opened.close().await;
    let (found, erased) = (found?, erased?);
    if as_json {
        json(&value!({"comments": found, "erased": erased}));
        return Ok(());
    }
    for one in &found {
        say(&format!("{}  {}  {}", one.id, one.said_at.as_deref().unwrap_or("undated"), one.author_name));
    }
    say(&format!("{} comments kept, {erased} erased; --json prints everything", found.len()));
    Ok(())
}
