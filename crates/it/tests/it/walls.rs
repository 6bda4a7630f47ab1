//! What is shown or kept that should not be: names of who blocked, words after their end, pages under many names, cards and
//! handles taken from everybody, changes of what a decision keeps as it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::response::{Html, Redirect};
use axum::routing::get;
use community::model::{MEMBER_PREFIX, Member, PostState};
use community::service::{self as talk, follows, members, posts};
use db::{args, read_tx, write_tx};
use it::{Answer, Person, Site, desk, on_both, on_one, request};
use kernel::{At, Role, Subject, TokenScope, parse_id, show_id};
use publish::service as publish_uc;
use reach::Standing;
use testkit::On;

use crate::posts::{member, path, posted};

async fn decide(site: &Site, org: kernel::OrgId, subject: Subject, standing: Standing, from: At) {
    write_tx!(site.app.db, |tx| Ok(reach::set(tx, org, subject, standing, None, (from, None)).await?)).expect("set");
}

async fn lift(site: &Site, org: kernel::OrgId, subject: Subject, standing: Standing) {
    write_tx!(site.app.db, |tx| Ok(reach::lift(tx, org, subject, standing).await?)).expect("lifted");
}

async fn count(site: &Site, sql: &str) -> i64 {
    let found = read_tx!(site.app.db, |tx| Ok(tx.scalar::<i64>(sql, args![]).await?));
    found.expect("a count").unwrap_or_default()
}

/// The tables in which a word stands.
async fn tables_with(site: &Site, word: &str) -> Vec<String> {
    let all = crate::moving::contents(&site.app.db).await;
    all.into_iter().filter(|(_, rows)| rows.iter().any(|row| row.contains(word))).map(|(table, _)| table).collect()
}

async fn profile(site: &Site, who: &Person, handle: &str) -> Answer {
    let version =
        read_tx!(site.app.db, |tx| members::member_of(tx, who.id).await).expect("reads").map_or(0, |m| m.version);
    let version = version.to_string();
    let typed = [("name", "Ada"), ("handle", handle), ("version", version.as_str())];
    site.post_as(who, "/en/account/profile", &typed).await
}

#[test]
fn nobody_takes_every_handle_nor_those_of_the_house() {
    on_both(async |site| {
        let owner = site.person("pentes", "odile@pentes.example", Role::Owner).await;
        let show = desk::show(&site, &owner, "de-plain-pied").await;
        let ada = site.person("lecteurs", "ada@lecteurs.example", Role::Agent).await;
        // The show is no voice yet; its word is its own all the same, and so is that of the organisation.
        for word in ["de-plain-pied", "De-Plain-Pied", "pentes"] {
            let refused = profile(&site, &ada, word).await;
            assert_eq!(refused.status, 422, "{word}");
            assert!(refused.text().contains(&format!("value=\"{word}\"")), "what was typed is kept");
        }
        assert_eq!(profile(&site, &ada, "ada-0").await.status, 303);
        assert_eq!(profile(&site, &ada, "pentes").await.status, 422, "nor later");
        for (word, status) in [("ada-1", 303), ("ada-2", 303), ("ada-3", 422), ("ada-1", 303), ("Ada-1", 303)] {
            let answer = profile(&site, &ada, word).await;
            assert_eq!(answer.status.as_u16(), status, "{word}: {}", answer.text());
        }
        assert!(profile(&site, &ada, "ada-3").await.text().contains("another one tomorrow"));
        for day in 3..6 {
            site.clock.advance(86_400);
            assert_eq!(profile(&site, &ada, &format!("ada-{day}")).await.status, 303, "day {day}");
        }
        site.clock.advance(86_400);
        let last = profile(&site, &ada, "ada-6").await;
        assert!(last.status == 422 && last.text().contains("as many handles as stay yours"), "{}", last.text());
        assert_eq!(profile(&site, &ada, "ada-0").await.status, 303, "one's own come back");
        let now = site.clock.now();
        let voice = write_tx!(site.app.db, |tx| {
            let kind = community::model::VoiceKind::Show;
            members::ensure_voice(tx, kind, show.id, owner.org, &show.slug, now).await
        });
        assert_eq!(voice.expect("a voice").handle, "de-plain-pied");
    });
}

