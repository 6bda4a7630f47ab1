//! Comments as their writers and readers use them: the addresses, and who may ask. The handlers are in `pages` and `api`.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};

use super::{Route, route};
use crate::api::comments as a;
use crate::app::App;
use crate::pages::{comments, privacy};

/// Every route of this file.
pub(super) const ROUTES: &[Route] = &[
    route("GET", "/{lang}/shows/{show}/{episode}/comments", "public"),
    route("POST", "/{lang}/shows/{show}/{episode}/comments", "public"),
    route("GET", "/comments/stamp", "public"),
    route("POST", "/{lang}/comments/forget", "public"),
    route("GET", "/{lang}/comments/{token}", "public"),
    route("POST", "/{lang}/comments/{token}", "public"),
    route("GET", "/feeds/comments/{file}", "public"),
    route("GET", "/{lang}/privacy", "public"),
    route("POST", "/{lang}/privacy/erase", "public"),
    route("GET", "/{lang}/privacy/erase/{token}", "public"),
    route("POST", "/{lang}/privacy/erase/{token}", "public"),
    route("GET", "/api/v1/episodes/{id}/comments", "public"),
    route("POST", "/api/v1/episodes/{id}/comments", "signed-in"),
    route("PUT", "/api/v1/comments/{id}", "signed-in"),
    route("DELETE", "/api/v1/comments/{id}", "signed-in"),
];

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/{lang}/shows/{show}/{episode}/comments", get(comments::all).post(comments::say))
        .route("/comments/stamp", get(comments::stamp))
        .route("/{lang}/comments/forget", post(comments::forget))
        .route("/{lang}/comments/{token}", get(comments::own).post(comments::change_own))
        .route("/feeds/comments/{file}", get(comments::feed))
        .route("/{lang}/privacy", get(privacy::show))
        .route("/{lang}/privacy/erase", post(comments::ask_erase))
        .route("/{lang}/privacy/erase/{token}", get(comments::erasing).post(comments::erase))
        .route("/api/v1/episodes/{id}/comments", get(a::list).post(a::say))
        .route("/api/v1/comments/{id}", put(a::edit).delete(a::delete))
}
