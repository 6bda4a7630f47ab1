//! The HTTP range handler (RFC 9110 §13, §14). The decision is a pure function of the request's headers
//! and the blob's size and tag; serving it is one read of the store.
//! One range only: a request for several is answered with the whole, which the standard allows.

use bytes::Bytes;
use futures_util::stream::BoxStream;

use crate::store::{BlobError, BlobName, BlobStore};

/// The request headers that matter, as sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Conditions<'r> {
    /// `Range`.
    pub range: Option<&'r str>,
    /// `If-Range`.
    pub if_range: Option<&'r str>,
    /// `If-None-Match`.
    pub if_none_match: Option<&'r str>,
    /// `If-Match`.
    pub if_match: Option<&'r str>,
}

/// What to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// 200 with everything.
    Whole,
    /// 206 with the bytes from `start` to before `end`.
    Part {
        /// First byte, counted from zero.
        start: u64,
        /// One past the last byte.
        end: u64,
    },
    /// 416 with `Content-Range: bytes */size`.
    Unsatisfiable,
    /// 304 without body.
    Unchanged,
    /// 412: the client insisted on another version.
    Changed,
}

/// Decides. `size` is the blob's, `etag` its strong tag with quotes.
#[must_use]
pub fn plan(conditions: Conditions<'_>, size: u64, etag: &str) -> Plan {
    if conditions.if_match.is_some_and(|header| !lists(header, etag, true)) {
        return Plan::Changed;
    }
    if conditions.if_none_match.is_some_and(|header| lists(header, etag, false)) {
        return Plan::Unchanged;
    }
    let Some(range) = conditions.range else { return Plan::Whole };
    // A date in If-Range never matches a strong tag, hence the whole: always a right answer (§13.1.5).
    if conditions.if_range.is_some_and(|header| header.trim() != etag) {
        return Plan::Whole;
    }
    one_range(range, size)
}

/// Whether a list of entity tags names `etag`. Weak tags match only where weak comparison is meant.
fn lists(header: &str, etag: &str, strong: bool) -> bool {
    header.split(',').map(str::trim).any(|tag| {
        let bare = tag.strip_prefix("W/");
        tag == "*" || tag == etag || (!strong && bare == Some(etag))
    })
}

