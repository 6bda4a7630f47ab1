//! The feed writer against three readers that share no code with it, hostile
//! text, and one small feed byte for byte.

use std::collections::HashMap;

use proptest::prelude::*;
use quick_xml::XmlVersion;
use quick_xml::events::Event;

use super::*;

/// One element as read back: path, attributes, text.
#[derive(Debug, Default, Clone)]
struct Element {
    path: String,
    attrs: HashMap<String, String>,
    text: String,
}

/// Reads the whole document strictly and gives its elements in end-tag order.
fn read(xml: &str) -> Vec<Element> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let (mut open, mut done): (Vec<Element>, Vec<Element>) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(start) => {
                let parent = open.last().map_or("", |e| e.path.as_str());
                let mut element = Element { path: format!("{parent}/{}", start.name().0), ..Element::default() };
                for attr in start.attributes() {
                    let attr = attr.expect("attribute");
                    let value = attr.normalized_value(XmlVersion::Explicit1_0).expect("value");
                    element.attrs.insert(attr.key.0.to_owned(), value.into_owned());
                }
                open.push(element);
            }
            Event::End(_) => done.push(open.pop().expect("open element")),
            Event::Text(text) => push(&mut open, &text.xml10_content()),
            Event::CData(text) => push(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let c = reference.resolve_char_ref().expect("reference").unwrap_or_else(|| match &*reference {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    other => panic!("entity {other}"),
                });
                push(&mut open, c.encode_utf8(&mut [0; 4]));
            }
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("unexpected {other:?}"),
        }
    }
    assert!(open.is_empty());
    done
}

