//! What comes from outside with bad intent: feeds that want to exhaust the server (c13) and texts that want to run in a
//! reader's browser (c11), by every door and on every surface.

use std::cell::{Cell, RefCell};

use db::{Failure, write_tx};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};
use it::{ORIGIN, Person, Site, desk, on_both};
use kernel::show_id;
use publish::model::{Chapter, Credit, EPISODE_PREFIX, Episode, EpisodeText, Show, ShowText, Source, SourceKind};
use publish::reader::{Limits, read};
use publish::rules::check::{EpisodeDraft, ShowDraft};
use publish::service::{self as uc, When};

use crate::imports::{editor, empty, feed, import, options, parsed, rows};

// c13: the whole importer

/// Reads and imports bytes as the command line does; gives the code of the refusal, or how many items came in.
async fn take(site: &Site, who: &Person, bytes: &[u8]) -> Result<usize, &'static str> {
    let feed = read(bytes, None, &Limits::default()).map_err(|e| e.code())?;
    match import(site, who, &feed, &options(who)).await {
        Ok((_, report)) => Ok(report.would_create),
        Err(Failure::Refused(refusal)) => Err(refusal.code),
        Err(other) => panic!("{other}"),
    }
}

fn garbage(length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + 32);
    while bytes.len() < length {
        bytes.extend_from_slice(&kernel::sha256(&bytes.len().to_le_bytes()));
    }
    bytes
}

fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let entities = |declared: &str| {
        let start = format!("<?xml version=\"1.0\"?><!DOCTYPE r [{declared}]><rss version=\"2.0\"><channel>");
        format!("{start}<title>&a;</title><item><title>x</title><guid>x</guid></item></channel></rss>").into_bytes()
    };
    let billion: String = (1..20).map(|n| format!("<!ENTITY a{n} \"&a{};&a{};\">", n - 1, n - 1)).collect();
    let deep = feed("", &format!("<item>{}{}</item>", "<b>".repeat(100_000), "</b>".repeat(100_000)));
    let unclosed = feed("", &format!("<item>{}", "<b>".repeat(100_000)));
    let mut large = feed("", "<item><title>x</title></item>").into_bytes();
    large.resize(33 * 1024 * 1024, b' ');
    let mut many = feed("", &"<item/>".repeat(1_000_000)).into_bytes();
    many.truncate(many.len() - 20);
    let packed = {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, feed("", "").as_bytes()).expect("packed");
        gzip.finish().expect("packed")
    };
    vec![
        ("entity_bomb", entities(&format!("<!ENTITY a0 \"ha\">{billion}<!ENTITY a \"&a19;\">"))),
        ("entity_bomb", entities("<!ENTITY a SYSTEM \"file:///etc/passwd\">")),
        ("entity_bomb", entities("<!ENTITY % p SYSTEM \"http://127.0.0.1/x.dtd\"> %p;")),
        ("too_deep", deep.into_bytes()),
        ("too_deep", unclosed.into_bytes()),
        ("too_many_items", many),
        ("too_large", large),
        ("not_a_feed", garbage(100_000)),
        ("not_a_feed", vec![0; 100_000]),
        ("not_a_feed", vec![0xff; 100_000]),
        ("not_a_feed", packed),
        ("not_a_feed", Vec::new()),
        ("not_a_feed", b"<!doctype html><html><body><item>x</item></body></html>".to_vec()),
        ("not_a_feed", b"{\"version\": \"https://jsonfeed.org/version/1.1\"}".to_vec()),
        ("not_a_feed", b"<rss".to_vec()),
        ("no_show_title", b"<rss version=\"2.0\"><channel><item><title>x</title></item></channel></rss>".to_vec()),
    ]
}

#[test]
fn c13_what_wants_to_exhaust_the_importer_is_refused_and_leaves_no_row() {
    on_both(async |site| {
        let who = editor(&site).await;
        for (code, bytes) in bombs() {
            let start: String = String::from_utf8_lossy(&bytes).chars().take(60).collect();
            assert_eq!(take(&site, &who, &bytes).await, Err(code), "{start}");
        }
        assert!(empty(&site).await, "{:?}", rows(&site).await);
    });
}

