//! What the public says: comments on anything, by guests and by members, in threads, with one queue for moderators.
//! A commenter's e-mail address is sealed and never leaves the moderator's view. The slice knows neither episodes nor
//! accounts: subjects and people are ids that floor 4 looks behind.

pub mod film;
pub mod jobs;
pub mod media;
pub mod model;
pub mod pictures;
pub mod ports;
pub mod rules;
pub mod seal;
pub mod service;
mod store;

pub use seal::Sealer;

use db::Migration;
use kernel::{At, Lang, OrgId};

/// The handler that tells moderators what waits.
pub const WAITING_HANDLER: &str = "community.waiting";

/// The handler that hears which comments became visible or began to wait.
pub const TOLD_HANDLER: &str = "community.told";

/// The key of the hour's mail to an organisation's moderators, and when it is due: the first comment that waits asks for
/// it, five minutes on so that a burst comes in one mail; the others of the hour find it there.
pub(crate) fn waiting_key(org: OrgId, at: At) -> (String, At) {
    let hour = at.micros().div_euclid(3_600_000_000);
    (format!("{}-{hour}", org.0), at.plus_seconds(300))
}

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[
    Migration { id: "community_0001", sql: include_str!("../migrations/0001_comments.sql") },
    Migration { id: "community_0002", sql: include_str!("../migrations/0002_notice.sql") },
    Migration { id: "community_0003", sql: include_str!("../migrations/0003_people.sql") },
];

/// The templates of this crate, by name.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("community/thread.html", include_str!("../templates/community/thread.html")),
    ("community/form.html", include_str!("../templates/community/form.html")),
    ("community/commenter.html", include_str!("../templates/community/commenter.html")),
    ("community/feed.html", include_str!("../templates/community/feed.html")),
    ("community/post.html", include_str!("../templates/community/post.html")),
];

/// The sentences of this crate.
pub const LOCALES: &[(Lang, &str)] =
    &[(Lang::Fr, include_str!("../locales/fr/community.ftl")), (Lang::En, include_str!("../locales/en/community.ftl"))];
