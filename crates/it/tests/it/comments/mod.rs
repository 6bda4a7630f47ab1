//! Comments as their writers and readers use them, through the real front: the form (c15), threads (c16), the writer's own
//! page, erasing, feeds and JSON-LD (c11). The e-mail canary (c5) is in `canary`.

mod adopted;
mod answering;
mod canary;
mod erasing;
mod own;
mod reading;

use it::{Answer, ORIGIN, Person, Site, desk, encode, on_both, on_one, request};
use kernel::{Role, show_id};
use publish::model::{EPISODE_PREFIX, Episode, Show};
use testkit::On;
use traboule::http::{COMMENTER_COOKIE, SESSION_COOKIE};

/// A site with one public episode.
pub(crate) struct Talk {
    pub(crate) who: Person,
    pub(crate) show: Show,
    pub(crate) episode: Episode,
}

impl Talk {
    pub(crate) async fn on(site: &Site) -> Self {
        let who = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let show = desk::show(site, &who, "pentes").await;
        let episode = desk::published(site, &who, &show, "Le pont").await;
        Self { who, show, episode }
    }

    pub(crate) fn id(&self) -> String {
        show_id(EPISODE_PREFIX, self.episode.id)
    }
}

const PAGE: &str = "/fr/shows/pentes/le-pont";
const FORM: &str = "/fr/shows/pentes/le-pont/comments";

/// A fresh stamp, old enough for a person.
pub(crate) async fn stamp(site: &Site) -> String {
    let stamp = site.get("/comments/stamp").await.json()["stamp"].as_str().expect("a stamp").to_owned();
    site.clock.advance(5);
    stamp
}

/// Posts the form at `path` with a good stamp; what is named replaces the usual. Networks are let rest first.
async fn post_with(site: &Site, fields: &[(&str, &str)], cookie: Option<&str>) -> Answer {
    site.clock.advance(700);
    let stamp = stamp(site).await;
    let usual = [
        ("body", "Je l’imprime pour notre accueil."),
        ("name", "Solveig M."),
        ("email", "solveig@lecteurs.example"),
        ("stamp", stamp.as_str()),
    ];
    let mut all: Vec<(&str, &str)> = fields.to_vec();
    all.extend(usual.iter().filter(|(name, _)| !fields.iter().any(|(n, _)| n == name)));
    let all: Vec<(&str, &str)> = all.into_iter().filter(|(_, value)| *value != "-").collect();
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded"), ("origin", ORIGIN)];
    headers.extend(cookie.map(|c| ("cookie", c)));
    site.send(request("POST", FORM, None, &headers, encode(&all).into())).await
}

pub(crate) async fn post(site: &Site, fields: &[(&str, &str)]) -> Answer {
    post_with(site, fields, None).await
}

/// The path of the writer's own page, after a post that was taken.
pub(crate) fn own_page(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let to = answer.header("location");
    assert!(to.starts_with("/fr/comments/"), "{to}");
    to.split('?').next().expect("a path").to_owned()
}

/// The mails to commenters so far, oldest first.
pub(crate) fn mails(site: &Site) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(&site.app.mail_folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    files.sort();
    let mails = files.iter().map(|f| std::fs::read_to_string(f).expect("a mail"));
    mails.filter(|m| m.lines().next().is_some_and(|to| to.ends_with("@lecteurs.example"))).collect()
}

/// The start tag of the field with an id.
fn tag(page: &str, id: &str) -> String {
    let at = page.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("{id} is there: {page}"));
    let start = page[..at].rfind('<').expect("a tag");
    page[start..].split_once('>').expect("its end").0.to_owned()
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name}: {page}"));
    rest.split('"').next().expect("a value").to_owned()
}

#[test]
fn c15_required_fields_are_marked_and_boxes_are_not_ticked() {
    on_one(On::Lite, &async |site: Site| {
        Talk::on(&site).await;
        for (path, sentence) in [
            (PAGE, "Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *"),
            (FORM, "Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *"),
            (
                "/en/shows/pentes/le-pont",
                "Your e-mail address will not be published. Required fields are marked with *",
            ),
        ] {
            let page = site.get(path).await.text();
            assert!(page.contains(sentence), "{path}");
            let (before, _) = page.split_once("id=\"f-body\"").expect("the form");
            assert!(before.contains(sentence), "the sentence comes before the first field");
            for (id, label, token) in [
                ("f-body", if path.starts_with("/fr") { "Commentaire" } else { "Comment" }, ""),
                ("f-name", if path.starts_with("/fr") { "Nom" } else { "Name" }, "autocomplete=\"name\""),
                (
                    "f-email",
                    if path.starts_with("/fr") { "Adresse e-mail" } else { "E-mail address" },
                    "autocomplete=\"email\"",
                ),
            ] {
                let field = tag(&page, id);
                assert!(field.contains(" required aria-required=\"true\"") && field.contains(token), "{field}");
                let star = format!("for=\"{id}\">{label} <span aria-hidden=\"true\">*</span>");
                assert!(page.contains(&star), "{path}: {star}");
            }
            let site_field = tag(&page, "f-url");
            assert!(!site_field.contains("required") && site_field.contains("autocomplete=\"url\""), "{site_field}");
            for name in ["remember", "send_link"] {
                let (_, rest) = page.split_once(&format!("type=\"checkbox\" name=\"{name}\"")).expect("a box");
                assert!(!rest.split_once('>').expect("its end").0.contains("checked"), "{name}");
            }
            let (_, trap) = page.split_once("<p class=\"trap\">").expect("the trap");
            assert!(trap.split_once("</p>").expect("its end").0.contains("autocomplete=\"off\" tabindex=\"-1\""));
        }
    });
}

