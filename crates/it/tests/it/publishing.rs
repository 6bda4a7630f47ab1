//! Publication as promises: identities that never move (c1), wall clocks (c6), the exact instant on every surface (c7),
//! one organisation's episodes out of another's reach, and two editors at once.

use std::collections::BTreeSet;

use db::{DbError, Failure, args, read_tx, write_tx};
use it::{Person, Site, desk, on_both, on_one};
use kernel::{At, Kind, Role, show_id};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use publish::jobs::{EPISODE_PUBLISHED, JobTools, PUBLISHED_HANDLER, Published};
use publish::model::{Chapter, EPISODE_PREFIX, Episode, SHOW_PREFIX, Show, State};
use publish::rules::check::{EpisodeDraft, ShowDraft};
use publish::rules::visibility::is_public;
use publish::service::{self as uc, AudioFile, PictureFile, When};
use testkit::On;

/// Another sound than the harness's.
const OTHER_SOUND: &[u8] = include_bytes!("../../../publish/tests/fixtures/tagged.mp3");

async fn editor(site: &Site) -> Person {
    site.person("pentes", "odile@pentes.example", Role::Editor).await
}

/// What the feed of a show says: GUID and date of each item.
async fn items(site: &Site, show: &str) -> Vec<(String, String)> {
    let answer = site.get(&format!("/feeds/{show}.xml")).await;
    let channel = rss::Channel::read_from(&answer.body[..]).expect("a feed");
    let item =
        |i: &rss::Item| (i.guid().expect("a GUID").value().to_owned(), i.pub_date().unwrap_or_default().to_owned());
    channel.items().iter().map(item).collect()
}

async fn guids(site: &Site, show: &str) -> BTreeSet<String> {
    items(site, show).await.into_iter().map(|(guid, _)| guid).collect()
}

fn picture(seed: u8) -> PictureFile {
    let blob = |part: u8| kernel::sha256_hex(&[seed, part]);
    PictureFile {
        blob: blob(0),
        mime: "image/png".to_owned(),
        size: (1400, 1400),
        small_blob: blob(1),
        card_blob: blob(2),
        bytes: 3,
    }
}

// c1: identities

/// Something an editor or the owner of the server does.
#[derive(Clone, Debug)]
enum Act {
    Title(usize, String),
    Slug(usize, u16),
    Sound(usize),
    Cover(usize, u8),
    ShowTitle(String),
    ShowLanguage(bool),
    Host(u8),
    OffAndOn(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..3_usize, "\\PC{1,40}").prop_map(|(i, t)| Act::Title(i, t)),
        (0..3_usize, any::<u16>()).prop_map(|(i, n)| Act::Slug(i, n)),
        (0..3_usize).prop_map(Act::Sound),
        (0..3_usize, any::<u8>()).prop_map(|(i, n)| Act::Cover(i, n)),
        "[a-zé ]{1,30}x".prop_map(Act::ShowTitle),
        any::<bool>().prop_map(Act::ShowLanguage),
        any::<u8>().prop_map(Act::Host),
        (0..3_usize).prop_map(Act::OffAndOn),
    ]
}

async fn edit(site: &Site, who: &Person, id: i64, change: impl Fn(&mut EpisodeDraft)) {
    let ctx = site.app.ctx(who.actor.clone());
    let done = write_tx!(site.app.db, |tx| {
        let (_, full) = uc::desk_episode(tx, &ctx.actor, id).await?;
        let mut draft = EpisodeDraft {
            slug: full.episode.slug,
            texts: full.episode.texts,
            chapters: full.chapters,
            credits: full.credits,
            ..EpisodeDraft::default()
        };
        change(&mut draft);
        uc::edit_episode(tx, &ctx, id, full.episode.version, draft).await
    });
    // A title of nothing but blanks is refused; nothing has changed then, which is fine here.
    assert!(matches!(done, Ok(_) | Err(Failure::Refused(_))), "{done:?}");
}

