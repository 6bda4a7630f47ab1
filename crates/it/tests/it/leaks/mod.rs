//! Nothing unpublished leaks (c4). Words that stand nowhere else are planted in what is hidden; then everything a visitor can
//! ask for is asked for: every public route, in both languages, with the ids and names of hidden things too, and every address
//! found in any answer. A new table plants its words in a function of its own, called by [`plant`]; a new public route needs a
//! line in [`ways`], or the first test here fails.

mod audience;
mod clips;
mod comments;
mod decided;
mod feed;
mod log;
mod members;
mod moderation;
pub(crate) mod posts;
mod search;
mod sharing;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::body::Body;
use db::{args, write_tx};
use it::{Answer, ORIGIN, Person, Site, desk, on_both, on_one, request};
use kernel::{Role, show_id};
use publish::model::{
    Chapter, Credit, EPISODE_PREFIX, EXCERPT_PREFIX, Episode, IMAGE_PREFIX, SHOW_PREFIX, Show, Source, SourceKind,
};
use publish::rules::check::EpisodeDraft;
use publish::service::{self as uc, When};
use testkit::On;
use traboule::http::ROUTES;

/// A public route and the addresses to ask of it.
type Way = (&'static str, &'static str, Vec<String>);

/// A hidden episode and where guessers would look for it.
struct Hidden {
    word: &'static str,
    episode: Episode,
    image: i64,
}

/// What stands on the site.
struct Plant {
    who: Person,
    show: Show,
    public: Episode,
    hidden: Vec<Hidden>,
    /// Posts that nobody may see, and their public twins.
    posts: Vec<posts::Planted>,
    /// Every word that must not be seen.
    words: Vec<String>,
}

/// An episode whose every text carries a word.
fn draft(word: &str, image: i64) -> EpisodeDraft {
    let mut draft = desk::draft(&format!("Titre {word}"));
    draft.slug = format!("nom-{word}");
    let text = draft.texts.get_mut("fr").expect("French");
    text.summary = format!("Résumé {word}");
    text.notes_md = Some(format!("Notes {word} [lien](https://{word}.example/)"));
    text.cover_alt = format!("Image {word}");
    let english = publish::model::EpisodeText { title: format!("Title {word}"), ..text.clone() };
    draft.texts.insert("en".to_owned(), english);
    let source = |kind| Source {
        kind,
        title: format!("Source {word}"),
        url: format!("https://source.example/{word}"),
        seen_on: Some("2026-11-20".to_owned()),
    };
    draft.chapters = vec![Chapter {
        item: None,
        start_ms: 0,
        in_toc: true,
        image_id: Some(image),
        titles: [("fr".to_owned(), format!("Chapitre {word}")), ("en".to_owned(), format!("Chapter {word}"))].into(),
        sources: vec![source(SourceKind::Link), source(SourceKind::Video)],
    }];
    draft.credits = vec![Credit {
        name: format!("Personne {word}"),
        role: "host".to_owned(),
        team: "cast".to_owned(),
        href: Some(format!("https://personne.example/{word}")),
        bio_fr: format!("Vie {word}"),
        bio_en: format!("Life {word}"),
    }];
    draft
}

/// A picture only this episode uses: its blob is its own.
async fn picture(site: &Site, who: &Person, word: &str) -> i64 {
    let ctx = site.app.ctx(who.actor.clone());
    let mut names = Vec::new();
    for part in ["original", "small", "card"] {
        let bytes = format!("{word} {part}").into_bytes();
        names.push(site.app.blobs.put(bytes.into()).await.expect("stored").as_str().to_owned());
    }
    let [blob, small_blob, card_blob] = <[String; 3]>::try_from(names).expect("three");
    let file =
        uc::PictureFile { blob, mime: "image/png".to_owned(), size: (1400, 1400), small_blob, card_blob, bytes: 3 };
    write_tx!(site.app.db, |tx| uc::add_image(tx, &ctx, who.org, &file).await).expect("a picture").id
}

