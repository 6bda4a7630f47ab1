//! Figures as the team and its clients see them: chart, table, CSV say the same; links for clients; the public rules.

use audience::model::{Count, Seen, day_of};
use audience::rules::set;
use it::{Person, Site, desk, on_both};
use kernel::{Item, Role, Subject, show_id};
use publish::model::{EPISODE_PREFIX, Episode, SHOW_PREFIX, Show};
use traboule::counting;

use crate::pages::redact;

struct House {
    owner: Person,
    agent: Person,
    show: Show,
    episode: Episode,
}

async fn house(site: &Site) -> House {
    let owner = site.person("pentes", "odile@pentes.example", Role::Owner).await;
    let agent = site.person("pentes", "agathe@pentes.example", Role::Agent).await;
    let show = desk::show(site, &owner, "pentes").await;
    let episode = desk::published(site, &owner, &show, "Le pont").await;
    House { owner, agent, show, episode }
}

/// Listens and views of today, by so many visitors.
async fn visit(site: &Site, house: &House, listens: u8, views: u8) {
    let item = Item { org: house.show.org, within: house.show.id, subject: Subject::episode(house.episode.id) };
    for n in 0..listens.max(views) {
        for (count, wanted) in [(Count::Listen, listens), (Count::View, views)] {
            if n >= wanted {
                continue;
            }
            site.app.audience.note(Seen {
                item,
                count,
                at: site.app.now(),
                ip: [192, 0, 2, n].into(),
                agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(),
                referer: "https://www.google.fr/".to_owned(),
                method: "GET".to_owned(),
                status: 200,
                prefetch: false,
                team: false,
                taken: (0, 1_000),
                sound: (1_000, 0, 10_000),
            });
        }
    }
    counting::flush(&site.app).await;
}

/// The numbers of a table's rows: listens and views.
fn sums(csv: &str) -> (i64, i64) {
    let rows = csv.lines().skip(1).map(|l| l.split(',').collect::<Vec<_>>());
    rows.fold((0, 0), |(a, b), r| {
        (a + r[1].parse::<i64>().expect("a number"), b + r[2].parse::<i64>().expect("a number"))
    })
}

#[test]
fn chart_table_and_csv_say_the_same() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        visit(&site, &house, 3, 7).await;
        site.clock.advance(86_400 * 2);
        visit(&site, &house, 5, 1).await;
        let show = show_id(SHOW_PREFIX, house.show.id);
        let page = site.get_as(&house.owner, &format!("/fr/studio/audience?range=7&show={show}")).await;
        assert_eq!(page.status, 200);
        let text = page.text();
        let csv = site.get_as(&house.owner, &format!("/fr/studio/audience.csv?range=7&show={show}")).await;
        assert!(csv.header("content-type").starts_with("text/csv"));
        assert!(csv.header("content-disposition").contains("pentes-2026-11-19-2026-11-25.csv"));
        assert_eq!(csv.text().lines().count(), 8);
        assert_eq!(sums(&csv.text()), (8, 8));
        assert!(
            csv.text().contains("2026-11-23,3,7\r\n") && csv.text().contains("2026-11-25,5,1\r\n"),
            "{}",
            csv.text()
        );
        // Every bar's title is a row of the table.
        let bars: Vec<&str> = text.split("<title>").skip(1).filter_map(|t| t.split("</title>").next()).collect();
        let rows: Vec<(String, String, String)> = text
            .split("<tr><th scope=\"row\">")
            .skip(1)
            .filter_map(|r| {
                let (name, rest) = r.split_once("</th>")?;
                let cells: Vec<&str> =
                    rest.split("class=\"tab\">").skip(1).filter_map(|c| c.split('<').next()).collect();
                Some((name.to_owned(), cells.first()?.to_string(), cells.get(1)?.to_string()))
            })
            .collect();
        for (name, listens, views) in rows.iter().filter(|r| r.0.contains("2026")) {
            assert!(bars.contains(&format!("{name}: {listens}").as_str()), "{name}");
            assert!(bars.contains(&format!("{name}: {views}").as_str()), "{name}");
        }
        assert_eq!(rows.iter().filter(|r| r.0.contains("2026")).count(), 7);
        let stranger = site.person("autres", "zoe@autres.example", Role::Owner).await;
        assert_eq!(site.get_as(&stranger, &format!("/fr/studio/audience?show={show}")).await.status, 404);
        let theirs = site.get_as(&stranger, "/fr/studio/audience.csv?range=7").await;
        assert_eq!(sums(&theirs.text()), (0, 0));
        let id = show_id(EPISODE_PREFIX, house.episode.id);
        let tab = site.get_as(&house.agent, &format!("/fr/studio/episodes/{id}/audience")).await;
        assert!(tab.status == 200 && tab.text().contains("Firefox"));
    });
}

