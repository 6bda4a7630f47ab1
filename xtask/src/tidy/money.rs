//! Rule `float-money`: no floating-point type where money is counted.
//!
//! Files with `money` in their name, and the crates listed in `floors::INTEGER_ONLY`, tests included.

use super::{Finding, RustFile};
use crate::floors;
use crate::lexer::{Kind, Token};
use crate::tree;

pub(super) fn check(rust: &[RustFile<'_>], findings: &mut Vec<Finding>) {
    for file in rust.iter().filter(|file| counts_money(file.path)) {
        for token in file.tokens.iter().filter(|token| is_float(token)) {
            let message = format!("`{}` where money is counted: use integers in the smallest unit", token.text);
            findings.push(Finding::new(file.path, token.line, "float-money", message));
        }
    }
}

fn counts_money(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ours = tree::crate_of(path);
    ours.is_some() && name.contains("money") || ours.is_some_and(|name| floors::INTEGER_ONLY.contains(&name))
}

fn is_float(token: &Token) -> bool {
    match token.kind {
        Kind::Ident => token.text == "f32" || token.text == "f64",
        Kind::Number => token.text.ends_with("f32") || token.text.ends_with("f64") || token.text.contains('.'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::caught;

    #[test]
    fn floats_are_caught_where_money_is_counted() {
        let bad = "//! D\nfn f(a: f64) {}\nconst B: u8 = 1f32 as u8;\nconst C: u8 = 1.5 as u8;";
        for path in ["crates/kernel/src/money.rs", "crates/ledger/src/post.rs", "crates/pay/src/lib.rs"] {
            let want: Vec<String> = (2..=4).map(|line| format!("{path}:{line}")).collect();
            assert_eq!(caught("float-money", &[(path, bad)]), want);
        }
    }

    #[test]
    fn floats_elsewhere_and_integers_pass() {
        assert!(caught("float-money", &[("crates/sim/src/lib.rs", "//! D\nfn f(a: f64) {}")]).is_empty());
        let fine = "//! An f64 in words.\nfn f(a: (i64, (u8, u8))) -> &'static str { let _ = a.1.0; \"f64\" }";
        assert!(caught("float-money", &[("crates/ledger/src/lib.rs", fine)]).is_empty());
    }
}
