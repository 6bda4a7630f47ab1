//! Reads transcripts in WebVTT, SubRip, podcast JSON or plain text; writes all but JSON.
//! Cue text is held as plain text: markup is removed, entities are decoded.
//! Writers escape, so no text can come out as markup.
//! Cue identifiers, settings, styles and regions are not kept.

mod markup;
mod parse;
mod write;

use serde::{Deserialize, Serialize};

pub use parse::{detect, parse};
pub use write::{to_srt, to_text, to_vtt};

/// Largest transcript accepted, in bytes.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Most cues accepted.
pub const MAX_CUES: usize = 50_000;
/// Most problems reported; later ones are left out.
pub const MAX_PROBLEMS: usize = 1000;
/// Longest speaker name in characters.
pub const MAX_SPEAKER: usize = 100;

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// WebVTT, `text/vtt`.
    Vtt,
    /// SubRip, `application/x-subrip`.
    Srt,
    /// JSON of the podcast namespace, `application/json`; only read.
    Json,
    /// Paragraphs without times, `text/plain`.
    Text,
}

impl Format {
    /// The media type for feeds and responses.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Vtt => "text/vtt",
            Self::Srt => "application/x-subrip",
            Self::Json => "application/json",
            Self::Text => "text/plain",
        }
    }
}

/// One utterance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cue {
    /// Start in milliseconds; 0 in an untimed transcript.
    pub start_ms: u64,
    /// End in milliseconds, after the start; 0 in an untimed transcript.
    pub end_ms: u64,
    /// Who speaks, if the file says so.
    pub speaker: Option<String>,
    /// Plain text, lines separated by `\n`, never empty.
    pub text: String,
}

/// Something that was repaired or left out while reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Stable code, for example `cue_out_of_order`.
    pub code: &'static str,
    /// Line in the file, from one; for JSON the segment, from one.
    pub line: usize,
}

impl Cue {
    /// The cue as it is kept: text and speaker cleaned, an end after the start; `None` without text.
    #[must_use]
    pub fn cleaned(&self) -> Option<Self> {
        let text = markup::clean_text(&self.text);
        (!text.is_empty()).then(|| Self {
            start_ms: self.start_ms,
            end_ms: self.end_ms.max(self.start_ms.saturating_add(1)),
            speaker: self.speaker.as_deref().and_then(markup::clean_speaker),
            text,
        })
    }
}

/// Gives the cues of an untimed transcript times: each a share of `duration_ms` by the length of its text. Long paragraphs
/// are cut into sentences first, so that a cue stays readable.
#[must_use]
pub fn spread(transcript: &Transcript, duration_ms: u64) -> Transcript {
    let mut cues: Vec<Cue> = Vec::new();
    for cue in &transcript.cues {
        for piece in sentences(&cue.text) {
            cues.push(Cue { text: piece, ..cue.clone() });
        }
    }
    let weight = |cue: &Cue| cue.text.chars().count().max(1) as u64;
    let all: u64 = cues.iter().map(weight).sum::<u64>().max(1);
    let mut done = 0;
    for cue in &mut cues {
        let share = weight(cue);
        cue.start_ms = u64::try_from(u128::from(duration_ms) * u128::from(done) / u128::from(all)).unwrap_or(0);
        done += share;
        cue.end_ms = u64::try_from(u128::from(duration_ms) * u128::from(done) / u128::from(all)).unwrap_or(0);
        cue.end_ms = cue.end_ms.max(cue.start_ms + 1);
    }
    Transcript { cues, timed: true, problems: transcript.problems.clone() }
}

/// Longest cue made from plain text, in characters, where a sentence ends.
const READABLE: usize = 160;

/// A paragraph in pieces that end where sentences end.
fn sentences(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut piece = String::new();
    let mut marks = text.chars().peekable();
    while let Some(c) = marks.next() {
        piece.push(c);
        let over = matches!(c, '.' | '!' | '?' | '…') && marks.peek().is_none_or(|next| next.is_whitespace());
        if over && piece.chars().count() >= READABLE / 2 {
            out.push(std::mem::take(&mut piece).trim().to_owned());
        }
    }
    out.push(piece.trim().to_owned());
    out.retain(|p| !p.is_empty());
    out
}

/// A transcript.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Transcript {
    /// Cues in ascending order of start.
    pub cues: Vec<Cue>,
    /// False for plain text, whose cues have no times.
    pub timed: bool,
    /// What was repaired, at most [`MAX_PROBLEMS`].
    pub problems: Vec<Problem>,
}

/// Why a file cannot be read as a transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TranscriptError {
    /// More than [`MAX_BYTES`].
    TooLarge,
    /// More than [`MAX_CUES`].
    TooManyCues,
    /// Binary data or UTF-16.
    NotText,
    /// JSON without a list of segments.
    NotSegments,
    /// An HTML or XML file, found while guessing the format.
    Markup,
    /// No cue or paragraph with text.
    Empty,
}

impl TranscriptError {
    /// Stable code for messages, for example `transcript_too_large`.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "transcript_too_large",
            Self::TooManyCues => "transcript_too_many_cues",
            Self::NotText => "transcript_not_text",
            Self::NotSegments => "transcript_not_segments",
            Self::Markup => "transcript_is_markup",
            Self::Empty => "transcript_empty",
        }
    }
}

/// Counts words: runs between spaces that hold a letter or digit. Characters of
/// Chinese and Japanese, which use no spaces, count one each.
pub fn word_count(transcript: &Transcript) -> usize {
    let words = |token: &str| {
        let single = token.chars().filter(|c| is_unspaced(*c)).count();
        let other = token.chars().any(|c| c.is_alphanumeric() && !is_unspaced(c));
        single + usize::from(other)
    };
    transcript.cues.iter().flat_map(|cue| cue.text.split_whitespace()).map(words).sum()
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests;
