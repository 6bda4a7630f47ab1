//! `sim NAME`: deterministic runs by seeds with a checker; exit code 1 if a seed failed. It needs no data folder and leaves
//! none.

use super::{Ended, json, say};

/// `A..B`, both included.
fn seeds(text: &str) -> Result<(u64, u64), Ended> {
    let pair = text.split_once("..").and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    match pair {
        Some((first, last)) if first <= last => Ok((first, last)),
        _ => Err(Ended::Usage(format!("{text} is no range of seeds: give the first and the last, such as 1..20"))),
    }
}

pub(super) async fn run(name: &str, range: &str, as_json: bool) -> Result<(), Ended> {
    let range = seeds(range)?;
    let report = match name {
        "log" => crate::sim::log(range).await.map_err(|f| Ended::Problem(f.to_string()))?,
        other => return Err(Ended::Usage(format!("there is no simulation called {other}; there is log"))),
    };
    if as_json {
        json(&report);
    } else {
        for figure in &report.figures {
            say(&figure.line());
        }
        for (seed, fault) in &report.faults {
            say(&format!("seed {seed}: {fault}"));
        }
        say(&format!("{} of {} seeds passed", report.passed, report.passed + report.failed.len()));
    }
    match report.failed.len() {
        0 => Ok(()),
        n => Err(Ended::Problem(format!("{n} seeds failed"))),
    }
}
