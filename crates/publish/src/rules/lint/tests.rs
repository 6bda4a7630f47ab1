//! One row per rule that fires and one that does not; then whatever can be thought up.

use std::collections::BTreeMap;
use std::collections::HashMap;

use kernel::{At, OrgId};
use proptest::prelude::*;

use super::*;
use crate::model::checks::Outcome;
use crate::model::{
    Audio, AudioPlace, Chapter, Credit, Episode, EpisodeText, Funding, Image, Show, ShowKind, ShowText, Source, State,
    StoredTranscript, TxtRecord, UpdateFrequency,
};

const DEAD: &str = "https://dead.example/";

/// What a case changes.
struct Case {
    show: Show,
    full: FullEpisode,
    twins: Twins,
    approval: Standing,
}

fn image(width: i64, height: i64, mime: &str) -> Image {
    Image {
        id: 1,
        blob: String::new(),
        mime: mime.to_owned(),
        width,
        height,
        small_blob: String::new(),
        card_blob: String::new(),
    }
}

fn show() -> Show {
    let guid = "917393e3-1b1e-5cef-ace4-edaa54e1f810".to_owned();
    let mut show = Show::blank(1, OrgId(1), "matins".to_owned(), guid, At::from_micros(1));
    show.language = "fr".to_owned();
    show.author = "Agence".to_owned();
    show.categories = vec![("News".to_owned(), Some("Daily News".to_owned()))];
    show.cover = Some(image(1400, 1400, "image/jpeg"));
    show.medium = Some("podcast".to_owned());
    let text = ShowText { title: "Matins".to_owned(), tagline: "Chaque matin".to_owned(), ..ShowText::default() };
    show.texts.insert("fr".to_owned(), text);
    show
}

fn source(title: &str, url: &str) -> Source {
    Source { kind: Default::default(), title: title.to_owned(), url: url.to_owned(), seen_on: None }
}

fn chapter(start_ms: i64) -> Chapter {
    Chapter {
        start_ms,
        in_toc: true,
        image_id: None,
        titles: BTreeMap::from([("fr".to_owned(), "Chapitre".to_owned())]),
        sources: vec![source("Rapport", "https://a.example/")],
        item: None,
    }
}

fn sound() -> Audio {
    Audio {
        place: AudioPlace::Local("0".repeat(64)),
        mime: "audio/mpeg".to_owned(),
        size: 9,
        duration_ms: Some(60_000),
        header_bytes: 0,
        waveform: Vec::new(),
        tags: String::new(),
    }
}

/// An episode no rule has anything to say about.
fn full() -> FullEpisode {
    let text = EpisodeText {
        title: "Le pont".to_owned(),
        summary: "Un pont sur la rivière.".to_owned(),
        notes_html: "<p>Lire <a href=\"https://a.example/\">le rapport de la ville</a>.</p>".to_owned(),
        ..EpisodeText::default()
    };
    let episode = Episode {
        id: 1,
        org: OrgId(1),
        show: 1,
        guid: "c0ffee".to_owned(),
        guid_is_permalink: false,
        slug: "le-pont".to_owned(),
        number: Some(12),
        season: Some(1),
        kind: Default::default(),
        state: State::Draft,
        wall_clock: None,
        explicit: None,
        link: None,
        author: None,
        remote_cover_url: None,
        cover: None,
        version: 6,
        updated_at: At::from_micros(1),
        texts: BTreeMap::from([("fr".to_owned(), text)]),
        audio: Some(sound()),
        reached: Default::default(),
    };
    let vtt = "WEBVTT\n\n00:00.000 --> 00:59.000\nBonjour.\n".to_owned();
    FullEpisode {
        episode,
        chapters: vec![chapter(0), chapter(30_000)],
        credits: vec![Credit { name: "Odile".to_owned(), role: "host".to_owned(), ..Credit::default() }],
        transcripts: vec![StoredTranscript { lang: "fr".to_owned(), body: vtt, reviewed: true }],
        remote_files: Vec::new(),
        corrections: Vec::new(),
        excerpts: Vec::new(),
    }
}

