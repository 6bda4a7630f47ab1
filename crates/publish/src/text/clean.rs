//! Characters that rich text may hold, and HTML escaping. Both the writer and
//! the attribute code use these two functions and no others, so there is one
//! escaping path. Nothing here knows about tags.

/// Says whether a character may stay in rich text. Controls other than tab and
/// line feed, the byte order mark and non-characters may not: browsers, XML
/// and our own parser disagree about them.
pub(super) fn keep_char(c: char) -> bool {
    match c {
        '\t' | '\n' => true,
        '\u{FEFF}' => false,
        _ => !c.is_control() && !is_noncharacter(c),
    }
}

/// Unicode non-characters: U+FDD0..U+FDEF and the last two of every plane.
fn is_noncharacter(c: char) -> bool {
    let n = u32::from(c);
    (0xFDD0..=0xFDEF).contains(&n) || n & 0xFFFE == 0xFFFE
}

/// Gives the text without refused characters; a carriage return becomes a line
/// feed, as an HTML parser would make it.
pub(super) fn clean_chars(text: &str) -> String {
    text.chars().map(|c| if c == '\r' { '\n' } else { c }).filter(|c| keep_char(*c)).collect()
}

/// Appends text with the five HTML specials as entities. Right for text and
/// for double-quoted attribute values.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match escape_of(c) {
            Some(entity) => out.push_str(entity),
            None => out.push(c),
        }
    }
}

/// Bytes that one character takes once escaped.
pub(super) fn escaped_len(c: char) -> usize {
    escape_of(c).map_or(c.len_utf8(), str::len)
}

fn escape_of(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        _ => None,
    }
}
