//! Protection against requests another site makes with a visitor's session. Two walls: the request must come
//! from a page of this site (`Sec-Fetch-Site`, else `Origin`), and a signed-in request must carry a stamp made from
//! the session. No cookie is needed for people who are not signed in.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

/// Makes and checks stamps.
pub struct Csrf(hmac::Key);

impl Csrf {
    /// `secret` is the server's 32 random bytes.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The stamp of a session's token; goes into a hidden field.
    #[must_use]
    pub fn stamp(&self, session_token: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, session_token.as_bytes()))
    }

    /// Whether `stamp` belongs to the session.
    #[must_use]
    pub fn check(&self, session_token: &str, stamp: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(stamp) else { return false };
        hmac::verify(&self.0, session_token.as_bytes(), &bytes).is_ok()
    }
}

/// Whether a changing request comes from a page of `origin` (such as `https://example.org`). Programs without a
/// browser send neither header; they have no session another site could use.
#[must_use]
pub fn same_site(headers: &HeaderMap, origin: &str) -> bool {
    let get = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match get("sec-fetch-site") {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => get("origin").is_none_or(|sent| sent == origin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_stamp_fits_one_session_only() {
        let csrf = Csrf::new(&[3; 32]);
        let stamp = csrf.stamp("session a");
        assert!(csrf.check("session a", &stamp) && !csrf.check("session b", &stamp) && !csrf.check("session a", "x"));
        assert!(!Csrf::new(&[4; 32]).check("session a", &stamp));
    }

    #[test]
    fn other_sites_are_refused() {
        for (name, value, expected) in [
            ("sec-fetch-site", "same-origin", true),
            ("sec-fetch-site", "cross-site", false),
            ("sec-fetch-site", "same-site", false),
            ("origin", "https://a.example", true),
            ("origin", "https://evil.example", false),
            ("origin", "null", false),
            ("x", "y", true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            assert_eq!(same_site(&headers, "https://a.example"), expected, "{name}: {value}");
        }
    }
}
