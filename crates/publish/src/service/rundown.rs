//! The rundown of an episode and the pool of ideas of a show: adding, editing, ordering, deleting and taking back, and
//! making chapters.

use db::{Failure, Tx};
use kernel::{Actor, Ctx, Kind, OrgId, Refusal, Scope};

use crate::model::{Episode, FullEpisode, Item, Show};
use crate::rules::merge::{self, Section};
use crate::rules::rundown::{self as rules, ItemDraft, MOST_ITEMS, Way};
use crate::rules::schedule;
use crate::service::{editable, editable_show, episodes, history, must_edit, on_desk, read};
use crate::store;

/// A rundown with what stands around it.
pub struct Rundown {
    /// The show.
    pub show: Show,
    /// The episode.
    pub full: FullEpisode,
    /// The items, in order.
    pub items: Vec<Item>,
    /// The show's ideas that are in no episode.
    pub pool: Vec<Item>,
    /// How long the episode shall be, in milliseconds.
    pub target_ms: Option<i64>,
}

/// An episode's rundown, for its team.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn rundown(tx: &mut Tx, actor: &Actor, episode: i64) -> Result<Rundown, Failure> {
    let (show, full) = read::desk_episode(tx, actor, episode).await?;
    let scope = Scope { org: show.org };
    Ok(Rundown {
        items: store::rundown(tx, scope, episode).await?,
        pool: store::pool(tx, scope, Some(show.id)).await?,
        target_ms: store::target(tx, episode).await?,
        show,
        full,
    })
}

/// The ideas of an organisation's shows that are in no episode.
///
/// # Errors
/// Refused for people outside it.
pub async fn ideas(tx: &mut Tx, actor: &Actor, org: OrgId) -> Result<Vec<Item>, Failure> {
    if !actor.may_read(org) {
        return Err(Refusal::not_found().into());
    }
    Ok(store::pool(tx, Scope { org }, None).await?)
}

/// The ideas of one show.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn show_ideas(tx: &mut Tx, actor: &Actor, show: i64) -> Result<Vec<Item>, Failure> {
    let found = store::show_by_id(tx, show).await?.filter(|s| actor.may_read(s.org));
    let Some(show) = found else { return Err(Refusal::not_found().into()) };
    Ok(store::pool(tx, Scope { org: show.org }, Some(show.id)).await?)
}

/// Where a new item goes.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// Into a show's pool of ideas.
    Pool(i64),
    /// To the end of an episode's rundown.
    Episode(i64),
}

async fn list(tx: &mut Tx, org: OrgId, show: i64, episode: Option<i64>) -> Result<Vec<Item>, Failure> {
    let scope = Scope { org };
    Ok(match episode {
        Some(episode) => store::rundown(tx, scope, episode).await?,
        None => store::pool(tx, scope, Some(show)).await?,
    })
}

/// The end of a list that is not full.
fn end_of(items: &[Item]) -> Result<i64, Refusal> {
    if items.len() >= MOST_ITEMS {
        let most = i64::try_from(MOST_ITEMS).unwrap_or(i64::MAX);
        return Err(Refusal::invalid("check-fields").field_with("title", "too-many", ("most", most.into())));
    }
    Ok(items.last().map_or(0, |i| i.position + 1))
}

/// Adds an item.
///
/// # Errors
/// Refused for non-editors, bad fields, and a list that is full.
pub async fn add_item(tx: &mut Tx, ctx: &Ctx, place: Place, draft: ItemDraft) -> Result<Item, Failure> {
    let (org, show, episode) = match place {
        Place::Pool(show) => {
            let show = editable_show(tx, &ctx.actor, show).await?;
            (show.org, show.id, None)
        }
        Place::Episode(id) => {
            let (episode, show) = on_desk(tx, &ctx.actor, id).await?;
            (show.org, show.id, Some(episode.id))
        }
    };
    let draft = rules::check(draft)?;
    let position = end_of(&list(tx, org, show, episode).await?)?;
    let item = Item {
        id: ctx.ids.next(),
        org,
        show,
        episode,
        position,
        title: draft.title,
        notes: draft.notes,
        planned_ms: draft.planned_ms,
        assignee: draft.assignee,
        state: draft.state,
        dropped: false,
        version: 1,
        links: draft.links,
    };
    store::insert_item(tx, &item, ctx.actor.person(), ctx.now).await?;
    Ok(item)
}

