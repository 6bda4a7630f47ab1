//! What a person's hands do at the desk, and how often: clicks, control keys, characters, page loads. Also the steps
//! that several journeys share.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use traboule::demo;

use super::{Done, Visit};

/// Counts what every browser of a house was asked to do.
#[derive(Default)]
pub(super) struct Hands {
    clicks: AtomicU64,
    keys: AtomicU64,
    typed: AtomicU64,
    loads: AtomicU64,
}

/// A reading of the counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) clicks: u64,
    pub(super) keys: u64,
    pub(super) typed: u64,
    pub(super) loads: u64,
}

impl Count {
    /// What was done since an earlier reading.
    pub(super) fn since(self, earlier: Self) -> Self {
        Self {
            clicks: self.clicks - earlier.clicks,
            keys: self.keys - earlier.keys,
            typed: self.typed - earlier.typed,
            loads: self.loads - earlier.loads,
        }
    }
}

impl Hands {
    pub(super) fn clicked(&self) {
        self.clicks.fetch_add(1, Relaxed);
    }

    pub(super) fn pressed(&self) {
        self.keys.fetch_add(1, Relaxed);
    }

    pub(super) fn typed(&self, text: &str) {
        self.typed.fetch_add(text.chars().count().try_into().unwrap_or(u64::MAX), Relaxed);
    }

    /// A request the browser made; a page counts once, however often its address sent it on.
    pub(super) fn loaded(&self, request: &Value) {
        if request["type"] == "Document" && request["redirectResponse"].is_null() {
            self.loads.fetch_add(1, Relaxed);
        }
    }

    /// Pages are counted when `assert_clean` reads the browser's log.
    pub(super) fn count(&self) -> Count {
        Count {
            clicks: self.clicks.load(Relaxed),
            keys: self.keys.load(Relaxed),
            typed: self.typed.load(Relaxed),
            loads: self.loads.load(Relaxed),
        }
    }
}

/// The absolute path of a sound of the demo.
pub(super) fn sound(number: u32) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = path.join(format!("../traboule/demo/audio/ep-{number}.mp3")).canonicalize();
    path.expect("a sound of the demo").to_string_lossy().into_owned()
}

impl Visit {
    /// Somebody of the demo signs in by password and stands on the list of episodes.
    pub(super) async fn sign_in(&self, email: &str) -> Done {
        self.go("/fr/sign-in?next=/fr/studio").await?;
        self.fill("#p-email", email).await?;
        self.fill("#p-password", demo::PASSWORD).await?;
        self.click("form[action='/fr/sign-in/password'] button").await?;
        self.until_at("/fr/studio").await;
        Ok(())
    }