#[test]
fn c15_it_works_without_scripts_by_a_look_before_it_is_sent() {
    on_both(async |site| {
        Talk::on(&site).await;
        let fields = [
            ("body", "Voir https://a.example/x <b>"),
            ("name", "Solveig M."),
            ("email", "solveig@lecteurs.example"),
            ("send_link", "on"),
        ];
        let look = site.post(FORM, &fields).await;
        assert_eq!((look.status.as_u16(), look.header("set-cookie")), (200, String::new()));
        assert_eq!(look.header("cache-control"), "private, no-store");
        let page = look.text();
        let link = "<a href=\"https://a.example/x\" rel=\"ugc nofollow noopener\">https://a.example/x</a> &lt;b&gt;";
        assert!(page.contains(link) && page.contains("Solveig M."), "{page}");
        assert!(!page.contains("solveig@lecteurs.example"), "the address goes along sealed");
        assert_eq!(hidden(&page, "send_link"), "on");
        let kept = ["body", "parent", "remember", "send_link", "writer", "stamp"];
        let values: Vec<(&str, String)> = kept.iter().map(|name| (*name, crate_plain(&hidden(&page, name)))).collect();
        let mut again: Vec<(&str, &str)> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
        // "Change" brings the form back with everything.
        again.push(("change", "on"));
        let form = site.post(FORM, &again).await;
        assert_eq!(form.status, 200);
        assert!(form.text().contains("Voir https://a.example/x &lt;b&gt;</textarea>"), "{}", form.text());
        assert!(tag(&form.text(), "f-name").contains("value=\"Solveig M.\""));
        again.pop();
        site.clock.advance(5);
        let own = own_page(&site.post(FORM, &again).await);
        assert!(site.get(&own).await.text().contains("En attente"));
    });
}

/// Undoes the escaping of a template.
fn crate_plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[test]
fn c15_an_error_keeps_the_text_and_gives_a_fresh_stamp() {
    on_both(async |site| {
        Talk::on(&site).await;
        let old = site.get("/comments/stamp").await.json()["stamp"].as_str().expect("a stamp").to_owned();
        site.clock.advance(2 * 86_400);
        for (fields, status, says) in [
            (vec![("email", "")], 422, "f-email"),
            (vec![("email", "pas une adresse")], 422, "f-email"),
            (vec![("name", " ")], 422, "f-name"),
            (vec![("url", "javascript:alert(1)")], 422, "f-url"),
            (vec![("stamp", "x")], 422, ""),
            (vec![("stamp", old.as_str())], 422, ""),
            (vec![("website2", "https://spam.example")], 422, ""),
            (vec![("stamp", "-"), ("email", "")], 422, "f-email"),
        ] {
            let answer = post(&site, &fields).await;
            let page = answer.text();
            assert_eq!(answer.status.as_u16(), status, "{fields:?}");
            assert!(page.contains("Je l’imprime pour notre accueil.</textarea>"), "the text is kept: {fields:?}");
            assert!(page.contains("role=\"alert\""), "{fields:?}");
            if !says.is_empty() {
                assert!(tag(&page, says).contains("aria-invalid=\"true\""), "{fields:?}");
            }
            assert_ne!(hidden(&page, "stamp"), old, "the stamp is fresh");
            assert_eq!(answer.header("cache-control"), "private, no-store");
        }
        // Without a text there is nothing to keep but the rest.
        let answer = post(&site, &[("body", " ")]).await;
        assert_eq!(answer.status, 422);
        assert!(tag(&answer.text(), "f-name").contains("value=\"Solveig M.\""));
    });
}

#[test]
fn c15_somebody_takes_three_seconds() {
    on_both(async |site| {
        Talk::on(&site).await;
        for (seconds, status) in [(0, 422), (2, 422), (4, 303)] {
            let stamp = site.get("/comments/stamp").await;
            assert_eq!(stamp.header("cache-control"), "no-store");
            let stamp = stamp.json()["stamp"].as_str().expect("a stamp").to_owned();
            site.clock.advance(seconds);
            let body = format!("Un commentaire après {seconds} secondes.");
            let fields = [
                ("body", body.as_str()),
                ("name", "Solveig"),
                ("email", "solveig@lecteurs.example"),
                ("stamp", stamp.as_str()),
            ];
            let answer = site.post(FORM, &fields).await;
            assert_eq!(answer.status.as_u16(), status, "{seconds}: {}", answer.text());
        }
    });
}

