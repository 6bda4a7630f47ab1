//! Two who blocked one another meet nowhere: every address that shows people's words is asked as either of them. The list is
//! held against the routes: an address nobody listed fails.

use community::model::{PassedOn, PostKind};
use community::rules::moderate::Verb;
use community::rules::post::Draft;
use community::service::{self as talk, follows, posts};
use db::write_tx;
use it::{Site, desk, on_both};
use kernel::{Role, Subject, TokenScope, show_id};
use traboule::http::ROUTES;

use super::{Somebody, posted, somebody};

/// What an address shows.
enum Shows {
    /// Words of people: asked at these paths; `true` when the other's words must stand there before the block.
    People(&'static [&'static str], bool),
    /// No words of members.
    Nobody,
    /// What somebody did themselves: whom they blocked, their own words, what is kept about them.
    Own,
}

use Shows::{Nobody, Own, People};

/// Every address that visitors or signed-in people may read. Desks, moderators' queues and organisations' own addresses
/// show everything to those whose work it is.
fn shows(path: &str) -> Option<Shows> {
    Some(match path {
        "/{lang}/feed" => People(&["/fr/feed", "/en/feed?order=turns"], true),
        "/{lang}/explore" => People(&["/fr/explore"], true),
        "/{lang}/tags/{tag}" => People(&["/fr/tags/pont"], true),
        "/api/v1/feed" => People(&["/api/v1/feed"], true),
        "/api/v1/explore" => People(&["/api/v1/explore"], true),
        "/api/v1/tags/{tag}" => People(&["/api/v1/tags/pont"], true),
        "/{lang}/members/{handle}" => People(&["/fr/members/{other}", "/fr/members/carole"], true),
        "/{lang}/members/{handle}/followers" | "/{lang}/members/{handle}/following" => People(
            &["/fr/members/{other}/followers", "/fr/members/carole/following", "/fr/members/carole/followers"],
            false,
        ),
        "/{lang}/voices/{id}" => People(&["/fr/voices/{voice}"], false),
        "/{lang}/posts/{id}" => People(&["/fr/posts/{post}", "/fr/posts/{quote}", "/fr/posts/{own}"], true),
        "/{lang}/posts/{id}/history" => People(&["/fr/posts/{post}/history"], false),
        "/{lang}/posts/{id}/comments" => People(&["/fr/posts/{own}/comments", "/fr/posts/{third}/comments"], true),
        "/{lang}/posts/new" => People(&["/fr/posts/new?of={post}"], false),
        "/{lang}/shows/{show}/{episode}" => People(&["/fr/shows/pentes/le-pont"], true),
        "/{lang}/shows/{show}/{episode}/comments" => People(&["/fr/shows/pentes/le-pont/comments"], true),
        "/api/v1/episodes/{id}/comments" => People(&["/api/v1/episodes/{episode}/comments"], true),
        "/{lang}/account/notifications" => People(&["/fr/account/notifications"], true),
        "/{lang}/account/following" => People(&["/fr/account/following"], true),
        "/api/v1/members/{handle}" => People(&["/api/v1/members/{other}"], true),
        "/api/v1/me/notifications" => People(&["/api/v1/me/notifications"], true),
        "/api/v1/me/following" => People(&["/api/v1/me/following"], true),
        "/api/v1/posts" => People(&["/api/v1/posts?voice={other}", "/api/v1/posts"], false),
        "/api/v1/posts/{id}" => People(&["/api/v1/posts/{post}", "/api/v1/posts/{quote}"], true),
        "/api/v1/clips" => People(&["/api/v1/clips"], false),
        "/{lang}/clips" | "/{lang}/clips/{id}" => People(&["/fr/clips"], false),
        "/{lang}/search" => People(&["/fr/search?q=pont&in=posts", "/fr/search?q={other}&in=people"], true),
        "/api/v1/search" => Nobody,
        "/api/v1/search/posts" => People(&["/api/v1/search/posts?q=pont"], true),
        "/api/v1/search/people" => People(&["/api/v1/search/people?q={other}"], true),
        "/{lang}/account/muted" | "/{lang}/account/blocked" | "/api/v1/me/muted" | "/api/v1/me/blocked" => Own,
        "/{lang}/account/data" | "/{lang}/account/data/export.tar" | "/{lang}/account/profile" | "/api/v1/me" => Own,
        "/{lang}/account" | "/{lang}/posts/mine" | "/{lang}/clips/mine" | "/{lang}/posts/elsewhere" => Own,
        "/{lang}/posts/{id}/edit" | "/{lang}/posts/{id}/delete" | "/{lang}/clips/new" | "/{lang}/clips/{id}/edit" => {
            Own
        }
        "/{lang}/clips/{id}/original" => Own,
        "/media/posts/new/{token}" | "/{lang}/comments/{token}" => Own,
        // Files of posts and people are asked for by those who may read the post; readers of feeds are visitors.
        "/media/posts/{id}/{file}" | "/media/members/{handle}/{file}" | "/media/people/{handle}/{file}" => Nobody,
        "/media/clips/{id}/{file}" | "/feeds/tags/{file}" | "/feeds/members/{file}" | "/feeds/comments/{file}" => {
            Nobody
        }
        other => return nobody(other).then_some(Nobody),
    })
}

