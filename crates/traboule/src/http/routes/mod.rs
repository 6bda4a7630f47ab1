//! Every route with who may ask, family by family, so that a test can hold the list against the permission tests: a
//! route nobody listed does not exist.

mod audience;
mod clips;
mod comments;
mod feed;
mod log;
mod members;
mod moderation;
mod posts;
mod search;
mod sharing;

use std::sync::{Arc, LazyLock};

use axum::Router;

use crate::app::App;

/// A route and who may ask it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path as the router knows it.
    pub path: &'static str,
    /// `public`, `signed-in`, `member`, `editor`, `owner` or `demo`.
    pub who: &'static str,
}

pub(super) const fn route(method: &'static str, path: &'static str, who: &'static str) -> Route {
    Route { method, path, who }
}

/// Every route.
pub static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let families = [
        super::router::ROUTES,
        comments::ROUTES,
        moderation::ROUTES,
        audience::ROUTES,
        search::ROUTES,
        sharing::ROUTES,
        log::ROUTES,
        members::ROUTES,
        posts::ROUTES,
        clips::ROUTES,
        feed::ROUTES,
    ];
    families.concat()
});

/// The families that have files of their own.
pub(super) fn more() -> Router<Arc<App>> {
    Router::new()
        .merge(comments::router())
        .merge(moderation::router())
        .merge(audience::router())
        .merge(search::router())
        .merge(sharing::router())
        .merge(log::router())
        .merge(members::router())
        .merge(posts::router())
        .merge(clips::router())
        .merge(feed::router())
}
