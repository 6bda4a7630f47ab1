//! Files of clips on their way: wherever the work stops, and whatever happens to the clip meanwhile, no file stays in the store
//! that no row names.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use blobs::BlobStore;
use community::jobs::{CLIP_HANDLER, CUT_HANDLER, CutTask};
use community::media::probe;
use community::model::Original;
use it::crash::{Pretender, film_worker};
use jobs::Worker;
use kernel::{Actor, Ctx, OrgId, PersonId, Rng};
use testkit::{Bench, Folder, both};

use super::*;

/// What these tests work with.
struct Shop {
    bench: Bench,
    /// Another way to the database, which no stop reaches.
    other: db::Db,
    store: BlobStore,
    filmer: Arc<Pretender>,
    worker: Worker,
    voice: i64,
    sound: String,
    _folder: Folder,
}

fn ctx(bench: &Bench) -> Ctx {
    let actor = Actor::Person { person: PersonId(1), roles: vec![] };
    Ctx { now: bench.clock.now(), actor, ids: bench.ids.clone(), rng: Rng::System }
}

fn shop(body: impl AsyncFn(Shop)) {
    both(&traboule::migrations(), async |bench: Bench| {
        let folder = Folder::new();
        let store = BlobStore::folder(&folder.path().join("media")).expect("a store");
        let filmer = Pretender::new(PHONE);
        let worker = film_worker(&bench.db, &bench.ids, &store, filmer.clone(), &folder.path().join("scratch"));
        let profile = Profile { name: "Ada".to_owned(), handle: "ada".to_owned(), ..Profile::default() };
        let ctx = ctx(&bench);
        let voice = write_tx!(bench.db, |tx| members::join(tx, &ctx, OrgId(1), &profile).await).expect("joined").id;
        let sound = store.put(Bytes::from_static(it::SOUND)).await.expect("stored").as_str().to_owned();
        let other = bench.second().await;
        body(Shop { bench, other, store, filmer, worker, voice, sound, _folder: folder }).await;
    });
}

impl Shop {
    fn order(&self) -> ClipOrder {
        let words = rules::Words { title: "Le pont".to_owned(), body: String::new(), lang: "fr".to_owned() };
        ClipOrder { voice: self.voice, words, cues: Vec::new() }
    }

    /// A clip whose video has come and was not looked at.
    async fn given(&self) -> i64 {
        let bytes = self.filmer.another();
        let size = bytes.len() as u64;
        let facts = probe(&mut std::io::Cursor::new(&bytes), size).expect("a video");
        let sha256 = self.store.put(bytes.into()).await.expect("stored").as_str().to_owned();
        let original = Original { sha256, bytes: i64::try_from(size).expect("small"), facts };
        let (ctx, order) = (ctx(&self.bench), self.order());
        write_tx!(self.other, |tx| {
            let post = uc::begin_clip(tx, &ctx, &order, rules::Rooms::default()).await?;
            uc::give_video(tx, &ctx, post.id, &original, rules::Rooms::default()).await?;
            Ok(post.id)
        })
        .expect("given")
    }

    /// A clip that is to be cut from sound.
    async fn asked(&self) -> i64 {
        let sound = (self.sound.clone(), "audio/mpeg".to_owned());
        let task = CutTask { post: 0, sound, picture: None, start_ms: 0, duration_ms: 2_000 };
        let (ctx, order) = (ctx(&self.bench), self.order());
        let rooms = rules::Rooms::default();
        write_tx!(self.other, |tx| uc::cut_clip(tx, &ctx, &order, (7, 0, 2_000), task.clone(), rooms).await)
            .expect("asked")
            .id
    }

    /// Has a clip deleted before its video is done.
    fn delete_meanwhile(&self, id: i64) {
        let (db, ctx) = (self.other.clone(), ctx(&self.bench));
        let deleting = async move {
            let deleted = write_tx!(db, |tx| {
                let files = uc::posts::delete(tx, &ctx, id).await?;
                publish_uc::let_go(tx, OrgId(1), &files, ctx.now).await
            });
            deleted.expect("deleted");
        };
        *self.filmer.meanwhile.lock().expect("fine") = Some(Box::pin(deleting));
    }

    /// Works with a stop after so many statements, then to the end. Gives whether nothing was stopped.
    async fn stopped(&self, after: i64) -> bool {
        self.bench.faults.stop_after(after);
        let whole = self.worker.drain().await.is_ok();
        self.bench.faults.disarm();
        let tried = "SELECT COUNT(*) FROM jobs_task WHERE attempts > 0 AND state = 'due'";
        let tried = read_tx!(self.bench.db, |tx| Ok(tx.scalar::<i64>(tried, args![]).await?)).expect("read");
        for _ in 0..4 {
            self.bench.clock.advance(3_600);
            self.worker.drain().await.expect("works");
        }
        whole && tried == Some(0)
    }

