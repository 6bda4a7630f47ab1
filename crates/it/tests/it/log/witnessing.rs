//! Witnesses: those who sign with this log, and this server as a witness of others.

use std::sync::Arc;

use axum::body::Body;
use db::{read_tx, write_tx};
use it::{Site, on_both, request};
use kernel::Rng;
use testkit::On;
use tlog::checkpoint::Checkpoint;
use tlog::merkle::{Hash, consistency, leaf_hash, root_of};
use tlog::model::Witness as Row;
use tlog::note::{KeyKind, Note, Signer, VerifierKey};
use tlog::service as uc;
use tlog::witness::AddCheckpoint;
use traboule::config::LogConfig;
use traboule::far::witness::{Witness, key};
use traboule::log::witnesses::Rounds;

use super::{ask, beat, vkey};

fn witness(site: &Site, name: &str, log: &str) -> Arc<Witness> {
    let file = site.folder().join(format!("{name}.key"));
    let signer = key(&file, name, &Rng::System).expect("a key");
    let log = VerifierKey::parse(log).expect("the log's key");
    Arc::new(
        Witness::open(log, signer, &site.folder().join(format!("{name}.seen")), site.clock.clone()).expect("a memory"),
    )
}

async fn known(site: &Site, witness: &Witness, url: Option<&str>) {
    let row = Row {
        name: witness.key().name.clone(),
        vkey: witness.key().to_string(),
        url: url.map(str::to_owned),
        here: false,
    };
    let now = site.app.now();
    write_tx!(site.app.db, |tx| uc::keep_witness(tx, &row, now).await).expect("known");
}

async fn cosigners(site: &Site, key: &VerifierKey) -> usize {
    let note = Note::parse(&site.get("/log/checkpoint").await.text()).expect("a note");
    note.verify(std::slice::from_ref(key)).expect("good lines").len()
}

#[test]
fn a_witness_is_asked_signs_what_continues_and_remembers_over_a_restart() {
    on_both(async |site| {
        let log = vkey(&site).await;
        let one = witness(&site, "one.example", &log);
        known(&site, &one, Some("https://one.example/w")).await;
        site.outside.serves("https://one.example/w", one.clone().service());
        let mut rounds = Rounds::default();
        for n in [0, 3, 300, 1] {
            ask(&site, n).await;
            beat(&site).await;
            rounds.ask(&site.app).await.expect("asked");
            assert_eq!(cosigners(&site, one.key()).await, 1, "after {n}");
        }
        let shown = site.get("/api/v1/log").await.json();
        assert_eq!((&shown["witnesses"][0]["size"], &shown["size"]), (&305.into(), &305.into()));
        assert!(site.get("/log/policy").await.text().ends_with("group witnesses any w0\nquorum witnesses\n"));
        // The witness ends and begins again with what it kept; the log has forgotten where it was.
        let again = witness(&site, "one.example", &log);
        assert_eq!(again.size().await, 305);
        site.outside.serves("https://one.example/w", again.clone().service());
        ask(&site, 2).await;
        beat(&site).await;
        let mut fresh = Rounds::default();
        fresh.ask(&site.app).await.expect("asked");
        assert_eq!(again.size().await, 307);
        // A proof carries the cosigned head even when the log has gone on since.
        ask(&site, 1).await;
        beat(&site).await;
        let proof = site.get("/log/proof/306").await.text();
        assert!(proof.contains("\n307\n") && proof.contains("— one.example "), "{proof}");
        let newest = site.get("/log/proof/307").await.text();
        assert!(newest.contains("\n308\n") && !newest.contains("— one.example "), "{newest}");
    });
}

