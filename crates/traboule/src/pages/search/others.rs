//! What else is searched beside episodes: posts and clips by their words, and people, shows and organisations by what they are
//! called. Posts pass the gate as every list of them does; two of whom one blocked the other do not find each other.

use std::collections::HashSet;
use std::sync::Arc;

use community::model::{FeedPage, Voice, VoiceKind};
use community::rules::order::NEWEST;
use community::service::feed::{self, FeedAsk, Means};
use community::service::{counts, members, search as uc};
use db::{Failure, Tx, read_tx};
use kernel::{Lang, Sought};
use publish::model::Show;
use publish::rules::search::Query;
use publish::web::Links;
use serde::Serialize;

use crate::app::App;
use crate::http::Client;
use crate::pages::feed::Published;
use crate::pages::feed::home::spot;
use crate::pages::feed::view::{Because, ItemView, Made, items, spot_text};
use crate::pages::members::{Houses, voice_views};
use crate::pages::posts::{Looking, VoiceView};

/// A page of what was found, and the `after` of the next one.
pub(crate) struct Part<T> {
    pub(crate) list: Vec<T>,
    pub(crate) next: Option<String>,
}

/// Posts and clips that have what was asked for, as a page of entries.
///
/// # Errors
/// The database's failure.
pub(crate) async fn found_posts(
    tx: &mut Tx,
    app: &App,
    client: &Client,
    query: &Query,
    after: &str,
) -> Result<FeedPage, Failure> {
    let measures = app.log.measures();
    let means = Means { episodes: &Published, measures: &measures };
    let ask = FeedAsk { after: spot(Some(after)), ..FeedAsk::newest(app.now()) };
    let viewer = match client.actor().person() {
        Some(person) => members::member_of(tx, person).await?.map(|m| m.id),
        None => None,
    };
    feed::with_words(tx, means, (&query.all, &query.none), viewer, &ask).await
}

/// The same as a page shows them.
///
/// # Errors
/// The database's failure.
pub(super) async fn posts(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    query: &Query,
    after: &str,
) -> Result<Part<ItemView>, Failure> {
    let (actor, links, measures) = (client.actor(), client.links(app), app.log.measures());
    let looking = Looking { actor: &actor, lang, now: app.now() };
    let made = Made { because: Because::Words, order: NEWEST, measures: &measures, seen: None };
    read_tx!(app.db, |tx| {
        let page = found_posts(tx, app, client, query, after).await?;
        let next = page.next.map(spot_text);
        Ok(Part { list: items(tx, app, looking, &links, &page, made).await?, next })
    })
}

/// Somebody who was found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FoundVoice {
    pub(crate) voice: VoiceView,
    /// What they say of themselves.
    pub(crate) about: String,
    pub(crate) followers: i64,
}

fn has(body: &str, one: &Sought) -> bool {
    let end = if one.beginning { "" } else { " " };
    format!(" {body} ").contains(&format!(" {}{end}", one.words.join(" ")))
}

fn matches<'a>(texts: impl IntoIterator<Item = &'a str>, query: &Query) -> bool {
    let body = kernel::body_of(texts);
    query.all.iter().all(|one| has(&body, one)) && !query.none.iter().any(|one| has(&body, one))
}

/// The shows and organisations of this server that are called so, in their order there. There are few of them: they are
/// compared where they stand, so that no index has to be kept.
fn called<'a>(houses: &'a Houses, voices: &'a [Voice], query: &Query) -> Vec<&'a Voice> {
    let handle = |voice: &'a Voice| [voice.handle.as_str()].into_iter();
    let show = |show: &'a Show| show.texts.values().flat_map(|t| [t.title.as_str(), t.tagline.as_str()]);
    let is = |voice: &&'a Voice| match voice.kind {
        VoiceKind::Show => houses
            .shows()
            .iter()
            .find(|s| s.id == voice.id)
            .is_some_and(|found| matches(show(found).chain([found.slug.as_str()]).chain(handle(voice)), query)),
        VoiceKind::Organisation => houses
            .orgs()
            .iter()
            .find(|o| o.id.0 == voice.id)
            .is_some_and(|o| matches([o.name.as_str()].into_iter().chain(handle(voice)), query)),
        VoiceKind::Member => false,
    };
    voices.iter().filter(|v| !v.closed).filter(is).collect::<Vec<&'a Voice>>()
}

fn followed(text: &str) -> Option<(i64, i64)> {
    let (followers, id) = text.split_once('.')?;
    Some((followers.parse().ok()?, id.parse().ok()?))
}

/// Shows and organisations that are called so, then members, the most followed first.
///
/// # Errors
/// The database's failure.
pub(crate) async fn people(
    tx: &mut Tx,
    app: &App,
    client: &Client,
    lang: Lang,
    query: &Query,
    after: &str,
) -> Result<Part<FoundVoice>, Failure> {
    if query.all.is_empty() {
        return Ok(Part { list: Vec::new(), next: None });
    }
    let cursor = followed(after);
    let houses = Houses::load(tx).await?;
    let mut ids: Vec<i64> = Vec::new();
    if cursor.is_none() {
        let all = houses.shows().iter().map(|s| s.id).chain(houses.orgs().iter().map(|o| o.id.0));
        let all: Vec<i64> = all.collect();
        let mut voices: Vec<Voice> = members::voices(tx, &all).await?.into_values().collect();
        voices.sort_by_key(|v| (std::cmp::Reverse(v.followers), v.id));
        ids.extend(called(&houses, &voices, query).iter().map(|v| v.id));
    }
    let found = uc::members(tx, &client.actor(), (&query.all, &query.none), cursor).await?;
    ids.extend(&found.ids);
    let mut views = voice_views(tx, (app.render.texts(), &app.links), lang, &ids).await?;
    let followers = counts::followers_for(tx, &client.actor(), &ids).await?;
    let mut known = members::members(tx, &found.ids).await?;
    let one = |id: &i64| {
        let about = match known.remove(id) {
            Some(member) => kernel::line(&member.about),
            None => houses.shows().iter().find(|s| s.id == *id).map(|s| tagline(s, lang)).unwrap_or_default(),
        };
        Some(FoundVoice { voice: views.remove(id)?, about, followers: *followers.get(id)? })
    };
    let mut seen = HashSet::new();
    let list = ids.iter().filter(|id| seen.insert(**id)).filter_map(one).collect();
    Ok(Part { list, next: found.next.map(|(followers, id)| format!("{followers}.{id}")) })
}

fn tagline(show: &Show, lang: Lang) -> String {
    let (own, text) = show.text(lang.code());
    publish::web::typeset(own, &text.tagline).into_owned()
}

/// The address of a tab of the search.
pub(super) fn tab_url(lang: Lang, tab: &str, typed: &str, after: &str) -> String {
    Links::search(lang, &[("q", typed), ("in", tab), ("after", after)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_words_are() {
        let found = |text: &str, typed: &str| matches([text, "matins"], &Query::parse(typed));
        assert!(found("Société des Ponts", "societe ponts") && found("Société des Ponts", "ponts soc"));
        assert!(!found("Société des Ponts", "\"ponts societe\"") && !found("Société des Ponts", "ponts -matins"));
        assert!(found("x", "matins") && !found("x", "mat -matins") && !found("", "pont"));
    }

    #[test]
    fn a_cursor_that_does_not_read_is_the_first_page() {
        assert_eq!(followed("3.7"), Some((3, 7)));
        assert_eq!((followed(""), followed("a.b"), followed("1")), (None, None, None));
    }
}
