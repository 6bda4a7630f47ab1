//! A house of three: Alice and Bruno with everything two people can have of each other, and Carole, who knows both. It
//! asserts nothing.

use community::model::{Image, PassedOn, PostKind};
use community::rules::moderate::Verb;
use community::rules::post::Draft;
use community::service::{self as talk, follows, members, posts};
use db::write_tx;
use it::{Site, desk};
use kernel::{Role, Subject, TokenScope, show_id};

use super::{Somebody, posted, somebody};
use crate::leaks::posts::{clip, file};

/// What one of the two has.
pub(super) struct Things {
    pub(super) post: i64,
    /// Large, small.
    pictures: [String; 2],
    pub(super) clip: i64,
    /// Film, still.
    films: Vec<String>,
    portrait: String,
    /// Their comment under Carole's post.
    pub(super) comment: i64,
    /// Carole's quote of their post.
    quote: i64,
}

pub(super) struct House {
    pub(super) site: Site,
    pub(super) alice: Somebody,
    pub(super) bruno: Somebody,
    pub(super) carole: Somebody,
    /// Alice's and Bruno's.
    pub(super) things: [Things; 2],
    pub(super) third: i64,
    /// Carole's clip, newer than both.
    newer: i64,
    pub(super) episode: i64,
    tokens: [String; 3],
}

