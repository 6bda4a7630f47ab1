//! Shows under their own hosts and names, the desk over all shows, pages of text, media: through the real front.

use axum::body::Body;
use db::{Failure, read_tx, write_tx};
use it::{Answer, ORIGIN, Person, Site, desk, on_both, on_one};
use kernel::{Kind, Lang, OrgId, Role, show_id};
use publish::model::{EPISODE_PREFIX, EpisodeText, PAGE_PREFIX, PageText, SHOW_PREFIX, Show, ShowText, State};
use publish::rules::check::{EpisodeDraft, ShowDraft};
use publish::rules::host::Reserved;
use publish::rules::pages::PageDraft;
use publish::rules::show::SiteDraft;
use publish::service::{self as uc, ListAsk, When};
use testkit::On;

use crate::pages::redact;

async fn editor(site: &Site) -> Person {
    site.person("pentes", "editor@pentes.example", Role::Editor).await
}

/// GET under a host, with more headers.
async fn at(site: &Site, host: &str, path: &str, more: &[(&str, &str)]) -> Answer {
    let mut builder = axum::http::Request::builder().method("GET").uri(path).header("host", host);
    for (name, value) in more {
        builder = builder.header(*name, *value);
    }
    site.send(builder.body(Body::empty()).expect("a request")).await
}

fn own() -> Reserved {
    Reserved { main: "site.example".to_owned(), former: Vec::new() }
}

async fn set_host(site: &Site, who: &Person, show: i64, host: &str) -> Result<Show, Failure> {
    let ctx = site.app.ctx(who.actor.clone());
    let draft = SiteDraft { host: host.to_owned(), colour: String::new() };
    write_tx!(site.app.db, |tx| uc::set_site(tx, &ctx, show, draft.clone(), &own()).await)
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    text.split(from).skip(1).filter_map(|piece| piece.split(to).next()).collect()
}

fn guids(feed: &str) -> Vec<String> {
    let mut found: Vec<String> = between(feed, "<guid", "</guid>").into_iter().map(str::to_owned).collect();
    found.sort();
    found
}

async fn named(site: &Site, who: &Person, slug: &str, title: &str, zone: &str) -> Show {
    let ctx = site.app.ctx(who.actor.clone());
    let text = ShowText { title: title.to_owned(), tagline: format!("Ligne de {title}"), ..ShowText::default() };
    let draft = ShowDraft {
        slug: slug.to_owned(),
        language: "fr".to_owned(),
        time_zone: zone.to_owned(),
        texts: [("fr".to_owned(), text)].into(),
        ..ShowDraft::default()
    };
    let base = site.app.links.feed_base();
    write_tx!(site.app.db, |tx| uc::create_show(tx, &ctx, who.org, draft.clone(), &base).await).expect("a show")
}

#[test]
fn c10_a_show_moves_to_its_own_host_and_back_with_every_identity() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let first = desk::published(&site, &who, &show, "Le pont").await;
        desk::published(&site, &who, &show, "Le quai").await;
        let before = site.get("/feeds/pentes.xml").await;
        let page = format!("/fr/shows/pentes/{}", first.slug);
        assert_eq!((before.status, site.get(&page).await.status.as_u16()), (axum::http::StatusCode::OK, 200));

        let settings = format!("/fr/studio/shows/{}/site", show_id(SHOW_PREFIX, show.id));
        let saved = site.post_as(&who, &settings, &[("host", "Sud.Example."), ("colour", "")]).await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        // The old addresses, warm in the cache a moment ago, lead to the new ones for good and say the whole address.
        for path in ["/feeds/pentes.xml", page.as_str(), "/en/shows/pentes", "/fr/shows/pentes?after=1.2"] {
            let moved = site.get(path).await;
            assert_eq!((moved.status.as_u16(), moved.header("location")), (301, format!("https://sud.example{path}")));
        }
        let after = at(&site, "sud.example", "/feeds/pentes.xml", &[]).await;
        assert_eq!(after.status, 200);
        assert_eq!(guids(&before.text()), guids(&after.text()));
        assert_eq!(between(&before.text(), "<podcast:guid>", "<"), between(&after.text(), "<podcast:guid>", "<"));
        let text = after.text();
        assert!(text.contains("<atom:link href=\"https://sud.example/feeds/pentes.xml\" rel=\"self\""), "{text}");
        assert!(!text.contains("site.example"), "nothing of the feed stays behind: {text}");
        let tag = after.header("etag");
        let again = at(&site, "sud.example", "/feeds/pentes.xml", &[("if-none-match", &tag)]).await;
        assert_eq!(again.status, 304, "the tag is fresh and stays");
        let sound = between(&text, "<enclosure url=\"https://sud.example", "\"")[0].to_owned();
        assert_eq!(at(&site, "sud.example", &sound, &[]).await.status, 200);
        assert_eq!(site.get(&sound).await.status, 200, "files answer under every host");

        set_host(&site, &who, show.id, "").await.expect("taken away");
        let back = at(&site, "sud.example", "/feeds/pentes.xml", &[]).await;
        assert_eq!((back.status.as_u16(), back.header("location")), (301, format!("{ORIGIN}/feeds/pentes.xml")));
        let home = at(&site, "sud.example", "/en/", &[]).await;
        assert_eq!((home.status.as_u16(), home.header("location")), (301, format!("{ORIGIN}/en/shows/pentes")));
        let feed = site.get("/feeds/pentes.xml").await;
        assert_eq!((feed.status.as_u16(), guids(&feed.text())), (200, guids(&before.text())));

        // Again, and under another name in addresses: every former address leads straight home.
        set_host(&site, &who, show.id, "sud.example").await.expect("taken again");
        let ctx = site.app.ctx(who.actor.clone());
        write_tx!(site.app.db, |tx| uc::rename_show(tx, &ctx, show.id, "coteaux").await).expect("renamed");
        for host in ["site.example", "sud.example"] {
            let moved = at(&site, host, "/feeds/pentes.xml", &[]).await;
            let to = "https://sud.example/feeds/coteaux.xml".to_owned();
            assert_eq!((moved.status.as_u16(), moved.header("location")), (301, to), "{host}");
        }
        let feed = at(&site, "sud.example", "/feeds/coteaux.xml", &[]).await;
        assert_eq!((feed.status.as_u16(), guids(&feed.text())), (200, guids(&before.text())));
    });
}

