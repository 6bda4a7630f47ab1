//! Somebody joins on a phone: by a virtual passkey and without an address, then by a mailed code and without scripts; follows
//! the show from a page that is the same for everybody, mutes it, and leaves for good.

use serde_json::json;
use thirtyfour::prelude::*;

use super::{Visit, assert_targets, journey, mailed_code};

/// Waits for a page, whatever stands after its question mark.
async fn until_on(visit: &Visit, path: &str) {
    visit.until(&format!("location.pathname === '{path}' && document.readyState === 'complete'")).await;
}

#[test]
fn somebody_joins_by_passkey_on_a_phone_follows_and_leaves() {
    journey(async |visit| {
        visit.width(360).await?;
        visit.virtual_passkey().await?;
        visit.go("/fr/").await?;
        assert!(visit.cookies().await?.is_empty());
        // The offer leads to joining, and back to what was to be followed.
        visit.click("aside a[href^='/fr/join']").await?;
        until_on(visit, "/fr/join").await;
        visit.assert_no_sideways_scroll().await?;
        assert_targets(visit).await?;
        visit.fill("#f-name", "Solveig M.").await?;
        visit.click("[data-passkey=create]").await?;
        until_on(visit, "/fr/account/profile").await;
        visit.assert_no_sideways_scroll().await?;
        assert_targets(visit).await?;
        let handle = visit.driver.query(By::Css("#f-handle")).first().await?;
        assert_eq!(handle.value().await?.as_deref(), Some("solveig-m"));
        visit.click("form[action='/fr/account/profile'] .btn.main").await?;
        visit.until("document.querySelector('form[action$=\"/follow\"]') !== null").await;
        visit.click("form[action$='/follow'] button").await?;
        visit.until("document.querySelector('form[action$=\"/unfollow\"]') !== null").await;
        visit.go("/fr/account/following").await?;
        visit.assert_no_sideways_scroll().await?;
        assert_targets(visit).await?;
        assert!(visit.holds("document.querySelectorAll('main .list > li').length === 1").await);
        // Somebody else finds her and follows; she hears of it.
        let other = visit.house.browser().await;
        other.virtual_passkey().await?;
        other.join("Titouan", "titouan", "/fr/members/solveig-m").await?;
        other.click("form[action$='/follow'] button").await?;
        other.until("document.querySelector('form[action$=\"/unfollow\"]') !== null").await;
        visit.go("/fr/").await?;
        assert!(visit.words("header").await?.contains("1 nouvelle notification"));
        for page in ["/fr/members/solveig-m", "/fr/account/notifications", "/fr/account/blocked", "/fr/account/data"] {
            visit.go(page).await?;
            visit.assert_no_sideways_scroll().await?;
            assert_targets(visit).await?;
        }
        visit.fill("#f-confirm", "effacer").await?;
        visit.click("form[action='/fr/account/data/erase'] button").await?;
        until_on(visit, "/fr/privacy").await;
        assert!(visit.cookies().await?.is_empty(), "nothing is left on the device");
        visit.assert_clean().await
    });
}

#[test]
fn somebody_joins_by_a_mailed_code_without_scripts() {
    journey(async |visit| {
        visit.driver.cdp().send_raw("Emulation.setScriptExecutionDisabled", json!({"value": true})).await?;
        visit.go("/fr/join").await?;
        let passkey = visit.driver.find(By::Css("[data-passkey-box]")).await?;
        assert!(!passkey.is_displayed().await?, "no dead button");
        visit.fill("#f-name", "Titouan").await?;
        visit.fill("#f-email", "titouan@lecteurs.example").await?;
        visit.click("form[action='/fr/join'] .btn.main").await?;
        visit.driver.query(By::Css("input[name=code]")).first().await?;
        let code = mailed_code(visit).await?;
        visit.fill("input[name=code]", &code).await?;
        visit.click("form[action='/fr/join/finish'] .btn.main").await?;
        visit.driver.query(By::Css("#f-handle")).first().await?;
        visit.click("form[action='/fr/account/profile'] .btn.main").await?;
        let welcome = visit.driver.query(By::Css(".note.ok")).first().await?.text().await?;
        assert!(welcome.contains("Bienvenue"), "{welcome}");
        visit.assert_clean().await
    });
}
