//! Decisions about shows and episodes. Pure functions: state, command and time in; decision or refusal out.

pub mod approval;
pub mod check;
pub mod import;
pub mod lint;
pub mod proof;
pub mod schedule;
pub mod slug;
pub mod sources;
pub mod visibility;
pub mod webhook;
