//! Files over HTTP: sound with ranges and conditions, pictures, transcripts, chapters; for everybody when public, for
//! the team before.

use std::collections::BTreeMap;

use axum::body::Body;
use db::write_tx;
use it::{Answer, ORIGIN, Person, SOUND, Site, desk, on_both, on_one, request};
use kernel::{Role, show_id};
use proptest::strategy::{Strategy as _, ValueTree as _};
use publish::model::{Chapter, EPISODE_PREFIX, Episode};
use publish::rules::check::EpisodeDraft;
use publish::service::{self as uc, When};
use testkit::On;

const VTT: &str = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n<v Odile>Bonjour <b>à</b> tous.\n";

fn path(site: &Site, episode: &Episode) -> String {
    let url = site.app.links.audio(episode.id, episode.audio.as_ref().expect("sound"));
    url.strip_prefix(ORIGIN).expect("ours").to_owned()
}

async fn published(site: &Site) -> (Person, Episode) {
    let editor = site.person("pentes", "odile@pentes.example", Role::Editor).await;
    let show = desk::show(site, &editor, "pentes").await;
    let episode = desk::published(site, &editor, &show, "Le pont").await;
    (editor, episode)
}

async fn head(site: &Site, path: &str, headers: &[(&str, &str)]) -> Answer {
    site.send(request("HEAD", path, None, headers, Body::empty())).await
}

/// Headers as a map, without those that say when.
fn told(answer: &Answer) -> BTreeMap<String, String> {
    let all = answer.headers.iter().filter(|(name, _)| *name != "date");
    all.map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned())).collect()
}