/// An episode with every part there is, still a draft.
async fn whole(site: &Site, who: &Person, show: &Show, word: &'static str) -> Hidden {
    let image = picture(site, who, word).await;
    let made = desk::episode(site, who, show, draft(word, image)).await;
    let ctx = site.app.ctx(who.actor.clone());
    let vtt = format!("WEBVTT\n\n00:00.000 --> 00:01.000\n<v {word}>Paroles {word}\n");
    let cover = uc::PictureFile {
        blob: kernel::sha256_hex(format!("{word} cover").as_bytes()),
        mime: "image/png".to_owned(),
        size: (1400, 1400),
        small_blob: kernel::sha256_hex(format!("{word} cover small").as_bytes()),
        card_blob: kernel::sha256_hex(format!("{word} cover card").as_bytes()),
        bytes: 3,
    };
    // The sound's tags, its own bytes, and files elsewhere.
    let sound = site.app.blobs.put(format!("{word} sound").into_bytes().into()).await.expect("stored");
    write_tx!(site.app.db, |tx| {
        uc::attach_transcript(tx, &ctx, made.id, "fr", &vtt, true).await?;
        uc::set_episode_cover(tx, &ctx, made.id, &cover).await?;
        let sql = "UPDATE publish_audio SET tags = $1, blob = $2, size = $3 WHERE episode_id = $4";
        let tags = format!("{{\"title\": \"{word}\", \"origin\": \"https://origin.example/{word}\"}}");
        let size = i64::try_from(format!("{word} sound").len()).unwrap_or(0);
        tx.run(sql, args![tags, sound.as_str(), size, made.id]).await?;
        let sql = "INSERT INTO publish_remote_file (episode_id, rank, purpose, url, mime) VALUES ($1, 0, 'transcript', $2, 'text/vtt')";
        Ok(tx.run(sql, args![made.id, format!("https://ailleurs.example/{word}.vtt")]).await?)
    })
    .expect("whole");
    let (_, full) = db::read_tx!(site.app.db, |tx| uc::desk_episode(tx, &who.actor, made.id).await).expect("read");
    Hidden { word, episode: full.episode, image }
}

/// A draft, one that waits for its hour, and one that was taken off.
async fn plant_episodes(site: &Site, who: &Person, show: &Show) -> Vec<Hidden> {
    let draft = whole(site, who, show, "zqbrouillon").await;
    let waiting = whole(site, who, show, "zqprogramme").await;
    desk::schedule(site, who, waiting.episode.id, When::At(site.app.now().plus_seconds(3600))).await;
    let gone = whole(site, who, show, "zqretire").await;
    desk::schedule(site, who, gone.episode.id, When::Now).await;
    let ctx = site.app.ctx(who.actor.clone());
    write_tx!(site.app.db, |tx| uc::unpublish(tx, &ctx, gone.episode.id).await).expect("off");
    vec![draft, waiting, gone]
}

/// People of the team: their addresses and the names of their tokens are nobody's business.
async fn plant_people(site: &Site) -> Vec<String> {
    let other = site.person("pentes", "zqadresse@pentes.example", Role::Agent).await;
    let ctx = site.app.ctx(other.actor.clone());
    let made = write_tx!(site.app.db, |tx| {
        accounts::service::create_token(tx, &ctx, other.org, "zqjeton", &kernel::TokenScope::ALL, 9).await
    });
    vec!["zqadresse".to_owned(), "zqjeton".to_owned(), made.expect("a token").secret.to_lowercase()]
}

/// A row in every other table, hanging on a draft: rundowns, history, unsaved work, comments kept, and what is still to come.
async fn plant_rest(site: &Site, draft: &Episode) -> Vec<String> {
    let left = crate::moving::fill(site, draft.id, "zqreste").await;
    assert!(left.is_empty(), "every table has a row: {left:?}");
    // What stands in the public log is public: these rows would be shown, and rightly.
    for table in ["tlog_cosignature", "tlog_witness", "tlog_pending"] {
        let sql = format!("DELETE FROM {table}");
        write_tx!(site.app.db, |tx| Ok(tx.run(&sql, args![]).await?)).expect("no such row");
    }
    vec!["zqreste".to_owned()]
}

