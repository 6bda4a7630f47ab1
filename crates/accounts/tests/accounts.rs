//! Accounts on both engines: signing in three ways, roles, tokens, signatures, erasure; races on PostgreSQL.

use accounts::model::Method;
use accounts::service as uc;
use accounts::{MAIL_HANDLER, MIGRATIONS, MailTask};
use db::{Db, Failure, Migration, args, read_tx, write_tx};
use kernel::{Actor, Ctx, Lang, OrgId, PersonId, Refusal, Role, TokenScope};
use testkit::{Bench, On, both, run};

fn steps() -> Vec<Migration> {
    [jobs::MIGRATIONS, MIGRATIONS].concat()
}

fn ctx(bench: &Bench, actor: Actor) -> Ctx {
    Ctx { now: bench.clock.now(), actor, ids: bench.ids.clone(), rng: kernel::Rng::System }
}

fn system(bench: &Bench) -> Ctx {
    ctx(bench, Actor::System("test"))
}

async fn org_with_owner(bench: &Bench, slug: &str, email: &str) -> (OrgId, PersonId) {
    let ctx = system(bench);
    write_tx!(bench.db, |tx| {
        let org = uc::create_org(tx, &ctx, "Agence des Pentes", slug).await?.id;
        let ask = uc::Invite {
            org,
            email: email.to_owned(),
            name: "Odile".to_owned(),
            lang: Lang::Fr,
            roles: vec![Role::Owner],
        };
        let person = uc::invite(tx, &ctx, &ask).await?;
        Ok((org, person.id))
    })
    .expect("created")
}

fn code_of(failure: &Failure) -> &'static str {
    failure.as_refusal().code
}

/// The newest mail asked for, read as the sender would.
async fn newest_mail(db: &Db) -> MailTask {
    let sql = "SELECT body FROM jobs_task WHERE handler = $1 ORDER BY key DESC LIMIT 1";
    let body = read_tx!(db, |tx| Ok(tx.scalar::<String>(sql, args![MAIL_HANDLER]).await?));
    serde_json::from_str(&body.expect("reads").expect("a mail")).expect("a mail task")
}

#[test]
fn a_password_opens_a_session_and_changing_it_closes_the_others() {
    both(&steps(), async |bench| {
        let (org, who) = org_with_owner(&bench, "pentes", "odile@pentes.example").await;
        let person = Actor::Person { person: who, roles: vec![(org, Role::Owner)] };
        let ctx = ctx(&bench, person);
        let (old, new) = ("trois pommes vertes", "quatre poires mûres");
        let hash = uc::hash_password(old, &[7; 16]).expect("hashed");
        write_tx!(bench.db, |tx| uc::change_password(tx, &ctx, 0, old, &hash).await).expect("set");
        let found = read_tx!(bench.db, |tx| uc::find_for_password(tx, " Odile@Pentes.example ").await).expect("reads");
        let (found, stored) = found.expect("known");
        assert!(found == who && uc::verify_password(old, &stored) && !uc::verify_password(new, &stored));
        assert!(!uc::verify_password("anything", uc::DUMMY_HASH));
        let token =
            write_tx!(bench.db, |tx| uc::sign_in_with_password(tx, &ctx, who, &stored, "Browser").await).expect("in");
        let now = ctx.now;
        let me =
            read_tx!(bench.db, |tx| uc::signed_in(tx, now, &token.0, false).await).expect("reads").expect("signed in");
        assert_eq!((me.person.id, me.roles), (who, vec![(org, Role::Owner)]));
        let second = uc::hash_password(new, &[8; 16]).expect("hashed");
        write_tx!(bench.db, |tx| uc::change_password(tx, &ctx, 0, new, &second).await).expect("changed");
        let gone = read_tx!(bench.db, |tx| uc::signed_in(tx, now, &token.0, false).await).expect("reads");
        assert_eq!(gone, None);
        let late = write_tx!(bench.db, |tx| uc::sign_in_with_password(tx, &ctx, who, &stored, "").await);
        assert_eq!(code_of(&late.expect_err("the old hash")), "sign-in-wrong");
    });
}

