//! The demo: a fictitious French daily show and two smaller ones, produced by running the real use cases under a virtual clock, morning after
//! morning. People and events are invented, and every page says so.

mod clips;
mod more;
mod people;
mod talk;
mod visits;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use accounts::service as accounts_uc;
use db::{Failure, write_tx};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use kernel::{Actor, At, Clock, Ctx, Lang, Rng, Role};
use publish::model::{Chapter, Credit, EpisodeKind, EpisodeText, ShowText, Source, SourceKind};
use publish::rules::check::{EpisodeDraft, ShowDraft};
use publish::service::{self as uc, When};
use serde::Deserialize;

use crate::app::{App, Opened, Opening};
use crate::config::Config;
use crate::fetch::WebFetcher;
use crate::pages::uploads;

/// The demo's owner.
pub const OWNER: &str = "maelle@plainpied.example";
/// The demo's editor.
pub const EDITOR: &str = "anselme@plainpied.example";
/// The demo's moderator.
pub const MODERATOR: &str = "perrine@plainpied.example";
/// Their password: the demo listens to this machine only.
pub const PASSWORD: &str = "trois pommes vertes";

const SHOW: &str = include_str!("../demo/show.json");
const EPISODES: &str = include_str!("../demo/episodes.json");
const COVER: &[u8] = include_bytes!("../demo/cover.jpg");

macro_rules! files {
    ($folder:literal, $extension:literal, $($name:literal),+ $(,)?) => {
        &[$(($name, include_bytes!(concat!("../demo/", $folder, "/", $name, ".", $extension)))),+]
    };
}

const AUDIO: &[(&str, &[u8])] = files!(
    "audio", "mp3", "ep-131", "ep-132", "ep-133", "ep-134", "ep-135", "ep-136", "ep-137", "ep-138", "ep-139", "ep-140",
    "ep-141", "ep-142", "ep-143"
);
const COVERS: &[(&str, &[u8])] =
    files!("covers", "jpg", "cour", "escalier", "facades", "fils", "pain", "passage", "pont", "velo");

#[derive(Deserialize)]
struct DemoShow {
    org: String,
    slug: String,
    title: String,
    tagline_fr: String,
    tagline_en: String,
    description_fr: String,
    description_en: String,
    author: String,
    language: String,
    time_zone: String,
    category: (String, String),
    copyright: String,
    disclaimer_fr: String,
    disclaimer_en: String,
    people: Vec<DemoPerson>,
}

#[derive(Deserialize)]
struct DemoPerson {
    key: String,
    name: String,
    role: String,
    group: String,
    bio_fr: String,
    bio_en: String,
}

#[derive(Deserialize)]
struct DemoEpisode {
    slug: String,
    number: i64,
    season: i64,
    #[serde(rename = "type")]
    kind: EpisodeKind,
    state: String,
    days_ago: i64,
    cover: String,
    cover_alt_fr: String,
    cover_alt_en: String,
    people: Vec<String>,
    fr: DemoText,
    en: Option<DemoText>,
    chapters: Vec<DemoChapter>,
    transcript: Vec<DemoCue>,
}

#[derive(Deserialize)]
struct DemoText {
    title: String,
    summary: String,
    notes_md: String,
}

#[derive(Deserialize)]
struct DemoChapter {
    start_s: i64,
    title_fr: String,
    title_en: Option<String>,
    sources: Vec<DemoSource>,
}

#[derive(Deserialize)]
struct DemoSource {
    title: String,
    url: String,
    seen: Option<String>,
    kind: SourceKind,
}

#[derive(Deserialize)]
struct DemoCue {
    start_s: serde_json::Number,
    end_s: serde_json::Number,
    speaker: String,
    text: String,
}

/// Whether a data folder holds a finished demo.
#[must_use]
pub fn is_there(data: &Path) -> bool {
    data.join("demo").exists()
}

