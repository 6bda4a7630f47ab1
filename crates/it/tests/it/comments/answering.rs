//! Answering what is no longer there, or what the answerer may not see: refused to guests, members and tokens alike, and what
//! was typed stays.

use community::model::{NewComment, Writer};
use community::rules::moderate::Verb;
use community::service as uc;
use community::service::{Mine, follows};
use db::write_tx;
use it::{Site, on_both};
use kernel::{Actor, Role, Subject, TokenScope, show_id};

use super::{FORM, Talk, post, stamp};
use crate::feed::{Somebody, somebody};

/// A comment of a member, and what moderators then did to it.
async fn comment(site: &Site, talk: &Talk, who: &Somebody, body: &str, then: &[Verb]) -> i64 {
    let (ctx, org) = (who.ctx(site), talk.who.org);
    let new = NewComment {
        org,
        subject: Subject::episode(talk.episode.id),
        subject_since: site.app.now(),
        parent: None,
        writer: Writer::Member { person: who.person.id, name: who.name.clone(), team: false },
        body: body.to_owned(),
        network: String::new(),
    };
    let moderator = site.app.ctx(Actor::Person { person: talk.who.id, roles: vec![(talk.who.org, Role::Moderator)] });
    let then = then.to_vec();
    let made = write_tx!(site.app.db, |tx| {
        let id = uc::say(tx, &ctx, &site.app.sealer, new.clone()).await?.id;
        for verb in &then {
            uc::act_on(tx, &moderator, org, &[id], *verb).await?;
        }
        Ok(id)
    });
    made.expect("said")
}

#[test]
fn c16_what_is_gone_or_hidden_is_not_answered() {
    on_both(async |site| {
        let talk = Talk::on(&site).await;
        let (writer, answers) = (somebody(&site, "bruno").await, somebody(&site, "odile").await);
        let ctx = answers.ctx(&site);
        let token = write_tx!(site.app.db, |tx| {
            let org = answers.person.org;
            accounts::service::create_token(tx, &ctx, org, "test", &[TokenScope::Publish], 90).await
        });
        let token = token.expect("a token").secret;
        let there = comment(&site, &talk, &writer, "Reste là", &[Verb::Approve]).await;
        let removed = comment(&site, &talk, &writer, "Sera retiré", &[Verb::Approve, Verb::Remove]).await;
        let held =
            comment(&site, &talk, &writer, "Attend encore http://a.example http://b.example", &[Verb::Hold]).await;
        let spam = comment(&site, &talk, &writer, "Vu comme indésirable", &[Verb::Spam]).await;
        let deleted = comment(&site, &talk, &writer, "Sera supprimé", &[Verb::Approve]).await;
        let own = writer.ctx(&site);
        write_tx!(site.app.db, |tx| uc::delete_own(tx, &own, Mine::Session(deleted)).await).expect("deleted");
        let path = format!("/api/v1/episodes/{}/comments", talk.id());
        let mut n = 0;
        let mut all_ways = async |parent: &str, status: u16| {
            n += 1;
            let body = format!("Une réponse numéro {n}");
            let kept = format!("{body}</textarea>");
            let email = format!("guest{n}@lecteurs.example");
            let guest = post(&site, &[("body", &body), ("email", &email), ("parent", parent)]).await;
            site.clock.advance(3_700);
            let stamp = stamp(&site).await;
            let fields = [("body", body.as_str()), ("parent", parent), ("stamp", stamp.as_str())];
            let member = site.post_as(&answers.person, FORM, &fields).await;
            site.clock.advance(3_700);
            let sent = serde_json::json!({"body": format!("{body} par jeton"), "parent_id": parent}).to_string();
            let api = site.api(&token, "POST", &path, sent).await;
            site.clock.advance(3_700);
            (guest, member, api, status, kept)
        };
        let thereby = show_id("co", there);
        let (guest, member, api, ..) = all_ways(&thereby, 303).await;
        let found = [guest.status.as_u16(), member.status.as_u16(), api.status.as_u16()];
        assert_eq!(found, [303, 303, 201], "{} {}", member.text(), api.text());
        for (name, parent) in [("removed", removed), ("held", held), ("spam", spam), ("deleted", deleted), ("none", 77)]
        {
            let (guest, member, api, _, kept) = all_ways(&show_id("co", parent), 409).await;
            for form in [&guest, &member] {
                assert_eq!(form.status, 409, "{name}: {}", form.text());
                let text = form.text();
                assert!(text.contains("Le commentaire auquel vous répondez n’est plus là."), "{name}: {text}");
                assert!(text.contains(&kept), "{name}: what was typed stays");
            }
            assert_eq!((api.status.as_u16(), api.json()["code"].as_str()), (409, Some("comment-parent")), "{name}");
        }
        // Two of whom one blocked the other do not answer each other, whoever it was; nothing says why.
        for blocks in [true, false] {
            let (one, other) = if blocks { (&answers, &writer) } else { (&writer, &answers) };
            let ctx = one.ctx(&site);
            write_tx!(site.app.db, |tx| follows::block(tx, &ctx, other.voice).await).expect("blocked");
            let (guest, member, api, _, kept) = all_ways(&thereby, 409).await;
            assert_eq!(guest.status, 303, "{}", guest.text());
            let text = member.text();
            assert!(member.status == 409 && text.contains("n’est plus là.") && text.contains(&kept), "{text}");
            assert_eq!((api.status.as_u16(), api.json()["code"].as_str()), (409, Some("comment-parent")));
            write_tx!(site.app.db, |tx| follows::unblock(tx, &ctx, other.voice).await).expect("unblocked");
        }
    });
}
