//! Shows, episodes, media, feeds, import: the slice that publishes. Its words, states and invariants are in
//! README.md. It knows nothing of accounts' tables, and no other slice.

pub mod feed;
pub mod jobs;
pub mod media;
pub mod model;
pub mod pictures;
pub mod ports;
pub mod reader;
pub mod rules;
pub mod service;
mod store;
pub mod text;
pub mod web;
pub mod wxr;

pub use store::{KeptData, public_ids};

use db::Migration;
use kernel::Lang;

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[
    Migration { id: "publish_0001", sql: include_str!("../migrations/0001.sql") },
    Migration { id: "publish_0002", sql: include_str!("../migrations/0002_shows.sql") },
    Migration { id: "publish_0003", sql: include_str!("../migrations/0003_desk.sql") },
    Migration { id: "publish_0004", sql: include_str!("../migrations/0004_checks.sql") },
    Migration { id: "publish_0005", sql: include_str!("../migrations/0005_sound.sql") },
    Migration { id: "publish_0006", sql: include_str!("../migrations/0006_sites.sql") },
    Migration { id: "publish_0007", sql: include_str!("../migrations/0007_imports.sql") },
    Migration { id: "publish_0008", sql: include_str!("../migrations/0008_api.sql") },
    Migration { id: "publish_0009", sql: include_str!("../migrations/0009_search.sql") },
    Migration { id: "publish_0010", sql: include_str!("../migrations/0010_uploads.sql") },
    Migration { id: "publish_0011", sql: include_str!("../migrations/0011_leaves.sql") },
];

/// The templates of this crate, by name.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("publish/cards.html", include_str!("../templates/publish/cards.html")),
    ("publish/excerpts.html", include_str!("../templates/publish/excerpts.html")),
    ("publish/player.html", include_str!("../templates/publish/player.html")),
    ("publish/show.html", include_str!("../templates/publish/show.html")),
    ("publish/episode.html", include_str!("../templates/publish/episode.html")),
    ("publish/embed.html", include_str!("../templates/publish/embed.html")),
    ("publish/frame.html", include_str!("../templates/publish/frame.html")),
    ("publish/quote.html", include_str!("../templates/publish/quote.html")),
];

/// The sentences of this crate.
pub const LOCALES: &[(Lang, &str)] = &[
    (Lang::Fr, include_str!("../locales/fr/publish.ftl")),
    (Lang::En, include_str!("../locales/en/publish.ftl")),
    (Lang::Fr, include_str!("../locales/fr/quote.ftl")),
    (Lang::En, include_str!("../locales/en/quote.ftl")),
];