#[test]
fn a_session_ends_after_thirty_quiet_days() {
    both(&steps(), async |bench| {
        let (_, who) = org_with_owner(&bench, "pentes", "odile@pentes.example").await;
        let ctx = system(&bench);
        let token = write_tx!(bench.db, |tx| uc::sign_in(tx, &ctx, who, Method::Code, "B").await).expect("in");
        bench.clock.advance(29 * 86_400);
        let now = bench.clock.now();
        let seen = write_tx!(bench.db, |tx| uc::signed_in(tx, now, &token.0, true).await).expect("reads");
        assert!(seen.is_some(), "used: thirty more days");
        bench.clock.advance(30 * 86_400);
        let now = bench.clock.now();
        let seen = write_tx!(bench.db, |tx| uc::signed_in(tx, now, &token.0, true).await).expect("reads");
        assert!(seen.is_none());
    });
}

#[test]
fn what_has_run_out_is_swept_and_nothing_else() {
    both(&steps(), async |bench| {
        let (_, who) = org_with_owner(&bench, "pentes", "odile@pentes.example").await;
        let ctx = system(&bench);
        write_tx!(bench.db, |tx| {
            uc::sign_in(tx, &ctx, who, Method::Code, "B").await?;
            uc::begin_sign_in(tx, &ctx).await?;
            uc::ask_code(tx, &ctx, "sign_in", "odile@pentes.example").await
        })
        .expect("made");
        for (later, expected) in [(0, 0), (600, 2), (31 * 86_400, 1)] {
            let now = ctx.now.plus_seconds(later);
            let gone = write_tx!(bench.db, |tx| uc::sweep(tx, now).await).expect("swept");
            assert_eq!(gone, expected, "after {later} seconds");
        }
    });
}

#[test]
fn a_mailed_code_works_once_in_the_browser_that_asked_and_five_errors_end_it() {
    both(&steps(), async |bench| {
        let (_, who) = org_with_owner(&bench, "pentes", "odile@pentes.example").await;
        let ctx = ctx(&bench, Actor::Visitor);
        let ask = async || {
            let asked = write_tx!(bench.db, |tx| uc::ask_code(tx, &ctx, "sign_in", "odile@pentes.example").await)
                .expect("asked");
            (asked.browser, newest_mail(&bench.db).await.args[0].1.clone())
        };
        let finish = async |browser: &str, code: &str| {
            write_tx!(bench.db, |tx| uc::finish_code(tx, &ctx, browser, code, "B").await).expect("decided")
        };
        let (browser, code) = ask().await;
        assert_eq!(finish("another browser", &code).await.expect_err("refused").fields[0].code, "code-wrong");
        let token = finish(&browser, &code).await.expect("signed in");
        let now = ctx.now;
        let me = read_tx!(bench.db, |tx| uc::signed_in(tx, now, &token.0, false).await).expect("reads").expect("in");
        assert!(me.person.id == who && me.person.verified_at.is_some());
        assert_eq!(finish(&browser, &code).await.expect_err("used").code, "code-over");
        let (browser, code) = ask().await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for left in (0..5).rev() {
            let refusal = finish(&browser, wrong).await.expect_err("wrong");
            assert_eq!(refusal.fields[0].code, if left == 0 { "code-over" } else { "code-wrong" });
        }
        assert_eq!(finish(&browser, &code).await.expect_err("out of tries").code, "code-over");
        // Nobody learns whether an address has an account.
        let stranger =
            write_tx!(bench.db, |tx| uc::ask_code(tx, &ctx, "sign_in", "x@pentes.example").await).expect("same answer");
        assert_eq!(finish(&stranger.browser, "123456").await.expect_err("wrong").fields[0].code, "code-wrong");
    });
}

#[test]
fn a_forgotten_password_is_replaced_by_code_and_every_session_ends() {
    both(&steps(), async |bench| {
        let (_, who) = org_with_owner(&bench, "pentes", "odile@pentes.example").await;
        let ctx = ctx(&bench, Actor::Visitor);
        let old = write_tx!(bench.db, |tx| uc::sign_in(tx, &ctx, who, Method::Code, "B").await).expect("in");
        let asked =
            write_tx!(bench.db, |tx| uc::ask_code(tx, &ctx, "reset", "odile@pentes.example").await).expect("asked");
        let mail = newest_mail(&bench.db).await;
        assert_eq!((mail.template.as_str(), mail.lang.as_str()), ("reset", "fr"));
        let hash = uc::hash_password("quatre poires mûres", &[1; 16]).expect("hashed");
        let reset = async |plain: &str| {
            let new = (plain, hash.as_str());
            write_tx!(bench.db, |tx| uc::finish_reset(tx, &ctx, &asked.browser, &mail.args[0].1, new, "B").await)
                .expect("decided")
        };
        assert_eq!(reset("court").await.expect_err("weak").fields[0].name, "password");
        let token = reset("quatre poires mûres").await.expect("replaced");
        let now = ctx.now;
        let ended = read_tx!(bench.db, |tx| uc::signed_in(tx, now, &old.0, false).await).expect("reads");
        let fresh = read_tx!(bench.db, |tx| uc::signed_in(tx, now, &token.0, false).await).expect("reads");
        assert!(ended.is_none() && fresh.is_some());
    });
}

