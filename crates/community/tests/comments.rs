//! Comments on both engines: counters, threads, moderation and its undoing, erasure, the batch; races on PostgreSQL.

use std::sync::Arc;

use community::Sealer;
use community::model::{Cursor, Guest, NewComment, Said, State, Writer};
use community::rules::moderate::Verb;
use community::rules::settings::SettingsDraft;
use community::rules::thread::Node;
use community::seal::OwnLink;
use community::service::{self as uc, Erasure, Mine, Order, QueueAsk, Saying};
use db::{Batcher, BatcherConfig, Failure, Migration, args, read_tx, write_tx};
use kernel::{Actor, Ctx, OrgId, PersonId, Rng, Role, Subject};
use proptest::prelude::*;
use testkit::{Bench, On, both, run};

const ORG: OrgId = OrgId(1);
const SUBJECT: Subject = Subject::episode(7);
const LONG: &str = "Une phrase assez longue pour que personne d’autre ne l’écrive par hasard.";
const SPAM: &str = "Buy cheap viagra here http://pills.top http://pills2.top http://pills3.top";

fn steps() -> Vec<Migration> {
    [jobs::MIGRATIONS, reach::MIGRATIONS, community::MIGRATIONS].concat()
}

fn sealer() -> Arc<Sealer> {
    Arc::new(Sealer::new(&[9; 32], Rng::System))
}

fn ctx(bench: &Bench, actor: Actor) -> Ctx {
    Ctx { now: bench.clock.now(), actor, ids: bench.ids.clone(), rng: Rng::System }
}

fn moderator(bench: &Bench) -> Ctx {
    ctx(bench, Actor::Person { person: PersonId(5), roles: vec![(ORG, Role::Moderator)] })
}

fn visitor(bench: &Bench) -> Ctx {
    ctx(bench, Actor::Visitor)
}

fn new(who: &str, body: &str) -> NewComment {
    let guest = Guest { name: who.to_owned(), email: format!("{who}@mail.example"), url: None };
    NewComment {
        org: ORG,
        subject: SUBJECT,
        subject_since: testkit::start(),
        parent: None,
        writer: Writer::Guest(guest),
        body: body.to_owned(),
        network: "192.0.2.7".to_owned(),
    }
}

fn link(comment: i64) -> Mine {
    Mine::Link(OwnLink { comment, epoch: 1 })
}

async fn say(bench: &Bench, comment: NewComment) -> Result<Said, Failure> {
    let (ctx, sealer) = (visitor(bench), sealer());
    write_tx!(bench.db, |tx| uc::say(tx, &ctx, &sealer, comment.clone()).await)
}

async fn act(bench: &Bench, ids: &[i64], verb: Verb) -> Result<uc::Acted, Failure> {
    let ctx = moderator(bench);
    write_tx!(bench.db, |tx| uc::act_on(tx, &ctx, ORG, ids, verb).await)
}

async fn agree(bench: &Bench) -> bool {
    read_tx!(bench.db, |tx| uc::counters_agree(tx, SUBJECT).await).expect("counted")
}

async fn page(bench: &Bench, after: Option<Cursor>) -> uc::Page {
    let now = bench.clock.now();
    read_tx!(bench.db, |tx| uc::thread(tx, (SUBJECT, ORG, testkit::start()), after, now).await).expect("a page")
}

async fn hold_none(bench: &Bench) {
    let ctx = moderator(bench);
    let draft = SettingsDraft {
        hold: "none".to_owned(),
        most_links: "2".to_owned(),
        notify: "hourly".to_owned(),
        ..SettingsDraft::default()
    };
    write_tx!(bench.db, |tx| uc::set_settings(tx, &ctx, ORG, &draft, 0).await).expect("set");
}

fn bodies(nodes: &[Node]) -> Vec<String> {
    nodes.iter().flat_map(|n| [vec![n.comment.body.clone()], bodies(&n.answers)].concat()).collect()
}

