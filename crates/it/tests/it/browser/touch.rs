//! The column of clips under a finger: a swipe goes on and the next one plays, a tap turns captions and sound; and for those
//! who asked for less motion nothing moves by itself.

use serde_json::json;

use super::{Done, Visit, journey};

/// The clip with a number, as a script names it.
fn clip(n: usize) -> String {
    format!("document.querySelectorAll('[data-clip]')[{n}]")
}

fn video(n: usize) -> String {
    format!("{}.querySelector('video')", clip(n))
}

/// Whether a clip stands at the top of the column.
fn on_top(n: usize) -> String {
    let reel = "document.querySelector('.reel').getBoundingClientRect().top";
    format!("Math.abs({}.getBoundingClientRect().top - {reel}) < 4", clip(n))
}

impl Visit {
    async fn touch(&self, kind: &str, at: Option<(f64, f64)>) -> Done {
        let points: Vec<_> = at.iter().map(|(x, y)| json!({"x": x, "y": y, "id": 1})).collect();
        let event = json!({"type": kind, "touchPoints": points});
        self.driver.cdp().send_raw("Input.dispatchTouchEvent", event).await.map(drop)
    }

    /// A finger goes from one height of the window to another.
    async fn swipe(&self, from: f64, to: f64) -> Done {
        const STEPS: u8 = 12;
        self.touch("touchStart", Some((180.0, from))).await?;
        for step in 1..=STEPS {
            let part = f64::from(step) / f64::from(STEPS);
            self.touch("touchMove", Some((180.0, from + (to - from) * part))).await?;
        }
        self.touch("touchEnd", None).await
    }

    /// A finger on the middle of a control.
    async fn tap(&self, element: &str) -> Done {
        self.driver
            .execute(format!("{element}.scrollIntoView({{ block: 'nearest', behavior: 'instant' }});"), vec![])
            .await?;
        let middle = format!(
            "(() => {{ const b = {element}.getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]; }})()"
        );
        let at: (f64, f64) = self.eval(&middle).await?;
        self.touch("touchStart", Some(at)).await?;
        self.touch("touchEnd", None).await
    }

    /// A phone before the column.
    async fn phone(&self, motion: &str) -> Done {
        self.width(360).await?;
        let cdp = self.driver.cdp();
        cdp.send_raw("Emulation.setTouchEmulationEnabled", json!({"enabled": true, "maxTouchPoints": 1})).await?;
        let features = json!({"features": [{"name": "prefers-reduced-motion", "value": motion}]});
        cdp.send_raw("Emulation.setEmulatedMedia", features).await?;
        self.go("/fr/clips").await?;
        // The first one was noticed: its neighbour gets ready.
        self.until(&format!("{}.preload === 'metadata'", video(1))).await;
        self.until(&format!("{}.readyState >= 1", video(1))).await;
        Ok(())
    }
}

/// How far the column is right after a key is pressed, before anything could move by and by.
const PRESSED: &str = "(() => {
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
    return document.querySelector('.reel').scrollTop;
})()";

#[test]
fn c18_a_finger_moves_the_column_and_turns_captions_and_sound() {
    journey(async |visit| {
        visit.phone("no-preference").await?;
        visit.until(&format!("!{0}.paused && {0}.muted", video(0))).await;
        visit.swipe(620.0, 160.0).await?;
        visit.until(&on_top(1)).await;
        visit.until(&format!("{}.paused && !{}.paused", video(0), video(1))).await;
        // Captions are there and shown; a tap hides them, another shows them.
        let (track, button) =
            (format!("{}.textTracks[0]", video(1)), format!("{}.querySelector('[data-captions]')", clip(1)));
        visit.until(&format!("{track}.mode === 'showing' && {track}.cues.length > 0")).await;
        for (mode, pressed) in [("hidden", "false"), ("showing", "true")] {
            visit.tap(&button).await?;
            visit.until(&format!("{track}.mode === '{mode}' && {button}.ariaPressed === '{pressed}'")).await;
        }
        visit.tap(&format!("{}.querySelector('[data-sound]')", clip(1))).await?;
        visit.until(&format!("!{}.muted && !{}.muted", video(1), video(0))).await;
        visit.swipe(160.0, 620.0).await?;
        visit.until(&on_top(0)).await;
        visit.until(&format!("!{}.paused && {}.paused", video(0), video(1))).await;
        let at: f64 = visit.eval(PRESSED).await?;
        assert!(at < 100.0, "it glides there: {at}");
        visit.until(&on_top(1)).await;
        visit.assert_no_sideways_scroll().await?;
        visit.assert_clean().await
    });
}

#[test]
fn c18_nothing_moves_by_itself_for_those_who_asked_for_less() {
    journey(async |visit| {
        visit.phone("reduce").await?;
        let still = |n: usize| format!("{0}.paused && {0}.currentTime === 0", video(n));
        assert!(visit.holds(&still(0)).await, "the first one waits");
        // Nothing snaps into its place either: the finger goes all the way.
        for _ in 0..2 {
            visit.swipe(620.0, 160.0).await?;
        }
        // The one after it gets ready, so this one was noticed; it waits all the same.
        visit.until(&format!("{}.preload === 'metadata'", video(2))).await;
        assert!(visit.holds(&format!("{} && {}", still(0), still(1))).await, "the next one waits");
        let at: f64 = visit.eval(PRESSED).await?;
        assert!(visit.holds(&on_top(2)).await, "a key leads there at once: {at}");
        // Whoever wants it to play asks for it.
        visit.type_here(" ").await?;
        visit.until(&format!("!{}.paused", video(2))).await;
        visit.assert_clean().await
    });
}
