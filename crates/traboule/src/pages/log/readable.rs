//! The log for people: its newest head, its leaves in words, who signs with it, how to check it, and what it cannot prove.
//! They read and render; a search finds a leaf by number, hash or receipt.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx};
use kernel::{Arg, At, Lang, Refusal};
use publish::web::{Alternate, Head};
use serde::{Deserialize, Serialize};
use tlog::merkle::Hash;
use tlog::model::{Entry, WitnessView};
use tlog::note::{VerifierKey, base64, unbase64_hash};
use tlog::receipt::{Promise, Standing};
use tlog::service::{self as uc, Current, Found};

use super::about::{AboutView, abouts};
use crate::app::App;
use crate::http::{Client, Web, failure_page, html};
use crate::pages::posts::Looking;
use crate::pages::public::{Pager, lang_of, nowhere};
use crate::pages::site;

/// Leaves on a page.
const ON_A_PAGE: u64 = 20;
/// A witness that is behind and silent for so long is said to be silent.
const SILENT_SECONDS: i64 = 600;
/// What waits longer than this is late.
const LATE_SECONDS: i64 = 15;
/// The longest text that is looked for.
const MOST_SOUGHT: usize = 4_000;

/// What is asked of the list.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    before: Option<u64>,
}

#[derive(Serialize)]
struct HeadView {
    size_text: String,
    age: String,
    root: String,
    note: String,
}

#[derive(Serialize)]
struct LeafRow {
    number: String,
    url: String,
    kind: String,
    hour: String,
    words: String,
    short: String,
    about: Option<AboutView>,
}

#[derive(Serialize)]
struct WitnessRow {
    name: String,
    here: bool,
    state: String,
    kind: &'static str,
    saw: String,
    when: String,
}

#[derive(Serialize)]
struct Command {
    command: String,
    text: String,
}

#[derive(Serialize)]
struct FoundView {
    heading: String,
    text: String,
    kind: &'static str,
    hash: Option<String>,
    receipt_url: Option<String>,
    url: Option<String>,
}

#[derive(Serialize)]
struct LogVars {
    q: String,
    head: Option<HeadView>,
    late: Option<String>,
    found: Option<FoundView>,
    first_page: bool,
    span: String,
    leaves: Vec<LeafRow>,
    pager: Pager,
    witnesses: Vec<WitnessRow>,
    any_here: bool,
    policy: String,
    origin: String,
    vkey: String,
    commands: Vec<Command>,
}

/// The address of a leaf's page.
#[must_use]
pub fn leaf_url(lang: Lang, index: u64) -> String {
    format!("/{}/log/{index}", lang.code())
}

fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// How long ago, in the largest unit that fits.
fn ago(app: &App, lang: Lang, seconds: i64) -> String {
    let (key, n) = match seconds {
        ..1 => return app.say(lang, "log-age-now"),
        1..60 => ("log-age-seconds", seconds),
        60..3_600 => ("log-age-minutes", seconds / 60),
        3_600..86_400 => ("log-age-hours", seconds / 3_600),
        _ => ("log-age-days", seconds / 86_400),
    };
    counted(app, lang, key, n, &[])
}

fn counted(app: &App, lang: Lang, key: &str, n: i64, more: &[(&str, Arg)]) -> String {
    let args = [&[("count", Arg::from(n)), ("number", ui::number(n, lang).into())], more].concat();
    app.render.texts().text(lang, key, &args)
}

fn seconds_between(from: At, to: At) -> i64 {
    (to.micros() - from.micros()) / 1_000_000
}

/// An instant as everybody reads it: the log knows no zone but the universal one.
fn instant(at: At) -> String {
    let text = at.rfc3339();
    format!("{} {} UTC", text.get(..10).unwrap_or_default(), text.get(11..16).unwrap_or_default())
}

/// A leaf's kind and sentence, its values put into the words there are for its kind.
fn in_words(app: &App, lang: Lang, entry: &Entry) -> (String, String, String) {
    let body: serde_json::Value = serde_json::from_slice(&entry.body).unwrap_or_default();
    let name = entry.kind.replace('.', "-");
    let texts = app.render.texts();
    let (short, long) = (format!("log-kind-{name}"), format!("log-words-{name}"));
    let values: Vec<(String, Arg)> = body["data"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(k, v)| {
            let text = v.as_str().map_or_else(|| v.to_string(), str::to_owned);
            (k.clone(), Arg::from(text))
        })
        .collect();
    let args: Vec<(&str, Arg)> = values.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
    let long = if entry.kind == "log.opened" && body["data"]["before"].is_string() {
        "log-words-log-reopened".to_owned()
    } else {
        long
    };
    let kind = if texts.has(lang, &short) { app.say(lang, &short) } else { entry.kind.clone() };
    let words = if texts.has(lang, &long) { texts.text(lang, &long, &args) } else { app.say(lang, "log-leaf-other") };
    let hour = body["hour"].as_str().and_then(At::parse_rfc3339).map(instant).unwrap_or_default();
    (kind, words, hour)
}

