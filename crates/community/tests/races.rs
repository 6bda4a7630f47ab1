//! Two at once on PostgreSQL, each with connections of their own, for every rule that reads before it writes; and a stop after
//! every statement of what writes much, on both engines: whole or nothing.

use community::media::{Container, VideoFacts};
use community::model::{Bond, Digest, Image, Original, PassedOn, PostKind, PostState};
use community::rules::clip::Words;
use community::rules::post::Draft;
use community::service::follows as f;
use community::service::members::{self as m, Profile};
use community::service::{self as uc, ClipOrder, notify as n, posts as p};
use db::{Db, Failure, Migration, args, read_tx, write_tx};
use kernel::{Actor, Ctx, OrgId, PersonId, Rng, Role, Subject};
use testkit::{Bench, On, both, run};

const ORG: OrgId = OrgId(1);
const ROUNDS: i64 = 8;

fn steps() -> Vec<Migration> {
    [jobs::MIGRATIONS, tlog::MIGRATIONS, reach::MIGRATIONS, community::MIGRATIONS].concat()
}

fn ctx(bench: &Bench, actor: Actor) -> Ctx {
    Ctx { now: bench.clock.now(), actor, ids: bench.ids.clone(), rng: Rng::System }
}

fn person(n: i64) -> Actor {
    Actor::Person { person: PersonId(n), roles: vec![] }
}

fn moderator() -> Actor {
    Actor::Person { person: PersonId(900), roles: vec![(ORG, Role::Moderator)] }
}

async fn join(bench: &Bench, who: i64, handle: &str) -> i64 {
    let ctx = ctx(bench, person(who));
    let profile = Profile { name: handle.to_uppercase(), handle: handle.to_owned(), ..Profile::default() };
    write_tx!(bench.db, |tx| Ok(m::join(tx, &ctx, ORG, &profile).await?.id)).expect("joined")
}

fn words(body: &str) -> Draft {
    Draft { body: body.to_owned(), lang: "fr".to_owned(), ..Draft::default() }
}

fn image(n: u8) -> Image {
    let digest = |part: &[u8]| kernel::sha256_hex(&[part, &[n]].concat());
    let (sha256, small_sha256) = (digest(b"large"), digest(b"small"));
    let (media_type, alt) = ("image/jpeg".to_owned(), "Un pont".to_owned());
    Image { sha256, small_sha256, media_type, width: 640, height: 480, alt }
}

async fn post(db: &Db, ctx: &Ctx, voice: i64, draft: &Draft) -> Result<p::Posted, Failure> {
    write_tx!(db, |tx| p::post(tx, ctx, voice, PostKind::Post, draft).await)
}

async fn posted(bench: &Bench, who: i64, voice: i64, body: &str) -> i64 {
    post(&bench.db, &ctx(bench, person(who)), voice, &words(body)).await.expect("posted").id
}

async fn delete(db: &Db, ctx: &Ctx, id: i64) -> Result<(), Failure> {
    write_tx!(db, |tx| p::delete(tx, ctx, id).await).map(drop)
}

fn passing(of: i64, author: i64, body: &str) -> Draft {
    Draft { of: Some(PassedOn { subject: Subject::post(of), author }), ..words(body) }
}

async fn count(bench: &Bench, sql: &str) -> i64 {
    read_tx!(bench.db, |tx| Ok(tx.scalar::<i64>(sql, args![]).await?)).expect("counted").unwrap_or(0)
}

/// What went wrong is a refusal people understand, never the database's.
fn refused<T: std::fmt::Debug>(outcome: Result<T, Failure>) -> Option<&'static str> {
    match outcome {
        Ok(_) => None,
        Err(Failure::Refused(refusal)) => Some(refusal.code),
        Err(failure) => panic!("{failure}"),
    }
}

