//! Cards of links: what the page behind a link says of itself, fetched once behind the guard of downloads, its picture made
//! anew here. A reader's browser never asks a strange server.

pub mod page;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use blobs::{BlobName, BlobStore};
use bytes::Bytes;
use community::model::Card;
use community::pictures;
use community::service::shown;
use db::{Db, Failure, read_tx, write_tx};
use futures_util::future::BoxFuture;
use jobs::{Handler, Outcome, Task};
use kernel::OrgId;
use publish::ports::{FetchError, Fetcher};
use ui::Limits;
use url::Url;

/// The longest a page or its picture may take.
const LONGEST: Duration = Duration::from_secs(8);
/// After so many tries, some forty minutes, there is no card until somebody names the page again another day.
const MOST_TRIES: i64 = jobs::MOST_ATTEMPTS;
/// Pages asked of one host in an hour, and pictures.
pub const PER_HOST: u32 = 30;
/// Pages asked in an hour for one author.
pub const PER_AUTHOR: u32 = 40;
/// Pages asked in an hour in all.
const PER_HOUR: u32 = 600;
/// How long a card waits that may not be asked for now, in seconds.
const WAIT: i64 = 900;
/// When to look again at an address that is being asked, in seconds.
const AGAIN: i64 = 10;
/// The largest picture that is fetched, in bytes.
const MOST_PICTURE: u64 = 5 * 1024 * 1024;
/// The size of a card's picture, in pixels.
const PICTURE: (u32, u32) = (600, 315);

/// Fetches the page behind a link and keeps what it says.
pub struct Cards {
    /// The database.
    pub db: Db,
    /// Where pictures go.
    pub blobs: BlobStore,
    /// Downloads, behind the guard.
    pub fetcher: Arc<dyn Fetcher>,
    /// A folder for unfinished downloads.
    pub scratch: PathBuf,
    /// How often hosts are asked.
    pub limits: Limits,
    /// The digests of addresses that are being asked: two posts with one link ask once.
    pub busy: Mutex<HashSet<String>>,
}

/// A digest that is taken; free again when dropped.
struct Taken<'a>(&'a Mutex<HashSet<String>>, &'a str);

impl<'a> Taken<'a> {
    fn new(all: &'a Mutex<HashSet<String>>, digest: &'a str) -> Option<Self> {
        let new = all.lock().unwrap_or_else(PoisonError::into_inner).insert(digest.to_owned());
        new.then_some(Self(all, digest))
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(self.1);
    }
}

/// A file while it is looked at; removed when dropped.
struct Fetched(PathBuf);

impl Drop for Fetched {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

/// Why there is no card now.
enum No {
    /// There will be none.
    Never,
    /// Later, perhaps.
    Later(String),
    /// Nobody was asked: there were too many within the hour.
    Limited,
}

impl From<FetchError> for No {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Refused(_) | FetchError::Gone(_) => Self::Never,
            FetchError::Failed(why) => Self::Later(why),
        }
    }
}

impl Cards {
    /// Counts a host for what is asked of it; gives whether it may be asked.
    fn may_ask(&self, what: &str, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.limits.check(&format!("{what} {host}"), PER_HOST, 3600, self.db.clock().now()).is_ok()
    }

    /// Downloads a small file within the time. Each host is counted, those behind redirects too.
    async fn fetch(
        &self,
        (what, url): (&str, &Url),
        name: &str,
        most: u64,
    ) -> Result<(Fetched, publish::ports::Fetched), No> {
        let later = |e: &dyn std::fmt::Display| No::Later(e.to_string());
        if !self.may_ask(what, url.host_str().unwrap_or_default()) {
            return Err(No::Limited);
        }
        tokio::fs::create_dir_all(&self.scratch).await.map_err(|e| later(&e))?;
        let file = Fetched(self.scratch.join(name));
        let limited = AtomicBool::new(false);
        let may = |host: &str| {
            let may = self.may_ask(what, host);
            limited.fetch_or(!may, Ordering::Relaxed);
            may
        };
        let fetching = self.fetcher.fetch_by(url.as_str(), &file.0, most, &may);
        let fetched = tokio::time::timeout(LONGEST, fetching).await.map_err(|e| later(&e))?;
        if limited.load(Ordering::Relaxed) {
            return Err(No::Limited);
        }
        Ok((file, fetched?))
    }

