//! Atom, JSON Feed and OPML against readers that share no code with the writers, with hostile texts.

use proptest::prelude::*;

use super::*;

fn show(text: &str) -> FeedShow {
    FeedShow {
        title: format!("Pentes {text}"),
        description_html: format!("<p>{text}</p>"),
        link: "https://audio.example/fr/shows/pentes".into(),
        self_url: "https://audio.example/feeds/pentes.xml".into(),
        language: "fr".into(),
        author: format!("Lise {text}"),
        copyright: Some(text.into()),
        image_url: Some("https://audio.example/cover.jpg".into()),
        categories: vec![("Arts".into(), None)],
        podcast_guid: podcast_guid("https://audio.example/feeds/pentes.xml"),
        generator: "Traboule".into(),
        updated: "2026-03-03T06:00:00+01:00".into(),
        persons: vec![FeedPerson { name: format!("Odile {text}"), ..FeedPerson::default() }],
        ..FeedShow::default()
    }
}

fn item(n: u64, text: &str) -> FeedItem {
    FeedItem {
        guid: format!("https://audio.example/{n}"),
        title: format!("Épisode {n} {text}"),
        link: format!("https://audio.example/fr/shows/pentes/{n}"),
        pub_date: "Tue, 03 Mar 2026 06:00:00 +0100".into(),
        published: "2026-03-03T06:00:00+01:00".into(),
        updated: "2026-03-03T07:00:00+01:00".into(),
        summary: text.into(),
        content_html: format!("<p>{n}</p>"),
        enclosure: Some(FeedEnclosure {
            url: format!("https://audio.example/{n}.mp3?a=1&b=2"),
            length: 1_234_567_890_123 + n,
            mime: "audio/mpeg".into(),
        }),
        duration_s: Some(60),
        alternates: vec![FeedAlternate {
            urls: vec![format!("https://audio.example/{n}.flac")],
            mime: "audio/flac".into(),
            length: Some(9),
            title: Some(text.into()),
            ..FeedAlternate::default()
        }],
        ..FeedItem::default()
    }
}

#[test]
fn an_atom_feed_has_what_the_standard_requires() {
    let text = write_atom(&show(""), &[item(2, ""), item(1, "")], "https://audio.example/feeds/pentes.atom");
    let feed = feed_rs::parser::parse(text.as_bytes()).expect("Atom");
    assert_eq!(feed.feed_type, feed_rs::model::FeedType::Atom);
    assert!(feed.id.starts_with("urn:uuid:"));
    assert_eq!(feed.updated.expect("updated").to_rfc3339(), "2026-03-03T05:00:00+00:00");
    assert_eq!(feed.authors[0].name.as_deref().map(str::trim), Some("Lise"));
    assert!(feed.links.iter().any(|l| l.rel.as_deref() == Some("self") && l.href.ends_with("pentes.atom")));
    let ids: Vec<&str> = feed.entries.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids, ["https://audio.example/2", "https://audio.example/1"]);
    let file = feed.entries[0].links.iter().find(|l| l.rel.as_deref() == Some("enclosure")).expect("a file");
    assert_eq!((file.href.as_str(), file.length), ("https://audio.example/2.mp3?a=1&b=2", Some(1_234_567_890_125)));
    assert_eq!(feed.entries[0].content.as_ref().and_then(|c| c.body.as_deref()), Some("<p>2</p>"));
    // Without an author of its own the show's title stands there: one is required.
    let nobody = FeedShow { author: String::new(), ..show("") };
    let feed = feed_rs::parser::parse(write_atom(&nobody, &[], "x").as_bytes()).expect("Atom");
    assert_eq!(feed.authors[0].name.as_deref().map(str::trim), Some("Pentes"));
}

