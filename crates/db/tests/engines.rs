//! The database crate on both engines: one body, run twice; races run with two connections on PostgreSQL.

use db::{Batch, Batcher, BatcherConfig, DbError, Failure, Migration, Rows, Tx, args, pairs, read_tx, write_tx};
use testkit::{Bench, On, both, run};

const STEPS: &[Migration] = &[Migration {
    id: "db_test_0001",
    sql: "CREATE TABLE db_thing (id BIGINT NOT NULL PRIMARY KEY, guid TEXT NOT NULL UNIQUE, left_over BIGINT NOT NULL CHECK (left_over >= 0));
-- pair: forbid_update db_thing(guid)
CREATE TABLE db_kept (id BIGINT NOT NULL PRIMARY KEY);
-- pair: forbid_delete db_kept
CREATE TABLE db_taken (key TEXT NOT NULL PRIMARY KEY, thing BIGINT NOT NULL REFERENCES db_thing (id));
-- pair: full_text db_thing",
}];

async fn thing(tx: &mut Tx, id: i64, guid: &str, left: i64) -> Result<(), Failure> {
    tx.run("INSERT INTO db_thing (id, guid, left_over) VALUES ($1, $2, $3)", args![id, guid, left]).await?;
    Ok(())
}

async fn left(bench: &Bench, id: i64) -> i64 {
    let sql = "SELECT left_over FROM db_thing WHERE id = $1";
    read_tx!(bench.db, |tx| Ok(tx.scalar::<i64>(sql, args![id]).await?)).expect("reads").expect("there")
}

#[test]
fn a_refused_transaction_leaves_nothing() {
    both(STEPS, async |bench| {
        let outcome = write_tx!(bench.db, |tx| {
            thing(tx, 1, "a", 1).await?;
            thing(tx, 2, "a", 1).await
        });
        assert!(outcome.is_err_and(|f| f.is_constraint()));
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM db_thing";
        let rows = read_tx!(bench.db, |tx| Ok(tx.scalar::<i64>(sql, args![]).await?)).expect("reads");
        assert_eq!(rows, Some(0));
    });
}

#[test]
fn the_pairs_forbid_on_both_engines() {
    both(STEPS, async |bench| {
        write_tx!(bench.db, |tx| {
            thing(tx, 1, "a", 5).await?;
            Ok(tx.run("INSERT INTO db_kept (id) VALUES (1)", args![]).await?)
        })
        .expect("written");
        for sql in ["UPDATE db_thing SET guid = 'b' WHERE id = 1", "DELETE FROM db_kept WHERE id = 1"] {
            let outcome = write_tx!(bench.db, |tx| Ok(tx.run(sql, args![]).await?));
            let Err(Failure::Db(DbError::Constraint(why))) = outcome else { panic!("{sql} passed") };
            assert!(why.contains("never"), "{why}");
        }
        // The same value again, and other columns, may be written.
        let sql = "UPDATE db_thing SET guid = 'a', left_over = 4 WHERE id = 1";
        write_tx!(bench.db, |tx| Ok(tx.run(sql, args![]).await?)).expect("allowed");
    });
}

#[test]
fn full_text_finds_the_same_on_both_engines() {
    both(STEPS, async |bench| {
        write_tx!(bench.db, |tx| {
            pairs::index_text(tx, "db_thing", 1, "Le Pont où l’on s’arrête").await?;
            pairs::index_text(tx, "db_thing", 2, "Une école près du pont").await?;
            pairs::index_text(tx, "db_thing", 2, "Une école loin du marché").await?;
            Ok(())
        })
        .expect("indexed");
        for (ask, hits) in [
            ("pont", vec![1]),
            ("ecole", vec![2]),
            ("arret", vec![1]),
            ("une loin", vec![2]),
            ("d \"*", vec![2]),
            ("!", vec![]),
        ] {
            let found = read_tx!(bench.db, |tx| Ok(pairs::find_text(tx, "db_thing", ask, 9).await?)).expect("reads");
            assert_eq!(found, hits, "{ask}");
        }
    });
}

#[test]
fn an_index_that_learns_beginnings_keeps_its_words() {
    const BEGINNINGS: Migration = Migration { id: "db_test_0002", sql: "-- pair: full_text_beginnings db_thing" };
    both(STEPS, async |bench| {
        let index = async |id: i64, text: &str| {
            write_tx!(bench.db, |tx| Ok(pairs::index_text(tx, "db_thing", id, text).await?)).expect("indexed");
        };
        index(1, "Le pontonnier").await;
        index(2, "La pontée, puis le pont").await;
        bench.db.migrate(&[STEPS[0], BEGINNINGS]).await.expect("made anew");
        index(3, "Un ponton").await;
        for (ask, hits) in [("pon", vec![3, 2, 1]), ("ponto", vec![3, 1]), ("pont p", vec![2]), ("po", vec![3, 2, 1])] {
            let found = read_tx!(bench.db, |tx| Ok(pairs::find_text(tx, "db_thing", ask, 9).await?)).expect("reads");
            assert_eq!(found, hits, "{ask}");
        }
    });
}

