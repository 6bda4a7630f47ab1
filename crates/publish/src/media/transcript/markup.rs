//! Turns cue markup into plain text, and plain text back into safe cue text.
//! The reader is lenient: a `<` that cannot start a tag stays a `<`.
//! The writers make sure the reader gives back exactly what went in.

use super::MAX_SPEAKER;

/// Longest tag looked for. Without a bound, a file of `<` would take for ever.
const MAX_TAG: usize = 1024;

/// A stretch of a cue spoken by one voice.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) speaker: Option<String>,
    pub(super) text: String,
}

/// Splits cue text at voice tags, removes all other markup, decodes entities.
/// Segments without text are left out.
pub(super) fn segments(raw: &str, subrip: bool) -> Vec<Segment> {
    let mut out = Vec::new();
    let mut speaker = None;
    let mut text = String::new();
    let mut rest = raw;
    while let Some(at) = rest.find(['<', '{', '&']) {
        let (before, here) = rest.split_at(at);
        text.push_str(before);
        if let Some((plain, len)) = entity(here) {
            text.push_str(&plain);
            rest = here.get(len..).unwrap_or_default();
        } else if let Some((tag, len)) = tag(here) {
            if let Some(change) = voice(tag) {
                push(&mut out, &speaker, &mut text);
                speaker = change;
            }
            rest = here.get(len..).unwrap_or_default();
        } else if let Some(len) = subrip.then(|| override_len(here)).flatten() {
            rest = here.get(len..).unwrap_or_default();
        } else {
            // All three marks are one byte long.
            text.push_str(&here[..1]);
            rest = &here[1..];
        }
    }
    text.push_str(rest);
    push(&mut out, &speaker, &mut text);
    out
}

fn push(out: &mut Vec<Segment>, speaker: &Option<String>, text: &mut String) {
    let text = clean_text(&std::mem::take(text));
    if !text.is_empty() {
        out.push(Segment { speaker: speaker.clone(), text });
    }
}

/// True if `next`, the character after a `<`, makes it look like a tag.
fn starts_tag(next: Option<char>) -> bool {
    next.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?' | '.'))
}

/// The inside of the tag at the start of `here`, and the length of the whole.
fn tag(here: &str) -> Option<(&str, usize)> {
    let inner = here.strip_prefix('<')?;
    let end = inner.bytes().take(MAX_TAG).position(|b| b == b'>')?;
    let inside = &inner[..end];
    let next = inside.chars().next();
    let stamp = next.is_some_and(|c| c.is_ascii_digit())
        && inside.bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'.');
    let empty = inside.is_empty();
    (stamp || empty || starts_tag(next)).then_some((inside, end + 2))
}

/// Whether a tag changes the speaker: `Some(None)` for the end of a voice.
fn voice(tag: &str) -> Option<Option<String>> {
    if tag == "/v" {
        return Some(None);
    }
    let (name, annotation) = tag.split_once([' ', '\t', '\n']).unwrap_or((tag, ""));
    if name != "v" && !name.starts_with("v.") {
        return None;
    }
    Some(clean_speaker(&decode(annotation)))
}

/// The length of a SubRip override such as `{\an8}` at the start of `here`.
fn override_len(here: &str) -> Option<usize> {
    let inner = here.strip_prefix("{\\")?;
    let end = inner.bytes().take(MAX_TAG).position(|b| b == b'}' || b == b'\n')?;
    (inner.as_bytes().get(end) == Some(&b'}')).then_some(end + 3)
}

/// Decodes the entities of `text`, which holds no tags.
fn decode(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, here) = rest.split_at(at);
        out.push_str(before);
        match entity(here) {
            Some((plain, len)) => {
                out.push_str(&plain);
                rest = here.get(len..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = &here[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The text of the entity at the start of `here`, and its length in bytes.
fn entity(here: &str) -> Option<(String, usize)> {
    let name = here.strip_prefix('&')?;
    let end = name.bytes().take(12).position(|b| b == b';')?;
    let name = &name[..end];
    let plain = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "nbsp" => "\u{a0}",
        "lrm" => "\u{200e}",
        "rlm" => "\u{200f}",
        "quot" => "\"",
        "apos" => "'",
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok()?,
                None if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
                _ => return None,
            };
            return Some((char::from_u32(code)?.to_string(), end + 2));
        }
    };
    Some((plain.to_owned(), end + 2))
}

/// Puts plain text into the form cues hold: trimmed lines, no empty lines, no
/// controls, single spaces. Doing it twice changes nothing.
pub(super) fn clean_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split(['\n', '\r', '\u{2028}', '\u{2029}']) {
        let line = clean_line(line);
        if line.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&line);
    }
    out
}

fn clean_line(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        let c = if c == '\t' { ' ' } else { c };
        let hidden = c.is_control() || c == '\u{feff}';
        let doubled = c == ' ' && out.ends_with(' ');
        if !hidden && !doubled {
            out.push(c);
        }
    }
    out.trim().to_owned()
}

/// Puts a speaker's name on one line; `None` if nothing is left.
pub(super) fn clean_speaker(name: &str) -> Option<String> {
    let name: String = clean_text(name).replace('\n', " ").chars().take(MAX_SPEAKER).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Escapes text for a WebVTT cue or a voice annotation.
pub(super) fn escape_vtt(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
    out
}

/// Escapes text for SubRip, which has no escapes of its own: only what a
/// player could take for markup, an entity or a time line is changed.
pub(super) fn escape_srt(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        let next = rest[c.len_utf8()..].chars().next();
        let markup = starts_tag(next) || next.is_some_and(|n| n.is_ascii_digit() || n == '>');
        match c {
            '<' if markup => out.push_str("&lt;"),
            '&' if entity(rest).is_some() => out.push_str("&amp;"),
            '>' if out.ends_with("--") => out.push_str("&gt;"),
            '{' if next == Some('\\') => out.push_str("&#123;"),
            _ => out.push(c),
        }
    }
    out
}

/// Splits `Name: words` as SubRip and plain transcripts write speakers. A name
/// is one to four words, each with a capital or a digit first; small particles
/// may stand inside. French spacing before the colon is accepted.
pub(super) fn leading_speaker(text: &str) -> Option<(String, String)> {
    const PARTICLES: [&str; 10] = ["de", "du", "des", "la", "le", "van", "von", "di", "da", "el"];
    let (name, rest) = text.split_once(':')?;
    let name = name.trim_end();
    if !rest.starts_with(char::is_whitespace) || rest.trim().is_empty() {
        return None;
    }
    let words: Vec<&str> = name.split(char::is_whitespace).collect();
    let named = |word: &str| {
        word.starts_with(|c: char| c.is_uppercase() || c.is_numeric())
            && word.chars().all(|c| c.is_alphanumeric() || "'’.-".contains(c))
    };
    let inner = words.get(1..).unwrap_or_default();
    let fits = words.len() <= 4
        && name.chars().count() <= 40
        && !name.contains('\n')
        && name.starts_with(char::is_alphabetic)
        && words.first().is_some_and(|word| named(word))
        && words.last().is_some_and(|word| named(word))
        && inner.iter().all(|word| named(word) || PARTICLES.contains(word));
    fits.then(|| (name.to_owned(), clean_text(rest)))
}
