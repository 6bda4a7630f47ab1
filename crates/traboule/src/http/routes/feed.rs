//! The home feed, explore, tags and what decides the order. The addresses, and who may ask. The handlers are in `pages` and `api`.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::{Route, route};
use crate::app::App;
use crate::pages::feed::order;

/// Every route of this file.
pub(super) const ROUTES: &[Route] =
    &[route("GET", "/{lang}/order", "public"), route("GET", "/order/definitions.txt", "public")];

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route("/{lang}/order", get(order::show)).route("/order/definitions.txt", get(order::definitions))
}
