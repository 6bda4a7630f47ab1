//! What `bench` measures. Everything runs in a temporary folder that is removed, on loopback, beside its baseline in the
//! same run. Targets are reported, never gated on: machines of one kind differ by almost a factor of two between runs.

mod comments;
mod crowd;
mod feed;
mod import;
mod log;
mod pages;
mod process;
mod search;

pub use comments::comments;
pub use feed::feed;
pub use import::import;
pub use log::log;
pub use pages::pages;
pub use search::search;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use db::Failure;
use kernel::{Clock, Rng};
use ui::CacheLimits;

use crate::app::{Opened, Opening};
use crate::config::Config;
use crate::fetch::WebFetcher;

/// A folder that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("traboule-bench-{}", kernel::hex(&Rng::System.bytes::<8>())));
        std::fs::create_dir_all(&path).map_err(Failure::broken)?;
        Ok(Self(path))
    }

    fn config(&self, name: &str) -> Config {
        Config::plain(self.0.join(name), SocketAddr::from(([127, 0, 0, 1], 0)), "http://localhost")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

async fn open(config: &Config, cache: CacheLimits) -> Result<Opened, Failure> {
    open_in(config, cache, None).await
}

/// The same in a schema of its own in PostgreSQL.
async fn open_in(config: &Config, cache: CacheLimits, schema: Option<String>) -> Result<Opened, Failure> {
    let fetcher = Arc::new(WebFetcher::new().map_err(Failure::Broken)?);
    let opening = Opening {
        clock: Clock::system(),
        rng: Rng::System,
        fetcher: fetcher.clone(),
        prober: Arc::new(crate::probe::Silence),
        poster: fetcher,
        elsewhere: Arc::new(community::ports::NotConnected),
        demo: true,
        port: 0,
        schema,
        cache,
    };
    Opened::open(config, opening).await
}
