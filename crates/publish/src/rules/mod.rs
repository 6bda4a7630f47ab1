//! Decisions about shows and episodes. Pure functions: state, command and time in; decision or refusal out.

pub mod approval;
pub mod calendar;
pub mod check;
pub mod cues;
pub mod diff;
pub mod excerpt;
pub mod host;
pub mod import;
pub mod lint;
pub mod merge;
pub mod moved;
pub mod pages;
pub mod proof;
pub mod quote;
pub mod rehearse;
pub mod rundown;
pub mod schedule;
pub mod search;
pub mod show;
pub mod slug;
pub mod sources;
pub mod theme;
pub mod upload;
pub mod visibility;
pub mod webhook;
pub mod wxr;
