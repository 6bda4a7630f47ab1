//! Two at once on PostgreSQL: the same key, two edits, a quote of what is being deleted. Both engines' answers are the same
//! when one comes after the other; here they come together.

use community::model::{PassedOn, PostKind};
use community::rules::post::Draft;
use community::service::posts;
use db::{Failure, write_tx};
use it::{Site, on_one};
use kernel::Subject;
use testkit::On;

use super::{hidden, led_to, member, path, posted, send};

#[test]
fn the_same_key_twice_at_once_is_one_post() {
    on_one(On::Pg, &async |site: Site| {
        let (who, me) = member(&site, "odile", "Odile F.").await;
        for round in 0..6 {
            let key = format!("key{round}");
            let fields = [("key", key.as_str()), ("voice", "me"), ("body", "Une fois"), ("act", "post")];
            let (one, two) = tokio::join!(
                send(&site, &who, "/fr/posts/new", &fields, &[]),
                send(&site, &who, "/fr/posts/new", &fields, &[])
            );
            assert_eq!(led_to(&one), led_to(&two), "round {round}");
        }
        let all = db::read_tx!(site.app.db, |tx| community::service::shown::kept_of(tx, &who.actor, me.id, None).await);
        assert_eq!(all.expect("a list").0.len(), 6);
    });
}

/// All of them touch the same rows of topics and counters: with collisions that run again in step the last would give up.
#[test]
fn eight_who_post_at_once_all_do() {
    on_one(On::Pg, &async |site: Site| {
        let (who, _) = member(&site, "odile", "Odile F.").await;
        for round in 0..3 {
            let one = async |n: usize| {
                let body = format!("Tous à la fois {round} {n}");
                send(&site, &who, "/fr/posts/new", &[("voice", "me"), ("body", &body), ("act", "post")], &[]).await
            };
            let all = futures_util::future::join_all((0..8).map(one)).await;
            let statuses: Vec<u16> = all.iter().map(|a| a.status.as_u16()).collect();
            assert_eq!(statuses, [303; 8], "round {round}");
        }
    });
}

#[test]
fn of_two_edits_at_once_one_is_kept_and_the_other_keeps_what_was_typed() {
    on_one(On::Pg, &async |site: Site| {
        let (who, me) = member(&site, "odile", "Odile F.").await;
        for round in 0..4 {
            let id = posted(&site, &who, &me, &format!("Avant {round}")).await;
            let edit = format!("{}/edit", path(id));
            let (a, b) = (format!("zqun {round}"), format!("zqdeux {round}"));
            let fields = |body| [("version", "1"), ("body", body), ("act", "post")];
            let (fa, fb) = (fields(a.as_str()), fields(b.as_str()));
            let (one, two) = tokio::join!(send(&site, &who, &edit, &fa, &[]), send(&site, &who, &edit, &fb, &[]));
            let mut statuses = [one.status.as_u16(), two.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [303, 409]);
            let (kept, lost, refused) = if one.status == 303 { (&a, &b, two) } else { (&b, &a, one) };
            let text = refused.text();
            assert!(text.contains(&format!("{lost}</textarea>")) && text.contains(kept.as_str()), "{text}");
            assert_eq!(hidden(&text, "version"), ["2"]);
            let history = site.get(&format!("{}/history", path(id))).await.text();
            assert!(history.contains(kept.as_str()) && history.contains("Avant") && !history.contains(lost.as_str()));
        }
    });
}

#[test]
fn a_quote_of_what_is_being_deleted_says_so_or_is_refused() {
    on_one(On::Pg, &async |site: Site| {
        let (who, me) = member(&site, "odile", "Odile F.").await;
        let (other, them) = member(&site, "titouan", "Titouan").await;
        for round in 0..4 {
            let id = posted(&site, &who, &me, &format!("zqparti {round}")).await;
            let ctx = site.app.ctx(other.actor.clone());
            let of = Some(PassedOn { subject: Subject::post(id), author: me.id });
            let draft = Draft { body: "Lisez".to_owned(), lang: "fr".to_owned(), of, ..Draft::default() };
            let quoting =
                async { write_tx!(site.app.db, |tx| posts::post(tx, &ctx, them.id, PostKind::Post, &draft).await) };
            let delete = format!("{}/delete", path(id));
            let (quote, gone) = tokio::join!(quoting, site.post_as(&who, &delete, &[]));
            assert_eq!(gone.status, 303);
            match quote {
                Ok(made) => {
                    let page = site.get(&path(made.id)).await.text();
                    assert!(page.contains("supprimée par son auteur") && !page.contains("zqparti"), "{page}");
                }
                Err(Failure::Refused(_)) => {}
                Err(failure) => panic!("{failure}"),
            }
        }
    });
}
