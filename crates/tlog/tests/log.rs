//! The log on both engines: indexes, tiles, proofs, witnesses; two nodes that give indexes at once; rows that were changed.

use std::collections::BTreeMap;

use db::{Db, Failure, args, read_tx, write_tx};
use kernel::{Actor, Ctx, Rng};
use testkit::{Bench, On, both, run};
use tlog::checkpoint::Checkpoint;
use tlog::leaf::Value;
use tlog::merkle::{Hash, is_consistent, leaf_hash, root_of};
use tlog::model::{Head, Witness};
use tlog::note::{KeyKind, Signer, VerifierKey};
use tlog::service::{self as uc, Found, Holds, Keeper};
use tlog::tiles::{Asked, TileAt, unbundle};

fn keeper() -> Keeper {
    Keeper::new([3; 32])
}

fn ctx(bench: &Bench) -> Ctx {
    Ctx { now: bench.clock.now(), actor: Actor::System("test"), ids: bench.ids.clone(), rng: Rng::System }
}

async fn open(bench: &Bench) {
    let ctx = ctx(bench);
    write_tx!(bench.db, |tx| uc::open(tx, &keeper(), "site.example/log", &ctx).await).expect("opened");
}

async fn add(bench: &Bench, db: &Db, n: i64) -> Vec<Hash> {
    let ctx = ctx(bench);
    write_tx!(db, |tx| {
        let mut out = Vec::new();
        for i in 0..n {
            let data = BTreeMap::from([("n", Value::from(i))]);
            out.push(uc::enqueue(tx, &ctx, "test.leaf", &data).await?.hash);
        }
        Ok(out)
    })
    .expect("asked")
}

async fn sequence(bench: &Bench, db: &Db) -> Result<Option<Head>, Failure> {
    let now = bench.clock.now();
    write_tx!(db, |tx| uc::sequence(tx, &keeper(), now).await)
}

async fn all_hashes(bench: &Bench) -> Vec<Hash> {
    read_tx!(bench.db, |tx| {
        let head = uc::current(tx).await?.head;
        let mut entries = uc::newest(tx, None, head.size).await?;
        entries.reverse();
        Ok(entries.iter().map(|e| leaf_hash(&e.body)).collect())
    })
    .expect("read")
}

#[test]
fn leaves_get_indexes_tiles_and_proofs() {
    both(tlog::MIGRATIONS, async |bench: Bench| {
        open(&bench).await;
        let mut heads = vec![];
        let mut asked = vec![];
        for n in [1, 254, 1, 300, 7] {
            asked.extend(add(&bench, &bench.db, n).await);
            assert_eq!(read_tx!(bench.db, |tx| uc::find(tx, asked.last().unwrap()).await).unwrap(), Found::Waiting);
            heads.push(sequence(&bench, &bench.db).await.unwrap().unwrap());
        }
        assert_eq!(sequence(&bench, &bench.db).await.unwrap(), None);
        let leaves = all_hashes(&bench).await;
        assert_eq!(leaves[1..], asked[..], "in the order they were asked for, after the leaf that opens the log");
        let key = VerifierKey::parse(&keeper().signer("site.example/log").unwrap().key().to_string()).unwrap();
        for head in &heads {
            assert_eq!(head.root, root_of(&leaves[..head.size as usize]));
            let (read, _) = Checkpoint::open(&head.note, &key, &[]).unwrap();
            assert_eq!((read.size, read.root), (head.size, head.root));
        }
        for (old, new) in heads.iter().flat_map(|a| heads.iter().map(move |b| (a, b))).filter(|(a, b)| a.size <= b.size)
        {
            let proof = read_tx!(bench.db, |tx| uc::continues(tx, old.size, new.size).await).unwrap();
            assert!(is_consistent(old.size, &old.root, new.size, &new.root, &proof));
        }
        for index in [0, 255, 256, 511, 563] {
            let proof = read_tx!(bench.db, |tx| uc::proof(tx, index).await).unwrap();
            assert!(proof.check(&leaves[index as usize], &key, &[]).unwrap().is_some());
            assert_eq!(leaf_hash(proof.extra.as_deref().unwrap()), leaves[index as usize]);
        }
        let tile = |level, n, width| Asked::Tile { at: TileAt { level, n }, width };
        let bytes = async |asked| read_tx!(bench.db, |tx| uc::tile(tx, asked).await);
        assert_eq!(bytes(tile(0, 0, 256)).await.unwrap(), leaves[..256].concat());
        assert_eq!(bytes(tile(0, 2, 52)).await.unwrap(), leaves[512..564].concat());
        assert_eq!(bytes(tile(0, 2, 10)).await.unwrap(), leaves[512..522].concat());
        assert_eq!(bytes(tile(1, 0, 2)).await.unwrap().len(), 64);
        for missing in
            [tile(0, 2, 53), tile(0, 2, 256), tile(0, 3, 1), tile(2, 0, 1), Asked::Entries { n: 2, width: 53 }]
        {
            assert!(bytes(missing).await.is_err());
        }
        let bundle = bytes(Asked::Entries { n: 2, width: 52 }).await.unwrap();
        let hashes: Vec<Hash> = unbundle(&bundle).unwrap().into_iter().map(leaf_hash).collect();
        assert_eq!(hashes, leaves[512..564]);
        assert_eq!(read_tx!(bench.db, |tx| uc::find(tx, &leaves[300]).await).unwrap(), Found::At(300));
        assert_eq!(read_tx!(bench.db, |tx| uc::find(tx, &[0; 32]).await).unwrap(), Found::Nowhere);
        assert_eq!(read_tx!(bench.db, |tx| uc::agrees(tx).await).unwrap(), Vec::<String>::new());
    });
}

