//! Whole feeds: RSS and Atom, namespaces, values, addresses, privacy.

use super::*;

const NAMESPACES: &str = concat!(
    r#"xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" "#,
    r#"xmlns:content="http://purl.org/rss/1.0/modules/content/" "#,
    r#"xmlns:atom="http://www.w3.org/2005/Atom" "#,
    r#"xmlns:podcast="https://podcastindex.org/namespace/1.0" "#,
    r#"xmlns:media="http://search.yahoo.com/mrss/" "#,
    r#"xmlns:psc="http://podlove.org/simple-chapters""#
);

pub(super) fn rss(channel: &str, items: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" {NAMESPACES}><channel>\
         <title>Quai Nord</title><link>https://quainord.example/</link>{channel}{items}</channel></rss>"
    )
}

pub(super) fn item(body: &str) -> String {
    format!("<item><title>One</title><guid>g1</guid>{body}</item>")
}

pub(super) fn parse(text: &str) -> Feed {
    read(text.as_bytes(), None, &Limits::default()).unwrap()
}

fn one(body: &str) -> (Item, Vec<&'static str>) {
    let mut feed = parse(&rss("", &item(body)));
    let codes = codes(&feed);
    (feed.items.remove(0), codes)
}

pub(super) fn codes(feed: &Feed) -> Vec<&'static str> {
    feed.problems.iter().map(|problem| problem.code).collect()
}

const WHOLE: &str = r#"
<description>Les <![CDATA[<b>quais</b>]]> &amp; la ville</description><language>fr_FR</language>
<itunes:author>Lou Martin</itunes:author><itunes:type>serial</itunes:type>
<itunes:owner><itunes:name>Atelier Nord</itunes:name><itunes:email>lou@example.org</itunes:email></itunes:owner>
<itunes:image href="https://quainord.example/c.jpg"/><image><url>https://quainord.example/old.jpg</url><title>No</title></image>
<itunes:explicit>no</itunes:explicit><itunes:category text="Society &amp; Culture"><itunes:category text="Documentary"/></itunes:category>
<itunes:category text="Arts"/><copyright>© Atelier</copyright>
<podcast:guid> 917393e3-1b1e-5cef-ace4-edaa54e1f810 </podcast:guid><podcast:locked owner="lou@example.org">yes</podcast:locked>
<podcast:funding url="https://quainord.example/don">Un don</podcast:funding><podcast:medium>podcast</podcast:medium>
<podcast:person role="Host" img="https://quainord.example/l.jpg">Lou Martin</podcast:person>
<itunes:new-feed-url>https://quainord.example/new.xml</itunes:new-feed-url><itunes:complete>Yes</itunes:complete><itunes:block>Yes</itunes:block>
<atom:link rel="self" href="https://quainord.example/feed.xml" type="application/rss+xml"/>
<podcast:liveItem><title>Live</title><guid>live</guid><enclosure url="https://x.example/l.mp3"/></podcast:liveItem>"#;

const EPISODE: &str = r#"<item><title>L’<![CDATA[eau &amp; le ]]>vent</title><itunes:title>Autre</itunes:title>
<guid isPermaLink="true">https://quainord.example/1</guid><link>https://quainord.example/1</link>
<pubDate>Wed, 03 Jan 2018 11:00:00 +0100</pubDate><description>Court</description>
<content:encoded><![CDATA[<p>Long &amp; riche</p>]]></content:encoded><itunes:subtitle>Sous-titre</itunes:subtitle>
<enclosure url="https://quainord.example/1.mp3" length="1234" type="audio/mpeg"/>
<itunes:duration>1:02:03</itunes:duration><itunes:season>2</itunes:season><itunes:episode>7</itunes:episode>
<itunes:episodeType>bonus</itunes:episodeType><itunes:image href="https://quainord.example/1.jpg"/><itunes:explicit>true</itunes:explicit>
<podcast:transcript url="https://quainord.example/1.vtt" type="text/vtt" language="fr" rel="captions"/>
<podcast:chapters url="https://quainord.example/1.json" type="application/json+chapters"/>
<podcast:person href="https://quainord.example/p" group="Cast" role="guest">Ana Roche</podcast:person>
<podcast:alternateEnclosure type="audio/ogg" length="99" bitrate="64000.5" lang="fr" title="Petit" default="false">
<podcast:source uri="https://quainord.example/1.ogg"/><podcast:source uri="ipfs://abc"/>
<podcast:integrity type="sri" value="sha384-x"/></podcast:alternateEnclosure>
<psc:chapters version="1.2"><psc:chapter start="00:00:00" title="Début"/><psc:chapter start="00:03:07.250" title="Suite" href="https://quainord.example/s"/></psc:chapters>
</item>"#;

