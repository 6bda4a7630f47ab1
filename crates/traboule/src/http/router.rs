//! The router. Every route stands in one list with who may ask, so that a test can hold it against the permission
//! tests: a route nobody listed does not exist.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, head, post, put};
use ui::{PagePolicy, secure};

use crate::api;
use crate::app::App;
use crate::pages::{account, api_page, dev, files, people, public, sign_in, studio, uploads};
use crate::tus;

/// A route and who may ask it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path as the router knows it.
    pub path: &'static str,
    /// `public`, `signed-in`, `member`, `editor`, `owner` or `demo`.
    pub who: &'static str,
}

const fn route(method: &'static str, path: &'static str, who: &'static str) -> Route {
    Route { method, path, who }
}

/// Every route.
pub const ROUTES: &[Route] = &[
    route("GET", "/", "public"),
    route("GET", "/{lang}/", "public"),
    route("GET", "/{lang}/shows/{show}", "public"),
    route("GET", "/{lang}/shows/{show}/{episode}", "public"),
    route("GET", "/{lang}/embed/{id}", "public"),
    route("GET", "/feeds/{file}", "public"),
    route("GET", "/media/episodes/{id}/{file}", "public"),
    route("GET", "/media/excerpts/{id}/{file}", "public"),
    route("GET", "/media/images/{id}/{file}", "public"),
    route("GET", "/assets/{file}", "public"),
    route("GET", "/oembed", "public"),
    route("GET", "/sitemap.xml", "public"),
    route("GET", "/robots.txt", "public"),
    route("GET", "/source.tar.gz", "public"),
    route("GET", "/{lang}/sign-in", "public"),
    route("POST", "/{lang}/sign-in/password", "public"),
    route("POST", "/{lang}/sign-in/code", "public"),
    route("POST", "/{lang}/sign-in/code/finish", "public"),
    route("GET", "/{lang}/sign-in/reset", "public"),
    route("POST", "/{lang}/sign-in/reset", "public"),
    route("POST", "/{lang}/sign-in/reset/finish", "public"),
    route("POST", "/sign-in/passkey/begin", "public"),
    route("POST", "/sign-in/passkey/finish", "public"),
    route("GET", "/{lang}/account", "signed-in"),
    route("POST", "/{lang}/account/{*action}", "signed-in"),
    route("POST", "/account/passkeys/begin", "signed-in"),
    route("POST", "/account/passkeys/finish", "signed-in"),
    route("GET", "/{lang}/studio", "signed-in"),
    route("GET", "/{lang}/studio/episodes/{id}", "member"),
    route("POST", "/{lang}/studio/episodes/{id}/{verb}", "editor"),
    route("POST", "/{lang}/studio/episodes/{id}/{what}/upload", "editor"),
    route("GET", "/{lang}/studio/episodes/{id}/sound", "member"),
    route("POST", "/{lang}/studio/episodes/{id}/sound/{verb}", "editor"),
    route("POST", "/{lang}/studio/episodes/{id}/excerpts/{excerpt}/{verb}", "editor"),
    route("GET", "/{lang}/studio/episodes/{id}/transcript", "member"),
    route("POST", "/{lang}/studio/episodes/{id}/transcript/{verb}", "editor"),
    route("OPTIONS", "/uploads", "public"),
    route("POST", "/uploads", "editor"),
    route("HEAD", "/uploads/{id}", "editor"),
    route("PATCH", "/uploads/{id}", "editor"),
    route("DELETE", "/uploads/{id}", "editor"),
    route("GET", "/{lang}/studio/people", "owner"),
    route("POST", "/{lang}/studio/people/{*action}", "owner"),
    route("GET", "/api/v1/shows", "public"),
    route("POST", "/api/v1/shows", "editor"),
    route("GET", "/api/v1/shows/{id}/episodes", "public"),
    route("POST", "/api/v1/shows/{id}/episodes", "editor"),
    route("GET", "/api/v1/episodes/{id}", "public"),
    route("PUT", "/api/v1/episodes/{id}", "editor"),
    route("POST", "/api/v1/images", "editor"),
    route("PUT", "/api/v1/episodes/{id}/audio", "editor"),
    route("PUT", "/api/v1/episodes/{id}/cover", "editor"),
    route("PUT", "/api/v1/episodes/{id}/transcripts/{lang}", "editor"),
    route("POST", "/api/v1/episodes/{id}/schedule", "editor"),
    route("POST", "/api/v1/episodes/{id}/unpublish", "editor"),
    route("POST", "/api/v1/episodes/{id}/draft", "editor"),
    route("GET", "/api/v1/openapi.json", "public"),
    route("GET", "/{lang}/api", "public"),
    route("GET", "/api/v1/episodes/{id}/sound", "member"),
    route("POST", "/api/v1/episodes/{id}/sound/normalise", "editor"),
    route("POST", "/api/v1/episodes/{id}/sound/light", "editor"),
    route("POST", "/api/v1/episodes/{id}/excerpts", "editor"),
    route("PUT", "/api/v1/excerpts/{id}", "editor"),
    route("DELETE", "/api/v1/excerpts/{id}", "editor"),
    route("GET", "/api/v1/episodes/{id}/transcripts/{lang}", "member"),
    route("PUT", "/api/v1/episodes/{id}/transcripts/{lang}/cues", "editor"),
    route("GET", "/dev/mail", "demo"),
];

/// The largest form or JSON body, in bytes; uploads have their own limit.
const BODY: usize = 1024 * 1024;

