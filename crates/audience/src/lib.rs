//! Listens and views, counted by a rule set that is published, versioned and can be recomputed while its events live.
//! No address and no user agent is kept: a digest under the day's salt, which dies at the end of the next day. The crate
//! knows neither episodes nor pages: what is counted is a subject.

mod digest;
pub mod model;
mod recorder;
pub mod rules;
pub mod service;
mod store;

pub use digest::network;
pub use recorder::Recorder;

use db::Migration;

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[
    Migration { id: "audience_0001", sql: include_str!("../migrations/0001_counts.sql") },
    Migration { id: "audience_0002", sql: include_str!("../migrations/0002_reports.sql") },
];