async fn token(site: &Site, who: &Somebody) -> String {
    let (ctx, org) = (who.ctx(site), who.person.org);
    let made = write_tx!(site.app.db, |tx| {
        accounts::service::create_token(tx, &ctx, org, "test", &TokenScope::ALL, 9).await
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
pub(super) async fn said(site: &Site, who: &Somebody, about: Subject, body: &str) -> i64 {
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
        talk::act_on(tx, &system, who.person.org, &[id], Verb::Approve).await?;
        Ok(id)
    })
    .expect("said")
}

/// A post with a picture, edited once: every file bears the mark of whoever wrote it.
async fn pictured(site: &Site, who: &Somebody, mention: &str) -> (i64, [String; 2]) {
    let (large, small) =
        (file(site, &format!("{} large", who.mark)).await, file(site, &format!("{} small", who.mark)).await);
    let image = Image {
        sha256: large.clone(),
        small_sha256: small.clone(),
        media_type: "image/jpeg".to_owned(),
        width: 100,
        height: 100,
        alt: "Le pont".to_owned(),
    };
    let body = format!("{} au #pont avec @{mention}", who.mark);
    let draft = Draft { body: body.clone(), lang: "fr".to_owned(), images: vec![image], ..Draft::default() };
    let ctx = who.ctx(site);
    let made = write_tx!(site.app.db, |tx| {
        let made = posts::post(tx, &ctx, who.voice, PostKind::Post, &draft).await?;
        let again = format!("{body}, le soir");
        posts::edit(tx, &ctx, made.id, 1, &again, &["Le pont le soir".to_owned()]).await?;
        Ok(made.id)
    });
    (made.expect("posted"), [large, small])
}

async fn portrait(site: &Site, who: &Somebody) -> String {
    let (ctx, name) = (who.ctx(site), file(site, &format!("{} portrait", who.mark)).await);
    write_tx!(site.app.db, |tx| members::set_picture(tx, &ctx, Some(&name)).await).expect("a portrait");
    name
}

pub(super) async fn house(site: Site) -> House {
    let editor = site.person("pentes", "editor@pentes.example", Role::Editor).await;
    let show = desk::show(&site, &editor, "pentes").await;
    let episode = desk::published(&site, &editor, &show, "Le pont").await;
    let (alice, bruno) = (somebody(&site, "alice").await, somebody(&site, "bruno").await);
    let carole = somebody(&site, "carole").await;
    for one in [&alice, &bruno] {
        site.post_as(&one.person, "/fr/account/notifications/settings", &[("digest", "daily")]).await;
    }
    site.clock.advance(60);
    let third = posted(&site, &carole, "Bonjour du #pont").await;
    let ((of_alice, seen_by_alice), (of_bruno, seen_by_bruno)) =
        (pictured(&site, &alice, "bruno").await, pictured(&site, &bruno, "alice").await);
    for (one, other) in [(&alice, &bruno), (&bruno, &alice), (&carole, &alice), (&carole, &bruno)] {
        let ctx = one.ctx(&site);
        write_tx!(site.app.db, |tx| follows::follow(tx, &ctx, other.voice).await).expect("followed");
    }
    let mut things = Vec::new();
    for (one, post, pictures) in [(&alice, of_alice, seen_by_alice), (&bruno, of_bruno, seen_by_bruno)] {
        let ctx = one.ctx(&site);
        write_tx!(site.app.db, |tx| follows::follow(tx, &ctx, carole.voice).await).expect("followed");
        said(&site, one, Subject::episode(episode.id), &format!("{} sous l’épisode", one.mark)).await;
        let comment = said(&site, one, Subject::post(third), &format!("{} sous la publication", one.mark)).await;
        said(&site, one, Subject::post(of_alice), &format!("{} chez Alice", one.mark)).await;
        said(&site, one, Subject::post(of_bruno), &format!("{} chez Bruno", one.mark)).await;
        let (clip, films) = clip(&site, one.voice, (&one.mark, &format!("{} au film", one.mark)), false).await;
        // Carole passes both on, with words and without.
        let quote = passed(&site, &carole, "Je cite le #pont", post, one.voice).await;
        passed(&site, &carole, "", post, one.voice).await;
        let portrait = portrait(&site, one).await;
        things.push(Things { post, pictures, clip, films, portrait, comment, quote });
    }
    passed(&site, &alice, "Je cite aussi", things[1].quote, carole.voice).await;
    site.clock.advance(1);
    let (newer, _) = clip(&site, carole.voice, ("Le fleuve", "Le fleuve"), false).await;
    let tokens = [token(&site, &alice).await, token(&site, &bruno).await, token(&site, &carole).await];
    let Ok(things) = <[Things; 2]>::try_from(things) else { panic!("two") };
    House { site, alice, bruno, carole, things, third, newer, episode: episode.id, tokens }
}

impl House {
    /// Each of the two with the other.
    pub(super) fn pairs(&self) -> [(&Somebody, &Somebody); 2] {
        [(&self.alice, &self.bruno), (&self.bruno, &self.alice)]
    }

    /// The paths as one of the two asks them about the other.
    pub(super) fn path(&self, template: &str, viewer: &Somebody) -> String {
        let first = viewer.voice == self.alice.voice;
        let other = if first { &self.bruno } else { &self.alice };
        let [alices, brunos] = &self.things;
        let (own, theirs) = if first { (alices, brunos) } else { (brunos, alices) };
        let post_id = |id| show_id("po", id);
        template
            .replace("{other}", &other.handle)
            .replace("{voice}", &show_id("me", other.voice))
            .replace("{post}", &post_id(theirs.post))
            .replace("{own}", &post_id(own.post))
            .replace("{quote}", &post_id(theirs.quote))
            .replace("{third}", &post_id(self.third))
            .replace("{clip}", &post_id(theirs.clip))
            .replace("{newer}", &post_id(self.newer))
            .replace("{comment}", &show_id("co", theirs.comment))
            .replace("{large}", &theirs.pictures[0][..12])
            .replace("{small}", &theirs.pictures[1][..12])
            .replace("{film}", &theirs.films[0][..12])
            .replace("{still}", &theirs.films[1][..12])
            .replace("{portrait}", &theirs.portrait[..12])
            .replace("{episode}", &show_id("ep", self.episode))
    }

    pub(super) fn token(&self, who: &Somebody) -> &str {
        let at = [&self.alice, &self.bruno, &self.carole].iter().position(|one| one.voice == who.voice);
        &self.tokens[at.expect("one of the three")]
    }

    /// Whether anything of the other stands where one of the two would meet them, for whoever asks.
    pub(super) async fn meets(&self, template: &str, (of, other): (&Somebody, &Somebody), asks: &Somebody) -> bool {
        let path = self.path(template, of);
        let answer = if path.starts_with("/api/") {
            self.site.api(self.token(asks), "GET", &path, "").await
        } else {
            self.site.get_as(&asks.person, &path).await
        };
        assert!(answer.status.as_u16() < 500, "{path}: {}", answer.status);
        // A value a line, so that leaving out one's own words leaves out nothing else.
        let api = path.starts_with("/api/") && answer.status == 200;
        let text = if api { format!("{:#}", answer.json()) } else { answer.text() };
        let quoted = format!("\"handle\": \"{}\"", other.handle);
        // Whoever mentioned the other in their own words keeps their words.
        let own = format!("{} au", asks.mark);
        let text: String = text.lines().filter(|line| !line.contains(&own)).collect::<Vec<_>>().join("\n");
        let there = [other.mark.as_str(), other.name.as_str(), quoted.as_str()].iter().any(|mark| text.contains(mark));
        there || answer.header("location").ends_with(&format!("/members/{}", other.handle))
    }
}
