//! The rule set as published: every threshold and every list, with a version, a date and a digest. A test pins the digest,
//! so that nobody changes a rule without a new version; figures name the version they were counted by.

use serde_json::{Value, json};

use super::agents::{APPS, BARE, BOT_WORDS, BOTS, BROWSERS, DEVICES, LIBRARIES, STRANGERS, WATCHES};
use super::listen::{MOST_PER_NETWORK, Reason, SECONDS, WINDOW_SECONDS};
use super::sources::SOURCES;

/// The version in force.
pub const VERSION: &str = "2";
/// The day it came into force.
pub const DATE: &str = "2026-11-25";

/// A version of the rules and when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edition {
    /// The version.
    pub version: &'static str,
    /// Its first day.
    pub since: &'static str,
    /// The digest of its text.
    pub sha256: &'static str,
    /// Its text, once another is in force.
    former: Option<&'static str>,
}

impl Edition {
    /// Its rules as JSON.
    #[must_use]
    pub fn rules(&self) -> Value {
        // A former text is a file of ours whose digest a test pins: it can be read.
        self.former.map_or_else(rules, |text| serde_json::from_str(text).unwrap_or_default())
    }

    /// Its rules as the bytes that were published and digested.
    #[must_use]
    pub fn text(&self) -> String {
        self.former.map_or_else(text, str::to_owned)
    }
}

/// Every version there was, the newest first. A line here is never taken away, and what it says is never changed: when it is
/// followed by another, its text goes into a file beside.
pub const EDITIONS: &[Edition] = &[
    Edition { version: VERSION, since: DATE, sha256: SHA256, former: None },
    Edition {
        version: "1",
        since: "2026-11-25",
        sha256: "78dddf11479dc60b6a397498ff30c939e9e2647a941136e4b9d43c4b8ba5da4c",
        former: Some(include_str!("../../rules/1.json")),
    },
];

/// The digest of [`text`].
pub const SHA256: &str = "eed9ab0eb7fb8dd04871ac9a58d7783e9eb953ab7983dab1becea35580d86524";

/// The edition of that version.
#[must_use]
pub fn edition(version: &str) -> Option<&'static Edition> {
    EDITIONS.iter().find(|e| e.version == version)
}

/// The rules in force as JSON.
#[must_use]
pub fn rules() -> Value {
    json!({
        "version": VERSION,
        "since": DATE,
        "listen": {
            "seconds": SECONDS,
            "window_seconds": WINDOW_SECONDS,
            "window": "rolling, from the visitor's first request on",
            "bytes": "distinct bytes after the header that the connection took; header + (size - header) / duration * seconds; a shorter file whole",
            "methods": ["GET"],
            "statuses": [200, 206],
            "probe": "the first one or two bytes alone",
            "visitor": "IPv4 address or IPv6 /64, and user agent, under the salt of the day",
            "most_new_visitors_per_network": MOST_PER_NETWORK,
        },
        "view": { "statuses": [200, 206, 304], "window_seconds": WINDOW_SECONDS },
        "reasons": Reason::ALL.map(Reason::code),
        "bots": BOTS, "bot_words": BOT_WORDS, "bare": BARE, "strangers": STRANGERS, "watches": WATCHES, "apps": APPS,
        "libraries": LIBRARIES, "browsers": BROWSERS, "devices": DEVICES, "sources": SOURCES,
    })
}

/// The rules as the bytes that are published and digested.
#[must_use]
pub fn text() -> String {
    canonical(&rules())
}

/// JSON with the names of objects in order and no spaces: the same bytes wherever they are written.
#[must_use]
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut names: Vec<&String> = map.keys().collect();
            names.sort();
            let parts: Vec<String> =
                names.iter().map(|n| format!("{}:{}", Value::from(n.as_str()), canonical(&map[n.as_str()]))).collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c14_no_rule_changes_without_a_new_version() {
        let digest = kernel::sha256_hex(text().as_bytes());
        assert_eq!(
            digest, SHA256,
            "a rule changed: raise VERSION, set DATE, keep the old text in rules/ and its line in EDITIONS, pin this digest"
        );
        assert_eq!(EDITIONS[0].version, VERSION);
        let mut versions: Vec<&str> = EDITIONS.iter().map(|e| e.version).collect();
        versions.dedup();
        assert_eq!(versions.len(), EDITIONS.len());
    }

    #[test]
    fn c14_former_rules_are_kept_as_they_were() {
        for one in EDITIONS {
            assert_eq!(kernel::sha256_hex(one.text().as_bytes()), one.sha256, "version {}", one.version);
            assert_eq!(one.rules()["version"], one.version);
            assert_eq!(one.rules()["since"], one.since);
            assert_eq!(canonical(&one.rules()), one.text());
            // A day is counted again by the thresholds in force: another edition's would have to be handed to `recount`.
            assert_eq!((&one.rules()["listen"], &one.rules()["reasons"]), (&rules()["listen"], &rules()["reasons"]));
        }
        assert_eq!(edition("1").map(|e| e.version), Some("1"));
        assert_eq!(edition("0"), None);
    }
}
