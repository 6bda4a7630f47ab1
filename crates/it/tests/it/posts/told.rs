//! Who hears of what besides its author: the team of a show when moderators take something of theirs away, webhooks of what is
//! said under posts; and the way from an episode to a post that quotes it.

use community::model::{NewComment, VoiceKind, Writer};
use community::service as uc;
use community::service::{members, notify};
use db::{read_tx, write_tx};
use it::{Person, Site, desk, on_both};
use kernel::{OrgId, Role, Subject, show_id};
use serde_json::Value;

use super::{join, member, path, posted};

/// What somebody was told, newest first.
async fn told(site: &Site, who: &Person) -> Vec<String> {
    let (rows, _) = read_tx!(site.app.db, |tx| notify::notifications(tx, &who.actor, None).await).expect("told");
    rows.iter().map(|n| n.kind.code().to_owned()).collect()
}

/// Something said about a subject.
async fn say(site: &Site, org: OrgId, subject: Subject, writer: Writer, body: &str) -> i64 {
    let ctx = site.system();
    let (subject_since, network) = (site.app.now(), String::new());
    let new = NewComment { org, subject, subject_since, parent: None, writer, body: body.to_owned(), network };
    write_tx!(site.app.db, |tx| uc::say(tx, &ctx, &site.app.sealer, new.clone()).await).expect("said").id
}

