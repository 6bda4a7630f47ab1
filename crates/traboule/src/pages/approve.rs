//! The page a client sees with a link: what would be published, and a place to say yes, no or something. Nobody signs
//! in. The secret stands in the address, so the page asks for no referrer elsewhere, is kept by nobody, and its
//! address is never logged.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use blobs::{BlobName, serve};
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, Refusal, parse_id, show_id};
use publish::model::checks::NoteKind;
use publish::model::{AudioPlace, IMAGE_PREFIX, Image};
use publish::service::{self as uc, Preview};
use publish::web::{EpisodeView, episode_view};
use serde::{Deserialize, Serialize};
use ui::{FormView, PagePolicy, secure};

use super::files::conditions;
use super::studio::approval::{NoteView, StandingView, note_view, standing_view};
use super::studio::checks::{stamp, zone_of};
use crate::app::App;
use crate::http::{Client, Web, failure_page, html, read_form, redirect, served};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, context, private_head};

#[derive(Serialize)]
struct Vars {
    #[serde(flatten)]
    episode: EpisodeView,
    referrer: &'static str,
    intro: String,
    action: String,
    digest: String,
    version: i64,
    standing: StandingView,
    notes: Vec<NoteView>,
    form: Option<FormView>,
    said: Option<String>,
}

/// What the last answer has to say.
#[derive(Debug, Default, Deserialize)]
pub struct Said {
    said: Option<String>,
}

/// A path for the log: the secret of a client's link is left out.
#[must_use]
pub fn loggable(path: &str) -> String {
    match path.split_once("/approve/") {
        Some((before, after)) => {
            let rest = after.split_once('/').map(|(_, rest)| format!("/{rest}")).unwrap_or_default();
            format!("{before}/approve/…{rest}")
        }
        None => path.to_owned(),
    }
}

/// What every answer of these addresses carries: nobody keeps it, indexes it or tells others where it was.
fn quiet(mut response: Response) -> Response {
    let headers = response.headers_mut();
    secure(headers, &PagePolicy::default());
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    response
}

fn limited(app: &App, client: &Client, what: &str, most: u32, seconds: i64) -> Result<(), Refusal> {
    app.limits.check(&format!("approve {what} {}", client.ip_key), most, seconds, app.now())
}

/// A refused token costs a try; after some an address waits, whatever it sends.
async fn seen(app: &Arc<App>, client: &Client, token: &str) -> Result<Preview, Failure> {
    limited(app, client, "look", 600, 300)?;
    let ctx = client.ctx(app);
    let well_formed = token.len() == 48 && token.bytes().all(|b| b.is_ascii_hexdigit());
    let found = match well_formed {
        true => read_tx!(app.db, |tx| uc::preview(tx, &ctx, token).await),
        false => Err(Refusal::not_found().into()),
    };
    if found.is_err() {
        limited(app, client, "wrong", 30, 600)?;
    }
    found
}

/// `/{lang}/approve/{token}`.
pub async fn show(
    State(app): Web,
    client: Client,
    Path((lang, token)): Path<(String, String)>,
    Query(query): Query<Said>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let said = query.said.filter(|s| app.render.texts().has(lang, &format!("approve-said-{s}")));
    let said = said.map(|s| app.say(lang, &format!("approve-said-{s}")));
    page(&app, &client, lang, &token, StatusCode::OK, None, said).await
}

