//! Pictures on their way into a post: read within their limits, made anew on a thread of their own, put into the store, and
//! handed back as a signed token the form carries until the post is written. Also their files, for whoever may see them.

use std::sync::Arc;

use axum::extract::multipart::Field;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use blobs::BlobName;
use bytes::Bytes;
use community::pictures::{self, MEDIA_TYPE, MOST_BYTES};
use community::seal::SentPicture;
use db::{Failure, write_tx};
use kernel::{Kind, PersonId, Refusal};

use crate::app::App;
use crate::http::{Client, Web, failure_page, served};
use crate::pages::files::conditions;
use crate::pages::public::{lang_for, nowhere};
use crate::turns;

/// Pictures one person may send in an hour.
pub(crate) const PICTURES_AN_HOUR: u32 = 80;

/// The bytes of a picture, read whole within the limit.
///
/// # Errors
/// `picture-too-large` at the field `name`.
pub(crate) async fn read(mut field: Field<'_>, name: &'static str) -> Result<Bytes, Failure> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|_| Refusal::new(Kind::Invalid, "form-unreadable"))? {
        if bytes.len() + piece.len() > MOST_BYTES {
            return Err(Refusal::invalid("check-fields").field(name, "picture-too-large").into());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.into())
}

/// Makes a picture anew and puts both sizes into the store. Until a post names them they are marked for removal.
///
/// # Errors
/// The picture's problem at the field `name`; the store's or the database's failure.
pub(crate) async fn take(
    app: &Arc<App>,
    client: &Client,
    bytes: Bytes,
    name: &'static str,
) -> Result<SentPicture, Failure> {
    let made = turns::decode(move || pictures::remake(&bytes)).await?;
    let made = made.map_err(|code| Refusal::invalid("check-fields").field(name, code))?;
    let (width, height) = (i64::from(made.large.width), i64::from(made.large.height));
    let (large, small) = (Bytes::from(made.large.bytes), Bytes::from(made.small.bytes));
    let names = [&large, &small].map(|b| BlobName::of(b).as_str().to_owned());
    let (ctx, org) = (client.ctx(app), kernel::OrgId(0));
    // The same bytes may be waiting for their removal: from here on they stay a day.
    write_tx!(app.db, |tx| {
        publish::service::keep_blobs(tx, &names).await?;
        publish::service::let_go(tx, org, &names, ctx.now).await
    })?;
    for bytes in [large, small] {
        app.blobs.put(bytes).await.map_err(Failure::broken)?;
    }
    let [sha256, small_sha256] = names;
    Ok(SentPicture { sha256, small_sha256, width, height })
}

/// What a form's tokens stand for; `None` where one has run out or is somebody else's.
pub(crate) fn sent(app: &App, person: PersonId, tokens: &[String]) -> Vec<Option<SentPicture>> {
    tokens.iter().map(|token| app.sealer.read_sent_picture(person, token, app.now())).collect()
}

/// GET `/media/posts/new/{token}`: a picture that went up, for whoever sent it.
pub async fn waiting(State(app): Web, client: Client, method: Method, Path(token): Path<String>) -> Response {
    let person = client.me.as_ref().map(|me| me.person.id);
    let picture = person.and_then(|p| app.sealer.read_sent_picture(p, &token, app.now()));
    let Some(picture) = picture else { return nowhere(State(app), client).await };
    file(&app, &client, &method, &picture.small_sha256, MEDIA_TYPE, "private, no-store").await
}

/// A file of the store that may be seen.
pub(crate) async fn file(
    app: &Arc<App>,
    client: &Client,
    method: &Method,
    sha256: &str,
    media_type: &str,
    cache: &str,
) -> Response {
    let outcome = async {
        let name = BlobName::parse(sha256).ok_or_else(Refusal::not_found)?;
        let size = app.blobs.size(&name).await.map_err(Failure::broken)?.ok_or_else(Refusal::not_found)?;
        let head = *method == Method::HEAD;
        let made = blobs::serve(&app.blobs, &name, size, media_type, conditions(&client.headers), head).await;
        made.map_err(Failure::broken)
    };
    let outcome: Result<blobs::Served, Failure> = outcome.await;
    match outcome {
        Ok(mut file) => {
            file.headers.retain(|(name, _)| *name != "cache-control");
            file.headers.push(("cache-control", cache.to_owned()));
            served(file)
        }
        Err(failure) => failure_page(app, client, lang_for(client), &failure).await,
    }
}

/// The token of a picture that went up, for the person who sent it.
pub(crate) fn token(app: &App, person: PersonId, picture: &SentPicture) -> String {
    app.sealer.sent_picture(person, picture, app.now())
}
