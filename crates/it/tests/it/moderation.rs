//! The queue of comments, for moderators, through the real front: every verb and its undo, roles and tenants, rules,
//! mails, webhooks, the API, races and stops. An address is seen by moderators and nowhere else.

use accounts::service as accounts_uc;
use community::model::{ACT_PREFIX, COMMENT_PREFIX, Guest, NewComment, State, Writer};
use community::rules::moderate::Verb;
use community::service as uc;
use db::{Migration, read_tx, write_tx};
use it::{Person, Site, desk, on_both, on_one};
use kernel::{Actor, Ctx, Lang, OrgId, PersonId, Rng, Role, Subject, TokenScope, show_id};
use publish::model::{EPISODE_PREFIX, Episode, SHOW_PREFIX, Show};
use serde_json::json;
use testkit::{On, both};

use crate::pages::redact;

const QUEUE: &str = "/fr/studio/comments";

struct House {
    site: Site,
    moderator: Person,
    editor: Person,
    show: Show,
    episode: Episode,
}

async fn house(site: Site) -> House {
    let editor = site.person("pentes", "editor@pentes.example", Role::Editor).await;
    let moderator = site.person("pentes", "moderator@pentes.example", Role::Moderator).await;
    let show = desk::show(&site, &editor, "pentes").await;
    let episode = desk::published(&site, &editor, &show, "Le pont").await;
    House { site, moderator, editor, show, episode }
}

impl House {
    async fn say_on(&self, episode: i64, who: &str, body: &str) -> i64 {
        let ctx = self.site.system();
        let guest = Guest { name: who.to_owned(), email: format!("{who}@canari.example"), url: None };
        let new = NewComment {
            org: self.editor.org,
            subject: Subject::episode(episode),
            subject_since: testkit::start(),
            parent: None,
            writer: Writer::Guest(guest),
            body: body.to_owned(),
            network: "192.0.2.9".to_owned(),
        };
        let app = &self.site.app;
        write_tx!(app.db, |tx| uc::say(tx, &ctx, &app.sealer, new.clone()).await).expect("said").id
    }

    async fn say(&self, who: &str, body: &str) -> i64 {
        self.say_on(self.episode.id, who, body).await
    }

    /// A form of the queue; gives the address it leads to.
    async fn act(&self, action: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.site.post_as(&self.moderator, &format!("{QUEUE}/{action}"), fields).await;
        assert_eq!(answer.status, 303, "{action}: {}", answer.text());
        answer.header("location")
    }

    async fn decide(&self, ids: &[i64], verb: &str) -> String {
        let ids: Vec<String> = ids.iter().map(|id| co(*id)).collect();
        let mut fields = vec![("verb", verb)];
        fields.extend(ids.iter().map(|id| ("ids", id.as_str())));
        self.act("act", &fields).await
    }

    async fn page(&self, query: &str) -> String {
        let answer = self.site.get_as(&self.moderator, &format!("{QUEUE}{query}")).await;
        assert_eq!(answer.status, 200, "{query}");
        answer.text()
    }

    async fn state(&self, id: i64) -> State {
        let ctx = self.site.system();
        read_tx!(self.site.app.db, |tx| uc::find(tx, &ctx.actor, id).await).expect("there").state
    }

    async fn agree(&self) {
        let subject = Subject::episode(self.episode.id);
        let agree = read_tx!(self.site.app.db, |tx| uc::counters_agree(tx, subject).await).expect("counted");
        assert!(agree, "the counters equal the rows");
    }

    async fn token(&self, who: &Person) -> String {
        let ctx = self.site.app.ctx(who.actor.clone());
        let made = write_tx!(self.site.app.db, |tx| {
            accounts_uc::create_token(tx, &ctx, who.org, "test", &TokenScope::ALL, 1).await
        });
        made.expect("a token").secret
    }

    /// The mails written so far, each as a file.
    fn mails(&self) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(&self.site.app.mail_folder) else { return Vec::new() };
        let read = |entry: std::io::Result<std::fs::DirEntry>| std::fs::read_to_string(entry.ok()?.path()).ok();
        folder.filter_map(read).filter(|text| text.contains("/studio/comments")).collect()
    }
}

fn co(id: i64) -> String {
    show_id(COMMENT_PREFIX, id)
}

