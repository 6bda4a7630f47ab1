//! Two at once on PostgreSQL, for rules of publishing, accounts and audience that read before they write: limits are kept,
//! nobody's work is written over, what is ended takes nothing more. Posts and people have theirs in `community/tests/races.rs`.

use audience::service as audience_uc;
use db::{Failure, args, read_tx, write_tx};
use it::{Person, Site, desk, on_both, on_one};
use kernel::{Role, show_id};
use publish::model::checks::NoteKind;
use publish::model::{Credit, EPISODE_PREFIX, Episode, Show};
use publish::rules::approval::MOST_LINKS;
use publish::rules::excerpt::{self, ExcerptDraft};
use publish::rules::merge::Section;
use publish::rules::rundown::{ItemDraft, MOST_ITEMS, Way};
use publish::rules::webhook::MOST_WEBHOOKS;
use publish::service::{self as uc, Place, Saved, WebhookAct, When};
use testkit::On;

const ROUNDS: usize = 6;

struct Desk {
    who: Person,
    show: Show,
    episode: Episode,
}

async fn set(site: &Site) -> Desk {
    let who = site.person("pentes", "odile@pentes.example", Role::Editor).await;
    let show = desk::show(site, &who, "pentes").await;
    let episode = desk::episode(site, &who, &show, desk::draft("Le pont")).await;
    Desk { who, show, episode }
}

async fn count(site: &Site, sql: &str) -> i64 {
    read_tx!(site.app.db, |tx| Ok(tx.scalar::<i64>(sql, args![]).await?)).expect("counted").unwrap_or(0)
}

/// The code of a refusal; nothing when it was done. Anything else is a fault.
fn refused<T>(outcome: Result<T, Failure>) -> Option<&'static str> {
    match outcome {
        Ok(_) => None,
        Err(Failure::Refused(refusal)) => Some(refusal.code),
        Err(failure) => panic!("{failure}"),
    }
}

fn people(names: &str) -> Section {
    Section::Credits(names.chars().map(|n| Credit { name: n.to_string(), ..Credit::default() }).collect())
}

async fn order(site: &Site, d: &Desk) -> (String, i64) {
    let full = read_tx!(site.app.db, |tx| uc::desk_episode(tx, &d.who.actor, d.episode.id).await).expect("there").1;
    (full.credits.iter().map(|c| c.name.as_str()).collect(), full.episode.version)
}

#[test]
fn race_of_two_who_reorder_the_people_one_is_asked() {
    on_one(On::Pg, &async |site: Site| {
        let d = set(&site).await;
        let (one, two) = (site.app.ctx(d.who.actor.clone()), site.app.ctx(d.who.actor.clone()));
        for round in 0..ROUNDS {
            let (_, began) = order(&site, &d).await;
            let start = people("abc");
            write_tx!(site.app.db, |tx| uc::save_episode(tx, &one, d.episode.id, began, &start).await).expect("saved");
            let (_, began) = order(&site, &d).await;
            let (a, b) = (people("bac"), people("acb"));
            let (x, y) = tokio::join!(
                async { write_tx!(site.app.db, |tx| uc::save_episode(tx, &one, d.episode.id, began, &a).await) },
                async { write_tx!(site.app.db, |tx| uc::save_episode(tx, &two, d.episode.id, began, &b).await) },
            );
            let (x, y) = (x.expect("settled"), y.expect("settled"));
            let (kept, asked) = match (x, y) {
                (Saved::Kept { .. }, Saved::Collided(asked)) => ("bac", asked),
                (Saved::Collided(asked), Saved::Kept { .. }) => ("acb", asked),
                _ => panic!("round {round}: one is kept, the other is asked"),
            };
            assert_eq!(order(&site, &d).await.0, kept, "nothing is written before the choice");
            assert_eq!(asked.merged.collisions.iter().map(|c| c.field.as_str()).collect::<Vec<_>>(), ["credits"]);
        }
    });
}

