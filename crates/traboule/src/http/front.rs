//! The front: a GET by somebody who is not signed in, for a page that is ready and fresh, is answered before the
//! router is asked. Everything else goes behind, with the peer's address.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use axum::serve::IncomingStream;
use futures_util::future::Either;
use tokio::net::TcpListener;
use tower::Service;

use crate::app::App;
use crate::http::session::has_session;

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

    /// A permanent redirect for what is asked under a host name the site had before: feed readers update their
    /// address only on a permanent one.
    fn moved(&self, request: &Request) -> Option<Response> {
        if self.app.former_hosts.is_empty() || !matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        let host = request.headers().get(header::HOST)?.to_str().ok()?.to_ascii_lowercase();
        // A port in the header says nothing about which site is meant.
        let name = host
            .rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
            .map_or(host.as_str(), |(n, _)| n);
        if !self.app.former_hosts.iter().any(|former| *former == host || former == name) {
            return None;
        }
        let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
        response.headers_mut().insert(header::LOCATION, self.app.links.absolute(path).parse().ok()?);
        Some(response)
    }

    /// The answer, if it is ready.
    fn ready(&self, request: &Request) -> Option<Response> {
        let asks = matches!(*request.method(), Method::GET | Method::HEAD) && request.uri().query().is_none();
        if !asks || has_session(request.headers()) {
            return None;
        }
        let page = self.app.cache.get(request.uri().path(), self.app.now())?;
        let served = page.serve(request.headers());
        let mut response = Response::new(Body::from(served.body));
        *response.status_mut() = if served.status == 304 { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        *response.headers_mut() = served.headers;
        Some(response)
    }
}

type RouterFuture = <Router as Service<Request>>::Future;

impl Service<Request> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<std::future::Ready<Result<Response, Infallible>>, RouterFuture>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        if let Some(response) = self.moved(&request).or_else(|| self.ready(&request)) {
            return Either::Left(std::future::ready(Ok(response)));
        }
        request.extensions_mut().insert(self.peer);
        Either::Right(self.router.call(request))
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
