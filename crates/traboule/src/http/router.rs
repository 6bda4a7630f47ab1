//! The router. Every route stands in one list with who may ask, so that a test can hold it against the permission
//! tests: a route nobody listed does not exist.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{delete, get, head, post, put};
use ui::{PagePolicy, secure};

use crate::api;
use crate::app::App;
use crate::http::routes::{self, Route, route};
use crate::pages::{
    account, api_page, approve, dev, feeds, files, people, public, sharing, sign_in, site_page, studio, theme, uploads,
};
use crate::tus;

/// The routes of this file.
pub(super) const ROUTES: &[Route] = &[
    route("GET", "/", "public"),
    route("GET", "/{lang}/", "public"),
    route("GET", "/{lang}/shows/{show}", "public"),
    route("GET", "/{lang}/shows/{show}/{episode}", "public"),
    route("GET", "/{lang}/embed/{id}", "public"),
    route("GET", "/feeds/{file}", "public"),
    route("GET", "/feeds.opml", "public"),
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
    route("GET", "/{lang}/pages/{slug}", "public"),
    route("GET", "/theme/{file}", "public"),
    route("GET", "/{lang}/studio", "signed-in"),
    route("GET", "/{lang}/studio/calendar", "signed-in"),
    route("GET", "/{lang}/studio/media", "signed-in"),
    route("POST", "/{lang}/studio/media/upload", "editor"),
    route("POST", "/{lang}/studio/media/{id}/{verb}", "editor"),
    route("GET", "/{lang}/studio/shows", "signed-in"),
    route("GET", "/{lang}/studio/shows/new", "editor"),
    route("POST", "/{lang}/studio/shows/new", "editor"),
    route("GET", "/{lang}/studio/shows/{id}", "member"),
    route("POST", "/{lang}/studio/shows/{id}/{section}", "editor"),
    route("POST", "/{lang}/studio/shows/{id}/{what}/upload", "editor"),
    route("GET", "/{lang}/studio/shows/{id}/episodes/new", "editor"),
    route("POST", "/{lang}/studio/shows/{id}/episodes/new", "editor"),
    route("GET", "/{lang}/studio/episodes/new", "editor"),
    route("GET", "/{lang}/studio/pages", "signed-in"),
    route("GET", "/{lang}/studio/pages/new", "editor"),
    route("POST", "/{lang}/studio/pages/new", "editor"),
    route("GET", "/{lang}/studio/pages/{id}", "member"),
    route("POST", "/{lang}/studio/pages/{id}/{verb}", "editor"),
    route("GET", "/{lang}/studio/episodes/{id}", "member"),
    route("POST", "/{lang}/studio/episodes/{id}/{verb}", "editor"),
    route("POST", "/{lang}/studio/episodes/{id}/{what}/upload", "editor"),
    route("GET", "/{lang}/studio/episodes/{id}/sound", "member"),
    route("POST", "/{lang}/studio/episodes/{id}/sound/{verb}", "editor"),
    route("POST", "/{lang}/studio/episodes/{id}/excerpts/{excerpt}/{verb}", "editor"),
    route("GET", "/{lang}/studio/episodes/{id}/transcript", "member"),
    route("POST", "/{lang}/studio/episodes/{id}/cues/{verb}", "editor"),
    route("OPTIONS", "/uploads", "public"),
    route("POST", "/uploads", "editor"),
    route("HEAD", "/uploads/{id}", "editor"),
    route("PATCH", "/uploads/{id}", "editor"),
    route("DELETE", "/uploads/{id}", "editor"),
    route("GET", "/{lang}/studio/ideas", "signed-in"),
    route("POST", "/{lang}/studio/ideas/{*action}", "editor"),
    route("POST", "/{lang}/studio/episodes/{id}/autosave", "editor"),
    route("GET", "/{lang}/studio/episodes/{id}/rundown", "member"),
    route("POST", "/{lang}/studio/episodes/{id}/rundown/{*action}", "editor"),
    route("GET", "/{lang}/studio/episodes/{id}/history", "member"),
    route("POST", "/{lang}/studio/episodes/{id}/history/restore", "editor"),
    route("GET", "/{lang}/studio/episodes/{id}/corrections", "member"),
    route("POST", "/{lang}/studio/episodes/{id}/corrections", "editor"),
    route("GET", "/{lang}/studio/import", "editor"),
    route("POST", "/{lang}/studio/import/address", "editor"),
    route("POST", "/{lang}/studio/import/file", "editor"),
    route("GET", "/{lang}/studio/import/{id}", "editor"),
    route("POST", "/{lang}/studio/import/{id}/{verb}", "editor"),
    route("GET", "/{lang}/studio/people", "owner"),
    route("POST", "/{lang}/studio/people/{*action}", "owner"),
    route("GET", "/api/v1/shows", "public"),
    route("POST", "/api/v1/shows", "editor"),
    route("GET", "/api/v1/shows/{id}", "member"),
    route("PUT", "/api/v1/shows/{id}", "editor"),
    route("GET", "/api/v1/desk/episodes", "signed-in"),
    route("GET", "/api/v1/desk/calendar", "signed-in"),
    route("GET", "/api/v1/media/images", "signed-in"),
    route("GET", "/api/v1/media/sounds", "signed-in"),
    route("PUT", "/api/v1/images/{id}", "editor"),
    route("DELETE", "/api/v1/images/{id}", "editor"),
    route("GET", "/api/v1/pages", "public"),
    route("POST", "/api/v1/pages", "editor"),
    route("GET", "/api/v1/pages/{id}", "member"),
    route("PUT", "/api/v1/pages/{id}", "editor"),
    route("GET", "/api/v1/shows/{id}/feed", "member"),
    route("PUT", "/api/v1/shows/{id}/feed", "editor"),
    route("PUT", "/api/v1/shows/{id}/channel", "editor"),
    route("PUT", "/api/v1/shows/{id}/site", "editor"),
    route("PUT", "/api/v1/shows/{id}/address", "editor"),
    route("PUT", "/api/v1/shows/{id}/desk", "editor"),
    route("GET", "/api/v1/shows/{id}/episodes", "public"),
    route("POST", "/api/v1/shows/{id}/episodes", "editor"),
    route("GET", "/api/v1/episodes/{id}", "public"),
    route("PUT", "/api/v1/episodes/{id}", "editor"),
    route("POST", "/api/v1/images", "editor"),
    route("PUT", "/api/v1/episodes/{id}/audio", "editor"),
    route("PUT", "/api/v1/episodes/{id}/cover", "editor"),
    route("PUT", "/api/v1/episodes/{id}/transcripts/{lang}", "editor"),
    route("GET", "/api/v1/shows/{id}/ideas", "member"),
    route("POST", "/api/v1/shows/{id}/ideas", "editor"),
    route("GET", "/api/v1/episodes/{id}/rundown", "member"),
    route("POST", "/api/v1/episodes/{id}/rundown", "editor"),
    route("POST", "/api/v1/episodes/{id}/rundown/chapters", "editor"),
    route("PUT", "/api/v1/rundown-items/{id}", "editor"),
    route("POST", "/api/v1/rundown-items/{id}/move", "editor"),
    route("POST", "/api/v1/rundown-items/{id}/take", "editor"),
    route("POST", "/api/v1/rundown-items/{id}/return", "editor"),
    route("POST", "/api/v1/rundown-items/{id}/drop", "editor"),
    route("POST", "/api/v1/rundown-items/{id}/undrop", "editor"),
    route("GET", "/api/v1/episodes/{id}/revisions", "member"),
    route("GET", "/api/v1/episodes/{id}/revisions/{version}", "member"),
    route("POST", "/api/v1/episodes/{id}/revisions/{version}/restore", "editor"),
    route("POST", "/api/v1/episodes/{id}/corrections", "editor"),
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
    route("POST", "/api/v1/imports", "editor"),
    route("GET", "/api/v1/imports/{id}", "editor"),
    route("POST", "/api/v1/imports/{id}/run", "editor"),
    route("POST", "/api/v1/imports/{id}/undo", "editor"),
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
    route("GET", "/api/v1/episodes/{id}/checks", "member"),
    route("GET", "/api/v1/episodes/{id}/proofs", "member"),
    route("GET", "/api/v1/episodes/{id}/approvals", "member"),
    route("POST", "/api/v1/episodes/{id}/approvals", "editor"),
    route("DELETE", "/api/v1/approvals/{id}", "editor"),
    route("GET", "/api/v1/webhooks", "editor"),
    route("POST", "/api/v1/webhooks", "editor"),
    route("GET", "/api/v1/webhooks/{id}/deliveries", "editor"),
    route("POST", "/api/v1/webhooks/{id}/test", "editor"),
    route("POST", "/api/v1/webhooks/{id}/pause", "editor"),
    route("POST", "/api/v1/webhooks/{id}/resume", "editor"),
    route("POST", "/api/v1/webhooks/{id}/rotate", "editor"),
    route("POST", "/api/v1/webhooks/{id}/delete", "editor"),
    route("POST", "/api/v1/webhook-messages/{id}/resend", "editor"),
    route("GET", "/dev/mail", "demo"),
];

