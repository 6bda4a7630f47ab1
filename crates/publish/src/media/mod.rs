//! Facts about the files of an episode: sound, transcripts, chapters, times.
//! Each module reads hostile input, keeps memory bounded and never panics.
//! None of them may open files, fetch addresses or look at the clock.

pub mod audio;
pub mod chapters;
pub mod source;
pub mod timecode;
pub mod transcript;

pub use audio::{AudioFacts, ProbeError, probe};
pub use source::{SourceFormat, sniff_source};
