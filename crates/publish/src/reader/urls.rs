//! Checks and repairs addresses as text: http and https only, spaces encoded, plain relative ones resolved.
//! It opens nothing and does not judge hosts; the fetcher guards against private networks.

/// What became of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// Usable as it stands.
    Good(String),
    /// Usable after spaces or control characters were encoded or a scheme was added.
    Repaired(String),
    /// Relative; resolved against the page of the show.
    Resolved(String),
    /// Not an http(s) address.
    Bad,
}

const MAX_LEN: usize = 8 * 1024;

/// Checks `raw`, resolving it against `base` (an absolute http(s) address) if it is relative.
pub(crate) fn address(raw: &str, base: Option<&str>) -> Address {
    let trimmed = raw.trim();
    if trimmed.is_empty() || trimmed.len() > MAX_LEN {
        return Address::Bad;
    }
    let clean = encode(trimmed);
    let changed = clean != trimmed;
    if is_http(&clean) {
        return if changed { Address::Repaired(clean) } else { Address::Good(clean) };
    }
    if clean.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www.")) {
        return Address::Repaired(format!("http://{clean}"));
    }
    match base.and_then(|base| resolve(&clean, base)) {
        Some(full) if is_http(&full) => Address::Resolved(full),
        _ => Address::Bad,
    }
}

/// Whether the text is an absolute http or https address with a host.
pub(crate) fn is_http(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let known = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    known && host.starts_with(|c: char| c.is_alphanumeric() || c == '[') && !host.contains(['%', '\\'])
}

// White space inside an address: line breaks were never meant, spaces must be encoded (RFC 3986).
fn encode(text: &str) -> String {
    if !text.contains([' ', '\n', '\t', '"', '<', '>', '\\', '^', '`', '{', '|', '}', '\u{7f}']) {
        return text.to_string();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' | '\t' => {}
            ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' | '\u{7f}' => {
                out.push_str(&format!("%{:02X}", u32::from(c)));
            }
            _ => out.push(c),
        }
    }
    out
}

// RFC 3986, 5.2, for the plain cases; anything with a scheme or dot segments is left alone.
fn resolve(text: &str, base: &str) -> Option<String> {
    let (scheme, rest) = base.split_once("://")?;
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(host_end)?;
    if let Some(other) = text.strip_prefix("//") {
        return Some(format!("{scheme}://{other}"));
    }
    let dots = text.split(['/', '?', '#']).any(|part| matches!(part, "." | ".."));
    let first = text.split('/').next().unwrap_or_default();
    if dots || first.contains(':') || text.starts_with(['#', '?']) {
        return None;
    }
    if text.starts_with('/') {
        return Some(format!("{scheme}://{host}{text}"));
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let folder = path.rfind('/').and_then(|at| path.get(..=at)).unwrap_or("/");
    Some(format!("{scheme}://{host}{folder}{text}"))
}

/// Lower-case extension of the file an address names, without the dot.
pub(crate) fn extension(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let file = path.split_once('/')?.1.rsplit('/').next()?;
    let (_, ending) = file.rsplit_once('.')?;
    let plain = (2..=5).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    plain.then(|| ending.to_ascii_lowercase())
}

/// Media types that fit an extension, the best one first.
pub(crate) fn types_for(extension: &str) -> &'static [&'static str] {
    match extension {
        "mp3" => &["audio/mpeg"],
        "m4a" => &["audio/x-m4a", "audio/mp4", "audio/m4a", "audio/aac"],
        "m4b" => &["audio/mp4", "audio/x-m4b", "audio/x-m4a"],
        "aac" => &["audio/aac", "audio/x-aac", "audio/aacp"],
        "ogg" | "oga" => &["audio/ogg", "application/ogg", "audio/vorbis", "audio/opus", "video/ogg"],
        "opus" => &["audio/ogg", "audio/opus"],
        "flac" => &["audio/flac", "audio/x-flac"],
        "wav" => &["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"],
        "mp4" => &["video/mp4", "audio/mp4", "audio/x-m4a"],
        "m4v" => &["video/x-m4v", "video/mp4", "video/m4v"],
        "mov" => &["video/quicktime"],
        "webm" => &["video/webm", "audio/webm"],
        "m3u8" => &["application/x-mpegurl", "application/vnd.apple.mpegurl", "audio/mpegurl"],
        "pdf" => &["application/pdf"],
        "epub" => &["application/epub+zip"],
        "vtt" => &["text/vtt"],
        "srt" => &["application/x-subrip", "application/srt", "text/srt"],
        "json" => &["application/json", "application/json+chapters"],
        "html" | "htm" => &["text/html"],
        "txt" => &["text/plain"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_repaired_or_refused() {
        let base = Some("https://show.example/pod/index.html?x=/y");
        let good = |text: &str| Address::Good(text.to_string());
        let resolved = |text: &str| Address::Resolved(text.to_string());
        let table = [
            ("https://a.example/x.mp3", good("https://a.example/x.mp3")),
            ("HTTP://A.example/x", good("HTTP://A.example/x")),
            (" https://a.example/x y.mp3\n", Address::Repaired("https://a.example/x%20y.mp3".to_string())),
            ("www.a.example/x", Address::Repaired("http://www.a.example/x".to_string())),
            ("/x.mp3", resolved("https://show.example/x.mp3")),
            ("x.mp3", resolved("https://show.example/pod/x.mp3")),
            ("//b.example/x.mp3", resolved("https://b.example/x.mp3")),
            ("../x.mp3", Address::Bad),
            ("ftp://a.example/x", Address::Bad),
            ("javascript:alert(1)", Address::Bad),
            ("data:text/html,x", Address::Bad),
            ("file:///etc/hosts", Address::Bad),
            ("https://", Address::Bad),
            ("https:///x", Address::Bad),
            ("", Address::Bad),
        ];
        for (raw, want) in table {
            assert_eq!(address(raw, base), want, "{raw}");
        }
        assert_eq!(address("/x.mp3", None), Address::Bad);
    }

    #[test]
    fn extensions_come_from_the_path_only() {
        let table = [
            ("https://a.example/x.MP3?y=1.ogg", Some("mp3")),
            ("https://a.example/x", None),
            ("https://a.example", None),
            ("https://a.example/b.example/x.m4a#t", Some("m4a")),
        ];
        for (url, want) in table {
            assert_eq!(extension(url).as_deref(), want, "{url}");
        }
    }
}
