//! What a visitor does in the demo: listening, the keyboard, signing in, a passkey, and the same page without scripts.

use serde_json::json;
use thirtyfour::prelude::*;
use traboule::demo;
use traboule::http::SESSION_COOKIE;

use super::{Visit, assert_targets, eventually, journey, mailed_code};

const TODAY: &str = "/fr/shows/de-plain-pied/qui-est-paye-qui-protege-qui-repond";

#[test]
fn a_visitor_listens_jumps_and_changes_language() {
    journey(async |visit| {
        visit.go("/fr/").await?;
        visit.click(&format!("main a[href='{TODAY}']")).await?;
        visit.until_at(TODAY).await;
        visit.until("document.querySelector('[data-audio]').hidden").await;
        let weight: u32 = visit.eval("performance.getEntriesByType('navigation')[0].decodedBodySize").await?;
        assert!(weight < 32_600, "the page weighs {weight} bytes");
        visit.click("[data-act=play]").await?;
        let audio = "document.querySelector('[data-audio]')";
        visit.until(&format!("!{audio}.paused && {audio}.currentTime > 0.2")).await;
        visit.click("[data-chapter-start='41'] a[data-t]").await?;
        visit.until(&format!("{audio}.currentTime >= 41 && {audio}.currentTime < 50")).await;
        visit
            .until("document.querySelector('[data-chapter-start=\"41\"]').getAttribute('aria-current') === 'true'")
            .await;
        assert!(visit.eval::<String>("location.hash").await?.starts_with("#t=41"));
        visit.click("header a[hreflang=en]").await?;
        visit.until("document.documentElement.lang === 'en'").await;
        let english: String = visit.eval("document.querySelector('.player [data-act=play]').ariaLabel").await?;
        assert_eq!(english, "Listen");
        visit.until("document.querySelector('h1').textContent === 'Who is paid, who protects, who answers?'").await;
        assert!(visit.cookies().await?.is_empty(), "a visitor gets no cookie");
        let stored: u32 = visit.eval("localStorage.length + sessionStorage.length").await?;
        assert_eq!(stored, 0, "nothing is stored in the browser");
        visit.assert_clean().await
    });
}

#[test]
fn c18_pages_fit_small_and_large_windows() {
    journey(async |visit| {
        for width in [360, 1280] {
            visit.width(width).await?;
            for path in ["/fr/", "/en/", "/fr/shows/de-plain-pied", TODAY, "/fr/sign-in", "/fr/sign-in/reset", "/fr/no"]
            {
                visit.go(path).await?;
                visit.assert_no_sideways_scroll().await?;
                assert_targets(visit).await?;
            }
        }
        // The page that is not there is the only thing the console may speak of.
        let console = visit.driver.get_log("browser").await?;
        assert!(console.iter().all(|entry| entry.message.contains("/fr/no")), "{console:?}");
        visit.assert_clean().await
    });
}

/// What has the focus: a name, whether the focus is drawn, whether it is in sight.
pub(super) async fn focus(visit: &Visit) -> WebDriverResult<(String, bool, bool)> {
    let script = "(() => {
        const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
        const name = e.className === 'skip' ? 'skip' : e.dataset.act ?? ('seek' in e.dataset ? 'seek' : e.tagName);
        const drawn = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
        const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
        const at = document.elementFromPoint(
          Math.max(0, Math.min(innerWidth - 1, box.left + box.width / 2)),
          Math.max(0, Math.min(innerHeight - 1, box.top + Math.min(box.height / 2, 20))));
        return [name, drawn, inside && Boolean(at) && (e.contains(at) || at.contains(e))];
    })()";
    visit.eval(script).await
}

#[test]
fn c18_the_keyboard_reaches_and_moves_the_player() {
    journey(async |visit| {
        visit.go(TODAY).await?;
        visit.until("document.querySelector('[data-audio]').hidden").await;
        let mut order: Vec<String> = Vec::new();
        for step in 0..40 {
            visit.key(Key::Tab).await?;
            let (name, drawn, seen) = focus(visit).await?;
            assert!(drawn, "step {step}: the focus on {name} is not drawn");
            assert!(seen, "step {step}: the focus on {name} is out of sight");
            order.push(name.clone());
            if name == "seek" {
                visit.key(Key::Right).await?;
                visit.key(Key::Right).await?;
                visit.until("document.querySelector('[data-seek]').value === '10'").await;
                visit.key(Key::Left).await?;
                visit.until("document.querySelector('[data-seek]').value === '5'").await;
                let said: String =
                    visit.eval("document.querySelector('[data-seek]').getAttribute('aria-valuetext')").await?;
                assert!(said.contains('5'), "{said}");
            }
            if name == "play" {
                break;
            }
        }
        assert_eq!(order.first().map(String::as_str), Some("skip"), "{order:?}");
        assert!(order.contains(&"seek".to_owned()) && order.contains(&"play".to_owned()), "{order:?}");
        visit.key(Key::Space).await?;
        let audio = "document.querySelector('[data-audio]')";
        visit.until(&format!("!{audio}.paused && {audio}.currentTime >= 5")).await;
        visit.key(Key::Enter).await?;
        visit.until(&format!("{audio}.paused")).await;
        visit.go("/fr/").await?;
        visit.key(Key::Tab).await?;
        visit.key(Key::Enter).await?;
        visit.until("document.activeElement.id === 'content'").await;
        visit.assert_clean().await
    });
}

