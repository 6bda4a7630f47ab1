//! An import in a real browser: rehearsed, looked at, run, run again; a feed from a server next door and an export by file.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::get;
use publish::reader::{Limits, read};
use thirtyfour::prelude::*;
use tokio::net::TcpListener;
use traboule::demo;

use super::{Visit, assert_targets, journey_with_neighbours};
use crate::imports::{essence, feed};
use crate::imports_wxr::{post, wxr};

fn item(guid: &str, title: &str, day: u32) -> String {
    format!(
        "<item><title>{title}</title><guid isPermaLink=\"false\">{guid}</guid><pubDate>{day:02} Oct 2026 06:00:00 +0200</pubDate>
         <enclosure url=\"https://sons.example/{day}.mp3\" length=\"9\" type=\"audio/mpeg\"/></item>"
    )
}

/// Serves a feed on this machine; gives its address.
async fn neighbour(text: Arc<Mutex<String>>) -> String {
    let answer = move || {
        let text = text.lock().expect("a feed").clone();
        async move { ([("content-type", "application/rss+xml")], text) }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}/flux.xml", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/flux.xml", get(answer))).await });
    address
}

/// Asks for a rehearsal of an address and waits for its page.
async fn rehearse(visit: &Visit, address: &str) -> WebDriverResult<String> {
    visit.go("/fr/studio/import").await?;
    visit.fill("#f-address", address).await?;
    visit.click("form[action='/fr/studio/import/address'] button.main").await?;
    visit.until("/\\/import\\/./.test(location.pathname) && document.querySelector('#decide')").await;
    visit.words("main").await
}

async fn run(visit: &Visit) -> WebDriverResult<String> {
    visit.click("form[action$='/run'] button.main").await?;
    visit.until("location.search.startsWith('?said=')").await;
    visit.words("main").await
}

#[test]
fn an_import_is_rehearsed_then_done_and_changes_nothing_again() {
    journey_with_neighbours(async |visit| {
        let text = feed("", &format!("{}{}{}", item("a", "Un", 20), item("b", "Deux", 21), item("b", "Trois", 22)));
        let address = neighbour(Arc::new(Mutex::new(text.clone()))).await;
        visit.sign_in(demo::EDITOR).await?;
        visit.width(360).await?;
        let page = rehearse(visit, &address).await?;
        for words in
            ["Rien n’est encore écrit", "Matins inventés", "à créer", "Un", "Deux", "Trois", "identifiants en double"]
        {
            assert!(page.contains(words), "{words}: {page}");
        }
        visit.assert_no_sideways_scroll().await?;
        assert_targets(visit).await?;
        assert_eq!(visit.fetched("/fr/shows/matins-inventes").await?.0, 404, "nothing is written by looking");
        let console = visit.driver.get_log("browser").await?;
        assert!(console.iter().all(|entry| entry.message.contains("/matins-inventes")), "{console:?}");
        let done = run(visit).await?;
        assert!(done.contains("C’est importé"), "{done}");
        let (status, html) = visit.fetched("/fr/shows/matins-inventes").await?;
        assert!(status == 200 && html.contains("Trois"), "the show is public");
        let (_, out) = visit.fetched("/feeds/matins-inventes.xml").await?;
        let parsed = |xml: &str| read(xml.as_bytes(), None, &Limits::default()).expect("a feed");
        assert_eq!(essence(&parsed(&out)), essence(&parsed(&text)), "what came in goes out");
        let again = rehearse(visit, &address).await?;
        assert!(again.contains("3 inchangés") && again.contains("0 à créer"), "{again}");
        run(visit).await?;
        assert_eq!(essence(&parsed(&visit.fetched("/feeds/matins-inventes.xml").await?.1)), essence(&parsed(&out)));
        visit.assert_clean().await?;
        from_wordpress(visit).await
    });
}

/// A small export by file.
async fn from_wordpress(visit: &Visit) -> WebDriverResult<()> {
    let path = visit.house.folder.path().join("carnet.xml");
    let export = wxr("", &format!("{}{}", post(1, "publish", "Les marches", ""), post(2, "draft", "Un brouillon", "")));
    std::fs::write(&path, export).expect("a file");
    visit.go("/fr/studio/import").await?;
    visit.choose_file("#f-source", &path.to_string_lossy()).await?;
    visit.click("form[action='/fr/studio/import/file'] button").await?;
    visit.until("/\\/import\\/./.test(location.pathname) && document.querySelector('#decide')").await;
    let page = visit.words(".desk").await?;
    assert!(page.contains("Les marches") && page.contains("Export de WordPress"), "{page}");
    visit.assert_no_sideways_scroll().await?;
    run(visit).await?;
    visit.follow("Voir l’émission").await?;
    visit.until_says("main", "Les marches").await;
    assert!(!visit.words("main").await?.contains("Un brouillon"), "a draft stays a draft");
    visit.assert_clean().await
}