#[test]
fn roles_are_given_by_owners_and_stay_in_their_organisation() {
    both(&steps(), async |bench| {
        let (org, owner) = org_with_owner(&bench, "pentes", "odile@pentes.example").await;
        let (other, _) = org_with_owner(&bench, "quais", "paul@quais.example").await;
        let owner_ctx = ctx(&bench, Actor::Person { person: owner, roles: vec![(org, Role::Owner)] });
        let ask = |org| uc::Invite {
            org,
            email: "lou@pentes.example".to_owned(),
            name: "Lou".to_owned(),
            lang: Lang::En,
            roles: vec![Role::Editor],
        };
        let lou = write_tx!(bench.db, |tx| uc::invite(tx, &owner_ctx, &ask(org)).await).expect("invited");
        assert_eq!(newest_mail(&bench.db).await.template, "invited");
        let foreign = write_tx!(bench.db, |tx| uc::invite(tx, &owner_ctx, &ask(other)).await);
        assert_eq!(code_of(&foreign.expect_err("not theirs")), "forbidden");
        let lou_ctx = ctx(&bench, Actor::Person { person: lou.id, roles: vec![(org, Role::Editor)] });
        let by_editor = write_tx!(bench.db, |tx| uc::set_roles(tx, &lou_ctx, org, owner, &[]).await);
        assert_eq!(code_of(&by_editor.expect_err("not an owner")), "forbidden");
        let last = write_tx!(bench.db, |tx| uc::set_roles(tx, &owner_ctx, org, owner, &[Role::Editor]).await);
        assert_eq!(code_of(&last.expect_err("last owner")), "last-owner");
        let members = read_tx!(bench.db, |tx| uc::list_members(tx, &owner_ctx, org).await).expect("listed");
        assert_eq!(members.len(), 2);
        let bad = uc::Invite { email: "lou".to_owned(), name: String::new(), roles: vec![], ..ask(org) };
        let refused =
            write_tx!(bench.db, |tx| uc::invite(tx, &owner_ctx, &bad).await).expect_err("bad fields").as_refusal();
        let names: Vec<_> = refused.fields.iter().map(|f| f.name).collect();
        assert_eq!(names, ["email", "name", "roles"]);
    });
}

#[test]
fn two_owners_who_leave_at_once_never_leave_an_organisation_alone() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        for round in 0..8 {
            let (org, a) = org_with_owner(&bench, &format!("o{round}"), &format!("a{round}@x.example")).await;
            let sys = system(&bench);
            let ask = uc::Invite {
                org,
                email: format!("b{round}@x.example"),
                name: "B".to_owned(),
                lang: Lang::Fr,
                roles: vec![Role::Owner],
            };
            let b = write_tx!(bench.db, |tx| uc::invite(tx, &sys, &ask).await).expect("invited").id;
            let second = bench.second().await;
            let leave = |db: Db, who: PersonId| {
                let ctx = ctx(&bench, Actor::Person { person: who, roles: vec![(org, Role::Owner)] });
                tokio::spawn(async move { write_tx!(db, |tx| uc::set_roles(tx, &ctx, org, who, &[]).await) })
            };
            let (x, y) = (leave(bench.db.clone(), a), leave(second, b));
            let left = [x.await.expect("ends"), y.await.expect("ends")];
            assert_eq!(left.iter().filter(|r| r.is_ok()).count(), 1, "round {round}");
        }
    });
}

#[test]
fn a_code_typed_twice_at_once_opens_one_session() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        org_with_owner(&bench, "pentes", "odile@pentes.example").await;
        let visitor = ctx(&bench, Actor::Visitor);
        for _ in 0..8 {
            let asked = write_tx!(bench.db, |tx| uc::ask_code(tx, &visitor, "sign_in", "odile@pentes.example").await)
                .expect("asked");
            let code = newest_mail(&bench.db).await.args[0].1.clone();
            let second = bench.second().await;
            let tasks = [bench.db.clone(), second].map(|db| {
                let (ctx, browser, code) = (visitor.clone(), asked.browser.clone(), code.clone());
                tokio::spawn(async move { write_tx!(db, |tx| uc::finish_code(tx, &ctx, &browser, &code, "B").await) })
            });
            let mut opened = 0;
            for task in tasks {
                opened += i32::from(matches!(task.await.expect("ends"), Ok(Ok(_))));
            }
            assert_eq!(opened, 1);
        }
    });
}