#[test]
fn c15_one_network_has_five_in_ten_minutes_and_thirty_a_day() {
    on_one(On::Lite, &async |site: Site| {
        Talk::on(&site).await;
        let mut taken = 0;
        for n in 0..40 {
            let stamp = stamp(&site).await;
            let (body, email) =
                (format!("Avis numéro {n}, différent des autres."), format!("lecteur{n}@lecteurs.example"));
            let fields =
                [("body", body.as_str()), ("name", "Solveig"), ("email", email.as_str()), ("stamp", stamp.as_str())];
            let answer = site.post(FORM, &fields).await;
            match answer.status.as_u16() {
                303 => taken += 1,
                429 => {
                    assert!(answer.text().contains(&format!("Avis numéro {n}, différent des autres.</textarea>")));
                    assert!(n % 6 == 5 || taken >= 30, "{n}: after five, or after thirty");
                    site.clock.advance(600);
                }
                other => panic!("{n}: {other}"),
            }
        }
        assert_eq!(taken, 30);
    });
}

#[test]
fn c15_the_cookie_comes_only_if_ticked_and_goes_when_asked() {
    on_both(async |site| {
        Talk::on(&site).await;
        let plain = post(&site, &[]).await;
        assert_eq!((plain.status.as_u16(), plain.header("set-cookie")), (303, String::new()));
        let kept = post(&site, &[("remember", "on"), ("body", "Et le dimanche ?")]).await;
        let cookie = kept.header("set-cookie");
        assert!(cookie.starts_with(&format!("{COMMENTER_COOKIE}=")), "{cookie}");
        for part in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Max-Age=31536000", "; Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let pair = cookie.split(';').next().expect("a pair").to_owned();
        assert!(!pair.to_lowercase().contains("solveig"), "sealed: {pair}");
        // The ready page is for strangers; who is remembered gets their name and never their address.
        let stranger = site.get(PAGE).await;
        assert_eq!(stranger.header("cache-control"), "public, no-cache");
        for _ in 0..2 {
            let known = site.get_with(PAGE, &[("cookie", pair.as_str())]).await;
            let text = known.text();
            assert!(text.contains("Solveig M.") && !text.contains("id=\"f-email\""));
            assert!(!text.contains("solveig@lecteurs.example"));
            assert_eq!(
                (known.header("cache-control"), known.header("etag")),
                ("private, no-store".to_owned(), String::new())
            );
            assert_eq!(site.get(PAGE).await.body, stranger.body, "nobody else sees it");
        }
        // Pages without the form are the same for everybody.
        let feed = site.get_with("/feeds/pentes.xml", &[("cookie", pair.as_str())]).await;
        assert_eq!(feed.header("cache-control"), "public, no-cache");
        let broken = format!("{COMMENTER_COOKIE}=abc");
        assert!(site.get_with(PAGE, &[("cookie", broken.as_str())]).await.text().contains("id=\"f-email\""));
        // One post with what the device remembers.
        let fields = [("body", "Encore une question."), ("name", "-"), ("email", "-")];
        own_page(&post_with(&site, &fields, Some(&pair)).await);
        let refused = post_with(&site, &[("body", ""), ("name", "-"), ("email", "-")], Some(&pair)).await;
        assert_eq!(refused.status, 422);
        assert!(!refused.text().contains("solveig@lecteurs.example"), "not even when it is refused");
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", ORIGIN),
            ("referer", "https://site.example/fr/shows/pentes/le-pont?x=1"),
            ("cookie", pair.as_str()),
        ];
        let gone = site.send(request("POST", "/fr/comments/forget", None, &headers, "".into())).await;
        assert_eq!((gone.status.as_u16(), gone.header("location")), (303, format!("{PAGE}?x=1#write")));
        assert!(gone.header("set-cookie").contains("Max-Age=0"), "{}", gone.header("set-cookie"));
        assert!(!gone.header("set-cookie").contains(SESSION_COOKIE));
    });
}

#[test]
fn c15_other_sites_cannot_post_and_answers_fit_what_they_answer() {
    on_both(async |site| {
        Talk::on(&site).await;
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", "https://evil.example")];
        let answer = site.send(request("POST", FORM, None, &headers, "body=x".into())).await;
        assert_eq!(answer.status, 403);
        for parent in ["co_nothing", "cm_0000000000000", "x"] {
            let answer = post(&site, &[("parent", parent)]).await;
            assert_eq!(answer.status, 409, "{parent}");
            assert!(answer.text().contains("Je l’imprime pour notre accueil.</textarea>"), "{parent}");
        }
        assert_eq!(site.post("/fr/shows/pentes/rien/comments", &[("body", "x")]).await.status, 404);
        let huge = "é".repeat(100_000);
        assert_eq!(post(&site, &[("body", huge.as_str())]).await.status, 422);
    });
}
