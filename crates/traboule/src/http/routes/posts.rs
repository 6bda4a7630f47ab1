//! Posts: writing, reading, history, links. The addresses, and who may ask. The handlers are in `pages` and `api`.

use std::sync::Arc;

use axum::Router;

use super::Route;
use crate::app::App;

/// Every route of this file.
pub(super) const ROUTES: &[Route] = &[];

/// Their handlers.
pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
}
