//! The reader of WordPress exports (WXR 1.0 to 1.2): bytes in, a typed [`Wxr`] out. Pure. It uses the feed reader's
//! decoding, repair and limits, but refuses a document whose structure had to be guessed: a comment's private
//! address must never end up in a text by a repair. It does not sanitise HTML; that is done where it is stored.

mod build;
mod content;
mod convert;
mod model;
mod php;
mod sound;

#[cfg(test)]
mod tests;

pub use content::{Converted, comment_html, to_html};
pub use model::{
    CommentKind, CommentState, Wxr, WxrAttachment, WxrComment, WxrError, WxrItem, WxrKind, WxrLimits, WxrStatus,
    WxrTerm,
};
pub use php::{Php, parse as parse_php};

use crate::reader::Limits;
use crate::reader::problems::Problems;

/// Problems of the markup after which the structure is only a guess.
const BROKEN: &[&str] = &[
    "truncated",
    "mismatched_tag",
    "stray_end_tag",
    "markup_unreadable",
    "malformed_tag",
    "unclosed_cdata",
    "unclosed_comment",
    "content_after_end",
    "stray_less_than",
];

/// Whether bytes look like a WordPress export rather than a feed: it declares WordPress's own vocabulary.
#[must_use]
pub fn looks_like_wxr(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(16 * 1024)];
    let text = String::from_utf8_lossy(head);
    text.contains("wordpress.org/export/") || text.contains("<wp:wxr_version")
}

/// Reads one export. Gives it with its items in document order, or the reason against it. Never panics.
///
/// # Errors
/// A [`WxrError`] with a stable code: too large, too deep, too many items or comments, entities, not an export, malformed.
pub fn read(bytes: &[u8], limits: &WxrLimits) -> Result<Wxr, WxrError> {
    if bytes.len() > limits.max_bytes {
        return Err(WxrError::TooLarge { max: limits.max_bytes });
    }
    let inner = Limits {
        max_bytes: limits.max_bytes,
        max_items: limits.max_items,
        max_depth: limits.max_depth,
        max_text: limits.max_text,
        max_problems: limits.max_problems,
    };
    let mut problems = Problems::new(limits.max_problems);
    let decoded = crate::reader::decode::decode(bytes, None, &mut problems);
    if decoded.trim().is_empty() {
        return Err(WxrError::NotWxr("the document is empty".to_owned()));
    }
    let clean = crate::reader::repair::repair(&decoded, &inner, &mut problems)?;
    let draft = build::build(&clean, limits, &inner, &mut problems)?;
    drop(clean);
    let wxr = convert::finish(draft, problems)?;
    if let Some(broken) = wxr.problems.iter().find(|p| BROKEN.contains(&p.code)) {
        return Err(WxrError::Malformed(broken.text.clone()));
    }
    Ok(wxr)
}
