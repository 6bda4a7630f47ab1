//! What stands in a feed as a page shows it: posts, episodes, and to each the answer to "why is this here". Who may see what
//! was decided before.

use std::collections::HashMap;

use community::model::{Entry, FeedPage, Followed, POST_PREFIX, Spot};
use community::rules::order::Order;
use community::service::{counts, feed as uc, posts};
use db::{Failure, Tx};
use jiff::tz::TimeZone;
use kernel::{Arg, At, Lang, SubjectKind, show_id};
use publish::model::EPISODE_PREFIX;
use publish::web::{Card, Links, card};
use reach::ActiveMeasures;
use serde::Serialize;
use ui::Stamp;

use super::{Published, address};
use crate::app::App;
use crate::pages::members::{Houses, voice_views};
use crate::pages::posts::{Looking, PostView, VoiceView, views, when};
use crate::pages::site::context_under;

/// Why a list holds what it holds.
#[derive(Clone, Copy)]
pub(crate) enum Because<'a> {
    /// A member follows its voice.
    Followed { member: i64 },
    /// It is public.
    Public,
    /// It carries a tag.
    Tag(&'a str),
    /// It has the words that were looked for.
    Words,
}

/// What a list was made with.
#[derive(Clone, Copy)]
pub(crate) struct Made<'a> {
    pub(crate) because: Because<'a>,
    pub(crate) order: Order,
    pub(crate) measures: &'a ActiveMeasures,
    /// The newest spot the viewer saw before, if the page was asked to mark it.
    pub(crate) seen: Option<Spot>,
}

/// An episode in a feed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EpisodeItem {
    id: String,
    voice: VoiceView,
    when: Stamp,
    card: Card,
}

/// One entry.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ItemView {
    post: Option<PostView>,
    episode: Option<EpisodeItem>,
    why: Vec<String>,
    order_url: String,
    label: Option<String>,
    seen_mark: bool,
}

/// What every list says it obeyed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Obeyed {
    size: u64,
    measures: usize,
    order_url: String,
}

/// What a list obeyed.
pub(crate) fn obeyed(lang: Lang, measures: &ActiveMeasures) -> Obeyed {
    Obeyed { size: measures.log_size(), measures: measures.count(), order_url: address(lang) }
}

/// An instant as a sentence names it, in the zone in which the voice dates what it says.
fn at_text(app: &App, voice: i64, at: At, lang: Lang) -> String {
    let zone = app.places.zone_of(voice);
    format!("{}, {}", ui::date_long(at, &zone, lang), ui::clock_text(at, &zone, lang))
}

/// The entries of a page, in its order.
///
/// # Errors
/// The database's failure.
pub(crate) async fn items(
    tx: &mut Tx,
    app: &App,
    looking: Looking<'_>,
    links: &Links,
    page: &FeedPage,
    made: Made<'_>,
) -> Result<Vec<ItemView>, Failure> {
    let of = |kind| page.entries.iter().map(|e| e.subject).filter(|s| s.kind == kind).map(|s| s.id).collect::<Vec<_>>();
    let post_ids = of(SubjectKind::Post);
    let mut found = posts::public_posts(tx, &post_ids, looking.now).await?;
    let list = post_ids.iter().filter_map(|id| found.remove(id)).collect::<Vec<_>>();
    let ids: Vec<i64> = list.iter().map(|p| p.id).collect();
    let shown = views(tx, app, looking, list).await?;
    let mut shown: HashMap<i64, PostView> = ids.into_iter().zip(shown).collect();
    let episodes = publish::service::public_named(tx, &of(SubjectKind::Episode), looking.now).await?;
    let houses = Houses::load(tx).await?;
    let followed = match made.because {
        Because::Followed { member } => uc::followed(tx, &Published, member, &page.entries).await?,
        Because::Public | Because::Tag(_) | Because::Words => HashMap::new(),
    };
    let named = page.entries.iter().map(|e| e.voice).chain(followed.values().filter_map(|f| f.through));
    let voices = voice_views(tx, (app.render.texts(), &app.links), looking.lang, &named.collect::<Vec<i64>>()).await?;
    let context = context_under(app, looking.lang, links);
    let mut out = Vec::with_capacity(page.entries.len());
    let mut marked = made.seen.is_none() || made.order != community::rules::order::NEWEST;
    for entry in &page.entries {
        let post = shown.remove(&entry.subject.id);
        let episode = episodes.iter().find(|e| e.id == entry.subject.id && entry.subject.kind == SubjectKind::Episode);
        let voice = voices.get(&entry.voice).cloned().unwrap_or_default();
        let why = why(app, looking.lang, entry, &voices, followed.get(&entry.voice), page, made);
        let episode = episode.and_then(|e| {
            let show = houses.shows().iter().find(|s| s.id == e.show)?;
            let id = show_id(EPISODE_PREFIX, e.id);
            let when = when(app, show.id, entry.at, looking.lang);
            Some(EpisodeItem { id, voice, when, card: card(show, e, &context) })
        });
        if post.is_none() && episode.is_none() {
            continue;
        }
        let old = made.seen.is_some_and(|seen| entry.spot() <= seen);
        let seen_mark = old && !marked && !out.is_empty();
        marked |= old;
        let label =
            page.labels.get(&entry.subject).map(|code| ui::label_sentence(app.render.texts(), looking.lang, code));
        out.push(ItemView { post, episode, why, order_url: address(looking.lang), label, seen_mark });
    }
    Ok(out)
}

