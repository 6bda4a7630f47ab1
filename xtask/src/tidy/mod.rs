//! `cargo xtask tidy`: the rules of the house as checks, each in its own module.
//!
//! A rule takes the tree and gives findings; it never writes, never asks the network and never runs the build.
//! Every finding fails: there are no warnings, because nobody reads those.

use std::path::Path;

use crate::lexer::{self, Token};
use crate::tree::Tree;

mod edges;
mod fluent;
mod ftl;
mod modules;
mod money;
mod personal;
mod sizes;
mod slices;
mod tables;
mod words;

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Path from the root, with `/`.
    pub file: String,
    /// The line from 1.
    pub line: usize,
    /// The short name of the rule, such as `crate-edge`.
    pub rule: &'static str,
    /// What is wrong and what to do, in one sentence.
    pub message: String,
}

impl Finding {
    pub(crate) fn new(file: &str, line: usize, rule: &'static str, message: impl Into<String>) -> Finding {
        Finding { file: file.to_owned(), line, rule, message: message.into() }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: [{}] {}", self.file, self.line, self.rule, self.message)
    }
}

/// A Rust file with its tokens, read once for all rules.
pub(crate) struct RustFile<'a> {
    pub(crate) path: &'a str,
    pub(crate) tokens: Vec<Token>,
}

/// Checks the repository at `root` against every rule. The findings come in order of file and line; none means tidy.
pub fn run(root: &Path) -> Vec<Finding> {
    let tree = Tree::read(root);
    let rust: Vec<RustFile<'_>> =
        tree.with_extension("rs").map(|(path, text)| RustFile { path, tokens: lexer::lex(path, text) }).collect();
    let mut findings = Vec::new();
    edges::check(&tree, &mut findings);
    modules::check(&rust, &mut findings);
    tables::check(&tree, &rust, &mut findings);
    sizes::check(&tree, &rust, &mut findings);
    words::check(&tree, &rust, &mut findings);
    money::check(&rust, &mut findings);
    personal::check(&tree, &mut findings);
    fluent::check(&tree, &mut findings);
    slices::check(&tree, &mut findings);
    findings.sort();
    findings.dedup();
    findings
}
