//! Posts and clips that nobody may see, in every state that hides one, each with a word in every part and in the bytes of every
//! file; a public twin of each, which must be found on the very ways the hidden ones are looked for.

use community::model::{Image, MEMBER_PREFIX, NewComment, POST_PREFIX, PassedOn, PostKind, Writer};
use community::rules::moderate::Verb;
use community::rules::post::Draft;
use community::service::{self as talk, posts};
use db::{args, write_tx};
use it::{Person, Site, on_both};
use kernel::{PersonId, Subject, show_id};
use reach::Standing;

use super::{Plant, Way, plant};
use crate::planted::{clip, file};

/// What became of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Public,
    Deleted,
    Removed,
    Decided,
    Preparing,
}

/// What is planted. Words of what is hidden begin with `zq`, those of the twins do not.
const ALL: [(&str, PostKind, Fate); 9] = [
    ("zqpostefface", PostKind::Post, Fate::Deleted),
    ("zqpostretire", PostKind::Post, Fate::Removed),
    ("zqpostdecide", PostKind::Post, Fate::Decided),
    ("zqclipprepare", PostKind::Clip, Fate::Preparing),
    ("zqclipefface", PostKind::Clip, Fate::Deleted),
    ("zqclipretire", PostKind::Clip, Fate::Removed),
    ("zqclipdecide", PostKind::Clip, Fate::Decided),
    ("zptemoinpost", PostKind::Post, Fate::Public),
    ("zptemoinclip", PostKind::Clip, Fate::Public),
];
/// Stands in the file every clip was made of, which is served to nobody but its author.
const ORIGINAL: &str = "zqoriginal";
const HANDLE: &str = "canari";

/// A post with its word and the digests of its files.
pub(super) struct Planted {
    id: i64,
    word: &'static str,
    kind: PostKind,
    fate: Fate,
    /// Pictures, or film and still; last what is never served.
    files: Vec<String>,
    voice: i64,
}

fn body(word: &str) -> String {
    format!("Mots {word} #mot{word} https://{word}.example/page")
}

/// A post with two files of a picture and a card with one.
async fn post(site: &Site, voice: i64, word: &str) -> (i64, Vec<String>) {
    let mut files = Vec::new();
    for part in ["large", "small", "card"] {
        files.push(file(site, &format!("{word} {part}")).await);
    }
    let image = Image {
        sha256: files[0].clone(),
        small_sha256: files[1].clone(),
        media_type: "image/jpeg".to_owned(),
        width: 100,
        height: 100,
        alt: format!("Image {word}"),
    };
    let draft = Draft { body: body(word), lang: "fr".to_owned(), images: vec![image], ..Draft::default() };
    let (ctx, card) = (site.system(), files[2].clone());
    let made = write_tx!(site.app.db, |tx| {
        let made = posts::post(tx, &ctx, voice, PostKind::Post, &draft).await?;
        let (again, alts) = (format!("Autres {}", body(word)), [format!("Autre image {word}")]);
        posts::edit(tx, &ctx, made.id, 1, &again, &alts).await?;
        let sql = "UPDATE community_card SET state = 'ready', title = $1, about = $1, site = $1, picture = $2
                   WHERE url = $3";
        let rows = tx.run(sql, args![format!("Carte {word}"), &card, format!("https://{word}.example/page")]).await?;
        assert_eq!(rows, 1, "the card of its link");
        Ok(made.id)
    });
    (made.expect("planted"), files)
}

/// Passes a post on with words of another, and comments on it, while it can still be seen.
async fn answered(site: &Site, (voice, who): (i64, &Person), id: i64, word: &str) {
    let of = Some(PassedOn { subject: Subject::post(id), author: voice });
    let draft = Draft { body: "Je cite".to_owned(), lang: "fr".to_owned(), of, ..Draft::default() };
    let new = NewComment {
        org: who.org,
        subject: Subject::post(id),
        subject_since: site.app.now(),
        parent: None,
        // Each by another person: nobody may say so much in an hour.
        writer: Writer::Member { person: PersonId(id), name: "Canari".to_owned(), team: false },
        body: format!("Commentaire {word}"),
        network: String::new(),
    };
    let (ctx, org) = (site.system(), who.org);
    write_tx!(site.app.db, |tx| {
        posts::post(tx, &ctx, voice, PostKind::Post, &draft).await?;
        let said = talk::say(tx, &ctx, &site.app.sealer, new.clone()).await?.id;
        talk::act_on(tx, &ctx, org, &[said], Verb::Approve).await.map(drop)
    })
    .expect("answered");
}