/// Builds the demo in a folder beside and moves it into place when it is whole, so that a stop in between leaves
/// nothing half made.
///
/// # Errors
/// When a file cannot be written, or the folder holds something else.
pub async fn build(config: &Config, port: u16) -> Result<(), Failure> {
    let beside = config.data.with_extension("building");
    drop(std::fs::remove_dir_all(&beside));
    populate(&Config { data: beside.clone(), ..config.clone() }, port, Clock::system().now()).await?;
    std::fs::write(beside.join("demo"), "invented people and events\n").map_err(Failure::broken)?;
    std::fs::rename(&beside, &config.data).map_err(|e| Failure::Broken(format!("{}: {e}", config.data.display())))
}

/// Runs the use cases of twelve mornings up to `now`. The folder must be empty.
///
/// # Errors
/// Whatever a use case or a file answers; the material is checked by a test.
pub async fn populate(config: &Config, port: u16, now: At) -> Result<(), Failure> {
    let show: DemoShow = serde_json::from_str(SHOW).map_err(Failure::broken)?;
    let mut episodes: Vec<DemoEpisode> = serde_json::from_str(EPISODES).map_err(Failure::broken)?;
    episodes.sort_by_key(|e| e.number);
    let zone = publish::rules::schedule::zone(&show.time_zone)?;
    let oldest = episodes.iter().map(|e| e.days_ago).max().unwrap_or(0);
    let start = evening_before(morning(now, &zone, oldest)?, &zone)?;
    let clock = Clock::fixed(start);
    let fetcher = Arc::new(WebFetcher::new().map_err(Failure::Broken)?);
    let opening = Opening {
        clock: clock.clone(),
        rng: Rng::System,
        fetcher: fetcher.clone(),
        prober: Arc::new(crate::probe::Silence),
        poster: fetcher,
        elsewhere: Arc::new(community::ports::NotConnected),
        demo: true,
        port,
        schema: None,
        cache: ui::CacheLimits::default(),
    };
    let opened = Opened::open(config, opening).await?;
    let outcome = produce(&opened.app, &clock, &show, &episodes, now, &zone).await;
    opened.close().await;
    outcome
}

/// The date of the `back`-th working day before the newest published morning; negative is after it.
fn morning(now: At, zone: &TimeZone, back: i64) -> Result<Date, Failure> {
    let local = now.timestamp().to_zoned_datetime(zone.clone());
    let mut date = local.date();
    if local.hour() < 7 {
        date = date.checked_sub(1.day()).map_err(Failure::broken)?;
    }
    let working = |d: Date| !matches!(d.weekday(), Weekday::Saturday | Weekday::Sunday);
    while !working(date) {
        date = date.checked_sub(1.day()).map_err(Failure::broken)?;
    }
    for _ in 0..back.abs() {
        loop {
            let step = if back > 0 { date.checked_sub(1.day()) } else { date.checked_add(1.day()) };
            date = step.map_err(Failure::broken)?;
            if working(date) {
                break;
            }
        }
    }
    Ok(date)
}

fn evening_before(date: Date, zone: &TimeZone) -> Result<At, Failure> {
    let day = date.checked_sub(1.day()).map_err(Failure::broken)?;
    let at: Timestamp = day.at(18, 30, 0, 0).to_zoned_datetime(zone.clone()).map_err(Failure::broken)?.timestamp();
    Ok(At::from_micros(at.as_microsecond()))
}

