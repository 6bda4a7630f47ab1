//! `bench search`: ten thousand episodes with transcripts of words as often as in speech (the second half as often as the
//! first, the third a third as often); the first page of several kinds of queries, by the use case and through the front.
//! The baseline is reading ten public episodes by their keys: the least that a page of ten hits must do.

use std::net::SocketAddr;
use std::time::Instant;

use accounts::service as accounts_uc;
use axum::body::Body;
use bench::{Figure, Report, milliseconds, quantile};
use db::{Failure, read_tx, write_tx};
use http_body_util::BodyExt;
use kernel::{Actor, At};
use publish::feed::{FeedItem, FeedShow, write_rss};
use publish::reader::{Limits, read};
use publish::rules::search::Query;
use publish::service::{self as uc, ImportOptions, SearchAsk};
use publish::web::Links;
use tower::Service;
use ui::CacheLimits;

use super::{Scratch, open};
use crate::app::App;
use crate::http::{Front, router};

const EPISODES: u32 = 10_000;
/// Words of a transcript: about eight minutes of speech.
const WORDS: u32 = 1_200;
const VOCABULARY: u32 = 30_000;
const RUNS: u32 = 100;

/// A small generator with a fixed seed: every run measures the same texts.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 33).unwrap_or(0)) / f64::from(1_u32 << 31)
    }

    /// The rank of a word, the n-th about 1/n as often as the first.
    fn rank(&mut self) -> u32 {
        let wanted = (self.next() * f64::from(VOCABULARY).ln()).exp();
        (1..=15)
            .rev()
            .fold(0_u32, |rank, bit| if f64::from(rank + (1 << bit)) <= wanted { rank + (1 << bit) } else { rank })
            + u32::from(self.next() < 0.5)
    }
}

/// The word of a rank.
fn word(rank: u32) -> String {
    const PARTS: [&str; 32] = [
        "ba", "ré", "mi", "co", "du", "la", "se", "ton", "pi", "ga", "ver", "lu", "mo", "cha", "ri", "nel", "po", "fa",
        "te", "si", "bou", "ja", "que", "lin", "dor", "va", "zé", "né", "tra", "vil", "go", "pré",
    ];
    let (mut left, mut out) = (rank, String::new());
    loop {
        out.push_str(PARTS[usize::try_from(left % 32).unwrap_or(0)]);
        left /= 32;
        if left == 0 {
            return out;
        }
    }
}

fn transcript(dice: &mut Dice) -> String {
    let mut vtt = "WEBVTT\n".to_owned();
    for cue in 0..WORDS / 10 {
        let stamp = |s: u32| format!("{:02}:{:02}.000", s / 60, s % 60);
        let said: Vec<String> = (0..10).map(|_| word(dice.rank())).collect();
        vtt.push_str(&format!("\n{} --> {}\n{}\n", stamp(cue * 4), stamp(cue * 4 + 4), said.join(" ")));
    }
    vtt
}

async fn fill(app: &App) -> Result<Vec<i64>, Failure> {
    let mut dice = Dice(42);
    let ctx = app.ctx(Actor::System("bench"));
    let org = write_tx!(app.db, |tx| accounts_uc::create_org(tx, &ctx, "Bench", "bench").await)?.id;
    let start = At::parse_rfc3339("1996-01-01T06:00:00Z").unwrap_or(At::from_micros(0));
    let items: Vec<FeedItem> = (0..EPISODES)
        .rev()
        .map(|n| FeedItem {
            guid: format!("matins-{n}"),
            title: format!("{} {} {n}", word(dice.rank()), word(dice.rank())),
            pub_date: start.plus_seconds(i64::from(n) * 86_400).rfc2822_in(&jiff::tz::TimeZone::UTC),
            summary: word(dice.rank()),
            content_html: format!("<p>{} {}</p>", word(dice.rank()), word(dice.rank())),
            ..FeedItem::default()
        })
        .collect();
    let show = FeedShow { title: "Matins".to_owned(), language: "fr".to_owned(), ..FeedShow::default() };
    let xml = write_rss(&show, &items);
    let feed = read(xml.as_bytes(), None, &Limits::default()).map_err(Failure::broken)?;
    let options =
        ImportOptions { org, slug: None, source_url: None, dry_run: false, download: false, owner_vouches: true };
    let base = app.links.feed_base();
    let (show, _) = write_tx!(app.db, |tx| uc::import_feed(tx, &ctx, &feed, &options, &base).await)?;
    let show = show.ok_or_else(|| Failure::Broken("no show".to_owned()))?;
    let rows = read_tx!(app.db, |tx| uc::feed_rows(tx, &show.slug, app.now()).await)?;
    let ids: Vec<i64> = rows.episodes.iter().map(|e| e.id).collect();
    for chunk in ids.chunks(200) {
        let texts: Vec<(i64, String)> = chunk.iter().map(|id| (*id, transcript(&mut dice))).collect();
        write_tx!(app.db, |tx| {
            for (id, vtt) in &texts {
                uc::attach_transcript(tx, &ctx, *id, "fr", vtt, false).await?;
            }
            Ok(())
        })?;
    }
    Ok(ids)
}

