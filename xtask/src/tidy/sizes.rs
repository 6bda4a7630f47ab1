//! Rules `file-size`, `function-size` and `module-doc`: what fits on a few screens, and says what it is for.
//!
//! Test code may be long, because tables of cases are; files of tests may not.

use super::{Finding, RustFile};
use crate::lexer::{self, Kind, Token};
use crate::tree::{self, Tree};

const LINES_PER_FILE: usize = 800;
const LINES_PER_FUNCTION: usize = 70;
const SIZED: &[&str] = &["rs", "html", "css", "js", "ftl", "py"];

pub(super) fn check(tree: &Tree, rust: &[RustFile<'_>], findings: &mut Vec<Finding>) {
    for (path, text) in &tree.texts {
        let lines = text.lines().count();
        if lines > LINES_PER_FILE && tree::extension(path).is_some_and(|ext| SIZED.contains(&ext)) {
            let message = format!("{lines} lines, at most {LINES_PER_FILE}: find the second idea in it");
            findings.push(Finding::new(path, LINES_PER_FILE + 1, "file-size", message));
        }
        let documented = tree::in_src(path).is_some() || path.starts_with("xtask/src/");
        if documented && path.ends_with(".rs") && !text.starts_with("//!") {
            let message = "starts without `//!`: say what the module is for and what it must not do";
            findings.push(Finding::new(path, 1, "module-doc", message));
        }
    }
    for file in rust {
        check_functions(file, findings);
    }
}

fn check_functions(file: &RustFile<'_>, findings: &mut Vec<Finding>) {
    for (at, token) in file.tokens.iter().enumerate() {
        let name = file.tokens.get(at + 1).filter(|name| name.kind == Kind::Ident);
        let Some(name) = name.filter(|_| token.is_word("fn") && !token.in_test) else { continue };
        let Some(end) = body_end(&file.tokens, at) else { continue };
        let lines = end - token.line + 1;
        if lines > LINES_PER_FUNCTION {
            let message = format!("`{}` has {lines} lines, at most {LINES_PER_FUNCTION}: split it", name.text);
            findings.push(Finding::new(file.path, token.line, "function-size", message));
        }
    }
}

/// The line on which the body of the function at `start` closes, or `None` for a function without one.
fn body_end(tokens: &[Token], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        let token = tokens.get(at)?;
        if token.is(";") {
            return None;
        }
        if token.is("{") {
            return tokens.get(lexer::closing(tokens, at)).map(|close| close.line);
        }
        at = if token.is("(") || token.is("[") { lexer::closing(tokens, at) + 1 } else { at + 1 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::caught;

    fn function(lines: usize) -> String {
        format!("fn f(a: [u8; 2]) {{\n{}}}\n", "    a();\n".repeat(lines - 2))
    }

    #[test]
    fn long_files_are_caught() {
        let long = "/* a */\n".repeat(LINES_PER_FILE + 1);
        assert_eq!(caught("file-size", &[("web/a.css", &long)]), ["web/a.css:801"]);
        assert!(caught("file-size", &[("web/a.css", &long[8..]), ("data/a.json", &long)]).is_empty());
    }

    #[test]
    fn long_functions_are_caught_outside_tests() {
        let path = "crates/a/src/b.rs";
        let long = function(LINES_PER_FUNCTION + 1);
        assert_eq!(caught("function-size", &[(path, &format!("//! D\n{long}"))]), ["crates/a/src/b.rs:2"]);
        assert!(caught("function-size", &[(path, &function(LINES_PER_FUNCTION))]).is_empty());
        assert!(caught("function-size", &[(path, &format!("#[cfg(test)]\nmod tests {{\n{long}}}"))]).is_empty());
        let shapes = "trait T { fn a(&self) -> u8; fn b(f: fn(u8) -> u8) {} }\nconst C: &str = \"fn c() {\";\n";
        assert!(caught("function-size", &[(path, &format!("{shapes}{}", "\n".repeat(90)))]).is_empty());
    }

    #[test]
    fn modules_say_what_they_are_for() {
        let bare = [
            ("crates/a/src/b.rs", "use c;"),
            ("xtask/src/d.rs", "#![allow(x)]\n//! Late."),
            ("crates/a/tests/e.rs", ""),
        ];
        assert_eq!(caught("module-doc", &bare), ["crates/a/src/b.rs:1", "xtask/src/d.rs:1"]);
        assert!(caught("module-doc", &[("crates/a/src/b.rs", "//! Yes.\nuse c;")]).is_empty());
    }
}
