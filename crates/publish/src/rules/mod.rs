//! Decisions about shows and episodes. Pure functions: state, command and time in; decision or refusal out.

pub mod check;
pub mod import;
pub mod pages;
pub mod rehearse;
pub mod schedule;
pub mod slug;
pub mod visibility;
pub mod wxr;