fn clean() -> Case {
    Case { show: show(), full: full(), twins: Twins::default(), approval: Standing::None }
}

fn found(case: &Case) -> Vec<Finding> {
    let gone = SourceHealth {
        checked_at: At::from_micros(1),
        outcome: Outcome::Gone,
        status: Some(410),
        streak: 1,
        failing_since: None,
    };
    let health = HashMap::from([(DEAD.to_owned(), gone)]);
    lint(&LintInput {
        show: &case.show,
        full: &case.full,
        twins: case.twins,
        health: &health,
        approval: case.approval.clone(),
    })
}

fn text(case: &mut Case) -> &mut EpisodeText {
    case.full.episode.texts.get_mut("fr").expect("French")
}

fn audio(case: &mut Case) -> &mut Audio {
    case.full.episode.audio.as_mut().expect("sound")
}

fn remote(case: &mut Case, url: &str) {
    audio(case).place = AudioPlace::Remote(url.to_owned());
}

type Change = fn(&mut Case);

/// A rule, a change that makes it fire, and one near it that does not.
const TABLE: &[(&str, Change, Change)] = &[
    ("title-missing", |c| text(c).title = " ".to_owned(), |c| text(c).title = "x".to_owned()),
    ("title-long", |c| text(c).title = "x".repeat(256), |c| text(c).title = "x".repeat(255)),
    ("title-cut", |c| text(c).title = "x".repeat(101), |c| text(c).title = "x".repeat(100)),
    ("title-spaces", |c| text(c).title = "Le  pont".to_owned(), |c| text(c).title = "Le pont neuf".to_owned()),
    ("title-number", |c| text(c).title = "Épisode 12 : le pont".to_owned(), |c| text(c).title = "12e pont".to_owned()),
    ("title-twice", |c| c.twins.title = true, |c| c.twins.number = true),
    ("language-missing", |c| c.show.language = "de".to_owned(), |c| c.show.language = "fr-ca".to_owned()),
    (
        "description-missing",
        |c| (text(c).summary, text(c).notes_html) = (String::new(), String::new()),
        |c| text(c).summary = String::new(),
    ),
    (
        "description-long",
        |c| (text(c).summary, text(c).notes_html) = (String::new(), "x".repeat(4001)),
        |c| (text(c).summary, text(c).notes_html) = (String::new(), "x".repeat(4000)),
    ),
    ("summary-repeats", |c| text(c).summary = "le PONT".to_owned(), |c| text(c).summary = "Le pont, encore".to_owned()),
    (
        "link-text",
        |c| text(c).notes_html = "<a href=\"https://a.example/\">Cliquez  ici.</a>".to_owned(),
        |c| text(c).notes_html = "<a href=\"https://a.example/\">ici, le rapport</a>".to_owned(),
    ),
    (
        "notes-picture",
        |c| text(c).notes_html = "<img>".to_owned(),
        |c| text(c).notes_html = "<img alt=\"Un pont\">".to_owned(),
    ),
    (
        "number-missing",
        |c| (c.show.kind, c.full.episode.number) = (ShowKind::Serial, None),
        |c| c.full.episode.number = None,
    ),
    ("number-zero", |c| c.full.episode.number = Some(0), |c| c.full.episode.number = Some(1)),
    ("number-twice", |c| c.twins.number = true, |c| c.twins.title = true),
    ("season-zero", |c| c.full.episode.season = Some(0), |c| c.full.episode.season = None),
    ("guid-empty", |c| c.full.episode.guid = String::new(), |c| c.full.episode.guid = "a".to_owned()),
    (
        "guid-link",
        |c| c.full.episode.guid_is_permalink = true,
        |c| (c.full.episode.guid_is_permalink, c.full.episode.guid) = (true, "https://a.example/1".to_owned()),
    ),
    ("guid-odd", |c| c.full.episode.guid = "a b".to_owned(), |c| c.full.episode.guid = "a-b".to_owned()),
    (
        "cover-size",
        |c| c.full.episode.cover = Some(image(1399, 1399, "image/png")),
        |c| c.full.episode.cover = Some(image(1400, 1400, "image/png")),
    ),
    (
        "cover-shape",
        |c| c.full.episode.cover = Some(image(1500, 1400, "image/png")),
        |c| c.full.episode.cover = Some(image(1500, 1500, "image/png")),
    ),
    (
        "cover-type",
        |c| c.full.episode.cover = Some(image(1400, 1400, "image/webp")),
        |c| c.full.episode.cover = Some(image(1400, 1400, "image/jpeg")),
    ),
    (
        "cover-alt",
        |c| c.full.episode.cover = Some(image(1400, 1400, "image/png")),
        |c| (c.full.episode.cover, text(c).cover_alt) = (Some(image(1400, 1400, "image/png")), "Un pont".to_owned()),
    ),
    ("role-unknown", |c| c.full.credits[0].role = "roi".to_owned(), |c| c.full.credits[0].role = String::new()),
    ("audio-missing", |c| c.full.episode.audio = None, |c| audio(c).size = 1),
    ("audio-type", |c| audio(c).mime = "audio/ogg".to_owned(), |c| audio(c).mime = "audio/x-m4a".to_owned()),
    ("audio-length", |c| audio(c).size = 0, |c| audio(c).size = 1),
    (
        "audio-length-unknown",
        |c| (audio(c).size, audio(c).place) = (0, AudioPlace::Remote("https://m.example/1.mp3".to_owned())),
        |c| remote(c, "https://m.example/1.mp3"),
    ),
    ("audio-address", |c| remote(c, "https://m.example/é.mp3"), |c| remote(c, "https://m.example/%C3%A9.mp3")),
    ("audio-http", |c| remote(c, "http://m.example/1.mp3"), |c| remote(c, "https://m.example/1.mp3")),
    ("audio-extension", |c| remote(c, "https://m.example/1.m4a"), |c| remote(c, "https://m.example/1.MP3?a=b.m4a")),
    ("audio-nameless", |c| remote(c, "https://m.example/play?id=3"), |c| remote(c, "https://m.example/1.mp3")),
    ("audio-twice", |c| c.twins.sound_url = true, |c| c.twins.sound_file = true),
    ("audio-same", |c| c.twins.sound_file = true, |c| c.twins.sound_url = true),
    ("duration-missing", |c| audio(c).duration_ms = None, |c| audio(c).duration_ms = Some(60_001)),
    (
        "transcript-missing",
        |c| c.full.transcripts.clear(),
        |c| {
            let body = std::mem::take(&mut c.full.transcripts)[0].body.clone();
            c.full.remote_files.push(crate::model::RemoteFile {
                purpose: "transcript".to_owned(),
                url: body,
                mime: "text/vtt".to_owned(),
                lang: None,
                rel: None,
            });
        },
    ),
    ("transcript-unread", |c| c.full.transcripts[0].reviewed = false, |c| c.full.transcripts[0].lang = "en".to_owned()),
    (
        "transcript-beyond",
        |c| c.full.transcripts[0].body = "WEBVTT\n\n01:03.000 --> 01:04.000\nx\n".to_owned(),
        |c| c.full.transcripts[0].body = "WEBVTT\n\n01:01.000 --> 01:04.000\nx\n".to_owned(),
    ),
    ("chapters-order", |c| c.full.chapters.reverse(), |c| c.full.chapters.truncate(1)),
    ("chapter-beyond", |c| c.full.chapters[1].start_ms = 60_000, |c| c.full.chapters[1].start_ms = 59_999),
    ("chapter-first", |c| c.full.chapters[0].start_ms = 1, |c| c.full.chapters.clear()),
    ("chapter-title", |c| c.full.chapters[1].titles.clear(), |c| c.full.chapters[1].in_toc = false),
    (
        "chapter-source",
        |c| c.full.chapters[1].sources.clear(),
        |c| (c.full.chapters[1].sources, c.full.chapters[1].in_toc) = (Vec::new(), false),
    ),
    (
        "source-dead",
        |c| c.full.chapters[1].sources.push(source("Mort", DEAD)),
        |c| c.full.chapters[1].sources.push(source("Vif", "https://b.example/")),
    ),
    (
        "source-text",
        |c| c.full.chapters[1].sources[0].title = "https://a.example/".to_owned(),
        |c| c.full.chapters[1].sources[0].title = "a.example".to_owned(),
    ),
    (
        "approval-missing",
        |c| c.show.settings.desk.approval_needed = true,
        |c| {
            c.show.settings.desk.approval_needed = true;
            c.approval = Standing::Approved { version: 4 };
        },
    ),
    (
        "approval-outdated",
        |c| c.approval = Standing::Outdated { version: 4 },
        |c| c.approval = Standing::Approved { version: 4 },
    ),
    (
        "approval-changes",
        |c| c.approval = Standing::Changes { version: 6, name: "Zoé".to_owned() },
        |c| c.approval = Standing::None,
    ),
    (
        "show-description",
        |c| c.show.texts.get_mut("fr").expect("French").tagline = String::new(),
        |c| c.show.texts.get_mut("fr").expect("French").description_html = "<p>x</p>".to_owned(),
    ),
    (
        "show-description-long",
        |c| c.show.texts.get_mut("fr").expect("French").description_html = "x".repeat(4001),
        |c| c.show.texts.get_mut("fr").expect("French").description_html = "x".repeat(4000),
    ),
    (
        "show-title-long",
        |c| c.show.texts.get_mut("fr").expect("French").title = "x".repeat(151),
        |c| c.show.texts.get_mut("fr").expect("French").title = "x".repeat(150),
    ),
    ("show-author", |c| c.show.author = String::new(), |c| c.show.author = "x".to_owned()),
    ("show-language", |c| c.show.language = "und".to_owned(), |c| c.show.language = "fr-ca".to_owned()),
    (
        "show-cover",
        |c| c.show.cover = None,
        |c| (c.show.cover, c.show.remote_cover_url) = (None, Some("https://a.example/c.jpg".to_owned())),
    ),
    (
        "show-cover-size",
        |c| c.show.cover = Some(image(3001, 3001, "image/png")),
        |c| c.show.cover = Some(image(3000, 3000, "image/png")),
    ),
    (
        "show-cover-type",
        |c| c.show.cover = Some(image(1400, 1400, "image/gif")),
        |c| c.show.cover = Some(image(1400, 1400, "image/png")),
    ),
    ("show-category", |c| c.show.categories.clear(), |c| c.show.categories = vec![("True Crime".to_owned(), None)]),
    (
        "show-category-unknown",
        |c| c.show.categories = vec![("Kids & family".to_owned(), None)],
        |c| c.show.categories = vec![("Kids & Family".to_owned(), Some("Parenting".to_owned()))],
    ),
    (
        "show-guid",
        |c| c.show.podcast_guid = "x".to_owned(),
        |c| c.show.podcast_guid = "0".repeat(8) + "-0000-0000-0000-000000000000",
    ),
    ("show-medium", |c| c.show.medium = Some("opera".to_owned()), |c| c.show.medium = Some("musicL".to_owned())),
    (
        "show-funding",
        |c| c.show.funding = vec![Funding { url: "mailto:a@b.example".to_owned(), text: String::new() }],
        |c| c.show.funding = vec![Funding { url: "https://a.example/".to_owned(), text: "Aider".to_owned() }],
    ),
    (
        "show-txt",
        |c| c.show.settings.feed.txt = vec![TxtRecord::default()],
        |c| {
            c.show.settings.feed.txt =
                vec![TxtRecord { purpose: "applepodcastsverify".to_owned(), value: "a1".to_owned() }];
        },
    ),
    (
        "show-rrule",
        |c| {
            c.show.settings.feed.update_frequency =
                Some(UpdateFrequency { text: String::new(), rrule: "DAILY".to_owned() })
        },
        |c| {
            let rrule = "FREQ=WEEKLY;BYDAY=MO,TU".to_owned();
            c.show.settings.feed.update_frequency = Some(UpdateFrequency { text: String::new(), rrule });
        },
    ),
    (
        "show-moved",
        |c| c.show.settings.feed.moved_to = Some("http://a.example/feed".to_owned()),
        |c| c.show.settings.feed.moved_to = Some("https://a.example/feed".to_owned()),
    ),
];

