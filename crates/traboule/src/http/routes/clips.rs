//! Clips: upload, viewer, captions. The addresses, and who may ask. The handlers are in `pages` and `api`.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::{Route, route};
use crate::api::clips as a;
use crate::app::App;
use crate::pages::clips::{cut, files, make, own, watch};

/// What a form may be beyond its file, in bytes.
const MORE: usize = 2 * 1024 * 1024;

/// Every route of this file.
pub(super) const ROUTES: &[Route] = &[
    route("GET", "/{lang}/clips", "public"),
    route("GET", "/{lang}/clips/new", "signed-in"),
    route("POST", "/{lang}/clips/new", "signed-in"),
    route("GET", "/{lang}/clips/mine", "signed-in"),
    route("GET", "/{lang}/clips/{id}", "public"),
    route("GET", "/{lang}/clips/{id}/edit", "signed-in"),
    route("GET", "/{lang}/clips/{id}/original", "signed-in"),
    route("POST", "/{lang}/clips/{id}/{verb}", "signed-in"),
    route("POST", "/{lang}/clips/{id}/upload/{what}", "signed-in"),
    route("GET", "/media/clips/{id}/{file}", "public"),
    route("POST", "/{lang}/studio/episodes/{id}/clip", "editor"),
    route("GET", "/api/v1/clips", "public"),
    route("POST", "/api/v1/shows/{id}/clips", "editor"),
];

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    let most = usize::try_from(community::rules::clip::MOST_BYTES).unwrap_or(usize::MAX);
    let files_too = Router::new()
        .route("/{lang}/clips/new", get(make::show).post(make::begin))
        .route("/{lang}/clips/{id}/upload/{what}", post(make::upload))
        .layer(DefaultBodyLimit::max(most.saturating_add(MORE)));
    Router::new()
        .route("/{lang}/clips", get(watch::list))
        .route("/{lang}/clips/mine", get(own::mine))
        .route("/{lang}/clips/{id}", get(watch::one))
        .route("/{lang}/clips/{id}/edit", get(own::edit))
        .route("/{lang}/clips/{id}/original", get(files::original))
        .route("/{lang}/clips/{id}/{verb}", post(own::act))
        .route("/media/clips/{id}/{file}", get(files::file))
        .route("/{lang}/studio/episodes/{id}/clip", post(cut::act))
        .route("/api/v1/clips", get(a::list))
        .route("/api/v1/shows/{id}/clips", post(a::begin))
        .merge(files_too)
}
