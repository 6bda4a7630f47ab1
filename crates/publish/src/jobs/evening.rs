//! The look of the evening before a publication: the linter again, the sound in the store, the sources, the approval.
//! It changes nothing about the episode; a publication that moved or was called off is passed over in silence.

use ::jobs::{Handler, Outcome, Task};
use blobs::BlobName;
use db::{Failure, read_tx, write_tx};
use futures_util::future::BoxFuture;
use kernel::{Actor, At};

use super::{JobTools, PublicationTask, sources};
use crate::model::checks::{Proof, ProofKind, ProofLine};
use crate::model::{AudioPlace, Episode, State};
use crate::rules::proof::{line, step, verdict};
use crate::service;
use crate::store;

/// Looks at an episode the evening before.
pub struct Evening(pub JobTools);

impl Handler for Evening {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(ask) = serde_json::from_str::<PublicationTask>(&task.body) else {
                return Outcome::Dead("an unreadable task".to_owned());
            };
            super::outcome(self.look(&ask).await)
        })
    }
}

impl Evening {
    async fn look(&self, ask: &PublicationTask) -> Result<(), Failure> {
        let tools = &self.0;
        let instant = At::from_micros(ask.at);
        let coming = |e: &Episode, now: At| e.state == State::Scheduled(instant) && now < instant;
        let ctx = tools.ctx();
        let due = read_tx!(tools.db, |tx| {
            let Ok((_, full)) = service::desk_episode(tx, &Actor::System("job"), ask.episode).await else {
                return Ok(false);
            };
            let made = store::proof_made(tx, ask.episode, ProofKind::Evening.code(), instant).await?;
            Ok(coming(&full.episode, ctx.now) && !made)
        })?;
        if !due {
            return Ok(());
        }
        sources::refresh(tools, ask.episode).await?;
        let checked = read_tx!(tools.db, |tx| service::checks(tx, &ctx.actor, ask.episode, None).await)?;
        let sound = self.sound(&checked.full.episode).await?;
        write_tx!(tools.db, |tx| {
            // Loaded again: somebody may have saved while the sources were asked.
            let checked = service::checks(tx, &ctx.actor, ask.episode, None).await?;
            if !coming(&checked.full.episode, ctx.now) {
                return Ok(());
            }
            let mut details: Vec<ProofLine> = sound.iter().cloned().collect();
            details.extend(checked.findings.iter().map(line));
            let proof = Proof {
                id: ctx.ids.next(),
                org: checked.show.org,
                episode: ask.episode,
                kind: ProofKind::Evening.code().to_owned(),
                instant,
                at: ctx.now,
                verdict: verdict(&details).to_owned(),
                details,
            };
            if store::insert_proof(tx, &proof).await? {
                let to = service::listeners(tx, &checked.show, ask.episode).await?;
                service::proved(tx, &ctx, (&checked.show, &checked.full.episode), to, &proof).await?;
            }
            Ok(())
        })
    }

    /// Whether the sound is in the store, whole. Sound elsewhere is somebody else's store.
    async fn sound(&self, episode: &Episode) -> Result<Option<ProofLine>, Failure> {
        let Some(audio) = &episode.audio else { return Ok(None) };
        let AudioPlace::Local(blob) = &audio.place else { return Ok(None) };
        let size = match BlobName::parse(blob) {
            Some(name) => self.0.blobs.size(&name).await.map_err(Failure::broken)?,
            None => None,
        };
        let whole = size.and_then(|n| i64::try_from(n).ok()) == Some(audio.size);
        Ok(Some(step("evening-sound", whole, "")))
    }
}
