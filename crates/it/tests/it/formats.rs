//! A show's feed in every form, and lists of shows: the same identities, dates and order everywhere, exact files, caching,
//! and a show that moves away and comes back. Each form is read by parsers that share no code with the writers.

use std::collections::HashSet;

use axum::body::Body;
use base64::Engine as _;
use db::{args, write_tx};
use it::{Answer, ORIGIN, Person, Site, desk, on_both, request};
use kernel::{Kind, Role, show_id};
use publish::feed::atom_id;
use publish::model::{EpisodeKind, FeedSettings, SHOW_PREFIX, Show, TxtRecord, UpdateFrequency};
use publish::service as uc;
use serde_json::Value;

const FORMS: [(&str, &str); 3] =
    [("xml", "application/rss+xml"), ("atom", "application/atom+xml"), ("json", "application/feed+json")];

async fn editor(site: &Site) -> Person {
    site.person("pentes", "odile@pentes.example", Role::Editor).await
}

fn path(form: &str) -> String {
    format!("/feeds/pentes.{form}")
}

async fn settings(site: &Site, who: &Person, show: &Show, sent: FeedSettings) -> Result<FeedSettings, db::Failure> {
    let ctx = site.app.ctx(who.actor.clone());
    let own = vec!["site.example".to_owned()];
    let sent = uc::FeedSent::Settings(sent);
    write_tx!(site.app.db, |tx| uc::set_feed(tx, &ctx, show.id, sent.clone(), &own).await).map(|s| s.settings.feed)
}

/// What an item is in any form: identity, title, instant, file.
type Seen = (String, String, Option<i64>, Option<String>);

/// Reads any of the three with feed-rs; RSS identities are mapped to Atom's only where asked.
fn seen(body: &[u8]) -> Vec<Seen> {
    let feed = feed_rs::parser::parse(body).expect("a feed");
    feed.entries
        .iter()
        .map(|e| {
            let sound = |l: &&feed_rs::model::Link| l.media_type.as_deref().is_some_and(|m| m.starts_with("audio/"));
            let link = e.links.iter().find(sound).map(|l| l.href.clone());
            let media = e.media.iter().flat_map(|m| &m.content).find_map(|c| c.url.as_ref().map(ToString::to_string));
            let title = e.title.as_ref().map(|t| t.content.clone()).unwrap_or_default();
            (e.id.clone(), title, e.published.map(|d| d.timestamp()), link.or(media))
        })
        .collect()
}

fn by_atom_id(items: Vec<Seen>) -> Vec<Seen> {
    items.into_iter().map(|(id, title, at, url)| (atom_id(&id), title, at, url)).collect()
}

async fn three(site: &Site, who: &Person) -> Show {
    let show = desk::show(site, who, "pentes").await;
    for title in ["Le pont", "Le quai & <l’eau>", "La traboule"] {
        desk::published(site, who, &show, title).await;
        site.clock.advance(60);
    }
    show
}

#[test]
fn every_form_has_the_same_identities_dates_files_and_order() {
    on_both(async |site| {
        let who = editor(&site).await;
        three(&site, &who).await;
        let rss = by_atom_id(seen(&site.get(&path("xml")).await.body));
        let atom = seen(&site.get(&path("atom")).await.body);
        let json = by_atom_id(seen(&site.get(&path("json")).await.body));
        assert_eq!(rss.len(), 3);
        assert_eq!(rss, atom);
        assert_eq!(rss, json);
        let times: Vec<_> = rss.iter().map(|i| i.2.expect("a date")).collect();
        assert!(times.is_sorted_by(|a, b| a > b), "newest first");
        let ids: HashSet<_> = rss.iter().map(|i| &i.0).collect();
        assert_eq!(ids.len(), 3);
    });
}

