//! What decisions make of an episode, asked of every public route: the table of `crates/reach/README.md`. A route that shows
//! episodes and stands in no line of [`SHOWS`] fails.

use std::collections::BTreeSet;

use axum::body::Body;
use db::{read_tx, write_tx};
use it::{Site, desk, on_both, request};
use kernel::{At, OrgId, Refusal, Role, Subject, show_id};
use publish::model::EPISODE_PREFIX;
use publish::service::{self as uc, When};
use reach::Standing;

use super::{Plant, ways, whole};

const WORD: &str = "zqdecision";

/// Every route on which an episode stands, and whether a limited one does.
const SHOWS: &[(&str, bool)] = &[
    ("/api/v1/episodes/{id}", true),
    ("/api/v1/search", false),
    ("/api/v1/shows/{id}/episodes", true),
    ("/feeds/comments/{file}", true),
    ("/feeds/{file}", true),
    ("/media/episodes/{id}/{file}", true),
    ("/media/images/{id}/{file}", true),
    ("/oembed", true),
    ("/sitemaps/{section}", false),
    ("/{lang}/", false),
    ("/{lang}/embed/{id}", true),
    ("/{lang}/search", false),
    ("/{lang}/shows/{show}", true),
    ("/{lang}/shows/{show}/{episode}", true),
    ("/{lang}/shows/{show}/{episode}/comments", true),
    ("/{lang}/shows/{show}/{episode}/quote", true),
];

/// Pages on which a label stands as a sentence.
const SAYS: &str = "Ce qui est dit ici est contesté.";

struct House {
    site: Site,
    plant: Plant,
}

impl House {
    async fn new(site: Site) -> Self {
        let who = site.person("pentes", "editor@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &who, "pentes").await;
        let decided = whole(&site, &who, &show, WORD).await;
        let draft = whole(&site, &who, &show, "zqautre").await;
        desk::schedule(&site, &who, decided.episode.id, When::Now).await;
        site.clock.advance(60);
        let public = desk::published(&site, &who, &show, "Le pont").await;
        site.work().await;
        traboule::log::beat(&site.app, site.app.now()).await.expect("the log moves on");
        let hidden = vec![decided, draft];
        let plant = Plant { who, show, public, hidden, posts: Vec::new(), words: vec![WORD.to_owned()] };
        Self { site, plant }
    }

    fn id(&self) -> i64 {
        self.plant.hidden[0].episode.id
    }

    async fn set(&self, standing: Standing, label: Option<&'static str>, until: Option<At>) {
        let (org, subject, now) = (self.plant.who.org, Subject::episode(self.id()), self.site.app.now());
        write_tx!(self.site.app.db, |tx| Ok(reach::set(tx, org, subject, standing, label, (now, until)).await?))
            .expect("set");
    }

    async fn lift(&self, org: OrgId, standing: Standing) {
        let subject = Subject::episode(self.id());
        write_tx!(self.site.app.db, |tx| Ok(reach::lift(tx, org, subject, standing).await?)).expect("lifted");
    }

    /// What an address says of the episode, without the mirror of what was asked for.
    async fn names(&self, path: &str) -> bool {
        let answer = self.site.get(path).await;
        assert!(answer.status.as_u16() < 500, "{path}: {}", answer.status);
        let mut text = String::from_utf8_lossy(&answer.body).to_lowercase();
        if answer.status == 404 || answer.status == 410 {
            let rest = path.split('?').next().unwrap_or_default().get(3..).unwrap_or_default();
            text = text.replace(rest, "");
        }
        text.contains(WORD)
    }

    /// The routes on which the episode stands.
    async fn seen(&self) -> BTreeSet<&'static str> {
        // A client may search so often in a minute.
        self.site.clock.advance(61);
        let mut out = BTreeSet::new();
        for ((_, route), paths) in ways(&self.plant).into_iter().filter(|((method, _), _)| *method == "GET") {
            for path in &paths {
                if !out.contains(route) && self.names(path).await {
                    out.insert(route);
                }
            }
        }
        out
    }

    /// The same without the pages of the public log: a leaf names its episode while anybody may open it, on whichever page
    /// of the log it stands.
    async fn shown(&self) -> BTreeSet<&'static str> {
        self.seen().await.into_iter().filter(|route| !route.starts_with("/{lang}/log")).collect()
    }

    async fn feed(&self) -> String {
        self.site.get("/feeds/pentes.xml").await.text()
    }
}

