//! Members: sign-up, profiles, follows, notifications. The addresses, and who may ask. The handlers are in `pages` and `api`.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::{Route, route};
use crate::app::App;
use crate::pages::members::join;

/// Every route of this file.
pub(super) const ROUTES: &[Route] = &[
    route("GET", "/{lang}/join", "public"),
    route("POST", "/{lang}/join", "public"),
    route("POST", "/{lang}/join/finish", "public"),
    route("POST", "/join/passkey/begin", "public"),
    route("POST", "/join/passkey/finish", "public"),
];

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/{lang}/join", get(join::show).post(join::ask))
        .route("/{lang}/join/finish", post(join::finish))
        .route("/join/passkey/begin", post(join::passkey_begin))
        .route("/join/passkey/finish", post(join::passkey_finish))
}
