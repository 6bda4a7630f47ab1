//! French typography of spaces: narrow no-break space (U+202F) before double
//! punctuation and inside guillemets, no-break space (U+00A0) before units.
//! Only spaces that the author typed are changed, none are added, so addresses
//! and times such as 12:30 cannot be hurt. Both functions are idempotent.

use super::clean::push_escaped;
use super::token::{Token, decode, tokens};

const NARROW: char = '\u{202F}';
const FIRM: char = '\u{A0}';

/// Units and nouns of measure that stay with the number before them.
const UNITS: &str = " min h s sec ms km m cm mm kg g l ml t ha Ko ko Mo Go To octets Hz kHz MHz dB W kW kWh kbit/s kb/s \
     Mbit/s km/h °C px pt an ans mois semaine semaines jour jours heure heures minute minutes seconde secondes \
     euro euros dollars million millions milliard milliards ";

/// Takes plain French text and gives it with the right spaces: U+202F before
/// `; : ! ? » % €`, after `«` and in groups of three digits (48 790); U+00A0
/// between a number and a unit. A leading space of a line is left alone.
pub fn french_spaces(text: &str) -> String {
    spaced(text, false)
}

/// Takes HTML as the sanitiser gives it and applies [`french_spaces`] to its
/// text, except in `code` and `pre`. Tags and attributes are not touched.
pub fn french_spaces_html(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + 16);
    let mut verbatim = 0_usize;
    let mut rest = html;
    let mut inline_before = false;
    for token in tokens(html) {
        let (len, text) = match token {
            Token::Text(text) => (text.len(), Some(text)),
            // Name and attributes were cut out of the same string, so the tag
            // ends at the next `>`.
            _ => (rest.find('>').map_or(rest.len(), |at| at + 1), None),
        };
        let raw = rest.get(..len).unwrap_or(rest);
        rest = rest.get(len..).unwrap_or("");
        match token {
            Token::Open("code" | "pre", _) => verbatim += 1,
            Token::Close("code" | "pre") => verbatim = verbatim.saturating_sub(1),
            _ => {}
        }
        match text {
            Some(text) if verbatim == 0 => push_escaped(&mut out, &spaced(&decode(text), inline_before)),
            _ => out.push_str(raw),
        }
        inline_before = !matches!(token, Token::Open("br", _));
    }
    out
}

/// `within` says that the text goes on after a tag, so a space at its start
/// may stand before punctuation.
fn spaced(text: &str, within: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() + 8);
    let mut at = 0;
    while at < chars.len() {
        let end = if chars[at].is_ascii_digit() {
            push_number(&mut out, &chars, at)
        } else if is_space(chars[at]) {
            push_spaces(&mut out, &chars, at, within)
        } else {
            out.push(chars[at]);
            at + 1
        };
        at = end;
    }
    out
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | FIRM | NARROW)
}

fn run(chars: &[char], from: usize, test: impl Fn(char) -> bool) -> usize {
    chars[from..].iter().position(|c| !test(*c)).map_or(chars.len(), |n| from + n)
}

/// Writes a number and gives the place after it. One to three digits followed
/// by groups of three are one number.
fn push_number(out: &mut String, chars: &[char], from: usize) -> usize {
    let end = run(chars, from, |c| c.is_ascii_digit());
    out.extend(&chars[from..end]);
    let glued = from > 0 && (chars[from - 1].is_alphanumeric() || ".,:/-+_".contains(chars[from - 1]));
    if end - from > 3 || chars[from] == '0' || glued {
        return end;
    }
    let mut at = end;
    while at + 4 <= chars.len() && is_space(chars[at]) {
        let group = run(chars, at + 1, |c| c.is_ascii_digit());
        let goes_on = chars.get(group).is_some_and(|c| c.is_alphabetic() || ":/-_".contains(*c));
        if group != at + 4 || goes_on {
            break;
        }
        out.push(NARROW);
        out.extend(&chars[at + 1..group]);
        at = group;
    }
    at
}

/// Writes a run of spaces and gives the place after it.
fn push_spaces(out: &mut String, chars: &[char], from: usize, within: bool) -> usize {
    let end = run(chars, from, is_space);
    let before = from.checked_sub(1).map(|i| chars[i]);
    let inside = before.map_or(within, |c| c != '\n');
    if (inside && closes(&chars[end..])) || before == Some('«') {
        out.push(NARROW);
    } else if end - from == 1 && chars[from] == ' ' && joins_unit(chars, from) {
        out.push(FIRM);
    } else {
        out.extend(&chars[from..end]);
    }
    end
}

/// Does the text start with punctuation that takes a narrow space before it?
fn closes(rest: &[char]) -> bool {
    match rest.first() {
        Some('»') => true,
        Some('%' | '€') => !rest.get(1).is_some_and(|c| c.is_alphanumeric()),
        Some(first @ (';' | ':' | '!' | '?')) => {
            let end = run(rest, 0, |c| matches!(c, ';' | ':' | '!' | '?'));
            match rest.get(end) {
                None => true,
                // A smiley is not punctuation.
                Some('(' | ')' | '-') if matches!(first, ':' | ';') => false,
                Some(next) => next.is_whitespace() || "»«\"”’')]….,—–".contains(*next),
            }
        }
        _ => false,
    }
}

/// Is the space at `at` one between a number and its unit, or in `12 h 30`?
fn joins_unit(chars: &[char], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|i| chars[i]) else {
        return false;
    };
    let end = run(chars, at + 1, |c| c.is_alphanumeric() || matches!(c, '/' | '°'));
    let word: String = chars[at + 1..end].iter().take(12).collect();
    if before.is_ascii_digit() {
        return !word.is_empty() && UNITS.split_ascii_whitespace().any(|unit| unit == word);
    }
    let hour = before == 'h' && at >= 3 && is_space(chars[at - 2]) && chars[at - 3].is_ascii_digit();
    hour && word.len() <= 2 && !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}
