//! A small reader of SQL: which tables a statement names, and which columns the migrations leave behind.
//!
//! It reads the portable subset the project writes. It does not check SQL and does not know types; the engines do
//! that in the tests. Unknown input gives fewer names, never a panic.

use std::collections::{BTreeMap, BTreeSet};

/// A word, a mark or a hole of SQL, with its line from 1. Comments and string literals are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text; quoted identifiers have lost their quotes.
    pub text: String,
    /// The line it stands on.
    pub line: usize,
    /// Whether it is a name or keyword rather than a mark or a number.
    pub word: bool,
    /// Whether it was a quoted identifier, and so no keyword.
    pub quoted: bool,
}

impl Piece {
    fn is(&self, keyword: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(keyword)
    }

    fn is_one_of(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.is(keyword))
    }
}

/// Cuts SQL into pieces.
pub fn pieces(sql: &str) -> Vec<Piece> {
    let chars: Vec<char> = sql.chars().collect();
    let mut out = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        let end = match c {
            '-' if next == Some('-') => find(&chars, at, |i| chars[i] == '\n'),
            '/' if next == Some('*') => find(&chars, at + 2, |i| chars[i] == '*' && chars.get(i + 1) == Some(&'/')) + 2,
            '\'' => find(&chars, at + 1, |i| chars[i] == '\'') + 1,
            '"' | '`' => find(&chars, at + 1, |i| chars[i] == c) + 1,
            _ if c == '_' || c.is_alphanumeric() => {
                find(&chars, at, |i| !(chars[i] == '_' || chars[i] == '$' || chars[i].is_alphanumeric()))
            }
            _ => at + 1,
        }
        .min(chars.len());
        let text: String = chars[at..end].iter().collect();
        let comment = (c == '-' || c == '/') && end > at + 1;
        if !(comment || c == '\'' || c.is_whitespace()) {
            let quoted = c == '"' || c == '`';
            let word = quoted || c == '_' || c.is_alphabetic();
            let text = if quoted { text.trim_matches(c).to_owned() } else { text };
            out.push(Piece { text, line, word, quoted });
        }
        line += chars[at..end].iter().filter(|c| **c == '\n').count();
        at = end;
    }
    out
}

fn find(chars: &[char], from: usize, stop: impl Fn(usize) -> bool) -> usize {
    (from..chars.len()).find(|index| stop(*index)).unwrap_or(chars.len())
}

/// A table or index named somewhere, with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name, without its schema unless that is one of the engine's own.
    pub text: String,
    /// The line from 1.
    pub line: usize,
}

/// The name at `at`, schema skipped, and the index after it.
fn name_at(pieces: &[Piece], at: usize) -> Option<(Name, usize)> {
    let first = pieces.get(at).filter(|piece| piece.word)?;
    let dotted = pieces.get(at + 1).is_some_and(|piece| piece.text == ".");
    match pieces.get(at + 2).filter(|piece| dotted && piece.word) {
        Some(last) if !matches!(first.text.as_str(), "information_schema" | "pg_catalog") => {
            Some((Name { text: last.text.clone(), line: last.line }, at + 3))
        }
        Some(_) => Some((Name { text: first.text.clone(), line: first.line }, at + 3)),
        None => Some((Name { text: first.text.clone(), line: first.line }, at + 1)),
    }
}

fn skip(pieces: &[Piece], mut at: usize, keywords: &[&str]) -> usize {
    while pieces.get(at).is_some_and(|piece| piece.is_one_of(keywords)) {
        at += 1;
    }
    at
}

/// What may stand between a keyword and the table it names.
const FILLERS: &[&str] = &["IF", "NOT", "EXISTS", "ONLY", "LATERAL", "OR", "IGNORE", "REPLACE", "ABORT"];

/// Words that show that no table follows after all.
const NO_TABLE: &[&str] = &["SET", "ON", "OF", "SELECT", "VALUES", "SKIP", "NOWAIT", "WITH"];

