//! Standings on both engines.

use db::{Db, args, read_tx, write_tx};
use kernel::{OrgId, Subject};
use reach::{Standing, Standings};
use testkit::{Bench, On, both, run};

#[test]
fn a_standing_is_set_changed_and_lifted() {
    both(reach::MIGRATIONS, async |bench: Bench| {
        let now = bench.clock.now();
        let (post, episode) = (Subject::post(1), Subject::episode(1));
        let all = [post, episode];
        let read = async || read_tx!(bench.db, |tx| Ok(reach::standings(tx, &all).await?)).unwrap();
        assert_eq!(read().await, Standings::default());
        write_tx!(bench.db, |tx| {
            reach::set(tx, OrgId(1), post, Standing::Limited, None, (now, Some(now.plus_seconds(60)))).await?;
            reach::set(tx, OrgId(1), episode, Standing::Labelled, Some("context"), (now, None)).await?;
            Ok(())
        })
        .unwrap();
        let found = read().await;
        assert!(found.has(post, Standing::Limited, now) && !found.has(post, Standing::Limited, now.plus_seconds(60)));
        assert!(!found.has(episode, Standing::Limited, now));
        assert_eq!((found.label(episode, now), found.label(post, now)), (Some("context"), None));
        write_tx!(bench.db, |tx| Ok(reach::lift(tx, OrgId(2), post, Standing::Limited).await?)).unwrap();
        assert!(read().await.has(post, Standing::Limited, now), "another organisation lifts nothing");
        write_tx!(bench.db, |tx| Ok(reach::lift(tx, OrgId(1), post, Standing::Limited).await?)).unwrap();
        assert!(!read().await.has(post, Standing::Limited, now));
    });
}

#[test]
fn nothing_is_asked_while_there_are_none_and_the_first_is_seen_at_once() {
    both(reach::MIGRATIONS, async |bench: Bench| {
        let (now, post) = (bench.clock.now(), Subject::post(1));
        let look = async || {
            read_tx!(bench.db, |tx| {
                let found = reach::shown(tx, &[post]).await?;
                Ok((found.has(post, Standing::Removed, now), tx.statements()))
            })
            .unwrap()
        };
        assert_eq!(look().await, (false, 1), "one look whether there is any");
        assert_eq!(look().await, (false, 0));
        write_tx!(bench.db, |tx| {
            // Whoever writes always asks.
            assert!(!reach::shown(tx, &[post]).await?.has(post, Standing::Removed, now));
            assert!(tx.statements() > 0);
            reach::set(tx, OrgId(1), post, Standing::Removed, None, (now, None)).await?;
            assert!(reach::shown(tx, &[post]).await?.has(post, Standing::Removed, now));
            Ok(())
        })
        .unwrap();
        assert_eq!((look().await, look().await), ((true, 2), (true, 1)));
        // A reader who began before sees what was, and leaves nothing behind that would hide what is.
        write_tx!(bench.db, |tx| Ok(reach::lift(tx, OrgId(1), post, Standing::Removed).await?)).unwrap();
        let mut early = bench.db.begin_read().await.unwrap();
        assert!(
            early.scalar::<i64>("SELECT CAST(COUNT(*) AS BIGINT) FROM reach_standing", vec![]).await.unwrap()
                == Some(0)
        );
        write_tx!(bench.db, |tx| Ok(reach::set(tx, OrgId(1), post, Standing::Removed, None, (now, None)).await?))
            .unwrap();
        assert!(!reach::shown(&mut early, &[post]).await.unwrap().has(post, Standing::Removed, now));
        drop(early);
        assert_eq!((look().await, look().await), ((true, 2), (true, 1)));
    });
}

/// A decision and the taking back of one, at once: it stands or it does not, once, and what is read is one of both.
#[test]
fn race_setting_and_lifting_leave_one_standing_or_none() {
    run(On::Pg, reach::MIGRATIONS, &async |bench: Bench| {
        let second = bench.second().await;
        let now = bench.clock.now();
        for round in 0..12 {
            let post = Subject::post(round);
            let set = async |db: &Db, until: i64| {
                let time = (now, Some(now.plus_seconds(until)));
                write_tx!(db, |tx| Ok(reach::set(tx, OrgId(1), post, Standing::Removed, None, time).await?))
            };
            let lift = async { write_tx!(second, |tx| Ok(reach::lift(tx, OrgId(1), post, Standing::Removed).await?)) };
            if round % 2 == 0 {
                set(&bench.db, 60).await.expect("set");
            }
            let (one, two, lifted) = tokio::join!(set(&bench.db, 120), set(&second, 180), lift);
            assert!(one.is_ok() && two.is_ok() && lifted.is_ok(), "round {round}: {one:?} {two:?} {lifted:?}");
            let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM reach_standing WHERE subject_id = $1";
            let rows = read_tx!(bench.db, |tx| Ok(tx.scalar::<i64>(sql, args![round]).await?)).expect("read");
            let found = read_tx!(bench.db, |tx| Ok(reach::standings(tx, &[post]).await?)).expect("read");
            assert_eq!(found.has(post, Standing::Removed, now), rows == Some(1), "round {round}");
            assert!(rows.is_some_and(|n| n <= 1));
            write_tx!(bench.db, |tx| Ok(reach::lift(tx, OrgId(1), post, Standing::Removed).await?)).expect("lifted");
        }
    });
}
