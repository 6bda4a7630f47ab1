//! Packs the source of this very server, so that `/source.tar.gz` offers what AGPL §13 promises: the exact source, not a
//! link to something near it. Only in release builds; while developing, the archive is empty and nothing is rebuilt.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What belongs to the source, relative to the root.
const PARTS: [&str; 16] = [
    "Cargo.toml",
    "Cargo.lock",
    "LICENSE",
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "clippy.toml",
    "rustfmt.toml",
    "personal-data.toml",
    "crates",
    "xtask",
    "docs",
    ".cargo",
    ".ci",
];

fn main() {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it")).join("source.tar.gz");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("PROFILE").as_deref() != Ok("release") {
        fs::write(out, []).expect("the archive can be written");
        return;
    }
    let mut files = Vec::new();
    for part in PARTS {
        println!("cargo::rerun-if-changed={}", root.join(part).display());
        collect(&root.join(part), &mut files);
    }
    files.sort();
    let file = fs::File::create(out).expect("the archive can be written");
    let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::new(6));
    for path in files {
        let name = path.strip_prefix(&root).expect("under the root").to_string_lossy().into_owned();
        let bytes = fs::read(&path).expect("a source file can be read");
        gzip.write_all(&header(&format!("traboule/{name}"), bytes.len())).expect("written");
        gzip.write_all(&bytes).expect("written");
        gzip.write_all(&vec![0; (512 - bytes.len() % 512) % 512]).expect("written");
    }
    gzip.write_all(&[0; 1024]).expect("written");
    gzip.finish().expect("written");
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder can be read") {
            collect(&entry.expect("an entry").path(), files);
        }
    } else if path.is_file() {
        files.push(path.to_owned());
    }
}

/// A header of the ustar format (POSIX.1-1988): names up to 100 bytes, or a prefix of up to 155 before a slash.
fn header(name: &str, size: usize) -> [u8; 512] {
    let mut block = [0; 512];
    let cut =
        if name.len() <= 100 { 0 } else { name[name.len() - 101..].find('/').map_or(0, |i| name.len() - 101 + i + 1) };
    let (prefix, rest) = name.split_at(cut);
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, rest.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    put(345, prefix.trim_end_matches('/').as_bytes());
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}