#[test]
fn race_a_follow_and_a_block_leave_no_follow() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        let second = bench.second().await;
        for round in 0..ROUNDS {
            let (one, two) = (round * 2 + 1, round * 2 + 2);
            let (ada, ben) =
                (join(&bench, one, &format!("ada{round}")).await, join(&bench, two, &format!("ben{round}")).await);
            let (follower, blocker) = (ctx(&bench, person(one)), ctx(&bench, person(two)));
            let (followed, blocked) =
                tokio::join!(async { write_tx!(bench.db, |tx| f::follow(tx, &follower, ben).await) }, async {
                    write_tx!(second, |tx| f::block(tx, &blocker, ada).await)
                },);
            blocked.expect("blocked");
            assert!(matches!(refused(followed), None | Some("not-found")));
            let bond = read_tx!(bench.db, |tx| f::bonds(tx, &blocker.actor, &[ada]).await).expect("read")[&ada];
            assert_eq!(bond, Bond { blocks: true, ..Bond::default() }, "round {round}");
            let told = "SELECT COUNT(*) FROM community_notification";
            assert_eq!(count(&bench, told).await, 0, "who is blocked is heard of no more");
            for voice in [ada, ben] {
                assert!(read_tx!(bench.db, |tx| f::followers_agree(tx, voice).await).expect("read"));
            }
        }
    });
}

#[test]
fn race_two_who_block_each_other_do_so_both() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        let second = bench.second().await;
        for round in 0..ROUNDS {
            let (one, two) = (round * 2 + 1, round * 2 + 2);
            let (ada, ben) =
                (join(&bench, one, &format!("ada{round}")).await, join(&bench, two, &format!("ben{round}")).await);
            let (a, b) = (ctx(&bench, person(one)), ctx(&bench, person(two)));
            write_tx!(bench.db, |tx| f::follow(tx, &a, ben).await).expect("followed");
            let (x, y) = tokio::join!(async { write_tx!(bench.db, |tx| f::block(tx, &a, ben).await) }, async {
                write_tx!(second, |tx| f::block(tx, &b, ada).await)
            },);
            assert!(x.is_ok() && y.is_ok(), "{x:?} {y:?}");
            let bond = read_tx!(bench.db, |tx| f::bonds(tx, &a.actor, &[ben]).await).expect("read")[&ben];
            assert!(bond.blocks && bond.blocked_by && bond.follows.is_none(), "{bond:?}");
            assert!(read_tx!(bench.db, |tx| f::followers_agree(tx, ben).await).expect("read"));
        }
    });
}

#[test]
fn race_a_reshare_twice_is_one() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        let second = bench.second().await;
        let (ada, ben) = (join(&bench, 1, "ada").await, join(&bench, 2, "ben").await);
        for round in 0..ROUNDS {
            let of = posted(&bench, 1, ada, &format!("Le pont {round}")).await;
            let c = ctx(&bench, person(2));
            let draft = passing(of, ada, "");
            let (x, y) = tokio::join!(post(&bench.db, &c, ben, &draft), post(&second, &c, ben, &draft));
            let (x, y) = (x.expect("reshared"), y.expect("reshared"));
            assert!(x.id == y.id && x.new != y.new, "round {round}: {x:?} {y:?}");
            let told = format!("SELECT COUNT(*) FROM community_notification WHERE about_id = {of}");
            assert!(count(&bench, &told).await <= 1);
        }
    });
}

#[test]
fn race_passing_on_what_its_author_takes_away_leaves_nothing_of_it() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        let second = bench.second().await;
        let (ada, ben) = (join(&bench, 1, "ada").await, join(&bench, 2, "ben").await);
        for round in 0..ROUNDS {
            let of = posted(&bench, 1, ada, &format!("Le pont {round}")).await;
            let (author, other) = (ctx(&bench, person(1)), ctx(&bench, person(2)));
            let draft = passing(of, ada, if round % 2 == 0 { "" } else { "Lisez" });
            let (gone, passed) = tokio::join!(delete(&bench.db, &author, of), post(&second, &other, ben, &draft));
            gone.expect("deleted");
            assert!(matches!(refused(passed), None | Some("not-found")));
            let left = format!("SELECT COUNT(*) FROM community_notification WHERE about_id = {of}");
            assert_eq!(count(&bench, &left).await, 0);
            // Whoever comes later is told that it is gone.
            assert_eq!(refused(post(&second, &other, ben, &passing(of, ada, "Trop tard")).await), Some("not-found"));
        }
    });
}