#[test]
fn a_show_under_its_own_host_is_a_site_of_its_own() {
    on_both(async |site| {
        let who = editor(&site).await;
        let (sud, nord) =
            (desk::show(&site, &who, "pentes").await, named(&site, &who, "nord", "Le Nord", "Europe/Paris").await);
        let pont = desk::published(&site, &who, &sud, "Le pont").await;
        let bise = desk::published(&site, &who, &nord, "La bise").await;
        set_host(&site, &who, sud.id, "sud.example").await.expect("a host");

        // Twice, so that the second answers come from the cache: the hosts never mix.
        for round in 0..2 {
            let main = site.get("/fr/").await.text();
            let show = at(&site, "sud.example", "/fr/", &[]).await.text();
            assert!(main.contains("La bise") && main.contains("Le Nord"), "{round}");
            assert!(show.contains("Le pont") && !show.contains("La bise") && !show.contains("Le Nord"), "{round}");
            assert!(show.contains("<link rel=\"canonical\" href=\"https://sud.example/fr/\">"), "{show}");
            assert!(show.contains("hreflang=\"en\" href=\"https://sud.example/en/\""), "{show}");
            assert!(show.contains("Les Pentes</a>") && show.contains("https://sud.example/feeds/pentes.xml"));
            assert!(main.contains(&format!("href=\"https://sud.example/fr/shows/pentes/{}\"", pont.slug)), "{main}");
        }
        // A host is a name, whatever its case, port and dot; other headers do not change it.
        for host in ["SUD.example", "sud.example:8443", "sud.example.", "Sud.Example.:80"] {
            assert!(at(&site, host, "/fr/", &[]).await.text().contains("Les Pentes</a>"), "{host}");
        }
        let forged = at(
            &site,
            "site.example",
            "/fr/",
            &[("x-forwarded-host", "sud.example"), ("forwarded", "host=sud.example")],
        )
        .await;
        assert!(forged.text().contains("La bise"));
        assert!(at(&site, "unknown.example", "/fr/", &[]).await.text().contains("La bise"), "as the whole site");

        let page = at(&site, "sud.example", &format!("/fr/shows/pentes/{}", pont.slug), &[]).await.text();
        for part in [
            "rel=\"canonical\" href=\"https://sud.example/",
            "og:url\" content=\"https://sud.example/",
            "https://sud.example/oembed?",
        ] {
            assert!(page.replace("&#x2f;", "/").contains(part), "{part}: {page}");
        }
        assert!(!page.contains("https://site.example"), "{page}");
        let other = at(&site, "sud.example", &format!("/fr/shows/nord/{}", bise.slug), &[]).await;
        assert_eq!(
            (other.status.as_u16(), other.header("location")),
            (301, format!("{ORIGIN}/fr/shows/nord/{}", bise.slug))
        );
        for path in ["/fr/studio", "/en/account", "/fr/sign-in?next=/fr/", "/fr/studio/shows"] {
            let desk = at(&site, "sud.example", path, &[]).await;
            assert_eq!((desk.status.as_u16(), desk.header("location")), (303, format!("{ORIGIN}{path}")));
        }
        let robots = at(&site, "sud.example", "/robots.txt", &[]).await.text();
        assert!(robots.contains("Sitemap: https://sud.example/sitemap.xml"), "{robots}");
        let map = at(&site, "sud.example", "/sitemaps/episodes-1.xml", &[]).await.text();
        assert!(
            map.contains("https://sud.example/fr/shows/pentes")
                && !map.contains("nord")
                && !map.contains("site.example")
        );
        let main = site.get("/sitemaps/episodes-1.xml").await.text();
        assert!(main.contains("nord") && !main.contains("sud.example") && !main.contains("pentes"), "{main}");
        let about = format!("https%3A%2F%2Fsud.example%2Ffr%2Fshows%2Fpentes%2F{}", pont.slug);
        let told = at(&site, "sud.example", &format!("/oembed?url={about}"), &[]).await;
        assert_eq!(told.status, 200);
        assert!(told.json()["html"].as_str().is_some_and(|h| h.contains("src=\"https://sud.example/fr/embed/")));
    });
}