async fn edit_show(site: &Site, who: &Person, show: &Show, change: impl Fn(&mut ShowDraft)) {
    let ctx = site.app.ctx(who.actor.clone());
    let mut draft = ShowDraft {
        language: "fr".to_owned(),
        time_zone: "Europe/Paris".to_owned(),
        texts: show.texts.clone(),
        ..ShowDraft::default()
    };
    change(&mut draft);
    write_tx!(site.app.db, |tx| uc::edit_show(tx, &ctx, show.id, draft.clone()).await).expect("edited");
}

async fn sound(site: &Site, who: &Person, id: i64) {
    let path = site.folder().join("other.mp3");
    std::fs::write(&path, OTHER_SOUND).expect("written");
    let ctx = site.app.ctx(who.actor.clone());
    traboule::pages::uploads::store_audio(&site.app, &ctx, id, path, String::new()).await.expect("sound");
}

async fn off_and_on(site: &Site, who: &Person, id: i64) {
    let ctx = site.app.ctx(who.actor.clone());
    write_tx!(site.app.db, |tx| uc::unpublish(tx, &ctx, id).await).expect("off");
    desk::schedule(site, who, id, When::Now).await;
}

async fn play(site: &mut Site, who: &Person, show: &Show, ids: &[i64], act: &Act) {
    let ctx = site.app.ctx(who.actor.clone());
    match act {
        Act::Title(i, title) => {
            let set = |draft: &mut EpisodeDraft| draft.texts.values_mut().for_each(|t| t.title.clone_from(title));
            edit(site, who, ids[*i], set).await;
        }
        Act::Slug(i, n) => edit(site, who, ids[*i], |draft| draft.slug = format!("autre-{i}-{n}")).await,
        Act::Sound(i) => sound(site, who, ids[*i]).await,
        Act::Cover(i, n) => {
            let file = picture(*n);
            write_tx!(site.app.db, |tx| uc::set_episode_cover(tx, &ctx, ids[*i], &file).await).expect("a cover");
        }
        Act::ShowTitle(title) => {
            edit_show(site, who, show, |d| d.texts.values_mut().for_each(|t| t.title.clone_from(title))).await;
        }
        Act::ShowLanguage(french) => {
            let lang = if *french { "fr" } else { "en" };
            edit_show(site, who, show, |d| d.language = lang.to_owned()).await;
        }
        Act::Host(n) => {
            site.config.public_url = Some(format!("https://h{n}.example"));
            site.restart().await;
        }
        Act::OffAndOn(i) => off_and_on(site, who, ids[*i]).await,
    }
}

async fn identities_survive(mut site: Site, acts: &[Act]) {
    let who = editor(&site).await;
    let show = desk::show(&site, &who, "pentes").await;
    let mut ids = Vec::new();
    for title in ["Un", "Deux", "Trois"] {
        ids.push(desk::published(&site, &who, &show, title).await.id);
    }
    let before = items(&site, "pentes").await;
    for act in acts {
        site.clock.advance(60);
        play(&mut site, &who, &show, &ids, act).await;
        assert_eq!(items(&site, "pentes").await, before, "after {act:?}");
    }
    let feed = site.get("/feeds/pentes.xml").await.text();
    assert!(feed.contains(&format!("<podcast:guid>{}</podcast:guid>", show.podcast_guid)));
}

#[test]
fn c1_identities_and_dates_survive_every_edit() {
    let config = Config { cases: 4, failure_persistence: None, max_shrink_iters: 12, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let acts = proptest::collection::vec(act(), 4..9);
    runner
        .run(&acts, |acts| {
            on_both(async |site| identities_survive(site, &acts).await);
            Ok(())
        })
        .expect("identities survive");
}

#[test]
fn c1_the_database_refuses_to_change_an_identity() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        desk::published(&site, &who, &show, "Le pont").await;
        for sql in [
            "UPDATE publish_episode SET guid = 'other'",
            "UPDATE publish_guid SET guid = 'other'",
            "UPDATE publish_guid SET given_at = 0",
            "DELETE FROM publish_guid",
            "UPDATE publish_show SET podcast_guid = 'other'",
        ] {
            let done = write_tx!(site.app.db, |tx| Ok(tx.run(sql, args![]).await?));
            assert!(matches!(done, Err(Failure::Db(DbError::Constraint(_)))), "{sql}: {done:?}");
        }
        let harmless = "UPDATE publish_episode SET author = 'x'";
        assert_eq!(write_tx!(site.app.db, |tx| Ok(tx.run(harmless, args![]).await?)).expect("allowed"), 1);
    });
}

