//! Forms as people send them: signing in, a new password, the studio, the people of an organisation. A refused form
//! comes back with a summary, its problems at the fields and what was typed, never with a secret.

use accounts::service as accounts_uc;
use db::write_tx;
use it::{Answer, Person, Site, desk, on_both, on_one};
use kernel::{Role, show_id};
use publish::model::{EPISODE_PREFIX, Show};
use testkit::On;

const EMAIL: &str = "odile@pentes.example";
const PASSWORD: &str = "cinq poires jaunes";

/// The first `<input>` or `<textarea>` start tag with this id.
fn tag(page: &str, id: &str) -> String {
    let at = page.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id} in {page}"));
    let from = page[..at].rfind('<').expect("a tag");
    let to = at + page[at..].find('>').expect("its end");
    page[from..to].to_owned()
}

/// What a hidden field holds.
fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let rest = page.split_once(&start).unwrap_or_else(|| panic!("no {name} in {page}")).1;
    rest.split_once('"').expect("its end").0.to_owned()
}

/// The mails written so far, oldest first.
fn mails(site: &Site) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(&site.app.mail_folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|e| e.expect("an entry").path()).collect();
    files.sort();
    files.iter().map(|f| std::fs::read_to_string(f).expect("a mail")).collect()
}

async fn mailed_code(site: &Site) -> String {
    site.work().await;
    let mail = mails(site).pop().expect("a mail");
    let subject = mail.lines().nth(1).expect("a subject").to_owned();
    subject.chars().filter(char::is_ascii_digit).collect()
}

fn session_of(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Secure", "Max-Age="] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let pair = cookie.split(';').next().expect("a pair");
    pair.split_once('=').expect("a value").1.to_owned()
}

fn signed_in(who: &Person, session: String) -> Person {
    Person { session, ..who.clone() }
}

/// A refused form: its status, its summary linked to the field, the field marked and explained, nothing missing.
fn assert_refused(answer: &Answer, field: &str, sentence: &str) {
    let page = answer.text();
    assert_eq!(answer.status, 422, "{page}");
    assert_eq!(answer.header("cache-control"), "private, no-store");
    assert!(page.contains("role=\"alert\"") && page.contains(&format!("href=\"#{field}\"")), "a summary: {page}");
    let tag = tag(&page, field);
    assert!(tag.contains("aria-invalid=\"true\"") && tag.contains(&format!("{field}-error")), "{tag}");
    assert!(page.contains(&format!("id=\"{field}-error\"")) && page.contains(sentence), "{sentence}: {page}");
    assert!(!page.contains('⟨'), "a sentence is missing: {page}");
}

#[test]
fn a_code_signs_in_and_mistakes_are_explained() {
    on_both(async |site| {
        let odile = site.person("pentes", EMAIL, Role::Editor).await;
        for (lang, without_at, malformed) in
            [("fr", "Il manque le signe @", "Le code a six chiffres."), ("en", "The address has no @", "six digits")]
        {
            let form = format!("/{lang}/sign-in/code");
            let answer = site.post(&form, &[("email", "odile.pentes<\"é"), ("next", "/fr/studio")]).await;
            let page = answer.text();
            assert_eq!(answer.status, 422);
            assert!(page.contains(&format!("<html lang=\"{lang}\">")));
            if lang == "fr" {
                assert_refused(&answer, "c-email", without_at);
            }
            let kept = tag(&page, "c-email");
            assert!(kept.contains("odile.pentes&lt;") && kept.contains("aria-invalid"), "typed text is kept: {kept}");
            assert_eq!(hidden(&page, "next").replace("&#x2f;", "/"), "/fr/studio");
            assert!(!tag(&page, "p-email").contains("aria-invalid"), "the other form is left alone");
            let asked = site.post(&form, &[("email", EMAIL)]).await;
            assert_eq!(asked.status, 200);
            let browser = hidden(&asked.text(), "browser");
            let finish = format!("/{lang}/sign-in/code/finish");
            let wrong = site.post(&finish, &[("browser", &browser), ("code", "12345678")]).await;
            assert_eq!(wrong.status, 422);
            assert!(wrong.text().contains(malformed) && !wrong.text().contains("12345678"), "{}", wrong.text());
            assert_eq!(hidden(&wrong.text(), "browser"), browser, "another try needs no new mail");
        }
        let asked = site.post("/fr/sign-in/code", &[("email", EMAIL)]).await;
        let browser = hidden(&asked.text(), "browser");
        let code = mailed_code(&site).await;
        let other = if code == "000000" { "000001" } else { "000000" };
        let wrong = site.post("/fr/sign-in/code/finish", &[("browser", &browser), ("code", other)]).await;
        assert_refused(&wrong, "f-code", "Ce n’est pas le bon code.");
        assert!(!wrong.text().contains(other), "a code is not printed back");
        let elsewhere = site.post("/fr/sign-in/code/finish", &[("browser", "AAAA"), ("code", &code)]).await;
        assert_eq!(elsewhere.status, 422, "the code works in the browser that asked");
        let typed = format!("{} {}", &code[..3], &code[3..]);
        let fields = [("browser", browser.as_str()), ("code", typed.as_str()), ("next", "/fr/studio")];
        let right = site.post("/fr/sign-in/code/finish", &fields).await;
        assert_eq!((right.status.as_u16(), right.header("location").as_str()), (303, "/fr/studio"));
        let odile = signed_in(&odile, session_of(&right));
        assert_eq!(site.get_as(&odile, "/fr/studio").await.status, 200);
        let again = site.post("/fr/sign-in/code/finish", &fields).await;
        assert_refused(&again, "f-code", "Ce code ne marche plus.");
    });
}

