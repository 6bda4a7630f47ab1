//! What publishing tells the public log: a leaf for each publication, change and taking off, in the transaction of it, whose
//! digest is that of the document anybody can fetch.

use db::{read_tx, write_tx};
use it::{Site, desk, on_both};
use kernel::{Role, sha256_hex, show_id};
use publish::model::{EPISODE_PREFIX, State};
use publish::rules::check::EpisodeDraft;
use publish::service::{self as uc, When};

/// The leaves about episodes: kind and data, oldest first.
async fn leaves(site: &Site) -> Vec<(String, serde_json::Value)> {
    traboule::log::beat(&site.app, site.clock.now()).await.expect("a beat");
    let found = read_tx!(site.app.db, |tx| tlog::service::of_kind(tx, "episode.", 0, 100).await).expect("leaves");
    let read = |body: &[u8]| serde_json::from_slice::<serde_json::Value>(body).expect("JSON")["data"].clone();
    found.iter().map(|e| (e.kind.clone(), read(&e.body))).collect()
}

#[test]
fn what_an_episode_says_has_its_digest_in_the_log() {
    on_both(async |site| {
        let who = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &who, "pentes").await;
        let made = desk::episode(&site, &who, &show, desk::draft("Le pont")).await;
        assert!(leaves(&site).await.is_empty(), "a draft is nobody's business");
        desk::schedule(&site, &who, made.id, When::Now).await;
        site.work().await;
        let shown = show_id(EPISODE_PREFIX, made.id);
        let path = format!("/media/episodes/{shown}/said.json");
        let document = site.get(&path).await;
        let all = leaves(&site).await;
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].0, "episode.published");
        assert_eq!(all[0].1["episode"], shown);
        assert_eq!(all[0].1["said_sha256"], sha256_hex(&document.body));
        let said = document.json();
        assert_eq!(said["texts"]["fr"]["title"], "Le pont");
        assert_eq!(said["sound_sha256"], all[0].1["sound_sha256"]);

        let edit = async |title: &str| {
            let ctx = site.app.ctx(who.actor.clone());
            write_tx!(site.app.db, |tx| {
                let (_, full) = uc::desk_episode(tx, &ctx.actor, made.id).await?;
                let mut draft = EpisodeDraft {
                    slug: full.episode.slug,
                    texts: full.episode.texts,
                    chapters: full.chapters,
                    credits: full.credits,
                    ..EpisodeDraft::default()
                };
                draft.texts.get_mut("fr").expect("French").title = title.to_owned();
                uc::edit_episode(tx, &ctx, made.id, full.episode.version, draft).await
            })
            .expect("edited")
        };
        edit("Le pont de bois").await;
        edit("Le pont de bois").await;
        let all = leaves(&site).await;
        assert_eq!(all.len(), 2, "a save that changes nothing said leaves nothing");
        assert_eq!(all[1].0, "episode.changed");
        assert_eq!(all[1].1["said_sha256"], sha256_hex(&site.get(&path).await.body));
        let page = site.get(&format!("/fr/shows/pentes/{}", made.slug)).await;
        let newest = read_tx!(site.app.db, |tx| uc::newest_leaf(tx, made.id).await).expect("read").expect("a leaf");
        assert!(page.text().contains(&format!("/fr/log?q={}", newest.leaf_hash)), "the page leads to its leaf");
        let listed = site.get(&format!("/fr/log?q={}", newest.leaf_hash)).await;
        assert!(matches!(listed.status.as_u16(), 200 | 303), "the log finds it by its hash: {}", listed.status);

        let ctx = site.app.ctx(who.actor.clone());
        let gone = write_tx!(site.app.db, |tx| uc::unpublish(tx, &ctx, made.id).await).expect("off");
        assert!(matches!(gone.state, State::Unpublished(_)));
        assert_eq!(leaves(&site).await[2].0, "episode.unpublished");
        assert_eq!(site.get(&path).await.status, 404);
    });
}
