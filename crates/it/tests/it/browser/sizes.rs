//! Every page of the desk, and of what people say, at the width of a phone and of a desk.

use thirtyfour::prelude::*;
use traboule::demo;

use super::visitor::focus;
use super::{Visit, eventually, journey, journey_at_rest, small_targets};

/// The pages that need no id.
const PAGES: &[&str] = &[
    "/fr/studio",
    "/fr/studio/calendar",
    "/fr/studio/ideas",
    "/fr/studio/shows",
    "/fr/studio/shows/new",
    "/fr/studio/episodes/new",
    "/fr/studio/pages",
    "/fr/studio/pages/new",
    "/fr/studio/media",
    "/fr/studio/import",
    "/fr/studio/webhooks",
    "/fr/studio/audience",
    "/fr/listens",
    "/fr/studio/people",
    "/fr/account",
    "/fr/api",
    "/fr/pages/reglement",
    "/en/pages/a-propos",
];

/// The pages of one episode, after its address.
const TABS: &[&str] = &["", "/rundown", "/sound", "/transcript", "/approval", "/corrections", "/history", "/audience"];

/// Addresses found on a page.
async fn found(visit: &Visit, page: &str, css: &str) -> WebDriverResult<String> {
    visit.go(page).await?;
    let link = visit.driver.query(By::Css(css)).first().await?.attr("href").await?;
    Ok(link.expect("an address"))
}

#[test]
fn c18_pages_of_the_desk_fit_small_and_large_windows() {
    journey(async |visit| {
        visit.sign_in(demo::OWNER).await?;
        let show = found(visit, "/fr/studio/shows", "main a[href^='/fr/studio/shows/sh']").await?;
        let page = found(visit, "/fr/studio/pages", "main a[href^='/fr/studio/pages/']:not([href$='/new'])").await?;
        visit.go("/fr/studio?text=protège").await?;
        let episode = visit.driver.query(By::Css("main th a[href^='/fr/studio/episodes/']")).first().await?;
        let episode = episode.attr("href").await?.expect("an address");
        visit.go(&format!("{episode}/approval")).await?;
        visit.fill("#f-label", "Un client").await?;
        visit.click("form[action$='/approval'] button.main").await?;
        visit.until("document.querySelector('#f-link')").await;
        let link: String = visit.eval("new URL(document.querySelector('#f-link').value).pathname").await?;
        let mut pages: Vec<String> = PAGES.iter().map(|p| (*p).to_owned()).collect();
        pages.extend(TABS.iter().map(|tab| format!("{episode}{tab}")));
        pages.extend([format!("{show}/episodes/new"), show, page, link]);
        let mut bad = Vec::new();
        for width in [360, 1280] {
            visit.width(width).await?;
            for page in &pages {
                visit.go(page).await?;
                bad.extend(faults(visit).await?);
            }
        }
        assert!(bad.is_empty(), "{bad:#?}");
        // On a phone the rail stands at the foot and never over what has the focus.
        visit.width(360).await?;
        visit.go(&episode).await?;
        for step in 0..50 {
            visit.key(Key::Tab).await?;
            let (name, drawn, seen) = focus(visit).await?;
            // Past the last control the focus leaves the page.
            if name == "BODY" {
                assert!(step > 30, "only {step} controls have the focus in turn");
                break;
            }
            assert!(drawn && seen, "step {step}: the focus on {name} is drawn: {drawn}, in sight: {seen}");
        }
        visit.assert_clean().await
    });
}

/// What is wrong with the size of a page; all of it is told at once.
async fn faults(visit: &Visit) -> WebDriverResult<Vec<String>> {
    let script = "[document.scrollingElement.scrollWidth, document.documentElement.clientWidth]";
    let (content, window): (i64, i64) = visit.eval(script).await?;
    let url = visit.driver.current_url().await?;
    let mut found: Vec<String> = small_targets(visit).await?;
    found.iter_mut().for_each(|target| *target = format!("{url} at {window}: {target}"));
    if content > window {
        found.push(format!("{url} is {content} px wide in a window of {window} px"));
    }
    Ok(found)
}

/// Pages of people that anybody reads, and that need no id.
const OPEN: &[&str] = &[
    "/fr/explore",
    "/en/explore",
    "/fr/tags/pont",
    "/fr/order",
    "/en/order",
    "/fr/log",
    "/fr/log/1",
    "/en/log/1",
    "/fr/clips",
    "/en/clips",
    "/fr/members/maelle",
    "/fr/members/maelle/followers",
    "/fr/members/ysolde/following",
    "/fr/search?q=pont&in=posts",
    "/fr/search?q=ysolde&in=people",
    "/fr/join",
];

