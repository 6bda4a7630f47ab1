//! Pages kept ready to send. An entry is fresh while every topic it shows is unchanged and the next instant
//! at which a predicate on it changes has not come: a change is seen by the very next request, without a
//! clock running anywhere. Only pages for people who are not signed in are kept assembled.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::{HeaderMap, HeaderValue, header};
use bytes::Bytes;
use db::TopicMark;
use kernel::At;

use crate::assets::gzip;
use crate::segments::Segment;

/// How much to keep.
#[derive(Clone, Copy, Debug)]
pub struct CacheLimits {
    /// Bytes of page text.
    pub bytes: usize,
}

impl Default for CacheLimits {
    fn default() -> Self {
        Self { bytes: 12 * 1024 * 1024 }
    }
}

/// A page as kept.
#[derive(Debug)]
pub struct CachedPage {
    segments: Vec<Segment>,
    /// Headers of a 200 answer, entity tag included.
    headers: HeaderMap,
    gzip_headers: HeaderMap,
    whole: Bytes,
    gzip: Option<Bytes>,
    marks: Vec<TopicMark>,
    valid_until: Option<At>,
    used: AtomicBool,
    /// What the page is about, for those who count views.
    about: Option<kernel::Item>,
}

/// What a lookup gives for somebody who is not signed in.
#[derive(Clone, Debug)]
pub struct Served {
    /// 200 or 304.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, empty for 304.
    pub body: Bytes,
}

impl CachedPage {
    /// Prepares a page. `fill` gives what stands in a hole for somebody who is not signed in; `headers` are
    /// those of the answer, without length, encoding and tag.
    pub fn new(
        segments: Vec<Segment>,
        headers: HeaderMap,
        marks: Vec<TopicMark>,
        valid_until: Option<At>,
        fill: impl Fn(&str) -> String,
    ) -> Self {
        let whole = assemble(&segments, fill);
        let packed = gzip(&whole);
        let etag = format!("\"{}\"", &kernel::sha256_hex(&whole)[..24]);
        let etag = HeaderValue::from_str(&etag).unwrap_or(HeaderValue::from_static("\"\""));
        // A strong tag names bytes: the compressed ones are others and have their own (RFC 9110 §8.8.1).
        let packed_etag = format!("\"{}-gzip\"", &kernel::sha256_hex(&whole)[..24]);
        let packed_etag = HeaderValue::from_str(&packed_etag).unwrap_or(HeaderValue::from_static("\"\""));
        let with = |encoding: Option<&'static str>| {
            let mut all = headers.clone();
            all.insert(header::ETAG, if encoding.is_some() { packed_etag.clone() } else { etag.clone() });
            all.append(header::VARY, HeaderValue::from_static("accept-encoding, cookie"));
            if let Some(encoding) = encoding {
                all.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
            all
        };
        let (plain, zipped) = (with(None), with(Some("gzip")));
        Self {
            segments,
            headers: plain,
            gzip_headers: zipped,
            whole,
            gzip: packed,
            marks,
            valid_until,
            used: AtomicBool::new(false),
            about: None,
        }
    }

    /// The page, about something whose views are counted.
    #[must_use]
    pub fn about(mut self, item: Option<kernel::Item>) -> Self {
        self.about = item;
        self
    }

    /// What the page is about.
    #[must_use]
    pub const fn item(&self) -> Option<kernel::Item> {
        self.about
    }

    /// Whether the page may still be sent at `now`.
    #[must_use]
    pub fn is_fresh(&self, now: At) -> bool {
        self.valid_until.is_none_or(|until| now < until) && self.marks.iter().all(TopicMark::is_fresh)
    }

    /// Whether something of this name is filled in for each person.
    #[must_use]
    pub fn has_hole(&self, name: &str) -> bool {
        self.segments.iter().any(|s| matches!(s, Segment::Hole(hole) if hole == name))
    }

    /// The names of what is filled in for each person.
    #[must_use]
    pub fn holes(&self) -> Vec<&str> {
        let holes = self.segments.iter().map(|s| if let Segment::Hole(hole) = s { hole.as_str() } else { "" });
        holes.filter(|hole| !hole.is_empty()).collect()
    }