#[test]
fn another_key_cannot_go_on_with_a_log() {
    both(tlog::MIGRATIONS, async |bench: Bench| {
        open(&bench).await;
        open(&bench).await;
        let ctx = ctx(&bench);
        let other = Keeper::new([4; 32]);
        assert!(write_tx!(bench.db, |tx| uc::open(tx, &other, "site.example/log", &ctx).await).is_err());
    });
}

#[test]
fn a_log_that_lost_leaves_goes_on_under_a_new_name() {
    both(tlog::MIGRATIONS, async |bench: Bench| {
        open(&bench).await;
        add(&bench, &bench.db, 3).await;
        let seen = sequence(&bench, &bench.db).await.unwrap().unwrap();
        let ctx = ctx(&bench);
        write_tx!(bench.db, |tx| uc::reopen(tx, &keeper(), &seen.note, &ctx).await).expect("opened again");
        add(&bench, &bench.db, 2).await;
        let head = sequence(&bench, &bench.db).await.unwrap().unwrap();
        assert_eq!(head.size, 3);
        let now = read_tx!(bench.db, |tx| uc::current(tx).await).unwrap();
        assert_eq!(now.log.origin, "site.example/log/2");
        let first = read_tx!(bench.db, |tx| uc::entry(tx, 0).await).unwrap();
        let body: serde_json::Value = serde_json::from_slice(&first.body).unwrap();
        assert_eq!(body["data"]["before"], seen.note);
        assert_eq!(body["data"]["seen"], 4);
        let forged = seen.note.replace("\n4\n", "\n9\n");
        assert!(write_tx!(bench.db, |tx| uc::reopen(tx, &keeper(), &forged, &ctx).await).is_err());
    });
}

#[test]
fn witnesses_are_known_and_their_signatures_checked() {
    both(tlog::MIGRATIONS, async |bench: Bench| {
        open(&bench).await;
        let head = read_tx!(bench.db, |tx| uc::current(tx).await).unwrap().head;
        let signer = Signer::new("witness.example/w", KeyKind::Cosignature, &[8; 32]).unwrap();
        let witness =
            Witness { name: "witness.example/w".into(), vkey: signer.key().to_string(), url: None, here: true };
        let now = bench.clock.now();
        let text = Checkpoint { origin: "site.example/log".into(), size: head.size, root: head.root }.text();
        let line = signer.line(&text, 1_800_000_000);
        let cosign = async |line: &str| write_tx!(bench.db, |tx| uc::cosigned(tx, 1, line, now).await);
        assert!(cosign(&line).await.is_err(), "nobody knows it yet");
        write_tx!(bench.db, |tx| uc::keep_witness(tx, &witness, now).await).unwrap();
        let wrong = signer.line("site.example/log\n2\n", 1_800_000_000);
        assert!(cosign(&wrong).await.is_err());
        cosign(&line).await.unwrap();
        cosign(&line).await.unwrap();
        let current = read_tx!(bench.db, |tx| uc::current(tx).await).unwrap();
        let key = VerifierKey::parse(&current.log.vkey).unwrap();
        let (_, signed) = Checkpoint::open(&current.head.note, &key, &[signer.key().clone()]).unwrap();
        assert_eq!(signed.len(), 2);
        let seen = read_tx!(bench.db, |tx| uc::witnesses(tx).await).unwrap();
        assert_eq!((seen[0].size, seen[0].witness.here), (Some(1), true));
        let bad = Witness { vkey: "nothing".into(), ..witness };
        assert!(write_tx!(bench.db, |tx| uc::keep_witness(tx, &bad, now).await).is_err());
    });
}

