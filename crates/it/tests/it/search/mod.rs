//! Search and the map for crawlers through the real front, on both engines.

mod others;

use std::collections::BTreeSet;

use db::{read_tx, write_tx};
use it::{Person, Site, desk, on_both};
use kernel::{Role, Sought};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRng, TestRunner};
use publish::model::{Episode, Show};
use publish::rules::search::Query;
use publish::service::{self as uc, SearchAsk, When};
use reach::{ActiveMeasures, Gate};

const VTT: &str = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v Ana>L’affiche est sur le mur,\n\n00:12:34.500 --> 00:12:36.000\n<v Ana>voici le vieux pont de pierre &amp; la gare.\n\n00:20:00.000 --> 00:20:02.000\n東京タワーへ行く\n";

async fn stage(site: &Site) -> (Person, Show) {
    let who = site.person("pentes", "editor@pentes.example", Role::Editor).await;
    let show = desk::show(site, &who, "pentes").await;
    (who, show)
}

async fn transcribed(site: &Site, who: &Person, episode: i64, vtt: &str) {
    let ctx = site.app.ctx(who.actor.clone());
    write_tx!(site.app.db, |tx| uc::attach_transcript(tx, &ctx, episode, "fr", vtt, true).await).expect("a transcript");
}

fn asked(typed: &str) -> String {
    url::form_urlencoded::byte_serialize(typed.as_bytes()).collect()
}

/// The titles found, in order.
async fn titles(site: &Site, typed: &str) -> Vec<String> {
    let ask = SearchAsk { query: Query::parse(typed), ..SearchAsk::default() };
    let now = site.app.now();
    let found = read_tx!(site.app.db, |tx| uc::search(tx, &ask, &Gate::new(&ActiveMeasures::from_log(0, []), now))
        .await)
    .expect("searched");
    found.hits.iter().map(|h| h.episode.text("fr", "fr").1.title.clone()).collect()
}

async fn drift(site: &Site) -> uc::Drift {
    read_tx!(site.app.db, |tx| uc::drift(tx).await).expect("compared")
}

#[test]
fn words_phrases_and_exclusions_find_with_and_without_accents() {
    on_both(async |site| {
        let (who, show) = stage(&site).await;
        let first = desk::published(&site, &who, &show, "Œuvres d’été").await;
        transcribed(&site, &who, first.id, VTT).await;
        desk::published(&site, &who, &show, "Le pont neuf").await;
        for (typed, expected) in [
            ("oeuvres ete", vec!["Œuvres d’été"]),
            ("ŒUVRES", vec!["Œuvres d’été"]),
            ("affiche", vec!["Œuvres d’été"]),
            ("l'affiche", vec!["Œuvres d’été"]),
            ("l’affiche", vec!["Œuvres d’été"]),
            ("pont", vec!["Le pont neuf", "Œuvres d’été"]),
            ("\"vieux pont\"", vec!["Œuvres d’été"]),
            ("\"pont vieux\"", vec![]),
            ("pont -pierre", vec!["Le pont neuf"]),
            ("pont -\"vieux pont\"", vec!["Le pont neuf"]),
            ("pier", vec!["Œuvres d’été"]),
            ("\"pier\"", vec![]),
            ("東京", vec!["Œuvres d’été"]),
            ("京東", vec![]),
            ("pont show:pentes", vec!["Le pont neuf", "Œuvres d’été"]),
            ("pont show:ailleurs", vec![]),
            ("-pont", vec![]),
        ] {
            assert_eq!(titles(&site, typed).await, expected, "{typed}");
        }
    });
}

#[test]
fn a_hit_begins_at_its_second() {
    on_both(async |site| {
        let (who, show) = stage(&site).await;
        let episode = desk::published(&site, &who, &show, "Un matin").await;
        transcribed(&site, &who, episode.id, VTT).await;
        let page = site.get(&format!("/fr/search?q={}", asked("pont pierre"))).await;
        assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, "public, no-cache".to_owned()));
        let text = page.text();
        assert!(text.contains("/fr/shows/pentes/un-matin#t-754\""), "{text}");
        assert!(text.contains("<mark>pont</mark>") && text.contains("<mark>pierre</mark> &amp; la gare"), "{text}");
        let shown = site.get("/fr/shows/pentes/un-matin").await.text();
        assert!(shown.contains("id=\"t-754\""), "the cue has its anchor");
        let api = site.get("/api/v1/search?q=gare").await.json();
        assert_eq!((&api["hits"][0]["at_seconds"], &api["hits"][0]["found_in"]), (&754.into(), &"transcript".into()));
    });
}

