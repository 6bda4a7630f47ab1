//! A public log read over HTTP, of this or any other server that follows c2sp.org/tlog-tiles. It fetches and bounds what it
//! fetches; it believes nothing, and decides nothing. For the command line: addresses are the caller's own, so no guard
//! against private networks stands in the way.

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use tlog::merkle::{Hash, Span};
use tlog::tiles::{self, Asked, TileAt, Tiles, WIDTH};

/// The longest one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of a checkpoint, a proof or an answer of a witness.
pub const MOST_TEXT: usize = 256 * 1024;
/// The most bytes of a bundle: 256 entries of 64 KiB.
const MOST_BUNDLE: usize = 256 * (tiles::MOST_ENTRY + 2);

/// Why a log could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Nobody answered, or the network failed: says nothing about the log.
    Silent(String),
    /// The server answered that it has no such thing.
    Missing(String),
    /// What came is not what the address promises.
    Wrong(String),
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Silent(why) | Self::Missing(why) | Self::Wrong(why) => f.write_str(why),
        }
    }
}

/// A client for whatever addresses the person at the terminal names.
///
/// # Errors
/// When the TLS stack cannot be set up.
pub fn client() -> Result<Client, String> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = Client::builder()
        .user_agent(concat!("Traboule/", env!("CARGO_PKG_VERSION"), " (log watcher)"))
        .redirect(Policy::limited(4))
        .no_proxy()
        .connect_timeout(Duration::from_secs(10))
        .timeout(PATIENCE)
        .build();
    client.map_err(|e| e.to_string())
}

/// The innermost reason, without the address.
fn plain(error: &reqwest::Error) -> String {
    let mut source: &dyn std::error::Error = error;
    while let Some(inner) = source.source() {
        source = inner;
    }
    source.to_string()
}

/// The body of an answer, at most so many bytes.
///
/// # Errors
/// When it is longer, or the network fails.
pub async fn body(response: reqwest::Response, most: usize) -> Result<Vec<u8>, Unread> {
    let mut out = Vec::new();
    let mut pieces = response.bytes_stream();
    while let Some(piece) = pieces.next().await {
        out.extend_from_slice(&piece.map_err(|e| Unread::Silent(plain(&e)))?);
        if out.len() > most {
            return Err(Unread::Wrong(format!("the answer is longer than {most} bytes")));
        }
    }
    Ok(out)
}

/// A log at an address, or a copy of one in a folder.
#[derive(Clone, Debug)]
pub struct FarLog {
    prefix: Url,
    client: Client,
    /// What stands before the paths of tiles: the number of a log that was opened after another.
    below: String,
    /// The folder read instead of the address.
    folder: Option<PathBuf>,
    /// The folder that keeps a copy of what is fetched.
    copy: Option<PathBuf>,
}

