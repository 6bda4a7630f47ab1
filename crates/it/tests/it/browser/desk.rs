//! A day at the desk in real browsers: from the rundown to the published page, a client's approval on a phone, two people
//! at one text.

use jiff::ToSpan;
use jiff::tz::TimeZone;
use kernel::At;
use serde_json::json;
use thirtyfour::prelude::*;
use traboule::demo;

use super::hands::sound;
use super::{Visit, assert_targets, eventually, journey, journey_at_rest};

const TITLE: &str = "Le pont rouvre sans bruit";
const LINES: [&str; 3] = [
    "La mairie répond 0:15 https://mairie.example/reponse",
    "Le pont rouvre 0:20 https://pont.example/ouverture",
    "Les péniches repassent 0:25 https://canal.example/avis",
];
const TITLES: &str =
    "[...document.querySelectorAll('#items > ol > li')].map((i) => i.querySelector('strong').textContent)";
const STARTS: &str = "[...document.querySelectorAll('#chapters input[name$=\"-start\"]')].map((i) => i.value)";
const TRANSCRIPT: &str = "Colette : Bonjour, le pont rouvre ce matin.\n\nAnselme : Et personne ne l’a entendu.\n";

/// Tomorrow at seven in the demo's zone: the date, and the instant.
fn tomorrow(now: At) -> (String, At) {
    let zone = TimeZone::get("Europe/Paris").expect("a zone");
    let day = now.timestamp().to_zoned_datetime(zone.clone()).date().checked_add(1.day()).expect("a day");
    let at = day.at(7, 0, 0, 0).to_zoned_datetime(zone).expect("an instant").timestamp();
    (day.to_string(), At::from_micros(at.as_microsecond()))
}

/// The rundown by the keyboard alone: three lines, the last moved up, chapters made.
async fn plan(visit: &Visit) -> WebDriverResult<()> {
    visit.until("document.activeElement.id === 'f-line'").await;
    for (at, line) in LINES.iter().enumerate() {
        visit.type_here(line).await?;
        visit.key(Key::Enter).await?;
        visit.until(&format!("{TITLES}.length === {} && document.activeElement.id === 'f-line'", at + 1)).await;
    }
    let links: String = visit.words("#items > ol").await?;
    assert!(links.contains("mairie.example") && links.contains("canal.example"), "{links}");
    visit.tab_to("#items > ol > li:nth-child(3) form[action$='/up'] button", true).await?;
    visit.key(Key::Enter).await?;
    let order = json!(["La mairie répond", "Les péniches repassent", "Le pont rouvre"]);
    visit.until(&format!("JSON.stringify({TITLES}) === {}", json!(order.to_string()))).await;
    visit.tab_to("form[action$='/rundown/chapters'] button", false).await?;
    visit.key(Key::Enter).await?;
    let starts = json!(["0:00", "0:15", "0:40", ""]);
    visit.until(&format!("JSON.stringify({STARTS}) === {}", json!(starts.to_string()))).await;
    Ok(())
}

#[test]
fn a_rundown_becomes_a_published_episode() {
    journey_at_rest(async |visit| {
        visit.sign_in(demo::EDITOR).await?;
        let id = visit.new_episode("De plain-pied", TITLE).await?;
        plan(visit).await?;
        visit.tab(&id, "/sound").await?;
        visit.send_sound(&sound(142)).await?;
        visit.tab(&id, "/transcript").await?;
        visit.paste_transcript(TRANSCRIPT).await?;
        visit.tab(&id, "").await?;
        visit.fill("#f-summary", "Une réouverture discrète, trois sources.").await?;
        visit.fill("#f-notes_md", "Le pont rouvre ce matin, avec **deux** voies.").await?;
        visit.click("form[action$='/texts'] button").await?;
        visit.until("location.search.includes('said=saved')").await;
        visit.until("document.querySelector('[data-checks-out] [data-rule]')").await;
        let errors = visit.words("[data-checks-out] .badge.bad").await?;
        assert_eq!(errors, "", "no error stands in the way: {}", visit.words("[data-checks-out]").await?);
        let slug: String = visit.eval("document.querySelector('#f-slug').value").await?;
        let (date, at) = tomorrow(visit.house.clock.now());
        visit.set("#f-date", &date).await?;
        visit.set("#f-time", "07:00").await?;
        visit.until_says("[data-instant-out]", &at.rfc3339()).await;
        visit.click("form[action$='/schedule'] button").await?;
        visit.until("document.querySelector('.desk > header .badge.info')").await;
        visit.assert_clean().await?;
        published(visit, &format!("/fr/shows/de-plain-pied/{slug}"), at).await?;
        proved(visit, &id, at).await
    });
}

