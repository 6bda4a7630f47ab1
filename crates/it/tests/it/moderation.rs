//! The queue of comments, for moderators, through the real front: who sees it, every verb and its undoing, many at once,
//! answers, threads, rules, mails.

use community::model::{ACT_PREFIX, COMMENT_PREFIX, Guest, NewComment, Said, State, Writer};
use community::service as uc;
use db::{read_tx, write_tx};
use it::{Person, Site, desk, on_both};
use kernel::{Role, Subject, parse_id, show_id};
use publish::model::{EPISODE_PREFIX, Episode};

use crate::pages::redact;

struct House {
    owner: Person,
    moderator: Person,
    editor: Person,
    episode: Episode,
}

async fn house(site: &Site) -> House {
    let owner = site.person("pentes", "odile@pentes.example", Role::Owner).await;
    let moderator = site.person("pentes", "mona@pentes.example", Role::Moderator).await;
    let editor = site.person("pentes", "edgar@pentes.example", Role::Editor).await;
    let show = desk::show(site, &owner, "pentes").await;
    let episode = desk::published(site, &owner, &show, "Le pont").await;
    House { owner, moderator, editor, episode }
}

async fn say(site: &Site, house: &House, who: &str, body: &str) -> Said {
    let guest = Guest { name: who.to_owned(), email: format!("{who}@mail.example"), url: None };
    let new = NewComment {
        org: house.owner.org,
        subject: Subject::episode(house.episode.id),
        subject_since: site.app.now(),
        parent: None,
        writer: Writer::Guest(guest),
        body: body.to_owned(),
        network: "192.0.2.7".to_owned(),
    };
    let ctx = site.system();
    write_tx!(site.app.db, |tx| uc::say(tx, &ctx, &site.app.sealer, new.clone()).await).expect("said")
}

fn shown(id: i64) -> String {
    show_id(COMMENT_PREFIX, id)
}

async fn counts(site: &Site, house: &House) -> (i64, i64, i64, i64) {
    let c = read_tx!(site.app.db, |tx| uc::counts(tx, &house.owner.actor, house.owner.org).await).expect("counts");
    let subject = Subject::episode(house.episode.id);
    assert!(read_tx!(site.app.db, |tx| uc::counters_agree(tx, subject).await).expect("counted"));
    (c.held, c.visible, c.spam, c.removed)
}

fn value_of<'a>(address: &'a str, name: &str) -> Option<&'a str> {
    address.split(['?', '&']).find_map(|p| p.strip_prefix(name)?.strip_prefix('='))
}

const ACT: &str = "/fr/studio/comments/act";
const UNDO: &str = "/fr/studio/comments/undo";

#[test]
fn c5_moderators_and_owners_see_the_queue_with_addresses() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        say(&site, &house, "lea", "Merci pour cet épisode.").await;
        for who in [&house.owner, &house.moderator] {
            let page = site.get_as(who, "/fr/studio/comments").await;
            assert_eq!(page.status, 200);
            let text = page.text();
            assert!(text.contains("lea@mail.example") && text.contains("Merci pour cet épisode."), "{text}");
            assert!(page.header("cache-control").contains("no-store"));
        }
        let refused = site.get_as(&house.editor, "/fr/studio/comments").await;
        assert_eq!(refused.status, 403);
        assert!(!refused.text().contains("lea@mail.example"));
        let stranger = site.person("autres", "zoe@autres.example", Role::Owner).await;
        let theirs = site.get_as(&stranger, "/fr/studio/comments").await;
        assert!(theirs.status == 200 && !theirs.text().contains("Merci"));
        let org = format!("/fr/studio/comments?org={}", house.owner.org.0);
        assert_eq!(site.get_as(&stranger, &org).await.status, 403);
    });
}

