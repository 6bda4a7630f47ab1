//! What this slice asks of the outside; floor 4 answers. Tests answer with something local.

use std::path::Path;

use futures_util::future::BoxFuture;

/// Why a download failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// The address may not be asked: a private network, another scheme, too many redirects. Never try again.
    Refused(String),
    /// The file is not there or larger than allowed. Never try again.
    Gone(String),
    /// It did not work this time.
    Failed(String),
}

impl std::fmt::Display for FetchError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(why) | Self::Gone(why) | Self::Failed(why) => f.write_str(why),
        }
    }
}

/// What a download gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Bytes written.
    pub size: u64,
    /// The media type the server named.
    pub mime: Option<String>,
    /// The charset the server named.
    pub charset: Option<String>,
}

/// Called with bytes done and bytes in all (if known).
pub type ProgressFn<'a> = &'a (dyn Fn(u64, Option<u64>) + Send + Sync);

/// Called with the host that is about to be asked; says whether it may be.
pub type MayFn<'a> = &'a (dyn Fn(&str) -> bool + Send + Sync);

/// Downloads public files into a folder of this machine. It must refuse addresses of private networks, also behind
/// redirects and changing names, and stop at `most` bytes.
pub trait Fetcher: Send + Sync + 'static {
    /// Downloads `url` into the file `into`.
    fn fetch<'a>(
        &'a self,
        url: &'a str,
        into: &'a Path,
        most: u64,
        progress: ProgressFn<'a>,
    ) -> BoxFuture<'a, Result<Fetched, FetchError>>;

    /// As [`Fetcher::fetch`], but asks `may` before each host behind a redirect is asked; where it says no, it fails this time.
    /// Who follows no redirects need not know it.
    fn fetch_by<'a>(
        &'a self,
        url: &'a str,
        into: &'a Path,
        most: u64,
        may: MayFn<'a>,
    ) -> BoxFuture<'a, Result<Fetched, FetchError>> {
        let _ = may;
        self.fetch(url, into, most, &|_, _| {})
    }

    /// Asks whether `url` is there, reading next to nothing, and gives the HTTP status after redirects. A fetcher that
    /// cannot ask refuses.
    fn probe<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<u16, FetchError>> {
        let why = format!("{url} cannot be asked from here");
        Box::pin(async move { Err(FetchError::Refused(why)) })
    }
}

/// Sends a message to a receiver outside, under the same guard as a [`Fetcher`]: no redirects, ten seconds.
pub trait Poster: Send + Sync + 'static {
    /// Posts JSON; gives the HTTP status.
    fn post<'a>(
        &'a self,
        url: &'a str,
        headers: &'a [(&'static str, String)],
        body: &'a str,
    ) -> BoxFuture<'a, Result<u16, FetchError>>;

    /// Posts a text, or without one gets; gives the status and at most 64 KiB of what is answered. Who stands in for the
    /// outside need not know it.
    fn exchange<'a>(&'a self, url: &'a str, text: Option<&'a str>) -> BoxFuture<'a, Result<(u16, String), FetchError>> {
        let why = format!("{url} is not asked{}", if text.is_some() { " to sign" } else { "" });
        Box::pin(async move { Err(FetchError::Refused(why)) })
    }
}

/// A question a listener's program would ask this site.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// `GET` or `HEAD`.
    pub method: &'static str,
    /// An absolute address of this site.
    pub url: String,
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
    /// How many bytes of the body are read at most.
    pub most: usize,
}

/// What the site answered.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The status; redirects are not followed.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The start of the body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header, empty when absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }
}

/// Asks this site at its own public address, as a listener's program does. It may reach private addresses, because the
/// site may stand there; what it asks is made from our own links only.
pub trait Prober: Send + Sync + 'static {
    /// Asks; the error says why there was no answer.
    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Reply, String>>;
}

/// What is asked of the encoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encode {
    /// MP3, 128 kb/s, 44.1 kHz, as loud as other podcasts: −16 LUFS (−19 for one channel), peaks at −1 dBTP.
    Loud,
    /// A small MP3 for slow connections.
    Light,
    /// FLAC, as loud as it came.
    Lossless,
    /// A stretch as a small MP3 with fades of ten milliseconds.
    Cut {
        /// Where it starts, in milliseconds.
        start_ms: i64,
        /// How long it is, in milliseconds.
        duration_ms: i64,
    },
}

/// What encoding gave besides the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoded {
    /// Loudness in LUFS as it came, when it was measured.
    pub before: Option<String>,
    /// Loudness in LUFS as it is now.
    pub after: Option<String>,
}

/// Why nothing was encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncodeError {
    /// There is no encoder on this machine.
    Missing,
    /// The encoder could not read the file.
    Unreadable,
    /// The sound is longer than is taken, or the result larger.
    TooLong,
    /// It took too long.
    TimedOut,
    /// An accident of this machine; another try may work.
    Accident(String),
}

impl EncodeError {
    /// The stable code, also of its sentence.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "ffmpeg-missing",
            Self::Unreadable => "source-unreadable",
            Self::TooLong => "source-too-long",
            Self::TimedOut => "timed-out",
            Self::Accident(_) => "accident",
        }
    }
}

/// What is known of the encoder and its walls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncoderFacts {
    /// Its version.
    pub version: String,
    /// Whether it runs without any network.
    pub network_wall: bool,
}

/// Encodes sound with a program of this machine that is kept within walls: no network, no other files, bounded time, memory
/// and output.
pub trait Encoder: Send + Sync + 'static {
    /// What it is; `None` when there is none.
    fn facts(&self) -> BoxFuture<'_, Option<EncoderFacts>>;

    /// Encodes the file `input`, read only as `format`, into `output` in the same folder.
    fn encode<'a>(
        &'a self,
        input: &'a Path,
        format: crate::media::SourceFormat,
        what: Encode,
        output: &'a Path,
        progress: ProgressFn<'a>,
    ) -> BoxFuture<'a, Result<Encoded, EncodeError>>;
}