/// Everything that is hidden, each kind by a function of its own.
async fn plant(site: &Site) -> Plant {
    let who = site.person("pentes", "zqredaction@pentes.example", Role::Editor).await;
    let show = desk::show(site, &who, "pentes").await;
    let public = desk::published(site, &who, &show, "Le pont").await;
    let hidden = plant_episodes(site, &who, &show).await;
    let mut words = vec!["zqredaction".to_owned()];
    words.extend(hidden.iter().map(|h| h.word.to_owned()));
    words.extend(plant_people(site).await);
    let (posts, planted) = posts::plant_all(site, &who).await;
    words.extend(planted);
    words.extend(plant_rest(site, &hidden[0].episode).await);
    Plant { who, show, public, hidden, posts, words }
}

/// The addresses to ask of each public route, with the names of hidden things where names go.
fn ways(plant: &Plant) -> BTreeMap<(&'static str, &'static str), Vec<String>> {
    let episodes: Vec<&Episode> = plant.hidden.iter().map(|h| &h.episode).chain([&plant.public]).collect();
    let ids: Vec<String> = episodes.iter().map(|e| show_id(EPISODE_PREFIX, e.id)).collect();
    let in_both = |path: &str| vec![format!("/fr{path}"), format!("/en{path}")];
    let each = |make: &dyn Fn(usize) -> Vec<String>| (0..episodes.len()).flat_map(make).collect::<Vec<String>>();
    let sound = |n: usize| {
        let audio = episodes[n].audio.as_ref().expect("sound");
        let publish::model::AudioPlace::Local(blob) = &audio.place else { panic!("sound is here") };
        blob.get(..12).unwrap_or_default().to_owned()
    };
    let mut ways = BTreeMap::new();
    let mut way = |method: &'static str, route: &'static str, paths: Vec<String>| {
        assert!(ways.insert((method, route), paths).is_none(), "{method} {route} stands here twice");
    };
    way("GET", "/", vec!["/".to_owned(), "/fr".to_owned(), "/xx/".to_owned()]);
    way("GET", "/{lang}/", in_both("/"));
    way("GET", "/{lang}/api", in_both("/api"));
    way("GET", "/{lang}/shows/{show}", {
        let mut paths = in_both("/shows/pentes");
        let cursors = [i64::MAX.to_string(), plant.hidden[1].episode.id.to_string()];
        paths.extend(cursors.iter().map(|c| format!("/fr/shows/pentes?after={c}.{c}")));
        paths
    });
    way("GET", "/{lang}/shows/{show}/{episode}", each(&|n| in_both(&format!("/shows/pentes/{}", episodes[n].slug))));
    way("GET", "/{lang}/embed/{id}", each(&|n| in_both(&format!("/embed/{}", ids[n]))));
    way("GET", "/feeds/{file}", ["xml", "atom", "json", "opml"].map(|f| format!("/feeds/pentes.{f}")).to_vec());
    way("GET", "/feeds.opml", vec!["/feeds.opml".to_owned()]);
    way(
        "GET",
        "/media/episodes/{id}/{file}",
        each(&|n| {
            let mut files = vec![
                "chapters.json".to_owned(),
                format!("{}.mp3", sound(n)),
                format!("{}.m4a", sound(n)),
                "0.mp3".to_owned(),
            ];
            files
                .extend(["vtt", "srt", "txt"].iter().flat_map(|f| ["fr", "en"].map(|l| format!("transcript.{l}.{f}"))));
            files.iter().map(|file| format!("/media/episodes/{}/{file}", ids[n])).collect()
        }),
    );
    way("GET", "/media/images/{id}/{file}", {
        let covers = episodes.iter().filter_map(|e| e.cover.as_ref().map(|i| i.id));
        let images = covers.chain(plant.hidden.iter().map(|h| h.image));
        let names = ["small.jpg", "card.jpg", "original.png", "original.jpg"];
        images.flat_map(|i| names.map(|n| format!("/media/images/{}/{n}", show_id(IMAGE_PREFIX, i)))).collect()
    });
    way("GET", "/{lang}/pages/{slug}", in_both("/pages/brouillon"));
    way("GET", "/theme/{file}", vec!["/theme/0a5a4a-000000000000.css".to_owned()]);
    way("GET", "/api/v1/pages", vec!["/api/v1/pages".to_owned()]);
    way("GET", "/media/excerpts/{id}/{file}", {
        let id = show_id(EXCERPT_PREFIX, 1);
        let blob = kernel::sha256_hex(b"zqreste");
        vec![format!("/media/excerpts/{id}/{}.mp3", &blob[..12]), format!("/media/excerpts/{id}/zqreste.mp3")]
    });
    way("OPTIONS", "/uploads", vec!["/uploads".to_owned()]);
    way("GET", "/assets/{file}", vec!["/assets/app.css".to_owned()]);
    way(
        "GET",
        "/oembed",
        each(&|n| {
            ["fr", "en"]
                .map(|l| {
                    format!(
                        "/oembed?format=json&url=https%3A%2F%2Fsite.example%2F{l}%2Fshows%2Fpentes%2F{}",
                        episodes[n].slug
                    )
                })
                .to_vec()
        }),
    );
    for path in ["/sitemap.xml", "/robots.txt", "/source.tar.gz", "/api/v1/shows", "/api/v1/openapi.json"] {
        way("GET", path, vec![path.to_owned()]);
    }
    way("GET", "/api/v1/shows/{id}/episodes", {
        let id = show_id(SHOW_PREFIX, plant.show.id);
        vec![format!("/api/v1/shows/{id}/episodes"), format!("/api/v1/shows/{id}/episodes?after=9999999999999999.1")]
    });
    way("GET", "/api/v1/episodes/{id}", each(&|n| vec![format!("/api/v1/episodes/{}", ids[n])]));
    // What a link shows is for whoever holds it; without it there is nothing.
    way("GET", "/{lang}/approve/{token}", in_both("/approve/zqautre"));
    way("POST", "/{lang}/approve/{token}", in_both("/approve/zqautre"));
    way("GET", "/approve/{token}/{file}", vec!["/approve/zqautre/sound".to_owned()]);
    way("GET", "/{lang}/sign-in", in_both("/sign-in"));
    way("GET", "/{lang}/sign-in/reset", in_both("/sign-in/reset"));
    for route in
        ["/{lang}/sign-in/password", "/{lang}/sign-in/code", "/{lang}/sign-in/code/finish", "/{lang}/sign-in/reset"]
    {
        way("POST", route, in_both(route.trim_start_matches("/{lang}")));
    }
    way("POST", "/{lang}/sign-in/reset/finish", in_both("/sign-in/reset/finish"));
    way("POST", "/sign-in/passkey/begin", vec!["/sign-in/passkey/begin".to_owned()]);
    way("POST", "/sign-in/passkey/finish", vec!["/sign-in/passkey/finish".to_owned()]);
    let families = [
        comments::ways,
        moderation::ways,
        audience::ways,
        search::ways,
        sharing::ways,
        log::ways,
        members::ways,
        posts::ways,
        clips::ways,
        feed::ways,
    ];
    for (method, route, paths) in families.iter().flat_map(|of| of(plant)) {
        way(method, route, paths);
    }
    ways
}

