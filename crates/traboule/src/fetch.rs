//! Downloads from the outside, guarded: only http(s) to public addresses. The guard sits in name resolution, so a name
//! that changes between check and use changes nothing; each redirect is a new request under the same guard.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use publish::ports::{FetchError, Fetched, Fetcher, MayFn, Poster, ProgressFn};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url, header};
use tokio::io::AsyncWriteExt;

/// Redirects followed for one download.
const REDIRECTS: usize = 8;
/// The longest pause between two pieces of a body.
const STALL: Duration = Duration::from_secs(30);
/// The longest a whole download may take: a slow trickle is no download.
const WHOLE: Duration = Duration::from_secs(3600);
/// The longest an address of a source, or a receiver of messages, may take.
const SHORT: Duration = Duration::from_secs(10);
/// The most bytes of a short text that is answered.
const MOST_ANSWER: usize = 64 * 1024;

/// Whether the guard lets an address through: global unicast only.
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => {
            let s = v6.segments();
            let embedded = match s {
                // 6to4 (2002::/16) and NAT64 (64:ff9b::/96) carry an IPv4 address that must be public too.
                [0x2002, a, b, ..] => Some(Ipv4Addr::from((u32::from(a) << 16) | u32::from(b))),
                [0x64, 0xff9b, 0, 0, 0, 0, a, b] => Some(Ipv4Addr::from((u32::from(a) << 16) | u32::from(b))),
                _ => None,
            };
            if let Some(v4) = embedded {
                return is_public_v4(v4);
            }
            // Only 2000::/3 is global unicast; within it documentation, benchmarking and Teredo are not.
            let global = s[0] & 0xe000 == 0x2000;
            let special = (s[0] == 0x2001 && (s[1] == 0x0db8 || s[1] < 0x0200)) || (s[0] == 0x3fff && s[1] < 0x1000);
            global && !special
        }
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = a == 0
        || a == 10
        || a == 127
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 169 && b == 254)
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 168)
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113);
    !special
}

/// Which addresses besides public ones may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Besides {
    /// None: a real server.
    Nothing,
    /// This machine: messages of webhooks in the demo.
    Loopback,
    /// Every address: tests.
    Everything,
}

impl Besides {
    fn lets(self, ip: IpAddr) -> bool {
        match self {
            Self::Nothing => is_public(ip),
            Self::Loopback => is_public(ip) || ip.to_canonical().is_loopback(),
            Self::Everything => true,
        }
    }
}

/// Whether a name is one of those nobody can own (RFC 6761): asking for it would only make name servers busy.
pub(crate) fn is_reserved(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    [".example", ".invalid", ".test"].iter().any(|end| name.ends_with(end))
}

/// Resolves names and keeps public addresses only.
struct Guard {
    besides: Besides,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let besides = self.besides;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let kept: Vec<SocketAddr> = found.filter(|a| besides.lets(a.ip())).collect();
            if kept.is_empty() {
                return Err(format!("{} is not on the public network", name.as_str()).into());
            }
            let addrs: Addrs = Box::new(kept.into_iter());
            Ok(addrs)
        })
    }
}

/// The guarded client.
pub struct WebFetcher {
    client: Client,
    besides: Besides,
}

impl WebFetcher {
    /// The client of a real server.
    ///
    /// # Errors
    /// When the TLS stack cannot be set up.
    pub fn new() -> Result<Self, String> {
        Self::build(Besides::Nothing)
    }

    /// A client that may also reach this machine; for tests against local servers only.
    ///
    /// # Errors
    /// When the TLS stack cannot be set up.
    pub fn allowing_private() -> Result<Self, String> {
        Self::build(Besides::Everything)
    }

    /// A client that may also reach this machine and no other private address: messages of webhooks in the demo.
    ///
    /// # Errors
    /// When the TLS stack cannot be set up.
    pub fn allowing_loopback() -> Result<Self, String> {
        Self::build(Besides::Loopback)
    }