/// Those of somebody signed in.
const OWN: &[&str] = &[
    "/fr/feed",
    "/en/feed",
    "/fr/posts/new",
    "/en/posts/new",
    "/fr/posts/mine",
    "/fr/posts/elsewhere",
    "/fr/clips/new",
    "/en/clips/new",
    "/fr/clips/mine",
    "/fr/account/notifications",
    "/fr/account/profile",
    "/fr/account/following",
    "/fr/account/muted",
    "/fr/account/blocked",
    "/fr/account/data",
];

/// What is wrong with the sizes of pages.
async fn measured(visit: &Visit, pages: &[String]) -> WebDriverResult<Vec<String>> {
    let mut bad = Vec::new();
    for width in [360, 1280] {
        visit.width(width).await?;
        for page in pages {
            visit.go(page).await?;
            // A page that is not there would fit any window.
            let status: u16 = visit.eval("performance.getEntriesByType('navigation')[0].responseStatus").await?;
            if status != 200 {
                bad.push(format!("{page}: {status}"));
            }
            bad.extend(faults(visit).await?);
        }
    }
    Ok(bad)
}

fn all(pages: &[&str]) -> Vec<String> {
    pages.iter().map(|p| (*p).to_owned()).collect()
}

#[test]
fn c18_pages_of_people_fit_small_and_large_windows() {
    journey(async |visit| {
        let post = found(visit, "/fr/explore", "main a[href^='/fr/posts/po_']:not([href*='#'])").await?;
        let clip = found(visit, "/fr/clips", "[data-clip] h2 a").await?;
        let mut pages = all(OPEN);
        pages.extend([format!("{post}/comments"), post, clip]);
        let mut bad = measured(visit, &pages).await?;
        visit.sign_in(demo::OWNER).await?;
        // What she says is changed once, so that there is something before it.
        visit.go("/fr/posts/new").await?;
        visit.fill("#f-body", "Le pont, ce matin. #pont").await?;
        visit.click("#write .btn.main").await?;
        visit.until("/\\/posts\\/po_/.test(location.pathname)").await;
        let own: String = visit.eval("location.pathname").await?;
        visit.go(&format!("{own}/edit")).await?;
        visit.fill("#f-body", " Et demain encore.").await?;
        visit.click("#write .btn.main").await?;
        visit.until(&format!("location.pathname === '{own}' && location.search.includes('edited')")).await;
        pages.extend(all(OWN));
        pages.extend(["/history", "/edit", "/delete"].map(|end| format!("{own}{end}")));
        pages.push(format!("/fr/posts/new?of={}", own.rsplit('/').next().unwrap_or_default()));
        pages.push(own);
        // One of her own clips that awaits its film.
        visit.go("/fr/clips/new").await?;
        visit.fill("#f-title", "Un titre long pour un film court qui attend encore").await?;
        visit.driver.execute("document.querySelector('#f-title').form.submit();", vec![]).await?;
        visit.until("/\\/clips\\/po_[^/]+\\/edit/.test(location.pathname)").await;
        pages.push(visit.eval("location.pathname").await?);
        bad.extend(measured(visit, &pages).await?);
        assert!(bad.is_empty(), "{bad:#?}");
        visit.assert_clean().await
    });
}

#[test]
fn c18_the_page_that_stops_mails_fits_small_and_large_windows() {
    journey_at_rest(async |visit| {
        visit.sign_in(demo::OWNER).await?;
        visit.go("/fr/account/notifications").await?;
        let choose =
            "const f = document.querySelector('[name=digest]').form; f.elements.digest.value = 'daily'; f.submit();";
        visit.driver.execute(choose, vec![]).await?;
        visit.until("location.search.includes('said=saved')").await;
        visit.house.clock.advance(60);
        let other = visit.house.browser().await;
        other.virtual_passkey().await?;
        other.join("Titouan", "titouan", "/fr/members/maelle").await?;
        other.click("form[action$='/follow'] button").await?;
        other.until("document.querySelector('form[action$=\"/unfollow\"]') !== null").await;
        visit.house.clock.advance(90_000);
        let link = "/\\/fr\\/digest\\/[\\w.-]+/.exec(document.body.textContent)?.[0]";
        eventually("a mail with a link that stops it", async || {
            visit.go("/dev/mail").await.is_ok() && visit.holds(link).await
        })
        .await;
        let stop: String = visit.eval(link).await?;
        let bad = measured(visit, &[stop]).await?;
        assert!(bad.is_empty(), "{bad:#?}");
        visit.assert_clean().await
    });
}
