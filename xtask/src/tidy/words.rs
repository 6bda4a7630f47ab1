//! Rules `word`, `template` and `sleep`: things that must not stay in the repository.
//!
//! A word may stay where its line carries the allow comment with a reason of some length. The words are put together
//! from halves here, so that this file does not catch itself.

use super::{Finding, RustFile};
use crate::lexer;
use crate::paths;
use crate::tree::{self, Tree};

/// What a forbidden word must stand next to in order to count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Match {
    /// Anywhere.
    Part,
    /// No letter, digit or underscore on either side.
    Word,
    /// A path from the root of a machine: nothing of a longer path or address before it.
    Root,
}

const UNFINISHED: &str = "finish it or open an issue";
const MACHINE: &str = "a path or host of one machine: make it relative or configurable";

const WORDS: &[(&str, Match, &str)] = &[
    (concat!("TO", "DO"), Match::Word, UNFINISHED),
    (concat!("FIX", "ME"), Match::Word, UNFINISHED),
    (concat!("XX", "X"), Match::Word, UNFINISHED),
    (concat!("unimple", "mented!"), Match::Part, UNFINISHED),
    (concat!("to", "do!"), Match::Word, UNFINISHED),
    (concat!("db", "g!"), Match::Word, "a trace left behind"),
    (concat!("#[", "ignore"), Match::Part, "a test runs or goes"),
    (concat!("/wo", "rk/"), Match::Root, MACHINE),
    (concat!("/ho", "me/"), Match::Root, MACHINE),
    (concat!("/fa", "rm/"), Match::Root, MACHINE),
    (concat!("/ro", "ot/"), Match::Root, MACHINE),
    (concat!("artif", "actory"), Match::Part, MACHINE),
];

const ALLOW: &str = concat!("tidy-", "allow:");

/// A reason shorter than this says nothing.
const SHORTEST_REASON: usize = 10;

pub(super) fn check(tree: &Tree, rust: &[RustFile<'_>], findings: &mut Vec<Finding>) {
    for (path, text) in &tree.texts {
        if path.ends_with(".lock") {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            check_line(path, index + 1, line, findings);
        }
        if path.ends_with(".html") && tree::crate_of(path).is_some() && path.contains("/templates/") {
            check_template(path, text, findings);
        }
    }
    for file in rust {
        check_sleeps(file, findings);
    }
}

fn check_line(path: &str, number: usize, line: &str, findings: &mut Vec<Finding>) {
    for (word, how, advice) in WORDS {
        if !occurs(line, word, *how) {
            continue;
        }
        match reason(line) {
            Some(reason) if reason.len() >= SHORTEST_REASON => {}
            Some(_) => {
                let message = format!("`{ALLOW}` must be followed by a reason of {SHORTEST_REASON} characters or more");
                findings.push(Finding::new(path, number, "word", message));
            }
            None => findings.push(Finding::new(path, number, "word", format!("`{word}`: {advice}"))),
        }
    }
}

/// What follows the allow mark on a line, without the marks that close a comment.
fn reason(line: &str) -> Option<&str> {
    let (_, reason) = line.split_once(ALLOW)?;
    Some(reason.trim().trim_end_matches("-->").trim_end_matches("*/").trim_end_matches("#}").trim())
}

fn occurs(line: &str, word: &str, how: Match) -> bool {
    let letter = |c: char| c == '_' || c.is_alphanumeric();
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        match how {
            Match::Part => true,
            Match::Word => !before.is_some_and(letter) && (word.ends_with('!') || !after.is_some_and(letter)),
            Match::Root => !before.is_some_and(|c| letter(c) || matches!(c, '.' | '-' | '/' | '}' | ')' | '~' | '*')),
        }
    })
}

fn check_template(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let lower = text.to_ascii_lowercase();
    let mut push = |at: usize, message: &str| {
        let line = text[..at].matches('\n').count() + 1;
        findings.push(Finding::new(path, line, "template", message));
    };
    for quote in ['"', '\''] {
        for (at, _) in lower.match_indices(&format!("style={quote}")) {
            if starts_attribute(&lower[..at]) {
                push(at, "an inline style: the content policy refuses it, use a class");
            }
        }
    }
    for (at, _) in lower.match_indices("<script") {
        let tag = lower[at..].split('>').next().unwrap_or_default();
        let data = ["application/ld+json", "application/json"].iter().any(|kind| tag.contains(kind));
        if !tag.contains(" src=") && !tag.contains("\nsrc=") && !data {
            push(at, "an inline script: the content policy refuses it, use a module file");
        }
    }
    for (at, _) in lower.match_indices("on") {
        if is_handler(&lower, at) {
            push(at, "an inline event handler: the content policy refuses it, use a module file");
        }
    }
}

