//! Members and what stands between them: one handle and one place under races on PostgreSQL, and counters that equal their
//! rows whatever happens.

use community::model::{Happening, Member};
use community::service::members::{self, Profile};
use community::service::{follows, notify};
use db::{Db, Failure, Migration, read_tx, write_tx};
use kernel::{Actor, Ctx, OrgId, PersonId};
use testkit::{Bench, On, both, run};

fn steps() -> Vec<Migration> {
    [jobs::MIGRATIONS, reach::MIGRATIONS, community::MIGRATIONS].concat()
}

fn ctx(bench: &Bench, person: i64) -> Ctx {
    let actor = Actor::Person { person: PersonId(person), roles: Vec::new() };
    Ctx { now: bench.clock.now(), actor, ids: bench.ids.clone(), rng: kernel::Rng::System }
}

fn profile(handle: &str) -> Profile {
    Profile { name: format!("Nom de {handle}"), handle: handle.to_owned(), ..Profile::default() }
}

async fn join(db: Db, ctx: Ctx, handle: String) -> Result<Member, Failure> {
    write_tx!(db, |tx| members::join(tx, &ctx, OrgId(1), &profile(&handle)).await)
}

async fn joined(bench: &Bench, person: i64, handle: &str) -> i64 {
    join(bench.db.clone(), ctx(bench, person), handle.to_owned()).await.expect("joined").id
}

#[test]
fn race_one_handle_is_taken_by_one_of_two() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        for round in 0..8 {
            let dbs = [bench.db.clone(), bench.second().await];
            let mut tasks = Vec::new();
            for (n, db) in (0_i64..).zip(dbs) {
                tasks.push(tokio::spawn(join(db, ctx(&bench, 100 + round * 2 + n), format!("ada{round}"))));
            }
            let mut taken = 0;
            for task in tasks {
                match task.await.expect("ends") {
                    Ok(member) => taken += i32::from(member.handle == format!("ada{round}")),
                    Err(failure) => assert_eq!(failure.as_refusal().fields[0].code, "handle-taken"),
                }
            }
            assert_eq!(taken, 1);
        }
    });
}

#[test]
fn race_a_person_who_joins_twice_has_one_place() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        for round in 0..8 {
            let dbs = [bench.db.clone(), bench.second().await];
            let mut tasks = Vec::new();
            for (n, db) in (0_i64..).zip(dbs) {
                tasks.push(tokio::spawn(join(db, ctx(&bench, 100 + round), format!("ada{round}-{n}x"))));
            }
            let mut places = Vec::new();
            for task in tasks {
                places.push(task.await.expect("ends").expect("a place").id);
            }
            assert_eq!(places[0], places[1]);
        }
    });
}

#[test]
fn race_following_twice_is_following_once() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        joined(&bench, 1, "ada").await;
        let ben = joined(&bench, 2, "ben").await;
        for round in 0..8 {
            let dbs = [bench.db.clone(), bench.second().await];
            let mut tasks = Vec::new();
            for db in dbs {
                let ctx = ctx(&bench, 1);
                tasks.push(tokio::spawn(async move {
                    match round % 2 {
                        0 => write_tx!(db, |tx| follows::follow(tx, &ctx, ben).await).map(drop),
                        _ => write_tx!(db, |tx| follows::unfollow(tx, &ctx, ben).await),
                    }
                }));
            }
            for task in tasks {
                task.await.expect("ends").expect("done");
            }
            let (agree, count) = read_tx!(bench.db, |tx| {
                let count = members::voices(tx, &[ben]).await?[&ben].followers;
                Ok((follows::followers_agree(tx, ben).await?, count))
            })
            .expect("reads");
            assert!(agree && count == i64::from(round % 2 == 0), "round {round}: {count}");
        }
    });
}

/// A small generator: the same lives in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, most: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % most).expect("small")
    }
}

