//! The only link between a request and a visitor: a digest under the salt of a day. When the salt's row is deleted nobody,
//! the operator included, can find out any more whose it was.

use kernel::Subject;
use ring::hmac;

use crate::model::Count;

/// A day's salt, ready to sign.
pub(crate) struct Salt(hmac::Key);

impl Salt {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    fn digest(&self, parts: &[&str]) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            // The length first, so that no two lists of parts read alike.
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            context.update(part.as_bytes());
        }
        kernel::hex(&context.sign().as_ref()[..16])
    }

    /// A visitor of one subject: the same person on another subject has another digest.
    pub(crate) fn visitor(&self, count: Count, subject: Subject, network: &str, agent: &str) -> String {
        self.digest(&["visitor", count.code(), subject.kind.code(), &subject.id.to_string(), network, agent])
    }

    /// A network on one subject.
    pub(crate) fn network(&self, count: Count, subject: Subject, network: &str) -> String {
        self.digest(&["network", count.code(), subject.kind.code(), &subject.id.to_string(), network])
    }
}

/// One network as rules know it: an IPv4 address, or the first 64 bits of an IPv6 one.
#[must_use]
pub fn network(ip: std::net::IpAddr) -> String {
    match ip.to_canonical() {
        std::net::IpAddr::V4(v4) => v4.to_string(),
        std::net::IpAddr::V6(v6) => {
            let s = v6.segments();
            format!("{:x}:{:x}:{:x}:{:x}::/64", s[0], s[1], s[2], s[3])
        }
    }
}