/// The largest form or JSON body, in bytes; uploads have their own limit.
const BODY: usize = 1024 * 1024;

/// Imports; what is imported may be larger than a form.
fn importing() -> Router<Arc<App>> {
    let sources = Router::new()
        .route("/{lang}/studio/import/file", post(studio::import::by_file))
        .route("/api/v1/imports", post(api::imports::rehearse))
        .layer(DefaultBodyLimit::max(usize::try_from(crate::imports::MOST_BYTES).unwrap_or(usize::MAX) + BODY));
    Router::new()
        .route("/{lang}/studio/import", get(studio::import::start))
        .route("/{lang}/studio/import/address", post(studio::import::by_address))
        .route("/{lang}/studio/import/{id}", get(studio::import::one))
        .route("/{lang}/studio/import/{id}/{verb}", post(studio::import::act))
        .route("/api/v1/imports/{id}", get(api::imports::one))
        .route("/api/v1/imports/{id}/run", post(api::imports::run))
        .route("/api/v1/imports/{id}/undo", post(api::imports::undo))
        .layer(DefaultBodyLimit::max(BODY))
        .merge(sources)
}

/// The router of a server.
pub fn router(app: Arc<App>) -> Router {
    // What is large is read by its handler, within a limit of its own, once it is known that its sender may send it.
    let pictures = Router::new()
        .route("/api/v1/images", post(api::add_image))
        .route("/api/v1/episodes/{id}/cover", axum::routing::put(api::put_cover));
    let uploads = Router::new()
        .route("/{lang}/studio/episodes/{id}/{what}/upload", post(uploads::upload))
        .route("/api/v1/episodes/{id}/audio", axum::routing::put(api::put_audio))
        .layer(DefaultBodyLimit::max(usize::try_from(uploads::MOST_AUDIO).unwrap_or(usize::MAX) + BODY));
    let everything = Router::new()
        .route("/", get(public::root))
        .route("/{lang}/", get(public::home))
        .route("/{lang}/shows/{show}", get(public::show))
        .route("/{lang}/shows/{show}/{episode}", get(public::episode))
        .route("/{lang}/embed/{id}", get(sharing::embed))
        .route("/feeds/{file}", get(feeds::feed))
        .route("/feeds.opml", get(feeds::opml))
        .route("/media/episodes/{id}/{file}", get(files::episode_file))
        .route("/media/excerpts/{id}/{file}", get(files::excerpt_file))
        .route("/media/images/{id}/{file}", get(files::image_file))
        .route("/assets/{file}", get(files::asset))
        .route("/oembed", get(sharing::oembed))
        .route("/sitemap.xml", get(crate::pages::sitemap::index))
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
        .route("/api/v1/shows/{id}/feed", get(api::feed_settings).put(api::set_feed_settings))
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
        .merge(desk().layer(DefaultBodyLimit::max(BODY)))
        .merge(checks().layer(DefaultBodyLimit::max(BODY)))
        .merge(uploads)
        .merge(pictures)
        .merge(sound_routes())
        .merge(sites())
        .merge(importing())
        .merge(routes::more().layer(DefaultBodyLimit::max(BODY)))
        .fallback(public::nowhere)
        .layer(from_fn_with_state(app.clone(), finish))
        .with_state(app)
}