#[test]
fn nobody_learns_who_has_an_account() {
    on_one(On::Lite, &async |site: Site| {
        site.person("pentes", EMAIL, Role::Editor).await;
        for form in ["/fr/sign-in/code", "/fr/sign-in/reset"] {
            let plain = |page: String, email: &str| page.replace(&hidden(&page, "browser"), "").replace(email, "");
            let known = site.post(form, &[("email", EMAIL)]).await.text();
            let unknown = site.post(form, &[("email", "personne@pentes.example")]).await.text();
            assert_eq!(plain(known, EMAIL), plain(unknown, "personne@pentes.example"), "{form}");
        }
        site.work().await;
        assert!(mails(&site).iter().all(|m| m.starts_with(&format!("To: {EMAIL}\n"))), "nobody else is written to");
        let wrong = |email: &'static str| [("email", email), ("password", "pas le bon mot")];
        let known = site.post("/fr/sign-in/password", &wrong(EMAIL)).await;
        let unknown = site.post("/fr/sign-in/password", &wrong("personne@pentes.example")).await;
        assert_eq!(known.text().replace(EMAIL, ""), unknown.text().replace("personne@pentes.example", ""));
    });
}

#[test]
fn only_paths_of_this_site_are_gone_to_after_signing_in() {
    on_one(On::Lite, &async |site: Site| {
        site.person("pentes", EMAIL, Role::Editor).await;
        let tries = [
            ("/fr/account", "/fr/account"),
            ("/fr/studio/shows", "/fr/studio/shows"),
            ("", "/fr/studio"),
            ("https://evil.example/", "/fr/studio"),
            ("//evil.example/", "/fr/studio"),
            ("/\\evil.example/", "/fr/studio"),
            ("/\t/evil.example/", "/fr/studio"),
            ("/\n/evil.example/", "/fr/studio"),
            ("javascript:alert(1)", "/fr/studio"),
        ];
        for (next, expected) in tries {
            let asked = site.post("/fr/sign-in/code", &[("email", EMAIL), ("next", next)]).await;
            let code = mailed_code(&site).await;
            let browser = hidden(&asked.text(), "browser");
            let fields = [("browser", browser.as_str()), ("code", code.as_str()), ("next", next)];
            let answer = site.post("/fr/sign-in/code/finish", &fields).await;
            assert_eq!(answer.header("location"), expected, "{next:?}");
            site.clock.advance(1000);
        }
    });
}

#[test]
fn a_person_without_a_team_lands_on_the_account() {
    on_both(async |site: Site| {
        let odile = site.person("pentes", EMAIL, Role::Editor).await;
        let ctx = site.system();
        let out = write_tx!(site.app.db, |tx| accounts_uc::set_roles(tx, &ctx, odile.org, odile.id, &[]).await);
        out.expect("out of the team");
        assert_eq!(site.get_as(&odile, "/fr/sign-in").await.header("location"), "/fr/account");
        for (next, expected) in [("", "/fr/account"), ("/fr/shows/pentes", "/fr/shows/pentes")] {
            let asked = site.post("/fr/sign-in/code", &[("email", EMAIL), ("next", next)]).await;
            let (code, browser) = (mailed_code(&site).await, hidden(&asked.text(), "browser"));
            let fields = [("browser", browser.as_str()), ("code", code.as_str()), ("next", next)];
            assert_eq!(site.post("/fr/sign-in/code/finish", &fields).await.header("location"), expected);
            site.clock.advance(1000);
        }
    });
}