#[test]
fn a_whole_show_is_read() {
    let feed = parse(&rss(WHOLE, EPISODE));
    assert_eq!(feed.title, "Quai Nord");
    assert_eq!(feed.description, "Les <b>quais</b> & la ville");
    assert_eq!(feed.language.as_deref(), Some("fr-fr"));
    assert_eq!(feed.author.as_deref(), Some("Lou Martin"));
    assert_eq!(feed.owner_name.as_deref(), Some("Atelier Nord"));
    assert_eq!(feed.image_url.as_deref(), Some("https://quainord.example/c.jpg"));
    assert_eq!((feed.explicit, feed.show_type), (Some(false), Some(ShowType::Serial)));
    let documentary = ("Society & Culture".to_string(), Some("Documentary".to_string()));
    assert_eq!(feed.categories, [documentary, ("Arts".to_string(), None)]);
    assert_eq!(feed.podcast_guid.as_deref(), Some("917393e3-1b1e-5cef-ace4-edaa54e1f810"));
    assert_eq!((feed.locked, feed.complete, feed.blocked), (Some(true), true, true));
    assert_eq!((feed.funding[0].text.as_str(), feed.funding.len()), ("Un don", 1));
    assert_eq!(feed.persons[0].role.as_deref(), Some("host"));
    assert_eq!(feed.new_feed_url.as_deref(), Some("https://quainord.example/new.xml"));
    assert_eq!(feed.self_url.as_deref(), Some("https://quainord.example/feed.xml"));
    assert_eq!(feed.items.len(), 1, "a live item is no episode");
    assert_eq!(codes(&feed), ["language_bad", "title_markup"]);
}

#[test]
fn a_whole_episode_is_read() {
    let feed = parse(&rss("", EPISODE));
    let item = &feed.items[0];
    assert_eq!(item.title, "L’eau & le vent");
    assert_eq!(item.guid.as_deref(), Some("https://quainord.example/1"));
    assert!(item.guid_is_permalink);
    assert_eq!(item.identity, "https://quainord.example/1");
    assert_eq!(item.published, Some(1_514_973_600_000_000));
    assert_eq!(item.description_html, "<p>Long &amp; riche</p>");
    assert_eq!(item.summary.as_deref(), Some("Court"));
    assert_eq!(item.subtitle.as_deref(), Some("Sous-titre"));
    let enclosure = item.enclosure.as_ref().unwrap();
    assert_eq!((enclosure.length, enclosure.mime.as_str()), (Some(1234), "audio/mpeg"));
    assert_eq!((item.duration_s, item.season, item.episode), (Some(3723), Some(2), Some(7)));
    assert_eq!((item.episode_type, item.explicit), (EpisodeType::Bonus, Some(true)));
    assert_eq!(item.transcripts[0].rel.as_deref(), Some("captions"));
    assert_eq!(item.chapters_url.as_ref().unwrap().1, "application/json+chapters");
    assert_eq!(item.persons[0].group.as_deref(), Some("cast"));
    let other = &item.alternate_enclosures[0];
    assert_eq!((other.bitrate, other.sources.len()), (Some(64_000), 1));
    assert_eq!(other.integrity, Some(("sri".to_string(), "sha384-x".to_string())));
    let starts: Vec<u64> = item.psc_chapters.iter().map(|chapter| chapter.start_ms).collect();
    assert_eq!(starts, [0, 187_250]);
}

