//! A moderator in real browsers: by keyboard alone at a desk, by touch sizes on a phone, and once without scripts.

use serde_json::json;
use thirtyfour::prelude::*;
use traboule::demo;

use super::{Visit, assert_targets, journey};

const QUEUE: &str = "/fr/studio/comments";
const NAMES: &str = "[...document.querySelectorAll('[data-item]:not([hidden]) [id$=-who]')].map((n) => n.textContent)";
const HERE: &str = "document.activeElement.closest('[data-item]')?.querySelector('[id$=-who]')?.textContent";

async fn open(visit: &Visit) -> WebDriverResult<Vec<String>> {
    visit.sign_in(demo::MODERATOR).await?;
    visit.go(QUEUE).await?;
    visit.eval(NAMES).await
}

async fn press(visit: &Visit, key: &str) -> WebDriverResult<()> {
    visit.house.hands.pressed();
    visit.driver.action_chain().send_keys(key).perform().await
}

#[test]
fn a_moderator_approves_by_keyboard_alone_and_undoes() {
    journey(async |visit| {
        let names = open(visit).await?;
        assert!(names.len() >= 3, "{names:?}");
        let at = |n: usize| format!("{HERE} === {}", json!(names[n]));
        visit.until("!document.querySelector('[data-keys]').hidden").await;
        press(visit, "j").await?;
        visit.until(&at(0)).await;
        press(visit, "j").await?;
        visit.until(&at(1)).await;
        press(visit, "k").await?;
        visit.until(&at(0)).await;
        // Approved: it leaves at once, the next one has the focus, the line says so.
        press(visit, "a").await?;
        visit.until(&at(1)).await;
        visit.until_says("[data-said]", "1 commentaire approuvé.").await;
        visit.until_says("[data-live]", "1 commentaire approuvé.").await;
        let gone = format!("!{NAMES}.includes({})", json!(names[0]));
        assert!(visit.holds(&gone).await);
        visit.until_says("[data-tabs] [aria-current]", &format!("En attente {}", names.len() - 1)).await;
        press(visit, "u").await?;
        visit.until(&at(0)).await;
        visit.until_says("[data-said]", "Annulé").await;
        press(visit, "j").await?;
        press(visit, "s").await?;
        visit.until_says("[data-said]", "1 commentaire classé indésirable.").await;
        visit.until("document.activeElement.matches('[data-item]')").await;
        let outline: String = visit.eval("getComputedStyle(document.activeElement).outlineStyle").await?;
        assert_ne!(outline, "none", "the focus is seen");
        // Keys rest while somebody types, and once they are switched off.
        press(visit, "/").await?;
        visit.until("document.activeElement.id === 'f-text'").await;
        press(visit, "a").await?;
        assert!(visit.holds("document.activeElement.value === 'a'").await);
        visit.tab_to("[data-keys-on]", false).await?;
        press(visit, " ").await?;
        press(visit, "j").await?;
        assert!(visit.holds("document.activeElement.matches('[data-keys-on]')").await);
        visit.go(QUEUE).await?;
        visit.until("!document.querySelector('[data-keys]').hidden").await;
        assert!(visit.holds("!document.querySelector('[data-keys-on]').checked").await, "the device remembers");
        visit.tab_to("[data-keys-on]", false).await?;
        press(visit, " ").await?;
        press(visit, "?").await?;
        visit.until("document.querySelector('[data-keys-list]').open").await;
        visit.key(Key::Escape).await?;
        visit.until("!document.querySelector('[data-keys-list]').open").await;
        visit.assert_clean().await
    });
}

#[test]
fn c18_the_queue_fits_a_phone() {
    journey(async |visit| {
        open(visit).await?;
        visit.width(360).await?;
        for path in [QUEUE, "/fr/studio/comments?state=visible", "/en/studio/comments/settings"] {
            visit.go(path).await?;
            visit.assert_no_sideways_scroll().await?;
            assert_targets(visit).await?;
        }
        visit.go(QUEUE).await?;
        visit.click("[data-item] button[value=approve]").await?;
        visit.until_says("[data-said]", "1 commentaire approuvé.").await;
        visit.assert_clean().await
    });
}

#[test]
fn the_queue_works_without_scripts() {
    journey(async |visit| {
        let names = open(visit).await?;
        visit.driver.cdp().send_raw("Emulation.setScriptExecutionDisabled", json!({"value": true})).await?;
        visit.go(QUEUE).await?;
        let picked = visit.driver.query(By::Css("#bulk input[name=all]")).first().await?;
        picked.click().await?;
        visit.driver.query(By::Css("#bulk button[value=spam]")).first().await?.click().await?;
        let said = visit.driver.query(By::Css("[data-said]")).first().await?.text().await?;
        assert_eq!(said, format!("{} commentaires classés indésirables.", names.len()));
        visit.driver.query(By::Css("[data-undo] button")).first().await?.click().await?;
        let shown = visit.driver.query(By::Css("[data-item]")).all_from_selector_required().await?;
        assert_eq!(shown.len(), names.len());
        Ok(())
    });
}
