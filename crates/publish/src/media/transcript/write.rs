//! Writes transcripts as WebVTT, SubRip and plain text.
//! Output is normalised first, so hostile cues built by hand are safe too.
//! Plain text is not escaped: it must be served as `text/plain`.

use super::super::timecode::split;
use super::markup::{escape_srt, escape_vtt};
use super::{Cue, Transcript};

/// Paragraphs longer than this many bytes end with the next sentence.
const LONG_PARAGRAPH: usize = 500;

/// The cues fit to be written: cleaned, sorted, each with a length.
fn normalised(transcript: &Transcript) -> Vec<Cue> {
    let mut cues: Vec<Cue> = transcript.cues.iter().filter_map(Cue::cleaned).collect();
    cues.sort_by_key(|cue| cue.start_ms);
    cues
}

fn stamp(ms: u64, mark: char) -> String {
    let (h, m, s, f) = split(ms);
    format!("{h:02}:{m:02}:{s:02}{mark}{f:03}")
}

/// Writes WebVTT. The language (BCP 47, may be empty) goes into a note, as the
/// format has no field for it. Speakers become voice tags. An untimed
/// transcript gives a file without cues.
pub fn to_vtt(transcript: &Transcript, language: &str) -> String {
    let mut out = String::from("WEBVTT\n");
    let language: String = language.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(35).collect();
    if !language.is_empty() {
        out.push_str(&format!("\nNOTE Language: {language}\n"));
    }
    if !transcript.timed {
        return out;
    }
    for cue in normalised(transcript) {
        let (start, end) = (stamp(cue.start_ms, '.'), stamp(cue.end_ms, '.'));
        out.push_str(&format!("\n{start} --> {end}\n"));
        if let Some(speaker) = &cue.speaker {
            out.push_str(&format!("<v {}>", escape_vtt(speaker)));
        }
        out.push_str(&escape_vtt(&cue.text));
        out.push('\n');
    }
    out
}

/// Writes SubRip. A speaker is named as `Name: ` where it changes. An untimed
/// transcript gives an empty file.
pub fn to_srt(transcript: &Transcript) -> String {
    let mut out = String::new();
    if !transcript.timed {
        return out;
    }
    let mut last: Option<String> = None;
    for (i, cue) in normalised(transcript).into_iter().enumerate() {
        let (start, end) = (stamp(cue.start_ms, ','), stamp(cue.end_ms, ','));
        out.push_str(&format!("{}\n{start} --> {end}\n", i + 1));
        if let Some(speaker) = cue.speaker.filter(|name| last.as_ref() != Some(name)) {
            out.push_str(&format!("{}: ", escape_srt(&speaker)));
            last = Some(speaker);
        }
        out.push_str(&escape_srt(&cue.text));
        out.push_str("\n\n");
    }
    out
}

/// Writes plain text in paragraphs, one per turn of a speaker, named first.
/// A cue without a speaker goes on with the turn before it.
pub fn to_text(transcript: &Transcript) -> String {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut last: Option<String> = None;
    for cue in normalised(transcript) {
        let words = cue.text.replace('\n', " ");
        let turn = cue.speaker.is_some() && cue.speaker != last;
        let full = paragraphs
            .last()
            .is_none_or(|open| open.len() > LONG_PARAGRAPH && open.ends_with(['.', '?', '!', '…', '。']));
        if turn {
            let name = cue.speaker.unwrap_or_default();
            paragraphs.push(format!("{name}: {words}"));
            last = Some(name);
        } else if full || !transcript.timed {
            paragraphs.push(words);
        } else if let Some(open) = paragraphs.last_mut() {
            open.push(' ');
            open.push_str(&words);
        }
    }
    let mut out = paragraphs.join("\n\n");
    if !out.is_empty() {
        out.push('\n');
    }
    out
}
