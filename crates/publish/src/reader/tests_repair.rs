//! Damage and attack: encodings, ill-formed markup, limits, random bytes.

use super::tests::{codes, item, parse, rss};
use super::*;
use proptest::prelude::*;

fn title_of(bytes: &[u8], charset: Option<&str>) -> (String, Vec<&'static str>) {
    let feed = read(bytes, charset, &Limits::default()).unwrap();
    let codes = codes(&feed).into_iter().filter(|code| *code != "no_items").collect();
    (feed.title, codes)
}

fn doc(declaration: &str, title: &str) -> String {
    format!("{declaration}<rss><channel><title>{title}</title></channel></rss>")
}

fn latin(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1252.encode(text).0.into_owned()
}

fn wide(text: &str, unit: usize, big: bool, mark: bool) -> Vec<u8> {
    let text = if mark { format!("\u{feff}{text}") } else { text.to_string() };
    let mut out = Vec::new();
    if unit == 4 {
        for c in text.chars() {
            let code = u32::from(c);
            out.extend(if big { code.to_be_bytes() } else { code.to_le_bytes() });
        }
    } else {
        for code in text.encode_utf16() {
            out.extend(if big { code.to_be_bytes() } else { code.to_le_bytes() });
        }
    }
    out
}

#[test]
fn encodings_are_found_or_repaired() {
    let utf8 = "<?xml version='1.0' encoding='utf-8'?>";
    let latin1 = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>";
    let french = "Été – 5 €";
    let table: [(Vec<u8>, Option<&str>, &[&str]); 13] = [
        (doc(utf8, french).into_bytes(), None, &[]),
        (doc("", french).into_bytes(), None, &[]),
        (doc("\u{feff}", french).into_bytes(), Some("iso-8859-1"), &[]),
        (latin(&doc(latin1, french)), None, &[]),
        (latin(&doc("", french)), Some("windows-1252"), &[]),
        (latin(&doc(utf8, french)), None, &["encoding_guessed"]),
        (latin(&doc("", french)), None, &["encoding_guessed"]),
        (doc(latin1, french).into_bytes(), None, &["encoding_wrong"]),
        (doc(utf8, french).into_bytes(), Some("us-ascii"), &[]),
        (doc(utf8, french).into_bytes(), Some("klingon"), &["encoding_unknown"]),
        (doc("<?xml version='1.0' encoding='utf-16'?>", french).into_bytes(), None, &["encoding_wrong"]),
        (latin(&doc(latin1, french)), Some("utf-8"), &[]),
        (doc(utf8, french).into_bytes(), Some("\"UTF-8\""), &[]),
    ];
    for (at, (bytes, charset, want)) in table.into_iter().enumerate() {
        let (title, codes) = title_of(&bytes, charset);
        assert_eq!(title, french, "case {at}");
        assert_eq!(codes, want, "case {at}");
    }
}

#[test]
fn wide_encodings_are_read_with_and_without_a_mark() {
    let text = doc("<?xml version='1.0' encoding='x'?>", "Été 🌊");
    for (unit, big, mark) in [
        (2, true, true),
        (2, false, true),
        (2, true, false),
        (2, false, false),
        (4, true, true),
        (4, false, true),
        (4, true, false),
        (4, false, false),
    ] {
        let got = title_of(&wide(&text, unit, big, mark), None);
        assert_eq!(got, ("Été 🌊".to_string(), vec![]), "{unit} {big} {mark}");
    }
}

#[test]
fn stray_bytes_in_utf8_are_read_as_windows_1252() {
    let mut bytes = doc("", "Été é").into_bytes();
    let at = bytes.len() - 30;
    let end = bytes.windows(8).position(|w| w == b"</title>").unwrap();
    assert!(at < bytes.len());
    bytes.splice(end..end, [b' ', 0xe7]);
    assert_eq!(title_of(&bytes, None), ("Été é ç".to_string(), vec!["encoding_mixed"]));
}

#[test]
fn east_asian_labels_are_believed() {
    let declaration = "<?xml version='1.0' encoding='euc-kr'?>";
    let bytes = encoding_rs::EUC_KR.encode(&doc(declaration, "년도")).0.into_owned();
    assert_eq!(title_of(&bytes, None), ("년도".to_string(), vec![]));
}

#[test]
fn c12_forbidden_characters_are_dropped_and_reported() {
    let table = [
        ("a\u{0}b\u{8}c\u{1f}d\u{fffe}", "abcd", "control_characters"),
        ("a&#x8;b", "ab", "illegal_reference"),
        ("a&#xD800;b", "a\u{fffd}b", "lone_surrogate"),
        ("&#xD83C;&#xDF0A;", "🌊", "lone_surrogate"),
        ("don\u{92}t", "don’t", "windows_characters"),
        ("don&#146;t", "don’t", "windows_reference"),
        ("R&D", "R&D", "bare_ampersand"),
        ("a &wat; b", "a &wat; b", "unknown_entity"),
    ];
    for (raw, want, code) in table {
        assert_eq!(title_of(doc("", raw).as_bytes(), None), (want.to_string(), vec![code]), "{raw:?}");
    }
    let kept = "a\u{2028}b ‏שלום 🌊 ]]&gt;";
    let (title, codes) = title_of(doc("", kept).as_bytes(), None);
    assert_eq!((title.as_str(), codes.len()), ("a b ‏שלום 🌊 ]]>", 0));
}

