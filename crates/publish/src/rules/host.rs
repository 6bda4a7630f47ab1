//! The host name a show may have for itself. Names are kept as a request carries them: lower case, ASCII, no port.

use kernel::Refusal;

/// Names no show may take: the site's own, and those the site had before.
#[derive(Clone, Debug, Default)]
pub struct Reserved {
    /// The site's own host name.
    pub main: String,
    /// Host names the site had before.
    pub former: Vec<String>,
}

/// The name in a `Host` header: lower case, without port and without the dot at the end.
#[must_use]
pub fn of_header(header: &str) -> String {
    let name = header.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let name = name.map_or(header, |(name, _)| name);
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// Checks a typed host name; empty means none. A name outside ASCII is typed in its ASCII form (`xn--…`, RFC 5891).
///
/// # Errors
/// `host-malformed`, and `host-reserved` for the site's own names.
pub fn check(typed: &str, reserved: &Reserved) -> Result<Option<String>, Refusal> {
    let name = kernel::line(typed).to_ascii_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name);
    if name.is_empty() {
        return Ok(None);
    }
    let label = |l: &str| {
        let chars = l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        chars && (1..=63).contains(&l.len()) && !l.starts_with('-') && !l.ends_with('-')
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    // A name whose last label is a number is an address (WHATWG URL, host parser).
    let number = last.bytes().all(|b| b.is_ascii_digit());
    if name.len() > 253 || !name.contains('.') || !name.split('.').all(label) || number {
        return Err(Refusal::invalid("check-fields").field("host", "host-malformed"));
    }
    if name == reserved.main || reserved.former.iter().any(|f| of_header(f) == name) {
        return Err(Refusal::invalid("check-fields").field("host", "host-reserved"));
    }
    Ok(Some(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_are_cleaned_or_refused() {
        let reserved = Reserved { main: "site.example".to_owned(), former: vec!["Old.example:8080".to_owned()] };
        for (typed, expected) in [
            ("", Ok(None)),
            (" Sud.Example. ", Ok(Some("sud.example".to_owned()))),
            ("xn--caf-dma.example", Ok(Some("xn--caf-dma.example".to_owned()))),
            ("sud.localhost", Ok(Some("sud.localhost".to_owned()))),
            ("café.example", Err("host-malformed")),
            ("sud.example:8080", Err("host-malformed")),
            ("https://sud.example", Err("host-malformed")),
            ("sud", Err("host-malformed")),
            ("127.0.0.1", Err("host-malformed")),
            ("a..example", Err("host-malformed")),
            ("-a.example", Err("host-malformed")),
            ("site.example", Err("host-reserved")),
            ("old.example", Err("host-reserved")),
        ] {
            let got = check(typed, &reserved).map_err(|r| r.fields[0].code);
            assert_eq!(got, expected, "{typed}");
        }
    }

    #[test]
    fn a_header_names_a_host_whatever_its_port_and_case() {
        for (header, name) in [
            ("Sud.Example:8080", "sud.example"),
            ("sud.example.", "sud.example"),
            ("sud.example.:80", "sud.example"),
            ("[::1]:80", "[::1]"),
        ] {
            assert_eq!(of_header(header), name);
        }
    }
}
