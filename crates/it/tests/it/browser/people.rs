//! Somebody new joins with a passkey, follows, posts a picture, sends a clip whose upload is killed half-way and goes on; who
//! follows them finds it on top of their feed, on a phone.

use serde_json::json;
use thirtyfour::prelude::*;
use traboule::demo;

use super::clips::film;
use super::{Done, Visit, eventually, journey};

const PICTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../traboule/demo/covers/pont.jpg");

async fn follow(visit: &Visit, handle: &str) -> Done {
    visit.go(&format!("/fr/members/{handle}")).await?;
    visit.click("main form[action$='/follow'] button").await?;
    visit.until("document.querySelector('main form[action$=\"/unfollow\"]')").await;
    Ok(())
}

/// Opens an account with a passkey and takes a place in public; gives the handle.
async fn join(visit: &Visit, name: &str) -> WebDriverResult<String> {
    let cdp = visit.driver.cdp();
    cdp.send_raw("WebAuthn.enable", json!({})).await?;
    let options = json!({"protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
        "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true});
    cdp.send_raw("WebAuthn.addVirtualAuthenticator", json!({"options": options})).await?;
    visit.go("/fr/join").await?;
    visit.fill("#f-name", name).await?;
    visit.click("[data-passkey=create]").await?;
    visit.until("location.pathname === '/fr/account/profile' && document.querySelector('#f-handle')").await;
    let handle: String = visit.eval("document.querySelector('#f-handle').value").await?;
    assert!(!handle.is_empty(), "a handle is proposed");
    visit.click("form[action='/fr/account/profile'] .btn.main").await?;
    visit.until("location.pathname !== '/fr/account/profile' || location.search.includes('said')").await;
    Ok(handle)
}

#[test]
fn somebody_joins_posts_and_is_found_on_top_of_a_followers_feed() {
    journey(async |visit| {
        let handle = join(visit, "Aurélie Fontvieille").await?;
        follow(visit, "ysolde").await?;
        visit.go("/fr/feed").await?;
        let main = visit.driver.query(By::Css("main")).first().await?.text().await?;
        assert!(main.contains("Ysolde Kerbrat") && main.contains("Pourquoi est-ce ici"), "{main}");
        // A picture with its words.
        visit.go("/fr/posts/new").await?;
        visit.fill("#f-body", "Le pont, ce matin. #pont").await?;
        let picture = std::fs::canonicalize(PICTURE).expect("a drawing of the demo");
        visit.choose_file("#f-picture", &picture.to_string_lossy()).await?;
        if visit.holds("!document.querySelector('#f-alt0')").await {
            visit.click("[data-add]").await?;
        }
        visit.until("document.querySelector('#f-alt0')").await;
        visit.fill("#f-alt0", "Un pont de pierre à trois arches").await?;
        visit.click("#write .btn.main").await?;
        visit.until("/\\/posts\\/po_/.test(location.pathname) && document.querySelector('.post .shots img')").await;
        let alt: String = visit.eval("document.querySelector('.post .shots img').alt").await?;
        assert_eq!(alt, "Un pont de pierre à trois arches");
        // Another desk: somebody who follows them.
        let other = visit.house.browser().await;
        other.sign_in(demo::OWNER).await?;
        follow(&other, &handle).await?;
        let film = film(visit.house.folder.path());
        visit.send_clip_in_two_goes("Le marché s’installe", &film).await?;
        let clip = visit.clip_is_public().await?;
        other.width(360).await?;
        let top = format!("document.querySelector('.posts > div')?.querySelector('a[href=\"{clip}\"]')");
        eventually("the clip on top of the feed", async || {
            other.go("/fr/feed").await.is_ok() && other.holds(&top).await
        })
        .await;
        let first = other.driver.query(By::Css(".posts > div")).first().await?.text().await?;
        assert!(first.contains("Aurélie Fontvieille") && first.contains("Le marché s’installe"), "{first}");
        let second: String = other.eval("document.querySelectorAll('.posts > div')[1].textContent").await?;
        assert!(second.contains("Le pont, ce matin."), "{second}");
        other.assert_no_sideways_scroll().await?;
        other.click(".posts > div details.why summary").await?;
        let why = other.driver.query(By::Css(".posts > div details.why")).first().await?.text().await?;
        assert!(why.contains("Vous suivez Aurélie Fontvieille depuis") && why.contains("newest/1"), "{why}");
        other.assert_clean().await?;
        visit.assert_clean().await
    });
}
