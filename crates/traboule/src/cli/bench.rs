//! `bench NAME`: measured figures as ratios to a baseline of the same run. It needs no data folder and leaves none.

use super::{Ended, json, say};

pub(super) async fn run(name: &str, database: Option<String>, percent: u64, as_json: bool) -> Result<(), Ended> {
    let report = match name {
        "log" => crate::measure::log(database).await,
        "pages" => crate::measure::pages().await,
        "comments" => crate::measure::comments().await,
        "import" => crate::measure::import().await,
        "search" => crate::measure::search().await,
        "feed" => crate::measure::feed(percent).await,
        other => {
            return Err(Ended::Usage(format!(
                "there is no bench called {other}; there are pages, comments, import, search, feed and log"
            )));
        }
    };
    let report = report.map_err(|f| Ended::Problem(f.to_string()))?;
    if as_json {
        json(&report);
        return Ok(());
    }
    say(&format!("{} on {}", report.name, report.machine));
    for figure in &report.figures {
        say(&figure.line());
    }
    Ok(())
}
