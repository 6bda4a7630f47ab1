//! Joining: nothing tells whether an address is known, no cookie comes before it is done, limits hold.

use it::{Answer, ORIGIN, on_both, on_one, request};
use kernel::Role;
use testkit::On;

use super::{hidden, joined, mailed_code, mails, session_of};

/// A page without what differs from one visitor to the next.
fn plain(answer: &Answer, email: &str) -> String {
    let text = answer.text();
    text.replace(&hidden(&text, "browser"), "").replace(email, "")
}

#[test]
fn an_address_is_never_told_apart_and_a_code_opens_an_account() {
    on_both(async |site| {
        let known = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let form = site.get("/en/join?next=/en/shows/pentes").await;
        assert_eq!((form.status.as_u16(), form.header("set-cookie").as_str()), (200, ""));
        assert!(form.text().contains("value=\"/en/shows/pentes\""));
        let mut answers = Vec::new();
        for email in ["odile@pentes.example", "solveig@lecteurs.example"] {
            let asked = site.post("/fr/join", &[("email", email), ("name", "Solveig M."), ("next", "/fr/")]).await;
            assert_eq!((asked.status.as_u16(), asked.header("set-cookie").as_str()), (200, ""));
            site.work().await;
            let mail = mails(&site).pop().expect("a mail");
            let code = mailed_code(&site, email);
            let finish =
                [("browser", hidden(&asked.text(), "browser")), ("code", code.clone()), ("next", "/fr/".to_owned())];
            let finish: Vec<(&str, &str)> = finish.iter().map(|(k, v)| (*k, v.as_str())).collect();
            let done = site.post("/fr/join/finish", &finish).await;
            assert_eq!(done.header("location"), "/fr/account/profile?next=%2Ffr%2F");
            answers.push((plain(&asked, email), mail.replace(&code, "").replace(email, "")));
            if email.starts_with("odile") {
                let session = session_of(&done);
                let who = it::Person { session, ..known.clone() };
                assert_eq!(site.get_as(&who, "/fr/studio").await.status, 200, "the account she has");
            }
        }
        assert_eq!(answers[0], answers[1]);
        // Somebody signed in is led on.
        let new = joined(&site, "titouan@lecteurs.example", "Titouan").await;
        let on = site.get_as(&new, "/fr/join?next=/fr/shows/pentes").await;
        assert_eq!(on.header("location"), "/fr/account/profile?next=%2Ffr%2Fshows%2Fpentes");
        assert_eq!(site.get_as(&new, "/fr/studio/people").await.status, 403, "a member is no team");
    });
}

#[test]
fn what_is_typed_wrong_is_said_at_its_field_and_kept() {
    on_one(On::Lite, &async |site: it::Site| {
        let page = site.post("/fr/join", &[("email", "x"), ("name", "Solveig & co"), ("next", "//evil.example")]).await;
        assert_eq!(page.status, 422);
        assert!(page.text().contains("value=\"Solveig &amp; co\"") && page.text().contains("f-email-error"));
        let page =
            site.post("/fr/join/finish", &[("browser", "x"), ("code", "123456"), ("email", "a@b.example")]).await;
        assert_eq!(page.status, 422);
        assert!(page.text().contains("f-code-error") && !page.text().contains("123456"));
        // Where one goes afterwards is a path of this site or nothing.
        let asked =
            site.post("/fr/join", &[("email", "s@lecteurs.example"), ("name", "S."), ("next", "//evil.example")]).await;
        site.work().await;
        let (browser, code) = (hidden(&asked.text(), "browser"), mailed_code(&site, "s@lecteurs.example"));
        let sent = [("browser", browser.as_str()), ("code", code.as_str()), ("next", "//evil.example")];
        assert_eq!(site.post("/fr/join/finish", &sent).await.header("location"), "/fr/account/profile");
    });
}

#[test]
fn joining_is_limited_per_network_and_per_address() {
    on_one(On::Lite, &async |site: it::Site| {
        let ask = async |email: &str| site.post("/fr/join", &[("email", email), ("name", "S.")]).await.status.as_u16();
        for _ in 0..5 {
            assert_eq!(ask("same@lecteurs.example").await, 200);
        }
        assert_eq!(ask("SAME@lecteurs.example").await, 429, "one mailbox is not filled");
        for n in 0..14 {
            assert_eq!(ask(&format!("n{n}@lecteurs.example")).await, 200);
        }
        assert_eq!(ask("last@lecteurs.example").await, 429);
        site.clock.advance(3601);
        assert_eq!(ask("last@lecteurs.example").await, 200);
    });
}

#[test]
fn other_sites_cannot_begin_it() {
    on_one(On::Lite, &async |site: it::Site| {
        for (path, mime) in
            [("/fr/join", "application/x-www-form-urlencoded"), ("/join/passkey/begin", "application/json")]
        {
            let headers = [("origin", "https://evil.example"), ("content-type", mime)];
            let answer = site.send(request("POST", path, None, &headers, "{}".into())).await;
            assert_eq!(answer.status, 403, "{path}");
        }
        let headers = [("origin", ORIGIN), ("content-type", "application/json"), ("accept-language", "en")];
        let body = r#"{"name": "Titouan"}"#;
        let begun = site.send(request("POST", "/join/passkey/begin", None, &headers, body.into())).await.json();
        assert_eq!((begun["rp_id"].as_str(), begun["user_name"].as_str()), (Some("site.example"), Some("Titouan")));
        let nameless = site.send(request("POST", "/join/passkey/begin", None, &headers, "{}".into())).await;
        assert_eq!(nameless.status, 422);
    });
}
