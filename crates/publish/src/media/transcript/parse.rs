//! Reads the lines of WebVTT, SubRip and plain text into cues.
//! Reading is lenient and reports what it repaired; only limits are fatal.
//! It follows the block structure of the WebVTT standard of the W3C.

use serde_json::Value;

use super::super::timecode::{self, decimal_to_ms};
use super::markup::{clean_speaker, clean_text, leading_speaker, segments};
use super::{Cue, Format, MAX_BYTES, MAX_CUES, MAX_PROBLEMS, Problem, Transcript, TranscriptError};

/// Guesses the format from the content: a `WEBVTT` line, an opening brace
/// (JSON), a time line with a comma (SubRip) or a dot (WebVTT without header),
/// else plain text.
pub fn detect(bytes: &[u8]) -> Format {
    let text = String::from_utf8_lossy(bytes.get(..bytes.len().min(16_384)).unwrap_or_default());
    let text = text.trim_start_matches('\u{feff}');
    if is_header(text.split(['\n', '\r']).next().unwrap_or_default()) {
        return Format::Vtt;
    }
    if text.trim_start().starts_with('{') {
        return Format::Json;
    }
    match text.split(['\n', '\r']).find(|line| timing(line).is_some()) {
        Some(line) if line.split("-->").next().is_some_and(|start| start.contains(',')) => Format::Srt,
        Some(_) => Format::Vtt,
        None => Format::Text,
    }
}