#[test]
fn a_host_belongs_to_one_show_for_good() {
    on_both(async |site| {
        let who = editor(&site).await;
        let (a, b) = (desk::show(&site, &who, "a").await, desk::show(&site, &who, "b").await);
        let code = |outcome: Result<Show, Failure>| match outcome {
            Err(Failure::Refused(refusal)) => refusal.fields[0].code,
            other => panic!("{other:?}"),
        };
        assert_eq!(code(set_host(&site, &who, a.id, "site.example").await), "host-reserved");
        set_host(&site, &who, a.id, "sud.example").await.expect("free");
        assert_eq!(code(set_host(&site, &who, b.id, "sud.example").await), "host-taken");
        set_host(&site, &who, a.id, "est.example").await.expect("free");
        assert_eq!(code(set_host(&site, &who, b.id, "sud.example").await), "host-taken", "also the one it had");
        let ctx = site.app.ctx(who.actor.clone());
        write_tx!(site.app.db, |tx| uc::rename_show(tx, &ctx, a.id, "c").await).expect("renamed");
        let taken = write_tx!(site.app.db, |tx| uc::rename_show(tx, &ctx, b.id, "a").await);
        assert_eq!(code(taken), "slug-taken", "the old name is still a's");
        let draft = ShowDraft { slug: "a".to_owned(), ..named_draft() };
        let made =
            write_tx!(site.app.db, |tx| uc::create_show(tx, &ctx, who.org, draft.clone(), "https://x.example/").await);
        assert_eq!(code(made), "slug-taken");
        write_tx!(site.app.db, |tx| uc::rename_show(tx, &ctx, a.id, "a").await).expect("its own again");
        // A stranger sees neither the show nor the form.
        let stranger = site.person("ailleurs", "owner@ailleurs.example", Role::Owner).await;
        let path = format!("/fr/studio/shows/{}", show_id(SHOW_PREFIX, a.id));
        assert_eq!(site.get_as(&stranger, &path).await.status, 404);
        assert_eq!(site.post_as(&stranger, &format!("{path}/site"), &[("host", "x.example")]).await.status, 404);
    });
}

fn named_draft() -> ShowDraft {
    let text = ShowText { title: "X".to_owned(), ..ShowText::default() };
    ShowDraft {
        language: "fr".to_owned(),
        time_zone: "Europe/Paris".to_owned(),
        texts: [("fr".to_owned(), text)].into(),
        ..ShowDraft::default()
    }
}

#[test]
fn of_two_shows_that_take_a_host_at_once_one_gets_it() {
    on_one(On::Pg, &async |site: Site| {
        let who = editor(&site).await;
        let (a, b) = (desk::show(&site, &who, "a").await, desk::show(&site, &who, "b").await);
        for round in 0..4 {
            let take = |show: i64| {
                let (app, actor) = (site.app.clone(), who.actor.clone());
                let draft = SiteDraft { host: format!("h{round}.example"), colour: String::new() };
                tokio::spawn(async move {
                    let ctx = app.ctx(actor);
                    write_tx!(app.db, |tx| uc::set_site(tx, &ctx, show, draft.clone(), &own()).await)
                })
            };
            let (x, y) = tokio::join!(take(a.id), take(b.id));
            let won = |outcome: Result<Show, Failure>| match outcome {
                Ok(_) => true,
                Err(Failure::Refused(refusal)) if refusal.code == "host-taken" => false,
                Err(other) => panic!("{other}"),
            };
            assert!(won(x.expect("ran")) != won(y.expect("ran")));
        }
    });
}