#[test]
fn c15_a_first_comment_waits_and_the_next_one_does_not() {
    both(&steps(), async |bench| {
        let first = say(&bench, new("lea", "Merci pour cet épisode.")).await.expect("said");
        assert_eq!((first.state, first.reasons.as_slice()), (State::Held, &["first"][..]));
        assert!(page(&bench, None).await.branches.is_empty());
        let (ctx, sealer) = (moderator(&bench), sealer());
        let ask = QueueAsk { state: Some(State::Held), ..QueueAsk::default() };
        let queue = read_tx!(bench.db, |tx| uc::queue(tx, &ctx, &sealer, ORG, &ask).await).expect("a queue");
        assert_eq!(queue.counts.held, 1);
        assert_eq!(queue.items[0].email.as_deref(), Some("lea@mail.example"));
        assert!(!queue.items[0].known);
        let acted = act(&bench, &[first.id], Verb::Approve).await.expect("approved");
        assert_eq!(acted.changed, [first.id]);
        assert_eq!(bodies(&page(&bench, None).await.branches), ["Merci pour cet épisode."]);
        let second = say(&bench, new("lea", "Encore une question.")).await.expect("said");
        assert_eq!(second.state, State::Visible);
        // Undoing the approval makes the person unknown again.
        let undone = write_tx!(bench.db, |tx| uc::undo(tx, &ctx, acted.act).await).expect("undone");
        assert_eq!(undone.changed, [first.id]);
        let third = say(&bench, new("lea", "Et une troisième.")).await.expect("said");
        assert_eq!(third.state, State::Held);
        assert!(agree(&bench).await);
        let again = write_tx!(bench.db, |tx| uc::undo(tx, &ctx, acted.act).await).expect_err("once only");
        assert_eq!(again.as_refusal().code, "not-found");
    });
}

#[test]
fn c5_only_moderators_see_the_queue_and_no_row_holds_an_address() {
    both(&steps(), async |bench| {
        say(&bench, new("lea", "Bonjour à tous.")).await.expect("said");
        let sealer = sealer();
        for (roles, code) in [
            (vec![], "not-found"),
            (vec![(OrgId(2), Role::Owner)], "not-found"),
            (vec![(ORG, Role::Editor)], "forbidden"),
            (vec![(ORG, Role::Agent)], "forbidden"),
        ] {
            let ctx = ctx(&bench, Actor::Person { person: PersonId(6), roles });
            let refused = read_tx!(bench.db, |tx| uc::queue(tx, &ctx, &sealer, ORG, &QueueAsk::default()).await);
            assert_eq!(refused.expect_err("refused").as_refusal().code, code);
        }
        let rows = read_tx!(bench.db, |tx| {
            let sql = "SELECT email_sealed, email_digest, network_digest FROM community_private";
            Ok(tx.all(sql, args![]).await?)
        });
        for row in rows.expect("rows") {
            let (sealed, email): (Vec<u8>, String) = (row.get(0).expect("bytes"), row.get(1).expect("text"));
            let network: String = row.get(2).expect("text");
            assert!(!String::from_utf8_lossy(&sealed).contains("lea"));
            for clear in ["lea@mail.example", "192.0.2.7"] {
                let digest = kernel::sha256_hex(clear.as_bytes());
                assert!(!digest.starts_with(&email) && !digest.starts_with(&network), "the digests have a key");
            }
        }
    });
}

#[test]
fn c15_limits_per_address_duplicates_and_closed_threads() {
    both(&steps(), async |bench| {
        hold_none(&bench).await;
        let code = async |comment| say(&bench, comment).await.map(|s| s.state).map_err(|f| f.as_refusal().code);
        assert_eq!(code(new("lea", "Bonjour !")).await, Ok(State::Visible));
        assert_eq!(code(new("lea", "bonjour !")).await, Err("comment-same"), "case and accents do not make it new");
        assert_eq!(code(new("noe", "Bonjour !")).await, Ok(State::Visible), "short words are everybody's");
        assert_eq!(code(new("lea", LONG)).await, Ok(State::Visible));
        assert_eq!(code(new("noe", LONG)).await, Err("comment-same"));
        for n in 0..3 {
            assert_eq!(code(new("lea", &format!("Question numéro {n}"))).await, Ok(State::Visible));
        }
        assert_eq!(code(new("LEA", "Question de trop")).await, Err("comment-too-many"), "whatever the case");
        bench.clock.advance(3_601);
        assert_eq!(code(new("lea", "Question de trop")).await, Ok(State::Visible));
        let ctx = moderator(&bench);
        write_tx!(bench.db, |tx| uc::set_open(tx, &ctx, ORG, SUBJECT, false).await).expect("closed");
        assert_eq!(code(new("max", "Trop tard ?")).await, Err("comment-closed"));
        assert!(agree(&bench).await);
    });
}