/// Reads `bytes=…`. What does not parse is ignored, as §14.2 asks: the answer is then the whole.
fn one_range(header: &str, size: u64) -> Plan {
    let Some((unit, spec)) = header.split_once('=') else { return Plan::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || spec.contains(',') {
        return Plan::Whole;
    }
    let Some((first, last)) = spec.trim().split_once('-') else { return Plan::Whole };
    let (first, last) = (first.trim(), last.trim());
    if first.is_empty() {
        let Some(suffix) = number(last) else { return Plan::Whole };
        return match suffix.min(size) {
            0 => Plan::Unsatisfiable,
            count => Plan::Part { start: size - count, end: size },
        };
    }
    let Some(start) = number(first) else { return Plan::Whole };
    let end = match last {
        "" => size,
        text => match number(text) {
            Some(last) if last < start => return Plan::Whole,
            Some(last) => last.saturating_add(1).min(size),
            None => return Plan::Whole,
        },
    };
    if start >= size { Plan::Unsatisfiable } else { Plan::Part { start, end } }
}

/// Digits only; a number too large to hold is as good as the largest.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

/// A response, free of any web framework.
pub struct Served {
    /// The status code.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body; `None` for HEAD, 304, 412 and 416.
    pub body: Option<BoxStream<'static, Result<Bytes, BlobError>>>,
}

/// Answers GET (or HEAD, with `head`) for a blob of `size` bytes and media type `mime`.
///
/// # Errors
/// When the store fails or the blob is missing.
pub async fn serve(
    store: &BlobStore,
    name: &BlobName,
    size: u64,
    mime: &str,
    conditions: Conditions<'_>,
    head: bool,
) -> Result<Served, BlobError> {
    let etag = name.etag();
    let plan = plan(conditions, size, &etag);
    let mut headers = vec![("accept-ranges", "bytes".to_owned()), ("etag", etag)];
    let (status, span) = match plan {
        Plan::Whole => (200, Some((0, size))),
        Plan::Part { start, end } => {
            headers.push(("content-range", format!("bytes {start}-{}/{size}", end - 1)));
            (206, Some((start, end)))
        }
        Plan::Unsatisfiable => {
            headers.push(("content-range", format!("bytes */{size}")));
            (416, None)
        }
        Plan::Unchanged => (304, None),
        Plan::Changed => (412, None),
    };
    let mut body = None;
    if let Some((start, end)) = span {
        headers.push(("content-type", mime.to_owned()));
        headers.push(("content-length", (end - start).to_string()));
        if !head {
            body = Some(store.stream(name, start, end).await?);
        }
    }
    Ok(Served { status, headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(range: &str) -> Plan {
        plan(Conditions { range: Some(range), ..Conditions::default() }, 1000, "\"tag\"")
    }

    #[test]
    fn c8_the_table_of_ranges() {
        for (range, expected) in [
            ("bytes=0-0", Plan::Part { start: 0, end: 1 }),
            ("bytes=0-1", Plan::Part { start: 0, end: 2 }),
            ("bytes=500-", Plan::Part { start: 500, end: 1000 }),
            ("bytes=-500", Plan::Part { start: 500, end: 1000 }),
            ("bytes=-5000", Plan::Part { start: 0, end: 1000 }),
            ("bytes=0-1000", Plan::Part { start: 0, end: 1000 }),
            ("bytes=0-999", Plan::Part { start: 0, end: 1000 }),
            ("bytes=999-999", Plan::Part { start: 999, end: 1000 }),
            ("BYTES = 0-0", Plan::Part { start: 0, end: 1 }),
            ("bytes=0-99999999999999999999999", Plan::Part { start: 0, end: 1000 }),
            ("bytes=1000-", Plan::Unsatisfiable),
            ("bytes=99999999999999999999999-", Plan::Unsatisfiable),
            ("bytes=-0", Plan::Unsatisfiable),
            ("bytes=500-400", Plan::Whole),
            ("bytes=0-0,5-6", Plan::Whole),
            ("lines=0-1", Plan::Whole),
            ("bytes=a-b", Plan::Whole),
            ("bytes=+1-2", Plan::Whole),
            ("bytes=-", Plan::Whole),
            ("bytes", Plan::Whole),
            ("", Plan::Whole),
        ] {
            assert_eq!(asked(range), expected, "{range}");
        }
    }

    #[test]
    fn c8_conditions_come_before_ranges() {
        let ask = |conditions: Conditions<'_>| plan(conditions, 1000, "\"tag\"");
        let range = Some("bytes=0-0");
        let part = Plan::Part { start: 0, end: 1 };
        for (conditions, expected) in [
            (Conditions { range, if_range: Some("\"tag\""), ..Conditions::default() }, part),
            (Conditions { range, if_range: Some("\"other\""), ..Conditions::default() }, Plan::Whole),
            (Conditions { range, if_range: Some("W/\"tag\""), ..Conditions::default() }, Plan::Whole),
            (
                Conditions { range, if_range: Some("Mon, 23 Nov 2026 06:00:00 GMT"), ..Conditions::default() },
                Plan::Whole,
            ),
            (Conditions { range, if_none_match: Some("\"a\", W/\"tag\""), ..Conditions::default() }, Plan::Unchanged),
            (Conditions { if_none_match: Some("*"), ..Conditions::default() }, Plan::Unchanged),
            (Conditions { range, if_match: Some("\"other\""), ..Conditions::default() }, Plan::Changed),
            (Conditions { range, if_match: Some("W/\"tag\""), ..Conditions::default() }, Plan::Changed),
            (Conditions { range, if_match: Some("\"tag\""), ..Conditions::default() }, part),
        ] {
            assert_eq!(ask(conditions), expected, "{conditions:?}");
        }
    }

    #[test]
    fn c8_an_empty_file_has_no_satisfiable_range() {
        assert_eq!(
            plan(Conditions { range: Some("bytes=0-"), ..Conditions::default() }, 0, "\"t\""),
            Plan::Unsatisfiable
        );
        assert_eq!(plan(Conditions::default(), 0, "\"t\""), Plan::Whole);
    }
}
