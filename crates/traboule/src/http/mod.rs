//! HTTP: the front that answers cached pages at once, the router behind it, sessions, answers.

pub(crate) mod cursor;
mod front;
mod places;
mod posted;
mod respond;
mod router;
mod routes;
mod session;

pub use front::{Front, MakeFront, Peer};
pub use places::{PlaceMap, Places, Where};
pub use posted::read_form;
pub(crate) use respond::cite;
pub use respond::{
    Built, LOG_SIZE, NavView, Page, PageShell, cached, error_page, failure_page, html, passing, redirect, served,
    uncached,
};
pub use router::router;
pub use routes::{ROUTES, Route};
pub use session::{COMMENTER_COOKIE, Client, SESSION_COOKIE, Web, commenter_cookie, session_cookie};