#[test]
fn a_json_feed_has_what_the_standard_requires() {
    let undated =
        FeedItem { published: String::new(), content_html: String::new(), summary: String::new(), ..item(1, "") };
    let text =
        write_json_feed(&show(""), &[item(2, ""), undated], "https://audio.example/feeds/pentes.json", "La ville");
    let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(value["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(value["feed_url"], "https://audio.example/feeds/pentes.json");
    assert_eq!(value["items"][0]["attachments"][0]["size_in_bytes"], 1_234_567_890_125_u64);
    assert_eq!(value["items"][0]["attachments"][1]["mime_type"], "audio/flac");
    assert!(value["items"][1].get("date_published").is_none());
    assert_eq!(value["items"][1]["content_text"], "Épisode 1 ", "one of the two contents is required");
    let known =
        ["version", "title", "home_page_url", "feed_url", "description", "icon", "authors", "language", "items"];
    assert!(value.as_object().expect("an object").keys().all(|k| known.contains(&k.as_str())), "no extensions");
    let feed = feed_rs::parser::parse(text.as_bytes()).expect("JSON Feed");
    assert_eq!(feed.entries[0].id, "https://audio.example/2");
    assert_eq!(feed.entries[0].published.expect("a date").to_rfc3339(), "2026-03-03T05:00:00+00:00");
}

#[test]
fn an_opml_list_names_feed_and_page() {
    let shows = [Outline {
        title: "Pentes & \"Quais\"".into(),
        description: "<b>".into(),
        feed_url: "https://audio.example/feeds/pentes.xml?a=1&b=2".into(),
        page_url: "https://audio.example/fr/shows/pentes".into(),
        language: "fr".into(),
    }];
    let want = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n  <head>\n    <title>Agence &amp; Cie</title>\n    \
        <dateModified>Tue, 03 Mar 2026 05:00:00 +0000</dateModified>\n  </head>\n  <body>\n    <outline type=\"rss\" \
        text=\"Pentes &amp; &quot;Quais&quot;\" title=\"Pentes &amp; &quot;Quais&quot;\" description=\"&lt;b&gt;\" language=\"fr\" \
        xmlUrl=\"https://audio.example/feeds/pentes.xml?a=1&amp;b=2\" htmlUrl=\"https://audio.example/fr/shows/pentes\"/>\n  </body>\n</opml>\n";
    assert_eq!(write_opml("Agence & Cie", "Tue, 03 Mar 2026 05:00:00 +0000", &shows), want);
    assert!(!write_opml("", "", &[]).contains("dateModified"));
}

#[test]
fn trailers_alternates_and_soundbites_are_written_as_the_namespace_says() {
    let mut one = item(1, "");
    one.alternates.insert(
        0,
        FeedAlternate {
            urls: vec!["https://audio.example/1.mp3".into()],
            mime: "audio/mpeg".into(),
            length: Some(43_200_000),
            bitrate: Some(128_000),
            default: true,
            integrity: Some(("sri".into(), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".into())),
            ..FeedAlternate::default()
        },
    );
    one.soundbites = vec![
        FeedSoundbite { start_ms: 73_000, duration_ms: 60_000, title: String::new() },
        FeedSoundbite { start_ms: 1_234_500, duration_ms: 42_250, title: "Why".into() },
    ];
    let head = FeedShow {
        locked: true,
        owner_email: Some("a@b.example".into()),
        blocked: true,
        complete: true,
        update_frequency: Some(FeedFrequency { text: "Fini".into(), ..FeedFrequency::default() }),
        txt: vec![(String::new(), "a".into()), ("verify".into(), "b".into())],
        trailers: vec![FeedTrailer {
            title: "Bientôt".into(),
            url: "https://audio.example/t.mp3".into(),
            pub_date: "Thu, 01 Apr 2021 08:00:00 +0000".into(),
            length: Some(12_345_678),
            mime: "audio/mpeg".into(),
            season: Some(4),
        }],
        images: vec![FeedImage {
            url: "https://audio.example/card.jpg".into(),
            alt: "Un pont".into(),
            purpose: "social".into(),
            width: 1200,
            height: 630,
            mime: "image/jpeg".into(),
        }],
        ..show("")
    };
    let rss = write_rss(&head, &[one]);
    for line in [
        "<podcast:alternateEnclosure type=\"audio/mpeg\" length=\"43200000\" bitrate=\"128000\" default=\"true\">",
        "<podcast:source uri=\"https://audio.example/1.mp3\"/>",
        "<podcast:integrity type=\"sri\" value=\"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"/>",
        "<podcast:soundbite startTime=\"73.0\" duration=\"60.0\"></podcast:soundbite>",
        "<podcast:soundbite startTime=\"1234.5\" duration=\"42.25\">Why</podcast:soundbite>",
        "<podcast:locked owner=\"a@b.example\">yes</podcast:locked>",
        "<podcast:block>yes</podcast:block>",
        "<itunes:complete>Yes</itunes:complete>",
        "<podcast:updateFrequency complete=\"true\">Fini</podcast:updateFrequency>",
        "<podcast:txt>a</podcast:txt>",
        "<podcast:txt purpose=\"verify\">b</podcast:txt>",
        "<podcast:trailer pubdate=\"Thu, 01 Apr 2021 08:00:00 +0000\" url=\"https://audio.example/t.mp3\" length=\"12345678\" type=\"audio/mpeg\" season=\"4\">Bientôt</podcast:trailer>",
        "<podcast:image href=\"https://audio.example/card.jpg\" alt=\"Un pont\" purpose=\"social\" aspect-ratio=\"1200/630\" width=\"1200\" height=\"630\" type=\"image/jpeg\"/>",
    ] {
        assert!(rss.lines().any(|l| l.trim() == line), "{line}\n{rss}");
    }
    rss::Channel::read_from(rss.as_bytes()).expect("a strict reader");
    assert!(!write_rss(&show(""), &[]).contains("owner="), "c5: no address that was not given");
}

proptest! {
    #[test]
    fn c12_every_form_carries_any_text_and_the_same_bytes_twice(texts in prop::collection::vec(any::<String>(), 1..4)) {
        let head = show(&texts[0]);
        let items: Vec<FeedItem> = (0..).zip(&texts).map(|(n, text)| item(n, text)).collect();
        let clean = |s: &str| clean_xml_text(s).into_owned();
        let atom = write_atom(&head, &items, "https://audio.example/a");
        prop_assert_eq!(&atom, &write_atom(&head, &items, "https://audio.example/a"));
        let json = write_json_feed(&head, &items, "https://audio.example/j", &texts[0]);
        prop_assert_eq!(&json, &write_json_feed(&head, &items, "https://audio.example/j", &texts[0]));
        for (text, kind) in [(&atom, "Atom"), (&json, "JSON Feed")] {
            let feed = feed_rs::parser::parse(text.as_bytes()).expect(kind);
            prop_assert_eq!(feed.entries.len(), items.len());
            for (entry, item) in feed.entries.iter().zip(&items) {
                prop_assert_eq!(&entry.id, &item.guid);
            }
        }
        let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        prop_assert_eq!(value["items"][0]["title"].as_str().map(str::to_owned), Some(clean(&items[0].title)));
        prop_assert_eq!(value["items"][0]["summary"].as_str().unwrap_or("").to_owned(), clean(&texts[0]));
        let outline = Outline { title: texts[0].clone(), description: texts[0].clone(), ..Outline {
            title: String::new(), description: String::new(), feed_url: "https://a.example/".into(),
            page_url: String::new(), language: String::new(),
        }};
        let opml = write_opml(&texts[0], "", &[outline]);
        let mut reader = quick_xml::Reader::from_str(&opml);
        while !matches!(reader.read_event().expect("well-formed"), quick_xml::events::Event::Eof) {}
    }
}