/// An item the actor may edit. What belongs to another organisation does not exist.
async fn editable_item(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Item, Failure> {
    let found = store::item_by_id(tx, id).await?.filter(|i| actor.may_read(i.org));
    let Some(item) = found else { return Err(Refusal::not_found().into()) };
    must_edit(actor, item.org)?;
    Ok(item)
}

/// Replaces what an item says, if it is still the version the editor saw.
///
/// # Errors
/// Refused for non-editors, bad fields, and `item-conflict` when somebody else saved meanwhile.
pub async fn edit_item(tx: &mut Tx, ctx: &Ctx, id: i64, version: i64, draft: ItemDraft) -> Result<Item, Failure> {
    let mut item = editable_item(tx, &ctx.actor, id).await?;
    let draft = rules::check(draft)?;
    let conflict = || Failure::from(Refusal::new(Kind::Conflict, "item-conflict"));
    if item.version != version {
        return Err(conflict());
    }
    (item.title, item.notes, item.planned_ms) = (draft.title, draft.notes, draft.planned_ms);
    (item.assignee, item.state, item.links) = (draft.assignee, draft.state, draft.links);
    if !store::update_item(tx, &item).await? {
        return Err(conflict());
    }
    item.version += 1;
    Ok(item)
}

/// Deletes an item, or brings a deleted one back to its place.
///
/// # Errors
/// Refused for non-editors.
pub async fn drop_item(tx: &mut Tx, ctx: &Ctx, id: i64, dropped: bool) -> Result<Item, Failure> {
    let mut item = editable_item(tx, &ctx.actor, id).await?;
    if item.dropped && !dropped {
        end_of(&list(tx, item.org, item.show, item.episode).await?)?;
    }
    store::drop_item(tx, id, dropped.then_some(ctx.now)).await?;
    item.dropped = dropped;
    Ok(item)
}

/// Moves an item within its list.
///
/// # Errors
/// Refused for non-editors, and for a deleted item.
pub async fn move_item(tx: &mut Tx, ctx: &Ctx, id: i64, way: Way) -> Result<Item, Failure> {
    let item = editable_item(tx, &ctx.actor, id).await?;
    let order: Vec<i64> = list(tx, item.org, item.show, item.episode).await?.iter().map(|i| i.id).collect();
    let Some(order) = rules::moved(&order, id, way) else { return Err(Refusal::not_found().into()) };
    for (position, id) in (0_i64..).zip(order) {
        store::place_item(tx, id, item.episode, position).await?;
    }
    Ok(item)
}

/// Takes an item into an episode's rundown, or sends it back to its show's pool of ideas.
///
/// # Errors
/// Refused for non-editors, for an episode of another show, and for a list that is full.
pub async fn place_item(tx: &mut Tx, ctx: &Ctx, id: i64, episode: Option<i64>) -> Result<Item, Failure> {
    let mut item = editable_item(tx, &ctx.actor, id).await?;
    if let Some(episode) = episode {
        let (episode, _) = on_desk(tx, &ctx.actor, episode).await?;
        if episode.show != item.show {
            return Err(Refusal::invalid("check-fields").field("episode", "episode-of-another-show").into());
        }
    }
    let end = end_of(&list(tx, item.org, item.show, episode).await?)?;
    store::place_item(tx, id, episode, end).await?;
    (item.episode, item.position) = (episode, end);
    Ok(item)
}

/// Says how long an episode shall be; nothing takes the aim away.
///
/// # Errors
/// Refused for non-editors and for a length that is none.
pub async fn set_target(tx: &mut Tx, ctx: &Ctx, id: i64, target_ms: i64) -> Result<(), Failure> {
    on_desk(tx, &ctx.actor, id).await?;
    if !(0..=86_400_000).contains(&target_ms) {
        return Err(Refusal::invalid("check-fields").field("target", "planned-malformed").into());
    }
    Ok(store::set_target(tx, id, target_ms).await?)
}

/// Makes the chapters of an episode from its rundown. Chapters no item made are kept; their being there is asked about
/// first unless `confirmed`.
///
/// # Errors
/// Refused for non-editors, for an empty rundown, and `chapters-by-hand` where somebody has to confirm.
pub async fn make_chapters(tx: &mut Tx, ctx: &Ctx, id: i64, confirmed: bool) -> Result<Episode, Failure> {
    let (episode, show) = editable(tx, ctx, id).await?;
    let items = store::rundown(tx, Scope { org: show.org }, id).await?;
    if items.is_empty() {
        return Err(Refusal::new(Kind::Conflict, "rundown-empty").into());
    }
    let draft = history::draft_of(tx, &episode).await?;
    let by_hand = i64::try_from(rules::by_hand(&items, &draft.chapters)).unwrap_or(i64::MAX);
    if by_hand > 0 && !confirmed {
        return Err(Refusal::new(Kind::Conflict, "chapters-by-hand").with("count", by_hand).into());
    }
    let zone = schedule::zone(&show.time_zone)?;
    let today = ctx.now.timestamp().to_zoned_datetime(zone).strftime("%Y-%m-%d").to_string();
    let chapters = rules::chapters(&items, &draft.chapters, &show.language, &today);
    let draft = merge::with(draft, &Section::Chapters(chapters));
    episodes::write_draft(tx, ctx, episode, &show, draft, "chapters").await
}

/// An item, deleted or not, for its team.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn item_of(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Item, Failure> {
    let found = store::item_by_id(tx, id).await?.filter(|i| actor.may_read(i.org));
    found.ok_or_else(|| Refusal::not_found().into())
}