/// The kinds of queries, each with another word in each run.
fn asked(kind: &str, run: u32) -> String {
    match kind {
        "rare word" => word(9_000 + run * 7),
        "common word" => format!("\"{}\"", word(1 + run % 5)),
        "two words" => format!("{} \"{}\"", word(40 + run % 50), word(300 + run)),
        "phrase" => format!("\"{} {}\"", word(1 + run % 5), word(2 + run % 7)),
        "beginning" => word(500 + run).chars().take(3).collect(),
        _ => format!("zzx{run}q"),
    }
}

async fn through_front(app: &std::sync::Arc<App>, typed: &str, run: u32) -> Result<(), Failure> {
    // Each request comes from another address: the limit per client is not what is measured.
    let [_, a, b, c] = run.to_be_bytes();
    let peer = SocketAddr::from(([10, a, b, c], 1));
    let mut front = Front::new(app.clone(), router(app.clone()), peer);
    let path = Links::search(kernel::Lang::Fr, &[("q", typed)]);
    let request = axum::http::Request::builder().uri(path).body(Body::empty());
    let request = request.map_err(Failure::broken)?;
    let response = front.call(request).await.unwrap_or_else(|never| match never {});
    if response.status() != 200 {
        return Err(Failure::Broken(format!("a search answers {}", response.status())));
    }
    response.into_body().collect().await.map_err(Failure::broken).map(drop)
}

/// Measures searching.
///
/// # Errors
/// When the database fails.
pub async fn search() -> Result<Report, Failure> {
    let scratch = Scratch::new()?;
    let opened = open(&scratch.config("search"), CacheLimits::default()).await?;
    let app = &opened.app;
    let ids = fill(app).await?;
    let now = app.now();
    let begun = Instant::now();
    let mut after = i64::MIN;
    while let Some(last) = write_tx!(app.db, |tx| uc::rebuild_index(tx, after, 200).await)? {
        after = last;
    }
    let built = begun.elapsed().as_secs_f64();
    let (_, bytes) = read_tx!(app.db, |tx| uc::index_sizes(tx).await)?;
    let mut floor = Vec::new();
    for ten in ids.chunks(10).take(usize::try_from(RUNS).unwrap_or(0)) {
        let begun = Instant::now();
        read_tx!(app.db, |tx| {
            for id in ten {
                uc::public_episode(tx, *id, now).await?;
            }
            Ok(())
        })?;
        floor.push(milliseconds(begun));
    }
    let floor = quantile(&floor, 50);
    let mut figures = vec![
        Figure::of("whole index written anew, 10,000 episodes", "s", &[built]),
        Figure::of("words in the index", "MB", &[bytes as f64 / 1e6]),
    ];
    let mut peer = 0;
    let measures = app.log.measures();
    let gate = reach::Gate::new(&measures, now);
    for kind in ["rare word", "common word", "two words", "phrase", "beginning", "nothing"] {
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for run in 0..RUNS {
            let typed = asked(kind, run);
            let ask = SearchAsk { query: Query::parse(&typed), ..SearchAsk::default() };
            let begun = Instant::now();
            read_tx!(app.db, |tx| uc::search(tx, &ask, &gate).await)?;
            inside.push(milliseconds(begun));
            peer += 1;
            let begun = Instant::now();
            through_front(app, &typed, peer).await?;
            outside.push(milliseconds(begun));
        }
        for (how, times) in [("use case", inside), ("through the front", outside)] {
            let (half, most) = (quantile(&times, 50), quantile(&times, 99));
            let name = format!("{kind}, {how}, half of all");
            figures.push(Figure::of(&name, "ms", &[half]).against("ten episodes read by key", &[floor]));
            figures.push(Figure::of(&format!("{kind}, {how}, p99"), "ms", &[most]).at_most(20.0));
        }
    }
    opened.close().await;
    Ok(Report { name: "search".to_owned(), machine: bench::machine(), figures })
}