#[test]
fn every_form_is_served_and_cached_alike() {
    on_both(async |site| {
        let who = editor(&site).await;
        three(&site, &who).await;
        let mut all: Vec<(String, &str)> = FORMS.iter().map(|(form, mime)| (path(form), *mime)).collect();
        all.push(("/feeds.opml".to_owned(), "text/x-opml"));
        all.push(("/feeds/pentes.opml".to_owned(), "text/x-opml"));
        for (path, mime) in all {
            let first = site.get(&path).await;
            assert_eq!(first.status, 200, "{path}");
            assert!(first.header("content-type").starts_with(mime), "{path}");
            assert_eq!(first.header("access-control-allow-origin"), "*");
            let etag = first.header("etag");
            assert!(etag.starts_with('"'), "a strong tag: {etag}");
            assert!(!first.header("last-modified").is_empty(), "{path}");
            let again = site.get_with(&path, &[("if-none-match", &etag)]).await;
            assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{path}");
            let since = site.get_with(&path, &[("if-modified-since", &first.header("last-modified"))]).await;
            assert_eq!(since.status, 304, "{path}");
            let head = site.send(request("HEAD", &path, None, &[], Body::empty())).await;
            assert_eq!((head.status.as_u16(), head.header("etag")), (200, etag.clone()), "{path}");
            let zipped = site.get_with(&path, &[("accept-encoding", "gzip")]).await;
            assert_eq!(zipped.header("content-encoding"), "gzip", "{path}");
            let mut plain = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&zipped.body[..]), &mut plain).expect("gzip");
            assert_eq!(plain, first.body, "{path}");
            site.clock.advance(3600);
            assert_eq!(site.get(&path).await.body, first.body, "time alone changes nothing: {path}");
        }
        for nothing in ["/feeds/pentes.txt", "/feeds/pentes", "/feeds/autre.atom", "/feeds/autre.opml", "/feeds/.json"]
        {
            assert_eq!(site.get(nothing).await.status, 404, "{nothing}");
        }
    });
}

#[test]
fn pages_name_every_form_in_their_head() {
    on_both(async |site| {
        let who = editor(&site).await;
        three(&site, &who).await;
        for page in ["/fr/", "/fr/shows/pentes", "/fr/shows/pentes/le-pont"] {
            let text = site.get(page).await.text();
            for (form, mime) in FORMS {
                let link = format!("href=\"{ORIGIN}/feeds/pentes.{form}\"");
                let line = text.lines().find(|l| l.contains(&link)).unwrap_or_else(|| panic!("{page}: {link}"));
                assert!(line.contains("rel=\"alternate\"") && line.contains(&format!("type=\"{mime}\"")), "{line}");
            }
        }
    });
}

#[test]
fn a_list_names_the_shows_of_an_organisation() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let other = site.person("quais", "lise@quais.example", Role::Editor).await;
        desk::show(&site, &other, "quais").await;
        let lists = async |path: &str| {
            let text = site.get(path).await.text();
            text.matches("xmlUrl=\"").count()
        };
        assert_eq!(
            (lists("/feeds.opml").await, lists("/feeds/pentes.opml").await, lists("/feeds/quais.opml").await),
            (2, 1, 1)
        );
        let blocked = FeedSettings { blocked: true, ..FeedSettings::default() };
        settings(&site, &who, &show, blocked).await.expect("set");
        assert_eq!((lists("/feeds.opml").await, lists("/feeds/pentes.opml").await), (1, 0));
        let moved = FeedSettings { moved_to: Some("https://new.example/a.xml".to_owned()), ..FeedSettings::default() };
        settings(&site, &who, &show, moved).await.expect("set");
        assert!(site.get("/feeds/pentes.opml").await.text().contains("xmlUrl=\"https://new.example/a.xml\""));
    });
}

/// An answer to HEAD and GET, which must agree.
async fn file(site: &Site, url: &str) -> Answer {
    let path = url.strip_prefix(ORIGIN).expect("ours");
    let whole = site.get(path).await;
    let head = site.send(request("HEAD", path, None, &[], Body::empty())).await;
    assert_eq!((whole.status.as_u16(), head.status.as_u16()), (200, 200), "{url}");
    assert_eq!(head.header("content-length"), whole.body.len().to_string(), "{url}");
    whole
}

