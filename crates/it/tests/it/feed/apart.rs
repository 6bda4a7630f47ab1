//! What two who blocked one another try to do to each other: refused in the very words for what does not exist, told nobody, and
//! in no mail. Every deed a route offers is on a list here; a third who is apart from nobody does the same, and is heard.

use std::collections::BTreeSet;

use axum::body::Body;
use community::service::follows;
use db::write_tx;
use it::{Answer, on_both};
use kernel::show_id;
use traboule::http::ROUTES;

use super::Somebody;
use super::house::{House, house};
use crate::comments::stamp;
use crate::members::mails;
use crate::posts::send;

/// How a deed is sent.
enum How {
    /// A form of plain fields, with the stamp of a comment.
    Form(&'static [(&'static str, &'static str)]),
    /// A form of several parts.
    Parts(&'static [(&'static str, &'static str)]),
    /// Through the API.
    Json(&'static str),
}

use How::{Form, Json, Parts};

/// A deed towards somebody.
struct Deed {
    method: &'static str,
    route: &'static str,
    path: &'static str,
    how: How,
    /// Whether whoever blocked is told so, which they know.
    own_block: bool,
}

const fn deed(method: &'static str, route: &'static str, path: &'static str, how: How) -> Deed {
    Deed { method, route, path, how, own_block: false }
}

const fn known(method: &'static str, route: &'static str, path: &'static str, how: How) -> Deed {
    Deed { method, route, path, how, own_block: true }
}

const DEEDS: &[Deed] = &[
    known("POST", "/{lang}/voices/{id}/{verb}", "/fr/voices/{voice}/follow", Form(&[])),
    known("POST", "/{lang}/voices/{id}/{verb}", "/fr/voices/{voice}/mute", Form(&[])),
    known("PUT", "/api/v1/me/following/{voice}", "/api/v1/me/following/{voice}", Json("")),
    known("PUT", "/api/v1/me/muted/{voice}", "/api/v1/me/muted/{voice}", Json("")),
    deed("POST", "/{lang}/posts/{id}/reshare", "/fr/posts/{post}/reshare", Form(&[])),
    deed("POST", "/{lang}/posts/{id}/reshare", "/fr/posts/{clip}/reshare", Form(&[])),
    deed("POST", "/{lang}/posts/{id}/comments", "/fr/posts/{post}/comments", Form(&[("body", "Bien dit, {other}.")])),
    deed("POST", "/{lang}/posts/{id}/comments", "/fr/posts/{clip}/comments", Form(&[("body", "Bien filmé, {other}.")])),
    deed(
        "POST",
        "/{lang}/posts/new",
        "/fr/posts/new",
        Parts(&[("voice", "me"), ("lang", "fr"), ("body", "Je cite ceci"), ("of", "{post}"), ("act", "post")]),
    ),
    deed(
        "POST",
        "/{lang}/posts/new",
        "/fr/posts/new",
        Parts(&[("voice", "me"), ("lang", "fr"), ("body", "Je cite le film"), ("of", "{clip}"), ("act", "post")]),
    ),
    deed("POST", "/api/v1/posts", "/api/v1/posts", Json("{\"body\": \"Je cite aussi\", \"of\": \"{post}\"}")),
];

/// Addresses to which nobody sends anything about somebody else: sign-in, one's own account and words, what is not people's.
fn own(path: &str) -> bool {
    const BEGIN: [&str; 12] = [
        "/{lang}/sign-in",
        "/sign-in/",
        "/{lang}/join",
        "/join/",
        "/{lang}/account/",
        "/account/",
        "/{lang}/privacy/",
        "/{lang}/clips/",
        "/{lang}/comments/",
        "/{lang}/digest/",
        "/{lang}/approve/",
        "/log/",
    ];
    const WHOLE: [&str; 15] = [
        "/uploads",
        "/{lang}/studio/webhooks",
        "/{lang}/feed/order",
        "/{lang}/shows/{show}/{episode}/comments",
        "/api/v1/episodes/{id}/comments",
        "/api/v1/comments/{id}",
        "/api/v1/me",
        "/api/v1/me/notifications/read",
        "/api/v1/post-pictures",
        "/api/v1/posts/{id}",
        "/{lang}/posts/{id}/edit",
        "/{lang}/posts/{id}/delete",
        // Taking back what one did oneself, and blocking in turn, is never refused.
        "/{lang}/posts/{id}/unshare",
        "/api/v1/me/blocked/{member}",
        "/api/v1/me/notifications",
    ];
    BEGIN.iter().any(|b| path.starts_with(b)) || WHOLE.contains(&path)
}

fn plain<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(n, v)| (*n, v.as_str())).collect()
}

impl House {
    /// The same template about nobody at all.
    fn nowhere(&self, template: &str, who: &Somebody) -> String {
        let none = [("{post}", "po"), ("{clip}", "po"), ("{voice}", "me"), ("{comment}", "co")];
        let about_none = none
            .iter()
            .zip(70..)
            .fold(template.to_owned(), |text, ((mark, prefix), n)| text.replace(mark, &show_id(prefix, n)));
        self.path(&about_none, who)
    }

