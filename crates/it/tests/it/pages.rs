//! Pages as they are sent: what their heads say, the policy they come under, their words in both languages, their
//! freshness and their weight. Snapshots show every page to whoever reviews a change.

use accounts::MailTask;
use axum::http::HeaderMap;
use db::write_tx;
use it::{Answer, ORIGIN, Person, Site, desk, on_both, on_one};
use kernel::{Lang, Role, show_id};
use publish::model::{Chapter, EPISODE_PREFIX, Episode, EpisodeText, Source, SourceKind};
use publish::rules::check::EpisodeDraft;
use publish::service::{self as uc, When};
use serde_json::{Value, json};
use testkit::On;
use traboule::config::MailConfig;
use traboule::mail::Mailer;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

/// Undoes the escaping of a template.
fn plain(text: &str) -> String {
    let pairs = [
        ("&#x2f;", "/"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Every start tag: its name and its attributes with their values.
fn tags(page: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found = Vec::new();
    for piece in page.split('<').skip(1) {
        if !piece.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let end = piece.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(piece.len());
        let (name, mut rest) = piece.split_at(end);
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            let stop = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>')).unwrap_or(rest.len());
            if stop == 0 || rest.starts_with('>') {
                break;
            }
            let (attribute, after) = rest.split_at(stop);
            let (value, after) = match after.strip_prefix("=\"") {
                Some(quoted) => quoted.split_once('"').expect("a closed value"),
                None => ("", after.strip_prefix('=').unwrap_or(after)),
            };
            attributes.push((attribute.to_owned(), plain(value)));
            rest = after;
        }
        found.push((name.to_owned(), attributes));
    }
    found
}

fn value<'t>(attributes: &'t [(String, String)], name: &str) -> &'t str {
    attributes.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
}

/// The values of `wanted` on every tag `name` whose attribute `key` is `is`.
fn all(page: &str, name: &str, key: &str, is: &str, wanted: &str) -> Vec<String> {
    let tags = tags(page);
    let hits = tags.iter().filter(|(n, a)| n == name && value(a, key) == is);
    hits.map(|(_, a)| value(a, wanted).to_owned()).collect()
}

fn one(page: &str, name: &str, key: &str, is: &str, wanted: &str) -> String {
    let found = all(page, name, key, is, wanted);
    assert_eq!(found.len(), 1, "{name}[{key}={is}]: {found:?}");
    found[0].clone()
}

/// The texts people read or hear: between tags, outside scripts, and in labels.
fn words(page: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once('<') {
        texts.push(plain(before));
        let (tag, next) = after.split_once('>').expect("a closed tag");
        rest = if tag.starts_with("script") { next.split_once("</script").expect("its end").1 } else { next };
    }
    let tags = tags(page);
    let spoken = |name: &str| name == "aria-label" || name == "alt" || name == "title" || name.starts_with("data-t-");
    let labels = tags.iter().flat_map(|(_, a)| a).filter(|(name, _)| spoken(name));
    texts.extend(labels.map(|(_, v)| v.clone()));
    texts
}

struct Desk {
    editor: Person,
    owner: Person,
    both: Episode,
    french: Episode,
    draft: Episode,
}

fn chapter(start_ms: i64, title: &str) -> Chapter {
    let source = Source {
        kind: SourceKind::Link,
        title: "Archives de la ville".to_owned(),
        url: "https://archives.example/pont?a=1&b=2".to_owned(),
        seen_on: Some("2026-11-20".to_owned()),
    };
    let titles = [("fr".to_owned(), title.to_owned()), ("en".to_owned(), format!("{title} (en)"))].into();
    Chapter { start_ms, in_toc: true, image_id: None, titles, sources: vec![source], item: None }
}

