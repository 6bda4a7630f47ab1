//! What the desk finds out about an episode before and after it is published: findings, the health of sources,
//! proofs, clients' approvals, webhooks. Types only.

use kernel::{Arg, At, OrgId, PersonId};
use serde::{Deserialize, Serialize};

/// The prefix of shown approval ids.
pub const APPROVAL_PREFIX: &str = "al";
/// The prefix of shown webhook ids.
pub const WEBHOOK_PREFIX: &str = "wh";
/// The prefix of shown message ids, also the `webhook-id` receivers see.
pub const MESSAGE_PREFIX: &str = "msg";

/// Where a rule of the linter comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleSource {
    /// Apple's requirements for podcasts.
    Apple,
    /// RSS 2.0.
    Rss,
    /// The podcast namespace.
    Podcasting2,
    /// Web Content Accessibility Guidelines 2.2.
    Wcag,
    /// Our own habits.
    House,
}

impl RuleSource {
    /// The word in JSON, documents and locale keys.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Apple => "apple",
            Self::Rss => "rss",
            Self::Podcasting2 => "podcasting2",
            Self::Wcag => "wcag",
            Self::House => "house",
        }
    }
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Blocks publication.
    Error,
    /// Is said and blocks nothing.
    Warning,
}

impl Level {
    /// The word in JSON, documents and locale keys.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing the linter found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name, `title-missing`.
    pub rule: &'static str,
    /// The code of its sentence among the fields' codes, `lint-title-missing`.
    pub code: &'static str,
    /// Where the rule comes from.
    pub source: RuleSource,
    /// How bad it is.
    pub level: Level,
    /// The field of the form it is about.
    pub field: &'static str,
    /// What its sentence needs.
    pub args: Vec<(&'static str, Arg)>,
}

/// How the address of a source answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is there.
    Ok,
    /// 404 or 410: it is not there any more.
    Gone,
    /// It did not answer this time, or with a failure of its own.
    Failed,
    /// It exists but does not talk to programs, or we may not ask it. Says nothing about the source.
    Refused,
}

impl Outcome {
    /// The word in the database and in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Gone => "gone",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }

    /// Reads [`Outcome::code`]; anything else says nothing.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        match code {
            "ok" => Self::Ok,
            "gone" => Self::Gone,
            "failed" => Self::Failed,
            _ => Self::Refused,
        }
    }
}

/// What is known about the address of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceHealth {
    /// When it was last asked.
    pub checked_at: At,
    /// How it answered.
    pub outcome: Outcome,
    /// The HTTP status, when there was one.
    pub status: Option<i64>,
    /// How often in a row it was not there.
    pub streak: i64,
    /// When that row began.
    pub failing_since: Option<At>,
}

/// When a proof was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofKind {
    /// The look of the evening before.
    Evening,
    /// The proof two minutes after publication.
    Proof,
}

impl ProofKind {
    /// The word in the database, JSON and locale keys.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Evening => "evening",
            Self::Proof => "proof",
        }
    }
}

/// One line of a proof or an evening check: what was looked at and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofLine {
    /// The code of its sentence: a step of the proof (`proof-page`) or a rule (`lint-title-missing`).
    pub code: String,
    /// `ok`, `warning` or `error`.
    pub level: String,
    /// The field of the form, for rules.
    #[serde(default)]
    pub field: String,
    /// What its sentence needs.
    #[serde(default)]
    pub args: Vec<(String, String)>,
}

/// What an evening check or a proof found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub org: OrgId,
    /// Of which episode.
    pub episode: i64,
    /// `evening` or `proof`.
    pub kind: String,
    /// The publication it is about.
    pub instant: At,
    /// When it was made.
    pub at: At,
    /// `ok`, `warnings` or `failed`.
    pub verdict: String,
    /// Line by line.
    pub details: Vec<ProofLine>,
}

/// A link for a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub org: OrgId,
    /// For which episode.
    pub episode: i64,
    /// For whom, as the editor calls them.
    pub label: String,
    /// Who made it.
    pub created_by: Option<PersonId>,
    /// When.
    pub created_at: At,
    /// When it stops working.
    pub expires_at: At,
    /// When somebody ended it.
    pub revoked_at: Option<At>,
}

/// What a client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// Says something.
    Comment,
    /// Approves the version seen.
    Approved,
    /// Asks for changes to it.
    Changes,
}

impl NoteKind {
    /// The word in the database, forms and JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Approved => "approved",
            Self::Changes => "changes",
        }
    }

    /// Reads [`NoteKind::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Comment, Self::Approved, Self::Changes].into_iter().find(|k| k.code() == code)
    }
}

/// What a client said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalNote {
    /// Its id.
    pub id: i64,
    /// By which link.
    pub approval: i64,
    /// Comment, approved, changes.
    pub kind: NoteKind,
    /// The name the client gave.
    pub name: String,
    /// What they wrote.
    pub text: String,
    /// The version of the episode they saw.
    pub version: i64,
    /// The digest of what they saw.
    pub digest: String,
    /// When.
    pub at: At,
}

/// Where an organisation wants to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub org: OrgId,
    /// The address.
    pub url: String,
    /// Which events, as receivers see them: `episode.published`.
    pub events: Vec<String>,
    /// Which secret it signs with.
    pub generation: i64,
    /// When the secret was last replaced: the one before works for a day.
    pub rotated_at: Option<At>,
    /// When it was paused.
    pub paused_at: Option<At>,
    /// `hand` or `gone`.
    pub pause_reason: Option<String>,
    /// When it was made.
    pub created_at: At,
}

/// One message to one webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id; receivers see it as `webhook-id`.
    pub id: i64,
    /// To which webhook.
    pub webhook: i64,
    /// What it tells.
    pub event: String,
    /// The JSON sent.
    pub body: String,
    /// `waiting`, `delivered` or `failed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// The last HTTP status.
    pub status: Option<i64>,
    /// The last thing that went wrong.
    pub trouble: Option<String>,
    /// When it was made.
    pub created_at: At,
    /// When it was last tried.
    pub tried_at: Option<At>,
}
