//! Posts: writing, reading, history, links. The addresses, and who may ask. The handlers are in `pages` and `api`.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::{Route, route};
use crate::api::posts as api;
use crate::app::App;
use crate::pages::{comments, posts};

/// Every route of this file.
pub(super) const ROUTES: &[Route] = &[
    route("GET", "/{lang}/posts/new", "signed-in"),
    route("POST", "/{lang}/posts/new", "signed-in"),
    route("GET", "/{lang}/posts/mine", "signed-in"),
    route("GET", "/{lang}/posts/elsewhere", "signed-in"),
    route("GET", "/{lang}/posts/{id}", "public"),
    route("GET", "/{lang}/posts/{id}/history", "public"),
    route("GET", "/{lang}/posts/{id}/edit", "signed-in"),
    route("POST", "/{lang}/posts/{id}/edit", "signed-in"),
    route("GET", "/{lang}/posts/{id}/delete", "signed-in"),
    route("POST", "/{lang}/posts/{id}/delete", "signed-in"),
    route("POST", "/{lang}/posts/{id}/reshare", "signed-in"),
    route("POST", "/{lang}/posts/{id}/unshare", "signed-in"),
    route("GET", "/{lang}/posts/{id}/remove", "moderator"),
    route("POST", "/{lang}/posts/{id}/remove", "moderator"),
    route("POST", "/{lang}/posts/{id}/restore", "moderator"),
    route("GET", "/{lang}/posts/{id}/comments", "public"),
    route("POST", "/{lang}/posts/{id}/comments", "public"),
    route("GET", "/api/v1/posts", "public"),
    route("POST", "/api/v1/posts", "signed-in"),
    route("POST", "/api/v1/post-pictures", "signed-in"),
    route("GET", "/api/v1/posts/{id}", "public"),
    route("PUT", "/api/v1/posts/{id}", "signed-in"),
    route("DELETE", "/api/v1/posts/{id}", "signed-in"),
    route("GET", "/media/posts/new/{token}", "signed-in"),
    route("GET", "/media/posts/{id}/{file}", "public"),
];

/// The most a form with pictures may bring, in bytes.
const FORM: usize = 4 * community::pictures::MOST_BYTES + 1024 * 1024;

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    let writing = Router::new()
        .route("/{lang}/posts/new", get(posts::new).post(posts::create))
        .layer(DefaultBodyLimit::max(FORM));
    Router::new()
        .merge(writing)
        .route("/{lang}/posts/mine", get(posts::mine))
        .route("/{lang}/posts/elsewhere", get(posts::elsewhere::show))
        .route("/{lang}/posts/{id}", get(posts::show))
        .route("/{lang}/posts/{id}/history", get(posts::history))
        .route("/{lang}/posts/{id}/edit", get(posts::edit).post(posts::save))
        .route("/{lang}/posts/{id}/delete", get(posts::ask_delete).post(posts::delete))
        .route("/{lang}/posts/{id}/reshare", post(posts::reshare))
        .route("/{lang}/posts/{id}/unshare", post(posts::unshare))
        .route("/{lang}/posts/{id}/remove", get(posts::ask_remove).post(posts::remove))
        .route("/{lang}/posts/{id}/restore", post(posts::restore))
        .route("/{lang}/posts/{id}/comments", get(comments::all_under_post).post(comments::say_under_post))
        .route("/api/v1/posts", get(api::list).post(api::write))
        // Reads its body itself, when it knows who sends it.
        .route("/api/v1/post-pictures", post(api::picture))
        .route("/api/v1/posts/{id}", get(api::read).put(api::edit).delete(api::delete))
        .route("/media/posts/new/{token}", get(posts::waiting))
        .route("/media/posts/{id}/{file}", get(posts::file))
}