/// The value of a name in an address's query.
fn part(location: &str, name: &str) -> String {
    let query = location.split_once('?').map_or("", |(_, query)| query);
    let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    found.unwrap_or_default().to_owned()
}

#[test]
fn c5_moderators_see_addresses_and_nobody_else_does() {
    on_both(async |site| {
        let house = house(site).await;
        let waiting = house.say("lea", "Un premier mot.").await;
        let seen = house.say("noe", "Un autre mot.").await;
        house.decide(&[seen], "approve").await;
        let stranger = house.site.person("ailleurs", "chief@ailleurs.example", Role::Owner).await;
        let page = house.page("").await;
        assert!(page.contains("mailto:lea@canari.example") && page.contains("Un premier mot."));
        assert!(house.page("?state=visible").await.contains("mailto:noe@canari.example"));
        let episode = show_id(EPISODE_PREFIX, house.episode.id);
        for (who, status) in [(&house.editor, 403), (&stranger, 200)] {
            let answer = house.site.get_as(who, QUEUE).await;
            assert_eq!(answer.status, status);
            assert!(!answer.text().contains("canari") && !answer.text().contains("premier mot"));
            for path in
                ["/fr/studio".to_owned(), format!("/fr/studio/episodes/{episode}"), "/fr/studio/people".to_owned()]
            {
                assert!(!house.site.get_as(who, &path).await.text().contains("canari"), "{path}");
            }
        }
        // A stranger's moderator cannot touch, filter or undo what is ours.
        let answer =
            house.site.post_as(&stranger, &format!("{QUEUE}/act"), &[("verb", "spam"), ("ids", &co(waiting))]).await;
        assert_eq!(answer.status, 404);
        for path in [format!("?episode={episode}"), format!("?show={}", show_id(SHOW_PREFIX, house.show.id))] {
            assert_eq!(house.site.get_as(&stranger, &format!("{QUEUE}{path}")).await.status, 404, "{path}");
        }
        let undo = part(&house.decide(&[waiting], "spam").await, "undo");
        assert_eq!(house.site.post_as(&stranger, &format!("{QUEUE}/undo/{undo}"), &[]).await.status, 404);
        assert_eq!(house.site.post_as(&house.editor, &format!("{QUEUE}/undo/{undo}"), &[]).await.status, 403);
        for action in ["reply", "erase"] {
            let path = format!("{QUEUE}/{}/{action}", co(waiting));
            let fields = [("body", "Non."), ("sure", "on"), ("how", "identity")];
            assert_eq!(house.site.post_as(&stranger, &path, &fields).await.status, 404, "{action}");
            assert_eq!(house.site.post_as(&house.editor, &path, &fields).await.status, 403, "{action}");
        }
        assert_eq!(house.site.post_as(&stranger, &format!("{QUEUE}/threads/{episode}/close"), &[]).await.status, 404);
        assert_eq!(house.state(waiting).await, State::Spam);
    });
}

#[test]
fn every_verb_is_done_and_undone() {
    on_both(async |site| {
        let house = house(site).await;
        let id = house.say("lea", "Bonjour.").await;
        for (verb, to, words) in [
            ("approve", State::Visible, "1 commentaire approuvé."),
            ("spam", State::Spam, "1 commentaire classé indésirable."),
            ("remove", State::Removed, "1 commentaire retiré."),
        ] {
            let said = house.decide(&[id], verb).await;
            assert_eq!(house.state(id).await, to);
            let page = house.page(said.strip_prefix(QUEUE).expect("the queue")).await;
            assert!(page.contains(words), "{page}");
            house.agree().await;
            let undo = part(&said, "undo");
            assert!(undo.starts_with(ACT_PREFIX) && page.contains(&format!("{QUEUE}/undo/{undo}")));
            let undone = house.act(&format!("undo/{undo}"), &[]).await;
            assert_eq!((part(&undone, "said").as_str(), part(&undone, "count").as_str()), ("undone", "1"));
            assert_eq!(house.state(id).await, State::Held);
            house.agree().await;
            let again = house.site.post_as(&house.moderator, &format!("{QUEUE}/undo/{undo}"), &[]).await;
            assert_eq!(again.status, 404, "once only");
        }
        house.decide(&[id], "approve").await;
        house.decide(&[id], "hold").await;
        assert_eq!(house.state(id).await, State::Held);
        let nothing = house.decide(&[id], "hold").await;
        assert_eq!((part(&nothing, "count").as_str(), part(&nothing, "undo").as_str()), ("0", ""));
        let empty = house.site.post_as(&house.moderator, &format!("{QUEUE}/act"), &[("verb", "spam")]).await;
        assert!(empty.status == 422 && empty.text().contains("Choisissez au moins un commentaire"));
        let odd =
            house.site.post_as(&house.moderator, &format!("{QUEUE}/act"), &[("verb", "x"), ("ids", &co(id))]).await;
        assert_eq!(odd.status, 422);
        house.agree().await;
    });
}

