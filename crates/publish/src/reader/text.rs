//! Small text helpers: one-line plain text from titles, names without addresses, yes/no values, language tags.
//! They take decoded text and never report; callers compare before and after.

use super::unescape::{Notes, unescape_into};
use encoding_rs::WINDOWS_1252;

/// The character that HTML gives to a number from 128 to 159 (windows-1252).
pub(crate) fn windows_1252(code: u32) -> Option<char> {
    let byte = u8::try_from(code).ok()?;
    WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next()
}

/// Joins all white space into single spaces and trims.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Trimmed text, or nothing if there is none.
pub(crate) fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_string())
}

// HTML elements that turn up in titles. Anything else in angle brackets is the author's text.
const TITLE_TAGS: [&str; 27] = [
    "a", "abbr", "b", "big", "br", "cite", "code", "div", "em", "font", "h1", "h2", "h3", "h4", "i", "img", "li", "p",
    "s", "small", "span", "strong", "sub", "sup", "tt", "u", "ul",
];

/// Plain text of a title: known HTML tags removed, references that were escaped twice resolved, one line.
/// The flag says whether tags or doubly escaped references were found.
pub(crate) fn plain_title(text: &str) -> (String, bool) {
    let (stripped, tags) = strip_tags(text);
    let (decoded, twice) = if stripped.contains('&') && stripped.contains(';') {
        let mut out = String::with_capacity(stripped.len());
        unescape_into(&mut out, &stripped, &mut Notes::default());
        let changed = out != stripped;
        (out, changed)
    } else {
        (stripped, false)
    };
    (one_line(&decoded), tags || twice)
}

fn strip_tags(text: &str) -> (String, bool) {
    if !text.contains('<') {
        return (text.to_string(), false);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match title_tag(rest) {
            Some(len) => {
                found = true;
                rest = rest.get(len..).unwrap_or_default();
            }
            None => {
                out.push('<');
                rest = rest.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    (out, found)
}

fn title_tag(text: &str) -> Option<usize> {
    let window: &[u8] = text.as_bytes().get(..text.len().min(2048))?;
    let end = window.iter().position(|b| *b == b'>')?;
    let body = text.get(1..end)?;
    let name = body.trim_start_matches('/');
    let stop = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    let lower = name.get(..stop)?.to_ascii_lowercase();
    let after = name.as_bytes().get(stop);
    let clean = after.is_none_or(|b| b.is_ascii_whitespace() || *b == b'/');
    (clean && TITLE_TAGS.contains(&lower.as_str())).then_some(end + 1)
}

/// A person's name without e-mail addresses: `lou@x (Lou)` and `Lou <lou@x>` give `Lou`.
pub(crate) fn name_without_address(text: &str) -> Option<String> {
    let line = plain_title(text).0;
    if !line.contains('@') {
        return filled(&line);
    }
    let kept: Vec<&str> = line.split([' ', '<', '>', '(', ')']).filter(|word| !is_address(word)).collect();
    let name = one_line(&kept.join(" "));
    filled(name.trim_matches([',', ';', ' ', '-', '|']))
}

fn is_address(word: &str) -> bool {
    let word = word.trim_matches([',', ';', '.', ':', '"', '\'', '[', ']']);
    let word = word.strip_prefix("mailto:").unwrap_or(word);
    // A handle such as “@lou” is a public name; “lou@host” is an address.
    word.find('@').is_some_and(|at| at > 0 && at + 1 < word.len())
}

/// Yes, no, or nothing understood: `yes true explicit 1` and `no false clean 0`, any case.
pub(crate) fn yes_no(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "yes" | "true" | "explicit" | "1" => Some(true),
        "no" | "false" | "clean" | "notexplicit" | "0" => Some(false),
        _ => None,
    }
}

/// A BCP 47 tag in lower case (RFC 5646 shape only), from a tag or a plain language name.
pub(crate) fn language(text: &str) -> Option<String> {
    let tag = text.trim().to_lowercase().replace('_', "-");
    let known = match tag.as_str() {
        "english" => "en",
        "french" | "français" | "francais" => "fr",
        "german" | "deutsch" => "de",
        "spanish" | "español" | "espanol" => "es",
        "italian" | "italiano" => "it",
        "portuguese" | "português" => "pt",
        "dutch" | "nederlands" => "nl",
        "arabic" | "العربية" => "ar",
        _ => tag.split_once('.').map_or(tag.as_str(), |(head, _)| head),
    };
    let mut parts = known.split('-');
    let first = parts.next().unwrap_or_default();
    let primary = (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_lowercase());
    let rest = parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    (primary && rest && known.len() <= 35).then(|| known.to_string())
}

/// Escapes text so that it reads the same as HTML.
pub(crate) fn escape_html(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
}

/// Cuts to at most `max` bytes on a character border; says whether something was cut.
pub(crate) fn cut_bytes(text: &mut String, max: usize) -> bool {
    if text.len() <= max {
        return false;
    }
    let mut end = max;
    while end > 0 && !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_plain_text() {
        let table = [
            ("  a \n b ", "a b", false),
            ("<b>Loud</b> voice", "Loud voice", true),
            ("I <3 you", "I <3 you", false),
            ("Vec<T> and <T>", "Vec<T> and <T>", false),
            ("Q&amp;A", "Q&A", true),
            ("R&D; ok", "R&D; ok", false),
            ("A<br/>B", "AB", true),
        ];
        for (raw, want, repaired) in table {
            assert_eq!(plain_title(raw), (want.to_string(), repaired), "{raw}");
        }
    }

    #[test]
    fn names_lose_their_addresses() {
        let table = [
            ("lou@example.org (Lou Martin)", Some("Lou Martin")),
            ("Lou Martin <lou@example.org>", Some("Lou Martin")),
            ("lou@example.org", None),
            ("mailto:lou@example.org", None),
            ("Lou, lou@example.org", Some("Lou")),
            ("Lou (@lou)", Some("Lou @lou")),
            ("Lou & Co (Paris)", Some("Lou & Co (Paris)")),
        ];
        for (raw, want) in table {
            assert_eq!(name_without_address(raw).as_deref(), want, "{raw}");
        }
    }

    #[test]
    fn languages_are_normalised() {
        let table = [
            ("fr", Some("fr")),
            ("fr-FR", Some("fr-fr")),
            ("en_us", Some("en-us")),
            ("zh-Hant-TW", Some("zh-hant-tw")),
            ("Deutsch", Some("de")),
            ("en_US.UTF-8", Some("en-us")),
            ("", None),
            ("klingon", None),
            ("f", None),
        ];
        for (raw, want) in table {
            assert_eq!(language(raw).as_deref(), want, "{raw}");
        }
    }
}
