//! The reader of WordPress exports, by small exports of our own.

use proptest::prelude::*;

use super::*;

fn export(channel: &str, items: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel>
         <title>Carnet</title><link>https://carnet.example</link>{channel}{items}</channel></rss>"
    )
}

fn item(body: &str) -> String {
    export(
        "<wp:wxr_version>1.2</wp:wxr_version>",
        &format!("<item><title>T</title><wp:post_type>post</wp:post_type>{body}</item>"),
    )
}

fn parse(xml: &str) -> Wxr {
    read(xml.as_bytes(), &WxrLimits::default()).expect("an export")
}

fn codes(wxr: &Wxr) -> Vec<&str> {
    wxr.problems.iter().map(|p| p.code).collect()
}

#[test]
fn every_version_is_read_and_odd_ones_are_told() {
    for (tag, code) in [
        ("<wp:wxr_version>1.0</wp:wxr_version>", None),
        ("<wp:wxr_version>1.1</wp:wxr_version>", None),
        ("<wp:wxr_version>abc</wp:wxr_version>", Some("version_unknown")),
        ("<wp:base_site_url>https://carnet.example</wp:base_site_url>", Some("version_missing")),
    ] {
        let wxr = parse(&export(tag, "<item><title>x</title><wp:status>publish</wp:status></item>"));
        let found = codes(&wxr).into_iter().find(|c| c.starts_with("version"));
        assert_eq!(found, code, "{tag}");
    }
}

#[test]
fn split_and_nested_cdata_are_one_text() {
    let body =
        "<content:encoded>\n<![CDATA[un ]]><![CDATA[deux ]]]]><![CDATA[> trois <![CDATA[ quatre]]></content:encoded>";
    assert_eq!(parse(&item(body)).items[0].content.trim(), "un deux ]]> trois <![CDATA[ quatre");
}

#[test]
fn foreign_vocabularies_under_our_prefix_are_passed_over() {
    let items = "<item xmlns:alt=\"http://wordpress.org/export/1.1/\"><title>x</title><alt:post_id>9</alt:post_id>
        <wp:post_name xmlns:wp=\"http://evil.example/\">faux</wp:post_name><alt:post_name>vrai</alt:post_name></item>";
    let wxr = parse(&export("<wp:wxr_version>1.2</wp:wxr_version>", items));
    assert_eq!((wxr.items[0].wp_id, wxr.items[0].slug.as_str()), (Some(9), "vrai"));
}

#[test]
fn dates_prefer_utc_and_pass_over_zeros() {
    let of = |body: &str| {
        let wxr = parse(&item(&format!("<wp:status>publish</wp:status>{body}")));
        (wxr.items[0].published.map(|m| kernel::At::from_micros(m).rfc3339()), codes(&wxr).join(" "))
    };
    let local = "<wp:post_date>2026-10-01 08:00:00</wp:post_date>";
    let gmt = |text: &str| format!("<wp:post_date_gmt>{text}</wp:post_date_gmt>");
    assert_eq!(of(&format!("{local}{}", gmt("2026-10-01 06:00:00"))).0.as_deref(), Some("2026-10-01T06:00:00Z"));
    let public = "<pubDate>Thu, 01 Oct 2026 06:00:00 +0000</pubDate>";
    let zero = gmt("0000-00-00 00:00:00");
    assert_eq!(of(&format!("{local}{public}{zero}")).0.as_deref(), Some("2026-10-01T06:00:00Z"));
    let (date, told) = of(&format!("{local}<pubDate>Mon, 30 Nov -0001 00:00:00 +0000</pubDate>{zero}"));
    assert_eq!(date.as_deref(), Some("2026-10-01T08:00:00Z"));
    assert!(told.contains("date_zone_missing"), "{told}");
    assert_eq!(of(&zero).0, None);
}

#[test]
fn what_is_broken_is_refused_and_never_repaired() {
    let whole = item("<wp:status>publish</wp:status><content:encoded><![CDATA[x]]></content:encoded>");
    assert!(read(whole.as_bytes(), &WxrLimits::default()).is_ok());
    for (from, to) in [
        ("</item>", ""),
        ("</wp:status>", ""),
        ("</content:encoded>", ""),
        ("]]>", ""),
        ("</channel></rss>", ""),
        ("<title>T", "<title <T"),
    ] {
        let error = read(whole.replacen(from, to, 1).as_bytes(), &WxrLimits::default()).expect_err(from);
        assert_eq!(error.code(), "malformed", "{from}: {error}");
    }
    for (text, code) in [
        ("", "not_wxr"),
        ("<html><body/></html>", "not_wxr"),
        ("<rss><channel><title>x</title></channel></rss>", "not_wxr"),
        ("<rss><canal/></rss>", "not_wxr"),
        ("<!DOCTYPE r [<!ENTITY a \"b\">]><rss/>", "entity_bomb"),
    ] {
        assert_eq!(read(text.as_bytes(), &WxrLimits::default()).expect_err(text).code(), code, "{text}");
    }
    let few = WxrLimits { max_comments: 1, ..WxrLimits::default() };
    let two = "<wp:comment><wp:comment_id>1</wp:comment_id></wp:comment>".repeat(2);
    assert_eq!(read(item(&two).as_bytes(), &few).expect_err("two").code(), "too_many_items");
}

