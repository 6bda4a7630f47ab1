//! Where a show's feed may move to, and what its feed settings may say. Pure.

use kernel::{Arg, Refusal, line};

use crate::model::FeedSettings;
use crate::rules::check::is_web_url;

/// Most `podcast:txt` records.
const RECORDS: usize = 20;
/// Longest purpose and text of a frequency, in characters: what the namespace asks for.
const SHORT: usize = 128;
/// Longest text of a record.
const LONG: usize = 4000;

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

/// Whether a text looks like a recurrence rule of RFC 5545: `NAME=value` parts, among them a known `FREQ`.
fn is_rrule(text: &str) -> bool {
    let parts: Vec<Option<(&str, &str)>> = text.split(';').map(|p| p.split_once('=')).collect();
    let known = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY", "MINUTELY", "SECONDLY"];
    text.len() <= 500
        && parts.iter().all(|p| {
            p.is_some_and(|(name, value)| {
                name.bytes().all(|b| b.is_ascii_uppercase())
                    && !name.is_empty()
                    && !value.is_empty()
                    && value.is_ascii()
            })
        })
        && parts.iter().flatten().any(|(name, value)| *name == "FREQ" && known.contains(value))
}

fn is_email(text: &str) -> bool {
    let clean = text.len() <= 254 && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c));
    clean
        && text
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'))
}

fn too_long(refusal: Refusal, field: &'static str, most: usize) -> Refusal {
    refusal.field_with(field, "too-long", ("most", Arg::Int(i64::try_from(most).unwrap_or(i64::MAX))))
}

/// Checks and cleans a show's feed settings. `own` are the host names this server answers to.
///
/// # Errors
/// Every field with a problem: `txt`, `update_frequency`, `moved_to`, `owner_email`.
pub fn feed_settings(mut sent: FeedSettings, own: &[String]) -> Result<FeedSettings, Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    for record in &mut sent.txt {
        record.purpose = line(&record.purpose);
        record.value = line(&record.value);
    }
    sent.txt.retain(|r| !r.value.is_empty());
    if sent.txt.len() > RECORDS {
        refusal = too_long(refusal, "txt", RECORDS);
    } else if sent.txt.iter().any(|r| r.purpose.chars().count() > SHORT || r.value.chars().count() > LONG) {
        refusal = too_long(refusal, "txt", LONG);
    }
    if let Some(frequency) = &mut sent.update_frequency {
        frequency.text = line(&frequency.text);
        frequency.rrule = line(&frequency.rrule);
        if frequency.text.is_empty() {
            refusal = refusal.field("update_frequency", "required");
        } else if frequency.text.chars().count() > SHORT {
            refusal = too_long(refusal, "update_frequency", SHORT);
        } else if !frequency.rrule.is_empty() && !is_rrule(&frequency.rrule) {
            refusal = refusal.field("update_frequency", "rrule-malformed");
        }
    }
    let kept = |text: Option<String>| text.map(|t| line(&t)).filter(|t| !t.is_empty());
    sent.moved_to = kept(sent.moved_to);
    if let Some(to) = &sent.moved_to {
        if !is_web_url(to) || !to.is_ascii() {
            refusal = refusal.field("moved_to", "url-malformed");
        } else if !leads_away(to, own) {
            refusal = refusal.field("moved_to", "moved-to-own");
        }
    }
    sent.owner_email = kept(sent.owner_email);
    if sent.owner_email.as_ref().is_some_and(|e| !is_email(e)) {
        refusal = refusal.field("owner_email", "email-malformed");
    }
    refusal.unless_clean().map(|()| sent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{TxtRecord, UpdateFrequency};

    fn moved(to: &str) -> Result<FeedSettings, Refusal> {
        let own = ["site.example".to_owned(), "old.example:8080".to_owned(), "show.example".to_owned()];
        feed_settings(FeedSettings { moved_to: Some(to.to_owned()), ..FeedSettings::default() }, &own)
    }

    #[test]
    fn c10_a_feed_never_moves_to_ourselves() {
        let table = [
            ("https://new.example/feed.xml", None),
            ("http://new.example:8080/feed.xml?a=b", None),
            ("https://site.example/feeds/a.xml", Some("moved-to-own")),
            ("http://SITE.example:81/x", Some("moved-to-own")),
            ("https://site.example./x", Some("moved-to-own")),
            ("https://old.example/x", Some("moved-to-own")),
            ("https://show.example/feeds/a.xml", Some("moved-to-own")),
            ("https://notsite.example/x", None),
            ("/feeds/a.xml", Some("url-malformed")),
            ("javascript:alert(1)", Some("url-malformed")),
            ("https://new.example/é.xml", Some("url-malformed")),
            ("https://new.example/a\nb", Some("url-malformed")),
        ];
        for (to, code) in table {
            let got = moved(to).err().map(|r| r.fields[0].code);
            assert_eq!(got, code, "{to}");
        }
        assert_eq!(moved("  ").map(|s| s.moved_to), Ok(None), "empty clears it");
    }

    #[test]
    fn the_rest_is_checked_field_by_field() {
        let with = |rrule: &str| UpdateFrequency { text: "Chaque matin".to_owned(), rrule: rrule.to_owned() };
        for (rule, good) in [
            ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", true),
            ("FREQ=YEARLY;BYDAY=+4TH;BYMONTH=11", true),
            ("", true),
            ("BYDAY=MO", false),
            ("FREQ=OFTEN", false),
            ("FREQ=DAILY;;", false),
            ("freq=daily", false),
        ] {
            let sent = FeedSettings { update_frequency: Some(with(rule)), ..FeedSettings::default() };
            assert_eq!(feed_settings(sent, &[]).is_ok(), good, "{rule}");
        }
        let record = |value: &str| TxtRecord { purpose: " verify ".to_owned(), value: value.to_owned() };
        let sent = FeedSettings {
            txt: vec![record("a"), record(" ")],
            owner_email: Some("odile@pentes.example".to_owned()),
            ..FeedSettings::default()
        };
        let clean = feed_settings(sent, &[]).expect("good");
        assert_eq!(clean.txt, [TxtRecord { purpose: "verify".to_owned(), value: "a".to_owned() }]);
        let bad = FeedSettings {
            txt: vec![record(&"x".repeat(4001))],
            update_frequency: Some(UpdateFrequency::default()),
            owner_email: Some("odile".to_owned()),
            ..FeedSettings::default()
        };
        let fields: Vec<_> =
            feed_settings(bad, &[]).expect_err("bad").fields.into_iter().map(|f| (f.name, f.code)).collect();
        assert_eq!(fields, [("txt", "too-long"), ("update_frequency", "required"), ("owner_email", "email-malformed")]);
    }
}
