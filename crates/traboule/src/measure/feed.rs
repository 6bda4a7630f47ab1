//! `bench feed`: the first and the next page of home feeds, of members who follow few, many and very many, over a crowd and
//! over a tenth of it. The floor, in the same run, reads the rows of one page by their keys: the least a page must do.

use std::collections::HashSet;
use std::time::Instant;

use accounts::service as accounts_uc;
use bench::{Figure, Report, milliseconds, quantile};
use community::service::feed::{self as uc, FeedAsk, Means};
use db::{Failure, read_tx, write_tx};
use kernel::{Actor, At, Subject, SubjectKind};
use ui::CacheLimits;

use super::crowd::{Crowd, Dice, Size};
use super::{Scratch, open, process};
use crate::app::App;
use crate::pages::feed::Published;

/// The whole crowd: members and posts; each member follows fifty on the average.
const WHOLE: Size = Size { members: 100_000, posts: 1_000_000 };
/// Members whose feeds are read.
const READERS: u64 = 1_000;
/// The aim for the slowest of a hundred pages, in milliseconds.
const AIM: f64 = 10.0;

/// What was measured over one crowd.
struct Measured {
    first: Vec<f64>,
    next: Vec<f64>,
    keen: Vec<f64>,
    floor: Vec<f64>,
    filled: f64,
    follows: u64,
    memory: f64,
    full: usize,
}

/// Reads one page; gives it with the milliseconds it took.
async fn page(app: &App, member: i64, ask: &FeedAsk) -> Result<(community::model::FeedPage, f64), Failure> {
    let begun = Instant::now();
    let measures = app.log.measures();
    let means = Means { episodes: &Published, measures: &measures };
    let page = read_tx!(app.db, |tx| uc::home(tx, means, member, ask).await)?;
    Ok((page, milliseconds(begun)))
}

async fn floor(app: &App, page: &community::model::FeedPage, now: At) -> Result<f64, Failure> {
    let ids: Vec<i64> =
        page.entries.iter().map(|e| e.subject).filter(|s| s.kind == SubjectKind::Post).map(|s: Subject| s.id).collect();
    let begun = Instant::now();
    let there = read_tx!(app.db, |tx| uc::public_among(tx, &ids, now).await)?;
    let took = milliseconds(begun);
    let wanted: HashSet<i64> = ids.into_iter().collect();
    if there == wanted { Ok(took) } else { Err(Failure::Broken("a feed shows what is not public".to_owned())) }
}

async fn measure(scratch: &Scratch, name: &str, size: Size) -> Result<Measured, Failure> {
    let opened = open(&scratch.config(name), CacheLimits::default()).await?;
    let app = &opened.app;
    let system = app.ctx(Actor::System("bench"));
    let org = write_tx!(app.db, |tx| accounts_uc::create_org(tx, &system, "Bench", "bench").await)?.id;
    let begun = Instant::now();
    let crowd = Crowd::write(app, org, size, &[]).await?;
    let filled = begun.elapsed().as_secs_f64();
    let mut out = Measured {
        first: Vec::new(),
        next: Vec::new(),
        keen: Vec::new(),
        floor: Vec::new(),
        filled,
        follows: crowd.follows,
        memory: 0.0,
        full: 0,
    };
    let mut dice = Dice::of(7);
    let readers: Vec<u64> = (0..READERS).map(|_| dice.below(size.members)).collect();
    let keen: Vec<u64> = crowd.keen().take(100).collect();
    // The first round warms what the second one measures.
    for measured in [false, true] {
        for (n, keen) in readers.iter().map(|n| (*n, false)).chain(keen.iter().map(|n| (*n, true))) {
            let member = crowd.member(n);
            let ask = FeedAsk::newest(app.now());
            let (one, first) = page(app, member, &ask).await?;
            let (_, next) = page(app, member, &FeedAsk { after: one.next, ..ask }).await?;
            let least = floor(app, &one, ask.now).await?;
            if !measured {
                continue;
            }
            out.full += usize::from(one.entries.len() == uc::PAGE);
            out.floor.push(least);
            if keen {
                out.keen.push(first);
            } else {
                out.first.push(first);
                out.next.push(next);
            }
        }
    }
    out.memory = process::resident(std::process::id())?;
    opened.close().await;
    Ok(out)
}

/// Measures home feeds over a crowd of `percent` hundredths of the whole.
///
/// # Errors
/// When the database fails.
pub async fn feed(percent: u64) -> Result<Report, Failure> {
    let scratch = Scratch::new()?;
    let part = |of: u64| (of * percent.clamp(1, 100) / 100).max(100);
    let size = Size { members: part(WHOLE.members), posts: part(WHOLE.posts) };
    let tenth = Size { members: (size.members / 10).max(100), posts: (size.posts / 10).max(100) };
    let small = measure(&scratch, "tenth", tenth).await?;
    let whole = measure(&scratch, "whole", size).await?;
    let floor = quantile(&whole.floor, 50);
    let against = "the rows of that page read by key";
    let ms = |name: &str, value: f64| Figure::of(name, "ms", &[value]);
    let figures = vec![
        Figure::of("members", "", &[as_f64(size.members)]),
        Figure::of("follows", "", &[as_f64(whole.follows)]),
        Figure::of("posts", "", &[as_f64(size.posts)]),
        Figure::of("written in", "s", &[whole.filled]),
        Figure::of("feeds of a full page", "", &[as_f64(u64::try_from(whole.full).unwrap_or(0))]),
        ms("first page, half of all", quantile(&whole.first, 50)).against(against, &[floor]),
        ms("first page, p99", quantile(&whole.first, 99)).at_most(AIM),
        ms("next page, half of all", quantile(&whole.next, 50)).against(against, &[floor]),
        ms("next page, p99", quantile(&whole.next, 99)).at_most(AIM),
        ms("first page of who follows 2,000, half of all", quantile(&whole.keen, 50)).against(against, &[floor]),
        ms("first page of who follows 2,000, p99", quantile(&whole.keen, 99)).at_most(AIM),
        ms("first page, p99, growth from a tenth", quantile(&whole.first, 99))
            .against("a tenth of the crowd", &[quantile(&small.first, 99)]),
        ms("first page, half of all, growth from a tenth", quantile(&whole.first, 50))
            .against("a tenth of the crowd", &[quantile(&small.first, 50)]),
        Figure::of("memory of the process", "MB", &[whole.memory]),
    ];
    Ok(Report { name: "feed".to_owned(), machine: bench::machine(), figures })
}

/// Counts of a bench are far below 2^53.
fn as_f64(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