#[test]
fn c16_a_deleted_parent_keeps_its_place_while_it_has_answers() {
    both(&steps(), async |bench| {
        hold_none(&bench).await;
        let parent = say(&bench, new("lea", "La question")).await.expect("said").id;
        let answer =
            say(&bench, NewComment { parent: Some(parent), ..new("noe", "La réponse") }).await.expect("said").id;
        let ctx = visitor(&bench);
        write_tx!(bench.db, |tx| uc::delete_own(tx, &ctx, link(parent)).await).expect("deleted");
        let tree = page(&bench, None).await;
        assert_eq!((tree.thread.visible, tree.branches.len()), (1, 1));
        assert_eq!((tree.branches[0].comment.state, tree.branches[0].comment.body.as_str()), (State::Deleted, ""));
        assert_eq!(bodies(&tree.branches[0].answers), ["La réponse"]);
        act(&bench, &[answer], Verb::Remove).await.expect("removed");
        assert!(page(&bench, None).await.branches.is_empty(), "nothing hangs on it any more");
        let refused = say(&bench, NewComment { parent: Some(parent), ..new("max", "Trop tard") }).await;
        assert_eq!(refused.expect_err("refused").as_refusal().code, "comment-parent");
        assert!(agree(&bench).await);
    });
}

#[test]
fn c16_pages_stay_put_when_something_is_said_meanwhile() {
    both(&steps(), async |bench| {
        hold_none(&bench).await;
        for n in 0..45 {
            bench.clock.advance(1);
            say(&bench, new(&format!("p{n}"), &format!("Message {n}"))).await.expect("said");
        }
        let first = page(&bench, None).await;
        bench.clock.advance(1);
        say(&bench, new("late", "Arrivé entre-temps")).await.expect("said");
        let second = page(&bench, first.next).await;
        let third = page(&bench, second.next).await;
        let seen: Vec<String> = [first, second, third].iter().flat_map(|p| bodies(&p.branches)).collect();
        let expected: Vec<String> = (0..45).rev().map(|n| format!("Message {n}")).collect();
        assert_eq!(seen, expected);
    });
}

#[test]
fn c15_writers_change_their_own_and_nobody_elses() {
    both(&steps(), async |bench| {
        hold_none(&bench).await;
        let id = say(&bench, new("lea", "Une faute")).await.expect("said").id;
        let ctx = visitor(&bench);
        let edit = async |mine, version, body: &str| {
            let out = write_tx!(bench.db, |tx| uc::edit_own(tx, &ctx, mine, version, body).await);
            out.map(|c| (c.state, c.version)).map_err(|f| f.as_refusal().code)
        };
        assert_eq!(edit(link(id), 1, "Sans faute").await, Ok((State::Visible, 2)));
        assert_eq!(edit(link(id), 1, "Vieille page").await, Err("comment-version"));
        assert_eq!(edit(link(id), 2, " ").await, Err("comment-fields"));
        assert_eq!(edit(Mine::Link(OwnLink { comment: id, epoch: 2 }), 2, "x").await, Err("not-found"));
        assert_eq!(edit(Mine::Session(id), 2, "x").await, Err("not-found"));
        assert_eq!(edit(link(id), 2, SPAM).await, Ok((State::Spam, 3)), "a change is looked at like the first text");
        assert_eq!(edit(link(id), 3, "Pardon").await, Err("not-found"));
        assert!(agree(&bench).await);
    });
}

#[test]
fn c15_erasure_takes_the_identity_and_keeps_the_shape() {
    both(&steps(), async |bench| {
        hold_none(&bench).await;
        let parent = say(&bench, new("lea", "La question")).await.expect("said").id;
        say(&bench, NewComment { parent: Some(parent), ..new("noe", "La réponse") }).await.expect("said");
        let sealer = sealer();
        let digest = sealer.email_digest("lea@mail.example");
        let found = read_tx!(bench.db, |tx| uc::under_email(tx, &digest).await).expect("found");
        assert_eq!((found.comments, found.visible), (1, 1));
        write_tx!(bench.db, |tx| uc::erase_by_email(tx, &digest, Erasure::Identity).await).expect("erased");
        let tree = page(&bench, None).await.branches;
        assert_eq!((tree[0].comment.name.as_str(), tree[0].comment.erased), ("", true));
        assert_eq!(bodies(&tree), ["La question", "La réponse"]);
        let ctx = visitor(&bench);
        let refused = read_tx!(bench.db, |tx| uc::own(tx, &ctx.actor, link(parent)).await);
        assert_eq!(refused.expect_err("the link is dead").as_refusal().code, "not-found");
        let left = read_tx!(bench.db, |tx| uc::under_email(tx, &digest).await).expect("found");
        assert_eq!(left.comments, 0);
        let noe = sealer.email_digest("noe@mail.example");
        write_tx!(bench.db, |tx| uc::erase_by_email(tx, &noe, Erasure::Everything).await).expect("erased");
        assert_eq!(bodies(&page(&bench, None).await.branches), ["La question"]);
        assert!(agree(&bench).await);
    });
}

