//! The writer's own page: by signed link for guests, by session for members; changing, deleting, threads (c15, c16).

use community::rules::moderate::Verb;
use community::service as uc;
use db::{args, read_tx, write_tx};
use it::{Person, Site, on_both, on_one};
use kernel::{Actor, Role, Subject, parse_id, show_id};
use testkit::On;

use super::{FORM, PAGE, Talk, hidden, own_page, post};

/// The id of the comment an own page is about.
fn id_of(own: &str) -> i64 {
    let token = own.rsplit('/').next().expect("a token");
    parse_id("co", token.split('.').next().expect("an id")).expect("a comment")
}

/// A moderator lets comments through.
pub(super) async fn approve(site: &Site, talk: &Talk, ids: &[i64]) {
    let ctx = site.app.ctx(Actor::Person { person: talk.who.id, roles: vec![(talk.who.org, Role::Moderator)] });
    write_tx!(site.app.db, |tx| uc::act_on(tx, &ctx, talk.who.org, ids, Verb::Approve).await).expect("approved");
}

/// A visible comment; gives its own page.
pub(super) async fn visible(site: &Site, talk: &Talk, fields: &[(&str, &str)]) -> String {
    let own = own_page(&post(site, fields).await);
    if !site.get(&own).await.text().contains(">Visible<") {
        approve(site, talk, &[id_of(&own)]).await;
    }
    own
}

async fn agree(site: &Site, talk: &Talk) {
    let about = Subject::episode(talk.episode.id);
    assert!(read_tx!(site.app.db, |tx| uc::counters_agree(tx, about).await).expect("counted"), "counters are the rows");
}

#[test]
fn c15_the_first_comment_waits_and_who_is_known_need_not() {
    on_both(async |site| {
        let talk = Talk::on(&site).await;
        let first = own_page(&post(&site, &[]).await);
        let page = site.get(&first).await;
        assert!(page.text().contains("En attente"), "{}", page.text());
        for (name, value) in [
            ("cache-control", "private, no-store"),
            ("x-robots-tag", "noindex, nofollow"),
            ("referrer-policy", "same-origin"),
        ] {
            assert_eq!(page.header(name), value);
        }
        assert!(!site.get(PAGE).await.text().contains("imprime"), "not seen yet");
        approve(&site, &talk, &[id_of(&first)]).await;
        assert!(site.get(PAGE).await.text().contains("Je l’imprime pour notre accueil."), "the very next request");
        assert!(site.get(&first).await.text().contains("Visible"));
        let second = own_page(&post(&site, &[("body", "Et le dimanche, qui répond ?")]).await);
        assert!(site.get(&second).await.text().contains("Visible"), "known by now");
        let again = post(&site, &[("body", "Et le dimanche, qui répond ?")]).await;
        assert_eq!(again.status, 409, "the same text twice");
        assert!(again.text().contains("Et le dimanche, qui répond ?</textarea>"));
        let links = "Voir http://a.example/1 http://b.example/2 http://c.example/3 pour la suite.";
        let held = own_page(&post(&site, &[("body", links)]).await);
        assert!(!site.get(&held).await.text().contains("Visible"), "many links wait");
        agree(&site, &talk).await;
    });
}