#[test]
fn c6_a_new_zone_keeps_the_clock_on_the_wall_and_moves_the_instant() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let made = desk::episode(&site, &who, &show, desk::draft("Demain")).await;
        let when = When::WallClock("2026-11-24".to_owned(), "07:00".to_owned());
        desk::schedule(&site, &who, made.id, when).await;
        let instant = async || {
            let (_, full) = read_tx!(site.app.db, |tx| uc::desk_episode(tx, &who.actor, made.id).await).expect("there");
            (full.episode.wall_clock.unwrap_or_default(), full.episode.state)
        };
        let settings = format!("/fr/studio/shows/{}/about", show_id(SHOW_PREFIX, show.id));
        let form = |zone: &'static str| [("language", "fr"), ("time_zone", zone), ("kind", "episodic")];
        assert_eq!(site.post_as(&who, &settings, &form("America/Guadeloupe")).await.status, 303);
        let (wall, state) = instant().await;
        let at = kernel::At::parse_rfc3339("2026-11-24T11:00:00Z").expect("an instant");
        assert_eq!((wall.as_str(), state), ("2026-11-24T07:00", State::Scheduled(at)));
        site.clock.set(at.plus_seconds(-1));
        site.work().await;
        assert!(!site.get("/feeds/pentes.xml").await.text().contains("Demain"), "the old instant publishes nothing");
        // In Tokyo it is past seven already: the episode would be out at once.
        let refused = site.post_as(&who, &settings, &form("Asia/Tokyo")).await;
        assert_eq!(refused.status, 409, "{}", refused.text());
        assert_eq!(instant().await.1, State::Scheduled(at), "nothing moved");
        site.clock.set(at);
        assert!(site.get("/feeds/pentes.xml").await.text().contains("Demain"));
    });
}

/// The part of the calendar's page that is one day.
fn day<'t>(page: &'t str, date: &str) -> &'t str {
    let from = page.split(&format!("<time datetime=\"{date}\">")).nth(1).unwrap_or_default();
    from.split("</td>").next().unwrap_or_default()
}

#[test]
fn c6_the_calendar_puts_each_episode_on_its_day_and_hour() {
    on_both(async |site| {
        site.clock.set(kernel::At::parse_rfc3339("2026-03-01T00:00:00Z").expect("an instant"));
        let who = editor(&site).await;
        let paris = named(&site, &who, "paris", "Quais", "Europe/Paris").await;
        let islands = named(&site, &who, "iles", "Îles", "America/Guadeloupe").await;
        for (show, date, time, title) in [
            (&paris, "2026-03-28", "07:00", "avant"),
            (&paris, "2026-03-29", "02:30", "saute"),
            (&paris, "2026-03-29", "07:00", "apres"),
            (&islands, "2026-03-29", "22:00", "ile du soir"),
            (&paris, "2026-10-25", "02:30", "double"),
            (&paris, "2026-10-25", "07:00", "hiver"),
        ] {
            let made = desk::episode(&site, &who, show, desk::draft(title)).await;
            let when = When::WallClock(date.to_owned(), time.to_owned());
            desk::schedule(&site, &who, made.id, when).await;
        }
        let march = site.get_as(&who, "/fr/studio/calendar?month=2026-03").await.text();
        assert!(day(&march, "2026-03-28").contains("2026-03-28T07:00:00+01:00"), "{march}");
        let change = day(&march, "2026-03-29");
        for part in [
            "2026-03-29T03:30:00+02:00",
            "2026-03-29T07:00:00+02:00",
            "2026-03-29T22:00:00-04:00",
            "les horloges avancent",
            "Plusieurs fuseaux",
            "America",
        ] {
            assert!(change.contains(part), "{part}: {change}");
        }
        assert!(!day(&march, "2026-03-28").contains("horloges") && !day(&march, "2026-03-28").contains("Plusieurs"));
        let october = site.get_as(&who, "/fr/studio/calendar?month=2026-10").await.text();
        let change = day(&october, "2026-10-25");
        for part in ["2026-10-25T02:30:00+02:00", "2026-10-25T07:00:00+01:00", "les horloges reculent"] {
            assert!(change.contains(part), "{part}: {change}");
        }
        // One show alone, and a day that starts an episode.
        let only = show_id(SHOW_PREFIX, islands.id);
        let alone = site.get_as(&who, &format!("/fr/studio/calendar?month=2026-03&show={only}")).await.text();
        assert!(alone.contains("ile du soir") && !alone.contains("avant") && !alone.contains("horloges"));
        let new = format!("/fr/studio/shows/{only}/episodes/new");
        let made = site.post_as(&who, &new, &[("title", "Prévu"), ("number", "4"), ("date", "2026-03-12")]).await;
        assert_eq!(made.status, 303, "{}", made.text());
        let march = site.get_as(&who, "/fr/studio/calendar?month=2026-03").await.text();
        assert!(day(&march, "2026-03-12").contains("Prévu"), "{march}");
        assert!(!site.get("/feeds/iles.xml").await.text().contains("Prévu"));
        let past = site.post_as(&who, &new, &[("title", "Trop tard"), ("date", "2026-02-01")]).await;
        assert_eq!(past.status, 422);
        // Other people's calendars do not exist.
        let stranger = site.person("ailleurs", "owner@ailleurs.example", Role::Owner).await;
        assert_eq!(site.get_as(&stranger, &format!("/fr/studio/calendar?show={only}")).await.status, 404);
        let theirs = site.get_as(&stranger, "/fr/studio/calendar?month=2026-03").await.text();
        assert!(!theirs.contains("avant") && !theirs.contains("ile du soir"));
        let other = read_tx!(site.app.db, |tx| uc::desk_shows(tx, &stranger.actor, &[who.org]).await);
        assert!(matches!(other, Err(Failure::Refused(refusal)) if refusal.kind == Kind::NotFound));
    });
}

