//! Our classes of programmes against the examples of a public list, in the folder `TRABOULE_TEST_MATERIAL`: how far both
//! agree about what is a robot. Only with the feature `material`.
#![cfg(feature = "material")]

use audience::rules::agents::{Kind, classify};
use serde_json::Value;

/// Every example of a file of the list.
fn examples(name: &str) -> Vec<String> {
    let root = std::env::var_os("TRABOULE_TEST_MATERIAL").expect("TRABOULE_TEST_MATERIAL names the folder of material");
    let path = std::path::PathBuf::from(root).join("bots").join(name);
    let list: Value = serde_json::from_slice(&std::fs::read(path).expect("a file of the list")).expect("JSON");
    let entries = list["entries"].as_array().expect("entries");
    let texts = entries.iter().flat_map(|e| e["examples"].as_array().into_iter().flatten());
    texts.filter_map(|t| t.as_str().map(str::to_owned)).collect()
}

/// Per hundred of a file's examples that are counted out or in, as the list would.
fn agreement(name: &str, right: impl Fn(Kind) -> bool) -> usize {
    let all = examples(name);
    assert!(all.len() >= 10, "{name}: only {} examples", all.len());
    let other: Vec<&String> = all.iter().filter(|t| !right(classify(t).kind)).collect();
    let share = (all.len() - other.len()) * 100 / all.len();
    eprintln!("{name}: {share} % of {} examples; the others: {other:?}", all.len());
    share
}

#[test]
fn c14_a_public_list_agrees_about_robots() {
    // A watch is counted out too, under a reason of its own.
    let out = |kind| matches!(kind, Kind::Bot | Kind::Library | Kind::Watch);
    let shares = [
        agreement("bots.json", out),
        agreement("libraries.json", out),
        agreement("apps.json", |kind| !out(kind)),
        agreement("browsers.json", |kind| !out(kind)),
    ];
    for (share, least) in shares.into_iter().zip(LEAST) {
        assert!(share >= least, "{shares:?}, at least {LEAST:?}");
    }
}

/// What was measured when version 2 began: robots, libraries, apps, browsers. The libraries that stay are players of
/// telephones, which the list calls libraries and which somebody listens with.
const LEAST: [usize; 4] = [94, 61, 98, 100];
