//! Clips on both engines: whole or nothing at every statement, and two who do the same at once on PostgreSQL.

use community::media::{Container, VideoFacts};
use community::model::{Made, Original, PostState};
use community::rules::clip::{Cue, Words};
use community::service::members::{self as m, Profile};
use community::service::{self as uc, ClipOrder, Looked};
use db::{Db, Failure, Migration, args, read_tx, write_tx};
use kernel::{Actor, Ctx, OrgId, PersonId, Rng};
use testkit::{Bench, On, both, run};

fn steps() -> Vec<Migration> {
    [jobs::MIGRATIONS, tlog::MIGRATIONS, reach::MIGRATIONS, community::MIGRATIONS].concat()
}

fn ctx(bench: &Bench, actor: Actor) -> Ctx {
    Ctx { now: bench.clock.now(), actor, ids: bench.ids.clone(), rng: Rng::System }
}

fn ada() -> Actor {
    Actor::Person { person: PersonId(1), roles: vec![] }
}

async fn voice(bench: &Bench) -> i64 {
    let ctx = ctx(bench, ada());
    let profile = Profile { name: "Ada".to_owned(), handle: "ada".to_owned(), ..Profile::default() };
    write_tx!(bench.db, |tx| Ok(m::join(tx, &ctx, OrgId(1), &profile).await?.id)).expect("done")
}

fn order(voice: i64) -> ClipOrder {
    let words = Words { title: "Le pont".to_owned(), body: "Avec @ada #pont".to_owned(), lang: "fr".to_owned() };
    ClipOrder { voice, words, cues: vec![Cue { start_ms: 0, end_ms: 900, text: "Bonjour".to_owned() }] }
}

fn original(n: u64) -> Original {
    let facts = VideoFacts { container: Container::Mp4, duration_ms: 2_000, width: 720, height: 1280, has_sound: true };
    Original { sha256: kernel::sha256_hex(&n.to_be_bytes()), bytes: 9, facts }
}

fn looked() -> Looked {
    let made = Made { sha256: kernel::sha256_hex(b"made"), bytes: 5, width: 720, height: 1280 };
    Looked { made, poster: None, duration_ms: 2_000, problem: None }
}

async fn begin(bench: &Bench, voice: i64) -> Result<i64, Failure> {
    let ctx = ctx(bench, ada());
    write_tx!(bench.db, |tx| Ok(uc::begin_clip(tx, &ctx, &order(voice)).await?.id))
}

async fn give(bench: &Bench, db: &Db, id: i64, n: u64) -> Result<(), Failure> {
    let ctx = ctx(bench, ada());
    let file = original(n);
    write_tx!(db, |tx| uc::give_video(tx, &ctx, id, &file).await)
}

async fn made(bench: &Bench, db: &Db, id: i64) -> Result<Vec<String>, Failure> {
    let ctx = ctx(bench, Actor::System("job"));
    write_tx!(db, |tx| uc::clip_made(tx, &ctx, id, &looked()).await)
}

async fn count(bench: &Bench, sql: &str) -> i64 {
    read_tx!(bench.db, |tx| Ok(tx.scalar::<i64>(sql, args![]).await?)).expect("done").unwrap_or(0)
}

async fn state(bench: &Bench, id: i64) -> PostState {
    read_tx!(bench.db, |tx| uc::own_clip(tx, &ada(), id).await).expect("done").post.state
}

const LEAVES: &str = "SELECT COUNT(*) FROM tlog_pending";

#[test]
fn a_clip_stopped_anywhere_is_whole_or_nothing() {
    both(&steps(), async |bench: Bench| {
        let voice = voice(&bench).await;
        let rows = "SELECT (SELECT COUNT(*) FROM community_post) + (SELECT COUNT(*) FROM community_clip_draft)
                      + (SELECT COUNT(*) FROM community_caption)";
        let mut id = 0;
        for stop in 0..40 {
            bench.faults.stop_after(stop);
            let done = begin(&bench, voice).await;
            bench.faults.disarm();
            match done {
                Ok(made) => {
                    assert!(stop > 3, "nothing was written before");
                    id = made;
                    break;
                }
                Err(_) => assert_eq!(count(&bench, rows).await, 0, "{stop}"),
            }
        }
        for stop in 0..20 {
            bench.faults.stop_after(stop);
            let done = give(&bench, &bench.db, id, 1).await;
            bench.faults.disarm();
            let whole = [
                count(&bench, "SELECT COUNT(*) FROM community_clip").await,
                count(&bench, "SELECT COUNT(*) FROM jobs_task").await,
            ];
            if done.is_ok() {
                assert_eq!((stop > 1, whole), (true, [1, 1]));
                break;
            }
            assert_eq!(whole, [0, 0], "{stop}");
        }
        for stop in 0..60 {
            bench.faults.stop_after(stop);
            let done = made(&bench, &bench.db, id).await;
            bench.faults.disarm();
            if done.is_ok() {
                assert!(stop > 3);
                break;
            }
            assert_eq!((state(&bench, id).await, count(&bench, LEAVES).await), (PostState::Preparing, 0), "{stop}");
        }
        assert_eq!((state(&bench, id).await, count(&bench, LEAVES).await), (PostState::Public, 1));
        made(&bench, &bench.db, id).await.expect("done");
        assert_eq!(count(&bench, LEAVES).await, 1, "twice is once");
    });
}