#[test]
fn the_list_goes_through_every_show_without_losing_or_repeating_one() {
    on_both(async |site| {
        let who = editor(&site).await;
        let (a, b) = (desk::show(&site, &who, "a").await, named(&site, &who, "b", "Autre", "Europe/Paris").await);
        let ctx = site.app.ctx(who.actor.clone());
        let mut made = Vec::new();
        for n in 0..70 {
            let show = if n % 3 == 0 { a.id } else { b.id };
            let title = if n == 33 { "Qui est payé ?".to_owned() } else { format!("Épisode {n}") };
            let text = EpisodeText { title, ..EpisodeText::default() };
            let slug = format!("e-{n}");
            let draft = EpisodeDraft { slug, texts: [("fr".to_owned(), text)].into(), ..EpisodeDraft::default() };
            let id =
                write_tx!(site.app.db, |tx| uc::create_episode(tx, &ctx, show, draft.clone()).await).expect("made").id;
            if n % 5 == 0 {
                let path = site.folder().join(format!("s{n}"));
                std::fs::write(&path, it::SOUND).expect("written");
                traboule::pages::uploads::store_audio(&site.app, &ctx, id, path, "s.mp3".to_owned())
                    .await
                    .expect("sound");
                // Several share one instant: the order must still be total.
                let when = When::At(ctx.now.plus_seconds(-3600 * i64::from(n / 20)));
                desk::schedule(&site, &who, id, when).await;
            }
            made.push(id);
        }
        made.sort_unstable();
        let orgs = [who.org];
        let mut seen: Vec<i64> = Vec::new();
        let mut ask = ListAsk::default();
        loop {
            let list =
                read_tx!(site.app.db, |tx| uc::desk_list(tx, &who.actor, &orgs, &ask, ctx.now).await).expect("a list");
            seen.extend(list.episodes.iter().map(|e| e.id));
            match list.next {
                Some(next) => ask.after = Some(next),
                None => break,
            }
        }
        assert_eq!(seen.len(), 70);
        seen.sort_unstable();
        assert_eq!(seen, made);
        // Search folds case and accents; pages continue inside a search; filters hold together.
        let find = async |text: &str, after| {
            let ask = ListAsk { text: text.to_owned(), after, ..ListAsk::default() };
            read_tx!(site.app.db, |tx| uc::desk_list(tx, &who.actor, &orgs, &ask, ctx.now).await).expect("a list")
        };
        assert_eq!(find("PAYE qui", None).await.episodes.len(), 1);
        let first = find("episode", None).await;
        let second = find("episode", first.next).await;
        let third = find("episode", second.next).await;
        let sizes = [first.episodes.len(), second.episodes.len(), third.episodes.len()];
        assert_eq!((sizes, third.next), ([30, 30, 9], None));
        let page =
            site.get_as(&who, &format!("/fr/studio?state=published&show={}", show_id(SHOW_PREFIX, a.id))).await.text();
        assert_eq!(page.matches("badge ok").count(), 5, "{page}");
        let page = site.get_as(&who, "/en/studio?text=paye").await.text();
        assert!(page.contains("Qui est payé") && !page.contains("Épisode 1<"));
        let stranger = site.person("ailleurs", "owner@ailleurs.example", Role::Owner).await;
        assert!(!site.get_as(&stranger, "/fr/studio").await.text().contains("Épisode 1"));
    });
}

async fn page(site: &Site, who: &Person, show: Option<i64>, slug: &str, public: bool, md: &str) -> i64 {
    let ctx = site.app.ctx(who.actor.clone());
    let text = PageText { title: "Règlement canari".to_owned(), body_md: Some(md.to_owned()), ..PageText::default() };
    let draft = PageDraft {
        slug: slug.to_owned(),
        kind: publish::model::PageKind::Rules,
        public,
        texts: [("fr".to_owned(), text)].into(),
    };
    write_tx!(site.app.db, |tx| uc::pages::create(tx, &ctx, who.org, show, draft.clone()).await).expect("a page").id
}