/// A show with an episode in two languages, one in French only, one draft.
async fn desk(site: &Site) -> Desk {
    let owner = site.person("pentes", "maelle@pentes.example", Role::Owner).await;
    let editor = site.person("pentes", "odile@pentes.example", Role::Editor).await;
    let show = desk::show(site, &editor, "pentes").await;
    let french = desk::published(site, &editor, &show, "La montée").await;
    let mut draft = desk::draft("Le pont </script> & l’eau");
    draft.slug = "le-pont".to_owned();
    draft.number = Some(7);
    draft.chapters = vec![chapter(0, "Début"), chapter(500, "Suite")];
    let english = EpisodeText {
        title: "The bridge".to_owned(),
        summary: "Over the river".to_owned(),
        notes_md: Some("Old *stones*.".to_owned()),
        ..EpisodeText::default()
    };
    draft.texts.insert("en".to_owned(), english);
    let both = desk::episode(site, &editor, &show, draft).await;
    let ctx = site.app.ctx(editor.actor.clone());
    let vtt = "WEBVTT\n\n00:00.000 --> 00:00.500\n<v Odile>Bonjour.\n\n00:00.500 --> 00:01.000\n<v Paul>Merci.\n";
    write_tx!(site.app.db, |tx| uc::attach_transcript(tx, &ctx, both.id, "fr", vtt, true).await).expect("a transcript");
    // 23:30 in UTC is the next day in Paris.
    site.clock.advance(17 * 3600 + 1800);
    let both = desk::schedule(site, &editor, both.id, When::Now).await;
    let draft = desk::episode(site, &editor, &show, desk::draft("Le secret")).await;
    Desk { editor, owner, both, french, draft }
}

fn shown(episode: &Episode) -> String {
    show_id(EPISODE_PREFIX, episode.id)
}

/// Every page of a language, by name; pages for people at work as the owner sees them.
async fn every_page(site: &Site, desk: &Desk, lang: Lang) -> Vec<(&'static str, Answer)> {
    let lang = lang.code();
    let mut pages = Vec::new();
    for (name, path) in [
        ("home", format!("/{lang}/")),
        ("show", format!("/{lang}/shows/pentes")),
        ("episode", format!("/{lang}/shows/pentes/le-pont")),
        ("embed", format!("/{lang}/embed/{}", shown(&desk.both))),
        ("not_found", format!("/{lang}/nowhere")),
        ("sign_in", format!("/{lang}/sign-in")),
        ("reset", format!("/{lang}/sign-in/reset")),
    ] {
        pages.push((name, site.get(&path).await));
    }
    let email = [("email", "odile@pentes.example")];
    pages.push(("code", site.post(&format!("/{lang}/sign-in/code"), &email).await));
    pages.push(("reset_new", site.post(&format!("/{lang}/sign-in/reset"), &email).await));
    for (name, path) in [
        ("account", format!("/{lang}/account")),
        ("studio", format!("/{lang}/studio")),
        ("studio_episode", format!("/{lang}/studio/episodes/{}", shown(&desk.draft))),
        ("people", format!("/{lang}/studio/people")),
    ] {
        pages.push((name, site.get_as(&desk.owner, &path).await));
    }
    pages
}