#[test]
fn c9_every_file_a_feed_names_is_as_long_and_as_true_as_it_says() {
    on_both(async |site| {
        let who = editor(&site).await;
        three(&site, &who).await;
        let read = publish::reader::read(&site.get(&path("xml")).await.body, None, &publish::reader::Limits::default());
        let feed = read.expect("a feed");
        let mut checked = 0;
        for item in &feed.items {
            for other in &item.alternate_enclosures {
                for url in &other.sources {
                    let whole = file(&site, url).await;
                    assert_eq!(Some(whole.body.len() as u64), other.length, "{url}");
                    assert_eq!(whole.header("content-type"), other.mime, "{url}");
                    let (kind, value) = other.integrity.clone().expect("a proof");
                    let digest = ring::digest::digest(&ring::digest::SHA256, &whole.body);
                    let want = base64::engine::general_purpose::STANDARD.encode(digest.as_ref());
                    assert_eq!((kind.as_str(), value), ("sri", format!("sha256-{want}")));
                    checked += 1;
                }
            }
            let main = item.alternate_enclosures.iter().find(|a| a.is_default).expect("the sound itself");
            assert_eq!(Some(&main.sources[0]), item.enclosure.as_ref().map(|e| &e.url));
            assert_eq!(main.length, item.enclosure.as_ref().and_then(|e| e.length));
        }
        assert_eq!(checked, 3);
        let json: Value = site.get(&path("json")).await.json();
        for attachment in
            json["items"].as_array().expect("items").iter().flat_map(|i| i["attachments"].as_array()).flatten()
        {
            let whole = file(&site, attachment["url"].as_str().expect("an address")).await;
            assert_eq!(attachment["size_in_bytes"], whole.body.len());
        }
    });
}

#[test]
fn what_a_show_is_set_to_stands_in_its_feed() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = three(&site, &who).await;
        let mut draft = desk::draft("Bientôt");
        draft.kind = EpisodeKind::Trailer;
        draft.season = Some(2);
        let trailer = desk::episode(&site, &who, &show, draft).await;
        desk::schedule(&site, &who, trailer.id, uc::When::Now).await;
        let record = |purpose: &str, value: &str| TxtRecord { purpose: purpose.to_owned(), value: value.to_owned() };
        let sent = FeedSettings {
            txt: vec![record("applepodcastsverify", "05124"), record("", "libre")],
            update_frequency: Some(UpdateFrequency { text: "Chaque matin".into(), rrule: "FREQ=DAILY".into() }),
            ..FeedSettings::default()
        };
        settings(&site, &who, &show, sent).await.expect("set");
        let body = site.get(&path("xml")).await.body;
        let feed = publish::reader::read(&body, None, &publish::reader::Limits::default()).expect("a feed");
        let txt: Vec<_> = feed.txt.iter().map(|t| (t.purpose.as_str(), t.text.as_str())).collect();
        assert_eq!(txt, [("applepodcastsverify", "05124"), ("", "libre")]);
        let frequency = feed.update_frequency.clone().expect("a frequency");
        assert_eq!((frequency.text.as_str(), frequency.rrule.as_deref()), ("Chaque matin", Some("FREQ=DAILY")));
        assert_eq!(feed.trailers.len(), 1);
        let item = feed.items.iter().find(|i| i.title == "Bientôt").expect("the trailer");
        let file = item.enclosure.as_ref().expect("sound");
        let first = &feed.trailers[0];
        assert_eq!((first.title.as_str(), first.season), ("Bientôt", Some(2)));
        assert_eq!((&first.url, first.length, &first.mime), (&file.url, file.length, &file.mime));
        assert_eq!(first.published, item.published);
        let text = String::from_utf8_lossy(&body).into_owned();
        assert!(text.contains("<podcast:locked>yes</podcast:locked>"), "c5: no owner that was not given");
        assert!(!text.contains("odile@") && !text.contains("socialInteract"));
    });
}

