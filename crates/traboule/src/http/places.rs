//! Which show's site a request is for, and where an address of the past leads. Host names and names in addresses are kept
//! in memory, so that the front asks a table and not the database; a change makes the table stale at its commit.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::Request;
use axum::http::header;
use db::{Db, Failure, TopicMark, read_tx};
use jiff::tz::TimeZone;
use kernel::Lang;
use publish::rules::host::of_header;
use publish::rules::schedule::zone;
use publish::service::{self as uc, PLACES_TOPIC, ShowPlace};
use publish::web::Links;

/// Where shows are at home, by what a request says.
#[derive(Debug, Default)]
pub struct PlaceMap {
    hosts: HashMap<String, Arc<ShowPlace>>,
    former_hosts: HashMap<String, Arc<ShowPlace>>,
    /// Names in addresses that do not stand under the site's own host as they are: of shows with a host, and former ones.
    slugs: HashMap<String, Arc<ShowPlace>>,
    zones: HashMap<i64, TimeZone>,
    /// The zone of the site's first show.
    zone: Option<TimeZone>,
}

#[derive(Debug)]
struct Kept {
    mark: TopicMark,
    map: Arc<PlaceMap>,
}

/// The table, read again when something about it changed.
#[derive(Debug, Default)]
pub struct Places(RwLock<Option<Kept>>);

impl Places {
    /// The table, if nothing changed since it was read.
    #[must_use]
    pub fn ready(&self) -> Option<Arc<PlaceMap>> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|k| k.mark.is_fresh()).map(|k| k.map.clone())
    }

    /// The zone in which what a voice says is dated: a show's own, and for everybody else the zone of the site's first show.
    /// Of a table that is just being read again, the last known.
    #[must_use]
    pub fn zone_of(&self, voice: i64) -> TimeZone {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let map = kept.as_ref().map(|k| k.map.clone()).unwrap_or_default();
        map.zones.get(&voice).or(map.zone.as_ref()).cloned().unwrap_or(TimeZone::UTC)
    }

    /// The table, read from the database when it is stale. When that fails, the old one serves once more.
    pub async fn get(&self, db: &Db) -> Arc<PlaceMap> {
        if let Some(map) = self.ready() {
            return map;
        }
        let mark = db.topics().mark(PLACES_TOPIC);
        match read(db).await {
            Ok(map) => {
                let map = Arc::new(map);
                let kept = Kept { mark, map: map.clone() };
                *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(kept);
                map
            }
            Err(failure) => {
                tracing::error!(%failure, "host names of shows could not be read");
                let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
                kept.as_ref().map(|k| k.map.clone()).unwrap_or_default()
            }
        }
    }
}

async fn read(db: &Db) -> Result<PlaceMap, Failure> {
    let rows = read_tx!(db, |tx| uc::places(tx).await)?;
    let mut map = PlaceMap::default();
    let places: HashMap<i64, Arc<ShowPlace>> =
        rows.shows.into_iter().map(|(id, place)| (id, Arc::new(place))).collect();
    map.zones = places.iter().filter_map(|(id, p)| Some((*id, zone(&p.time_zone).ok()?))).collect();
    map.zone = map.zones.keys().min().and_then(|first| map.zones.get(first)).cloned();
    for place in places.values() {
        if let Some(host) = &place.host {
            map.hosts.insert(host.clone(), place.clone());
            map.slugs.insert(place.slug.clone(), place.clone());
        }
    }
    for (kind, address, show) in rows.former {
        let Some(place) = places.get(&show).cloned() else { continue };
        match kind.as_str() {
            "host" => map.former_hosts.insert(address, place),
            _ => map.slugs.insert(address, place),
        };
    }
    Ok(map)
}

/// What becomes of a request.
#[derive(Debug)]
pub enum Where {
    /// Answered under the site's own host.
    Main,
    /// Answered under a show's host.
    Show(Arc<ShowPlace>),
    /// Moved for good to this address.
    Moved(String),
    /// A page for people at work: those are under the site's own host only.
    Desk(String),
}

