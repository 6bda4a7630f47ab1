//! What is sent about a show's feed and its desk, checked field by field; and the list of Apple's categories. Texts and
//! credits are checked in `check`, host and colour in `host` and `theme`.

use kernel::{Arg, Refusal, line};
use serde::{Deserialize, Serialize};

use crate::model::{DeskSettings, Funding, TxtRecord, UpdateFrequency};
use crate::rules::check::is_web_url;
use crate::rules::host::Reserved;

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

/// Checks and cleans what is sent about a feed. `own` are this site's names: a feed cannot move to itself.
///
/// # Errors
/// Every field with a problem.
pub fn feed(mut draft: FeedDraft, own: &Reserved, host: Option<&str>) -> Result<FeedDraft, Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    draft.medium = line(&draft.medium);
    if draft.medium.is_empty() {
        draft.medium = "podcast".to_owned();
    } else if !MEDIA.contains(&draft.medium.as_str()) {
        refusal = refusal.field("medium", "medium-unknown");
    }
    for record in &mut draft.txt {
        (record.purpose, record.value) = (line(&record.purpose), line(&record.value));
        // The namespace allows 128 characters of purpose and 4,000 of text.
        if record.value.is_empty() || record.value.chars().count() > 4000 || record.purpose.chars().count() > 128 {
            refusal = refusal.field("txt", "txt-malformed");
        }
    }
    for link in &mut draft.funding {
        (link.url, link.text) = (line(&link.url), line(&link.text));
        if !is_web_url(&link.url) || link.text.chars().count() > 128 {
            refusal = refusal.field("funding", "url-malformed");
        }
    }
    for (name, count) in [("txt", draft.txt.len()), ("funding", draft.funding.len())] {
        if count > MOST {
            refusal = refusal.field_with(name, "too-many", ("most", Arg::Int(20)));
        }
    }
    let frequency = &mut draft.update_frequency;
    (frequency.text, frequency.rrule) = (line(&frequency.text), line(&frequency.rrule).to_uppercase());
    if frequency.text.chars().count() > 128 {
        refusal = refusal.field_with("frequency", "too-long", ("most", Arg::Int(128)));
    }
    if !frequency.rrule.is_empty() && !is_rrule(&frequency.rrule) {
        refusal = refusal.field("rrule", "rrule-malformed");
    } else if !frequency.rrule.is_empty() && frequency.text.is_empty() {
        refusal = refusal.field("frequency", "required");
    }
    draft.owner_email = line(&draft.owner_email);
    if !draft.owner_email.is_empty() && !is_email(&draft.owner_email) {
        refusal = refusal.field("owner_email", "email-malformed");
    }
    draft.moved_to = line(&draft.moved_to);
    if !draft.moved_to.is_empty() {
        let name = url::Url::parse(&draft.moved_to).ok().and_then(|u| u.host_str().map(str::to_owned));
        let to_itself = name.as_deref().is_some_and(|n| {
            n == own.main || Some(n) == host || own.former.iter().any(|f| crate::rules::host::of_header(f) == n)
        });
        if !is_web_url(&draft.moved_to) {
            refusal = refusal.field("moved_to", "url-malformed");
        } else if to_itself {
            refusal = refusal.field("moved_to", "moved-to-itself");
        }
    }
    refusal.unless_clean()?;
    Ok(draft)
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

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let plain = |t: &str| !t.is_empty() && !t.contains(['@', ' ', '<', '>', '"', ',']);
    text.len() <= 254 && plain(local) && plain(domain) && domain.contains('.') && !domain.starts_with('.')
}