/// Checks before and after publication, clients' approval, webhooks.
fn checks() -> Router<Arc<App>> {
    use api::checks as a;
    Router::new()
        .route("/{lang}/studio/episodes/{id}/checks", post(studio::checks::check))
        .route("/{lang}/studio/episodes/{id}/instant", get(studio::checks::instant))
        .route("/{lang}/studio/episodes/{id}/approval", get(studio::approval::show).post(studio::approval::act))
        .route("/{lang}/studio/webhooks", get(studio::webhooks::show).post(studio::webhooks::add))
        .route("/{lang}/studio/webhooks/{id}/{verb}", post(studio::webhooks::act))
        .route("/{lang}/approve/{token}", get(approve::show).post(approve::answer))
        .route("/approve/{token}/{file}", get(approve::file))
        .route("/api/v1/episodes/{id}/checks", get(a::checks))
        .route("/api/v1/episodes/{id}/proofs", get(a::proofs))
        .route("/api/v1/episodes/{id}/approvals", get(a::approvals).post(a::create_approval))
        .route("/api/v1/approvals/{id}", delete(a::revoke_approval))
        .route("/api/v1/webhooks", get(a::webhooks).post(a::create_webhook))
        .route("/api/v1/webhooks/{id}/deliveries", get(a::deliveries))
        .route("/api/v1/webhooks/{id}/test", post(a::act_webhook))
        .route("/api/v1/webhooks/{id}/pause", post(a::act_webhook))
        .route("/api/v1/webhooks/{id}/resume", post(a::act_webhook))
        .route("/api/v1/webhooks/{id}/rotate", post(a::act_webhook))
        .route("/api/v1/webhooks/{id}/delete", post(a::act_webhook))
        .route("/api/v1/webhook-messages/{id}/resend", post(a::resend))
}