#[test]
fn a_witness_that_brings_its_line_must_be_known_and_right() {
    on_both(async |site| {
        let log = vkey(&site).await;
        let (one, stranger) = (witness(&site, "one.example", &log), witness(&site, "stranger.example", &log));
        known(&site, &one, None).await;
        ask(&site, 4).await;
        beat(&site).await;
        let checkpoint = site.get("/log/checkpoint").await.text();
        let text = Note::parse(&checkpoint).expect("a note").text;
        let request_of = |old| AddCheckpoint { old, proof: Vec::new(), checkpoint: checkpoint.clone() };
        let line = async |who: &Witness| match who.answer(&request_of(0)).await.expect("an answer") {
            tlog::witness::Answer::Signed(_, line) => line,
            other => panic!("{other:?}"),
        };
        let (good, foreign) = (line(&one).await, line(&stranger).await);
        let bring = async |note: String| {
            let headers = [("content-type", "text/plain; charset=utf-8")];
            site.send(request("POST", "/log/cosignature", None, &headers, Body::from(note))).await.status.as_u16()
        };
        assert_eq!(bring(format!("{text}\n{foreign}")).await, 422, "nobody knows it");
        let mut wrong = Note::parse(&format!("{text}\n{good}")).expect("a note");
        wrong.lines[0].signature[20] ^= 1;
        assert_eq!(bring(wrong.whole()).await, 422, "a wrong signature");
        assert_eq!(bring(format!("{}\n{good}", text.replace("\n5\n", "\n4\n"))).await, 422, "another head");
        assert_eq!(
            bring(format!("{}\n{good}", text.replace("site.example", "evil.example"))).await,
            422,
            "another log"
        );
        assert_eq!(bring("x".repeat(60_000)).await, 422, "no note");
        assert_eq!(bring("x".repeat(70_000)).await, 413, "too long");
        assert_eq!(cosigners(&site, one.key()).await, 0);
        assert_eq!(bring(format!("{text}\n{good}{foreign}")).await, 204, "the known line counts");
        assert_eq!(bring(format!("{text}\n{good}")).await, 204, "twice is once");
        assert_eq!(cosigners(&site, one.key()).await, 1);
        assert_eq!(cosigners(&site, stranger.key()).await, 0);
    });
}

#[test]
fn rubbish_waits_for_nobody_who_writes() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let site = watching(On::Lite).await;
        let log = vkey(&site).await;
        let (one, stranger) = (witness(&site, "one.example", &log), witness(&site, "stranger.example", &log));
        known(&site, &one, None).await;
        ask(&site, 4).await;
        beat(&site).await;
        let checkpoint = site.get("/log/checkpoint").await.text();
        let text = Note::parse(&checkpoint).expect("a note").text;
        let request_of = AddCheckpoint { old: 0, proof: Vec::new(), checkpoint };
        let tlog::witness::Answer::Signed(_, foreign) = stranger.answer(&request_of).await.expect("an answer") else {
            panic!("not signed");
        };
        let tlog::witness::Answer::Signed(_, good) = one.answer(&request_of).await.expect("an answer") else {
            panic!("not signed");
        };
        let mut wrong = Note::parse(&format!("{text}\n{good}")).expect("a note");
        wrong.lines[0].signature[20] ^= 1;
        let (other, mut forger) = (Other::new(20), Other::new(20));
        forger.signer = Signer::new("other.example/log", KeyKind::Note, &[8; 32]).expect("a name");
        assert_eq!(add(&site, &other.request(0, 5)).await.status, 200);
        let (lines, shown) = ("/log/cosignature", "/log/witness/add-checkpoint");
        let rubbish = [
            (lines, "x".repeat(60_000), 422),
            (lines, format!("{text}\n{foreign}"), 422),
            (lines, wrong.whole(), 422),
            (shown, "x".repeat(60_000), 400),
            (shown, other.request(0, 5).replace("other.example", "third.example"), 404),
            (shown, forger.request(5, 9), 403),
            (shown, other.request(0, 9), 409),
        ];
        // Somebody writes all the while; SQLite has one who can.
        write_tx!(site.app.db, |_tx| {
            for (path, body, status) in &rubbish {
                let sent = site.send(request("POST", path, None, &[], Body::from(body.clone())));
                let answer = tokio::time::timeout(std::time::Duration::from_secs(20), sent).await;
                let answer = answer.map_err(|_| db::Failure::Broken(format!("{path} waits: {body:.40}")))?;
                assert_eq!(answer.status.as_u16(), *status, "{path} {body:.40}");
            }
            Ok::<_, db::Failure>(())
        })
        .expect("nothing waited");
    });
}

/// Another log, with everything somebody needs to ask for a signature.
struct Other {
    signer: Signer,
    leaves: Vec<Hash>,
}

impl Other {
    fn new(n: u8) -> Self {
        let signer = Signer::new("other.example/log", KeyKind::Note, &[9; 32]).expect("a name");
        Self { signer, leaves: (0..n).map(|i| leaf_hash(&[i])).collect() }
    }

    fn request(&self, old: u64, size: u64) -> String {
        let root = |n: u64| root_of(&self.leaves[..usize::try_from(n).expect("small")]);
        let head = Checkpoint { origin: "other.example/log".to_owned(), size, root: root(size) };
        let spans = consistency(old, size).unwrap_or_default();
        let at = |n: u64| usize::try_from(n).expect("small");
        let proof = spans.iter().map(|s| root_of(&self.leaves[at(s.lo)..at(s.hi)])).collect();
        AddCheckpoint { old, proof, checkpoint: self.signer.sign(&head.text()) }.text()
    }
}