#[test]
fn an_undo_leaves_alone_what_changed_since_and_says_which() {
    on_both(async |site| {
        let house = house(site).await;
        let (one, two) = (house.say("lea", "Le premier.").await, house.say("noe", "Le second.").await);
        let undo = part(&house.decide(&[one, two], "approve").await, "undo");
        let later = part(&house.decide(&[two], "spam").await, "undo");
        let undone = house.act(&format!("undo/{undo}"), &[("back", "state=spam")]).await;
        assert_eq!((house.state(one).await, house.state(two).await), (State::Held, State::Spam));
        assert!(undone.starts_with(&format!("{QUEUE}?state=spam")), "back to the list it came from: {undone}");
        let page = house.page(undone.strip_prefix(QUEUE).expect("the queue")).await;
        assert!(page.contains("Laissés tels quels") && page.contains("noe (indésirable)"), "{page}");
        // Nothing of it can be undone any more.
        house.decide(&[two], "hold").await;
        let late = house.site.post_as(&house.moderator, &format!("{QUEUE}/undo/{later}"), &[]).await;
        assert!(late.status == 409 && late.text().contains("la décision ne peut plus être annulée"));
        house.agree().await;
    });
}

#[test]
fn a_hundred_are_decided_and_undone_as_one() {
    on_both(async |site| {
        let house = house(site).await;
        let mut ids = Vec::new();
        for n in 0..100 {
            ids.push(house.say(&format!("lecteur{n}"), &format!("Message {n}.")).await);
        }
        let page = house.page("").await;
        assert_eq!(page.matches("data-item").count(), 25, "a page");
        assert!(page.contains("rel=\"next\"") && page.contains("En attente 100"));
        let said = house.decide(&ids, "approve").await;
        assert_eq!(part(&said, "count"), "100");
        house.agree().await;
        assert!(house.page("").await.contains("Rien n’attend"));
        house.act(&format!("undo/{}", part(&said, "undo")), &[]).await;
        house.agree().await;
        // The whole page by one box; a mark beside the rail's entry says how many are left.
        let shown: Vec<String> = ids.iter().rev().take(25).map(|id| co(*id)).collect();
        let mut fields = vec![("all", "on"), ("verb", "spam")];
        fields.extend(shown.iter().map(|id| ("page", id.as_str())));
        assert_eq!(part(&house.act("act", &fields).await, "count"), "25");
        let studio = house.site.get_as(&house.moderator, "/fr/studio").await.text();
        assert!(studio.contains("75<span class=\"sr\"> en attente</span>"));
        assert!(!house.site.get_as(&house.editor, "/fr/studio").await.text().contains("class=\"sr\"> en attente"));
        // Pages follow one another without a gap.
        let mut seen = 0;
        let mut next = String::new();
        for _ in 0..5 {
            let page = house.page(&next).await;
            seen += page.matches("data-item").count();
            let Some((before, _)) = page.split_once("rel=\"next\" href=\"") else { panic!("a pager") };
            let rest = &page[before.len() + 17..];
            let url = rest.split('"').next().expect("an address").replace("&amp;", "&");
            next = url.strip_prefix(QUEUE).expect("the queue").to_owned();
            if seen == 50 {
                break;
            }
        }
        let last = house.page(&next).await;
        assert_eq!(seen + last.matches("data-item").count(), 75);
        assert!(!last.contains("rel=\"next\""));
        let many: Vec<i64> = (0..201).map(|n| ids[0] + n).collect();
        let fields: Vec<String> = many.iter().map(|id| co(*id)).collect();
        let mut all = vec![("verb", "spam")];
        all.extend(fields.iter().map(|id| ("ids", id.as_str())));
        assert_eq!(house.site.post_as(&house.moderator, &format!("{QUEUE}/act"), &all).await.status, 422);
        house.agree().await;
    });
}

