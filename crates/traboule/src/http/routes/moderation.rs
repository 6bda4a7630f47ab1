//! The queue of comments, for moderators: the addresses, and who may ask. The handlers are in `pages` and `api`.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::{Route, route};
use crate::api::moderation as api;
use crate::app::App;
use crate::pages::studio::{comment_settings, comments, comments_act};

/// Every route of this file.
pub(super) const ROUTES: &[Route] = &[
    route("GET", "/{lang}/studio/comments", "moderator"),
    route("POST", "/{lang}/studio/comments/{*action}", "moderator"),
    route("GET", "/{lang}/studio/comments/settings", "moderator"),
    route("POST", "/{lang}/studio/comments/settings", "moderator"),
    route("GET", "/api/v1/comments", "moderator"),
    route("POST", "/api/v1/comments/{id}/approve", "moderator"),
    route("POST", "/api/v1/comments/{id}/spam", "moderator"),
    route("POST", "/api/v1/comments/{id}/remove", "moderator"),
    route("POST", "/api/v1/comments/{id}/hold", "moderator"),
    route("POST", "/api/v1/comment-decisions/{id}/undo", "moderator"),
    route("GET", "/api/v1/comment-settings", "moderator"),
    route("PUT", "/api/v1/comment-settings", "moderator"),
];

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/{lang}/studio/comments", get(comments::queue))
        .route("/{lang}/studio/comments/{*action}", post(comments_act::act))
        .route("/{lang}/studio/comments/settings", get(comment_settings::show).post(comment_settings::save))
        .route("/api/v1/comments", get(api::comments))
        .route("/api/v1/comments/{id}/approve", post(api::approve))
        .route("/api/v1/comments/{id}/spam", post(api::spam))
        .route("/api/v1/comments/{id}/remove", post(api::remove))
        .route("/api/v1/comments/{id}/hold", post(api::hold))
        .route("/api/v1/comment-decisions/{id}/undo", post(api::undo))
        .route("/api/v1/comment-settings", get(api::read_settings).put(api::set_settings))
}