#[test]
fn c13_a_feed_cut_at_any_byte_is_refused_or_said_to_be_cut() {
    on_both(async |site| {
        let who = editor(&site).await;
        let item = |n: u32| {
            format!("<item><title>É {n}</title><guid>{n}</guid><description><![CDATA[<p>x</p>]]></description></item>")
        };
        let whole = feed("", &(0..3).map(item).collect::<String>());
        for end in (0..whole.len() - 20).step_by(7) {
            let Ok(cut) = read(&whole.as_bytes()[..end], None, &Limits::default()) else { continue };
            assert!(
                cut.problems.iter().any(|p| ["truncated", "mismatched_tag"].contains(&p.code)),
                "{end}: {:?}",
                cut.problems
            );
            assert!(cut.items.len() <= 3);
        }
        assert!(empty(&site).await);
        let end = whole.find("É 2").expect("there");
        assert_eq!(take(&site, &who, &whole.as_bytes()[..end]).await, Ok(2), "whole items only");
        assert_eq!(take(&site, &who, whole.as_bytes()).await, Ok(1), "and the rest the next time");
    });
}

// c11: what a browser would run

/// Holds a page against what our own templates write; anything else came from a text.
#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) faults: RefCell<Vec<String>>,
    pub(crate) frames: Cell<usize>,
    /// Whether templates may bring scripts of this site.
    page: bool,
    /// The text of the last JSON-LD block and whether it is open.
    json_ld: RefCell<Vec<String>>,
    in_json: Cell<bool>,
    text: RefCell<String>,
}

impl Watch {
    /// What would run, or break out of its place.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.faults.borrow().clone()
    }

    fn fault(&self, text: String) {
        self.faults.borrow_mut().push(text);
    }

    fn start(&self, tag: &Tag) -> TokenSinkResult<()> {
        let attr = |name: &str| tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| a.value.to_string());
        for a in &tag.attrs {
            self.attribute(&tag.name, &a.name.local, &a.value);
        }
        match &*tag.name {
            "script" => {
                let json = attr("type").as_deref() == Some("application/ld+json");
                let ours = attr("src").is_some_and(|src| src.starts_with("/assets/"));
                if !self.page || !(json || ours) {
                    self.fault(format!("script {:?}", tag.attrs));
                }
                self.in_json.set(json);
                if json {
                    self.json_ld.borrow_mut().push(String::new());
                }
                return TokenSinkResult::RawData(RawKind::ScriptData);
            }
            "iframe" => {
                self.frames.set(self.frames.get() + 1);
                if !attr("src").is_some_and(|src| src.starts_with(&format!("{ORIGIN}/"))) {
                    self.fault(format!("iframe {:?}", tag.attrs));
                }
            }
            "title" | "textarea" => return TokenSinkResult::RawData(RawKind::Rcdata),
            "style" | "noscript" | "object" | "embed" | "base" | "frame" | "applet" | "math" | "template"
            | "marquee" | "animate" | "set" | "foreignobject" | "noembed" | "xmp" | "plaintext" => {
                self.fault(format!("element {}", tag.name))
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }

    fn attribute(&self, tag: &str, name: &str, value: &str) {
        let address = ["href", "src", "action", "formaction", "xlink:href", "poster", "data", "background", "cite"];
        let bare: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        let low = bare.to_ascii_lowercase();
        let good = ["https://", "http://", "/", "#", "?", "mailto:"].iter().any(|start| low.starts_with(start));
        let bad = name.starts_with("on")
            || matches!(name, "srcdoc" | "style" | "ping" | "http-equiv")
            || (address.contains(&name) && !good && low.contains(':'))
            || (!self.page && name == "id");
        if bad {
            self.fault(format!("{tag} {name}={value:?}"));
        }
    }
}

