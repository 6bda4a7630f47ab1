//! Listens and views: charts, tables, the rules they are counted by: the addresses, and who may ask. The handlers are in `pages` and `api`.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::{Route, route};
use crate::api::listens as a;
use crate::app::App;

/// Every route of this file.
pub(super) const ROUTES: &[Route] =
    &[route("GET", "/api/v1/listens/rules", "public"), route("GET", "/api/v1/listens/{day}", "owner")];

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route("/api/v1/listens/rules", get(a::rules)).route("/api/v1/listens/{day}", get(a::events))
}
