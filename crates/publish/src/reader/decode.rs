//! Bytes to text: finds the encoding (BOM, HTTP, XML declaration, guess), repairs a wrong or missing
//! declaration, and drops characters that XML 1.0 forbids. It never fails and never looks at markup
//! other than the XML declaration.

use super::problems::{Problems, excerpt};
use super::text::windows_1252;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Decodes a whole document. `http_charset` wins over the XML declaration (RFC 7303), a BOM over both,
/// and bytes that contradict all of them over everything. Line ends become `\n` (XML 1.0, 2.11).
pub(crate) fn decode(bytes: &[u8], http_charset: Option<&str>, problems: &mut Problems) -> String {
    let text = to_text(bytes, http_charset, problems);
    clean(text, problems)
}

fn to_text(bytes: &[u8], http_charset: Option<&str>, problems: &mut Problems) -> String {
    if let Some((big, skip)) = utf32_sign(bytes) {
        return utf32(bytes.get(skip..).unwrap_or_default(), big, problems);
    }
    if let Some((encoding, skip)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(skip..).unwrap_or_default();
        return if encoding == UTF_8 {
            utf8_or_repair(rest, "UTF-8", problems)
        } else {
            lossy(rest, encoding, problems)
        };
    }
    match bytes {
        [0, b'<', ..] => return lossy(bytes, UTF_16BE, problems),
        [b'<', 0, ..] => return lossy(bytes, UTF_16LE, problems),
        _ => {}
    }
    let declared = xml_declaration(bytes);
    let labels = [http_charset.map(str::to_string), declared];
    for label in labels.into_iter().flatten() {
        if let Some(text) = try_label(bytes, &label, problems) {
            return text;
        }
    }
    utf8_or_repair(bytes, "", problems)
}

// One declared label: text if the bytes agree with it, otherwise a report and nothing.
fn try_label(bytes: &[u8], label: &str, problems: &mut Problems) -> Option<String> {
    let name = label.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    if name.is_empty() {
        return None;
    }
    if matches!(name.as_str(), "us-ascii" | "ascii") {
        // text/xml defaults to ASCII on paper; when the bytes are more, the label says nothing.
        return bytes.is_ascii().then(|| String::from_utf8_lossy(bytes).into_owned());
    }
    let Some(encoding) = Encoding::for_label(name.as_bytes()) else {
        problems.add("encoding_unknown", None, format!("The declared encoding {} is not known.", excerpt(label)));
        return None;
    };
    let wide = encoding == UTF_16BE || encoding == UTF_16LE;
    if encoding == UTF_8 || wide {
        if wide {
            report_wrong(label, "bytes of eight bits", problems);
        }
        return encoding
            .decode_without_bom_handling_and_without_replacement(bytes)
            .filter(|_| !wide)
            .map(|text| text.into_owned());
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && speaks_utf8(text, encoding)
    {
        report_wrong(label, "UTF-8", problems);
        return Some(text.to_string());
    }
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Some(text.into_owned()),
        None => {
            report_wrong(label, "something else", problems);
            None
        }
    }
}

// Whether valid UTF-8 under a legacy label is UTF-8 by intent. One sequence proves it for a
// single-byte label; pairs of a double-byte label can look like UTF-8 by accident, so ask for more.
fn speaks_utf8(text: &str, label: &'static Encoding) -> bool {
    let long = text.chars().filter(|c| c.len_utf8() >= 3).take(2).count();
    if label.is_single_byte() { !text.is_ascii() } else { long >= 2 }
}

fn report_wrong(label: &str, found: &str, problems: &mut Problems) {
    problems.add("encoding_wrong", None, format!("The feed is declared as {} but holds {found}.", excerpt(label)));
}