#[test]
fn tokens_may_only_what_their_maker_may_and_can_be_revoked() {
    both(&steps(), async |bench| {
        let (org, who) = org_with_owner(&bench, "pentes", "odile@pentes.example").await;
        let ctx = ctx(&bench, Actor::Person { person: who, roles: vec![(org, Role::Owner)] });
        let make = async |days| {
            write_tx!(bench.db, |tx| uc::create_token(tx, &ctx, org, "Montage", &[TokenScope::Publish], days).await)
        };
        assert!(make(0).await.is_err() && make(400).await.is_err());
        let made = make(30).await.expect("made");
        let now = ctx.now;
        let find = async |now| {
            read_tx!(bench.db, |tx| uc::authenticate_token(tx, now, &made.secret, false).await).expect("reads")
        };
        let actor = find(now).await.expect("known");
        assert!(actor.may(org, &[Role::Editor]) && !actor.may(OrgId(org.0 + 1), &[Role::Editor]));
        assert!(find(now.plus_seconds(31 * 86_400)).await.is_none(), "expired");
        write_tx!(bench.db, |tx| uc::revoke_token(tx, &ctx, made.id).await).expect("revoked");
        assert!(find(now).await.is_none());
    });
}

#[test]
fn a_session_approval_is_labelled_as_such_and_strangers_cannot_sign() {
    both(&steps(), async |bench| {
        let (org, who) = org_with_owner(&bench, "pentes", "odile@pentes.example").await;
        let digest = kernel::sha256_hex(b"shares");
        let own = ctx(&bench, Actor::Person { person: who, roles: vec![(org, Role::Owner)] });
        let signature = write_tx!(bench.db, |tx| uc::sign(tx, &own, org, &digest, None).await).expect("signed");
        assert!(signature.proof.is_none() && signature.digest == digest);
        let stranger = ctx(&bench, Actor::Person { person: who, roles: vec![] });
        let refused = write_tx!(bench.db, |tx| uc::sign(tx, &stranger, org, &digest, None).await);
        assert_eq!(code_of(&refused.expect_err("stranger")), "forbidden");
        let changed =
            write_tx!(bench.db, |tx| Ok(tx.run("UPDATE accounts_signature SET digest = 'x'", args![]).await?));
        assert!(changed.is_err_and(|f| f.is_constraint()));
    });
}

#[test]
fn erasing_a_person_leaves_no_address_behind() {
    both(&steps(), async |bench| {
        let (org, owner) = org_with_owner(&bench, "pentes", "odile@pentes.example").await;
        let sys = system(&bench);
        let ask = uc::Invite {
            org,
            email: "canari.secret@pentes.example".to_owned(),
            name: "Canari".to_owned(),
            lang: Lang::Fr,
            roles: vec![Role::Editor],
        };
        let who = write_tx!(bench.db, |tx| uc::invite(tx, &sys, &ask).await).expect("invited").id;
        let export = read_tx!(bench.db, |tx| uc::export_person(tx, &sys, who).await).expect("exported");
        assert_eq!(export["email"], "canari.secret@pentes.example");
        let other = ctx(&bench, Actor::Person { person: owner, roles: vec![(org, Role::Owner)] });
        let foreign: Result<(), Failure> = write_tx!(bench.db, |tx| uc::erase_person(tx, &other, who).await);
        assert_eq!(foreign.expect_err("not theirs").as_refusal(), Refusal::forbidden());
        write_tx!(bench.db, |tx| uc::erase_person(tx, &sys, who).await).expect("erased");
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM accounts_person WHERE email LIKE '%canari%' OR email_folded LIKE '%canari%' OR display_name LIKE '%Canari%'";
        assert_eq!(read_tx!(bench.db, |tx| Ok(tx.scalar::<i64>(sql, args![]).await?)).expect("reads"), Some(0));
        assert!(write_tx!(bench.db, |tx| uc::erase_person(tx, &sys, owner).await).is_err(), "the last owner stays");
    });
}
