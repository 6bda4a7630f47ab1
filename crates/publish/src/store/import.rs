//! Set-based reading and writing for imports: ten thousand episodes with a handful of statements.

use std::collections::{HashMap, HashSet};

use db::{DbError, Rows, Tx, args};
use kernel::At;

use crate::model::Known;
use crate::model::{Audio, AudioPlace, Chapter, Credit, Episode, RemoteFile};
use crate::store::{ChapterRows, add_credits, clear_chapters, clear_credits, write_credits};

/// Every episode of a show as an import needs to know it.
pub(crate) async fn known(tx: &mut Tx, show: i64) -> Result<Vec<Known>, DbError> {
    let sql = "SELECT e.id, e.guid, e.guid_given, e.publish_at, e.source_digest,
                 (SELECT MIN(t.title) FROM publish_episode_text t WHERE t.episode_id = e.id)
               FROM publish_episode e WHERE e.show_id = $1 ORDER BY e.id";
    let rows = tx.all(sql, args![show]).await?;
    rows.iter()
        .map(|row| {
            let mut c = row.cols();
            Ok(Known {
                id: c.take()?,
                guid: c.take()?,
                guid_given: c.take()?,
                published: c.take()?,
                digest: c.take()?,
                title: c.take::<Option<String>>()?.unwrap_or_default(),
            })
        })
        .collect()
}

/// The state of every episode of a show, as the database's word.
pub(crate) async fn states(tx: &mut Tx, show: i64) -> Result<HashMap<i64, String>, DbError> {
    let rows = tx.all("SELECT id, state FROM publish_episode WHERE show_id = $1", args![show]).await?;
    rows.iter().map(|r| Ok((r.get(0)?, r.get(1)?))).collect()
}

pub(crate) async fn slugs(tx: &mut Tx, show: i64) -> Result<HashSet<String>, DbError> {
    tx.all("SELECT slug FROM publish_episode WHERE show_id = $1", args![show]).await?.iter().map(|r| r.get(0)).collect()
}

/// An episode to write from a feed.
pub(crate) struct Imported {
    pub(crate) episode: Episode,
    pub(crate) guid_given: bool,
    pub(crate) digest: String,
    pub(crate) audio: Option<Audio>,
    pub(crate) chapters: Vec<Chapter>,
    pub(crate) credits: Vec<Credit>,
    pub(crate) remote_files: Vec<RemoteFile>,
}

/// Writes many new episodes.
pub(crate) async fn insert_imported(tx: &mut Tx, new: &[Imported], now: At) -> Result<(), DbError> {
    let mut guids = Rows::default();
    let mut episodes = Rows::default();
    for item in new {
        let e = &item.episode;
        guids.push(args![e.show, &e.guid, now]);
        episodes.push(args![
            e.id,
            e.org,
            e.show,
            &e.guid,
            e.guid_is_permalink,
            item.guid_given,
            &e.slug,
            e.number,
            e.season,
            e.kind.code(),
            e.state.code(),
            e.state.instant(),
            e.explicit,
            e.link.clone(),
            e.author.clone(),
            &item.digest,
            e.remote_cover_url.clone(),
            1_i64,
            now,
            now
        ]);
    }
    tx.insert_rows("INSERT INTO publish_guid (show_id, guid, given_at)", guids, "").await?;
    let head = "INSERT INTO publish_episode (id, org_id, show_id, guid, guid_is_permalink, guid_given, slug, number, season,
        kind, state, publish_at, explicit, link, author, source_digest, remote_cover_url, version, created_at, updated_at)";
    tx.insert_rows(head, episodes, "").await?;
    insert_parts(tx, new).await
}