#[test]
fn race_two_files_and_two_workers_make_one_clip() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        let voice = voice(&bench).await;
        let second = bench.second().await;
        for round in 0..8 {
            bench.clock.advance(60);
            let id = begin(&bench, voice).await.expect("done");
            let (a, b) = tokio::join!(give(&bench, &bench.db, id, 2 * round), give(&bench, &second, id, 2 * round + 1));
            assert_eq!([&a, &b].iter().filter(|r| r.is_ok()).count(), 1, "{a:?} {b:?}");
            let before = count(&bench, LEAVES).await;
            let (a, b) = tokio::join!(made(&bench, &bench.db, id), made(&bench, &second, id));
            assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
            assert_eq!((state(&bench, id).await, count(&bench, LEAVES).await - before), (PostState::Public, 1));
        }
    });
}

#[test]
fn race_deleting_while_its_video_is_looked_at_leaves_nothing_public() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        let voice = voice(&bench).await;
        let second = bench.second().await;
        for round in 0..8 {
            bench.clock.advance(60);
            let id = begin(&bench, voice).await.expect("done");
            give(&bench, &bench.db, id, round).await.expect("done");
            let ctx = ctx(&bench, ada());
            let deleted = async { write_tx!(second, |tx| uc::posts::delete(tx, &ctx, id).await) };
            let (made, gone) = tokio::join!(made(&bench, &bench.db, id), deleted);
            // A task that collided is tried again.
            let made = match made {
                Ok(made) => made,
                Err(_) => self::made(&bench, &bench.db, id).await.expect("done"),
            };
            let files = [gone.expect("deleted"), made].concat();
            assert!(files.contains(&looked().made.sha256), "whoever came last lets the video go: {files:?}");
            let left =
                format!("SELECT COUNT(*) FROM community_clip WHERE post_id = {id} AND rendition_sha256 IS NOT NULL");
            assert_eq!(count(&bench, &left).await, 0);
            let public = format!("SELECT COUNT(*) FROM community_post WHERE id = {id} AND state = 'public'");
            assert_eq!(count(&bench, &public).await, 0);
        }
    });
}

#[test]
fn race_two_servers_ask_for_one_smaller_video_at_a_time() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        let voice = voice(&bench).await;
        let second = bench.second().await;
        for round in 0..4 {
            bench.clock.advance(3_600);
            let id = begin(&bench, voice).await.expect("done");
            give(&bench, &bench.db, id, round).await.expect("done");
            let (ctx, as_it_came) =
                (ctx(&bench, Actor::System("job")), Looked { problem: Some("no-ffmpeg"), ..looked() });
            write_tx!(bench.db, |tx| uc::clip_made(tx, &ctx, id, &as_it_came).await).expect("done");
        }
        let tasks = "SELECT COUNT(*) FROM jobs_task WHERE key LIKE '%:later:%'";
        let now = bench.clock.now();
        let ask = async |db: &Db| write_tx!(db, |tx| uc::ask_rendition(tx, now).await);
        for asked in 1..=4 {
            let (a, b) = tokio::join!(ask(&bench.db), ask(&second));
            assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
            assert_eq!(count(&bench, tasks).await, asked, "one waits at a time");
            let done = "UPDATE jobs_task SET state = 'done' WHERE key LIKE '%:later:%'";
            write_tx!(bench.db, |tx| Ok(tx.run(done, args![]).await?)).expect("done");
        }
        assert!(!ask(&bench.db).await.expect("asked"), "each once a day");
    });
}
