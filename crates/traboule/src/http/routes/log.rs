//! The public log: checkpoints, tiles, proofs, its pages. The addresses, and who may ask. The handlers are in `pages` and `api`.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::{Route, route};
use crate::api;
use crate::app::App;
use crate::pages::log;

/// Every route of this file.
pub(super) const ROUTES: &[Route] = &[
    route("GET", "/log/checkpoint", "public"),
    route("GET", "/log/tile/{*path}", "public"),
    route("GET", "/log/{n}/{what}", "public"),
    route("GET", "/log/{n}/proof/{leaf}", "public"),
    route("GET", "/log/{n}/tile/{*path}", "public"),
    route("GET", "/log/policy", "public"),
    route("GET", "/log/proof/{leaf}", "public"),
    route("GET", "/log/receipt/{leaf}", "public"),
    route("POST", "/log/cosignature", "public"),
    route("POST", "/log/witness/add-checkpoint", "public"),
    route("GET", "/log/witness/{origin}/checkpoint", "public"),
    route("GET", "/{lang}/log", "public"),
    route("GET", "/{lang}/log/{index}", "public"),
    route("GET", "/api/v1/log", "public"),
    route("GET", "/api/v1/log/leaves", "public"),
    route("GET", "/api/v1/log/leaves/{leaf}", "public"),
];

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/log/checkpoint", get(log::checkpoint))
        .route("/log/tile/{*path}", get(log::tile))
        .route("/log/{n}/{what}", get(log::of_number))
        .route("/log/{n}/proof/{leaf}", get(log::proof_of))
        .route("/log/{n}/tile/{*path}", get(log::tile_of))
        .route("/log/policy", get(log::policy))
        .route("/log/proof/{leaf}", get(log::proof))
        .route("/log/receipt/{leaf}", get(log::receipt))
        .route("/log/cosignature", post(log::cosignature))
        .route("/log/witness/add-checkpoint", post(log::add_checkpoint))
        .route("/log/witness/{origin}/checkpoint", get(log::witnessed))
        .route("/{lang}/log", get(log::list))
        .route("/{lang}/log/{index}", get(log::leaf))
        .route("/api/v1/log", get(api::log::state))
        .route("/api/v1/log/leaves", get(api::log::leaves))
        .route("/api/v1/log/leaves/{leaf}", get(api::log::leaf))
}
