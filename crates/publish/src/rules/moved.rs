//! Which addresses a feed may move to: those that are not on this server. Pure.

/// The host name of an address, in lower case, without a port.
#[must_use]
pub fn host_of(address: &str) -> Option<String> {
    url::Url::parse(address).ok()?.host_str().map(|h| h.trim_end_matches('.').to_ascii_lowercase())
}

/// Whether an address is on none of our own hosts (which may carry ports). One that does not read leads nowhere.
#[must_use]
pub fn leads_away(to: &str, own: &[String]) -> bool {
    let Some(host) = host_of(to) else { return false };
    let name = |own: &String| {
        let lower = own.to_ascii_lowercase();
        let port = lower.rsplit_once(':').filter(|(_, p)| p.bytes().all(|b| b.is_ascii_digit()));
        port.map_or(lower.clone(), |(name, _)| name.to_owned())
    };
    !own.iter().any(|own| name(own) == host)
}