// UTF-8 if it is; else UTF-8 with stray windows-1252 bytes; else windows-1252 throughout.
fn utf8_or_repair(bytes: &[u8], label: &str, problems: &mut Problems) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_string();
    }
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += chunk.invalid().len();
    }
    if good == 0 || (label.is_empty() && bad > good) {
        problems.add("encoding_guessed", None, "The feed is not valid UTF-8 and was read as windows-1252.");
        return WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned();
    }
    problems.add("encoding_mixed", None, format!("{bad} bytes are not valid UTF-8 and were read as windows-1252."));
    let mut out = String::with_capacity(bytes.len() + bad);
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    out
}

fn lossy(bytes: &[u8], encoding: &'static Encoding, problems: &mut Problems) -> String {
    let (text, bad) = encoding.decode_without_bom_handling(bytes);
    if bad {
        problems.add(
            "encoding_bad_bytes",
            None,
            format!("Some bytes are not valid {} and were replaced.", encoding.name()),
        );
    }
    text.into_owned()
}

// Big-endian or not, and how many bytes of BOM to skip.
fn utf32_sign(bytes: &[u8]) -> Option<(bool, usize)> {
    match bytes {
        [0, 0, 0xfe, 0xff, ..] => Some((true, 4)),
        [0xff, 0xfe, 0, 0, ..] => Some((false, 4)),
        [0, 0, 0, b'<', ..] => Some((true, 0)),
        [b'<', 0, 0, 0, ..] => Some((false, 0)),
        _ => None,
    }
}

fn utf32(bytes: &[u8], big: bool, problems: &mut Problems) -> String {
    let mut bad = !bytes.len().is_multiple_of(4);
    let mut out = String::with_capacity(bytes.len() / 4);
    for quad in bytes.chunks_exact(4) {
        let four = [quad[0], quad[1], quad[2], quad[3]];
        let code = if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
        out.push(char::from_u32(code).unwrap_or_else(|| {
            bad = true;
            '\u{fffd}'
        }));
    }
    if bad {
        problems.add("encoding_bad_bytes", None, "Some bytes are not valid UTF-32 and were replaced.");
    }
    out
}

// The encoding named in `<?xml … encoding="…"?>`, if the document starts with one.
fn xml_declaration(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..bytes.len().min(512))?;
    let start = head.iter().position(|b| !b.is_ascii_whitespace())?;
    let head = head.get(start..)?;
    if !head.starts_with(b"<?xml") {
        return None;
    }
    let end = head.iter().position(|b| *b == b'>')?;
    let text = String::from_utf8_lossy(head.get(..end)?).into_owned();
    let at = text.find("encoding")? + "encoding".len();
    let rest = text.get(at..)?.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = rest.get(1..)?;
    Some(value.get(..value.find(quote)?)?.to_string())
}

// Drops what XML 1.0 (2.2) forbids and unifies line ends. Most documents need neither.
fn clean(text: String, problems: &mut Problems) -> String {
    let dirty = |c: char| c == '\r' || is_illegal(c) || is_c1(c);
    if !text.contains(dirty) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let (mut dropped, mut mapped) = (0_usize, 0_usize);
    let mut rest = text.as_str();
    while let Some(at) = rest.find(dirty) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        let Some(c) = tail.chars().next() else { break };
        rest = &tail[c.len_utf8()..];
        if is_c1(c) {
            mapped += 1;
            out.extend(windows_1252(u32::from(c)).filter(|c| !is_c1(*c)));
        } else if c != '\r' {
            dropped += 1;
        } else if !rest.starts_with('\n') {
            out.push('\n');
        }
    }
    out.push_str(rest);
    if mapped > 0 {
        problems.add(
            "windows_characters",
            None,
            format!("{mapped} control characters were read as windows-1252 punctuation."),
        );
    }
    if dropped > 0 {
        problems.add("control_characters", None, format!("{dropped} characters that XML forbids were dropped."));
    }
    out
}

// Nobody writes these controls on purpose; they are windows-1252 bytes that were widened.
fn is_c1(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}')
}

// Whether XML 1.0 forbids this character in a document.
fn is_illegal(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}