// c6: wall clocks

#[test]
fn c6_the_wall_clock_is_typed_and_the_odd_hours_are_said() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let made = desk::episode(&site, &who, &show, desk::draft("Le pont")).await;
        let page = format!("/fr/studio/episodes/{}", show_id(EPISODE_PREFIX, made.id));
        for (date, time, at, said) in [
            ("2027-03-27", "07:00", "2027-03-27T06:00:00Z", None),
            ("2027-03-28", "07:00", "2027-03-28T05:00:00Z", None),
            ("2027-03-28", "02:30", "2027-03-28T01:30:00Z", Some("03:30")),
            ("2027-10-31", "02:30", "2027-10-31T00:30:00Z", Some("deux fois")),
        ] {
            let answer = site.post_as(&who, &format!("{page}/schedule"), &[("date", date), ("time", time)]).await;
            assert_eq!(answer.status, 303, "{date} {time}: {}", answer.text());
            assert_eq!(stored(&site, &who, made.id).await, State::Scheduled(instant(at)), "{date} {time}");
            let text = site.get_as(&who, &answer.header("location")).await.text();
            assert!(said.is_none_or(|said| text.contains(said)), "{date} {time}: {text}");
        }
        for (date, time) in [("2026-11-22", "07:00"), ("2027-02-30", "07:00"), ("2027-02-03", "25:00"), ("", "")] {
            let answer = site.post_as(&who, &format!("{page}/schedule"), &[("date", date), ("time", time)]).await;
            assert_eq!(answer.status, 422, "{date} {time}");
        }
    });
}

fn instant(text: &str) -> At {
    At::parse_rfc3339(text).expect("an instant")
}

async fn stored(site: &Site, who: &Person, id: i64) -> State {
    read_tx!(site.app.db, |tx| uc::desk_episode(tx, &who.actor, id).await).expect("there").1.episode.state
}

// c7: the instant

const TITLE: &str = "Canari Zanzibar";

/// An episode with everything, scheduled for `at`.
async fn coming(site: &Site, who: &Person, show: &Show, at: At) -> Episode {
    let mut draft = desk::draft(TITLE);
    let titles = [("fr".to_owned(), "Chapitre Zanzibar".to_owned())].into();
    draft.chapters =
        vec![Chapter { start_ms: 0, in_toc: true, image_id: None, titles, sources: Vec::new(), item: None }];
    let made = desk::episode(site, who, show, draft).await;
    let ctx = site.app.ctx(who.actor.clone());
    let vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\nParole de Zanzibar\n";
    write_tx!(site.app.db, |tx| uc::attach_transcript(tx, &ctx, made.id, "fr", vtt, true).await).expect("a transcript");
    desk::schedule(site, who, made.id, When::At(at)).await
}