impl TokenSink for Watch {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return self.start(&tag),
            Token::TagToken(_) => self.in_json.set(false),
            Token::CharacterTokens(text) if self.in_json.get() => {
                if let Some(block) = self.json_ld.borrow_mut().last_mut() {
                    block.push_str(&text);
                }
            }
            Token::CharacterTokens(text) => self.text.borrow_mut().push_str(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

pub(crate) fn watched(html: &str, page: bool) -> Watch {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Watch { page, ..Watch::default() }, Default::default());
    // Scripts are data here: the tokeniser pauses after each one.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink
}

const PAYLOADS: &[&str] = &[
    "canari<script>alert(1)</script>",
    "canari</script><script>alert(1)</script>",
    "canari</SCRIPT ><img src=x onerror=alert(1)>",
    "canari\"><img src=x onerror=alert(1)>",
    "canari' onmouseover='alert(1)",
    "canari\" autofocus onfocus=\"alert(1)",
    "canari]]><script>alert(1)</script><![CDATA[",
    "canari</title><svg onload=alert(1)>",
    "canari</textarea></style></noscript><iframe srcdoc='<script>alert(1)</script>'>",
    "canari<!--<script>",
    "canari--><script>alert(1)</script>",
    "canari<a href=\"javascript:alert(1)\">x</a> [x](javascript:alert(1)) [y](data:text/html,x) <javascript:alert(1)>",
    "canari<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
    "canari![x](x\" onerror=\"alert(1)) ![y](javascript:alert(1))",
    "canari<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "canari<svg><style><img src=x onerror=alert(1)></style></svg>",
    "canari&lt;script&gt;alert(1)&lt;/script&gt;&amp;lt;b&amp;gt;",
    "canari{{ 7*7 }}{% include 'shell.html' %}${7*7}<%= 7*7 %>",
    "canari\u{2028}alert(1)\u{2029}\u{202e}<b onclick=alert(1)>",
    "canari<c.x><v Odile onclick=alert(1)>x</v><ruby><lang fr onload=alert(1)>",
    "canari<form action=javascript:alert(1)><button formaction=javascript:alert(1)>x",
    "canari<base href=https://e.example/><meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
];

async fn poisoned_show(site: &Site, who: &Person, payload: &str) -> Show {
    let show = desk::show(site, who, "pentes").await;
    let ctx = site.app.ctx(who.actor.clone());
    let text = ShowText {
        title: payload.to_owned(),
        tagline: payload.to_owned(),
        description_html: payload.to_owned(),
        footer: payload.to_owned(),
    };
    let credit = Credit { name: payload.to_owned(), role: payload.chars().take(40).collect(), ..Credit::default() };
    let draft = ShowDraft {
        language: "fr".to_owned(),
        time_zone: "Europe/Paris".to_owned(),
        author: payload.to_owned(),
        copyright: payload.to_owned(),
        categories: vec![(payload.to_owned(), Some(payload.to_owned()))],
        texts: [("fr".to_owned(), text.clone()), ("en".to_owned(), text)].into(),
        credits: vec![credit],
        ..ShowDraft::default()
    };
    write_tx!(site.app.db, |tx| uc::edit_show(tx, &ctx, show.id, draft.clone()).await).expect("edited")
}

async fn poisoned(site: &Site, who: &Person, show: &Show, slug: &str, payload: &str) -> Episode {
    let text = EpisodeText {
        title: payload.to_owned(),
        summary: payload.to_owned(),
        notes_md: Some(format!(
            "{payload}\n\n- {payload}\n\n`{payload}`\n\n> {payload}\n\n    {payload}\n\n[{payload}](https://a.example/)"
        )),
        cover_alt: payload.to_owned(),
        ..EpisodeText::default()
    };
    let source = |kind| Source {
        kind,
        title: payload.to_owned(),
        url: "https://a.example/?x='\"><b>".to_owned(),
        seen_on: None,
    };
    let chapter = Chapter {
        item: None,
        start_ms: 0,
        in_toc: true,
        image_id: None,
        titles: [("fr".to_owned(), payload.to_owned()), ("en".to_owned(), payload.to_owned())].into(),
        sources: vec![source(SourceKind::Link), source(SourceKind::Video)],
    };
    let credit = Credit {
        name: payload.to_owned(),
        role: payload.chars().take(40).collect(),
        team: payload.chars().take(40).collect(),
        href: Some("https://a.example/\"onclick='x'".to_owned()),
        bio_fr: payload.to_owned(),
        bio_en: payload.to_owned(),
    };
    let draft = EpisodeDraft {
        slug: slug.to_owned(),
        texts: [("fr".to_owned(), text.clone()), ("en".to_owned(), text)].into(),
        chapters: vec![chapter],
        credits: vec![credit],
        ..EpisodeDraft::default()
    };
    let made = desk::episode(site, who, show, draft).await;
    let ctx = site.app.ctx(who.actor.clone());
    let vtt = format!(
        "WEBVTT\n\n00:00.000 --> 00:01.000\n<v {payload}>{payload}</v>\n\n00:01.000 --> 00:02.000\ncanari {payload}\n"
    );
    write_tx!(site.app.db, |tx| uc::attach_transcript(tx, &ctx, made.id, "fr", &vtt, true).await)
        .expect("a transcript");
    desk::schedule(site, who, made.id, When::Now).await
}

fn clean_page(path: &str, answer: &it::Answer) {
    assert_eq!(answer.status, 200, "{path}");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("script-src") || policy.contains("default-src"), "{path}: {policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"), "{path}: {policy}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    let seen = watched(&answer.text(), true);
    assert_eq!((seen.faults.take(), seen.frames.get()), (Vec::new(), 0), "{path}");
    assert!(seen.text.borrow().contains("canari"), "{path} shows nothing of it");
    for block in seen.json_ld.borrow().iter() {
        let value: serde_json::Value = serde_json::from_str(block).unwrap_or_else(|e| panic!("{path}: {e}: {block}"));
        assert!(value.is_object() || value.is_array());
    }
}

