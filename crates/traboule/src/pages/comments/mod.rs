//! Comments as their readers and writers meet them: the thread under an episode, the form, the look before it is sent, the
//! writer's own page, the feed, erasing. Pages parse, call one use case, render; what counts as too fast, too many or
//! too much is decided elsewhere.

mod erase;
mod feed;
mod form;
mod own;
mod page;
mod subject;
mod text;
mod view;

pub use erase::{ask as ask_erase, erase, show as erasing};
pub use feed::feed;
pub(crate) use form::commenter_hole;
pub(crate) use form::limited;
pub use form::{forget, say, say_under_post, stamp};
pub use own::{change as change_own, loggable, show as own};
pub use page::{all, all_under_post};
pub(crate) use page::{below, cursor, with_comments};
pub(crate) use subject::{About, since};
pub(crate) use text::{html, initials, tint};
pub(crate) use view::{cursor_text, when};
