//! The log's pages: leaves in words, page by page, found by number, hash or receipt.

use it::{desk, on_both, on_one};
use kernel::{Lang, Role};
use testkit::On;

use super::{ask, beat};

#[test]
fn what_is_published_stands_in_the_log_in_words() {
    on_both(async |site| {
        let editor = site.person("agence", "odile@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let episode = desk::published(&site, &editor, &show, "Le pont").await;
        site.work().await;
        beat(&site).await;
        let list = site.get("/api/v1/log/leaves").await.json();
        let kinds: Vec<&str> =
            list["leaves"].as_array().expect("a list").iter().filter_map(|l| l["kind"].as_str()).collect();
        assert_eq!(kinds, ["episode.published", "log.opened"]);
        let leaf: serde_json::Value =
            serde_json::from_str(list["leaves"][0]["leaf"].as_str().expect("text")).expect("JSON");
        assert_eq!(
            leaf["data"]["sound_sha256"],
            kernel::sha256_hex(it::SOUND),
            "whoever has the file can show it is the one"
        );
        assert_eq!(leaf["hour"], "2026-11-23T06:00:00Z", "no minute");
        for (lang, words) in [("fr", "a paru"), ("en", "appeared")] {
            let page = site.get(&format!("/{lang}/log/1")).await.text();
            assert!(page.contains(words), "{page}");
            assert!(page.contains(&kernel::show_id("ep", episode.id)), "{page}");
        }
        // The page says what it is about today; nothing of it is in the log, and nothing of it stays when it goes.
        let (list, leaf) = (site.get("/fr/log").await.text(), site.get("/en/log/1").await.text());
        assert!(
            list.contains(">Le pont</a>") && leaf.contains(">Le pont</a>") && leaf.contains("/said.json\""),
            "{leaf}"
        );
        // What happens twice to the task happens once to the log.
        site.work().await;
        beat(&site).await;
        assert_eq!(site.get("/api/v1/log").await.json()["size"], 2);
        // I16: nobody's name, address or text is in what the log hands out.
        let bundle = site.get("/log/tile/entries/000.p/2").await.text();
        for hidden in ["Camille", "odile", "Le pont", "Résumé", "Pentes"] {
            assert!(!bundle.contains(hidden), "{hidden} in {bundle}");
        }
    });
}

#[test]
fn leaves_are_turned_page_by_page_and_found() {
    on_both(async |site| {
        let hash = ask(&site, 44).await;
        beat(&site).await;
        let first = site.get("/fr/log").await.text();
        assert!(first.contains("/fr/log/44\"") && first.contains("/fr/log/25\"") && !first.contains("/fr/log/24\""));
        let second = site.get("/fr/log?before=25").await.text();
        assert!(second.contains("/fr/log/24\"") && second.contains("/fr/log/5\"") && !second.contains("/fr/log/4\""));
        assert!(second.contains("href=\"/fr/log\" ") || second.contains("href=\"/fr/log\">"), "back to the newest");
        let last = site.get("/fr/log?before=5").await.text();
        assert!(last.contains("/fr/log/0\"") && !last.contains("?before=0"));
        let base64 = tlog::note::base64(&hash);
        for sought in ["44", &kernel::hex(&hash), &kernel::hex(&hash).to_uppercase(), &base64] {
            let page = site.get(&format!("/en/log?{}", it::encode(&[("q", sought)]))).await.text();
            assert!(page.contains("Open the leaf") && page.contains("href=\"/en/log/44\""), "{sought}: {page}");
        }
        for (sought, words) in [
            ("45", "No leaf has this hash"),
            ("pont", "no number, no hash and no receipt"),
            (&"0".repeat(64), "No leaf has this hash"),
            ("<script>", "no number, no hash"),
        ] {
            let page = site.get(&format!("/en/log?{}", it::encode(&[("q", sought)]))).await;
            assert_eq!(page.status, 200);
            assert!(page.text().contains(words), "{sought}");
            assert!(!page.text().contains("<script>"), "{sought}");
        }
        let leaf = site.get("/fr/log/44").await.text();
        assert!(leaf.contains(&kernel::hex(&hash)) && leaf.contains("/log/proof/44") && leaf.contains("/fr/log/43\""));
        assert!(!leaf.contains("/fr/log/45\""));
    });
}

#[test]
fn the_foot_of_every_page_leads_to_the_log() {
    on_one(On::Lite, &async |site: it::Site| {
        for path in ["/fr/", "/en/search", "/fr/privacy", "/en/log", "/fr/log/0", "/en/nothing-here"] {
            let page = site.get(path).await.text();
            let lang = path.get(1..3).unwrap_or("fr");
            assert!(page.contains(&format!("<a href=\"/{lang}/log\">")), "{path}");
        }
    });
}

#[test]
fn the_pages_as_they_are() {
    on_one(On::Lite, &async |site: it::Site| {
        for lang in Lang::ALL {
            let page = site.get(&format!("/{}/log", lang.code())).await.text();
            let (_, main) = page.split_once("<main").expect("a main part");
            let main = main.split("</main>").next().unwrap_or_default();
            // Keys, salts and hashes are random: what looks like one is left out.
            let redacted: String = main
                .split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c)))
                .map(|word| if word.len() > 30 && !word.contains("//") { "…\n".to_owned() } else { word.to_owned() })
                .collect();
            insta::assert_snapshot!(format!("log_{}", lang.code()), redacted);
        }
    });
}
