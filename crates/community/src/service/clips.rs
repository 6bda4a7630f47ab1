//! Clips as their authors make them: begun with words, given a video, looked at, published. The bytes are the edge's; here is
//! who may, what is true, and what follows.

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, Kind, Refusal};

use crate::jobs::{CLIP_HANDLER, CUT_HANDLER, CutTask};
use crate::model::{Clip, ClipDraft, Made, Original, Post, PostKind, PostState, Rendition};
use crate::rules::clip::{self as rules, Cue, Words};
use crate::service::posts::{announce, speaks_as};
use crate::store;

/// A clip as somebody begins it.
#[derive(Clone, Debug, Default)]
pub struct ClipOrder {
    /// The voice that says it.
    pub voice: i64,
    /// Title, words, language.
    pub words: Words,
    /// Captions in the language of the words.
    pub cues: Vec<Cue>,
}

/// What was made of a video that was looked at.
#[derive(Clone, Debug)]
pub struct Looked {
    /// What is served.
    pub made: Made,
    /// The still picture.
    pub poster: Option<String>,
    /// How long it turned out to be.
    pub duration_ms: i64,
    /// Why there is no smaller video, a code.
    pub problem: Option<&'static str>,
}

/// A clip for its author, with what is still to come.
#[derive(Clone, Debug)]
pub struct OwnClip {
    /// The post.
    pub post: Post,
    /// Its video.
    pub clip: Option<Clip>,
    /// What waits for one.
    pub draft: Option<ClipDraft>,
    /// How far the work is, in milliseconds of the video, and of how many.
    pub progress: Option<(i64, i64)>,
}

impl OwnClip {
    /// What it is called.
    #[must_use]
    pub fn title(&self) -> &str {
        let of_clip = self.clip.as_ref().map(|c| c.title.as_str());
        of_clip.or(self.draft.as_ref().map(|d| d.title.as_str())).unwrap_or_default()
    }

    /// Whether a file is awaited.
    #[must_use]
    pub fn awaits(&self) -> bool {
        self.post.state == PostState::Preparing && self.draft.as_ref().is_some_and(|d| d.from.is_none())
    }
}

/// What pages that list clips depend on.
pub const CLIPS_TOPIC: &str = "community:clips";

