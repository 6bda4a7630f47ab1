//! The front: a GET by somebody who is not signed in, for a page that is ready and fresh, is answered before the
//! router is asked. Everything else goes behind, with the peer's address.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use axum::serve::IncomingStream;
use futures_util::future::Either;
use publish::service::ShowPlace;
use tokio::net::TcpListener;
use tower::Service;

use crate::app::App;
use crate::http::places::{PlaceMap, Where};
use crate::http::session::{has_commenter, has_session};

/// The address a connection comes from.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The service of one connection.
#[derive(Clone)]
pub struct Front {
    app: Arc<App>,
    router: Router,
    peer: Peer,
}

impl Front {
    /// A front for one connection.
    #[must_use]
    pub fn new(app: Arc<App>, router: Router, peer: SocketAddr) -> Self {
        Self { app, router, peer: Peer(peer) }
    }

    /// The answer that needs no router: a redirect, or a page that is ready. What goes behind learns whose site it is for.
    fn at_once(&self, map: &PlaceMap, request: &mut Request) -> Option<Response> {
        let place = match map.place(request, &self.app.links, &self.app.former_hosts) {
            Where::Main => None,
            Where::Show(place) => Some(place),
            // Feed readers update their address only on a permanent redirect.
            Where::Moved(to) => return elsewhere(StatusCode::MOVED_PERMANENTLY, &to),
            Where::Desk(to) => return elsewhere(StatusCode::SEE_OTHER, &to),
        };
        let ready = self.ready(request, place.as_deref());
        if let Some(place) = place {
            request.extensions_mut().insert(place);
        }
        request.extensions_mut().insert(self.peer);
        ready
    }

    /// The answer, if it is ready.
    fn ready(&self, request: &Request, place: Option<&ShowPlace>) -> Option<Response> {
        let asks = matches!(*request.method(), Method::GET | Method::HEAD) && request.uri().query().is_none();
        if !asks || has_session(request.headers()) {
            return None;
        }
        let path = request.uri().path();
        let page = match place {
            None => self.app.cache.get(path, self.app.now())?,
            Some(place) => self.app.cache.get(&cache_key(Some(place), path), self.app.now())?,
        };
        // Whom this device remembers finds their name in the form.
        if has_commenter(request.headers()) && page.has_hole("commenter") {
            return None;
        }
        let served = page.serve(request.headers());
        if let (Some(item), &Method::GET) = (page.item(), request.method()) {
            let ip = ui::client_ip(self.peer.0.ip(), request.headers(), &self.app.proxies);
            crate::counting::view(&self.app, Some(item), request.headers(), ip, served.status, &kernel::Actor::Visitor);
        }
        let mut response = Response::new(Body::from(served.body));
        *response.status_mut() = if served.status == 304 { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        *response.headers_mut() = served.headers;
        Some(response)
    }
}

/// The name of a page in the cache: its path, after the host it is under when that is a show's own.
pub(crate) fn cache_key(place: Option<&ShowPlace>, path: &str) -> String {
    let host = place.and_then(|p| p.host.as_deref()).unwrap_or_default();
    format!("{host}{path}")
}

/// Whether a path is the one way to write its address. Others are answered, but not kept: one page would be under very many
/// names, and they would throw the others out.
pub(crate) fn is_canonical(path: &str) -> bool {
    path.split('/')
        .all(|segment| is_plainly_coded(segment) && is_plain_id(segment.split('.').next().unwrap_or_default()))
}

/// Whether what is encoded has to be, in upper case (RFC 3986, section 6.2.2).
fn is_plainly_coded(segment: &str) -> bool {
    segment.split('%').skip(1).all(|after| {
        let Some(hex) = after.get(..2).filter(|h| h.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'))) else {
            return false;
        };
        let byte = u8::from_str_radix(hex, 16).unwrap_or_default();
        !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
    })
}

/// Whether what looks like an id is written as we write it: those who read it aloud may write others.
fn is_plain_id(text: &str) -> bool {
    let Some((prefix, digits)) = text.split_once('_') else { return true };
    let looks = !prefix.is_empty()
        && prefix.bytes().all(|b| b.is_ascii_lowercase())
        && digits.len() == 13
        && digits.bytes().all(|b| b.is_ascii_alphanumeric());
    !looks || digits.bytes().all(|b| b.is_ascii_digit() || (b.is_ascii_uppercase() && !b"ILOU".contains(&b)))
}

fn elsewhere(status: StatusCode, to: &str) -> Option<Response> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(header::LOCATION, to.parse().ok()?);
    if status == StatusCode::SEE_OTHER {
        response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    }
    Some(response)
}

type RouterFuture = <Router as Service<Request>>::Future;
/// What has to look up host names first.
type SlowFuture = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl Service<Request> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<std::future::Ready<Result<Response, Infallible>>, Either<RouterFuture, SlowFuture>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let Some(map) = self.app.places.ready() else {
            let mut front = self.clone();
            return Either::Right(Either::Right(Box::pin(async move {
                let map = front.app.places.get(&front.app.db).await;
                match front.at_once(&map, &mut request) {
                    Some(response) => Ok(response),
                    None => front.router.call(request).await,
                }
            })));
        };
        match self.at_once(&map, &mut request) {
            Some(response) => Either::Left(std::future::ready(Ok(response))),
            None => Either::Right(Either::Left(self.router.call(request))),
        }
    }
}

/// Makes a front per connection.
#[derive(Clone)]
pub struct MakeFront {
    app: Arc<App>,
    router: Router,
}

impl MakeFront {
    /// Fronts for this server.
    #[must_use]
    pub fn new(app: Arc<App>) -> Self {
        let router = super::router(app.clone());
        Self { app, router }
    }
}

impl Service<IncomingStream<'_, TcpListener>> for MakeFront {
    type Response = Front;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Front, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, stream: IncomingStream<'_, TcpListener>) -> Self::Future {
        let peer = *stream.remote_addr();
        std::future::ready(Ok(Front::new(self.app.clone(), self.router.clone(), peer)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_one_name_under_which_it_is_kept() {
        for plain in
            ["/", "/fr/", "/en/tags/lyon", "/en/tags/%C3%A9t%C3%A9", "/fr/posts/po_0000BZ3M1K002", "/a/b.fr.xml"]
        {
            assert!(is_canonical(plain), "{plain}");
        }
        for other in [
            "/en/tags/l%79on",
            "/%65n/explore",
            "/en/tags/%c3%a9t%c3%a9",
            "/en/tags/%",
            "/en/tags/%zz",
            "/fr/posts/po_0000bZ3M1K002",
            "/fr/posts/po_OOOOBZ3M1K002",
            "/feeds/posts/po_0000BZ3M1K00l.xml",
        ] {
            assert!(!is_canonical(other), "{other}");
        }
    }
}
