//! `verify FILE|URL`: a proof, a receipt, a checkpoint or an exported day, checked without believing the server. Exit code 0
//! if everything holds, 1 if not.

use std::path::Path;

use kernel::Clock;

use super::watch::read_key;
use super::{Ended, export, json, say};
use crate::far::log::{FarLog, MOST_TEXT, Unread};
use crate::far::verify::{self as far, Keys, Report, What};

/// What was asked.
pub(super) struct Ask {
    pub(super) source: String,
    pub(super) key: Option<String>,
    pub(super) witnesses: Vec<String>,
    pub(super) json: bool,
}

fn problem(error: impl std::fmt::Display) -> Ended {
    Ended::Problem(error.to_string())
}

pub(super) async fn run(ask: Ask) -> Result<(), Ended> {
    let address = ask.source.starts_with("http://") || ask.source.starts_with("https://");
    let (text, site) = if address {
        let (text, site) = fetch(&ask.source).await?;
        (text, Some(site))
    } else {
        let path = Path::new(&ask.source);
        match small_text(path)? {
            Some(text) if far::sniff(&text).is_some() => (text, None),
            _ => return export::verify(path, ask.json),
        }
    };
    let what = far::sniff(&text).ok_or_else(|| problem("this is no proof, receipt or checkpoint of a public log"))?;
    let keys = keys(&ask, what, &text, site.as_ref()).await?;
    let report = match what {
        What::Checkpoint => far::checkpoint(&text, &keys),
        What::Proof => far::proof(&text, &keys),
        What::Receipt => receipt(&text, &keys, site.as_ref()).await?,
    };
    print(&report, ask.json);
    if report.ok { Ok(()) } else { Err(Ended::Problem("this does not hold".to_owned())) }
}

fn print(report: &Report, as_json: bool) {
    if as_json {
        return json(report);
    }
    for check in &report.checks {
        say(&format!("{} {}: {}", if check.ok { "ok  " } else { "FAIL" }, check.name, check.detail));
    }
    if let Some(standing) = report.standing {
        say(standing);
    }
}

/// A file that is text and small enough for a log's; `None` for others.
fn small_text(path: &Path) -> Result<Option<String>, Ended> {
    let failed = |e: std::io::Error| problem(format!("{}: {e}", path.display()));
    if std::fs::metadata(path).map_err(failed)?.len() > MOST_TEXT as u64 {
        return Ok(None);
    }
    Ok(String::from_utf8(std::fs::read(path).map_err(failed)?).ok())
}

/// What is at an address. A readable page of a leaf stands for its proof, the log's page for its checkpoint.
async fn fetch(source: &str) -> Result<(String, FarLog), Ended> {
    let url = reqwest::Url::parse(source).map_err(|_| Ended::Usage(format!("{source} is not an address")))?;
    let parts: Vec<&str> = url.path().split('/').filter(|p| !p.is_empty()).collect();
    let path = match parts.as_slice() {
        [lang, "log", leaf] if kernel::Lang::parse(lang).is_some() && leaf.parse::<u64>().is_ok() => {
            format!("proof/{leaf}")
        }
        [lang, "log"] if kernel::Lang::parse(lang).is_some() => "checkpoint".to_owned(),
        [] | [.., "log"] | [.., "checkpoint"] => "checkpoint".to_owned(),
        [.., kind @ ("proof" | "receipt"), leaf] => format!("{kind}/{leaf}"),
        _ => return Err(Ended::Usage(format!("{source} is no address of a public log"))),
    };
    let base = match parts.as_slice() {
        [before @ .., "proof" | "receipt", _] => {
            let mut base = url.clone();
            base.set_path(&format!("/{}/", before.join("/")));
            base.to_string()
        }
        _ => source.to_owned(),
    };
    let log = FarLog::new(&base).map_err(Ended::Usage)?;
    let text = log.text(&path).await.map_err(problem)?;
    Ok((text, log))
}

/// Where the log of an origin is likely to be: origins are addresses without their scheme. One that was opened anew has a
/// number behind it, and is served where the first one was.
fn likely(origin: &str) -> Result<FarLog, Ended> {
    let numbered = origin.rsplit_once('/').filter(|(_, last)| last.bytes().all(|b| b.is_ascii_digit()));
    let origin = numbered.map_or(origin, |(first, _)| first);
    let host = origin.split('/').next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let scheme = if matches!(name, "localhost" | "127.0.0.1" | "[::1]") { "http" } else { "https" };
    FarLog::new(&format!("{scheme}://{origin}")).map_err(problem)
}

/// The keys to check with: those given, else those the site names.
async fn keys(ask: &Ask, what: What, text: &str, site: Option<&FarLog>) -> Result<Keys, Ended> {
    let witnesses = ask.witnesses.iter().map(|w| read_key(w)).collect::<Result<Vec<_>, _>>()?;
    if let Some(key) = &ask.key {
        return Ok(Keys { log: read_key(key)?, witnesses, from_site: false });
    }
    let origin = far::origin(what, text).ok_or_else(|| problem("this does not say which log it is of"))?;
    let log = match site {
        Some(site) => site.clone(),
        None => likely(&origin)?,
    };
    let mut keys = far::keys_of(&log).await.map_err(|e: Unread| {
        problem(format!("no key to check with: {e}. Give --key, the log's verifier key or a file with it"))
    })?;
    keys.witnesses.extend(witnesses);
    Ok(keys)
}

async fn receipt(text: &str, keys: &Keys, site: Option<&FarLog>) -> Result<Report, Ended> {
    let now = Clock::system().now();
    let bare = far::receipt(text, keys, None, now);
    let promise = tlog::receipt::Promise::open(text, &keys.log);
    let Some(promise) = promise else { return Ok(bare) };
    let log = match site {
        Some(site) => site.clone(),
        None => likely(&promise.origin)?,
    };
    let found =
        far::proof_of(&log, &promise.leaf).await.map_err(|e| problem(format!("the log cannot be asked: {e}")))?;
    Ok(far::receipt(text, keys, found.as_deref(), now))
}
