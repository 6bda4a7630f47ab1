//! The podcast feed reader: bytes of an RSS or Atom document in, a typed [`Feed`] out.
//!
//! It repairs what has a plain meaning and reports every repair as a [`Problem`]. It refuses what is
//! dangerous (entity declarations, excessive size or depth) with a [`ReadError`].
//! It is pure: no network, no clock, no files. It does not sanitise HTML; that is done where HTML is shown.

mod builder;
mod convert;
mod dates;
pub(crate) mod decode;
mod durations;
mod entities;
mod fields;
mod identity;
mod media;
mod model;
mod podcasting;
pub(crate) mod problems;
pub(crate) mod repair;
mod tags;
pub(crate) mod text;
mod unescape;
pub(crate) mod urls;
mod values;
mod words;
pub(crate) mod xml;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_repair;
#[cfg(test)]
mod tests_round;

pub use dates::{ParsedDate, parse_date};
pub use durations::{BadDuration, parse_duration};
pub use identity::{IdentityInput, identities};
pub use model::{
    AlternateEnclosure, Enclosure, EpisodeType, Feed, Funding, Item, Limits, Person, Problem, PscChapter, ReadError,
    ShowType, Soundbite, Trailer, TranscriptRef, Txt, UpdateFrequency,
};

/// Reads one feed document.
///
/// `bytes` is the document as received, after any content coding was undone. `http_charset` is the
/// `charset` parameter of the Content-Type header, if there was one. `limits` bounds size, depth,
/// items and text.
///
/// Gives the feed with its items in document order, or a [`ReadError`] with a stable code. Everything
/// that had to be repaired is listed in [`Feed::problems`]. Never panics, whatever the bytes are.
pub fn read(bytes: &[u8], http_charset: Option<&str>, limits: &Limits) -> Result<Feed, ReadError> {
    if bytes.len() > limits.max_bytes {
        return Err(ReadError::TooLarge { bytes: bytes.len(), max: limits.max_bytes });
    }
    let mut problems = problems::Problems::new(limits.max_problems);
    let decoded = decode::decode(bytes, http_charset, &mut problems);
    if decoded.trim().is_empty() {
        return Err(ReadError::NotAFeed("the document is empty".to_string()));
    }
    let clean = repair::repair(&decoded, limits, &mut problems)?;
    let draft = builder::build(&clean, limits, problems)?;
    convert::finish(draft)
}
