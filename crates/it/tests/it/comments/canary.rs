//! The e-mail canary (c5): a commenter's address, in any spelling or encoding, is in no answer below a moderator, in no log
//! line, no mail to others, no message of a webhook, no export, and in no row or byte of the database. What the moderators'
//! queue gives shows that the search would find it.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use accounts::service as accounts_uc;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use community::service as uc;
use db::{args, read_tx, write_tx};
use it::{Answer, Person, Site, desk, on_both, request};
use kernel::{Actor, Role, TokenScope, hex};
use publish::service as publish_uc;
use testkit::On;
use traboule::http::SESSION_COOKIE;

use super::own::visible;
use super::{FORM, PAGE, Talk, own_page, post};
use crate::leaks::Walk;

/// The addresses, each with its MD5.
const CANARIES: [(&str, &str); 2] = [
    ("zqcanari.visible@lecteurs.example", "f7f2d76bd166052e1570e13901f9271d"),
    ("zqcanari.attend@lecteurs.example", "712afd0f88afcf18e8328dc05f10c802"),
];

/// Every form an address could stand in.
fn forms(email: &str, md5: &str) -> Vec<String> {
    let sha1 = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, email.as_bytes());
    let digests = [kernel::unhex(md5).expect("hex"), sha1.as_ref().to_vec(), kernel::sha256(email.as_bytes()).to_vec()];
    let percent: String = email.bytes().map(|b| format!("%{b:02x}")).collect();
    let entities: String = email.chars().map(|c| format!("&#{};", u32::from(c))).collect();
    let hexes: String = email.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect();
    let mut all = vec![
        email.to_owned(),
        email.to_uppercase(),
        email.replace('@', "%40"),
        email.replace('@', "&#64;"),
        email.replace('@', "&#x40;"),
        email.replace('@', "\\u0040"),
        email.chars().rev().collect(),
        email.split('@').next().expect("a part").to_owned(),
        percent.to_uppercase(),
        percent,
        entities,
        hexes,
        hex(email.as_bytes()),
        STANDARD.encode(email),
        URL_SAFE_NO_PAD.encode(email),
    ];
    for digest in digests {
        all.extend([
            hex(&digest),
            hex(&digest).to_uppercase(),
            STANDARD.encode(&digest),
            URL_SAFE_NO_PAD.encode(&digest),
        ]);
    }
    // Base64 of a longer text that holds the address: three ways it can be cut.
    for before in ["", "x", "xx"] {
        let text = STANDARD.encode(format!("{before}{email}"));
        let start = if before.is_empty() { 0 } else { 4 };
        all.push(text[start..text.len() - 4].to_owned());
    }
    all
}

static FORMS: LazyLock<Vec<String>> =
    LazyLock::new(|| CANARIES.iter().flat_map(|(email, md5)| forms(email, md5)).collect());

/// The forms that stand in some bytes.
fn found(bytes: &[u8]) -> Vec<&'static str> {
    let text = String::from_utf8_lossy(bytes);
    FORMS.iter().map(String::as_str).filter(|form| text.contains(form)).collect()
}

fn in_answer(answer: &Answer) -> Vec<&'static str> {
    let headers: String = answer.headers.values().map(|v| format!("{}\n", v.to_str().unwrap_or_default())).collect();
    [found(&answer.body), found(headers.as_bytes())].concat()
}