    fn build(besides: Besides) -> Result<Self, String> {
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .user_agent(concat!("Traboule/", env!("CARGO_PKG_VERSION"), " (feed import)"))
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(15))
            .read_timeout(STALL)
            .timeout(WHOLE)
            .dns_resolver(std::sync::Arc::new(Guard { besides }))
            .build();
        Ok(Self { client: client.map_err(|e| e.to_string())?, besides })
    }

    /// Checks what name resolution never sees: the scheme, and addresses written as numbers.
    fn check(&self, url: &Url) -> Result<(), FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::Refused(format!("{} addresses are not fetched", url.scheme())));
        }
        let literal = match url.host() {
            Some(url::Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(url::Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(url::Host::Domain(_)) => None,
            None => return Err(FetchError::Refused("the address has no host".to_owned())),
        };
        if literal.is_some_and(|ip| !self.besides.lets(ip)) {
            return Err(FetchError::Refused("the address is not on the public network".to_owned()));
        }
        Ok(())
    }

    async fn open(&self, start: &str, may: MayFn<'_>) -> Result<Response, FetchError> {
        let mut url = Url::parse(start).map_err(|_| FetchError::Refused("this is no address".to_owned()))?;
        for hop in 0..=REDIRECTS {
            self.check(&url)?;
            if hop > 0 && !url.host_str().is_some_and(may) {
                return Err(FetchError::Failed("the host was asked often enough".to_owned()));
            }
            let response = self.client.get(url.clone()).send().await.map_err(|e| failed(&e))?;
            let status = response.status();
            if status.is_redirection() {
                let target = response.headers().get(header::LOCATION).and_then(|v| v.to_str().ok());
                let target = target.ok_or_else(|| FetchError::Gone("a redirect without a target".to_owned()))?;
                url = url.join(target).map_err(|_| FetchError::Refused("a redirect to no address".to_owned()))?;
                continue;
            }
            return match status.as_u16() {
                200 => Ok(response),
                408 | 425 | 429 | 500..=599 => Err(FetchError::Failed(format!("the server answered {status}"))),
                _ => Err(FetchError::Gone(format!("the server answered {status}"))),
            };
        }
        Err(FetchError::Refused("too many redirects".to_owned()))
    }

    async fn download(
        &self,
        url: &str,
        into: &Path,
        most: u64,
        progress: ProgressFn<'_>,
        may: MayFn<'_>,
    ) -> Result<Fetched, FetchError> {
        let response = self.open(url, may).await?;
        let too_large = || FetchError::Gone(format!("the file is larger than {most} bytes"));
        let all = response.content_length();
        if all.is_some_and(|n| n > most) {
            return Err(too_large());
        }
        let named = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let mut parts = named.split(';').map(str::trim);
        let mime = parts.next().filter(|m| !m.is_empty()).map(str::to_ascii_lowercase);
        let charset =
            parts.find_map(|p| p.to_ascii_lowercase().strip_prefix("charset=").map(|c| c.trim_matches('"').to_owned()));
        let local = |e: std::io::Error| FetchError::Failed(e.to_string());
        let mut file = tokio::fs::File::create(into).await.map_err(local)?;
        let mut size: u64 = 0;
        // The body arrives unpacked: a small gzip that grows without end stops here too.
        let mut body = response.bytes_stream();
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(|e| failed(&e))?;
            size += piece.len() as u64;
            if size > most {
                return Err(too_large());
            }
            file.write_all(&piece).await.map_err(local)?;
            progress(size, all);
        }
        file.flush().await.map_err(local)?;
        if all.is_some_and(|n| n != size) {
            return Err(FetchError::Failed("the file ended early".to_owned()));
        }
        Ok(Fetched { size, mime, charset })
    }
}

impl WebFetcher {
    /// Asks with HEAD, and when that is not understood with a GET of a few bytes; the body is never read.
    async fn status(&self, start: &str) -> Result<u16, FetchError> {
        let mut url = Url::parse(start).map_err(|_| FetchError::Refused("this is no address".to_owned()))?;
        if url.host_str().is_some_and(is_reserved) {
            return Err(FetchError::Refused("nobody can own this name".to_owned()));
        }
        let mut head = true;
        for _ in 0..=REDIRECTS {
            self.check(&url)?;
            let request = match head {
                true => self.client.head(url.clone()),
                false => self.client.get(url.clone()).header(header::RANGE, "bytes=0-1023"),
            };
            let response = request.timeout(SHORT).send().await.map_err(|e| failed(&e))?;
            let status = response.status();
            let target = response.headers().get(header::LOCATION).and_then(|v| v.to_str().ok());
            match target.filter(|_| status.is_redirection()) {
                Some(target) => {
                    url = url.join(target).map_err(|_| FetchError::Refused("a redirect to no address".to_owned()))?;
                }
                None if head && !status.is_success() => head = false,
                None => return Ok(status.as_u16()),
            }
        }
        Err(FetchError::Refused("too many redirects".to_owned()))
    }

