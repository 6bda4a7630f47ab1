//! Sharing: quotes, frames, through the real front.

use db::write_tx;
use it::{Answer, ORIGIN, Person, Site, desk, on_both, on_one};
use kernel::{Role, show_id};
use publish::model::{Chapter, EPISODE_PREFIX, Episode};
use publish::service::{self as uc, When};
use testkit::On;

const PAGE: &str = "/fr/shows/pentes/le-pont";
const SPOKEN: &str = "WEBVTT\n\n00:00:02.000 --> 00:00:04.500\n<v Odile>Qui garde la clé du pont ?\n\n\
                      00:00:04.600 --> 00:00:08.000\n<v Paul>Personne, depuis avril.\n\n\
                      00:12:34.000 --> 00:12:40.000\n<v Paul>Et la porte reste ouverte.\n";

/// A public episode with chapters and what is said in it.
async fn episode(site: &Site, vtt: &str) -> (Person, Episode) {
    let who = site.person("pentes", "odile@pentes.example", Role::Editor).await;
    let show = desk::show(site, &who, "pentes").await;
    let mut draft = desk::draft("Le pont");
    draft.slug = "le-pont".to_owned();
    draft.chapters = vec![Chapter {
        item: None,
        start_ms: 0,
        in_toc: true,
        image_id: None,
        titles: [("fr".to_owned(), "Début".to_owned())].into(),
        sources: vec![],
    }];
    let made = desk::episode(site, &who, &show, draft).await;
    let ctx = site.app.ctx(who.actor.clone());
    write_tx!(site.app.db, |tx| uc::attach_transcript(tx, &ctx, made.id, "fr", vtt, true).await).expect("a transcript");
    let made = desk::schedule(site, &who, made.id, When::Now).await;
    (who, made)
}

/// The value of an attribute on the first tag that holds `mark`.
fn value(page: &str, mark: &str, name: &str) -> String {
    let tag = page.split('<').find(|t| t.contains(mark)).unwrap_or_else(|| panic!("{mark} in {page}"));
    let (_, rest) = tag.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("{name} of {tag}"));
    rest.split('"').next().unwrap_or_default().replace("&#x2f;", "/").replace("&amp;", "&").replace("&#x27;", "'")
}

async fn quoted(site: &Site, asked: &str) -> Answer {
    site.get(&format!("{PAGE}/quote{asked}")).await
}

#[test]
fn a_passage_is_quoted_with_its_second_and_bad_seconds_find_the_nearest() {
    on_both(async |site| {
        episode(&site, SPOKEN).await;
        for (asked, first, start, to) in [
            ("?t=754&to=755", "Et la porte", 754, 755),
            ("?t=12:34", "Et la porte", 754, 755),
            ("?t=999999999", "Et la porte", 754, 755),
            ("?t=2&to=5", "Qui garde", 2, 5),
            ("?t=3", "Qui garde", 2, 3),
            ("?t=0", "Qui garde", 2, 3),
            ("?t=-7&to=x", "Qui garde", 2, 3),
            ("?t=%00%27%3Cscript%3E", "Qui garde", 2, 3),
            ("", "Qui garde", 2, 3),
        ] {
            let answer = quoted(&site, asked).await;
            assert_eq!(answer.status, 200, "{asked}");
            let page = answer.text();
            let quote =
                page.split_once("<blockquote").expect("a quote").1.split_once("</blockquote>").expect("its end").0;
            assert!(quote.contains(first), "{asked}: {quote}");
            assert_eq!(
                value(&page, "<blockquote".trim_start_matches('<'), "cite"),
                format!("{ORIGIN}{PAGE}#t={start}")
            );
            assert_eq!(
                value(&page, "\"og:url\"", "content"),
                format!("{ORIGIN}{PAGE}/quote?t={start}&to={to}"),
                "{asked}"
            );
            assert!(value(&page, "data-audio", "src").contains(&format!("#t={start},")), "{asked}");
            assert_eq!(value(&page, "rel=\"canonical\"", "href"), format!("{ORIGIN}{PAGE}"));
            assert!(value(&page, "name=\"robots\"", "content").starts_with("noindex"));
            assert!(value(&page, "\"og:description\"", "content").contains(first));
            assert!(
                page.contains(&format!("/quote?t={start}&amp;to={to}\" lang=\"en\""))
                    || page.contains("hreflang=\"en\"")
            );
        }
        let two = quoted(&site, "?t=2&to=5").await.text();
        assert!(two.contains("Odile\u{202f}: Qui garde"), "both voices are named in what is copied");
        assert!(two.contains(&format!("{ORIGIN}{PAGE}#t=2")));
        let page = site.get(PAGE).await.text();
        assert!(page.contains("id=\"t-2\"") && page.contains("id=\"t-754\""), "passages have places");
        assert!(
            page.contains("data-cue=\"754\"><a href=\"le-pont/quote?t=754\">"),
            "without scripts a time leads to its quotation"
        );
        // Kept without a question, and never under another one.
        let (a, b) = (quoted(&site, "").await, quoted(&site, "?t=754").await);
        assert!(a.text().contains("Qui garde") && b.text().contains("Et la porte"));
        assert!(quoted(&site, "").await.text().contains("Qui garde"));
        assert_eq!(format!("{}{}", a.header("set-cookie"), b.header("set-cookie")), "");
    });
}