#[test]
fn who_blocked_somebody_is_not_named_to_them() {
    on_both(async |site| {
        let (ada, a) = member(&site, "ada", "Ada Zqnom").await;
        let (ben, b) = member(&site, "ben", "Ben").await;
        let (a_id, b_id) = (show_id(MEMBER_PREFIX, a.id), show_id(MEMBER_PREFIX, b.id));
        let said = async |who: &Person, verb: &str, whom: &str| {
            site.get_as(who, &format!("/fr/account/muted?said={verb}&who={whom}")).await.text()
        };
        assert!(!said(&ben, "follow", &a_id).await.contains("Zqnom"), "only what is so is said");
        assert!(!said(&ben, "block", &a_id).await.contains("Zqnom"));
        let ctx = site.app.ctx(ben.actor.clone());
        write_tx!(site.app.db, |tx| follows::follow(tx, &ctx, a.id).await).expect("followed");
        assert!(said(&ben, "follow", &a_id).await.contains("Zqnom"));
        assert!(!said(&ben, "unfollow", &a_id).await.contains("Zqnom"));
        let blocked = site.post_as(&ada, &format!("/fr/voices/{b_id}/block"), &[]).await;
        assert_eq!(blocked.status, 303);
        for verb in ["follow", "unfollow", "mute", "unmute", "block", "unblock"] {
            assert!(!said(&ben, verb, &a_id).await.contains("Zqnom"), "{verb}");
            let visitor = site.get(&format!("/fr/members/ben?said={verb}&who={a_id}")).await.text();
            assert!(!visitor.contains("Zqnom"), "{verb}");
        }
        for verb in ["follow", "unfollow", "mute", "unmute"] {
            let answer = site.post_as(&ben, &format!("/fr/voices/{a_id}/{verb}"), &[]).await;
            assert_eq!(answer.status, 404, "{verb}");
            assert!(!answer.header("location").contains("ada"), "{verb}");
        }
        for verb in ["block", "unblock"] {
            let answer = site.post_as(&ben, &format!("/fr/voices/{a_id}/{verb}"), &[]).await;
            assert_eq!(answer.status, 303, "{verb}");
        }
    });
}

#[test]
fn an_import_leaves_alone_what_a_decision_keeps_as_it_is() {
    on_both(async |site| {
        let who = crate::imports::editor(&site).await;
        let item = |title: &str| {
            format!(
                "<item><title>{title}</title><guid>a</guid><pubDate>20 Oct 2026 06:00:00 +0200</pubDate>
                 <enclosure url=\"https://sons.example/a.mp3\" length=\"9\" type=\"audio/mpeg\"/></item>"
            )
        };
        let feed = |title: &str| crate::imports::parsed(&crate::imports::feed("", &item(title)));
        let options = crate::imports::options(&who);
        let (show, _) = crate::imports::import(&site, &who, &feed("Avant"), &options).await.expect("imported");
        let show = show.expect("a show");
        let title = async || {
            let all =
                read_tx!(site.app.db, |tx| publish_uc::desk(tx, &who.actor, show.id, None).await).expect("episodes").1;
            (all[0].id, all[0].texts["fr"].title.clone())
        };
        let (id, _) = title().await;
        decide(&site, who.org, Subject::episode(id), Standing::Frozen, At::from_micros(0)).await;
        for dry_run in [true, false] {
            let options = publish_uc::ImportOptions { dry_run, ..options.clone() };
            let report = crate::imports::import(&site, &who, &feed("Après"), &options).await.expect("imported").1;
            assert_eq!((report.would_update, report.unchanged), (0, 1));
            assert!(report.problems.iter().any(|p| p.code == "frozen" && p.item == Some(0)), "{:?}", report.problems);
        }
        assert_eq!(title().await.1, "Avant");
        lift(&site, who.org, Subject::episode(id), Standing::Frozen).await;
        let report = crate::imports::import(&site, &who, &feed("Après"), &options).await.expect("imported").1;
        assert_eq!(
            (report.would_update, title().await.1.as_str()),
            (1, "Après"),
            "afterwards the feed is followed again"
        );
    });
}

