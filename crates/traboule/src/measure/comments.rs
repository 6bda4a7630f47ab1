//! `bench comments`: comments accepted per second, posted as forms through the real front by many people from many networks
//! into one thread, each answered after it is durable. The floor, in the same run, parses the same form and writes one row
//! in one transaction, durable too.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use bench::{Figure, Make, Posts, Report};
use community::rules::settings::SettingsDraft;
use community::service as talk;
use db::{Failure, read_tx, write_tx};
use futures_util::future::BoxFuture;
use kernel::{Actor, At, Clock, Subject};
use publish::service as uc;
use tokio::net::TcpListener;
use ui::CacheLimits;

use super::{Scratch, open};
use crate::app::{App, Opened};
use crate::http::MakeFront;

const PASSES: usize = 5;
const SPAN: Duration = Duration::from_millis(1500);
const CONNECTIONS: u64 = 256;
const SHOW: &str = "de-plain-pied";
const EPISODE: &str = "qui-est-paye-qui-protege-qui-repond";
/// The aim, in comments accepted per second.
const AIM: f64 = 5_000.0;

/// A form of the n-th person, from the n-th network.
fn form(app: &App, n: u64) -> Vec<u8> {
    // Stamps are of ten seconds ago: nobody fills a form at once.
    let stamp = app.sealer.stamp(app.now().plus_seconds(-10));
    let body: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("name", &format!("Personne {n}"))
        .append_pair("email", &format!("personne-{n}@lecteurs.example"))
        .append_pair("url", "")
        .append_pair("body", &format!("Remarque {n} : la partie sur les contrats m’a beaucoup appris, merci à vous."))
        .append_pair("stamp", &stamp)
        .append_pair("parent", "")
        .append_pair("website2", "")
        .finish();
    let network = format!("10.{}.{}.{}", n >> 16 & 255, n >> 8 & 255, n & 255);
    let head = format!(
        "POST /fr/shows/{SHOW}/{EPISODE}/comments HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\
         X-Forwarded-For: {network}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body.as_bytes()].concat()
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

/// What accepting a comment costs at least: the form is parsed, one row is written in a transaction of its own.
fn floor(app: Arc<App>) -> Router {
    let count = Arc::new(AtomicU64::new(0));
    Router::new().fallback(move |body: Bytes| {
        let (app, count) = (app.clone(), count.clone());
        async move {
            let pairs: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
            let key = count.fetch_add(1, Ordering::Relaxed).to_string();
            let text = pairs.into_iter().find(|(name, _)| name == "body").map(|(_, value)| value).unwrap_or_default();
            let never = At::from_micros(i64::MAX);
            let written = write_tx!(app.db, |tx| {
                Ok(jobs::enqueue(tx, kernel::OrgId(1), "bench.row", &key, &text, never).await?)
            });
            match written {
                Ok(true) => (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response(),
                _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        }
    })
}

/// The episode that is commented, in an organisation that lets honest comments appear at once.
async fn subject(app: &App) -> Result<Subject, Failure> {
    let (ctx, now) = (app.ctx(Actor::System("bench")), app.now());
    let (org, episode) = read_tx!(app.db, |tx| {
        let page = uc::episode_page(tx, SHOW, EPISODE, now).await?;
        Ok((page.full.episode.org, page.full.episode.id))
    })?;
    let draft = SettingsDraft {
        hold: "none".to_owned(),
        most_links: "2".to_owned(),
        notify: "off".to_owned(),
        ..SettingsDraft::default()
    };
    write_tx!(app.db, |tx| {
        let version = talk::settings(tx, &ctx.actor, org).await?.version;
        talk::set_settings(tx, &ctx, org, &draft, version).await
    })?;
    Ok(Subject::episode(episode))
}

async fn visible(app: &App, subject: Subject) -> Result<i64, Failure> {
    let counts = read_tx!(app.db, |tx| talk::counts_of(tx, &[subject]).await)?;
    Ok(counts.get(&subject).map_or(0, |thread| thread.visible))
}

/// Measures comments.
///
/// # Errors
/// When the demo cannot be built or served, when an answer is wrong, or when not every accepted comment is there.
pub async fn comments() -> Result<Report, Failure> {
    let scratch = Scratch::new()?;
    let mut config = scratch.config("demo");
    config.proxies = vec![SocketAddr::from(([127, 0, 0, 1], 0)).ip()];
    crate::demo::populate(&config, 0, Clock::system().now()).await?;
    let opened = open(&config, CacheLimits::default()).await?;
    let bare = open(&scratch.config("floor"), CacheLimits::default()).await?;
    let figures = measured(&opened, &bare).await;
    opened.close().await;
    bare.close().await;
    Ok(Report { name: "comments".to_owned(), machine: bench::machine(), figures: figures? })
}

async fn measured(opened: &Opened, bare: &Opened) -> Result<Vec<Figure>, Failure> {
    let app = opened.app.clone();
    let subject = subject(&app).await?;
    let before = visible(&app, subject).await?;
    let front = app.clone();
    let ours = listen(move |l| Box::pin(async move { drop(axum::serve(l, MakeFront::new(front)).await) })).await?;
    let router = floor(bare.app.clone());
    let floor = listen(move |l| Box::pin(async move { drop(axum::serve(l, router).await) })).await?;
    let maker = app.clone();
    let make: Make = Arc::new(move |n| form(&maker, n));
    let load = |server, pass: usize| Posts {
        server,
        make: make.clone(),
        first: 1_000_000 * u64::try_from(pass).unwrap_or(0),
        connections: CONNECTIONS,
        span: SPAN,
        right: 303,
    };
    let (mut passes, mut floors, mut accepted) = (Vec::new(), Vec::new(), 0);
    // The first round warms both, then they take turns.
    for pass in 0..=PASSES {
        for (server, list, mine) in [(floor, &mut floors, false), (ours, &mut passes, true)] {
            let (outcome, right) = load(server, pass).run().await;
            if outcome.wrong > 0 {
                return Err(Failure::Broken(format!("{} wrong answers, {right} right ones", outcome.wrong)));
            }
            accepted += if mine { right } else { 0 };
            if pass > 0 {
                list.push(outcome.per_second);
            }
        }
    }
    let there = visible(&app, subject).await? - before;
    let lost = accepted.saturating_sub(u64::try_from(there).unwrap_or(0)) as f64;
    Ok(vec![
        Figure::of("comments accepted in one thread, durable", "comments/s", &passes).at_least(AIM),
        Figure::of("the same beside its floor", "comments/s", &passes)
            .against("parse and write one row in one transaction", &floors),
        Figure::of("accepted comments that are not there", "comments", &[lost]).at_most(0.0),
    ])
}