#[test]
fn each_rule_fires_and_stays_silent() {
    assert_eq!(found(&clean()), []);
    for (rule, fires, silent) in TABLE {
        let (mut bad, mut good) = (clean(), clean());
        fires(&mut bad);
        silent(&mut good);
        let names = |case: &Case| found(case).iter().map(|f| f.rule).collect::<Vec<_>>();
        assert!(names(&bad).contains(rule), "{rule}: {:?}", names(&bad));
        assert!(!names(&good).contains(rule), "{rule} where it should be silent");
    }
    for rule in RULES {
        assert!(TABLE.iter().any(|(name, _, _)| *name == rule.name()), "{} has no row", rule.name());
    }
}

#[test]
fn settings_of_the_show_harden_rules() {
    let level = |change: Change, rule: &str| {
        let mut case = clean();
        change(&mut case);
        found(&case).iter().find(|f| f.rule == rule).map(|f| f.level)
    };
    assert_eq!(level(|c| c.full.transcripts.clear(), "transcript-missing"), Some(Level::Warning));
    let needed: Change = |c| {
        c.full.transcripts.clear();
        c.show.settings.desk.transcript_needed = true;
    };
    assert_eq!(level(needed, "transcript-missing"), Some(Level::Error));
    assert_eq!(level(|c| c.approval = Standing::Outdated { version: 1 }, "approval-outdated"), Some(Level::Warning));
    let needed: Change = |c| {
        c.approval = Standing::Outdated { version: 1 };
        c.show.settings.desk.approval_needed = true;
    };
    assert_eq!(level(needed, "approval-outdated"), Some(Level::Error));
}