#[test]
fn the_queue_is_searched_and_filtered() {
    on_both(async |site| {
        let house = house(site).await;
        let other = desk::show(&house.site, &house.editor, "iles").await;
        let quay = desk::published(&house.site, &house.editor, &other, "Le quai").await;
        house.say("lea", "Une boulangerie 100 % bio.").await;
        house.say("noe", "Rien à voir.").await;
        house.say_on(quay.id, "zoe", "Sur le quai.\nhttps://lien.example/page et la suite").await;
        let holds = async |query: &str| {
            let page = house.page(query).await;
            ["boulangerie", "Rien à voir", "Sur le quai"].map(|words| page.contains(words))
        };
        assert_eq!(holds("").await, [true; 3]);
        assert_eq!(holds("?text=BOULANGERIE").await, [true, false, false]);
        assert_eq!(holds("?text=%25").await, [true, false, false], "a sign of LIKE is only a sign");
        assert_eq!(holds("?text=noe").await, [false, true, false], "names too");
        assert_eq!(holds("?text=rien%20a%20v").await, [false, true, false], "without accents");
        assert_eq!(holds("?text=%C3%80%20VOIR").await, [false, true, false], "in other case, letters with accents too");
        // Comments from before the folded columns are found once they were folded.
        let unfold = "UPDATE community_comment SET folded_body = NULL, folded_name = NULL";
        write_tx!(house.site.app.db, |tx| Ok(tx.run(unfold, vec![]).await?)).expect("unfolded");
        assert_eq!(holds("?text=BOULANGERIE").await, [false; 3]);
        house.site.app.fold_comments().await.expect("folded");
        assert_eq!(holds("?text=BOULANGERIE").await, [true, false, false]);
        assert_eq!(holds(&format!("?show={}", show_id(SHOW_PREFIX, other.id))).await, [false, false, true]);
        let episode = show_id(EPISODE_PREFIX, house.episode.id);
        assert_eq!(holds(&format!("?episode={episode}")).await, [true, true, false]);
        assert_eq!(holds("?state=visible").await, [false; 3]);
        assert_eq!(holds("?state=%00&before=x&left=a,b&said=%3Cb%3E&count=-").await, [true; 3]);
        for bad in ["?show=x", "?episode=ep_0000000000001"] {
            assert_eq!(house.site.get_as(&house.moderator, &format!("{QUEUE}{bad}")).await.status, 404, "{bad}");
        }
        let page = house.page("").await;
        assert!(page.contains("<code>https://lien.example/page </code>"), "links are seen and not clickable");
        assert!(!page.contains("href=\"https://lien.example"));
        // A closed thread takes nothing more; the team may still answer.
        house.act(&format!("threads/{episode}/close"), &[("back", &format!("episode={episode}"))]).await;
        assert!(house.page(&format!("?episode={episode}")).await.contains("Rouvrir le fil"));
        house.act(&format!("threads/{episode}/open"), &[]).await;
        assert!(house.page(&format!("?episode={episode}")).await.contains("Fermer le fil"));
    });
}

#[test]
fn the_team_answers_from_the_queue_and_erases() {
    on_both(async |site| {
        let house = house(site).await;
        let id = house.say("lea", "Une question ?").await;
        let empty = house.site.post_as(&house.moderator, &format!("{QUEUE}/{}/reply", co(id)), &[("body", "  ")]).await;
        assert_eq!((empty.status.as_u16(), house.state(id).await), (422, State::Held), "all or nothing");
        house.act(&format!("{}/reply", co(id)), &[("body", "Une réponse.")]).await;
        assert_eq!(house.state(id).await, State::Visible);
        let subject = Subject::episode(house.episode.id);
        let all = read_tx!(house.site.app.db, |tx| uc::visible(tx, subject, None, 9).await).expect("read");
        let answer = all.iter().find(|c| c.parent == Some(id)).expect("an answer");
        assert_eq!((answer.author.code(), answer.body.as_str()), ("team", "Une réponse."));
        assert!(house.page("?state=visible").await.contains("Camille Durand"));
        let path = format!("{}/erase", co(id));
        let unsure = house.site.post_as(&house.moderator, &format!("{QUEUE}/{path}"), &[("how", "identity")]).await;
        assert!(unsure.status == 422 && house.page("?state=visible").await.contains("lea@canari"));
        house.act(&path, &[("sure", "on"), ("how", "identity")]).await;
        let page = house.page("?state=visible").await;
        assert!(!page.contains("canari") && page.contains("Une question ?") && page.contains("identité effacée"));
        let other = house.say("noe", "Un secret.").await;
        house.act(&format!("{}/erase", co(other)), &[("sure", "on"), ("how", "everything")]).await;
        assert!(!house.page("").await.contains("Un secret."));
        house.agree().await;
    });
}