#[test]
fn c1_c4_what_a_decision_makes_of_an_episode_holds_on_every_surface_and_ends_without_a_trace() {
    on_both(async |site| {
        let house = House::new(site).await;
        let (site, org) = (&house.site, house.plant.who.org);
        let all: BTreeSet<&str> = SHOWS.iter().map(|(route, _)| *route).collect();
        let some: BTreeSet<&str> = SHOWS.iter().filter(|(_, limited)| *limited).map(|(route, _)| *route).collect();
        assert_eq!(house.shown().await, all, "the surfaces of an episode");
        assert!(house.seen().await.contains("/{lang}/log"), "its leaf names it");
        let before = house.feed().await;
        let guid = &house.plant.hidden[0].episode.guid;
        assert!(before.contains(guid) && house.names("/fr/shows/pentes/le-pont").await);
        let page = format!("/fr/shows/pentes/{}", house.plant.hidden[0].episode.slug);

        house.set(Standing::Removed, None, None).await;
        assert_eq!(house.seen().await, BTreeSet::new(), "removed");
        assert!(!house.names("/fr/shows/pentes/le-pont").await && !house.feed().await.contains(guid));
        let gone = site.get(&page).await;
        assert!(gone.status == 410 && gone.text().contains("Une décision a retiré ceci"), "{}", gone.status);
        let api = site.get(&format!("/api/v1/episodes/{}", show_id(EPISODE_PREFIX, house.id()))).await;
        assert_eq!((api.status.as_u16(), api.json()["code"].as_str()), (410, Some("removed-by-decision")));
        // Its team works on, and reads why nobody else sees it.
        let at = format!("/fr/studio/episodes/{}", show_id(EPISODE_PREFIX, house.id()));
        let desk = site.get_as(&house.plant.who, &at).await;
        assert!(desk.status == 200 && desk.text().contains("Seule votre équipe le voit"), "{}", desk.status);
        let stranger = OrgId(org.0 + 1);
        house.lift(stranger, Standing::Removed).await;
        assert_eq!(house.seen().await, BTreeSet::new(), "another organisation lifts nothing");

        house.lift(org, Standing::Removed).await;
        assert_eq!(house.shown().await, all, "given back");
        assert_eq!(house.feed().await, before, "the feed is what it was, GUIDs and all");

        house.set(Standing::Limited, None, None).await;
        assert_eq!(house.shown().await, some, "limited");
        assert!(!house.names("/fr/shows/pentes/le-pont").await, "no page leads to a limited episode");
        assert!(site.get(&page).await.text().contains("noindex"));
        house.lift(org, Standing::Limited).await;

        // A decision ends by itself, on kept pages too.
        house.set(Standing::Removed, None, Some(site.app.now().plus_seconds(600))).await;
        assert_eq!(house.seen().await, BTreeSet::new(), "for ten minutes");
        site.clock.advance(600);
        assert_eq!(house.shown().await, all, "after them");
    });
}

#[test]
fn a_label_is_a_sentence_and_what_is_frozen_is_not_changed() {
    on_both(async |site| {
        let house = House::new(site).await;
        let (site, id) = (&house.site, house.id());
        let shown = show_id(EPISODE_PREFIX, id);
        let slug = &house.plant.hidden[0].episode.slug;
        let pages = [
            "/fr/".to_owned(),
            "/fr/shows/pentes".to_owned(),
            format!("/fr/shows/pentes/{slug}"),
            format!("/fr/shows/pentes/{slug}/quote?t=0"),
            "/fr/shows/pentes/le-pont".to_owned(),
            format!("/fr/embed/{shown}"),
            "/fr/search?q=titre".to_owned(),
            "/feeds/pentes.xml".to_owned(),
            "/feeds/pentes.atom".to_owned(),
            "/feeds/pentes.json".to_owned(),
        ];
        for path in &pages {
            assert!(!site.get(path).await.text().contains(SAYS), "{path}");
        }
        house.set(Standing::Labelled, Some("disputed"), None).await;
        for path in &pages {
            assert!(site.get(path).await.text().contains(SAYS), "{path}");
        }
        let english = site.get(&format!("/en/shows/pentes/{slug}")).await.text();
        assert!(english.contains("What is said here is disputed."));
        let api = site.get(&format!("/api/v1/episodes/{shown}")).await.json();
        assert_eq!(api["label"], "disputed");
        house.set(Standing::Labelled, Some("<b>new</b>"), None).await;
        let odd = site.get(&format!("/en/shows/pentes/{slug}")).await.text();
        assert!(odd.contains("has no sentence for: “&lt;b&gt;new&lt;"), "an unknown word is named as what it is");

        house.set(Standing::Frozen, None, None).await;
        assert!(house.names("/fr/").await);
        let ctx = site.app.ctx(house.plant.who.actor.clone());
        let refused = |made: Result<(), db::Failure>| match made {
            Err(db::Failure::Refused(Refusal { code, .. })) => code,
            other => panic!("{other:?}"),
        };
        let edit = write_tx!(site.app.db, |tx| uc::unpublish(tx, &ctx, id).await.map(drop));
        assert_eq!(refused(edit), "frozen-episode");
        let version = house.plant.hidden[0].episode.version.to_string();
        let fields = [("text_lang", "fr"), ("version", version.as_str()), ("title", "Autre"), ("summary", "")];
        let saved = site.post_as(&house.plant.who, &format!("/fr/studio/episodes/{shown}/texts"), &fields).await;
        assert!(saved.status == 409 && saved.text().contains("Rien ne peut y être changé"), "{}", saved.status);
        let head = site.send(request("HEAD", &format!("/fr/shows/pentes/{slug}"), None, &[], Body::empty())).await;
        assert_eq!(head.status, 200);
    });
}

#[test]
fn decisions_cost_a_page_one_read_and_nothing_while_there_are_none() {
    on_both(async |site| {
        let house = House::new(site).await;
        let (db, now) = (&house.site.app.db, house.site.app.now());
        let slug = house.plant.hidden[0].episode.slug.clone();
        let cost = async || {
            let page = read_tx!(db, |tx| {
                uc::episode_page(tx, "pentes", &slug, now).await?;
                Ok(tx.statements())
            });
            let list = read_tx!(db, |tx| {
                uc::show_page(tx, "pentes", now, None).await?;
                uc::home(tx, now).await?;
                Ok(tx.statements())
            });
            (page.expect("a page"), list.expect("lists"))
        };
        let first = cost().await;
        let none = cost().await;
        assert!(first.0 >= none.0);
        let other = Subject::post(7);
        let time = (now, None);
        write_tx!(db, |tx| Ok(reach::set(tx, OrgId(1), other, Standing::Limited, None, time).await?)).expect("set");
        cost().await;
        let one = cost().await;
        assert_eq!((one.0 - none.0, one.1 - none.1), (1, 2), "a keyed read a page");
        write_tx!(db, |tx| Ok(reach::lift(tx, OrgId(1), other, Standing::Limited).await?)).expect("lifted");
        cost().await;
        assert_eq!(cost().await, none, "nothing once there are none again");
    });
}