#[test]
fn an_episode_says_in_its_head_what_it_is() {
    on_both(async |site| {
        let desk = desk(&site).await;
        let page = site.get("/fr/shows/pentes/le-pont").await.text();
        let own = format!("{ORIGIN}/fr/shows/pentes/le-pont");
        let english = format!("{ORIGIN}/en/shows/pentes/le-pont");
        assert_eq!(one(&page, "link", "rel", "canonical", "href"), own);
        for (lang, url) in [("fr", &own), ("en", &english), ("x-default", &own)] {
            let tags = tags(&page);
            let hit = tags.iter().any(|(n, a)| n == "link" && value(a, "hreflang") == lang && value(a, "href") == url);
            assert!(hit, "{lang}");
        }
        let og = |name: &str| one(&page, "meta", "property", name, "content");
        let named = |name: &str| one(&page, "meta", "name", name, "content");
        let title = "Le pont </script> & l’eau";
        let sound = site.app.links.audio(desk.both.id, desk.both.audio.as_ref().expect("sound"));
        for (name, expected) in [
            ("og:type", "article"),
            ("og:title", title),
            ("og:url", own.as_str()),
            ("og:site_name", "Les Pentes"),
            ("og:locale", "fr_FR"),
            ("og:locale:alternate", "en_GB"),
            ("og:audio", sound.as_str()),
            ("og:audio:secure_url", sound.as_str()),
            ("og:audio:type", "audio/mpeg"),
            ("article:published_time", "2026-11-24T00:30:00+01:00"),
        ] {
            assert_eq!(og(name), expected, "{name}");
        }
        let embed = format!("{ORIGIN}/fr/embed/{}", shown(&desk.both));
        assert_eq!((named("twitter:card"), named("twitter:player")), ("player".to_owned(), embed.clone()));
        assert_eq!(named("twitter:player:stream"), sound);
        assert_eq!(named("robots"), "index, follow, max-image-preview:large");
        assert!(!named("description").is_empty());
        let feeds = all(&page, "link", "type", "application/rss+xml", "href");
        let comments = format!("{ORIGIN}/feeds/comments/{}.xml", shown(&desk.both));
        assert_eq!(feeds, [format!("{ORIGIN}/feeds/pentes.xml"), comments]);

        let oembed = one(&page, "link", "type", "application/json+oembed", "href");
        let answer = site.get(oembed.strip_prefix(ORIGIN).expect("ours")).await;
        let card = answer.json();
        assert_eq!((&card["type"], &card["version"], &card["title"]), (&json!("rich"), &json!("1.0"), &json!(title)));
        let frame = card["html"].as_str().expect("html");
        let src = tags(frame).iter().find(|(n, _)| n == "iframe").map(|(_, a)| value(a, "src").to_owned());
        assert_eq!(src.as_deref(), Some(embed.as_str()));
        let framed = site.get(embed.strip_prefix(ORIGIN).expect("ours")).await;
        assert_eq!(framed.status, 200);
        assert!(framed.header("content-security-policy").ends_with("frame-ancestors *"));
        assert_eq!(framed.header("x-frame-options"), "");
        for (asked, key, most) in [("&maxwidth=300", "width", 300), ("&maxheight=180", "height", 180)] {
            let card = site.get(&format!("{}{asked}", oembed.strip_prefix(ORIGIN).expect("ours"))).await.json();
            assert!(card[key].as_i64().is_some_and(|size| size <= most), "{asked}: {card}");
        }

        let data = page.split_once("<script type=\"application/ld+json\">").expect("JSON-LD").1;
        let data: Value = serde_json::from_str(data.split_once("</script>").expect("its end").0).expect("JSON");
        let graph = data["@graph"].as_array().cloned().unwrap_or_else(|| vec![data.clone()]);
        let episode = graph.iter().find(|n| n["@type"] == "PodcastEpisode").expect("an episode");
        assert_eq!((&episode["name"], &episode["url"]), (&json!(title), &json!(own)));
        assert_eq!(episode["datePublished"], "2026-11-24T00:30:00+01:00");
        assert_eq!(episode["associatedMedia"]["contentUrl"], sound);
        assert_eq!(episode["partOfSeries"]["webFeed"], format!("{ORIGIN}/feeds/pentes.xml"));
    });
}

#[test]
fn c19_languages_are_paired_only_where_there_are_two() {
    on_one(On::Lite, &async |site: Site| {
        let desk = desk(&site).await;
        for lang in ["fr", "en"] {
            let page = site.get(&format!("/{lang}/shows/pentes/la-montee")).await.text();
            assert!(page.contains(&format!("<html lang=\"{lang}\">")));
            assert_eq!(one(&page, "link", "rel", "canonical", "href"), format!("{ORIGIN}/fr/shows/pentes/la-montee"));
            let pairs = tags(&page).into_iter().filter(|(n, a)| n == "link" && !value(a, "hreflang").is_empty());
            assert_eq!(pairs.count(), 0, "{lang}");
        }
        let english = site.get("/en/shows/pentes/la-montee").await.text();
        let heading = tags(&english).into_iter().find(|(n, _)| n == "h1").expect("a heading").1;
        assert_eq!(value(&heading, "lang"), "fr", "French words on an English page say so");
        // The switch leads to the same page, and both name each other.
        for (here, there) in [("fr", "en"), ("en", "fr")] {
            let page = site.get(&format!("/{here}/shows/pentes/le-pont")).await.text();
            assert_eq!(all(&page, "a", "hreflang", there, "href"), [format!("/{there}/shows/pentes/le-pont")]);
            assert_eq!(one(&page, "link", "hreflang", there, "href"), format!("{ORIGIN}/{there}/shows/pentes/le-pont"));
        }
        // 23:30 in UTC on the 23rd is the 24th where the show is made.
        for (path, day) in [("/fr/shows/pentes/le-pont", "24 novembre"), ("/en/shows/pentes/le-pont", "24 November")] {
            let page = site.get(path).await.text();
            assert!(page.contains("datetime=\"2026-11-24T00:30:00+01:00\"") && page.contains(day), "{page}");
        }
        assert_eq!(site.get(&format!("/en/embed/{}", shown(&desk.french))).await.status, 200);
    });
}