#[test]
fn two_orders_of_the_people_are_shown_side_by_side_and_one_is_chosen() {
    on_both(async |site| {
        let d = set(&site).await;
        let other = site.person("pentes", "anselme@pentes.example", Role::Editor).await;
        let base = format!("/fr/studio/episodes/{}", show_id(EPISODE_PREFIX, d.episode.id));
        let form = |version: i64, names: [&str; 3]| {
            let mut fields = vec![("version".to_owned(), version.to_string()), ("rows".to_owned(), "3".to_owned())];
            fields.extend((0..).zip(names).map(|(n, name): (usize, _)| (format!("c{n}-name"), name.to_owned())));
            fields
        };
        let send = async |who: &Person, path: &str, fields: &[(String, String)]| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            site.post_as(who, &format!("{base}{path}"), &fields).await
        };
        let first = form(order(&site, &d).await.1, ["Odile", "Anselme", "Roux"]);
        assert_eq!(send(&d.who, "/credits", &first).await.status, 303);
        for (pick, expected) in [("theirs", ["Roux", "Odile", "Anselme"]), ("mine", ["Anselme", "Odile", "Roux"])] {
            let (_, began) = order(&site, &d).await;
            assert_eq!(send(&other, "/credits", &form(began, ["Roux", "Odile", "Anselme"])).await.status, 303);
            let asked = send(&d.who, "/credits", &form(began, ["Anselme", "Odile", "Roux"])).await;
            assert_eq!(asked.status, 409);
            let page = asked.text();
            assert!(
                page.contains("Ordre des personnes") && page.contains("name=\"field\" value=\"credits\""),
                "{page}"
            );
            let shown = |names: [&str; 3]| {
                let lines: Vec<String> = names.iter().map(|n| format!("<br>{n}</span>")).collect();
                page.find(&lines[0]).is_some() && lines.iter().all(|line| page.matches(line).count() >= 2)
            };
            assert!(shown(["Roux", "Odile", "Anselme"]) && !page.contains("value=\"typed\""), "{page}");
            let hidden = |name: &str| {
                let mark = format!("name=\"{name}\" value=\"");
                let rest = page.split_once(&mark).unwrap_or_else(|| panic!("no {name}")).1;
                rest.split('"').next().unwrap_or_default().replace("&quot;", "\"").replace("&#x2f;", "/")
            };
            let mut choice: Vec<(String, String)> =
                ["began", "seen", "section", "mine", "field"].iter().map(|n| ((*n).to_owned(), hidden(n))).collect();
            choice.push(("pick-0".to_owned(), pick.to_owned()));
            let saved = send(&d.who, "/merge", &choice).await;
            assert_eq!(saved.status, 303, "{}", saved.text());
            assert_eq!(order(&site, &d).await.0, expected.concat(), "{pick}");
            // Back to the beginning for the next round.
            let back = form(order(&site, &d).await.1, ["Odile", "Anselme", "Roux"]);
            assert_eq!(send(&d.who, "/credits", &back).await.status, 303);
        }
        let history = site.get_as(&d.who, &format!("{base}/history?from=1&to={}", order(&site, &d).await.1)).await;
        assert_eq!(history.status, 200);
    });
}

#[test]
fn race_links_for_clients_stay_within_their_number_and_an_ended_one_takes_no_answer() {
    on_one(On::Pg, &async |site: Site| {
        let d = set(&site).await;
        let ctx = site.app.ctx(d.who.actor.clone());
        let make = async || write_tx!(site.app.db, |tx| uc::create_approval(tx, &ctx, d.episode.id, "Client", 7).await);
        for _ in 1..MOST_LINKS {
            make().await.expect("made");
        }
        let (x, y) = tokio::join!(make(), make());
        let codes = [refused(x), refused(y)];
        assert!(codes.contains(&None) && codes.contains(&Some("approval-too-many")), "{codes:?}");
        let client = site.app.ctx(kernel::Actor::Visitor);
        for round in 0..ROUNDS {
            let working = "SELECT MIN(id) FROM publish_approval WHERE revoked_at IS NULL";
            let id = count(&site, working).await;
            write_tx!(site.app.db, |tx| uc::revoke_approval(tx, &ctx, id).await).expect("ended");
            let made = make().await.expect("there is room again");
            let seen = read_tx!(site.app.db, |tx| uc::preview(tx, &client, &made.token).await).expect("seen").digest;
            let answer = async || {
                let said = ("Zoé", "oui");
                let kind = NoteKind::Comment;
                write_tx!(site.app.db, |tx| uc::answer_approval(tx, &client, &made.token, kind, said, &seen).await)
            };
            let end = async { write_tx!(site.app.db, |tx| uc::revoke_approval(tx, &ctx, made.approval.id).await) };
            let (said, ended) = tokio::join!(answer(), end);
            ended.expect("ended");
            let kept = i64::from(refused(said).is_none());
            let notes = format!("SELECT COUNT(*) FROM publish_approval_note WHERE approval_id = {}", made.approval.id);
            assert_eq!(count(&site, &notes).await, kept, "round {round}");
            assert_eq!(refused(answer().await), Some("not-found"));
        }
    });
}

