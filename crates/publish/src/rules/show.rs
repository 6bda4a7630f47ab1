//! What is sent about a show's feed and its desk, checked field by field; what stands in both. Texts and
//! credits are checked in `check`, host and colour in `host` and `theme`.

use kernel::{Arg, Refusal, line};
use serde::{Deserialize, Serialize};

use crate::model::{DeskSettings, FeedSettings, Funding, Show, TxtRecord, UpdateFrequency};
use crate::rules::check::is_web_url;
use crate::rules::moved::{host_of, leads_away};

/// What is sent about a show's feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeedDraft {
    /// `podcast:txt` records.
    pub txt: Vec<TxtRecord>,
    /// `podcast:medium`; empty means `podcast`.
    pub medium: String,
    /// How often episodes come.
    pub update_frequency: UpdateFrequency,
    /// Whether other hosts are asked not to import it.
    pub locked: bool,
    /// No more episodes will come.
    pub complete: bool,
    /// Asks directories not to list it.
    pub blocked: bool,
    /// Links to support it.
    pub funding: Vec<Funding>,
    /// The owner's address, only when the owner asks for it in the feed.
    pub owner_email: String,
    /// The address of the feed elsewhere, once it has moved away.
    pub moved_to: String,
}

/// What is sent about a show's own site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteDraft {
    /// Its host name; empty for none.
    pub host: String,
    /// Its colour; empty for the site's.
    pub colour: String,
}

/// The media `podcast:medium` knows and this server can carry.
pub const MEDIA: &[&str] =
    &["podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "publisher", "course"];

/// Most records, links and people of one kind.
const MOST: usize = 20;

/// What a show's feed says, with these settings: what else a draft holds stays as it stands.
#[must_use]
pub fn with_settings(show: &Show, feed: FeedSettings) -> FeedDraft {
    FeedDraft {
        txt: feed.txt,
        medium: show.medium.clone().unwrap_or_default(),
        update_frequency: feed.update_frequency.unwrap_or_default(),
        locked: show.locked,
        complete: show.complete,
        blocked: feed.blocked,
        funding: show.funding.clone(),
        owner_email: feed.owner_email.unwrap_or_default(),
        moved_to: feed.moved_to.unwrap_or_default(),
    }
}

/// Checks and cleans what is sent about a show's feed. `own` are the names of every host this server answers to: a feed
/// cannot move to one of them. Medium and links that stand already, as an import may have brought them, are not questioned.
///
/// # Errors
/// Every field with a problem.
pub fn feed(mut draft: FeedDraft, show: &Show, own: &[String]) -> Result<FeedDraft, Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    draft.medium = line(&draft.medium);
    if draft.medium.is_empty() {
        draft.medium = "podcast".to_owned();
    } else if !MEDIA.contains(&draft.medium.as_str()) && show.medium.as_ref() != Some(&draft.medium) {
        refusal = refusal.field("medium", "medium-unknown");
    }
    for record in &mut draft.txt {
        (record.purpose, record.value) = (line(&record.purpose), line(&record.value));
    }
    draft.txt.retain(|record| !record.value.is_empty() || !record.purpose.is_empty());
    // The namespace allows 128 characters of purpose and 4,000 of text.
    let bad = |r: &TxtRecord| r.value.is_empty() || r.value.chars().count() > 4000 || r.purpose.chars().count() > 128;
    if draft.txt.iter().any(bad) {
        refusal = refusal.field("txt", "txt-malformed");
    }
    for link in draft.funding.iter_mut().filter(|link| !show.funding.contains(link)) {
        (link.url, link.text) = (line(&link.url), line(&link.text));
        if !is_web_url(&link.url) || link.text.chars().count() > 128 {
            refusal = refusal.field("funding", "url-malformed");
        }
    }
    for (name, count) in [("txt", draft.txt.len()), ("funding", draft.funding.len())] {
        if count > MOST && (name != "funding" || draft.funding != show.funding) {
            refusal = refusal.field_with(name, "too-many", ("most", Arg::Int(20)));
        }
    }
    refusal = look_at_frequency(&mut draft.update_frequency, refusal);
    draft.owner_email = line(&draft.owner_email);
    if !draft.owner_email.is_empty() && kernel::email(&draft.owner_email).is_err() {
        refusal = refusal.field("owner_email", "email-malformed");
    }
    draft.moved_to = line(&draft.moved_to);
    if !draft.moved_to.is_empty() {
        if !is_web_url(&draft.moved_to) || !draft.moved_to.is_ascii() {
            refusal = refusal.field("moved_to", "url-malformed");
        } else if !leads_away(&draft.moved_to, own) || show.host.is_some() && show.host == host_of(&draft.moved_to) {
            refusal = refusal.field("moved_to", "moved-to-own");
        }
    }
    refusal.unless_clean()?;
    Ok(draft)
}

