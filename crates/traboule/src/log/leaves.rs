//! What of publishing stands in the log: that an episode appeared, changed or was taken off, with digests of its sound and
//! its texts. Whoever has the file can show that it is the one, or no longer the one. No person, no text.

use std::collections::BTreeMap;
use std::sync::Arc;

use db::{Db, Failure, write_tx};
use futures_util::future::BoxFuture;
use jobs::{Handler, Outcome, Task};
use kernel::{Actor, Ctx, IdMaker, OrgId, Rng, sha256_hex, show_id};
use publish::jobs::{EPISODE_PUBLISHED, EPISODE_UNPUBLISHED, EPISODE_UPDATED};
use publish::model::{AudioPlace, EPISODE_PREFIX, FullEpisode, SHOW_PREFIX};
use publish::service as publish_uc;
use serde::Deserialize;
use tlog::leaf::Value;
use tlog::service as uc;

/// The handler's name.
pub const HANDLER: &str = "log.episode";
/// The events it hears of, with the kinds of their leaves.
pub const HEARD: &[(&str, &str)] = &[
    (EPISODE_PUBLISHED, "episode.published"),
    (EPISODE_UPDATED, "episode.changed"),
    (EPISODE_UNPUBLISHED, "episode.withdrawn"),
];

/// Writes leaves about episodes.
pub struct EpisodeLeaves {
    /// The database.
    pub db: Db,
    /// Makes ids.
    pub ids: Arc<IdMaker>,
}

#[derive(Deserialize)]
struct Told {
    episode_id: String,
}

/// The digests a leaf names: of the sound's bytes, and of titles, summaries and notes in every language as canonical JSON.
fn digests(full: &FullEpisode, data: &mut BTreeMap<&'static str, Value>) {
    let texts: BTreeMap<&str, [&str; 4]> = full
        .episode
        .texts
        .iter()
        .map(|(lang, t)| {
            let notes = t.notes_md.as_deref().unwrap_or_default();
            (lang.as_str(), [t.title.as_str(), t.summary.as_str(), notes, t.notes_html.as_str()])
        })
        .collect();
    let texts = serde_json::to_vec(&texts).unwrap_or_default();
    data.insert("texts_sha256", Value::from(sha256_hex(&texts)));
    if let Some(AudioPlace::Local(blob)) = full.episode.audio.as_ref().map(|audio| &audio.place) {
        let digest: String = blob.chars().take_while(char::is_ascii_hexdigit).collect();
        data.insert("sound_sha256", Value::from(digest));
    }
}

impl EpisodeLeaves {
    async fn write(&self, task: &Task, episode: i64) -> Result<(), Failure> {
        let ctx =
            Ctx { now: self.db.clock().now(), actor: Actor::System("log"), ids: self.ids.clone(), rng: Rng::System };
        write_tx!(self.db, |tx| {
            let event = jobs::event_kind(tx, &task.key).await?;
            let Some((_, kind)) = HEARD.iter().find(|(heard, _)| Some(*heard) == event.as_deref()) else {
                return Ok(());
            };
            // The leaf and the note that it was written are one transaction: a task that runs twice writes once.
            if !jobs::mark_once(tx, OrgId(0), "log.written", &task.key).await? {
                return Ok(());
            }
            let mut data = BTreeMap::from([("episode", Value::from(show_id(EPISODE_PREFIX, episode)))]);
            match publish_uc::public_episode(tx, episode, ctx.now).await {
                Ok((show, full)) => {
                    data.insert("show", Value::from(show_id(SHOW_PREFIX, show.id)));
                    digests(&full, &mut data);
                }
                // Taken off, or changed again meanwhile: what is hidden leaves no digest.
                Err(Failure::Refused(_)) => {}
                Err(failure) => return Err(failure),
            }
            uc::enqueue(tx, &ctx, kind, &data).await?;
            Ok(())
        })
    }
}

impl Handler for EpisodeLeaves {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let told = serde_json::from_str::<Told>(&task.body).ok();
            let Some(episode) = told.and_then(|t| t.episode_id.parse().ok()) else {
                return Outcome::Dead("no episode id".to_owned());
            };
            match self.write(task, episode).await {
                Ok(()) => Outcome::Done,
                Err(Failure::Refused(refusal)) => Outcome::Dead(refusal.to_string()),
                Err(failure) => Outcome::Retry(failure.to_string()),
            }
        })
    }
}
