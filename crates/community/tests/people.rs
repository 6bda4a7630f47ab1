//! People on both engines: joining, handles, following, muting, blocking, what is told; posting and passing on. Random lives
//! of a few members, after which every counter is what its rows say and nobody blocked is seen; races on PostgreSQL.

use community::model::{Happening, PassedOn, PostKind, PostState, VoiceKind};
use community::rules::post::Draft;
use community::service::follows as f;
use community::service::members::{self as m, Profile};
use community::service::{notify as n, posts as p};
use db::{Db, Failure, Migration, read_tx, write_tx};
use kernel::{Actor, Ctx, OrgId, PersonId, Rng, Role, Subject};
use proptest::prelude::*;
use testkit::{Bench, On, both, run};

const ORG: OrgId = OrgId(1);

fn steps() -> Vec<Migration> {
    [jobs::MIGRATIONS, tlog::MIGRATIONS, reach::MIGRATIONS, community::MIGRATIONS].concat()
}

fn ctx(bench: &Bench, actor: Actor) -> Ctx {
    Ctx { now: bench.clock.now(), actor, ids: bench.ids.clone(), rng: Rng::System }
}

fn person(n: i64) -> Actor {
    Actor::Person { person: PersonId(n), roles: vec![] }
}

fn editor() -> Actor {
    Actor::Person { person: PersonId(900), roles: vec![(ORG, Role::Editor), (ORG, Role::Moderator)] }
}

fn profile(handle: &str) -> Profile {
    Profile { name: handle.to_uppercase(), handle: handle.to_owned(), ..Profile::default() }
}

async fn join(bench: &Bench, n: i64, handle: &str) -> Result<i64, Failure> {
    let ctx = ctx(bench, person(n));
    let profile = profile(handle);
    write_tx!(bench.db, |tx| Ok(m::join(tx, &ctx, ORG, &profile).await?.id))
}

fn words(body: &str) -> Draft {
    Draft { body: body.to_owned(), lang: "fr".to_owned(), ..Draft::default() }
}

async fn post(bench: &Bench, n: i64, voice: i64, draft: Draft) -> Result<p::Posted, Failure> {
    let ctx = ctx(bench, person(n));
    write_tx!(bench.db, |tx| p::post(tx, &ctx, voice, PostKind::Post, &draft).await)
}

async fn follow(bench: &Bench, db: &Db, n: i64, voice: i64) -> Result<(), Failure> {
    let ctx = ctx(bench, person(n));
    write_tx!(db, |tx| f::follow(tx, &ctx, voice).await.map(drop))
}

async fn block(bench: &Bench, n: i64, voice: i64) -> Result<(), Failure> {
    let ctx = ctx(bench, person(n));
    write_tx!(bench.db, |tx| f::block(tx, &ctx, voice).await.map(drop))
}

async fn told(bench: &Bench, n: i64) -> Vec<Happening> {
    let actor = person(n);
    let (rows, _) = read_tx!(bench.db, |tx| n::notifications(tx, &actor, None).await).expect("told");
    rows.into_iter().map(|n| n.kind).collect()
}

fn code(outcome: Result<impl std::fmt::Debug, Failure>) -> String {
    outcome.expect_err("refused").as_refusal().to_string()
}

