//! Counting tests while their output goes by.
//!
//! The numbers come from the harness's own summary lines. A test binary that dies before its summary, a build that
//! fails and an ignored test each count as failed, so that nothing is lost between the lines.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::out;

/// How many passed and how many did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, were ignored, or never came to an end.
    pub failed: u64,
}

impl Count {
    /// One test, passed or failed.
    pub fn of(passed: bool) -> Count {
        Count { passed: u64::from(passed), failed: u64::from(!passed) }
    }

    /// Adds another count to this one.
    pub fn add(&mut self, other: &Count) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Reads the output of `cargo test` line by line.
#[derive(Debug, Default)]
pub struct Reader {
    count: Count,
    binaries: u64,
    running: bool,
}

impl Reader {
    /// Takes one line of output, colours or not.
    pub fn line(&mut self, line: &str) {
        let line = plain(line);
        if let Some(rest) = line.strip_prefix("test result: ") {
            self.running = false;
            self.binaries += 1;
            let number = |word: &str| numbers(rest).find(|(_, name)| *name == word).map_or(0, |(count, _)| count);
            self.count.passed += number("passed");
            self.count.failed += number("failed") + number("ignored");
        } else if is_start(&line) {
            self.close();
            self.running = true;
        }
    }

    /// Ends the reading. `success` is the exit status of cargo.
    pub fn finish(mut self, success: bool) -> Count {
        self.close();
        let silent = success && self.binaries == 0;
        let broken = !success && self.count.failed == 0;
        if silent || broken {
            self.count.failed += 1;
        }
        self.count
    }

    /// A binary that started and gave no summary died on the way.
    fn close(&mut self) {
        if self.running {
            self.count.failed += 1;
            self.running = false;
        }
    }
}

/// `running 12 tests`, the first line of each test binary.
fn is_start(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    matches!(words.as_slice(), ["running", count, "test" | "tests"] if count.parse::<u64>().is_ok())
}

/// The pairs in `ok. 3 passed; 0 failed; …`.
fn numbers(rest: &str) -> impl Iterator<Item = (u64, &str)> {
    rest.split(['.', ';']).filter_map(|part| {
        let (count, name) = part.trim().split_once(' ')?;
        Some((count.parse().ok()?, name))
    })
}

/// The line without terminal colours.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut chars = line.trim_end().chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            let _ = chars.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(c);
        }
    }
    text
}

/// Runs a `cargo test` command, passes its output on as it comes, and counts.
pub fn run(command: &mut Command) -> Count {
    let mut child = match command.stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => {
            out::say(&format!("cargo did not start: {error}"));
            return Count::of(false);
        }
    };
    let mut reader = Reader::default();
    if let Some(stdout) = child.stdout.take() {
        let mut stdout = BufReader::new(stdout);
        let mut line = Vec::new();
        while stdout.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            out::pass_on(&line);
            reader.line(&String::from_utf8_lossy(&line));
            line.clear();
        }
    }
    let success = child.wait().is_ok_and(|status| status.success());
    reader.finish(success)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(lines: &[&str], success: bool) -> (u64, u64) {
        let mut reader = Reader::default();
        lines.iter().for_each(|line| reader.line(line));
        let count = reader.finish(success);
        (count.passed, count.failed)
    }

    const GOOD: &str =
        "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.01s\n";

    #[test]
    fn summaries_are_summed() {
        assert_eq!(counted(&["running 12 tests", "test a ... ok", GOOD, "running 1 test", GOOD], true), (24, 0));
        assert_eq!(counted(&["test result: FAILED. 1 passed; 2 failed; 0 ignored"], false), (1, 2));
        assert_eq!(counted(&["test result: \u{1b}[32mok\u{1b}[0m. 1 passed; 0 failed; 0 ignored"], true), (1, 0));
    }

    #[test]
    fn nothing_fails_in_silence() {
        assert_eq!(counted(&["test result: ok. 1 passed; 0 failed; 2 ignored"], true), (1, 2), "ignored");
        assert_eq!(counted(&[GOOD, "running 3 tests"], false), (12, 1), "died");
        assert_eq!(counted(&["running 3 tests", "running 12 tests", GOOD], false), (12, 1), "died, another followed");
        assert_eq!(counted(&[], false), (0, 1), "did not build");
        assert_eq!(counted(&[], true), (0, 1), "no test at all");
        assert_eq!(counted(&["running late tests", GOOD], true), (12, 0), "a test that prints");
    }
}