#[test]
fn the_api_says_what_the_table_says() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        visit(&site, &house, 3, 7).await;
        site.clock.advance(86_400 * 2);
        visit(&site, &house, 5, 1).await;
        let ctx = site.app.ctx(house.agent.actor.clone());
        let made = db::write_tx!(site.app.db, |tx| {
            accounts::service::create_token(tx, &ctx, house.agent.org, "t", &[kernel::TokenScope::Read], 9).await
        });
        let token = made.expect("a token").secret;
        let show = show_id(SHOW_PREFIX, house.show.id);
        let episode = show_id(EPISODE_PREFIX, house.episode.id);
        let ask = async |path: String| site.api(&token, "GET", &path, "").await;
        for range in ["range=7", "from=2026-11-20&to=2026-11-24"] {
            let csv = site.get_as(&house.owner, &format!("/fr/studio/audience.csv?{range}&show={show}")).await.text();
            let got = ask(format!("/api/v1/shows/{show}/audience?{range}")).await.json();
            let day =
                |d: &serde_json::Value| format!("{},{},{}", d["day"].as_str().unwrap_or(""), d["listens"], d["views"]);
            let days: Vec<String> = got["days"].as_array().expect("days").iter().map(day).collect();
            assert_eq!(days, csv.lines().skip(1).collect::<Vec<_>>(), "{range}");
            assert_eq!((got["listens"].as_i64(), got["views"].as_i64()), (Some(sums(&csv).0), Some(sums(&csv).1)));
            let of_episode = ask(format!("/api/v1/episodes/{episode}/audience?{range}")).await.json();
            assert_eq!(of_episode, got, "the show has one episode");
        }
        let wide = ask(format!("/api/v1/shows/{show}/audience?from=1990-01-01&to=2090-01-01")).await.json();
        assert_eq!(wide["days"].as_array().map(Vec::len), Some(400), "no range is longer");
        for bad in ["range=8", "from=2026-11-20", "from=x&to=2026-11-24"] {
            assert_eq!(ask(format!("/api/v1/shows/{show}/audience?{bad}")).await.status, 422, "{bad}");
        }
    });
}

#[test]
fn an_episode_begins_hour_by_hour() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        let page = async || {
            let id = show_id(EPISODE_PREFIX, house.episode.id);
            site.get_as(&house.owner, &format!("/en/studio/episodes/{id}/audience")).await.text()
        };
        assert_eq!(hours(&page().await), [0], "its first hour, without anybody");
        visit(&site, &house, 2, 0).await;
        site.clock.advance(3_600 * 3);
        assert_eq!(hours(&page().await), [2, 0, 0, 0]);
        site.clock.advance(86_400 * 7);
        visit(&site, &house, 1, 0).await;
        let all = hours(&page().await);
        assert_eq!((all.len(), all.iter().sum::<i64>()), (48, 2), "what comes later is not its beginning");
    });
}

