//! The JSON API of sound: state of conversions, other files, excerpts, cues of transcripts. Changes need a token.

use std::collections::BTreeMap;

use axum::body::{Body as Sent, Bytes};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind as Refused, Refusal, show_id};
use publish::media::transcript::Cue;
use publish::model::{
    CONVERSION_PREFIX, Conversion, ConversionKind, EPISODE_PREFIX, EXCERPT_PREFIX, Excerpt, Rendition,
};
use publish::rules::excerpt::ExcerptDraft;
use publish::service as uc;
use publish::web::Links;
use serde::Deserialize;
use serde_json::{Value, json};

use super::describe::{Body, CHANGE, Kind, Op, READ, Shape, in_path, may, must};
use super::episodes::EPISODE_ID;
use super::{answer, body, guard, id, must_token, whole};
use crate::app::App;
use crate::http::{Client, Web};

/// The largest body with the cues of a transcript, in bytes: one of many hours is larger than a form.
const MOST_CUES: usize = 8 * 1024 * 1024;

/// A conversion as the API shows it.
pub(super) fn conversion(c: &Conversion, progress: Option<&jobs::Progress>) -> Value {
    json!({
        "id": show_id(CONVERSION_PREFIX, c.id),
        "kind": c.kind.code(),
        "format": c.format,
        "size": c.size,
        "state": c.state,
        "trouble": c.trouble,
        "loudness_before": c.loudness.0,
        "loudness_after": c.loudness.1,
        "done_ms": progress.map(|p| p.done),
        "total_ms": progress.map(|p| p.total).filter(|t| *t > 0),
    })
}

fn excerpt(app: &App, x: &Excerpt) -> Value {
    json!({
        "id": show_id(EXCERPT_PREFIX, x.id),
        "start_ms": x.start_ms,
        "duration_ms": x.duration_ms,
        "titles": x.titles,
        "state": x.state.code(),
        "url": Links::excerpt(x).map(|path| app.links.absolute(&path)),
        "size": x.file.as_ref().map(|(_, size)| size),
    })
}

fn rendition(app: &App, episode: i64, r: &Rendition) -> Value {
    json!({
        "kind": r.kind.code(),
        "url": app.links.absolute(&Links::rendition(episode, r)),
        "mime": r.mime,
        "size": r.size,
        "duration_ms": r.duration_ms,
        "bitrate_kbps": r.bitrate,
        "sha256": r.blob,
    })
}

/// GET `/api/v1/episodes/{id}/sound`: conversions, other files and excerpts, for the team.
pub async fn show(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        let actor = client.actor();
        let (desk, excerpts) = read_tx!(app.db, |tx| {
            let desk = uc::sound_desk(tx, &actor, wanted).await?;
            Ok((desk, uc::desk_excerpts(tx, &actor, wanted).await?))
        })?;
        Ok(json!({
            "conversions": desk.conversions.iter().map(|(c, p)| conversion(c, p.as_ref())).collect::<Vec<_>>(),
            "renditions": desk.renditions.iter().map(|r| rendition(&app, wanted, r)).collect::<Vec<_>>(),
            "excerpts": excerpts.iter().map(|x| excerpt(&app, x)).collect::<Vec<_>>(),
        }))
    };
    let outcome = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

/// POST `/api/v1/episodes/{id}/sound/normalise`.
pub async fn normalise(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    ask(&app, &client, &text, ConversionKind::Normalise).await
}

/// POST `/api/v1/episodes/{id}/sound/light`.
pub async fn light(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    ask(&app, &client, &text, ConversionKind::Renditions).await
}

