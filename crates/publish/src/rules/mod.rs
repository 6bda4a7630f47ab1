//! Decisions about shows and episodes. Pure functions: state, command and time in; decision or refusal out.

pub mod calendar;
pub mod check;
pub mod host;
pub mod import;
pub mod pages;
pub mod schedule;
pub mod show;
pub mod slug;
pub mod theme;
pub mod visibility;
