//! What is counted, and figures. No rule and no SQL here.

use std::net::IpAddr;

pub use kernel::Item;
use kernel::{At, OrgId, Subject, SubjectKind};
use serde::{Deserialize, Serialize};

/// What is counted of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Count {
    /// Somebody was served sixty seconds of its sound.
    Listen,
    /// Somebody looked at its page.
    View,
}

impl Count {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Listen, Self::View];

    /// The word in the database and in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Listen => "listen",
            Self::View => "view",
        }
    }

    /// Reads [`Count::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }
}

/// A request as the server saw it. It lives in memory until the next flush, at most a second, and is never written.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What it was for.
    pub item: Item,
    /// Sound, or a page.
    pub count: Count,
    /// When its answer ended.
    pub at: At,
    /// From where.
    pub ip: IpAddr,
    /// What the programme calls itself.
    pub agent: String,
    /// Where it came from.
    pub referer: String,
    /// The method.
    pub method: String,
    /// The status of the answer.
    pub status: u16,
    /// Whether it said it only fetches ahead.
    pub prefetch: bool,
    /// Whether it is somebody of the organisation.
    pub team: bool,
    /// Bytes of the file taken, from the first to before the second.
    pub taken: (u64, u64),
    /// The file: size, bytes before the sound, length in milliseconds.
    pub sound: (u64, u64, u64),
}

/// An event as kept while the salt of its day lives, and as exported. It names nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id.
    pub id: i64,
    /// What it was for: kind and id.
    pub subject: (SubjectKind, i64),
    /// When.
    pub at: At,
    /// The digest of the visitor for this episode and window; empty when counted out before.
    pub visitor: String,
    /// The method.
    pub method: String,
    /// The status of the answer.
    pub status: i64,
    /// The first byte taken.
    pub first: i64,
    /// The byte after the last one taken.
    pub end: i64,
    /// The size of the file.
    pub size: i64,
    /// Bytes before the sound.
    pub header: i64,
    /// Its length in milliseconds.
    pub duration_ms: i64,
    /// The programme's name.
    pub agent: String,
    /// The reason it is counted out; empty when it takes part.
    pub reason: String,
    /// Whether it completed a listen.
    pub counted: bool,
    /// The version of the rules.
    pub rules: String,
}

/// What figures are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Whose.
    pub org: OrgId,
    /// Of what belongs to this only.
    pub within: Option<i64>,
    /// Of this only.
    pub subject: Option<Subject>,
    /// From this instant, counted in whole hours.
    pub from: At,
    /// To before this instant.
    pub to: At,
}

/// A figure of one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourFigure {
    /// Of what.
    pub count: Count,
    /// The hour, in hours since 1970 UTC.
    pub hour: i64,
    /// How many.
    pub n: i64,
}

/// Figures of a time by name: apps, devices, sources, reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartFigure {
    /// Of what.
    pub count: Count,
    /// The name.
    pub name: String,
    /// How many.
    pub n: i64,
}

/// What figures are parted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The programme's name.
    App,
    /// The kind of device.
    Device,
    /// The class of where it came from.
    Source,
    /// The reason it was counted out.
    Excluded,
}

impl Part {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::App, Self::Device, Self::Source, Self::Excluded];

    /// The word in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Device => "device",
            Self::Source => "source",
            Self::Excluded => "excluded",
        }
    }
}

/// Hours since 1970, UTC.
#[must_use]
pub const fn hour_of(at: At) -> i64 {
    at.micros().div_euclid(3_600_000_000)
}

/// Days since 1970, UTC.
#[must_use]
pub const fn day_of(at: At) -> i64 {
    at.micros().div_euclid(86_400_000_000)
}

/// The instant a day begins, UTC.
#[must_use]
pub const fn day_start(day: i64) -> At {
    At::from_micros(day * 86_400_000_000)
}

/// The prefix of links' ids in addresses.
pub const REPORT_PREFIX: &str = "rp";

/// A link by which a client sees one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub org: OrgId,
    /// What it is about: a show.
    pub within: i64,
    /// The month, `2026-11`.
    pub month: String,
    /// Whom it is for.
    pub label: String,
    /// When it was made.
    pub created_at: At,
    /// When it ends by itself.
    pub expires_at: At,
    /// When it was ended.
    pub revoked_at: Option<At>,
}