fn rules<'a>(hold: &'a str, words: &'a str, notify: &'a str, version: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("hold", hold),
        ("closes_after_days", ""),
        ("most_links", "2"),
        ("blocked_words", words),
        ("notify", notify),
        ("version", version),
        ("do", "save"),
    ]
}

#[test]
fn rules_are_tried_then_saved_and_take_effect() {
    on_both(async |site| {
        let house = house(site).await;
        let path = "/fr/studio/comments/settings";
        let first = house.say("lea", "Le crédit facile n’existe pas.").await;
        house.say("noe", "Un mot.").await;
        let mut form = rules("none", "Credit Facile", "off", "0");
        form.pop();
        form.push(("do", "try"));
        let tried = house.site.post_as(&house.moderator, path, &form).await;
        assert!(tried.status == 200 && tried.text().contains("ces mots en auraient retenu 1"), "{}", tried.text());
        assert!(tried.text().contains("Credit Facile"), "what was typed is kept");
        assert!(!house.site.get_as(&house.moderator, path).await.text().contains("Credit Facile"), "nothing is saved");
        let wrong =
            house.site.post_as(&house.moderator, path, &[("most_links", "x"), ("closes_after_days", "0")]).await;
        assert!(wrong.status == 422 && !wrong.text().contains('⟨'), "{}", wrong.text());
        let form = rules("none", "Credit Facile", "off", "0");
        assert_eq!(house.site.post_as(&house.moderator, path, &form).await.status, 303);
        let late = house.site.post_as(&house.moderator, path, &form).await;
        assert!(late.status == 409 && late.text().contains("Quelqu’un a enregistré d’autres règles"));
        assert_eq!(house.state(house.say("zoe", "Paraît aussitôt.").await).await, State::Visible);
        let held = house.say("ida", "Un CRÉDIT facile pour tous.").await;
        assert_eq!(house.state(held).await, State::Held);
        assert!(house.page("").await.contains("Contient un mot de votre liste"));
        assert_eq!(house.state(first).await, State::Held, "what was said before stays as it is");
        house.agree().await;
    });
}

#[test]
fn c5_moderators_get_one_mail_an_hour_without_an_address() {
    on_both(async |site| {
        let house = house(site).await;
        house.site.person("pentes", "owner@pentes.example", Role::Owner).await;
        house.say("lea", "Écrivez-moi à lea@canari.example, merci.").await;
        house.site.work().await;
        assert!(house.mails().is_empty(), "five minutes are given to those who come in a row");
        house.say("noe", "Moi aussi.").await;
        house.site.clock.advance(300);
        house.site.work().await;
        let mails = house.mails();
        assert_eq!(mails.len(), 1, "moderators only: {mails:?}");
        assert!(
            mails[0].contains("To: moderator@pentes.example") && mails[0].contains("2 commentaires vous attendent")
        );
        assert!(!mails[0].contains("canari"), "{}", mails[0]);
        insta::assert_snapshot!("mail_waiting_fr", mails[0]);
        // What comes within the hour is told at its end, once.
        house.site.clock.advance(600);
        house.say("zoe", "Encore un.").await;
        house.say("ida", "Et un autre.").await;
        house.site.clock.advance(2_999);
        house.site.work().await;
        assert_eq!(house.mails().len(), 1);
        house.site.clock.advance(1);
        house.site.work().await;
        assert_eq!(house.mails().len(), 2);
        for _ in 0..4 {
            house.site.clock.advance(3_600);
            house.site.work().await;
        }
        assert_eq!(house.mails().len(), 2, "nothing new, no mail");
        let ctx = house.site.app.ctx(house.moderator.actor.clone());
        write_tx!(house.site.app.db, |tx| accounts_uc::set_profile(tx, &ctx, "Sol", Lang::En).await).expect("set");
        let known = house.mails();
        house.say("luc", "In another language.").await;
        house.site.clock.advance(300);
        house.site.work().await;
        let english = house.mails().into_iter().find(|m| !known.contains(m)).expect("a mail");
        insta::assert_snapshot!("mail_waiting_en", english);
    });
}

