//! How shows and episodes look in the API. Numbers are numbers, instants RFC 3339 in UTC, ids texts.

use kernel::{At, show_id};
use publish::model::{CORRECTION_PREFIX, Chapter, Correction, EPISODE_PREFIX, Episode, FullEpisode, SHOW_PREFIX, Show};
use publish::rules::visibility::standing;
use publish::web::Links;
use serde_json::{Value, json};

use crate::app::App;

/// A show.
pub(super) fn show(app: &App, show: &Show) -> Value {
    json!({
        "id": show_id(SHOW_PREFIX, show.id), "slug": show.slug, "language": show.language, "time_zone": show.time_zone,
        "author": show.author, "kind": show.kind, "explicit": show.explicit, "podcast_guid": show.podcast_guid,
        "feed_url": app.links.of(show).feed(&show.slug), "texts": show.texts,
        "cover_url": show.cover.as_ref().map(|i| app.links.absolute(&Links::image(i, "original"))),
    })
}

/// An episode's state.
pub(super) fn state(episode: &Episode, now: At) -> Value {
    json!({
        "id": show_id(EPISODE_PREFIX, episode.id), "state": standing(episode.state, now).code(),
        "publish_at": episode.state.instant().map(At::rfc3339), "wall_clock": episode.wall_clock, "version": episode.version,
    })
}

/// An episode in a list.
pub(super) fn episode(app: &App, show: &Show, episode: &Episode) -> Value {
    let mut value = state(episode, app.now());
    let own = json!({
        "show_id": show_id(SHOW_PREFIX, show.id), "guid": episode.guid, "slug": episode.slug, "number": episode.number,
        "season": episode.season, "kind": episode.kind, "explicit": episode.explicit, "texts": episode.texts,
        "updated_at": episode.updated_at.rfc3339(), "label": episode.reached.label,
        "audio": episode.audio.as_ref().map(|a| json!({
            "url": app.links.audio(episode.id, a), "mime": a.mime, "size": a.size, "duration_ms": a.duration_ms,
        })),
    });
    if let (Value::Object(value), Value::Object(own)) = (&mut value, own) {
        value.extend(own);
    }
    value
}

/// A chapter, without the rundown's item behind it: that is the desk's own business.
fn chapter(chapter: &Chapter) -> Value {
    json!(Chapter { item: None, ..chapter.clone() })
}

/// A correction.
pub(super) fn correction(c: &Correction) -> Value {
    json!({
        "id": show_id(CORRECTION_PREFIX, c.id), "at": c.at.rfc3339(), "texts": c.texts, "chapter_ms": c.chapter_ms,
        "amends": c.amends.map(|id| show_id(CORRECTION_PREFIX, id)),
    })
}

/// An episode with everything.
pub(super) fn full(app: &App, show: &Show, full: &FullEpisode) -> Value {
    let mut value = episode(app, show, &full.episode);
    value["chapters"] = full.chapters.iter().map(chapter).collect();
    value["corrections"] = full.corrections.iter().map(correction).collect();
    value["credits"] = json!(full.credits);
    value["transcripts"] = full
        .transcripts
        .iter()
        .map(|t| json!({"language": t.lang, "reviewed": t.reviewed, "url": app.links.absolute(&Links::transcript(full.episode.id, &t.lang, "vtt"))}))
        .collect();
    value
}