/// One decision of a moderator about a comment.
async fn decide(site: &Site, who: &Person, comment: i64, verb: &str) {
    let id = show_id(community::model::COMMENT_PREFIX, comment);
    let done = site.post_as(who, "/fr/studio/comments/act", &[("verb", verb), ("ids", &id)]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    site.work().await;
}

#[test]
fn a_team_hears_what_moderators_took_away_of_theirs_and_nobody_else_does() {
    on_both(async |site: Site| {
        let editor = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let owner = site.person("pentes", "chef@pentes.example", Role::Owner).await;
        let agent = site.person("pentes", "agent@pentes.example", Role::Agent).await;
        let moderator = site.person("pentes", "m@pentes.example", Role::Moderator).await;
        let stranger = site.person("ailleurs", "x@ailleurs.example", Role::Editor).await;
        let everybody = [&editor, &owner, &agent, &moderator, &stranger];
        for (n, who) in everybody.iter().enumerate() {
            join(&site, who, &format!("membre{n}"), "Membre").await;
        }
        let show = desk::show(&site, &editor, "pentes").await;
        let now = site.app.now();
        let voice = write_tx!(site.app.db, |tx| {
            members::ensure_voice(tx, VoiceKind::Show, show.id, show.org, &show.slug, now).await
        })
        .expect("a voice");
        let ctx = site.app.ctx(editor.actor.clone());
        let draft = community::rules::post::Draft {
            body: "Une annonce de l’émission.".to_owned(),
            lang: "fr".to_owned(),
            ..Default::default()
        };
        let kind = community::model::PostKind::Post;
        let post =
            write_tx!(site.app.db, |tx| uc::posts::post(tx, &ctx, voice.id, kind, &draft).await).expect("posted");
        let remove = format!("{}/remove", path(post.id));
        assert_eq!(site.post_as(&moderator, &remove, &[]).await.status, 303);
        assert_eq!(site.post_as(&moderator, &remove, &[]).await.status, 303);
        for (who, wanted) in everybody.into_iter().zip([1, 1, 0, 0, 0]) {
            assert_eq!(told(&site, who).await, vec!["team-post"; wanted]);
        }
        let page = site.get_as(&owner, "/fr/account/notifications").await.text();
        let line = format!("La modération a retiré une publication de @{}", voice.handle);
        assert!(page.contains(&line) && page.contains(&path(post.id)), "{page}");
        assert_eq!(site.get_as(&owner, &path(post.id)).await.status, 200, "the team still sees it");
        let page = site.get_as(&editor, "/en/account/notifications").await.text();
        assert!(page.contains("Moderators removed a post by @"), "{page}");
        // The same for what somebody of the team said; the moderator who does it is not told.
        let episode = desk::published(&site, &editor, &show, "Le pont").await;
        let about = Subject::episode(episode.id);
        let team = |who: &Person| Writer::Member { person: who.id, name: "Odile F.".to_owned(), team: true };
        let guest = Writer::Member { person: stranger.id, name: "Passant".to_owned(), team: false };
        let ours = say(&site, show.org, about, team(&editor), "Une réponse de l’équipe.").await;
        let theirs = say(&site, show.org, about, guest, "Une remarque.").await;
        site.work().await;
        decide(&site, &owner, theirs, "remove").await;
        assert_eq!(told(&site, &editor).await, ["team-post"]);
        decide(&site, &owner, ours, "remove").await;
        assert_eq!(told(&site, &editor).await, ["team-comment", "team-post"]);
        assert_eq!(told(&site, &owner).await, ["team-post"], "whoever did it knows");
        for who in [&agent, &moderator, &stranger] {
            assert!(told(&site, who).await.is_empty());
        }
        let page = site.get_as(&editor, "/fr/account/notifications").await.text();
        assert!(page.contains("un commentaire de votre équipe, écrit par Odile F."), "{page}");
        decide(&site, &owner, ours, "approve").await;
        assert_eq!(told(&site, &editor).await, ["team-post"], "it is back");
        // A member's own post concerns nobody's team.
        let (who, me) = member(&site, "basile", "Basile").await;
        let id = posted(&site, &who, &me, "Bonjour.").await;
        let guard = site.person("public", "m@public.example", Role::Moderator).await;
        let house = site.person("public", "e@public.example", Role::Editor).await;
        join(&site, &house, "maison", "Maison").await;
        assert_eq!(site.post_as(&guard, &format!("{}/remove", path(id)), &[]).await.status, 303);
        assert_eq!((told(&site, &who).await, told(&site, &house).await), (vec!["removed".to_owned()], Vec::new()));
    });
}

#[test]
fn webhooks_hear_of_comments_under_posts_as_under_episodes() {
    on_both(async |site: Site| {
        let (who, me) = member(&site, "odile", "Odile F.").await;
        let editor = site.person("public", "e@public.example", Role::Editor).await;
        let moderator = site.person("public", "m@public.example", Role::Moderator).await;
        let ctx = site.app.ctx(editor.actor.clone());
        let events = ["comment.held".to_owned(), "comment.visible".to_owned()];
        let wanted = ("https://hooks.example/", &events[..]);
        write_tx!(site.app.db, |tx| publish::service::create_webhook(tx, &ctx, editor.org, wanted, false).await)
            .expect("a webhook");
        let post = posted(&site, &who, &me, "Le pont est fermé.").await;
        let guest =
            community::model::Guest { name: "lea".to_owned(), email: "lea@canari.example".to_owned(), url: None };
        let comment =
            say(&site, editor.org, Subject::post(post), Writer::Guest(guest), "Mon secret, s’il attend.").await;
        site.work().await;
        decide(&site, &moderator, comment, "approve").await;
        let sent = site.outside.messages();
        let bodies: Vec<Value> = sent.iter().map(|m| serde_json::from_str(&m.body).expect("JSON")).collect();
        let kinds: Vec<&str> = bodies.iter().filter_map(|b| b["type"].as_str()).collect();
        assert_eq!(kinds, ["comment.held", "comment.visible"]);
        assert!(sent.iter().all(|m| !m.body.contains("canari")));
        let (held, visible) = (&bodies[0]["data"], &bodies[1]["data"]);
        let of = show_id(community::model::POST_PREFIX, post);
        for data in [held, visible] {
            assert_eq!((&data["post_id"], &data["author_kind"]), (&of.as_str().into(), &"guest".into()));
            assert_eq!(data["comment_id"], show_id(community::model::COMMENT_PREFIX, comment));
            assert!(data["said_at"].is_string() && data.get("episode_id").is_none());
        }
        assert!(!sent[0].body.contains("secret") && !sent[0].body.contains("lea"), "{}", sent[0].body);
        assert!(held["queue_url"].as_str().is_some_and(|u| u.ends_with("/fr/studio/comments")), "{held}");
        assert_eq!((&visible["name"], &visible["text"]), (&"lea".into(), &"Mon secret, s’il attend.".into()));
        assert_eq!(visible["url"], format!("https://site.example{}", path(post)));
        // Of a post that is not to be seen any more nothing of what is said is told.
        let ctx = site.app.ctx(moderator.actor.clone());
        write_tx!(site.app.db, |tx| uc::posts::moderate(tx, &ctx, post, true).await).expect("removed");
        decide(&site, &moderator, comment, "remove").await;
        decide(&site, &moderator, comment, "approve").await;
        let last: Value = serde_json::from_str(&site.outside.messages().last().expect("one more").body).expect("JSON");
        assert!(last["data"]["text"].is_null() && last["data"]["queue_url"].is_string(), "{last}");
    });
}

#[test]
fn an_episode_is_quoted_from_its_page_by_whoever_is_signed_in() {
    on_both(async |site: Site| {
        let editor = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let episode = desk::published(&site, &editor, &show, "Le pont").await;
        let shown = show_id(publish::model::EPISODE_PREFIX, episode.id);
        let page = format!("/fr/shows/pentes/{}", episode.slug);
        let to = format!("/fr/posts/new?of={shown}");
        assert!(!site.get(&page).await.text().contains("/posts/new"), "visitors have no button");
        let (who, _) = member(&site, "odile", "Odile F.").await;
        for (path, label) in [(page.clone(), "Citer"), (page.replace("/fr/", "/en/"), "Quote")] {
            let text = site.get_as(&who, &path).await.text();
            let link = text.split(&format!("href=\"{}\"", to.replace("/fr/", &path[..4]))).nth(1);
            assert!(link.and_then(|l| l.split("</a>").next()).is_some_and(|l| l.contains(label)), "{text}");
        }
        assert!(!site.get(&page).await.text().contains("/posts/new"), "nor after somebody else asked");
        // Somebody who does not see everybody gets a page of their own, with the same button.
        let (_, other) = member(&site, "basile", "Basile").await;
        let ctx = site.app.ctx(who.actor.clone());
        write_tx!(site.app.db, |tx| uc::follows::block(tx, &ctx, other.id).await).expect("blocked");
        assert!(site.get_as(&who, &page).await.text().contains(&to));
        let composer = site.get_as(&who, &to).await.text();
        assert!(composer.contains(&format!("name=\"of\" value=\"{shown}\"")) && composer.contains("Le pont"));
    });
}
