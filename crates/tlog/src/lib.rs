//! The public log: leaves that say what happened, hashed into a tree whose signed heads anybody can check against each other
//! (C2SP tlog-tiles, checkpoints, signed notes, witnesses). It keeps no person, knows no slice, and has no page: it takes
//! bytes in transactions, gives them indexes, and answers with tiles, proofs and receipts.

pub mod audit;
pub mod checkpoint;
pub mod leaf;
pub mod merkle;
pub mod model;
pub mod note;
pub mod proof;
pub mod receipt;
pub mod service;
mod store;
pub mod tiles;
pub mod witness;

use db::Migration;

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[Migration { id: "tlog_0001", sql: include_str!("../migrations/0001_log.sql") }];
