//! Comments of a WordPress export become comments here: threads, states and dates kept, addresses sealed, twice is once,
//! undone with the import, erased for good.

use community::model::State;
use community::rules::moderate::Verb;
use community::service::{self as talk, Erasure, QueueAsk, QueueItem};
use db::{args, read_tx, write_tx};
use it::{ORIGIN, Person, Site, encode, on_both, request};
use kernel::{Actor, Role, sha256_hex};

use super::stamp;
use crate::imports::editor;
use crate::imports_wxr::{rehearsed, small};

const PAGE: &str = "/fr/shows/le-carnet-des-pentes/billet-1";

async fn imported(site: &Site, who: &Person, xml: &str) -> String {
    let id = rehearsed(site, who, xml).await;
    let fields = [("digest", sha256_hex(xml.as_bytes()))];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let done = site.post_as(who, &format!("/fr/studio/import/{id}/run"), &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    id
}

async fn queue(site: &Site, owner: &Person) -> Vec<QueueItem> {
    let (ctx, sealer) = (site.app.ctx(owner.actor.clone()), site.app.sealer.clone());
    let ask = QueueAsk::default();
    let all = read_tx!(site.app.db, |tx| talk::queue(tx, &ctx, &sealer, owner.org, &ask).await);
    all.expect("a queue").items
}

fn item<'q>(all: &'q [QueueItem], name: &str) -> &'q QueueItem {
    all.iter().find(|i| i.comment.name == name).unwrap_or_else(|| panic!("{name} in {all:?}"))
}

async fn count(site: &Site, table: &str) -> i64 {
    let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}");
    read_tx!(site.app.db, |tx| Ok(tx.scalar::<i64>(&sql, args![]).await?)).expect("a count").unwrap_or(-1)
}

async fn people(site: &Site) -> (Person, Person) {
    (editor(site).await, site.person("pentes", "maelle@pentes.example", Role::Owner).await)
}

#[test]
fn c2_c15_c16_an_exports_comments_live_here_with_thread_state_and_date() {
    on_both(async |site| {
        let (who, owner) = people(&site).await;
        imported(&site, &who, &small()).await;
        let all = queue(&site, &owner).await;
        assert_eq!(all.len(), 4);
        let [first, answer] = ["Basile 11", "Basile 12"].map(|name| item(&all, name));
        assert_eq!(answer.comment.parent, Some(first.comment.id));
        assert_eq!((first.comment.depth, answer.comment.depth), (0, 1));
        assert_eq!(first.comment.said_at.rfc3339(), "2026-10-20T10:00:00Z");
        assert_eq!(first.comment.body, "Très beau.\n\nMerci !");
        let states = ["Basile 11", "Basile 12", "Basile 13", "Basile 14"].map(|name| item(&all, name).comment.state);
        assert_eq!(states, [State::Visible, State::Visible, State::Held, State::Spam]);
        assert!(first.known && !item(&all, "Basile 13").known, "who was approved there is known here");
        let page = site.get(PAGE).await.text();
        assert!(page.contains("Très beau") && page.contains("Je réponds") && !page.contains("En attente"), "{page}");
        let subject = first.comment.subject;
        assert!(read_tx!(site.app.db, |tx| talk::counters_agree(tx, subject).await).expect("counted"));
        // Nothing is left in plain, and the export changes nothing any more.
        assert_eq!(count(&site, "publish_kept_comment_private").await, 0);
        assert_eq!(count(&site, "publish_kept_comment WHERE body_html <> '' OR author_name <> ''").await, 0);
        for xml in [small(), small().replace("Je réponds.", "Je réponds autrement.")] {
            imported(&site, &who, &xml).await;
            assert_eq!(queue(&site, &owner).await, all);
        }
        let more = small().replace(
            "<wp:comment><wp:comment_id>12<",
            &format!("{}<wp:comment><wp:comment_id>12<", crate::imports_wxr::comment(16, 11, "1", "Moi aussi.")),
        );
        imported(&site, &who, &more).await;
        let later = queue(&site, &owner).await;
        assert_eq!((later.len(), item(&later, "Basile 16").comment.parent), (5, Some(first.comment.id)));
        // Somebody approved there need not wait here.
        let stamp = stamp(&site).await;
        let fields = [
            ("name", "Basile"),
            ("email", "CANARI-11@boite.example"),
            ("body", "Je passe encore."),
            ("stamp", stamp.as_str()),
        ];
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", ORIGIN)];
        let form = format!("{PAGE}/comments");
        let answer = site.send(request("POST", &form, None, &headers, encode(&fields).into())).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let now = queue(&site, &owner).await;
        assert!(
            now.iter().any(|i| i.comment.body == "Je passe encore." && i.comment.state == State::Visible),
            "{now:?}"
        );
    });
}

#[test]
fn an_import_is_undone_with_its_comments_unless_somebody_moderated_them() {
    on_both(async |site| {
        let (who, owner) = people(&site).await;
        let id = imported(&site, &who, &small()).await;
        let ctx = site.app.ctx(owner.actor.clone());
        let held = item(&queue(&site, &owner).await, "Basile 13").comment.id;
        let undo = format!("/fr/studio/import/{id}/undo");
        let act = write_tx!(site.app.db, |tx| talk::act_on(tx, &ctx, who.org, &[held], Verb::Approve).await);
        assert_eq!(site.post_as(&who, &undo, &[]).await.status, 409);
        assert_eq!(count(&site, "community_comment").await, 4, "a refused undoing takes nothing");
        drop(act.expect("approved"));
    });
    on_both(async |site| {
        let (who, _) = people(&site).await;
        let id = imported(&site, &who, &small()).await;
        let undone = site.post_as(&who, &format!("/fr/studio/import/{id}/undo"), &[]).await;
        assert_eq!(undone.status, 303, "{}", undone.text());
        for table in ["community_comment", "community_private", "community_thread", "publish_kept_comment"] {
            assert_eq!(count(&site, table).await, 0, "{table}");
        }
    });
}

#[test]
fn c15_who_was_erased_does_not_come_back_with_another_import() {
    on_both(async |site| {
        let (who, owner) = people(&site).await;
        imported(&site, &who, &small()).await;
        let digest = site.app.sealer.email_digest("canari-11@boite.example");
        let found = write_tx!(site.app.db, |tx| talk::erase_by_email(tx, &digest, Erasure::Everything).await);
        assert_eq!(found.expect("erased").comments, 1);
        imported(&site, &who, &small().replace("Très beau.", "Très très beau.")).await;
        let all = queue(&site, &owner).await;
        assert!(all.iter().all(|i| i.comment.name != "Basile 11" && !i.comment.body.contains("beau")), "{all:?}");
        assert!(item(&all, "Basile 12").comment.parent.is_some(), "the answer keeps its place");
        let system = site.app.ctx(Actor::System("test"));
        let sealer = site.app.sealer.clone();
        let said = read_tx!(site.app.db, |tx| {
            talk::export_by_email(tx, &system, &sealer, "canari-11@boite.example").await
        });
        assert_eq!(said.expect("read")["comments"], serde_json::json!([]));
        let kept = read_tx!(site.app.db, |tx| publish::service::kept_of(tx, &system, "canari-11@boite.example").await);
        assert!(kept.expect("read").is_empty());
    });
}
