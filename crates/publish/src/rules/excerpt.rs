//! What an excerpt may be: where it starts and ends, what it is called. Pure.

use std::collections::BTreeMap;

use kernel::Refusal;

use crate::media::timecode;
use crate::rules::check::is_language;

/// The shortest excerpt, in milliseconds.
pub const SHORTEST: i64 = 1000;
/// The longest excerpt, in milliseconds.
pub const LONGEST: i64 = 15 * 60 * 1000;
/// The most excerpts of one episode.
pub const MOST: i64 = 60;
/// The longest title, in characters.
const TITLE: usize = 128;

/// What somebody wants to cut out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExcerptDraft {
    /// Where it starts, `h:mm:ss`, perhaps with thousandths.
    pub start: String,
    /// Where it ends.
    pub end: String,
    /// Titles by language; empty ones do not count.
    pub titles: BTreeMap<String, String>,
}

/// A checked excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Milliseconds.
    pub start_ms: i64,
    /// Milliseconds.
    pub duration_ms: i64,
    /// Titles by language, at least one.
    pub titles: BTreeMap<String, String>,
}

/// Checks the titles of an excerpt.
///
/// # Errors
/// Without any, too long, or in a language that is none.
pub fn titles(given: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Refusal> {
    let refuse = |code| Refusal::invalid("check-fields").field("title", code);
    let mut out = BTreeMap::new();
    for (lang, title) in given {
        let title = kernel::line(title);
        if title.is_empty() {
            continue;
        }
        if !is_language(lang) {
            return Err(refuse("language-malformed"));
        }
        if title.chars().count() > TITLE {
            return Err(refuse("excerpt-title-long"));
        }
        out.insert(lang.clone(), title);
    }
    if out.is_empty() { Err(refuse("excerpt-title-missing")) } else { Ok(out) }
}

fn time(text: &str) -> Option<i64> {
    timecode::parse(text).ok().and_then(|ms| i64::try_from(ms).ok())
}

/// Checks an excerpt of sound that lasts `duration_ms` milliseconds.
///
/// # Errors
/// Every field's problem at once.
pub fn check(draft: &ExcerptDraft, duration_ms: i64) -> Result<Checked, Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    // The length is shown in whole seconds: what is typed from there may be up to a second more.
    let round = |end: i64| if end > duration_ms && end <= duration_ms + 999 { duration_ms } else { end };
    let (start, end) = (time(&draft.start), time(&draft.end).map(round));
    if start.is_none() {
        refusal = refusal.field("start", "time-malformed");
    }
    match (start, end) {
        (_, None) => refusal = refusal.field("end", "time-malformed"),
        (Some(start), Some(end)) if end <= start => refusal = refusal.field("end", "excerpt-backwards"),
        (Some(start), Some(end)) if end - start < SHORTEST => refusal = refusal.field("end", "excerpt-short"),
        (Some(start), Some(end)) if end - start > LONGEST => refusal = refusal.field("end", "excerpt-long"),
        (Some(_), Some(end)) if end > duration_ms => refusal = refusal.field("end", "excerpt-outside"),
        _ => {}
    }
    let titles = match titles(&draft.titles) {
        Ok(titles) => titles,
        Err(problem) => {
            refusal.fields.extend(problem.fields);
            BTreeMap::new()
        }
    };
    refusal.unless_clean()?;
    let (start_ms, end) = (start.unwrap_or(0), end.unwrap_or(0));
    Ok(Checked { start_ms, duration_ms: end - start_ms, titles })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(start: &str, end: &str, title: &str) -> ExcerptDraft {
        let titles = [("fr".to_owned(), title.to_owned()), ("en".to_owned(), " ".to_owned())].into();
        ExcerptDraft { start: start.to_owned(), end: end.to_owned(), titles }
    }

    #[test]
    fn the_table_of_excerpts() {
        for (start, end, title, wanted) in [
            ("0:10", "0:25.5", "Le pont", Ok((10_000, 15_500))),
            ("0", "1:01", "Tout", Ok((0, 60_400))),
            ("1:02:00", "0:10", "x", Err("end=excerpt-backwards")),
            ("0:10", "0:10.2", "x", Err("end=excerpt-short")),
            ("0:10", "1:10", "x", Err("end=excerpt-outside")),
            ("a", "b", "", Err("start=time-malformed end=time-malformed title=excerpt-title-missing")),
        ] {
            let got = check(&draft(start, end, title), 60_400).map(|c| (c.start_ms, c.duration_ms));
            let got = got
                .map_err(|r| r.fields.iter().map(|f| format!("{}={}", f.name, f.code)).collect::<Vec<_>>().join(" "));
            assert_eq!(got, wanted.map_err(str::to_owned), "{start} {end}");
        }
        let long = check(&draft("0", "16:00", "x"), 3_600_000).expect_err("long");
        assert_eq!(long.fields[0].code, "excerpt-long");
        assert_eq!(
            titles(&[("fr".to_owned(), "é".repeat(129))].into()).expect_err("long").fields[0].code,
            "excerpt-title-long"
        );
    }
}