#[test]
fn c19_every_page_has_its_words_in_both_languages() {
    on_one(On::Lite, &async |site: Site| {
        for path in ["/fr/", "/en/"] {
            let empty = site.get(path).await;
            assert!(empty.status == 200 && !empty.text().contains('⟨'), "{}", empty.text());
        }
        let desk = desk(&site).await;
        let mut rendered = 1;
        for lang in Lang::ALL {
            for (name, answer) in every_page(&site, &desk, lang).await {
                rendered += 1;
                let page = answer.text();
                assert!(page.contains(&format!("<html lang=\"{}\"", lang.code())), "{name}");
                assert!(!page.contains('⟨'), "{name} in {lang:?}: {page}");
                assert!(!page.contains("&lt;a ") && !page.contains("{{") && !page.contains("%}"), "{name}");
                if lang == Lang::Fr {
                    // Code is no French.
                    for text in words(&page).into_iter().filter(|t| !t.trim_start().starts_with("<iframe ")) {
                        assert_french_spacing(name, &text);
                    }
                }
            }
            let mails = json!({"lang": lang.code(), "langs": [], "mails": [], "site": {}, "nav": [], "alternates": [],
                "feeds": [], "metas": [], "title": "x"});
            let page = site.app.render.render("pages/mails.html", &mails).expect("it renders");
            assert!(!page.contains('⟨'), "{page}");
        }
        assert_eq!(rendered, 27);
    });
}

/// French sets U+202F (or U+00A0 before a colon, as some houses do) before high punctuation, never nothing and never
/// a space at which a line may break.
fn assert_french_spacing(page: &str, text: &str) {
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let ends = chars.peek().is_none_or(|next| next.is_whitespace());
        if matches!(c, ';' | ':' | '!' | '?') && ends && text.chars().count() > 1 {
            assert_eq!(before, Some('\u{202f}'), "{page}: {text:?} before {c:?}");
        }
        before = Some(c);
    }
}

#[test]
fn every_answer_comes_under_the_strict_policy() {
    on_one(On::Lite, &async |site: Site| {
        let desk = desk(&site).await;
        let mut answers: Vec<(String, HeaderMap, String)> = Vec::new();
        for lang in Lang::ALL {
            for (name, answer) in every_page(&site, &desk, lang).await {
                let text = answer.text();
                answers.push((name.to_owned(), answer.headers, text));
            }
        }
        for path in [
            "/".to_owned(),
            "/feeds/pentes.xml".to_owned(),
            "/sitemap.xml".to_owned(),
            "/robots.txt".to_owned(),
            "/oembed".to_owned(),
            "/api/v1/shows".to_owned(),
            "/api/v1/episodes/x".to_owned(),
            "/dev/mail".to_owned(),
            "/feeds/none.xml".to_owned(),
            site.app.assets.url("app.css"),
            format!("/media/episodes/{}/transcript.fr.vtt", shown(&desk.both)),
            "/api/v1/none/at/all".to_owned(),
        ] {
            let answer = site.get(&path).await;
            let text = if path.ends_with("css") { String::new() } else { answer.text() };
            answers.push((path, answer.headers, text));
        }
        let wrong_method = site.post("/fr/", &[]).await;
        answers.push(("a wrong method".to_owned(), wrong_method.headers.clone(), wrong_method.text()));
        for (name, headers, text) in answers {
            let get = |header: &str| headers.get(header).and_then(|v| v.to_str().ok()).unwrap_or_default();
            let policy = if name == "embed" {
                POLICY.replace("frame-ancestors 'self'", "frame-ancestors *")
            } else {
                POLICY.to_owned()
            };
            assert_eq!(get("content-security-policy"), policy, "{name}");
            assert_eq!(get("x-content-type-options"), "nosniff", "{name}");
            assert_eq!(get("referrer-policy"), "strict-origin-when-cross-origin", "{name}");
            assert!(!get("cache-control").is_empty(), "{name}");
            if get("content-type").starts_with("text/html") {
                assert_nothing_inline(&name, &text);
            }
        }
    });
}