#[test]
fn race_an_edit_and_a_deletion_leave_a_deleted_post_without_words() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        let second = bench.second().await;
        let ada = join(&bench, 1, "ada").await;
        for round in 0..ROUNDS {
            let id = posted(&bench, 1, ada, &format!("Le pont {round} #pont")).await;
            let c = ctx(&bench, person(1));
            let edit = async { write_tx!(second, |tx| p::edit(tx, &c, id, 1, "Tout autre #mot", &[]).await) };
            let (gone, edited) = tokio::join!(delete(&bench.db, &c, id), edit);
            let (gone, edited) = (refused(gone), refused(edited));
            assert_eq!(gone, None, "a deletion takes what it finds");
            assert!(matches!(edited, None | Some("not-found" | "changed-meanwhile")), "{edited:?}");
            let left = format!(
                "SELECT (SELECT COUNT(*) FROM community_post WHERE id = {id} AND (state <> 'deleted' OR body <> ''))
                   + (SELECT COUNT(*) FROM community_tag WHERE post_id = {id})
                   + (SELECT COUNT(*) FROM community_post_before WHERE post_id = {id})"
            );
            assert_eq!(count(&bench, &left).await, 0, "round {round}");
        }
    });
}

#[test]
fn race_a_moderator_and_the_author_never_bring_a_post_back() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        let second = bench.second().await;
        let ada = join(&bench, 1, "ada").await;
        for round in 0..ROUNDS {
            let id = posted(&bench, 1, ada, &format!("Le pont {round}")).await;
            let (author, judge) = (ctx(&bench, person(1)), ctx(&bench, moderator()));
            let moderate = async |remove: bool| write_tx!(second, |tx| p::moderate(tx, &judge, id, remove).await);
            if round % 2 == 1 {
                moderate(true).await.expect("removed");
            }
            let (gone, judged) = tokio::join!(delete(&bench.db, &author, id), moderate(round % 2 == 0));
            gone.expect("deleted");
            assert!(matches!(refused(judged), None | Some("not-found" | "changed-meanwhile")));
            assert!(refused(moderate(false).await).is_some(), "it stays deleted");
            let public = format!("SELECT COUNT(*) FROM community_post WHERE id = {id} AND state <> 'deleted'");
            assert_eq!(count(&bench, &public).await, 0);
        }
    });
}

/// Everything that names a member, in every table of the slice that can.
async fn traces(bench: &Bench, voice: i64, who: i64) -> i64 {
    let sql = format!(
        "SELECT (SELECT COUNT(*) FROM community_post WHERE author_id = {voice} AND (state <> 'deleted' OR body <> ''))
           + (SELECT COUNT(*) FROM community_post WHERE person_id = {who})
           + (SELECT COUNT(*) FROM community_follow WHERE member_id = {voice} OR voice_id = {voice})
           + (SELECT COUNT(*) FROM community_notification WHERE member_id = {voice} OR actor_id = {voice})
           + (SELECT COUNT(*) FROM community_image i JOIN community_post p ON p.id = i.post_id WHERE p.author_id = {voice})"
    );
    count(bench, &sql).await
}

#[test]
fn race_what_is_posted_while_its_writer_is_erased_does_not_stay() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        let second = bench.second().await;
        let ben = join(&bench, 500, "ben").await;
        for round in 0..ROUNDS {
            let who = round + 1;
            let voice = join(&bench, who, &format!("ada{round}")).await;
            let c = ctx(&bench, person(who));
            let system = ctx(&bench, Actor::System("test"));
            let erase = async { write_tx!(bench.db, |tx| m::erase_member(tx, &system, PersonId(who)).await) };
            let draft = Draft { images: vec![image(1)], ..words("Encore un mot @ben") };
            let (erased, said) = match round % 2 {
                0 => tokio::join!(erase, async { post(&second, &c, voice, &draft).await.map(drop) }),
                _ => tokio::join!(erase, async { write_tx!(second, |tx| f::follow(tx, &c, ben).await).map(drop) }),
            };
            erased.expect("erased");
            refused(said);
            assert_eq!(traces(&bench, voice, who).await, 0, "round {round}");
            assert!(read_tx!(bench.db, |tx| f::followers_agree(tx, ben).await).expect("read"));
        }
    });
}