/// Every surface an episode shows on, and whether it shows there now. What must show nothing must not even name it.
async fn surfaces(site: &Site, show: &Show, episode: &Episode) -> Vec<(String, bool)> {
    let id = show_id(EPISODE_PREFIX, episode.id);
    let sound = site.app.links.audio(episode.id, episode.audio.as_ref().expect("sound"));
    let page = "/fr/shows/pentes/canari-zanzibar";
    let mut seen = Vec::new();
    for path in
        ["/fr/", "/en/", "/fr/shows/pentes", "/en/shows/pentes", "/feeds/pentes.xml", "/sitemaps/episodes-1.xml"]
    {
        seen.push((path.to_owned(), site.get(path).await.text().to_lowercase().contains("zanzibar")));
    }
    let list = format!("/api/v1/shows/{}/episodes", show_id(SHOW_PREFIX, show.id));
    seen.push((list.clone(), site.get(&list).await.text().contains(TITLE)));
    for path in [
        page.to_owned(),
        page.replace("/fr/", "/en/"),
        format!("/fr/embed/{id}"),
        format!("/en/embed/{id}"),
        format!("/api/v1/episodes/{id}"),
        format!("/oembed?url={}{page}", it::ORIGIN),
        sound.strip_prefix(it::ORIGIN).expect("ours").to_owned(),
        format!("/media/episodes/{id}/chapters.json"),
        format!("/media/episodes/{id}/transcript.fr.vtt"),
    ] {
        let answer = site.get(&path).await;
        let shows = answer.status == 200;
        assert!(shows || (answer.status == 404 && !answer.text().contains("Zanzibar")), "{path}: {}", answer.status);
        seen.push((path, shows));
    }
    seen
}

async fn all(site: &Site, show: &Show, episode: &Episode, wanted: bool) {
    for (path, shows) in surfaces(site, show, episode).await {
        assert_eq!(shows, wanted, "{path} at {}", site.clock.now().rfc3339());
    }
}

fn at_the_instant(warm: bool) {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let at = site.clock.now().plus_seconds(3600);
        let episode = coming(&site, &who, &show, at).await;
        if warm {
            all(&site, &show, &episode, false).await;
            site.clock.set(at.plus_seconds(-1));
            all(&site, &show, &episode, false).await;
        }
        site.clock.set(at);
        all(&site, &show, &episode, true).await;
    });
}

#[test]
fn c7_nothing_before_and_everything_at_the_instant_with_warm_caches() {
    at_the_instant(true);
}

#[test]
fn c7_everything_at_the_instant_with_cold_caches() {
    at_the_instant(false);
}

#[test]
fn c7_one_second_before_cold_caches_show_nothing() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let at = site.clock.now().plus_seconds(3600);
        let episode = coming(&site, &who, &show, at).await;
        site.clock.set(at.plus_seconds(-1));
        all(&site, &show, &episode, false).await;
    });
}

#[test]
fn c7_unpublishing_hides_at_once_everywhere_and_comes_back_as_it_was() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let episode = coming(&site, &who, &show, site.clock.now().plus_seconds(10)).await;
        site.clock.advance(10);
        all(&site, &show, &episode, true).await;
        let before = items(&site, "pentes").await;
        let ctx = site.app.ctx(who.actor.clone());
        write_tx!(site.app.db, |tx| uc::unpublish(tx, &ctx, episode.id).await).expect("off");
        all(&site, &show, &episode, false).await;
        site.clock.advance(86_400);
        all(&site, &show, &episode, false).await;
        desk::schedule(&site, &who, episode.id, When::Now).await;
        all(&site, &show, &episode, true).await;
        assert_eq!(items(&site, "pentes").await, before);
    });
}

async fn told(site: &Site) -> i64 {
    let sql = "SELECT COUNT(*) FROM jobs_event WHERE kind = $1";
    let count = read_tx!(site.app.db, |tx| Ok(tx.scalar::<i64>(sql, args![EPISODE_PUBLISHED]).await?));
    count.expect("a count").unwrap_or_default()
}

#[test]
fn c7_a_server_that_was_down_publishes_once_with_the_date_it_promised() {
    on_both(async |mut site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let at = site.clock.now().plus_seconds(3600);
        let episode = coming(&site, &who, &show, at).await;
        site.work().await;
        assert_eq!(told(&site).await, 0);
        site.clock.advance(7200);
        site.restart().await;
        site.work().await;
        site.work().await;
        assert_eq!(told(&site).await, 1);
        let date = "Mon, 23 Nov 2026 08:00:00 +0100".to_owned();
        assert_eq!(items(&site, "pentes").await, [(episode.guid, date)]);
    });
}