async fn produce(
    app: &App,
    clock: &Clock,
    show: &DemoShow,
    episodes: &[DemoEpisode],
    now: At,
    zone: &TimeZone,
) -> Result<(), Failure> {
    let (org, show_id, editor) = found(app, show).await?;
    let more = more::read()?;
    let mut talk = talk::Talk::found(app, org).await?;
    let mut visits = visits::Visits::default();
    let mut before = None;
    let small = more.found(app, &app.ctx(editor.clone()), org).await?;
    let cover = uploads::store_picture(app, bytes::Bytes::from_static(COVER)).await?;
    let ctx = app.ctx(editor.clone());
    write_tx!(app.db, |tx| uc::set_show_cover(tx, &ctx, show_id, &cover).await)?;
    let mut newest = None;
    for episode in episodes {
        let date = morning(now, zone, if episode.state == "draft" { -1 } else { episode.days_ago })?;
        clock.set(evening_before(date, zone)?.min(now));
        // What was scheduled for the mornings before becomes public now, by the real jobs.
        app.worker.drain_but(&[publish::jobs::PROOF_HANDLER]).await?;
        talk.evening(app, clock, episode.number - 1).await?;
        visits.evening(app, clock.now()).await;
        clips::evening(app, &app.ctx(editor.clone()), episode.number - 1, before).await?;
        let ctx = app.ctx(editor.clone());
        let made = publish_episode(app, &ctx, show, show_id, episode, date).await?;
        talk.episode(episode.number, made);
        before = Some(made);
        let days = Some(episode.days_ago).filter(|_| episode.state == "published");
        if days.is_some() {
            visits.episode(app, made).await?;
            newest = Some(made);
            more.episodes(app, &ctx, &small, days, |back| morning(now, zone, back)).await?;
        }
    }
    clock.set(now);
    app.worker.drain_but(&[publish::jobs::PROOF_HANDLER]).await?;
    visits.evening(app, now).await;
    more.episodes(app, &app.ctx(editor.clone()), &small, None, |back| morning(now, zone, back)).await?;
    let mut shows = vec![(show_id, show.slug.clone())];
    shows.extend(small.into_iter().zip(more.slugs()));
    people::people(app, clock, &people::There { org, editor, shows, newest }).await?;
    app.worker.drain_but(&[publish::jobs::PROOF_HANDLER]).await.map(drop)
}

/// The organisation, its two people and the show.
async fn found(app: &App, show: &DemoShow) -> Result<(kernel::OrgId, i64, Actor), Failure> {
    let system = app.ctx(Actor::System("demo"));
    let hash = accounts_uc::hash_password(PASSWORD, &app.rng.bytes::<16>())?;
    let base = app.links.feed_base();
    let draft = show_draft(show);
    write_tx!(app.db, |tx| {
        let org = accounts_uc::create_org(tx, &system, &show.org, "quatre-lisses").await?.id;
        let mut editor = None;
        for (email, person, role) in [(OWNER, &show.people[0], Role::Owner), (EDITOR, &show.people[1], Role::Editor)] {
            let invite = accounts_uc::Invite {
                org,
                email: email.to_owned(),
                name: person.name.clone(),
                lang: Lang::Fr,
                roles: vec![role],
            };
            let made = accounts_uc::invite(tx, &system, &invite).await?;
            let actor = Actor::Person { person: made.id, roles: vec![(org, role)] };
            accounts_uc::change_password(tx, &system.as_actor(actor.clone()), 0, PASSWORD, &hash).await?;
            editor = Some(actor);
        }
        let made = uc::create_show(tx, &system, org, draft.clone(), &base).await?;
        Ok((org, made.id, editor.unwrap_or(Actor::Visitor)))
    })
}

fn show_draft(show: &DemoShow) -> ShowDraft {
    let paragraphs = |a: &str, b: &str| format!("<p>{a}</p><p>{b}</p>");
    let text = |tagline: &str, description_html: String| ShowText {
        title: show.title.clone(),
        tagline: tagline.to_owned(),
        description_html,
        ..ShowText::default()
    };
    ShowDraft {
        slug: show.slug.clone(),
        language: show.language.clone(),
        time_zone: show.time_zone.clone(),
        author: show.author.clone(),
        copyright: show.copyright.clone(),
        categories: vec![(show.category.0.clone(), Some(show.category.1.clone()))],
        texts: BTreeMap::from([
            ("fr".to_owned(), text(&show.tagline_fr, paragraphs(&show.description_fr, &show.disclaimer_fr))),
            ("en".to_owned(), text(&show.tagline_en, paragraphs(&show.description_en, &show.disclaimer_en))),
        ]),
        credits: show.people.iter().filter(|p| p.role == "host").map(credit).collect(),
        ..ShowDraft::default()
    }
}

fn credit(person: &DemoPerson) -> Credit {
    Credit {
        name: person.name.clone(),
        role: person.role.clone(),
        team: person.group.clone(),
        href: None,
        bio_fr: person.bio_fr.clone(),
        bio_en: person.bio_en.clone(),
    }
}

