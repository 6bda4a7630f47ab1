//! Webhooks: which addresses and events are taken, and the signature of Standard Webhooks.

use kernel::{Refusal, line};

use crate::rules::check::is_web_url;

/// The events a webhook may choose, as receivers see them.
pub const EVENTS: &[&str] = &[
    "episode.published",
    "episode.updated",
    "episode.unpublished",
    "approval.answered",
    "comment.held",
    "comment.visible",
];
/// The event of the test button.
pub const TEST_EVENT: &str = "webhook.test";
/// Most webhooks of an organisation.
pub const MOST_WEBHOOKS: usize = 20;
/// The largest body sent, in bytes.
pub const MOST_BODY: usize = 64 * 1024;
/// How long a replaced secret still signs, in seconds.
pub const OVERLAP: i64 = 86_400;

/// Checks an address: https, no user, no fragment, no machine of a private network. With `loopback` (the demo) also
/// http to this machine.
///
/// # Errors
/// The field's problem.
pub fn address(typed: &str, loopback: bool) -> Result<String, Refusal> {
    let bad = |code| Refusal::invalid("check-fields").field("url", code);
    let typed = line(typed);
    if typed.is_empty() {
        return Err(bad("required"));
    }
    if !is_web_url(&typed) {
        return Err(bad("url-malformed"));
    }
    let Ok(url) = url::Url::parse(&typed) else { return Err(bad("url-malformed")) };
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(bad("url-malformed"));
    }
    let here = match url.host() {
        Some(url::Host::Ipv4(ip)) => {
            Some((ip.is_loopback(), ip.is_private() || ip.is_link_local() || ip.is_unspecified()))
        }
        Some(url::Host::Ipv6(ip)) => {
            Some((ip.is_loopback(), ip.is_unspecified() || (ip.segments()[0] & 0xfe00) == 0xfc00))
        }
        Some(url::Host::Domain(name)) => (name == "localhost" || name.ends_with(".localhost")).then_some((true, false)),
        None => return Err(bad("url-malformed")),
    };
    match (here, url.scheme()) {
        (Some((true, _)), _) if loopback => Ok(url.to_string()),
        (Some((true, _) | (_, true)), _) => Err(bad("webhook-private")),
        (_, "https") => Ok(url.to_string()),
        _ => Err(bad("webhook-https")),
    }
}

/// Checks the chosen events; at least one, each known, in the order of the list.
///
/// # Errors
/// The field's problem.
pub fn events(chosen: &[String]) -> Result<Vec<String>, Refusal> {
    let known: Vec<String> =
        EVENTS.iter().filter(|e| chosen.iter().any(|c| c == *e)).map(|e| (*e).to_owned()).collect();
    let strange = chosen.iter().any(|c| !EVENTS.contains(&c.as_str()));
    match (known.is_empty(), strange) {
        (true, false) => Err(Refusal::invalid("check-fields").field("events", "webhook-events")),
        (_, true) => Err(Refusal::invalid("check-fields").field("events", "malformed")),
        _ => Ok(known),
    }
}

/// What is signed: id, time and body joined by dots (Standard Webhooks).
#[must_use]
pub fn signed_text(id: &str, seconds: i64, body: &str) -> String {
    format!("{id}.{seconds}.{body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_out_of_the_house() {
        for good in ["https://hooks.example/a?b=1", " https://8.8.8.8/x "] {
            assert!(address(good, false).is_ok(), "{good}");
        }
        for (bad, code) in [
            ("", "required"),
            ("ftp://a.example", "url-malformed"),
            ("http://a.example/", "webhook-https"),
            ("https://u:p@a.example/", "url-malformed"),
            ("https://a.example/#x", "url-malformed"),
            ("https://localhost/", "webhook-private"),
            ("http://127.0.0.1:9/", "webhook-private"),
            ("https://10.0.0.1/", "webhook-private"),
            ("https://192.168.1.4/", "webhook-private"),
            ("https://169.254.169.254/", "webhook-private"),
            ("https://[::1]/", "webhook-private"),
            ("https://[fd00::1]/", "webhook-private"),
        ] {
            assert_eq!(address(bad, false).expect_err("refused").fields[0].code, code, "{bad}");
        }
        assert!(address("http://127.0.0.1:9/", true).is_ok() && address("http://localhost:9/", true).is_ok());
        assert!(address("http://a.example/", true).is_err() && address("http://10.0.0.1/", true).is_err());
    }

    #[test]
    fn events_are_known_ones() {
        let own = |list: &[&str]| list.iter().map(|e| (*e).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            events(&own(&["approval.answered", "episode.published"])).expect("good"),
            own(&["episode.published", "approval.answered"])
        );
        assert!(events(&[]).is_err() && events(&own(&["webhook.test"])).is_err());
    }
}
