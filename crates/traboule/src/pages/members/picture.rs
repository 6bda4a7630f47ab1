//! A member's picture: made anew from its pixels, square, without anything of the camera; its file for everybody.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Multipart, Path, State};
use axum::http::Method;
use axum::response::Response;
use blobs::BlobName;
use community::pictures::{self, MEDIA_TYPE};
use community::service::members;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, OrgId, Refusal};
use tokio::sync::Semaphore;

use super::own_path;
use crate::app::App;
use crate::http::{Client, Web, error_page, read_form, redirect};
use crate::pages::posts::{read_picture, short, stored_file};
use crate::pages::public::{lang_of, nowhere};

/// The side of the square, in pixels.
const SIDE: u32 = 320;

/// One at a time: a picture may take a quarter of a gigabyte while it is read.
static DECODING: Semaphore = Semaphore::const_new(1);

fn broken(error: &dyn std::fmt::Display) -> Failure {
    Failure::Broken(error.to_string())
}

/// The picture of a form, after its stamp.
async fn sent(app: &Arc<App>, client: &Client, mut form: Multipart) -> Result<Bytes, Failure> {
    let unreadable = || Refusal::new(Kind::Invalid, "form-unreadable");
    let mut stamped = false;
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        match field.name().unwrap_or_default() {
            "csrf" => {
                client.check_stamp(app, &field.text().await.map_err(|_| unreadable())?)?;
                stamped = true;
            }
            "picture" if stamped => {
                let bytes = read_picture(field, "picture").await?;
                if bytes.is_empty() {
                    return Err(Refusal::invalid("check-fields").field("picture", "required").into());
                }
                return Ok(bytes);
            }
            _ => {}
        }
    }
    let why = if stamped { unreadable() } else { Refusal::new(Kind::Forbidden, "csrf") };
    Err(why.into())
}

async fn set(app: &Arc<App>, client: &Client, form: Multipart) -> Result<(), Failure> {
    let ctx = client.ctx(app);
    // Permission before the bytes: nobody has pictures computed without a place in public.
    read_tx!(app.db, |tx| members::me(tx, &ctx.actor).await)?;
    app.limits.check(&format!("portrait {}", ctx.actor.person().map_or(0, |p| p.0)), 20, 3600, ctx.now)?;
    let bytes = sent(app, client, form).await?;
    let made = {
        let _turn = DECODING.acquire().await.map_err(|e| broken(&e))?;
        let square = move || pictures::read(&bytes).and_then(|picture| pictures::filled(&picture, SIDE, SIDE));
        tokio::task::spawn_blocking(square).await.map_err(|e| broken(&e))?
    };
    let made = made.map_err(|code| Refusal::invalid("check-fields").field("picture", code))?;
    let bytes = Bytes::from(made.bytes);
    let name = BlobName::of(&bytes).as_str().to_owned();
    // The same bytes may be waiting for their removal: from here on they stay a day.
    write_tx!(app.db, |tx| publish::service::keep_blobs(tx, std::slice::from_ref(&name)).await)?;
    app.blobs.put(bytes).await.map_err(|e| broken(&e))?;
    change(app, client, Some(&name)).await
}

/// Sets or takes away the picture; the file of the one before is looked at again after a day.
async fn change(app: &Arc<App>, client: &Client, name: Option<&str>) -> Result<(), Failure> {
    let ctx = client.ctx(app);
    write_tx!(app.db, |tx| {
        let before = members::me(tx, &ctx.actor).await?.picture;
        members::set_picture(tx, &ctx, name).await?;
        let gone: Vec<String> = before.into_iter().filter(|b| Some(b.as_str()) != name).collect();
        publish::service::let_go(tx, OrgId(0), &gone, ctx.now).await
    })
}

/// POST `/{lang}/account/profile/picture`, multipart: the stamp comes before the file.
pub async fn send(State(app): Web, client: Client, Path(lang): Path<String>, form: Multipart) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    match set(&app, &client, form).await {
        Ok(()) => redirect(&format!("{}?said=picture", own_path(lang, "profile"))),
        Err(failure) => super::profile::refused_picture(&app, &client, lang, &failure).await,
    }
}

/// POST `/{lang}/account/profile/picture/remove`.
pub async fn remove(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if let Err(refusal) = read_form(&app, &client, &body) {
        return error_page(&app, &client, lang, &refusal).await;
    }
    match change(&app, &client, None).await {
        Ok(()) => redirect(&format!("{}?said=picture-removed", own_path(lang, "profile"))),
        Err(failure) => super::profile::refused_picture(&app, &client, lang, &failure).await,
    }
}

/// GET `/media/members/{handle}/{file}`: the picture of today, named by its digest.
pub async fn portrait(
    State(app): Web,
    client: Client,
    method: Method,
    Path((handle, name)): Path<(String, String)>,
) -> Response {
    let actor = client.actor();
    let found = read_tx!(app.db, |tx| {
        let voice = members::voice_by_handle(tx, &actor, &handle).await?;
        Ok(members::members(tx, &[voice.id]).await?.remove(&voice.id))
    });
    let picture = found.ok().flatten().filter(|m| !m.erased).and_then(|m| m.picture);
    match picture.filter(|p| name == format!("{}.jpg", short(p))) {
        Some(sha256) => {
            // What somebody known asked for is not kept: whom they blocked may change.
            let cache = if client.me.is_none() { "public, max-age=3600" } else { "private, no-store" };
            stored_file(&app, &client, &method, &sha256, MEDIA_TYPE, cache).await
        }
        None => nowhere(State(app), client).await,
    }
}
