//! The long parts of an episode: chapters with sources, credits, transcripts, files elsewhere.

use std::collections::HashMap;

use db::{DbError, Rows, Tx, Value, args};
use kernel::At;

use super::{CHUNK, placeholders};
use crate::model::{Chapter, Credit, RemoteFile, Source, SourceKind, StoredTranscript};

pub(crate) async fn chapters(tx: &mut Tx, episode: i64) -> Result<Vec<Chapter>, DbError> {
    let sql = "SELECT position, start_ms, in_toc, image_id, item_id FROM publish_chapter WHERE episode_id = $1 ORDER BY position";
    let mut chapters = Vec::new();
    let mut places = HashMap::new();
    for row in tx.all(sql, args![episode]).await? {
        places.insert(row.get::<i64>(0)?, chapters.len());
        chapters.push(Chapter {
            start_ms: row.get(1)?,
            in_toc: row.get(2)?,
            image_id: row.get(3)?,
            titles: Default::default(),
            sources: Vec::new(),
            item: row.get(4)?,
        });
    }
    let sql = "SELECT position, lang, title FROM publish_chapter_text WHERE episode_id = $1";
    for row in tx.all(sql, args![episode]).await? {
        if let Some(at) = places.get(&row.get::<i64>(0)?) {
            chapters[*at].titles.insert(row.get(1)?, row.get(2)?);
        }
    }
    let sql =
        "SELECT position, kind, title, url, seen_on FROM publish_source WHERE episode_id = $1 ORDER BY position, rank";
    for row in tx.all(sql, args![episode]).await? {
        let Some(at) = places.get(&row.get::<i64>(0)?) else { continue };
        let kind = if row.get::<String>(1)? == "video" { SourceKind::Video } else { SourceKind::Link };
        chapters[*at].sources.push(Source { kind, title: row.get(2)?, url: row.get(3)?, seen_on: row.get(4)? });
    }
    Ok(chapters)
}

pub(crate) async fn clear_chapters(tx: &mut Tx, episode: i64) -> Result<(), DbError> {
    for table in ["publish_source", "publish_chapter_text", "publish_chapter"] {
        tx.run(&format!("DELETE FROM {table} WHERE episode_id = $1"), args![episode]).await?;
    }
    Ok(())
}

pub(crate) async fn replace_chapters(tx: &mut Tx, episode: i64, chapters: &[Chapter]) -> Result<(), DbError> {
    clear_chapters(tx, episode).await?;
    let mut rows = ChapterRows::default();
    rows.add(episode, chapters);
    rows.write(tx).await
}

/// Chapter rows of one or many episodes, written with few statements.
#[derive(Default)]
pub(crate) struct ChapterRows {
    chapters: Rows,
    titles: Rows,
    sources: Rows,
}

impl ChapterRows {
    pub(crate) fn add(&mut self, episode: i64, chapters: &[Chapter]) {
        for (position, chapter) in (0_i64..).zip(chapters) {
            let c = chapter;
            self.chapters.push(args![episode, position, c.start_ms, c.in_toc, c.image_id, c.item]);
            for (lang, title) in &chapter.titles {
                self.titles.push(args![episode, position, lang, title]);
            }
            for (rank, source) in (0_i64..).zip(&chapter.sources) {
                let kind = if source.kind == SourceKind::Video { "video" } else { "link" };
                let seen = source.seen_on.clone();
                self.sources.push(args![episode, position, rank, kind, &source.title, &source.url, seen]);
            }
        }
    }

    pub(crate) async fn write(self, tx: &mut Tx) -> Result<(), DbError> {
        let head = "INSERT INTO publish_chapter (episode_id, position, start_ms, in_toc, image_id, item_id)";
        tx.insert_rows(head, self.chapters, "").await?;
        let head = "INSERT INTO publish_chapter_text (episode_id, position, lang, title)";
        tx.insert_rows(head, self.titles, "").await?;
        let head = "INSERT INTO publish_source (episode_id, position, rank, kind, title, url, seen_on)";
        tx.insert_rows(head, self.sources, "").await.map(drop)
    }
}

