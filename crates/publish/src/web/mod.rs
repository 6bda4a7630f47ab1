//! What this slice shows: addresses, view models for its templates, head elements, the feed, oEmbed, and the
//! files of episodes. No decision and no SQL.

mod excerpts;
mod feed_page;
mod files;
mod frame;
mod head;
mod links;
mod oembed;
mod quote;
mod search;
mod sitemap;
mod views;

pub use excerpts::ExcerptView;
pub use feed_page::{FeedFormat, FeedPage, feed_page, opml_page};
pub use files::{
    FileError, FileRequest, Sounding, audio_file, chapters_file, excerpt_file, image_file, said_file, transcript_file,
};
pub use frame::{EmbedView, FrameView, SIZES, embed_view};
pub use head::{Alternate, FeedLink, Head, Meta, episode_head, show_head};
pub use links::Links;
pub use oembed::{OembedAsk, OembedTarget, oembed, oembed_target, oembed_xml};
pub use quote::{QuoteLine, QuoteView, quote_head, quote_view};
pub use search::{HitView, PieceView, hit_view};
pub use sitemap::{MapEntry, MapLink, NewsEntry, sitemap_index, sitemap_section};
pub use views::{
    AudioView, Card, CardContext, ChapterView, Cover, EpisodeView, FactView, LinkView, PersonView, ShareView, ShowView,
    SourceView, TranscriptView, card, cue_anchor, episode_view, show_view, typeset,
};
