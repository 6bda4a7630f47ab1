//! Cleaning of text at the edge: NUL and other control characters never reach the database
//! (PostgreSQL refuses NUL, XML most of the others), lengths are counted in characters.

/// One line of text: controls and line breaks become spaces, runs of spaces become one, ends trimmed.
#[must_use]
pub fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_control() || c == ' ' || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') {
            gap = !out.is_empty();
        } else {
            if gap {
                out.push(' ');
                gap = false;
            }
            out.push(c);
        }
    }
    out
}

/// Several lines of text: line ends become `\n`, other controls are dropped, ends trimmed.
#[must_use]
pub fn paragraph(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let kept: String = unified.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
    kept.trim().to_owned()
}

/// Folds case for comparison, the same on both engines because it is done here.
#[must_use]
pub fn fold(text: &str) -> String {
    line(text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_paragraphs_lose_controls_only() {
        assert_eq!(line("  a\0b\n\n c\u{202f}! "), "a b c\u{202f}!");
        assert_eq!(paragraph("\r\na\r\n\0b\tc\u{7}\n"), "a\nb\tc");
        assert_eq!(fold(" ÉCOLE "), "école");
    }
}
