//! Names in addresses: made from titles in any script, checked when typed, kept apart when they collide.

use std::collections::HashSet;

/// Makes a slug of a title: ASCII letters, digits and dashes, at most 80; `fallback` when nothing is left.
#[must_use]
pub fn from_title(title: &str, fallback: &str) -> String {
    let full = slug::slugify(title);
    let mut cut = full.as_str();
    if cut.len() > 80 {
        cut = &full[..80];
        // Cut between words when one ends in the second half.
        if let Some(dash) = cut.rfind('-').filter(|i| *i > 40) {
            cut = &cut[..dash];
        }
    }
    let cut = cut.trim_matches('-');
    if cut.is_empty() { fallback.to_owned() } else { cut.to_owned() }
}

/// Whether a typed slug can stand in an address: 1 to 80 lower-case letters, digits and single inner dashes.
#[must_use]
pub fn is_valid(slug: &str) -> bool {
    let chars = slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    chars && (1..=80).contains(&slug.len()) && !slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--")
}

/// The first of `slug`, `slug-2`, `slug-3` … that is not taken.
#[must_use]
pub fn apart(slug: &str, taken: &HashSet<String>) -> String {
    if !taken.contains(slug) {
        return slug.to_owned();
    }
    (2_u64..).map(|n| format!("{slug}-{n}")).find(|s| !taken.contains(s)).unwrap_or_else(|| slug.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_any_script_give_addresses() {
        for (title, expected) in [
            ("Qui est payé, qui protège ?", "qui-est-paye-qui-protege"),
            ("Ça & là", "ca-la"),
            ("🎉", "tada"),
            ("  ", "x"),
            ("Αθήνα", "athena"),
        ] {
            let slug = from_title(title, "x");
            assert!(is_valid(&slug), "{slug}");
            assert_eq!(slug, expected, "{title}");
        }
        let long = from_title(&"mot ".repeat(60), "x");
        assert!(long.len() <= 80 && is_valid(&long));
    }

    #[test]
    fn collisions_are_numbered() {
        let taken: HashSet<String> = ["a", "a-2"].into_iter().map(str::to_owned).collect();
        assert_eq!(apart("a", &taken), "a-3");
        assert_eq!(apart("b", &taken), "b");
    }
}
