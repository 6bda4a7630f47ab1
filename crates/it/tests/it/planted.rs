//! Things that are there without the work that usually makes them: a clip with its files, as it is once its film was looked at.

use community::media::{Container, VideoFacts};
use community::model::{Made, Original};
use community::rules::clip::{Cue, Words};
use community::service::{self as talk, ClipOrder, Looked};
use db::{args, write_tx};
use it::Site;

/// A file in the store with a word in its bytes; gives its digest.
pub(crate) async fn file(site: &Site, words: &str) -> String {
    site.app.blobs.put(words.to_owned().into_bytes().into()).await.expect("stored").as_str().to_owned()
}

/// A clip with film, still and captions; it is public unless it is to be `waiting`.
pub(crate) async fn clip(site: &Site, voice: i64, (word, body): (&str, &str), waiting: bool) -> (i64, Vec<String>) {
    let mut files = Vec::new();
    for part in ["film".to_owned(), "still".to_owned(), "zqoriginal film".to_owned()] {
        files.push(file(site, &format!("{word} {part}")).await);
    }
    let words = Words { title: format!("Titre {word}"), body: body.to_owned(), lang: "fr".to_owned() };
    let cues = vec![Cue { start_ms: 0, end_ms: 900, text: format!("Paroles {word}") }];
    let order = ClipOrder { voice, words, cues };
    let facts = VideoFacts { container: Container::Mp4, duration_ms: 1_000, width: 180, height: 320, has_sound: true };
    let original = Original { sha256: files[2].clone(), bytes: 9, facts };
    let made = Made { sha256: files[0].clone(), bytes: 9, width: 180, height: 320 };
    let looked = Looked { made, poster: Some(files[1].clone()), duration_ms: 1_000, problem: None };
    let ctx = site.system();
    let id = write_tx!(site.app.db, |tx| {
        let id = talk::begin_clip(tx, &ctx, &order, site.app.clip_rooms).await?.id;
        talk::give_video(tx, &ctx, id, &original, site.app.clip_rooms).await?;
        talk::clip_made(tx, &ctx, id, &looked).await?;
        if waiting {
            // As it is between the last piece of work and the moment it appears.
            tx.run("UPDATE community_post SET state = 'preparing' WHERE id = $1", args![id]).await?;
        }
        Ok(id)
    });
    (id.expect("a clip"), files)
}