fn why(
    app: &App,
    lang: Lang,
    entry: &Entry,
    voices: &HashMap<i64, VoiceView>,
    followed: Option<&Followed>,
    page: &FeedPage,
    made: Made<'_>,
) -> Vec<String> {
    let say = |key: &str, args: &[(&str, Arg)]| app.render.texts().text(lang, key, args);
    let named = |id: i64| voices.get(&id).map_or("", |v| v.name.as_str());
    let name = named(entry.voice);
    let mut out = match (made.because, followed) {
        (Because::Followed { .. }, Some(followed)) => {
            let date = ui::date_long(followed.since, &TimeZone::UTC, lang);
            vec![match followed.through {
                None => say("feed-why-follow", &[("name", name.into()), ("date", date.into())]),
                Some(org) => {
                    let args = [("house", named(org).into()), ("name", name.into()), ("date", date.into())];
                    say("feed-why-through", &args)
                }
            }]
        }
        (Because::Words, _) => vec![say("feed-why-words", &[])],
        (Because::Tag(tag), _) => vec![say("feed-why-tag", &[("tag", tag.into())])],
        _ => vec![say("feed-why-everybody", &[("name", name.into())])],
    };
    if entry.of.is_some() {
        out.push(say("feed-why-reshare", &[("name", name.into())]));
    }
    out.push(say("feed-why-published", &[("date", at_text(app, entry.voice, entry.at, lang).into())]));
    out.push(say("feed-why-order", &[("order", made.order.cite().into())]));
    let count = i64::try_from(made.measures.count()).unwrap_or(i64::MAX);
    let measures = say("feed-why-measures", &[("count", count.into())]);
    let size = i64::try_from(page.log_size).unwrap_or(i64::MAX);
    out.push(format!("{measures} {}", say("feed-why-log", &[("size", size.into())])));
    if let Some(code) = page.labels.get(&entry.subject) {
        let label = ui::label_sentence(app.render.texts(), lang, code);
        out.push(say("feed-why-label", &[("label", label.into())]));
    }
    out
}

/// A voice to follow.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Proposed {
    voice: VoiceView,
    followers: i64,
}

/// Voices as a list of proposals shows them to a member or a visitor, in the order given.
///
/// # Errors
/// The database's failure.
pub(crate) async fn proposed(
    tx: &mut Tx,
    app: &App,
    lang: Lang,
    viewer: Option<i64>,
    ids: &[i64],
) -> Result<Vec<Proposed>, Failure> {
    let (followers, mut named) = (
        counts::followers(tx, viewer, ids).await?,
        voice_views(tx, (app.render.texts(), &app.links), lang, ids).await?,
    );
    let one = |id: &i64| Some(Proposed { voice: named.remove(id)?, followers: *followers.get(id)? });
    Ok(ids.iter().filter_map(one).collect())
}

/// The address of a post's or an episode's place among entries.
pub(crate) fn spot_text((at, id): Spot) -> String {
    format!("{}.{id}", at.micros())
}

/// The shown id of a post.
pub(crate) fn post_id(id: i64) -> String {
    show_id(POST_PREFIX, id)
}
