//! Rules about chapters and the sources behind them.

use kernel::Arg;

use super::{Found, LintInput};
use crate::model::{Chapter, SourceKind};
use crate::rules::sources::is_dead;

pub(super) fn check(input: &LintInput<'_>, found: &mut Found) {
    let chapters = &input.full.chapters;
    if chapters.is_empty() {
        return;
    }
    found.when(chapters.windows(2).any(|pair| pair[1].start_ms <= pair[0].start_ms), "chapters-order");
    let duration = input.full.episode.audio.as_ref().and_then(|a| a.duration_ms).filter(|ms| *ms > 0);
    if let Some(ms) = duration {
        listed(chapters, |c| c.start_ms >= ms, "chapter-beyond", found);
    }
    found.when(chapters.first().is_some_and(|c| c.start_ms != 0), "chapter-first");
    listed(chapters, |c| c.titles.values().all(|t| t.trim().is_empty()), "chapter-title", found);
    listed(chapters, |c| c.in_toc && c.sources.is_empty(), "chapter-source", found);
    sources(input, found);
}

/// One finding that names the chapters by their places, from one.
fn listed(chapters: &[Chapter], bad: impl Fn(&Chapter) -> bool, rule: &str, found: &mut Found) {
    let places: Vec<String> =
        chapters.iter().enumerate().filter(|(_, c)| bad(c)).map(|(at, _)| (at + 1).to_string()).collect();
    if !places.is_empty() {
        found.add(rule, vec![("count", super::whole(places.len())), ("which", Arg::Text(places.join(", ")))]);
    }
}

fn sources(input: &LintInput<'_>, found: &mut Found) {
    for source in input.full.chapters.iter().flat_map(|c| &c.sources) {
        if input.health.get(&source.url).is_some_and(is_dead) {
            let args = vec![("title", source.title.as_str().into()), ("url", source.url.as_str().into())];
            found.add("source-dead", args);
        }
        let bare = source.title.starts_with("http://") || source.title.starts_with("https://");
        if source.title.trim().is_empty() || (bare && source.kind == SourceKind::Link) {
            found.add("source-text", vec![("url", source.url.as_str().into())]);
        }
    }
}
