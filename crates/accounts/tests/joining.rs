//! Opening accounts on both engines: by a mailed code without telling whether an address is known, by a passkey without any
//! address; adding an address later; two who join at once on PostgreSQL.

use accounts::passkey::RelyingParty;
use accounts::service::{self as uc, Answer, Joined};
use accounts::{MAIL_HANDLER, MIGRATIONS, MailTask};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Db, Failure, Migration, args, read_tx, write_tx};
use kernel::{Actor, Ctx, Lang, PersonId, Refusal, sha256};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use testkit::{Bench, On, both, run};

fn steps() -> Vec<Migration> {
    [jobs::MIGRATIONS, MIGRATIONS].concat()
}

fn ctx(bench: &Bench, actor: Actor) -> Ctx {
    Ctx { now: bench.clock.now(), actor, ids: bench.ids.clone(), rng: kernel::Rng::System }
}

fn as_person(bench: &Bench, person: PersonId) -> Ctx {
    ctx(bench, Actor::Person { person, roles: Vec::new() })
}

async fn mails(db: &Db) -> Vec<MailTask> {
    let sql = "SELECT body FROM jobs_task WHERE handler = $1 ORDER BY key";
    let rows = read_tx!(db, |tx| Ok(tx.all(sql, args![MAIL_HANDLER]).await?)).expect("reads");
    let read = |row: &db::Row| serde_json::from_str(&row.get::<String>(0).expect("a text")).expect("a mail task");
    rows.iter().map(read).collect()
}

/// Asks for a code and gives the browser's half and what the mail says.
async fn asked(bench: &Bench, email: &str) -> (String, String) {
    let visitor = ctx(bench, Actor::Visitor);
    let asked = write_tx!(bench.db, |tx| uc::ask_join(tx, &visitor, email, "Solveig M.", Lang::Fr).await);
    let mail = mails(&bench.db).await.pop().expect("a mail");
    assert_eq!((mail.template.as_str(), mail.to.as_str()), ("join", email));
    (asked.expect("asked").browser, mail.args[0].1.clone())
}

async fn finished(bench: &Bench, browser: &str, code: &str) -> Result<Joined, Refusal> {
    let visitor = ctx(bench, Actor::Visitor);
    write_tx!(bench.db, |tx| uc::finish_join(tx, &visitor, browser, code, "B").await).expect("decided")
}

async fn people(db: &Db) -> i64 {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM accounts_person";
    read_tx!(db, |tx| Ok(tx.scalar::<i64>(sql, args![]).await?)).expect("reads").unwrap_or(0)
}

#[test]
fn a_code_opens_an_account_once_and_afterwards_signs_in_to_it() {
    both(&steps(), async |bench| {
        let (browser, code) = asked(&bench, "solveig@lecteurs.example").await;
        assert_eq!(people(&bench.db).await, 0, "nothing is opened before the address is proved");
        assert_eq!(finished(&bench, "another", &code).await.expect_err("refused").fields[0].code, "code-wrong");
        let joined = finished(&bench, &browser, &code).await.expect("joined");
        assert!(joined.new);
        let now = bench.clock.now();
        let me = read_tx!(bench.db, |tx| uc::signed_in(tx, now, &joined.token.0, false).await).expect("reads");
        let me = me.expect("signed in").person;
        assert_eq!((me.display_name.as_str(), me.email.as_str()), ("Solveig M.", "solveig@lecteurs.example"));
        assert!(me.verified_at.is_some());
        assert_eq!(finished(&bench, &browser, &code).await.expect_err("used").code, "code-over");
        // The same way, the same mail, whatever the case of the letters.
        let (browser, code) = asked(&bench, "Solveig@Lecteurs.example").await;
        let again = finished(&bench, &browser, &code).await.expect("signed in");
        assert_eq!((again.person, again.new), (joined.person, false));
        let sent = mails(&bench.db).await;
        let said = |m: &MailTask| (m.template.clone(), m.lang.clone(), m.args[0].0.clone());
        assert_eq!(said(&sent[0]), said(&sent[1]));
        assert_eq!(people(&bench.db).await, 1);
        let (browser, code) = asked(&bench, "autre@lecteurs.example").await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for left in (0..5).rev() {
            let refusal = finished(&bench, &browser, wrong).await.expect_err("wrong");
            assert_eq!(refusal.fields[0].code, if left == 0 { "code-over" } else { "code-wrong" });
        }
        assert_eq!(finished(&bench, &browser, &code).await.expect_err("out of tries").code, "code-over");
    });
}

#[test]
fn two_who_join_with_one_address_at_once_have_one_account() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        for round in 0..6 {
            let email = format!("solveig{round}@lecteurs.example");
            let halves = [asked(&bench, &email).await, asked(&bench, &email).await];
            let second = bench.second().await;
            let visitor = ctx(&bench, Actor::Visitor);
            let tasks = [bench.db.clone(), second].into_iter().zip(halves).map(|(db, (browser, code))| {
                let ctx = visitor.clone();
                tokio::spawn(async move { write_tx!(db, |tx| uc::finish_join(tx, &ctx, &browser, &code, "B").await) })
            });
            let mut joined = Vec::new();
            for task in tasks.collect::<Vec<_>>() {
                joined.push(task.await.expect("ends").expect("decided").expect("joined"));
            }
            assert_eq!(joined[0].person, joined[1].person);
            assert_eq!(joined.iter().filter(|j| j.new).count(), 1);
            assert_eq!(people(&bench.db).await, round + 1);
        }
    });
}

