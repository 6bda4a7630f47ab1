//! Two who blocked one another meet nowhere: every address that shows people's words, names or files is asked as each of them
//! about the other, and as a third who goes on seeing both. The list is held against the routes: an address nobody listed fails.

use community::service::follows;
use db::write_tx;
use it::on_both;
use traboule::http::ROUTES;

use super::house::{House, house};

/// What an address shows.
enum Shows {
    /// Words, names or files of people: at each of these paths the other stands before the block, and does not after it.
    People(&'static [&'static str]),
    /// The same bytes for everybody, a visitor's: programs that read feeds bring no session.
    Visitors(&'static [&'static str]),
    /// What somebody did themselves: whom they blocked, their own words, what is kept about them.
    Own,
    /// One's own things, asked at these paths about the other's: they are never shown there.
    Theirs(&'static [&'static str]),
    /// No words of members.
    Nobody,
}

use Shows::{Nobody, Own, People, Theirs, Visitors};

/// Every address that visitors or signed-in people may read. Desks, moderators' queues and organisations' own addresses
/// show everything to those whose work it is.
fn shows(path: &str) -> Option<Shows> {
    Some(match path {
        "/{lang}/feed" => People(&["/fr/feed", "/en/feed?order=turns"]),
        "/{lang}/explore" => People(&["/fr/explore"]),
        "/{lang}/tags/{tag}" => People(&["/fr/tags/pont"]),
        "/api/v1/feed" => People(&["/api/v1/feed"]),
        "/api/v1/explore" => People(&["/api/v1/explore"]),
        "/api/v1/tags/{tag}" => People(&["/api/v1/tags/pont"]),
        "/{lang}/members/{handle}" => People(&["/fr/members/{other}", "/fr/members/carole"]),
        "/{lang}/members/{handle}/followers" | "/{lang}/members/{handle}/following" => {
            People(&["/fr/members/{other}/followers", "/fr/members/carole/following", "/fr/members/carole/followers"])
        }
        "/{lang}/voices/{id}" => People(&["/fr/voices/{voice}"]),
        "/{lang}/posts/{id}" => {
            People(&["/fr/posts/{post}", "/fr/posts/{quote}", "/fr/posts/{own}", "/fr/posts/{third}"])
        }
        "/{lang}/posts/{id}/history" => People(&["/fr/posts/{post}/history"]),
        "/{lang}/posts/{id}/comments" => People(&["/fr/posts/{own}/comments", "/fr/posts/{third}/comments"]),
        "/{lang}/posts/new" => People(&["/fr/posts/new?of={post}"]),
        "/{lang}/shows/{show}/{episode}" => People(&["/fr/shows/pentes/le-pont"]),
        "/{lang}/shows/{show}/{episode}/comments" => People(&["/fr/shows/pentes/le-pont/comments"]),
        "/api/v1/episodes/{id}/comments" => People(&["/api/v1/episodes/{episode}/comments"]),
        "/{lang}/account/notifications" => People(&["/fr/account/notifications"]),
        "/{lang}/account/following" => People(&["/fr/account/following"]),
        "/api/v1/members/{handle}" => People(&["/api/v1/members/{other}"]),
        "/api/v1/me/notifications" => People(&["/api/v1/me/notifications"]),
        "/api/v1/me/following" => People(&["/api/v1/me/following"]),
        "/api/v1/posts" => People(&["/api/v1/posts?voice={other}", "/api/v1/posts"]),
        "/api/v1/posts/{id}" => People(&["/api/v1/posts/{post}"]),
        "/api/v1/clips" => People(&["/api/v1/clips"]),
        "/{lang}/clips" => People(&["/fr/clips"]),
        "/{lang}/clips/{id}" => People(&["/fr/clips/{clip}", "/fr/clips/{newer}"]),
        "/{lang}/search" => People(&["/fr/search?q=pont&in=posts", "/fr/search?q={other}&in=people"]),
        "/api/v1/search" => Nobody,
        "/api/v1/search/posts" => People(&["/api/v1/search/posts?q=pont"]),
        "/api/v1/search/people" => People(&["/api/v1/search/people?q={other}"]),
        "/{lang}/account/muted" | "/{lang}/account/blocked" | "/api/v1/me/muted" | "/api/v1/me/blocked" => Own,
        "/{lang}/account/data" | "/{lang}/account/data/export.tar" | "/{lang}/account/profile" | "/api/v1/me" => Own,
        "/{lang}/account" | "/{lang}/posts/mine" | "/{lang}/clips/mine" | "/{lang}/posts/elsewhere" => Own,
        "/{lang}/clips/new" | "/media/posts/new/{token}" => Own,
        "/{lang}/posts/{id}/edit" => Theirs(&["/fr/posts/{post}/edit"]),
        "/{lang}/posts/{id}/delete" => Theirs(&["/fr/posts/{post}/delete"]),
        "/{lang}/clips/{id}/edit" => Theirs(&["/fr/clips/{clip}/edit"]),
        "/{lang}/clips/{id}/original" => Theirs(&["/fr/clips/{clip}/original"]),
        "/{lang}/comments/{token}" => Theirs(&["/fr/comments/{comment}"]),
        "/media/posts/{id}/{file}" => People(&["/media/posts/{post}/{large}.jpg", "/media/posts/{post}/{small}.jpg"]),
        "/media/members/{handle}/{file}" => People(&["/media/members/{other}/{portrait}.jpg"]),
        "/media/clips/{id}/{file}" => People(&[
            "/media/clips/{clip}/{film}.mp4",
            "/media/clips/{clip}/{still}.jpg",
            "/media/clips/{clip}/captions.fr.vtt",
        ]),
        "/feeds/tags/{file}" => Visitors(&["/feeds/tags/pont.fr.xml"]),
        "/feeds/members/{file}" => Visitors(&["/feeds/members/{other}.fr.xml", "/feeds/members/carole.fr.xml"]),
        "/feeds/comments/{file}" => Visitors(&["/feeds/comments/{third}.xml", "/feeds/comments/{episode}.xml"]),
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

/// The addresses people may read, with what each shows.
fn surfaces() -> Vec<(&'static str, Shows)> {
    let read = ROUTES.iter().filter(|r| r.method == "GET" && matches!(r.who, "public" | "signed-in"));
    read.map(|route| match shows(route.path) {
        Some(shows) => (route.path, shows),
        None => panic!("{} is on no list: say in feed/surfaces.rs whether it shows words of members", route.path),
    })
    .collect()
}

/// What is wrong before the block: the test would see no fault where nothing stands.
async fn blind(house: &House, surfaces: &[(&'static str, Shows)]) -> Vec<String> {
    let mut faults = Vec::new();
    for (route, shows) in surfaces {
        for (viewer, other) in house.pairs() {
            let (paths, wanted) = match shows {
                People(paths) | Visitors(paths) => (*paths, true),
                Theirs(paths) => (*paths, false),
                Own | Nobody => continue,
            };
            for path in paths {
                if house.meets(path, (viewer, other), viewer).await != wanted {
                    faults.push(format!("{route} {path} as {} shows the other: {}", viewer.handle, !wanted));
                }
                // What a browser keeps of a file would outlive a block.
                let kept = house.site.get_as(&viewer.person, &house.path(path, viewer)).await.header("cache-control");
                if path.starts_with("/media/") && !kept.contains("private") {
                    faults.push(format!("{route} {path} may be kept: {kept}"));
                }
            }
        }
    }
    faults
}

/// What is wrong after it.
async fn seen(house: &House, surfaces: &[(&'static str, Shows)]) -> Vec<String> {
    let mut faults = Vec::new();
    for (route, shows) in surfaces {
        for (viewer, other) in house.pairs() {
            let (People(paths) | Theirs(paths) | Visitors(paths)) = shows else { continue };
            for path in *paths {
                let named = format!("{route} {path} as {}", viewer.handle);
                let met = house.meets(path, (viewer, other), viewer).await;
                if matches!(shows, Visitors(_)) {
                    let own = house.path(path, viewer);
                    let (one, all) = (house.site.get_as(&viewer.person, &own).await, house.site.get(&own).await);
                    if !met || one.body != all.body {
                        faults.push(format!("{named} is not what a visitor reads"));
                    }
                } else if met {
                    faults.push(named);
                } else if matches!(shows, People(_)) && !house.meets(path, (viewer, other), &house.carole).await {
                    // Somebody who is apart from nobody sees what was there before.
                    faults.push(format!("{named}: not as a third either"));
                }
            }
        }
    }
    faults
}

#[test]
fn c20_blocked_people_meet_on_no_surface() {
    on_both(async |site| {
        let house = house(site).await;
        let surfaces = surfaces();
        let faults = blind(&house, &surfaces).await;
        assert!(faults.is_empty(), "before: {faults:#?}");
        let (alice, bruno) = (&house.alice, &house.bruno);
        let ctx = alice.ctx(&house.site);
        write_tx!(house.site.app.db, |tx| follows::block(tx, &ctx, bruno.voice).await).expect("blocked");
        let faults = seen(&house, &surfaces).await;
        assert!(faults.is_empty(), "after: {faults:#?}");
        // Everybody else goes on seeing both.
        let visitor = house.site.get("/fr/explore").await.text();
        assert!(visitor.contains("MOTDALICE") && visitor.contains("MOTDEBRUNO"));
    });
}
