//! The queue of comments, for moderators: the addresses, and who may ask. The handlers are in `pages` and `api`.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::{Route, route};
use crate::app::App;
use crate::pages::studio::comments;

/// Every route of this file.
pub(super) const ROUTES: &[Route] = &[
    route("GET", "/{lang}/studio/comments", "moderator"),
    route("GET", "/{lang}/studio/comments/settings", "moderator"),
    route("POST", "/{lang}/studio/comments/settings", "moderator"),
    route("POST", "/{lang}/studio/comments/{verb}", "moderator"),
];

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/{lang}/studio/comments", get(comments::queue))
        .route("/{lang}/studio/comments/settings", get(comments::settings).post(comments::save))
        .route("/{lang}/studio/comments/{verb}", post(comments::act))
}
