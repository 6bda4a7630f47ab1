//! Listens and views: charts, tables, the rules they are counted by: the addresses, and who may ask. The handlers are in
//! `pages` and `api`.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::{Route, route};
use crate::api::audience as f;
use crate::api::listens as a;
use crate::app::App;
use crate::pages::listens;
use crate::pages::studio::audience;
use crate::pages::studio::audience::report;

/// Every route of this file.
pub(super) const ROUTES: &[Route] = &[
    route("GET", "/{lang}/listens", "public"),
    route("GET", "/listens/rules.json", "public"),
    route("GET", "/listens/rules/{version}", "public"),
    route("GET", "/{lang}/report/{token}", "public"),
    route("GET", "/{lang}/studio/audience", "signed-in"),
    route("GET", "/{lang}/studio/audience.csv", "signed-in"),
    route("GET", "/{lang}/studio/audience/{show}/{month}", "member"),
    route("POST", "/{lang}/studio/audience/{show}/{month}", "editor"),
    route("GET", "/{lang}/studio/episodes/{id}/audience", "member"),
    route("GET", "/api/v1/shows/{id}/audience", "member"),
    route("GET", "/api/v1/episodes/{id}/audience", "member"),
    route("GET", "/api/v1/listens/rules", "public"),
    route("GET", "/api/v1/listens/{day}", "owner"),
];

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/{lang}/listens", get(listens::show))
        .route("/listens/rules.json", get(listens::rules))
        .route("/listens/rules/{version}", get(listens::edition))
        .route("/{lang}/report/{token}", get(report::by_link))
        .route("/{lang}/studio/audience", get(audience::show))
        .route("/{lang}/studio/audience.csv", get(audience::table))
        .route("/{lang}/studio/audience/{show}/{month}", get(report::show).post(report::act))
        .route("/{lang}/studio/episodes/{id}/audience", get(audience::episode))
        .route("/api/v1/shows/{id}/audience", get(f::of_show))
        .route("/api/v1/episodes/{id}/audience", get(f::of_episode))
        .route("/api/v1/listens/rules", get(a::rules))
        .route("/api/v1/listens/{day}", get(a::events))
}