#[test]
fn every_verb_and_its_undoing() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        let id = shown(say(&site, &house, "lea", "Merci pour cet épisode.").await.id);
        for (verb, after) in
            [("approve", (0, 1, 0, 0)), ("spam", (0, 0, 1, 0)), ("remove", (0, 0, 0, 1)), ("hold", (1, 0, 0, 0))]
        {
            let before = counts(&site, &house).await;
            let fields = [("id", id.as_str()), ("verb", verb), ("back", "state=held")];
            let done = site.post_as(&house.moderator, ACT, &fields).await;
            assert_eq!(done.status, 303, "{verb}: {}", done.text());
            assert_eq!(counts(&site, &house).await, after, "{verb}");
            let to = done.header("location");
            let act = value_of(&to, "act").expect("an act to undo").to_owned();
            assert!(parse_id(ACT_PREFIX, &act).is_some());
            let page = site.get_as(&house.moderator, &to).await.text();
            assert!(page.contains(&act) && page.contains("data-undo"), "{page}");
            assert_eq!(site.post_as(&house.moderator, UNDO, &[("act", &act)]).await.status, 303);
            assert_eq!(counts(&site, &house).await, before, "{verb} undone");
            assert_eq!(site.post_as(&house.moderator, UNDO, &[("act", &act)]).await.status, 404, "once");
            site.post_as(&house.moderator, ACT, &fields).await;
        }
    });
}

#[test]
fn an_act_is_not_undone_over_a_later_one() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        let id = shown(say(&site, &house, "lea", "Merci pour cet épisode.").await.id);
        let act = async |verb: &str| {
            let done = site.post_as(&house.moderator, ACT, &[("id", &id), ("verb", verb)]).await;
            value_of(&done.header("location"), "act").map(str::to_owned)
        };
        let first = act("approve").await.expect("an act");
        act("spam").await.expect("an act");
        assert_eq!(site.post_as(&house.moderator, UNDO, &[("act", &first)]).await.status, 409);
        assert_eq!(counts(&site, &house).await, (0, 0, 1, 0));
        let stranger = site.person("autres", "zoe@autres.example", Role::Owner).await;
        assert_eq!(site.post_as(&stranger, ACT, &[("id", &id), ("verb", "approve")]).await.status, 404);
        assert_eq!(site.post_as(&stranger, UNDO, &[("act", &first)]).await.status, 404);
    });
}

#[test]
fn many_at_once_all_or_nothing() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        let mut ids = Vec::new();
        for n in 0..60 {
            ids.push(shown(say(&site, &house, &format!("p{n}"), &format!("Message numéro {n}")).await.id));
        }
        let mut fields: Vec<(&str, &str)> = ids.iter().map(|id| ("id", id.as_str())).collect();
        fields.push(("verb", "approve"));
        let done = site.post_as(&house.moderator, ACT, &fields).await;
        assert_eq!(done.status, 303);
        assert_eq!(counts(&site, &house).await, (0, 60, 0, 0));
        let page = site.get_as(&house.moderator, &done.header("location")).await.text();
        assert!(page.contains("60 commentaires approuvés"), "{page}");
        let act = value_of(&done.header("location"), "act").expect("an act").to_owned();
        site.post_as(&house.moderator, UNDO, &[("act", &act)]).await;
        assert_eq!(counts(&site, &house).await, (60, 0, 0, 0));
        let wrong = [("id", ids[0].as_str()), ("id", "co_0000000000001"), ("verb", "approve")];
        assert_eq!(site.post_as(&house.moderator, ACT, &wrong).await.status, 404);
        assert_eq!(counts(&site, &house).await, (60, 0, 0, 0), "nothing half done");
        assert_eq!(site.post_as(&house.moderator, ACT, &[("verb", "approve")]).await.status, 422);
        // The pager: sixty are three pages, each comment once.
        let (mut at, mut seen) = ("/fr/studio/comments".to_owned(), Vec::new());
        loop {
            let page = site.get_as(&house.moderator, &at).await.text();
            seen.extend(ids.iter().filter(|id| page.contains(&format!("id=\"{id}\""))).cloned());
            let Some(next) = page.split("rel=\"next\" href=\"").nth(1) else { break };
            at = next.split('"').next().unwrap_or_default().replace("&amp;", "&");
        }
        ids.sort();
        seen.sort();
        assert_eq!(seen, ids);
    });
}