    async fn send(&self, to: &str, headers: &[(&'static str, String)], body: &str) -> Result<u16, FetchError> {
        let url = Url::parse(to).map_err(|_| FetchError::Refused("this is no address".to_owned()))?;
        self.check(&url)?;
        let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !(self.besides != Besides::Nothing && here) {
            return Err(FetchError::Refused("messages go to https only".to_owned()));
        }
        let mut request = self.client.post(url).timeout(SHORT).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.send().await.map_err(|e| failed(&e))?;
        Ok(response.status().as_u16())
    }

    async fn text(&self, at: &str, text: Option<&str>) -> Result<(u16, String), FetchError> {
        let url = Url::parse(at).map_err(|_| FetchError::Refused("this is no address".to_owned()))?;
        self.check(&url)?;
        let request = match text {
            Some(text) => self.client.post(url).body(text.to_owned()),
            None => self.client.get(url),
        };
        let response = request.timeout(SHORT).send().await.map_err(|e| failed(&e))?;
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        let mut body = response.bytes_stream();
        while let Some(piece) = body.next().await {
            bytes.extend_from_slice(&piece.map_err(|e| failed(&e))?);
            if bytes.len() > MOST_ANSWER {
                return Err(FetchError::Gone("the answer is too long".to_owned()));
            }
        }
        let text = String::from_utf8(bytes).map_err(|_| FetchError::Gone("the answer is no text".to_owned()))?;
        Ok((status, text))
    }
}

impl Poster for WebFetcher {
    fn exchange<'a>(&'a self, url: &'a str, text: Option<&'a str>) -> BoxFuture<'a, Result<(u16, String), FetchError>> {
        Box::pin(self.text(url, text))
    }

    fn post<'a>(
        &'a self,
        url: &'a str,
        headers: &'a [(&'static str, String)],
        body: &'a str,
    ) -> BoxFuture<'a, Result<u16, FetchError>> {
        Box::pin(self.send(url, headers, body))
    }
}

/// A refusal of the guard must not be tried again; other failures of the network may be.
fn failed(error: &reqwest::Error) -> FetchError {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    let mut text = String::new();
    while let Some(e) = source {
        text = e.to_string();
        if text.contains("not on the public network") {
            return FetchError::Refused(text);
        }
        source = e.source();
    }
    FetchError::Failed(text)
}

impl Fetcher for WebFetcher {
    fn fetch<'a>(
        &'a self,
        url: &'a str,
        into: &'a Path,
        most: u64,
        progress: ProgressFn<'a>,
    ) -> BoxFuture<'a, Result<Fetched, FetchError>> {
        Box::pin(self.download(url, into, most, progress, &|_| true))
    }

    fn fetch_by<'a>(
        &'a self,
        url: &'a str,
        into: &'a Path,
        most: u64,
        may: MayFn<'a>,
    ) -> BoxFuture<'a, Result<Fetched, FetchError>> {
        Box::pin(self.download(url, into, most, &|_, _| {}, may))
    }

    fn probe<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<u16, FetchError>> {
        Box::pin(self.status(url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c13_only_public_addresses_pass_the_guard() {
        for public in ["8.8.8.8", "2606:4700::1111", "::ffff:9.9.9.9", "2002:0808:0808::1"] {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "2002:7f00:0001::1",
            "64:ff9b::7f00:1",
            "2001:db8::1",
            "::127.0.0.1",
        ] {
            assert!(!is_public(private.parse().expect("an address")), "{private}");
        }
    }

    #[tokio::test]
    async fn c13_messages_and_questions_stay_outside_the_house() {
        let (guarded, demo) =
            (WebFetcher::new().expect("a client"), WebFetcher::allowing_loopback().expect("a client"));
        let refused = |outcome: Result<u16, FetchError>| matches!(outcome, Err(FetchError::Refused(_)));
        for url in
            ["https://127.0.0.1:1/", "https://10.0.0.1/", "https://[::1]/", "https://169.254.169.254/", "ftp://a/"]
        {
            assert!(refused(guarded.send(url, &[], "{}").await), "{url}");
            assert!(refused(guarded.status(url).await), "{url}");
        }
        assert!(refused(guarded.send("http://93.184.216.34/", &[], "{}").await), "no message without TLS");
        assert!(
            refused(demo.send("http://10.0.0.1/", &[], "{}").await) && refused(demo.status("http://10.0.0.1/").await)
        );
        assert!(!refused(demo.send("http://127.0.0.1:1/", &[], "{}").await), "tried, and nobody listens");
        assert!(refused(guarded.status("https://archives.example/a").await), "a name nobody can own");
    }
}