#[test]
fn titles_that_repeat_their_number() {
    for (title, bad) in [
        ("Épisode 12 : le pont", true),
        ("ep. 12", true),
        ("#12 Le pont", true),
        ("12 - Le pont", true),
        ("12. Le pont", true),
        ("12", true),
        ("12 hommes en colère", false),
        ("120 ponts", false),
        ("Épisode 121", false),
        ("Le pont 12", false),
    ] {
        let mut case = clean();
        text(&mut case).title = title.to_owned();
        assert_eq!(found(&case).iter().any(|f| f.rule == "title-number"), bad, "{title}");
    }
}

proptest! {
    #[test]
    fn whatever_is_typed_is_judged_the_same_way_twice(
        title in "\\PC{0,40}",
        notes in "(<a [^>]{0,9}>?|</a>|<img|é|\u{1F600}|\\PC){0,30}",
        vtt in "\\PC{0,60}",
        url in "(https?://)?\\PC{0,20}",
        starts in proptest::collection::vec(any::<i64>(), 0..6),
        number in any::<Option<i64>>(),
        size in any::<i64>(),
        duration in any::<Option<i64>>(),
        rrule in "([A-Z]{1,6}=?[A-Z]{0,6};?){0,4}",
    ) {
        let mut case = clean();
        text(&mut case).title = title;
        text(&mut case).notes_html = notes;
        case.full.transcripts[0].body = vtt;
        case.full.episode.number = number;
        (audio(&mut case).size, audio(&mut case).duration_ms) = (size, duration);
        remote(&mut case, &url);
        case.full.chapters = starts.into_iter().map(chapter).collect();
        case.show.settings.feed.update_frequency = Some(UpdateFrequency { text: String::new(), rrule });
        let once = found(&case);
        prop_assert_eq!(&once, &found(&case));
        prop_assert!(once.windows(2).all(|pair| pair[0].level <= pair[1].level), "errors first");
    }
}
