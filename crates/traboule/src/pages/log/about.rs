//! What a leaf is about, as it is seen today: the title and the page of an episode or a clip that is still public. None of
//! it stands in the log, and a viewer learns of nothing here that they could not open.

use std::collections::HashMap;

use community::model::POST_PREFIX;
use community::service::{feed, posts};
use db::{Failure, Tx};
use kernel::{Subject, parse_id, show_id};
use publish::model::EPISODE_PREFIX;
use publish::service as publish_uc;
use publish::web::Links;
use reach::Surface;
use serde::Serialize;
use tlog::model::Entry;

use crate::app::App;
use crate::pages::members::voice_views;
use crate::pages::posts::{Looking, post_path, title};

/// What a leaf is about.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AboutView {
    title: String,
    lang: Option<String>,
    url: String,
    said_url: Option<String>,
}

/// The subject that a leaf names by its shown id.
fn subject(entry: &Entry) -> Option<Subject> {
    let body: serde_json::Value = serde_json::from_slice(&entry.body).ok()?;
    let id = |name: &str, prefix: &str| parse_id(prefix, body["data"][name].as_str()?);
    id("episode", EPISODE_PREFIX).map(Subject::episode).or_else(|| id("post", POST_PREFIX).map(Subject::post))
}

/// By index, what some leaves are about.
///
/// # Errors
/// The database's failure.
pub(super) async fn abouts(
    tx: &mut Tx,
    app: &App,
    looking: Looking<'_>,
    leaves: &[Entry],
) -> Result<HashMap<u64, AboutView>, Failure> {
    let named: Vec<(u64, Subject)> = leaves.iter().filter_map(|e| Some((e.index, subject(e)?))).collect();
    let of = |wanted: fn(i64) -> Subject| -> Vec<i64> {
        named.iter().map(|(_, s)| *s).filter(|s| wanted(s.id) == *s).map(|s| s.id).collect()
    };
    let mut found = episodes(tx, app, looking, &of(Subject::episode)).await?;
    found.extend(clips(tx, app, looking, &of(Subject::post)).await?);
    Ok(named.into_iter().filter_map(|(index, s)| Some((index, found.get(&s)?.clone()))).collect())
}

async fn episodes(
    tx: &mut Tx,
    app: &App,
    looking: Looking<'_>,
    ids: &[i64],
) -> Result<HashMap<Subject, AboutView>, Failure> {
    let Looking { lang, now, .. } = looking;
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let list = publish_uc::public_named(tx, ids, now).await?;
    let shown = publish_uc::passing(tx, Surface::Direct, ids, now).await?;
    let shows = publish_uc::public_shows(tx).await?;
    let mut out = HashMap::new();
    for episode in list.into_iter().filter(|e| shown.contains(&e.id)) {
        let Some(show) = shows.iter().find(|s| s.id == episode.show) else { continue };
        let (text_lang, content) = episode.text(lang.code(), &show.language);
        let view = AboutView {
            title: publish::web::typeset(text_lang, &content.title).into_owned(),
            lang: (text_lang != lang.code()).then(|| text_lang.to_owned()),
            url: app.links.from_here(show, Links::episode(lang, &show.slug, &episode.slug)),
            said_url: Some(format!("/media/episodes/{}/said.json", show_id(EPISODE_PREFIX, episode.id))),
        };
        out.insert(Subject::episode(episode.id), view);
    }
    Ok(out)
}

async fn clips(
    tx: &mut Tx,
    app: &App,
    looking: Looking<'_>,
    ids: &[i64],
) -> Result<HashMap<Subject, AboutView>, Failure> {
    let Looking { actor, lang, now } = looking;
    let mut out = HashMap::new();
    for id in feed::public_among(tx, ids, now).await? {
        // What the viewer may not see, a block included, is as if it were not there.
        let post = match posts::seen_post(tx, actor, id, now).await {
            Ok(post) => post,
            Err(Failure::Refused(_)) => continue,
            Err(failure) => return Err(failure),
        };
        let name = voice_views(tx, (app.render.texts(), &app.links), lang, &[post.author])
            .await?
            .remove(&post.author)
            .map(|v| v.name);
        let view = AboutView {
            title: title(app, lang, &name.unwrap_or_default(), &post.body),
            lang: None,
            url: post_path(lang, id),
            said_url: None,
        };
        out.insert(Subject::post(id), view);
    }
    Ok(out)
}
