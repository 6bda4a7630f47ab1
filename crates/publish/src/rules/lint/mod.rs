//! The linter: what is wrong with an episode as it would be published, by the rules of Apple, RSS, the podcast
//! namespace, WCAG and this house. Pure: everything it looks at comes in. It changes nothing and refuses nothing;
//! who schedules an episode asks whether a finding is an error.

mod apple;
mod chapters;
mod episode;
mod show;
mod sound;
mod table;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use kernel::Arg;

use crate::model::checks::{Finding, Level, SourceHealth};
use crate::model::{FullEpisode, Show};
use crate::rules::approval::Standing;

pub use apple::{CATEGORIES, MEDIA_TYPES};
pub use table::{RULES, Rule};

/// What other episodes of the show have in common with this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Twins {
    /// Another one has the same title.
    pub title: bool,
    /// Another full one has the same season and number.
    pub number: bool,
    /// Another one names the same address of sound.
    pub sound_url: bool,
    /// Another one has the same sound file here.
    pub sound_file: bool,
}

/// What the linter looks at.
pub struct LintInput<'a> {
    /// The show.
    pub show: &'a Show,
    /// The episode as it would be saved.
    pub full: &'a FullEpisode,
    /// What other episodes share with it.
    pub twins: Twins,
    /// What is known about addresses of sources.
    pub health: &'a HashMap<String, SourceHealth>,
    /// Whether a client approved it.
    pub approval: Standing,
}

/// Findings while they are collected, in the order of the rules.
#[derive(Default)]
struct Found(Vec<Finding>);

impl Found {
    fn add(&mut self, rule: &str, args: Vec<(&'static str, Arg)>) {
        self.add_as(rule, None, args);
    }

    /// Adds a finding at another level than the table's.
    fn add_as(&mut self, rule: &str, level: Option<Level>, args: Vec<(&'static str, Arg)>) {
        let Some(known) = RULES.iter().find(|r| r.name() == rule) else { return };
        self.0.push(Finding {
            rule: known.name(),
            code: known.code,
            source: known.source,
            level: level.unwrap_or(known.level),
            field: known.field,
            args,
        });
    }

    fn when(&mut self, bad: bool, rule: &str) {
        if bad {
            self.add(rule, Vec::new());
        }
    }
}

fn whole(n: usize) -> Arg {
    Arg::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

/// Everything the rules find, errors first, else in the order of the form.
#[must_use]
pub fn lint(input: &LintInput<'_>) -> Vec<Finding> {
    let mut found = Found::default();
    episode::check(input, &mut found);
    sound::check(input, &mut found);
    chapters::check(input, &mut found);
    show::check(input, &mut found);
    let mut findings = found.0;
    findings.sort_by_key(|f| f.level);
    findings
}

/// Whether anything found blocks publication.
#[must_use]
pub fn blocks(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.level == Level::Error)
}