#[test]
fn c4_c7_what_is_hidden_is_not_found_and_what_comes_out_is_at_once() {
    on_both(async |site| {
        let (who, show) = stage(&site).await;
        let episode = desk::episode(&site, &who, &show, desk::draft("Zqsecret")).await;
        let found = async || titles(&site, "zqsecret").await.len();
        assert_eq!(found().await, 0, "a draft");
        desk::schedule(&site, &who, episode.id, When::At(site.app.now().plus_seconds(3600))).await;
        site.clock.advance(3599);
        assert_eq!(found().await, 0, "one second before");
        assert!(!site.get("/sitemap.xml").await.text().contains("episodes-1"));
        site.clock.advance(1);
        assert_eq!(found().await, 1, "at the instant");
        assert!(site.get("/fr/search?q=zqsecret").await.text().contains("/fr/shows/pentes/zqsecret"));
        assert!(site.get("/sitemap.xml").await.text().contains("/sitemaps/episodes-1.xml"));
        assert!(site.get("/sitemaps/news.xml").await.text().contains("<news:title>Zqsecret</news:title>"));
        let ctx = site.app.ctx(who.actor.clone());
        write_tx!(site.app.db, |tx| uc::unpublish(tx, &ctx, episode.id).await).expect("off");
        assert_eq!(found().await, 0, "taken off");
        assert_eq!(site.get("/sitemaps/episodes-1.xml").await.status, 404);
    });
}

#[test]
fn c11_hostile_queries_are_words() {
    on_both(async |site| {
        let (who, show) = stage(&site).await;
        desk::published(&site, &who, &show, "<script>alert(1)</script> pont").await;
        let long = "a".repeat(6_000);
        for typed in [
            "\" OR 1=1",
            "NEAR(",
            "*",
            "'; DROP TABLE publish_show; --",
            "a AND",
            "NOT",
            "\u{0}\u{7}pont",
            "{pont}:*",
            &long,
        ] {
            let page = site.get(&format!("/fr/search?q={}", asked(typed))).await;
            assert_eq!(page.status, 200, "{typed}");
        }
        let page = site.get(&format!("/fr/search?q={}", asked("<script>alert(1)</script>"))).await.text();
        assert!(!page.contains("<script>alert"), "{page}");
        assert!(page.contains("&lt;"));
    });
}

#[test]
fn sixty_searches_a_minute_are_enough() {
    on_both(async |site| {
        for _ in 0..60 {
            assert_eq!(site.get("/fr/search?q=pont").await.status, 200);
        }
        assert_eq!(site.get("/fr/search?q=pont").await.status, 429);
        assert_eq!(site.get("/api/v1/search?q=pont").await.status, 429);
        assert_eq!(site.get("/fr/search").await.status, 200, "the empty page costs nothing");
        site.clock.advance(61);
        assert_eq!(site.get("/fr/search?q=pont").await.status, 200);
    });
}

#[test]
fn pages_of_hits_stay_when_something_comes_out() {
    on_both(async |site| {
        let (who, show) = stage(&site).await;
        for n in 0..23 {
            desk::published(&site, &who, &show, &format!("Le pont {n}")).await;
            site.clock.advance(60);
        }
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let ask = SearchAsk { query: Query::parse("pont"), after, ..SearchAsk::default() };
            let now = site.app.now();
            let found =
                read_tx!(site.app.db, |tx| uc::search(tx, &ask, &Gate::new(&ActiveMeasures::from_log(0, []), now))
                    .await)
                .expect("searched");
            seen.extend(found.hits.iter().map(|h| h.episode.id));
            desk::published(&site, &who, &show, &format!("Le pont de {}", seen.len())).await;
            after = found.next;
            if after.is_none() {
                break;
            }
        }
        let different: BTreeSet<i64> = seen.iter().copied().collect();
        assert_eq!((seen.len(), different.len()), (23, 23));
    });
}

/// Whether texts answer a query, read word by word: what the index must say too.
fn answers(query: &Query, texts: &[String]) -> bool {
    let has = |sought: &Sought| {
        texts.iter().any(|text| {
            kernel::words(text).windows(sought.words.len()).any(|at| {
                let last = sought.words.len() - 1;
                at.iter().zip(&sought.words).enumerate().all(|(n, (word, wanted))| {
                    word == wanted || (sought.beginning && n == last && word.starts_with(wanted))
                })
            })
        })
    };
    !query.all.is_empty() && query.all.iter().all(has) && !query.none.iter().any(has)
}

