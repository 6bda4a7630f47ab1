//! What is read can be written and read again to the same values; the namespace's own examples are understood.

use kernel::At;
use proptest::prelude::*;

use super::*;
use crate::feed::{
    self, FeedAlternate, FeedEnclosure, FeedFrequency, FeedItem, FeedPerson, FeedShow, FeedSoundbite, FeedTrailer,
    FeedTranscript, write_rss,
};

fn date(micros: i64) -> String {
    At::from_micros(micros).rfc2822_in(&jiff::tz::TimeZone::UTC)
}

fn person(p: &Person) -> FeedPerson {
    FeedPerson {
        name: p.name.clone(),
        role: p.role.clone().unwrap_or_default(),
        group: p.group.clone().unwrap_or_default(),
        image_url: p.image_url.clone(),
        href: p.href.clone(),
    }
}

fn show_of(feed: &Feed) -> FeedShow {
    FeedShow {
        title: feed.title.clone(),
        link: feed.link.clone().unwrap_or_default(),
        description_html: feed.description.clone(),
        self_url: feed.self_url.clone().unwrap_or_default(),
        language: feed.language.clone().unwrap_or_default(),
        author: feed.author.clone().unwrap_or_default(),
        copyright: feed.copyright.clone(),
        image_url: feed.image_url.clone(),
        categories: feed.categories.clone(),
        explicit: feed.explicit.unwrap_or(false),
        show_type: match feed.show_type {
            Some(ShowType::Serial) => feed::ShowType::Serial,
            _ => feed::ShowType::Episodic,
        },
        podcast_guid: feed.podcast_guid.clone().unwrap_or_default(),
        locked: feed.locked.unwrap_or(false),
        medium: feed.medium.clone(),
        funding: feed.funding.iter().map(|f| (f.url.clone(), f.text.clone())).collect(),
        persons: feed.persons.iter().map(person).collect(),
        complete: feed.complete,
        blocked: feed.blocked,
        new_feed_url: feed.new_feed_url.clone(),
        update_frequency: feed.update_frequency.as_ref().map(|f| FeedFrequency {
            text: f.text.clone(),
            rrule: f.rrule.clone(),
            dtstart: f.dtstart.clone(),
        }),
        txt: feed.txt.iter().map(|t| (t.purpose.clone(), t.text.clone())).collect(),
        trailers: feed
            .trailers
            .iter()
            .map(|t| FeedTrailer {
                title: t.title.clone(),
                url: t.url.clone(),
                pub_date: t.published.map(date).unwrap_or_default(),
                length: t.length,
                mime: t.mime.clone(),
                season: t.season,
            })
            .collect(),
        ..FeedShow::default()
    }
}

fn item_of(item: &Item) -> FeedItem {
    FeedItem {
        guid: item.guid.clone().unwrap_or_default(),
        guid_is_permalink: item.guid_is_permalink,
        title: item.title.clone(),
        link: item.link.clone().unwrap_or_default(),
        pub_date: item.published.map(date).unwrap_or_default(),
        content_html: item.description_html.clone(),
        summary: item.summary.clone().unwrap_or_default(),
        enclosure: item.enclosure.as_ref().map(|e| FeedEnclosure {
            url: e.url.clone(),
            length: e.length.unwrap_or(0),
            mime: e.mime.clone(),
        }),
        duration_s: item.duration_s,
        image_url: item.image_url.clone(),
        explicit: item.explicit,
        season: item.season,
        episode: item.episode,
        episode_type: match item.episode_type {
            EpisodeType::Full => feed::EpisodeType::Full,
            EpisodeType::Trailer => feed::EpisodeType::Trailer,
            EpisodeType::Bonus => feed::EpisodeType::Bonus,
        },
        author: item.author.clone(),
        transcripts: item
            .transcripts
            .iter()
            .map(|t| FeedTranscript {
                url: t.url.clone(),
                mime: t.mime.clone(),
                language: t.language.clone(),
                rel: t.rel.clone(),
            })
            .collect(),
        chapters_url: item.chapters_url.as_ref().map(|(url, _)| url.clone()),
        persons: item.persons.iter().map(person).collect(),
        soundbites: item
            .soundbites
            .iter()
            .map(|s| FeedSoundbite { start_ms: s.start_ms, duration_ms: s.duration_ms, title: s.title.clone() })
            .collect(),
        alternates: item
            .alternate_enclosures
            .iter()
            .map(|a| FeedAlternate {
                urls: a.sources.clone(),
                mime: a.mime.clone(),
                length: a.length,
                bitrate: a.bitrate,
                height: a.height,
                language: a.language.clone(),
                title: a.title.clone(),
                rel: a.rel.clone(),
                default: a.is_default,
                integrity: a.integrity.clone(),
            })
            .collect(),
        ..FeedItem::default()
    }
}