    /// The answer to a request with these headers from somebody who is not signed in.
    #[must_use]
    pub fn serve(&self, request: &HeaderMap) -> Served {
        let known = request.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
        let tag = |headers: &HeaderMap| {
            headers.get(header::ETAG).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
        };
        let tags = [tag(&self.headers), tag(&self.gzip_headers)];
        let same_tag =
            |list: &str| list.split(',').any(|t| tags.iter().any(|tag| tag == t.trim().trim_start_matches("W/")));
        // The date counts only when no tag is sent (RFC 9110 §13.2.2); readers send back the very one they got.
        let same_date = || {
            let sent = request.get(header::IF_MODIFIED_SINCE);
            sent.is_some() && sent == self.headers.get(header::LAST_MODIFIED)
        };
        if known.map_or_else(same_date, same_tag) {
            let mut headers = if accepts_gzip(request) { self.gzip_headers.clone() } else { self.headers.clone() };
            headers.remove(header::CONTENT_ENCODING);
            return Served { status: 304, headers, body: Bytes::new() };
        }
        match &self.gzip {
            Some(packed) if accepts_gzip(request) => {
                Served { status: 200, headers: self.gzip_headers.clone(), body: packed.clone() }
            }
            _ => Served { status: 200, headers: self.headers.clone(), body: self.whole.clone() },
        }
    }

    /// The page with its holes filled for one person; never cached by anybody.
    #[must_use]
    pub fn fill(&self, fill: impl Fn(&str) -> String) -> Bytes {
        assemble(&self.segments, fill)
    }

    /// The headers of the answer without tag and encoding rules of the shared variant.
    #[must_use]
    pub fn private_headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        headers.remove(header::ETAG);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        headers
    }

    fn weight(&self) -> usize {
        2 * self.whole.len() + self.gzip.as_ref().map_or(0, Bytes::len) + 1024
    }
}

fn assemble(segments: &[Segment], fill: impl Fn(&str) -> String) -> Bytes {
    let mut out = Vec::new();
    for segment in segments {
        match segment {
            Segment::Text(bytes) => out.extend_from_slice(bytes),
            Segment::Hole(name) => out.extend_from_slice(fill(name).as_bytes()),
        }
    }
    Bytes::from(out)
}