#[test]
fn search_answers_and_threads() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        let id = shown(say(&site, &house, "lea", "Une question sur 100% des ponts_").await.id);
        say(&site, &house, "noe", "Autre chose").await;
        let page =
            async |query: &str| site.get_as(&house.moderator, &format!("/fr/studio/comments?{query}")).await.text();
        let found = page("q=QUESTION").await;
        assert!(found.contains("ponts_") && !found.contains("Autre chose"));
        assert!(page("q=noe").await.contains("Autre chose"));
        assert!(!page("q=%25").await.contains("Autre chose"), "signs of LIKE are signs");
        let answer = async |body: &str| {
            site.post_as(&house.moderator, "/fr/studio/comments/answer", &[("id", &id), ("body", body)]).await.status
        };
        assert_eq!(answer(" ").await, 422);
        assert_eq!(answer("Voici la réponse.").await, 303);
        assert_eq!(counts(&site, &house).await, (1, 2, 0, 0), "the question is approved with its answer");
        let episode = show_id(EPISODE_PREFIX, house.episode.id);
        let fields = [("subject", episode.as_str()), ("open", "no")];
        assert_eq!(site.post_as(&house.moderator, "/fr/studio/comments/thread", &fields).await.status, 303);
        let subject = Subject::episode(house.episode.id);
        let threads = read_tx!(site.app.db, |tx| uc::counts_of(tx, &[subject]).await).expect("counts");
        assert!(threads[&subject].closed);
        let fields = [("id", id.as_str()), ("how", "identity")];
        assert_eq!(site.post_as(&house.moderator, "/fr/studio/comments/erase", &fields).await.status, 303);
        assert!(!page("state=visible").await.contains("lea@mail.example"));
    });
}

#[test]
fn the_rules_are_set_tried_and_kept_from_two_writers() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        say(&site, &house, "lea", "Vive la fondue savoyarde").await;
        let at = "/fr/studio/comments/settings";
        let base =
            [("hold", "none"), ("most_links", "2"), ("notify", "off"), ("version", "0"), ("blocked_words", "Fondue")];
        let mut tried = base.to_vec();
        tried.push(("try", "words"));
        let page = site.post_as(&house.moderator, at, &tried).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("retenu 1"), "{}", page.text());
        assert_eq!(site.post_as(&house.moderator, at, &base).await.status, 303);
        assert_eq!(site.post_as(&house.owner, at, &base).await.status, 409, "an old page overwrites nothing");
        assert_eq!(say(&site, &house, "max", "Bonjour à tous").await.state, State::Visible);
        assert_eq!(say(&site, &house, "zoe", "Encore une fondue ?").await.state, State::Held);
        let wrong = site.post_as(&house.moderator, at, &[("hold", "x"), ("version", "1")]).await;
        assert_eq!(wrong.status, 422);
        assert_eq!(site.post_as(&house.editor, at, &base).await.status, 403);
    });
}

/// The letters about the queue that were sent so far.
async fn letters(site: &Site) -> Vec<String> {
    site.work().await;
    let files = std::fs::read_dir(&site.app.mail_folder).map(|d| d.flatten().collect::<Vec<_>>()).unwrap_or_default();
    let texts = files.iter().filter_map(|f| std::fs::read_to_string(f.path()).ok());
    texts.filter(|t| t.contains("studio/comments")).collect()
}

#[test]
fn c5_moderators_are_told_once_an_hour_and_no_address_is_in_it() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        say(&site, &house, "lea", "Premier message").await;
        say(&site, &house, "noe", "Deuxième message").await;
        assert_eq!(letters(&site).await.len(), 0, "a burst comes in one mail");
        site.clock.advance(301);
        let told = letters(&site).await;
        assert_eq!(told.len(), 2, "the moderator and the owner");
        for letter in &told {
            assert!(letter.contains("Deuxième message") && !letter.contains("@mail.example"), "{letter}");
        }
        say(&site, &house, "max", "Troisième message").await;
        site.clock.advance(600);
        assert_eq!(letters(&site).await.len(), 2, "once an hour");
        site.clock.advance(3_600);
        say(&site, &house, "zoe", "Quatrième message").await;
        site.clock.advance(301);
        assert_eq!(letters(&site).await.len(), 4);
    });
}

#[test]
fn the_queue_looks_the_same_as_yesterday() {
    on_both(async |site: Site| {
        let house = house(&site).await;
        say(&site, &house, "lea", "Merci pour cet épisode.\n\nUne question <b>pourtant</b>.").await;
        for lang in ["fr", "en"] {
            let page = site.get_as(&house.moderator, &format!("/{lang}/studio/comments")).await;
            insta::assert_snapshot!(format!("moderation_{lang}"), redact(&page.text()));
            let rules = site.get_as(&house.moderator, &format!("/{lang}/studio/comments/settings")).await;
            insta::assert_snapshot!(format!("moderation_rules_{lang}"), redact(&rules.text()));
        }
    });
}