/// Every address of this site that stands in a text, in any of the ways addresses are written.
fn addresses(text: &str) -> BTreeSet<String> {
    let plain = text.replace("&amp;", "&").replace("\\/", "/").replace("&#x2f;", "/");
    let mut out = BTreeSet::new();
    let end = |rest: &str| {
        let stop = |c: char| c.is_whitespace() || "\"'<>\\`|^{}]),".contains(c);
        rest.find(stop).unwrap_or(rest.len())
    };
    for (at, _) in plain.match_indices(ORIGIN) {
        let rest = &plain[at + ORIGIN.len()..];
        if rest.starts_with('/') {
            out.insert(rest[..end(rest)].to_owned());
        }
    }
    for quote in ["\"/", "'/"] {
        for (at, _) in plain.match_indices(quote) {
            let rest = &plain[at + 1..];
            if !rest.starts_with("//") {
                out.insert(rest[..end(rest)].to_owned());
            }
        }
    }
    out.into_iter().map(|a| a.split('#').next().unwrap_or_default().to_owned()).filter(|a| a.starts_with('/')).collect()
}

/// A walk over everything the site names, each address once.
pub(crate) struct Walk {
    known: BTreeSet<String>,
    queue: VecDeque<String>,
    most: usize,
}

impl Walk {
    /// Begins at some paths and asks `most` at most.
    pub(crate) fn new(seeds: impl IntoIterator<Item = String>, most: usize) -> Self {
        Self { known: BTreeSet::new(), queue: seeds.into_iter().collect(), most }
    }