async fn page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    token: &str,
    status: StatusCode,
    form: Option<FormView>,
    said: Option<String>,
) -> Response {
    let rendered = async {
        let preview = seen(app, client, token).await?;
        let vars = vars(app, lang, token, &preview, form, said);
        let head = private_head(vars.episode.ep.title.clone());
        site::render(app, lang, &client.path, "", "pages/approve.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => quiet(html(app, client, lang, status, text)),
        Err(failure) => quiet(failure_page(app, client, lang, &failure).await),
    }
}

fn vars(app: &App, lang: Lang, token: &str, preview: &Preview, form: Option<FormView>, said: Option<String>) -> Vars {
    let show = &preview.show;
    let mut episode = episode_view(show, &preview.full, (None, None), &preview.images, &context(app, lang));
    let picture = |image: &Image| format!("/approve/{token}/{}.jpg", show_id(IMAGE_PREFIX, image.id));
    if let Some(audio) = &mut episode.audio
        && !audio.remote
    {
        audio.url = format!("/approve/{token}/sound");
    }
    let shown = preview.full.episode.cover.as_ref().or(show.cover.as_ref());
    if let (Some(cover), Some(image)) = (&mut episode.ep.cover, shown) {
        cover.src = picture(image);
    }
    let listed = preview.full.chapters.iter().filter(|c| c.in_toc);
    for (view, chapter) in episode.chapters.iter_mut().zip(listed) {
        view.image = chapter.image_id.and_then(|id| preview.images.get(&id)).map(&picture);
    }
    if let Some(transcript) = &mut episode.transcript {
        transcript.files.clear();
    }
    let ends = stamp(preview.approval.expires_at, &zone_of(show), lang).text;
    let version = preview.full.episode.version;
    let args = [("who", preview.approval.label.as_str().into()), ("ends", ends.into())];
    Vars {
        referrer: "same-origin",
        intro: app.render.texts().text(lang, "approve-intro", &args),
        action: format!("/{}/approve/{token}", lang.code()),
        digest: preview.digest.clone(),
        version,
        standing: standing_view(app, lang, &preview.standing, version),
        notes: preview.notes.iter().rev().map(|n| note_view(app, lang, show, n, "")).collect(),
        form,
        said,
        episode,
    }
}

/// POST `/{lang}/approve/{token}`: `kind` is `approved`, `changes` or `comment`.
pub async fn answer(
    State(app): Web,
    client: Client,
    Path((lang, token)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let outcome = async {
        let posted = read_form(&app, &client, &body)?;
        seen(&app, &client, &token).await?;
        limited(&app, &client, "answer", 20, 600)?;
        let kind = NoteKind::parse(posted.get("kind")).ok_or_else(|| Refusal::invalid("check-fields"));
        let ctx = client.ctx(&app);
        let said = (posted.get("name"), posted.get("text"));
        let kept = match kind {
            Ok(kind) => {
                let digest = posted.get("digest");
                write_tx!(app.db, |tx| uc::answer_approval(tx, &ctx, &token, kind, said, digest).await)
            }
            Err(refusal) => Err(refusal.into()),
        };
        Ok((posted.clone(), kept))
    };
    match outcome.await {
        Ok((_, Ok(note))) => {
            app.worker.wake();
            quiet(redirect(&format!("/{}/approve/{token}?said={}#answer", lang.code(), note.kind.code())))
        }
        Ok((posted, Err(Failure::Refused(refusal)))) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let mut form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            form.values.remove("digest");
            page(&app, &client, lang, &token, ui::status(refusal.kind), Some(form), None).await
        }
        Ok((_, Err(failure))) | Err(failure) => quiet(failure_page(&app, &client, lang, &failure).await),
    }
}

/// `/approve/{token}/{file}`: the sound, or a picture of the episode. Nothing else can be asked with a token.
pub async fn file(
    State(app): Web,
    client: Client,
    method: Method,
    Path((token, file)): Path<(String, String)>,
) -> Response {
    let lang = client.prefers.unwrap_or(Lang::Fr);
    match sent(&app, &client, method == Method::HEAD, &token, &file).await {
        Ok(response) => quiet(response),
        Err(failure) => quiet(failure_page(&app, &client, lang, &failure).await),
    }
}

async fn sent(app: &Arc<App>, client: &Client, head: bool, token: &str, file: &str) -> Result<Response, Failure> {
    let preview = seen(app, client, token).await?;
    let missing = || Failure::from(Refusal::not_found());
    let (blob, mime) = match file {
        "sound" => {
            let audio = preview.full.episode.audio.as_ref().ok_or_else(missing)?;
            let AudioPlace::Local(blob) = &audio.place else { return Err(missing()) };
            (blob.clone(), audio.mime.clone())
        }
        picture => {
            let id = picture.strip_suffix(".jpg").and_then(|name| parse_id(IMAGE_PREFIX, name)).ok_or_else(missing)?;
            let own = preview.images.get(&id);
            let cover = [&preview.full.episode.cover, &preview.show.cover].into_iter().flatten().find(|i| i.id == id);
            let image = own.or(cover).ok_or_else(missing)?;
            (image.small_blob.clone(), "image/jpeg".to_owned())
        }
    };
    let name = BlobName::parse(&blob).ok_or_else(missing)?;
    let size = app.blobs.size(&name).await.map_err(Failure::broken)?.ok_or_else(missing)?;
    let headers = client.headers.clone();
    Ok(served(serve(&app.blobs, &name, size, &mime, conditions(&headers), head).await.map_err(Failure::broken)?))
}

#[cfg(test)]
mod tests {
    use super::loggable;

    #[test]
    fn c4_the_secret_of_a_link_is_not_logged() {
        for (path, logged) in [
            ("/fr/approve/abc", "/fr/approve/…"),
            ("/approve/abc/sound", "/approve/…/sound"),
            ("/fr/shows/x", "/fr/shows/x"),
        ] {
            assert_eq!(loggable(path), logged);
        }
    }
}
