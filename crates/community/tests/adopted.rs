//! Comments brought from elsewhere, on both engines: twice is once, a stop leaves nothing; an approval against an erasure.

use std::sync::Arc;

use community::Sealer;
use community::model::{Guest, NewComment, State, Writer};
use community::rules::moderate::Verb;
use community::service::{self as uc, Brought, Erasure};
use db::{Failure, Migration, read_tx, write_tx};
use kernel::{Actor, Ctx, OrgId, Rng, Subject};
use testkit::{Bench, On, both, run};

const ORG: OrgId = OrgId(1);
const SUBJECT: Subject = Subject::episode(7);

fn steps() -> Vec<Migration> {
    [jobs::MIGRATIONS, reach::MIGRATIONS, community::MIGRATIONS].concat()
}

fn sealer() -> Arc<Sealer> {
    Arc::new(Sealer::new(&[9; 32], Rng::System))
}

fn system(bench: &Bench) -> Ctx {
    Ctx { now: bench.clock.now(), actor: Actor::System("test"), ids: bench.ids.clone(), rng: Rng::System }
}

fn brought(n: i64, parent: Option<i64>, state: State) -> Brought {
    Brought {
        source: format!("wxr:1:{n}"),
        parent: parent.map(|p| format!("wxr:1:{p}")),
        subject: SUBJECT,
        state,
        name: format!("Basile {n}"),
        url: None,
        body: format!("Texte {n}"),
        at: Some(testkit::start().plus_seconds(n)),
        private: Some((format!("basile-{n}@mail.example"), testkit::start().plus_seconds(1_000_000))),
        erased: n == 4,
    }
}

/// A thread whose answers stand before what they answer; the fourth was erased, the sixth answers nothing that is there.
fn thread() -> Vec<Brought> {
    vec![
        brought(2, Some(1), State::Visible),
        brought(1, None, State::Visible),
        brought(3, Some(2), State::Held),
        brought(4, None, State::Visible),
        brought(5, Some(4), State::Visible),
        brought(6, Some(99), State::Spam),
    ]
}

async fn adopt(bench: &Bench, all: Vec<Brought>) -> Result<usize, Failure> {
    let (ctx, sealer) = (system(bench), sealer());
    write_tx!(bench.db, |tx| uc::adopt(tx, &ctx, &sealer, ORG, all.clone()).await)
}

async fn agree(bench: &Bench) -> bool {
    read_tx!(bench.db, |tx| uc::counters_agree(tx, SUBJECT).await).expect("counted")
}

async fn page(bench: &Bench) -> uc::Page {
    let now = bench.clock.now();
    read_tx!(bench.db, |tx| uc::thread(tx, (SUBJECT, ORG, testkit::start()), None, now).await).expect("a page")
}

#[test]
fn c2_c16_what_is_brought_twice_is_there_once_in_its_thread() {
    both(&steps(), async |bench| {
        assert_eq!(adopt(&bench, thread()).await.expect("adopted"), 6);
        for again in [thread(), thread().into_iter().rev().collect()] {
            assert_eq!(adopt(&bench, again).await.expect("adopted"), 0);
        }
        assert_eq!(adopt(&bench, vec![brought(7, Some(2), State::Visible)]).await.expect("adopted"), 1);
        let page = page(&bench).await;
        assert_eq!((page.thread.visible, page.thread.waiting, page.branches.len()), (4, 1, 2));
        let [erased, first] = &page.branches[..] else { panic!("two") };
        assert!(erased.comment.erased && erased.comment.name.is_empty() && erased.answers.len() == 1);
        assert_eq!(first.answers[0].answers[0].comment.body, "Texte 7", "a later answer finds its place");
        assert!(agree(&bench).await);
        let sealer = sealer();
        for (n, expected) in [(1, 1), (4, 0)] {
            let digest = sealer.email_digest(&format!("basile-{n}@mail.example"));
            let found = read_tx!(bench.db, |tx| uc::under_email(tx, &digest).await).expect("found");
            assert_eq!(found.comments, expected, "{n}");
        }
    });
}

#[test]
fn c2_a_stop_while_adopting_leaves_nothing() {
    both(&steps(), async |bench| {
        for stop in 0..30 {
            bench.faults.stop_after(stop);
            let done = adopt(&bench, thread()).await;
            bench.faults.disarm();
            if done.is_ok() {
                assert!(stop > 4 && agree(&bench).await, "{stop}");
                return;
            }
            let page = page(&bench).await;
            assert!(page.branches.is_empty() && page.thread.visible == 0 && agree(&bench).await, "{stop}");
        }
        panic!("the statements never ended");
    });
}

#[test]
fn race_an_approval_while_its_writer_is_erased_leaves_true_counters_and_no_name() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        let second = bench.second().await;
        let sealer = sealer();
        for round in 0..8 {
            let ctx = system(&bench);
            let email = format!("p{round}@mail.example");
            let guest = Guest { name: format!("P{round}"), email: email.clone(), url: None };
            let new = NewComment {
                org: ORG,
                subject: SUBJECT,
                subject_since: testkit::start(),
                parent: None,
                writer: Writer::Guest(guest),
                body: format!("Message {round}"),
                network: "192.0.2.7".to_owned(),
            };
            let id = write_tx!(bench.db, |tx| uc::say(tx, &ctx, &sealer, new.clone()).await).expect("said").id;
            let digest = sealer.email_digest(&email);
            let approve =
                async { write_tx!(bench.db, |tx| uc::act_on(tx, &ctx, ORG, &[id], Verb::Approve).await).map(drop) };
            let erase = async {
                write_tx!(second, |tx| uc::erase_by_email(tx, &digest, Erasure::Everything).await).map(|f| f.comments)
            };
            let (_, erased) = tokio::join!(approve, erase);
            assert_eq!(erased.expect("erasing always ends"), 1);
            assert!(agree(&bench).await, "round {round}");
            assert!(page(&bench).await.branches.is_empty(), "nothing of it is seen");
        }
    });
}
