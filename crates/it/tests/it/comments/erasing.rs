//! Erasing one's comments, and the page that says what is kept.

use it::{Site, on_both, on_one};
use kernel::Lang;
use testkit::On;

use super::own::visible;
use super::{PAGE, Talk, own_page, post};

/// The newest mail's link.
fn mailed(site: &Site) -> Option<String> {
    let mail = super::mails(site).pop()?;
    mail.split_once("https://site.example/")
        .map(|_| mail.split("https://site.example").find(|p| p.starts_with("/fr/privacy/")).unwrap_or_default())
        .and_then(|rest| rest.split_whitespace().next())
        .map(str::to_owned)
}

#[test]
fn c15_erasing_removes_the_address_and_keeps_the_shape() {
    for what in ["identity", "all"] {
        on_both(async |site: Site| {
            let talk = Talk::on(&site).await;
            let first = visible(&site, &talk, &[("body", "Le premier avis, tout en haut.")]).await;
            let id = first.rsplit('/').next().expect("a token").split('.').next().expect("an id").to_owned();
            let answer = [
                ("body", "Une réponse d’ailleurs."),
                ("parent", id.as_str()),
                ("email", "b@lecteurs.example"),
                ("name", "Bao"),
            ];
            visible(&site, &talk, &answer).await;
            own_page(&post(&site, &[("body", "Un second, qui attend.")]).await);
            let ask = async |email: &str| {
                let answer = site.post("/fr/privacy/erase", &[("email", email)]).await;
                site.work().await;
                (answer.status.as_u16(), answer.header("location"), answer.text())
            };
            let (known, unknown) = (ask("SOLVEIG@lecteurs.example").await, ask("personne@lecteurs.example").await);
            assert_eq!(known, unknown, "the answer says nothing");
            assert_eq!(known.0, 303);
            assert!(site.get("/fr/privacy?said=erase").await.text().contains("Si des commentaires ont été écrits"));
            let link = mailed(&site).expect("a link");
            let page = site.get(&link).await;
            assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, "private, no-store".to_owned()));
            assert!(page.text().contains("2 commentaires ont été écrits avec votre adresse."), "{}", page.text());
            let cut = &link[..link.len() - 2];
            assert_eq!(site.get(cut).await.status, 404);
            assert_eq!(site.post(&link, &[]).await.status, 422);
            let done = site.post(&link, &[("what", what)]).await;
            assert_eq!(done.header("location"), format!("{link}?said=done"));
            assert!(site.get(&link).await.text().contains("Aucun commentaire ne porte plus votre adresse."));
            let page = site.get(PAGE).await.text();
            assert!(!page.contains("Solveig") && page.contains("Une réponse d’ailleurs."), "{page}");
            if what == "identity" {
                assert!(page.contains("tout en haut") && page.contains("Auteur retiré"), "{page}");
            } else {
                assert!(!page.contains("tout en haut") && page.contains("Commentaire retiré"), "{page}");
            }
            assert_eq!(site.get(&first).await.status, 404, "the link of a nameless comment is over");
            // Nothing is left to be asked for: no letter.
            let before = super::mails(&site).len();
            ask("solveig@lecteurs.example").await;
            assert_eq!(super::mails(&site).len(), before);
            site.clock.advance(86_401);
            assert_eq!(site.get(&link).await.status, 404, "a day later it is over");
        });
    }
}

#[test]
fn an_address_that_is_none_is_refused_and_letters_are_limited() {
    on_one(On::Lite, &async |site: Site| {
        let talk = Talk::on(&site).await;
        visible(&site, &talk, &[]).await;
        let wrong = site.post("/fr/privacy/erase", &[("email", "pas une adresse")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("value=\"pas une adresse\""));
        for _ in 0..6 {
            assert_eq!(site.post("/fr/privacy/erase", &[("email", "solveig@lecteurs.example")]).await.status, 303);
            site.work().await;
        }
        assert_eq!(super::mails(&site).len(), 3);
    });
}

#[test]
fn the_page_of_what_is_kept_says_what_the_rules_do() {
    on_one(On::Lite, &async |site: Site| {
        Talk::on(&site).await;
        let list = include_str!("../../../../../personal-data.toml");
        let of = |table: &str, column: &str| {
            let entry = list
                .split("[[column]]")
                .find(|e| e.contains(&format!("table = \"{table}\"")) && e.contains(&format!("column = \"{column}\"")));
            let entry = entry.unwrap_or_else(|| panic!("{table}.{column} is listed"));
            entry.split_once("retention = \"").expect("a retention").1.split('"').next().expect("its end").to_owned()
        };
        // The figures of the page stand in the list, and both are those of the rules that delete.
        for (id, days) in traboule::pages::privacy::kept() {
            let retention = match id {
                "comment" => of("community_private", "network_digest"),
                "sign-in" => of("accounts_session", "user_agent"),
                _ => continue,
            };
            let number: i64 = retention
                .split(|c: char| !c.is_ascii_digit())
                .find(|p| !p.is_empty())
                .and_then(|p| p.parse().ok())
                .unwrap_or_else(|| panic!("{id}: {retention}"));
            assert_eq!(Some(number), days, "{id}: {retention}");
        }
        assert_eq!(community::service::KEPT_SECONDS, 365 * 86_400, "the page says a year");
        for lang in Lang::ALL {
            let page = site.get(&format!("/{}/privacy", lang.code())).await.text();
            for (id, _) in traboule::pages::privacy::kept() {
                assert!(page.contains(&format!("id=\"{id}\">")), "{id}");
            }
            for cookie in [traboule::http::SESSION_COOKIE, traboule::http::COMMENTER_COOKIE] {
                assert!(page.contains(cookie), "{cookie}");
            }
            assert!(!page.contains('⟨'), "{page}");
        }
        let home = site.get("/fr/").await.text();
        assert!(home.contains("href=\"/fr/privacy\""), "every foot leads there");
    });
}
