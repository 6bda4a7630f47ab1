//! `bench log`: leaves that get their index and a signed head per second, and how old a leaf is when the first head covers
//! it, with the server's own loop beside the writers. The floor, in the same run, writes the same leaves and gives them no
//! index. On SQLite, and on PostgreSQL when one is named.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bench::{Figure, Report};
use db::{Failure, args, read_tx, write_tx};
use kernel::{Actor, Rng};
use tlog::leaf::{Leaf, Value};
use tlog::service as uc;
use tokio::sync::watch;
use ui::CacheLimits;

use super::{Scratch, open_in};
use crate::app::{App, Opened};

const PASSES: usize = 3;
/// How long writers write in a pass.
const SPAN: Duration = Duration::from_secs(3);
/// Writers at once.
const WRITERS: usize = 4;
/// Leaves in one transaction: what a batch of comments or posts would ask for.
const BATCH: i64 = 100;
/// The aims: leaves in a second, and seconds until a leaf is under a signed head.
const AIM: f64 = 5_000.0;
const AGE: f64 = 1.0;

fn leaves(app: &App, n: i64) -> Vec<Leaf> {
    let now = app.now();
    let data = |i: i64| BTreeMap::from([("n", Value::from(i)), ("sha256", Value::from(kernel::sha256_hex(b"bench")))]);
    (0..n).map(|i| Leaf::new("bench.leaf", now, app.rng.bytes(), &data(i))).collect()
}

async fn write(app: &App, n: i64) -> Result<(), Failure> {
    let (ctx, made) = (app.ctx(Actor::System("bench")), leaves(app, n));
    write_tx!(app.db, |tx| uc::enqueue_many(tx, &ctx, made.clone()).await)
}

async fn size(app: &App) -> Result<u64, Failure> {
    read_tx!(app.db, |tx| Ok(uc::current(tx).await?.head.size))
}

/// Writes as fast as it goes; gives how many leaves.
async fn flood(app: &Arc<App>) -> Result<u64, Failure> {
    let end = Instant::now() + SPAN;
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move {
                let mut count: u64 = 0;
                while Instant::now() < end {
                    write(&app, BATCH).await?;
                    count += u64::try_from(BATCH).unwrap_or(0);
                }
                Ok::<u64, Failure>(count)
            })
        })
        .collect();
    let mut all = 0;
    for writer in writers {
        all += writer.await.map_err(Failure::broken)??;
    }
    Ok(all)
}

async fn until(app: &App, wanted: u64) -> Result<(), Failure> {
    for _ in 0..6_000 {
        if size(app).await? >= wanted {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Err(Failure::Broken(format!("{wanted} leaves were asked for, and a minute later {} are signed", size(app).await?)))
}

/// Leaves per second with and without the loop that gives indexes.
async fn throughput(app: &Arc<App>) -> Result<(f64, f64), Failure> {
    // The floor first: its leaves then wait, and are cleared before the clock starts.
    let begin = Instant::now();
    let plain = flood(app).await?;
    let floor = plain as f64 / begin.elapsed().as_secs_f64();
    while crate::log::beat(app, app.now()).await? {}
    let before = size(app).await?;
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(crate::log::run(app.clone(), stopped));
    let begin = Instant::now();
    let count = flood(app).await?;
    until(app, before + count).await?;
    let rate = count as f64 / begin.elapsed().as_secs_f64();
    let _ = stop.send(true);
    drop(running.await);
    Ok((rate, floor))
}

/// Seconds from a leaf's commit to the first head that covers it, at the rate that is aimed at: the oldest of all.
async fn age(app: &Arc<App>) -> Result<(f64, f64), Failure> {
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(crate::log::run(app.clone(), stopped));
    let mut next = size(app).await?;
    let begin = Instant::now();
    let (mut asked, mut heads) = (Vec::new(), Vec::new());
    let every = Duration::from_secs_f64(BATCH as f64 / AIM);
    let mut turn: u32 = 0;
    while begin.elapsed() < SPAN {
        write(app, BATCH).await?;
        next += u64::try_from(BATCH).unwrap_or(0);
        asked.push((next, begin.elapsed()));
        heads.push((size(app).await?, begin.elapsed()));
        turn += 1;
        tokio::time::sleep((every * turn).saturating_sub(begin.elapsed())).await;
    }
    while heads.last().is_some_and(|(covered, _)| *covered < next) {
        heads.push((size(app).await?, begin.elapsed()));
        if begin.elapsed() > SPAN * 20 {
            return Err(Failure::Broken("the log did not catch up".to_owned()));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let _ = stop.send(true);
    drop(running.await);
    let ages = asked.iter().filter_map(|(leaf, at)| {
        let (_, covered) = heads.iter().find(|(size, seen)| size >= leaf && seen >= at)?;
        Some(covered.saturating_sub(*at).as_secs_f64())
    });
    let oldest = ages.fold(0.0, f64::max);
    Ok((oldest, (asked.len() as f64) * BATCH as f64 / SPAN.as_secs_f64()))
}

async fn measured(opened: &Opened, engine: &str) -> Result<Vec<Figure>, Failure> {
    let app = &opened.app;
    // What everything needs the first time is not measured.
    write(app, BATCH).await?;
    crate::log::beat(app, app.now()).await?;
    let (mut rates, mut floors, mut ages, mut paces) = (vec![], vec![], vec![], vec![]);
    for _ in 0..PASSES {
        let (rate, floor) = throughput(app).await?;
        rates.push(rate);
        floors.push(floor);
        let (oldest, pace) = age(app).await?;
        ages.push(oldest);
        paces.push(pace);
    }
    let wrong = read_tx!(app.db, |tx| uc::agrees(tx).await)?;
    Ok(vec![
        Figure::of(&format!("leaves indexed and signed, {engine}"), "leaves/s", &rates).at_least(AIM),
        Figure::of(&format!("the same beside its floor, {engine}"), "leaves/s", &rates)
            .against("the same leaves written, no index given", &floors),
        Figure::of(&format!("oldest leaf without a signed head, {engine}"), "s", &ages).at_most(AGE),
        Figure::of(&format!("leaves written meanwhile, {engine}"), "leaves/s", &paces),
        Figure::of(&format!("rows that do not hash to the signed root, {engine}"), "rows", &[wrong.len() as f64])
            .at_most(0.0),
    ])
}

/// Measures the log; on PostgreSQL too when its address is given, in a schema that is dropped afterwards.
///
/// # Errors
/// When a database cannot be opened, a leaf is lost, or the log does not catch up.
pub async fn log(postgres: Option<String>) -> Result<Report, Failure> {
    let scratch = Scratch::new()?;
    let opened = open_in(&scratch.config("lite"), CacheLimits::default(), None).await?;
    let figures = measured(&opened, "SQLite").await;
    opened.close().await;
    let mut figures = figures?;
    if let Some(url) = postgres {
        let mut config = scratch.config("pg");
        config.database = Some(url);
        let schema = format!("bench_{}", kernel::hex(&Rng::System.bytes::<6>()));
        let opened = open_in(&config, CacheLimits::default(), Some(schema.clone())).await?;
        let more = measured(&opened, "PostgreSQL").await;
        let dropped = format!("DROP SCHEMA {schema} CASCADE");
        write_tx!(opened.app.db, |tx| Ok(tx.run(&dropped, args![]).await.map(drop)?))?;
        // Its tables are gone: there is nothing to give back any more.
        opened.app.db.close().await;
        figures.extend(more?);
    }
    Ok(Report { name: "log".to_owned(), machine: bench::machine(), figures })
}
