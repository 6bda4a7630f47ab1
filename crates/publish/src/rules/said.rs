//! What an episode says, as one canonical document whose digest stands in the public log: texts, chapters with their sources,
//! corrections, and the digest of its sound. Pure. Whoever has the document can compute the digest again; it is served as
//! `/media/episodes/<id>/said.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{AudioPlace, FullEpisode};

/// The version of the form; it stands in the document.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Text<'a> {
    notes_html: &'a str,
    summary: &'a str,
    title: &'a str,
}

#[derive(Serialize)]
struct Chapter<'a> {
    sources: Vec<&'a str>,
    start_ms: i64,
    titles: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Correction<'a> {
    at: String,
    texts: &'a BTreeMap<String, String>,
}

/// Keys in the order of their letters, no spaces.
#[derive(Serialize)]
struct Said<'a> {
    chapters: Vec<Chapter<'a>>,
    corrections: Vec<Correction<'a>>,
    guid: &'a str,
    sound_sha256: Option<&'a str>,
    sound_url: Option<&'a str>,
    texts: BTreeMap<&'a str, Text<'a>>,
    v: u32,
}

/// The digest of the sound, if it is kept here.
#[must_use]
pub fn sound_sha256(full: &FullEpisode) -> Option<&str> {
    match full.episode.audio.as_ref().map(|a| &a.place) {
        Some(AudioPlace::Local(blob)) => Some(blob),
        _ => None,
    }
}

/// The document's bytes.
#[must_use]
pub fn said(full: &FullEpisode) -> Vec<u8> {
    let sound_url = match full.episode.audio.as_ref().map(|a| &a.place) {
        Some(AudioPlace::Remote(url)) => Some(url.as_str()),
        _ => None,
    };
    let text = |t: &'_ crate::model::EpisodeText| (t.notes_html.clone(), t.summary.clone(), t.title.clone());
    let texts: Vec<(&str, (String, String, String))> =
        full.episode.texts.iter().map(|(lang, t)| (lang.as_str(), text(t))).collect();
    let texts = texts.iter().map(|(lang, (notes_html, summary, title))| (*lang, Text { notes_html, summary, title }));
    let document = Said {
        chapters: full
            .chapters
            .iter()
            .map(|c| Chapter {
                sources: c.sources.iter().map(|s| s.url.as_str()).collect(),
                start_ms: c.start_ms,
                titles: &c.titles,
            })
            .collect(),
        corrections: full.corrections.iter().map(|c| Correction { at: c.at.rfc3339(), texts: &c.texts }).collect(),
        guid: &full.episode.guid,
        sound_sha256: sound_sha256(full),
        sound_url,
        texts: texts.collect(),
        v: VERSION,
    };
    serde_json::to_vec(&document).unwrap_or_default()
}
