//! Pure decisions: state, command and time in; a decision or a refusal out. No I/O, clock or randomness.

pub mod clip;
pub mod form;
pub mod handle;
pub mod moderate;
pub mod notice;
pub mod notices;
pub mod order;
pub mod post;
pub mod settings;
pub mod spam;
pub mod text;
pub mod thread;
pub mod verdict;
pub mod visible;