#[test]
fn a_page_is_made_anew_when_a_neighbour_further_away_is_held() {
    on_both(async |site| {
        let who = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &who, "pentes").await;
        let mut ids = Vec::new();
        for title in ["Premier", "Deuxième", "Troisième"] {
            ids.push(desk::published(&site, &who, &show, title).await);
            site.clock.advance(3_600);
        }
        let now = site.clock.now();
        let (later, third) = (now.plus_seconds(600), ids[2].slug.clone());
        decide(&site, who.org, Subject::episode(ids[1].id), Standing::Removed, At::from_micros(0)).await;
        decide(&site, who.org, Subject::episode(ids[0].id), Standing::Removed, later).await;
        let page = async |now: At| {
            read_tx!(site.app.db, |tx| publish_uc::episode_page(tx, &show.slug, &third, now).await).expect("a page")
        };
        let found = page(now).await;
        assert_eq!(found.neighbours.0.as_ref().map(|e| e.id), Some(ids[0].id), "the one behind the one that is held");
        assert_eq!(found.valid_until, Some(later));
        assert!(page(later).await.neighbours.0.is_none());
        let address = format!("/fr/shows/pentes/{third}");
        assert!(site.get(&address).await.text().contains("Premier"));
        site.clock.advance(601);
        assert!(!site.get(&address).await.text().contains("Premier"), "the very next request");
    });
}

/// Asks the API with a key.
async fn keyed(site: &Site, token: &str, path: &str, key: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), ("idempotency-key", key)];
    site.send(request("POST", path, None, &headers, Body::from(body.to_owned()))).await
}

async fn token(site: &Site, who: &Person) -> String {
    let ctx = site.app.ctx(who.actor.clone());
    let made = write_tx!(site.app.db, |tx| {
        accounts::service::create_token(tx, &ctx, who.org, "t", &TokenScope::ALL, 1).await
    });
    made.expect("a token").secret
}