#[test]
fn c7_two_workers_tell_a_publication_once() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let episode = coming(&site, &who, &show, site.clock.now().plus_seconds(60)).await;
        site.clock.advance(60);
        let (a, b) = (site.app.worker.clone(), site.app.worker.clone());
        let (a, b) =
            tokio::join!(tokio::spawn(async move { a.drain().await }), tokio::spawn(async move { b.drain().await }));
        assert!(matches!((&a, &b), (Ok(Ok(_)), Ok(Ok(_)))), "{a:?} {b:?}");
        assert_eq!(told(&site).await, 1);
        // A task handed out twice, because a lease ran out, is still told once.
        let app = &site.app;
        let tools = JobTools {
            db: app.db.clone(),
            blobs: app.blobs.clone(),
            ids: app.ids.clone(),
            fetcher: std::sync::Arc::new(traboule::fetch::WebFetcher::new().expect("a client")),
            encoder: app.encoder.clone(),
            scratch: app.scratch.clone(),
        };
        let task = jobs::Task {
            handler: PUBLISHED_HANDLER.to_owned(),
            key: format!("{}:{}", episode.id, site.clock.now().micros()),
            org: who.org,
            body: episode.id.to_string(),
            attempts: 2,
        };
        let handler = Published(tools);
        tokio::join!(jobs::Handler::run(&handler, &task), jobs::Handler::run(&handler, &task));
        assert_eq!(told(&site).await, 1);
    });
}

#[test]
fn c7_an_episode_moved_to_another_instant_is_told_at_that_one_only() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let at = site.clock.now().plus_seconds(60);
        let episode = coming(&site, &who, &show, at).await;
        desk::schedule(&site, &who, episode.id, When::At(at.plus_seconds(60))).await;
        site.clock.advance(60);
        site.work().await;
        assert_eq!(told(&site).await, 0);
        site.clock.advance(60);
        site.work().await;
        assert_eq!(told(&site).await, 1);
    });
}

// The visibility rule and its twin

fn state_at() -> impl Strategy<Value = (u8, i64)> {
    (0..3_u8, prop_oneof![Just(0), Just(1), -5..5_i64, Just(i64::from(i32::MAX))])
}

async fn set_state(site: &Site, id: i64, state: State) {
    let (code, at) = (state.code(), state.instant().map(At::micros));
    let sql = "UPDATE publish_episode SET state = $1, publish_at = $2 WHERE id = $3";
    write_tx!(site.app.db, |tx| Ok(tx.run(sql, args![code, at, id]).await?)).expect("set");
}

#[test]
fn the_visibility_rule_and_its_twin_agree() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let ctx = site.app.ctx(who.actor.clone());
        let mut ids = Vec::new();
        for n in 0..6 {
            let draft = desk::draft(&format!("E{n}"));
            let made = write_tx!(site.app.db, |tx| uc::create_episode(tx, &ctx, show.id, draft.clone()).await);
            ids.push(made.expect("a draft").id);
        }
        let mut runner = TestRunner::deterministic();
        for _ in 0..20 {
            let cases = proptest::collection::vec(state_at(), ids.len());
            let drawn = cases.new_tree(&mut runner).expect("drawn").current();
            let mut states = Vec::new();
            for ((kind, offset), id) in drawn.into_iter().zip(&ids) {
                let at = At::from_micros(site.clock.now().micros() + offset);
                let state = [State::Draft, State::Scheduled(at), State::Unpublished(Some(at))][usize::from(kind)];
                set_state(&site, *id, state).await;
                states.push((*id, state));
            }
            let now = site.clock.now();
            let by_sql = read_tx!(site.app.db, |tx| Ok(publish::public_ids(tx, now).await?)).expect("ids");
            let by_rule: Vec<i64> = states.iter().filter(|(_, s)| is_public(*s, now)).map(|(id, _)| *id).collect();
            assert_eq!(by_sql, by_rule, "{states:?}");
        }
    });
}

// Other organisations

