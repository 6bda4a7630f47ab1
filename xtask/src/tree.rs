//! The repository as tidy sees it: the list of its files and their texts, read once.
//!
//! Paths are relative to the root and use `/`. Binary files are left out, and so is everything git ignores.
//! Nothing here judges a file.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Files above this size are data, not text that people wrote.
const LARGEST_TEXT: u64 = 4 * 1024 * 1024;

/// Folders a walk does not enter, where git cannot say what is ignored.
const SKIPPED: &[&str] = &[".git", "target", "traboule-data"];

/// A repository read into memory.
#[derive(Debug, Default)]
pub struct Tree {
    /// Relative path to text, for each UTF-8 file without NUL bytes.
    pub texts: BTreeMap<String, String>,
}

impl Tree {
    /// Reads the repository at `root`. Files come from git (tracked, or new and not ignored), or from a walk where
    /// git does not answer. A file that cannot be read, such as one deleted but not yet committed, is left out.
    pub fn read(root: &Path) -> Tree {
        let names = git_files(root).unwrap_or_else(|| walked_files(root));
        let mut texts = BTreeMap::new();
        for name in names {
            if let Some(text) = read_text(&root.join(&name)) {
                texts.insert(name, text);
            }
        }
        Tree { texts }
    }

    /// The text of one file, or `None` when there is no such text file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// All files whose name ends with `.ext`, as (path, text), in path order.
    pub fn with_extension<'a>(&'a self, ext: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.texts
            .iter()
            .filter(move |(path, _)| extension(path) == Some(ext))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The folder names under `crates/`, in order.
    pub fn crate_folders(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.texts.keys().filter_map(|path| crate_of(path)).collect();
        names.dedup();
        names
    }
}

/// The extension of a path, without its dot.
pub fn extension(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    name.rsplit_once('.').map(|(_, ext)| ext)
}

/// The crate folder a path lies in (`crates/moments/src/lib.rs` gives `moments`), or `None` outside `crates/`.
pub fn crate_of(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("crates/")?;
    rest.split_once('/').map(|(name, _)| name)
}

/// The path inside a crate's `src` folder (`crates/moments/src/web/pages.rs` gives `web/pages.rs`).
pub fn in_src(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("crates/")?;
    rest.split_once('/')?.1.strip_prefix("src/")
}

/// The root of the repository: the folder above the manifest cargo runs us from, else the nearest folder at or
/// above the current one whose `Cargo.toml` opens a workspace.
pub fn find_root() -> io::Result<PathBuf> {
    if let Some(manifest) = std::env::var_os("CARGO_MANIFEST_DIR")
        && let Some(root) = Path::new(&manifest).parent()
        && opens_workspace(root)
    {
        return Ok(root.to_path_buf());
    }
    let here = std::env::current_dir()?;
    here.ancestors()
        .find(|folder| opens_workspace(folder))
        .map(Path::to_path_buf)
        .ok_or_else(|| io::Error::other("no Cargo.toml with [workspace] here or above"))
}

fn opens_workspace(folder: &Path) -> bool {
    fs::read_to_string(folder.join("Cargo.toml"))
        .is_ok_and(|text| text.lines().any(|line| line.trim() == "[workspace]"))
}

fn git_files(root: &Path) -> Option<Vec<String>> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let names = String::from_utf8_lossy(&output.stdout);
    Some(names.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

fn walked_files(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(root.join(&folder)) else { continue };
        for entry in entries.flatten() {
            let path = folder.join(entry.file_name());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && SKIPPED.iter().any(|name| entry.file_name() == *name) => {}
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() => found.push(path.to_string_lossy().replace('\\', "/")),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

fn read_text(path: &Path) -> Option<String> {
    let about = fs::symlink_metadata(path).ok()?;
    if !about.is_file() || about.len() > LARGEST_TEXT {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    if bytes.contains(&0) {
        return None;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Scratch;

    #[test]
    fn paths_are_taken_apart() {
        assert_eq!(crate_of("crates/moments/src/lib.rs"), Some("moments"));
        assert_eq!(crate_of("xtask/src/lib.rs"), None);
        assert_eq!(in_src("crates/moments/src/web/pages.rs"), Some("web/pages.rs"));
        assert_eq!(in_src("crates/moments/tests/a.rs"), None);
        assert_eq!(extension("a.b/c.ftl"), Some("ftl"));
        assert_eq!(extension(".ci/run"), None);
    }

    #[test]
    fn a_tree_holds_texts_and_leaves_out_binaries_and_build_output() {
        let scratch = Scratch::new(&[("a/b.txt", "text"), ("target/x.rs", "no"), ("c.bin", "\0")]);
        let tree = Tree::read(scratch.root());
        assert_eq!(tree.texts.keys().collect::<Vec<_>>(), ["a/b.txt"]);
    }

    #[test]
    fn git_hides_what_it_ignores_and_shows_what_is_new() {
        let scratch = Scratch::new(&[(".gitignore", "out/\n"), ("out/x.txt", "no"), ("new.txt", "yes")]);
        let made = Command::new("git").arg("-C").arg(scratch.root()).args(["init", "-q"]).status();
        if made.is_ok_and(|status| status.success()) {
            let tree = Tree::read(scratch.root());
            assert_eq!(tree.texts.keys().collect::<Vec<_>>(), [".gitignore", "new.txt"]);
        }
    }
}
