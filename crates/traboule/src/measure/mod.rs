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
use crate::config::{Config, MailConfig, SOURCE_URL};
use crate::fetch::WebFetcher;

/// A folder that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("traboule-bench-{}", kernel::hex(&Rng::System.bytes::<8>())));
        std::fs::create_dir_all(&path).map_err(|e| Failure::Broken(e.to_string()))?;
        Ok(Self(path))
    }

    fn config(&self, name: &str) -> Config {
        Config {
            data: self.0.join(name),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            database: None,
            public_url: Some("http://localhost".to_owned()),
            proxies: Vec::new(),
            datacentres: Vec::new(),
            former_hosts: Vec::new(),
            source_url: SOURCE_URL.to_owned(),
            mail: MailConfig::Folder,
            s3: None,
            ffmpeg: None,
            upload_room: 1 << 33,
            clip_rooms: community::rules::clip::Rooms::default(),
            log: crate::config::LogConfig::default(),
        }
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