fn leaf_row(app: &App, lang: Lang, entry: &Entry, about: Option<AboutView>) -> LeafRow {
    let (kind, words, hour) = in_words(app, lang, entry);
    LeafRow {
        number: ui::number(count(entry.index), lang),
        url: leaf_url(lang, entry.index),
        kind,
        hour: app.render.texts().text(lang, "log-leaf-at", &[("hour", hour.into())]),
        words,
        short: kernel::hex(&entry.hash).chars().take(32).collect::<String>() + "…",
        about,
    }
}

fn witness_row(app: &App, lang: Lang, view: &WitnessView, size: u64, now: At) -> WitnessRow {
    let say = |key: &str| app.say(lang, key);
    let quiet = view.at.map(|at| seconds_between(at, now));
    let (state, kind) = match (view.size, quiet) {
        (None, _) | (_, None) => (say("log-witness-never"), "warn"),
        // Whoever signed the newest head has nothing more to say, however long ago it was.
        (Some(seen), _) if seen >= size => (say("log-witness-current"), "ok"),
        (Some(_), Some(quiet)) if quiet > SILENT_SECONDS => (say("log-witness-silent"), "warn"),
        _ => (say("log-witness-behind"), "info"),
    };
    let saw = view.size.map(|n| counted(app, lang, "log-witness-saw-size", count(n), &[]));
    WitnessRow {
        name: view.witness.name.clone(),
        here: view.witness.here,
        state,
        kind,
        saw: saw.unwrap_or_else(|| say("log-witness-never")),
        when: quiet.map_or_else(|| say("log-witness-never"), |s| ago(app, lang, s)),
    }
}

/// What somebody looks for.
enum Sought {
    Number(u64),
    Hash(Hash),
    Receipt(Promise),
}

fn sought(text: &str, key: Option<&VerifierKey>) -> Option<Sought> {
    let text = text.trim();
    // A hash may be all digits.
    if text.len() <= 20
        && let Ok(number) = text.parse()
    {
        return Some(Sought::Number(number));
    }
    let hex = kernel::unhex(&text.to_ascii_lowercase()).and_then(|h| Hash::try_from(h).ok());
    if let Some(hash) = hex.or_else(|| unbase64_hash(text)) {
        return Some(Sought::Hash(hash));
    }
    // A form sends line ends of its own kind; a receipt ends with one.
    let note = format!("{}\n", text.replace("\r\n", "\n"));
    key.and_then(|key| Promise::open(&note, key)).map(Sought::Receipt)
}

struct Loaded {
    current: Option<Current>,
    leaves: Vec<Entry>,
    abouts: HashMap<u64, AboutView>,
    witnesses: Vec<WitnessView>,
    waiting: (u64, Option<At>),
    found: Option<(Sought, Found)>,
    unreadable: bool,
}

async fn load(app: &App, client: &Client, lang: Lang, asked: &Asked) -> Result<Loaded, Failure> {
    let (viewer, now) = (client.actor(), app.now());
    let text: String = asked.q.chars().take(MOST_SOUGHT).collect();
    read_tx!(app.db, |tx| {
        let current = match uc::current(tx).await {
            Ok(current) => Some(current),
            Err(Failure::Refused(no)) if no.kind == kernel::Kind::NotFound => None,
            Err(failure) => return Err(failure),
        };
        let leaves = match &current {
            Some(_) => uc::newest(tx, asked.before, ON_A_PAGE).await?,
            None => Vec::new(),
        };
        let abouts = abouts(tx, app, Looking { actor: &viewer, lang, now }, &leaves).await?;
        let key = current.as_ref().and_then(|c| VerifierKey::parse(&c.log.vkey));
        let wanted = if text.trim().is_empty() { None } else { sought(&text, key.as_ref()) };
        let unreadable = !text.trim().is_empty() && wanted.is_none();
        let found = match wanted {
            Some(sought) => {
                let found = match &sought {
                    Sought::Number(n) if current.as_ref().is_some_and(|c| *n < c.head.size) => Found::At(*n),
                    Sought::Number(_) => Found::Nowhere,
                    Sought::Hash(hash) => uc::find(tx, hash).await?,
                    Sought::Receipt(promise) => uc::find(tx, &promise.leaf).await?,
                };
                Some((sought, found))
            }
            None => None,
        };
        let waiting = uc::waiting(tx).await?;
        Ok(Loaded { current, leaves, abouts, witnesses: uc::witnesses(tx).await?, waiting, found, unreadable })
    })
}