fn assert_nothing_inline(name: &str, page: &str) {
    for (tag, attributes) in tags(page) {
        assert_ne!(tag, "style", "{name}");
        let data = value(&attributes, "type") == "application/ld+json";
        assert!(tag != "script" || data || value(&attributes, "src").starts_with("/assets/"), "{name}: {attributes:?}");
        for (attribute, value) in &attributes {
            assert!(attribute != "style" && !attribute.starts_with("on"), "{name}: {tag} {attribute}");
            assert!(!value.to_lowercase().trim_start().starts_with("javascript:"), "{name}: {tag} {value}");
        }
    }
}

#[test]
fn a_change_is_in_the_very_next_answer() {
    on_both(async |site| {
        let desk = desk(&site).await;
        let paths = [
            "/fr/".to_owned(),
            "/fr/shows/pentes".to_owned(),
            "/fr/shows/pentes/le-pont".to_owned(),
            format!("/fr/embed/{}", shown(&desk.both)),
            "/feeds/pentes.xml".to_owned(),
        ];
        let mut tags = Vec::new();
        for path in &paths {
            let first = site.get(path).await;
            let etag = first.header("etag");
            let again = site.get_with(path, &[("if-none-match", &etag)]).await;
            assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{path}");
            assert_eq!(again.header("etag"), etag, "{path}");
            tags.push(etag);
        }
        let verb = format!("/fr/studio/episodes/{}/texts", shown(&desk.both));
        let fields = [("text_lang", "fr"), ("title", "Le viaduc"), ("summary", ""), ("notes_md", "Nouveau.")];
        assert_eq!(site.post_as(&desk.editor, &verb, &fields).await.status, 303);
        for (path, etag) in paths.iter().zip(tags) {
            let after = site.get_with(path, &[("if-none-match", &etag)]).await;
            assert_eq!(after.status, 200, "{path}");
            assert!(after.text().contains("Le viaduc") && !after.text().contains("Le pont"), "{path}");
        }
        let verb = format!("/fr/studio/episodes/{}/unpublish", shown(&desk.both));
        assert_eq!(site.post_as(&desk.editor, &verb, &[]).await.status, 303);
        for path in &paths {
            let after = site.get(path).await;
            assert!(!after.text().contains("Le viaduc"), "{path}");
        }
    });
}

#[test]
fn pages_are_compressed_when_asked_and_private_when_signed_in() {
    on_one(On::Lite, &async |site: Site| {
        let desk = desk(&site).await;
        site.post_as(&desk.owner, "/fr/account/name", &[("name", "Maëlle Un"), ("lang", "fr")]).await;
        site.post_as(&desk.editor, "/fr/account/name", &[("name", "Odile Deux"), ("lang", "fr")]).await;
        let path = "/fr/shows/pentes/le-pont";
        for _ in 0..2 {
            for (who, name) in [(&desk.owner, "Maëlle Un"), (&desk.editor, "Odile Deux")] {
                let page = site.get_as(who, path).await;
                let text = page.text();
                assert!(text.contains(name), "{name}");
                assert_eq!(
                    text.contains("Maëlle Un") as u8 + text.contains("Odile Deux") as u8,
                    1,
                    "one person's header"
                );
                assert_eq!(page.header("cache-control"), "private, no-store");
                assert_eq!((page.header("etag"), page.header("content-encoding")), (String::new(), String::new()));
            }
            let page = site.get(path).await;
            assert!(!page.text().contains("Maëlle Un") && !page.text().contains("Odile Deux"));
            assert!(page.header("vary").contains("cookie") && page.header("vary").contains("accept-encoding"));
            assert_eq!(page.header("content-encoding"), "", "nobody asked for it");
            let stale = site.get_as(&Person { session: "gone".to_owned(), ..desk.owner.clone() }, path).await;
            assert_eq!(stale.body, page.body, "a session that is over is a visitor");
            for (asked, packed) in
                [("gzip", true), ("br, gzip;q=0.5", true), ("gzip;q=0", false), ("br", false), ("identity", false)]
            {
                let got = site.get_with(path, &[("accept-encoding", asked)]).await;
                assert_eq!(got.header("content-encoding") == "gzip", packed, "{asked}");
                assert_eq!(got.body.starts_with(&[0x1f, 0x8b]), packed, "{asked}");
            }
        }
    });
}