async fn publish_episode(
    app: &App,
    ctx: &Ctx,
    show: &DemoShow,
    show_id: i64,
    episode: &DemoEpisode,
    date: Date,
) -> Result<i64, Failure> {
    let draft = episode_draft(show, episode);
    let made = write_tx!(app.db, |tx| uc::create_episode(tx, ctx, show_id, draft.clone()).await)?.id;
    if let Some((_, bytes)) = COVERS.iter().find(|(name, _)| *name == episode.cover) {
        let picture = uploads::store_picture(app, bytes::Bytes::from_static(bytes)).await?;
        write_tx!(app.db, |tx| uc::set_episode_cover(tx, ctx, made, &picture).await)?;
    }
    let name = format!("ep-{}", episode.number);
    let Some((_, sound)) = AUDIO.iter().find(|(n, _)| *n == name) else { return Ok(made) };
    let scratch = uploads::Scratch::new(app).map_err(Failure::broken)?;
    tokio::fs::write(&scratch.0, sound).await.map_err(Failure::broken)?;
    uploads::store_audio(app, ctx, made, scratch.0.clone(), format!("{name}.mp3")).await?;
    if !episode.transcript.is_empty() {
        let vtt = transcript(episode);
        write_tx!(app.db, |tx| uc::attach_transcript(tx, ctx, made, "fr", &vtt, true).await)?;
    }
    let when = When::WallClock(date.to_string(), "07:00".to_owned());
    write_tx!(app.db, |tx| uc::schedule(tx, ctx, made, when.clone()).await)?;
    Ok(made)
}

fn episode_draft(show: &DemoShow, episode: &DemoEpisode) -> EpisodeDraft {
    let text = |t: &DemoText, alt: &str| EpisodeText {
        title: t.title.clone(),
        summary: t.summary.clone(),
        notes_md: Some(t.notes_md.clone()),
        notes_html: String::new(),
        cover_alt: alt.to_owned(),
    };
    let mut texts = BTreeMap::from([("fr".to_owned(), text(&episode.fr, &episode.cover_alt_fr))]);
    if let Some(en) = &episode.en {
        texts.insert("en".to_owned(), text(en, &episode.cover_alt_en));
    }
    let chapters = episode.chapters.iter().map(|c| {
        let mut titles = BTreeMap::from([("fr".to_owned(), c.title_fr.clone())]);
        titles.extend(c.title_en.clone().map(|t| ("en".to_owned(), t)));
        let sources = c.sources.iter().map(|s| Source {
            kind: s.kind,
            title: s.title.clone(),
            url: s.url.clone(),
            seen_on: s.seen.clone(),
        });
        Chapter {
            start_ms: c.start_s * 1000,
            in_toc: true,
            image_id: None,
            titles,
            sources: sources.collect(),
            item: None,
        }
    });
    let people = episode.people.iter().filter_map(|key| show.people.iter().find(|p| p.key == *key));
    EpisodeDraft {
        slug: episode.slug.clone(),
        number: Some(episode.number),
        season: Some(episode.season),
        kind: episode.kind,
        explicit: None,
        texts,
        chapters: chapters.collect(),
        credits: people.map(credit).collect(),
    }
}

/// Seconds with a decimal, `12.5`, as WebVTT writes them.
fn vtt_time(seconds: &serde_json::Number) -> String {
    let text = seconds.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    let whole: u64 = whole.parse().unwrap_or(0);
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    format!("{:02}:{:02}:{:02}.{millis}", whole / 3600, whole / 60 % 60, whole % 60)
}

fn transcript(episode: &DemoEpisode) -> String {
    let mut vtt = "WEBVTT\n".to_owned();
    for cue in &episode.transcript {
        let (start, end) = (vtt_time(&cue.start_s), vtt_time(&cue.end_s));
        vtt.push_str(&format!("\n{start} --> {end}\n<v {}>{}\n", cue.speaker, cue.text));
    }
    vtt
}