async fn ask(app: &App, client: &Client, text: &str, kind: ConversionKind) -> Response {
    let ctx = client.ctx(app);
    let outcome = async {
        must_token(client)?;
        let wanted = id(EPISODE_PREFIX, text)?;
        crate::pages::uploads::may_send(app, &ctx.actor, wanted).await?;
        if app.encoder.facts().await.is_none() {
            return Err(Refusal::new(Refused::Conflict, "ffmpeg-missing").into());
        }
        let asked = write_tx!(app.db, |tx| uc::ask_own(tx, &ctx, wanted, kind).await)?;
        app.worker.wake();
        Ok(conversion(&asked, None))
    };
    let outcome = outcome.await;
    answer(app, client, StatusCode::ACCEPTED, outcome)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewExcerpt {
    start_ms: i64,
    duration_ms: i64,
    titles: BTreeMap<String, String>,
}

/// POST `/api/v1/episodes/{id}/excerpts` with `{"start_ms", "duration_ms", "titles"}`.
pub async fn add(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        crate::pages::uploads::may_send(&app, &ctx.actor, wanted).await?;
        let sent: NewExcerpt = body(&bytes)?;
        let once = guard::once(&client, &bytes)?;
        let time = |ms: i64| u64::try_from(ms).map(publish::media::timecode::format).unwrap_or_default();
        let end = sent.start_ms.saturating_add(sent.duration_ms);
        let draft = ExcerptDraft { start: time(sent.start_ms), end: time(end), titles: sent.titles };
        let made = write_tx!(app.db, |tx| {
            match uc::begin_once(tx, &ctx, once.as_ref()).await? {
                Some(kept) => Ok(kept),
                None => {
                    let made = uc::add_excerpt(tx, &ctx, wanted, &draft).await?;
                    uc::keep_once(tx, once.as_ref(), excerpt(&app, &made)).await
                }
            }
        })?;
        app.worker.wake();
        Ok(made)
    };
    let outcome = outcome.await;
    answer(&app, &client, StatusCode::CREATED, outcome)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Titles {
    titles: BTreeMap<String, String>,
}

/// PUT `/api/v1/excerpts/{id}` with `{"titles"}`.
pub async fn rename(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EXCERPT_PREFIX, &text)?;
        let sent: Titles = body(&bytes)?;
        let made = write_tx!(app.db, |tx| uc::rename_excerpt(tx, &ctx, wanted, &sent.titles).await)?;
        Ok(excerpt(&app, &made))
    };
    let outcome = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

/// DELETE `/api/v1/excerpts/{id}`.
pub async fn remove(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EXCERPT_PREFIX, &text)?;
        write_tx!(app.db, |tx| uc::remove_excerpt(tx, &ctx, wanted).await)?;
        Ok(json!({"id": text}))
    };
    let outcome = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

/// GET `/api/v1/episodes/{id}/transcripts/{lang}`: version and cues, for the team.
pub async fn cues(State(app): Web, client: Client, Path((text, lang)): Path<(String, String)>) -> Response {
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        let actor = client.actor();
        let found = read_tx!(app.db, |tx| uc::desk_transcript(tx, &actor, wanted, &lang).await)?;
        let desk = found.ok_or_else(Refusal::not_found)?;
        Ok(json!({"version": desk.version, "reviewed": desk.reviewed, "cues": desk.cues}))
    };
    let outcome: Result<Value, Failure> = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cues {
    version: i64,
    cues: Vec<Cue>,
}