/// The kind of refusal of an attempt.
macro_rules! kind {
    ($site:expr, |$tx:ident| $body:expr) => {{
        let outcome = write_tx!($site.app.db, |$tx| $body.await.map(drop));
        match outcome {
            Err(Failure::Refused(refusal)) => Some(refusal.kind),
            _ => None,
        }
    }};
}

async fn attempts(site: &Site, stranger: &Person, show: i64, id: i64) -> Vec<(&'static str, Option<Kind>)> {
    let ctx = site.app.ctx(stranger.actor.clone());
    let actor = &stranger.actor;
    let facts = publish::media::probe(std::io::Cursor::new(OTHER_SOUND), OTHER_SOUND.len() as u64, "").expect("sound");
    let audio = AudioFile { blob: kernel::sha256_hex(b"x"), facts, origin: None };
    let (cover, vtt) = (picture(1), "WEBVTT\n\n00:00.000 --> 00:01.000\nx\n");
    let show_draft = ShowDraft { language: "fr".to_owned(), time_zone: "Etc/UTC".to_owned(), ..ShowDraft::default() };
    let at = When::At(ctx.now.plus_seconds(9));
    vec![
        ("create", kind!(site, |tx| uc::create_episode(tx, &ctx, show, desk::draft("x")))),
        ("edit", kind!(site, |tx| uc::edit_episode(tx, &ctx, id, 1, desk::draft("x")))),
        ("edit show", kind!(site, |tx| uc::edit_show(tx, &ctx, show, show_draft.clone()))),
        ("schedule", kind!(site, |tx| uc::schedule(tx, &ctx, id, at.clone()))),
        ("unpublish", kind!(site, |tx| uc::unpublish(tx, &ctx, id))),
        ("draft", kind!(site, |tx| uc::back_to_draft(tx, &ctx, id))),
        ("audio", kind!(site, |tx| uc::attach_audio(tx, &ctx, id, &audio))),
        ("keep audio", kind!(site, |tx| uc::keep_audio(tx, &ctx, id, &audio))),
        ("transcript", kind!(site, |tx| uc::attach_transcript(tx, &ctx, id, "fr", vtt, true))),
        ("cover", kind!(site, |tx| uc::set_episode_cover(tx, &ctx, id, &cover))),
        ("show cover", kind!(site, |tx| uc::set_show_cover(tx, &ctx, show, &cover))),
        ("desk", kind!(site, |tx| uc::desk(tx, actor, show, None))),
        ("desk episode", kind!(site, |tx| uc::desk_episode(tx, actor, id))),
    ]
}

#[test]
fn another_organisation_has_no_hold_on_an_episode() {
    on_both(async |site| {
        let who = editor(&site).await;
        let stranger = site.person("quais", "basile@quais.example", Role::Editor).await;
        let show = desk::show(&site, &who, "pentes").await;
        let draft = desk::episode(&site, &who, &show, desk::draft("Secret")).await;
        let public = desk::published(&site, &who, &show, "Le pont").await;
        for id in [draft.id, public.id] {
            for (what, kind) in attempts(&site, &stranger, show.id, id).await {
                assert!(matches!(kind, Some(Kind::NotFound | Kind::Forbidden)), "{what}: {kind:?}");
            }
            let seen = read_tx!(site.app.db, |tx| uc::desk_episode(tx, &who.actor, id).await).expect("there").1;
            let before = if id == draft.id { &draft } else { &public };
            assert_eq!((seen.episode.version, seen.episode.state), (before.version, before.state));
            assert!(seen.transcripts.is_empty() && seen.episode.cover.is_none());
        }
        let page = format!("/fr/studio/episodes/{}", show_id(EPISODE_PREFIX, draft.id));
        let answer = site.get_as(&stranger, &page).await;
        assert!(answer.status == 404 && !answer.text().contains("Secret"), "{}", answer.status);
    });
}