    /// A device with a passkey that nobody has to touch.
    pub(super) async fn virtual_passkey(&self) -> Done {
        let cdp = self.driver.cdp();
        cdp.send_raw("WebAuthn.enable", json!({})).await?;
        let options = json!({"protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true});
        cdp.send_raw("WebAuthn.addVirtualAuthenticator", json!({"options": options})).await.map(drop)
    }

    /// Joins with a passkey and takes a place in public under a handle; afterwards stands on `next`, a path of the site, or
    /// on the new profile. Needs [`Visit::virtual_passkey`].
    pub(super) async fn join(&self, name: &str, handle: &str, next: &str) -> Done {
        self.go(&format!("/fr/join?next={next}")).await?;
        self.fill("#f-name", name).await?;
        self.click("[data-passkey=create]").await?;
        self.until("location.pathname === '/fr/account/profile' && document.readyState === 'complete'").await;
        self.retype("#f-handle", handle).await?;
        self.click("form[action='/fr/account/profile'] .btn.main").await?;
        let there = if next.is_empty() { format!("/fr/members/{handle}") } else { next.to_owned() };
        self.until(&format!("location.pathname === '{there}' && document.readyState === 'complete'")).await;
        Ok(())
    }

    /// Clicks a link by its words.
    pub(super) async fn follow(&self, words: &str) -> Done {
        self.house.hands.clicked();
        self.driver.query(By::LinkText(words)).first().await?.click().await
    }

    /// Types where the cursor stands.
    pub(super) async fn type_here(&self, text: &str) -> Done {
        self.house.hands.typed(text);
        self.driver.action_chain().send_keys(text).perform().await
    }

    /// Puts a date or a time into its field, as its digits would be typed there: browsers order them by the machine's
    /// language.
    pub(super) async fn set(&self, css: &str, value: &str) -> Done {
        self.house.hands.clicked();
        self.house.hands.typed(&value.replace(['-', ':'], ""));
        let script = "const e = document.querySelector(arguments[0]); e.value = arguments[1];
            e.dispatchEvent(new Event('input', { bubbles: true })); e.dispatchEvent(new Event('change', { bubbles: true }));";
        self.driver.execute(script, vec![json!(css), json!(value)]).await.map(drop)
    }

    /// Replaces what stands in a field: a click into it, everything selected, then typed over.
    pub(super) async fn retype(&self, css: &str, text: &str) -> Done {
        self.click(css).await?;
        self.house.hands.pressed();
        self.driver.execute("document.querySelector(arguments[0]).select();", vec![json!(css)]).await?;
        self.type_here(text).await
    }

    /// Pastes into a field: a click into it and one key.
    pub(super) async fn paste(&self, css: &str, text: &str) -> Done {
        self.click(css).await?;
        self.house.hands.pressed();
        self.driver.cdp().send_raw("Input.insertText", json!({"text": text})).await.map(drop)
    }

    /// Chooses a file of this machine; the system's own dialogue counts as one click.
    pub(super) async fn choose_file(&self, css: &str, path: &str) -> Done {
        self.house.hands.clicked();
        self.driver.query(By::Css(css)).first().await?.send_keys(path).await
    }

    /// Moves the focus by the keyboard alone to what a selector names.
    pub(super) async fn tab_to(&self, css: &str, back: bool) -> Done {
        let there = format!("document.activeElement.matches({})", json!(css));
        for _ in 0..80 {
            if self.holds(&there).await {
                return Ok(());
            }
            self.house.hands.pressed();
            let chain = self.driver.action_chain();
            match back {
                true => chain.key_down(Key::Shift).send_keys(Key::Tab).key_up(Key::Shift).perform().await?,
                false => chain.send_keys(Key::Tab).perform().await?,
            }
        }
        panic!("the keyboard does not reach {css}");
    }

    /// What a stranger gets at an address, asked from the page without its session.
    pub(super) async fn fetched(&self, path: &str) -> WebDriverResult<(u16, String)> {
        let script = "return fetch(arguments[0], { credentials: 'omit', cache: 'no-store' })
            .then((r) => r.text().then((text) => [r.status, text]));";
        self.driver.execute(script, vec![json!(path)]).await?.convert()
    }

    /// The words of a part of the page, as they are written in it.
    pub(super) async fn words(&self, css: &str) -> WebDriverResult<String> {
        self.eval(&format!("(document.querySelector({})?.textContent ?? '').replace(/\\s+/g, ' ').trim()", json!(css)))
            .await
    }

    /// Waits until a part of the page says something.
    pub(super) async fn until_says(&self, css: &str, text: &str) {
        let (css, text) = (json!(css), json!(text));
        let part = format!("document.querySelector({css})?.textContent ?? ''");
        self.until(&format!("({part}).replace(/\\s+/g, ' ').includes({text})")).await;
    }

    /// A new episode of a show, from the list of episodes; gives its id.
    pub(super) async fn new_episode(&self, show: &str, title: &str) -> WebDriverResult<String> {
        self.click(".desk > header a[href='/fr/studio/episodes/new']").await?;
        self.follow(show).await?;
        self.until("document.activeElement.id === 'f-title'").await;
        self.type_here(title).await?;
        self.key(Key::Enter).await?;
        self.until("/\\/episodes\\/ep_.*\\/rundown$/.test(location.pathname)").await;
        self.until("document.readyState === 'complete'").await;
        self.eval("location.pathname.split('/')[4]").await
    }

    /// Opens a tab of the episode at hand.
    pub(super) async fn tab(&self, id: &str, piece: &str) -> Done {
        let path = format!("/fr/studio/episodes/{id}{piece}");
        self.click(&format!(".tabs a[href='{path}']")).await?;
        self.until_at(&path).await;
        Ok(())
    }

    /// Sends a sound by the script, in pieces, and waits for the end.
    pub(super) async fn send_sound(&self, path: &str) -> Done {
        self.choose_file("input[name=audio]", path).await?;
        self.click("[data-send]").await?;
        self.until("location.search === '?said=audio' && document.readyState === 'complete'").await;
        Ok(())
    }

    /// Pastes a transcript as plain text and keeps it.
    pub(super) async fn paste_transcript(&self, text: &str) -> Done {
        self.paste("[name=pasted]", text).await?;
        self.click("form[action$='/transcript/upload'] button").await?;
        self.until("document.querySelector('[data-cues]') && document.readyState === 'complete'").await;
        Ok(())
    }
}