fn push(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn texts(elements: &[Element], path: &str) -> Vec<String> {
    elements.iter().filter(|e| e.path == path).map(|e| e.text.clone()).collect()
}

fn attr(elements: &[Element], path: &str, name: &str) -> Vec<String> {
    elements.iter().filter(|e| e.path == path).filter_map(|e| e.attrs.get(name).cloned()).collect()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn show() -> FeedShow {
    FeedShow {
        title: "Pentes & Quais".into(),
        description_html: "<p>La ville, à pied.</p>".into(),
        link: "https://audio.example/pentes".into(),
        self_url: "https://audio.example/pentes/feed".into(),
        language: "fr".into(),
        author: "Lise Vauban".into(),
        image_url: some("https://audio.example/pentes/cover.jpg"),
        categories: vec![("Kids & Family".into(), some("Stories for Kids")), ("Arts".into(), None)],
        podcast_guid: podcast_guid("https://audio.example/pentes/feed"),
        locked: true,
        medium: some("podcast"),
        generator: "Traboule 1.0".into(),
        last_build: some("Tue, 03 Mar 2026 06:00:00 +0100"),
        ..FeedShow::default()
    }
}

fn item(n: u32) -> FeedItem {
    FeedItem {
        guid: format!("urn:x:{n}"),
        title: format!("Épisode {n}"),
        link: format!("https://audio.example/pentes/{n}"),
        pub_date: "Tue, 03 Mar 2026 06:00:00 +0100".into(),
        summary: "Un <quai>.".into(),
        content_html: "<p>Un &lt;quai&gt;.</p>".into(),
        enclosure: Some(FeedEnclosure {
            url: format!("https://audio.example/pentes/{n}.mp3?a=1&b=2"),
            length: 1_234_567_890_123 + u64::from(n),
            mime: "audio/mpeg".into(),
        }),
        duration_s: Some(1834),
        season: Some(1),
        episode: Some(n),
        ..FeedItem::default()
    }
}

const SMALL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:podcast="https://podcastindex.org/namespace/1.0">
  <channel>
    <title>Pentes &amp; Quais</title>
    <link>https://audio.example/pentes</link>
    <description><![CDATA[<p>La ville, à pied.</p>]]></description>
    <language>fr</language>
    <lastBuildDate>Tue, 03 Mar 2026 06:00:00 +0100</lastBuildDate>
    <generator>Traboule 1.0</generator>
    <atom:link href="https://audio.example/pentes/feed" rel="self" type="application/rss+xml"/>
    <image>
      <url>https://audio.example/pentes/cover.jpg</url>
      <title>Pentes &amp; Quais</title>
      <link>https://audio.example/pentes</link>
    </image>
    <itunes:author>Lise Vauban</itunes:author>
    <itunes:image href="https://audio.example/pentes/cover.jpg"/>
    <itunes:category text="Kids &amp; Family">
      <itunes:category text="Stories for Kids"/>
    </itunes:category>
    <itunes:category text="Arts"/>
    <itunes:explicit>false</itunes:explicit>
    <itunes:type>episodic</itunes:type>
    <podcast:guid>GUID</podcast:guid>
    <podcast:locked>yes</podcast:locked>
    <podcast:medium>podcast</podcast:medium>
    <item>
      <title>Épisode 1</title>
      <itunes:title>Épisode 1</itunes:title>
      <link>https://audio.example/pentes/1</link>
      <guid isPermaLink="false">urn:x:1</guid>
      <pubDate>Tue, 03 Mar 2026 06:00:00 +0100</pubDate>
      <description><![CDATA[<p>Un &lt;quai&gt;.</p>]]></description>
      <content:encoded><![CDATA[<p>Un &lt;quai&gt;.</p>]]></content:encoded>
      <enclosure url="https://audio.example/pentes/1.mp3?a=1&amp;b=2" length="1234567890124" type="audio/mpeg"/>
      <itunes:summary>Un &lt;quai&gt;.</itunes:summary>
      <itunes:duration>1834</itunes:duration>
      <itunes:season>1</itunes:season>
      <itunes:episode>1</itunes:episode>
      <itunes:episodeType>full</itunes:episodeType>
      <podcast:season>1</podcast:season>
      <podcast:episode>1</podcast:episode>
    </item>
  </channel>
</rss>
"#;

#[test]
fn c12_a_small_feed_is_written_exactly_so() {
    let want = SMALL.replace("GUID", &show().podcast_guid);
    assert_eq!(write_rss(&show(), &[item(1)]), want);
}

#[test]
fn c12_every_tag_is_written_with_its_attributes() {
    let person = FeedPerson {
        name: "Ana \"Nour\"".into(),
        role: "guest".into(),
        group: "cast".into(),
        image_url: some("https://audio.example/ana.jpg"),
        href: some("https://audio.example/ana"),
    };
    let full = FeedShow {
        copyright: some("© 2026 L. Vauban"),
        explicit: true,
        show_type: ShowType::Serial,
        funding: vec![("https://don.example/?a=1&b=2".into(), "Soutenir".into())],
        persons: vec![person.clone(), FeedPerson::default()],
        complete: true,
        blocked: true,
        new_feed_url: some("https://neuf.example/feed"),
        update_frequency: Some(FeedFrequency {
            text: "Le mardi".into(),
            rrule: some("FREQ=WEEKLY;BYDAY=TU"),
            dtstart: None,
        }),
        owner_email: some("lise@audio.example"),
        txt: vec![("applepodcastsverify".into(), "1f2e3d".into())],
        hub_url: some("https://hub.example/"),
        pages: Some(FeedPages {
            newer: some("https://audio.example/p1"),
            older: some("https://audio.example/p3"),
            ..FeedPages::default()
        }),
        ..show()
    };
    let transcript = FeedTranscript {
        url: "https://audio.example/1.vtt".into(),
        mime: "text/vtt".into(),
        language: some("fr"),
        rel: some("captions"),
    };
    let one = FeedItem {
        guid_is_permalink: true,
        explicit: Some(false),
        image_url: some("https://audio.example/1.jpg"),
        author: some("Ana"),
        transcripts: vec![transcript],
        chapters_url: some("https://audio.example/1.json"),
        persons: vec![person],
        ..item(1)
    };
    let bonus = FeedItem { episode: None, season: Some(0), episode_type: EpisodeType::Bonus, ..item(2) };
    let xml = read(&write_rss(&full, &[one, bonus]));
    let channel = |name: &str| texts(&xml, &format!("/rss/channel/{name}"));
    for (name, want) in [
        ("copyright", "© 2026 L. Vauban"),
        ("itunes:explicit", "true"),
        ("itunes:type", "serial"),
        ("itunes:complete", "Yes"),
        ("itunes:block", "Yes"),
        ("itunes:new-feed-url", "https://neuf.example/feed"),
        ("itunes:owner/itunes:email", "lise@audio.example"),
        ("podcast:txt", "1f2e3d"),
        ("podcast:funding", "Soutenir"),
        ("podcast:updateFrequency", "Le mardi"),
        ("podcast:person", "Ana \"Nour\""),
        ("item/itunes:explicit", "false"),
        ("item/itunes:author", "Ana"),
        ("item/podcast:person", "Ana \"Nour\""),
    ] {
        assert_eq!(channel(name), [want], "{name}");
    }
    for (path, name, want) in [
        ("podcast:txt", "purpose", "applepodcastsverify"),
        ("podcast:funding", "url", "https://don.example/?a=1&b=2"),
        ("podcast:updateFrequency", "rrule", "FREQ=WEEKLY;BYDAY=TU"),
        ("podcast:updateFrequency", "complete", "true"),
        ("podcast:person", "img", "https://audio.example/ana.jpg"),
        ("item/podcast:transcript", "rel", "captions"),
        ("item/podcast:transcript", "type", "text/vtt"),
        ("item/podcast:chapters", "type", "application/json+chapters"),
        ("item/itunes:image", "href", "https://audio.example/1.jpg"),
    ] {
        assert_eq!(attr(&xml, &format!("/rss/channel/{path}"), name), [want], "{path} {name}");
    }
    assert_eq!(attr(&xml, "/rss/channel/atom:link", "rel"), ["self", "hub", "previous", "next"]);
    assert_eq!(attr(&xml, "/rss/channel/item/guid", "isPermaLink"), ["true", "false"]);
    assert_eq!(channel("item/itunes:episodeType"), ["full", "bonus"]);
    assert_eq!(channel("item/itunes:season"), ["1"]);
    assert_eq!(channel("item/podcast:season"), ["1", "0"]);
}

#[test]
fn a_serial_show_needs_episode_numbers() {
    let serial = FeedShow { show_type: ShowType::Serial, ..show() };
    let unnumbered = FeedItem { episode: None, ..item(2) };
    let kind = |items: &[FeedItem]| texts(&read(&write_rss(&serial, items)), "/rss/channel/itunes:type");
    assert_eq!(kind(&[item(1)]), ["serial"]);
    assert_eq!(kind(&[item(1), unnumbered.clone()]), ["episodic"]);
    assert_eq!(kind(&[item(1), FeedItem { episode_type: EpisodeType::Trailer, ..unnumbered }]), ["serial"]);
}

#[test]
fn c5_the_owner_is_only_named_when_asked() {
    let xml = write_rss(&show(), &[item(1)]);
    assert!(!xml.contains("itunes:owner") && !xml.contains("email") && !xml.contains('@'), "{xml}");
}

#[test]
fn c12_descriptions_stay_within_4000_bytes() {
    let long = "<p>é &amp; d</p>".repeat(500);
    for summary in ["", "court", &"é & d ".repeat(900)] {
        let item = FeedItem { content_html: long.clone(), summary: summary.into(), ..item(1) };
        let show = FeedShow { description_html: long.clone(), ..show() };
        let xml = read(&write_rss(&show, std::slice::from_ref(&item)));
        let all = [texts(&xml, "/rss/channel/description"), texts(&xml, "/rss/channel/item/description")].concat();
        assert_eq!(all.len(), 2);
        for text in all {
            assert!(text.len() <= 4000 && !text.contains('<') && !text.ends_with("&…"), "{}: {text}", text.len());
        }
        assert!(texts(&xml, "/rss/channel/item/itunes:summary").iter().all(|s| s.len() <= 4000));
        assert_eq!(texts(&xml, "/rss/channel/item/content:encoded"), [long.as_str()]);
    }
}

#[test]
fn c12_illegal_characters_are_dropped_and_others_kept() {
    let kept = "é\u{2028}\u{2029}\u{202e}\u{200f}\u{1f3a7}\u{10ffff}\t\n\r\u{85}\u{7f}";
    assert!(matches!(clean_xml_text(kept), std::borrow::Cow::Borrowed(text) if text == kept));
    assert_eq!(clean_xml_text("a\0b\u{1}\u{8}\u{b}\u{c}\u{1f}c\u{fffe}\u{ffff}d"), "abcd");
}

fn hostile() -> impl Strategy<Value = String> {
    let scraps = prop_oneof![
        4 => prop::sample::select(vec![
            "]]>", "]]", "]", ">", "<![CDATA[", "<!--", "&", "&amp;", "&#0;", "\"", "'", "<b>", "</title>", "\0", "\u{1}",
            "\u{b}", "\u{1b}", "\u{7f}", "\u{85}", "\u{fffe}", "\u{ffff}", "\u{2028}", "\u{2029}", "\u{202e}", "\u{200f}",
            "\u{feff}", "\u{1f469}\u{200d}\u{1f680}", "\u{1f1eb}\u{1f1f7}", "e\u{301}", "\n", "\r", "\r\n", "\t", " ", "mot",
            "شعر", "<?xml?>", "%", "\u{10ffff}",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(scraps, 0..12).prop_map(|parts| parts.concat())
}

/// Text that readers which trim or fold blanks still give back whole.
fn visible() -> impl Strategy<Value = String> {
    hostile().prop_map(|text| {
        let text: String = text.chars().filter(|c| !matches!(c, '\r' | '\n' | '\t')).collect();
        format!("a{text}z")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn c12_any_text_survives_a_strict_parser(a in hostile(), b in hostile(), c in hostile()) {
        let show = FeedShow {
            title: a.clone(), description_html: b.clone(), link: c.clone(), self_url: c.clone(), language: a.clone(),
            author: b.clone(), copyright: Some(c.clone()), image_url: Some(a.clone()),
            categories: vec![(format!("x{a}"), Some(format!("y{b}")))], funding: vec![(format!("u{a}"), c.clone())],
            update_frequency: Some(FeedFrequency { text: a.clone(), rrule: Some(b.clone()), dtstart: Some(c.clone()) }),
            txt: vec![(b.clone(), c.clone())], owner_email: Some(b.clone()), medium: Some(a.clone()), ..show()
        };
        let one = FeedItem {
            title: b.clone(), guid: format!("g{c}"), link: a.clone(), content_html: format!("h{a}{c}"), pub_date: c.clone(),
            summary: c.clone(), enclosure: Some(FeedEnclosure { url: format!("e{a}"), length: 7, mime: b.clone() }),
            persons: vec![FeedPerson { name: format!("n{a}"), href: Some(format!("r{b}")), ..FeedPerson::default() }],
            ..item(1)
        };
        let rss = write_rss(&show, std::slice::from_ref(&one));
        prop_assert_eq!(&rss, &write_rss(&show, std::slice::from_ref(&one)));
        let xml = read(&rss);
        let clean = |s: &str| clean_xml_text(s).into_owned();
        // Parsers turn line ends in CDATA into line feeds, as XML says.
        let lines = |s: &str| clean(s).replace("\r\n", "\n").replace('\r', "\n");
        prop_assert_eq!(texts(&xml, "/rss/channel/title"), [clean(&a)]);
        prop_assert_eq!(texts(&xml, "/rss/channel/description"), [lines(&b)]);
        prop_assert_eq!(texts(&xml, "/rss/channel/item/title"), [clean(&b)]);
        prop_assert_eq!(texts(&xml, "/rss/channel/item/guid"), [clean(&one.guid)]);
        prop_assert_eq!(texts(&xml, "/rss/channel/item/content:encoded"), [lines(&one.content_html)]);
        prop_assert_eq!(attr(&xml, "/rss/channel/item/enclosure", "url"), [format!("e{}", clean(&a))]);
        prop_assert_eq!(attr(&xml, "/rss/channel/podcast:funding", "url"), [format!("u{}", clean(&a))]);
        prop_assert_eq!(attr(&xml, "/rss/channel/itunes:category", "text"), [format!("x{}", clean(&a))]);
        prop_assert_eq!(attr(&xml, "/rss/channel/item/podcast:person", "href"), [format!("r{}", clean(&b))]);
    }

    #[test]
    fn c12_feed_readers_agree_on_titles_guids_and_files(titles in prop::collection::vec((visible(), visible()), 1..5)) {
        let items: Vec<FeedItem> = (1..).zip(&titles).map(|(n, (title, guid))| FeedItem {
            title: title.clone(), guid: format!("{n}{guid}"), summary: guid.clone(), content_html: format!("<p>{title}</p>"),
            ..item(n)
        }).collect();
        let rss = write_rss(&show(), &items);
        let channel = rss::Channel::read_from(rss.as_bytes()).expect("rss");
        let feed = feed_rs::parser::parse(rss.as_bytes()).expect("feed-rs");
        prop_assert_eq!(channel.title(), "Pentes & Quais");
        prop_assert_eq!(channel.items().len(), items.len());
        prop_assert_eq!(feed.entries.len(), items.len());
        for ((want, by_rss), by_feed) in items.iter().zip(channel.items()).zip(&feed.entries) {
            let title = clean_xml_text(&want.title).into_owned();
            let guid = clean_xml_text(&want.guid).into_owned();
            let file = want.enclosure.clone().unwrap_or_default();
            prop_assert_eq!(by_rss.title(), Some(title.as_str()));
            prop_assert_eq!(by_feed.title.as_ref().map(|t| t.content.as_str()), Some(title.as_str()));
            prop_assert_eq!(by_rss.guid().map(|g| (g.value(), g.is_permalink())), Some((guid.as_str(), false)));
            prop_assert_eq!(by_feed.id.as_str(), guid.as_str());
            let length = file.length.to_string();
            let got = by_rss.enclosure().map(|e| (e.url(), e.length(), e.mime_type()));
            prop_assert_eq!(got, Some((file.url.as_str(), length.as_str(), "audio/mpeg")));
            let media = by_feed.media.iter().flat_map(|m| &m.content).find(|c| c.url.is_some());
            let media = media.expect("media content");
            prop_assert_eq!(media.url.as_ref().map(|u| u.as_str()), Some(file.url.as_str()));
            prop_assert_eq!(media.size, Some(file.length));
        }
    }
}

#[test]
fn a_role_no_reader_knows_leaves_the_person_out_and_a_group_goes_alone() {
    let person = |name: &str, role: &str, group: &str| FeedPerson {
        name: name.to_owned(),
        role: role.to_owned(),
        group: group.to_owned(),
        ..FeedPerson::default()
    };
    let persons = vec![
        person("A", "Co-Host", "cast"),
        person("B", "sorcière", "cast"),
        person("C", "", ""),
        person("D", "writer", "la bande"),
    ];
    let rss = write_rss(&show(), &[FeedItem { persons, ..item(1) }]);
    let xml = read(&rss);
    assert_eq!(texts(&xml, "/rss/channel/item/podcast:person"), ["A", "C", "D"]);
    assert_eq!(attr(&xml, "/rss/channel/item/podcast:person", "role"), ["Co-Host", "writer"]);
    assert_eq!(attr(&xml, "/rss/channel/item/podcast:person", "group"), ["cast"]);
    feed_rs::parser::parse(rss.as_bytes()).expect("a strict reader takes the feed");
}