    /// The next path to ask.
    pub(crate) fn next(&mut self) -> Option<String> {
        while let Some(path) = self.queue.pop_front() {
            if self.known.len() < self.most && self.known.insert(path.clone()) {
                return Some(path);
            }
        }
        None
    }

    /// What an answer names is asked too; not the mirror of what was asked for.
    pub(crate) fn learn(&mut self, answer: &Answer) {
        if answer.status == 404 {
            return;
        }
        let location = answer.header("location").replace(ORIGIN, "");
        self.queue.extend(addresses(&answer.text()));
        self.queue.extend([location].into_iter().filter(|l| l.starts_with('/')));
    }
}

/// Where each word was seen: word and address.
type Sightings = BTreeSet<(String, String)>;

fn look(plant: &Plant, path: &str, answer: &Answer, seen: &mut Sightings) {
    let mut all = String::from_utf8_lossy(&answer.body).into_owned();
    // What was asked for may be said back: a page's links to its other language hold the path.
    let bare = path.split('?').next().unwrap_or_default();
    for lang in ["fr", "en"] {
        if let Some(rest) = bare.strip_prefix("/fr/").or_else(|| bare.strip_prefix("/en/"))
            && (answer.status == 404 || answer.status == 410)
        {
            all = all.replace(&format!("/{lang}/{rest}"), "");
        }
    }
    for (name, value) in &answer.headers {
        all.push_str(&format!("\n{name}: {}", value.to_str().unwrap_or_default()));
    }
    let mut all = all.to_lowercase();
    // The page of a tag names the tag that was asked for, whether anything carries it or not.
    if let Some((_, tag)) = bare.split_once("/tags/") {
        all = all.replace(tag.split('.').next().unwrap_or_default(), "");
    }
    for word in plant.words.iter().filter(|word| all.contains(word.as_str())) {
        seen.insert((word.clone(), path.to_owned()));
    }
}

/// Asks for everything; gives where which word was seen.
async fn crawl(site: &Site, plant: &Plant) -> Sightings {
    let mut seen = Sightings::new();
    let mut queue: Vec<String> = Vec::new();
    for ((method, _), paths) in ways(plant) {
        for path in paths {
            if method == "GET" {
                queue.push(path);
            } else {
                let answer = match method {
                    "POST" => site.post(&path, &[]).await,
                    other => site.send(request(other, &path, None, &[], Body::empty())).await,
                };
                look(plant, &path, &answer, &mut seen);
            }
        }
    }
    let mut walk = Walk::new(queue, 3_000);
    while let Some(path) = walk.next() {
        let answer = site.get(&path).await;
        assert!(answer.status != 500 && answer.status != 503, "{path}: {}", answer.status);
        look(plant, &path, &answer, &mut seen);
        walk.learn(&answer);
    }
    assert!(walk.known.len() > 60, "the crawler went around: {}", walk.known.len());
    seen
}