#[test]
fn rows_that_were_changed_are_found() {
    both(tlog::MIGRATIONS, async |bench: Bench| {
        open(&bench).await;
        add(&bench, &bench.db, 400).await;
        sequence(&bench, &bench.db).await.unwrap();
        let update = write_tx!(bench.db, |tx| Ok(tx
            .run("UPDATE tlog_leaf SET hash = $1 WHERE idx = 5", args![&[0_u8; 32][..]])
            .await?));
        assert!(update.is_err(), "a trigger forbids it");
        let delete = write_tx!(bench.db, |tx| Ok(tx.run("DELETE FROM tlog_leaf WHERE idx = 400", args![]).await?));
        assert!(delete.is_err(), "a trigger forbids it");
        write_tx!(bench.db, |tx| Ok(tx
            .run("UPDATE tlog_tile SET hashes = $1 WHERE level = 0 AND n = 0", args![&[1_u8; 8192][..]])
            .await?))
        .unwrap();
        let wrong = read_tx!(bench.db, |tx| uc::agrees(tx).await).unwrap();
        assert_eq!(wrong, ["tile 0 of level 0 is not what its leaves say"]);
    });
}

/// I12: two nodes that give indexes at once never sign two trees.
#[test]
fn two_nodes_never_fork_the_log() {
    run(On::Pg, tlog::MIGRATIONS, &async |bench: Bench| {
        open(&bench).await;
        let second = bench.second().await;
        let mut heads = vec![];
        for _ in 0..12 {
            let (a, b) = tokio::join!(add(&bench, &bench.db, 3), add(&bench, &second, 5));
            assert_eq!(a.len() + b.len(), 8);
            let (one, two, more) =
                tokio::join!(sequence(&bench, &bench.db), sequence(&bench, &second), add(&bench, &second, 1));
            heads.extend([one, two].into_iter().filter_map(|outcome| outcome.expect("one waits for the other")));
            assert_eq!(more.len(), 1);
        }
        heads.extend(sequence(&bench, &bench.db).await.unwrap());
        heads.sort_by_key(|h| h.size);
        let leaves = all_hashes(&bench).await;
        assert_eq!(leaves.len(), 1 + 12 * 9);
        for head in &heads {
            assert_eq!(head.root, root_of(&leaves[..head.size as usize]));
        }
        heads.dedup_by_key(|h| h.size);
        let kept = read_tx!(bench.db, |tx| {
            Ok(tx.scalar::<i64>("SELECT CAST(COUNT(*) AS BIGINT) FROM tlog_checkpoint", args![]).await?)
        });
        assert_eq!(kept.unwrap(), Some(1 + heads.len() as i64));
        assert_eq!(read_tx!(bench.db, |tx| uc::agrees(tx).await).unwrap(), Vec::<String>::new());
    });
}