#[test]
fn a_daily_mail_comes_in_the_morning_and_none_when_it_is_off() {
    on_both(async |site| {
        let house = house(site).await;
        let path = "/fr/studio/comments/settings";
        assert_eq!(house.site.post_as(&house.moderator, path, &rules("first", "", "daily", "0")).await.status, 303);
        house.say("lea", "Bonjour.").await;
        // The tests begin on a Monday at 6:00: the mail comes on Tuesday at 6:00.
        for hours in 1..=24 {
            house.site.clock.advance(3_600);
            house.site.work().await;
            assert_eq!(house.mails().len(), usize::from(hours >= 24), "after {hours} hours");
        }
        assert_eq!(house.site.post_as(&house.moderator, path, &rules("first", "", "off", "1")).await.status, 303);
        house.say("noe", "Bonjour encore.").await;
        for _ in 0..30 {
            house.site.clock.advance(3_600);
            house.site.work().await;
        }
        assert_eq!(house.mails().len(), 1);
    });
}

#[test]
fn webhooks_hear_of_comments_without_addresses() {
    on_both(async |site| {
        let house = house(site).await;
        let ctx = house.site.app.ctx(house.editor.actor.clone());
        let events = ["comment.held".to_owned(), "comment.visible".to_owned()];
        let wanted = ("https://hooks.example/", &events[..]);
        write_tx!(house.site.app.db, |tx| {
            publish::service::create_webhook(tx, &ctx, house.editor.org, wanted, false).await
        })
        .expect("a webhook");
        let id = house.say("lea", "Mon secret, tant qu’il attend.").await;
        house.site.work().await;
        house.decide(&[id], "approve").await;
        house.site.work().await;
        house.decide(&[id], "spam").await;
        house.site.work().await;
        let sent = house.site.outside.messages();
        let bodies: Vec<serde_json::Value> =
            sent.iter().map(|m| serde_json::from_str(&m.body).expect("JSON")).collect();
        let kinds: Vec<&str> = bodies.iter().filter_map(|b| b["type"].as_str()).collect();
        assert_eq!(kinds, ["comment.held", "comment.visible"]);
        assert!(sent.iter().all(|m| !m.body.contains("canari")));
        assert!(!sent[0].body.contains("secret") && !sent[0].body.contains("lea"), "{}", sent[0].body);
        let data = &bodies[1]["data"];
        assert_eq!((&data["comment_id"], &data["name"]), (&json!(co(id)), &json!("lea")));
        assert_eq!(data["text"], "Mon secret, tant qu’il attend.");
    });
}

#[test]
fn the_api_decides_once_and_undoes() {
    on_both(async |site| {
        let house = house(site).await;
        let id = house.say("lea", "Bonjour.").await;
        let (token, weak) = (house.token(&house.moderator).await, house.token(&house.editor).await);
        let path = format!("/api/v1/comments/{}", co(id));
        assert_eq!(house.site.api(&weak, "GET", "/api/v1/comments", "").await.status, 403);
        assert_eq!(house.site.api(&weak, "POST", &format!("{path}/approve"), "").await.status, 403);
        let list = house.site.api(&token, "GET", "/api/v1/comments?state=held", "").await.json();
        assert_eq!(list["comments"][0]["email"], "lea@canari.example");
        let first = house.site.api(&token, "POST", &format!("{path}/approve"), "").await.json();
        let again = house.site.api(&token, "POST", &format!("{path}/approve"), "").await.json();
        assert_eq!((&first["state"], &again["state"]), (&json!("visible"), &json!("visible")));
        assert_eq!((&again["version"], &again["decision_id"]), (&first["version"], &json!(null)));
        let undo = format!("/api/v1/comment-decisions/{}/undo", first["decision_id"].as_str().expect("an id"));
        let undone = house.site.api(&token, "POST", &undo, "").await.json();
        assert_eq!(undone, json!({"changed": [co(id)], "left": []}));
        assert_eq!(house.site.api(&token, "POST", &undo, "").await.status, 404);
        let show = show_id(SHOW_PREFIX, house.show.id);
        let list = house.site.api(&token, "GET", &format!("/api/v1/comments?show_id={show}"), "").await.json();
        assert_eq!(list["comments"].as_array().map(Vec::len), Some(1));
        let bad = house.site.api(&token, "GET", "/api/v1/comments?state=x", "").await;
        assert_eq!((bad.status.as_u16(), bad.json()["code"].clone()), (422, json!("check-fields")));
        house.agree().await;
    });
}