#[test]
fn c4_every_public_route_is_crawled() {
    on_one(On::Lite, &async |site: Site| {
        let plant = plant(&site).await;
        let ways: BTreeSet<(&str, &str)> = ways(&plant).into_keys().collect();
        let routes: BTreeSet<(&str, &str)> =
            ROUTES.iter().filter(|r| r.who == "public").map(|r| (r.method, r.path)).collect();
        assert_eq!(ways, routes);
    });
}

#[test]
fn addresses_are_found_however_they_are_written() {
    let text = r#"<a href="/fr/x?a=1&amp;b=2#y"> {"u":"https:\/\/site.example\/z"} https://site.example/q, '/w' "//else/" "https://other.example/n""#;
    let found: Vec<String> = addresses(text).into_iter().collect();
    assert_eq!(found, ["/fr/x?a=1&b=2", "/q", "/w", "/z"]);
}

#[test]
fn c4_nothing_hidden_is_seen_anywhere_before_or_after() {
    on_both(async |site| {
        let plant = plant(&site).await;
        // Caches cold, then warm.
        for round in ["cold", "warm"] {
            assert_eq!(crawl(&site, &plant).await, Sightings::new(), "{round}");
        }
        // The hour of the one that waits: the same crawler finds it on every surface, so it would have found a leak.
        site.clock.advance(3600);
        site.work().await;
        let seen = crawl(&site, &plant).await;
        let waiting = &plant.hidden[1];
        let on: Vec<&str> =
            seen.iter().filter(|(word, _)| word == waiting.word).map(|(_, path)| path.as_str()).collect();
        let id = show_id(EPISODE_PREFIX, waiting.episode.id);
        let slug = &waiting.episode.slug;
        for path in [
            "/fr/".to_owned(),
            "/en/shows/pentes".to_owned(),
            format!("/fr/shows/pentes/{slug}"),
            format!("/en/shows/pentes/{slug}"),
            format!("/fr/embed/{id}"),
            "/feeds/pentes.xml".to_owned(),
            "/feeds/pentes.atom".to_owned(),
            "/feeds/pentes.json".to_owned(),
            "/sitemaps/episodes-1.xml".to_owned(),
            "/sitemaps/news.xml".to_owned(),
            "/fr/search?q=titre".to_owned(),
            "/api/v1/search?q=titre".to_owned(),
            format!("/api/v1/episodes/{id}"),
            format!("/api/v1/shows/{}/episodes", show_id(SHOW_PREFIX, plant.show.id)),
            format!("/media/episodes/{id}/chapters.json"),
            format!("/media/episodes/{id}/transcript.fr.vtt"),
            format!("/media/images/{}/original.png", show_id(IMAGE_PREFIX, waiting.image)),
        ] {
            assert!(on.contains(&path.as_str()), "{path} shows what is public: {on:?}");
        }
        assert!(on.iter().any(|p| p.starts_with("/oembed")), "{on:?}");
        assert!(on.iter().any(|p| p.ends_with(".mp3")), "the sound: {on:?}");
        let others: Vec<_> = seen.iter().filter(|(word, _)| word != waiting.word).collect();
        assert!(others.is_empty(), "{others:?}");
        // Taken off with every cache warm.
        let ctx = site.app.ctx(plant.who.actor.clone());
        write_tx!(site.app.db, |tx| uc::unpublish(tx, &ctx, waiting.episode.id).await).expect("off");
        assert_eq!(crawl(&site, &plant).await, Sightings::new(), "after it was taken off");
    });
}