#[test]
fn a_forgotten_password_is_replaced_and_opens_the_door() {
    on_both(async |site| {
        let odile = site.person("pentes", EMAIL, Role::Editor).await;
        let bad = site.post("/fr/sign-in/reset", &[("email", "odile@pentes")]).await;
        assert_refused(&bad, "f-email", "Il manque la fin de l’adresse");
        let asked = site.post("/fr/sign-in/reset", &[("email", EMAIL)]).await;
        let browser = hidden(&asked.text(), "browser");
        let code = mailed_code(&site).await;
        let finish = async |password: &str| {
            let fields = [("browser", browser.as_str()), ("code", code.as_str()), ("password", password)];
            site.post("/fr/sign-in/reset/finish", &fields).await
        };
        for (password, sentence) in
            [("court", "Le mot de passe est trop court"), ("motdepasse", "Ce mot de passe est trop connu.")]
        {
            let answer = finish(password).await;
            assert_refused(&answer, "f-password", sentence);
            assert!(!answer.text().contains(&format!("\"{password}\"")), "a password is not printed back");
        }
        let done = finish(PASSWORD).await;
        assert_eq!((done.status.as_u16(), done.header("location").as_str()), (303, "/fr/studio"));
        let new = signed_in(&odile, session_of(&done));
        assert_eq!(site.get_as(&new, "/fr/account").await.status, 200);
        assert_eq!(site.get_as(&odile, "/fr/account").await.status, 303, "other sessions ended");
        let wrong = site.post("/fr/sign-in/password", &[("email", EMAIL), ("password", "mauvais secret")]).await;
        assert_refused(&wrong, "p-password", "L’adresse ou le mot de passe ne va pas.");
        assert!(tag(&wrong.text(), "p-email").contains("odile@pentes.example"), "the address is kept");
        assert!(!wrong.text().contains("mauvais secret"));
        let english = site.post("/en/sign-in/password", &[("email", EMAIL), ("password", "mauvais secret")]).await;
        assert!(
            english.status == 422 && !english.text().contains('⟨') && english.text().contains("<html lang=\"en\">")
        );
        let right =
            site.post("/fr/sign-in/password", &[("email", "ODILE@pentes.example"), ("password", PASSWORD)]).await;
        assert_eq!(right.status, 303);
        assert_eq!(site.get_as(&signed_in(&odile, session_of(&right)), "/fr/account").await.status, 200);
    });
}

#[test]
fn an_address_is_verified_from_the_account() {
    on_one(On::Lite, &async |site: Site| {
        let odile = site.person("pentes", EMAIL, Role::Editor).await;
        assert!(site.get_as(&odile, "/fr/account").await.text().contains("adresse à vérifier"));
        let asked = site.post_as(&odile, "/fr/account/verify", &[]).await;
        let browser = hidden(&asked.text(), "browser");
        let code = mailed_code(&site).await;
        let fields = |code: &'static str| [("browser", browser.clone()), ("code", code.to_owned())];
        let wrong = fields("12");
        let wrong: Vec<(&str, &str)> = wrong.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let wrong = site.post_as(&odile, "/fr/account/verify/finish", &wrong).await;
        assert_refused(&wrong, "f-code", "Le code a six chiffres.");
        assert_eq!(hidden(&wrong.text(), "browser"), browser, "another try needs no new mail");
        let right = site.post_as(&odile, "/fr/account/verify/finish", &[("browser", &browser), ("code", &code)]).await;
        assert_eq!(right.status, 303);
        assert!(site.get_as(&odile, "/fr/account").await.text().contains("adresse vérifiée"));
    });
}