#[test]
fn race_webhooks_stay_within_their_number_and_every_rotation_counts() {
    on_one(On::Pg, &async |site: Site| {
        let d = set(&site).await;
        let ctx = site.app.ctx(d.who.actor.clone());
        let events = ["episode.published".to_owned()];
        let make = async || {
            let wanted = ("https://hooks.example/in", events.as_slice());
            write_tx!(site.app.db, |tx| uc::create_webhook(tx, &ctx, d.who.org, wanted, false).await)
        };
        for _ in 1..MOST_WEBHOOKS {
            make().await.expect("made");
        }
        let (x, y) = tokio::join!(make(), make());
        let codes = [x.as_ref().err().map(|f| f.as_refusal().code), y.as_ref().err().map(|f| f.as_refusal().code)];
        assert!(codes.contains(&None) && codes.contains(&Some("webhook-too-many")), "{codes:?}");
        let id = x.or(y).expect("one of them").id;
        let act = async |act: WebhookAct| {
            let ctx = site.app.ctx(d.who.actor.clone());
            write_tx!(site.app.db, |tx| uc::act_webhook(tx, &ctx, id, act).await)
        };
        for round in 0..ROUNDS {
            let before = count(&site, &format!("SELECT generation FROM publish_webhook WHERE id = {id}")).await;
            let (x, y) = tokio::join!(act(WebhookAct::Rotate), act(WebhookAct::Pause));
            let (x, y) = (x.expect("rotated"), y.expect("paused"));
            assert!(x.generation == before + 1 && y.paused_at.is_some());
            let kept = format!(
                "SELECT COUNT(*) FROM publish_webhook WHERE id = {id} AND paused_at IS NOT NULL AND generation = {}",
                before + 1
            );
            assert_eq!(count(&site, &kept).await, 1, "round {round}: neither writes over the other");
            let (x, y) = tokio::join!(act(WebhookAct::Rotate), act(WebhookAct::Rotate));
            let mut made = [x.expect("rotated").generation, y.expect("rotated").generation];
            made.sort_unstable();
            assert_eq!(made, [before + 2, before + 3], "no secret is given out twice");
            act(WebhookAct::Resume).await.expect("resumed");
        }
        let (rotated, gone) = tokio::join!(act(WebhookAct::Rotate), act(WebhookAct::Delete));
        gone.expect("deleted");
        assert!(matches!(refused(rotated), None | Some("not-found")));
        assert_eq!(count(&site, &format!("SELECT COUNT(*) FROM publish_webhook WHERE id = {id}")).await, 0);
    });
}