#[test]
fn somebody_signs_in_by_mailed_code_and_out() {
    journey(async |visit| {
        visit.go("/fr/studio").await?;
        visit.fill("#c-email", demo::EDITOR).await?;
        visit.click("form[action='/fr/sign-in/code'] button.main").await?;
        visit.driver.query(By::Css("input[name=code]")).first().await?;
        let code = mailed_code(visit).await?;
        // As people type it from a mail, with a space.
        visit.fill("input[name=code]", &format!("{} {}", &code[..3], &code[3..])).await?;
        visit.click("form button.main").await?;
        visit.until_at("/fr/studio").await;
        let cookies = visit.cookies().await?;
        assert_eq!(cookies.len(), 1, "{cookies:?}");
        assert_eq!((&cookies[0]["name"], &cookies[0]["httpOnly"]), (&json!(SESSION_COOKIE), &json!(true)));
        visit.go("/fr/account").await?;
        visit.click("form[action='/fr/account/sign-out'] button").await?;
        visit.until_at("/fr/").await;
        assert!(visit.cookies().await?.is_empty(), "the cookie is gone");
        visit.go("/fr/studio").await?;
        visit.until("location.pathname === '/fr/sign-in'").await;
        visit.assert_clean().await
    });
}

#[test]
fn a_passkey_is_added_and_opens_the_door() {
    journey(async |visit| {
        let cdp = visit.driver.cdp();
        cdp.send_raw("WebAuthn.enable", json!({})).await?;
        let options = json!({"protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true});
        cdp.send_raw("WebAuthn.addVirtualAuthenticator", json!({"options": options})).await?;
        visit.go("/fr/sign-in").await?;
        visit.fill("#p-email", demo::OWNER).await?;
        visit.fill("#p-password", demo::PASSWORD).await?;
        visit.click("form[action='/fr/sign-in/password'] button").await?;
        visit.until_at("/fr/studio").await;
        visit.go("/fr/account").await?;
        visit.fill("input[name=label]", "Téléphone").await?;
        visit.click("[data-passkey=create]").await?;
        visit
            .until(
                "document.querySelector('form[action$=\"/remove\"]')?.closest('li').textContent.includes('Téléphone')",
            )
            .await;
        visit.click("form[action='/fr/account/sign-out'] button").await?;
        visit.until_at("/fr/").await;
        visit.go("/fr/sign-in").await?;
        visit.click("[data-passkey=get]").await?;
        visit.until_at("/fr/studio").await;
        visit.go("/fr/account").await?;
        visit.until(&format!("document.querySelector('main').textContent.includes('{}')", demo::OWNER)).await;
        visit.assert_clean().await
    });
}

#[test]
fn a_page_works_without_scripts() {
    journey(async |visit| {
        visit.driver.cdp().send_raw("Emulation.setScriptExecutionDisabled", json!({"value": true})).await?;
        visit.go(TODAY).await?;
        let player = visit.driver.find(By::Css("[data-audio]")).await?;
        assert!(player.is_displayed().await? && player.attr("controls").await?.is_some(), "the plain player is there");
        assert!(!visit.driver.find(By::Css("[data-act=play]")).await?.is_displayed().await?, "no dead buttons");
        let text = visit.driver.find(By::Css("main")).await?.text().await?;
        let chapters = visit.driver.find_all(By::Css("[data-chapter-start]")).await?;
        assert_eq!(chapters.len(), 5);
        for chapter in &chapters {
            let title = chapter.find(By::Css("strong")).await?.text().await?;
            assert!(!title.is_empty() && text.contains(&title), "{title:?}");
        }
        assert!(visit.driver.find(By::Css(".script li p")).await?.is_displayed().await?, "the transcript is readable");
        let link = visit.driver.find(By::Css("[data-chapter-start='41'] a")).await?.attr("href").await?;
        assert!(
            link.is_some_and(|l| l.contains("/media/episodes/") && l.ends_with("#t=41")),
            "times open the sound itself"
        );
        visit.click("header a[hreflang=en]").await?;
        let english = TODAY.replace("/fr/", "/en/");
        eventually("the English page", async || visit.driver.current_url().await.is_ok_and(|u| u.path() == english))
            .await;
        let html = visit.driver.find(By::Css("html")).await?;
        assert_eq!(html.attr("lang").await?.as_deref(), Some("en"));
        visit.assert_clean().await
    });
}
