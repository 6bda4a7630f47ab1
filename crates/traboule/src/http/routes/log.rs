//! The public log: checkpoints, tiles, proofs, its pages. The addresses, and who may ask. The handlers are in `pages` and `api`.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::{Route, route};
use crate::app::App;
use crate::pages::log;

/// Every route of this file.
pub(super) const ROUTES: &[Route] =
    &[route("GET", "/log/checkpoint", "public"), route("GET", "/log/tile/{*path}", "public")];

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route("/log/checkpoint", get(log::checkpoint)).route("/log/tile/{*path}", get(log::tile))
}