fn words_of_few() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "pont",
        "Ponts",
        "l’été",
        "d'eau",
        "ville",
        "vieille",
        "東京",
        "京",
        "Œuvre",
        "rendez-vous",
        "n°",
        "12",
        "neuf",
    ]);
    prop::collection::vec(word, 1..6).prop_map(|words| words.join(" "))
}

fn queries() -> impl Strategy<Value = String> {
    let part = (words_of_few(), 0..4_u8).prop_map(|(words, how)| {
        let first = words.split(' ').next().unwrap_or_default().to_owned();
        match how {
            0 => format!("\"{words}\""),
            1 => format!("-{first}"),
            _ => first,
        }
    });
    prop::collection::vec(part, 1..4).prop_map(|parts| parts.join(" "))
}

#[test]
fn hits_are_those_of_a_reader_who_looks_at_every_word() {
    on_both(async |site| {
        let (who, show) = stage(&site).await;
        // A fixed seed: both engines are asked the same.
        let rng = TestRng::from_seed(prop::test_runner::RngAlgorithm::ChaCha, &[7; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let mut made: Vec<(Episode, Vec<String>)> = Vec::new();
        for n in 0..9 {
            let (title, said) = (words_of_few(), words_of_few());
            let title = format!("{} {n}", title.new_tree(&mut runner).expect("a title").current());
            let said = said.new_tree(&mut runner).expect("a text").current();
            let episode = desk::published(&site, &who, &show, &title).await;
            let vtt = format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{said}\n");
            transcribed(&site, &who, episode.id, &vtt).await;
            let text = episode.text("fr", "fr").1.clone();
            let notes = publish::text::html_to_text(&text.notes_html);
            made.push((episode, vec![text.title, text.summary, notes, said]));
        }
        for _ in 0..60 {
            let typed = queries().new_tree(&mut runner).expect("a query").current();
            let query = Query::parse(&typed);
            let now = site.app.now();
            let ask = SearchAsk { query: query.clone(), ..SearchAsk::default() };
            let found =
                read_tx!(site.app.db, |tx| uc::search(tx, &ask, &Gate::new(&ActiveMeasures::from_log(0, []), now))
                    .await)
                .expect("searched");
            let found: BTreeSet<i64> = found.hits.iter().map(|h| h.episode.id).collect();
            let expected = made.iter().filter(|(_, t)| answers(&query, t)).map(|(e, _)| e.id).collect::<BTreeSet<_>>();
            assert_eq!(found, expected, "{typed}");
        }
        assert_eq!(drift(&site).await, uc::Drift { episodes: 9, wrong: 0, gone: 0 });
    });
}

#[test]
fn the_index_is_mended_where_it_is_not_what_is_stored() {
    on_both(async |site| {
        let (who, show) = stage(&site).await;
        let episode = desk::published(&site, &who, &show, "Le pont").await;
        desk::published(&site, &who, &show, "La gare").await;
        write_tx!(site.app.db, |tx| {
            let sql = "UPDATE publish_episode_text SET title = 'Le canal' WHERE episode_id = $1";
            tx.run(sql, db::args![episode.id]).await?;
            let sql = "DELETE FROM publish_search WHERE episode_id <> $1";
            Ok(tx.run(sql, db::args![episode.id]).await?)
        })
        .expect("changed behind its back");
        assert_eq!(drift(&site).await.wrong, 2);
        assert!(titles(&site, "canal").await.is_empty());
        site.app.heal_index().await.expect("mended");
        assert_eq!(drift(&site).await, uc::Drift { episodes: 2, wrong: 0, gone: 0 });
        assert_eq!(titles(&site, "canal").await, ["Le canal"]);
    });
}

#[test]
fn a_transcript_of_twelve_hours_is_found_to_its_end() {
    on_both(async |site| {
        let (who, show) = stage(&site).await;
        let episode = desk::published(&site, &who, &show, "La nuit").await;
        let mut vtt = "WEBVTT\n".to_owned();
        for n in 0..8_000_u32 {
            let at = n * 5;
            let stamp = |s: u32| format!("{:02}:{:02}:{:02}.000", s / 3600, s / 60 % 60, s % 60);
            vtt.push_str(&format!(
                "\n{} --> {}\nmot{} parole{} de la nuit longue {n}\n",
                stamp(at),
                stamp(at + 5),
                n % 3000,
                n % 701
            ));
        }
        transcribed(&site, &who, episode.id, &vtt).await;
        assert_eq!(titles(&site, "\"longue 7999\"").await, ["La nuit"]);
        let api = site.get("/api/v1/search?q=%22longue+7999%22").await.json();
        assert_eq!(api["hits"][0]["at_seconds"], 39_995);
    });
}