#[test]
fn handles_are_for_one_voice_and_never_for_another() {
    both(&steps(), async |bench: Bench| {
        let ada = join(&bench, 1, "Ada").await.unwrap();
        assert_eq!(join(&bench, 1, "other").await.unwrap(), ada, "who has a place keeps it");
        assert_eq!(code(join(&bench, 2, "aDA").await), "check-fields handle=handle-taken");
        let change = Profile { handle: "ada-l".to_owned(), ..profile("Ada") };
        let c = ctx(&bench, person(1));
        write_tx!(bench.db, |tx| m::set_profile(tx, &c, &change, 1).await).unwrap();
        assert_eq!(code(write_tx!(bench.db, |tx| m::set_profile(tx, &c, &change, 1).await)), "changed-meanwhile");
        assert_eq!(code(join(&bench, 2, "ada").await), "check-fields handle=handle-taken");
        let found = read_tx!(bench.db, |tx| m::voice_by_handle(tx, &Actor::Visitor, "@ADA").await).unwrap();
        assert_eq!((found.id, found.handle.as_str()), (ada, "ada-l"));
        let back = Profile { handle: "ada".to_owned(), ..profile("Ada") };
        write_tx!(bench.db, |tx| m::set_profile(tx, &c, &back, 2).await).unwrap();
        assert_eq!(write_tx!(bench.db, |tx| m::propose_handle(tx, "ada").await).unwrap(), "ada-2");
        let show = write_tx!(bench.db, |tx| m::ensure_voice(tx, VoiceKind::Show, 77, ORG, "ada", c.now).await).unwrap();
        assert_eq!(show.handle, "ada-2");
    });
}

#[test]
fn follows_are_counted_and_told_once() {
    both(&steps(), async |bench: Bench| {
        let (ada, bob) = (join(&bench, 1, "ada").await.unwrap(), join(&bench, 2, "bob").await.unwrap());
        assert_eq!(code(follow(&bench, &bench.db, 1, ada).await), "yourself");
        assert_eq!(code(follow(&bench, &bench.db, 3, ada).await), "join-first");
        assert_eq!(code(follow(&bench, &bench.db, 1, 12345).await), "not-found");
        for _ in 0..2 {
            follow(&bench, &bench.db, 1, bob).await.unwrap();
        }
        let voices = read_tx!(bench.db, |tx| m::voices(tx, &[bob]).await).unwrap();
        assert_eq!(voices[&bob].followers, 1);
        assert_eq!(told(&bench, 2).await, [Happening::Follow]);
        let unseen = async || {
            let actor = person(2);
            read_tx!(bench.db, |tx| n::unseen(tx, &actor).await).unwrap()
        };
        assert_eq!(unseen().await, 0, "what happened in the instant of joining was seen");
        bench.clock.advance(10);
        join(&bench, 3, "cleo").await.unwrap();
        follow(&bench, &bench.db, 3, bob).await.unwrap();
        assert_eq!(unseen().await, 1);
        let c = ctx(&bench, person(2));
        write_tx!(bench.db, |tx| n::seen(tx, &c, c.now).await).unwrap();
        assert_eq!(unseen().await, 0);
        let page = read_tx!(bench.db, |tx| f::followers(tx, &Actor::Visitor, bob, None).await).unwrap();
        let handles: Vec<String> = page.voices.iter().map(|(_, v)| v.handle.clone()).collect();
        assert_eq!((handles, page.next), (vec!["cleo".to_owned(), "ada".to_owned()], None));
        let c = ctx(&bench, person(1));
        write_tx!(bench.db, |tx| f::unfollow(tx, &c, bob).await).unwrap();
        assert!(read_tx!(bench.db, |tx| f::followers_agree(tx, bob).await).unwrap());
    });
}