#[test]
fn c4_a_draft_page_is_nowhere_and_a_public_one_everywhere() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        desk::published(&site, &who, &show, "Le pont").await;
        let id = page(&site, &who, None, "reglement", false, "Avant.\n\n## Le respect\nNul n’est moqué.").await;
        let shown = show_id(PAGE_PREFIX, id);
        let public = [
            "/fr/pages/reglement",
            "/en/pages/reglement",
            "/fr/",
            "/fr/shows/pentes",
            "/sitemaps/pages.xml",
            "/api/v1/pages",
            "/feeds/pentes.xml",
        ];
        let hits = async || {
            let mut hits = 0;
            for path in public {
                let text = site.get(path).await.text();
                hits += usize::from(
                    text.contains("canari") || (!path.ends_with("/reglement") && text.contains("pages/reglement")),
                );
            }
            hits
        };
        assert_eq!(hits().await, 0);
        assert_eq!(site.get("/fr/pages/reglement").await.status, 404);
        let save = async |version: &str, public: &str, body: &str| {
            let path = format!("/fr/studio/pages/{shown}/save");
            let fields = [
                ("version", version),
                ("text_lang", "fr"),
                ("title", "Règlement canari"),
                ("body", body),
                ("kind", "rules"),
                ("public", public),
            ];
            site.post_as(&who, &path, &fields).await.status.as_u16()
        };
        assert_eq!(save("1", "on", "Avant.\n\n## Le respect\nNul n’est moqué.").await, 303);
        assert_eq!(hits().await, 6, "page in both languages, two feet, map, API");
        let text = site.get("/fr/pages/reglement").await.text();
        assert!(text.contains("id=\"clause-le-respect\"") && text.contains("href=\"#clause-le-respect\""), "{text}");
        // The clause is renamed: what cites it stays right. Somebody who saves an old version is told.
        let text = site.get_as(&who, &format!("/fr/studio/pages/{shown}")).await.text();
        assert!(text.contains("## Le respect {#le-respect}"), "{text}");
        assert_eq!(save("2", "on", "## Rester poli {#le-respect}\nOui.").await, 303);
        assert!(site.get("/fr/pages/reglement").await.text().contains("id=\"clause-le-respect\""));
        assert_eq!(save("2", "on", "En retard.").await, 409);
        let restore = format!("/fr/studio/pages/{shown}/restore");
        assert_eq!(site.post_as(&who, &restore, &[("version", "3"), ("wanted", "2")]).await.status, 303);
        assert!(site.get("/fr/pages/reglement").await.text().contains("moqué"));
        // Taken back with every cache warm.
        assert_eq!(save("4", "", "Rien.").await, 303);
        assert_eq!(hits().await, 0);
        let stranger = site.person("ailleurs", "owner@ailleurs.example", Role::Owner).await;
        assert_eq!(site.get_as(&stranger, &format!("/fr/studio/pages/{shown}")).await.status, 404);
        assert!(!site.get_as(&stranger, "/fr/studio/pages").await.text().contains("canari"));
        let foreign = [("place", show_id(SHOW_PREFIX, show.id)), ("title", "x".to_owned()), ("body", "y".to_owned())];
        let foreign: Vec<(&str, &str)> = foreign.iter().map(|(k, v)| (*k, v.as_str())).collect();
        assert_eq!(site.post_as(&stranger, "/fr/studio/pages/new", &foreign).await.status, 404);
    });
}

#[test]
fn the_history_of_a_page_never_changes() {
    on_both(async |site| {
        let who = editor(&site).await;
        page(&site, &who, None, "a", true, "Un.").await;
        for sql in ["UPDATE publish_page_version SET texts = '{}'", "DELETE FROM publish_page_version"] {
            let outcome: Result<u64, Failure> = write_tx!(site.app.db, |tx| Ok(tx.run(sql, Vec::new()).await?));
            assert!(outcome.is_err(), "{sql}");
        }
    });
}

#[test]
fn a_page_of_a_show_is_at_home_under_its_host() {
    on_both(async |site| {
        let who = editor(&site).await;
        let (show, _) =
            (desk::show(&site, &who, "pentes").await, named(&site, &who, "nord", "Le Nord", "Europe/Paris").await);
        page(&site, &who, Some(show.id), "equipe", true, "<script>alert(1)</script>\n\n## A\n[x](javascript:alert(1))")
            .await;
        page(&site, &who, None, "maison", true, "Tous.").await;
        set_host(&site, &who, show.id, "sud.example").await.expect("a host");
        let moved = site.get("/fr/pages/equipe").await;
        assert_eq!(
            (moved.status.as_u16(), moved.header("location")),
            (301, "https://sud.example/fr/pages/equipe".to_owned())
        );
        let there = at(&site, "sud.example", "/fr/pages/equipe", &[]).await;
        assert_eq!(there.status, 200);
        assert!(!there.text().contains("alert(1)</script") && !there.text().contains("href=\"javascript"));
        let moved = at(&site, "sud.example", "/fr/pages/maison", &[]).await;
        assert_eq!((moved.status.as_u16(), moved.header("location")), (301, format!("{ORIGIN}/fr/pages/maison")));
        let foot = site.get("/fr/").await.text();
        assert!(foot.contains("/fr/pages/maison") && !foot.contains("equipe"), "a show's page is in its own foot only");
        assert!(there.text().contains("https://site.example/fr/pages/maison"), "the whole site's pages in every foot");
    });
}

