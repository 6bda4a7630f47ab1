//! The proof, two minutes after publication: the page, the feed and the sound, asked at the public address like a
//! listener's program would. A failure is tried twice more before it is written down and mailed.

use ::jobs::{Handler, Outcome, Task};
use db::{Failure, read_tx, write_tx};
use futures_util::future::BoxFuture;
use kernel::{At, Lang, line};

use super::{DeskTools, PublicationTask};
use crate::model::checks::{Proof, ProofKind, ProofLine};
use crate::model::{Audio, AudioPlace, FullEpisode, Show, State};
use crate::ports::{Question, Reply};
use crate::rules::proof::{STALE_AFTER, step, verdict};
use crate::service;
use crate::store;
use crate::web::{Links, typeset};

/// After so many tries a failure is the answer.
const TRIES: i64 = 3;
/// The most that is read of a page or a feed, in bytes.
const MOST: usize = 32 * 1024 * 1024;

/// Makes the proof of a publication.
pub struct ProofOfPublication(pub DeskTools);

impl Handler for ProofOfPublication {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(ask) = serde_json::from_str::<PublicationTask>(&task.body) else {
                return Outcome::Dead("an unreadable task".to_owned());
            };
            match self.due(&ask).await {
                Ok(Some((show, full))) => {
                    let lines = self.steps(&show, &full).await;
                    if verdict(&lines) == "failed" && task.attempts < TRIES {
                        return Outcome::Retry(failed(&lines));
                    }
                    super::outcome(self.keep(&ask, &show, &full, lines).await)
                }
                Ok(None) => Outcome::Done,
                Err(failure) => Outcome::Retry(failure.to_string()),
            }
        })
    }
}

fn failed(lines: &[ProofLine]) -> String {
    let codes: Vec<&str> = lines.iter().filter(|l| l.level == "error").map(|l| l.code.as_str()).collect();
    codes.join(", ")
}

/// A text of a page or a feed as it was before it was written there.
fn unescaped(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.into_owned(), |text, (from, to)| text.replace(from, to))
}

impl ProofOfPublication {
    /// The episode, if this publication still is one and nobody proved it yet.
    async fn due(&self, ask: &PublicationTask) -> Result<Option<(Show, FullEpisode)>, Failure> {
        let (now, instant) = (self.0.base.ctx().now, At::from_micros(ask.at));
        if now > At::from_micros(ask.since).plus_seconds(STALE_AFTER) {
            return Ok(None);
        }
        read_tx!(self.0.base.db, |tx| {
            if store::proof_made(tx, ask.episode, ProofKind::Proof.code(), instant).await? {
                return Ok(None);
            }
            let Ok((show, full)) = service::public_episode(tx, ask.episode, now).await else { return Ok(None) };
            Ok((full.episode.state == State::Scheduled(instant)).then_some((show, full)))
        })
    }