fn look_at_frequency(frequency: &mut UpdateFrequency, refusal: Refusal) -> Refusal {
    (frequency.text, frequency.rrule) = (line(&frequency.text), line(&frequency.rrule).to_uppercase());
    if frequency.text.chars().count() > 128 {
        return refusal.field_with("frequency", "too-long", ("most", Arg::Int(128)));
    }
    if !frequency.rrule.is_empty() && !is_rrule(&frequency.rrule) {
        return refusal.field("rrule", "rrule-malformed");
    }
    if !frequency.rrule.is_empty() && frequency.text.is_empty() {
        return refusal.field("frequency", "required");
    }
    refusal
}

/// Checks who gets a show's mails: at most twenty, each once.
///
/// # Errors
/// `too-many`.
pub fn desk(mut settings: DeskSettings) -> Result<DeskSettings, Refusal> {
    settings.notify.sort_unstable();
    settings.notify.dedup();
    if settings.notify.len() > MOST {
        return Err(Refusal::invalid("check-fields").field_with("notify", "too-many", ("most", Arg::Int(20))));
    }
    Ok(settings)
}

/// Whether a text is a recurrence rule of RFC 5545 §3.3.10, as far as its grammar goes.
pub(super) fn is_rrule(text: &str) -> bool {
    let mut seen: Vec<&str> = Vec::new();
    for part in text.split(';') {
        let Some((name, value)) = part.split_once('=') else { return false };
        if seen.contains(&name) || !rule_part(name, value) {
            return false;
        }
        seen.push(name);
    }
    text.len() <= 300 && seen.contains(&"FREQ") && !(seen.contains(&"COUNT") && seen.contains(&"UNTIL"))
}

fn rule_part(name: &str, value: &str) -> bool {
    let all = |good: &dyn Fn(&str) -> bool| value.split(',').all(good);
    let within = |text: &str, most: i32| text.parse::<i32>().is_ok_and(|n| n != 0 && n.abs() <= most);
    let day = |text: &str| ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].contains(&text);
    match name {
        "FREQ" => ["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"].contains(&value),
        "COUNT" | "INTERVAL" => value.parse::<u32>().is_ok_and(|n| (1..=100_000).contains(&n)),
        "UNTIL" => is_until(value),
        "BYSECOND" => all(&|t| t.parse::<u8>().is_ok_and(|n| n <= 60)),
        "BYMINUTE" => all(&|t| t.parse::<u8>().is_ok_and(|n| n <= 59)),
        "BYHOUR" => all(&|t| t.parse::<u8>().is_ok_and(|n| n <= 23)),
        "BYDAY" => all(&|t| {
            let at = t.len().saturating_sub(2);
            let Some((ordinal, name)) = t.split_at_checked(at) else { return false };
            day(name) && (ordinal.is_empty() || within(ordinal, 53))
        }),
        "BYMONTHDAY" => all(&|t| within(t, 31)),
        "BYYEARDAY" | "BYSETPOS" => all(&|t| within(t, 366)),
        "BYWEEKNO" => all(&|t| within(t, 53)),
        "BYMONTH" => all(&|t| t.parse::<u8>().is_ok_and(|n| (1..=12).contains(&n))),
        "WKST" => day(value),
        _ => false,
    }
}

/// `19971224` or `19971224T000000Z`.
fn is_until(value: &str) -> bool {
    let (date, time) = value.split_once('T').map_or((value, None), |(d, t)| (d, Some(t)));
    let digits = |t: &str, n: usize| t.len() == n && t.bytes().all(|b| b.is_ascii_digit());
    digits(date, 8)
        && jiff::civil::Date::strptime("%Y%m%d", date).is_ok()
        && time.is_none_or(|t| digits(t.trim_end_matches('Z'), 6))
}

#[cfg(test)]
mod tests {
    use kernel::{At, OrgId};

    use super::*;

    #[test]
    fn recurrence_rules_are_told_from_other_texts() {
        for (text, good) in [
            ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", true),
            ("FREQ=MONTHLY;BYDAY=-1FR;INTERVAL=2", true),
            ("FREQ=DAILY;UNTIL=20261231T070000Z", true),
            ("FREQ=DAILY;COUNT=3", true),
            ("FREQ=YEARLY;BYDAY=+4TH;BYMONTH=11", true),
            ("FREQ=DAILY;;", false),
            ("", false),
            ("BYDAY=MO", false),
            ("FREQ=SOMETIMES", false),
            ("FREQ=DAILY;FREQ=DAILY", false),
            ("FREQ=DAILY;COUNT=3;UNTIL=20261231", false),
            ("FREQ=DAILY;BYHOUR=24", false),
            ("FREQ=DAILY;BYDAY=É", false),
            ("FREQ=DAILY;UNTIL=20261332", false),
            ("FREQ=DAILY;X=1", false),
        ] {
            assert_eq!(is_rrule(text), good, "{text}");
        }
    }

