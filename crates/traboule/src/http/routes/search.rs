//! Search and the map for crawlers: the addresses, and who may ask. The handlers are in `pages` and `api`.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::{Route, route};
use crate::app::App;
use crate::{api, pages};

/// Every route of this file.
pub(super) const ROUTES: &[Route] = &[
    route("GET", "/{lang}/search", "public"),
    route("GET", "/opensearch.xml", "public"),
    route("GET", "/sitemaps/{section}", "public"),
    route("GET", "/api/v1/search", "public"),
    route("GET", "/api/v1/search/posts", "public"),
    route("GET", "/api/v1/search/people", "public"),
];

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/{lang}/search", get(pages::search::search))
        .route("/opensearch.xml", get(pages::search::opensearch))
        .route("/sitemaps/{section}", get(pages::sitemap::section))
        .route("/api/v1/search", get(api::search::search))
        .route("/api/v1/search/posts", get(api::search::posts))
        .route("/api/v1/search/people", get(api::search::people))
}