#[test]
fn c15_a_signed_link_changes_and_deletes_and_nothing_else_does() {
    on_both(async |site| {
        let talk = Talk::on(&site).await;
        let own = visible(&site, &talk, &[]).await;
        let other = own_page(&post(&site, &[("body", "Une autre voix."), ("email", "b@lecteurs.example")]).await);
        let page = site.get(&own).await.text();
        let version = hidden(&page, "version");
        // A link with another's mark, a cut one, one of another purpose, and its bare id open nothing.
        let (mine, theirs) = (own.rsplit_once('.').expect("a mark"), other.rsplit_once('.').expect("a mark"));
        let stamp = site.get("/comments/stamp").await.json()["stamp"].as_str().expect("a stamp").to_owned();
        for wrong in [
            format!("{}.{}", mine.0, theirs.1),
            own[..own.len() - 1].to_owned(),
            format!("/fr/comments/{stamp}"),
            format!("/fr/comments/{}", show_id("co", id_of(&own))),
        ] {
            assert_eq!(site.get(&wrong).await.status, 404, "{wrong}");
            let fields = [("act", "delete"), ("sure", "on")];
            assert_eq!(site.post(&wrong, &fields).await.status, 404, "{wrong}");
        }
        let edit = [("act", "edit"), ("version", version.as_str()), ("body", "Je l’affiche dans notre accueil.")];
        let done = site.post(&own, &edit).await;
        assert_eq!((done.status.as_u16(), done.header("location")), (303, format!("{own}?said=edited")));
        let shown = site.get(PAGE).await.text();
        assert!(shown.contains("Je l’affiche dans notre accueil.") && shown.contains("(modifié)"), "{shown}");
        // Somebody with the old page: what they typed is kept.
        let late = [("act", "edit"), ("version", version.as_str()), ("body", "Trop tard.")];
        let refused = site.post(&own, &late).await;
        assert_eq!(refused.status, 409);
        assert!(refused.text().contains("Trop tard.</textarea>"));
        let now = hidden(&refused.text(), "version");
        assert_ne!(now, version, "saving again keeps it");
        let empty = site.post(&own, &[("act", "edit"), ("version", &now), ("body", " ")]).await;
        assert_eq!(empty.status, 422);
        let unsure = site.post(&own, &[("act", "delete")]).await;
        assert_eq!(unsure.status, 422);
        let gone = site.post(&own, &[("act", "delete"), ("sure", "on")]).await;
        assert_eq!(gone.header("location"), format!("{own}?said=deleted"));
        assert!(!site.get(PAGE).await.text().contains("affiche"));
        assert!(site.get(&own).await.text().contains("Supprimé"));
        agree(&site, &talk).await;
        // A year later the link is over.
        site.clock.advance(366 * 86_400);
        assert_eq!(site.get(&own).await.status, 404);
    });
}

#[test]
fn c16_threads_keep_their_shape_and_counters_are_the_rows() {
    on_both(async |site| {
        let talk = Talk::on(&site).await;
        let first = visible(&site, &talk, &[("body", "Le premier avis, tout en haut.")]).await;
        let mut parent = show_id("co", id_of(&first));
        let mut chain = vec![first.clone()];
        for depth in 1..6 {
            let body = format!("Réponse numéro {depth}, au précédent.");
            site.clock.advance(4000);
            let own = visible(&site, &talk, &[("body", body.as_str()), ("parent", parent.as_str())]).await;
            parent = show_id("co", id_of(&own));
            chain.push(own);
        }
        let page = site.get(PAGE).await.text();
        assert!(page.contains("6 commentaires"), "{page}");
        let deepest = (0..page.len())
            .filter(|at| page.is_char_boundary(*at))
            .map(|at| page[..at].matches("<ol class=\"stack replies\">").count())
            .max();
        assert_eq!(deepest, Some(3), "three lists of answers, one in the other");
        agree(&site, &talk).await;
        // The first goes: its place stays, for what hangs on it.
        site.post(&first, &[("act", "delete"), ("sure", "on")]).await;
        let page = site.get(PAGE).await.text();
        assert!(page.contains("5 commentaires") && page.contains("Commentaire retiré"));
        assert!(!page.contains("tout en haut") && page.contains("Réponse numéro 1"));
        agree(&site, &talk).await;
        // What nothing hangs on goes without a trace.
        for own in chain.iter().skip(1).rev() {
            site.post(own, &[("act", "delete"), ("sure", "on")]).await;
        }
        let page = site.get(PAGE).await.text();
        assert!(!page.contains("Commentaire retiré") && page.contains("Personne n’a encore écrit ici."));
        agree(&site, &talk).await;
        let answer = post(&site, &[("parent", parent.as_str())]).await;
        assert_eq!(answer.status, 409, "what is gone is not answered");
    });
}

#[test]
fn c16_a_page_further_on_stays_while_others_write() {
    on_both(async |site| {
        let talk = Talk::on(&site).await;
        let ids: Vec<i64> = rows(&site, &talk, 45).await;
        let shown = |text: &str| -> Vec<String> {
            text.match_indices("<li class=\"row keep top-a\" id=\"")
                .map(|(at, m)| text[at + m.len()..][..16].to_owned())
                .collect()
        };
        let mut seen = Vec::new();
        let mut path = FORM.to_owned();
        for round in 0..3 {
            let page = site.get(&path).await;
            assert_eq!(page.status, 200);
            let text = page.text();
            seen.extend(shown(&text));
            let next =
                text.split_once("rel=\"next\" href=\"").map(|(_, rest)| rest.split(['"', '#']).next().expect("a path"));
            match next {
                Some(next) => path = next.replace("&amp;", "&"),
                None => assert_eq!(round, 2, "three pages"),
            }
            // Somebody writes on the first page meanwhile.
            rows(&site, &talk, 1).await;
        }
        let expected: Vec<String> = ids.iter().rev().map(|id| show_id("co", *id)).collect();
        assert_eq!(seen, expected, "each once, newest first, nothing new in between");
        assert_eq!(site.get(&format!("{FORM}?after=x")).await.status, 404);
        agree(&site, &talk).await;
    });
}

