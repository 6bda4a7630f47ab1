//! Security headers of every answer, and the address a request comes from.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// What a page needs beyond the strictest policy.
#[derive(Clone, Debug, Default)]
pub struct PagePolicy {
    /// Origins audio may come from besides this site (episodes whose media is kept remote).
    pub media_origins: Vec<String>,
    /// Whether other sites may show the page in a frame (the embeddable player only).
    pub may_be_framed: bool,
}

/// Adds the policy to an answer. Strict for everybody: no inline script or style, nothing from other hosts,
/// no referrer beyond the origin, no powerful features.
pub fn secure(headers: &mut HeaderMap, policy: &PagePolicy) {
    let media: String = policy.media_origins.iter().map(|origin| format!(" {origin}")).collect();
    let ancestors = if policy.may_be_framed { "*" } else { "'self'" };
    let csp = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'{media}; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
    );
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(&csp) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
    if !policy.may_be_framed {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    }
}

/// The client's address: the peer's, or the last one of `X-Forwarded-For` not written by one of our proxies.
#[must_use]
pub fn client_ip(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    if !proxies.contains(&peer) {
        return peer;
    }
    let lists = headers.get_all("x-forwarded-for");
    let mut chain: Vec<IpAddr> = Vec::new();
    for list in lists {
        let Ok(text) = list.to_str() else { continue };
        chain.extend(text.split(',').filter_map(|part| part.trim().parse::<IpAddr>().ok()));
    }
    chain.into_iter().rev().find(|ip| !proxies.contains(ip)).unwrap_or(peer)
}

/// One client for rate limits: an IPv4 address, or the first 64 bits of an IPv6 one.
#[must_use]
pub fn ip_key(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let s = v6.segments();
            format!("{:x}:{:x}:{:x}:{:x}::/64", s[0], s[1], s[2], s[3])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwarded_addresses_count_only_from_our_proxies() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("6.6.6.6, 9.9.9.9"));
        assert_eq!(client_ip(ip("1.1.1.1"), &headers, &[]), ip("1.1.1.1"));
        assert_eq!(client_ip(ip("10.0.0.1"), &headers, &[ip("10.0.0.1")]), ip("9.9.9.9"));
        assert_eq!(client_ip(ip("10.0.0.1"), &headers, &[ip("10.0.0.1"), ip("9.9.9.9")]), ip("6.6.6.6"));
        assert_eq!(ip_key(ip("2001:db8:1:2:3:4:5:6")), "2001:db8:1:2::/64");
        assert_eq!(ip_key(ip("::ffff:1.2.3.4")), "1.2.3.4");
    }
}