/// Headers of a request, the status, the bytes.
type Case = (Vec<(&'static str, String)>, (u16, std::ops::Range<usize>));

#[test]
fn c08_ranges_and_conditions_of_sound() {
    on_one(On::Lite, &async |site: Site| {
        let (_, episode) = published(&site).await;
        let path = path(&site, &episode);
        let size = SOUND.len();
        let whole = site.get(&path).await;
        assert_eq!((whole.status.as_u16(), &whole.body[..]), (200, SOUND));
        assert_eq!(whole.header("content-length"), size.to_string());
        assert_eq!(
            (whole.header("content-type").as_str(), whole.header("accept-ranges").as_str()),
            ("audio/mpeg", "bytes")
        );
        assert_eq!(whole.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(whole.header("access-control-allow-origin"), "*");
        let etag = whole.header("etag");
        assert!(etag.starts_with('"') && etag.len() > 20, "a strong tag: {etag}");
        let last = size - 1;
        let all = (200, 0..size);
        let cases: Vec<Case> = vec![
            (vec![("range", "bytes=0-0".into())], (206, 0..1)),
            (vec![("range", "bytes=0-1".into())], (206, 0..2)),
            (vec![("range", "bytes=500-".into())], (206, 500..size)),
            (vec![("range", "bytes=-500".into())], (206, size - 500..size)),
            (vec![("range", format!("bytes=0-{size}"))], (206, 0..size)),
            (vec![("range", format!("bytes={last}-{last}"))], (206, last..size)),
            (vec![("range", format!("bytes=-{}", size * 2))], (206, 0..size)),
            (vec![("range", format!("bytes={size}-"))], (416, 0..0)),
            (vec![("range", format!("bytes={}-{}", size + 5, size + 9))], (416, 0..0)),
            (vec![("range", "bytes=-0".into())], (416, 0..0)),
            (vec![("range", "bytes=9-5".into())], all.clone()),
            (vec![("range", "lines=0-5".into())], all.clone()),
            (vec![("range", "bytes=x-y".into())], all.clone()),
            (vec![("range", "bytes=0-1,4-5".into())], all.clone()),
            (vec![("range", "bytes=0-9".into()), ("if-range", etag.clone())], (206, 0..10)),
            (vec![("range", "bytes=0-9".into()), ("if-range", "\"other\"".into())], all.clone()),
            (vec![("range", "bytes=0-9".into()), ("if-range", format!("W/{etag}"))], all.clone()),
            (vec![("if-none-match", etag.clone())], (304, 0..0)),
            (vec![("if-none-match", format!("\"x\", W/{etag}"))], (304, 0..0)),
            (vec![("if-none-match", "\"x\"".into())], all.clone()),
            (vec![("if-none-match", etag.clone()), ("range", "bytes=0-9".into())], (304, 0..0)),
        ];
        for (headers, (status, bytes)) in cases {
            let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let got = site.get_with(&path, &headers).await;
            assert_eq!(got.status.as_u16(), status, "{headers:?}");
            if matches!(status, 200 | 206) {
                assert_eq!(&got.body[..], &SOUND[bytes.clone()], "{headers:?}");
                assert_eq!(got.header("content-length"), bytes.len().to_string(), "{headers:?}");
            } else if status == 304 {
                assert!(got.body.is_empty(), "{headers:?}");
                assert_eq!(got.header("etag"), etag, "{headers:?}");
            }
            match status {
                206 => {
                    assert_eq!(got.header("content-range"), format!("bytes {}-{}/{size}", bytes.start, bytes.end - 1))
                }
                416 => assert_eq!(got.header("content-range"), format!("bytes */{size}"), "{headers:?}"),
                _ => assert_eq!(got.header("content-range"), "", "{headers:?}"),
            }
            // HEAD takes no ranges (RFC 9110 §14.2): it is the whole file's, without a body.
            if !headers.iter().any(|(name, _)| *name == "range") {
                let without = head(&site, &path, &headers).await;
                assert_eq!((without.status, told(&without)), (got.status, told(&got)), "{headers:?}");
                assert!(without.body.is_empty(), "{headers:?}");
            }
        }
    });
}

#[test]
fn c08_random_pieces_make_the_file_again() {
    on_one(On::Lite, &async |site: Site| {
        let (_, episode) = published(&site).await;
        let path = path(&site, &episode);
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        for _ in 0..12 {
            let cuts = proptest::collection::btree_set(1..SOUND.len(), 1..8);
            let cuts = cuts.new_tree(&mut runner).expect("a tree").current();
            let mut joined = Vec::new();
            let mut from = 0;
            for to in cuts.into_iter().chain([SOUND.len()]) {
                let range = format!("bytes={from}-{}", to - 1);
                let got = site.get_with(&path, &[("range", &range)]).await;
                assert_eq!(got.status, 206, "{range}");
                joined.extend_from_slice(&got.body);
                from = to;
            }
            assert_eq!(joined, SOUND);
        }
    });
}

#[test]
fn c08_c09_the_tag_and_the_length_outlive_a_restart() {
    on_both(async |mut site| {
        let (_, episode) = published(&site).await;
        let path = path(&site, &episode);
        let before = told(&site.get(&path).await);
        let feed = site.get("/feeds/pentes.xml").await.text();
        assert!(feed.contains(&format!("length=\"{}\"", SOUND.len())) && feed.contains(&path), "{feed}");
        site.restart().await;
        let after = site.get(&path).await;
        assert_eq!(told(&after), before);
        assert_eq!(after.body, SOUND);
        assert_eq!(head(&site, &path, &[]).await.header("content-length"), SOUND.len().to_string());
    });
}

#[test]
fn files_of_a_draft_are_the_teams() {
    on_both(async |site| {
        let editor = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let chapter = Chapter {
            item: None,
            start_ms: 0,
            in_toc: true,
            image_id: None,
            titles: [("fr".to_owned(), "Début".to_owned())].into(),
            sources: Vec::new(),
        };
        let draft = EpisodeDraft { chapters: vec![chapter], ..desk::draft("Le secret") };
        let episode = desk::episode(&site, &editor, &show, draft).await;
        let ctx = site.app.ctx(editor.actor.clone());
        write_tx!(site.app.db, |tx| uc::attach_transcript(tx, &ctx, episode.id, "fr", VTT, true).await)
            .expect("a transcript");
        let id = show_id(EPISODE_PREFIX, episode.id);
        let file = |name: &str| format!("/media/episodes/{id}/{name}");
        let files: Vec<(String, &str)> = vec![
            (path(&site, &episode), "audio/mpeg"),
            (file("transcript.fr.vtt"), "text/vtt"),
            (file("transcript.fr.srt"), "application/x-subrip"),
            (file("transcript.fr.txt"), "text/plain"),
            (file("chapters.json"), "application/json+chapters"),
        ];
        for (path, _) in &files {
            for headers in [vec![], vec![("range", "bytes=0-1")], vec![("if-none-match", "*")]] {
                assert_eq!(site.get_with(path, &headers).await.status, 404, "{path} {headers:?}");
            }
            assert_eq!(head(&site, path, &[]).await.status, 404, "{path}");
            let own = site.get_as(&editor, path).await;
            assert_eq!(
                (own.status.as_u16(), own.header("cache-control").as_str()),
                (200, "private, no-store"),
                "{path}"
            );
        }
        desk::schedule(&site, &editor, episode.id, When::Now).await;
        for (path, mime) in &files {
            let got = site.get(path).await;
            assert_eq!(got.status, 200, "{path}");
            assert!(got.header("content-type").starts_with(mime), "{path}: {}", got.header("content-type"));
            assert!(got.header("cache-control").starts_with("public"), "{path}");
            assert_eq!(got.header("access-control-allow-origin"), "*", "{path}");
            assert_eq!(got.header("x-content-type-options"), "nosniff", "{path}");
            let etag = got.header("etag");
            assert_eq!(site.get_with(path, &[("if-none-match", &etag)]).await.status, 304, "{path}");
            let without = head(&site, path, &[]).await;
            assert_eq!((told(&without), without.body.len()), (told(&got), 0), "{path}");
        }
        assert!(site.get(&file("transcript.fr.txt")).await.text().contains("Bonjour à tous."));
        let chapters = site.get(&file("chapters.json")).await.json();
        assert_eq!((&chapters["version"], &chapters["chapters"][0]["title"]), (&"1.2.0".into(), &"Début".into()));
        for name in ["transcript.en.vtt", "transcript.fr.exe", "000000000000.mp3", "transcript.vtt", "chapters.xml"] {
            assert_eq!(site.get(&file(name)).await.status, 404, "{name}");
        }
        write_tx!(site.app.db, |tx| uc::unpublish(tx, &ctx, episode.id).await).expect("unpublished");
        for (path, _) in &files {
            assert_eq!(site.get(path).await.status, 404, "{path} after it was taken off");
        }
    });
}

/// An uncompressed PNG of one colour: small code, any size.
fn picture(side: u32) -> Vec<u8> {
    let crc = |bytes: &[u8]| {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 })
        })
    };
    let chunk = |kind: &[u8], data: &[u8]| {
        let body = [kind, data].concat();
        let size = u32::try_from(data.len()).expect("small").to_be_bytes();
        [&size[..], &body[..], &crc(&body).to_be_bytes()[..]].concat()
    };
    let row = [vec![0], vec![0x7F; side as usize * 3]].concat();
    let raw = row.repeat(side as usize);
    let mut packed = vec![0x78, 0x01];
    let blocks: Vec<&[u8]> = raw.chunks(65_535).collect();
    for (n, block) in blocks.iter().enumerate() {
        let size = u16::try_from(block.len()).expect("a block");
        packed.push(u8::from(n + 1 == blocks.len()));
        packed.extend(size.to_le_bytes());
        packed.extend((!size).to_le_bytes());
        packed.extend_from_slice(block);
    }
    let (a, b) =
        raw.iter().fold((1_u32, 0_u32), |(a, b), x| ((a + u32::from(*x)) % 65_521, (a + u32::from(*x) + b) % 65_521));
    packed.extend(((b << 16) | a).to_be_bytes());
    let shape = [&side.to_be_bytes()[..], &side.to_be_bytes()[..], &[8, 2, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &shape), chunk(b"IDAT", &packed), chunk(b"IEND", &[])].concat()
}