/// A clip the actor may change.
async fn own(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Post, Failure> {
    let found = store::post_by_id(tx, id).await?.filter(|p| p.kind == PostKind::Clip && p.state != PostState::Deleted);
    let Some(post) = found else { return Err(Refusal::not_found().into()) };
    speaks_as(tx, actor, post.author).await?;
    Ok(post)
}

async fn begin(tx: &mut Tx, ctx: &Ctx, order: &ClipOrder, from: Option<(i64, i64, i64)>) -> Result<Post, Failure> {
    let voice = speaks_as(tx, &ctx.actor, order.voice).await?;
    let words = rules::check_words(&order.words)?;
    let length = from.map_or(0, |(_, start, end)| end - start);
    let cues = rules::check_cues(&order.cues, length)?;
    if let Some(person) = ctx.actor.person() {
        let (waiting, today) = store::clips_begun(tx, person, ctx.now.plus_seconds(-86_400)).await?;
        rules::may_begin(waiting, today)?;
    }
    let post = Post {
        id: ctx.ids.next(),
        org: voice.org,
        author: voice.id,
        person: ctx.actor.person(),
        kind: PostKind::Clip,
        state: PostState::Preparing,
        at: ctx.now,
        lang: words.lang.clone(),
        body: words.body,
        of: None,
        edited_at: None,
        version: 1,
    };
    store::insert_post(tx, &post, None).await?;
    let draft =
        ClipDraft { post: post.id, org: voice.org, title: words.title, from, trouble: None, made_at: ctx.now };
    store::insert_clip_draft(tx, &draft).await?;
    if !cues.is_empty() {
        store::put_captions(tx, post.id, &words.lang, Some(&written(&cues)?)).await?;
    }
    Ok(post)
}

/// Begins a clip: its words are kept, its video is awaited.
///
/// # Errors
/// Refused for who may not speak under that name, for words with a problem, and beyond the number of begun clips.
pub async fn begin_clip(tx: &mut Tx, ctx: &Ctx, order: &ClipOrder) -> Result<Post, Failure> {
    begin(tx, ctx, order, None).await
}

/// Begins a clip that is made of a stretch of an episode; `from` is the episode, from and to.
///
/// # Errors
/// As [`begin_clip`].
pub async fn cut_clip(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &ClipOrder,
    from: (i64, i64, i64),
    mut task: CutTask,
) -> Result<Post, Failure> {
    let post = begin(tx, ctx, order, Some(from)).await?;
    task.post = post.id;
    let body = serde_json::to_string(&task).map_err(|e| Failure::Broken(e.to_string()))?;
    jobs::enqueue(tx, post.org, CUT_HANDLER, &post.id.to_string(), &body, ctx.now).await?;
    Ok(post)
}

/// Whether a clip awaits a file of the actor; gives the organisation that answers for it.
///
/// # Errors
/// Not found for others, `clip-has-video` when it has one or is cut from an episode.
pub async fn clip_awaits(tx: &mut Tx, actor: &Actor, id: i64) -> Result<kernel::OrgId, Failure> {
    let post = own(tx, actor, id).await?;
    awaited(tx, &post).await?;
    Ok(post.org)
}

async fn awaited(tx: &mut Tx, post: &Post) -> Result<ClipDraft, Failure> {
    let draft = store::clip_draft(tx, post.id).await?.filter(|d| d.from.is_none());
    let draft = draft.filter(|_| post.state == PostState::Preparing);
    draft.ok_or_else(|| Refusal::new(Kind::Conflict, "clip-has-video").into())
}

/// Gives a clip its video, once. Its digest stands for ever.
///
/// # Errors
/// As [`clip_awaits`].
pub async fn give_video(tx: &mut Tx, ctx: &Ctx, id: i64, original: &Original) -> Result<(), Failure> {
    let post = own(tx, &ctx.actor, id).await?;
    let draft = awaited(tx, &post).await?;
    store::insert_clip(tx, &draft, original).await?;
    jobs::enqueue(tx, post.org, CLIP_HANDLER, &id.to_string(), &id.to_string(), ctx.now).await?;
    Ok(())
}

/// Notes why a file or a cut came to nothing. The words stay, another file can come.
///
/// # Errors
/// The database's failure.
pub async fn clip_refused(tx: &mut Tx, id: i64, code: &str) -> Result<(), Failure> {
    Ok(store::put_draft_trouble(tx, id, Some(code)).await?)
}

/// What the task that looks at a video needs; `None` when there is nothing to do any more.
///
/// # Errors
/// The database's failure.
pub async fn clip_to_make(tx: &mut Tx, id: i64) -> Result<Option<Clip>, Failure> {
    let post = store::post_by_id(tx, id).await?.filter(|p| p.state == PostState::Preparing);
    let clip = store::clip_of(tx, id).await?.filter(|c| c.rendition == Rendition::Waiting);
    Ok(post.and(clip))
}

/// Whether a cut is still awaited.
///
/// # Errors
/// The database's failure.
pub async fn is_cut_awaited(tx: &mut Tx, id: i64) -> Result<bool, Failure> {
    let post = store::post_by_id(tx, id).await?.filter(|p| p.state == PostState::Preparing);
    Ok(post.is_some() && store::clip_draft(tx, id).await?.is_some_and(|d| d.from.is_some()))
}

/// The video was looked at: what is served is noted and the clip is public from now on.
///
/// # Errors
/// The database's failure.
pub async fn clip_made(tx: &mut Tx, ctx: &Ctx, id: i64, looked: &Looked) -> Result<(), Failure> {
    let Some(clip) = clip_to_make(tx, id).await? else { return Ok(()) };
    let rendition = if looked.problem.is_some() { Rendition::None } else { Rendition::Ready };
    let files = (&looked.made, looked.poster.as_deref());
    store::put_made(tx, id, rendition, files, looked.duration_ms, looked.problem).await?;
    publish(tx, ctx, id, &clip.sha256).await
}

/// A film of an episode was made: it is the clip's original and what is served at once.
///
/// # Errors
/// The database's failure.
pub async fn cut_made(
    tx: &mut Tx,
    ctx: &Ctx,
    id: i64,
    original: &Original,
    poster: Option<&str>,
) -> Result<(), Failure> {
    let Some(draft) = store::clip_draft(tx, id).await?.filter(|d| d.from.is_some()) else { return Ok(()) };
    if !is_cut_awaited(tx, id).await? {
        return Ok(());
    }
    store::insert_clip(tx, &draft, original).await?;
    let facts = original.facts;
    let made =
        Made { sha256: original.sha256.clone(), bytes: original.bytes, width: facts.width, height: facts.height };
    store::put_made(tx, id, Rendition::Ready, (&made, poster), facts.duration_ms, None).await?;
    publish(tx, ctx, id, &original.sha256).await
}

async fn publish(tx: &mut Tx, ctx: &Ctx, id: i64, sha256: &str) -> Result<(), Failure> {
    let Some(mut post) = store::post_by_id(tx, id).await? else { return Ok(()) };
    (post.state, post.at) = (PostState::Public, ctx.now);
    store::publish_post(tx, &post).await?;
    announce(tx, ctx, &post).await?;
    tx.touch(CLIPS_TOPIC).await?;
    let data = [("post", kernel::show_id(crate::model::POST_PREFIX, id).into()), ("sha256", sha256.into())].into();
    tlog::service::enqueue(tx, ctx, "clip.published", &data).await?;
    Ok(())
}

/// The video could not be made into anything. The reason stays; its author can try again or give up.
///
/// # Errors
/// The database's failure.
pub async fn clip_failed(tx: &mut Tx, id: i64, code: &str) -> Result<(), Failure> {
    if clip_to_make(tx, id).await?.is_some() {
        store::put_rendition(tx, id, Rendition::None, Some(code)).await?;
    }
    Ok(())
}

/// Asks once more that a video be looked at.
///
/// # Errors
/// `clip-no-again` when it is public or already asked for.
pub async fn look_again(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<(), Failure> {
    let post = own(tx, &ctx.actor, id).await?;
    let clip = store::clip_of(tx, id).await?.filter(|c| c.rendition == Rendition::None);
    if post.state != PostState::Preparing || clip.is_none() {
        return Err(Refusal::new(Kind::Conflict, "clip-no-again").into());
    }
    store::put_rendition(tx, id, Rendition::Waiting, None).await?;
    let key = format!("{id}:{}", ctx.now.micros());
    jobs::enqueue(tx, post.org, CLIP_HANDLER, &key, &id.to_string(), ctx.now).await?;
    Ok(())
}
