//! Somebody who believes nothing: from the foot of a page to the public log, to the leaf of an episode, to its proof, which is
//! taken home as a file and checked there without asking the site; by touch in French, by keyboard alone in English.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use thirtyfour::prelude::*;

use super::{Done, Visit, assert_targets, eventually, journey};

/// What the leaf's page of an episode is found by.
const OF_AN_EPISODE: &str =
    "[...document.querySelectorAll('main .list a.link')].filter((a) => /ep_[0-9a-z]+/.test(a.textContent))[0]";

/// Downloads go into this folder from now on.
async fn downloads_to(visit: &Visit, folder: &Path) -> Done {
    std::fs::create_dir_all(folder).expect("a folder");
    let behaviour = json!({"behavior": "allow", "downloadPath": folder});
    visit.driver.cdp().send_raw("Browser.setDownloadBehavior", behaviour).await.map(drop)
}

/// The file once it has wholly come.
async fn downloaded(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    eventually(name, async || std::fs::read_to_string(&path).is_ok_and(|text| text.ends_with('\n'))).await;
    path
}

/// Checks the file as a stranger does, with the log's key and without the site; gives the exit code and what was said.
async fn verified(file: PathBuf, key: String) -> (Option<i32>, String) {
    let run = move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_traboule_cli"));
        command.arg("verify").arg(file).args(["--key", &key]).env_remove("TRABOULE_DATA").output()
    };
    let output = tokio::task::spawn_blocking(run).await.expect("run").expect("the binary runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Takes the proof home from the leaf's page, and checks it and one that was changed.
async fn take_home(visit: &Visit, folder: &Path, open: impl AsyncFn(&str) -> Done) -> Done {
    let number: String = visit.eval("/\\/log\\/(\\d+)$/.exec(location.pathname)[1]").await?;
    let hash = visit.words(".kv + dl .mono").await?;
    open("main a[href^='/log/proof/']").await?;
    let file = downloaded(folder, &format!("leaf-{number}.tlog-proof")).await;
    let (_, policy) = visit.fetched("/log/policy").await?;
    let key = policy.lines().find_map(|line| line.strip_prefix("log ")?.split(' ').next()).expect("a key").to_owned();
    let (code, said) = verified(file.clone(), key.clone()).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("included") && said.contains(&format!("leaf {number} of")), "{said}");
    let text = std::fs::read_to_string(&file).expect("a file");
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\n"), "{text}");
    let other = text.replacen(&format!("index {number}"), "index 0", 1);
    let changed = folder.join("changed.tlog-proof");
    std::fs::write(&changed, other).expect("written");
    assert_eq!(verified(changed, key).await.0, Some(1), "another place in the tree is another leaf");
    // The hash of the page finds the leaf again.
    let path: String = visit.eval("location.pathname").await?;
    let log = path.rsplit_once('/').expect("a path").0;
    visit.go(&format!("{log}?q={hash}")).await?;
    visit
        .until(&format!("document.querySelector('[role=status] a.btn')?.getAttribute('href') === {}", json!(path)))
        .await;
    Ok(())
}

#[test]
fn a_reader_takes_a_proof_home_from_a_phone() {
    journey(async |visit| {
        let folder = visit.house.folder.path().join("downloads");
        downloads_to(visit, &folder).await?;
        visit.width(360).await?;
        visit.go("/fr/").await?;
        visit.click("footer a[href='/fr/log']").await?;
        visit.until_at("/fr/log").await;
        assert!(visit.words("h1").await?.contains("Journal public"));
        visit.assert_no_sideways_scroll().await?;
        assert_targets(visit).await?;
        visit.driver.execute(&format!("{OF_AN_EPISODE}.scrollIntoView({{ block: 'center' }});"), vec![]).await?;
        let words: String = visit.eval(&format!("{OF_AN_EPISODE}.textContent")).await?;
        visit.follow(&words).await?;
        visit.until("/^\\/fr\\/log\\/\\d+$/.test(location.pathname) && document.readyState === 'complete'").await;
        assert!(visit.words("main pre").await?.contains("\"kind\":\"episode.published\""));
        visit.assert_no_sideways_scroll().await?;
        assert_targets(visit).await?;
        take_home(visit, &folder, async |css| visit.click(css).await).await?;
        assert!(visit.cookies().await?.is_empty(), "who checks is nobody");
        visit.assert_clean().await
    });
}

#[test]
fn a_reader_takes_a_proof_home_by_keyboard() {
    journey(async |visit| {
        let folder = visit.house.folder.path().join("downloads");
        downloads_to(visit, &folder).await?;
        visit.go("/en/log").await?;
        assert!(visit.words("h1").await?.contains("Public log"));
        visit.assert_no_sideways_scroll().await?;
        // The search by number is the first way in; a leaf's link the second.
        visit.tab_to("#q", false).await?;
        visit.type_here("0").await?;
        visit.key(Key::Enter).await?;
        visit.until("document.querySelector('[role=status] a.btn')?.getAttribute('href') === '/en/log/0'").await;
        let href: String = visit.eval(&format!("{OF_AN_EPISODE}.getAttribute('href')")).await?;
        visit.tab_to(&format!("main .list a.link[href='{href}']"), false).await?;
        let seen = visit.holds("document.activeElement.matches(':focus-visible')").await;
        assert!(seen, "where the keyboard is can be seen");
        visit.key(Key::Enter).await?;
        visit.until_at(&href).await;
        take_home(visit, &folder, async |css| {
            visit.tab_to(css, false).await?;
            visit.key(Key::Enter).await
        })
        .await?;
        for width in [360, 1280] {
            visit.width(width).await?;
            visit.go(&href).await?;
            visit.assert_no_sideways_scroll().await?;
        }
        visit.assert_clean().await
    });
}
