//! `serve`: opens, listens, works in the background, and ends cleanly on Ctrl-C or SIGTERM.

use std::sync::Arc;
use std::time::Duration;

use kernel::{Clock, Rng};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::Ended;
use crate::app::{Opened, Opening};
use crate::config::Config;
use crate::fetch::WebFetcher;
use crate::http::MakeFront;
use crate::probe::WebProber;

/// Opens the server of a configuration with the machine's clock.
pub(super) async fn open(config: &Config, port: u16, demo: bool) -> Result<Opened, Ended> {
    let fetcher = Arc::new(WebFetcher::new().map_err(Ended::Problem)?);
    let poster = if demo { WebFetcher::allowing_loopback() } else { WebFetcher::new() };
    let opening = Opening {
        clock: Clock::system(),
        rng: Rng::System,
        fetcher,
        prober: Arc::new(WebProber::new().map_err(Ended::Problem)?),
        poster: Arc::new(poster.map_err(Ended::Problem)?),
        elsewhere: Arc::new(community::ports::NotConnected),
        demo,
        port,
        schema: None,
        cache: ui::CacheLimits::default(),
    };
    Ok(Opened::open(config, opening).await?)
}

pub(super) async fn run(config: Config) -> Result<(), Ended> {
    let listener = listen(&config).await?;
    let port = listener.local_addr().map(|a| a.port()).unwrap_or(0);
    let opened = open(&config, port, false).await?;
    agree(&opened, &config).await?;
    tracing::info!("listening on http://{}", config.listen);
    super::say(&format!("Traboule listens: {}/", opened.app.links.origin()));
    until_stopped(opened, listener).await
}

/// Before anything is served: the public log is where its witnesses saw it.
pub(super) async fn agree(opened: &Opened, config: &Config) -> Result<(), Ended> {
    Ok(crate::log::witnesses::agree(&opened.app, &config.data).await?)
}

pub(super) async fn listen(config: &Config) -> Result<TcpListener, Ended> {
    TcpListener::bind(config.listen).await.map_err(|e| Ended::Problem(format!("{}: {e}", config.listen)))
}

/// Serves until a signal; then lets requests finish for a few seconds.
pub(super) async fn until_stopped(opened: Opened, listener: TcpListener) -> Result<(), Ended> {
    let (stop, stopped) = watch::channel(false);
    let background = opened.start_background(&stopped);
    let mut ended = stopped.clone();
    let serving = tokio::spawn(async move {
        let serve = axum::serve(listener, MakeFront::new(opened.app.clone()));
        let until = async move { drop(ended.wait_for(|s| *s).await) };
        let outcome = serve.with_graceful_shutdown(until).await;
        (opened, outcome)
    });
    wait_for_signal().await?;
    // Nobody listening any more is as good as told.
    let _ = stop.send(true);
    let finished = tokio::time::timeout(Duration::from_secs(5), serving).await;
    for task in background {
        drop(task.await);
    }
    match finished {
        Ok(Ok((opened, outcome))) => {
            opened.close().await;
            outcome.map_err(|e| Ended::Problem(e.to_string()))
        }
        // Somebody still downloads: the operating system closes what is left.
        Ok(Err(error)) => Err(Ended::Problem(error.to_string())),
        Err(_) => Ok(()),
    }
}

async fn wait_for_signal() -> Result<(), Ended> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|e| Ended::Problem(e.to_string()))?;
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
