//! Organisations, people and their roles; sign-in by password, passkey or e-mailed code; sessions, API
//! tokens and signatures. It has no pages: they live in `traboule::pages`. It never decides what a role
//! may do elsewhere: each slice's use cases ask the [`kernel::Actor`].

mod mail;
pub mod model;
pub mod passkey;
pub mod rules;
pub mod service;
mod store;

pub use mail::{MAIL_HANDLER, MailTask};

use db::Migration;

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[
    Migration { id: "accounts_0001", sql: include_str!("../migrations/0001.sql") },
    Migration { id: "accounts_0002", sql: include_str!("../migrations/0002_joining.sql") },
];
