//! The paths a Rust file names: `use` trees spread out, `self` and `super` resolved.
//!
//! Names brought in by a `use` and then used bare are covered by that `use`. Macros are read as plain tokens.
//! It does not know what a name means; it only says which path was written and where.

use crate::lexer::{Kind, Token};

/// One path as written, resolved as far as text allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathUse {
    /// Its parts. Paths inside the crate start with `crate`; a glob ends with `*`.
    pub parts: Vec<String>,
    /// The line, counted from 1.
    pub line: usize,
    /// Whether only tests compile it.
    pub in_test: bool,
}

/// The module a file holds, from its path inside `src`: `rules/sale.rs` gives `[rules, sale]`, `lib.rs` nothing.
pub fn module_of(in_src: &str) -> Vec<String> {
    let mut parts: Vec<String> = in_src.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") || matches!(in_src, "lib.rs" | "main.rs") {
        parts.pop();
    }
    parts
}

/// Every path of two parts or more, and every `use`, in the tokens of a file that holds `module`.
pub fn paths(tokens: &[Token], module: &[String]) -> Vec<PathUse> {
    let mut reader = Reader { tokens, module: module.to_vec(), found: Vec::new() };
    let mut inline: Vec<usize> = Vec::new();
    let mut depth = 0usize;
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        if token.is("{") {
            depth += 1;
        } else if token.is("}") {
            depth = depth.saturating_sub(1);
            if inline.last() == Some(&depth) {
                inline.pop();
                reader.module.pop();
            }
        } else if token.is_word("mod") && reader.mark(at + 2, "{") {
            reader.module.push(tokens[at + 1].text.clone());
            inline.push(depth);
            at += 1;
        } else if token.is_word("use") && !reader.mark(at + 1, "<") {
            at = reader.tree(at + 1, &[]);
        } else if token.kind == Kind::Ident && !reader.continues(at) {
            at = reader.plain(at);
        }
        at += 1;
    }
    reader.found
}

struct Reader<'a> {
    tokens: &'a [Token],
    module: Vec<String>,
    found: Vec<PathUse>,
}

impl Reader<'_> {
    fn mark(&self, at: usize, mark: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(mark))
    }

    fn colons(&self, at: usize) -> bool {
        self.mark(at, ":") && self.mark(at + 1, ":")
    }

    /// Whether the word at `at` goes on from something before it: a field, a method, or a later part of a path.
    fn continues(&self, at: usize) -> bool {
        if at >= 1 && self.mark(at - 1, ".") {
            return !(at >= 2 && self.mark(at - 2, "."));
        }
        at >= 3
            && self.colons(at - 2)
            && self.tokens.get(at - 3).is_some_and(|token| token.kind == Kind::Ident || token.is(">"))
    }

    fn plain(&mut self, start: usize) -> usize {
        let mut parts = vec![self.tokens[start].text.clone()];
        let mut at = start;
        while self.colons(at + 1) && self.tokens.get(at + 3).is_some_and(|token| token.kind == Kind::Ident) {
            at += 3;
            parts.push(self.tokens[at].text.clone());
        }
        if parts.len() > 1 {
            self.push(parts, start);
        }
        at
    }

    /// Reads one branch of a `use` tree and returns the index of its last token.
    fn tree(&mut self, start: usize, prefix: &[String]) -> usize {
        let mut parts = prefix.to_vec();
        let mut at = start;
        while let Some(token) = self.tokens.get(at) {
            if token.is("{") {
                at = self.branches(at + 1, &parts);
                return at;
            }
            if token.is("*") {
                parts.push("*".to_owned());
            } else if token.is_word("as") {
                at += 1;
            } else if token.kind == Kind::Ident {
                parts.push(token.text.clone());
            } else if !token.is(":") {
                break;
            }
            at += 1;
        }
        if parts.len() > prefix.len() {
            self.push(parts, start.min(self.tokens.len() - 1));
        }
        at.saturating_sub(1)
    }

    fn branches(&mut self, start: usize, prefix: &[String]) -> usize {
        let mut at = start;
        while let Some(token) = self.tokens.get(at) {
            if token.is("}") {
                return at;
            }
            if token.is(",") {
                at += 1;
                continue;
            }
            at = self.tree(at, prefix).max(at) + 1;
        }
        at
    }

    fn push(&mut self, parts: Vec<String>, at: usize) {
        let token = &self.tokens[at];
        let parts = self.resolve(parts);
        self.found.push(PathUse { parts, line: token.line, in_test: token.in_test });
    }

    fn resolve(&self, parts: Vec<String>) -> Vec<String> {
        let ups = parts.iter().skip_while(|part| *part == "self").take_while(|part| *part == "super").count();
        let selves = parts.iter().take_while(|part| *part == "self").count();
        if ups + selves == 0 {
            return parts;
        }
        let keep = self.module.len().saturating_sub(ups);
        let mut full = vec!["crate".to_owned()];
        full.extend_from_slice(&self.module[..keep]);
        full.extend(parts.into_iter().skip(ups + selves).filter(|part| part != "self"));
        full
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexer::lex;

    fn found(source: &str) -> Vec<String> {
        let module = module_of("rules/sale.rs");
        paths(&lex("crates/a/src/rules/sale.rs", source), &module)
            .into_iter()
            .map(|path| path.parts.join("::"))
            .collect()
    }

    #[test]
    fn use_trees_are_spread_out() {
        assert_eq!(
            found("use crate::{store, model::{A, B as C}, web::*}; use super::super::service; use sqlx;"),
            ["crate::store", "crate::model::A", "crate::model::B", "crate::web::*", "crate::service", "sqlx"]
        );
    }

    #[test]
    fn plain_paths_are_resolved() {
        assert_eq!(
            found("fn f() { super::x(); self::y::z(); a.b::<u8>(); ::tokio::spawn(g); mod m { super::super::k } }"),
            ["crate::rules::x", "crate::rules::sale::y::z", "tokio::spawn", "crate::rules::k"]
        );
    }

    #[test]
    fn ranges_and_generic_captures_do_not_confuse() {
        assert_eq!(found("for i in 0..a::B {} fn g() -> impl X + use<'a> { c::d }"), ["a::B", "c::d"]);
    }

    #[test]
    fn modules_follow_files() {
        assert_eq!(module_of("rules/mod.rs"), ["rules"]);
        assert_eq!(module_of("rules.rs"), ["rules"]);
        assert!(module_of("lib.rs").is_empty());
    }

    #[test]
    fn broken_input_ends() {
        for source in ["use", "use a::{", "use a::{b,", "mod", "use {", "a::", "use ;"] {
            found(source);
        }
    }
}