#[test]
fn race_a_video_that_comes_while_its_clip_is_taken_away_makes_nothing() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        let second = bench.second().await;
        let ada = join(&bench, 1, "ada").await;
        for round in 0..ROUNDS {
            bench.clock.advance(60);
            let c = ctx(&bench, person(1));
            let told = Words { title: "Le pont".to_owned(), body: "#pont".to_owned(), lang: "fr".to_owned() };
            let order = ClipOrder { voice: ada, words: told, cues: Vec::new() };
            let id = write_tx!(bench.db, |tx| Ok(uc::begin_clip(tx, &c, &order).await?.id)).expect("begun");
            let facts =
                VideoFacts { container: Container::Mp4, duration_ms: 2_000, width: 720, height: 1280, has_sound: true };
            let film = Original { sha256: kernel::sha256_hex(&round.to_be_bytes()), bytes: 9, facts };
            let give = async { write_tx!(second, |tx| uc::give_video(tx, &c, id, &film).await) };
            let (gone, given) = tokio::join!(delete(&bench.db, &c, id), give);
            gone.expect("taken away");
            refused(given);
            let left = format!(
                "SELECT (SELECT COUNT(*) FROM community_post WHERE id = {id} AND state <> 'deleted')
                   + (SELECT COUNT(*) FROM community_clip_draft WHERE post_id = {id})"
            );
            assert_eq!(count(&bench, &left).await, 0, "round {round}");
            let awaited = read_tx!(bench.db, |tx| uc::clip_to_make(tx, id).await).expect("read");
            assert!(awaited.is_none(), "nothing is made of it");
        }
    });
}

#[test]
fn race_two_workers_take_a_digest_once() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        let second = bench.second().await;
        let (ada, ben) = (join(&bench, 1, "ada").await, join(&bench, 2, "ben").await);
        let (c, system) = (ctx(&bench, person(1)), ctx(&bench, Actor::System("test")));
        write_tx!(bench.db, |tx| m::set_choices(tx, &c, None, Some(Digest::Daily)).await).expect("chosen");
        for round in 0..ROUNDS {
            bench.clock.advance(60);
            posted(&bench, 2, ben, &format!("Bonjour @ada {round}")).await;
            bench.clock.advance(2 * 86_400);
            let later = Ctx { now: bench.clock.now(), ..system.clone() };
            let (x, y) =
                tokio::join!(async { write_tx!(bench.db, |tx| n::take_digest(tx, &later, ada).await) }, async {
                    write_tx!(second, |tx| n::take_digest(tx, &later, ada).await)
                },);
            let mails = [x.expect("looked"), y.expect("looked")].into_iter().flatten().count();
            assert_eq!(mails, 1, "round {round}");
        }
    });
}

/// Runs something with a stop after 0, 1, 2 … statements until it passes; after each stop the number must be as before.
async fn whole_or_nothing<T>(bench: &Bench, rows: &str, work: impl AsyncFn() -> Result<T, Failure>) -> T {
    let before = count(bench, rows).await;
    for stop in 0..200 {
        bench.faults.stop_after(stop);
        let outcome = work().await;
        bench.faults.disarm();
        match outcome {
            Ok(done) => {
                assert!(stop > 3, "it was really stopped in between");
                assert_ne!(count(bench, rows).await, before, "something was written");
                return done;
            }
            Err(_) => assert_eq!(count(bench, rows).await, before, "stopped after {stop}"),
        }
    }
    panic!("the statements never ended");
}