    async fn ask(
        &self,
        method: &'static str,
        url: &str,
        headers: Vec<(&'static str, String)>,
    ) -> Result<Reply, String> {
        let most = if method == "HEAD" { 0 } else { MOST };
        self.0.prober.ask(Question { method, url: url.to_owned(), headers, most }).await
    }

    async fn steps(&self, show: &Show, full: &FullEpisode) -> Vec<ProofLine> {
        let mut lines = vec![self.page(show, full).await];
        lines.extend(self.feed(show, full).await);
        match &full.episode.audio {
            Some(audio) => lines.extend(self.sound(show, full.episode.id, audio).await),
            None => lines.push(step("proof-sound-none", false, "")),
        }
        lines
    }

    async fn page(&self, show: &Show, full: &FullEpisode) -> ProofLine {
        let lang = Lang::parse(&show.language).unwrap_or(Lang::En);
        let (code, content) = full.episode.text(lang.code(), &show.language);
        let url = self.0.links.of(show).absolute(&Links::episode(lang, &show.slug, &full.episode.slug));
        match self.ask("GET", &url, Vec::new()).await {
            Err(why) => step("proof-page", false, &why),
            Ok(reply) if reply.status != 200 => step("proof-page", false, &reply.status.to_string()),
            Ok(reply) => {
                let there = unescaped(&reply.body).contains(line(&typeset(code, &content.title)).as_str());
                step(if there { "proof-page" } else { "proof-page-title" }, there, "")
            }
        }
    }

    async fn feed(&self, show: &Show, full: &FullEpisode) -> Vec<ProofLine> {
        let links = self.0.links.of(show);
        let url = links.feed(&show.slug);
        let reply = match self.ask("GET", &url, Vec::new()).await {
            Ok(reply) if reply.status == 200 => reply,
            Ok(reply) => return vec![step("proof-feed", false, &reply.status.to_string())],
            Err(why) => return vec![step("proof-feed", false, &why)],
        };
        let text = unescaped(&reply.body);
        let sound = full.episode.audio.as_ref().map(|a| links.audio(full.episode.id, a));
        let guid = text.contains(&format!(">{}</guid>", full.episode.guid));
        let enclosure = sound.is_none_or(|url| text.contains(&url));
        let mut lines = vec![step(if guid { "proof-feed" } else { "proof-feed-guid" }, guid, "")];
        if !enclosure {
            lines.push(step("proof-feed-enclosure", false, ""));
        }
        let etag = reply.header("etag").to_owned();
        let again = self.ask("GET", &url, vec![("if-none-match", etag.clone())]).await;
        let unchanged = !etag.is_empty() && again.is_ok_and(|r| r.status == 304);
        lines.push(step("proof-feed-unchanged", unchanged, ""));
        lines
    }

    async fn sound(&self, show: &Show, episode: i64, audio: &Audio) -> Vec<ProofLine> {
        if let AudioPlace::Remote(url) = &audio.place {
            let there = self.0.base.fetcher.probe(url).await;
            let why = match &there {
                Ok(status) if (200..400).contains(status) => return vec![step("proof-sound", true, "")],
                Ok(status) => status.to_string(),
                Err(error) => error.to_string(),
            };
            return vec![step("proof-sound", false, &why)];
        }
        let url = self.0.links.of(show).audio(episode, audio);
        let size = audio.size.to_string();
        let head = match self.ask("HEAD", &url, Vec::new()).await {
            Err(why) => step("proof-sound", false, &why),
            Ok(reply) if reply.status != 200 => step("proof-sound", false, &reply.status.to_string()),
            Ok(reply) => {
                let same = reply.header("content-length") == size;
                step(if same { "proof-sound" } else { "proof-sound-length" }, same, "")
            }
        };
        let range = self.ask("GET", &url, vec![("range", "bytes=0-1".to_owned())]).await;
        let right = |r: &Reply| {
            r.status == 206 && r.header("content-range") == format!("bytes 0-1/{size}") && r.body.len() == 2
        };
        let why = range.as_ref().map_or_else(Clone::clone, |r| r.status.to_string());
        let ok = range.is_ok_and(|r| right(&r));
        vec![head, step("proof-range", ok, if ok { "" } else { &why })]
    }

    async fn keep(
        &self,
        ask: &PublicationTask,
        show: &Show,
        full: &FullEpisode,
        details: Vec<ProofLine>,
    ) -> Result<(), Failure> {
        let ctx = self.0.base.ctx();
        let proof = Proof {
            id: ctx.ids.next(),
            org: show.org,
            episode: ask.episode,
            kind: ProofKind::Proof.code().to_owned(),
            instant: At::from_micros(ask.at),
            at: ctx.now,
            verdict: verdict(&details).to_owned(),
            details,
        };
        write_tx!(self.0.base.db, |tx| {
            if store::insert_proof(tx, &proof).await? {
                let to = service::listeners(tx, show, ask.episode).await?;
                service::proved(tx, &ctx, (show, &full.episode), to, &proof).await?;
            }
            Ok(())
        })
    }
}