#[test]
fn what_is_private_runs_out_by_its_clock() {
    both(&steps(), async |bench| {
        hold_none(&bench).await;
        let id = say(&bench, new("lea", "Bonjour")).await.expect("said").id;
        act(&bench, &[id], Verb::Hold).await.expect("held");
        act(&bench, &[id], Verb::Approve).await.expect("known now");
        let count = async |sql: &str| {
            read_tx!(bench.db, |tx| Ok(tx.scalar::<i64>(sql, args![]).await?)).expect("reads").unwrap_or(-1)
        };
        let networks = "SELECT CAST(COUNT(network_digest) AS BIGINT) FROM community_private";
        let rows = "SELECT CAST(COUNT(*) AS BIGINT) FROM community_private";
        let known = "SELECT CAST(COUNT(*) AS BIGINT) FROM community_known";
        for (days, expected) in [(29, (1, 1, 1)), (2, (0, 1, 1)), (330, (0, 1, 1)), (5, (0, 0, 0))] {
            bench.clock.advance(days * 86_400);
            let now = bench.clock.now();
            write_tx!(bench.db, |tx| uc::sweep(tx, now).await).expect("swept");
            assert_eq!((count(networks).await, count(rows).await, count(known).await), expected, "{days}");
        }
    });
}

/// One step of a random life of a thread: what, on which comment, how.
type Step = (usize, usize, usize);

async fn live(bench: &Bench, n: usize, (what, which, how): Step, ids: &mut Vec<i64>, acts: &mut Vec<i64>) {
    let ctx = moderator(bench);
    let target = ids.get(which % ids.len().max(1)).copied();
    match what {
        0 | 1 => {
            let parent = target.filter(|_| what == 1);
            let comment = NewComment { parent, ..new(&format!("p{which}"), &format!("Message {n}")) };
            ids.extend(say(bench, comment).await.ok().map(|s| s.id));
        }
        2 | 3 => {
            let picked: Vec<i64> = ids.iter().copied().skip(which).take(1 + what % 2 * 3).collect();
            acts.extend(act(bench, &picked, Verb::ALL[how]).await.ok().map(|a| a.act));
        }
        4 => {
            if let Some(last) = acts.pop() {
                drop(write_tx!(bench.db, |tx| uc::undo(tx, &ctx, last).await));
            }
        }
        5 => {
            let mine = link(target.unwrap_or(0));
            drop(write_tx!(bench.db, |tx| uc::delete_own(tx, &ctx, mine).await));
        }
        _ => {
            let body = if how == 0 { SPAM.to_owned() } else { format!("Changé {n}") };
            let (mine, version) = (link(target.unwrap_or(0)), 1 + i64::try_from(how).unwrap_or(0));
            drop(write_tx!(bench.db, |tx| uc::edit_own(tx, &ctx, mine, version, &body).await));
        }
    }
}

#[test]
fn c16_counters_equal_rows_whatever_happens() {
    let plans = prop::collection::vec((0_usize..7, 0_usize..12, 0_usize..4), 1..40);
    let config = ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&plans, |plan| {
        run(On::Lite, &steps(), &async |bench: Bench| {
            hold_none(&bench).await;
            let (mut ids, mut acts) = (Vec::new(), Vec::new());
            for (n, step) in plan.iter().enumerate() {
                bench.clock.advance(7_200);
                live(&bench, n, *step, &mut ids, &mut acts).await;
                assert!(agree(&bench).await, "after step {n} of {plan:?}");
            }
            let page = page(&bench, None).await;
            let shown: usize = page.branches.iter().map(Node::visible).sum();
            assert!(page.next.is_some() || i64::try_from(shown) == Ok(page.thread.visible), "{plan:?}");
        });
        Ok(())
    });
    outcome.expect("holds");
}