#[test]
fn pictures_are_served_in_every_size_once_public() {
    on_one(On::Lite, &async |site: Site| {
        let editor = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let episode = desk::episode(&site, &editor, &show, desk::draft("Le pont")).await;
        let ctx = site.app.ctx(editor.actor.clone());
        let original = picture(600);
        let stored =
            traboule::pages::uploads::store_picture(&site.app, original.clone().into()).await.expect("a picture");
        let image =
            write_tx!(site.app.db, |tx| uc::set_episode_cover(tx, &ctx, episode.id, &stored).await).expect("a cover");
        let at = |file: &str| format!("/media/images/{}/{file}", show_id(publish::model::IMAGE_PREFIX, image.id));
        let files = [("original.png", "image/png"), ("small.jpg", "image/jpeg"), ("card.jpg", "image/jpeg")];
        for (file, _) in files {
            assert_eq!(site.get(&at(file)).await.status, 404, "{file} of a draft");
        }
        desk::schedule(&site, &editor, episode.id, When::Now).await;
        for (file, mime) in files {
            let got = site.get(&at(file)).await;
            assert_eq!((got.status.as_u16(), got.header("content-type").as_str()), (200, mime), "{file}");
            assert_eq!(got.header("content-length"), got.body.len().to_string());
            let without = head(&site, &at(file), &[]).await;
            assert_eq!((told(&without), without.body.len()), (told(&got), 0), "{file}");
            assert_eq!(site.get_with(&at(file), &[("range", "bytes=0-3")]).await.body, got.body[..4], "{file}");
        }
        assert_eq!(site.get(&at("original.png")).await.body, original);
        for file in ["original.jpg", "original.svg", "../small.jpg", "small.png"] {
            assert_eq!(site.get(&at(file)).await.status, 404, "{file}");
        }
    });
}