fn found_view(app: &App, lang: Lang, loaded: &Loaded, now: At) -> Option<FoundView> {
    let say = |key: &str| app.say(lang, key);
    let with = |key: &str, name: &str, value: String| app.render.texts().text(lang, key, &[(name, value.into())]);
    if loaded.unreadable {
        let (heading, text) = (say("log-search"), say("log-search-unreadable"));
        return Some(FoundView { heading, text, kind: "bad", hash: None, receipt_url: None, url: None });
    }
    let (sought, found) = loaded.found.as_ref()?;
    let (hash, by) = match sought {
        Sought::Number(_) => (None, None),
        Sought::Hash(hash) => (Some(kernel::hex(hash)), None),
        Sought::Receipt(promise) => (Some(kernel::hex(&promise.leaf)), Some(promise.include_by)),
    };
    let index = if let Found::At(index) = found { Some(*index) } else { None };
    let standing = match sought {
        Sought::Receipt(promise) => Some(promise.standing(index, now)),
        _ => None,
    };
    let by = by.map(instant).unwrap_or_default();
    let (heading, text, kind) = match (standing, found) {
        (_, Found::At(index)) => {
            let number = ui::number(count(*index), lang);
            let key = if standing.is_some() { "log-search-included-text" } else { "log-leaf" };
            (say("log-search-included"), with(key, "index", number), "ok")
        }
        (Some(Standing::Breach), _) => (say("log-search-breach"), with("log-search-breach-text", "by", by), "bad"),
        (Some(_), _) => (say("log-search-promised"), with("log-search-promised-text", "by", by), "info"),
        (None, Found::Waiting) => (say("log-search-promised"), say("log-leaf-waiting-text"), "info"),
        (None, Found::Nowhere) => (say("log-search-none"), say("log-search-none-text"), "warn"),
    };
    let is_known = !matches!(found, Found::Nowhere);
    let receipt_url = hash.as_ref().filter(|_| is_known).map(|hash| format!("/log/receipt/{hash}"));
    Some(FoundView { heading, text, kind, hash, receipt_url, url: index.map(|n| leaf_url(lang, n)) })
}

fn commands(app: &App, lang: Lang) -> Vec<Command> {
    let origin = app.links.origin();
    [
        (format!("traboule watch {origin}/log/"), "log-check-watch"),
        (format!("traboule witness {origin}/log/"), "log-check-witness"),
        (format!("curl -o leaf-0.tlog-proof {origin}/log/proof/0"), "log-check-proof"),
        ("traboule verify leaf-0.tlog-proof".to_owned(), "log-check-verify"),
    ]
    .into_iter()
    .map(|(command, key)| Command { command, text: app.say(lang, key) })
    .collect()
}

fn late(app: &App, lang: Lang, (waits, oldest): (u64, Option<At>), now: At) -> Option<String> {
    let seconds = oldest.map(|at| seconds_between(at, now)).filter(|s| *s > LATE_SECONDS)?;
    Some(counted(app, lang, "log-late", count(waits), &[("age", ago(app, lang, seconds).into())]))
}

fn list_vars(app: &App, lang: Lang, asked: &Asked, mut loaded: Loaded) -> LogVars {
    let now = app.now();
    let found = found_view(app, lang, &loaded, now);
    let size = loaded.current.as_ref().map_or(0, |c| c.head.size);
    let (first, last) = (loaded.leaves.last().map_or(0, |e| e.index), loaded.leaves.first().map_or(0, |e| e.index));
    let shown = |n: u64| Arg::from(ui::number(count(n), lang));
    let texts = app.render.texts();
    let list = format!("/{}/log", lang.code());
    let newer = last.saturating_add(1 + ON_A_PAGE);
    let pager = Pager {
        newer_url: (last + 1 < size).then(
            || {
                if newer >= size { list.clone() } else { format!("{list}?before={newer}") }
            },
        ),
        older_url: (first > 0).then(|| format!("{list}?before={first}")),
        text: texts.text(lang, "log-pages", &[("first", shown(first)), ("last", shown(last)), ("all", shown(size))]),
    };
    // A witness on this machine binds nobody.
    let witnesses = loaded.witnesses.iter().filter(|w| !w.witness.here).count();
    let policy = match witnesses {
        0 => app.say(lang, "log-policy-none"),
        n => counted(app, lang, "log-policy-any", count(n as u64), &[]),
    };
    LogVars {
        q: asked.q.chars().take(MOST_SOUGHT).collect(),
        head: loaded.current.as_ref().map(|c| HeadView {
            size_text: ui::number(count(c.head.size), lang),
            age: ago(app, lang, seconds_between(c.head.at, now)),
            root: base64(&c.head.root),
            note: c.head.note.clone(),
        }),
        late: late(app, lang, loaded.waiting, now),
        found,
        first_page: asked.before.is_none(),
        span: texts.text(lang, "log-leaves", &[("first", shown(first)), ("last", shown(last))]),
        leaves: loaded.leaves.iter().map(|e| leaf_row(app, lang, e, loaded.abouts.remove(&e.index))).collect(),
        pager,
        any_here: loaded.witnesses.iter().any(|w| w.witness.here),
        witnesses: loaded.witnesses.iter().map(|w| witness_row(app, lang, w, size, now)).collect(),
        policy,
        origin: loaded.current.as_ref().map(|c| c.log.origin.clone()).unwrap_or_default(),
        vkey: loaded.current.map(|c| c.log.vkey).unwrap_or_default(),
        commands: commands(app, lang),
    }
}