/// A cosignature that comes while the log moves on belongs to the head it names, and to no other.
#[test]
fn race_a_cosignature_and_a_beat_both_stand() {
    run(On::Pg, tlog::MIGRATIONS, &async |bench: Bench| {
        open(&bench).await;
        let second = bench.second().await;
        let signer = Signer::new("witness.example/w", KeyKind::Cosignature, &[8; 32]).unwrap();
        let vkey = signer.key().to_string();
        let witness = Witness { name: "witness.example/w".into(), vkey, url: None, here: false };
        let now = bench.clock.now();
        write_tx!(bench.db, |tx| uc::keep_witness(tx, &witness, now).await).unwrap();
        for round in 0..12 {
            let head = read_tx!(bench.db, |tx| uc::current(tx).await).unwrap().head;
            let text = Checkpoint { origin: "site.example/log".into(), size: head.size, root: head.root }.text();
            let line = signer.line(&text, 1_800_000_000);
            add(&bench, &bench.db, 1 + round % 3).await;
            let twice = [&bench.db, &second].map(|db| {
                let line = &line;
                async move { write_tx!(db, |tx| uc::cosigned(tx, head.size, line, now).await) }
            });
            let [one, two] = twice;
            let (moved, one, two) = tokio::join!(sequence(&bench, &second), one, two);
            assert!(moved.unwrap().is_some_and(|new| new.size > head.size));
            assert!(one.is_ok() && two.is_ok(), "round {round}: {one:?} {two:?}");
            let kept = read_tx!(bench.db, |tx| uc::checkpoint(tx, head.size).await).unwrap();
            assert_eq!(kept.note.matches("witness.example/w").count(), 1, "the same line twice is one");
            let newest = read_tx!(bench.db, |tx| uc::current(tx).await).unwrap().head;
            assert!(!newest.note.contains("witness.example/w"), "nobody cosigned the new head");
        }
        assert_eq!(read_tx!(bench.db, |tx| uc::agrees(tx).await).unwrap(), Vec::<String>::new());
    });
}

/// Two who reopen a log that lost leaves, and one who goes on with the old one.
#[test]
fn race_of_two_reopenings_one_log_comes_out() {
    run(On::Pg, tlog::MIGRATIONS, &async |bench: Bench| {
        open(&bench).await;
        let second = bench.second().await;
        let seen = read_tx!(bench.db, |tx| uc::current(tx).await).unwrap().head.note;
        add(&bench, &bench.db, 3).await;
        let reopen = async |db: &Db| {
            let ctx = ctx(&bench);
            write_tx!(db, |tx| uc::reopen(tx, &keeper(), &seen, &ctx).await).map(|row| row.origin)
        };
        let (one, two, moved) = tokio::join!(reopen(&bench.db), reopen(&second), sequence(&bench, &second));
        let opened: Vec<String> = [one, two].into_iter().flatten().collect();
        assert_eq!(opened, ["site.example/log/2"], "the second finds another log in use");
        assert!(moved.is_ok());
        let logs = read_tx!(bench.db, |tx| uc::logs(tx).await).unwrap();
        assert_eq!(logs.iter().map(|l| l.log).collect::<Vec<_>>(), [1, 2]);
        sequence(&bench, &bench.db).await.unwrap();
        assert_eq!(read_tx!(bench.db, |tx| uc::agrees(tx).await).unwrap(), Vec::<String>::new());
        // A database that went back behind the second log: the third names the second.
        let late = Keeper::new([3; 32]).signer("site.example/log/7").unwrap();
        let end = Checkpoint { origin: "site.example/log/7".into(), size: 9, root: [1; 32] }.text();
        let ctx = ctx(&bench);
        let row = write_tx!(bench.db, |tx| uc::reopen(tx, &keeper(), &late.sign(&end), &ctx).await).unwrap();
        assert_eq!((row.log, row.origin.as_str()), (8, "site.example/log/8"));
        // What another server remembers of the seventh is of a log given up, as far as the eighth says it was seen.
        for (size, key, expected) in
            [(9, 3, Holds::Before), (4, 3, Holds::Before), (10, 3, Holds::Foreign), (9, 4, Holds::Foreign)]
        {
            let signer = Keeper::new([key; 32]).signer("site.example/log/7").unwrap();
            let note = signer.sign(&Checkpoint { origin: "site.example/log/7".into(), size, root: [2; 32] }.text());
            assert_eq!(read_tx!(bench.db, |tx| uc::holds(tx, &note).await).unwrap(), expected, "{size} {key}");
        }
        for foreign in ["site.example/log/x", "site.example/log/08", "evil.example/log/9", "site.example/log/3"] {
            let signer = Keeper::new([3; 32]).signer(foreign).unwrap();
            let end = Checkpoint { origin: foreign.into(), size: 9, root: [1; 32] }.text();
            let note = signer.sign(&end);
            assert!(write_tx!(bench.db, |tx| uc::reopen(tx, &keeper(), &note, &ctx).await).is_err(), "{foreign}");
        }
    });
}
