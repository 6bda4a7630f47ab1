//! Rules `fluent-keys` and `french-marks`: both languages say the same things, and French is set as French.
//!
//! Whether a translation is good is for a reader. Here: same files, keys and variables; narrow no-break space before
//! double punctuation; curly apostrophes.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::ftl::{self, Entry, HOLE};
use crate::tree::{self, Tree};

const KEYS: &str = "fluent-keys";
const MARKS: &str = "french-marks";

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let mut pairs: BTreeSet<(String, String)> = BTreeSet::new();
    for (path, _) in tree.with_extension("ftl") {
        let parts: Vec<&str> = path.split('/').collect();
        if let ["crates", name, "locales", "fr" | "en", file] = parts.as_slice() {
            pairs.insert(((*name).to_owned(), (*file).to_owned()));
        }
    }
    for (name, file) in pairs {
        let [fr, en] = ["fr", "en"].map(|lang| format!("crates/{name}/locales/{lang}/{file}"));
        match (tree.text(&fr), tree.text(&en)) {
            (Some(french), Some(english)) => {
                let (french, english) = (ftl::read(french), ftl::read(english));
                compare((&fr, &french), (&en, &english), findings);
                compare((&en, &english), (&fr, &french), findings);
                check_french(&fr, &french, findings);
            }
            (present, _) => {
                let (here, missing) = if present.is_some() { (&fr, &en) } else { (&en, &fr) };
                findings.push(Finding::new(here, 1, KEYS, format!("the other language is missing: {missing}")));
            }
        }
    }
    check_twice(tree, findings);
}

/// Reports what `from` has and `to` lacks. Variables are compared from both sides, so a difference shows in each file
/// that uses the extra one.
fn compare(from: (&str, &[Entry]), to: (&str, &[Entry]), findings: &mut Vec<Finding>) {
    for entry in from.1 {
        let Some(twin) = to.1.iter().find(|twin| twin.key == entry.key) else {
            let message = format!("`{}` is not in {}", entry.key, to.0);
            findings.push(Finding::new(from.0, entry.line, KEYS, message));
            continue;
        };
        for variable in entry.variables.difference(&twin.variables) {
            let message = format!("`{}` uses ${variable}, but not in {}:{}", entry.key, to.0, twin.line);
            findings.push(Finding::new(from.0, entry.line, KEYS, message));
        }
    }
}

/// A key defined twice in one crate and language: the later one would be dropped without a word.
fn check_twice(tree: &Tree, findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    for (path, text) in tree.with_extension("ftl").filter(|(path, _)| tree::crate_of(path).is_some()) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for entry in ftl::read(text) {
            let place = format!("{path}:{}", entry.line);
            if let Some(first) = seen.insert((folder.to_owned(), entry.key.clone()), place) {
                let message = format!("`{}` is already defined at {first}", entry.key);
                findings.push(Finding::new(path, entry.line, KEYS, message));
            }
        }
    }
}

fn check_french(path: &str, entries: &[Entry], findings: &mut Vec<Finding>) {
    for entry in entries {
        for (line, text) in &entry.texts {
            for fault in french_faults(text) {
                findings.push(Finding::new(path, *line, MARKS, format!("`{}`: {fault}", entry.key)));
            }
        }
    }
}

fn french_faults(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut faults = Vec::new();
    for (at, &c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|index| chars.get(index)).copied();
        let after = chars.get(at + 1).copied();
        let letters = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() || c == HOLE);
        match c {
            ';' | ':' | '!' | '?' | '»' if before == Some(' ') => {
                faults.push(format!("a plain space before `{c}`: use U+202F"));
            }
            ';' | ':' | '!' | '?' | '»' if glued(&chars, at) => {
                faults.push(format!("no space before `{c}`: use U+202F"));
            }
            '«' if after == Some(' ') => faults.push("a plain space after `«`: use U+202F".to_owned()),
            '\'' if letters(before) && letters(after) => faults.push("a straight apostrophe: use ’".to_owned()),
            _ => {}
        }
    }
    faults
}

/// Whether a mark follows a word without any space and ends it: `Non!`, but not `https://…`, `12:30` or `&amp;`.
fn glued(chars: &[char], at: usize) -> bool {
    let ends = chars.get(at + 1).is_none_or(|c| c.is_whitespace() || *c == '»');
    let word: String = chars[..at].iter().rev().take_while(|c| !c.is_whitespace()).collect();
    let entity = chars[at] == ';' && word.contains('&');
    let address = word.contains("//:");
    let follows = word.starts_with(|c: char| c.is_alphanumeric() || matches!(c, HOLE | ')' | '%'));
    ends && follows && !entity && !address
}

#[cfg(test)]
mod tests {
    use crate::testing::caught;

    fn pair(rule: &str, fr: &str, en: &str) -> Vec<String> {
        let found = caught(rule, &[("crates/ui/locales/fr/a.ftl", fr), ("crates/ui/locales/en/a.ftl", en)]);
        found.into_iter().map(|place| place.replace("crates/ui/locales/", "")).collect()
    }

    #[test]
    fn both_languages_have_the_same_keys_and_variables() {
        assert!(pair("fluent-keys", "a = x { $n }\n", "a = { $n ->\n [one] y\n *[other] z\n }\n").is_empty());
        assert_eq!(pair("fluent-keys", "a = x\nb = y\n", "a = x\n"), ["fr/a.ftl:2"]);
        assert_eq!(pair("fluent-keys", "a = x\n", "a = x\n    .title = y\n"), ["en/a.ftl:2"]);
        assert_eq!(pair("fluent-keys", "a = { $m }\n", "a = { $n }\n"), ["en/a.ftl:1", "fr/a.ftl:1"]);
        assert_eq!(caught("fluent-keys", &[("crates/ui/locales/fr/b.ftl", "")]), ["crates/ui/locales/fr/b.ftl:1"]);
    }

    #[test]
    fn a_key_is_defined_once_per_language() {
        let one = [("crates/ui/locales/fr/a.ftl", "a = x\n"), ("crates/ui/locales/en/a.ftl", "a = x\n")];
        let two = [("crates/ui/locales/fr/b.ftl", "a = x\n"), ("crates/ui/locales/en/b.ftl", "a = x\n")];
        assert_eq!(caught("fluent-keys", &[one[0], one[1], two[0], two[1]]).len(), 2);
    }

    #[test]
    fn french_is_set_as_french() {
        for bad in [
            "Non !",
            "Non!",
            "« oui\u{202f}»",
            "l'heure",
            "{ $a } :",
            "{ $a }:",
            "« non »",
            "{ $n ->\n [one] Un ?\n *[other] x\n }",
        ] {
            assert!(!pair("french-marks", &format!("a = {bad}\n"), "a = x\n").is_empty(), "{bad}");
        }
        for good in [
            "Non\u{202f}!",
            "Non\u{202f}?!",
            "À 12:30, voir https://a.example/?b et http://c.example:80/d?",
            "«\u{202f}l’heure\u{202f}»\u{202f}: oui",
            "A &amp; B",
            "{ $n ->\n [one] Un\n *[other] x\n }",
            "{ \" ! l'eau\" }",
        ] {
            assert!(pair("french-marks", &format!("a = {good}\n"), "a = x\n").is_empty(), "{good}");
        }
        assert!(pair("french-marks", "a = x\n", "a = It's so!\n").is_empty());
    }
}