#[test]
fn pages_and_styles_stay_light() {
    on_one(On::Lite, &async |site: Site| {
        let editor = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let text = "Une phrase de longueur moyenne, comme on en dit à la radio le matin.";
        let mut draft: EpisodeDraft = desk::draft("Le pont");
        draft.chapters = (0..6).map(|n| chapter(n * 100, &format!("Chapitre {n}"))).collect();
        let episode = desk::episode(&site, &editor, &show, draft).await;
        let vtt: String = (0..16).map(|n| format!("\n00:{n:02}.000 --> 00:{n:02}.900\n<v Odile>{text}\n")).collect();
        let vtt = format!("WEBVTT\n{vtt}");
        let ctx = site.app.ctx(editor.actor.clone());
        write_tx!(site.app.db, |tx| uc::attach_transcript(tx, &ctx, episode.id, "fr", &vtt, true).await)
            .expect("a transcript");
        desk::schedule(&site, &editor, episode.id, When::Now).await;
        for path in ["/fr/", "/fr/shows/pentes", "/fr/shows/pentes/le-pont", "/fr/sign-in"] {
            let weight = site.get(path).await.body.len();
            assert!(weight < 30_000, "{path} weighs {weight} bytes");
        }
        let css = ["tokens.css", "app.css"].map(|name| site.app.assets.url(name));
        let mut total = 0;
        for url in css {
            let sheet = site.get(&url).await;
            assert_eq!(sheet.header("cache-control"), "public, max-age=31536000, immutable");
            total += sheet.body.len();
        }
        assert!(total <= 20_480, "the styles of public pages weigh {total} bytes");
    });
}

/// Ids, digests and secrets replaced by their kind, so that a snapshot shows what people see.
pub(crate) fn redact(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() || c == '_' || c == '-' {
            run.push(c);
            continue;
        }
        let hex = |n: usize| run.len() == n && run.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let mixed = run.bytes().any(|b| b.is_ascii_uppercase()) && run.bytes().any(|b| b.is_ascii_lowercase());
        let prefixed = ["ep_", "pd_", "im_", "sh_", "rh_", "ri_", "co_", "po_"]
            .iter()
            .find(|p| run.starts_with(*p) && run.len() == 16);
        if let Some(prefix) = prefixed {
            out.push_str(&format!("{prefix}ID"));
        } else if hex(12) || hex(64) {
            out.push_str("DIGEST");
        } else if run.len() >= 12 && run.bytes().all(|b| b.is_ascii_digit()) {
            out.push('N');
        } else if run.len() == 36 && run.matches('-').count() == 4 {
            out.push_str("UUID");
        } else if (run.len() == 43 || run.len() == 32) && mixed {
            out.push_str("SECRET");
        } else {
            // Numbers of people and organisations stand inside ids of fields.
            let parts: Vec<&str> = run.split('-').collect();
            let number = |p: &str| p.len() >= 12 && p.bytes().all(|b| b.is_ascii_digit());
            let parts: Vec<&str> = parts.into_iter().map(|p| if number(p) { "N" } else { p }).collect();
            out.push_str(&parts.join("-"));
        }
        run.clear();
        out.push(c);
    }
    out.pop();
    out
}

#[test]
fn pages_look_as_reviewed() {
    on_one(On::Lite, &async |site: Site| {
        let desk = desk(&site).await;
        for lang in Lang::ALL {
            for (name, answer) in every_page(&site, &desk, lang).await {
                insta::assert_snapshot!(format!("{name}_{}", lang.code()), redact(&answer.text()));
            }
        }
    });
}

#[test]
fn mails_read_as_reviewed() {
    let mailer = Mailer::new(traboule::app::texts(), MailConfig::Folder, std::path::PathBuf::new(), ORIGIN.to_owned());
    for lang in Lang::ALL {
        let mut all = String::new();
        for template in ["code", "verify", "reset", "invited"] {
            let task = MailTask {
                to: "odile@pentes.example".to_owned(),
                lang: lang.code().to_owned(),
                template: template.to_owned(),
                args: [("code".to_owned(), "012345".to_owned())].into(),
                stop: None,
            };
            let letter = mailer.letter(&task);
            assert!(!letter.subject.contains('⟨') && !letter.body.contains('⟨'), "{letter:?}");
            all.push_str(&format!("{}\n\n{}\n==\n", letter.subject, letter.body));
        }
        insta::assert_snapshot!(format!("mails_{}", lang.code()), all);
    }
}