#[test]
fn html_entities_are_resolved_once() {
    let feed = parse(&rss("", &item("<description>caf&eacute;&nbsp;&amp;amp; &lt;b&gt;</description>")));
    assert_eq!(feed.items[0].description_html, "café\u{a0}&amp; <b>");
}

#[test]
fn ill_formed_text_is_read_as_meant() {
    let table = [
        ("a < b and 3 <4", "a < b and 3 <4", "stray_less_than"),
        ("mail <lou@example.org> now", "mail <lou@example.org> now", "stray_less_than"),
        ("un <b>deux</b><br>trois<hr/>", "un <b>deux</b><br>trois<hr>", "markup_in_text"),
        ("<p>un<p>deux", "<p>un</p><p>deux</p>", "mismatched_tag"),
        (
            "<a href=https://x.example/?a=1&b=2>x</a>",
            "<a href=\"https://x.example/?a=1&amp;b=2\">x</a>",
            "malformed_tag",
        ),
        ("<i>un</b></i>", "<i>un</i>", "stray_end_tag"),
        ("<i>un", "<i>un</i>", "mismatched_tag"),
        ("<![CDATA[un < deux", "un < deux", "unclosed_cdata"),
        ("un <!-- x -- > y --> deux", "un  deux", ""),
        ("un <![endif]> deux", "un  deux", "unknown_declaration"),
        ("un <?php echo 1 ?> deux", "un  deux", ""),
    ];
    for (raw, want, code) in table {
        let body = format!("<description>{raw}</description><itunes:summary><![CDATA[x]]></itunes:summary>");
        let feed = parse(&rss("", &item(&body)));
        assert_eq!(feed.items[0].description_html, want, "{raw}");
        assert_eq!(feed.items[0].guid.as_deref(), Some("g1"), "{raw}");
        assert!(code.is_empty() || codes(&feed).contains(&code), "{raw}: {:?}", codes(&feed));
    }
}

#[test]
fn missing_end_tags_do_not_swallow_the_next_element() {
    let (one, two) = ("<item><title>A</title><guid>1</guid>", "<item><title>B</title><guid>2</guid></item>");
    let bodies = ["", "<description>never closed", "<description><b>never closed", "<link>https://x.example/"];
    for body in bodies {
        let feed = parse(&rss("", &format!("{one}{body}{two}")));
        let guids: Vec<_> = feed.items.iter().map(|item| item.guid.as_deref().unwrap()).collect();
        assert_eq!(guids, ["1", "2"], "{body}");
        assert!(codes(&feed).contains(&"mismatched_tag"));
    }
    let feed =
        parse(&rss("", "<item><title>A</title><description>text<guid>1</guid><itunes:season>2</itunes:season></item>"));
    assert_eq!((feed.items[0].guid.as_deref(), feed.items[0].season), (Some("1"), Some(2)));
}

#[test]
fn problems_name_the_item_they_are_in() {
    let feed = parse(&rss(
        "",
        &format!("{}<item><title>R&D</title><guid>2</guid><description>1 < 2</description></item>", item("")),
    ));
    for code in ["bare_ampersand", "stray_less_than"] {
        let found = feed.problems.iter().find(|problem| problem.code == code).unwrap();
        assert_eq!(found.item, Some(1), "{code}");
    }
}

#[test]
fn a_truncated_document_keeps_its_complete_items() {
    let text =
        rss("", &format!("{}<item><title>Two</title><guid>g2</guid><description>x</description></item>", item("")));
    let first_end = text.find("</item>").unwrap() + "</item>".len();
    let second_end = text.rfind("</item>").unwrap() + "</item>".len();
    for cut in first_end..text.len() - 1 {
        let Some(part) = text.get(..cut) else {
            continue;
        };
        let feed = parse(part);
        assert_eq!(feed.items.len(), if cut < second_end { 1 } else { 2 }, "{cut}");
        assert!(codes(&feed).contains(&"truncated"), "{cut}");
    }
}

#[test]
fn c13_entity_bomb_is_refused() {
    let table = [
        "<!DOCTYPE rss [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>",
        "<!DOCTYPE rss [ <!entity % x SYSTEM \"http://x.example/\"> %x; ]>",
        "<!DOCTYPE rss [<!ENTITY a \"never closed",
        "<!ENTITY a \"x\">",
    ];
    for head in table {
        let text = doc(head, "&b;");
        assert_eq!(read(text.as_bytes(), None, &Limits::default()), Err(ReadError::EntityBomb), "{head}");
    }
    for head in [
        "<!DOCTYPE rss>",
        "<!DOCTYPE rss PUBLIC \"-//N//D RSS 0.91//EN\" \"http://x.example/rss.dtd\">",
        "<!doctype rss []>",
    ] {
        assert_eq!(title_of(doc(head, "T").as_bytes(), None).0, "T", "{head}");
    }
}