    /// Two days later: the files that are there, and those that rows name.
    async fn left(&self) -> (BTreeSet<String>, BTreeSet<String>) {
        self.bench.clock.advance(2 * 86_400);
        while traboule::waste::remove(&self.bench.db, &self.store).await.expect("swept") > 0 {}
        let there = self.store.list().await.expect("listed").into_iter().map(|(name, _)| name.as_str().to_owned());
        let named =
            "SELECT c.sha256 FROM community_clip c JOIN community_post p ON p.id = c.post_id AND p.state = 'public'
                     UNION SELECT rendition_sha256 FROM community_clip WHERE rendition_sha256 IS NOT NULL
                     UNION SELECT poster_sha256 FROM community_clip WHERE poster_sha256 IS NOT NULL";
        let rows = read_tx!(self.bench.db, |tx| Ok(tx.all(named, args![]).await?)).expect("read");
        let named = rows.iter().map(|row| row.get::<String>(0).expect("a digest"));
        (there.collect(), named.chain([self.sound.clone()]).collect())
    }

    async fn count(&self, sql: &str) -> i64 {
        read_tx!(self.bench.db, |tx| Ok(tx.scalar::<i64>(sql, args![]).await?)).expect("read").unwrap_or(0)
    }
}

const DUE: &str = "SELECT COUNT(*) FROM jobs_task WHERE state <> 'done'";

#[test]
fn c17_a_clip_deleted_while_it_is_made_leaves_no_file_wherever_the_work_stops() {
    shop(async |shop| {
        for (begin, handler) in [(true, CLIP_HANDLER), (false, CUT_HANDLER)] {
            let (mut stop, mut came) = (0, 0);
            loop {
                let id = if begin { shop.given().await } else { shop.asked().await };
                shop.delete_meanwhile(id);
                let whole = shop.stopped(stop).await;
                assert!(shop.filmer.meanwhile.lock().expect("fine").is_none(), "it was deleted while {handler} ran");
                assert_eq!(shop.count(DUE).await, 0, "{handler} {stop}");
                came = came.max(shop.store.list().await.expect("listed").len());
                let (there, named) = shop.left().await;
                assert_eq!(there, named, "{handler} stopped after {stop}");
                assert_eq!(named.len(), 1);
                if whole {
                    break;
                }
                stop += 1;
                assert!(stop < 60, "it ends");
            }
            // The sound, what was made with its picture, and the original of what was sent.
            assert_eq!(came, if begin { 4 } else { 3 }, "{handler}: what was made had come into the store");
            assert!(stop > 4, "{handler} was really stopped in between: {stop}");
        }
    });
}

#[test]
fn c17_a_clip_that_is_made_names_every_file_there_is_wherever_the_work_stops() {
    shop(async |shop| {
        let (mut stop, mut clips) = (0, 0);
        loop {
            let ids = [shop.given().await, shop.asked().await];
            let whole = shop.stopped(stop).await;
            clips += ids.len();
            assert_eq!(shop.count(DUE).await, 0, "{stop}");
            let public = "SELECT COUNT(*) FROM community_post WHERE state = 'public'";
            assert_eq!(shop.count(public).await, i64::try_from(clips).expect("few"));
            let (there, named) = shop.left().await;
            assert_eq!(there, named, "stopped after {stop}");
            if whole {
                break;
            }
            stop += 1;
            assert!(stop < 120, "it ends");
        }
        assert!(stop > 20, "it was really stopped in between: {stop}");
    });
}

#[test]
fn c17_a_smaller_video_made_later_takes_the_place_of_what_was_shown_wherever_the_work_stops() {
    shop(async |shop| {
        let mut stop = 0;
        loop {
            shop.filmer.there.store(false, Ordering::SeqCst);
            let id = shop.given().await;
            shop.worker.drain().await.expect("works");
            let made = async || {
                let found = read_tx!(shop.bench.db, |tx| uc::own_clip(tx, &ctx(&shop.bench).actor, id).await);
                found.expect("own").clip.expect("a video")
            };
            let before = made().await;
            assert_eq!((before.rendition, before.problem.as_deref()), (Rendition::None, Some("no-ffmpeg")));
            shop.filmer.there.store(true, Ordering::SeqCst);
            let now = shop.bench.clock.now();
            let ask = async || write_tx!(shop.other, |tx| uc::ask_rendition(tx, now).await).expect("asked");
            assert!(ask().await && !ask().await, "asked for once");
            let whole = shop.stopped(stop).await;
            let after = made().await;
            assert_eq!((after.rendition, after.problem.as_deref()), (Rendition::Ready, None), "{stop}");
            assert_ne!(before.made, after.made);
            assert!(!ask().await, "nothing is left to ask for");
            let (there, named) = shop.left().await;
            assert_eq!(there, named, "stopped after {stop}");
            if whole {
                break;
            }
            stop += 1;
            assert!(stop < 60, "it ends");
        }
        assert!(stop > 4, "it was really stopped in between: {stop}");
    });
}
