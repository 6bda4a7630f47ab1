//! Which link targets may leave the sanitiser. Only absolute http, https and
//! mailto addresses pass; everything else is refused, never repaired.

use super::clean::keep_char;

/// Longest link kept, in bytes. Longer ones are tracking or attacks.
const MAX_HREF_BYTES: usize = 4096;

/// Takes a raw attribute value and gives the address to write, or `None` when
/// the link must be dropped. The result is a fixed point: passing it in again
/// gives the same string.
pub(super) fn safe_href(raw: &str) -> Option<String> {
    // Browsers ignore tabs and line ends inside an address, so a scheme may be
    // hidden with them: take them out before looking.
    let joined: String =
        raw.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r') && (keep_char(*c) || c.is_control())).collect();
    let trimmed = joined.trim_matches(|c: char| c <= ' ' || c.is_whitespace());
    if trimmed.chars().any(char::is_control) {
        return None;
    }
    let mut href = String::with_capacity(trimmed.len());
    for c in trimmed.chars() {
        if c.is_whitespace() || matches!(c, '"' | '<' | '>' | '`' | '\'') {
            push_percent(&mut href, c);
        } else {
            href.push(c);
        }
    }
    if href.len() > MAX_HREF_BYTES || !has_allowed_scheme(&href) {
        return None;
    }
    let parsed = ammonia::Url::parse(&href).ok()?;
    matches!(parsed.scheme(), "http" | "https" | "mailto").then_some(href)
}

/// Tests the literal start of the address, so that `https:\\host` or
/// `http:host`, which only lenient parsers accept, do not pass.
fn has_allowed_scheme(href: &str) -> bool {
    let Some((scheme, rest)) = href.split_once(':') else {
        return false;
    };
    if scheme.eq_ignore_ascii_case("mailto") {
        return rest.contains('@') && !rest.starts_with('/');
    }
    let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    web && rest.strip_prefix("//").is_some_and(|host| !host.is_empty() && !host.starts_with(['/', '\\']))
}

fn push_percent(out: &mut String, c: char) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut buffer = [0_u8; 4];
    for byte in c.encode_utf8(&mut buffer).bytes() {
        out.push('%');
        out.push(char::from(HEX[usize::from(byte >> 4)]));
        out.push(char::from(HEX[usize::from(byte & 15)]));
    }
}

#[cfg(test)]
mod tests {
    use super::safe_href;

    #[test]
    fn only_absolute_web_and_mail_links_pass() {
        let table = [
            ("https://a.example/x", Some("https://a.example/x")),
            (" HTTP://a.example ", Some("HTTP://a.example")),
            ("https://a.example/a b", Some("https://a.example/a%20b")),
            ("https://a.example/\u{a0}", Some("https://a.example/")),
            ("https://a.example/é\"'", Some("https://a.example/é%22%27")),
            ("mailto:lea@a.example", Some("mailto:lea@a.example")),
            ("mailto:", None),
            ("java\nscript:alert(1)", None),
            ("\u{1}javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("/relative", None),
            ("//a.example", None),
            ("https:a.example", None),
            ("https:\\\\a.example", None),
            ("https:///a.example", None),
            ("https://", None),
            ("ftp://a.example", None),
            ("https://a\u{0}.example", None),
            ("", None),
        ];
        for (raw, want) in table {
            assert_eq!(safe_href(raw).as_deref(), want, "{raw:?}");
            if let Some(href) = want {
                assert_eq!(safe_href(href).as_deref(), want);
            }
        }
    }
}