#[test]
fn c12_no_form_breaks_on_what_an_older_database_holds() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = three(&site, &who).await;
        let raw = "a\u{1}\u{b}\u{fffe}]]>b & <c>\u{2028}👩🏽‍🚀\u{202e}x";
        write_tx!(site.app.db, |tx| {
            tx.run("UPDATE publish_episode_text SET title = $1, summary = $1, notes_html = $1", args![raw]).await?;
            tx.run("UPDATE publish_show_text SET title = $1, tagline = $1, description_html = $1", args![raw]).await?;
            Ok(tx.run("UPDATE publish_show SET author = $1, copyright = $1", args![raw]).await?)
        })
        .expect("set");
        site.app.db.topics().bump(&uc::show_topic(show.id));
        site.app.db.topics().bump(uc::SITE_TOPIC);
        let clean = raw.replace(['\u{1}', '\u{b}', '\u{fffe}'], "");
        for (form, _) in FORMS {
            let answer = site.get(&path(form)).await;
            assert_eq!(seen(&answer.body).len(), 3, "{form}");
        }
        let json: Value = site.get(&path("json")).await.json();
        assert_eq!(json["items"][0]["title"].as_str(), Some(clean.as_str()));
        for xml in [path("atom"), "/feeds.opml".to_owned()] {
            let body = site.get(&xml).await.body;
            let script = "import sys,xml.etree.ElementTree as e;print(e.fromstring(sys.stdin.buffer.read()).tag)";
            let mut child = std::process::Command::new("python3")
                .args(["-c", script])
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::piped())
                .spawn()
                .expect("python3");
            std::io::Write::write_all(child.stdin.as_mut().expect("stdin"), &body).expect("sent");
            let output = child.wait_with_output().expect("an end");
            assert!(output.status.success() && !output.stdout.is_empty(), "{xml}");
        }
    });
}

// c10: a show that moves away

#[test]
fn c10_a_show_that_moved_away_is_redirected_for_good_and_can_come_back() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = three(&site, &who).await;
        let before: Vec<Answer> = {
            let mut all = Vec::new();
            for (form, _) in FORMS {
                all.push(site.get(&path(form)).await);
            }
            all
        };
        let to = "https://ailleurs.example/flux.xml?a=1";
        let sent = FeedSettings { moved_to: Some(to.to_owned()), ..FeedSettings::default() };
        settings(&site, &who, &show, sent).await.expect("moved");
        for (form, _) in FORMS {
            // With the page in the cache, with its old tag, and with HEAD: always the new address.
            for (method, headers) in
                [("GET", vec![]), ("HEAD", vec![]), ("GET", vec![("if-none-match", before[0].header("etag"))])]
            {
                let headers: Vec<(&str, &str)> =
                    headers.iter().map(|(n, v): &(&str, String)| (*n, v.as_str())).collect();
                let moved = site.send(request(method, &path(form), None, &headers, Body::empty())).await;
                assert_eq!((moved.status.as_u16(), moved.header("location").as_str()), (301, to), "{method} {form}");
            }
            let kept = site.get(&format!("{}?moved=keep", path(form))).await;
            assert_eq!(kept.status, 200, "{form}");
            assert_eq!(seen(&kept.body).len(), 3, "{form}");
        }
        let kept = site.get(&format!("{}?moved=keep", path("xml"))).await.text();
        assert!(
            kept.contains("<itunes:new-feed-url>https://ailleurs.example/flux.xml?a=1</itunes:new-feed-url>"),
            "{kept}"
        );
        assert_eq!(site.get(&path("xml")).await.status, 301, "asking for the document did not put it into the cache");
        // Kept for ever: a year later it still leads on. The pages of the show stay.
        site.clock.advance(366 * 24 * 3600);
        assert_eq!(site.get(&path("xml")).await.status, 301);
        assert_eq!(site.get("/fr/shows/pentes").await.status, 200);
        settings(&site, &who, &show, FeedSettings::default()).await.expect("back");
        for ((form, _), before) in FORMS.iter().zip(&before) {
            let after = site.get(&path(form)).await;
            assert_eq!(after.status, 200, "{form}");
            assert_eq!(seen(&after.body), seen(&before.body), "every identity is the same");
            // JSON Feed has no date of its own: the same content is the same document.
            let same = after.header("etag") == before.header("etag");
            assert_eq!(same, *form == "json", "{form}: the date of its change is new");
        }
    });
}

