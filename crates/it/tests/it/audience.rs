//! Listens and views through the real front: what the connection took decides, on both engines (c14).

use audience::model::{Ask, Count};
use audience::service as uc;
use axum::body::Body;
use axum::http::Request;
use db::{read_tx, write_tx};
use http_body_util::BodyExt;
use it::{Person, SOUND, Site, desk, on_both, request};
use kernel::{Actor, OrgId, Role, show_id};
use publish::model::{AudioPlace, EPISODE_PREFIX, Episode};
use publish::service::When;
use tower::Service;
use traboule::counting;
use traboule::http::{Front, router};

const APP: (&str, &str) = ("user-agent", "Overcast/3.0 (+http://overcast.fm/; iOS podcast app)");
const BROWSER: (&str, &str) = ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");

struct House {
    who: Person,
    page: String,
    sound: String,
    draft: String,
}

fn sound_of(episode: &Episode) -> String {
    let Some(AudioPlace::Local(blob)) = episode.audio.as_ref().map(|a| &a.place) else { panic!("sound is here") };
    format!("/media/episodes/{}/{}.mp3", show_id(EPISODE_PREFIX, episode.id), &blob[..12])
}

async fn house(site: &Site) -> House {
    let who = site.person("pentes", "odile@pentes.example", Role::Owner).await;
    let show = desk::show(site, &who, "pentes").await;
    let episode = desk::episode(site, &who, &show, desk::draft("Le pont")).await;
    let draft = desk::episode(site, &who, &show, desk::draft("Le secret")).await;
    let episode = desk::schedule(site, &who, episode.id, When::Now).await;
    House {
        who,
        page: format!("/fr/shows/pentes/{}", episode.slug),
        sound: sound_of(&episode),
        draft: sound_of(&draft),
    }
}

async fn figures(site: &Site, org: OrgId) -> (i64, i64, String) {
    counting::flush(&site.app).await;
    let now = site.app.now();
    let ask = Ask { org, within: None, subject: None, from: now.plus_seconds(-86_400), to: now.plus_seconds(86_400) };
    let got = read_tx!(site.app.db, |tx| uc::figures(tx, &Actor::System("test"), &ask).await).expect("figures");
    let mut why: Vec<String> = got.excluded.iter().map(|p| format!("{}={}", p.name, p.n)).collect();
    why.sort();
    (got.total(Count::Listen), got.total(Count::View), why.join(" "))
}

#[test]
fn c14_whole_files_ranges_heads_and_probes_through_http() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        let half = SOUND.len() / 2;
        let ask = async |method: &str, headers: &[(&str, &str)]| {
            site.send(request(method, &house.sound, None, headers, Body::empty())).await.status.as_u16()
        };
        assert_eq!(ask("HEAD", &[APP]).await, 200);
        assert_eq!(ask("GET", &[APP, ("range", "bytes=0-1")]).await, 206);
        assert_eq!(ask("GET", &[APP, ("range", &format!("bytes=0-{}", half - 1))]).await, 206);
        assert_eq!(ask("GET", &[APP, ("range", "bytes=99999999-")]).await, 416);
        assert_eq!(figures(&site, house.who.org).await, (0, 0, "method=1 probe=1 status=1".to_owned()));
        assert_eq!(ask("GET", &[APP, ("range", &format!("bytes={half}-"))]).await, 206);
        assert_eq!(figures(&site, house.who.org).await.0, 1, "two halves of a short file");
        assert_eq!(ask("GET", &[APP]).await, 200);
        assert_eq!(figures(&site, house.who.org).await.0, 1, "the same listener within a day");
        assert_eq!(ask("GET", &[BROWSER]).await, 200);
        assert_eq!(ask("GET", &[]).await, 200);
        let (listens, _, why) = figures(&site, house.who.org).await;
        assert_eq!((listens, why.as_str()), (2, "method=1 no-agent=1 probe=1 status=1"));
        let team = [APP, ("x-forwarded-for", "198.51.100.9")];
        site.send(request("GET", &house.sound, Some(&house.who.session), &team, Body::empty())).await;
        let draft = site.send(request("GET", &house.draft, Some(&house.who.session), &team, Body::empty())).await;
        assert_eq!(draft.status, 200, "the team hears its draft");
        assert_eq!(site.get(&house.draft).await.status, 404);
        let (listens, _, why) = figures(&site, house.who.org).await;
        assert_eq!((listens, why.as_str()), (2, "method=1 no-agent=1 probe=1 status=1 team=1"));
    });
}

