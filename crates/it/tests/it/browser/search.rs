//! A visitor searches on a phone and listens from the passage that was found.

use thirtyfour::prelude::*;

use super::{assert_targets, journey};

#[test]
fn a_visitor_searches_on_a_phone_and_stands_at_the_second() {
    journey(async |visit| {
        visit.width(360).await?;
        visit.go("/fr/").await?;
        visit.fill("main input[name=q]", "archet QUAI").await?;
        visit.key(Key::Enter).await?;
        visit.until("location.pathname === '/fr/search' && document.querySelector('main mark') !== null").await;
        visit.assert_no_sideways_scroll().await?;
        assert_targets(visit).await?;
        let link = "main .list a[href*='#t-']";
        let second: u32 = visit.eval(&format!("Number(document.querySelector(\"{link}\").hash.slice(3))")).await?;
        assert_eq!(second, 21, "the passage is where the words are spoken");
        visit.click(link).await?;
        let audio = "document.querySelector('[data-audio]')";
        visit.until(&format!("{audio} !== null && {audio}.hidden")).await;
        visit.click("[data-act=play]").await?;
        let here = format!("{audio}.currentTime >= {second} && {audio}.currentTime < {second} + 8");
        visit.until(&format!("!{audio}.paused && {here}")).await;
        visit.assert_clean().await
    });
}
