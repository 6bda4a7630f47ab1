//! The home feed, explore, tags and what decides the order. The addresses, and who may ask. The handlers are in `pages` and `api`.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::{Route, route};
use crate::api::feed as a;
use crate::app::App;
use crate::pages::feed::{explore, home, order, syndicated};

/// Every route of this file.
pub(super) const ROUTES: &[Route] = &[
    route("GET", "/{lang}/feed", "signed-in"),
    route("POST", "/{lang}/feed/order", "signed-in"),
    route("GET", "/{lang}/explore", "public"),
    route("GET", "/{lang}/tags/{tag}", "public"),
    route("GET", "/feeds/tags/{file}", "public"),
    route("GET", "/feeds/members/{file}", "public"),
    route("GET", "/{lang}/order", "public"),
    route("GET", "/order/definitions.txt", "public"),
    route("GET", "/api/v1/feed", "signed-in"),
    route("GET", "/api/v1/explore", "public"),
    route("GET", "/api/v1/tags/{tag}", "public"),
];

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/{lang}/feed", get(home::show))
        .route("/{lang}/feed/order", post(home::choose))
        .route("/{lang}/explore", get(explore::explore))
        .route("/{lang}/tags/{tag}", get(explore::tag))
        .route("/feeds/tags/{file}", get(syndicated::of_tag))
        .route("/feeds/members/{file}", get(syndicated::of_voice))
        .route("/{lang}/order", get(order::show))
        .route("/order/definitions.txt", get(order::definitions))
        .route("/api/v1/feed", get(a::home))
        .route("/api/v1/explore", get(a::explore))
        .route("/api/v1/tags/{tag}", get(a::tag))
}