/// Replaces what the feed says about known episodes; ids, GUID, slug, state and what was made here stay.
pub(crate) async fn update_imported(tx: &mut Tx, changed: &[Imported], now: At) -> Result<(), DbError> {
    for item in changed {
        let e = &item.episode;
        let sql =
            "UPDATE publish_episode SET number = $1, season = $2, kind = $3, explicit = $4, link = $5, author = $6,
                     source_digest = $7, remote_cover_url = $8,
                     publish_at = CASE WHEN state = 'scheduled' THEN COALESCE(CAST($9 AS BIGINT), publish_at) ELSE publish_at END,
                     version = version + 1, updated_at = $10 WHERE id = $11";
        let values = args![
            e.number,
            e.season,
            e.kind.code(),
            e.explicit,
            e.link.clone(),
            e.author.clone(),
            &item.digest,
            e.remote_cover_url.clone(),
            e.state.instant(),
            now,
            e.id
        ];
        tx.run(sql, values).await?;
        // The feed speaks for its own language and for what it carries; translations, chapters and credits that were
        // made here stay when it says nothing about them.
        for lang in e.texts.keys() {
            tx.run("DELETE FROM publish_episode_text WHERE episode_id = $1 AND lang = $2", args![e.id, lang]).await?;
        }
        if !item.chapters.is_empty() {
            clear_chapters(tx, e.id).await?;
        }
        if !item.credits.is_empty() {
            clear_credits(tx, e.show, e.id).await?;
        }
        tx.run("DELETE FROM publish_remote_file WHERE episode_id = $1", args![e.id]).await?;
        // Sound that was downloaded stays unless the feed now names another file.
        if item.audio.is_some() {
            tx.run("DELETE FROM publish_audio WHERE episode_id = $1", args![e.id]).await?;
        }
    }
    insert_parts(tx, changed).await
}

async fn insert_parts(tx: &mut Tx, items: &[Imported]) -> Result<(), DbError> {
    let (mut texts, mut audio, mut credits, mut files) =
        (Rows::default(), Rows::default(), Rows::default(), Rows::default());
    let mut chapters = ChapterRows::default();
    for item in items {
        let e = &item.episode;
        for (lang, t) in &e.texts {
            texts.push(args![e.id, lang, &t.title, &t.summary, t.notes_md.clone(), &t.notes_html, &t.cover_alt]);
        }
        if let Some(Audio { place: AudioPlace::Remote(url), mime, size, duration_ms, .. }) = &item.audio {
            audio.push(args![e.id, url, mime, *size, *duration_ms, 0_i64, "{}"]);
        }
        chapters.add(e.id, &item.chapters);
        add_credits(&mut credits, e.show, e.id, &item.credits);
        for (rank, f) in (0_i64..).zip(&item.remote_files) {
            files.push(args![e.id, rank, &f.purpose, &f.url, &f.mime, f.lang.clone(), f.rel.clone()]);
        }
    }
    let head = "INSERT INTO publish_episode_text (episode_id, lang, title, summary, notes_md, notes_html, cover_alt)";
    tx.insert_rows(head, texts, "").await?;
    let head = "INSERT INTO publish_audio (episode_id, remote_url, mime, size, duration_ms, header_bytes, tags)";
    tx.insert_rows(head, audio, "").await?;
    chapters.write(tx).await?;
    write_credits(tx, credits).await?;
    let head = "INSERT INTO publish_remote_file (episode_id, rank, purpose, url, mime, lang, rel)";
    tx.insert_rows(head, files, "").await.map(drop)
}

/// The sound rows of a show: episode, remote address or nothing, size, duration.
pub(crate) async fn audio_places(tx: &mut Tx, show: i64) -> Result<Vec<(i64, Option<String>)>, DbError> {
    let sql = "SELECT a.episode_id, a.remote_url FROM publish_audio a JOIN publish_episode e ON e.id = a.episode_id
               WHERE e.show_id = $1 ORDER BY a.episode_id";
    tx.all(sql, args![show]).await?.iter().map(|r| Ok((r.get(0)?, r.get(1)?))).collect()
}

/// The address an episode's sound was downloaded from, kept in its tags.
pub(crate) async fn local_audio_origins(tx: &mut Tx, show: i64) -> Result<Vec<(i64, String)>, DbError> {
    let sql = "SELECT a.episode_id, a.tags FROM publish_audio a JOIN publish_episode e ON e.id = a.episode_id
               WHERE e.show_id = $1 AND a.blob IS NOT NULL";
    tx.all(sql, args![show]).await?.iter().map(|r| Ok((r.get(0)?, r.get(1)?))).collect()
}
