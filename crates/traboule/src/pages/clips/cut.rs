//! A clip made of an excerpt of an episode, from the page of its sound in the studio: the sound, the cover, and the transcript as
//! captions. The clip is posted in the name of the show and leads back to the second it was cut from.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use community::jobs::CutTask;
use community::model::VoiceKind;
use community::rules::clip::{Words, check_cut, shifted};
use community::service::{self as uc, ClipOrder, members};
use db::{Failure, read_tx, write_tx};
use kernel::{Ctx, Kind, Refusal, parse_id};
use publish::model::{Audio, AudioPlace, EPISODE_PREFIX, EXCERPT_PREFIX, FullEpisode, Show};
use publish::rules::visibility::is_public;
use publish::service as publish_uc;
use ui::Posted;

use super::{clip_path, from_transcript};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::studio;

/// POST `/{lang}/studio/episodes/{id}/clip`.
pub async fn act(State(app): Web, client: Client, Path((lang, id)): Path<(String, String)>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    match cut(&app, &client, &id, &posted).await {
        Ok(post) => {
            app.worker.wake();
            redirect(&format!("{}/edit?said=cut", clip_path(lang, post)))
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict | Kind::TooMany) => {
            studio::sound::refused(&app, &client, lang, &id, &refusal, &Posted::default()).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

fn no(code: &'static str) -> Failure {
    Refusal::new(Kind::Conflict, code).into()
}

async fn cut(app: &Arc<App>, client: &Client, id: &str, posted: &Posted) -> Result<i64, Failure> {
    let episode = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let excerpt = parse_id(EXCERPT_PREFIX, posted.get("excerpt")).ok_or_else(Refusal::not_found)?;
    let ctx = client.ctx(app);
    crate::pages::uploads::may_send(app, &ctx.actor, episode).await?;
    let found = read_tx!(app.db, |tx| publish_uc::desk_excerpts(tx, &ctx.actor, episode).await)?;
    // A colleague may have taken it away meanwhile.
    let found = found.into_iter().find(|x| x.id == excerpt).ok_or_else(|| no("clip-cut-excerpt-gone"))?;
    let stretch = (found.start_ms, found.start_ms + found.duration_ms);
    make(app, &ctx, episode, stretch, (posted.get("title"), posted.get("body"))).await
}

/// Begins a clip of a stretch of an episode, from and to in milliseconds, with its title and words.
///
/// # Errors
/// Refused without ffmpeg, for an episode that is not public or whose sound lies elsewhere, and for who is no editor.
pub(crate) async fn make(
    app: &App,
    ctx: &Ctx,
    episode: i64,
    (start, end): (i64, i64),
    (title, body): (&str, &str),
) -> Result<i64, Failure> {
    if app.filmer.version().await.is_none() {
        return Err(no("clip-cut-no-ffmpeg"));
    }
    let (show, full, lines) = read_tx!(app.db, |tx| {
        let (show, full) = publish_uc::desk_episode(tx, &ctx.actor, episode).await?;
        let lines = publish_uc::desk_transcript(tx, &ctx.actor, episode, &show.language).await?;
        Ok((show, full, lines))
    })?;
    // A clip is public and says where it comes from: nothing comes out of what is not.
    if !is_public(full.episode.state, ctx.now) {
        return Err(no("clip-cut-not-public"));
    }
    let audio = full.episode.audio.as_ref().ok_or_else(|| no("excerpt-needs-sound"))?;
    check_cut(start, end, audio.duration_ms.unwrap_or(end))?;
    let task = CutTask {
        post: 0,
        sound: (local(audio)?.to_owned(), audio.mime.clone()),
        picture: picture(&show, &full),
        start_ms: start,
        duration_ms: end - start,
    };
    let lines: Vec<_> = lines.map(|l| from_transcript(&l.cues, &show.language)).unwrap_or_default();
    let words = Words { title: title.to_owned(), body: body.replace("\r\n", "\n"), lang: show.language.clone() };
    let order = ClipOrder { voice: show.id, words, cues: shifted(&lines, start, end) };
    let post = write_tx!(app.db, |tx| {
        members::ensure_voice(tx, VoiceKind::Show, show.id, show.org, &show.slug, ctx.now).await?;
        uc::cut_clip(tx, ctx, &order, (episode, start, end), task.clone(), app.clip_rooms).await
    })?;
    Ok(post.id)
}

fn local(audio: &Audio) -> Result<&str, Failure> {
    match &audio.place {
        AudioPlace::Local(blob) => Ok(blob),
        _ => Err(no("clip-cut-remote")),
    }
}

/// The cover of the episode, else of its show.
fn picture(show: &Show, full: &FullEpisode) -> Option<(String, String)> {
    let cover = full.episode.cover.as_ref().or(show.cover.as_ref());
    cover.map(|i| (i.blob.clone(), i.mime.clone()))
}