/// The host a request names, without port: the header, or the authority of HTTP/2.
fn host_of(request: &Request) -> Option<String> {
    let header = request.headers().get(header::HOST).and_then(|h| h.to_str().ok());
    header.or_else(|| request.uri().authority().map(axum::http::uri::Authority::as_str)).map(of_header)
}

fn is_desk(path: &str) -> bool {
    let mut parts = path.trim_start_matches('/').split('/');
    let first = parts.next().unwrap_or_default();
    let word = if Lang::parse(first).is_some() { parts.next().unwrap_or_default() } else { first };
    matches!(word, "studio" | "account" | "sign-in" | "join" | "members" | "dev")
}

/// The name of a show in a path, with what stands before and after it.
fn slug_of(path: &str) -> Option<(&str, &str, &str)> {
    // Feeds of comments are named after episodes, and answered under every host.
    if path.starts_with("/feeds/comments/") {
        return None;
    }
    let at = if let Some(rest) = path.strip_prefix("/feeds/") {
        path.len() - rest.len()
    } else {
        let (lang, rest) = path.strip_prefix('/')?.split_once('/')?;
        let rest = rest.strip_prefix("shows/").filter(|_| Lang::parse(lang).is_some())?;
        path.len() - rest.len()
    };
    let (before, rest) = path.split_at(at);
    let end = rest.find(['/', '.']).unwrap_or(rest.len());
    let (slug, after) = rest.split_at(end);
    // Lists of shows are named after organisations.
    if after == ".opml" {
        return None;
    }
    (!slug.is_empty()).then_some((before, slug, after))
}

impl PlaceMap {
    /// The host names of shows.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        self.hosts.keys().cloned().collect()
    }

    /// Whether no show has a host of its own, and none ever had another address.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty() && self.former_hosts.is_empty() && self.slugs.is_empty()
    }

    /// The addresses an absolute address of this site is under; `None` for foreign ones.
    #[must_use]
    pub fn links_about(&self, links: &Links, about: &str) -> Option<Links> {
        let url = url::Url::parse(about).ok()?;
        let host = url.host_str()?;
        let place = self.hosts.get(host).or_else(|| self.former_hosts.get(host));
        let under = links.at(place.map(|_| host));
        about.strip_prefix(under.origin()).filter(|rest| rest.starts_with('/')).map(|_| under)
    }

    /// The name a show has today, for a name it had.
    #[must_use]
    pub fn slug_today<'a>(&'a self, slug: &'a str) -> &'a str {
        self.slugs.get(slug).map_or(slug, |place| place.slug.as_str())
    }

    /// Decides where a request is answered. `former` are host names the whole site had before.
    #[must_use]
    pub fn place(&self, request: &Request, links: &Links, former: &[String]) -> Where {
        if self.is_empty() && former.is_empty() {
            return Where::Main;
        }
        let Some(host) = host_of(request) else { return Where::Main };
        let here = self.hosts.get(&host);
        let left = self.former_hosts.get(&host).filter(|_| here.is_none());
        let leave = left.is_some() || former.iter().any(|f| of_header(f) == host);
        let path = request.uri().path();
        let query = request.uri().query().map(|q| format!("?{q}")).unwrap_or_default();
        let main = links.at(None);
        if (here.is_some() || left.is_some()) && is_desk(path) {
            return Where::Desk(main.absolute(&format!("{path}{query}")));
        }
        let stay = || here.map_or(Where::Main, |place| Where::Show(place.clone()));
        if !matches!(*request.method(), axum::http::Method::GET | axum::http::Method::HEAD) {
            return stay();
        }
        if let Some((before, slug, after)) = slug_of(path) {
            let home = self.slugs.get(slug);
            let under = home.and_then(|p| p.host.as_deref());
            let name = home.map_or(slug, |p| p.slug.as_str());
            // A show of this very host whose name is new is at home here.
            let at_home = under == here.and_then(|p| p.host.as_deref()) && name == slug && !leave;
            if at_home {
                return stay();
            }
            return Where::Moved(links.at(under).absolute(&format!("{before}{name}{after}{query}")));
        }
        match left {
            Some(place) => Where::Moved(after_leaving(place, links, path, &query, request)),
            None if leave => Where::Moved(main.absolute(&format!("{path}{query}"))),
            None => stay(),
        }
    }
}