/// Whether `on` at this place starts an attribute such as `onclick="…"`.
fn is_handler(lower: &str, at: usize) -> bool {
    let rest = &lower[at + 2..];
    let name = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
    let after = rest[name..].trim_start();
    let quoted = after.strip_prefix('=').is_some_and(|value| value.trim_start().starts_with(['"', '\'']));
    name > 0 && quoted && starts_attribute(&lower[..at])
}

/// Whether an attribute may start after this text: inside a tag, after a space or the quote of another attribute.
fn starts_attribute(before: &str) -> bool {
    let in_tag = before.rfind('<') > before.rfind('>');
    in_tag && before.ends_with(|c: char| c.is_ascii_whitespace() || c == '"' || c == '\'')
}

fn check_sleeps(file: &RustFile<'_>, findings: &mut Vec<Finding>) {
    let whole = lexer::is_test_file(file.path);
    for path in paths::paths(&file.tokens, &[]) {
        let sleeps = matches!(path.parts.as_slice(), [.., owner, last]
            if (owner == "thread" || owner == "time") && last.starts_with("sleep"));
        if sleeps && (whole || path.in_test) {
            let message = "a test that sleeps is slow or flaky: wait for the event, or move the clock";
            findings.push(Finding::new(file.path, path.line, "sleep", message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::caught;

    #[test]
    fn every_word_is_caught() {
        for (word, _, _) in WORDS {
            assert_eq!(caught("word", &[("notes.md", &format!("a\nsee {word}) b"))]), ["notes.md:2"], "{word}");
        }
    }

    #[test]
    fn longer_words_and_addresses_pass() {
        let (a, b, home, x) = (WORDS[0].0, WORDS[4].0, WORDS[8].0, WORDS[2].0);
        for line in [format!("{a}S_{a}"), format!("my_{b}"), format!("https://a.example{home}b"), format!("{x}L")] {
            assert!(caught("word", &[("notes.md", &line)]).is_empty(), "{line}");
        }
    }

    #[test]
    fn a_reason_excuses_and_an_empty_one_does_not() {
        let word = WORDS[0].0;
        let good = format!("{word} <!-- {ALLOW} the guide names the word -->");
        assert!(caught("word", &[("a.md", &good)]).is_empty());
        assert_eq!(caught("word", &[("a.md", &format!("{word} // {ALLOW}"))]).len(), 1);
        assert_eq!(caught("word", &[("a.md", &format!("{word} <!-- {ALLOW} ok -->"))]).len(), 1);
    }

    #[test]
    fn templates_hold_no_styles_scripts_or_handlers() {
        let path = "crates/ui/templates/page.html";
        for bad in [
            "<p style=\"a\">",
            "<p class='b' style='a'>",
            "<script>a()</script>",
            "<SCRIPT type=\"module\">",
            "<a\nonclick=\"b\">",
            "<a href=\"\"onload = 'b'>",
        ] {
            assert_eq!(caught("template", &[(path, bad)]).len(), 1, "{bad}");
        }
        let good = "<script src=\"a.js\" type=\"module\"></script><script\nsrc=\"b\"></script><p data-style=\"x\">on=\"y\" content=\"on\"\n\
                    <script type=\"application/ld+json\">{}</script><link rel=\"stylesheet\"> one = \"two\"";
        assert!(caught("template", &[(path, good)]).is_empty());
        assert!(caught("template", &[("docs/a.html", "<p style=\"a\">")]).is_empty());
    }

    #[test]
    fn tests_do_not_sleep() {
        let naps =
            ["std::thread::sleep(d);", "tokio::time::sleep(d).await;", "time::sleep(d)", "use std::thread::sleep;"];
        for nap in naps {
            assert_eq!(caught("sleep", &[("crates/it/tests/it/a.rs", nap)]).len(), 1, "{nap}");
            assert_eq!(caught("sleep", &[("crates/a/tests/b.rs", nap)]).len(), 1, "{nap}");
            let inner = format!("#[cfg(test)]\nmod tests {{ {nap} }}");
            assert_eq!(caught("sleep", &[("crates/a/src/b.rs", &inner)]).len(), 1, "{nap}");
            assert!(caught("sleep", &[("crates/a/src/b.rs", nap)]).is_empty(), "{nap}");
        }
        assert!(caught("sleep", &[("crates/it/tests/it/a.rs", "// thread::sleep\nfn sleep() {}")]).is_empty());
    }
}
