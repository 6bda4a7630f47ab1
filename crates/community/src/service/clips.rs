//! Clips as their authors make them: begun with words, given a video, looked at, published. The bytes are the edge's; here is
//! who may, what is true, and what follows.

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, Kind, OrgId, Refusal, Subject};
use reach::{Gate, Passage, Surface};

use crate::jobs::{CLIP_HANDLER, CUT_HANDLER, CutTask};
use crate::model::{
    Clip, ClipDraft, Full, Happening, Made, Original, POST_PREFIX, Post, PostKind, PostState, Rendition,
};
use crate::rules::clip::{self as rules, Cue, Words};
use crate::rules::post::Draft;
use crate::service::members::member_of;
use crate::service::notify::{Happened, notify};
use crate::service::posts::{changed, edit, full, not_frozen, own_post, post, release, seen_post};
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

/// A clip whose video is to be looked at.
#[derive(Clone, Debug)]
pub struct ToMake {
    /// The clip.
    pub clip: Clip,
    /// Whose.
    pub org: OrgId,
    /// Whether it is shown as it came already, and a smaller video would take that one's place.
    pub later: bool,
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

/// A clip the actor may change.
async fn own(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Post, Failure> {
    let found = own_post(tx, actor, id).await?;
    if found.kind == PostKind::Clip { Ok(found) } else { Err(Refusal::not_found().into()) }
}

async fn find(tx: &mut Tx, id: i64) -> Result<Option<Post>, Failure> {
    Ok(store::posts(tx, &[id]).await?.remove(&id))
}

async fn begin(tx: &mut Tx, ctx: &Ctx, order: &ClipOrder, from: Option<(i64, i64, i64)>) -> Result<Post, Failure> {
    let words = rules::check_words(&order.words)?;
    let length = from.map_or(0, |(_, start, end)| end - start);
    let cues = rules::check_cues(&order.cues, length)?;
    if let Some(person) = ctx.actor.person() {
        let (waiting, today) = store::clips_begun(tx, person, ctx.now.plus_seconds(-86_400)).await?;
        rules::may_begin(waiting, today)?;
    }
    let draft = Draft { body: words.body, lang: words.lang.clone(), ..Draft::default() };
    let posted = post(tx, ctx, order.voice, PostKind::Clip, &draft).await?;
    let post = find(tx, posted.id).await?.ok_or_else(Refusal::not_found)?;
    let draft = ClipDraft { post: post.id, org: post.org, title: words.title, from, trouble: None, made_at: ctx.now };
    store::insert_clip_draft(tx, &draft).await?;
    if !cues.is_empty() {
        store::put_captions(tx, post.id, &words.lang, Some(&written(&cues)?)).await?;
    }
    Ok(post)
}

fn written(cues: &[Cue]) -> Result<String, Failure> {
    serde_json::to_string(cues).map_err(|e| Failure::Broken(e.to_string()))
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
pub async fn clip_awaits(tx: &mut Tx, actor: &Actor, id: i64) -> Result<OrgId, Failure> {
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
pub async fn clip_refused(tx: &mut Tx, ctx: &Ctx, id: i64, code: &str) -> Result<(), Failure> {
    store::put_draft_trouble(tx, id, Some(code)).await?;
    tell_maker(tx, ctx, id, Happening::ClipFailed).await
}

/// Tells whoever sent a clip what became of it: they may have closed the page long ago.
async fn tell_maker(tx: &mut Tx, ctx: &Ctx, id: i64, kind: Happening) -> Result<(), Failure> {
    let Some(post) = find(tx, id).await? else { return Ok(()) };
    let Some(person) = post.person else { return Ok(()) };
    let Some(member) = member_of(tx, person).await?.filter(|m| !m.erased) else { return Ok(()) };
    let (about, part) = (Some(Subject::post(id)), Some(ctx.now.micros()));
    notify(tx, ctx, Happened { kind, member: member.id, actor: None, actor_name: String::new(), about, part }).await
}

/// What the task that looks at a video needs; `None` when there is nothing to do any more: the clip was deleted, or is done.
///
/// # Errors
/// The database's failure.
pub async fn clip_to_make(tx: &mut Tx, id: i64) -> Result<Option<ToMake>, Failure> {
    let Some((post, clip)) = find(tx, id).await?.zip(store::clip_of(tx, id).await?) else { return Ok(None) };
    let found = match post.state {
        PostState::Preparing => (clip.rendition == Rendition::Waiting).then_some(false),
        PostState::Public => shown_as_it_came(&clip).then_some(true),
        PostState::Removed | PostState::Deleted => None,
    };
    Ok(found.map(|later| ToMake { clip, org: post.org, later }))
}

fn shown_as_it_came(clip: &Clip) -> bool {
    clip.rendition == Rendition::None && clip.made.is_some() && clip.problem.as_deref() == Some(rules::NO_FFMPEG)
}

/// Asks for the smaller video of one of the clips that are shown as they came because there was no program for it; whoever
/// makes it asks for the next, so that new clips need not wait behind all of them. Each is asked for once a day at most. Gives
/// whether there was something to ask for.
///
/// # Errors
/// The database's failure.
pub async fn ask_rendition(tx: &mut Tx, now: At) -> Result<bool, Failure> {
    let day = now.micros().div_euclid(86_400_000_000);
    for (id, org) in store::clips_with_problem(tx, rules::NO_FFMPEG, MOST_LATER).await? {
        let key = format!("{id}:later:{day}");
        match jobs::progress(tx, CLIP_HANDLER, &key).await? {
            Some(task) if task.state == "due" => return Ok(false),
            Some(_) => {}
            None => return Ok(jobs::enqueue(tx, org, CLIP_HANDLER, &key, &id.to_string(), now).await?),
        }
    }
    Ok(false)
}

/// Clips that are looked through for one whose smaller video was not asked for today.
const MOST_LATER: i64 = 200;

/// Whether a cut is still awaited.
///
/// # Errors
/// The database's failure.
pub async fn is_cut_awaited(tx: &mut Tx, id: i64) -> Result<bool, Failure> {
    let post = find(tx, id).await?.filter(|p| p.state == PostState::Preparing);
    Ok(post.is_some() && store::clip_draft(tx, id).await?.is_some_and(|d| d.from.is_some()))
}

/// The video was looked at: what is served is noted and the clip is public from now on. Gives the digests of files that are
/// needed no more: what was served before, or what was made when the clip is gone.
///
/// # Errors
/// The database's failure.
pub async fn clip_made(tx: &mut Tx, ctx: &Ctx, id: i64, looked: &Looked) -> Result<Vec<String>, Failure> {
    let files = (&looked.made, looked.poster.as_deref());
    let Some(of) = clip_to_make(tx, id).await? else { return Ok(digests(Some(files.0), files.1)) };
    let rendition = if looked.problem.is_some() { Rendition::None } else { Rendition::Ready };
    store::put_made(tx, id, rendition, files, looked.duration_ms, looked.problem).await?;
    if !of.later {
        publish(tx, ctx, id, &of.clip.sha256).await?;
        return Ok(Vec::new());
    }
    if let Some(post) = find(tx, id).await? {
        changed(tx, &post).await?;
    }
    let before = digests(of.clip.made.as_ref(), of.clip.poster.as_deref());
    Ok(before.into_iter().filter(|sha| *sha != looked.made.sha256).collect())
}

fn digests(made: Option<&Made>, poster: Option<&str>) -> Vec<String> {
    made.map(|m| m.sha256.clone()).into_iter().chain(poster.map(str::to_owned)).collect()
}

/// A film of an episode was made: it is the clip's original and what is served at once. Gives the digests of what was made
/// when nobody waits for it any more.
///
/// # Errors
/// The database's failure.
pub async fn cut_made(
    tx: &mut Tx,
    ctx: &Ctx,
    id: i64,
    original: &Original,
    poster: Option<&str>,
) -> Result<Vec<String>, Failure> {
    let facts = original.facts;
    let made =
        Made { sha256: original.sha256.clone(), bytes: original.bytes, width: facts.width, height: facts.height };
    let awaited = is_cut_awaited(tx, id).await?;
    let Some(draft) = store::clip_draft(tx, id).await?.filter(|_| awaited) else {
        return Ok(digests(Some(&made), poster));
    };
    store::insert_clip(tx, &draft, original).await?;
    store::put_made(tx, id, Rendition::Ready, (&made, poster), facts.duration_ms, None).await?;
    publish(tx, ctx, id, &original.sha256).await?;
    Ok(Vec::new())
}

async fn publish(tx: &mut Tx, ctx: &Ctx, id: i64, sha256: &str) -> Result<(), Failure> {
    if release(tx, ctx, id).await? {
        let data = [("post", kernel::show_id(POST_PREFIX, id).into()), ("sha256", sha256.into())].into();
        tlog::service::enqueue(tx, ctx, "clip.published", &data).await?;
        tell_maker(tx, ctx, id, Happening::ClipPublic).await?;
    }
    Ok(())
}

/// The video could not be made into anything. The reason stays; its author can try again or give up. A clip that is shown as
/// it came stays so.
///
/// # Errors
/// The database's failure.
pub async fn clip_failed(tx: &mut Tx, ctx: &Ctx, id: i64, code: &str) -> Result<(), Failure> {
    if let Some(of) = clip_to_make(tx, id).await? {
        store::put_rendition(tx, id, Rendition::None, Some(code)).await?;
        if !of.later {
            return tell_maker(tx, ctx, id, Happening::ClipFailed).await;
        }
        if let Some(post) = find(tx, id).await? {
            changed(tx, &post).await?;
        }
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
    let key = id.to_string();
    jobs::enqueue_again(tx, post.org, CLIP_HANDLER, &key, &key, ctx.now).await?;
    Ok(())
}

/// Gives a clip other words. What the words of a public one were stays to be read.
///
/// # Errors
/// As [`begin_clip`]; `changed-meanwhile`.
pub async fn edit_clip(tx: &mut Tx, ctx: &Ctx, id: i64, version: i64, words: &Words) -> Result<(), Failure> {
    let mut found = own(tx, &ctx.actor, id).await?;
    let words = rules::check_words(words)?;
    if found.version != version {
        return Err(Refusal::new(Kind::Conflict, "changed-meanwhile").into());
    }
    if found.state != PostState::Preparing {
        found = edit(tx, ctx, id, version, &words.body, &[]).await?;
    }
    let before = found.version;
    let title = match store::clip_of(tx, id).await? {
        Some(clip) => Some(clip.title),
        None => store::clip_draft(tx, id).await?.map(|draft| draft.title),
    };
    // Whoever began from the same version must hear of another title too.
    let titled = found.version == version && title.is_some_and(|title| title != words.title);
    if titled || found.lang != words.lang || found.body != words.body {
        (found.lang, found.body, found.version) = (words.lang, words.body, before + 1);
        if !store::update_post(tx, &found, before).await? {
            return Err(Refusal::new(Kind::Conflict, "changed-meanwhile").into());
        }
    }
    store::put_clip_title(tx, id, &words.title).await?;
    changed(tx, &found).await
}

/// Writes the captions of one language; none removes them.
///
/// # Errors
/// Refused for others, for captions with a problem, beyond the number of languages, and while a decision keeps the clip as it is.
pub async fn set_captions(tx: &mut Tx, ctx: &Ctx, id: i64, lang: &str, cues: &[Cue]) -> Result<Vec<Cue>, Failure> {
    let found = own(tx, &ctx.actor, id).await?;
    not_frozen(tx, id, ctx.now).await?;
    if !rules::is_language(lang) {
        return Err(Refusal::invalid("clip-fields").field("lang", "clip-language").into());
    }
    let length = store::clip_of(tx, id).await?.map_or(0, |c| c.duration_ms);
    let cues = rules::check_cues(cues, length)?;
    let there = store::captions(tx, id).await?;
    if !there.iter().any(|(l, _)| l == lang) && there.len() >= rules::MOST_CAPTIONS {
        return Err(Refusal::invalid("clip-fields").field("lang", "captions-many").into());
    }
    let text = if cues.is_empty() { None } else { Some(written(&cues)?) };
    store::put_captions(tx, id, lang, text.as_deref()).await?;
    changed(tx, &found).await?;
    Ok(cues)
}

/// How many of one's own clips stand on a page.
pub const PAGE_OF_OWN: i64 = 20;

async fn whole(tx: &mut Tx, post: Post) -> Result<OwnClip, Failure> {
    let (clip, draft) = (store::clip_of(tx, post.id).await?, store::clip_draft(tx, post.id).await?);
    let handler = if draft.is_some() { CUT_HANDLER } else { CLIP_HANDLER };
    let progress = if post.state == PostState::Preparing {
        jobs::progress(tx, handler, &post.id.to_string()).await?.filter(|p| p.total > 0)
    } else {
        None
    };
    Ok(OwnClip { post, clip, draft, progress: progress.map(|p| (p.done, p.total)) })
}

/// A clip for its author.
///
/// # Errors
/// Not found for others.
pub async fn own_clip(tx: &mut Tx, actor: &Actor, id: i64) -> Result<OwnClip, Failure> {
    let post = own(tx, actor, id).await?;
    whole(tx, post).await
}

/// The clips a person made, under whatever name, newest first; and where the next page begins.
///
/// # Errors
/// The database's failure.
pub async fn own_clips(
    tx: &mut Tx,
    actor: &Actor,
    before: Option<i64>,
) -> Result<(Vec<OwnClip>, Option<i64>), Failure> {
    let person = actor.person().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
    let mut ids = store::clips_by(tx, person, before.unwrap_or(i64::MAX), PAGE_OF_OWN + 1).await?;
    let more = i64::try_from(ids.len()).unwrap_or(0) > PAGE_OF_OWN;
    ids.truncate(usize::try_from(PAGE_OF_OWN).unwrap_or(0));
    let mut found = store::posts(tx, &ids).await?;
    let mut out = Vec::new();
    for id in &ids {
        if let Some(post) = found.remove(id) {
            out.push(whole(tx, post).await?);
        }
    }
    Ok((out, ids.last().copied().filter(|_| more)))
}

/// Every language's captions of a clip the viewer may see.
///
/// # Errors
/// Not found as for [`seen_post`].
pub async fn captions_of(tx: &mut Tx, viewer: &Actor, id: i64, now: At) -> Result<Vec<(String, Vec<Cue>)>, Failure> {
    seen_post(tx, viewer, id, now).await?;
    let rows = store::captions(tx, id).await?;
    Ok(rows.into_iter().map(|(lang, cues)| (lang, serde_json::from_str(&cues).unwrap_or_default())).collect())
}

/// A clip for a viewer, with everything its page shows.
///
/// # Errors
/// Not found as for [`seen_post`], and for what is no clip or has nothing to show yet.
pub async fn seen_clip(tx: &mut Tx, viewer: &Actor, id: i64, now: At) -> Result<Full, Failure> {
    let post = seen_post(tx, viewer, id, now).await?;
    let found = full(tx, vec![post], now).await?.pop();
    let shown = found.filter(|f| f.clip.as_ref().is_some_and(|c| c.made.is_some()));
    shown.ok_or_else(|| Refusal::not_found().into())
}

/// How many clips a page of the column has.
pub const PAGE_OF_CLIPS: usize = 8;

/// The next public clips after a cursor, newest first, as a viewer sees them, and where the next page begins. Whom the viewer
/// muted or blocked, and who blocked the viewer, is left out; so is what the gate of reach holds back here.
///
/// # Errors
/// The database's failure.
pub async fn newest_clips(
    tx: &mut Tx,
    viewer: Option<i64>,
    after: Option<(At, i64)>,
    gate: &Gate<'_>,
) -> Result<(Vec<Full>, Option<(At, i64)>), Failure> {
    let now = gate.now();
    let start = (At::from_micros(now.micros().saturating_add(1)), i64::MIN);
    let mut cursor = after.map_or(start, |after| after.min(start));
    let mut found: Vec<Post> = Vec::new();
    for _ in 0..MOST_BATCHES {
        let batch = store::newest_clips(tx, viewer.unwrap_or(0), cursor, now, BATCH).await?;
        let subjects: Vec<Subject> = batch.iter().map(|p| Subject::post(p.id)).collect();
        let standings = reach::shown(tx, &subjects).await?;
        let last = i64::try_from(batch.len()).unwrap_or(0) < BATCH;
        for post in batch {
            if gate.pass(Surface::Clips, Subject::post(post.id), &standings) == Passage::Held {
                cursor = (post.at, post.id);
                continue;
            }
            if found.len() == PAGE_OF_CLIPS {
                return Ok((full(tx, found, now).await?, Some(cursor)));
            }
            cursor = (post.at, post.id);
            found.push(post);
        }
        if last {
            return Ok((full(tx, found, now).await?, None));
        }
    }
    Ok((full(tx, found, now).await?, Some(cursor)))
}

/// Rows looked at in one go, and how often for one page.
const BATCH: i64 = 16;
const MOST_BATCHES: usize = 20;

/// A file of a clip by the beginning of its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClipFile {
    /// The whole digest.
    pub sha256: String,
    /// The media type.
    pub media_type: String,
    /// Whether everybody may have it.
    pub public: bool,
}

/// A served file of a clip: what was made of the video, or its still picture. Never the original.
///
/// # Errors
/// Not found as for [`seen_post`].
pub async fn clip_file(tx: &mut Tx, viewer: &Actor, id: i64, start: &str, now: At) -> Result<ClipFile, Failure> {
    let post = seen_post(tx, viewer, id, now).await?;
    let clip = store::clip_of(tx, id).await?.ok_or_else(Refusal::not_found)?;
    let public = crate::rules::visible::is_public(&post, now);
    let is = |sha: &str| start.len() >= 12 && sha.starts_with(start);
    let video = clip.made.as_ref().map(|m| m.sha256.clone()).filter(|sha| is(sha));
    let media_type = if clip.rendition == Rendition::Ready { "video/mp4".to_owned() } else { clip.media_type };
    if let Some(sha256) = video {
        return Ok(ClipFile { sha256, media_type, public });
    }
    let poster = clip.poster.filter(|sha| is(sha)).ok_or_else(Refusal::not_found)?;
    Ok(ClipFile { sha256: poster, media_type: "image/jpeg".to_owned(), public })
}

/// The file a clip was made of, as it was sent, for those who may speak as its voice; also of a clip that is not public or was
/// removed by moderators, until it is deleted. It carries whatever the camera wrote and is for nobody else.
///
/// # Errors
/// Not found or forbidden for others; not found while there is no video.
pub async fn original_of(tx: &mut Tx, actor: &Actor, id: i64) -> Result<ClipFile, Failure> {
    own(tx, actor, id).await?;
    let clip = store::clip_of(tx, id).await?.ok_or_else(Refusal::not_found)?;
    Ok(ClipFile { sha256: clip.sha256, media_type: clip.media_type, public: false })
}
