//! Files by the API: sound, covers, pictures, transcripts.

use std::sync::Arc;

use axum::body::{Body as Sent, Bytes};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, write_tx};
use futures_util::StreamExt;
use kernel::{Refusal, show_id};
use publish::model::EPISODE_PREFIX;
use publish::service as uc;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use super::describe::{Body, CHANGE, Kind, Op, Shape, in_path, may, must};
use super::episodes::EPISODE_ID;
use super::{answer, guard, id, must_token, sound, token_org, whole};
use crate::app::App;
use crate::http::{Client, Web};
use crate::pages::uploads::{self, Scratch, Stored};

/// PUT `/api/v1/episodes/{id}/audio`: the bytes of an MP3 or M4A, or of another file to convert.
pub async fn put_audio(State(app): Web, client: Client, Path(text): Path<String>, sent: Sent) -> Response {
    let outcome = take_audio(&app, &client, &text, sent).await;
    answer(&app, &client, StatusCode::OK, outcome)
}

async fn take_audio(app: &Arc<App>, client: &Client, text: &str, sent: Sent) -> Result<Value, Failure> {
    must_token(client)?;
    let wanted = id(EPISODE_PREFIX, text)?;
    let ctx = client.ctx(app);
    uploads::may_send(app, &ctx.actor, wanted).await?;
    let scratch = Scratch::new(app).map_err(Failure::broken)?;
    let mut file = tokio::fs::File::create(&scratch.0).await.map_err(Failure::broken)?;
    let mut pieces = sent.into_data_stream();
    let mut size: u64 = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(Failure::broken)?;
        size += piece.len() as u64;
        if size > uploads::MOST_AUDIO {
            return Err(Refusal::invalid("check-fields").field("audio", "file-too-large").into());
        }
        file.write_all(&piece).await.map_err(Failure::broken)?;
    }
    file.flush().await.map_err(Failure::broken)?;
    let stored = uploads::store_sound(app, &ctx, wanted, &scratch.0, "", "").await?;
    Ok(match stored {
        Stored::Sound(episode) => {
            let audio = episode.audio.as_ref();
            json!({
                "size": audio.map(|a| a.size),
                "mime": audio.map(|a| a.mime.clone()),
                "duration_ms": audio.and_then(|a| a.duration_ms),
            })
        }
        Stored::Conversion(asked) => json!({"conversion": sound::conversion(&asked, None)}),
    })
}

/// A picture that its sender may send.
async fn picture(sent: Sent) -> Result<Bytes, Refusal> {
    let too_large = Refusal::invalid("check-fields").field("cover", "picture-too-large");
    whole(sent, publish::pictures::MOST_BYTES, too_large).await
}

/// PUT `/api/v1/episodes/{id}/cover`: the bytes of a JPEG or PNG.
pub async fn put_cover(State(app): Web, client: Client, Path(text): Path<String>, sent: Sent) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        uploads::may_send(&app, &ctx.actor, wanted).await?;
        let file = uploads::store_picture(&app, picture(sent).await?).await?;
        write_tx!(app.db, |tx| uc::set_episode_cover(tx, &ctx, wanted, &file).await)
    };
    let value = outcome.await.map(|image| json!({"width": image.width, "height": image.height}));
    answer(&app, &client, StatusCode::OK, value)
}

/// POST `/api/v1/images`: the bytes of a JPEG or PNG, for the chapters of episodes of the token's organisation.
pub async fn add_image(State(app): Web, client: Client, sent: Sent) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let org = token_org(&ctx.actor);
        // Permission before a byte of the picture is read.
        if !ctx.actor.may(org, &[kernel::Role::Editor]) {
            return Err(Refusal::forbidden().into());
        }
        let bytes = picture(sent).await?;
        let once = guard::once(&client, &bytes)?;
        let file = uploads::store_picture(&app, bytes).await?;
        write_tx!(app.db, |tx| {
            match uc::begin_once(tx, &ctx, once.as_ref()).await? {
                Some(kept) => Ok(kept),
                None => {
                    let image = uc::add_image(tx, &ctx, org, &file).await?;
                    let id = show_id(publish::model::IMAGE_PREFIX, image.id);
                    let made = json!({"id": id, "width": image.width, "height": image.height});
                    uc::keep_once(tx, once.as_ref(), made).await
                }
            }
        })
    };
    answer(&app, &client, StatusCode::CREATED, outcome.await)
}

/// PUT `/api/v1/episodes/{id}/transcripts/{lang}`: WebVTT, SRT or plain text.
pub async fn put_transcript(
    State(app): Web,
    client: Client,
    Path((text, lang)): Path<(String, String)>,
    bytes: Bytes,
) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        let source = String::from_utf8_lossy(&bytes).into_owned();
        write_tx!(app.db, |tx| uc::attach_transcript(tx, &ctx, wanted, &lang, &source, true).await)
    };
    let value = outcome.await.map(|cues| json!({"cues": cues}));
    answer(&app, &client, StatusCode::OK, value)
}

const TAKEN: Shape = Shape {
    name: "AudioTaken",
    fields: &[
        may("size", Kind::Int),
        may("mime", Kind::Text),
        may("duration_ms", Kind::Int).or_null().note("Measured from the frames."),
        may("conversion", Kind::Object(&sound::CONVERSION))
            .note("Instead of the rest, when the file is converted first."),
    ],
};
const PICTURE: Shape = Shape { name: "Picture", fields: &[must("width", Kind::Int), must("height", Kind::Int)] };
const IMAGE: Shape =
    Shape { name: "Image", fields: &[must("id", Kind::Id("im")), must("width", Kind::Int), must("height", Kind::Int)] };
const CUES: Shape = Shape { name: "TranscriptTaken", fields: &[must("cues", Kind::Int)] };

const PICTURES: Body = Body::Bytes(&["image/jpeg", "image/png"]);

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op {
        id: "put-audio",
        method: "PUT",
        path: "/api/v1/episodes/{id}/audio",
        params: &[EPISODE_ID],
        body: Body::Bytes(&["audio/mpeg", "audio/mp4", "audio/wav", "audio/flac", "audio/aiff", "audio/ogg"]),
        answer: Some(&TAKEN),
        example: "pont.mp3",
        ..CHANGE
    },
    Op {
        id: "put-cover",
        method: "PUT",
        path: "/api/v1/episodes/{id}/cover",
        params: &[EPISODE_ID],
        body: PICTURES,
        answer: Some(&PICTURE),
        example: "pont.jpg",
        ..CHANGE
    },
    Op {
        id: "put-transcript",
        method: "PUT",
        path: "/api/v1/episodes/{id}/transcripts/{lang}",
        params: &[EPISODE_ID, in_path("lang", Kind::Text)],
        body: Body::Bytes(&["text/vtt", "application/x-subrip", "text/plain"]),
        answer: Some(&CUES),
        example: "pont.vtt",
        ..CHANGE
    },
    Op {
        id: "add-image",
        path: "/api/v1/images",
        body: PICTURES,
        once: true,
        status: 201,
        answer: Some(&IMAGE),
        example: "plan.png",
        ..CHANGE
    },
];