    /// Does a deed; `fill` makes the template's addresses.
    async fn does(&self, deed: &Deed, who: &Somebody, fill: impl Fn(&str) -> String) -> Answer {
        // Neither network nor person is too fast.
        self.site.clock.advance(3_700);
        let path = fill(deed.path);
        let filled = |fields: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
            fields.iter().map(|(name, value)| (*name, fill(value))).collect()
        };
        match deed.how {
            Form(fields) => {
                let mut fields = filled(fields);
                fields.push(("stamp", stamp(&self.site).await));
                self.site.post_as(&who.person, &path, &plain(&fields)).await
            }
            Parts(fields) => send(&self.site, &who.person, &path, &plain(&filled(fields)), &[]).await,
            Json(body) => self.site.api(self.token(who), deed.method, &path, Body::from(fill(body))).await,
        }
    }
}

/// An answer without what differs between any two: ids and stamps.
fn bare(answer: &Answer, template: &str, fill: impl Fn(&str) -> String) -> String {
    let mut text = answer.text();
    for mark in ["{voice}", "{post}", "{clip}", "{comment}"].iter().filter(|mark| template.contains(**mark)) {
        text = text.replace(&fill(mark), mark);
    }
    let stamps = ["name=\"csrf\"", "name=\"key\"", "name=\"stamp\""];
    text.lines().filter(|line| !stamps.iter().any(|s| line.contains(s))).collect::<Vec<_>>().join("\n")
}

fn template(deed: &Deed) -> String {
    let more = match deed.how {
        Form(fields) | Parts(fields) => fields.iter().map(|(_, value)| *value).collect::<String>(),
        Json(body) => body.to_owned(),
    };
    format!("{}{more}", deed.path)
}

#[test]
fn c20_every_deed_towards_somebody_is_on_the_list() {
    let listed: BTreeSet<(&str, &str)> = DEEDS.iter().map(|d| (d.method, d.route)).collect();
    let missing: Vec<_> = ROUTES
        .iter()
        .filter(|r| !matches!(r.method, "GET" | "OPTIONS" | "DELETE") && matches!(r.who, "public" | "signed-in"))
        .map(|r| (r.method, r.path))
        .filter(|route| !listed.contains(route) && !own(route.1))
        .collect();
    assert!(missing.is_empty(), "say in feed/apart.rs what these do between two who are apart: {missing:?}");
}

/// What the two try while they are apart; `blocked` was blocked by `blocks`.
async fn refused(house: &House, blocks: &Somebody, blocked: &Somebody) -> Vec<String> {
    let mut faults = Vec::new();
    for who in [blocked, blocks] {
        for deed in DEEDS {
            let (theirs, none) = (|t: &str| house.path(t, who), |t: &str| house.nowhere(t, who));
            let (one, other) = (house.does(deed, who, theirs).await, house.does(deed, who, none).await);
            let named = format!("{} {} as {}", deed.method, deed.path, who.handle);
            if deed.own_block && who.voice == blocks.voice {
                continue;
            }
            if one.status.is_success() || one.status.is_redirection() || one.status != other.status {
                faults.push(format!("{named}: {} where nothing is {}", one.status, other.status));
            } else if bare(&one, &template(deed), theirs) != bare(&other, &template(deed), none) {
                faults.push(format!("{named} tells: {} {}", one.text(), other.text()));
            }
        }
        // To name somebody is no deed that is refused: the words stand, and nobody hears of them.
        let other = if who.voice == blocks.voice { blocked } else { blocks };
        house.site.clock.advance(3_700);
        let words = format!("Bonjour @{} de {}", other.handle, who.mark);
        let parts = [("voice", "me"), ("lang", "fr"), ("body", words.as_str()), ("act", "post")];
        let made = send(&house.site, &who.person, "/fr/posts/new", &parts, &[]).await;
        if made.status != 303 {
            faults.push(format!("a mention by {}: {}", who.handle, made.status));
        }
    }
    faults
}

#[test]
fn c20_what_blocked_people_do_to_each_other_is_refused_without_telling_and_told_nobody() {
    on_both(async |site| {
        let house = house(site).await;
        let (site, alice, bruno, carole) = (&house.site, &house.alice, &house.bruno, &house.carole);
        let ctx = alice.ctx(site);
        write_tx!(site.app.db, |tx| follows::block(tx, &ctx, bruno.voice).await).expect("blocked");
        let faults = refused(&house, alice, bruno).await;
        assert!(faults.is_empty(), "{faults:#?}");
        // Carole does all of it, to both, and is heard by both.
        for (of, other) in house.pairs() {
            for deed in DEEDS.iter().filter(|d| !d.path.ends_with("/mute") && !d.path.contains("/muted/")) {
                let done = house.does(deed, carole, |t| house.path(t, of)).await;
                let good = done.status.is_success() || done.status.is_redirection();
                assert!(good, "{} {} towards {}: {}", deed.method, deed.path, other.handle, done.text());
            }
        }
        for _ in 0..30 {
            site.clock.advance(3_600);
            site.work().await;
        }
        for (reader, hidden) in house.pairs() {
            let page = site.get_as(&reader.person, "/fr/account/notifications").await.text();
            let api = site.api(house.token(reader), "GET", "/api/v1/me/notifications", "").await.text();
            let to = format!("To: {}@membres.example\n", reader.handle);
            let mails: String = mails(site).into_iter().filter(|mail| mail.starts_with(&to)).collect();
            for (name, text) in [("page", &page), ("API", &api), ("mails", &mails)] {
                assert!(
                    text.contains(&carole.name) || text.contains("carole"),
                    "{} hears Carole: {name} {text}",
                    reader.handle
                );
                for mark in [&hidden.name, &hidden.mark] {
                    assert!(!text.contains(mark.as_str()), "{} hears {mark} on {name}: {text}", reader.handle);
                }
            }
        }
    });
}
