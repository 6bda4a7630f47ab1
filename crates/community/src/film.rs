//! The port of films: what this slice asks of the outside to make videos; floor 4 answers. Tests answer with something local.

use std::path::Path;

use futures_util::future::BoxFuture;

use crate::media::Container;

/// Why no video was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilmError {
    /// There is no program for it on this machine.
    Missing,
    /// The program could not read the file.
    Unreadable,
    /// Longer than is taken, or the result larger.
    TooLong,
    /// It took too long.
    TimedOut,
    /// An accident of this machine; another try may work.
    Accident(String),
}

impl FilmError {
    /// The stable code, also of its sentence.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "no-ffmpeg",
            Self::Unreadable => "unreadable",
            Self::TooLong => "too-long",
            Self::TimedOut => "timed-out",
            Self::Accident(_) => "accident",
        }
    }
}

/// Called with how many milliseconds of the video are done.
pub type DoneFn<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// Sound and a picture a clip is made of. Every file lies in one folder.
#[derive(Clone, Copy, Debug)]
pub struct Still<'a> {
    /// The sound.
    pub sound: &'a Path,
    /// Its media type, `audio/mpeg` or one of MP4.
    pub sound_type: &'a str,
    /// The picture and its media type, if there is one.
    pub picture: Option<(&'a Path, &'a str)>,
    /// Where in the sound it starts, in milliseconds.
    pub start_ms: i64,
    /// How long it is.
    pub duration_ms: i64,
}

/// Makes videos with a program of this machine that is kept within walls: no network, no other files, bounded time, memory
/// and output. What it makes carries nothing of the input but picture and sound.
pub trait Filmer: Send + Sync + 'static {
    /// The program's version; `None` when there is none.
    fn version(&self) -> BoxFuture<'_, Option<String>>;

    /// Makes an MP4 of at most 720 lines out of `input`, read only as `kind`, in the same folder.
    fn rendition<'a>(
        &'a self,
        input: &'a Path,
        kind: Container,
        output: &'a Path,
        done: DoneFn<'a>,
    ) -> BoxFuture<'a, Result<(), FilmError>>;

    /// Makes a JPEG out of a frame that shows something.
    fn poster<'a>(&'a self, input: &'a Path, kind: Container, output: &'a Path)
    -> BoxFuture<'a, Result<(), FilmError>>;

    /// Makes an upright MP4 of 720 by 1280 out of a stretch of sound and a picture.
    fn film<'a>(&'a self, of: Still<'a>, output: &'a Path, done: DoneFn<'a>) -> BoxFuture<'a, Result<(), FilmError>>;
}