#[test]
fn a_member_who_is_no_editor_reads_and_changes_nothing() {
    on_both(async |site| {
        let who = editor(&site).await;
        let reader = site.person("pentes", "lise@pentes.example", Role::Moderator).await;
        let show = desk::show(&site, &who, "pentes").await;
        let draft = desk::episode(&site, &who, &show, desk::draft("Secret")).await;
        for (what, kind) in attempts(&site, &reader, show.id, draft.id).await {
            let wanted = if what.starts_with("desk") { None } else { Some(Kind::Forbidden) };
            assert_eq!(kind, wanted, "{what}");
        }
    });
}

// Two editors at once

fn won(outcome: &Result<Episode, Failure>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(Failure::Refused(refusal)) if refusal.kind == Kind::Conflict => false,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn of_two_editors_who_save_the_same_version_one_wins() {
    on_one(On::Pg, &async |site: Site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let mut version = desk::episode(&site, &who, &show, desk::draft("Zéro")).await.version;
        let id = read_tx!(site.app.db, |tx| uc::desk(tx, &who.actor, show.id, None).await).expect("there").1[0].id;
        for round in 0..8 {
            let save = |name: &'static str| {
                let (app, actor) = (site.app.clone(), who.actor.clone());
                tokio::spawn(async move {
                    let draft = desk::draft(&format!("{name} {round}"));
                    let ctx = app.ctx(actor);
                    write_tx!(app.db, |tx| uc::edit_episode(tx, &ctx, id, version, draft.clone()).await)
                })
            };
            let (a, b) = tokio::join!(save("A"), save("B"));
            let (a, b) = (a.expect("ran"), b.expect("ran"));
            assert!(won(&a) != won(&b), "{a:?} {b:?}");
            let winner = a.or(b).expect("one");
            let (_, full) = read_tx!(site.app.db, |tx| uc::desk_episode(tx, &who.actor, id).await).expect("there");
            assert_eq!(
                (full.episode.version, &full.episode.texts["fr"].title),
                (version + 1, &winner.texts["fr"].title)
            );
            version = winner.version;
        }
    });
}

#[test]
fn of_two_who_publish_at_once_one_wins_and_it_is_told_once() {
    on_one(On::Pg, &async |site: Site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        for round in 0..5 {
            let id = desk::episode(&site, &who, &show, desk::draft(&format!("E{round}"))).await.id;
            let publish = || {
                let (app, actor) = (site.app.clone(), who.actor.clone());
                tokio::spawn(async move {
                    let ctx = app.ctx(actor);
                    write_tx!(app.db, |tx| Ok(uc::schedule(tx, &ctx, id, When::Now).await?.0))
                })
            };
            let (a, b) = tokio::join!(publish(), publish());
            let (a, b) = (a.expect("ran"), b.expect("ran"));
            assert!(won(&a) != won(&b), "{a:?} {b:?}");
            site.work().await;
            assert_eq!(told(&site).await, round + 1);
        }
        assert_eq!(guids(&site, "pentes").await.len(), 5);
    });
}

#[test]
fn of_two_schedules_at_once_the_last_one_stands_and_is_told_once() {
    on_one(On::Pg, &async |site: Site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let id = desk::episode(&site, &who, &show, desk::draft("Le pont")).await.id;
        let now = site.clock.now();
        let schedule = |seconds: i64| {
            let (app, actor) = (site.app.clone(), who.actor.clone());
            tokio::spawn(async move {
                let ctx = app.ctx(actor);
                let at = When::At(now.plus_seconds(seconds));
                write_tx!(app.db, |tx| Ok(uc::schedule(tx, &ctx, id, at.clone()).await?.0))
            })
        };
        let (a, b) = tokio::join!(schedule(60), schedule(120));
        assert!(won(&a.expect("ran")) | won(&b.expect("ran")));
        let State::Scheduled(at) = stored(&site, &who, id).await else { panic!("scheduled") };
        site.clock.set(now.plus_seconds(200));
        site.work().await;
        assert_eq!(told(&site).await, 1);
        let zone = publish::rules::schedule::zone("Europe/Paris").expect("known");
        assert_eq!(items(&site, "pentes").await[0].1, at.rfc2822_in(&zone));
    });
}