/// Addresses without any word of a member.
fn nobody(path: &str) -> bool {
    const BEGIN: [&str; 24] = [
        "/log/",
        "/{lang}/log",
        "/api/v1/log",
        "/{lang}/studio",
        "/media/episodes/",
        "/media/excerpts/",
        "/media/images/",
        "/assets/",
        "/theme/",
        "/sitemap",
        "/approve/",
        "/{lang}/approve/",
        "/{lang}/report/",
        "/{lang}/digest/",
        "/{lang}/privacy",
        "/{lang}/sign-in",
        "/{lang}/join",
        "/listens/",
        "/{lang}/listens",
        "/api/v1/listens/",
        "/api/v1/desk/",
        "/api/v1/media/",
        "/order/",
        "/{lang}/pages/",
    ];
    const WHOLE: [&str; 21] = [
        "/",
        "/{lang}/",
        "/{lang}/shows/{show}",
        "/{lang}/shows/{show}/{episode}/quote",
        "/{lang}/embed/{id}",
        "/{lang}/order",
        "/{lang}/api",
        "/feeds/{file}",
        "/feeds.opml",
        "/oembed",
        "/opensearch.xml",
        "/robots.txt",
        "/source.tar.gz",
        "/comments/stamp",
        "/api/v1/openapi.json",
        "/api/v1/shows",
        "/api/v1/shows/{id}/episodes",
        "/api/v1/episodes/{id}",
        "/api/v1/pages",
        "/uploads",
        "/dev/mail",
    ];
    BEGIN.iter().any(|b| path.starts_with(b)) || WHOLE.contains(&path)
}

struct House {
    site: Site,
    alice: Somebody,
    bruno: Somebody,
    posts: [i64; 2],
    quote: i64,
    third: i64,
    episode: i64,
    tokens: [String; 2],
}

async fn token(site: &Site, who: &Somebody) -> String {
    let (ctx, org) = (who.ctx(site), who.person.org);
    let made = write_tx!(site.app.db, |tx| {
        accounts::service::create_token(tx, &ctx, org, "test", &[TokenScope::Read], 1).await
    });
    made.expect("a token").secret
}

async fn passed(site: &Site, who: &Somebody, body: &str, id: i64, author: i64) -> i64 {
    let of = Some(PassedOn { subject: Subject::post(id), author });
    let draft = Draft { body: body.to_owned(), lang: "fr".to_owned(), of, ..Draft::default() };
    let ctx = who.ctx(site);
    write_tx!(site.app.db, |tx| posts::post(tx, &ctx, who.voice, PostKind::Post, &draft).await).expect("passed on").id
}

/// A comment that everybody sees.
pub(super) async fn said(site: &Site, who: &Somebody, about: Subject, body: &str) {
    let ctx = who.ctx(site);
    let writer = community::model::Writer::Member { person: who.person.id, name: who.name.clone(), team: false };
    let new = community::model::NewComment {
        org: who.person.org,
        subject: about,
        subject_since: site.app.now(),
        parent: None,
        writer,
        body: body.to_owned(),
        network: String::new(),
    };
    let system = site.system();
    write_tx!(site.app.db, |tx| {
        let id = talk::say(tx, &ctx, &site.app.sealer, new.clone()).await?.id;
        talk::act_on(tx, &system, who.person.org, &[id], Verb::Approve).await.map(drop)
    })
    .expect("said");
}