    fn show() -> Show {
        let blank = Show::blank(1, OrgId(1), "matins".to_owned(), String::new(), At::from_micros(1));
        Show { host: Some("sud.example".to_owned()), ..blank }
    }

    fn own() -> Vec<String> {
        ["site.example", "old.example:8080", "show.example"].map(str::to_owned).to_vec()
    }

    #[test]
    fn problems_of_a_feed_are_named_by_field() {
        let good = FeedDraft::default();
        let txt = |purpose: &str, value: &str| TxtRecord { purpose: purpose.to_owned(), value: value.to_owned() };
        let funding = |url: &str| Funding { url: url.to_owned(), text: String::new() };
        let frequency = |text: &str, rrule: &str| UpdateFrequency { text: text.to_owned(), rrule: rrule.to_owned() };
        for (draft, field, code) in [
            (FeedDraft { medium: "opera".to_owned(), ..good.clone() }, "medium", "medium-unknown"),
            (FeedDraft { txt: vec![txt("verify", "")], ..good.clone() }, "txt", "txt-malformed"),
            (FeedDraft { txt: vec![txt("", &"x".repeat(4001))], ..good.clone() }, "txt", "txt-malformed"),
            (FeedDraft { txt: vec![txt("", "x"); 21], ..good.clone() }, "txt", "too-many"),
            (FeedDraft { funding: vec![funding("javascript:x")], ..good.clone() }, "funding", "url-malformed"),
            (FeedDraft { update_frequency: frequency("x", "DAILY"), ..good.clone() }, "rrule", "rrule-malformed"),
            (FeedDraft { update_frequency: frequency("", "FREQ=DAILY"), ..good.clone() }, "frequency", "required"),
            (FeedDraft { update_frequency: frequency(&"x".repeat(129), ""), ..good.clone() }, "frequency", "too-long"),
            (FeedDraft { owner_email: "nobody".to_owned(), ..good.clone() }, "owner_email", "email-malformed"),
            (FeedDraft { moved_to: "ftp://a.example".to_owned(), ..good.clone() }, "moved_to", "url-malformed"),
        ] {
            let refusal = feed(draft, &show(), &own()).expect_err("refused");
            assert!(refusal.fields.iter().any(|f| f.name == field && f.code == code), "{field} {code}: {refusal}");
        }
        let clean = FeedDraft { txt: vec![txt(" verify ", "a"), txt(" ", "")], ..good };
        let clean = feed(clean, &show(), &own()).expect("accepted");
        assert_eq!((clean.medium.as_str(), clean.txt), ("podcast", vec![txt("verify", "a")]));
    }

    #[test]
    fn what_stands_already_is_not_questioned() {
        let standing = Show {
            medium: Some("musicL".to_owned()),
            funding: vec![Funding { url: "geld".to_owned(), text: String::new() }; 21],
            ..show()
        };
        let draft = with_settings(&standing, FeedSettings { blocked: true, ..FeedSettings::default() });
        let kept = feed(draft.clone(), &standing, &own()).expect("accepted");
        assert_eq!(kept, draft);
        assert!(feed(draft, &show(), &own()).is_err());
    }

    #[test]
    fn c10_a_feed_never_moves_to_ourselves() {
        for (to, code) in [
            ("https://new.example/feed.xml", None),
            ("http://new.example:8080/feed.xml?a=b", None),
            ("https://site.example/feeds/a.xml", Some("moved-to-own")),
            ("http://SITE.example:81/x", Some("moved-to-own")),
            ("https://site.example./x", Some("moved-to-own")),
            ("https://old.example/x", Some("moved-to-own")),
            ("https://show.example/feeds/a.xml", Some("moved-to-own")),
            ("https://sud.example/f.xml", Some("moved-to-own")),
            ("https://notsite.example/x", None),
            ("/feeds/a.xml", Some("url-malformed")),
            ("javascript:alert(1)", Some("url-malformed")),
            ("https://new.example/é.xml", Some("url-malformed")),
            ("https://new.example/a\nb", Some("url-malformed")),
            ("  ", None),
        ] {
            let draft = FeedDraft { moved_to: to.to_owned(), ..FeedDraft::default() };
            let got = feed(draft, &show(), &own()).err().map(|r| r.fields[0].code);
            assert_eq!(got, code, "{to}");
        }
    }
}