#[test]
fn c14_a_client_that_goes_away_counts_what_it_took() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        let peer = std::net::SocketAddr::from(([203, 0, 113, 7], 5000));
        let mut front = Front::new(site.app.clone(), router(site.app.clone()), peer);
        let ask: Request<Body> = request("GET", &house.sound, None, &[APP], Body::empty());
        let response = front.call(ask).await.unwrap_or_else(|never| match never {});
        drop(response);
        assert_eq!(figures(&site, house.who.org).await, (0, 0, "nothing=1".to_owned()), "nothing was read");
        let ask: Request<Body> = request("GET", &house.sound, None, &[APP], Body::empty());
        let mut body = front.call(ask).await.unwrap_or_else(|never| match never {}).into_body();
        let mut read = 0;
        while let Some(Ok(frame)) = body.frame().await {
            read += frame.data_ref().map_or(0, bytes::Bytes::len);
        }
        drop(body);
        assert_eq!(read, SOUND.len());
        assert_eq!(figures(&site, house.who.org).await.0, 1);
    });
}

#[test]
fn c14_addresses_come_from_trusted_proxies_only() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        for other in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
            site.send(request("GET", &house.sound, None, &[APP, ("x-forwarded-for", other)], Body::empty())).await;
        }
        assert_eq!(figures(&site, house.who.org).await.0, 1, "one peer, whatever it claims");
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let site = Site::with(testkit::On::Lite, |c| c.proxies = vec![[203, 0, 113, 7].into()]).await;
        let house = house(&site).await;
        for other in ["192.0.2.1", "2001:db8:1:2::3", "2001:db8:1:2::4", "9.9.9.9, 192.0.2.1"] {
            site.send(request("GET", &house.sound, None, &[APP, ("x-forwarded-for", other)], Body::empty())).await;
        }
        assert_eq!(figures(&site, house.who.org).await.0, 2, "one address and one /64");
    });
}

#[test]
fn views_are_counted_from_ready_pages_too() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        let first = site.get_with(&house.page, &[BROWSER, ("referer", "https://www.google.fr/")]).await;
        assert_eq!(first.status, 200);
        assert_eq!(figures(&site, house.who.org).await, (0, 1, String::new()));
        let tag = first.header("etag");
        // Ready now: the front answers without the router.
        assert_eq!(site.get_with(&house.page, &[APP]).await.status, 200);
        assert_eq!(site.get_with(&house.page, &[BROWSER, ("if-none-match", &tag)]).await.status, 304);
        site.send(request("HEAD", &house.page, None, &[BROWSER], Body::empty())).await;
        site.get_with(&house.page, &[("user-agent", "bingbot/2.0")]).await;
        site.get_with(&house.page, &[("user-agent", "Mozilla/5.0 Firefox/1"), ("sec-purpose", "prefetch")]).await;
        site.get_as(&house.who, &house.page).await;
        let (_, views, why) = figures(&site, house.who.org).await;
        assert_eq!((views, why.as_str()), (2, "again=1 bot=1 prefetch=1 team=1"));
        let now = site.app.now();
        let day = audience::model::day_of(now);
        let id = read_tx!(site.app.db, |tx| publish::service::episode_page(tx, "pentes", "le-pont", now).await)
            .expect("there");
        let about = (house.who.org, kernel::Subject::episode(id.full.episode.id));
        let hours = read_tx!(site.app.db, |tx| uc::views_by_hour(tx, about, (day, day + 1)).await).expect("hours");
        assert_eq!(hours, [(audience::model::hour_of(now), 2)]);
    });
}

