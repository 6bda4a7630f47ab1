//! Clips: the column that shows them, the pages on which they are made, their files. Pages parse, call one use case, render;
//! what a clip may be and who may see it is decided in `community`.

pub mod cut;
pub mod files;
mod film;
pub mod make;
pub mod own;
pub(crate) mod view;
mod voices;
pub mod watch;

use std::path::Path;

use community::media::{ProbeError, probe};
use community::model::Original;
use community::ports::Waste as _;
use community::rules::clip as rules;
use community::service as uc;
use db::{Failure, write_tx};
use kernel::{Ctx, Lang, Refusal, show_id};
use publish::media::transcript::{self, Format};

use crate::app::App;
use crate::pages::studio::language_name;

pub(crate) use view::ClipView;

/// The languages a clip's words may be in, those of the interface first.
const LANGUAGES: [&str; 5] = ["fr", "en", "de", "es", "it"];

/// An option of a list of choices.
#[derive(Clone, Debug, serde::Serialize)]
struct Choice {
    value: String,
    label: String,
}

fn languages(app: &App, lang: Lang, own: &str) -> Vec<Choice> {
    let mut codes: Vec<&str> = LANGUAGES.to_vec();
    if !own.is_empty() && !codes.contains(&own) {
        codes.push(own);
    }
    codes.into_iter().map(|c| Choice { value: c.to_owned(), label: language_name(app, lang, c) }).collect()
}

/// The address of a clip in the column.
#[must_use]
pub fn clip_path(lang: Lang, id: i64) -> String {
    format!("/{}/clips/{}", lang.code(), show_id(community::model::POST_PREFIX, id))
}

fn no(code: &'static str) -> Failure {
    Refusal::invalid("check-fields").field("video", code).into()
}

/// Looks at the whole file of a clip: its kind from its bytes, which its name and declared type may not contradict, its length
/// and size. Its bytes are in the store afterwards, unless the clip does not wait for them any more.
///
/// # Errors
/// Refused when it is no clip, or nobody waits for it.
pub(crate) async fn examine(
    app: &App,
    ctx: &Ctx,
    post: i64,
    path: &Path,
    (name, declared): (&str, &str),
) -> Result<Original, Failure> {
    let size = tokio::fs::metadata(path).await.map_err(Failure::broken)?.len();
    let bytes = i64::try_from(size).unwrap_or(i64::MAX);
    rules::check_size(bytes)?;
    let opened = path.to_owned();
    let looked = tokio::task::spawn_blocking(move || {
        let mut file = std::fs::File::open(opened)?;
        probe(&mut file, size)
    });
    let facts = match looked.await.map_err(Failure::broken)? {
        Ok(facts) => facts,
        Err(ProbeError::Io(error)) => return Err(Failure::broken(error)),
        Err(ProbeError::NoPicture) => return Err(no("clip-no-picture")),
        Err(ProbeError::Malformed(what)) => {
            tracing::info!(what, "a file is no video that is taken");
            return Err(no("clip-unreadable"));
        }
    };
    if !facts.container.agrees(name, declared) {
        return Err(no("clip-mismatch"));
    }
    rules::check_video(&facts, app.filmer.version().await.is_some())?;
    let (name, _) = blobs::name_file(path).await.map_err(Failure::broken)?;
    let (files, now) = ([name.as_str().to_owned()], app.now());
    // Should the clip be gone when the file is whole, the file goes again after a day.
    write_tx!(app.db, |tx| {
        uc::clip_awaits(tx, &ctx.actor, post, bytes, app.clip_rooms).await?;
        crate::waste::Swept.expect(tx, kernel::OrgId(0), &files, now).await
    })?;
    app.blobs.put_named(path, &name).await.map_err(Failure::broken)?;
    Ok(Original { sha256: name.as_str().to_owned(), bytes, facts })
}

/// The captions of a file, WebVTT or SubRip.
///
/// # Errors
/// `captions-unreadable` at the field `captions`.
pub(crate) fn read_cues(bytes: &[u8], lang: &str) -> Result<Vec<rules::Cue>, Refusal> {
    let format = transcript::detect(bytes);
    let read = transcript::parse(bytes, Some(format)).ok().filter(|t| t.timed);
    let read = read.filter(|_| matches!(format, Format::Vtt | Format::Srt));
    let read = read.ok_or_else(|| Refusal::invalid("clip-fields").field("captions", "captions-unreadable"))?;
    Ok(from_transcript(&read.cues, lang))
}

/// The cues of a transcript as those of a clip; who speaks stands before the words where it changes.
pub(crate) fn from_transcript(cues: &[transcript::Cue], lang: &str) -> Vec<rules::Cue> {
    let whole = |ms: u64| i64::try_from(ms).unwrap_or(i64::MAX);
    let mark = if lang.split('-').next() == Some("fr") { "\u{202f}: " } else { ": " };
    let mut last: Option<&String> = None;
    let mut out = Vec::with_capacity(cues.len());
    for cue in cues {
        let text = match &cue.speaker {
            Some(name) if last != Some(name) => format!("{name}{mark}{}", cue.text),
            _ => cue.text.clone(),
        };
        last = cue.speaker.as_ref();
        out.push(rules::Cue { start_ms: whole(cue.start_ms), end_ms: whole(cue.end_ms), text });
    }
    out
}

/// Captions as WebVTT.
pub(crate) fn to_vtt(cues: &[rules::Cue], lang: &str) -> String {
    let whole = |ms: i64| u64::try_from(ms).unwrap_or(0);
    let cues = cues.iter().map(|c| transcript::Cue {
        start_ms: whole(c.start_ms),
        end_ms: whole(c.end_ms),
        speaker: None,
        text: c.text.clone(),
    });
    let timed = transcript::Transcript { cues: cues.collect(), timed: true, problems: Vec::new() };
    transcript::to_vtt(&timed, lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_come_from_both_kinds_of_files_and_go_out_as_webvtt() {
        let vtt = b"WEBVTT\n\n00:00.500 --> 00:02.000\n<v Odile>Bonjour & <b>bienvenue</b>\n";
        let srt = b"1\n00:00:00,500 --> 00:00:02,000\nBonjour & bienvenue\n";
        let one = read_cues(vtt, "en").expect("read");
        assert_eq!((one[0].start_ms, one[0].end_ms, one[0].text.as_str()), (500, 2000, "Odile: Bonjour & bienvenue"));
        assert_eq!(read_cues(srt, "fr").expect("read")[0].text, "Bonjour & bienvenue");
        for other in [&b"just words"[..], b"{\"segments\":[]}", b"\xff\xfe\0\0", b"<html>"] {
            assert_eq!(read_cues(other, "fr").expect_err("no").fields[0].code, "captions-unreadable");
        }
        let hostile = [rules::Cue { start_ms: 0, end_ms: 900, text: "<c> --> a".to_owned() }];
        let out = to_vtt(&hostile, "fr");
        assert!(out.contains("00:00:00.000 --> 00:00:00.900\n&lt;c&gt;"), "{out}");
        assert_eq!(read_cues(out.as_bytes(), "fr").expect("read"), hostile);
    }
}
