//! Cards of links: fetched once behind the guard, within size and time, their picture made anew and served from here.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::response::{Html, Redirect};
use axum::routing::get;
use community::jobs::{CLIP_HANDLER, ClipTools, MakeClip};
use community::service::posts::CARD_HANDLER;
use it::crash::Pretender;
use it::{Site, on_both, on_one};
use jobs::{Handler, Outcome, Task, Worker};
use testkit::On;
use tokio::sync::Notify;
use traboule::cards::Cards;
use traboule::fetch::WebFetcher;

use super::{CANARY, addresses, holds, member, path, photo, posted};

/// A server on this machine, asked so many times.
async fn server(asked: Arc<AtomicUsize>) -> SocketAddr {
    let page = r#"<html><head><title>Repli</title><meta property="og:title" content="Le pont &amp; la rive <script>">
        <meta property="og:description" content="Une traversée."><meta property="og:image" content="/photo.jpg">
        </head><body><meta property="og:title" content="non"></body></html>"#;
    let router = Router::new()
        .route(
            "/pont",
            get(async move || {
                asked.fetch_add(1, Ordering::SeqCst);
                Html(page)
            }),
        )
        .route("/photo.jpg", get(async || ([("content-type", "image/jpeg")], photo())))
        .route("/plain", get(async || ([("content-type", "text/plain")], "<title>non</title>")))
        .route("/huge", get(async || Html(format!("<title>x</title>{}", " ".repeat(600 * 1024)))))
        .route("/away", get(async || Redirect::to("/pont")));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[test]
fn a_link_gets_its_card_and_no_browser_asks_the_other_site() {
    on_both(async |site: Site| {
        let asked = Arc::new(AtomicUsize::new(0));
        let address = server(asked.clone()).await;
        let (who, me) = member(&site, "odile", "Odile F.").await;
        let url = format!("http://{address}/pont");
        let id = posted(&site, &who, &me, &format!("Voir {url}")).await;
        assert!(!site.get(&path(id)).await.text().contains("link-card"), "nothing before it is fetched");
        site.work().await;
        let page = site.get(&path(id)).await.text();
        let card = page.split_once("class=\"link-card\"").map(|(_, rest)| rest.to_owned()).expect("a card");
        assert!(card.contains("Le pont &amp; la rive &lt;script&gt;") && card.contains("Une traversée."), "{card}");
        assert!(!page.contains("Repli") && !page.contains(&format!("src=\"http://{address}")));
        for file in addresses(&page, "/media/posts/") {
            let answer = site.get(&file).await;
            assert_eq!(answer.status, 200, "{file}");
            assert!(!holds(&answer.body, CANARY.as_bytes()), "made anew");
        }
        assert!(!addresses(&page, "/media/posts/").is_empty());
        // A second post with the same link has the card at once; the page is not asked again.
        let again = posted(&site, &who, &me, &format!("Encore {url}")).await;
        site.work().await;
        assert!(site.get(&path(again)).await.text().contains("link-card"));
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        for none in ["plain", "huge", "missing"] {
            let id = posted(&site, &who, &me, &format!("http://{address}/{none}")).await;
            site.work().await;
            assert!(!site.get(&path(id)).await.text().contains("link-card"), "{none}");
        }
        let moved = posted(&site, &who, &me, &format!("http://{address}/away")).await;
        site.work().await;
        assert!(site.get(&path(moved)).await.text().contains("link-card"), "redirects are followed");
    });
}

#[test]
fn c13_private_addresses_are_never_asked_for_a_card() {
    on_one(On::Lite, &async |site: Site| {
        static ASKED: OnceLock<Arc<AtomicUsize>> = OnceLock::new();
        let asked = ASKED.get_or_init(|| Arc::new(AtomicUsize::new(0))).clone();
        let address = server(asked.clone()).await;
        let (who, me) = member(&site, "odile", "Odile F.").await;
        let guarded = Cards {
            db: site.app.db.clone(),
            blobs: site.app.blobs.clone(),
            fetcher: Arc::new(WebFetcher::new().expect("a client")),
            scratch: site.folder().join("cards"),
            limits: ui::Limits::default(),
            busy: std::sync::Mutex::default(),
        };
        let decimal = u32::from(std::net::Ipv4Addr::LOCALHOST);
        for host in [
            format!("http://{address}/pont"),
            "http://169.254.169.254/latest/meta-data/".to_owned(),
            "http://10.0.0.1/a.b".to_owned(),
            format!("http://{decimal}.example/"),
            "http://127.0.0.1.:80/".to_owned(),
        ] {
            let id = posted(&site, &who, &me, &host).await;
            let digest = kernel::sha256_hex(host.as_bytes());
            let handler = community::service::posts::CARD_HANDLER.to_owned();
            let task = Task { handler, org: me.org, key: digest.clone(), body: digest, attempts: 1 };
            let outcome = guarded.run(&task).await;
            assert!(matches!(outcome, Outcome::Done), "{host}: there will be no card, and nothing is tried again");
            assert!(!site.get(&path(id)).await.text().contains("link-card"), "{host}");
        }
        assert_eq!(asked.load(Ordering::SeqCst), 0, "nobody was asked");
    });
}

#[test]
fn a_card_comes_while_a_video_is_made() {
    on_one(On::Lite, &async |site: Site| {
        let address = server(Arc::default()).await;
        let (who, me) = member(&site, "odile", "Odile F.").await;
        let filmer = Pretender::new(crate::clips::PHONE);
        let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (begins, goes) = (begun.clone(), go.clone());
        *filmer.meanwhile.lock().expect("fine") = Some(Box::pin(async move {
            begins.notify_one();
            goes.notified().await;
        }));
        let app = &site.app;
        let fetcher = Arc::new(WebFetcher::allowing_private().expect("a client"));
        let cards = Cards {
            db: app.db.clone(),
            blobs: app.blobs.clone(),
            fetcher,
            scratch: app.scratch.clone(),
            limits: ui::Limits::default(),
            busy: std::sync::Mutex::default(),
        };
        let films = ClipTools {
            db: app.db.clone(),
            blobs: app.blobs.clone(),
            ids: app.ids.clone(),
            filmer,
            waste: Arc::new(traboule::waste::Swept),
            scratch: app.scratch.clone(),
        };
        let handlers: HashMap<&'static str, Arc<dyn Handler>> = HashMap::from([
            (CARD_HANDLER, Arc::new(cards) as Arc<dyn Handler>),
            (CLIP_HANDLER, Arc::new(MakeClip(films))),
        ]);
        let worker = Worker::new(app.db.clone(), handlers);
        let clip = format!("/fr/clips/{}", crate::clips::sent(&site, &who, me.id, "Film", crate::clips::PHONE).await);
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let working = tokio::spawn(worker.clone().work(stopped));
        worker.wake();
        begun.notified().await;
        let id = posted(&site, &who, &me, &format!("Voir http://{address}/pont")).await;
        worker.wake();
        while !site.get(&path(id)).await.text().contains("link-card") {
            tokio::task::yield_now().await;
        }
        assert_eq!(site.get(&clip).await.status, 404, "its video is still being made");
        go.notify_one();
        while site.get(&clip).await.status != 200 {
            tokio::task::yield_now().await;
        }
        stop.send_replace(true);
        working.await.expect("it ends");
    });
}
