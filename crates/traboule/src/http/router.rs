//! The router. Every route stands in one list with who may ask, so that a test can hold it against the permission
//! tests: a route nobody listed does not exist.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{delete, get, post};
use ui::{PagePolicy, secure};

use crate::api;
use crate::app::App;
use crate::pages::{account, approve, dev, files, people, public, sign_in, studio, uploads};

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
    route("POST", "/{lang}/studio/episodes/{id}/checks", "member"),
    route("GET", "/{lang}/studio/episodes/{id}/instant", "member"),
    route("GET", "/{lang}/studio/episodes/{id}/approval", "member"),
    route("POST", "/{lang}/studio/episodes/{id}/approval", "editor"),
    route("GET", "/{lang}/studio/webhooks", "signed-in"),
    route("POST", "/{lang}/studio/webhooks", "signed-in"),
    route("POST", "/{lang}/studio/webhooks/{id}/{verb}", "editor"),
    route("GET", "/{lang}/approve/{token}", "public"),
    route("POST", "/{lang}/approve/{token}", "public"),
    route("GET", "/approve/{token}/{file}", "public"),
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
    route("POST", "/api/v1/episodes/{id}/{verb}", "editor"),
    route("GET", "/api/v1/episodes/{id}/checks", "member"),
    route("GET", "/api/v1/episodes/{id}/proofs", "member"),
    route("GET", "/api/v1/episodes/{id}/approvals", "member"),
    route("POST", "/api/v1/episodes/{id}/approvals", "editor"),
    route("DELETE", "/api/v1/approvals/{id}", "editor"),
    route("GET", "/api/v1/webhooks", "editor"),
    route("POST", "/api/v1/webhooks", "editor"),
    route("GET", "/api/v1/webhooks/{id}/deliveries", "editor"),
    route("POST", "/api/v1/webhooks/{id}/{verb}", "editor"),
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
        .route("/{lang}/studio/episodes/{id}/checks", post(studio::checks::check))
        .route("/{lang}/studio/episodes/{id}/instant", get(studio::checks::instant))
        .route("/{lang}/studio/episodes/{id}/approval", get(studio::approval::show).post(studio::approval::act))
        .route("/{lang}/studio/webhooks", get(studio::webhooks::show).post(studio::webhooks::add))
        .route("/{lang}/studio/webhooks/{id}/{verb}", post(studio::webhooks::act))
        .route("/{lang}/approve/{token}", get(approve::show).post(approve::answer))
        .route("/approve/{token}/{file}", get(approve::file))
        .route("/{lang}/studio/people", get(people::show))
        .route("/{lang}/studio/people/{*action}", post(people::act))
        .route("/api/v1/shows", get(api::shows).post(api::create_show))
        .route("/api/v1/shows/{id}/episodes", get(api::episodes).post(api::create_episode))
        .route("/api/v1/episodes/{id}", get(api::episode).put(api::edit_episode))
        .route("/api/v1/episodes/{id}/transcripts/{lang}", axum::routing::put(api::put_transcript))
        .route("/api/v1/episodes/{id}/{verb}", post(api::act))
        .route("/api/v1/episodes/{id}/checks", get(api::checks::checks))
        .route("/api/v1/episodes/{id}/proofs", get(api::checks::proofs))
        .route("/api/v1/episodes/{id}/approvals", get(api::checks::approvals).post(api::checks::create_approval))
        .route("/api/v1/approvals/{id}", delete(api::checks::revoke_approval))
        .route("/api/v1/webhooks", get(api::checks::webhooks).post(api::checks::create_webhook))
        .route("/api/v1/webhooks/{id}/deliveries", get(api::checks::deliveries))
        .route("/api/v1/webhooks/{id}/{verb}", post(api::checks::act_webhook))
        .route("/dev/mail", get(dev::mails))
        .layer(DefaultBodyLimit::max(BODY));
    everything
        .merge(uploads)
        .merge(pictures)
        .fallback(public::nowhere)
        .layer(from_fn_with_state(app.clone(), finish))
        .with_state(app)
}

/// The last layer: what every answer carries that did not say so itself.
async fn finish(State(_app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        secure(headers, &PagePolicy::default());
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    response
}