async fn house(site: Site) -> House {
    let editor = site.person("pentes", "editor@pentes.example", Role::Editor).await;
    let show = desk::show(&site, &editor, "pentes").await;
    let episode = desk::published(&site, &editor, &show, "Le pont").await;
    let (alice, bruno) = (somebody(&site, "alice").await, somebody(&site, "bruno").await);
    let carole = somebody(&site, "carole").await;
    let of_alice = posted(&site, &alice, "MOTDALICE au #pont avec @bruno").await;
    let of_bruno = posted(&site, &bruno, "MOTDEBRUNO au #pont avec @alice").await;
    let third = posted(&site, &carole, "Bonjour du #pont").await;
    for (one, other) in [(&alice, &bruno), (&bruno, &alice), (&carole, &alice), (&carole, &bruno)] {
        let ctx = one.ctx(&site);
        write_tx!(site.app.db, |tx| follows::follow(tx, &ctx, other.voice).await).expect("followed");
    }
    for one in [&alice, &bruno] {
        let ctx = one.ctx(&site);
        write_tx!(site.app.db, |tx| follows::follow(tx, &ctx, carole.voice).await).expect("followed");
        said(&site, one, Subject::episode(episode.id), &format!("{} sous l’épisode", one.mark)).await;
        said(&site, one, Subject::post(third), &format!("{} sous la publication", one.mark)).await;
        said(&site, one, Subject::post(of_alice), &format!("{} chez Alice", one.mark)).await;
        said(&site, one, Subject::post(of_bruno), &format!("{} chez Bruno", one.mark)).await;
    }
    // Carole passes both on, with words and without.
    let quote = passed(&site, &carole, "Je cite le #pont", of_bruno, bruno.voice).await;
    let other = passed(&site, &carole, "Je cite encore", of_alice, alice.voice).await;
    passed(&site, &carole, "", of_bruno, bruno.voice).await;
    passed(&site, &carole, "", of_alice, alice.voice).await;
    passed(&site, &alice, "Je cite aussi", quote, carole.voice).await;
    assert_ne!(quote, other);
    let tokens = [token(&site, &alice).await, token(&site, &bruno).await];
    House { site, alice, bruno, posts: [of_alice, of_bruno], quote, third, episode: episode.id, tokens }
}

impl House {
    /// The paths as one of the two asks them about the other.
    fn path(&self, template: &str, viewer: &Somebody) -> String {
        let first = viewer.voice == self.alice.voice;
        let other = if first { &self.bruno } else { &self.alice };
        let (own, post) = if first { (self.posts[0], self.posts[1]) } else { (self.posts[1], self.posts[0]) };
        let post_id = |id| show_id("po", id);
        template
            .replace("{other}", &other.handle)
            .replace("{voice}", &other.voice.to_string())
            .replace("{post}", &post_id(post))
            .replace("{own}", &post_id(own))
            .replace("{quote}", &post_id(self.quote))
            .replace("{third}", &post_id(self.third))
            .replace("{episode}", &show_id("ep", self.episode))
    }

    /// Whether anything of the other stands there.
    async fn meets(&self, template: &str, viewer: &Somebody, other: &Somebody) -> bool {
        let path = self.path(template, viewer);
        let token = if viewer.voice == self.alice.voice { &self.tokens[0] } else { &self.tokens[1] };
        let answer = if path.starts_with("/api/") {
            self.site.api(token, "GET", &path, "").await
        } else {
            self.site.get_as(&viewer.person, &path).await
        };
        // A value a line, so that leaving out one's own words leaves out nothing else.
        let api = path.starts_with("/api/") && answer.status == 200;
        let text = if api { format!("{:#}", answer.json()) } else { answer.text() };
        let quoted = format!("\"handle\": \"{}\"", other.handle);
        // Whoever mentioned the other in their own words keeps their words.
        let own = format!("{} au", viewer.mark);
        let text: String = text.lines().filter(|line| !line.contains(&own)).collect::<Vec<_>>().join("\n");
        [other.mark.as_str(), other.name.as_str(), quoted.as_str()].iter().any(|mark| text.contains(mark))
    }
}

fn surfaces() -> Vec<(&'static str, &'static [&'static str], bool)> {
    let mut out = Vec::new();
    for route in ROUTES.iter().filter(|r| r.method == "GET" && matches!(r.who, "public" | "signed-in")) {
        let Some(shows) = shows(route.path) else {
            panic!("{} is on no list: say in feed/surfaces.rs whether it shows words of members", route.path)
        };
        if let People(paths, must) = shows {
            out.push((route.path, paths, must));
        }
    }
    out
}

#[test]
fn c20_blocked_people_meet_on_no_surface() {
    on_both(async |site| {
        let house = house(site).await;
        let (alice, bruno) = (&house.alice, &house.bruno);
        let surfaces = surfaces();
        for (route, paths, must) in &surfaces {
            let mut met = false;
            for path in *paths {
                met |= house.meets(path, alice, bruno).await;
            }
            assert!(met || !must, "{route} shows nothing of others at all: the test would see no fault");
        }
        let ctx = alice.ctx(&house.site);
        write_tx!(house.site.app.db, |tx| follows::block(tx, &ctx, bruno.voice).await).expect("blocked");
        let mut faults = Vec::new();
        for (route, paths, _) in &surfaces {
            for path in *paths {
                for (viewer, other) in [(alice, bruno), (bruno, alice)] {
                    if house.meets(path, viewer, other).await {
                        faults.push(format!("{route} {path} as {}", viewer.handle));
                    }
                }
            }
        }
        assert!(faults.is_empty(), "{faults:#?}");
        // Everybody else goes on seeing both.
        let visitor = house.site.get("/fr/explore").await.text();
        assert!(visitor.contains("MOTDALICE") && visitor.contains("MOTDEBRUNO"));
    });
}