/// The tables named after FROM, JOIN, INTO, UPDATE and TABLE, common table expressions left out. With `strict_case`
/// only keywords in capitals count, so that prose is not read as SQL.
pub fn tables(pieces: &[Piece], strict_case: bool) -> Vec<Name> {
    let expressions = common_expressions(pieces);
    let mut found = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        if !piece.is_one_of(&["FROM", "JOIN", "INTO", "UPDATE", "TABLE"])
            || (strict_case && piece.text.chars().any(char::is_lowercase))
            || !names_a_table(pieces, at)
        {
            continue;
        }
        let source = piece.is("FROM") || piece.is("JOIN");
        let mut next = skip(pieces, at + 1, FILLERS);
        while let Some((name, after)) = name_at(pieces, next) {
            let call = source && pieces.get(after).is_some_and(|piece| piece.text == "(");
            if pieces[next].is_one_of(NO_TABLE) {
                break;
            }
            if !call && !expressions.contains(&name.text) {
                found.push(name);
            }
            match list_goes_on(pieces, after) {
                Some(index) if piece.is("FROM") && !call => next = index,
                _ => break,
            }
        }
    }
    found
}

/// After a table in a FROM list: the index of the next table if a comma follows the table and its short name.
fn list_goes_on(pieces: &[Piece], after: usize) -> Option<usize> {
    let mut at = skip(pieces, after, &["AS"]);
    if pieces.get(at).is_some_and(|piece| piece.word) {
        at += 1;
    }
    pieces.get(at).filter(|piece| piece.text == ",").map(|_| at + 1)
}

fn names_a_table(pieces: &[Piece], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|index| pieces.get(index));
    if pieces[at].is("FROM") {
        let distinct = before(1).is_some_and(|piece| piece.is("DISTINCT"));
        let in_call = before(2).is_some_and(|piece| piece.text == "(")
            && before(3).is_some_and(|piece| piece.is_one_of(&["EXTRACT", "TRIM", "SUBSTRING", "OVERLAY"]));
        return !distinct && !in_call;
    }
    if pieces[at].is("UPDATE") {
        return !before(1)
            .is_some_and(|piece| piece.is_one_of(&["FOR", "KEY", "ON", "BEFORE", "AFTER", "OF", "OR", "DO"]));
    }
    true
}

/// The names given by `WITH name AS (…), other (columns) AS (…)`.
fn common_expressions(pieces: &[Piece]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, piece) in pieces.iter().enumerate() {
        if !(piece.is_one_of(&["WITH", "RECURSIVE"]) || piece.text == ",") {
            continue;
        }
        let Some((name, mut next)) = name_at(pieces, at + 1) else { continue };
        if pieces.get(next).is_some_and(|piece| piece.text == "(") {
            next = close(pieces, next) + 1;
        }
        if !pieces.get(next).is_some_and(|piece| piece.is("AS")) {
            continue;
        }
        next = skip(pieces, next + 1, &["NOT", "MATERIALIZED"]);
        if pieces.get(next).is_some_and(|piece| piece.text == "(") {
            names.insert(name.text);
        }
    }
    names
}

fn close(pieces: &[Piece], open: usize) -> usize {
    let mut depth = 0usize;
    for (index, piece) in pieces.iter().enumerate().skip(open) {
        match piece.text.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return index;
        }
    }
    pieces.len()
}

/// The tables, indexes and views a migration creates.
pub fn created(pieces: &[Piece]) -> Vec<Name> {
    let mut found = Vec::new();
    for (at, _) in pieces.iter().enumerate().filter(|(_, piece)| piece.is("CREATE")) {
        let kind = skip(
            pieces,
            at + 1,
            &["UNIQUE", "TEMP", "TEMPORARY", "VIRTUAL", "UNLOGGED", "MATERIALIZED", "OR", "REPLACE"],
        );
        if !pieces.get(kind).is_some_and(|piece| piece.is_one_of(&["TABLE", "INDEX", "VIEW"])) {
            continue;
        }
        let start = skip(pieces, kind + 1, &["CONCURRENTLY", "IF", "NOT", "EXISTS"]);
        if let Some((name, _)) = name_at(pieces, start) {
            found.push(name);
        }
    }
    found
}

