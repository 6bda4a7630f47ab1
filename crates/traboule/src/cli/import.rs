//! `import feed` and `import wxr`: reads a file or an address, reports, and writes unless it is a dry run. A dry run on an
//! empty data folder creates nothing, not even the folder.

use accounts::service as accounts_uc;
use db::{Failure, Tx, read_tx, write_tx};
use kernel::{Actor, Ctx, OrgId, Rng};
use publish::model::Show;
use publish::ports::Fetcher;
use publish::reader::{Limits, read};
use publish::rules::import::plan;
use publish::rules::slug;
use publish::service::rehearse::Source;
use publish::service::{self as uc, ImportOptions, ImportReport, Planned, WxrReport};
use publish::wxr::{self, WxrLimits};

use super::{Ended, json, say, serve};
use crate::app::App;
use crate::config::Config;
use crate::fetch::WebFetcher;

/// What is imported.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Feed,
    Wxr,
}

/// What was asked.
pub(super) struct Ask {
    pub(super) what: What,
    pub(super) source: String,
    pub(super) show: Option<String>,
    pub(super) dry_run: bool,
    pub(super) json: bool,
    pub(super) download: bool,
    pub(super) vouched: bool,
}

/// A report of either kind; its JSON is the contract.
enum Report {
    Feed(Box<ImportReport>),
    Wxr(Box<WxrReport>),
}

impl Report {
    fn common(&self) -> &ImportReport {
        match self {
            Self::Feed(report) => report,
            Self::Wxr(report) => &report.import,
        }
    }
}

fn parse(what: What, bytes: &[u8], charset: Option<&str>) -> Result<Source, Ended> {
    let refused = |code: &str, why: &dyn std::fmt::Display| Ended::Problem(format!("refused ({code}): {why}"));
    match what {
        What::Feed => {
            read(bytes, charset, &Limits::default()).map(Box::new).map(Source::Feed).map_err(|e| refused(e.code(), &e))
        }
        What::Wxr => wxr::read(bytes, &WxrLimits::default())
            .map(|wxr| Source::Wxr(Box::new(wxr)))
            .map_err(|e| refused(e.code(), &e)),
    }
}

/// What an import into nothing would do.
fn rehearsed(source: &Source) -> Report {
    match source {
        Source::Feed(feed) => Report::Feed(Box::new(ImportReport::of(feed, &plan(feed, &[])))),
        Source::Wxr(wxr) => Report::Wxr(Box::new(Planned::of(wxr, &[]).report())),
    }
}

pub(super) async fn run(config: Config, ask: Ask) -> Result<(), Ended> {
    let (bytes, charset) = source(&ask).await?;
    let read = parse(ask.what, &bytes, charset.as_deref())?;
    drop(bytes);
    let database_is_there = config.database.is_some() || config.data.join("traboule.db").exists();
    if ask.dry_run && !database_is_there {
        print(&rehearsed(&read), &ask, None);
        return Ok(());
    }
    let opened = serve::open(&config, config.listen.port(), false).await?;
    let outcome = import(&opened.app, &read, &ask).await;
    let feed_url = outcome.as_ref().ok().and_then(|(show, _)| show.as_ref().map(|s| opened.app.links.feed(&s.slug)));
    opened.close().await;
    let (_, report) = outcome?;
    print(&report, &ask, feed_url);
    Ok(())
}

fn is_web(source: &str) -> bool {
    source.starts_with("http://") || source.starts_with("https://")
}

async fn source(ask: &Ask) -> Result<(Vec<u8>, Option<String>), Ended> {
    let source = ask.source.as_str();
    let most = match ask.what {
        What::Feed => Limits::default().max_bytes,
        What::Wxr => WxrLimits::default().max_bytes,
    } as u64;
    if !is_web(source) {
        let size = std::fs::metadata(source).map_err(|e| Ended::Problem(format!("{source}: {e}")))?.len();
        if size > most {
            return Err(Ended::Problem(format!(
                "refused (too_large): {source} has {size} bytes, at most {most} are read"
            )));
        }
        return Ok((std::fs::read(source).map_err(|e| Ended::Problem(format!("{source}: {e}")))?, None));
    }
    let fetcher = WebFetcher::new().map_err(Ended::Problem)?;
    let file = std::env::temp_dir().join(format!("traboule-feed-{}", kernel::hex(&Rng::System.bytes::<8>())));
    let fetched = fetcher.fetch(source, &file, most, &|_, _| {}).await;
    let bytes = std::fs::read(&file);
    drop(std::fs::remove_file(&file));
    let fetched = fetched.map_err(|e| Ended::Problem(format!("{source}: {e}")))?;
    Ok((bytes.map_err(|e| Ended::Problem(e.to_string()))?, fetched.charset))
}

