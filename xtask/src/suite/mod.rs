//! `cargo xtask test` and `cargo xtask material`: set up, run every step, count, and say so in the last line.
//!
//! Steps go on after a failure, so that one run shows everything. Nothing is skipped in silence: a step left out
//! says why, and an ignored test counts as a failed one.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::{out, tidy};

pub mod cluster;
pub mod count;
pub mod setup;

use cluster::Cluster;
use count::Count;
use setup::Tools;

/// The steps of a full run, in order. `--only` takes these names.
pub const STEPS: &[&str] = &["fmt", "clippy", "tidy", "tests"];

/// What `cargo test` is given by `cargo xtask material`.
pub const MATERIAL_ARGS: &[&str] = &["-p", "it", "--features", "material", "--test", "it", "--", "material::"];

/// Names the folder of material. Required by `cargo xtask material`, and handed on to the tests.
pub const MATERIAL_FOLDER: &str = "TRABOULE_TEST_MATERIAL";

/// Set to 1 for the tests by `cargo xtask material` only: tests over material pass at once without it.
pub const MATERIAL_RUN: &str = "TRABOULE_MATERIAL_RUN";

/// What the caller of `cargo xtask test` asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The steps to run; empty means all.
    pub only: Vec<String>,
    /// Leave out `fmt` and `clippy`.
    pub no_lint: bool,
    /// Arguments for `cargo test` in place of `--workspace`.
    pub cargo_args: Vec<String>,
}

impl Options {
    /// Reads the arguments after `test`. The error is a sentence for the caller.
    pub fn parse(args: &[&str]) -> Result<Options, String> {
        let mut options = Options::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match *arg {
                "--no-lint" => options.no_lint = true,
                "--only" => match args.next() {
                    Some(step) if STEPS.contains(step) => options.only.push((*step).to_owned()),
                    _ => return Err(format!("--only takes one of: {}", STEPS.join(", "))),
                },
                "--" => options.cargo_args = args.by_ref().map(|arg| (*arg).to_owned()).collect(),
                other => return Err(format!("unknown option {other}")),
            }
        }
        Ok(options)
    }

    fn wants(&self, step: &str) -> bool {
        let asked = self.only.is_empty() || self.only.iter().any(|only| only == step);
        asked && !(self.no_lint && matches!(step, "fmt" | "clippy"))
    }
}

/// Runs the whole suite. True when everything passed. The last line printed is `N passed, M failed`.
pub fn test(root: &Path, options: &Options) -> bool {
    let mut run = Run::default();
    let wants_tests = options.wants("tests");
    let tools = if wants_tests { run.set_up() } else { None };
    if wants_tests && tools.is_none() {
        return run.finish();
    }
    if options.wants("fmt") {
        run.lint(root, "fmt", &["fmt", "--all", "--check"]);
    }
    if options.wants("clippy") {
        run.lint(root, "clippy", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    }
    if options.wants("tidy") {
        run.step("tidy", || {
            let findings = tidy::run(root);
            findings.iter().for_each(|finding| out::say(&finding.to_string()));
            Count::of(findings.is_empty())
        });
    }
    if let Some(tools) = tools {
        let mut args = vec!["test", "--no-fail-fast"];
        match options.cargo_args.as_slice() {
            [] => args.push("--workspace"),
            given => args.extend(given.iter().map(String::as_str)),
        }
        run.with_cluster(root, &tools, |command| {
            command.args(&args);
        });
    }
    run.finish()
}

/// Runs the tests over the folder that `TRABOULE_TEST_MATERIAL` names. True when everything passed.
pub fn material(root: &Path) -> bool {
    let folder = std::env::var_os(MATERIAL_FOLDER).and_then(|folder| std::path::absolute(folder).ok());
    let Some(folder) = folder.filter(|folder| folder.is_dir()) else {
        out::complain(&format!("xtask: {MATERIAL_FOLDER} must name a folder of material"));
        return false;
    };
    let mut run = Run::default();
    if let Some(tools) = run.set_up() {
        let before = run.total.passed;
        run.with_cluster(root, &tools, |command| {
            command.arg("test").args(MATERIAL_ARGS).env(MATERIAL_FOLDER, &folder).env(MATERIAL_RUN, "1");
        });
        // The cluster is one; a run in which no test looked at the material proves nothing.
        if run.total.failed == 0 && run.total.passed <= before + 1 {
            out::say("no test ran over the material");
            run.total.failed += 1;
        }
    }
    run.finish()
}

#[derive(Default)]
struct Run {
    total: Count,
    report: Vec<String>,
}

impl Run {
    fn step<F: FnOnce() -> Count>(&mut self, name: &str, work: F) {
        out::say(&format!("\n== {name}"));
        let start = Instant::now();
        let count = work();
        let word = if count.failed == 0 { "ok" } else { "FAILED" };
        let seconds = start.elapsed().as_secs_f32();
        let line = format!("{name}: {word}, {} passed, {} failed ({seconds:.1} s)", count.passed, count.failed);
        out::say(&format!("== {line}"));
        self.report.push(line);
        self.total.add(&count);
    }

    fn set_up(&mut self) -> Option<Tools> {
        let mut tools = None;
        self.step("set-up", || match setup::ensure() {
            Ok(found) => {
                tools = Some(found);
                Count::of(true)
            }
            Err(error) => {
                out::say(&error);
                Count::of(false)
            }
        });
        tools
    }

    fn lint(&mut self, root: &Path, name: &str, args: &[&str]) {
        let installed = setup::cargo(root).args([name, "--version"]).output().is_ok_and(|done| done.status.success());
        if !installed {
            let line = format!("{name}: skipped, this component of the Rust toolchain is not installed");
            out::say(&format!("\n== {line}"));
            self.report.push(line);
            return;
        }
        self.step(name, || Count::of(setup::cargo(root).args(args).status().is_ok_and(|status| status.success())));
    }

    /// Starts a cluster, runs `cargo` with it, and stops the cluster whatever came of the tests.
    fn with_cluster(&mut self, root: &Path, tools: &Tools, fill: impl FnOnce(&mut Command)) {
        let mut cluster = None;
        self.step("postgresql", || match Cluster::start(root, &tools.postgres) {
            Ok(started) => {
                out::say(&format!("private cluster at {}", started.url()));
                cluster = Some(started);
                Count::of(true)
            }
            Err(error) => {
                out::say(&error);
                Count::of(false)
            }
        });
        let Some(cluster) = cluster else { return };
        self.step("tests", || {
            let mut command = setup::cargo(root);
            command
                .env("TRABOULE_TEST_POSTGRES", cluster.url())
                .env("TRABOULE_TEST_CHROMIUM", &tools.chromium)
                .env("TRABOULE_TEST_CHROMEDRIVER", &tools.chromedriver);
            fill(&mut command);
            count::run(&mut command)
        });
        drop(cluster);
    }

    fn finish(self) -> bool {
        out::say("");
        self.report.iter().for_each(|line| out::say(line));
        out::say(&format!("{} passed, {} failed", self.total.passed, self.total.failed));
        self.total.failed == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let options = Options::parse(&["--no-lint", "--only", "tests", "--", "-p", "kernel"]).expect("options");
        assert_eq!(options.cargo_args, ["-p", "kernel"]);
        assert!(options.wants("tests") && !options.wants("tidy") && !options.wants("fmt"));
        assert!(Options::default().wants("clippy"));
        assert!(Options::parse(&["--only", "all"]).is_err());
        assert!(Options::parse(&["--only"]).is_err());
        assert!(Options::parse(&["--fast"]).is_err());
    }
}
