//! Resolves character and entity references in text, once, and repairs the bad ones.
//! It expands nothing recursively, so text never grows beyond its source by more than one character
//! per reference.

use super::entities::named;
use super::text::windows_1252;

/// What was repaired while resolving references.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Notes {
    /// An ampersand that starts no reference; kept as text.
    pub bare_ampersand: bool,
    /// A reference to a name nobody knows; kept as text.
    pub unknown_entity: Option<String>,
    /// A surrogate code point.
    pub surrogate: bool,
    /// A code point that XML forbids; dropped.
    pub illegal: bool,
    /// A windows-1252 number between 128 and 159.
    pub windows: bool,
}

/// Resolves references in `raw` and appends the result to `out`.
pub(super) fn unescape_into(out: &mut String, raw: &str, notes: &mut Notes) {
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match reference(rest, notes) {
            Some((text, len)) => {
                if let Some(c) = text {
                    out.push(c);
                }
                rest = rest.get(len..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = rest.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
}

// The character (or nothing, if dropped) and the length of the reference at the start of `text`.
fn reference(text: &str, notes: &mut Notes) -> Option<(Option<char>, usize)> {
    let window = text.as_bytes().get(1..text.len().min(34)).unwrap_or_default();
    let Some(end) = window.iter().position(|b| *b == b';') else {
        notes.bare_ampersand = true;
        return None;
    };
    let body = text.get(1..1 + end).unwrap_or_default();
    let len = end + 2;
    if let Some(number) = body.strip_prefix('#') {
        let Some(code) = number_of(number) else {
            notes.bare_ampersand = true;
            return None;
        };
        return Some(numeric(code, text, len, notes));
    }
    match named(body) {
        Some(c) => Some((Some(c), len)),
        None => {
            let is_name = !body.is_empty() && body.bytes().all(|b| b.is_ascii_alphanumeric());
            if is_name {
                notes.unknown_entity.get_or_insert_with(|| body.to_string());
            } else {
                notes.bare_ampersand = true;
            }
            None
        }
    }
}

fn number_of(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16),
        None => (text, 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    // Too large for u32 is as far outside Unicode as the largest u32.
    Some(u32::from_str_radix(digits, radix).unwrap_or(u32::MAX))
}

fn numeric(code: u32, text: &str, len: usize, notes: &mut Notes) -> (Option<char>, usize) {
    match code {
        0xd800..=0xdbff => {
            notes.surrogate = true;
            // A pair is one character, written by a program that thinks in UTF-16.
            if let Some((low, more)) = low_surrogate(text.get(len..).unwrap_or_default()) {
                let joined = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                return (char::from_u32(joined), len + more);
            }
            (Some('\u{fffd}'), len)
        }
        0xdc00..=0xdfff => {
            notes.surrogate = true;
            (Some('\u{fffd}'), len)
        }
        0x80..=0x9f => {
            notes.windows = true;
            (windows_1252(code), len)
        }
        0x9 | 0xa | 0xd => (char::from_u32(code), len),
        0..=0x1f | 0xfffe | 0xffff => {
            notes.illegal = true;
            (None, len)
        }
        _ => match char::from_u32(code) {
            Some(c) => (Some(c), len),
            None => {
                notes.illegal = true;
                (Some('\u{fffd}'), len)
            }
        },
    }
}

fn low_surrogate(text: &str) -> Option<(u32, usize)> {
    let body = text.strip_prefix("&#")?;
    let end = body.as_bytes().iter().take(10).position(|b| *b == b';')?;
    let code = number_of(body.get(..end)?)?;
    (0xdc00..=0xdfff).contains(&code).then_some((code, end + 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_once() {
        let table = [
            ("a &amp; b", "a & b"),
            ("&amp;amp;", "&amp;"),
            ("AT&T rocks; yes", "AT&T rocks; yes"),
            ("caf&eacute;&nbsp;!", "café\u{a0}!"),
            ("&#233;&#xE9;&#XE9;", "ééé"),
            ("&#xD800;", "\u{fffd}"),
            ("&#xD83D;&#xDE00;", "😀"),
            ("&#55357;&#56832;!", "😀!"),
            ("&#0;&#11;x", "x"),
            ("&#146;", "’"),
            ("&#99999999999999;", "\u{fffd}"),
            ("&nosuch;", "&nosuch;"),
            ("a=1&b=2", "a=1&b=2"),
            ("&", "&"),
            ("&;&#;&#x;", "&;&#;&#x;"),
            ("&é;", "&é;"),
        ];
        for (raw, want) in table {
            let mut out = String::new();
            unescape_into(&mut out, raw, &mut Notes::default());
            assert_eq!(out, want, "{raw}");
        }
    }

    #[test]
    fn repairs_are_noted() {
        let mut notes = Notes::default();
        unescape_into(&mut String::new(), "& &#xDC00; &#1; &#150; &wat;", &mut notes);
        assert_eq!(
            notes,
            Notes {
                bare_ampersand: true,
                unknown_entity: Some("wat".to_string()),
                surrogate: true,
                illegal: true,
                windows: true,
            }
        );
    }
}