#[test]
fn a_quotation_is_short_whatever_is_asked() {
    on_both(async |site| {
        let mut vtt = "WEBVTT\n".to_owned();
        for n in 0..300 {
            let (m, s) = (n / 60, n % 60);
            vtt.push_str(&format!("\n00:{m:02}:{s:02}.000 --> 00:{m:02}:{s:02}.900\nmot {n}\n"));
        }
        episode(&site, &vtt).await;
        let page = quoted(&site, "?t=10&to=999999").await.text();
        let quote = page.split_once("<blockquote").expect("a quote").1.split_once("</blockquote>").expect("its end").0;
        assert!(quote.contains("mot 10 ") && !quote.contains("mot 9 "), "{quote}");
        assert!(quote.chars().count() < 1_300, "{}", quote.len());
        assert!(!quote.contains("mot 190"), "no more than three minutes");
    });
}

#[test]
fn c4_what_is_not_public_is_not_quoted_framed_or_told() {
    on_both(async |site| {
        let (who, made) = episode(&site, SPOKEN).await;
        let id = show_id(EPISODE_PREFIX, made.id);
        let ways = [
            format!("{PAGE}/quote?t=2"),
            format!("{PAGE}/quote"),
            format!("/fr/embed/{id}?t=3"),
            format!("/oembed?url={ORIGIN}{PAGE}/quote%3Ft=3"),
            format!("/oembed?format=xml&url={ORIGIN}{PAGE}"),
        ];
        for way in &ways {
            assert_eq!(site.get(way).await.status, 200, "{way}");
        }
        let ctx = site.app.ctx(who.actor.clone());
        write_tx!(site.app.db, |tx| uc::unpublish(tx, &ctx, made.id).await).expect("off");
        let nothing = site.get("/fr/shows/pentes/nul/quote?t=2").await;
        for way in &ways {
            let answer = site.get(way).await;
            assert_eq!(answer.status, 404, "{way}");
            assert!(!answer.text().contains("clé"), "{way}");
        }
        assert_eq!(nothing.status, 404);
        // Nor is there anything to quote where nothing has a time.
        let show = desk::published(&site, &who, &read_show(&site).await, "Sans paroles").await;
        assert_eq!(site.get(&format!("/fr/shows/pentes/{}/quote?t=1", show.slug)).await.status, 404);
    });
}

async fn read_show(site: &Site) -> publish::model::Show {
    db::read_tx!(site.app.db, |tx| uc::find_show(tx, "pentes").await).expect("a show")
}

#[test]
fn a_frame_stands_at_its_second_and_may_stand_anywhere() {
    on_both(async |site| {
        let (_, made) = episode(&site, SPOKEN).await;
        let embed = format!("/fr/embed/{}", show_id(EPISODE_PREFIX, made.id));
        let (plain, at) = (site.get(&embed).await, site.get(&format!("{embed}?t=1")).await);
        for answer in [&plain, &at] {
            assert!(answer.header("content-security-policy").ends_with("frame-ancestors *"));
            assert_eq!(answer.header("set-cookie"), "");
            assert!(answer.text().contains("Début"), "chapters are there");
        }
        let length = value(&at.text(), "data-duration", "data-duration").parse::<i64>().expect("seconds");
        let start = 1.min(length);
        if start > 0 {
            assert!(value(&at.text(), "data-audio", "src").ends_with("#t=1"));
            assert_eq!(value(&at.text(), "data-back", "href"), format!("{ORIGIN}{PAGE}#t=1"));
        }
        assert!(!value(&plain.text(), "data-audio", "src").contains('#'));
        assert_eq!(value(&plain.text(), "data-back", "href"), format!("{ORIGIN}{PAGE}"));
        // Only frames may be framed.
        let policy = |answer: &Answer| answer.header("content-security-policy");
        for path in [PAGE.to_owned(), format!("{PAGE}/quote?t=2"), format!("{PAGE}/quote")] {
            assert!(policy(&site.get(&path).await).ends_with("frame-ancestors 'self'"), "{path}");
        }
        assert!(!value(&site.get(&format!("{embed}?t=99999")).await.text(), "data-audio", "src").contains("99999"));
    });
}