#[test]
fn race_a_rundown_keeps_every_item_once_and_stays_within_its_number() {
    on_one(On::Pg, &async |site: Site| {
        let d = set(&site).await;
        let ctx = site.app.ctx(d.who.actor.clone());
        let add = async |place: Place, title: &str| {
            let draft = ItemDraft { title: title.to_owned(), ..ItemDraft::default() };
            let ctx = site.app.ctx(d.who.actor.clone());
            write_tx!(site.app.db, |tx| uc::add_item(tx, &ctx, place, draft.clone()).await)
        };
        let here = Place::Episode(d.episode.id);
        let mut ids = Vec::new();
        for title in ["un", "deux", "trois", "quatre"] {
            ids.push(add(here, title).await.expect("added").id);
        }
        for round in 0..ROUNDS {
            let (one, two) = (ids[round % 4], ids[(round + 1) % 4]);
            let go = async |id: i64, way: Way| write_tx!(site.app.db, |tx| uc::move_item(tx, &ctx, id, way).await);
            let (x, y, z) = tokio::join!(go(one, Way::Up), go(two, Way::To(round % 3)), add(here, "encore"));
            for outcome in [x, y, z] {
                assert_eq!(refused(outcome), None, "round {round}");
            }
            let items =
                read_tx!(site.app.db, |tx| uc::rundown(tx, &d.who.actor, d.episode.id).await).expect("read").items;
            let mut places: Vec<i64> = items.iter().map(|i| i.position).collect();
            places.dedup();
            assert_eq!((items.len(), places.len()), (5 + round, 5 + round), "a place is one item's");
            assert!(ids.iter().all(|id| items.iter().any(|i| i.id == *id)));
        }
        let full = "UPDATE publish_rundown_item SET dropped_at = 1 WHERE title = 'encore'";
        write_tx!(site.app.db, |tx| Ok(tx.run(full, args![]).await?)).expect("emptied");
        for n in 4..MOST_ITEMS - 1 {
            add(here, &format!("{n}")).await.expect("added");
        }
        let (x, y) = tokio::join!(add(here, "le dernier"), add(here, "un de trop"));
        let codes = [refused(x), refused(y)];
        assert!(codes.contains(&None) && codes.contains(&Some("check-fields")), "{codes:?}");
    });
}

#[test]
fn race_excerpts_stay_within_their_number_also_when_one_comes_back() {
    on_one(On::Pg, &async |site: Site| {
        let d = set(&site).await;
        let ctx = site.app.ctx(d.who.actor.clone());
        let add = async || {
            let titles = [("fr".to_owned(), "Extrait".to_owned())].into();
            let draft = ExcerptDraft { start: "0:00".to_owned(), end: "0:01".to_owned(), titles };
            write_tx!(site.app.db, |tx| uc::add_excerpt(tx, &ctx, d.episode.id, &draft).await)
        };
        let mut last = 0;
        for _ in 1..excerpt::MOST {
            last = add().await.expect("added").id;
        }
        let (x, y) = tokio::join!(add(), add());
        assert_eq!([refused(x), refused(y)].iter().filter(|c| c.is_none()).count(), 1);
        write_tx!(site.app.db, |tx| uc::remove_excerpt(tx, &ctx, last).await).expect("removed");
        let back = async { write_tx!(site.app.db, |tx| uc::restore_excerpt(tx, &ctx, last).await) };
        let (x, y) = tokio::join!(add(), back);
        assert_eq!([refused(x), refused(y)].iter().filter(|c| c.is_none()).count(), 1);
        let there =
            format!("SELECT COUNT(*) FROM publish_excerpt WHERE episode_id = {} AND removed_at IS NULL", d.episode.id);
        assert_eq!(count(&site, &there).await, excerpt::MOST);
    });
}

#[test]
fn race_taking_off_and_editing_both_stand() {
    on_one(On::Pg, &async |site: Site| {
        let d = set(&site).await;
        let ctx = site.app.ctx(d.who.actor.clone());
        for round in 0..ROUNDS {
            let made = desk::published(&site, &d.who, &d.show, &format!("Tour {round}")).await;
            let text = publish::model::EpisodeText { title: format!("Autre {round}"), ..Default::default() };
            let section = Section::Texts("fr".to_owned(), text);
            let (off, saved) =
                tokio::join!(async { write_tx!(site.app.db, |tx| uc::unpublish(tx, &ctx, made.id).await) }, async {
                    write_tx!(site.app.db, |tx| uc::save_episode(tx, &ctx, made.id, made.version, &section).await)
                },);
            off.expect("taken off");
            assert!(matches!(saved.expect("settled"), Saved::Kept { .. }));
            let full = read_tx!(site.app.db, |tx| uc::desk_episode(tx, &d.who.actor, made.id).await).expect("there").1;
            assert_eq!(full.episode.texts["fr"].title, format!("Autre {round}"));
            assert!(!publish::rules::visibility::is_public(full.episode.state, site.app.now()), "round {round}");
        }
        // Two who bring it back and take it off: it is one or the other, never half.
        let made = desk::published(&site, &d.who, &d.show, "Dernier").await;
        let (on, off) = tokio::join!(
            async { write_tx!(site.app.db, |tx| uc::schedule(tx, &ctx, made.id, When::Now).await) },
            async { write_tx!(site.app.db, |tx| uc::unpublish(tx, &ctx, made.id).await) },
        );
        off.expect("taken off");
        refused(on);
    });
}

