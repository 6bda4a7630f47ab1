//! Through the real front: the public log: checkpoints, tiles, proofs, receipts, its pages, witnesses, what happens when its
//! rows are changed.

mod material;
mod naive;
mod pages;
mod tampering;
mod witnessing;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use db::{read_tx, write_tx};
use it::{Site, on_both};
use tlog::leaf::Value;
use tlog::service as uc;

/// Asks for leaves about nothing; gives the last one's hash.
async fn ask(site: &Site, n: i64) -> [u8; 32] {
    let ctx = site.system();
    write_tx!(site.app.db, |tx| {
        let mut last = [0; 32];
        for i in 0..n {
            last = uc::enqueue(tx, &ctx, "test.leaf", &BTreeMap::from([("n", Value::from(i))])).await?.hash;
        }
        Ok(last)
    })
    .expect("asked")
}

/// Lets the log move on.
async fn beat(site: &Site) {
    traboule::log::beat(&site.app, site.app.now()).await.expect("it moves on");
}

async fn vkey(site: &Site) -> String {
    read_tx!(site.app.db, |tx| Ok(uc::current(tx).await?.log.vkey)).expect("a log")
}

async fn entries(site: &Site, size: usize) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for n in 0..size.div_ceil(256) {
        let width = (size - n * 256).min(256);
        let part = if width == 256 { String::new() } else { format!(".p/{width}") };
        let answer = site.get(&format!("/log/tile/entries/{n:03}{part}")).await;
        assert_eq!(answer.status, 200);
        out.extend(naive::bundle(&answer.body));
    }
    out
}

#[test]
fn what_is_served_is_the_tree_of_the_standard_byte_for_byte() {
    on_both(async |site| {
        let key = vkey(&site).await;
        let mut seen = Vec::new();
        for n in [0, 1, 253, 1, 1, 300, 40] {
            ask(&site, n).await;
            beat(&site).await;
            let answer = site.get("/log/checkpoint").await;
            assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
            assert_eq!(answer.header("cache-control"), "public, max-age=1");
            seen.push(naive::checkpoint(&answer.text(), &key));
        }
        let size = seen.last().expect("one").1;
        assert_eq!(size, 597);
        let leaves: Vec<naive::Hash> = entries(&site, size).await.iter().map(|e| naive::leaf(e)).collect();
        // I12: whatever was served is the beginning of what is served now, so any two of them are consistent.
        for (origin, size, root) in &seen {
            assert_eq!(origin, "site.example/log");
            assert_eq!(*root, naive::tree(&leaves[..*size]), "the head of {size}");
        }
        for (path, level, n, width) in [
            ("0/000", 0, 0, 256),
            ("0/001", 0, 1, 256),
            ("0/002.p/85", 0, 2, 85),
            ("0/002.p/1", 0, 2, 1),
            ("0/000.p/7", 0, 0, 7),
            ("1/000.p/2", 1, 0, 2),
            ("1/000.p/1", 1, 0, 1),
        ] {
            let answer = site.get(&format!("/log/tile/{path}")).await;
            assert_eq!(answer.body, naive::tile(&leaves, level, n)[..width * 32], "{path}");
            assert_eq!(answer.header("content-type"), "application/octet-stream");
            assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        }
        for path in [
            "0/002",
            "0/002.p/86",
            "0/003.p/1",
            "1/000",
            "1/000.p/3",
            "1/001.p/1",
            "2/000.p/1",
            "0/000.p/256",
            "0/000.p/0",
            "00/000",
            "0/0",
            "0/x000/000",
            "64/000",
            "entries/003",
            "entries/002.p/86",
            "data/000",
            "x",
        ] {
            assert_eq!(site.get(&format!("/log/tile/{path}")).await.status, 404, "{path}");
        }
    });
}

#[test]
fn what_waits_is_not_served_before_it_is_signed() {
    on_both(async |site| {
        ask(&site, 3).await;
        assert_eq!(site.get("/log/tile/0/000.p/2").await.status, 404);
        assert_eq!(site.get("/log/tile/entries/000.p/2").await.status, 404);
        assert_eq!(site.get("/log/proof/1").await.status, 404);
        assert_eq!(site.get("/fr/log/1").await.status, 404);
        beat(&site).await;
        for path in ["/log/tile/0/000.p/2", "/log/tile/entries/000.p/4", "/log/proof/1", "/fr/log/3"] {
            assert_eq!(site.get(path).await.status, 200, "{path}");
        }
    });
}