#[test]
fn race_two_moderators_never_decide_one_comment_twice() {
    on_one(On::Pg, &async |site: Site| {
        let house = house(site).await;
        for round in 0..6 {
            let mut ids = Vec::new();
            for n in 0..8 {
                ids.push(co(house.say(&format!("r{round}n{n}"), &format!("Mot {round} {n}.")).await));
            }
            let send = async |verb: &str| {
                let mut fields = vec![("verb", verb)];
                fields.extend(ids.iter().map(|id| ("ids", id.as_str())));
                house.site.post_as(&house.moderator, &format!("{QUEUE}/act"), &fields).await
            };
            let (one, two) = tokio::join!(send("approve"), send("spam"));
            assert!(one.status == 303 && two.status == 303, "{} {}", one.status, two.status);
            house.agree().await;
            // Both decided in turn: only the later one can be undone, and the state is that of the later one.
            let undo = async |answer: &it::Answer| {
                let path = format!("{QUEUE}/undo/{}", part(&answer.header("location"), "undo"));
                house.site.post_as(&house.moderator, &path, &[]).await.status.as_u16()
            };
            let (a, b) = (undo(&one).await, undo(&two).await);
            assert!([a, b].contains(&303), "{a} {b}");
            house.agree().await;
        }
    });
}

#[test]
fn a_bulk_decision_stopped_anywhere_leaves_nothing() {
    let steps: Vec<Migration> = [jobs::MIGRATIONS, reach::MIGRATIONS, community::MIGRATIONS].concat();
    both(&steps, async |bench| {
        let org = OrgId(1);
        let ctx = |actor: Actor| Ctx { now: bench.clock.now(), actor, ids: bench.ids.clone(), rng: Rng::System };
        let moderator = ctx(Actor::Person { person: PersonId(5), roles: vec![(org, Role::Moderator)] });
        let sealer = community::Sealer::new(&[9; 32], Rng::System);
        let mut ids = Vec::new();
        for n in 0..12 {
            let new = NewComment {
                org,
                subject: Subject::episode(7 + n % 3),
                subject_since: testkit::start(),
                parent: None,
                writer: Writer::Guest(Guest { name: "A".to_owned(), email: format!("a{n}@b.example"), url: None }),
                body: format!("Mot {n}."),
                network: "192.0.2.1".to_owned(),
            };
            let visitor = ctx(Actor::Visitor);
            ids.push(write_tx!(bench.db, |tx| uc::say(tx, &visitor, &sealer, new.clone()).await).expect("said").id);
        }
        for stop in 0..200 {
            bench.faults.stop_after(stop);
            let done = write_tx!(bench.db, |tx| uc::act_on(tx, &moderator, org, &ids, Verb::Approve).await);
            bench.faults.disarm();
            let counts = read_tx!(bench.db, |tx| uc::counts(tx, &moderator.actor, org).await).expect("counts");
            for n in 0..3 {
                let subject = Subject::episode(7 + n);
                assert!(read_tx!(bench.db, |tx| uc::counters_agree(tx, subject).await).expect("counted"), "{stop}");
            }
            if done.is_ok() {
                assert!(stop > 10 && counts.visible == 12, "{stop} {counts:?}");
                return;
            }
            assert_eq!((counts.visible, counts.held), (0, 12), "{stop}");
        }
        panic!("the statements never ended");
    });
}

#[test]
fn the_pages_look_so() {
    on_one(On::Lite, &async |site: Site| {
        let house = house(site).await;
        house.say("Léa", "Merci pour le pont.\n\nUne question : https://pont.example/carte dit autre chose ?").await;
        house.say("Noé", "Bonjour.").await;
        for lang in ["fr", "en"] {
            for (name, path) in [("queue", "comments"), ("settings", "comments/settings")] {
                let page = house.site.get_as(&house.moderator, &format!("/{lang}/studio/{path}")).await;
                let text = page.text();
                assert!(page.status == 200 && !text.contains('⟨'), "{path}");
                let main = text.split_once("<main").map_or(text.as_str(), |(_, main)| main);
                insta::assert_snapshot!(format!("moderation_{name}_{lang}"), redact(main));
            }
        }
    });
}