/// Credits of a show (`episode` 0) or of one of its episodes.
pub(crate) async fn credits(tx: &mut Tx, show: i64, episode: i64) -> Result<Vec<Credit>, DbError> {
    let sql = "SELECT credit_name, role, team, href, bio_fr, bio_en FROM publish_credit
               WHERE show_id = $1 AND episode_id = $2 ORDER BY rank";
    tx.all(sql, args![show, episode])
        .await?
        .iter()
        .map(|row| {
            let mut c = row.cols();
            Ok(Credit {
                name: c.take()?,
                role: c.take()?,
                team: c.take()?,
                href: c.take()?,
                bio_fr: c.take()?,
                bio_en: c.take()?,
            })
        })
        .collect()
}

pub(crate) async fn clear_credits(tx: &mut Tx, show: i64, episode: i64) -> Result<(), DbError> {
    let sql = "DELETE FROM publish_credit WHERE show_id = $1 AND episode_id = $2";
    tx.run(sql, args![show, episode]).await.map(drop)
}

pub(crate) async fn replace_credits(tx: &mut Tx, show: i64, episode: i64, credits: &[Credit]) -> Result<(), DbError> {
    clear_credits(tx, show, episode).await?;
    let mut rows = Rows::default();
    add_credits(&mut rows, show, episode, credits);
    write_credits(tx, rows).await
}

pub(crate) fn add_credits(rows: &mut Rows, show: i64, episode: i64, credits: &[Credit]) {
    for (rank, c) in (0_i64..).zip(credits) {
        rows.push(args![show, episode, rank, &c.name, &c.role, &c.team, c.href.clone(), &c.bio_fr, &c.bio_en]);
    }
}

pub(crate) async fn write_credits(tx: &mut Tx, rows: Rows) -> Result<(), DbError> {
    let head = "INSERT INTO publish_credit (show_id, episode_id, rank, credit_name, role, team, href, bio_fr, bio_en)";
    tx.insert_rows(head, rows, "").await.map(drop)
}

pub(crate) async fn transcripts(tx: &mut Tx, episode: i64) -> Result<Vec<StoredTranscript>, DbError> {
    let sql = "SELECT lang, body, reviewed FROM publish_transcript WHERE episode_id = $1 ORDER BY lang";
    let rows = tx.all(sql, args![episode]).await?;
    rows.iter().map(|r| Ok(StoredTranscript { lang: r.get(0)?, body: r.get(1)?, reviewed: r.get(2)? })).collect()
}

/// Puts a transcript in the place of the one of its language, which can be taken back.
pub(crate) async fn put_transcript(tx: &mut Tx, episode: i64, t: &StoredTranscript) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_transcript (episode_id, lang, body, reviewed) VALUES ($1, $2, $3, $4)
               ON CONFLICT (episode_id, lang) DO UPDATE SET earlier = publish_transcript.body, body = excluded.body,
                 reviewed = excluded.reviewed, version = publish_transcript.version + 1";
    tx.run(sql, args![episode, &t.lang, &t.body, t.reviewed]).await.map(drop)
}

/// A transcript with its version and what it was before.
pub(crate) async fn versioned_transcript(
    tx: &mut Tx,
    episode: i64,
    lang: &str,
) -> Result<Option<(StoredTranscript, i64, Option<String>)>, DbError> {
    let sql =
        "SELECT lang, body, reviewed, version, earlier FROM publish_transcript WHERE episode_id = $1 AND lang = $2";
    let row = tx.opt(sql, args![episode, lang]).await?;
    row.map(|r| {
        let stored = StoredTranscript { lang: r.get(0)?, body: r.get(1)?, reviewed: r.get(2)? };
        Ok((stored, r.get(3)?, r.get(4)?))
    })
    .transpose()
}