/// The bars of the chart by hour, each held to be a row of its table.
fn hours(page: &str) -> Vec<i64> {
    let part = page.split("aria-labelledby=\"h-first\"").nth(1).expect("the first hours");
    let part = part.split("</section>").next().expect("their end");
    let bars: Vec<&str> =
        part.split("<rect").skip(1).filter_map(|b| b.split("<title>").nth(1)?.split('<').next()).collect();
    let rows = part.split("<tr><th scope=\"row\">").skip(1).map(|r| {
        let cell = r.split("class=\"tab\">").nth(1).and_then(|c| c.split('<').next()).expect("a cell");
        format!("{}: {cell}", r.split("</th>").next().expect("a name"))
    });
    assert_eq!(bars, rows.collect::<Vec<_>>());
    bars.iter().map(|b| b.rsplit(": ").next().expect("a number").parse().expect("a number")).collect()
}

#[test]
fn c4_a_clients_month_names_and_counts_nothing_unpublished() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        visit(&site, &house, 3, 4).await;
        let later = site.app.now().plus_seconds(86_400);
        let secret = desk::episode(&site, &house.owner, &house.show, desk::draft("Le secret")).await;
        desk::schedule(&site, &house.owner, secret.id, publish::service::When::At(later)).await;
        let at = format!("/fr/studio/audience/{}/2026-11", show_id(SHOW_PREFIX, house.show.id));
        let made = site.post_as(&house.owner, &at, &[("label", "Musée"), ("days", "30")]).await.text();
        let link = made.split("value=\"").find(|v| v.contains("/report/")).and_then(|v| v.split('"').next());
        let path = link.expect("a link").trim_start_matches(it::ORIGIN).to_owned();
        let seen = site.get(&path).await.text();
        let published = |page: &str| {
            let part = page.split("Épisodes publiés</dt>").nth(1).expect("the figure");
            part.split("class=\"h2 tab\">").nth(1).and_then(|n| n.split('<').next()).expect("a number").to_owned()
        };
        assert!(seen.contains("Le pont") && published(&seen) == "1", "what is scheduled is not out");
        let ctx = site.app.ctx(house.owner.actor.clone());
        let off = db::write_tx!(site.app.db, |tx| publish::service::unpublish(tx, &ctx, house.episode.id).await);
        off.expect("taken off");
        let seen = site.get(&path).await.text();
        assert!(!seen.contains("Le pont") && !seen.contains("Le secret"), "nothing hidden is named");
        site.clock.advance(86_400);
        assert_eq!(published(&site.get(&path).await.text()), "1", "its time has come");
    });
}

#[test]
fn an_episode_says_by_which_rules_it_is_counted() {
    on_both(async |site: Site| {
        house(&site).await;
        let page = site.get("/en/shows/pentes/le-pont").await.text();
        let counted = format!("counted by the rules, version {}", set::VERSION);
        assert!(page.contains(&counted) && page.contains("href=\"/en/listens\""), "{page}");
    });
}