#[test]
fn comments_that_answer_in_a_circle_are_cut_loose() {
    let one = |id: u32, parent: u32| {
        format!(
            "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_parent>{parent}</wp:comment_parent></wp:comment>"
        )
    };
    let body = [one(1, 2), one(2, 1), one(3, 3), one(4, 1), one(5, 77)].concat();
    let wxr = parse(&item(&body));
    let parents: Vec<(&str, Option<&str>)> =
        wxr.items[0].comments.iter().map(|c| (c.key.as_str(), c.parent.as_deref())).collect();
    for (key, _) in &parents {
        let (mut at, mut steps) = (Some(*key), 0);
        while let Some(now) = at {
            at = parents.iter().find(|(k, _)| *k == now).and_then(|(_, p)| *p);
            steps += 1;
            assert!(steps < 10, "{parents:?}");
        }
    }
    assert_eq!(parents[4].1, None);
}

#[test]
fn no_address_of_an_author_is_kept_and_none_of_a_commenter_is_printed() {
    let channel = "<wp:wxr_version>1.2</wp:wxr_version><wp:author><wp:author_login>a</wp:author_login>
        <wp:author_email>canari@boite.example</wp:author_email><wp:author_display_name>canari@boite.example</wp:author_display_name></wp:author>";
    let comment = "<wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_author_email>canari@boite.example</wp:comment_author_email>
        <wp:comment_author>canari@boite.example</wp:comment_author></wp:comment>";
    let wxr = parse(&export(channel, &format!("<item><title>x</title><dc:creator>a</dc:creator>{comment}</item>")));
    assert!(!format!("{wxr:?}").contains("canari"), "{wxr:?}");
    assert_eq!(wxr.items[0].comments[0].email, "canari@boite.example");
}

#[test]
fn serialized_values_are_read_and_never_more() {
    let got = parse_php("a:2:{s:8:\"duration\";s:5:\"01:02\";s:4:\"size\";i:7;}").expect("an array");
    assert_eq!((got.get("duration").as_deref(), got.get("size").as_deref()), (Some("01:02"), Some("7")));
    assert_eq!(parse_php("s:2:\"é\";"), Some(Php::Text("é".to_owned())), "lengths count bytes");
    let deep = format!("{}N;{}", "a:1:{i:0;".repeat(50), "}".repeat(50));
    for bad in [
        "O:8:\"stdClass\":0:{}",
        "a:1:{i:0;O:1:\"X\":0:{}}",
        "s:99:\"x\";",
        "s:1:\"é\";",
        "a:9999999999:{}",
        "a:1:{a:0:{}i:1;}",
        "i:1;i:2;",
        "R:1;",
        "C:1:\"X\":0:{}",
        "",
        deep.as_str(),
    ] {
        assert_eq!(parse_php(bad), None, "{bad}");
    }
}

#[test]
fn texts_become_plain_html() {
    for (raw, want) in [
        ("un\n\ndeux\ntrois", "<p>un</p>\n<p>deux<br>\ntrois</p>\n"),
        ("<!-- wp:paragraph -->\n<p>un</p>\n<!-- /wp:paragraph -->", "\n<p>un</p>\n"),
        ("un<!--more-->deux", "<p>undeux</p>\n"),
        ("[[gallery]] [sic]", "<p>[gallery] [sic]</p>\n"),
        ("<pre>a\n\nb</pre>", "<pre>a\n\nb</pre>"),
        ("<ul>\n<li>x</li>\n</ul>", "<ul>\n<li>x</li>\n</ul>\n"),
    ] {
        assert_eq!(to_html(raw).html, want, "{raw}");
    }
    let got =
        to_html("[gallery ids=\"1,2\"] [caption id=\"x\"]<img src=\"a.jpg\" alt=\"b\"> Légende[/caption] [powerpress]");
    assert_eq!((got.dropped, got.pictures), (vec!["gallery".to_owned(), "powerpress".to_owned()], 1));
    assert!(got.html.contains("Légende") && !got.html.contains("caption"), "{}", got.html);
    let got = to_html("[audio mp3=\"https://s.example/a.mp3\"][/audio]\n\n[embed]https://v.example/?a=1&b=2[/embed]");
    assert_eq!(got.sound.as_deref(), Some("https://s.example/a.mp3"));
    assert!(got.html.contains("<a href=\"https://v.example/?a=1&amp;b=2\">"), "{}", got.html);
}

proptest! {
    #[test]
    fn nothing_panics(text in "\\PC{0,200}", cut in 0_usize..2000) {
        drop(to_html(&text));
        drop(parse_php(&text));
        let whole = item(&format!("<content:encoded><![CDATA[{text}]]></content:encoded>{text}"));
        let at = cut.min(whole.len());
        drop(read(&whole.as_bytes()[..at], &WxrLimits::default()));
        drop(read(whole.as_bytes(), &WxrLimits::default()));
    }

    #[test]
    fn shortcodes_of_any_shape_never_panic(text in "[\\[\\]/a-z =\"'<>éhttp:.-]{0,120}") {
        drop(to_html(&text));
        drop(comment_html(&text));
    }
}

#[test]
fn a_text_that_speaks_of_feeds_is_no_unclosed_section() {
    let body = "<content:encoded><![CDATA[Write <content:encoded><![CDATA[x]]]]><![CDATA[></content:encoded> and be done.]]></content:encoded>";
    let read = parse(&item(body));
    assert_eq!(read.items[0].content.trim(), "Write <content:encoded><![CDATA[x]]></content:encoded> and be done.");
}
