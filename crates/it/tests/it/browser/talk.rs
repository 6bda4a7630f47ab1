//! A guest at a show: commenting without scripts, with scripts on a phone, changing and deleting by the link, by keyboard alone.

use serde_json::json;
use thirtyfour::prelude::*;
use traboule::http::COMMENTER_COOKIE;

use super::visitor::focus;
use super::{Done, Visit, assert_targets};

const TODAY: &str = "/fr/shows/de-plain-pied/qui-est-paye-qui-protege-qui-repond";

async fn fill_in(visit: &Visit, name: &str, email: &str, body: &str) -> Done {
    visit.fill("#f-body", body).await?;
    visit.fill("#f-name", name).await?;
    visit.fill("#f-email", email).await
}

/// Waits for the writer's own page.
async fn until_own(visit: &Visit) {
    visit.until("/^\\/fr\\/comments\\/./.test(location.pathname) && document.readyState === 'complete'").await;
}

#[test]
fn a_guest_comments_without_scripts() {
    journey_of(async |visit| {
        visit.driver.cdp().send_raw("Emulation.setScriptExecutionDisabled", json!({"value": true})).await?;
        visit.go(TODAY).await?;
        let trap = visit.driver.find(By::Css("[name=website2]")).await?;
        assert!(!trap.is_displayed().await?, "the trap is not for people");
        for box_name in ["remember", "send_link"] {
            let tick = visit.driver.find(By::Css(format!("[name={box_name}]"))).await?;
            assert!(!tick.is_selected().await?, "{box_name} is not ticked");
        }
        fill_in(visit, "Solveig M.", "solveig@lecteurs.example", "Je l’imprime pour notre accueil.").await?;
        visit.click("#write .btn.main").await?;
        // The look before it is sent: nothing is kept yet.
        let main = visit.driver.query(By::Css("main article")).first().await?.text().await?;
        assert!(main.contains("Solveig M.") && main.contains("Je l’imprime pour notre accueil."), "{main}");
        visit.click("button[name=change]").await?;
        let typed = visit.driver.query(By::Css("#f-body")).first().await?;
        assert_eq!(typed.value().await?.as_deref(), Some("Je l’imprime pour notre accueil."));
        // The hands of a person take their time; the form without scripts has its stamp by now.
        visit.house.clock.advance(5);
        visit.click("#write .btn.main").await?;
        let own = visit.driver.query(By::Css(".secret")).first().await?.text().await?;
        assert!(own.contains("/fr/comments/"), "{own}");
        let state = visit.driver.find(By::Css("main .badge")).await?.text().await?;
        assert_eq!(state, "En attente");
        assert!(visit.cookies().await?.is_empty(), "nothing was ticked");
        visit.go(TODAY).await?;
        let comments = visit.driver.find(By::Css("#comments")).await?.text().await?;
        assert!(!comments.contains("imprime"), "a first comment waits: {comments}");
        visit.assert_clean().await
    });
}

#[test]
fn a_guest_comments_on_a_phone_changes_it_and_deletes_it_by_the_link() {
    journey_of(async |visit| {
        visit.width(360).await?;
        visit.go(TODAY).await?;
        visit.assert_no_sideways_scroll().await?;
        assert_targets(visit).await?;
        fill_in(visit, "Titouan", "titouan@lecteurs.example", "Et le dimanche ?").await?;
        visit.until("document.querySelector('#write [name=stamp]')?.value").await;
        visit.click("[name=remember]").await?;
        // Too fast for a person: the text is kept, with a fresh stamp.
        visit.click("#write .btn.main").await?;
        visit.until("document.querySelector('#write [role=alert]')").await;
        visit.until("document.querySelector('#f-body').value === 'Et le dimanche ?'").await;
        // The refused post is the only thing the console may speak of.
        let console = visit.driver.get_log("browser").await?;
        assert!(console.iter().all(|entry| entry.message.contains("/comments - ")), "{console:?}");
        visit.house.clock.advance(10);
        visit.click("#write .btn.main").await?;
        until_own(visit).await;
        visit.assert_no_sideways_scroll().await?;
        assert_targets(visit).await?;
        let cookies = visit.cookies().await?;
        assert_eq!(cookies.len(), 1, "{cookies:?}");
        assert_eq!((&cookies[0]["name"], &cookies[0]["httpOnly"]), (&json!(COMMENTER_COOKIE), &json!(true)));
        let own: String = visit.eval("location.pathname").await?;
        // The next form knows the name and never says the address.
        visit.go(TODAY).await?;
        visit.until_says("#write", "Titouan").await;
        assert!(!visit.driver.source().await?.contains("titouan@lecteurs.example"));
        visit.go(&own).await?;
        visit.retype("#f-body", "Et le dimanche, qui répond ?").await?;
        visit.click("#edit .btn.main").await?;
        visit.until_says("main", "Et le dimanche, qui répond ?").await;
        visit.until("document.querySelector('.note[role=status]')").await;
        visit.click("#f-sure").await?;
        visit.click("#delete .btn").await?;
        visit.until_says("main .badge", "Supprimé").await;
        visit.go(TODAY).await?;
        visit.click("[formaction$='/forget']").await?;
        visit.until("document.querySelector('#f-email')").await;
        assert!(visit.cookies().await?.is_empty(), "forgotten");
        visit.assert_clean().await
    });
}

#[test]
fn c18_a_guest_comments_by_keyboard_alone() {
    journey_of(async |visit| {
        visit.go(TODAY).await?;
        visit.tab_to("#f-body", false).await?;
        visit.type_here("Au clavier.").await?;
        visit.key(Key::Tab).await?;
        visit.type_here("Ada").await?;
        visit.key(Key::Tab).await?;
        visit.type_here("ada@lecteurs.example").await?;
        let (_, drawn, seen) = focus(visit).await?;
        assert!(drawn && seen, "the focus is drawn and in sight");
        visit.until("document.querySelector('#write [name=stamp]')?.value").await;
        visit.house.clock.advance(10);
        visit.tab_to("#write .btn.main", false).await?;
        visit.key(Key::Enter).await?;
        until_own(visit).await;
        visit.assert_clean().await
    });
}

/// The clock stands still until the journey moves it: how fast somebody fills in a form is decided by the test.
fn journey_of(body: impl AsyncFn(&Visit) -> Done) {
    super::journey_at_rest(body);
}
