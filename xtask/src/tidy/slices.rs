//! Rule `slice-readme`: each slice explains itself in a README (words, states, numbered invariants).
//!
//! Only that the file is there can be checked; whether it is true is for the review.

use super::Finding;
use crate::floors;
use crate::tree::Tree;

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    for name in tree.crate_folders().into_iter().filter(|name| floors::is_slice(name)) {
        let path = format!("crates/{name}/README.md");
        if tree.text(&path).is_none_or(|text| text.trim().is_empty()) {
            let message = format!("slice `{name}` has no README: write its words, states and invariants");
            findings.push(Finding::new(&path, 1, "slice-readme", message));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::caught;

    #[test]
    fn slices_need_a_readme_and_others_do_not() {
        let files = [("crates/moments/src/lib.rs", "//! M"), ("crates/ledger/src/lib.rs", "//! L")];
        assert_eq!(caught("slice-readme", &files), ["crates/moments/README.md:1"]);
        assert!(caught("slice-readme", &[files[0], ("crates/moments/README.md", "# Moments")]).is_empty());
    }
}
