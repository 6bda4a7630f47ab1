//! Every rule of the linter by name: where it comes from, how bad it is, which field it is about. The conditions
//! stand beside the things they look at.

use crate::model::checks::{Level, RuleSource};

/// A rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// `lint-` and its name: the code of its sentence.
    pub code: &'static str,
    /// Where it comes from.
    pub source: RuleSource,
    /// How bad it is; some rules are milder or harder in a case the documents name.
    pub level: Level,
    /// The field of the form.
    pub field: &'static str,
}

impl Rule {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.code.strip_prefix("lint-").unwrap_or(self.code)
    }
}

const fn rule(code: &'static str, source: RuleSource, level: Level, field: &'static str) -> Rule {
    Rule { code, source, level, field }
}

use Level::{Error, Warning};
use RuleSource::{Apple, House, Podcasting2, Rss, Wcag};

/// Every rule.
pub const RULES: &[Rule] = &[
    rule("lint-title-missing", Apple, Error, "title"),
    rule("lint-title-long", House, Error, "title"),
    rule("lint-title-cut", House, Warning, "title"),
    rule("lint-title-spaces", House, Warning, "title"),
    rule("lint-title-number", Apple, Warning, "title"),
    rule("lint-title-twice", House, Warning, "title"),
    rule("lint-language-missing", House, Warning, "title"),
    rule("lint-description-missing", Apple, Warning, "summary"),
    rule("lint-description-long", Apple, Warning, "summary"),
    rule("lint-summary-repeats", House, Warning, "summary"),
    rule("lint-link-text", Wcag, Warning, "notes_md"),
    rule("lint-notes-picture", Wcag, Warning, "notes_md"),
    rule("lint-number-missing", Apple, Error, "number"),
    rule("lint-number-zero", Apple, Warning, "number"),
    rule("lint-number-twice", House, Warning, "number"),
    rule("lint-season-zero", Apple, Warning, "season"),
    rule("lint-guid-empty", Rss, Error, "guid"),
    rule("lint-guid-link", Rss, Error, "guid"),
    rule("lint-guid-odd", Rss, Warning, "guid"),
    rule("lint-cover-size", Apple, Warning, "cover"),
    rule("lint-cover-shape", Apple, Warning, "cover"),
    rule("lint-cover-type", Apple, Warning, "cover"),
    rule("lint-cover-alt", Wcag, Warning, "cover_alt"),
    rule("lint-role-unknown", Podcasting2, Warning, "credits"),
    rule("lint-audio-missing", Apple, Error, "audio"),
    rule("lint-audio-type", Apple, Error, "audio"),
    rule("lint-audio-length", Rss, Error, "audio"),
    rule("lint-audio-length-unknown", Rss, Warning, "audio"),
    rule("lint-audio-address", Apple, Error, "audio"),
    rule("lint-audio-http", Apple, Warning, "audio"),
    rule("lint-audio-extension", Apple, Error, "audio"),
    rule("lint-audio-nameless", Apple, Warning, "audio"),
    rule("lint-audio-twice", Apple, Error, "audio"),
    rule("lint-audio-same", House, Warning, "audio"),
    rule("lint-duration-missing", Apple, Warning, "audio"),
    rule("lint-transcript-missing", Wcag, Warning, "transcript"),
    rule("lint-transcript-unread", House, Warning, "transcript"),
    rule("lint-transcript-beyond", House, Warning, "transcript"),
    rule("lint-chapters-order", Podcasting2, Error, "chapters"),
    rule("lint-chapter-beyond", Podcasting2, Error, "chapters"),
    rule("lint-chapter-first", Podcasting2, Warning, "chapters"),
    rule("lint-chapter-title", Podcasting2, Error, "chapters"),
    rule("lint-chapter-source", House, Warning, "chapters"),
    rule("lint-source-dead", House, Warning, "sources"),
    rule("lint-source-text", Wcag, Warning, "sources"),
    rule("lint-approval-missing", House, Error, "approval"),
    rule("lint-approval-outdated", House, Error, "approval"),
    rule("lint-approval-changes", House, Error, "approval"),
    rule("lint-show-description", Apple, Warning, "show"),
    rule("lint-show-description-long", Apple, Warning, "show"),
    rule("lint-show-title-long", House, Warning, "show"),
    rule("lint-show-author", Apple, Warning, "show"),
    rule("lint-show-language", Apple, Warning, "show"),
    rule("lint-show-cover", Apple, Warning, "show"),
    rule("lint-show-cover-size", Apple, Warning, "show"),
    rule("lint-show-cover-type", Apple, Warning, "show"),
    rule("lint-show-category", Apple, Warning, "show"),
    rule("lint-show-category-unknown", Apple, Warning, "show"),
    rule("lint-show-guid", Podcasting2, Warning, "show"),
    rule("lint-show-medium", Podcasting2, Warning, "show"),
    rule("lint-show-funding", Podcasting2, Warning, "show"),
    rule("lint-show-txt", Podcasting2, Warning, "show"),
    rule("lint-show-rrule", Podcasting2, Warning, "show"),
    rule("lint-show-moved", Apple, Warning, "show"),
];