fn head(app: &App, lang: Lang, title: String, path: &str, robots: &str) -> Head {
    let url = |l: Lang| app.links.absolute(&format!("/{}/{path}", l.code()));
    Head {
        title,
        canonical: Some(url(lang)),
        robots: robots.to_owned(),
        alternates: Lang::ALL.iter().map(|l| Alternate { hreflang: l.code().to_owned(), url: url(*l) }).collect(),
        ..Head::default()
    }
}

/// `/{lang}/log`.
pub async fn list(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let Query(asked) = asked.unwrap_or_default();
    let built = async {
        let loaded = load(&app, &client, lang, &asked).await?;
        let robots = if asked.q.is_empty() && asked.before.is_none() { "index, follow" } else { "noindex, follow" };
        let mut head = head(&app, lang, app.say(lang, "log-title"), "log", robots);
        head.description = Some(app.say(lang, "log-lede"));
        let vars = list_vars(&app, lang, &asked, loaded);
        site::render_for(&app, &client, lang, "", "pages/log.html", head, vars).await
    };
    page(&app, &client, lang, built.await).await
}

async fn page(app: &Arc<App>, client: &Client, lang: Lang, built: Result<String, Failure>) -> Response {
    match built {
        Ok(text) => html(app, client, lang, StatusCode::OK, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

#[derive(Serialize)]
struct ProofView {
    text: String,
    hashes: Vec<String>,
    root: String,
    url: String,
    command: String,
}

#[derive(Serialize)]
struct LeafVars {
    heading: String,
    words: String,
    number: String,
    kind: String,
    hour: String,
    hash: String,
    body: String,
    about: Option<AboutView>,
    proof: Option<ProofView>,
    newer_url: Option<String>,
    older_url: Option<String>,
}

/// `/{lang}/log/{index}`.
pub async fn leaf(State(app): Web, client: Client, Path((lang, index)): Path<(String, String)>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let built = async {
        let index: u64 = index.parse().map_err(|_| Refusal::not_found())?;
        let (viewer, now) = (client.actor(), app.now());
        let (entry, proof, size, about) = read_tx!(app.db, |tx| {
            let entry = uc::entry(tx, index).await?;
            let size = uc::current(tx).await?.head.size;
            let looking = Looking { actor: &viewer, lang, now };
            let about = abouts(tx, &app, looking, std::slice::from_ref(&entry)).await?.remove(&index);
            Ok((entry, uc::proof(tx, index).await?, size, about))
        })?;
        let (kind, words, hour) = in_words(&app, lang, &entry);
        let root = tlog::merkle::root_from_inclusion(&entry.hash, index, proof_size(&proof, size), &proof.path);
        let proof = root.map(|root| ProofView {
            text: counted(&app, lang, "log-leaf-proof-text", count(proof.path.len() as u64), &[]),
            hashes: proof.path.iter().map(|h| base64(h)).collect(),
            root: base64(&root),
            url: format!("/log/proof/{index}"),
            command: format!("traboule verify leaf-{index}.tlog-proof"),
        });
        let heading = app.render.texts().text(lang, "log-leaf", &[("index", ui::number(count(index), lang).into())]);
        let head = head(&app, lang, heading.clone(), &format!("log/{index}"), "noindex, follow");
        let vars = LeafVars {
            heading,
            words,
            number: ui::number(count(index), lang),
            kind,
            hour,
            hash: kernel::hex(&entry.hash),
            body: String::from_utf8_lossy(&entry.body).into_owned(),
            about,
            proof,
            newer_url: (index + 1 < size).then(|| leaf_url(lang, index + 1)),
            older_url: index.checked_sub(1).map(|n| leaf_url(lang, n)),
        };
        site::render_for(&app, &client, lang, "", "pages/log_leaf.html", head, vars).await
    };
    page(&app, &client, lang, built.await).await
}

/// The size of the tree a proof is for: its checkpoint may be an older one than the newest.
fn proof_size(proof: &tlog::proof::TlogProof, newest: u64) -> u64 {
    let note = tlog::note::Note::parse(&proof.checkpoint);
    note.and_then(|n| tlog::checkpoint::Checkpoint::parse(&n.text)).map_or(newest, |head| head.size)
}