/// A feed as another server would write it, read again.
fn again(feed: &Feed) -> Feed {
    let items: Vec<FeedItem> = feed.items.iter().map(item_of).collect();
    read(write_rss(&show_of(feed), &items).as_bytes(), None, &Limits::default()).expect("our own feed")
}

/// What must survive: everything but notes on the document itself and what the writer always says.
fn kept(feed: &Feed) -> Feed {
    let mut feed = feed.clone();
    feed.problems.clear();
    // The owner has no name of their own in our feeds, and the writer always says these.
    feed.owner_name = None;
    feed.explicit = Some(feed.explicit.unwrap_or(false));
    feed.locked = Some(feed.locked.unwrap_or(false));
    feed.show_type = Some(feed.show_type.unwrap_or(ShowType::Episodic));
    if let Some(frequency) = &mut feed.update_frequency {
        // One word for "no more": itunes:complete.
        frequency.complete = feed.complete;
    }
    for item in &mut feed.items {
        item.published_raw = None;
        item.subtitle = None;
        item.psc_chapters.clear();
        item.blocked = false;
        if let Some((_, mime)) = &mut item.chapters_url {
            "application/json+chapters".clone_into(mime);
        }
    }
    feed
}

const RICH: &str = r##"<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">
<channel><title>Matins</title><link>https://a.example/</link><description>Sept minutes.</description><language>fr</language>
<itunes:author>Agence</itunes:author><itunes:explicit>false</itunes:explicit><itunes:type>episodic</itunes:type>
<podcast:guid>9b024349-ccf0-5f69-a609-6b82873eab3c</podcast:guid>
<podcast:locked owner="canary@owner.example">yes</podcast:locked>
<podcast:block id="google">yes</podcast:block>
<podcast:txt>naj3eEZaWVVY9a38uhX8FekACyhtqP4JN</podcast:txt><podcast:txt purpose="applepodcastsverify">05124</podcast:txt>
<podcast:txt purpose="verify">canary@owner.example</podcast:txt>
<podcast:updateFrequency rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=10" dtstart="2023-08-28T00:00:00.000Z"> Every other Monday </podcast:updateFrequency>
<podcast:trailer pubdate="Thu, 01 Apr 2021 08:00:00 EST" url="https://a.example/t.mp3" length="12345678" type="audio/mpeg">Coming April 1st</podcast:trailer>
<podcast:trailer pubdate="Thu, 01 Apr 2021 08:00:00 EST" url="https://a.example/s4.mp4" length="12345678" type="video/mp4" season="4">Season 4</podcast:trailer>
<podcast:funding url="https://a.example/give">Donner</podcast:funding><podcast:medium>podcast</podcast:medium>
<item><title>Un</title><guid isPermaLink="false">un</guid><pubDate>Mon, 02 Nov 2026 07:00:00 +0100</pubDate><description>Notes.</description>
<enclosure url="https://a.example/1.mp3" length="43200000" type="audio/mpeg"/>
<podcast:alternateEnclosure type="audio/mpeg" length="43200000" bitrate="128000" default="true" title="Standard">
<podcast:source uri="https://a.example/1.mp3"/><podcast:source uri="ipfs://x"/>
<podcast:integrity type="sri" value="sha384-ExVqijgYHm15PqQqdXfW95x+Rs6C+d6E/ICxyQOeFevnxNLR/wtJNrNYTjIysUBo"/></podcast:alternateEnclosure>
<podcast:alternateEnclosure type="video/mp4" length="7924786" bitrate="511276.52" height="720" lang="fr" rel="video"><podcast:source uri="https://a.example/1.mp4"/></podcast:alternateEnclosure>
<podcast:soundbite startTime="73.0" duration="60.0"/><podcast:soundbite startTime="1234.5" duration="42.25">Why it matters</podcast:soundbite>
<podcast:soundbite startTime="5">no end</podcast:soundbite>
<podcast:transcript url="https://a.example/1.vtt" type="text/vtt" language="fr" rel="captions"/>
<podcast:chapters url="https://a.example/1.json" type="application/json+chapters"/>
<podcast:person role="guest" group="cast" href="https://a.example/o">Odile</podcast:person></item></channel></rss>"##;