#[test]
fn a_day_is_exported_and_counted_again_by_the_command_line() {
    on_both(async |mut site: Site| {
        let house = house(&site).await;
        site.get_with(&house.sound, &[APP]).await;
        site.get_with(&house.sound, &[BROWSER]).await;
        assert_eq!(figures(&site, house.who.org).await.0, 2);
        let now = site.app.now();
        let made = read_tx!(site.app.db, |tx| {
            let day = audience::model::day_of(now);
            uc::export_day(tx, &house.who.actor, (house.who.org, None), day, now).await
        });
        let file = site.folder().join("listens.json");
        std::fs::write(&file, serde_json::to_vec(&made.expect("a file")).expect("JSON")).expect("written");
        let run = |file: &std::path::Path| {
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_traboule_cli"))
                .args(["verify", "--json"])
                .arg(file)
                .output()
                .expect("the binary runs");
            let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
            (output.status.code(), report["ok"].as_bool())
        };
        assert_eq!(run(&file), (Some(0), Some(true)));
        let text = std::fs::read_to_string(&file).expect("read");
        std::fs::write(&file, text.replacen("\"counted\":true", "\"counted\":false", 1)).expect("written");
        assert_eq!(run(&file), (Some(1), Some(false)));
        site.stop().await;
    });
}

#[test]
fn c14_owners_read_a_day_by_the_api_and_count_it_again() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        site.get_with(&house.sound, &[APP]).await;
        site.get_with(&house.sound, &[("user-agent", "bingbot/2.0")]).await;
        assert_eq!(figures(&site, house.who.org).await, (1, 0, "bot=1".to_owned()));
        let other = site.person("ailleurs", "autre@ailleurs.example", Role::Owner).await;
        let editor = site.person("pentes", "editor@pentes.example", Role::Editor).await;
        let token = async |who: &Person| {
            let ctx = site.app.ctx(who.actor.clone());
            let scopes = [kernel::TokenScope::Read];
            write_tx!(site.app.db, |tx| accounts::service::create_token(tx, &ctx, who.org, "t", &scopes, 1).await)
                .expect("a token")
                .secret
        };
        let (mine, theirs, editors) = (token(&house.who).await, token(&other).await, token(&editor).await);
        let path = "/api/v1/listens/2026-11-23";
        let answer = site.api(&mine, "GET", path, "").await;
        assert_eq!(answer.status, 200, "a token that reads is enough");
        let export: uc::Export = serde_json::from_str(&answer.text()).expect("an export");
        assert_eq!((export.published.len(), export.events.len()), (1, 2));
        assert!(uc::verify(&export).iter().all(|(_, ok, _)| *ok));
        let rules = site.get("/api/v1/listens/rules").await.json();
        assert_eq!((&rules["sha256"], &rules["rules"]), (&serde_json::json!(export.rules_sha256), &export.rules));
        let strange = site.api(&theirs, "GET", path, "").await.json();
        assert_eq!((&strange["published"], &strange["events"]), (&serde_json::json!([]), &serde_json::json!([])));
        assert_eq!(site.api(&theirs, "GET", &format!("{path}?show=pentes"), "").await.status, 404);
        assert_eq!(site.api(&editors, "GET", path, "").await.status, 403);
        for (day, code, status) in
            [("2026-11-30", "listens-future", 422), ("2026-11-20", "listens-gone", 404), ("demain", "not-found", 404)]
        {
            let answer = site.api(&mine, "GET", &format!("/api/v1/listens/{day}"), "").await;
            assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (status, &serde_json::json!(code)), "{day}");
        }
    });
}