#[test]
fn a_show_is_made_and_set_by_its_forms() {
    on_both(async |site| {
        let who = editor(&site).await;
        let fields = [
            ("title", "Les Quais"),
            ("language", "fr"),
            ("time_zone", "Europe/Nulle-Part"),
            ("category", "News/Daily News"),
            ("kind", "serial"),
            ("slug", ""),
        ];
        let refused = site.post_as(&who, "/fr/studio/shows/new", &fields).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("value=\"Les Quais\"") && refused.text().contains("f-time_zone-error"));
        let mut fields = fields;
        fields[2].1 = "Europe/Paris";
        let made = site.post_as(&who, "/fr/studio/shows/new", &fields).await;
        assert_eq!(made.status, 303, "{}", made.text());
        let path = made.header("location").split('?').next().unwrap_or_default().to_owned();
        let show = async || read_tx!(site.app.db, |tx| uc::find_show(tx, "les-quais").await).expect("a show");
        let first = show().await;
        assert_eq!(first.categories, [("News".to_owned(), Some("Daily News".to_owned()))]);
        let post = async |section: &str, fields: &[(&str, &str)]| {
            let answer = site.post_as(&who, &format!("{path}/{section}"), fields).await;
            (answer.status.as_u16(), answer.text())
        };
        let feed = [
            ("medium", "podcast"),
            ("frequency", "Chaque matin"),
            ("rrule", "freq=weekly;byday=mo"),
            ("txt_purpose", "verify"),
            ("txt_value", "abc"),
            ("txt_purpose", ""),
            ("txt_value", ""),
            ("funding_url", "https://soutien.example/"),
            ("funding_text", "Soutenir"),
            ("owner_email", "moi@quais.example"),
            ("locked", "on"),
        ];
        assert_eq!(post("feed", &feed).await.0, 303);
        let settings = show().await.settings.feed;
        assert_eq!((settings.txt.len(), settings.owner_email), (1, None), "an address only when asked for");
        assert_eq!(settings.update_frequency.expect("set").rrule, "FREQ=WEEKLY;BYDAY=MO");
        let (status, text) =
            post("feed", &[("moved_to", "https://site.example/feeds/x.xml"), ("rrule", "DAILY")]).await;
        assert!(status == 422 && text.contains("f-moved_to-error") && text.contains("f-rrule-error"), "{text}");
        let person = who.id.0.to_string();
        assert_eq!(post("desk", &[("approval_needed", "on"), ("notify", &person)]).await.0, 303);
        assert_eq!(show().await.settings.desk.notify, [who.id]);
        assert_eq!(post("desk", &[("notify", "42")]).await.0, 422, "nobody of this organisation");
        assert_eq!(
            post(
                "credits",
                &[("credit_name", "Odile"), ("credit_role", "host"), ("credit_name", ""), ("credit_role", "host")]
            )
            .await
            .0,
            303
        );
        assert_eq!(
            post("texts", &[("text_lang", "en"), ("title", "The Quays"), ("footer", "All invented.")]).await.0,
            303
        );
        let (status, text) = post("site", &[("colour", "#ffd400")]).await;
        assert!(status == 422 && text.contains("#"), "{text}");
        assert_eq!(post("site", &[("colour", "#96304A")]).await.0, 303);
        assert_eq!(show().await.podcast_guid, first.podcast_guid);
        let page = site.get("/en/shows/les-quais").await.text();
        assert!(page.contains("All invented.") && page.contains("Odile"), "{page}");
        let sheet = between(&page, "href=\"/theme/", "\"")[0].to_owned();
        let css = site.get(&format!("/theme/{sheet}")).await;
        assert!(css.status == 200 && css.header("cache-control").contains("immutable"));
        assert!(css.text().contains("--action: light-dark(#96304a, "));
        assert_eq!(site.get("/theme/96304a-000000000000.css").await.status, 404);
        assert_eq!(site.get("/theme/ffd400-000000000000.css").await.status, 404);
    });
}

#[test]
fn the_frame_of_the_last_episode_is_taken_over() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let credit = publish::model::Credit { name: "Odile".to_owned(), role: "host".to_owned(), ..Default::default() };
        let last = EpisodeDraft { number: Some(41), season: Some(3), credits: vec![credit], ..desk::draft("Un") };
        desk::episode(&site, &who, &show, last).await;
        let new = format!("/fr/studio/shows/{}/episodes/new", show_id(SHOW_PREFIX, show.id));
        let form = site.get_as(&who, &new).await.text();
        assert!(form.contains("value=\"42\"") && form.contains("Odile"), "{form}");
        let made = site.post_as(&who, &new, &[("title", "Deux"), ("number", "42"), ("frame", "on")]).await;
        // The form begins in its first field, and a new episode opens on its plan.
        assert!(form.contains("maxlength=\"255\" autofocus"), "{form}");
        let plan = made.header("location").strip_suffix("/rundown").expect("its plan").to_owned();
        let id = plan.rsplit('/').next().and_then(|id| kernel::parse_id(EPISODE_PREFIX, id));
        let id = id.expect("an episode");
        let (_, full) = read_tx!(site.app.db, |tx| uc::desk_episode(tx, &who.actor, id).await).expect("there");
        assert_eq!((full.episode.number, full.episode.season, full.credits.len()), (Some(42), Some(3), 1));
        assert_eq!(site.post_as(&who, &new, &[("title", "Trois"), ("number", "x")]).await.status, 422);
    });
}