/// Not there a second before; page, feed and player there at the instant.
async fn published(visit: &Visit, page: &str, at: At) -> WebDriverResult<()> {
    visit.house.clock.set(at.plus_seconds(-1));
    assert_eq!(visit.fetched(page).await?.0, 404, "a second before");
    assert!(!visit.fetched("/feeds/de-plain-pied.xml").await?.1.contains(TITLE), "a second before");
    // The browser reports an answer of 404 in its console: that one and no other.
    let console = visit.driver.get_log("browser").await?;
    assert!(console.iter().all(|entry| entry.message.contains(page)), "{console:?}");
    visit.house.clock.set(at);
    let (status, html) = visit.fetched(page).await?;
    assert_eq!(status, 200, "at the instant");
    assert!(html.contains(TITLE));
    let (status, feed) = visit.fetched("/feeds/de-plain-pied.xml").await?;
    assert!(status == 200 && feed.contains(TITLE) && feed.contains("<podcast:transcript"), "the feed has it");
    let visitor = visit.house.browser().await;
    visitor.go(page).await?;
    let chapters = visitor.words("#chapters").await?;
    for text in ["La mairie répond", "Les péniches repassent", "Le pont rouvre", "mairie.example", "0:40"] {
        assert!(chapters.contains(text), "{text}: {chapters}");
    }
    assert!(visitor.words("main").await?.contains("personne ne l’a entendu"), "the transcript is there");
    visitor.click("[data-act=play]").await?;
    let audio = "document.querySelector('[data-audio]')";
    visitor.until(&format!("!{audio}.paused && {audio}.currentTime > 0.2")).await;
    assert!(visitor.cookies().await?.is_empty(), "a visitor gets no cookie");
    visitor.assert_clean().await
}

/// Two minutes later a mail says that all is well, and so does the desk.
async fn proved(visit: &Visit, id: &str, at: At) -> WebDriverResult<()> {
    visit.house.clock.set(at.plus_seconds(120));
    let subject = format!(
        "[...document.querySelectorAll('article h2')].some((h) => h.textContent.includes('En ligne') && h.textContent.includes({}))",
        json!(TITLE)
    );
    eventually("the proof by mail", async || visit.go("/dev/mail").await.is_ok() && visit.holds(&subject).await).await;
    let mail = format!(
        "[...document.querySelectorAll('article')].find((a) => a.textContent.includes('En ligne') && a.textContent.includes({})).textContent",
        json!(TITLE)
    );
    let mail: String = visit.eval(&mail).await?;
    assert!(mail.contains("Page, flux et son répondent comme il faut"), "{mail}");
    visit.go(&format!("/fr/studio/episodes/{id}")).await?;
    let proof = visit.words("#proofs").await?;
    for text in ["tout va bien", "La page publique montre le titre", "Le flux contient l’épisode", "(206)"] {
        assert!(proof.contains(text), "{text}: {proof}");
    }
    visit.assert_clean().await
}

#[test]
fn a_client_approves_on_a_phone() {
    journey(async |visit| {
        visit.sign_in(demo::EDITOR).await?;
        visit.follow("Une caisse qui refuse les pièces").await?;
        visit.until("location.pathname.includes('/episodes/ep_')").await;
        let id: String = visit.eval("location.pathname.split('/')[4]").await?;
        visit.tab(&id, "/approval").await?;
        visit.fill("#f-label", "Mairie de Lisses").await?;
        visit.click("form[action$='/approval'] button.main").await?;
        visit.until("document.querySelector('#f-link')").await;
        let link: String = visit.eval("document.querySelector('#f-link').value").await?;
        let path = link.strip_prefix(&visit.origin).expect("an address of this site").to_owned();
        let client = visit.house.browser().await;
        answered(&client, &path).await?;
        visit.tab(&id, "/approval").await?;
        let said = visit.words("main").await?;
        for text in ["Inès Delmas", "Le titre est long.", "Tout est bon.", "approuvé", "Approuvé : version"] {
            assert!(said.contains(text), "{text}: {said}");
        }
        visit.tab(&id, "").await?;
        visit.retype("#f-title", "Une caisse sans monnaie").await?;
        visit.click("form[action$='/texts'] button").await?;
        visit.until("location.search.includes('said=saved')").await;
        visit.tab(&id, "/approval").await?;
        let outdated = "/Approuvé en version \\d+, maintenant version \\d+/.test(document.body.textContent)";
        assert!(visit.holds(outdated).await, "{}", visit.words("main").await?);
        client.go(&path).await?;
        assert!(client.holds(outdated).await, "{}", client.words("#answer").await?);
        client.until_says("h1", "Une caisse sans monnaie").await;
        client.assert_clean().await?;
        visit.assert_clean().await
    });
}

/// The client's side: a phone, no account, a sound, a comment, an approval.
async fn answered(client: &Visit, path: &str) -> WebDriverResult<()> {
    client.width(360).await?;
    client.go(path).await?;
    client.click("[data-act=play]").await?;
    let audio = "document.querySelector('[data-audio]')";
    client.until(&format!("!{audio}.paused && {audio}.currentTime > 0.2")).await;
    client.assert_no_sideways_scroll().await?;
    assert_targets(client).await?;
    for (kind, text) in [("comment", "Le titre est long."), ("approved", "Tout est bon.")] {
        client.fill("#f-name", "Inès Delmas").await?;
        client.fill("#f-text", text).await?;
        client.click(&format!("#answer button[value={kind}]")).await?;
        client.until("document.querySelector('#answer .note.ok')").await;
        client.until_says("main", text).await;
        client.assert_no_sideways_scroll().await?;
        assert_targets(client).await?;
    }
    assert!(client.cookies().await?.is_empty(), "a client gets no cookie");
    let stored: u32 = client.eval("localStorage.length + sessionStorage.length").await?;
    assert_eq!(stored, 0, "nothing is stored in the client's browser");
    client.assert_clean().await
}

