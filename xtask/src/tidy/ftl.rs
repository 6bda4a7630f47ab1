//! A small reader of Fluent files: the messages, their variables, and the text a person would see.
//!
//! It reads what the project writes: messages, terms, attributes, placeables and selectors. `ui` loads the same files
//! with the real library, which is where a malformed file is refused.

use std::collections::BTreeSet;

/// One message, term or attribute.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// `key`, `-term` or `key.attribute`.
    pub(super) key: String,
    /// The line of the key, from 1.
    pub(super) line: usize,
    /// The variables it uses, without `$`.
    pub(super) variables: BTreeSet<String>,
    /// Runs of visible text with their lines; [`HOLE`] stands for a placeable.
    pub(super) texts: Vec<(usize, String)>,
}

/// Stands in a text where a placeable stood.
pub(super) const HOLE: char = '\u{FFFC}';

/// Reads a Fluent file.
pub(super) fn read(source: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut value = String::new();
    let mut message = String::new();
    let mut depth = 0usize;
    for (index, line) in source.lines().enumerate() {
        let top = depth == 0;
        if top && (line.starts_with('#') || (line.trim().is_empty() && value.is_empty())) {
            continue;
        }
        if let Some((key, rest)) = top.then(|| header(line)).flatten() {
            finish(&mut entries, &mut value);
            let key = match key.strip_prefix('.') {
                Some(attribute) => format!("{message}.{attribute}"),
                None => {
                    message = key.to_owned();
                    message.clone()
                }
            };
            entries.push(Entry { key, line: index + 1, ..Entry::default() });
            value.push_str(rest.trim_start());
            depth = balance(depth, rest);
        } else {
            value.push('\n');
            value.push_str(line);
            depth = balance(depth, line);
        }
    }
    finish(&mut entries, &mut value);
    entries
}

/// `key = rest` or `    .attribute = rest` at the start of a line.
fn header(line: &str) -> Option<(&str, &str)> {
    let (key, rest) = line.split_once('=')?;
    let indented = key.starts_with([' ', '\t']);
    let key = key.trim();
    let bare = key.strip_prefix(if indented { '.' } else { '-' }).unwrap_or(key);
    let named = bare.starts_with(|c: char| c.is_ascii_alphabetic())
        && bare.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    (named && (!indented || key.starts_with('.'))).then_some((key, rest))
}

/// Braces open after a line. Braces in quotes inside a placeable do not count.
fn balance(start: usize, line: &str) -> usize {
    let mut depth = start;
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' if depth > 0 => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    depth
}

fn finish(entries: &mut [Entry], value: &mut String) {
    if let Some(entry) = entries.last_mut() {
        let mut reader = Reader { chars: value.chars().collect(), at: 0, line: entry.line, entry };
        reader.text(false);
    }
    value.clear();
}

struct Reader<'a> {
    chars: Vec<char>,
    at: usize,
    line: usize,
    entry: &'a mut Entry,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    /// Reads visible text; in a variant it ends before the next variant or the brace that closes the selector.
    fn text(&mut self, in_variant: bool) {
        let mut run = String::new();
        let mut line = self.line;
        while let Some(c) = self.peek() {
            if c == '{' {
                self.bump();
                run.push(HOLE);
                self.placeable();
            } else if in_variant && c == '}' {
                break;
            } else if c == '\n' {
                self.entry.texts.push((line, std::mem::take(&mut run)));
                self.bump();
                while self.peek().is_some_and(|c| c == ' ' || c == '\t') {
                    self.at += 1;
                }
                line = self.line;
                if in_variant && self.variant_starts() {
                    break;
                }
            } else {
                self.bump();
                run.push(c);
            }
        }
        self.entry.texts.push((line, run));
    }

    fn variant_starts(&self) -> bool {
        match self.peek() {
            Some('[' | '}') => true,
            Some('*') => self.chars.get(self.at + 1) == Some(&'['),
            _ => false,
        }
    }

    /// Reads from after `{` to after its `}`.
    fn placeable(&mut self) {
        while let Some(c) = self.bump() {
            match c {
                '}' => return,
                '{' => self.placeable(),
                '"' => self.quoted(),
                '$' => self.variable(),
                '[' => {
                    while self.bump().is_some_and(|c| c != ']') {}
                    while self.peek().is_some_and(|c| c == ' ') {
                        self.at += 1;
                    }
                    self.text(true);
                }
                _ => {}
            }
        }
    }

    fn quoted(&mut self) {
        while let Some(c) = self.bump() {
            match c {
                '"' => return,
                '\\' => {
                    self.bump();
                }
                _ => {}
            }
        }
    }

    fn variable(&mut self) {
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
            name.push(c);
            self.at += 1;
        }
        self.entry.variables.insert(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_terms_and_attributes_are_read() {
        let source = "# note = no\n\nhello = Hi { $name }\n    and more\n    .title = Tip\n-brand = Traboule\n";
        let entries = read(source);
        let keys: Vec<(&str, usize)> = entries.iter().map(|entry| (entry.key.as_str(), entry.line)).collect();
        assert_eq!(keys, [("hello", 3), ("hello.title", 5), ("-brand", 6)]);
        assert_eq!(entries[0].texts, [(3, format!("Hi {HOLE}")), (4, "and more".to_owned())]);
        assert_eq!(entries[0].variables, BTreeSet::from(["name".to_owned()]));
    }

    #[test]
    fn selectors_give_the_text_of_each_variant() {
        let source =
            "n = { $count ->\n    [one] one { $thing } only\n   *[other] many, { NUMBER($count) }\n  } after\nm = x\n";
        let entries = read(source);
        assert_eq!(entries.len(), 2);
        let texts: Vec<(usize, &str)> =
            entries[0].texts.iter().map(|(line, text)| (*line, text.as_str())).filter(|(_, t)| !t.is_empty()).collect();
        assert_eq!(texts, [(2, "one \u{FFFC} only"), (3, "many, \u{FFFC}"), (1, "\u{FFFC} after")]);
        assert_eq!(entries[0].variables.len(), 2);
    }

    #[test]
    fn quotes_in_placeables_hide_their_braces() {
        let entries = read("a = x { \"}\" } y\nb = z\n");
        assert_eq!(entries[0].texts, [(1, "x \u{FFFC} y".to_owned())]);
        assert_eq!(entries[1].key, "b");
    }

    #[test]
    fn broken_input_ends() {
        for source in ["a = {", "a = { $", "a = { \"", "a = { $b ->\n [one", "=", ".a = b", "a = }"] {
            read(source);
        }
    }
}