#[test]
fn c13_limits_refuse_quickly() {
    let limits = Limits::default();
    let code = |text: &str| read(text.as_bytes(), None, &limits).map_err(|error| error.code()).err();
    assert_eq!(read(&vec![b' '; limits.max_bytes + 1], None, &limits).unwrap_err().code(), "too_large");
    assert_eq!(code(&rss("", &"<item></item>".repeat(1_000_000))), Some("too_many_items"));
    assert_eq!(code(&rss("", &"<item/>".repeat(60_000))), Some("too_many_items"));
    assert_eq!(code(&rss("", &"<x>".repeat(100_000))), Some("too_deep"));
    assert_eq!(code(&rss("", &format!("<description>{}</description>", "<b>".repeat(100_000)))), Some("too_deep"));
}

#[test]
fn c13_long_texts_are_cut_on_a_character_border() {
    let limits = Limits { max_text: 101, ..Limits::default() };
    let text = rss("", &item(&format!("<description>{}</description>", "é".repeat(500))));
    let feed = read(text.as_bytes(), None, &limits).unwrap();
    assert_eq!(feed.items[0].description_html, "é".repeat(50));
    assert!(codes(&feed).contains(&"text_too_long"));
}

#[test]
fn c13_many_problems_stay_few() {
    let limits = Limits { max_problems: 5, ..Limits::default() };
    let text = rss("", &"<item>R&D</item>".repeat(1_000));
    let feed = read(text.as_bytes(), None, &limits).unwrap();
    assert_eq!(feed.problems.len(), 6);
    assert_eq!(feed.problems[5].code, "too_many_problems");
}

// Each of these makes a careless scanner read the rest of the document again for every repetition.
#[test]
fn c13_hostile_repetition_is_read_in_linear_time() {
    let parts = [
        "<!--x>\n",
        "<![CDATA[x</item>",
        "<![CDATA[",
        "<a b=\"",
        "<a b='c\"",
        "<!DOCTYPE>",
        "<!DOCTYPE x [",
        "<?x ",
        "&#",
        "&a",
        "<a ",
        "</x ",
        "</x>",
        "<<<<",
        "<!x",
        "<x xmlns:a='b'/>",
        "<b a=\"<\">",
        "]]>",
        "<p>",
        "&amp;",
        "<a b=\"c=\"<",
    ];
    for part in parts {
        let text = rss("", &format!("<item><description>{}", part.repeat(400_000 / part.len())));
        let _ = read(text.as_bytes(), None, &Limits::default());
    }
}

fn sample() -> Vec<u8> {
    let body = "<description><![CDATA[<p>été &amp; vent</p>]]></description><enclosure url=\"https://x.example/1.mp3\" length=\"12\" \
                type=\"audio/mpeg\"/><itunes:duration>1:02:03</itunes:duration><pubDate>Wed, 03 Jan 2018 11:00:00 +0100</pubDate>\
                <psc:chapters><psc:chapter start=\"00:01\" title=\"&#233;\"/></psc:chapters>";
    rss(
        "<itunes:category text=\"Arts\"><itunes:category text=\"Food\"/></itunes:category>",
        &format!("{}{}", item(body), item("")),
    )
    .into_bytes()
}

proptest! {
    #[test]
    fn c13_random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), charset in prop::option::of("[a-z0-9-]{0,10}")) {
        let _ = read(&bytes, charset.as_deref(), &Limits::default());
    }

    #[test]
    fn c13_random_markup_never_panics(text in "(<(/?)(rss|channel|item|title|b|itunes:image)( a=[\"']?)?>?|[é&;#x0-9\\]\\[!<> -]{0,3}|<!\\[CDATA\\[|\\]\\]>|<!--|-->){0,40}") {
        let _ = read(text.as_bytes(), None, &Limits::default());
        let _ = read(rss("", &item(&text)).as_bytes(), None, &Limits::default());
    }

    #[test]
    fn c13_damaged_feeds_never_panic(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = sample();
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            let at = cut.index(bytes.len());
            bytes.truncate(at);
        }
        if let Ok(feed) = read(&bytes, None, &Limits::default()) {
            let unique: std::collections::HashSet<_> = feed.items.iter().map(|item| &item.identity).collect();
            prop_assert_eq!(unique.len(), feed.items.len());
            prop_assert!(feed.problems.iter().all(|p| p.text.chars().count() <= 200 && !p.text.contains(char::is_control)));
        }
    }

    #[test]
    fn titles_survive_escaping(title in "[a-zé&<>\"' 🌊]{1,30}") {
        let escaped = title.replace('&', "&amp;").replace('<', "&lt;");
        let want = super::text::plain_title(&title).0;
        prop_assume!(!want.is_empty());
        prop_assert_eq!(title_of(doc("", &escaped).as_bytes(), None).0, want);
    }
}