async fn import(app: &App, source: &Source, ask: &Ask) -> Result<(Option<Show>, Report), Ended> {
    let ctx = app.ctx(Actor::System("import"));
    let source_url = is_web(&ask.source).then(|| ask.source.clone());
    let options = |org: OrgId| ImportOptions {
        org,
        slug: ask.show.clone(),
        source_url: source_url.clone(),
        dry_run: ask.dry_run,
        download: ask.download,
        owner_vouches: ask.vouched,
    };
    let base = app.links.feed_base();
    let orgs = read_tx!(app.db, |tx| accounts_uc::list_orgs(tx).await)?;
    if ask.dry_run {
        let org = orgs.first().map_or(OrgId(0), |o| o.id);
        return Ok(read_tx!(app.db, |tx| bring(tx, &ctx, source, &options(org), &base).await)?);
    }
    // One transaction: an organisation made for the import does not stay when the import fails.
    Ok(write_tx!(app.db, |tx| {
        let org = match orgs.first() {
            Some(org) => org.id,
            None => {
                let name: String = maker(source).chars().take(80).collect();
                accounts_uc::create_org(tx, &ctx, &name, &slug::from_title(&name, "org")).await?.id
            }
        };
        let (show, report) = bring(tx, &ctx, source, &options(org), &base).await?;
        if let Some(show) = &show {
            crate::adopt::comments(tx, &ctx, &app.sealer, (show.org, show.id)).await?;
        }
        Ok((show, report))
    })?)
}

/// Who an organisation is named after when there is none yet.
fn maker(source: &Source) -> String {
    match source {
        Source::Feed(feed) => feed.author.clone().unwrap_or_else(|| feed.title.clone()),
        Source::Wxr(wxr) => wxr.title.clone(),
    }
}

async fn bring(
    tx: &mut Tx,
    ctx: &Ctx,
    source: &Source,
    options: &ImportOptions,
    base: &str,
) -> Result<(Option<Show>, Report), Failure> {
    match source {
        Source::Feed(feed) => {
            let (show, report) = uc::import_feed(tx, ctx, feed, options, base).await?;
            Ok((show, Report::Feed(Box::new(report))))
        }
        Source::Wxr(wxr) => {
            let (show, report) = uc::import_wxr(tx, ctx, wxr, options).await?;
            Ok((show, Report::Wxr(Box::new(report))))
        }
    }
}

fn print(whole: &Report, ask: &Ask, feed_url: Option<String>) {
    if ask.json {
        match whole {
            Report::Feed(report) => json(report),
            Report::Wxr(report) => json(report),
        }
        return;
    }
    let report = whole.common();
    say(&report.show.title);
    let dates = report.first_published.as_deref().zip(report.last_published.as_deref());
    let dates = dates.map(|(a, b)| format!(", {a} to {b}")).unwrap_or_default();
    say(&format!(
        "{} items, {} identities, {} with a file{dates}",
        report.items, report.distinct_ids, report.with_enclosure
    ));
    let (create, update) = if ask.dry_run { ("would create", "would update") } else { ("created", "updated") };
    say(&format!("{create} {}, {update} {}, unchanged {}", report.would_create, report.would_update, report.unchanged));
    if let Report::Wxr(wxr) = whole {
        holdings(&wxr.wordpress);
    }
    for problem in report.problems.iter().take(40) {
        let item = problem.item.map(|i| format!("item {i}: ")).unwrap_or_default();
        say(&format!("  {}  {item}{}", problem.code, problem.text));
    }
    if report.problems.len() > 40 {
        say(&format!("  … and {} more; --json prints all", report.problems.len() - 40));
    }
    if let Some(url) = feed_url.filter(|_| !ask.dry_run) {
        say(&format!("Feed      {url}"));
        if ask.download {
            say("The sound is brought home while `traboule serve` runs.");
        }
    }
}

/// What an export holds, in a few lines.
fn holdings(counts: &publish::rules::wxr::WxrCounts) {
    let list = |map: &std::collections::BTreeMap<&'static str, usize>| {
        map.iter().map(|(name, n)| format!("{n} {name}")).collect::<Vec<_>>().join(", ")
    };
    for (name, map) in [
        ("posts", &counts.posts),
        ("pages", &counts.pages),
        ("comments", &counts.comments),
        ("left out", &counts.left_out),
    ] {
        if !map.is_empty() {
            say(&format!("{name}: {}", list(map)));
        }
    }
    let terms: usize = counts.terms.values().sum();
    say(&format!("{} files, {terms} terms, {} pingbacks and trackbacks", counts.attachments, counts.pings));
}