/// What this process logs from now on: how many lines, and those that hold an address.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<(usize, Vec<String>)>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.0 += 1;
        if !found(bytes).is_empty() {
            kept.1.push(String::from_utf8_lossy(bytes).into_owned());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn log() -> Log {
    static LOG: LazyLock<Log> = LazyLock::new(|| {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .with_writer(move || writer.clone());
        subscriber.try_init().expect("nobody else listens to the log");
        log
    });
    LOG.clone()
}

/// Everything the database holds, as bytes.
async fn rows(site: &Site) -> Vec<u8> {
    let mut all = Vec::new();
    for (table, rows) in crate::moving::contents(&site.app.db).await {
        all.extend_from_slice(format!("{table}\n{}\n", rows.join("\n")).as_bytes());
    }
    for (table, column) in [("community_private", "email_sealed"), ("jobs_task", "body")] {
        let sql = format!("SELECT {column} FROM {table}");
        let found = read_tx!(site.app.db, |tx| Ok(tx.all(&sql, args![]).await?)).expect("rows");
        for row in found {
            match column {
                "body" => all.extend_from_slice(row.get::<String>(0).expect("a text").as_bytes()),
                _ => all.extend_from_slice(&row.get::<Vec<u8>>(0).expect("bytes")),
            }
        }
    }
    if site.on == On::Lite {
        for end in ["", "-wal"] {
            all.extend(std::fs::read(site.config.data.join(format!("traboule.db{end}"))).unwrap_or_default());
        }
    }
    all
}

#[test]
fn the_search_finds_every_form() {
    for (email, md5) in CANARIES {
        for form in forms(email, md5) {
            assert!(!found(format!("<p>{form}</p>").as_bytes()).is_empty(), "{form}");
        }
        let wrapped = STANDARD.encode(format!("{{\"email\":\"{email}\"}}"));
        assert!(!found(wrapped.as_bytes()).is_empty(), "inside something encoded");
    }
    assert!(found(b"solveig@lecteurs.example").is_empty());
}

/// Comments of the canaries: one everybody sees, one that waits, with everything ticked; and requests that go wrong.
async fn plant(site: &Site, talk: &Talk) -> String {
    let [(seen, _), (waits, _)] = CANARIES;
    let fields = [("email", seen), ("name", "Solveig"), ("body", "Un avis que tout le monde lit."), ("remember", "on")];
    visible(site, talk, &fields).await;
    let fields = [("email", waits), ("name", "Titouan"), ("body", "Un avis qui attend."), ("send_link", "on")];
    own_page(&post(site, &fields).await);
    let kept =
        post(site, &[("email", seen), ("name", "Solveig"), ("body", "Encore un mot."), ("remember", "on")]).await;
    // The writer's own refused form may say what was just typed; a look before sending may not.
    let preview = post(site, &[("email", waits), ("body", "Un regard avant."), ("stamp", "-")]).await;
    assert_eq!((preview.status.as_u16(), in_answer(&preview)), (200, vec![]));
    for email in [seen, waits] {
        assert_eq!(site.post("/fr/privacy/erase", &[("email", email)]).await.status, 303);
        site.get(&format!("/fr/rien?email={email}")).await;
    }
    site.work().await;
    kept.header("set-cookie").split(';').next().expect("a cookie").to_owned()
}

#[test]
fn c5_an_address_is_nowhere_below_a_moderator() {
    on_both(async |site| {
        let log = log();
        let talk = Talk::on(&site).await;
        let ctx = site.app.ctx(talk.who.actor.clone());
        let events = ["episode.published".to_owned(), "episode.updated".to_owned()];
        write_tx!(site.app.db, |tx| {
            publish_uc::create_webhook(tx, &ctx, talk.who.org, ("https://hooks.example/", &events[..]), false).await
        })
        .expect("a webhook");
        let remembered = plant(&site, &talk).await;
        let agent = site.person("pentes", "agent@pentes.example", Role::Agent).await;
        let stranger = site.person("ailleurs", "owner@ailleurs.example", Role::Owner).await;
        let token = async |who: &Person| {
            let ctx = site.app.ctx(who.actor.clone());
            let made = write_tx!(site.app.db, |tx| {
                accounts_uc::create_token(tx, &ctx, who.org, "lecture", &TokenScope::ALL, 1).await
            });
            format!("Bearer {}", made.expect("a token").secret)
        };
        let session = |who: &Person| format!("{SESSION_COOKIE}={}", who.session);
        let crowd = [
            ("a visitor", ("accept", "*/*".to_owned())),
            ("the commenter's own device", ("cookie", remembered)),
            ("a member", ("cookie", session(&stranger))),
            ("an agent", ("cookie", session(&agent))),
            ("an editor", ("cookie", session(&talk.who))),
            ("an editor's program", ("authorization", token(&talk.who).await)),
        ];
        let seeds = [
            "/",
            "/fr/",
            "/en/",
            PAGE,
            FORM,
            "/en/shows/pentes/le-pont",
            "/fr/privacy",
            "/en/api",
            "/fr/studio",
            "/fr/studio/people",
            "/fr/account",
            "/api/v1/openapi.json",
            "/api/v1/shows",
            "/fr/rien",
            "/feeds/pentes.xml",
            "/feeds/pentes.json",
            "/fr/studio/comments",
            "/fr/comments/none",
            "/fr/shows/pentes/le-pont/comments?reply=x",
        ]
        .map(str::to_owned);
        let more = [
            format!("/api/v1/episodes/{}/comments", talk.id()),
            format!("/api/v1/episodes/{}", talk.id()),
            format!("/feeds/comments/{}.xml", talk.id()),
        ];
        for (who, (name, value)) in &crowd {
            let mut walk = Walk::new(seeds.iter().chain(&more).cloned(), 350);
            let mut asked = 0;
            while let Some(path) = walk.next() {
                let answer = site.send(request("GET", &path, None, &[(*name, value.as_str())], Body::empty())).await;
                assert!(answer.status != 500, "{path}");
                assert_eq!(in_answer(&answer), Vec::<&str>::new(), "{who} at {path}");
                walk.learn(&answer);
                asked += 1;
            }
            assert!(asked > 40, "{who} went around: {asked}");
        }
        elsewhere(&site, &talk, &agent, &log).await;
        // The search can fail: a moderator's queue does carry the address.
        let moderator = Actor::Person { person: talk.who.id, roles: vec![(talk.who.org, Role::Moderator)] };
        let ctx = site.app.ctx(moderator);
        let queue = read_tx!(site.app.db, |tx| {
            uc::queue(tx, &ctx, &site.app.sealer, talk.who.org, &uc::QueueAsk::default()).await
        });
        let shown = format!("{:?}", queue.expect("a queue").items);
        let seen: BTreeSet<&str> = found(shown.as_bytes()).into_iter().collect();
        assert!(CANARIES.iter().all(|(email, _)| seen.contains(email)), "{seen:?}");
    });
}

/// Beside the answers: mails to others, messages, exports, the database, the log.
async fn elsewhere(site: &Site, talk: &Talk, agent: &Person, log: &Log) {
    // Something is published, so that messages and proofs leave.
    desk::published(site, &talk.who, &talk.show, "La montée").await;
    site.clock.advance(300);
    site.work().await;
    let mut own = 0;
    for file in std::fs::read_dir(&site.app.mail_folder).expect("mails").flatten() {
        let mail = std::fs::read_to_string(file.path()).expect("a mail");
        let (to, rest) = mail.split_once('\n').expect("a first line");
        assert_eq!(found(rest.as_bytes()), Vec::<&str>::new(), "{mail}");
        own += usize::from(!found(to.as_bytes()).is_empty());
    }
    assert!(own >= 3, "the link and both erasures went to the commenters themselves: {own}");
    assert!(!site.outside.messages().is_empty(), "a message left");
    for message in site.outside.messages() {
        assert_eq!(found(format!("{message:?}").as_bytes()), Vec::<&str>::new());
    }
    for who in [&talk.who, agent] {
        let ctx = site.app.ctx(who.actor.clone());
        let export = read_tx!(site.app.db, |tx| {
            let account = accounts_uc::export_person(tx, &ctx, who.id).await?;
            Ok(format!("{account:?} {}", uc::export_person(tx, &ctx, who.id).await?))
        });
        assert_eq!(found(export.expect("an export").as_bytes()), Vec::<&str>::new());
    }
    assert_eq!(found(&rows(site).await), Vec::<&str>::new(), "in the database");
    tracing::warn!("the log is heard");
    let (lines, hits) = log.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(lines > 0 && hits.is_empty(), "{lines} lines in the log: {hits:?}");
}

#[test]
fn c5_what_goes_wrong_logs_no_secret_of_a_link() {
    let link = "/fr/comments/co_0000000000001.1.1790000000.0123456789abcdef0123456789abcdef";
    let erase = "/en/privacy/erase/0123.1790000000.0123456789abcdef0123456789abcdef";
    for (path, logged) in [
        (link, "/fr/comments/…"),
        (erase, "/en/privacy/erase/…"),
        ("/fr/approve/abc", "/fr/approve/…"),
        ("/fr/shows/pentes/le-pont/comments", "/fr/shows/pentes/le-pont/comments"),
    ] {
        assert_eq!(traboule::pages::loggable(path), logged);
    }
}