/// Comments of the team, which appear at once; gives their ids.
async fn rows(site: &Site, talk: &Talk, count: usize) -> Vec<i64> {
    let ctx = site.app.ctx(talk.who.actor.clone());
    let mut ids = Vec::new();
    for _ in 0..count {
        site.clock.advance(60);
        let writer = community::model::Writer::Member { person: talk.who.id, name: "Odile".to_owned(), team: true };
        let new = community::model::NewComment {
            org: talk.who.org,
            subject: Subject::episode(talk.episode.id),
            subject_since: site.app.now(),
            parent: None,
            writer,
            body: format!("Un mot de l’équipe, à {}.", site.app.now().rfc3339()),
            network: String::new(),
        };
        let ctx = kernel::Ctx { now: site.app.now(), ..ctx.clone() };
        let said = write_tx!(site.app.db, |tx| uc::say(tx, &ctx, &site.app.sealer, new.clone()).await).expect("said");
        ids.push(said.id);
    }
    ids
}

#[test]
fn members_write_under_their_name_and_come_back_by_their_session() {
    on_both(async |site| {
        let talk = Talk::on(&site).await;
        let page = site.get_as(&talk.who, PAGE).await.text();
        assert!(page.contains("Vous écrivez sous le nom de <strong>Camille Durand</strong>"), "{page}");
        assert!(!page.contains("id=\"f-email\"") && !page.contains("name=\"remember\""));
        let say = async |who: &Person, body: &str| {
            let stamp = super::stamp(&site).await;
            site.post_as(who, FORM, &[("body", body), ("stamp", stamp.as_str())]).await
        };
        let own = own_page(&say(&talk.who, "Merci de nous lire.").await);
        assert!(parse_id("co", own.rsplit('/').next().expect("an id")).is_some(), "{own}");
        assert!(site.get(PAGE).await.text().contains("<span class=\"badge info\">Équipe</span>"));
        assert_eq!(site.get(&own).await.status, 404, "nobody else");
        let other = site.person("ailleurs", "zoe@ailleurs.example", Role::Owner).await;
        assert_eq!(site.get_as(&other, &own).await.status, 404);
        assert!(site.get_as(&talk.who, &own).await.text().contains("Visible"));
        site.clock.advance(700);
        let theirs = own_page(&say(&other, "Bonjour d’à côté.").await);
        assert!(site.get_as(&other, &theirs).await.text().contains("En attente"), "no team here");
        let stamp = super::stamp(&site).await;
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", it::ORIGIN)];
        let body = it::encode(&[("body", "x"), ("stamp", &stamp)]);
        let unstamped = it::request("POST", FORM, Some(&talk.who.session), &headers, body.into());
        assert_eq!(site.send(unstamped).await.status, 403, "a session's post carries its stamp");
    });
}

#[test]
fn the_link_is_mailed_only_if_asked_and_three_times_a_day() {
    on_one(On::Lite, &async |site: Site| {
        Talk::on(&site).await;
        let mails = || super::mails(&site).len();
        post(&site, &[("body", "Sans lien, merci.")]).await;
        site.work().await;
        assert_eq!(mails(), 0);
        for n in 0..4 {
            let body = format!("Avec le lien, fois {n}.");
            site.clock.advance(3600);
            let own = own_page(&post(&site, &[("body", body.as_str()), ("send_link", "on")]).await);
            let rows =
                read_tx!(site.app.db, |tx| Ok(tx.all("SELECT body FROM jobs_task", args![]).await?)).expect("rows");
            for row in rows {
                assert!(!row.get::<String>(0).expect("a body").contains("lecteurs.example"), "sealed on its way");
            }
            site.work().await;
            assert_eq!(mails(), (n + 1).min(3), "{own}");
        }
        for mail in super::mails(&site) {
            assert!(
                mail.starts_with("To: solveig@lecteurs.example\nSubject: Votre commentaire sur Le pont\n"),
                "{mail}"
            );
            let link =
                mail.split_once("https://site.example").expect("the link").1.split_whitespace().next().expect("it");
            assert_eq!(site.get(link).await.status, 200);
        }
    });
}