#[test]
fn counters_equal_their_rows_and_nobody_apart_follows_whatever_happens() {
    both(&steps(), async |bench| {
        let mut people = Vec::new();
        for n in 1..=5_i64 {
            people.push((n, joined(&bench, n, &format!("voix{n}")).await));
        }
        let mut dice = Dice(7);
        for step in 0..160 {
            let (who, whom, what) = (dice.roll(5), dice.roll(5), dice.roll(6));
            let (ctx, other) = (ctx(&bench, people[who].0), people[whom].1);
            let done: Result<(), Failure> = write_tx!(bench.db, |tx| match what {
                0 | 1 => follows::follow(tx, &ctx, other).await.map(drop),
                2 => follows::unfollow(tx, &ctx, other).await,
                3 => follows::block(tx, &ctx, other).await.map(drop),
                4 => follows::unblock(tx, &ctx, other).await,
                _ => follows::mute(tx, &ctx, other).await.map(drop),
            });
            if let Err(failure) = done {
                assert!(matches!(failure, Failure::Refused(_)), "step {step}: {failure}");
            }
            if step == 120 {
                let own = self::ctx(&bench, people[4].0);
                write_tx!(bench.db, |tx| members::erase_member(tx, &own, PersonId(people[4].0)).await).expect("erased");
            }
        }
        for (person, id) in &people {
            let actor = ctx(&bench, *person).actor;
            let ids: Vec<i64> = people.iter().map(|p| p.1).collect();
            let (agree, bonds) = read_tx!(bench.db, |tx| {
                Ok((follows::followers_agree(tx, *id).await?, follows::bonds(tx, &actor, &ids).await?))
            })
            .expect("reads");
            assert!(agree, "{id}");
            let apart = |b: &community::model::Bond| (b.blocks || b.blocked_by) && b.follows.is_some();
            assert!(!bonds.values().any(apart), "{person}: somebody apart is followed");
        }
        let gone = people[4].1;
        let voices = read_tx!(bench.db, |tx| members::voices(tx, &[gone]).await).expect("reads");
        assert!(voices[&gone].closed && voices[&gone].followers == 0);
    });
}

#[test]
fn an_erased_member_keeps_the_handle_and_nothing_else() {
    both(&steps(), async |bench| {
        let (ada, ben) = (joined(&bench, 1, "ada").await, joined(&bench, 2, "ben").await);
        let (a, b) = (ctx(&bench, 1), ctx(&bench, 2));
        write_tx!(bench.db, |tx| {
            follows::follow(tx, &a, ben).await?;
            follows::follow(tx, &b, ada).await
        })
        .expect("followed");
        let stranger = write_tx!(bench.db, |tx| members::erase_member(tx, &b, PersonId(1)).await);
        assert_eq!(stranger.expect_err("refused").as_refusal().code, "forbidden");
        write_tx!(bench.db, |tx| members::erase_member(tx, &a, PersonId(1)).await).expect("erased");
        let (found, told) = read_tx!(bench.db, |tx| {
            let found = members::members(tx, &[ada]).await?.remove(&ada);
            Ok((found, notify::notifications(tx, &b.actor, None).await?.0))
        })
        .expect("reads");
        let found = found.expect("a row");
        assert!(found.erased && found.person.is_none() && found.name.is_empty() && found.handle == "ada");
        assert!(told.iter().all(|n| n.kind != Happening::Follow), "what she did is gone too");
        let again = join(bench.db.clone(), ctx(&bench, 3), "Ada".to_owned()).await;
        assert_eq!(again.expect_err("kept").as_refusal().fields[0].code, "handle-taken");
        // The person may come back, as somebody new.
        joined(&bench, 1, "ada-bis").await;
    });
}

#[test]
fn two_who_change_one_profile_at_once_never_overwrite_each_other() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        joined(&bench, 1, "ada").await;
        let mut version = 1;
        for round in 0..8 {
            let mut tasks = Vec::new();
            for (n, db) in [bench.db.clone(), bench.second().await].into_iter().enumerate() {
                let ctx = ctx(&bench, 1);
                let new = Profile { about: format!("{round} {n}"), ..profile("ada") };
                tasks.push(tokio::spawn(async move {
                    write_tx!(db, |tx| members::set_profile(tx, &ctx, &new, version).await)
                }));
            }
            let mut saved = 0;
            for task in tasks {
                match task.await.expect("ends") {
                    Ok(member) => {
                        saved += 1;
                        version = member.version;
                    }
                    Err(failure) => assert_eq!(failure.as_refusal().code, "changed-meanwhile"),
                }
            }
            assert_eq!(saved, 1);
        }
    });
}