#[test]
fn c5_no_address_of_the_owner_survives() {
    let mail = "lou@example.org";
    let channel = format!(
        "{WHOLE}<managingEditor>{mail} (Lou)</managingEditor><itunes:explicit>{mail}</itunes:explicit><language>{mail}</language>"
    );
    let body = format!("<author>{mail}</author><pubDate>{mail}</pubDate><itunes:duration>{mail}</itunes:duration>");
    let feed = parse(&rss(&channel.replace("fr_FR", mail), &item(&body)));
    assert!(!format!("{feed:?}").contains(mail));
    assert_eq!(feed.items[0].author, None);
}

#[test]
fn namespaces_go_by_uri_whatever_the_prefix() {
    let long = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md";
    for uri in ["https://podcastindex.org/namespace/1.0", "http://podcastindex.org/namespace/1.0/", long] {
        let text = format!(
            "<rss xmlns:p='{uri}' xmlns:i='HTTP://www.itunes.com/DTDs/Podcast-1.0.dtd'><channel><title>T</title>\
             <p:guid>x</p:guid><i:author>A</i:author></channel></rss>"
        );
        let feed = parse(&text);
        assert_eq!(feed.podcast_guid.as_deref(), Some("x"), "{uri}");
        assert_eq!(feed.author.as_deref(), Some("A"));
    }
    let other =
        parse("<rss xmlns:itunes='urn:else'><channel><title>T</title><itunes:author>A</itunes:author></channel></rss>");
    assert_eq!((other.author.as_deref(), codes(&other)[0]), (None, "namespace_unknown"));
}

#[test]
fn unbound_prefixes_are_repaired_and_reported() {
    let text = "<rss><channel><title>T</title><itunes:author>A</itunes:author><podcast:locked>no</podcast:locked>\
                <foo:bar>x</foo:bar></channel></rss>";
    let feed = parse(text);
    assert_eq!((feed.author.as_deref(), feed.locked), (Some("A"), Some(false)));
    assert_eq!(codes(&feed), ["namespace_unbound", "namespace_unbound_unknown", "no_items"]);
}

#[test]
fn a_default_namespace_on_rss_is_ignored() {
    for uri in ["http://www.w3.org/2005/Atom", "http://www.itunes.com/dtds/podcast-1.0.dtd"] {
        let feed =
            parse(&format!("<rss xmlns='{uri}'><channel><title>T</title><item><guid>1</guid></item></channel></rss>"));
        assert_eq!(feed.items[0].guid.as_deref(), Some("1"));
        assert_eq!(codes(&feed)[0], "namespace_default");
    }
}

#[test]
fn bindings_end_with_their_element() {
    let text = "<rss><channel><title>T</title><x:a xmlns:x='http://www.itunes.com/dtds/podcast-1.0.dtd'/>\
                <x:author>no</x:author><author xmlns='http://www.itunes.com/dtds/podcast-1.0.dtd'>yes</author>\
                <description>D</description></channel></rss>";
    let feed = parse(text);
    assert_eq!((feed.author.as_deref(), feed.description.as_str()), (Some("yes"), "D"));
}

#[test]
fn atom_entries_with_media_are_items() {
    let text = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">Le &lt;b&gt;Quai&lt;/b&gt;</title><subtitle>a &lt; b</subtitle>
        <link href="https://q.example/"/><link rel="self" href="https://q.example/atom"/><author><name>Lou</name><email>lou@example.org</email></author>
        <entry><title>Un</title><id>urn:1</id><published>2018-01-03T11:00:00Z</published><updated>2019-01-03T11:00:00Z</updated>
        <link href="https://q.example/1"/><link rel="enclosure" href="https://q.example/1.mp3" type="audio/mpeg" length="5"/>
        <summary>court</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a &lt; <i class="x">b</i><br/></p></div></content></entry></feed>"#;
    let feed = parse(text);
    assert_eq!((feed.title.as_str(), feed.description.as_str()), ("Le Quai", "a &lt; b"));
    assert_eq!((feed.author.as_deref(), feed.link.as_deref()), (Some("Lou"), Some("https://q.example/")));
    let item = &feed.items[0];
    assert_eq!((item.guid.as_deref(), item.published), (Some("urn:1"), Some(1_514_977_200_000_000)));
    assert_eq!(item.enclosure.as_ref().unwrap().length, Some(5));
    assert_eq!(
        item.description_html,
        "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a &lt; <i class=\"x\">b</i><br></p></div>"
            .replace(" xmlns=\"http://www.w3.org/1999/xhtml\"", "")
    );
    assert_eq!(codes(&feed), ["title_markup"]);
}