#[test]
fn a_token_is_made_in_the_account_and_shown_once() {
    on_one(On::Lite, &async |site: Site| {
        let odile = site.person("pentes", EMAIL, Role::Editor).await;
        let org = odile.org.0.to_string();
        let bad =
            site.post_as(&odile, "/fr/account/tokens", &[("org", &org), ("name", "Robot"), ("days", "900")]).await;
        assert_refused(&bad, "t-days", "La valeur est trop grande : 366 au plus.".replace(" :", "\u{202f}:").as_str());
        assert!(tag(&bad.text(), "t-name").contains("Robot") && tag(&bad.text(), "t-days").contains("900"));
        let fields =
            [("org", org.as_str()), ("name", "Robot"), ("days", "30"), ("scopes", "read"), ("scopes", "publish")];
        let made = site.post_as(&odile, "/fr/account/tokens", &fields).await.text();
        let secret = made.split_once("<code class=\"secret\">").expect("a secret").1;
        let secret = secret.split_once('<').expect("its end").0.to_owned();
        assert!(secret.starts_with("trb_"));
        assert!(!site.get_as(&odile, "/fr/account").await.text().contains(&secret), "shown once");
        assert_eq!(site.api(&secret, "POST", "/api/v1/shows", "{}").await.status, 422, "it works");
        let elsewhere = site.person("ailleurs", "x@ailleurs.example", Role::Owner).await;
        let foreign = [("org", org.as_str()), ("name", "X"), ("days", "1"), ("scopes", "publish")];
        assert_eq!(site.post_as(&elsewhere, "/fr/account/tokens", &foreign).await.status, 403);
    });
}

async fn at_work(site: &Site) -> (Person, Show) {
    let editor = site.person("pentes", EMAIL, Role::Editor).await;
    let show = desk::show(site, &editor, "pentes").await;
    (editor, show)
}

#[test]
fn an_episode_is_scheduled_taken_back_and_published_by_forms() {
    on_both(async |site| {
        let (editor, show) = at_work(&site).await;
        let episode = desk::episode(&site, &editor, &show, desk::draft("Le pont")).await;
        let page = format!("/fr/studio/episodes/{}", show_id(EPISODE_PREFIX, episode.id));
        let post =
            async |verb: &str, fields: &[(&str, &str)]| site.post_as(&editor, &format!("{page}/{verb}"), fields).await;
        for (date, time, sentence) in [
            ("2026-13-40", "07:00", "La date s’écrit année, mois, jour"),
            ("2001-01-01", "07:00", "Ce moment est déjà passé."),
            ("", "07:00", ""),
        ] {
            let answer = post("schedule", &[("date", date), ("time", time)]).await;
            assert_refused(&answer, "f-date", sentence);
            assert!(tag(&answer.text(), "f-date").contains(&format!("value=\"{date}\"")), "what was typed stays");
            assert!(tag(&answer.text(), "f-time").contains("value=\"07:00\""));
        }
        let now =
            site.clock.now().timestamp().to_zoned_datetime(jiff::tz::TimeZone::get("Europe/Paris").expect("a zone"));
        let date = now.date().tomorrow().expect("a day").to_string();
        let answer = post("schedule", &[("date", &date), ("time", "07:00")]).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, format!("{page}?said=scheduled")));
        let shown = site.get_as(&editor, &format!("{page}?said=scheduled")).await.text();
        assert!(tag(&shown, "f-date").contains(&date) && shown.contains("role=\"status\""), "{shown}");
        assert_eq!(site.get("/fr/shows/pentes/le-pont").await.status, 404);
        assert_eq!(post("draft", &[]).await.status, 303);
        assert_eq!(post("unpublish", &[]).await.status, 409, "a draft cannot be taken off");
        assert_eq!(post("publish", &[]).await.header("location"), format!("{page}?said=published"));
        assert_eq!(site.get("/fr/shows/pentes/le-pont").await.status, 200);
        let conflict = post("draft", &[]).await;
        assert!(conflict.status == 409 && !conflict.text().contains('⟨'), "{}", conflict.text());
        assert_eq!(post("unpublish", &[]).await.header("location"), format!("{page}?said=unpublished"));
        assert_eq!(site.get("/fr/shows/pentes/le-pont").await.status, 404);
        assert_eq!(post("burn", &[]).await.status, 404);
    });
}

#[test]
fn scheduling_without_sound_says_what_is_missing() {
    on_one(On::Lite, &async |site: Site| {
        let (editor, show) = at_work(&site).await;
        let ctx = site.app.ctx(editor.actor.clone());
        let draft = desk::draft("Muet");
        let made = write_tx!(site.app.db, |tx| publish::service::create_episode(tx, &ctx, show.id, draft.clone())
            .await)
        .expect("an episode");
        for (lang, sentence) in [("fr", "Il manque le son."), ("en", "sound")] {
            let page = format!("/{lang}/studio/episodes/{}/publish", show_id(EPISODE_PREFIX, made.id));
            let answer = site.post_as(&editor, &page, &[]).await;
            assert!(answer.status == 409 && answer.text().contains(sentence), "{}", answer.text());
        }
    });
}

