//! Cards of links: fetched once behind the guard, within size and time, their picture made anew and served from here.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::response::{Html, Redirect};
use axum::routing::get;
use it::{Site, on_both, on_one};
use jobs::{Handler, Outcome, Task};
use testkit::On;
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