#[test]
fn a_block_is_felt_by_both() {
    both(&steps(), async |bench: Bench| {
        let (ada, bob) = (join(&bench, 1, "ada").await.unwrap(), join(&bench, 2, "bob").await.unwrap());
        follow(&bench, &bench.db, 1, bob).await.unwrap();
        follow(&bench, &bench.db, 2, ada).await.unwrap();
        let by_bob = post(&bench, 2, bob, words("Bonjour @ada")).await.unwrap().id;
        assert_eq!(told(&bench, 1).await, [Happening::Mention, Happening::Follow]);
        block(&bench, 1, bob).await.unwrap();
        assert!(told(&bench, 1).await.is_empty() && told(&bench, 2).await.is_empty());
        for voice in [ada, bob] {
            assert!(read_tx!(bench.db, |tx| f::followers_agree(tx, voice).await).unwrap());
        }
        assert_eq!(code(follow(&bench, &bench.db, 2, ada).await), "not-found", "as if she were not there");
        assert_eq!(code(follow(&bench, &bench.db, 1, bob).await), "unblock-first");
        let now = bench.clock.now();
        for viewer in [person(1), person(2)] {
            let seen = read_tx!(bench.db, |tx| p::seen_post(tx, &viewer, by_bob, now).await);
            assert_eq!(seen.is_ok(), viewer == person(2));
        }
        let of = Some(PassedOn { subject: Subject::post(by_bob), author: bob });
        assert_eq!(code(post(&bench, 1, ada, Draft { of, ..words("") }).await), "not-found");
        post(&bench, 2, bob, words("Encore @ada")).await.unwrap();
        assert!(told(&bench, 1).await.is_empty(), "who is blocked mentions nobody");
        let (two, one) = (person(2), person(1));
        assert!(read_tx!(bench.db, |tx| m::voice_by_handle(tx, &two, "ada").await).is_err());
        assert!(read_tx!(bench.db, |tx| m::voice_by_handle(tx, &one, "bob").await).is_err());
        let c = ctx(&bench, person(1));
        write_tx!(bench.db, |tx| f::unblock(tx, &c, bob).await).unwrap();
        follow(&bench, &bench.db, 2, ada).await.unwrap();
    });
}

#[test]
fn posts_live_and_die() {
    both(&steps(), async |bench: Bench| {
        let (ada, bob) = (join(&bench, 1, "ada").await.unwrap(), join(&bench, 2, "bob").await.unwrap());
        let draft = Draft { request: Some("once".to_owned()), ..words("#Lyon https://example.org/a @bob") };
        let first = post(&bench, 1, ada, draft.clone()).await.unwrap();
        let again = post(&bench, 1, ada, draft).await.unwrap();
        assert_eq!((first.new, again.new, first.id), (true, false, again.id));
        assert_eq!(code(post(&bench, 2, ada, words("x")).await), "not-found");
        let of = Some(PassedOn { subject: Subject::post(first.id), author: 0 });
        let share = post(&bench, 2, bob, Draft { of, ..words("") }).await.unwrap();
        assert!(!post(&bench, 2, bob, Draft { of, ..words("") }).await.unwrap().new, "passed on once");
        let of_share = Some(PassedOn { subject: Subject::post(share.id), author: bob });
        let quote = post(&bench, 2, bob, Draft { of: of_share, ..words("Voyez") }).await.unwrap();
        let now = bench.clock.now();
        let read = async |id| read_tx!(bench.db, |tx| p::public_posts(tx, &[id], now).await).unwrap().remove(&id);
        let quoted = read(quote.id).await.unwrap().of.unwrap();
        assert_eq!((quoted.subject, quoted.author), (Subject::post(first.id), ada), "a reshare stands for its origin");
        assert_eq!(told(&bench, 1).await, [Happening::Quote, Happening::Reshare]);
        let c = ctx(&bench, person(1));
        let edit =
            async |version, body: &str| write_tx!(bench.db, |tx| p::edit(tx, &c, first.id, version, body, &[]).await);
        edit(1, "Autre chose").await.unwrap();
        assert_eq!(code(edit(1, "Encore autre chose").await), "changed-meanwhile");
        assert_eq!(code(edit(2, " ").await), "check-fields body=required");
        let (_, before) = read_tx!(bench.db, |tx| p::history(tx, &Actor::Visitor, first.id, now).await).unwrap();
        assert_eq!(before.len(), 1);
        assert_eq!(before[0].body, "#Lyon https://example.org/a @bob");
        let full = read_tx!(bench.db, |tx| {
            let posts = p::public_posts(tx, &[first.id], now).await?.into_values().collect();
            p::full(tx, posts, now).await
        });
        assert_eq!(full.unwrap()[0].passed_on, 2);
        let mods = ctx(&bench, editor());
        write_tx!(bench.db, |tx| p::moderate(tx, &mods, first.id, true).await).unwrap();
        assert!(read(first.id).await.is_none());
        assert_eq!(code(edit(3, "Retour").await), "not-editable");
        assert_eq!(code(write_tx!(bench.db, |tx| p::moderate(tx, &c, first.id, false).await)), "not-found");
        write_tx!(bench.db, |tx| p::moderate(tx, &mods, first.id, false).await).unwrap();
        write_tx!(bench.db, |tx| p::delete(tx, &c, first.id).await).unwrap();
        assert!(read(first.id).await.is_none());
        assert_eq!(code(write_tx!(bench.db, |tx| p::delete(tx, &c, first.id).await)), "not-found");
        assert!(read_tx!(bench.db, |tx| p::history(tx, &mods.actor, first.id, now).await).is_err());
    });
}

