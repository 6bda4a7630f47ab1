//! Show notes and other rich text: Markdown, imported HTML and plain text in,
//! a small and safe subset of HTML (or plain text) out.
//!
//! Everything here is pure: no I/O, no clock, no randomness. No function gives
//! back HTML that has not been rebuilt by [`sanitise_html`]'s writer, so a
//! caller may put the result in a page without escaping it again.

mod clean;
mod french;
mod href;
mod json;
mod load;
mod markdown;
mod model;
mod plain;
mod sanitise;
mod to_text;
mod token;
mod tree;

#[cfg(test)]
mod tests;

pub use french::{french_spaces, french_spaces_html};
pub use json::json_for_script;
pub use markdown::markdown_to_html;
pub use plain::{imported_to_html, looks_like_html, text_to_html};
pub use sanitise::{MAX_INPUT_BYTES, feed_html, sanitise_html};
pub use to_text::{cut_bytes, excerpt, html_to_text};
