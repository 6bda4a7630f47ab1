//! Passing on what was heard: a passage is quoted by keyboard and by selection, shared, and played in a frame of another
//! site; once more all of it without scripts.

use serde_json::json;
use thirtyfour::prelude::*;

use super::{assert_targets, journey};

const TODAY: &str = "/fr/shows/de-plain-pied/qui-est-paye-qui-protege-qui-repond";
/// What was copied and shared is kept on the page instead of going anywhere.
const STUBS: &str = "window.copied = []; window.shared = [];
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied.push(text); } } });
    Object.defineProperty(navigator, 'share', { value: async (what) => { window.shared.push(what); } });";

#[test]
fn a_passage_is_quoted_by_keyboard_and_shared() {
    journey(async |visit| {
        visit.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", json!({"source": STUBS})).await?;
        visit.go(TODAY).await?;
        visit.until("!document.querySelector('[data-quote-hint]').hidden").await;
        let start: String = visit.eval("document.querySelector('#transcript li[data-cue]').dataset.cue").await?;
        visit.driver.execute("document.querySelector('#h-transcript').scrollIntoView();", vec![]).await?;
        visit.tab_to("#transcript li[data-cue] > a", false).await?;
        visit.tab_to("#transcript li[data-cue] p > button", false).await?;
        visit.key(Key::Enter).await?;
        visit.until("document.activeElement.dataset.do === 'copy'").await;
        assert_targets(visit).await?;
        visit.key(Key::Enter).await?;
        visit.until("window.copied.length === 1").await;
        visit.until_says("[data-quote] [role=status]", "copiée").await;
        let copied: String = visit.eval("window.copied[0]").await?;
        let words: String =
            visit.eval("document.querySelector('#transcript li[data-cue] p').firstChild.nodeType === 1 ? document.querySelector('#transcript li[data-cue] p').childNodes[1].textContent.trim() : document.querySelector('#transcript li[data-cue] p').firstChild.textContent.trim()").await?;
        let few: String = words.chars().take(12).collect();
        assert!(copied.contains(&few) && copied.starts_with('«'), "{copied}");
        assert!(copied.ends_with(&format!("{TODAY}#t={start}")), "{copied}");
        visit.click("[data-do=longer]").await?;
        visit.click("[data-do=share]").await?;
        visit.until("window.shared.length === 1").await;
        let shared: String = visit.eval("window.shared[0].text + ' ' + window.shared[0].url").await?;
        assert!(shared.contains(&few) && shared.ends_with(&format!("#t={start}")), "{shared}");
        visit.key(Key::Escape).await?;
        visit.until("document.querySelector('[data-quote]').hidden").await;
        // A selection of some words of one passage.
        visit
            .driver
            .execute(
                "const line = [...document.querySelectorAll('#transcript li[data-cue] p')][2];
                 const text = [...line.childNodes].findLast((n) => n.nodeType === 3 && n.textContent.trim().length > 9);
                 getSelection().setBaseAndExtent(text, 1, text, 9);
                 window.chosen = getSelection().toString().trim();",
                vec![],
            )
            .await?;
        visit.until("!document.querySelector('[data-quote]').hidden").await;
        visit.click("[data-do=copy]").await?;
        visit.until("window.copied.length === 2 && window.copied[1].includes(window.chosen)").await;
        let page: String = visit.eval("document.querySelector('[data-do=page]').getAttribute('href')").await?;
        visit.go(&page).await?;
        visit.until("document.querySelector('blockquote')").await;
        for width in [360, 1280] {
            visit.width(width).await?;
            visit.assert_no_sideways_scroll().await?;
            assert_targets(visit).await?;
        }
        visit.driver.execute("document.querySelector('#embed').open = true;", vec![]).await?;
        visit.set("#embed [data-start]", "1:02").await?;
        visit.until("document.querySelector('#frame-code').value.includes('?t=62')").await;
        visit.assert_clean().await
    });
}

#[test]
fn a_frame_of_another_site_plays_at_the_second() {
    journey(async |visit| {
        visit.go(TODAY).await?;
        let code: String = visit.eval("document.querySelector('#frame-code').value").await?;
        let src = code.split("src=\"").nth(1).and_then(|s| s.split('"').next()).expect("an address").to_owned();
        // The same machine by its number is another origin; its own policy would not let it show frames.
        let elsewhere = format!("{}/robots.txt", visit.origin.replace("localhost", "127.0.0.1"));
        visit.driver.cdp().send_raw("Page.setBypassCSP", json!({"enabled": true})).await?;
        for (width, height) in [(200, 120), (480, 220), (1200, 400)] {
            visit.driver.goto(&elsewhere).await?;
            let put = "const f = document.createElement('iframe'); [f.width, f.height, f.src] = arguments; f.allow = 'autoplay';
                       document.body.append(f);";
            let arguments = vec![json!(width), json!(height), json!(format!("{src}?t=41"))];
            visit.driver.execute(put, arguments).await?;
            let frame = visit.driver.query(By::Css("iframe")).first().await?;
            frame.enter_frame().await?;
            visit.until("document.querySelector('[data-audio]')?.hidden").await;
            visit.assert_no_sideways_scroll().await?;
            assert!(visit.driver.find(By::Css("[data-act=play]")).await?.is_displayed().await?, "{width}");
            visit.click("[data-act=play]").await?;
            let audio = "document.querySelector('[data-audio]')";
            visit.until(&format!("!{audio}.paused && {audio}.currentTime >= 41 && {audio}.currentTime < 60")).await;
            visit.until("/#t=4\\d$/.test(document.querySelector('[data-back]').href)").await;
            visit.driver.enter_default_frame().await?;
        }
        assert!(visit.cookies().await?.is_empty(), "a frame sets no cookie");
        Ok(())
    });
}

#[test]
fn a_passage_is_quoted_without_scripts() {
    journey(async |visit| {
        visit.driver.cdp().send_raw("Emulation.setScriptExecutionDisabled", json!({"value": true})).await?;
        visit.go(TODAY).await?;
        let time = visit.driver.find(By::Css("#transcript li[data-cue] > a")).await?;
        let href = time.attr("href").await?.unwrap_or_default();
        assert!(href.contains("/quote?t="), "{href}");
        time.click().await?;
        let quote = visit.driver.query(By::Css("blockquote")).first().await?;
        assert!(quote.is_displayed().await? && !quote.text().await?.is_empty());
        let player = visit.driver.find(By::Css("[data-audio]")).await?;
        assert!(player.is_displayed().await?, "the plain player is there");
        assert!(player.attr("src").await?.is_some_and(|s| s.contains("#t=")), "it stands at the passage");
        for button in visit.driver.find_all(By::Css("[data-copies], [data-copy], [data-native]")).await? {
            assert!(!button.is_displayed().await?, "no dead buttons");
        }
        let mail = visit.driver.find(By::Css("a[href^='mailto:']")).await?.attr("href").await?.unwrap_or_default();
        assert!(mail.contains("quote%3Ft%3D"), "{mail}");
        visit.assert_clean().await
    });
}