/// Whether the client takes gzip (RFC 9110 §12.5.3, as far as browsers use it).
#[must_use]
pub(crate) fn accepts_gzip(request: &HeaderMap) -> bool {
    let header = request.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    header.split(',').any(|part| {
        let mut pieces = part.split(';').map(str::trim);
        pieces.next() == Some("gzip") && !pieces.any(|p| matches!(p, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// All kept pages, by path.
#[derive(Debug, Default)]
pub struct PageCache {
    pages: RwLock<HashMap<String, Arc<CachedPage>>>,
    bytes: AtomicUsize,
    limits: CacheLimits,
}

impl PageCache {
    /// An empty cache.
    #[must_use]
    pub fn new(limits: CacheLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// The page under `key` if it is still fresh at `now`.
    #[must_use]
    pub fn get(&self, key: &str, now: At) -> Option<Arc<CachedPage>> {
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner);
        let page = pages.get(key)?;
        if !page.is_fresh(now) {
            return None;
        }
        // A plain load first: writing the flag on every hit would make the cores fight over its line.
        if !page.used.load(Ordering::Relaxed) {
            page.used.store(true, Ordering::Relaxed);
        }
        Some(page.clone())
    }

    /// Keeps a page. When the cache is full, pages not asked for again since they came, or since the last time it was full, go
    /// first; then any, until half of it is free.
    pub fn put(&self, key: String, page: Arc<CachedPage>) {
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        let weight = page.weight() + key.len();
        if let Some(old) = pages.get(&key) {
            self.bytes.fetch_sub(old.weight() + key.len(), Ordering::Relaxed);
        }
        if self.bytes.load(Ordering::Relaxed) + weight > self.limits.bytes {
            pages.retain(|_, page| page.used.swap(false, Ordering::Relaxed));
            let sum = |pages: &HashMap<String, Arc<CachedPage>>| {
                pages.iter().map(|(k, p)| p.weight() + k.len()).sum::<usize>()
            };
            let mut left = sum(&pages);
            if left + weight > self.limits.bytes {
                let room = self.limits.bytes.saturating_sub(weight) / 2;
                pages.retain(|key, page| {
                    let stays = left <= room;
                    left -= if stays { 0 } else { page.weight() + key.len() };
                    stays
                });
            }
            self.bytes.store(left, Ordering::Relaxed);
        }
        if weight <= self.limits.bytes {
            self.bytes.fetch_add(weight, Ordering::Relaxed);
            pages.insert(key, page);
        } else {
            pages.remove(&key);
        }
    }

    /// Bytes kept now.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.pages.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.bytes.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::{hole, split};

    fn page(text: &str, topics: &db::Topics, valid_until: Option<At>) -> Arc<CachedPage> {
        let html = format!("{text}{}.", hole("who"));
        let marks = vec![topics.mark("show:1")];
        Arc::new(CachedPage::new(split(html), HeaderMap::new(), marks, valid_until, |_| "nobody".to_owned()))
    }

    #[test]
    fn a_page_is_fresh_until_its_topic_or_its_instant_changes() {
        let topics = db::Topics::default();
        let cache = PageCache::new(CacheLimits::default());
        let now = At::from_micros(10);
        cache.put("/a".to_owned(), page("a", &topics, Some(At::from_micros(20))));
        let got = cache.get("/a", now).expect("fresh");
        assert_eq!(got.serve(&HeaderMap::new()).body, Bytes::from_static(b"anobody."));
        assert_eq!(got.fill(|name| format!("<{name}>")), Bytes::from_static(b"a<who>."));
        assert!(cache.get("/a", At::from_micros(20)).is_none(), "the instant has come");
        topics.bump("show:1");
        assert!(cache.get("/a", now).is_none(), "the topic changed");
    }

    #[test]
    fn an_unchanged_page_is_answered_304() {
        let topics = db::Topics::default();
        let page = page("a", &topics, None);
        let etag = page.serve(&HeaderMap::new()).headers[header::ETAG].clone();
        let mut request = HeaderMap::new();
        request.insert(header::IF_NONE_MATCH, etag);
        let served = page.serve(&request);
        assert_eq!((served.status, served.body.len()), (304, 0));
    }

    #[test]
    fn the_cache_stays_within_its_bytes() {
        let topics = db::Topics::default();
        let cache = PageCache::new(CacheLimits { bytes: 40_000 });
        for n in 0..200 {
            cache.put(format!("/{n}"), page(&"x".repeat(n * 20), &topics, None));
            assert!(cache.bytes() <= 40_000, "{}", cache.bytes());
        }
        assert!(cache.get("/199", At::from_micros(0)).is_some());
    }

    #[test]
    fn what_is_asked_for_once_throws_nothing_out_that_is_asked_for_again() {
        let topics = db::Topics::default();
        let cache = PageCache::new(CacheLimits { bytes: 40_000 });
        let now = At::from_micros(0);
        for name in ["/a", "/b"] {
            cache.put(name.to_owned(), page(&"x".repeat(3_000), &topics, None));
        }
        for n in 0..500 {
            for name in ["/a", "/b"] {
                assert!(cache.get(name, now).is_some(), "{name} after {n}");
            }
            cache.put(format!("/{n}"), page(&"y".repeat(2_000), &topics, None));
        }
    }

    #[test]
    fn gzip_is_sent_only_when_asked_for() {
        for (header, expected) in
            [("gzip, br", true), ("br", false), ("gzip;q=0", false), ("deflate, gzip;q=0.5", true)]
        {
            let mut request = HeaderMap::new();
            request.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(header));
            assert_eq!(accepts_gzip(&request), expected, "{header}");
        }
    }
}