/// Writes a transcript if it is still the one of `version`; whether it was.
pub(crate) async fn update_transcript(
    tx: &mut Tx,
    episode: i64,
    t: &StoredTranscript,
    version: i64,
) -> Result<bool, DbError> {
    let sql = "UPDATE publish_transcript SET earlier = body, body = $1, reviewed = $2, version = version + 1
               WHERE episode_id = $3 AND lang = $4 AND version = $5";
    Ok(tx.run(sql, args![&t.body, t.reviewed, episode, &t.lang, version]).await? == 1)
}

pub(crate) async fn set_reviewed(tx: &mut Tx, episode: i64, lang: &str, reviewed: bool) -> Result<(), DbError> {
    let sql = "UPDATE publish_transcript SET reviewed = $1 WHERE episode_id = $2 AND lang = $3";
    tx.run(sql, args![reviewed, episode, lang]).await.map(drop)
}

/// Notes that something about an episode changed that its editors' version does not cover.
pub(crate) async fn touch_episode(tx: &mut Tx, episode: i64, now: At) -> Result<(), DbError> {
    tx.run("UPDATE publish_episode SET updated_at = $1 WHERE id = $2", args![now, episode]).await.map(drop)
}

pub(crate) async fn remote_files(tx: &mut Tx, episode: i64) -> Result<Vec<RemoteFile>, DbError> {
    let mut files = remote_files_of(tx, &[episode]).await?;
    Ok(files.remove(&episode).unwrap_or_default())
}

/// Files elsewhere of many episodes.
pub(crate) async fn remote_files_of(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Vec<RemoteFile>>, DbError> {
    let mut out: HashMap<i64, Vec<RemoteFile>> = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let sql = format!(
            "SELECT episode_id, purpose, url, mime, lang, rel FROM publish_remote_file WHERE episode_id IN ({}) ORDER BY episode_id, rank",
            placeholders(1, chunk.len())
        );
        for row in tx.all(&sql, chunk.iter().map(|id| Value::from(*id)).collect()).await? {
            let mut c = row.cols();
            let id: i64 = c.take()?;
            let file =
                RemoteFile { purpose: c.take()?, url: c.take()?, mime: c.take()?, lang: c.take()?, rel: c.take()? };
            out.entry(id).or_default().push(file);
        }
    }
    Ok(out)
}

/// Which of many episodes have transcripts here (with their languages), and which have chapters.
pub(crate) async fn extras_of(
    tx: &mut Tx,
    show: i64,
) -> Result<(HashMap<i64, Vec<String>>, HashMap<i64, bool>), DbError> {
    let mut transcripts: HashMap<i64, Vec<String>> = HashMap::new();
    let sql = "SELECT t.episode_id, t.lang FROM publish_transcript t JOIN publish_episode e ON e.id = t.episode_id
               WHERE e.show_id = $1 ORDER BY t.episode_id, t.lang";
    for row in tx.all(sql, args![show]).await? {
        transcripts.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    let sql = "SELECT DISTINCT c.episode_id FROM publish_chapter c JOIN publish_episode e ON e.id = c.episode_id WHERE e.show_id = $1";
    let mut chapters = HashMap::new();
    for row in tx.all(sql, args![show]).await? {
        chapters.insert(row.get(0)?, true);
    }
    Ok((transcripts, chapters))
}

/// Credits of every episode of a show, by episode; the show's own stand under 0.
pub(crate) async fn credits_of(tx: &mut Tx, show: i64) -> Result<HashMap<i64, Vec<Credit>>, DbError> {
    let sql = "SELECT episode_id, credit_name, role, team, href FROM publish_credit WHERE show_id = $1 ORDER BY episode_id, rank";
    let mut out: HashMap<i64, Vec<Credit>> = HashMap::new();
    for row in tx.all(sql, args![show]).await? {
        let mut c = row.cols();
        let id: i64 = c.take()?;
        let credit = Credit { name: c.take()?, role: c.take()?, team: c.take()?, href: c.take()?, ..Credit::default() };
        out.entry(id).or_default().push(credit);
    }
    Ok(out)
}