#[test]
fn c4_what_is_hidden_answers_like_what_does_not_exist() {
    on_both(async |site| {
        let plant = plant(&site).await;
        let nothing = show_id(EPISODE_PREFIX, 1);
        for hidden in &plant.hidden {
            let id = show_id(EPISODE_PREFIX, hidden.episode.id);
            let publish::model::AudioPlace::Local(blob) = &hidden.episode.audio.as_ref().expect("sound").place else {
                panic!("sound is here")
            };
            let sound = format!("{}.mp3", &blob[..12]);
            let image = show_id(IMAGE_PREFIX, hidden.image);
            let pairs = [
                (format!("/fr/shows/pentes/{}", hidden.episode.slug), "/fr/shows/pentes/rien".to_owned()),
                (format!("/en/embed/{id}"), format!("/en/embed/{nothing}")),
                (format!("/media/episodes/{id}/{sound}"), format!("/media/episodes/{nothing}/{sound}")),
                (
                    format!("/media/episodes/{id}/transcript.fr.vtt"),
                    format!("/media/episodes/{nothing}/transcript.fr.vtt"),
                ),
                (format!("/media/episodes/{id}/chapters.json"), format!("/media/episodes/{nothing}/chapters.json")),
                (
                    format!("/media/images/{image}/small.jpg"),
                    format!("/media/images/{}/small.jpg", show_id(IMAGE_PREFIX, 1)),
                ),
                (format!("/api/v1/episodes/{id}"), format!("/api/v1/episodes/{nothing}")),
            ];
            for (asked, unknown) in pairs {
                for method in ["GET", "HEAD"] {
                    for condition in [("if-none-match", "*"), ("range", "bytes=0-0"), ("accept", "*/*")] {
                        let one = site.send(request(method, &asked, None, &[condition], Body::empty())).await;
                        let other = site.send(request(method, &unknown, None, &[condition], Body::empty())).await;
                        assert_eq!(one.status, 404, "{method} {asked} {condition:?}");
                        let tail = |path: &str| path.trim_start_matches("/fr").trim_start_matches("/en").to_owned();
                        let same = |answer: &Answer, path: &str| answer.text().replace(&tail(path), "");
                        assert_eq!(same(&one, &asked), same(&other, &unknown), "{method} {asked}");
                        let names = |a: &Answer| a.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
                        assert_eq!(names(&one), names(&other), "{asked}");
                        assert_eq!(one.header("etag"), other.header("etag"), "{asked}");
                    }
                }
            }
        }
    });
}

#[test]
fn c4_lists_and_their_tags_are_the_same_with_and_without_what_is_hidden() {
    on_both(async |site| {
        let who = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &who, "pentes").await;
        desk::published(&site, &who, &show, "Le pont").await;
        let id = show_id(SHOW_PREFIX, show.id);
        let lists = [
            "/fr/".to_owned(),
            "/en/shows/pentes".to_owned(),
            "/feeds/pentes.xml".to_owned(),
            "/feeds/pentes.atom".to_owned(),
            "/feeds/pentes.json".to_owned(),
            "/feeds.opml".to_owned(),
            "/sitemap.xml".to_owned(),
            "/api/v1/shows".to_owned(),
            format!("/api/v1/shows/{id}/episodes"),
        ];
        let all = async || {
            let mut out = Vec::new();
            for path in &lists {
                let answer = site.get(path).await;
                out.push((path.clone(), answer.header("etag"), answer.header("last-modified"), answer.text()));
            }
            out
        };
        let before = all().await;
        site.clock.advance(60);
        // A draft and one that waits; what was taken off did change the feed's date, and may.
        let draft = whole(&site, &who, &show, "zqbrouillon").await;
        let waiting = whole(&site, &who, &show, "zqprogramme").await;
        desk::schedule(&site, &who, waiting.episode.id, When::At(site.app.now().plus_seconds(3600))).await;
        assert_eq!(all().await, before);
        let ctx = site.app.ctx(who.actor.clone());
        let again = self::draft("zqautre", draft.image);
        write_tx!(site.app.db, |tx| {
            uc::edit_episode(tx, &ctx, draft.episode.id, draft.episode.version, again.clone()).await
        })
        .expect("edited");
        assert_eq!(all().await, before, "nor when it is edited");
    });
}
