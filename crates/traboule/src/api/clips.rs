//! The JSON API of clips: the column of public ones, and beginning one for a show. Its video then comes through `/uploads`, with
//! `post <id>` in `Upload-Metadata`. Changes need a token.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::{Full, POST_PREFIX, VoiceKind};
use community::rules::clip::Words;
use community::service::{self as uc, ClipOrder, members};
use db::{read_tx, write_tx};
use kernel::{Lang, show_id};
use publish::model::SHOW_PREFIX;
use publish::service as publish_uc;
use serde::Deserialize;
use serde_json::{Value, json};

use super::describe::{Body, CHANGE, Kind, Op, READ, Shape, in_path, in_query, may, must};
use super::{answer, body, guard, id, must_token};
use crate::app::App;
use crate::http::{Client, Web, cursor};
use crate::pages::clips::{clip_path, view, watch};

/// A clip as the API shows it.
fn clip(app: &App, full: &Full, handle: Option<&String>) -> Value {
    let video = full.clip.as_ref();
    let url = |path: String| app.links.absolute(&path);
    let lang = Lang::parse(&full.post.lang).unwrap_or(Lang::En);
    json!({
        "id": show_id(POST_PREFIX, full.post.id),
        "title": video.map(|c| c.title.clone()).unwrap_or_default(),
        "body": full.post.body,
        "lang": full.post.lang,
        "author": handle,
        "published_at": full.post.at.rfc3339(),
        "url": url(clip_path(lang, full.post.id)),
        "video_url": video.and_then(view::video_url).map(|(path, _)| url(path)),
        "video_type": video.and_then(view::video_url).map(|(_, mime)| mime),
        "poster_url": video.and_then(view::poster_url).map(url),
        "duration_ms": video.map_or(0, |c| c.duration_ms),
        "captions": full.captions,
        "sha256": video.map(|c| c.sha256.clone()),
    })
}

/// Where a page begins.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    after: Option<String>,
}

/// GET `/api/v1/clips`: public clips, newest first.
pub async fn list(State(app): Web, client: Client, Query(asked): Query<Asked>) -> Response {
    let outcome = async {
        let (actor, now) = (client.actor(), app.now());
        let after = asked.after.as_deref().map(watch::place).transpose()?;
        let measures = app.log.measures();
        let (fulls, next, voices) = read_tx!(app.db, |tx| {
            let viewer = match actor.person() {
                Some(person) => members::member_of(tx, person).await?.map(|m| m.id),
                None => None,
            };
            let gate = reach::Gate::new(&measures, now);
            let (fulls, next) = uc::newest_clips(tx, viewer, after, &gate).await?;
            let authors: Vec<i64> = fulls.iter().map(|f| f.post.author).collect();
            Ok((fulls, next, members::voices(tx, &authors).await?))
        })?;
        let shown = fulls.iter().map(|f| clip(&app, f, voices.get(&f.post.author).map(|v| &v.handle)));
        Ok(json!({"clips": shown.collect::<Vec<_>>(), "next": next.map(cursor::text)}))
    };
    let outcome = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewClip {
    title: String,
    #[serde(default)]
    body: String,
    lang: String,
}

/// POST `/api/v1/shows/{id}/clips` with `{"title", "body", "lang"}`: begins a clip in the name of a show.
pub async fn begin(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(SHOW_PREFIX, &text)?;
        let show = read_tx!(app.db, |tx| publish_uc::team_show(tx, &ctx.actor, wanted).await)?;
        let sent: NewClip = body(&bytes)?;
        let once = guard::once(&client, &bytes)?;
        let words = Words { title: sent.title, body: sent.body, lang: sent.lang };
        let order = ClipOrder { voice: show.id, words, cues: Vec::new() };
        write_tx!(app.db, |tx| {
            match publish_uc::begin_once(tx, &ctx, once.as_ref()).await? {
                Some(kept) => Ok(kept),
                None => {
                    members::ensure_voice(tx, VoiceKind::Show, show.id, show.org, &show.slug, ctx.now).await?;
                    let post = uc::begin_clip(tx, &ctx, &order, app.clip_rooms).await?;
                    let made = json!({"id": show_id(POST_PREFIX, post.id), "state": post.state.code()});
                    publish_uc::keep_once(tx, once.as_ref(), made).await
                }
            }
        })
    };
    let outcome = outcome.await;
    answer(&app, &client, StatusCode::CREATED, outcome)
}

const CLIP: Shape = Shape {
    name: "Clip",
    fields: &[
        must("id", Kind::Id(POST_PREFIX)),
        must("title", Kind::Text),
        must("body", Kind::Text),
        must("lang", Kind::Text),
        must("author", Kind::Text).or_null().note("The handle, without @."),
        must("published_at", Kind::Instant),
        must("url", Kind::Url),
        must("video_url", Kind::Url).or_null(),
        must("video_type", Kind::Text).or_null(),
        must("poster_url", Kind::Url).or_null(),
        must("duration_ms", Kind::Int),
        must("captions", Kind::List(&Kind::Text)).note("Languages."),
        must("sha256", Kind::Text).or_null().note("Of the file that was sent; it stands in the public log."),
    ],
};
const CLIPS: Shape = Shape {
    name: "Clips",
    fields: &[must("clips", Kind::List(&Kind::Object(&CLIP))), must("next", Kind::Text).or_null()],
};
const NEW_CLIP: Shape =
    Shape { name: "NewClip", fields: &[must("title", Kind::Text), may("body", Kind::Text), must("lang", Kind::Text)] };
const BEGUN: Shape = Shape {
    name: "ClipBegun",
    fields: &[must("id", Kind::Id(POST_PREFIX)), must("state", Kind::OneOf(&["preparing"]))],
};

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op {
        id: "list-clips",
        path: "/api/v1/clips",
        params: &[in_query("after", Kind::Text, "Where the page before ended.")],
        answer: Some(&CLIPS),
        ..READ
    },
    Op {
        id: "begin-clip",
        path: "/api/v1/shows/{id}/clips",
        params: &[in_path("id", Kind::Id(SHOW_PREFIX))],
        body: Body::Json(&NEW_CLIP),
        once: true,
        status: 201,
        answer: Some(&BEGUN),
        problems: &["clip-fields", "clip-too-many-waiting", "clip-too-many-today", "clip-house-full"],
        example: r#"{"title": "Le pont", "body": "En bref.", "lang": "fr"}"#,
        ..CHANGE
    },
];
