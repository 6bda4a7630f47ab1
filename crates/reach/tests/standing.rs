//! Standings on both engines.

use db::{read_tx, write_tx};
use kernel::{OrgId, Subject};
use reach::{Standing, Standings};
use testkit::{Bench, both};

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
