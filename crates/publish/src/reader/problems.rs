//! Collects problems: one per code and item, bounded in number and length, safe to print.
//! It must never let an e-mail address or a control character into a text.

use super::model::Problem;
use std::collections::HashSet;

const MAX_TEXT: usize = 200;
const MAX_EXCERPT: usize = 60;

/// A bounded list of problems.
#[derive(Debug)]
pub(crate) struct Problems {
    list: Vec<Problem>,
    seen: HashSet<(&'static str, Option<usize>)>,
    last: Option<(&'static str, Option<usize>)>,
    max: usize,
    unlisted: usize,
}

impl Problems {
    /// An empty list that holds at most `max` entries and one closing line.
    pub(crate) fn new(max: usize) -> Self {
        Self { list: Vec::new(), seen: HashSet::new(), last: None, max, unlisted: 0 }
    }

    /// Adds a problem unless the same code is already there for the same item.
    pub(crate) fn add(&mut self, code: &'static str, item: Option<usize>, text: impl Into<String>) {
        if self.has(code, item) {
            return;
        }
        if self.list.len() >= self.max {
            self.unlisted += 1;
            return;
        }
        self.seen.insert((code, item));
        self.list.push(Problem { code, item, text: cut(&text.into(), MAX_TEXT) });
    }

    /// Whether this code was reported for this item. Asked before a text is put together
    /// where hostile input comes by millions of times.
    pub(crate) fn has(&mut self, code: &'static str, item: Option<usize>) -> bool {
        let key = (code, item);
        if self.last == Some(key) {
            return true;
        }
        let known = self.seen.contains(&key);
        if known {
            self.last = Some(key);
        }
        known
    }

    /// The list, feed problems first, then by item, with a closing line if some were left out.
    pub(crate) fn into_list(self) -> Vec<Problem> {
        let mut list = self.list;
        list.sort_by_key(|problem| problem.item.map_or(0, |index| index.saturating_add(1)));
        if self.unlisted > 0 {
            list.push(Problem {
                code: "too_many_problems",
                item: None,
                text: format!("At least {} further problems are not listed.", self.unlisted),
            });
        }
        list
    }

    /// Forgets what was said about items from `index` on, because they were not kept.
    pub(crate) fn forget_items_from(&mut self, index: usize) {
        self.list.retain(|problem| problem.item.is_none_or(|item| item < index));
    }
}

/// A short quoted piece of `text` for a problem: control characters escaped, addresses masked.
pub(crate) fn excerpt(text: &str) -> String {
    let mut out = String::from("“");
    let head: String = text.chars().take(MAX_EXCERPT * 2).collect();
    let mut shown = String::new();
    for (at, word) in head.split_whitespace().enumerate() {
        if at > 0 {
            shown.push(' ');
        }
        // The whole word goes: half an address is still personal data.
        shown.push_str(if word.contains('@') { "[address]" } else { word });
    }
    for (at, c) in shown.chars().enumerate() {
        if at >= MAX_EXCERPT {
            out.push('…');
            break;
        }
        if is_unsafe(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out.push('”');
    out
}

// Control characters and the marks that reorder text could disguise a log line.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn cut(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_string();
    }
    let mut out: String = text.chars().take(max.saturating_sub(1)).collect();
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_entry_per_code_and_item_and_a_closing_line() {
        let mut problems = Problems::new(2);
        problems.add("a", Some(1), "x");
        problems.add("a", Some(1), "again");
        problems.add("b", None, "y".repeat(500));
        problems.add("c", None, "z");
        let list = problems.into_list();
        let codes: Vec<_> = list.iter().map(|p| p.code).collect();
        assert_eq!(codes, ["b", "a", "too_many_problems"]);
        assert!(list.iter().all(|p| p.text.chars().count() <= 200));
    }

    #[test]
    fn excerpts_hide_addresses_and_control_characters() {
        let got = excerpt("write to lou@example.org\u{7}\u{202e} now\nor later");
        assert_eq!(got, "“write to [address] now or later”");
        assert_eq!(excerpt("a\u{7}b"), "“a\\u{7}b”");
        assert!(excerpt(&"long ".repeat(100)).chars().count() < 70);
    }
}
