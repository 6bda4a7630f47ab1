//! Writing to the terminal, for the whole of xtask.
//!
//! One place, so that a closed pipe (`cargo xtask tidy | head`) ends quietly instead of in a panic.
//! No colours and no cursor tricks: the output is read in logs as often as on a screen.

use std::io::Write;

/// Writes one line to standard output. A write that fails is dropped: nobody is left to read it.
pub fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Writes raw bytes to standard output at once, as they came from a child process.
pub fn pass_on(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}

/// Writes one line to standard error, for bad usage.
pub fn complain(line: &str) {
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "{line}");
}