#[test]
fn a_batch_decides_as_one_by_one() {
    both(&steps(), async |bench| {
        hold_none(&bench).await;
        let ctx = visitor(&bench);
        let said = [("a", "un"), ("a", "un"), ("b", LONG), ("c", LONG), ("a", "deux"), ("a", "trois"), ("a", "quatre")];
        let more = [("a", "cinq"), ("a", "six"), ("d", SPAM)];
        let orders: Vec<Order> = said.iter().chain(&more).map(|(who, body)| Order::new(&ctx, new(who, body))).collect();
        let sealer = sealer();
        let answers = write_tx!(bench.db, |tx| uc::say_many(tx, &sealer, &orders).await).expect("applied");
        let got: Vec<Result<State, &str>> =
            answers.iter().map(|a| a.as_ref().map(|s| s.state).map_err(|r| r.code)).collect();
        let (seen, same) = (Ok(State::Visible), Err("comment-same"));
        let many = Err("comment-too-many");
        assert_eq!(got, [seen, same, seen, same, seen, seen, seen, seen, many, Ok(State::Spam)]);
        assert!(agree(&bench).await);
    });
}

#[test]
fn a_stop_inside_leaves_nothing() {
    both(&steps(), async |bench| {
        hold_none(&bench).await;
        for stop in 0..20 {
            bench.faults.stop_after(stop);
            let done = say(&bench, new("lea", "Tout ou rien")).await;
            bench.faults.disarm();
            if done.is_ok() {
                assert!(stop > 2, "nothing was written before");
                assert_eq!(page(&bench, None).await.thread.visible, 1);
                return;
            }
            assert!(agree(&bench).await && page(&bench, None).await.branches.is_empty(), "{stop}");
        }
        panic!("the statements never ended");
    });
}

#[test]
fn race_the_same_text_twice_is_said_once() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        hold_none(&bench).await;
        let second = bench.second().await;
        let doors =
            [&bench.db, &second].map(|db| Batcher::start(db.clone(), Saying(sealer()), BatcherConfig::default()));
        for round in 0..8 {
            let ctx = visitor(&bench);
            let [a, b] = [0, 1].map(|_| Order::new(&ctx, new(&format!("p{round}"), "Deux fois")));
            let (a, b) = tokio::join!(doors[0].send(a), doors[1].send(b));
            let accepted = [a, b].into_iter().filter(|r| matches!(r, Ok(Ok(_)))).count();
            assert_eq!(accepted, 1, "round {round}");
        }
        assert!(agree(&bench).await);
    });
}

#[test]
fn race_two_moderators_and_a_writer_leave_true_counters() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        hold_none(&bench).await;
        let second = bench.second().await;
        for round in 0..8 {
            bench.clock.advance(3_700);
            let ctx = moderator(&bench);
            let comment = new(&format!("p{round}"), &format!("Message {round}"));
            let id = say(&bench, comment).await.expect("said").id;
            let spam = async { write_tx!(bench.db, |tx| uc::act_on(tx, &ctx, ORG, &[id], Verb::Spam).await).is_ok() };
            let remove = async { write_tx!(second, |tx| uc::act_on(tx, &ctx, ORG, &[id], Verb::Remove).await).is_ok() };
            let delete = async { write_tx!(second, |tx| uc::delete_own(tx, &ctx, link(id)).await).is_ok() };
            let done: [bool; 3] = tokio::join!(spam, remove, delete).into();
            assert!(done.iter().any(|d| *d), "somebody was first");
            assert!(agree(&bench).await, "round {round}");
        }
    });
}

#[test]
fn race_nothing_is_said_once_a_thread_is_closed() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        hold_none(&bench).await;
        let door = Batcher::start(bench.second().await, Saying(sealer()), BatcherConfig::default());
        for round in 0..8 {
            bench.clock.advance(3_700);
            let subject = Subject::episode(100 + round);
            let ctx = moderator(&bench);
            let order = Order::new(&ctx, NewComment { subject, ..new("lea", &format!("Message {round}")) });
            let close = async { write_tx!(bench.db, |tx| uc::set_open(tx, &ctx, ORG, subject, false).await) };
            let (said, closed) = tokio::join!(door.send(order), close);
            closed.expect("closed");
            let late = Order::new(&ctx, NewComment { subject, ..new("noe", "Trop tard") });
            assert_eq!(door.send(late).await.expect("an answer").expect_err("closed").code, "comment-closed");
            let visible = i64::from(said.expect("an answer").is_ok());
            let counts = read_tx!(bench.db, |tx| uc::counts_of(tx, &[subject]).await).expect("counts");
            assert_eq!(counts[&subject].visible, visible);
        }
    });
}