/// PUT `/api/v1/episodes/{id}/transcripts/{lang}/cues` with `{"version", "cues"}`; 409 when somebody else saved meanwhile.
pub async fn put_cues(
    State(app): Web,
    client: Client,
    Path((text, lang)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        crate::pages::uploads::may_send(&app, &ctx.actor, wanted).await?;
        let too_large = Refusal::invalid("check-fields").field("cues", "file-too-large");
        let sent: Cues = body(&whole(sent, MOST_CUES, too_large).await?)?;
        let version =
            write_tx!(app.db, |tx| uc::put_cues(tx, &ctx, wanted, &lang, sent.version, sent.cues.clone()).await)?;
        Ok(json!({"version": version}))
    };
    let outcome = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

pub(super) const CONVERSION: Shape = Shape {
    name: "Conversion",
    fields: &[
        must("id", Kind::Id(CONVERSION_PREFIX)),
        must("kind", Kind::OneOf(&["convert", "normalise", "renditions"])),
        must("format", Kind::Text).note("What it starts from, told by its bytes."),
        must("size", Kind::Int),
        must("state", Kind::OneOf(&["waiting", "done", "failed", "dropped"])),
        must("trouble", Kind::Text).or_null().note("Why it failed."),
        must("loudness_before", Kind::Text).or_null().note("LUFS."),
        must("loudness_after", Kind::Text).or_null().note("LUFS."),
        must("done_ms", Kind::Int).or_null(),
        must("total_ms", Kind::Int).or_null(),
    ],
};
const RENDITION: Shape = Shape {
    name: "Rendition",
    fields: &[
        must("kind", Kind::OneOf(&["original", "lossless", "light"])).note("The original is for the team only."),
        must("url", Kind::Url),
        must("mime", Kind::Text),
        must("size", Kind::Int),
        must("duration_ms", Kind::Int),
        must("bitrate_kbps", Kind::Int),
        must("sha256", Kind::Text),
    ],
};
const EXCERPT: Shape = Shape {
    name: "Excerpt",
    fields: &[
        must("id", Kind::Id(EXCERPT_PREFIX)),
        must("start_ms", Kind::Int),
        must("duration_ms", Kind::Int),
        must("titles", Kind::ByLanguage(&Kind::Text)),
        must("state", Kind::OneOf(&["waiting", "ready", "failed"])),
        must("url", Kind::Url).or_null().note("Its own file, once it is cut."),
        must("size", Kind::Int).or_null(),
    ],
};
const SOUND: Shape = Shape {
    name: "Sound",
    fields: &[
        must("conversions", Kind::List(&Kind::Object(&CONVERSION))).note("The newest five."),
        must("renditions", Kind::List(&Kind::Object(&RENDITION))),
        must("excerpts", Kind::List(&Kind::Object(&EXCERPT))),
    ],
};
const NEW_EXCERPT: Shape = Shape {
    name: "NewExcerpt",
    fields: &[
        must("start_ms", Kind::Int),
        must("duration_ms", Kind::Int),
        must("titles", Kind::ByLanguage(&Kind::Text)),
    ],
};
const TITLES: Shape = Shape { name: "Titles", fields: &[must("titles", Kind::ByLanguage(&Kind::Text))] };
const REMOVED: Shape = Shape { name: "Removed", fields: &[must("id", Kind::Id(EXCERPT_PREFIX))] };
const CUE: Shape = Shape {
    name: "Cue",
    fields: &[
        must("start_ms", Kind::Int),
        must("end_ms", Kind::Int),
        may("speaker", Kind::Text).or_null(),
        must("text", Kind::Text),
    ],
};
const CUES: Shape = Shape {
    name: "Cues",
    fields: &[must("version", Kind::Int), must("reviewed", Kind::Flag), must("cues", Kind::List(&Kind::Object(&CUE)))],
};
const NEW_CUES: Shape = Shape {
    name: "NewCues",
    fields: &[must("version", Kind::Int).note("The one that was read."), must("cues", Kind::List(&Kind::Object(&CUE)))],
};
const SAVED: Shape = Shape { name: "CuesSaved", fields: &[must("version", Kind::Int)] };

const EXCERPT_ID: super::describe::Param = in_path("id", Kind::Id(EXCERPT_PREFIX));
const MAKING: &[&str] = &["ffmpeg-missing", "sound-not-here", "conversion-running"];

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op { id: "read-sound", path: "/api/v1/episodes/{id}/sound", params: &[EPISODE_ID], answer: Some(&SOUND), ..READ },
    Op {
        id: "normalise-sound",
        path: "/api/v1/episodes/{id}/sound/normalise",
        params: &[EPISODE_ID],
        status: 202,
        answer: Some(&CONVERSION),
        problems: MAKING,
        ..CHANGE
    },
    Op {
        id: "lighten-sound",
        path: "/api/v1/episodes/{id}/sound/light",
        params: &[EPISODE_ID],
        status: 202,
        answer: Some(&CONVERSION),
        problems: MAKING,
        ..CHANGE
    },
    Op {
        id: "add-excerpt",
        path: "/api/v1/episodes/{id}/excerpts",
        params: &[EPISODE_ID],
        body: Body::Json(&NEW_EXCERPT),
        once: true,
        status: 201,
        answer: Some(&EXCERPT),
        problems: &["excerpt-needs-sound", "excerpt-too-many"],
        example: r#"{"start_ms": 0, "duration_ms": 1000, "titles": {"fr": "Un pont", "en": "A bridge"}}"#,
        ..CHANGE
    },
    Op {
        id: "rename-excerpt",
        method: "PUT",
        path: "/api/v1/excerpts/{id}",
        params: &[EXCERPT_ID],
        body: Body::Json(&TITLES),
        answer: Some(&EXCERPT),
        example: r#"{"titles": {"fr": "Deux ponts"}}"#,
        ..CHANGE
    },
    Op {
        id: "remove-excerpt",
        method: "DELETE",
        path: "/api/v1/excerpts/{id}",
        params: &[EXCERPT_ID],
        answer: Some(&REMOVED),
        ..CHANGE
    },
    Op {
        id: "read-cues",
        path: "/api/v1/episodes/{id}/transcripts/{lang}",
        params: &[EPISODE_ID, in_path("lang", Kind::Text)],
        answer: Some(&CUES),
        ..READ
    },
    Op {
        id: "put-cues",
        method: "PUT",
        path: "/api/v1/episodes/{id}/transcripts/{lang}/cues",
        params: &[EPISODE_ID, in_path("lang", Kind::Text)],
        body: Body::Json(&NEW_CUES),
        answer: Some(&SAVED),
        problems: &["transcript-conflict", "transcript-would-be-empty", "transcript-too-long"],
        example: r#"{"version": 1, "cues": [{"start_ms": 0, "end_ms": 900, "speaker": "Odile", "text": "Bonjour."}]}"#,
        ..CHANGE
    },
];