/// Saves the texts of an episode that is open.
async fn save(visit: &Visit) -> WebDriverResult<()> {
    visit.click("form[action$='/texts'] button").await
}

#[test]
fn two_editors_collide_and_lose_nothing() {
    journey(async |visit| {
        visit.sign_in(demo::EDITOR).await?;
        let other = visit.house.browser().await;
        other.sign_in(demo::OWNER).await?;
        visit.follow("Six étages sans réseau").await?;
        visit.until("location.pathname.includes('/episodes/ep_')").await;
        let texts: String = visit.eval("location.pathname").await?;
        other.go(&texts).await?;
        clashed(visit, &other).await?;
        merged(visit, &other, &texts).await?;
        kept(visit, &texts).await?;
        other.assert_clean().await?;
        visit.assert_clean().await
    });
}

/// Both change the title, one the summary too; the second sees both, chooses, and nothing is lost.
async fn clashed(visit: &Visit, other: &Visit) -> WebDriverResult<()> {
    other.retype("#f-title", "Six étages, zéro barre").await?;
    other.retype("#f-summary", "Un immeuble sans réseau depuis mars.").await?;
    save(other).await?;
    other.until("location.search.includes('said=saved')").await;
    visit.retype("#f-title", "Six étages dans le silence").await?;
    save(visit).await?;
    visit.until("document.querySelector('form[action$=\"/merge\"]')").await;
    let page = visit.words("main").await?;
    for text in ["Six étages, zéro barre", "Six étages dans le silence", "Six étages sans réseau", "Résumé"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    // The answer to a collision is a 409, which the browser reports in its console.
    let console = visit.driver.get_log("browser").await?;
    assert!(console.iter().all(|entry| entry.message.contains("409")), "{console:?}");
    visit.click("#p-0-typed").await?;
    visit.retype("#p-0-text", "Six étages, un silence").await?;
    visit.click("form[action$='/merge'] button.main").await?;
    visit.until("location.search.includes('said=saved')").await;
    let both = "[document.querySelector('#f-title').value, document.querySelector('#f-summary').value]";
    let both: (String, String) = visit.eval(both).await?;
    assert_eq!(both, ("Six étages, un silence".to_owned(), "Un immeuble sans réseau depuis mars.".to_owned()));
    Ok(())
}

/// Different fields join by themselves, and the page says whose came in; the history has every version.
async fn merged(visit: &Visit, other: &Visit, texts: &str) -> WebDriverResult<()> {
    visit.go(texts).await?;
    other.go(texts).await?;
    other.retype("#f-summary", "Un immeuble, deux antennes en panne.").await?;
    save(other).await?;
    other.until("location.search.includes('said=saved')").await;
    visit.retype("#f-title", "Six étages et deux antennes").await?;
    save(visit).await?;
    visit.until("location.search.includes('said=saved')").await;
    let note = visit.words(".note.info").await?;
    assert!(note.contains("Résumé"), "{note}");
    let both = "[document.querySelector('#f-title').value, document.querySelector('#f-summary').value]";
    let both: (String, String) = visit.eval(both).await?;
    let want = ("Six étages et deux antennes".to_owned(), "Un immeuble, deux antennes en panne.".to_owned());
    assert_eq!(both, want);
    visit.go(&format!("{texts}/history")).await?;
    let history = visit.words("main").await?;
    for name in ["Maëlle", "Anselme"] {
        assert!(history.contains(name), "{name}: {history}");
    }
    Ok(())
}

/// What was typed and not saved is there again in a fresh tab.
async fn kept(visit: &Visit, texts: &str) -> WebDriverResult<()> {
    visit.go(texts).await?;
    visit.retype("#f-summary", "Tapé, jamais enregistré.").await?;
    visit.until_says("form[action$='/texts'] [data-kept]", "Gardé à").await;
    let tab = visit.driver.new_tab().await?;
    visit.driver.switch_to_window(tab).await?;
    visit.go(texts).await?;
    visit.until_says("#texts .note.warn", "pas enregistré").await;
    visit.click("#texts .note.warn a").await?;
    visit.until("document.querySelector('#f-summary').value === 'Tapé, jamais enregistré.'").await;
    save(visit).await?;
    visit.until("location.search.includes('said=saved')").await;
    visit.go(texts).await?;
    visit.until("document.querySelector('#f-summary').value === 'Tapé, jamais enregistré.'").await;
    assert!(!visit.holds("document.querySelector('#texts .note.warn')").await, "saving ends the kept work");
    Ok(())
}