#[test]
fn the_api_sets_shows_and_reads_the_desk() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let made = desk::episode(&site, &who, &show, desk::draft("Bientôt")).await;
        desk::schedule(&site, &who, made.id, When::WallClock("2026-12-01".to_owned(), "07:00".to_owned())).await;
        let ctx = site.app.ctx(who.actor.clone());
        let scopes = kernel::TokenScope::ALL;
        let token = write_tx!(site.app.db, |tx| {
            accounts::service::create_token(tx, &ctx, who.org, "test", &scopes, 1).await
        });
        let token = token.expect("a token").secret;
        let path = format!("/api/v1/shows/{}", show_id(SHOW_PREFIX, show.id));
        let set =
            site.api(&token, "PUT", &format!("{path}/site"), r##"{"host": "sud.example", "colour": "#0a5a4a"}"##).await;
        assert_eq!(
            (set.status.as_u16(), set.json()["feed_url"].clone()),
            (200, "https://sud.example/feeds/pentes.xml".into())
        );
        let month = site.api(&token, "GET", "/api/v1/desk/calendar?month=2026-12", "").await.json();
        assert_eq!(month["days"]["2026-12-01"][0]["local"], "2026-12-01T07:00:00+01:00", "{month}");
        let found = site.api(&token, "GET", "/api/v1/desk/episodes?text=bientot&state=scheduled", "").await.json();
        assert_eq!(found["episodes"].as_array().map(Vec::len), Some(1));
        let body =
            r#"{"page": {"kind": "about", "public": true, "texts": {"en": {"title": "About", "body_md": "Us."}}}}"#;
        let made = site.api(&token, "POST", "/api/v1/pages", body).await;
        assert_eq!((made.status.as_u16(), made.json()["slug"].clone()), (201, "about".into()));
        assert!(site.get("/en/pages/about").await.text().contains("Us."));
        let stranger = site.person("ailleurs", "owner@ailleurs.example", Role::Owner).await;
        let ctx = site.app.ctx(stranger.actor.clone());
        let other = write_tx!(site.app.db, |tx| {
            accounts::service::create_token(tx, &ctx, stranger.org, "test", &scopes, 1).await
        });
        let other = other.expect("a token").secret;
        assert_eq!(site.api(&other, "GET", &path, "").await.status, 404);
        let month = site.api(&other, "GET", "/api/v1/desk/calendar?month=2026-12", "").await.json();
        assert_eq!(month["days"], serde_json::json!({}));
        assert_ne!(stranger.org, OrgId(0));
    });
}

#[test]
fn the_pages_of_the_desk_look_as_reviewed() {
    on_one(On::Lite, &async |site: Site| {
        let who = editor(&site).await;
        let paris = desk::show(&site, &who, "pentes").await;
        let islands = named(&site, &who, "iles", "Îles", "America/Guadeloupe").await;
        desk::published(&site, &who, &paris, "Le pont").await;
        let made = desk::episode(&site, &who, &islands, desk::draft("Le quai")).await;
        desk::schedule(&site, &who, made.id, When::WallClock("2026-11-23".to_owned(), "06:30".to_owned())).await;
        desk::episode(&site, &who, &paris, desk::draft("Sans date")).await;
        let rules =
            page(&site, &who, None, "reglement", true, "Avant.\n\n## Un\nA.\n\n## Deux\nB.\n\n## Trois\nC.").await;
        let shown = show_id(SHOW_PREFIX, paris.id);
        for lang in Lang::ALL {
            let code = lang.code();
            for (name, path) in [
                ("desk_list", format!("/{code}/studio")),
                ("desk_calendar", format!("/{code}/studio/calendar?month=2026-11")),
                ("desk_shows", format!("/{code}/studio/shows")),
                ("desk_show", format!("/{code}/studio/shows/{shown}")),
                ("desk_media", format!("/{code}/studio/media?kind=sounds")),
                ("desk_pages", format!("/{code}/studio/pages")),
                ("desk_page", format!("/{code}/studio/pages/{}", show_id(PAGE_PREFIX, rules))),
                ("desk_episode_new", format!("/{code}/studio/shows/{shown}/episodes/new?date=2026-11-30")),
            ] {
                let answer = site.get_as(&who, &path).await;
                assert_eq!(answer.status, 200, "{path}");
                // The names of the zone database are its own business.
                let text = redact(&answer.text());
                let (before, rest) = text.split_once("<datalist").unwrap_or((&text, ""));
                let after = rest.split_once("</datalist>").map_or("", |(_, after)| after);
                insta::assert_snapshot!(format!("{name}_{code}"), format!("{before}{after}"));
            }
            let public = site.get(&format!("/{code}/pages/reglement")).await;
            insta::assert_snapshot!(format!("site_page_{code}"), redact(&public.text()));
        }
    });
}