#[test]
fn the_newer_tags_are_read_to_their_values() {
    let feed = read(RICH.as_bytes(), None, &Limits::default()).expect("a feed");
    let txt: Vec<_> = feed.txt.iter().map(|t| (t.purpose.as_str(), t.text.as_str())).collect();
    assert_eq!(txt, [("", "naj3eEZaWVVY9a38uhX8FekACyhtqP4JN"), ("applepodcastsverify", "05124")]);
    let frequency = feed.update_frequency.clone().expect("a frequency");
    assert_eq!(frequency.text, "Every other Monday");
    assert_eq!(frequency.rrule.as_deref(), Some("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=10"));
    assert_eq!(frequency.dtstart.as_deref(), Some("2023-08-28T00:00:00.000Z"));
    let trailers: Vec<_> = feed.trailers.iter().map(|t| (t.title.as_str(), t.length, t.season)).collect();
    assert_eq!(trailers, [("Coming April 1st", Some(12_345_678), None), ("Season 4", Some(12_345_678), Some(4))]);
    assert_eq!(feed.trailers[0].published, At::parse_rfc3339("2021-04-01T13:00:00Z").map(At::micros));
    let bites: Vec<_> =
        feed.items[0].soundbites.iter().map(|s| (s.start_ms, s.duration_ms, s.title.as_str())).collect();
    assert_eq!(bites, [(73_000, 60_000, ""), (1_234_500, 42_250, "Why it matters")]);
    let files = &feed.items[0].alternate_enclosures;
    assert_eq!(files.len(), 2);
    assert!(
        files[0].is_default
            && files[0].integrity.as_ref().is_some_and(|(kind, v)| kind == "sri" && v.starts_with("sha384-"))
    );
    assert_eq!((files[1].height, files[1].bitrate, files[1].rel.as_deref()), (Some(720), Some(511_276), Some("video")));
    assert!(!feed.blocked, "a block of one platform is no block of all");
    assert!(!format!("{feed:?}").contains("canary"), "c5: no address of the owner is kept");
    let codes: Vec<_> = feed.problems.iter().map(|p| p.code).collect();
    assert!(codes.contains(&"bad_soundbite") && codes.contains(&"txt_address"), "{codes:?}");
}

#[test]
fn what_is_read_is_written_and_read_again() {
    let feed = read(RICH.as_bytes(), None, &Limits::default()).expect("a feed");
    assert_eq!(kept(&again(&feed)), kept(&feed));
    let all = RICH.replace("<podcast:block id=\"google\">", "<podcast:block>");
    let feed = read(all.as_bytes(), None, &Limits::default()).expect("a feed");
    assert!(feed.blocked);
    assert_eq!(kept(&again(&feed)), kept(&feed));
}

proptest! {
    #[test]
    fn soundbites_alternates_and_texts_survive_a_round(
        bites in prop::collection::vec((0_u64..90_000_000, 1_u64..900_000, "[a-zé&<]{0,9}"), 0..5),
        files in prop::collection::vec((1_u64..9_000_000_000, prop::option::of(1_u64..9_000_000), "[a-z&\"]{1,9}"), 0..4),
        txt in prop::collection::vec(("[a-z]{0,8}", "[a-z0-9&<>\"']{1,20}"), 0..4),
        rule in "[A-Z=;0-9,]{0,30}",
    ) {
        let mut feed = read(RICH.as_bytes(), None, &Limits::default()).expect("a feed");
        feed.txt = txt.into_iter().map(|(purpose, text)| Txt { purpose, text }).collect();
        feed.update_frequency = Some(UpdateFrequency {
            text: "Parfois".to_owned(), rrule: Some(rule).filter(|r| !r.is_empty()), dtstart: None, complete: false,
        });
        let item = &mut feed.items[0];
        item.soundbites = bites.into_iter()
            .map(|(start_ms, duration_ms, title)| Soundbite { start_ms, duration_ms, title }).collect();
        item.alternate_enclosures = (0..).zip(files).map(|(n, (length, bitrate, title))| AlternateEnclosure {
            mime: "audio/mpeg".to_owned(), length: Some(length), bitrate, title: Some(title),
            sources: vec![format!("https://a.example/{n}.mp3"), format!("https://b.example/{n}.mp3")],
            integrity: Some(("sri".to_owned(), format!("sha256-{n}="))), ..AlternateEnclosure::default()
        }).collect();
        prop_assert_eq!(kept(&again(&feed)), kept(&feed));
    }
}