#[test]
fn c10_no_redirect_leads_back_to_us() {
    on_both(async |mut site| {
        let who = editor(&site).await;
        let show = three(&site, &who).await;
        for own in ["https://site.example/feeds/pentes.xml", "http://SITE.example:8080/x"] {
            let sent = FeedSettings { moved_to: Some(own.to_owned()), ..FeedSettings::default() };
            let refused = settings(&site, &who, &show, sent).await.expect_err("refused").as_refusal();
            assert_eq!((refused.kind, refused.fields[0].code), (Kind::Invalid, "moved-to-own"), "{own}");
        }
        // The address was elsewhere when it was set; now that name is ours. The redirect would turn in a circle.
        let to = "https://nouveau.example/feeds/pentes.xml";
        let sent = FeedSettings { moved_to: Some(to.to_owned()), ..FeedSettings::default() };
        settings(&site, &who, &show, sent).await.expect("moved");
        assert_eq!(site.get(&path("xml")).await.status, 301);
        site.config.public_url = Some("https://nouveau.example".to_owned());
        site.config.former_hosts = vec!["site.example".to_owned()];
        site.restart().await;
        let asked = |host: &str| {
            let built = axum::http::Request::builder().uri(path("xml")).header("host", host);
            built.body(Body::empty()).expect("a request")
        };
        let old = site.send(asked("site.example")).await;
        assert_eq!(
            (old.status.as_u16(), old.header("location").as_str()),
            (301, to),
            "the old host leads to the new one"
        );
        let new = site.send(asked("nouveau.example")).await;
        assert_eq!(new.status, 200, "and there it ends");
        let text = new.text();
        assert!(text.contains("<atom:link href=\"https://nouveau.example/feeds/pentes.xml\" rel=\"self\""), "{text}");
        let http =
            axum::http::Request::builder().uri("http://site.example/feeds/pentes.atom").header("host", "site.example");
        let http = site.send(http.header("x-forwarded-proto", "http").body(Body::empty()).expect("a request")).await;
        assert_eq!(
            http.header("location"),
            "https://nouveau.example/feeds/pentes.atom",
            "http leads to https in one step"
        );
    });
}

#[test]
fn c10_every_form_follows_a_new_host() {
    on_both(async |mut site| {
        let who = editor(&site).await;
        three(&site, &who).await;
        let mut before = Vec::new();
        for (form, _) in FORMS {
            before.push(site.get(&path(form)).await);
        }
        site.config.public_url = Some("https://nouveau.example".to_owned());
        site.config.former_hosts = vec!["site.example".to_owned()];
        site.restart().await;
        for ((form, _), before) in FORMS.iter().zip(before) {
            let ask = |host: &str| {
                let built = axum::http::Request::builder().uri(path(form)).header("host", host);
                built.header("if-none-match", before.header("etag")).body(Body::empty()).expect("a request")
            };
            let old = site.send(ask("site.example")).await;
            assert_eq!(old.header("location"), format!("https://nouveau.example{}", path(form)));
            let new = site.send(ask("nouveau.example")).await;
            assert_eq!(new.status, 200, "the old tag does not hold");
            assert!(!new.text().contains("site.example"), "{form}: nothing points back");
            let ids = |body: &[u8]| seen(body).into_iter().map(|i| i.0).collect::<Vec<_>>();
            assert_eq!(ids(&new.body), ids(&before.body), "{form}");
        }
    });
}

#[test]
fn the_api_sets_what_feeds_say() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = three(&site, &who).await;
        let ctx = site.app.ctx(who.actor.clone());
        let scopes = kernel::TokenScope::ALL;
        let token =
            write_tx!(site.app.db, |tx| accounts::service::create_token(tx, &ctx, who.org, "t", &scopes, 1).await);
        let token = token.expect("a token").secret;
        let at = format!("/api/v1/shows/{}/feed", show_id(SHOW_PREFIX, show.id));
        let moved = site.api(&token, "PUT", &at, r#"{"moved_to": "https://ailleurs.example/f.xml"}"#).await;
        assert_eq!(moved.status, 200, "{}", moved.text());
        assert_eq!(site.get(&path("json")).await.status, 301);
        let own = site.api(&token, "PUT", &at, format!(r#"{{"moved_to": "{ORIGIN}/x"}}"#)).await;
        assert_eq!((own.status.as_u16(), &own.json()["errors"][0]["code"]), (422, &Value::from("moved-to-own")));
        assert_eq!(site.api(&token, "GET", &at, "").await.json()["moved_to"], "https://ailleurs.example/f.xml");
    });
}