async fn clean_surfaces(site: &Site, who: &Person, episode: &Episode) {
    let id = show_id(EPISODE_PREFIX, episode.id);
    let page = format!("/shows/pentes/{}", episode.slug);
    for lang in ["fr", "en"] {
        for path in ["/".to_owned(), "/shows/pentes".to_owned(), page.clone(), format!("/embed/{id}")] {
            let path = format!("/{lang}{path}");
            clean_page(&path, &site.get(&path).await);
        }
        for path in [format!("/{lang}/studio"), format!("/{lang}/studio/episodes/{id}?text={lang}")] {
            clean_page(&path, &site.get_as(who, &path).await);
        }
        let oembed = site.get(&format!("/oembed?url={ORIGIN}/{lang}{page}")).await.json();
        let html = watched(oembed["html"].as_str().expect("html"), false);
        assert_eq!((html.faults.take(), html.frames.get()), (Vec::new(), 1), "{oembed}");
    }
}

async fn clean_feed(site: &Site, slug: &str) {
    let text = site.get(&format!("/feeds/{slug}.xml")).await.text();
    assert!(!crate::feeds::by_all(&text).is_empty());
    let channel = rss::Channel::read_from(text.as_bytes()).expect("a feed");
    let mut all = vec![channel.description().to_owned()];
    for item in channel.items() {
        all.extend([item.description(), item.content()].into_iter().flatten().map(str::to_owned));
    }
    for html in all {
        let seen = watched(&html, false);
        assert_eq!((seen.faults.take(), seen.frames.get()), (Vec::new(), 0), "{html}");
    }
}

#[test]
fn c11_nothing_typed_by_editors_runs_on_any_surface() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = poisoned_show(&site, &who, PAYLOADS[1]).await;
        for (n, payload) in PAYLOADS.iter().enumerate() {
            let episode = poisoned(&site, &who, &show, &format!("p-{n}"), payload).await;
            clean_surfaces(&site, &who, &episode).await;
        }
        clean_feed(&site, "pentes").await;
    });
}