/// The prefix of a log out of what a person writes: the site, the log, or one of its readable pages.
///
/// # Errors
/// A sentence, when it is no http(s) address.
pub fn prefix(text: &str) -> Result<Url, String> {
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let mut url = Url::parse(&whole).map_err(|_| format!("{text} is not an address"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(format!("{text} is not an http address"));
    }
    let parts: Vec<String> = url.path().split('/').filter(|p| !p.is_empty()).map(str::to_owned).collect();
    let readable = parts.len() >= 2 && kernel::Lang::parse(&parts[0]).is_some() && parts[1] == "log";
    let path = match parts.as_slice() {
        _ if readable => "/log/".to_owned(),
        [] => "/log/".to_owned(),
        [rest @ .., last] if last == "checkpoint" => format!("/{}/", rest.join("/")),
        all => format!("/{}/", all.join("/")),
    };
    url.set_path(&path);
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

impl FarLog {
    /// The log at an address as a person writes it.
    ///
    /// # Errors
    /// A sentence, when it is no http(s) address or no client can be made.
    pub fn new(address: &str) -> Result<Self, String> {
        Ok(Self { prefix: prefix(address)?, client: client()?, below: String::new(), folder: None, copy: None })
    }

    /// A copy in a folder, laid out as the addresses below a prefix are.
    ///
    /// # Errors
    /// A sentence, when the folder is none or no client can be made.
    pub fn folder(path: &Path) -> Result<Self, String> {
        let whole = std::fs::canonicalize(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let prefix = Url::from_directory_path(&whole).map_err(|()| format!("{} is no folder", path.display()))?;
        Ok(Self { prefix, client: client()?, below: String::new(), folder: Some(whole), copy: None })
    }

    /// The same log, with a copy of what is fetched kept in a folder.
    #[must_use]
    pub fn copied_to(self, folder: Option<PathBuf>) -> Self {
        Self { copy: folder, ..self }
    }

    /// The same log, its tiles read where a log of this origin has them: one that was opened after another, and is named
    /// `…/2`, has them below `2/`, so that no cache gives the former log's for them.
    #[must_use]
    pub fn of_origin(&self, origin: &str) -> Self {
        let number = origin.rsplit_once('/').filter(|(_, n)| n.parse::<u32>().is_ok_and(|n| n > 1));
        let is_below = |before: &str, n: &str| match &self.folder {
            Some(folder) => folder.join(n).join("tile").is_dir(),
            None => {
                let whole = self.prefix.as_str();
                whole.split_once("://").is_some_and(|(_, rest)| rest.trim_end_matches('/') == before)
            }
        };
        let below = number.filter(|(before, n)| is_below(before, n)).map(|(_, n)| format!("{n}/"));
        Self { below: below.unwrap_or_default(), ..self.clone() }
    }

    /// Puts a file into the copy, if one is kept.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, path: &str, bytes: &[u8]) -> Result<(), Unread> {
        let Some(copy) = &self.copy else { return Ok(()) };
        let to = copy.join(path);
        let folder = to.parent().unwrap_or(copy);
        let written = std::fs::create_dir_all(folder).and_then(|()| super::witness::write_whole(&to, bytes));
        written.map_err(|e| Unread::Silent(format!("{}: {e}", to.display())))
    }

    async fn local(&self, folder: &Path, path: &str, most: usize) -> Result<Vec<u8>, Unread> {
        let at = folder.join(path);
        match tokio::fs::read(&at).await {
            Ok(bytes) if bytes.len() <= most => Ok(bytes),
            Ok(_) => Err(Unread::Wrong(format!("{} is longer than {most} bytes", at.display()))),
            Err(e) => Err(Unread::Missing(format!("{}: {e}", at.display()))),
        }
    }

    /// The prefix, with its slash.
    #[must_use]
    pub fn prefix(&self) -> &Url {
        &self.prefix
    }

    /// The client, for other questions to the same server.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whatever is at a path below the prefix.
    ///
    /// # Errors
    /// When nobody answers, nothing is there, or it is longer than `most`.
    pub async fn get(&self, path: &str, most: usize) -> Result<Vec<u8>, Unread> {
        if let Some(folder) = &self.folder {
            return self.local(folder, path, most).await;
        }
        let url = self.prefix.join(path).map_err(|e| Unread::Wrong(e.to_string()))?;
        let response = self.client.get(url).send().await.map_err(|e| Unread::Silent(plain(&e)))?;
        match response.status() {
            StatusCode::OK => body(response, most).await,
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Err(Unread::Silent(format!("the server answered {} to {path}", status.as_u16())))
            }
            status => Err(Unread::Missing(format!("the server answered {} to {path}", status.as_u16()))),
        }
    }

    /// A text below the prefix.
    ///
    /// # Errors
    /// As [`Self::get`], and when it is not UTF-8.
    pub async fn text(&self, path: &str) -> Result<String, Unread> {
        let bytes = self.get(path, MOST_TEXT).await?;
        String::from_utf8(bytes).map_err(|_| Unread::Wrong(format!("{path} is not UTF-8")))
    }

    /// The tile as it is in a tree of `size` leaves.
    ///
    /// # Errors
    /// As [`Self::get`], and when it has another length than the tree demands.
    pub async fn tile(&self, at: TileAt, size: u64) -> Result<Vec<u8>, Unread> {
        let width = tiles::width_in(at, size);
        let path = format!("{}{}", self.below, tiles::path(Asked::Tile { at, width }));
        let bytes = self.get(&path, 8192).await?;
        if bytes.len() as u64 != width * 32 {
            return Err(Unread::Wrong(format!("{path} has {} bytes instead of {}", bytes.len(), width * 32)));
        }
        self.keep(&path, &bytes)?;
        Ok(bytes)
    }

    /// The entries of bundle `n` as they are in a tree of `size` leaves.
    ///
    /// # Errors
    /// As [`Self::get`], and when they are not as many as the tree demands.
    pub async fn entries(&self, n: u64, size: u64) -> Result<Vec<Vec<u8>>, Unread> {
        let width = size.saturating_sub(n * WIDTH).min(WIDTH);
        let path = format!("{}{}", self.below, tiles::path(Asked::Entries { n, width }));
        let bytes = self.get(&path, MOST_BUNDLE).await?;
        let entries = tiles::unbundle(&bytes).filter(|all| all.len() as u64 == width);
        let entries = entries.ok_or_else(|| Unread::Wrong(format!("{path} is no bundle of {width} entries")))?;
        self.keep(&path, &bytes)?;
        Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
    }

    /// The hashes of spans of a tree of `size` leaves: a proof.
    ///
    /// # Errors
    /// As [`Self::tile`].
    pub async fn proof(&self, spans: &[Span], size: u64) -> Result<Vec<Hash>, Unread> {
        let mut kept = Tiles::default();
        for at in tiles::tiles_of(spans) {
            kept.keep(at, self.tile(at, size).await?);
        }
        kept.fill(spans).ok_or_else(|| Unread::Wrong("the tiles do not hold the proof".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_opened_after_another_has_its_tiles_below_its_number() {
        let log = FarLog::new("https://site.example").expect("an address");
        for (origin, below) in [
            ("site.example/log", ""),
            ("site.example/log/2", "2/"),
            ("site.example/log/1", ""),
            ("elsewhere.example/log/2", ""),
            ("site.example/2", ""),
        ] {
            assert_eq!(log.of_origin(origin).below, below, "{origin}");
        }
        let own = FarLog::new("https://site.example/log/2/checkpoint").expect("an address");
        assert_eq!(own.of_origin("site.example/log/2").below, "", "the prefix says it already");
    }

    #[test]
    fn a_log_is_found_by_what_people_write() {
        for (text, expected) in [
            ("http://localhost:8080", "http://localhost:8080/log/"),
            ("http://localhost:8080/", "http://localhost:8080/log/"),
            ("http://localhost:8080/log", "http://localhost:8080/log/"),
            ("http://localhost:8080/log/checkpoint", "http://localhost:8080/log/"),
            ("http://localhost:8080/fr/log", "http://localhost:8080/log/"),
            ("http://localhost:8080/en/log/12?x#y", "http://localhost:8080/log/"),
            ("site.example", "https://site.example/log/"),
            ("https://logs.example/2026/a/", "https://logs.example/2026/a/"),
        ] {
            assert_eq!(prefix(text).unwrap().as_str(), expected, "{text}");
        }
        assert!(prefix("ftp://site.example").is_err());
        assert!(prefix("http://").is_err());
    }
}