#[test]
fn many_rows_go_in_with_few_statements() {
    both(STEPS, async |bench| {
        write_tx!(bench.db, |tx| {
            let mut rows = Rows::default();
            for id in 0..1234_i64 {
                rows.push(args![id, format!("g{id}"), 1_i64]);
            }
            Ok(tx.insert_rows("INSERT INTO db_thing (id, guid, left_over)", rows, "ON CONFLICT DO NOTHING").await?)
        })
        .expect("written");
        let sql = "SELECT CAST(SUM(id) AS BIGINT) FROM db_thing";
        let sum = read_tx!(bench.db, |tx| Ok(tx.scalar::<i64>(sql, args![]).await?)).expect("reads");
        assert_eq!(sum, Some(1233 * 1234 / 2));
    });
}

#[test]
fn a_touched_topic_goes_stale_at_commit_and_only_then() {
    both(STEPS, async |bench| {
        let other = bench.second().await;
        let mut poll = db::TopicPoll::default();
        other.poll_topics(&mut poll).await.expect("polls");
        let (here, there) = (bench.db.topics().mark("show:1"), other.topics().mark("show:1"));
        let failed: Result<(), Failure> = write_tx!(bench.db, |tx| {
            tx.touch("show:1").await?;
            Err(Failure::Broken("no".to_owned()))
        });
        assert!(failed.is_err() && here.is_fresh());
        write_tx!(bench.db, |tx| Ok(tx.touch("show:1").await?)).expect("written");
        assert!(!here.is_fresh(), "stale here at commit");
        other.poll_topics(&mut poll).await.expect("polls");
        assert!(!there.is_fresh(), "stale there after a look");
        let again = other.topics().mark("show:1");
        other.poll_topics(&mut poll).await.expect("polls");
        assert!(again.is_fresh(), "a look without a change bumps nothing");
    });
}

#[test]
fn the_migrations_run_once_and_a_changed_text_is_refused() {
    both(STEPS, async |bench| {
        bench.db.migrate(STEPS).await.expect("a second run is a no-op");
        let changed = [Migration { id: "db_test_0001", sql: "SELECT 1" }];
        assert!(bench.db.migrate(&changed).await.is_err());
    });
}

#[test]
fn node_numbers_are_never_shared() {
    both(STEPS, async |bench| {
        let second = bench.second().await;
        let a = db::NodeLease::take(&bench.db, &kernel::Rng::System).await.expect("a node");
        let b = db::NodeLease::take(&second, &kernel::Rng::System).await.expect("a node");
        assert_ne!(a.node, b.node);
        a.renew(&bench.db).await.expect("still ours");
        a.release(&bench.db).await.expect("given back");
        assert!(a.renew(&bench.db).await.is_err());
    });
}

#[test]
fn two_connections_never_spend_the_same_unit() {
    // Read, then write what the read allows: only SERIALIZABLE with reruns keeps this right.
    run(On::Pg, STEPS, &async |bench: Bench| {
        write_tx!(bench.db, |tx| thing(tx, 1, "a", 40).await).expect("written");
        let second = bench.second().await;
        let mut tasks = Vec::new();
        for n in 0..60 {
            let db = if n % 2 == 0 { bench.db.clone() } else { second.clone() };
            tasks.push(tokio::spawn(async move {
                loop {
                    let outcome = write_tx!(db, |tx| {
                        let sql = "SELECT left_over FROM db_thing WHERE id = 1";
                        let left = tx.scalar::<i64>(sql, args![]).await?.unwrap_or(0);
                        if left == 0 {
                            return Ok(false);
                        }
                        let sql = "UPDATE db_thing SET left_over = $1 WHERE id = 1";
                        tx.run(sql, args![left - 1]).await?;
                        Ok(true)
                    });
                    match outcome {
                        Ok(got) => return got,
                        Err(failure) => assert!(failure.is_collision(), "{failure}"),
                    }
                }
            }));
        }
        let mut got = 0;
        for task in tasks {
            got += i64::from(task.await.expect("ends"));
        }
        assert_eq!((got, left(&bench, 1).await), (40, 0));
    });
}

/// Takes units of one thing; the key makes a repeated command get the first answer.
struct Take;

#[derive(Clone)]
struct TakeOne {
    key: String,
    thing: i64,
}

impl Batch for Take {
    type Command = TakeOne;
    type Answer = bool;

    async fn apply(&self, tx: &mut Tx, commands: &[TakeOne]) -> Result<Vec<bool>, Failure> {
        // Locks the hot row before deciding.
        let lock = "UPDATE db_thing SET left_over = left_over WHERE id = 1 RETURNING left_over";
        let mut left: i64 = tx.run_returning(lock, args![]).await?[0].get(0)?;
        let mut answers = Vec::new();
        let mut taken = Rows::default();
        for command in commands {
            let known = tx.scalar::<i64>("SELECT thing FROM db_taken WHERE key = $1", args![&command.key]).await?;
            let accept = known.is_some() || left > 0;
            if known.is_none() && accept {
                left -= 1;
                taken.push(args![&command.key, command.thing]);
            }
            answers.push(accept);
        }
        tx.insert_rows("INSERT INTO db_taken (key, thing)", taken, "").await?;
        tx.run("UPDATE db_thing SET left_over = $1 WHERE id = 1", args![left]).await?;
        Ok(answers)
    }
}

