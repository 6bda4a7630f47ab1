//! Reads and writes JSON chapters 1.2.0 of the podcast namespace.
//! Times are decimals in the file and whole milliseconds here; the decimal text
//! is read exactly, never through a float.
//! Addresses are checked for form only; nothing is fetched.

use serde_json::{Map, Value};

use super::timecode::{decimal_to_ms, ms_to_decimal};

/// Largest chapter file accepted, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;
/// Most chapters kept from one file.
pub const MAX_CHAPTERS: usize = 2000;
/// Longest title in characters; more is cut and reported.
pub const MAX_TITLE: usize = 500;
/// Longest address in bytes; more is dropped and reported.
pub const MAX_URL: usize = 2048;
/// The media type these files are served with.
pub const MIME: &str = "application/json+chapters";

/// One chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChapterMark {
    /// Start in milliseconds.
    pub start_ms: u64,
    /// End in milliseconds, after the start.
    pub end_ms: Option<u64>,
    /// Title, possibly empty for silent marks.
    pub title: String,
    /// Address of an image, http or https.
    pub image_url: Option<String>,
    /// Address of a page, http or https.
    pub url: Option<String>,
    /// False hides the chapter from the table of contents (`"toc": false`).
    pub in_toc: bool,
}

/// Something that was repaired or left out while reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChapterProblem {
    /// Stable code, for example `chapter_out_of_order`.
    pub code: &'static str,
    /// Position in the file's array, from zero; zero for the file as a whole.
    pub index: usize,
}

/// Why a file cannot be read as chapters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChapterError {
    /// More than [`MAX_BYTES`].
    TooLarge,
    /// Not JSON, or nested too deeply.
    NotJson,
    /// No object with an array `chapters` inside.
    NotChapters,
    /// More than [`MAX_CHAPTERS`].
    TooMany,
}

impl ChapterError {
    /// Stable code for messages, for example `chapters_not_json`.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "chapters_too_large",
            Self::NotJson => "chapters_not_json",
            Self::NotChapters => "chapters_not_chapters",
            Self::TooMany => "chapters_too_many",
        }
    }
}