/// The editor's desk: ideas, rundowns, unsaved work, history, corrections.
fn desk() -> Router<Arc<App>> {
    Router::new()
        .route("/{lang}/studio/ideas", get(studio::ideas::ideas))
        .route("/{lang}/studio/ideas/{*action}", post(studio::ideas::act))
        .route("/{lang}/studio/episodes/{id}/autosave", post(studio::save::autosave))
        .route("/{lang}/studio/episodes/{id}/rundown", get(studio::rundown::rundown))
        .route("/{lang}/studio/episodes/{id}/rundown/{*action}", post(studio::rundown::act))
        .route("/{lang}/studio/episodes/{id}/history", get(studio::history::history))
        .route("/{lang}/studio/episodes/{id}/history/restore", post(studio::history::restore))
        .route("/{lang}/studio/episodes/{id}/corrections", get(studio::corrections::corrections))
        .route("/{lang}/studio/episodes/{id}/corrections", post(studio::corrections::add))
        .route("/api/v1/shows/{id}/ideas", get(api::desk::ideas).post(api::desk::add_idea))
        .route("/api/v1/episodes/{id}/rundown", get(api::desk::rundown).post(api::desk::add_to_rundown))
        .route("/api/v1/episodes/{id}/rundown/chapters", post(api::desk::make_chapters))
        .route("/api/v1/rundown-items/{id}", axum::routing::put(api::desk::edit_item))
        .route("/api/v1/rundown-items/{id}/move", post(api::desk::move_item))
        .route("/api/v1/rundown-items/{id}/take", post(api::desk::take_item))
        .route("/api/v1/rundown-items/{id}/return", post(api::desk::return_item))
        .route("/api/v1/rundown-items/{id}/drop", post(api::desk::drop_item))
        .route("/api/v1/rundown-items/{id}/undrop", post(api::desk::undrop_item))
        .route("/api/v1/episodes/{id}/revisions", get(api::desk::revisions))
        .route("/api/v1/episodes/{id}/revisions/{version}", get(api::desk::one_revision))
        .route("/api/v1/episodes/{id}/revisions/{version}/restore", post(api::desk::restore))
        .route("/api/v1/episodes/{id}/corrections", post(api::desk::correct))
}

