//! Clips in a real browser: a video whose upload is killed half-way and goes on where it stopped, and the column by keyboard.

use std::path::{Path, PathBuf};

use serde_json::json;
use thirtyfour::prelude::*;
use traboule::demo;

use super::{Done, Visit, eventually, journey};

/// An upright film of three seconds, with nothing behind it until it is 12 MB: two pieces of an upload.
pub(super) fn film(folder: &Path) -> PathBuf {
    let path = folder.join("passerelle.mp4");
    let mut run = std::process::Command::new("ffmpeg");
    run.args([
        "-nostdin",
        "-v",
        "error",
        "-y",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=360x640:r=25:d=3,noise=alls=40:allf=t",
    ]);
    run.args(["-f", "lavfi", "-i", "sine=f=440:d=3", "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "6M"]);
    run.args(["-pix_fmt", "yuv420p", "-c:a", "aac"]).arg(&path);
    assert!(run.status().expect("ffmpeg runs").success());
    let mut bytes = std::fs::read(&path).expect("a film");
    let rest = 12_000_000_usize.saturating_sub(bytes.len() + 8);
    bytes.extend(u32::try_from(rest + 8).expect("small").to_be_bytes());
    bytes.extend(b"free");
    bytes.resize(bytes.len() + rest, 7);
    std::fs::write(&path, bytes).expect("written");
    path
}

impl Visit {
    /// Begins a clip with a film, leaves the page in the middle of the upload, comes back, chooses the same film and goes on.
    /// Ends on the clip's own page, its film on the way to being looked at.
    pub(super) async fn send_clip_in_two_goes(&self, title: &str, film: &Path) -> Done {
        let path = film.to_string_lossy().into_owned();
        let size = std::fs::metadata(film).expect("a film").len();
        self.go("/fr/clips/new").await?;
        self.fill("#f-title", title).await?;
        self.choose_file("#f-video", &path).await?;
        // The line goes silent after the first piece.
        let silent = "let pieces = 0; const send = XMLHttpRequest.prototype.send;
            XMLHttpRequest.prototype.send = function (body) { if (body?.size) pieces += 1; if (pieces < 2) send.call(this, body); };";
        self.driver.execute(silent, vec![]).await?;
        self.click("[data-send]").await?;
        self.until("/clips\\/po_/.test(location.pathname) && document.querySelector('progress').value > 50").await;
        let page = self.driver.current_url().await?.path().to_owned();
        // The page goes away with what it was sending.
        self.driver.goto("about:blank").await?;
        let said =
            async || self.go(&page).await.is_ok() && self.holds("/sont arrivés/.test(document.body.textContent)").await;
        eventually("what came before is kept", said).await;
        self.until("!document.querySelector('[data-state]').hidden").await;
        self.choose_file("#f-video", &path).await?;
        self.driver
            .execute(
                "window.sent = 0; const send = XMLHttpRequest.prototype.send;
                 XMLHttpRequest.prototype.send = function (body) { window.sent += body?.size ?? 0; sessionStorage.setItem('sent', window.sent); send.call(this, body); };",
                vec![],
            )
            .await?;
        self.click("[data-send]").await?;
        self.until_at(&format!("{page}?said=sent")).await;
        let sent: u64 = self.eval("Number(sessionStorage.getItem('sent'))").await?;
        assert!(0 < sent && sent < size / 2, "the second time {sent} of {size} bytes were sent");
        Ok(())
    }

    /// Waits until the clip whose page is open is public; gives its address in the column.
    pub(super) async fn clip_is_public(&self) -> WebDriverResult<String> {
        let page = self.driver.current_url().await?.path().to_owned();
        let public = async || {
            self.go(&page).await.is_ok()
                && self.holds("document.querySelector('main header a[href*=\"/clips/po_\"]:not([href$=edit])')").await
        };
        eventually("the clip is public", public).await;
        self.eval(
            "document.querySelector('main header a[href*=\"/clips/po_\"]:not([href$=edit])').getAttribute('href')",
        )
        .await
    }
}

#[test]
fn a_video_killed_half_way_goes_on_and_is_found_in_the_column() {
    journey(async |visit| {
        visit.sign_in(demo::OWNER).await?;
        let film = film(visit.house.folder.path());
        visit.send_clip_in_two_goes("La passerelle", &film).await?;
        let digest = kernel::sha256_hex(&std::fs::read(&film).expect("a film"));
        visit.until(&format!("document.body.textContent.includes('{digest}')")).await;
        let clip = visit.clip_is_public().await?;
        visit.width(360).await?;
        visit.go("/fr/clips").await?;
        visit.until(&format!("document.querySelector('[data-clip] a[href=\"{clip}\"]')")).await;
        visit.until("document.querySelector('[data-clip] video').readyState >= 2").await;
        visit.assert_no_sideways_scroll().await?;
        // Silent until asked: the key m, then again. The space bar stops it, the arrow goes on.
        visit.until("document.querySelector('video').muted && !document.querySelector('video').paused").await;
        visit.type_here("m").await?;
        visit.until("!document.querySelector('video').muted").await;
        visit.type_here("m").await?;
        visit.until("document.querySelector('video').muted").await;
        visit.type_here(" ").await?;
        visit.until("document.querySelector('video').paused").await;
        visit.key(Key::Down).await?;
        visit.until("document.querySelector('.reel').scrollTop > 100").await;
        visit.key(Key::Up).await?;
        visit.until("document.querySelector('.reel').scrollTop < 5").await;
        visit.assert_clean().await
    });
}

#[test]
fn the_column_works_without_scripts() {
    journey(async |visit| {
        visit.driver.cdp().send_raw("Emulation.setScriptExecutionDisabled", json!({"value": true})).await?;
        visit.width(360).await?;
        visit.go("/fr/clips").await?;
        let controls = visit.driver.find_all(By::Css("[data-clip] video[controls]")).await?;
        assert_eq!(controls.len(), 3, "the demo's clips");
        let buttons = visit.driver.find_all(By::Css("[data-sound]")).await?;
        assert!(!buttons[0].is_displayed().await?, "no button without its script");
        visit.follow("Clip suivant").await?;
        assert!(visit.driver.current_url().await?.fragment().is_some_and(|f| f.starts_with("po_")));
        Ok(())
    });
}
