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

/// Reads an e-mail address: what browsers accept (WHATWG), with a dot in the domain, at most 254 bytes.
///
/// # Errors
/// The code of the field's problem.
pub fn email(text: &str) -> Result<String, &'static str> {
    let text = line(text);
    if text.is_empty() {
        return Err("required");
    }
    let Some((local, domain)) = text.rsplit_once('@') else { return Err("email-without-at") };
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && local.chars().all(|c| c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c));
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if !local_ok || !domain.split('.').all(label_ok) || text.len() > 254 {
        return Err("email-malformed");
    }
    if !domain.contains('.') {
        return Err("email-without-end");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["a@b.fr", " camille.durand+x@exemple.co.uk ", "é@école.fr"] {
            assert!(email(good).is_ok(), "{good}");
        }
        for (bad, code) in [
            ("", "required"),
            ("camille", "email-without-at"),
            ("camille@exemple", "email-without-end"),
            ("@b.fr", "email-malformed"),
            ("a b@c.fr", "email-malformed"),
            ("a@-b.fr", "email-malformed"),
            ("a@b..fr", "email-malformed"),
        ] {
            assert_eq!(email(bad), Err(code), "{bad}");
        }
    }

    #[test]
    fn lines_and_paragraphs_lose_controls_only() {
        assert_eq!(line("  a\0b\n\n c\u{202f}! "), "a b c\u{202f}!");
        assert_eq!(paragraph("\r\na\r\n\0b\tc\u{7}\n"), "a\nb\tc");
        assert_eq!(fold(" ÉCOLE "), "école");
    }
}