#[test]
fn an_author_written_in_parts_gives_the_name_only() {
    let (item, codes) =
        one("<author>\n<name>Lou</name><email>lou@example.org</email><uri>https://x.example</uri></author>");
    assert_eq!(item.author.as_deref(), Some("Lou"));
    assert!(!codes.contains(&"markup_in_text"));
}

#[test]
fn external_chapters_are_found_by_relation() {
    let (item, _) = one("<atom:link rel='http://podlove.org/simple-chapters' href='https://x.example/1.psc'/>");
    assert_eq!(item.chapters_url, Some(("https://x.example/1.psc".to_string(), "application/psc+xml".to_string())));
}

#[test]
fn old_rss_with_items_beside_the_channel_is_read() {
    let text = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
        <channel><title>T</title></channel><item><title>Un</title><link>https://q.example/1</link></item></rdf:RDF>"#;
    let feed = parse(text);
    assert_eq!(feed.items[0].identity, "https://q.example/1");
}

type EnclosureCase = (&'static str, Option<(&'static str, Option<u64>, &'static str)>, &'static str);

const ENCLOSURES: &[EnclosureCase] = &[
    (
        r#"<enclosure url="/a.mp3" length="5" type="audio/mpeg"/>"#,
        Some(("https://quainord.example/a.mp3", Some(5), "audio/mpeg")),
        "url_relative",
    ),
    (
        r#"<enclosure url="https://x.example/a.mp3" length="0" type="audio/mpeg"/>"#,
        Some(("https://x.example/a.mp3", None, "audio/mpeg")),
        "enclosure_length",
    ),
    (
        r#"<enclosure url="https://x.example/a.mp3" type="audio/mpeg"/>"#,
        Some(("https://x.example/a.mp3", None, "audio/mpeg")),
        "enclosure_length",
    ),
    (
        r#"<enclosure url="https://x.example/a.mp3" length="5 MB" type="audio/mpeg"/>"#,
        Some(("https://x.example/a.mp3", None, "audio/mpeg")),
        "enclosure_length",
    ),
    (
        r#"<enclosure url="https://x.example/a.m4a" length="5" type="audio/mpeg"/>"#,
        Some(("https://x.example/a.m4a", Some(5), "audio/x-m4a")),
        "media_type",
    ),
    (
        r#"<enclosure url="https://x.example/a.mp3" length="5"/>"#,
        Some(("https://x.example/a.mp3", Some(5), "audio/mpeg")),
        "media_type",
    ),
    (
        r#"<enclosure url="https://x.example/a" length="5"/>"#,
        Some(("https://x.example/a", Some(5), "application/octet-stream")),
        "media_type",
    ),
    (r#"<enclosure url="ftp://x.example/a.mp3" length="5" type="audio/mpeg"/>"#, None, "url_bad"),
    (r#"<enclosure url="" length="5" type="audio/mpeg"/>"#, None, "enclosure_empty"),
    (
        r#"<media:content url="https://x.example/a.mp3" fileSize="5" type="audio/mpeg"/>"#,
        Some(("https://x.example/a.mp3", Some(5), "audio/mpeg")),
        "enclosure_from_media",
    ),
    (
        r#"<media:group><media:content url="https://x.example/a.jpg" type="image/jpeg"/></media:group>"#,
        None,
        "missing_enclosure",
    ),
];

#[test]
fn enclosures_are_repaired_or_dropped() {
    for &(body, want, code) in ENCLOSURES {
        let (item, codes) = one(body);
        let got = item.enclosure.as_ref().map(|e| (e.url.as_str(), e.length, e.mime.as_str()));
        assert_eq!(got, want, "{body}");
        assert!(codes.contains(&code), "{body}: {codes:?}");
    }
}

#[test]
fn a_second_enclosure_is_an_alternate() {
    let (item, codes) = one(
        r#"<enclosure url="https://x.example/a.mp3" length="5" type="audio/mpeg"/><enclosure url="https://x.example/a.ogg" length="6" type="audio/ogg"/>"#,
    );
    assert_eq!(item.alternate_enclosures[0].sources, ["https://x.example/a.ogg"]);
    assert!(codes.contains(&"several_enclosures"));
}

#[test]
fn values_that_say_nothing_are_reported() {
    let table = [
        ("<itunes:duration>soon</itunes:duration>", "duration_bad"),
        ("<itunes:duration>0:00</itunes:duration>", "duration_zero"),
        ("<itunes:season>Season 2</itunes:season>", "bad_season"),
        ("<podcast:episode>3.5</podcast:episode>", "bad_episode"),
        ("<itunes:episodeType>extra</itunes:episodeType>", "bad_episode_type"),
        ("<itunes:explicit>maybe</itunes:explicit>", "bad_explicit"),
        ("<pubDate>soon</pubDate>", "date_unreadable"),
        ("<itunes:image href='data:image/png;base64,x'/>", "url_bad"),
        ("<itunes:image>https://x.example/a.jpg</itunes:image>", "image_href"),
        ("<psc:chapters><psc:chapter start='x' title='y'/></psc:chapters>", "chapter_start"),
    ];
    for (body, code) in table {
        let (_, codes) = one(body);
        assert!(codes.contains(&code), "{body}: {codes:?}");
    }
    assert_eq!(one("<itunes:season>Season 2</itunes:season>").0.season, Some(2));
    assert_eq!(one("<podcast:episode>3.5</podcast:episode>").0.episode, None);
}

#[test]
fn guids_are_trimmed_and_not_altered() {
    let table = [
        ("<guid> AbC </guid>", Some("AbC"), false),
        ("<guid>https://x.example/1</guid>", Some("https://x.example/1"), true),
        ("<guid isPermaLink='false'>https://x.example/1</guid>", Some("https://x.example/1"), false),
        ("<guid isPermaLink='true'>not an address</guid>", Some("not an address"), false),
        ("<guid/>", None, false),
    ];
    for (tag, guid, permalink) in table {
        let feed = parse(&rss("", &format!("<item><title>x</title>{tag}</item>")));
        assert_eq!((feed.items[0].guid.as_deref(), feed.items[0].guid_is_permalink), (guid, permalink), "{tag}");
        assert_eq!(codes(&feed).contains(&"missing_guid"), guid.is_none());
    }
}

#[test]
fn c3_repeated_guids_are_kept_apart_and_reported() {
    let first = "<item><title>A</title><guid>g</guid><pubDate>Wed, 03 Jan 2018 11:00:00 GMT</pubDate></item>";
    let second = "<item><title>B</title><guid>g</guid><pubDate>Thu, 04 Jan 2018 11:00:00 GMT</pubDate></item>";
    let newest_first = parse(&rss("", &format!("{second}{first}")));
    let oldest_first = parse(&rss("", &format!("{first}{second}")));
    assert_eq!(newest_first.items[0].identity, oldest_first.items[1].identity);
    assert_eq!((newest_first.items[1].identity.as_str(), oldest_first.items[0].identity.as_str()), ("g", "g"));
    let told = newest_first.problems.iter().find(|problem| problem.code == "repeated_identity").unwrap();
    assert_eq!(told.item, Some(0));
}

#[test]
fn what_is_not_a_feed_is_refused_by_name() {
    let table = [
        ("", "not_a_feed"),
        ("   \n", "not_a_feed"),
        ("hello", "not_a_feed"),
        ("{\"version\": 1}", "not_a_feed"),
        ("<!DOCTYPE html><html><head><title>x</title></head></html>", "not_a_feed"),
        ("<opml><body/></opml>", "not_a_feed"),
        ("<rss><channel><item><title>x</title></item></channel></rss>", "no_show_title"),
    ];
    for (text, code) in table {
        let error = read(text.as_bytes(), None, &Limits::default()).unwrap_err();
        assert_eq!(error.code(), code, "{text}");
        assert!(error.to_string().ends_with('.'));
    }
}
