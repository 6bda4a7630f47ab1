//! Members: sign-up, profiles, follows, notifications. The addresses, and who may ask. The handlers are in `pages` and `api`.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post, put};

use super::{Route, route};
use crate::api::members as a;
use crate::app::App;
use crate::pages::members::{bonds, data, join, lists, notices, page, picture, profile};

/// Every route of this file.
pub(super) const ROUTES: &[Route] = &[
    route("GET", "/{lang}/join", "public"),
    route("POST", "/{lang}/join", "public"),
    route("POST", "/{lang}/join/finish", "public"),
    route("POST", "/join/passkey/begin", "public"),
    route("POST", "/join/passkey/finish", "public"),
    route("GET", "/{lang}/members/{handle}", "public"),
    route("GET", "/{lang}/members/{handle}/followers", "public"),
    route("GET", "/{lang}/members/{handle}/following", "public"),
    route("GET", "/media/members/{handle}/{file}", "public"),
    route("GET", "/{lang}/voices/{id}", "public"),
    route("POST", "/{lang}/voices/{id}/{verb}", "signed-in"),
    route("GET", "/{lang}/digest/{token}", "public"),
    route("POST", "/{lang}/digest/{token}", "public"),
    route("GET", "/{lang}/account/profile", "signed-in"),
    route("POST", "/{lang}/account/profile", "signed-in"),
    route("POST", "/{lang}/account/profile/picture", "signed-in"),
    route("POST", "/{lang}/account/profile/picture/remove", "signed-in"),
    route("GET", "/{lang}/account/following", "signed-in"),
    route("GET", "/{lang}/account/muted", "signed-in"),
    route("GET", "/{lang}/account/blocked", "signed-in"),
    route("GET", "/{lang}/account/notifications", "signed-in"),
    route("POST", "/{lang}/account/notifications/read", "signed-in"),
    route("POST", "/{lang}/account/notifications/settings", "signed-in"),
    route("GET", "/{lang}/account/data", "signed-in"),
    route("GET", "/{lang}/account/data/export.tar", "signed-in"),
    route("POST", "/{lang}/account/data/erase", "signed-in"),
    route("GET", "/api/v1/members/{handle}", "public"),
    route("GET", "/api/v1/me", "signed-in"),
    route("PUT", "/api/v1/me", "signed-in"),
    route("GET", "/api/v1/me/following", "signed-in"),
    route("PUT", "/api/v1/me/following/{voice}", "signed-in"),
    route("DELETE", "/api/v1/me/following/{voice}", "signed-in"),
    route("GET", "/api/v1/me/muted", "signed-in"),
    route("PUT", "/api/v1/me/muted/{voice}", "signed-in"),
    route("DELETE", "/api/v1/me/muted/{voice}", "signed-in"),
    route("GET", "/api/v1/me/blocked", "signed-in"),
    route("PUT", "/api/v1/me/blocked/{member}", "signed-in"),
    route("DELETE", "/api/v1/me/blocked/{member}", "signed-in"),
    route("GET", "/api/v1/me/notifications", "signed-in"),
    route("POST", "/api/v1/me/notifications/read", "signed-in"),
];

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    let pictures = Router::new()
        .route("/{lang}/account/profile/picture", post(picture::send))
        .layer(DefaultBodyLimit::max(community::pictures::MOST_BYTES + 1024 * 1024));
    Router::new()
        .route("/{lang}/join", get(join::show).post(join::ask))
        .route("/{lang}/join/finish", post(join::finish))
        .route("/join/passkey/begin", post(join::passkey_begin))
        .route("/join/passkey/finish", post(join::passkey_finish))
        .route("/{lang}/members/{handle}", get(page::show))
        .route("/{lang}/members/{handle}/followers", get(page::followers))
        .route("/{lang}/members/{handle}/following", get(page::following))
        .route("/media/members/{handle}/{file}", get(picture::portrait))
        .route("/{lang}/voices/{id}", get(bonds::show))
        .route("/{lang}/voices/{id}/{verb}", post(bonds::act))
        .route("/{lang}/digest/{token}", get(notices::stopping).post(notices::stop))
        .route("/{lang}/account/profile", get(profile::show).post(profile::save))
        .route("/{lang}/account/profile/picture/remove", post(picture::remove))
        .route("/{lang}/account/following", get(lists::following))
        .route("/{lang}/account/muted", get(lists::muted))
        .route("/{lang}/account/blocked", get(lists::blocked))
        .route("/{lang}/account/notifications", get(notices::show))
        .route("/{lang}/account/notifications/read", post(notices::read))
        .route("/{lang}/account/notifications/settings", post(notices::settings))
        .route("/{lang}/account/data", get(data::show))
        .route("/{lang}/account/data/export.tar", get(data::export))
        .route("/{lang}/account/data/erase", post(data::erase))
        .route("/api/v1/members/{handle}", get(a::member))
        .route("/api/v1/me", get(a::me).put(a::edit))
        .route("/api/v1/me/following", get(a::following))
        .route("/api/v1/me/following/{voice}", put(a::follow).delete(a::unfollow))
        .route("/api/v1/me/muted", get(a::muted))
        .route("/api/v1/me/muted/{voice}", put(a::mute).delete(a::unmute))
        .route("/api/v1/me/blocked", get(a::blocked))
        .route("/api/v1/me/blocked/{member}", put(a::block).delete(a::unblock))
        .route("/api/v1/me/notifications", get(a::notifications))
        .route("/api/v1/me/notifications/read", post(a::read))
        .merge(pictures)
}