/// Reads a chapter file. Chapters come back sorted by start; those without a
/// usable start are left out. Each repair is reported.
pub fn read_json(bytes: &[u8]) -> Result<(Vec<ChapterMark>, Vec<ChapterProblem>), ChapterError> {
    if bytes.len() > MAX_BYTES {
        return Err(ChapterError::TooLarge);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let root: Value = serde_json::from_slice(bytes).map_err(|_| ChapterError::NotJson)?;
    let list = root.get("chapters").and_then(Value::as_array).ok_or(ChapterError::NotChapters)?;
    if list.len() > MAX_CHAPTERS {
        return Err(ChapterError::TooMany);
    }
    let mut problems = Vec::new();
    match root.get("version").and_then(Value::as_str) {
        Some(version) if version.starts_with("1.") => {}
        Some(_) => problems.push(ChapterProblem { code: "chapters_version_unknown", index: 0 }),
        None => problems.push(ChapterProblem { code: "chapters_version_missing", index: 0 }),
    }
    let mut marks = Vec::with_capacity(list.len());
    for (index, item) in list.iter().enumerate() {
        let mut report = |code| problems.push(ChapterProblem { code, index });
        if let Some(mark) = read_mark(item, &mut report) {
            marks.push((index, mark));
        }
    }
    report_order(&marks, &mut problems);
    marks.sort_by_key(|(_, mark)| mark.start_ms);
    Ok((marks.into_iter().map(|(_, mark)| mark).collect(), problems))
}

fn report_order(marks: &[(usize, ChapterMark)], problems: &mut Vec<ChapterProblem>) {
    let mut latest = None;
    let mut seen = std::collections::BTreeSet::new();
    for (index, mark) in marks {
        if !seen.insert(mark.start_ms) {
            problems.push(ChapterProblem { code: "chapter_duplicate_start", index: *index });
        } else if latest.is_some_and(|l| mark.start_ms < l) {
            problems.push(ChapterProblem { code: "chapter_out_of_order", index: *index });
        }
        latest = latest.max(Some(mark.start_ms));
    }
}

fn read_mark(item: &Value, report: &mut impl FnMut(&'static str)) -> Option<ChapterMark> {
    let Some(item) = item.as_object() else {
        report("chapter_not_an_object");
        return None;
    };
    let Some(start) = item.get("startTime").filter(|v| !v.is_null()) else {
        report("chapter_start_missing");
        return None;
    };
    let Some(start_ms) = time(start, report) else {
        report("chapter_start_invalid");
        return None;
    };
    let end_ms = match item.get("endTime").filter(|v| !v.is_null()).map(|v| time(v, report)) {
        None => None,
        Some(Some(end)) if end > start_ms => Some(end),
        Some(_) => {
            report("chapter_end_invalid");
            None
        }
    };
    let title = title(item, report);
    let in_toc = match item.get("toc") {
        None | Some(Value::Null) => true,
        Some(Value::Bool(toc)) => *toc,
        Some(_) => {
            report("chapter_toc_invalid");
            true
        }
    };
    let image_url = address(item, "img", report);
    let url = address(item, "url", report);
    Some(ChapterMark { start_ms, end_ms, title, image_url, url, in_toc })
}

/// A time: a JSON number, or a string that holds one, as some writers do.
fn time(value: &Value, report: &mut impl FnMut(&'static str)) -> Option<u64> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => {
            report("chapter_time_is_text");
            text.trim().to_owned()
        }
        _ => return None,
    };
    let (ms, exact) = decimal_to_ms(&text)?;
    if !exact {
        report("chapter_time_rounded");
    }
    Some(ms)
}

fn title(item: &Map<String, Value>, report: &mut impl FnMut(&'static str)) -> String {
    let text = match item.get("title") {
        None | Some(Value::Null) => return String::new(),
        Some(Value::String(text)) => text,
        Some(_) => {
            report("chapter_title_invalid");
            return String::new();
        }
    };
    let clean: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !c.is_control()).collect();
    let clean = clean.trim();
    if clean.chars().count() > MAX_TITLE {
        report("chapter_title_cut");
        return clean.chars().take(MAX_TITLE).collect::<String>().trim_end().to_owned();
    }
    clean.to_owned()
}

/// An http or https address without spaces or controls.
fn address(item: &Map<String, Value>, key: &str, report: &mut impl FnMut(&'static str)) -> Option<String> {
    let text = match item.get(key) {
        None | Some(Value::Null) => return None,
        Some(value) => value.as_str().map(str::trim).unwrap_or("\0"),
    };
    if text.is_empty() {
        return None;
    }
    let lower: String = text.chars().take(8).collect::<String>().to_ascii_lowercase();
    let scheme = lower.starts_with("https://") || lower.starts_with("http://");
    let plain = text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>\"`\\".contains(c));
    if !scheme || !plain || text.len() > MAX_URL {
        report("chapter_address_dropped");
        return None;
    }
    Some(text.to_owned())
}

/// Writes a chapter file, sorted by start, with an optional episode title.
/// Absent fields are left out; `toc` is written only when false.
pub fn write_json(marks: &[ChapterMark], title: Option<&str>) -> String {
    let mut sorted: Vec<&ChapterMark> = marks.iter().collect();
    sorted.sort_by_key(|mark| mark.start_ms);
    let mut out = String::from("{\"version\":\"1.2.0\"");
    if let Some(title) = title {
        out.push_str(&format!(",\"title\":{}", quoted(title)));
    }
    out.push_str(",\"chapters\":[");
    for (i, mark) in sorted.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(&format!("{{\"startTime\":{}", ms_to_decimal(mark.start_ms)));
        if let Some(end) = mark.end_ms {
            out.push_str(&format!(",\"endTime\":{}", ms_to_decimal(end)));
        }
        if !mark.title.is_empty() {
            out.push_str(&format!(",\"title\":{}", quoted(&mark.title)));
        }
        if let Some(image) = &mark.image_url {
            out.push_str(&format!(",\"img\":{}", quoted(image)));
        }
        if let Some(url) = &mark.url {
            out.push_str(&format!(",\"url\":{}", quoted(url)));
        }
        if !mark.in_toc {
            out.push_str(",\"toc\":false");
        }
        out.push('}');
    }
    out.push_str("]}");
    out
}

/// A JSON string; `<` is escaped so that the file can sit inside a page.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests;