fn site() -> RelyingParty {
    RelyingParty { id: "site.example".to_owned(), origin: "https://site.example".to_owned() }
}

/// What a device answers that makes a passkey.
fn device(challenge: &str, number: u8) -> Answer {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).expect("a key");
    let public = pair.public_key().as_ref();
    let mut data = [sha256(b"site.example").as_slice(), &[0x45], &[0; 4], &[0; 16], &[0, 4, 1, 2, 3, number]].concat();
    data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
    data.extend(&public[1..33]);
    data.extend([0x22, 0x58, 32]);
    data.extend(&public[33..65]);
    let client = format!(
        r#"{{"type":"webauthn.create","challenge":"{challenge}","origin":"https://site.example","crossOrigin":false}}"#
    );
    Answer {
        credential_id: vec![1, 2, 3, number],
        client_data: client.into_bytes(),
        authenticator_data: data,
        signature: Vec::new(),
    }
}

async fn join_by_passkey(bench: &Bench, challenge: &str, number: u8) -> Result<Joined, Failure> {
    let visitor = ctx(bench, Actor::Visitor);
    let bytes = URL_SAFE_NO_PAD.decode(challenge).expect("base64");
    let answer = device(challenge, number);
    write_tx!(bench.db, |tx| {
        let who = ("Titouan", "Ma clé", Lang::Fr);
        uc::finish_join_passkey(tx, &visitor, &site(), (&bytes, &answer), who, "B").await
    })
}

async fn begun(bench: &Bench) -> String {
    let visitor = ctx(bench, Actor::Visitor);
    write_tx!(bench.db, |tx| uc::begin_join_passkey(tx, &visitor, "Titouan").await).expect("begun").challenge
}

#[test]
fn a_passkey_opens_an_account_without_an_address_which_comes_later() {
    both(&steps(), async |bench| {
        let challenge = begun(&bench).await;
        let joined = join_by_passkey(&bench, &challenge, 1).await.expect("joined");
        assert!(join_by_passkey(&bench, &challenge, 2).await.is_err(), "a challenge is used once");
        let own = as_person(&bench, joined.person);
        let export = read_tx!(bench.db, |tx| uc::export_person(tx, &own, joined.person).await).expect("exported");
        assert_eq!((export["email"].as_str(), export["display_name"].as_str()), (Some(""), Some("Titouan")));
        // The only way in stays.
        let keys = read_tx!(bench.db, |tx| uc::list_passkeys(tx, &own).await).expect("reads");
        let removed = write_tx!(bench.db, |tx| uc::remove_passkey(tx, &own, keys[0].id).await);
        assert_eq!(removed.expect_err("kept").as_refusal().code, "last-passkey");
        // What somebody signed in begins for their own account opens no other.
        let options = write_tx!(bench.db, |tx| uc::begin_register(tx, &own).await).expect("begun");
        assert!(join_by_passkey(&bench, &options.challenge, 3).await.is_err());
        let ask = async |email: &str| {
            let asked = write_tx!(bench.db, |tx| uc::ask_address(tx, &own, email).await).expect("asked");
            (asked.browser, mails(&bench.db).await.pop().expect("a mail").args[0].1.clone())
        };
        let finish = async |browser: &str, code: &str| {
            write_tx!(bench.db, |tx| uc::finish_address(tx, &own, browser, code).await).expect("decided")
        };
        // An address somebody else has is not told before it is proved, and then to its reader.
        let (browser, code) = asked(&bench, "solveig@lecteurs.example").await;
        finished(&bench, &browser, &code).await.expect("joined");
        let (browser, code) = ask("solveig@lecteurs.example").await;
        assert!(finished(&bench, &browser, &code).await.is_err(), "this code opens no account");
        let (browser, code) = ask("solveig@lecteurs.example").await.clone();
        assert_eq!(finish(&browser, &code).await.expect_err("taken").code, "address-taken");
        let (browser, code) = ask("titouan@lecteurs.example").await;
        finish(&browser, &code).await.expect("proved");
        write_tx!(bench.db, |tx| uc::remove_passkey(tx, &own, keys[0].id).await).expect("removed");
        let (browser, code) = asked(&bench, "titouan@lecteurs.example").await;
        assert_eq!(finished(&bench, &browser, &code).await.expect("signed in").person, joined.person);
        let refused = write_tx!(bench.db, |tx| uc::ask_address(tx, &own, "x@lecteurs.example").await);
        assert_eq!(refused.expect_err("has one").as_refusal().code, "state-conflict");
    });
}

#[test]
fn what_was_asked_for_joining_is_swept() {
    both(&steps(), async |bench| {
        asked(&bench, "solveig@lecteurs.example").await;
        let now = bench.clock.now();
        let sweep =
            async |later| write_tx!(bench.db, |tx| uc::sweep(tx, now.plus_seconds(later)).await).expect("swept");
        assert_eq!((sweep(599).await, sweep(600).await), (0, 1));
    });
}