#[test]
fn race_the_last_two_passkeys_never_go_together() {
    on_one(On::Pg, &async |site: Site| {
        let who = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let no_address = "UPDATE accounts_person SET email = '' WHERE id = $1";
        write_tx!(site.app.db, |tx| Ok(tx.run(no_address, args![who.id.0]).await?)).expect("no address");
        let ctx = site.app.ctx(who.actor.clone());
        for round in 0..ROUNDS {
            let base = i64::try_from(round).expect("small") * 2 + 1;
            for id in [base, base + 1] {
                let sql = "INSERT INTO accounts_passkey (id, person_id, credential_id, public_key, algorithm, sign_count, label, created_at)
                           VALUES ($1, $2, $3, $4, -8, 0, 'Clé', 1)";
                let credential = id.to_be_bytes();
                write_tx!(site.app.db, |tx| Ok(tx
                    .run(sql, args![id, who.id.0, &credential[..], &credential[..]])
                    .await?))
                .expect("made");
            }
            let remove =
                async |id: i64| write_tx!(site.app.db, |tx| accounts::service::remove_passkey(tx, &ctx, id).await);
            let (x, y) = tokio::join!(remove(base), remove(base + 1));
            let codes = [refused(x), refused(y)];
            assert!(codes.contains(&None) && codes.contains(&Some("last-passkey")), "round {round}: {codes:?}");
            write_tx!(site.app.db, |tx| Ok(tx.run("DELETE FROM accounts_passkey", args![]).await?)).expect("emptied");
        }
    });
}

#[test]
fn race_pages_for_clients_stay_within_their_number() {
    on_one(On::Pg, &async |site: Site| {
        let d = set(&site).await;
        let ctx = site.app.ctx(d.who.actor.clone());
        let make = async || {
            let within = (d.who.org, d.show.id);
            write_tx!(site.app.db, |tx| audience_uc::create_report(tx, &ctx, within, "2026-10", ("Client", 30)).await)
        };
        let mut made = 0;
        let full = loop {
            let (x, y) = tokio::join!(make(), make());
            let codes = [refused(x), refused(y)];
            made += codes.iter().filter(|c| c.is_none()).count();
            if codes.contains(&Some("report-too-many")) {
                break made;
            }
            assert!(made < 200, "there is a limit");
        };
        let kept = "SELECT COUNT(*) FROM audience_report";
        assert_eq!(count(&site, kept).await, i64::try_from(full).expect("small"));
        assert_eq!(refused(make().await), Some("report-too-many"));
        assert_eq!(full % 10, 0, "the limit is a round number, not one more: {full}");
    });
}

#[test]
fn race_what_is_said_while_its_writer_is_erased_does_not_stay() {
    on_one(On::Pg, &async |site: Site| {
        let d = set(&site).await;
        desk::published(&site, &d.who, &d.show, "Marché").await;
        let form = "/fr/shows/pentes/marche/comments";
        for round in 0..ROUNDS {
            let who = site.person("pentes", &format!("zoe{round}@pentes.example"), Role::Editor).await;
            site.clock.advance(700);
            let stamp = crate::comments::stamp(&site).await;
            let body = format!("Un mot avant de partir, le {round}.");
            let fields = [("body", body.as_str()), ("stamp", stamp.as_str())];
            let (said, gone) = tokio::join!(
                site.post_as(&who, form, &fields),
                site.post_as(&who, "/fr/account/data/erase", &[("confirm", "effacer")]),
            );
            assert_eq!(gone.status, 303, "{}", gone.text());
            assert!(said.status.as_u16() < 500, "{}", said.text());
            let left =
                format!("SELECT COUNT(*) FROM community_comment WHERE person_id = {} OR body = '{body}'", who.id.0);
            assert_eq!(count(&site, &left).await, 0, "round {round}");
            assert!(!site.get("/fr/shows/pentes/marche").await.text().contains("Un mot avant de partir"));
        }
    });
}
