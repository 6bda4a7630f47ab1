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
}