#[test]
fn a_show_speaks_through_its_editors() {
    both(&steps(), async |bench: Bench| {
        let c = ctx(&bench, editor());
        write_tx!(bench.db, |tx| m::ensure_voice(tx, VoiceKind::Show, 77, ORG, "de-plain-pied", c.now).await).unwrap();
        let id = write_tx!(bench.db, |tx| p::post(tx, &c, 77, PostKind::Post, &words("Demain")).await).unwrap().id;
        let strange = ctx(&bench, person(1));
        let tried = write_tx!(bench.db, |tx| p::post(tx, &strange, 77, PostKind::Post, &words("x")).await);
        assert_eq!(code(tried), "not-found");
        let now = c.now;
        let found = read_tx!(bench.db, |tx| p::seen_post(tx, &Actor::Visitor, id, now).await).unwrap();
        assert_eq!((found.author, found.state), (77, PostState::Public));
    });
}

#[test]
fn leaving_leaves_nothing_of_a_person() {
    both(&steps(), async |bench: Bench| {
        let (ada, bob) = (join(&bench, 1, "ada").await.unwrap(), join(&bench, 2, "bob").await.unwrap());
        follow(&bench, &bench.db, 1, bob).await.unwrap();
        follow(&bench, &bench.db, 2, ada).await.unwrap();
        let id = post(&bench, 1, ada, words("Bonjour @bob")).await.unwrap().id;
        let c = ctx(&bench, person(1));
        let copied = read_tx!(bench.db, |tx| community::service::export_member(tx, &c, PersonId(1)).await).unwrap();
        assert_eq!(copied.told["posts"][0]["body"], "Bonjour @bob");
        assert!(write_tx!(bench.db, |tx| m::erase_member(tx, &c, PersonId(2)).await).is_err());
        write_tx!(bench.db, |tx| m::erase_member(tx, &c, PersonId(1)).await).unwrap();
        assert!(told(&bench, 2).await.is_empty());
        assert!(read_tx!(bench.db, |tx| f::followers_agree(tx, bob).await).unwrap());
        let now = bench.clock.now();
        assert!(read_tx!(bench.db, |tx| p::seen_post(tx, &Actor::Visitor, id, now).await).is_err());
        assert!(read_tx!(bench.db, |tx| m::voice_by_handle(tx, &Actor::Visitor, "ada").await).is_err());
        assert_eq!(code(join(&bench, 5, "ada").await), "check-fields handle=handle-taken");
        assert!(read_tx!(bench.db, |tx| m::member_of(tx, PersonId(1)).await).unwrap().is_none());
    });
}

