//! Feeds: what goes in ([`FeedShow`], [`FeedItem`]), the writers of RSS, Atom, JSON Feed
//! and OPML, and the podcast GUID.
//!
//! Pure: the same input gives the same bytes. It does not read the database,
//! decide what is public, sanitise HTML or format dates; callers hand all that
//! in, ready.

mod atom;
mod guid;
mod item;
mod json_feed;
mod model;
mod opml;
mod show;
mod taxonomy;
mod xml;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_formats;

pub use atom::{atom_id, write_atom};
pub use guid::podcast_guid;
pub use json_feed::write_json_feed;
pub use model::{
    EpisodeType, FeedAlternate, FeedEnclosure, FeedFrequency, FeedImage, FeedItem, FeedPages, FeedPerson, FeedShow,
    FeedSoundbite, FeedTrailer, FeedTranscript, ShowType,
};
pub use opml::{Outline, write_opml};
pub use show::write_rss;
pub use xml::clean_xml_text;