/// Shows and their sites, the desk over all shows, media, pages of text.
fn sites() -> Router<Arc<App>> {
    // Pictures of a form come one after the other and are held one at a time.
    let several = Router::new()
        .route("/{lang}/studio/media/upload", post(studio::media::upload))
        .layer(DefaultBodyLimit::max(12 * publish::pictures::MOST_BYTES + BODY));
    let pictures = Router::new()
        .route("/{lang}/studio/shows/{id}/{what}/upload", post(studio::show::upload))
        .layer(DefaultBodyLimit::max(publish::pictures::MOST_BYTES + BODY));
    Router::new()
        .route("/{lang}/pages/{slug}", get(site_page::page))
        .route("/theme/{file}", get(theme::file))
        .route("/{lang}/studio/calendar", get(studio::calendar::calendar))
        .route("/{lang}/studio/media", get(studio::media::library))
        .route("/{lang}/studio/media/{id}/{verb}", post(studio::media::act))
        .route("/{lang}/studio/shows", get(studio::shows::list))
        .route("/{lang}/studio/shows/new", get(studio::shows::new_show).post(studio::shows::create_show))
        .route("/{lang}/studio/shows/{id}", get(studio::show::settings))
        .route("/{lang}/studio/shows/{id}/{section}", post(studio::show::save))
        .route("/{lang}/studio/shows/{id}/episodes/new", get(studio::shows::new_episode))
        .route("/{lang}/studio/shows/{id}/episodes/new", post(studio::shows::create_episode))
        .route("/{lang}/studio/episodes/new", get(studio::shows::pick_show))
        .route("/{lang}/studio/pages", get(studio::site_pages::list))
        .route("/{lang}/studio/pages/new", get(studio::site_pages::new_page).post(studio::site_pages::create_page))
        .route("/{lang}/studio/pages/{id}", get(studio::site_pages::edit_page))
        .route("/{lang}/studio/pages/{id}/{verb}", post(studio::site_pages::act))
        .route("/api/v1/shows/{id}", get(api::sites::show_settings).put(api::sites::edit_show))
        .route("/api/v1/shows/{id}/channel", axum::routing::put(api::sites::set_channel))
        .route("/api/v1/shows/{id}/site", axum::routing::put(api::sites::set_site))
        .route("/api/v1/shows/{id}/address", axum::routing::put(api::sites::set_address))
        .route("/api/v1/shows/{id}/desk", axum::routing::put(api::sites::set_desk))
        .route("/api/v1/desk/episodes", get(api::sites::desk_episodes))
        .route("/api/v1/desk/calendar", get(api::sites::desk_calendar))
        .route("/api/v1/media/images", get(api::sites::images))
        .route("/api/v1/media/sounds", get(api::sites::sounds))
        .route("/api/v1/images/{id}", axum::routing::put(api::sites::describe_image).delete(api::sites::remove_image))
        .route("/api/v1/pages", get(api::sites::pages).post(api::sites::create_page))
        .route("/api/v1/pages/{id}", get(api::sites::one_page).put(api::sites::edit_page))
        .layer(DefaultBodyLimit::max(BODY))
        .merge(several)
        .merge(pictures)
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
        .route("/{lang}/studio/episodes/{id}/cues/{verb}", post(studio::transcript::act))
        .route("/api/v1/episodes/{id}/sound", get(api::sound::show))
        .route("/api/v1/episodes/{id}/sound/normalise", post(api::sound::normalise))
        .route("/api/v1/episodes/{id}/sound/light", post(api::sound::light))
        .route("/api/v1/episodes/{id}/excerpts", post(api::sound::add))
        .route("/api/v1/excerpts/{id}", put(api::sound::rename).delete(api::sound::remove))
        .route("/api/v1/episodes/{id}/transcripts/{lang}", get(api::sound::cues).put(api::put_transcript))
        .route("/api/v1/episodes/{id}/transcripts/{lang}/cues", put(api::sound::put_cues))
        .layer(DefaultBodyLimit::max(BODY));
    // Pieces are counted against what was announced, byte by byte.
    let pieces = Router::new()
        .route("/uploads", post(tus::create).options(tus::about))
        .route("/uploads/{id}", head(tus::head).patch(tus::patch).delete(tus::remove))
        .layer(DefaultBodyLimit::disable());
    pages.merge(pieces)
}