async fn watching(on: On) -> Site {
    Site::with(on, |config| {
        let log = Other::new(0).signer.key().clone();
        config.log = LogConfig { witnesses: Vec::new(), witness_for: vec![log] };
    })
    .await
}

fn with_other(body: impl AsyncFn(Site)) {
    for on in [On::Lite, On::Pg] {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("a runtime").block_on(async { body(watching(on).await).await });
    }
}

async fn add(site: &Site, body: &str) -> it::Answer {
    site.send(request("POST", "/log/witness/add-checkpoint", None, &[], Body::from(body.to_owned()))).await
}

#[test]
fn this_server_witnesses_others_as_the_standard_says() {
    with_other(async |site| {
        let other = Other::new(20);
        let (mut forked, mut stranger) = (Other::new(20), Other::new(20));
        forked.leaves[2] = leaf_hash(b"another");
        stranger.signer = Signer::new("other.example/log", KeyKind::Note, &[8; 32]).expect("a name");
        let hash = kernel::sha256_hex(b"other.example/log");
        let newest = format!("/log/witness/{hash}/checkpoint");
        assert_eq!(site.get(&newest).await.status, 404, "nothing was signed yet");
        for (name, body, status) in [
            ("no request", "old x\n".to_owned(), 400),
            ("an unknown log", other.request(0, 5).replace("other.example", "third.example"), 404),
            ("another key's signature", stranger.request(0, 5), 403),
            ("a size it is not at", other.request(3, 5), 409),
            (
                "a proof from nothing",
                other.request(0, 5).replacen("old 0\n", &format!("old 0\n{}\n", "A".repeat(43) + "="), 1),
                422,
            ),
            ("first sight", other.request(0, 5), 200),
            ("the same again", other.request(5, 5), 200),
            ("from nothing again", other.request(0, 9), 409),
            ("smaller", other.request(5, 5).replacen("old 5", "old 6", 1), 400),
            ("a fork", forked.request(5, 9), 422),
            ("a fork of the same size", forked.request(5, 5), 422),
            ("growth", other.request(5, 20), 200),
            ("a rollback", other.request(5, 9), 409),
        ] {
            let answer = add(&site, &body).await;
            assert_eq!(answer.status.as_u16(), status, "{name}");
            if status == 409 {
                assert_eq!(answer.header("content-type"), "text/x.tlog.size", "{name}");
                assert!(answer.text().ends_with('\n'), "{name}");
            }
            if status == 200 {
                let text = Note::parse(body.split_once("\n\n").expect("a checkpoint").1).expect("a note").text;
                let note = Note::parse(&format!("{text}\n{}", answer.text())).expect("lines of signatures");
                let key = site.app.log.witness.key().clone();
                assert_eq!(note.verify(&[key]).expect("good").len(), 1, "{name}");
            }
        }
        let kept = site.get(&newest).await.text();
        let keys = [other.signer.key().clone(), site.app.log.witness.key().clone()];
        assert_eq!(Note::parse(&kept).expect("a note").verify(&keys).expect("good").len(), 2, "both signed it");
    });
}

/// The race the standard warns of: two requests at once never let the witness go back or sign two histories.
#[test]
fn two_requests_at_once_do_not_take_a_witness_back() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let site = watching(On::Pg).await;
        let (other, mut forked) = (Other::new(60), Other::new(60));
        forked.leaves[1] = leaf_hash(b"another");
        assert_eq!(add(&site, &other.request(0, 4)).await.status, 200);
        let mut at = 4;
        for size in [10_u64, 25, 40, 60] {
            let (long, short, bad) =
                (other.request(at, size), other.request(at, size - 3), forked.request(at, size - 1));
            let (a, b, c) = tokio::join!(add(&site, &long), add(&site, &short), add(&site, &bad));
            let signed = [&a, &b].iter().filter(|answer| answer.status == 200).count();
            assert_eq!(signed, 1, "one of two that start at {at}: {a:?} {b:?}");
            assert_ne!(c.status, 200, "a fork");
            let kept = read_tx!(site.app.db, |tx| {
                uc::witnessed_checkpoint(tx, &kernel::sha256_hex(b"other.example/log")).await
            });
            let head = Checkpoint::parse(&Note::parse(&kept.expect("kept")).expect("a note").text).expect("a head");
            assert_eq!(head.size, if a.status == 200 { size } else { size - 3 }, "what was signed is what is kept");
            assert_eq!(head.root, root_of(&other.leaves[..usize::try_from(head.size).expect("small")]));
            at = head.size;
        }
    });
}