async fn befall(site: &Site, who: &Person, id: i64, fate: Fate) {
    let (ctx, org, now) = (site.system(), who.org, site.app.now());
    write_tx!(site.app.db, |tx| {
        match fate {
            Fate::Public | Fate::Preparing => {}
            Fate::Deleted => drop(posts::delete(tx, &ctx, id).await?),
            Fate::Removed => drop(posts::moderate(tx, &ctx, id, true).await?),
            Fate::Decided => {
                reach::set(tx, org, Subject::post(id), Standing::Removed, None, (now, None)).await?;
            }
        }
        Ok(())
    })
    .expect("done");
}

/// Plants everything; gives the posts and the words nobody may see.
pub(super) async fn plant_all(site: &Site, who: &Person) -> (Vec<Planted>, Vec<String>) {
    let voice = crate::posts::join(site, who, HANDLE, "Un canari public").await.id;
    let mut planted = Vec::new();
    for (word, kind, fate) in ALL {
        let (id, files) = match kind {
            PostKind::Post => post(site, voice, word).await,
            PostKind::Clip => clip(site, voice, (word, &body(word)), fate == Fate::Preparing).await,
        };
        if fate != Fate::Preparing {
            answered(site, (voice, who), id, word).await;
        }
        befall(site, who, id, fate).await;
        planted.push(Planted { id, word, kind, fate, files, voice });
    }
    let hidden = planted.iter().filter(|p| p.fate != Fate::Public).map(|p| p.word.to_owned());
    let words = hidden.chain([ORIGINAL.to_owned()]).collect();
    (planted, words)
}

/// Where one post is looked for on a route: its own addresses, and those of its tag.
fn of_one(post: &Planted, route: &str) -> Vec<String> {
    let id = show_id(POST_PREFIX, post.id);
    let in_both = |rest: String| ["fr", "en"].map(|l| format!("/{l}{rest}")).to_vec();
    let named = |folder: &str, n: usize, end: &str| format!("/media/{folder}/{id}/{}.{end}", &post.files[n][..12]);
    let tag = format!("mot{}", post.word);
    match route {
        "/{lang}/posts/{id}" => in_both(format!("/posts/{id}")),
        "/{lang}/posts/{id}/history" => in_both(format!("/posts/{id}/history")),
        "/{lang}/posts/{id}/comments" => in_both(format!("/posts/{id}/comments")),
        "/api/v1/posts/{id}" => vec![format!("/api/v1/posts/{id}")],
        "/media/posts/{id}/{file}" => (0..3).map(|n| named("posts", n, "jpg")).collect(),
        "/{lang}/clips/{id}" => in_both(format!("/clips/{id}")),
        "/media/clips/{id}/{file}" => {
            vec![named("clips", 0, "mp4"), named("clips", 1, "jpg"), format!("/media/clips/{id}/captions.fr.vtt")]
        }
        "/feeds/comments/{file}" => vec![format!("/feeds/comments/{id}.xml")],
        "/{lang}/tags/{tag}" => in_both(format!("/tags/{tag}")),
        "/api/v1/tags/{tag}" => vec![format!("/api/v1/tags/{tag}")],
        "/feeds/tags/{file}" => ["fr", "en"].map(|l| format!("/feeds/tags/{tag}.{l}.xml")).to_vec(),
        _ => Vec::new(),
    }
}