#[test]
fn a_client_sees_a_month_by_a_link_until_it_ends() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        visit(&site, &house, 3, 4).await;
        site.get_with("/fr/shows/pentes/le-pont", &[("user-agent", "bingbot/2.0")]).await;
        let at = format!("/fr/studio/audience/{}/2026-11", show_id(SHOW_PREFIX, house.show.id));
        assert!(site.get_as(&house.owner, &at).await.text().contains("id=\"p-excluded\""), "the team sees the robot");
        assert_eq!(site.post_as(&house.agent, &at, &[("label", "Musée"), ("days", "30")]).await.status, 403);
        assert_eq!(site.post_as(&house.owner, &at, &[("label", ""), ("days", "0")]).await.status, 422);
        let made = site.post_as(&house.owner, &at, &[("label", "Musée"), ("days", "30")]).await;
        assert_eq!(made.status, 200);
        let text = made.text();
        let link = text.split("value=\"").find(|v| v.contains("/report/")).and_then(|v| v.split('"').next());
        let path = link.expect("a link").trim_start_matches(it::ORIGIN).to_owned();
        let seen = site.get(&path).await;
        assert_eq!(seen.status, 200);
        assert!(seen.text().contains("novembre 2026") && seen.text().contains("Moteurs de recherche"));
        assert!(seen.header("cache-control").contains("no-store") && seen.header("referrer-policy") == "no-referrer");
        assert!(!seen.text().contains("p-excluded"), "what is counted out is the team's");
        assert!(seen.header("content-security-policy").contains("default-src 'none'"));
        assert_eq!(site.get(&format!("{path}0")).await.status, 404);
        let desk = site.get_as(&house.owner, &at).await.text();
        assert!(!desk.contains(&path), "the secret is shown once");
        let id =
            desk.split("name=\"revoke\" value=\"").nth(1).and_then(|v| v.split('"').next()).expect("an id").to_owned();
        assert_eq!(site.post_as(&house.owner, &at, &[("revoke", &id)]).await.status, 303);
        assert_eq!(site.get(&path).await.status, 404, "ended");
        let made = site.post_as(&house.owner, &at, &[("label", "Musée"), ("days", "1")]).await.text();
        let link = made.split("value=\"").find(|v| v.contains("/report/")).and_then(|v| v.split('"').next());
        let path = link.expect("a link").trim_start_matches(it::ORIGIN).to_owned();
        assert_eq!(site.get(&path).await.status, 200);
        site.clock.advance(86_400);
        assert_eq!(site.get(&path).await.status, 404, "over");
        assert_eq!(site.get_as(&house.owner, &at.replace("2026-11", "2026-99")).await.status, 404);
    });
}

#[test]
fn the_rules_are_public_and_their_digest_is_theirs() {
    on_both(async |site: Site| {
        house(&site).await;
        let file = site.get("/listens/rules.json").await;
        assert_eq!(kernel::sha256_hex(&file.body), set::SHA256);
        for edition in set::EDITIONS {
            let file = site.get(&format!("/listens/rules/{}.json", edition.version)).await;
            assert_eq!(kernel::sha256_hex(&file.body), edition.sha256);
            let answer = site.get(&format!("/api/v1/listens/rules?version={}", edition.version)).await.json();
            assert_eq!((&answer["sha256"], &answer["rules"]), (&edition.sha256.into(), &edition.rules()));
        }
        for path in ["/listens/rules/0.json", "/listens/rules/1", "/api/v1/listens/rules?version=0"] {
            assert_eq!(site.get(path).await.status, 404, "{path}");
        }
        for lang in ["fr", "en"] {
            let page = site.get(&format!("/{lang}/listens")).await;
            assert!(page.status == 200 && page.text().contains(set::SHA256));
            insta::assert_snapshot!(format!("listens_{lang}"), redact(&page.text()));
        }
    });
}

#[test]
fn figures_look_the_same_as_yesterday() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        visit(&site, &house, 3, 7).await;
        assert_eq!(day_of(site.app.now()), day_of(testkit::start()));
        for lang in ["fr", "en"] {
            let page = site.get_as(&house.owner, &format!("/{lang}/studio/audience?range=7")).await;
            insta::assert_snapshot!(format!("audience_{lang}"), redact(&page.text()));
            let at = format!("/{lang}/studio/audience/{}/2026-11", show_id(SHOW_PREFIX, house.show.id));
            let month = site.get_as(&house.owner, &at).await;
            insta::assert_snapshot!(format!("audience_month_{lang}"), redact(&month.text()));
            let id = show_id(EPISODE_PREFIX, house.episode.id);
            let tab = site.get_as(&house.owner, &format!("/{lang}/studio/episodes/{id}/audience")).await;
            insta::assert_snapshot!(format!("audience_episode_{lang}"), redact(&tab.text()));
            let made = site.post_as(&house.owner, &at, &[("label", "Musée"), ("days", "30")]).await.text();
            let link = made.split("value=\"").find(|v| v.contains("/report/")).and_then(|v| v.split('"').next());
            let report = site.get(link.expect("a link").trim_start_matches(it::ORIGIN)).await;
            insta::assert_snapshot!(format!("report_{lang}"), redact(&report.text()));
        }
    });
}