#[test]
fn texts_are_edited_in_two_languages() {
    on_both(async |site| {
        let (editor, show) = at_work(&site).await;
        let episode = desk::published(&site, &editor, &show, "Le pont").await;
        let page = format!("/fr/studio/episodes/{}", show_id(EPISODE_PREFIX, episode.id));
        let texts = format!("{page}/texts");
        let empty = [("text_lang", "en"), ("title", " "), ("summary", "A <b>summary</b>"), ("notes_md", "Some notes")];
        let refused = site.post_as(&editor, &texts, &empty).await;
        assert_refused(&refused, "f-title", "Ce champ est vide.");
        assert!(refused.text().contains("A &lt;b&gt;summary&lt;") && refused.text().contains("Some notes"));
        let blank = site.get_as(&editor, &format!("{page}?text=en")).await.text();
        assert!(!blank.contains("Notes de **Le pont**"), "the other language's notes are not offered as its own");
        assert!(!site.get("/en/shows/pentes/le-pont").await.text().contains("hreflang=\"x-default\""));
        let fields =
            [("text_lang", "en"), ("title", "The bridge"), ("summary", "Over the river"), ("notes_md", "*Old* stones")];
        assert_eq!(site.post_as(&editor, &texts, &fields).await.status, 303);
        let english = site.get("/en/shows/pentes/le-pont").await.text();
        assert!(english.contains("The bridge") && english.contains("<em>Old</em> stones"), "{english}");
        let french = site.get("/fr/shows/pentes/le-pont").await.text();
        assert!(french.contains("Le pont") && french.contains("Notes de <strong>Le pont</strong>"));
        assert!(french.contains("hreflang=\"en\""));
        let guid = |feed: String| feed.split_once("<guid").map(|(_, rest)| rest[..80].to_owned());
        let before = guid(site.get("/feeds/pentes.xml").await.text());
        let fields = [("text_lang", "fr"), ("title", "Le vieux pont"), ("summary", ""), ("notes_md", "")];
        assert_eq!(site.post_as(&editor, &texts, &fields).await.status, 303);
        let feed = site.get("/feeds/pentes.xml").await.text();
        assert!(feed.contains("Le vieux pont") && guid(feed) == before);
        assert!(site.get("/en/shows/pentes/le-pont").await.text().contains("The bridge"), "the address stays");
    });
}

#[test]
fn owners_invite_and_the_last_one_stays() {
    on_both(async |site| {
        let owner = site.person("pentes", "maelle@pentes.example", Role::Owner).await;
        let people = "/fr/studio/people";
        let bad = [("email", "nouveau"), ("name", "Ana"), ("roles", "")];
        let refused = site.post_as(&owner, &format!("{people}/invite"), &bad).await;
        assert_refused(&refused, "f-email", "Il manque le signe @");
        assert!(tag(&refused.text(), "f-name").contains("Ana") && refused.text().contains("href=\"#f-roles\""));
        let fields = [("email", "ana@pentes.example"), ("name", "Ana Lopès"), ("roles", "editor"), ("roles", "agent")];
        assert_eq!(site.post_as(&owner, &format!("{people}/invite"), &fields).await.status, 303);
        let page = site.get_as(&owner, people).await.text();
        assert!(page.contains("Ana Lopès") && page.contains("ana@pentes.example"));
        site.work().await;
        let mail = mails(&site).pop().expect("a mail");
        assert!(mail.starts_with("To: ana@pentes.example\nSubject: Une équipe vous attend"), "{mail}");
        let me = format!("{people}/{}/roles", owner.id.0);
        let last = site.post_as(&owner, &me, &[("roles", "editor")]).await;
        assert!(last.status == 409 && last.text().contains("Il faut au moins un propriétaire."), "{}", last.text());
        assert_eq!(site.post_as(&owner, &me, &[]).await.status, 409, "nor leave");
        let second = site.person("pentes", "bob@pentes.example", Role::Owner).await;
        assert_eq!(site.post_as(&owner, &me, &[("roles", "agent")]).await.status, 303);
        assert_eq!(site.get_as(&owner, people).await.status, 403, "an agent now");
        assert_eq!(site.get_as(&second, people).await.status, 200);
        let stranger = site.person("ailleurs", "x@ailleurs.example", Role::Owner).await;
        let theirs = format!("{people}/{}/roles", second.id.0);
        assert_eq!(site.post_as(&stranger, &theirs, &[("roles", "agent")]).await.status, 404);
    });
}