#[test]
fn c11_json_ld_names_the_title_as_it_is() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let title = "</script><script>alert(1)</script><!-- \u{2028} \"q\" \\";
        let episode = poisoned(&site, &who, &show, "p", title).await;
        let page = watched(&site.get("/fr/shows/pentes/p").await.text(), true);
        let blocks = page.json_ld.borrow();
        assert!(
            !blocks.is_empty()
                && blocks.iter().any(|b| {
                    let value: serde_json::Value = serde_json::from_str(b).expect("JSON");
                    value.to_string().contains(&serde_json::Value::from(episode.texts["fr"].title.clone()).to_string())
                }),
            "{blocks:?}"
        );
    });
}

#[test]
fn c11_addresses_that_run_are_refused_where_addresses_are_typed() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let ctx = site.app.ctx(who.actor.clone());
        for url in [
            "javascript:alert(1)",
            " javascript:alert(1)",
            "data:text/html,x",
            "java\tscript:alert(1)",
            "//e.example",
            "vbscript:x",
        ] {
            let source = Source { kind: SourceKind::Video, title: "x".to_owned(), url: url.to_owned(), seen_on: None };
            let titles = [("fr".to_owned(), "x".to_owned())].into();
            let chapter =
                Chapter { start_ms: 0, in_toc: true, image_id: None, titles, sources: vec![source], item: None };
            let credit = Credit { name: "x".to_owned(), href: Some(url.to_owned()), ..Credit::default() };
            let by_source = EpisodeDraft { chapters: vec![chapter], ..desk::draft("x") };
            let by_credit = EpisodeDraft { credits: vec![credit], ..desk::draft("x") };
            for draft in [by_source, by_credit] {
                let made = write_tx!(site.app.db, |tx| uc::create_episode(tx, &ctx, show.id, draft.clone()).await);
                assert!(matches!(made, Err(Failure::Refused(_))), "{url}: {made:?}");
            }
        }
    });
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A feed with the payload at every place a feed has for texts and addresses.
fn poisoned_feed(payload: &str, n: usize) -> String {
    let (p, cdata) = (escaped(payload), payload.replace("]]>", "]]]]><![CDATA[>"));
    feed(
        &format!(
            "<copyright>{p}</copyright><itunes:author>{p}</itunes:author><itunes:subtitle>{p}</itunes:subtitle>
             <itunes:summary><![CDATA[{cdata}]]></itunes:summary><itunes:category text=\"{p}\"/>
             <itunes:image href=\"javascript:alert(1)\"/><podcast:funding url=\"javascript:alert(1)\">{p}</podcast:funding>
             <podcast:person href=\"javascript:alert(1)\" img=\"data:x\">{p}</podcast:person>"
        ),
        &format!(
            "<item><title>{p}</title><guid>{n}{p}</guid><link>javascript:alert(1)</link>
             <pubDate>Mon, 19 Oct 2026 06:00:00 +0200</pubDate><description><![CDATA[{cdata}]]></description>
             <content:encoded xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><![CDATA[<p>{cdata}</p>]]></content:encoded>
             <itunes:subtitle>{p}</itunes:subtitle><itunes:author>{p}</itunes:author><itunes:image href=\"data:text/html,x\"/>
             <enclosure url=\"https://sons.example/{n}.mp3?a=&quot;&gt;&lt;script&gt;\" length=\"1\" type=\"{p}\"/>
             <podcast:transcript url=\"javascript:alert(1)\" type=\"text/vtt\"/>
             <podcast:person href=\"javascript:alert(1)\" role=\"{p}\">{p}</podcast:person>
             <psc:chapters version=\"1.2\"><psc:chapter start=\"0\" title=\"{p}\" href=\"javascript:alert(1)\"/></psc:chapters></item>"
        ),
    )
}

