//! `cargo xtask …`: the commands a developer and the continuous integration run.
//!
//! Reads the arguments and hands over to the library; nothing is decided here.

use std::process::ExitCode;

use xtask::suite::{self, Options};
use xtask::{out, tidy, tree};

const USAGE: &str = "\
cargo xtask tidy                         check the rules of the house
cargo xtask test [options] [-- ARGS]     set up what is missing, then run every check and every test
    --only STEP     run one step: fmt, clippy, tidy, tests (may be repeated)
    --no-lint       leave out fmt and clippy
    -- ARGS         give ARGS to cargo test in place of --workspace
cargo xtask material                     run the suites over the folder in TRABOULE_TEST_MATERIAL";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let root = match tree::find_root() {
        Ok(root) => root,
        Err(error) => {
            out::complain(&format!("xtask: {error}"));
            return ExitCode::from(2);
        }
    };
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let fine = match args.as_slice() {
        ["tidy"] => print_findings(&tidy::run(&root)),
        ["test", rest @ ..] => match Options::parse(rest) {
            Ok(options) => suite::test(&root, &options),
            Err(error) => return usage(&error),
        },
        ["material"] => suite::material(&root),
        ["help" | "--help" | "-h"] => {
            out::say(USAGE);
            true
        }
        _ => return usage("which command?"),
    };
    if fine { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn print_findings(findings: &[tidy::Finding]) -> bool {
    for finding in findings {
        out::say(&finding.to_string());
    }
    findings.is_empty()
}

fn usage(error: &str) -> ExitCode {
    out::complain(&format!("xtask: {error}\n{USAGE}"));
    ExitCode::from(2)
}
