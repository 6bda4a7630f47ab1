//! Posts that nobody may see: deleted, taken away, being prepared; and the addresses to ask of their routes.

use community::model::{POST_PREFIX, PostKind};
use community::rules::post::Draft;
use community::service::posts;
use db::write_tx;
use it::{Person, Site};
use kernel::show_id;

use super::{Plant, Way};

/// Plants a post of each kind, with a word in every part; gives their ids and the words.
pub(super) async fn plant(site: &Site, who: &Person) -> (Vec<i64>, Vec<String>) {
    let member = crate::posts::join(site, who, "canari", "Un canari public").await;
    let ctx = site.app.ctx(who.actor.clone());
    let (mut ids, mut words) = (Vec::new(), Vec::new());
    for word in ["zqpostefface", "zqpostretire", "zqpostprepare"] {
        let kind = if word == "zqpostprepare" { PostKind::Clip } else { PostKind::Post };
        let draft = Draft {
            body: format!("Mots {word} #mot{word} https://{word}.example/page"),
            lang: "fr".to_owned(),
            images: vec![community::model::Image {
                sha256: kernel::sha256_hex(word.as_bytes()),
                small_sha256: kernel::sha256_hex(format!("{word} small").as_bytes()),
                media_type: "image/jpeg".to_owned(),
                width: 100,
                height: 100,
                alt: format!("Image {word}"),
            }],
            ..Draft::default()
        };
        let made = write_tx!(site.app.db, |tx| {
            let made = posts::post(tx, &ctx, member.id, kind, &draft).await?;
            if kind == PostKind::Post {
                let alts = [format!("Autre image {word}")];
                posts::edit(tx, &ctx, made.id, 1, &format!("Autres mots {word}"), &alts).await?;
            }
            match word {
                "zqpostefface" => drop(posts::delete(tx, &ctx, made.id).await?),
                "zqpostretire" => drop(posts::moderate(tx, &site.system(), made.id, true).await?),
                _ => {}
            }
            Ok(made.id)
        });
        ids.push(made.expect("planted"));
        words.push(word.to_owned());
    }
    (ids, words)
}

pub(super) fn ways(plant: &Plant) -> Vec<Way> {
    let ids: Vec<String> = plant.posts.iter().map(|id| show_id(POST_PREFIX, *id)).collect();
    let each = |end: &str| -> Vec<String> {
        ids.iter().flat_map(|id| ["fr", "en"].map(|l| format!("/{l}/posts/{id}{end}"))).collect()
    };
    let files = ids.iter().flat_map(|id| {
        ["zqpostefface", "zqpostretire", "zqpostprepare"].map(|word| {
            let start = &kernel::sha256_hex(word.as_bytes())[..12];
            format!("/media/posts/{id}/{start}.jpg")
        })
    });
    let api = ids.iter().map(|id| format!("/api/v1/posts/{id}"));
    vec![
        ("GET", "/{lang}/posts/{id}", each("")),
        ("GET", "/{lang}/posts/{id}/history", each("/history")),
        ("GET", "/{lang}/posts/{id}/comments", each("/comments")),
        ("POST", "/{lang}/posts/{id}/comments", each("/comments")),
        ("GET", "/media/posts/{id}/{file}", files.collect()),
        ("GET", "/api/v1/posts", vec!["/api/v1/posts".to_owned(), "/api/v1/posts?voice=canari".to_owned()]),
        ("GET", "/api/v1/posts/{id}", api.collect()),
    ]
}