/// Reads a transcript of at most [`MAX_BYTES`] and [`MAX_CUES`]. With `None`
/// the format is guessed. Cues come back sorted; repairs are reported.
pub fn parse(bytes: &[u8], format: Option<Format>) -> Result<Transcript, TranscriptError> {
    if bytes.len() > MAX_BYTES {
        return Err(TranscriptError::TooLarge);
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || bytes.contains(&0) {
        return Err(TranscriptError::NotText);
    }
    let guessed = format.is_none();
    let format = format.unwrap_or_else(|| detect(bytes));
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::default();
    if matches!(text, std::borrow::Cow::Owned(_)) {
        reader.report("not_utf8", 1);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if guessed && format == Format::Text && text.trim_start().starts_with('<') {
        return Err(TranscriptError::Markup);
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.split('\n').collect();
    match format {
        Format::Text => reader.paragraphs(&lines)?,
        Format::Vtt => reader.blocks(&lines, false)?,
        Format::Srt => reader.blocks(&lines, true)?,
        Format::Json => reader.segments(&text)?,
    }
    reader.finish(format != Format::Text)
}

fn is_header(line: &str) -> bool {
    line.strip_prefix("WEBVTT").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// Start and end of a time line, in milliseconds.
fn timing(line: &str) -> Option<(u64, u64)> {
    let (start, end) = line.split_once("-->")?;
    let end = end.split_whitespace().next()?;
    Some((stamp(start.trim())?, stamp(end)?))
}

/// A time of a cue: at least minutes and seconds.
fn stamp(text: &str) -> Option<u64> {
    if !text.contains(':') { None } else { timecode::parse(text).ok() }
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

#[derive(Default)]
struct Reader {
    cues: Vec<Cue>,
    problems: Vec<Problem>,
    latest: u64,
}

impl Reader {
    fn report(&mut self, code: &'static str, line: usize) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { code, line });
        }
    }

    fn push(&mut self, cue: Cue) -> Result<(), TranscriptError> {
        if self.cues.len() >= MAX_CUES {
            return Err(TranscriptError::TooManyCues);
        }
        self.cues.push(cue);
        Ok(())
    }

    fn paragraphs(&mut self, lines: &[&str]) -> Result<(), TranscriptError> {
        for paragraph in lines.split(|line| is_blank(line)) {
            let text = clean_text(&paragraph.join("\n"));
            if text.is_empty() {
                continue;
            }
            let (speaker, text) = match leading_speaker(&text) {
                Some((name, text)) => (Some(name), text),
                None => (None, text),
            };
            self.push(Cue { start_ms: 0, end_ms: 0, speaker, text })?;
        }
        Ok(())
    }

    fn blocks(&mut self, lines: &[&str], subrip: bool) -> Result<(), TranscriptError> {
        let mut at = 0;
        if !subrip {
            if lines.first().is_some_and(|line| is_header(line)) {
                at = end_of_block(lines, 1);
            } else {
                self.report("vtt_header_missing", 1);
            }
        }
        while let Some(line) = lines.get(at) {
            if is_blank(line) {
                at += 1;
            } else if !subrip && is_aside(line) {
                at = end_of_block(lines, at + 1);
            } else if line.contains("-->") {
                at = self.cue(lines, at, subrip)?;
            } else if lines.get(at + 1).is_some_and(|next| next.contains("-->")) {
                at = self.cue(lines, at + 1, subrip)?;
            } else {
                self.report("cue_without_time", at + 1);
                at = end_of_block(lines, at + 1);
            }
        }
        Ok(())
    }

    /// Reads the cue whose time line is at `at`; gives the line after it.
    fn cue(&mut self, lines: &[&str], at: usize, subrip: bool) -> Result<usize, TranscriptError> {
        let end = end_of_block(lines, at + 1);
        let number = at + 1;
        let Some((start_ms, end_ms)) = lines.get(at).and_then(|line| timing(line)) else {
            self.report("cue_bad_time", number);
            return Ok(end);
        };
        let mut body = lines.get(at + 1..end).unwrap_or_default();
        // A cue that follows without a blank line may have brought its number.
        if lines.get(end).is_some_and(|line| !is_blank(line)) {
            self.report("cue_blank_line_missing", end + 1);
            if let [rest @ .., last] = body
                && !last.is_empty()
                && last.trim().bytes().all(|b| b.is_ascii_digit())
            {
                body = rest;
            }
        }
        let end_ms = self.span(start_ms, end_ms, number);
        let mut parts = segments(&body.join("\n"), subrip);
        if parts.is_empty() {
            self.report("cue_empty", number);
        }
        if subrip
            && let Some(first) = parts.first_mut().filter(|part| part.speaker.is_none())
            && let Some((name, text)) = leading_speaker(&first.text)
        {
            first.speaker = Some(name);
            first.text = text;
        }
        for part in parts {
            self.push(Cue { start_ms, end_ms, speaker: part.speaker, text: part.text })?;
        }
        Ok(end)
    }

    /// Reads `{"segments":[{"speaker","startTime","endTime","body"}]}`.
    fn segments(&mut self, text: &str) -> Result<(), TranscriptError> {
        let root: Value = serde_json::from_str(text).map_err(|_| TranscriptError::NotSegments)?;
        let list = root.get("segments").and_then(Value::as_array);
        let time = |item: &Value, key: &str| match item.get(key) {
            Some(Value::Number(number)) => decimal_to_ms(&number.to_string()).map(|(ms, _)| ms),
            _ => None,
        };
        for (i, item) in list.ok_or(TranscriptError::NotSegments)?.iter().enumerate() {
            let Some(start_ms) = time(item, "startTime") else {
                self.report("cue_bad_time", i + 1);
                continue;
            };
            let text = clean_text(item.get("body").and_then(Value::as_str).unwrap_or_default());
            if text.is_empty() {
                self.report("cue_empty", i + 1);
                continue;
            }
            let end_ms = self.span(start_ms, time(item, "endTime").unwrap_or(0), i + 1);
            let speaker = item.get("speaker").and_then(Value::as_str).and_then(clean_speaker);
            self.push(Cue { start_ms, end_ms, speaker, text })?;
        }
        Ok(())
    }

    /// Reports a wrong span; gives an end after the start.
    fn span(&mut self, start_ms: u64, end_ms: u64, line: usize) -> u64 {
        if start_ms < self.latest {
            self.report("cue_out_of_order", line);
        }
        self.latest = self.latest.max(start_ms);
        if end_ms <= start_ms {
            self.report("cue_no_length", line);
        }
        end_ms.max(start_ms + 1)
    }

    fn finish(mut self, timed: bool) -> Result<Transcript, TranscriptError> {
        if self.cues.is_empty() {
            return Err(TranscriptError::Empty);
        }
        // Stable: voices of one cue stay in the order they were written.
        self.cues.sort_by_key(|cue| cue.start_ms);
        Ok(Transcript { cues: self.cues, timed, problems: self.problems })
    }
}

/// True for the blocks of WebVTT that hold no speech.
fn is_aside(line: &str) -> bool {
    ["NOTE", "STYLE", "REGION"]
        .iter()
        .any(|word| line.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t'])))
}

/// The index of the blank or time line that ends the block before it.
fn end_of_block(lines: &[&str], from: usize) -> usize {
    let rest = lines.get(from..).unwrap_or_default();
    rest.iter().position(|line| is_blank(line) || timing(line).is_some()).map_or(lines.len(), |n| from + n)
}