/// Where a column was born: migration file and line.
pub type Birth = (String, usize);

/// The columns of every table after all migrations read so far.
#[derive(Debug, Default)]
pub struct Schema {
    /// Table to column to where the column was born.
    pub tables: BTreeMap<String, BTreeMap<String, Birth>>,
}

impl Schema {
    /// Applies one migration file. Call it in the order in which migrations run.
    pub fn apply(&mut self, file: &str, sql: &str) {
        let all = pieces(sql);
        for statement in all.split(|piece| piece.text == ";" && !piece.quoted) {
            self.statement(file, statement);
        }
    }

    fn statement(&mut self, file: &str, pieces: &[Piece]) {
        let Some(first) = pieces.first() else { return };
        let table = pieces.iter().take(4).position(|piece| piece.is("TABLE"));
        let Some(table) = table else { return };
        let Some((name, after)) = name_at(pieces, skip(pieces, table + 1, FILLERS)) else { return };
        if first.is("DROP") {
            self.tables.remove(&name.text);
        } else if first.is("CREATE") && pieces.get(after).is_some_and(|piece| piece.text == "(") {
            let columns = self.tables.entry(name.text).or_default();
            for piece in first_words(&pieces[after + 1..close(pieces, after).min(pieces.len())]) {
                columns.insert(piece.text.clone(), (file.to_owned(), piece.line));
            }
        } else if first.is("ALTER") {
            self.alter(file, &name.text, &pieces[after..]);
        }
    }

    fn alter(&mut self, file: &str, table: &str, pieces: &[Piece]) {
        for part in split_at_commas(pieces) {
            let Some(verb) = part.first() else { continue };
            let start = skip(part, 1, &["COLUMN", "IF", "NOT", "EXISTS"]);
            let Some(name) = part.get(start).filter(|piece| piece.word) else { continue };
            let columns = self.tables.entry(table.to_owned()).or_default();
            if verb.is("ADD") && !starts_constraint(name) {
                columns.insert(name.text.clone(), (file.to_owned(), name.line));
            } else if verb.is("DROP") {
                columns.remove(&name.text);
            } else if verb.is("RENAME") && name.is("TO") {
                let moved = self.tables.remove(table).unwrap_or_default();
                if let Some(new) = part.get(start + 1) {
                    self.tables.insert(new.text.clone(), moved);
                }
                return;
            } else if verb.is("RENAME")
                && let Some(new) = part.get(start + 2)
                && let Some(birth) = columns.remove(&name.text)
            {
                columns.insert(new.text.clone(), birth);
            }
        }
    }
}

fn starts_constraint(piece: &Piece) -> bool {
    piece.is_one_of(&["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE", "LIKE"])
}

/// The first word of each column definition, table constraints left out.
fn first_words(pieces: &[Piece]) -> impl Iterator<Item = &Piece> {
    split_at_commas(pieces)
        .into_iter()
        .filter_map(|part| part.first())
        .filter(|piece| piece.word && !starts_constraint(piece))
}

fn split_at_commas(pieces: &[Piece]) -> Vec<&[Piece]> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (index, piece) in pieces.iter().enumerate() {
        match piece.text.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "," if depth == 0 => {
                parts.push(&pieces[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&pieces[start..]);
    parts
}

/// Whether a string literal begins like a statement that reads or writes rows.
pub fn starts_statement(text: &str) -> bool {
    let text = text.trim_start();
    let Some((verb, rest)) = text.split_once(|c: char| c.is_ascii_whitespace()) else { return false };
    let rest = rest.trim_start();
    let second = rest.split(|c: char| !(c == '_' || c.is_alphanumeric())).next().unwrap_or("");
    match verb {
        "SELECT" => true,
        "INSERT" => matches!(second, "INTO" | "OR" | ""),
        "DELETE" => second == "FROM",
        "UPDATE" => !rest.starts_with('/') && (rest.is_empty() || rest.contains("SET")),
        "WITH" => rest.contains("AS"),
        _ => false,
    }
}

#[cfg(test)]
#[path = "sql_tests.rs"]
mod tests;
