//! What an organisation may choose about comments.

use kernel::{Refusal, line};

use crate::model::{Hold, Notify, Settings};

/// The most blocked words, and the longest of them.
pub const MOST_WORDS: usize = 500;

/// The form as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsDraft {
    /// A word of [`Hold`].
    pub hold: String,
    /// A number of days, or nothing.
    pub closes_after_days: String,
    /// A number.
    pub most_links: String,
    /// One a line.
    pub blocked_words: String,
    /// A word of [`Notify`].
    pub notify: String,
}

/// Checks the form; `version` is the one it began from.
///
/// # Errors
/// `comment-settings` with a problem per field.
pub fn check(draft: &SettingsDraft, version: i64) -> Result<Settings, Refusal> {
    let mut refusal = Refusal::invalid("comment-settings");
    let hold = Hold::parse(&draft.hold);
    if hold.is_none() {
        refusal = refusal.field("hold", "choose");
    }
    let days = line(&draft.closes_after_days);
    let closes = days.parse::<i64>().ok().filter(|d| (1..=3_650).contains(d));
    if !days.is_empty() && closes.is_none() {
        refusal = refusal.field("closes_after_days", "comment-days");
    }
    let links = line(&draft.most_links).parse::<i64>().ok().filter(|n| (0..=50).contains(n));
    if links.is_none() {
        refusal = refusal.field("most_links", "comment-links");
    }
    let mut words: Vec<String> = draft.blocked_words.lines().map(line).filter(|w| !w.is_empty()).collect();
    words.dedup();
    if words.len() > MOST_WORDS || words.iter().any(|w| w.chars().count() > 100) {
        refusal = refusal.field("blocked_words", "comment-words");
    }
    let notify = Notify::parse(&draft.notify);
    if notify.is_none() {
        refusal = refusal.field("notify", "choose");
    }
    refusal.unless_clean()?;
    Ok(Settings {
        hold: hold.unwrap_or(Hold::First),
        closes_after_days: closes,
        most_links: links.unwrap_or(0),
        blocked_words: words,
        notify: notify.unwrap_or(Notify::Off),
        version,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_is_checked() {
        let right = SettingsDraft {
            hold: "first".to_owned(),
            closes_after_days: " 30 ".to_owned(),
            most_links: "2".to_owned(),
            blocked_words: "casino\n\n crédit facile \n".to_owned(),
            notify: "daily".to_owned(),
        };
        let settings = check(&right, 3).expect("right");
        assert_eq!((settings.closes_after_days, settings.version), (Some(30), 3));
        assert_eq!(settings.blocked_words, ["casino", "crédit facile"]);
        let wrong = SettingsDraft {
            hold: "x".to_owned(),
            closes_after_days: "0".to_owned(),
            most_links: "-1".to_owned(),
            blocked_words: "x".repeat(101),
            notify: String::new(),
        };
        let fields: Vec<&str> = check(&wrong, 0).expect_err("wrong").fields.iter().map(|f| f.name).collect();
        assert_eq!(fields, ["hold", "closes_after_days", "most_links", "blocked_words", "notify"]);
    }
}