/// Where a path under a host a show had leads: the same under its new host; without one, its home is its page.
fn after_leaving(place: &ShowPlace, links: &Links, path: &str, query: &str, request: &Request) -> String {
    let under = links.at(place.host.as_deref());
    let lang = path.trim_matches('/');
    if place.host.is_some() || !(lang.is_empty() || Lang::parse(lang).is_some()) {
        return under.absolute(&format!("{path}{query}"));
    }
    let accepts = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let lang = Lang::parse(lang).or_else(|| Lang::from_accept(accepts)).unwrap_or(Lang::Fr);
    under.absolute(&Links::show(lang, &place.slug))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> PlaceMap {
        let place = |show, slug: &str, host: Option<&str>| {
            Arc::new(ShowPlace {
                show,
                slug: slug.to_owned(),
                host: host.map(str::to_owned),
                time_zone: "Europe/Paris".to_owned(),
            })
        };
        let (sud, nord) = (place(1, "sud", Some("sud.example")), place(2, "nord", None));
        PlaceMap {
            hosts: HashMap::from([("sud.example".to_owned(), sud.clone())]),
            former_hosts: HashMap::from([("nord.example".to_owned(), nord.clone())]),
            slugs: HashMap::from([
                ("sud".to_owned(), sud.clone()),
                ("midi".to_owned(), sud),
                ("bise".to_owned(), nord),
            ]),
            zones: HashMap::new(),
            zone: None,
        }
    }

    #[test]
    fn every_address_leads_to_where_its_show_is_at_home() {
        let (map, links) = (map(), Links::new("https://site.example"));
        for (host, path, expected) in [
            ("site.example", "/fr/", "main"),
            ("site.example", "/fr/shows/nord/x", "main"),
            ("site.example", "/fr/shows/sud/x?y=1", "301 https://sud.example/fr/shows/sud/x?y=1"),
            ("site.example", "/feeds/sud.xml", "301 https://sud.example/feeds/sud.xml"),
            ("site.example", "/feeds/midi.xml", "301 https://sud.example/feeds/sud.xml"),
            ("site.example", "/en/shows/bise", "301 https://site.example/en/shows/nord"),
            ("SUD.example.:8080", "/fr/", "show 1"),
            ("sud.example", "/feeds/sud.xml", "show 1"),
            ("sud.example", "/feeds/midi.xml", "301 https://sud.example/feeds/sud.xml"),
            ("sud.example", "/media/images/im_1/small.jpg", "show 1"),
            ("sud.example", "/fr/shows/nord", "301 https://site.example/fr/shows/nord"),
            ("sud.example", "/feeds/nord.xml", "301 https://site.example/feeds/nord.xml"),
            ("sud.example", "/fr/studio/episodes/x?said=y", "303 https://site.example/fr/studio/episodes/x?said=y"),
            ("sud.example", "/sign-in/passkey/begin", "303 https://site.example/sign-in/passkey/begin"),
            ("nord.example", "/feeds/nord.xml", "301 https://site.example/feeds/nord.xml"),
            ("nord.example", "/en/", "301 https://site.example/en/shows/nord"),
            ("nord.example", "/media/x", "301 https://site.example/media/x"),
            ("unknown.example", "/fr/", "main"),
            ("unknown.example", "/feeds/sud.xml", "301 https://sud.example/feeds/sud.xml"),
            ("old.example", "/fr/", "301 https://site.example/fr/"),
            ("old.example", "/feeds/sud.xml", "301 https://sud.example/feeds/sud.xml"),
        ] {
            let request = axum::http::Request::builder().uri(path).header("host", host);
            let request = request.body(axum::body::Body::empty()).expect("a request");
            let got = match map.place(&request, &links, &["old.example".to_owned()]) {
                Where::Main => "main".to_owned(),
                Where::Show(place) => format!("show {}", place.show),
                Where::Moved(url) => format!("301 {url}"),
                Where::Desk(url) => format!("303 {url}"),
            };
            assert_eq!(got, expected, "{host}{path}");
        }
    }
}
