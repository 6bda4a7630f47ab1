//! Asks this very site at its public address, as a listener's program does: no cookies, no redirects followed. Only
//! addresses made by our own links come here, so no guard against private networks stands in the way.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use publish::ports::{Prober, Question, Reply};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};

/// The longest one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The prober of a real server.
pub struct WebProber(Client);

impl WebProber {
    /// Sets the client up.
    ///
    /// # Errors
    /// When the TLS stack cannot be set up.
    pub fn new() -> Result<Self, String> {
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .user_agent(concat!("Traboule/", env!("CARGO_PKG_VERSION"), " (proof of publication)"))
            .redirect(Policy::none())
            .no_proxy()
            .no_gzip()
            .connect_timeout(Duration::from_secs(10))
            .timeout(PATIENCE)
            .build();
        client.map(Self).map_err(|e| e.to_string())
    }

    async fn answer(&self, question: Question) -> Result<Reply, String> {
        let method = if question.method == "HEAD" { Method::HEAD } else { Method::GET };
        let mut request = self.0.request(method, &question.url);
        for (name, value) in &question.headers {
            request = request.header(*name, value);
        }
        let response = request.send().await.map_err(|e| plain(&e))?;
        let header = |(n, v): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
            (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned())
        };
        let mut reply = Reply {
            status: response.status().as_u16(),
            headers: response.headers().iter().map(header).collect(),
            body: Vec::new(),
        };
        let mut body = response.bytes_stream();
        while let Some(piece) = body.next().await {
            if reply.body.len() >= question.most {
                break;
            }
            reply.body.extend_from_slice(&piece.map_err(|e| plain(&e))?);
        }
        reply.body.truncate(question.most);
        Ok(reply)
    }
}

/// The innermost reason, without the address.
fn plain(error: &reqwest::Error) -> String {
    let mut source: &dyn std::error::Error = error;
    while let Some(inner) = source.source() {
        source = inner;
    }
    source.to_string()
}

impl Prober for WebProber {
    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Reply, String>> {
        Box::pin(self.answer(question))
    }
}

/// Gets no answer, for servers that do not listen while they work (the demo while it is made, the benches).
pub struct Silence;

impl Prober for Silence {
    fn ask(&self, _: Question) -> BoxFuture<'_, Result<Reply, String>> {
        Box::pin(async { Err("nobody listens yet".to_owned()) })
    }
}
