//! Tiny trees on disk for the tests of tidy.
//!
//! Each tree lives in its own temporary folder and is removed when it goes out of scope.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::tidy::Finding;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A temporary folder filled with the files of a test.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes a tree from (path, text) pairs.
    pub(crate) fn new(files: &[(&str, &str)]) -> Scratch {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("xtask-test-{}-{number}", std::process::id()));
        for (path, text) in files {
            let full = root.join(path);
            fs::create_dir_all(full.parent().expect("a file has a parent")).expect("make folder");
            fs::write(full, text).expect("write file");
        }
        Scratch(root)
    }

    /// The folder of the tree.
    pub(crate) fn root(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs tidy over a tiny tree and returns the findings of one rule as `path:line` strings.
pub(crate) fn caught(rule: &str, files: &[(&str, &str)]) -> Vec<String> {
    let scratch = Scratch::new(files);
    crate::tidy::run(scratch.root())
        .into_iter()
        .filter(|finding| finding.rule == rule)
        .map(|Finding { file, line, .. }| format!("{file}:{line}"))
        .collect()
}
