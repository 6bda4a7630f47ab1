//! Sharing: quotes, frames: the addresses, and who may ask. The handlers are in `pages` and `api`.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::{Route, route};
use crate::app::App;
use crate::pages::sharing;

/// Every route of this file.
pub(super) const ROUTES: &[Route] = &[route("GET", "/{lang}/shows/{show}/{episode}/quote", "public")];

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route("/{lang}/shows/{show}/{episode}/quote", get(sharing::quote))
}