#[test]
fn a_proof_leads_from_the_leaf_to_the_signed_root() {
    on_both(async |site| {
        ask(&site, 12).await;
        beat(&site).await;
        let (_, size, root) = naive::checkpoint(&site.get("/log/checkpoint").await.text(), &vkey(&site).await);
        let leaves = entries(&site, size).await;
        for index in [0, 5, 12] {
            let answer = site.get(&format!("/log/proof/{index}")).await;
            let name = format!("attachment; filename=\"leaf-{index}.tlog-proof\"");
            assert_eq!((answer.status.as_u16(), answer.header("content-disposition")), (200, name));
            let text = answer.text();
            let (head, note) = text.split_once("\n\n").expect("a blank line");
            let lines: Vec<&str> = head.lines().collect();
            assert_eq!(lines[0], "c2sp.org/tlog-proof@v1");
            assert_eq!(lines[1], format!("extra {}", STANDARD.encode(&leaves[index])));
            assert_eq!(lines[2], format!("index {index}"));
            assert_eq!(note, site.get("/log/checkpoint").await.text());
            // By the definition: PATH(m, D[n]).
            let hashes: Vec<naive::Hash> = leaves.iter().map(|l| naive::leaf(l)).collect();
            let expected: Vec<String> = path(index, &hashes).iter().map(|h| STANDARD.encode(h)).collect();
            assert_eq!(lines[3..], expected);
            let by_hash = site.get(&format!("/log/proof/{}", kernel::hex(&hashes[index]))).await;
            assert_eq!(by_hash.text(), text);
            let api = site.get(&format!("/api/v1/log/leaves/{index}")).await.json();
            assert_eq!(api["leaf"].as_str().map(str::as_bytes), Some(leaves[index].as_slice()));
            assert_eq!(api["path"].as_array().map(Vec::len), Some(expected.len()));
        }
        assert_eq!(root, naive::tree(&leaves.iter().map(|l| naive::leaf(l)).collect::<Vec<_>>()));
        for path in
            ["/log/proof/13", "/log/proof/-1", "/log/proof/x", "/api/v1/log/leaves/13", "/fr/log/13", "/fr/log/x"]
        {
            assert_eq!(site.get(path).await.status, 404, "{path}");
        }
    });
}

fn path(m: usize, d: &[naive::Hash]) -> Vec<naive::Hash> {
    if d.len() == 1 {
        return Vec::new();
    }
    let mut k = 1;
    while k * 2 < d.len() {
        k *= 2;
    }
    let (mut rest, other) =
        if m < k { (path(m, &d[..k]), naive::tree(&d[k..])) } else { (path(m - k, &d[k..]), naive::tree(&d[..k])) };
    rest.push(other);
    rest
}

#[test]
fn a_receipt_is_promised_then_kept_or_broken() {
    on_both(async |site| {
        use tlog::receipt::{Promise, Standing};
        let hash = ask(&site, 1).await;
        let key = tlog::note::VerifierKey::parse(&vkey(&site).await).expect("a key");
        let receipt = site.get(&format!("/log/receipt/{}", kernel::hex(&hash))).await.text();
        let promise = Promise::open(&receipt, &key).expect("signed by the log");
        assert_eq!((promise.leaf, promise.hour.rfc3339()), (hash, "2026-11-23T06:00:00Z".to_owned()));
        let look = async |words: &str| {
            let asked = format!("/en/log?{}", it::encode(&[("q", &receipt)]));
            let page = site.get(&asked).await.text();
            assert!(page.contains(words), "{words}: {page}");
        };
        look("Promised").await;
        assert_eq!(promise.standing(None, site.app.now()), Standing::Promised);
        // Nothing moves the log on, and the time runs out.
        site.clock.advance(3 * 3600);
        look("Broken promise").await;
        assert_eq!(promise.standing(None, site.app.now()), Standing::Breach);
        beat(&site).await;
        look("Included").await;
        let again = site.get(&format!("/log/receipt/{}", kernel::hex(&hash))).await;
        assert_eq!(
            (again.status.as_u16(), again.text()),
            (200, receipt.clone()),
            "whoever lost it gets the same again"
        );
        assert_eq!(site.get(&format!("/log/receipt/{}", "0".repeat(64))).await.status, 404);
        assert_eq!(site.get("/log/receipt/1").await.status, 404, "a receipt is asked for by the hash");
    });
}

#[test]
fn a_log_moves_on_whole_or_not_at_all() {
    testkit::both(tlog::MIGRATIONS, async |bench| {
        let keeper = uc::Keeper::new([3; 32]);
        let ctx = kernel::Ctx {
            now: bench.clock.now(),
            actor: kernel::Actor::System("test"),
            ids: bench.ids.clone(),
            rng: kernel::Rng::System,
        };
        write_tx!(bench.db, |tx| {
            uc::open(tx, &keeper, "site.example/log", &ctx).await?;
            for i in 0..300 {
                uc::enqueue(tx, &ctx, "test.leaf", &BTreeMap::from([("n", Value::from(i))])).await?;
            }
            Ok(())
        })
        .expect("asked");
        let mut stopped = 0;
        loop {
            bench.faults.stop_after(stopped);
            let outcome = write_tx!(bench.db, |tx| uc::sequence(tx, &keeper, ctx.now).await);
            bench.faults.disarm();
            let (size, waiting, wrong) = read_tx!(bench.db, |tx| {
                Ok((uc::current(tx).await?.head.size, uc::waiting(tx).await?.0, uc::agrees(tx).await?))
            })
            .expect("read");
            assert_eq!(wrong, Vec::<String>::new(), "stopped after {stopped}");
            if outcome.is_ok() {
                assert_eq!((size, waiting), (301, 0));
                break;
            }
            assert_eq!((size, waiting), (1, 300), "stopped after {stopped}: no head was signed, no leaf lost");
            stopped += 1;
        }
        assert!(stopped >= 4, "it was really stopped in between: {stopped}");
    });
}
