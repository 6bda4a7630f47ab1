//! The shortest way through the house: an episode is published and seen on every surface.

use it::{desk, on_both};
use kernel::Role;

#[test]
fn an_episode_is_published_and_seen() {
    on_both(async |site| {
        let editor = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        assert!(!site.get("/fr/").await.text().contains("Le pont"));
        desk::published(&site, &editor, &show, "Le pont").await;
        for path in
            ["/fr/", "/en/", "/fr/shows/pentes", "/fr/shows/pentes/le-pont", "/feeds/pentes.xml", "/api/v1/shows"]
        {
            let answer = site.get(path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            assert!(path.contains("api") || answer.text().contains("Le pont"), "{path}");
        }
    });
}
