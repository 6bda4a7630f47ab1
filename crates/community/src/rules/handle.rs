//! Handles: the names of voices in addresses and mentions. Pure. They are ASCII, so that nobody can pass for another with
//! letters that only look alike, and they are compared without case.

/// The fewest characters.
pub const SHORTEST: usize = 3;
/// The most characters.
pub const LONGEST: usize = 30;

/// The most handles of before that stay a voice's own: each is taken from everybody else for ever.
pub const MOST_FORMER: usize = 5;
/// The most new handles within a day.
pub const MOST_A_DAY: usize = 2;
/// A day, in seconds.
const DAY: i64 = 86_400;

/// Words that would be taken for a part of the site or for its team.
const RESERVED: [&str; 37] = [
    "about",
    "account",
    "admin",
    "administrator",
    "all",
    "anonymous",
    "api",
    "clips",
    "everyone",
    "explore",
    "feed",
    "feeds",
    "help",
    "here",
    "join",
    "log",
    "mail",
    "me",
    "media",
    "members",
    "moderation",
    "moderator",
    "new",
    "official",
    "order",
    "people",
    "posts",
    "privacy",
    "root",
    "search",
    "security",
    "static",
    "studio",
    "support",
    "system",
    "team",
    "traboule",
];

pub use crate::model::fold_handle as fold;
use kernel::At;

/// Whether these characters can be a handle, reserved or not.
#[must_use]
pub fn is_handle(text: &str) -> bool {
    let bytes = text.as_bytes();
    let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    (SHORTEST..=LONGEST).contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        && edge(bytes.first())
        && edge(bytes.last())
        && !text.contains("--")
        && !text.contains("__")
        && bytes.iter().any(u8::is_ascii_alphabetic)
}

/// Reads a handle as somebody typed it, with or without the `@`.
///
/// # Errors
/// `required`, `handle-form` or `handle-taken`; a reserved word counts as taken.
pub fn check(typed: &str) -> Result<String, &'static str> {
    let handle = typed.trim().trim_start_matches('@');
    if handle.is_empty() {
        return Err("required");
    }
    if !is_handle(handle) {
        return Err("handle-form");
    }
    if RESERVED.contains(&handle.to_ascii_lowercase().as_str()) {
        return Err("handle-taken");
    }
    Ok(handle.to_owned())
}

/// Whether a voice may take a handle it never had. `since` is when it took each of those it has or had, the first one
/// included.
///
/// # Errors
/// `handle-many` when it had as many as stay anybody's own, `handle-often` when it took others today.
pub fn may_take(since: &[At], now: At) -> Result<(), &'static str> {
    if since.len() > MOST_FORMER {
        return Err("handle-many");
    }
    let mut since = since.to_vec();
    since.sort_unstable();
    // The first one was no change.
    let today = since.iter().skip(1).filter(|at| **at > now.plus_seconds(-DAY)).count();
    if today >= MOST_A_DAY { Err("handle-often") } else { Ok(()) }
}

/// The folded handles that belong to the voice of a show or an organisation with this slug, whether it is a voice yet or not.
#[must_use]
pub fn of_house(slug: &str) -> [String; 2] {
    [fold(slug), fold(&propose(slug, |_| false))]
}

/// A handle made from a name or a slug that was already put into plain letters (`a-z0-9-`); a number is added until it is
/// free. `taken` says whether a folded handle is somebody's.
#[must_use]
pub fn propose(plain: &str, mut taken: impl FnMut(&str) -> bool) -> String {
    let mut base: String = plain.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    base.truncate(LONGEST - 6);
    while base.contains("--") {
        base = base.replace("--", "-");
    }
    let trimmed = base.trim_matches('-');
    let base = if trimmed.chars().any(|c| c.is_ascii_alphabetic()) { trimmed } else { "member" };
    let numbered = |n: usize| if n == 1 { base.to_owned() } else { format!("{base}-{n}") };
    let free = (1..99_999).map(numbered).find(|h| check(h).is_ok() && !taken(&fold(h)));
    free.unwrap_or_else(|| base.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn handles() {
        for good in ["ada", "@ada", "Ada_L", "de-plain-pied", "a1b", " ada "] {
            assert_eq!(check(good).as_deref(), Ok(good.trim().trim_start_matches('@')), "{good}");
        }
        for (bad, code) in [
            ("", "required"),
            ("@", "required"),
            ("ab", "handle-form"),
            ("-ada", "handle-form"),
            ("ada_", "handle-form"),
            ("a--b", "handle-form"),
            ("été", "handle-form"),
            ("a b", "handle-form"),
            ("123", "handle-form"),
            ("a234567890123456789012345678901", "handle-form"),
            ("Admin", "handle-taken"),
            ("traboule", "handle-taken"),
        ] {
            assert_eq!(check(bad), Err(code), "{bad}");
        }
    }

    #[test]
    fn proposals_are_free() {
        assert_eq!(propose("ada-lovelace", |_| false), "ada-lovelace");
        assert_eq!(propose("ada", |h| h == "ada" || h == "ada-2"), "ada-3");
        assert_eq!(propose("admin", |_| false), "admin-2");
        assert_eq!(propose("", |_| false), "member");
        assert_eq!(propose("x", |_| false), "x-2");
    }

    #[test]
    fn a_voice_takes_two_handles_a_day_and_keeps_five() {
        let at = |hours: i64| At::from_micros(hours * 3_600_000_000);
        for (since, now, expected) in [
            (vec![at(0)], at(0), Ok(())),
            (vec![at(0), at(1)], at(1), Ok(())),
            (vec![at(0), at(1), at(2)], at(3), Err("handle-often")),
            (vec![at(0), at(1), at(2)], at(24), Err("handle-often")),
            (vec![at(0), at(1), at(2)], at(25), Ok(())),
            ((0..5).map(|day| at(day * 48)).collect(), at(999), Ok(())),
            ((0..6).map(|day| at(day * 48)).collect(), at(999), Err("handle-many")),
        ] {
            assert_eq!(may_take(&since, now), expected, "{since:?}");
        }
        assert_eq!(of_house("De-Plain-Pied"), ["de-plain-pied", "de-plain-pied"].map(str::to_owned));
        assert_eq!(of_house("une-tres-longue-emission-locale")[1], "une-tres-longue-emission");
    }

    proptest! {
        #[test]
        fn every_proposal_is_a_handle(plain in "[a-z0-9-]{0,60}", n in 0_usize..5) {
            let taken: Vec<String> = (0..n).map(|i| if i == 0 { plain.clone() } else { format!("{plain}-{}", i + 1) }).collect();
            let proposed = propose(&plain, |h| taken.iter().any(|t| t == h));
            prop_assert_eq!(check(&proposed), Ok(proposed.clone()));
            prop_assert!(!taken.contains(&proposed));
        }

        #[test]
        fn any_text_is_refused_or_kept(text in "\\PC{0,40}") {
            if let Ok(handle) = check(&text) {
                prop_assert!(is_handle(&handle));
                prop_assert_eq!(fold(&handle), fold(&text));
            }
        }
    }
}