/// Lists that show posts, and whether they show clips and posts.
fn lists(route: &str) -> Option<(Vec<String>, &'static [PostKind])> {
    const BOTH: &[PostKind] = &[PostKind::Post, PostKind::Clip];
    let in_both = |rest: &str| ["fr", "en"].map(|l| format!("/{l}{rest}")).to_vec();
    Some(match route {
        "/{lang}/explore" => (in_both("/explore"), BOTH),
        "/api/v1/explore" => (vec!["/api/v1/explore".to_owned()], BOTH),
        "/{lang}/members/{handle}" => (in_both(&format!("/members/{HANDLE}")), BOTH),
        "/feeds/members/{file}" => (["fr", "en"].map(|l| format!("/feeds/members/{HANDLE}.{l}.xml")).to_vec(), BOTH),
        "/api/v1/posts" => (vec!["/api/v1/posts".to_owned(), format!("/api/v1/posts?voice={HANDLE}")], BOTH),
        "/{lang}/clips" => (in_both("/clips"), &[PostKind::Clip]),
        "/api/v1/clips" => (vec!["/api/v1/clips".to_owned()], &[PostKind::Clip]),
        _ => return None,
    })
}

/// Everything to ask of a route about what is planted, the twins included, and the files nobody is given.
pub(super) fn asked(plant: &Plant, route: &str) -> Vec<String> {
    let mut all: Vec<String> = plant.posts.iter().flat_map(|post| of_one(post, route)).collect();
    if route == "/media/clips/{id}/{file}" {
        for clip in plant.posts.iter().filter(|p| p.kind == PostKind::Clip) {
            let (id, file) = (show_id(POST_PREFIX, clip.id), &clip.files[2]);
            all.extend(["mp4", "mov", "webm"].map(|end| format!("/media/clips/{id}/{}.{end}", &file[..12])));
        }
    }
    all.extend(lists(route).map(|(paths, _)| paths).unwrap_or_default());
    all
}

pub(super) fn ways(plant: &Plant) -> Vec<Way> {
    let gets = [
        "/{lang}/posts/{id}",
        "/{lang}/posts/{id}/history",
        "/{lang}/posts/{id}/comments",
        "/media/posts/{id}/{file}",
        "/api/v1/posts",
        "/api/v1/posts/{id}",
    ];
    let mut ways: Vec<Way> = gets.into_iter().map(|route| ("GET", route, asked(plant, route))).collect();
    ways.push(("POST", "/{lang}/posts/{id}/comments", asked(plant, "/{lang}/posts/{id}/comments")));
    ways
}

/// The id of the voice that says all this.
pub(super) fn voice(plant: &Plant) -> Option<String> {
    plant.posts.first().map(|p| show_id(MEMBER_PREFIX, p.voice))
}

/// Routes that show only what has a film, and only what has none.
fn kinds(route: &str) -> Option<PostKind> {
    match route {
        "/{lang}/clips/{id}" | "/media/clips/{id}/{file}" => Some(PostKind::Clip),
        "/media/posts/{id}/{file}" | "/{lang}/posts/{id}/history" => Some(PostKind::Post),
        _ => None,
    }
}

#[test]
fn c4_the_public_twin_is_found_wherever_hidden_posts_are_looked_for() {
    on_both(async |site| {
        let plant = plant(&site).await;
        let ways = super::ways(&plant);
        let (mut missed, mut found) = (Vec::new(), 0);
        for (_, route) in ways.keys().filter(|(method, _)| *method == "GET") {
            for twin in plant.posts.iter().filter(|p| p.fate == Fate::Public) {
                let mut paths = of_one(twin, route);
                if kinds(route).is_some_and(|kind| kind != twin.kind) {
                    paths.clear();
                }
                paths.extend(lists(route).filter(|(_, kinds)| kinds.contains(&twin.kind)).unwrap_or_default().0);
                for path in paths {
                    assert!(ways[&("GET", *route)].contains(&path), "{path} is asked");
                    let answer = site.get(&path).await;
                    if answer.status == 200 && answer.text().to_lowercase().contains(twin.word) {
                        found += 1;
                    } else {
                        missed.push(format!("{path}: {} without {}", answer.status, twin.word));
                    }
                }
            }
        }
        assert!(missed.is_empty(), "{missed:#?}");
        assert!(found > 50, "only {found}");
    });
}
