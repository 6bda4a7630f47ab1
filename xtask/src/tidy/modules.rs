//! Rule `module-edge`: inside a crate, `rules` decide, `store` stores, `service` composes, and none looks up.
//!
//! Judged by the paths a file names, tests left out. Only files in folders or files of these names are concerned.

use super::{Finding, RustFile};
use crate::lexer::Token;
use crate::paths::{self, PathUse};
use crate::tree;

const RULE: &str = "module-edge";

/// What one kind of module may not name.
struct Wall {
    module: &'static str,
    /// Modules of the same crate.
    inside: &'static [&'static str],
    /// Outside crates, or items of theirs.
    outside: &'static [&'static str],
    why: &'static str,
}

const WALLS: &[Wall] = &[
    Wall {
        module: "rules",
        inside: &["store", "service", "web", "db"],
        outside: &["db", "sqlx", "tokio", "axum", "rand", "std::time::SystemTime", "std::time::Instant"],
        why: "rules are pure: what they need comes in as an argument",
    },
    Wall {
        module: "model",
        inside: &["rules", "store", "service", "web"],
        outside: &[],
        why: "the model knows only the kernel",
    },
    Wall {
        module: "store",
        inside: &["rules", "service", "web"],
        outside: &[],
        why: "the store decides nothing and serves whoever calls",
    },
    Wall { module: "service", inside: &["web"], outside: &["axum"], why: "a use case does not know how it was asked" },
];

/// Names of modules that have a place in a slice; the outermost one on a path counts.
const LAYERS: &[&str] = &["model", "rules", "store", "service", "web"];

pub(super) fn check(rust: &[RustFile<'_>], findings: &mut Vec<Finding>) {
    for file in rust {
        let Some(inner) = tree::in_src(file.path) else { continue };
        let module = paths::module_of(inner);
        let layer = module.iter().find(|part| LAYERS.contains(&part.as_str()));
        let Some(wall) = WALLS.iter().find(|wall| layer.is_some_and(|layer| layer == wall.module)) else { continue };
        for path in paths::paths(&file.tokens, &module) {
            if !path.in_test && breaks(wall, &path) {
                findings.push(finding(file.path, path.line, wall, &path.parts.join("::")));
            }
        }
        if wall.module == "rules" {
            for token in file.tokens.iter().filter(|token| is_clock(token)) {
                findings.push(finding(file.path, token.line, wall, &token.text));
            }
        }
    }
}

fn finding(file: &str, line: usize, wall: &Wall, named: &str) -> Finding {
    Finding::new(file, line, RULE, format!("`{}` may not name `{named}`: {}", wall.module, wall.why))
}

/// The system clock under any path: `use std::time; time::SystemTime::now()` reads it too.
fn is_clock(token: &Token) -> bool {
    !token.in_test && token.is_word("SystemTime")
}

fn breaks(wall: &Wall, path: &PathUse) -> bool {
    let parts: Vec<&str> = path.parts.iter().map(String::as_str).collect();
    if let ["crate", module, ..] = parts.as_slice() {
        return wall.inside.contains(module);
    }
    wall.outside.iter().any(|outside| {
        let wanted: Vec<&str> = outside.split("::").collect();
        let (item, parents) = wanted.split_last().unwrap_or((&"", &[]));
        parts.starts_with(parents) && parts.get(parents.len()).is_some_and(|part| part == item)
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::caught;

    fn found(path: &str, source: &str) -> usize {
        caught("module-edge", &[(path, &format!("//! Doc.\n{source}"))]).len()
    }

    #[test]
    fn rules_stay_pure() {
        for source in [
            "use crate::store;",
            "use crate::{model, service::buy};",
            "use super::super::web::pages;",
            "use db::Tx;",
            "fn f() { sqlx::query(\"\"); }",
            "fn f() -> u8 { rand::random() }",
            "use tokio::time;",
            "use axum;",
            "use std::time::{Duration, SystemTime};",
            "fn f() { let _ = std::time::Instant::now(); }",
            "fn f() { crate::store::sales::load(); }",
            "mod a { use super::super::super::store; }",
        ] {
            assert!(found("crates/moments/src/rules/sale.rs", source) >= 1, "{source}");
        }
        for source in [
            "use crate::model::Edition; use std::time::Duration; use super::auction; use kernel::Money;",
            "// use crate::store;\nconst A: &str = \"use crate::store\";",
            "#[cfg(test)] mod tests { use crate::store; use rand::random; }",
            "fn f(db: u8) -> u8 { db }",
        ] {
            assert_eq!(found("crates/moments/src/rules/sale.rs", source), 0, "{source}");
        }
        assert_eq!(found("crates/moments/src/rules/tests.rs", "use crate::store;"), 0);
    }

    #[test]
    fn the_other_layers_do_not_look_up() {
        assert_eq!(found("crates/moments/src/model.rs", "use crate::rules;"), 1);
        assert_eq!(found("crates/moments/src/model.rs", "use kernel::Money;"), 0);
        assert_eq!(found("crates/moments/src/store/sales.rs", "use crate::rules::x;"), 1);
        assert_eq!(found("crates/moments/src/store/sales.rs", "use db::Tx; use crate::model;"), 0);
        assert_eq!(found("crates/moments/src/service/buy.rs", "use axum::Json;"), 1);
        assert_eq!(found("crates/moments/src/service/buy.rs", "use crate::{store, rules, web};"), 1);
        assert_eq!(found("crates/moments/src/service/buy.rs", "use crate::{store, rules, model, events};"), 0);
        assert_eq!(found("crates/moments/src/web/pages.rs", "use crate::service; use axum::Json;"), 0);
    }
}