/// Whether a text is a recurrence rule of RFC 5545 §3.3.10, as far as its grammar goes.
#[must_use]
pub fn is_rrule(text: &str) -> bool {
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

/// Apple's categories with their sub-categories, as feeds write them (the list of Apple Podcasts for creators).
pub const CATEGORIES: &[(&str, &[&str])] = &[
    ("Arts", &["Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"]),
    ("Business", &["Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"]),
    ("Comedy", &["Comedy Interviews", "Improv", "Stand-Up"]),
    ("Education", &["Courses", "How To", "Language Learning", "Self-Improvement"]),
    ("Fiction", &["Comedy Fiction", "Drama", "Science Fiction"]),
    ("Government", &[]),
    ("Health & Fitness", &["Alternative Health", "Fitness", "Medicine", "Mental Health", "Nutrition", "Sexuality"]),
    ("History", &[]),
    ("Kids & Family", &["Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"]),
    (
        "Leisure",
        &["Animation & Manga", "Automotive", "Aviation", "Crafts", "Games", "Hobbies", "Home & Garden", "Video Games"],
    ),
    ("Music", &["Music Commentary", "Music History", "Music Interviews"]),
    (
        "News",
        &[
            "Business News",
            "Daily News",
            "Entertainment News",
            "News Commentary",
            "Politics",
            "Sports News",
            "Tech News",
        ],
    ),
    (
        "Religion & Spirituality",
        &["Buddhism", "Christianity", "Hinduism", "Islam", "Judaism", "Religion", "Spirituality"],
    ),
    (
        "Science",
        &[
            "Astronomy",
            "Chemistry",
            "Earth Sciences",
            "Life Sciences",
            "Mathematics",
            "Natural Sciences",
            "Nature",
            "Physics",
            "Social Sciences",
        ],
    ),
    ("Society & Culture", &["Documentary", "Personal Journals", "Philosophy", "Places & Travel", "Relationships"]),
    (
        "Sports",
        &[
            "Baseball",
            "Basketball",
            "Cricket",
            "Fantasy Sports",
            "Football",
            "Golf",
            "Hockey",
            "Rugby",
            "Running",
            "Soccer",
            "Swimming",
            "Tennis",
            "Volleyball",
            "Wilderness",
            "Wrestling",
        ],
    ),
    ("Technology", &[]),
    ("True Crime", &[]),
    ("TV & Film", &["After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recurrence_rules_are_told_from_other_texts() {
        for (text, good) in [
            ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", true),
            ("FREQ=MONTHLY;BYDAY=-1FR;INTERVAL=2", true),
            ("FREQ=DAILY;UNTIL=20261231T070000Z", true),
            ("FREQ=DAILY;COUNT=3", true),
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

    #[test]
    fn problems_of_a_feed_are_named_by_field() {
        let own = Reserved { main: "site.example".to_owned(), former: Vec::new() };
        let good = FeedDraft::default();
        let txt = |purpose: &str, value: &str| TxtRecord { purpose: purpose.to_owned(), value: value.to_owned() };
        let funding = |url: &str| Funding { url: url.to_owned(), text: String::new() };
        let frequency = |text: &str, rrule: &str| UpdateFrequency { text: text.to_owned(), rrule: rrule.to_owned() };
        for (draft, field, code) in [
            (FeedDraft { medium: "opera".to_owned(), ..good.clone() }, "medium", "medium-unknown"),
            (FeedDraft { txt: vec![txt("verify", "")], ..good.clone() }, "txt", "txt-malformed"),
            (FeedDraft { txt: vec![txt("", "x"); 21], ..good.clone() }, "txt", "too-many"),
            (FeedDraft { funding: vec![funding("javascript:x")], ..good.clone() }, "funding", "url-malformed"),
            (FeedDraft { update_frequency: frequency("x", "DAILY"), ..good.clone() }, "rrule", "rrule-malformed"),
            (FeedDraft { update_frequency: frequency("", "FREQ=DAILY"), ..good.clone() }, "frequency", "required"),
            (FeedDraft { owner_email: "nobody".to_owned(), ..good.clone() }, "owner_email", "email-malformed"),
            (FeedDraft { moved_to: "ftp://a.example".to_owned(), ..good.clone() }, "moved_to", "url-malformed"),
            (
                FeedDraft { moved_to: "https://site.example/f.xml".to_owned(), ..good.clone() },
                "moved_to",
                "moved-to-itself",
            ),
            (
                FeedDraft { moved_to: "https://sud.example/f.xml".to_owned(), ..good.clone() },
                "moved_to",
                "moved-to-itself",
            ),
        ] {
            let refusal = feed(draft, &own, Some("sud.example")).expect_err("refused");
            assert!(refusal.fields.iter().any(|f| f.name == field && f.code == code), "{field} {code}: {refusal}");
        }
        assert_eq!(feed(good, &own, None).expect("accepted").medium, "podcast");
    }
}