    /// What a page says of itself.
    async fn card(&self, digest: &str, url: &str, author: i64) -> Result<Card, No> {
        let address = Url::parse(url).map_err(|_| No::Never)?;
        let host = address.host_str().ok_or(No::Never)?.trim_end_matches('.').to_ascii_lowercase();
        if crate::fetch::is_reserved(&host) {
            return Err(No::Never);
        }
        let now = self.db.clock().now();
        // The author first: who brings very many keeps nobody else from theirs.
        let own = self.limits.check(&format!("card of {author}"), PER_AUTHOR, 3600, now);
        own.and_then(|()| self.limits.check("card", PER_HOUR, 3600, now)).map_err(|_| No::Limited)?;
        let (file, facts) = self.fetch(("card", &address), &format!("card-{digest}"), page::MOST_BYTES).await?;
        let html = facts.mime.as_deref().is_none_or(|m| matches!(m, "text/html" | "application/xhtml+xml"));
        if !html {
            return Err(No::Never);
        }
        let bytes = tokio::fs::read(&file.0).await.map_err(|e| No::Later(e.to_string()))?;
        let facts = page::facts(&page::decode(&bytes, facts.charset.as_deref()));
        if facts.title.is_empty() {
            return Err(No::Never);
        }
        let picture = match address.join(&facts.picture) {
            Ok(picture) if !facts.picture.is_empty() => self.picture(digest, &picture).await,
            _ => None,
        };
        let site = if facts.site.is_empty() { host.trim_start_matches("www.").to_owned() } else { facts.site };
        Ok(Card { url: url.to_owned(), title: facts.title, about: facts.about, site, picture })
    }

    /// A page's picture, made anew and put into the store. A page without one has a card all the same.
    async fn picture(&self, digest: &str, url: &Url) -> Option<String> {
        let name = format!("card-picture-{digest}");
        let (file, _) = self.fetch(("card picture", url), &name, MOST_PICTURE).await.ok()?;
        let bytes = tokio::fs::read(&file.0).await.ok()?;
        let made = crate::turns::decode(move || {
            pictures::read(&bytes).and_then(|picture| pictures::filled(&picture, PICTURE.0, PICTURE.1))
        });
        let bytes = Bytes::from(made.await.ok()?.ok()?.bytes);
        let name = BlobName::of(&bytes).as_str().to_owned();
        let kept = [name.clone()];
        let now = self.db.clock().now();
        let marked: Result<(), Failure> = write_tx!(self.db, |tx| {
            publish::service::keep_blobs(tx, &kept).await?;
            publish::service::let_go(tx, OrgId(0), &kept, now).await
        });
        marked.ok()?;
        self.blobs.put(bytes).await.ok()?;
        Some(name)
    }

    async fn done(&self, digest: &str, post: i64, tries: i64) -> Outcome {
        let asked = read_tx!(self.db, |tx| shown::card_asked(tx, digest, post).await);
        let (url, author) = match asked {
            Ok(Some(asked)) => asked,
            Ok(None) => return Outcome::Done,
            Err(failure) => return Outcome::Retry(failure.to_string()),
        };
        let card = match self.card(digest, &url, author).await {
            Ok(card) => Some(card),
            Err(No::Never) => None,
            Err(No::Limited) => return Outcome::Wait(WAIT, "too many cards within the hour".to_owned()),
            Err(No::Later(why)) if tries < MOST_TRIES => return Outcome::Retry(why),
            Err(No::Later(why)) => {
                tracing::debug!(why, "a link has no card");
                None
            }
        };
        let now = self.db.clock().now();
        match write_tx!(self.db, |tx| shown::card_known(tx, digest, card.as_ref(), now).await) {
            Ok(()) => Outcome::Done,
            Err(failure) => Outcome::Retry(failure.to_string()),
        }
    }
}

impl Handler for Cards {
    fn lane(&self) -> jobs::Lane {
        jobs::Lane::Waiting
    }

    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            if BlobName::parse(&task.body).is_none() {
                return Outcome::Dead("no digest of an address".to_owned());
            }
            let Some(_taken) = Taken::new(&self.busy, &task.body) else {
                return Outcome::Wait(AGAIN, "it is being asked".to_owned());
            };
            // The key names the digest, the post and its version.
            let post = task.key.split(':').nth(1).and_then(|id| id.parse().ok()).unwrap_or(0);
            self.done(&task.body, post, task.attempts).await
        })
    }
}