#[test]
fn words_of_a_keyed_request_go_with_what_they_made() {
    on_both(async |site| {
        let editor = site.person("public", "editor@public.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let episode = desk::published(&site, &editor, &show, "Le pont").await;
        crate::posts::join(&site, &editor, "odile", "Odile").await;
        let token = token(&site, &editor).await;
        let first = keyed(&site, &token, "/api/v1/posts", "k1", r#"{"body":"zqpost","lang":"fr"}"#).await;
        assert_eq!(first.status, 201, "{}", first.text());
        let again = keyed(&site, &token, "/api/v1/posts", "k1", r#"{"body":"zqpost","lang":"fr"}"#).await;
        assert_eq!((again.status.as_u16(), again.json()), (201, first.json()), "the same answer, made again");
        let comments = format!("/api/v1/episodes/{}/comments", crate::desk_upload::shown(&episode));
        let comment = keyed(&site, &token, &comments, "k2", r#"{"body":"zqcomment"}"#).await;
        assert_eq!(comment.status, 201, "{}", comment.text());
        assert_eq!(keyed(&site, &token, &comments, "k2", r#"{"body":"zqcomment"}"#).await.json(), comment.json());
        let kept = "SELECT COUNT(*) FROM publish_once WHERE answer LIKE '%zq%'";
        assert_eq!(count(&site, kept).await, 0, "only numbers are kept");
        let id = first.json()["id"].as_str().expect("an id").to_owned();
        assert_eq!(site.api(&token, "DELETE", &format!("/api/v1/posts/{id}"), Body::empty()).await.status, 200);
        assert_eq!(tables_with(&site, "zqpost").await, Vec::<String>::new());
        let gone = keyed(&site, &token, "/api/v1/posts", "k1", r#"{"body":"zqpost","lang":"fr"}"#).await;
        assert_eq!(gone.status, 404, "nothing is posted twice, nothing comes back");
        site.clock.advance(86_401);
        let now = site.clock.now();
        write_tx!(site.app.db, |tx| publish_uc::sweep_once(tx, now).await).expect("swept");
        assert_eq!(count(&site, "SELECT COUNT(*) FROM publish_once").await, 0);
    });
}

#[test]
fn what_was_half_sent_goes_with_who_sent_it() {
    on_both(async |site| {
        site.person("voisins", "autre@voisins.example", Role::Owner).await;
        let (who, me) = crate::clips::member(&site, "zqodile").await;
        let clip = crate::clips::begun(&site, &who, me.id, "Le pont").await;
        let started = crate::clips::start(&site, &who, &clip, 9_000, ("zqfilm.mp4", "video/mp4")).await;
        let upload = started.header("location");
        assert_eq!(crate::clips::piece(&site, &who, &upload, 0, vec![0; 10]).await.status, 204);
        let scratch = || std::fs::read_dir(&site.app.scratch).expect("a folder").count();
        assert_eq!(scratch(), 1);
        let copy = site.get_as(&who, "/fr/account/data/export.tar").await;
        assert!(copy.status == 200 && String::from_utf8_lossy(&copy.body).contains("zqfilm"));
        assert_eq!(site.post_as(&who, "/fr/account/data/erase", &[("confirm", "effacer")]).await.status, 303);
        assert_eq!((count(&site, "SELECT COUNT(*) FROM publish_upload").await, scratch()), (0, 0));
        assert_eq!(tables_with(&site, "zqfilm").await, Vec::<String>::new());
    });
}

#[test]
fn a_page_is_kept_under_one_name_only() {
    on_both(async |site| {
        let (who, me) = member(&site, "Odile", "Odile F.").await;
        let id = posted(&site, &who, &me, "Le pont #lyon").await;
        let post = path(id);
        let small = post.to_ascii_lowercase();
        site.app.cache.clear();
        for (address, kept) in [
            ("/en/tags/lyon", true),
            ("/en/tags/Lyon!", false),
            ("/en/tags/l%79on", false),
            ("/%65n/explore", false),
            ("/feeds/tags/lyon.fr.xml", true),
            ("/feeds/tags/LYON.fr.xml", false),
            ("/feeds/members/Odile.fr.xml", true),
            ("/feeds/members/oDILE.fr.xml", false),
            (post.as_str(), true),
            (small.as_str(), false),
        ] {
            let before = site.app.cache.bytes();
            let answer = site.get(address).await;
            assert_eq!(answer.status, 200, "{address}");
            assert!(answer.text().contains("Le pont"), "{address}");
            assert_eq!(site.app.cache.bytes() > before, kept, "{address}");
        }
    });
}

/// A server on this machine, asked so many times.
async fn server(ip: &str, asked: Arc<AtomicUsize>, to: &'static str) -> std::net::SocketAddr {
    let router = Router::new()
        .route(
            "/{page}",
            get(async move || {
                asked.fetch_add(1, Ordering::SeqCst);
                Html("<title>Zqcarte</title>")
            }),
        )
        .route("/away/{page}", get(async move || Redirect::to(to)));
    let listener = tokio::net::TcpListener::bind((ip, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn has_card(site: &Site, post: i64) -> bool {
    site.get(&path(post)).await.text().contains("link-card")
}

#[test]
fn a_link_that_was_taken_away_and_comes_back_gets_its_card_again() {
    on_both(async |site| {
        let asked = Arc::new(AtomicUsize::new(0));
        let address = server("127.0.0.1", asked.clone(), "/pont").await;
        let (who, me) = member(&site, "odile", "Odile F.").await;
        let words = format!("Voir http://{address}/pont");
        let first = posted(&site, &who, &me, &words).await;
        site.work().await;
        assert!(has_card(&site, first).await);
        let ctx = site.app.ctx(who.actor.clone());
        let edit = async |version: i64, body: &str| {
            write_tx!(site.app.db, |tx| posts::edit(tx, &ctx, first, version, body, &[]).await).expect("edited");
        };
        edit(1, "Sans lien").await;
        assert_eq!(count(&site, "SELECT COUNT(*) FROM community_card").await, 0, "its card goes with the last link");
        edit(2, &words).await;
        site.work().await;
        assert!(has_card(&site, first).await);
        write_tx!(site.app.db, |tx| posts::delete(tx, &ctx, first).await).expect("deleted");
        assert_eq!(tables_with(&site, "Zqcarte").await, Vec::<String>::new());
        let again = posted(&site, &who, &me, &words).await;
        site.work().await;
        assert!(has_card(&site, again).await);
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    });
}

#[test]
fn one_author_leaves_cards_to_others_and_nobody_loses_theirs() {
    on_one(On::Lite, &async |site: Site| {
        let asked = Arc::new(AtomicUsize::new(0));
        let address = server("127.0.0.1", asked.clone(), "/pont").await;
        let to: &'static str = Box::leak(format!("http://{address}/pont").into_boxed_str());
        let beside = server("127.0.0.2", Arc::default(), to).await;
        let (many, few) = (member(&site, "odile", "Odile F.").await, member(&site, "titouan", "Titouan").await);
        let mut all = Vec::new();
        for n in 0..=usize::try_from(traboule::cards::PER_AUTHOR).expect("fits") {
            all.push(crate::posts::planted(&site, &many.1, &format!("http://{address}/q{n}")).await);
        }
        // One host is asked so often only, the rest waits without losing a try.
        site.work().await;
        let per_host = usize::try_from(traboule::cards::PER_HOST).expect("fits");
        assert_eq!(asked.load(Ordering::SeqCst), per_host);
        let waiting = "SELECT COUNT(*) FROM community_card WHERE state = 'asked'";
        assert_eq!(usize::try_from(count(&site, waiting).await).expect("fits"), all.len() - per_host);
        assert_eq!(
            count(&site, "SELECT MAX(attempts) FROM jobs_task WHERE handler = 'community.card' AND state = 'due'")
                .await,
            0
        );
        let other = posted(&site, &few.0, &few.1, &format!("http://{beside}/ici")).await;
        site.work().await;
        assert!(has_card(&site, other).await, "somebody else's is fetched at once");
        // A redirect is counted for the host it leads to.
        let before = asked.load(Ordering::SeqCst);
        let away = posted(&site, &few.0, &few.1, &format!("http://{beside}/away/x")).await;
        site.work().await;
        assert!(!has_card(&site, away).await && asked.load(Ordering::SeqCst) == before);
        for _ in 0..5 {
            site.clock.advance(1_000);
            site.work().await;
        }
        assert_eq!(count(&site, waiting).await, 0, "later each has its own");
        assert!(has_card(&site, all[all.len() - 1]).await && has_card(&site, away).await);
    });
}

#[test]
fn a_moment_without_network_costs_no_card() {
    on_one(On::Lite, &async |site: Site| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        let (who, me) = member(&site, "odile", "Odile F.").await;
        let url = format!("http://{address}/pont");
        posted(&site, &who, &me, &url).await;
        let state = async |wanted: &str| {
            count(&site, &format!("SELECT COUNT(*) FROM community_card WHERE state = '{wanted}'")).await
        };
        for _ in 0..6 {
            site.work().await;
            site.clock.advance(200);
        }
        assert_eq!(state("asked").await, 1, "a quarter of an hour later it is still asked for");
        for _ in 0..6 {
            site.work().await;
            site.clock.advance(4_000);
        }
        assert_eq!(state("none").await, 1);
        posted(&site, &who, &me, &format!("Encore {url}")).await;
        assert_eq!(state("none").await, 1, "not at once");
        site.clock.advance(90_000);
        posted(&site, &who, &me, &format!("Demain {url}")).await;
        assert_eq!(state("asked").await, 1, "another day it is asked for again");
    });
}

#[test]
fn captions_of_what_is_kept_as_it_is_stay_and_others_leave_a_trace() {
    on_both(async |site| {
        let (who, me): (Person, Member) = crate::clips::member(&site, "odile").await;
        let clip = crate::clips::sent(&site, &who, me.id, "Le pont", crate::clips::PHONE).await;
        site.work().await;
        let id = parse_id(community::model::POST_PREFIX, &clip).expect("an id");
        let captions = async |text: &str| {
            let rows = [("lang", "fr"), ("start", "0"), ("end", "0:01"), ("text", text)];
            site.post_as(&who, &format!("/fr/clips/{clip}/captions"), &rows).await.status.as_u16()
        };
        assert_eq!(captions("Zqavant").await, 303);
        assert_eq!(captions("Zqavant").await, 303, "the same again is no change");
        assert_eq!(captions("Zqapres").await, 303);
        let history = site.get(&format!("/fr/posts/{clip}/history")).await.text();
        assert!(history.contains("Zqavant") && history.contains("Il n’y en avait pas."), "{history}");
        let now = read_tx!(site.app.db, |tx| talk::own_clip(tx, &who.actor, id).await).expect("own").post;
        assert_eq!((now.state, now.version), (PostState::Public, 4), "released, then changed twice");
        let subject = Subject::post(id);
        decide(&site, who.org, subject, Standing::Frozen, At::from_micros(0)).await;
        assert_eq!(captions("Zqgele").await, 409);
        lift(&site, who.org, subject, Standing::Frozen).await;
        let ctx = site.app.ctx(kernel::Actor::Person { person: who.id, roles: vec![(now.org, Role::Moderator)] });
        write_tx!(site.app.db, |tx| posts::moderate(tx, &ctx, id, true).await).expect("taken away");
        assert_eq!(captions("Zqretire").await, 409);
        for word in ["Zqgele", "Zqretire"] {
            assert_eq!(tables_with(&site, word).await, Vec::<String>::new());
        }
    });
}

#[test]
fn a_file_that_is_being_removed_is_taken_a_moment_later() {
    on_both(async |site| {
        let (who, me) = crate::clips::member(&site, "odile").await;
        let sha256 = kernel::sha256_hex(crate::clips::PHONE);
        let mark = async |sql: &'static str| {
            write_tx!(site.app.db, |tx| Ok(tx.run(sql, args![&sha256]).await?)).expect("marked");
        };
        mark("INSERT INTO publish_waste (blob, org_id, marked_at, removing) VALUES ($1, 0, 0, TRUE)").await;
        let clip = crate::clips::begun(&site, &who, me.id, "Le pont").await;
        let size = crate::clips::PHONE.len();
        let upload = crate::clips::start(&site, &who, &clip, size, ("a.mp4", "video/mp4")).await.header("location");
        let sent = crate::clips::piece(&site, &who, &upload, 0, crate::clips::PHONE.to_vec()).await;
        assert_eq!(sent.status, 503, "{}", sent.text());
        mark("DELETE FROM publish_waste WHERE blob = $1").await;
        assert_eq!(crate::clips::told(&site, &who, &upload).await, (200, size), "nothing is sent twice");
        site.work().await;
        assert_eq!(site.get(&format!("/fr/clips/{clip}")).await.status, 200);
    });
}