#[derive(Clone, Debug)]
enum Step {
    Follow(usize, usize),
    Unfollow(usize, usize),
    Block(usize, usize),
    Unblock(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let two = (0_usize..4, 0_usize..4);
    prop_oneof![
        4 => two.clone().prop_map(|(a, b)| Step::Follow(a, b)),
        2 => two.clone().prop_map(|(a, b)| Step::Unfollow(a, b)),
        1 => two.clone().prop_map(|(a, b)| Step::Block(a, b)),
        1 => two.prop_map(|(a, b)| Step::Unblock(a, b)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn followers_are_counted_whatever_happens(lives in prop::collection::vec(step(), 1..40)) {
        run(On::Lite, &steps(), &async |bench: Bench| {
            let mut ids = vec![];
            for (n, handle) in (1..).zip(["ada", "bob", "cleo", "dan"]) {
                ids.push(join(&bench, n, handle).await.unwrap());
            }
            let mut blocked = std::collections::BTreeSet::new();
            for step in &lives {
                let (Step::Follow(a, b) | Step::Unfollow(a, b) | Step::Block(a, b) | Step::Unblock(a, b)) = *step;
                let c = ctx(&bench, person(a as i64 + 1));
                let voice = ids[b];
                let done = match step {
                    Step::Follow(..) => write_tx!(bench.db, |tx| f::follow(tx, &c, voice).await.map(drop)),
                    Step::Unfollow(..) => write_tx!(bench.db, |tx| f::unfollow(tx, &c, voice).await),
                    Step::Block(..) => write_tx!(bench.db, |tx| f::block(tx, &c, voice).await.map(drop)),
                    Step::Unblock(..) => write_tx!(bench.db, |tx| f::unblock(tx, &c, voice).await),
                };
                match step {
                    Step::Block(..) if done.is_ok() => { blocked.insert((a, b)); }
                    Step::Unblock(..) => { blocked.remove(&(a, b)); }
                    Step::Follow(..) => assert_eq!(done.is_ok(), a != b && !blocked.contains(&(a, b)) && !blocked.contains(&(b, a))),
                    _ => {}
                }
                for voice in &ids {
                    assert!(read_tx!(bench.db, |tx| f::followers_agree(tx, *voice).await).unwrap());
                }
            }
            for (a, b) in blocked {
                let viewer = person(a as i64 + 1);
                let bond = read_tx!(bench.db, |tx| f::bonds(tx, &viewer, &[ids[b]]).await).unwrap()[&ids[b]];
                assert!(bond.blocks && bond.follows.is_none());
            }
        });
    }
}

#[test]
fn two_at_once_share_nothing() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        let second = bench.second().await;
        let (one, two) = (ctx(&bench, person(1)), ctx(&bench, person(2)));
        let taken = profile("ada");
        let (a, b) = tokio::join!(async { write_tx!(bench.db, |tx| m::join(tx, &one, ORG, &taken).await) }, async {
            write_tx!(second, |tx| m::join(tx, &two, ORG, &taken).await)
        },);
        assert!(a.is_ok() != b.is_ok(), "one handle, one member");
        let bob = join(&bench, 3, "bob").await.unwrap();
        let winner = if a.is_ok() { 1 } else { 2 };
        let (a, b) = tokio::join!(follow(&bench, &bench.db, winner, bob), follow(&bench, &second, winner, bob));
        assert!(a.is_ok() && b.is_ok());
        assert!(read_tx!(bench.db, |tx| f::followers_agree(tx, bob).await).unwrap());
        let c = ctx(&bench, person(3));
        let draft = Draft { request: Some("r".to_owned()), ..words("Une fois") };
        let (a, b) = tokio::join!(
            async { write_tx!(bench.db, |tx| p::post(tx, &c, bob, PostKind::Post, &draft).await) },
            async { write_tx!(second, |tx| p::post(tx, &c, bob, PostKind::Post, &draft).await) },
        );
        let (a, b) = (a.unwrap(), b.unwrap());
        assert!(a.id == b.id && a.new != b.new, "the same wish twice is one post");
        let (x, y) =
            tokio::join!(async { write_tx!(bench.db, |tx| p::edit(tx, &c, a.id, 1, "Un", &[]).await) }, async {
                write_tx!(second, |tx| p::edit(tx, &c, a.id, 1, "Deux", &[]).await)
            },);
        assert!(x.is_ok() != y.is_ok(), "one edit of a version");
    });
}