#[test]
fn oembed_answers_in_both_forms_for_every_address_of_an_episode() {
    on_both(async |site| {
        let (_, made) = episode(&site, SPOKEN).await;
        let embed = format!("{ORIGIN}/fr/embed/{}", show_id(EPISODE_PREFIX, made.id));
        for (about, src) in [
            (PAGE.to_owned(), embed.clone()),
            (format!("{PAGE}#t=75"), format!("{embed}?t=75")),
            (format!("{PAGE}?t=1:15"), format!("{embed}?t=75")),
            (format!("{PAGE}/quote?t=2&to=5"), format!("{embed}?t=2")),
        ] {
            let url: String = it::encode(&[("url", &format!("{ORIGIN}{about}"))]);
            let card = site.get(&format!("/oembed?{url}")).await.json();
            assert_eq!((&card["type"], &card["version"]), (&"rich".into(), &"1.0".into()));
            assert!(card["html"].as_str().is_some_and(|h| h.contains(&format!("src=\"{src}\""))), "{about}: {card}");
            assert!(card["cache_age"].as_i64().is_some_and(|s| s > 0));
            let small = site.get(&format!("/oembed?{url}&maxwidth=200&maxheight=120")).await.json();
            assert_eq!((small["width"].as_i64(), small["height"].as_i64()), (Some(200), Some(120)));
            assert!(small.get("thumbnail_url").is_none(), "a picture is no wider than what was asked: {small}");
            let xml = site.get(&format!("/oembed?{url}&format=xml")).await;
            assert!(xml.header("content-type").starts_with("text/xml"));
            let text = xml.text();
            assert!(text.contains("<type>rich</type>") && text.contains("<version>1.0</version>"), "{text}");
            assert!(text.contains("&lt;iframe src=&quot;"), "{text}");
        }
        for (asked, status) in [
            (format!("url={ORIGIN}{PAGE}&format=yaml"), 501),
            ("url=https://evil.example/fr/shows/pentes/le-pont".to_owned(), 404),
            (format!("url={ORIGIN}.evil.example{PAGE}&format=xml"), 404),
            (format!("url={ORIGIN}/fr/shows/pentes"), 404),
            (String::new(), 404),
        ] {
            assert_eq!(site.get(&format!("/oembed?{asked}")).await.status, status, "{asked}");
        }
        for path in [PAGE.to_owned(), format!("{PAGE}/quote?t=2")] {
            let page = site.get(&path).await.text();
            for (mime, status) in [("application/json+oembed", 200), ("text/xml+oembed", 200)] {
                let link = value(&page, mime, "href");
                assert_eq!(site.get(link.strip_prefix(ORIGIN).expect("ours")).await.status, status, "{link}");
            }
        }
    });
}

#[test]
fn c11_what_is_said_runs_nowhere_it_is_quoted() {
    on_both(async |site| {
        let attack = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'> ]]>";
        let coded = attack.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let vtt =
            format!("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Odile\" onx=1><b onclick=alert(3)>{coded}</b>\n");
        let (who, made) = episode(&site, &vtt).await;
        let ctx = site.app.ctx(who.actor.clone());
        let mut draft = desk::draft(attack);
        draft.slug = "le-pont".to_owned();
        let (_, full) = db::read_tx!(site.app.db, |tx| uc::desk_episode(tx, &who.actor, made.id).await).expect("read");
        let version = full.episode.version;
        write_tx!(site.app.db, |tx| uc::edit_episode(tx, &ctx, made.id, version, draft.clone()).await).expect("saved");
        for path in [
            format!("{PAGE}/quote?t=1"),
            format!("/fr/embed/{}?t=1", show_id(EPISODE_PREFIX, made.id)),
            PAGE.to_owned(),
        ] {
            let answer = site.get(&path).await;
            assert_eq!(answer.status, 200, "{path}");
            let page = answer.text();
            for bad in ["<script>", "<img src=x", "<b onclick", "onerror=alert(2)>\"", "Odile\" onx"] {
                assert!(!page.contains(bad), "{path} holds {bad}");
            }
        }
        let about = it::encode(&[("url", &format!("{ORIGIN}{PAGE}/quote?t=1"))]);
        let card = site.get(&format!("/oembed?{about}")).await.json();
        let html = card["html"].as_str().expect("html");
        assert_eq!(html.matches('<').count(), 2, "one element: {html}");
        let xml = site.get(&format!("/oembed?format=xml&{about}")).await.text();
        assert!(!xml.contains("<script") && !xml.contains("]]>"), "{xml}");
    });
}

#[test]
fn the_pages_of_a_quotation_are_as_they_were() {
    on_one(On::Lite, &async |site| {
        episode(&site, SPOKEN).await;
        for lang in ["fr", "en"] {
            let page = site.get(&format!("/{lang}/shows/pentes/le-pont/quote?t=2&to=5")).await.text();
            let main = page.split_once("<main").expect("main").1.split_once("</main>").expect("its end").0;
            let steady = crate::pages::redact(main);
            insta::assert_snapshot!(format!("quote_{lang}"), steady);
        }
    });
}