/// A number that changes with every row the slice writes about posts, bonds and people.
const EVERYTHING: &str = "SELECT CAST(
    (SELECT COUNT(*) FROM community_post) * 3 + (SELECT COUNT(*) FROM community_post WHERE state = 'public') * 5
    + (SELECT COALESCE(SUM(version), 0) FROM community_post) * 7 + (SELECT COUNT(*) FROM community_image) * 11
    + (SELECT COUNT(*) FROM community_tag) * 13 + (SELECT COUNT(*) FROM community_mention) * 17
    + (SELECT COUNT(*) FROM community_post_link) * 19 + (SELECT COUNT(*) FROM community_post_before) * 23
    + (SELECT COUNT(*) FROM community_notification) * 29 + (SELECT COUNT(*) FROM community_follow) * 31
    + (SELECT COUNT(*) FROM community_block) * 37 + (SELECT COALESCE(SUM(followers), 0) FROM community_voice) * 41
    + (SELECT COUNT(*) FROM community_member WHERE erased_at IS NULL) * 43 + (SELECT COUNT(*) FROM jobs_task) * 47
    AS BIGINT)";

#[test]
fn a_post_its_edit_its_quote_and_its_deletion_are_whole_or_nothing() {
    both(&steps(), async |bench: Bench| {
        let (ada, ben) = (join(&bench, 1, "ada").await, join(&bench, 2, "ben").await);
        let (a, b) = (ctx(&bench, person(1)), ctx(&bench, person(2)));
        let draft = Draft { images: vec![image(1), image(2)], ..words("Avec @ben #pont https://pont.example/") };
        let made = whole_or_nothing(&bench, EVERYTHING, async || post(&bench.db, &a, ada, &draft).await).await;
        let alts = ["Un autre".to_owned(), "Deux".to_owned()];
        let edit = async || write_tx!(bench.db, |tx| p::edit(tx, &a, made.id, 1, "Sans lui #route", &alts).await);
        whole_or_nothing(&bench, EVERYTHING, edit).await;
        let quote = passing(made.id, ada, "Lisez @ada");
        let quoted = whole_or_nothing(&bench, EVERYTHING, async || post(&bench.db, &b, ben, &quote).await).await;
        whole_or_nothing(&bench, EVERYTHING, async || delete(&bench.db, &a, made.id).await).await;
        let state = async |id: i64| {
            read_tx!(bench.db, |tx| p::seen_post(tx, &moderator(), id, a.now).await).map(|found| found.state)
        };
        assert!(state(made.id).await.is_err() && state(quoted.id).await.expect("there") == PostState::Public);
    });
}

#[test]
fn a_block_and_an_erasure_are_whole_or_nothing() {
    both(&steps(), async |bench: Bench| {
        let (ada, ben) = (join(&bench, 1, "ada").await, join(&bench, 2, "ben").await);
        let (a, b) = (ctx(&bench, person(1)), ctx(&bench, person(2)));
        for (who, voice) in [(&a, ben), (&b, ada)] {
            write_tx!(bench.db, |tx| f::follow(tx, who, voice).await).expect("followed");
        }
        whole_or_nothing(&bench, EVERYTHING, async || write_tx!(bench.db, |tx| f::block(tx, &b, ada).await)).await;
        write_tx!(bench.db, |tx| f::unblock(tx, &b, ada).await).expect("unblocked");
        write_tx!(bench.db, |tx| f::follow(tx, &a, ben).await).expect("followed");
        for n in 0..3 {
            let draft = Draft { images: vec![image(n)], ..words(&format!("Le pont {n} @ben #pont")) };
            post(&bench.db, &a, ada, &draft).await.expect("posted");
        }
        let system = ctx(&bench, Actor::System("test"));
        let erase = async || write_tx!(bench.db, |tx| m::erase_member(tx, &system, PersonId(1)).await);
        let files = whole_or_nothing(&bench, EVERYTHING, erase).await;
        assert_eq!(files.len(), 6, "both files of every picture may go");
        assert_eq!(traces(&bench, ada, 1).await, 0);
        assert!(read_tx!(bench.db, |tx| f::followers_agree(tx, ben).await).expect("read"));
    });
}
