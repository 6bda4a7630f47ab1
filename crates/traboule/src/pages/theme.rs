//! The style sheet of a show's colour. It is made from the colour alone, so its address says everything and it may be kept
//! for ever; a new rule gives a new digest and thereby a new address.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use publish::rules::theme::{self, Colour};

use crate::http::{Client, Web};
use crate::pages::public::nowhere;

fn sheet(colour: &str) -> Option<(String, String)> {
    let colour = Colour::parse(colour)?;
    let css = theme::css(&theme::theme(colour).ok()?);
    let digest = kernel::sha256_hex(css.as_bytes());
    Some((format!("{}-{}.css", colour.hex().trim_start_matches('#'), digest.get(..12)?), css))
}

/// The address of a colour's style sheet; `None` for a colour that cannot be read.
#[must_use]
pub fn url(colour: &str) -> Option<String> {
    sheet(colour).map(|(name, _)| format!("/theme/{name}"))
}

/// GET `/theme/{file}`.
pub async fn file(State(app): Web, client: Client, Path(file): Path<String>) -> Response {
    let made = file.split_once('-').and_then(|(colour, _)| sheet(colour)).filter(|(name, _)| *name == file);
    let Some((_, css)) = made else { return nowhere(State(app), client).await };
    let mut response = Response::new(Body::from(css));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    response
}
