//! `bench pages`: the cached episode page, the page built for each request, the feed; each against a floor that answers
//! the same bytes and headers with no work. Also: whether a change is seen by the very next request, the size of the
//! page, the memory of an idle server and its second start.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Response};
use bench::{Figure, Load, Report};
use db::{Failure, write_tx};
use futures_util::future::BoxFuture;
use http_body_util::BodyExt;
use kernel::{Actor, Clock};
use publish::service as uc;
use tokio::net::TcpListener;
use tower::Service;
use ui::CacheLimits;

use super::{Scratch, open, process};
use crate::app::{App, Opened};
use crate::http::{Front, MakeFront};

const PASSES: usize = 5;
const SPAN: Duration = Duration::from_millis(1500);
const CONNECTIONS: usize = 32;
const EPISODE: &str = "/fr/shows/de-plain-pied/qui-est-paye-qui-protege-qui-repond";
const BROWSER: &str = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const FEED: &str = "/feeds/de-plain-pied.xml";

/// Measures pages.
///
/// # Errors
/// When the demo cannot be built or served.
pub async fn pages() -> Result<Report, Failure> {
    let scratch = Scratch::new()?;
    let config = scratch.config("demo");
    crate::demo::populate(&config, 0, Clock::system().now()).await?;
    let mut figures = Vec::new();

    let opened = open(&config, CacheLimits::default()).await?;
    let page = snapshot(&opened.app, EPISODE).await?;
    let bytes = page.1.len() as f64 / 1000.0;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let counting = tokio::spawn(crate::counting::run(opened.app.clone(), stopped));
    // Whoever says nothing of themselves is counted out at once; a browser's view is noted and counted.
    let cached = [
        ("cached episode page", EPISODE, None),
        ("cached episode page, asked by a browser", EPISODE, Some(BROWSER)),
        ("cached feed", FEED, None),
    ];
    for (metric, path, header) in cached {
        figures.push(against_floor(&opened, metric, path, header).await?.at_least(0.9));
    }
    figures.push(fresh_at_once(&opened.app).await?);
    stop.send_replace(true);
    counting.await.map_err(Failure::broken)?;
    opened.close().await;

    let opened = open(&config, CacheLimits { bytes: 0 }).await?;
    figures.push(against_floor(&opened, "episode page built for each request", EPISODE, None).await?);
    opened.close().await;

    figures.push(Figure::of("episode page, not compressed", "kB", &[bytes]).at_most(30.0));
    figures.extend(process::figures(&scratch.0).await?);
    Ok(Report { name: "pages".to_owned(), machine: bench::machine(), figures })
}

/// The headers and the body a visitor gets.
async fn snapshot(app: &Arc<App>, path: &str) -> Result<(HeaderMap, bytes::Bytes), Failure> {
    let peer = SocketAddr::from(([127, 0, 0, 1], 1));
    let mut front = Front::new(app.clone(), crate::http::router(app.clone()), peer);
    let request = axum::http::Request::builder().uri(path).body(Body::empty()).map_err(Failure::broken)?;
    let response = front.call(request).await.unwrap_or_else(|never| match never {});
    let (parts, body) = response.into_parts();
    if parts.status != 200 {
        return Err(Failure::Broken(format!("{path} answers {}", parts.status)));
    }
    Ok((parts.headers, body.collect().await.map_err(Failure::broken)?.to_bytes()))
}

/// Serves in the background; the task ends with the process of the bench.
async fn listen<S>(make: S) -> Result<SocketAddr, Failure>
where
    S: FnOnce(TcpListener) -> BoxFuture<'static, ()>,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Failure::broken)?;
    let address = listener.local_addr().map_err(Failure::broken)?;
    tokio::spawn(make(listener));
    Ok(address)
}

async fn against_floor(opened: &Opened, metric: &str, path: &str, header: Option<&str>) -> Result<Figure, Failure> {
    let (headers, body) = snapshot(&opened.app, path).await?;
    let app = opened.app.clone();
    let ours = listen(move |l| Box::pin(async move { drop(axum::serve(l, MakeFront::new(app)).await) })).await?;
    let floor = Router::new().fallback(move || {
        let mut response = Response::new(Body::from(body.clone()));
        *response.headers_mut() = headers.clone();
        std::future::ready(response)
    });
    let floor = listen(move |l| Box::pin(async move { drop(axum::serve(l, floor).await) })).await?;
    let load = |server| Load {
        server,
        paths: vec![path.to_owned()],
        connections: CONNECTIONS,
        span: SPAN,
        header: header.map(str::to_owned),
    };
    let (mut passes, mut floors) = (Vec::new(), Vec::new());
    // One short round warms both, then they take turns.
    load(ours).run().await;
    load(floor).run().await;
    for _ in 0..PASSES {
        for (server, list) in [(floor, &mut floors), (ours, &mut passes)] {
            let outcome = load(server).run().await;
            if outcome.wrong > 0 {
                return Err(Failure::Broken(format!("{metric}: {} wrong answers", outcome.wrong)));
            }
            list.push(outcome.per_second);
        }
    }
    Ok(Figure::of(metric, "requests/s", &passes).against("same bytes without work", &floors))
}

/// Edits the episode again and again; counts how often the very next request shows it.
async fn fresh_at_once(app: &Arc<App>) -> Result<Figure, Failure> {
    const ROUNDS: u32 = 50;
    let ctx = app.ctx(Actor::System("bench"));
    let now = app.now();
    let mut seen = 0;
    for round in 0..ROUNDS {
        let title = format!("Titre numéro {round}");
        write_tx!(app.db, |tx| {
            let page = uc::episode_page(tx, "de-plain-pied", "qui-est-paye-qui-protege-qui-repond", now).await?;
            let episode = page.full.episode;
            let mut texts = episode.texts;
            if let Some(text) = texts.get_mut("fr") {
                text.title.clone_from(&title);
            }
            let draft = publish::rules::check::EpisodeDraft {
                slug: episode.slug,
                number: episode.number,
                season: episode.season,
                kind: episode.kind,
                explicit: episode.explicit,
                texts,
                chapters: page.full.chapters,
                credits: page.full.credits,
            };
            uc::edit_episode(tx, &ctx, episode.id, episode.version, draft).await
        })?;
        let (_, body) = snapshot(app, EPISODE).await?;
        seen += u32::from(String::from_utf8_lossy(&body).contains(&title));
    }
    let figure = Figure::of("changes seen by the very next request", "of 50", &[f64::from(seen)]);
    Ok(figure.at_least(f64::from(ROUNDS)))
}
