//! Writing episodes: a new draft, and changes to one whatever its state.

use db::{Failure, Tx};
use kernel::{Ctx, Kind, Refusal, Rng};

use crate::model::{Chapter, Credit, Episode, Show, State};
use crate::rules::check::{self, EpisodeDraft};
use crate::rules::rundown::keep_items;
use crate::service::checks::ask_sources;
use crate::service::{changed, editable, editable_show, history, save, told_update};
use crate::store;
use crate::text;

/// Creates a draft in a show. Its GUID is random and final from this moment.
///
/// # Errors
/// Refused for non-editors, bad fields, and a slug that is taken in the show.
pub async fn create_episode(tx: &mut Tx, ctx: &Ctx, show: i64, draft: EpisodeDraft) -> Result<Episode, Failure> {
    let show = editable_show(tx, &ctx.actor, show).await?;
    let draft = check::episode(draft)?;
    let mut episode = Episode {
        id: ctx.ids.next(),
        org: show.org,
        show: show.id,
        guid: random_guid(&ctx.rng),
        guid_is_permalink: false,
        slug: String::new(),
        number: None,
        season: None,
        kind: Default::default(),
        state: State::Draft,
        wall_clock: None,
        explicit: None,
        link: None,
        author: None,
        remote_cover_url: None,
        cover: None,
        version: 1,
        updated_at: ctx.now,
        texts: Default::default(),
        audio: None,
        reached: Default::default(),
    };
    free_slug(tx, &episode, &show.id, &draft.slug).await?;
    let first = draft.clone();
    let (chapters, credits) = fill(&mut episode, draft);
    own_images(tx, &episode, &chapters).await?;
    store::insert_episode(tx, &episode, ctx.now).await?;
    history::note_new(tx, ctx, &episode, &first).await?;
    store::replace_chapters(tx, episode.id, &chapters).await?;
    store::replace_credits(tx, show.id, episode.id, &credits).await?;
    super::index::index(tx, &[episode.id]).await?;
    changed(tx, show.id).await?;
    ask_sources(tx, ctx, &episode, chapters.iter().any(|c| !c.sources.is_empty())).await?;
    Ok(episode)
}

/// A version 4 UUID (RFC 9562 §5.4).
pub(super) fn random_guid(rng: &Rng) -> String {
    let mut b = rng.bytes::<16>();
    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;
    let h = kernel::hex(&b);
    format!("{}-{}-{}-{}-{}", &h[..8], &h[8..12], &h[12..16], &h[16..20], &h[20..])
}

async fn free_slug(tx: &mut Tx, episode: &Episode, show: &i64, slug: &str) -> Result<(), Failure> {
    if store::slug_taken(tx, *show, slug, episode.id).await? {
        let taken = Refusal::new(Kind::Conflict, "slug-taken").with("slug", slug);
        return Err(taken.field("slug", "slug-taken").into());
    }
    Ok(())
}

/// A chapter's picture must be the organisation's own: naming another's would publish it.
async fn own_images(tx: &mut Tx, episode: &Episode, chapters: &[Chapter]) -> Result<(), Failure> {
    for id in chapters.iter().filter_map(|c| c.image_id) {
        if !store::image_is_of(tx, episode.org, id).await? {
            return Err(Refusal::invalid("check-fields").field("chapters", "image-unknown").into());
        }
    }
    Ok(())
}

pub(super) fn fill(episode: &mut Episode, draft: EpisodeDraft) -> (Vec<Chapter>, Vec<Credit>) {
    episode.slug = draft.slug;
    episode.number = draft.number;
    episode.season = draft.season;
    episode.kind = draft.kind;
    episode.explicit = draft.explicit;
    episode.texts = draft.texts;
    for text in episode.texts.values_mut() {
        text.notes_html = match &text.notes_md {
            Some(md) => text::markdown_to_html(md),
            None => text::sanitise_html(&text.notes_html),
        };
    }
    (draft.chapters, draft.credits)
}

/// Replaces an episode's content, if it is still the version the editor saw. GUID, state and sound stay; a
/// published episode keeps its slug, because its address is out in the world.
///
/// # Errors
/// Refused for non-editors, bad fields, and `edit-conflict` when somebody else saved meanwhile.
pub async fn edit_episode(
    tx: &mut Tx,
    ctx: &Ctx,
    id: i64,
    version: i64,
    mut draft: EpisodeDraft,
) -> Result<Episode, Failure> {
    let (episode, show) = editable(tx, ctx, id).await?;
    if episode.version != version {
        return Err(Refusal::new(Kind::Conflict, "edit-conflict").into());
    }
    if save::was_public(&episode, ctx.now) || draft.slug.is_empty() {
        draft.slug.clone_from(&episode.slug);
    }
    keep_items(&mut draft.chapters, &store::chapters(tx, id).await?);
    write_draft(tx, ctx, episode, &show, draft, "edit").await
}

/// Checks and writes what an episode says from now on, and notes it in the history as `what`.
pub(super) async fn write_draft(
    tx: &mut Tx,
    ctx: &Ctx,
    mut episode: Episode,
    show: &Show,
    draft: EpisodeDraft,
    what: &str,
) -> Result<Episode, Failure> {
    let draft = check::episode(draft)?;
    free_slug(tx, &episode, &show.id, &draft.slug).await?;
    history::note(tx, ctx, &episode, what, Some(&draft)).await?;
    let (chapters, credits) = fill(&mut episode, draft);
    own_images(tx, &episode, &chapters).await?;
    if !store::update_episode(tx, &episode, ctx.now).await? {
        return Err(Refusal::new(Kind::Conflict, "edit-conflict").into());
    }
    store::replace_chapters(tx, episode.id, &chapters).await?;
    store::replace_credits(tx, show.id, episode.id, &credits).await?;
    super::index::index(tx, &[episode.id]).await?;
    changed(tx, show.id).await?;
    episode.version += 1;
    ask_sources(tx, ctx, &episode, chapters.iter().any(|c| !c.sources.is_empty())).await?;
    told_update(tx, ctx, &episode).await?;
    Ok(episode)
}
