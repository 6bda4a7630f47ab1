//! What stands in for the outside: receivers of webhooks, addresses of sources, and this very site asked as a listener
//! asks it, through its own front.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use axum::body::Body;
use community::ports::{Account, Elsewhere, ElsewhereError, Prepared};
use futures_util::future::BoxFuture;
use http_body_util::BodyExt;
use publish::ports::{FetchError, Fetched, Fetcher, MayFn, Poster, Prober, ProgressFn, Question, Reply};
use tower::Service;
use traboule::app::App;
use traboule::fetch::WebFetcher;
use traboule::http::{Front, router};

/// A message a receiver got.
#[derive(Clone, Debug)]
pub struct Message {
    /// To which address.
    pub url: String,
    /// Its headers.
    pub headers: Vec<(&'static str, String)>,
    /// Its body.
    pub body: String,
}

impl Message {
    /// A header, empty when absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v.as_str())
    }
}

/// Everything outside.
#[derive(Default)]
pub struct Outside {
    pub(crate) app: Mutex<Weak<App>>,
    messages: Mutex<Vec<Message>>,
    statuses: Mutex<HashMap<String, u16>>,
    probed: Mutex<Vec<String>>,
    broken: Mutex<Option<&'static str>>,
    accounts: Mutex<Vec<Account>>,
    placed: Mutex<Vec<Prepared>>,
    served: Mutex<HashMap<String, axum::Router>>,
}

fn open<T>(cell: &Mutex<T>) -> MutexGuard<'_, T> {
    cell.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Outside {
    /// The messages receivers got so far.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        open(&self.messages).clone()
    }

    /// Makes an address answer with a status: a source (200 otherwise) or a receiver (204 otherwise); 0 does not answer.
    pub fn answers(&self, url: &str, status: u16) {
        open(&self.statuses).insert(url.to_owned(), status);
    }

    /// Serves everything below an address, for whoever exchanges texts with it.
    pub fn serves(&self, prefix: &str, router: axum::Router) {
        open(&self.served).insert(prefix.to_owned(), router);
    }

    async fn answer(&self, url: &str, text: Option<&str>) -> Result<(u16, String), FetchError> {
        let found =
            open(&self.served).iter().find(|(prefix, _)| url.starts_with(*prefix)).map(|(p, r)| (p.len(), r.clone()));
        let (skip, mut router) = found.ok_or_else(|| FetchError::Failed("no answer".to_owned()))?;
        let method = if text.is_some() { "POST" } else { "GET" };
        let body = Body::from(text.unwrap_or_default().to_owned());
        let request = crate::request(method, &url[skip..], None, &[], body);
        let response = router.call(request).await.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.map_err(|e| FetchError::Failed(e.to_string()))?.to_bytes();
        Ok((parts.status.as_u16(), String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// The addresses of sources that were asked so far.
    #[must_use]
    pub fn probed(&self) -> Vec<String> {
        open(&self.probed).clone()
    }

    /// Makes every address of this site that contains `part` answer 503 to the prober.
    pub fn breaks(&self, part: Option<&'static str>) {
        *open(&self.broken) = part;
    }

    /// Links every voice with accounts of other networks.
    pub fn links(&self, accounts: Vec<Account>) {
        *open(&self.accounts) = accounts;
    }

    /// The posts that were put elsewhere so far.
    #[must_use]
    pub fn placed(&self) -> Vec<Prepared> {
        open(&self.placed).clone()
    }

    fn status(&self, url: &str, usual: u16) -> Result<u16, FetchError> {
        match open(&self.statuses).get(url).copied().unwrap_or(usual) {
            0 => Err(FetchError::Failed("no answer".to_owned())),
            status => Ok(status),
        }
    }
}

impl Poster for Outside {
    fn post<'a>(
        &'a self,
        url: &'a str,
        headers: &'a [(&'static str, String)],
        body: &'a str,
    ) -> BoxFuture<'a, Result<u16, FetchError>> {
        open(&self.messages).push(Message { url: url.to_owned(), headers: headers.to_vec(), body: body.to_owned() });
        let status = self.status(url, 204);
        Box::pin(async move { status })
    }

    fn exchange<'a>(&'a self, url: &'a str, text: Option<&'a str>) -> BoxFuture<'a, Result<(u16, String), FetchError>> {
        Box::pin(self.answer(url, text))
    }
}

impl Elsewhere for Outside {
    fn accounts(&self, _voice: i64) -> BoxFuture<'_, Vec<Account>> {
        let accounts = open(&self.accounts).clone();
        Box::pin(async move { accounts })
    }

    fn place<'a>(&'a self, prepared: &'a Prepared) -> BoxFuture<'a, Result<(), ElsewhereError>> {
        open(&self.placed).push(prepared.clone());
        Box::pin(async { Ok(()) })
    }
}

impl Prober for Outside {
    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Reply, String>> {
        let app = open(&self.app).upgrade();
        let broken = open(&self.broken).is_some_and(|part| question.url.contains(part));
        Box::pin(async move {
            if broken {
                return Ok(Reply { status: 503, ..Reply::default() });
            }
            let app = app.ok_or_else(|| "nobody listens".to_owned())?;
            let path = question.url.strip_prefix(app.links.origin()).ok_or("another site")?.to_owned();
            let headers: Vec<(&str, &str)> = question.headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let request = crate::request(question.method, &path, None, &headers, Body::empty());
            let peer = SocketAddr::from(([203, 0, 113, 9], 5000));
            let mut front = Front::new(app.clone(), router(app.clone()), peer);
            let response = front.call(request).await.unwrap_or_else(|never| match never {});
            let (parts, body) = response.into_parts();
            let mut bytes = body.collect().await.map_err(|e| e.to_string())?.to_bytes().to_vec();
            bytes.truncate(question.most);
            let text = |v: &axum::http::HeaderValue| v.to_str().unwrap_or_default().to_owned();
            let headers = parts.headers.iter().map(|(n, v)| (n.as_str().to_owned(), text(v))).collect();
            Ok(Reply { status: parts.status.as_u16(), headers, body: bytes })
        })
    }
}

/// Downloads for real, from this machine; asks sources of [`Outside`] only.
pub struct OutsideFetcher {
    /// Downloads.
    pub web: WebFetcher,
    /// Answers for sources.
    pub outside: Arc<Outside>,
}

impl Fetcher for OutsideFetcher {
    fn fetch<'a>(
        &'a self,
        url: &'a str,
        into: &'a std::path::Path,
        most: u64,
        progress: ProgressFn<'a>,
    ) -> BoxFuture<'a, Result<Fetched, FetchError>> {
        self.web.fetch(url, into, most, progress)
    }

    fn fetch_by<'a>(
        &'a self,
        url: &'a str,
        into: &'a std::path::Path,
        most: u64,
        may: MayFn<'a>,
    ) -> BoxFuture<'a, Result<Fetched, FetchError>> {
        self.web.fetch_by(url, into, most, may)
    }

    fn probe<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<u16, FetchError>> {
        open(&self.outside.probed).push(url.to_owned());
        let status = self.outside.status(url, 200);
        Box::pin(async move { status })
    }
}
