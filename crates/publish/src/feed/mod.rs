//! The podcast RSS feed: what goes in ([`FeedShow`], [`FeedItem`]), the writer
//! and the podcast GUID.
//!
//! Pure: the same input gives the same bytes. It does not read the database,
//! decide what is public, sanitise HTML or format dates; callers hand all that
//! in, ready.

mod guid;
mod item;
mod model;
mod show;
pub(crate) mod taxonomy;
mod xml;

#[cfg(test)]
mod tests;

pub use guid::podcast_guid;
pub use model::{
    EpisodeType, FeedEnclosure, FeedFrequency, FeedItem, FeedPages, FeedPerson, FeedShow, FeedTranscript, ShowType,
};
pub use show::write_rss;
pub use xml::clean_xml_text;