/// The router of a server.
pub fn router(app: Arc<App>) -> Router {
    // Pictures are read whole, so their limit is also what a stranger can make the server hold for a moment.
    let pictures = Router::new()
        .route("/api/v1/images", post(api::add_image))
        .route("/api/v1/episodes/{id}/cover", axum::routing::put(api::put_cover))
        .layer(DefaultBodyLimit::max(publish::pictures::MOST_BYTES + BODY));
    let uploads = Router::new()
        .route("/{lang}/studio/episodes/{id}/{what}/upload", post(uploads::upload))
        .route("/api/v1/episodes/{id}/audio", axum::routing::put(api::put_audio))
        .layer(DefaultBodyLimit::max(usize::try_from(uploads::MOST_AUDIO).unwrap_or(usize::MAX) + BODY));
    let everything = Router::new()
        .route("/", get(public::root))
        .route("/{lang}/", get(public::home))
        .route("/{lang}/shows/{show}", get(public::show))
        .route("/{lang}/shows/{show}/{episode}", get(public::episode))
        .route("/{lang}/embed/{id}", get(public::embed))
        .route("/feeds/{file}", get(files::feed))
        .route("/media/episodes/{id}/{file}", get(files::episode_file))
        .route("/media/excerpts/{id}/{file}", get(files::excerpt_file))
        .route("/media/images/{id}/{file}", get(files::image_file))
        .route("/assets/{file}", get(files::asset))
        .route("/oembed", get(files::oembed))
        .route("/sitemap.xml", get(files::sitemap))
        .route("/robots.txt", get(files::robots))
        .route("/source.tar.gz", get(files::source))
        .route("/{lang}/sign-in", get(sign_in::show))
        .route("/{lang}/sign-in/password", post(sign_in::by_password))
        .route("/{lang}/sign-in/code", post(sign_in::ask_code))
        .route("/{lang}/sign-in/code/finish", post(sign_in::finish_code))
        .route("/{lang}/sign-in/reset", get(sign_in::show_reset).post(sign_in::ask_reset))
        .route("/{lang}/sign-in/reset/finish", post(sign_in::finish_reset))
        .route("/sign-in/passkey/begin", post(sign_in::passkey_begin))
        .route("/sign-in/passkey/finish", post(sign_in::passkey_finish))
        .route("/{lang}/account", get(account::show))
        .route("/{lang}/account/{*action}", post(account::act))
        .route("/account/passkeys/begin", post(account::passkey_begin))
        .route("/account/passkeys/finish", post(account::passkey_finish))
        .route("/{lang}/studio", get(studio::list::list))
        .route("/{lang}/studio/episodes/{id}", get(studio::episode::episode))
        .route("/{lang}/studio/episodes/{id}/{verb}", post(studio::episode::act))
        .route("/{lang}/studio/people", get(people::show))
        .route("/{lang}/studio/people/{*action}", post(people::act))
        .route("/api/v1/shows", get(api::shows).post(api::create_show))
        .route("/api/v1/shows/{id}/episodes", get(api::episodes).post(api::create_episode))
        .route("/api/v1/episodes/{id}", get(api::episode).put(api::edit_episode))
        .route("/api/v1/episodes/{id}/schedule", post(api::act))
        .route("/api/v1/episodes/{id}/unpublish", post(api::act))
        .route("/api/v1/episodes/{id}/draft", post(api::act))
        .route("/api/v1/openapi.json", get(api::openapi))
        .route("/{lang}/api", get(api_page::show))
        .route("/dev/mail", get(dev::mails))
        .layer(DefaultBodyLimit::max(BODY));
    everything
        .merge(uploads)
        .merge(pictures)
        .merge(sound_routes())
        .fallback(public::nowhere)
        .layer(from_fn_with_state(app.clone(), finish))
        .with_state(app)
}

/// The last layer: what every answer carries that did not say so itself.
async fn finish(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = if request.uri().path().starts_with("/api/") {
        api::guard::guard(&app, request, next).await
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        secure(headers, &PagePolicy::default());
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    response
}

/// Sound and transcripts: pages, operations of the API, uploads in pieces.
fn sound_routes() -> Router<Arc<App>> {
    let pages = Router::new()
        .route("/{lang}/studio/episodes/{id}/sound", get(studio::sound::show))
        .route("/{lang}/studio/episodes/{id}/sound/{verb}", post(studio::sound::act))
        .route("/{lang}/studio/episodes/{id}/excerpts/{excerpt}/{verb}", post(studio::sound::excerpt))
        .route("/{lang}/studio/episodes/{id}/transcript", get(studio::transcript::show))
        .route("/{lang}/studio/episodes/{id}/transcript/{verb}", post(studio::transcript::act))
        .route("/api/v1/episodes/{id}/sound", get(api::sound::show))
        .route("/api/v1/episodes/{id}/sound/normalise", post(api::sound::normalise))
        .route("/api/v1/episodes/{id}/sound/light", post(api::sound::light))
        .route("/api/v1/episodes/{id}/excerpts", post(api::sound::add))
        .route("/api/v1/excerpts/{id}", put(api::sound::rename).delete(api::sound::remove))
        .route("/api/v1/episodes/{id}/transcripts/{lang}", get(api::sound::cues).put(api::put_transcript))
        .layer(DefaultBodyLimit::max(BODY));
    // A transcript of many hours is larger than a form.
    let transcripts = Router::new()
        .route("/api/v1/episodes/{id}/transcripts/{lang}/cues", put(api::sound::put_cues))
        .layer(DefaultBodyLimit::max(8 * BODY));
    // Pieces are counted against what was announced, byte by byte.
    let pieces = Router::new()
        .route("/uploads", post(tus::create).options(tus::about))
        .route("/uploads/{id}", head(tus::head).patch(tus::patch).delete(tus::remove))
        .layer(DefaultBodyLimit::disable());
    pages.merge(transcripts).merge(pieces)
}