#[test]
fn c11_nothing_imported_runs_on_any_surface() {
    on_both(async |site| {
        let who = editor(&site).await;
        for (n, payload) in PAYLOADS.iter().enumerate() {
            let into = uc::ImportOptions { slug: Some(format!("venu-{n}")), ..options(&who) };
            let (show, _) = import(&site, &who, &parsed(&poisoned_feed(payload, n)), &into).await.expect("imported");
            let show = show.expect("a show");
            let (_, episodes, _) =
                db::read_tx!(site.app.db, |tx| uc::desk(tx, &who.actor, show.id, None).await).expect("there");
            let page = format!("/fr/shows/{}/{}", show.slug, episodes[0].slug);
            let embed = format!("/en/embed/{}", show_id(EPISODE_PREFIX, episodes[0].id));
            for path in [page, embed, format!("/fr/shows/{}", show.slug)] {
                clean_page(&path, &site.get(&path).await);
            }
            let studio = format!("/fr/studio/episodes/{}", show_id(EPISODE_PREFIX, episodes[0].id));
            clean_page(&studio, &site.get_as(&who, &studio).await);
            clean_feed(&site, &show.slug).await;
        }
        clean_page("/fr/", &site.get("/fr/").await);
    });
}

/// An export with the payload at every place an export has for texts and addresses.
fn poisoned_export(payload: &str) -> String {
    let cdata = payload.replace("]]>", "]]]]><![CDATA[>");
    let (p, evil) = (escaped(payload), "javascript:alert(1)");
    let more = format!(
        "<category domain=\"category\" nicename=\"{p}\"><![CDATA[{cdata}]]></category>
         <wp:postmeta><wp:meta_key>cover_image</wp:meta_key><wp:meta_value>{evil}</wp:meta_value></wp:postmeta>
         <wp:postmeta><wp:meta_key>enclosure</wp:meta_key><wp:meta_value><![CDATA[{evil}\n9\naudio/mpeg]]></wp:meta_value></wp:postmeta>
         <wp:comment><wp:comment_id>5</wp:comment_id><wp:comment_author><![CDATA[{cdata}]]></wp:comment_author>
         <wp:comment_author_url>{evil}</wp:comment_author_url><wp:comment_content><![CDATA[{cdata}]]></wp:comment_content>
         <wp:comment_approved>1</wp:comment_approved></wp:comment>"
    );
    let body = format!("{cdata}\n\n[audio src=\"{evil}\"][caption]{cdata}[/caption]\n\n<p>{cdata}</p>");
    let filled = |xml: String| {
        xml.replace("Un premier paragraphe", &body).replace("https://carnet.example/1<", &format!("{evil}<"))
    };
    let post = filled(crate::imports_wxr::post(1, "publish", &cdata, &more));
    let page = filled(crate::imports_wxr::post(2, "publish", &cdata, "")).replace(">post<", ">page<");
    crate::imports_wxr::wxr("", &format!("{post}{page}"))
}

#[test]
fn c11_nothing_of_a_wordpress_export_runs_on_any_surface() {
    on_both(async |site| {
        let who = editor(&site).await;
        for (n, payload) in PAYLOADS.iter().enumerate() {
            let into = uc::ImportOptions { slug: Some(format!("carnet-{n}")), ..options(&who) };
            let xml = poisoned_export(payload);
            let rehearsal = crate::imports_wxr::rehearsed(&site, &who, &xml).await;
            for lang in ["fr", "en"] {
                let path = format!("/{lang}/studio/import/{rehearsal}");
                clean_page(&path, &site.get_as(&who, &path).await);
            }
            site.post_as(&who, &format!("/fr/studio/import/{rehearsal}/forget"), &[]).await;
            let (show, _) = crate::imports_wxr::take(&site, &who, &xml, &into).await.expect("imported");
            let show = show.expect("a show");
            clean_page("the episode", &site.get(&format!("/fr/shows/{}/billet-1", show.slug)).await);
            clean_feed(&site, &show.slug).await;
        }
        let sql = "SELECT body_html FROM publish_kept_comment UNION ALL SELECT body_html FROM publish_page_text";
        for row in db::read_tx!(site.app.db, |tx| Ok(tx.all(sql, Vec::new()).await?)).expect("read") {
            let html: String = row.get(0).expect("a text");
            let seen = watched(&html, false);
            assert_eq!((seen.faults.take(), seen.frames.get()), (Vec::new(), 0), "{html}");
        }
        let sql = "SELECT author_url FROM publish_kept_comment WHERE author_url IS NOT NULL";
        assert!(db::read_tx!(site.app.db, |tx| Ok(tx.all(sql, Vec::new()).await?)).expect("read").is_empty());
    });
}