#[test]
fn a_batch_never_oversells_and_a_bad_command_fails_alone() {
    both(STEPS, async |bench| {
        write_tx!(bench.db, |tx| thing(tx, 1, "a", 50).await).expect("written");
        let second = bench.second().await;
        let doors = [bench.db.clone(), second].map(|db| Batcher::start(db, Take, BatcherConfig::default()));
        let mut tasks = Vec::new();
        for n in 0..120_i64 {
            let door = doors[usize::from(n % 2 == 0)].clone();
            // Every tenth command names a thing that does not exist: a foreign key refuses it.
            let thing = if n % 10 == 9 { 77 } else { 1 };
            tasks.push(tokio::spawn(async move { door.send(TakeOne { key: format!("k{n}"), thing }).await }));
        }
        let (mut accepted, mut broken) = (0, 0);
        for task in tasks {
            match task.await.expect("ends") {
                Ok(true) => accepted += 1,
                Ok(false) => {}
                Err(failure) => {
                    assert!(failure.is_constraint(), "{failure}");
                    broken += 1;
                }
            }
        }
        assert_eq!(accepted, 50);
        assert!(broken <= 12);
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM db_taken";
        let rows = read_tx!(bench.db, |tx| Ok(tx.scalar::<i64>(sql, args![]).await?)).expect("reads");
        assert_eq!(rows, Some(50));
    });
}

#[test]
fn an_injected_stop_between_any_two_statements_leaves_nothing_half_done() {
    both(STEPS, async |bench| {
        for stop in 0..5 {
            bench.faults.stop_after(stop);
            let outcome = write_tx!(bench.db, |tx| {
                thing(tx, 10 + stop, &format!("g{stop}"), 1).await?;
                tx.touch("show:1").await?;
                tx.run("INSERT INTO db_kept (id) VALUES ($1)", args![10 + stop]).await?;
                Ok(())
            });
            bench.faults.disarm();
            let sql = "SELECT CAST((SELECT COUNT(*) FROM db_thing WHERE id = $1) + (SELECT COUNT(*) FROM db_kept WHERE id = $2) AS BIGINT)";
            let rows = read_tx!(bench.db, |tx| Ok(tx.scalar::<i64>(sql, args![10 + stop, 10 + stop]).await?));
            let expected = if outcome.is_ok() { 2 } else { 0 };
            assert_eq!(rows.expect("reads"), Some(expected), "stop after {stop}");
            assert_eq!(outcome.is_ok(), stop == 4, "three statements and a commit");
        }
    });
}

#[test]
fn c21_a_copy_keeps_rows_guards_and_words_on_both_engines() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        for (from, to) in [(On::Lite, On::Pg), (On::Pg, On::Lite), (On::Pg, On::Pg)] {
            let (from, to) = (testkit::bench(from, STEPS).await, testkit::bench(to, STEPS).await);
            write_tx!(from.db, |tx| {
                for id in 1..=1_200_i64 {
                    tx.run(
                        "INSERT INTO db_thing (id, guid, left_over) VALUES ($1, $2, 0)",
                        args![id, format!("g{id}")],
                    )
                    .await?;
                }
                tx.run("INSERT INTO db_taken (key, thing) VALUES ('é', 1200)", args![]).await?;
                Ok(pairs::index_text(tx, "db_thing", 7, "Le pont de l’île").await?)
            })
            .expect("rows");
            let mut heard = Vec::new();
            let copied = from.db.copy_into(&to.db, |table, rows| heard.push((table.to_owned(), rows))).await;
            assert_eq!(copied.expect("copied"), 1_201);
            assert!(heard.contains(&("db_thing".to_owned(), 1_200)), "{heard:?}");
            let found = read_tx!(to.db, |tx| Ok(pairs::find_text(tx, "db_thing", "ile po", 9).await?));
            assert_eq!(found.expect("found"), [7]);
            let change = write_tx!(to.db, |tx| Ok(tx.run("UPDATE db_thing SET guid = 'x'", args![]).await?));
            assert!(change.is_err(), "guards are in place");
            let orphan = write_tx!(to.db, |tx| {
                Ok(tx.run("INSERT INTO db_taken (key, thing) VALUES ('x', 9999)", args![]).await?)
            });
            assert!(orphan.is_err_and(|f| f.is_constraint()), "foreign keys are checked at once");
            let other = testkit::bench(On::Lite, &[]).await;
            assert!(from.db.copy_into(&other.db, |_, _| {}).await.is_err(), "another schema is refused");
        }
    });
}
