//! Rules about an episode's sound and its transcripts.

use super::apple::MEDIA_TYPES;
use super::{Found, LintInput};
use crate::media::transcript;
use crate::model::checks::Level;
use crate::model::{Audio, AudioPlace, StoredTranscript};

pub(super) fn check(input: &LintInput<'_>, found: &mut Found) {
    match &input.full.episode.audio {
        None => found.add("audio-missing", Vec::new()),
        Some(audio) => file(audio, input, found),
    }
    transcripts(input, found);
}

fn file(audio: &Audio, input: &LintInput<'_>, found: &mut Found) {
    let known = MEDIA_TYPES.iter().find(|(mime, _)| *mime == audio.mime);
    if known.is_none() {
        found.add("audio-type", vec![("mime", audio.mime.as_str().into())]);
    }
    match &audio.place {
        AudioPlace::Local(_) => found.when(audio.size <= 0, "audio-length"),
        AudioPlace::Remote(url) => {
            found.when(audio.size <= 0, "audio-length-unknown");
            address(url, known.map_or(&[], |(_, extensions)| *extensions), found);
        }
    }
    found.when(input.twins.sound_url, "audio-twice");
    found.when(input.twins.sound_file, "audio-same");
    found.when(audio.duration_ms.is_none_or(|ms| ms <= 0), "duration-missing");
}

/// The address of sound that lives elsewhere; ours is right by the way it is made.
fn address(url: &str, extensions: &[&str], found: &mut Found) {
    let parsed = url::Url::parse(url).ok().filter(|u| matches!(u.scheme(), "http" | "https"));
    let Some(parsed) = parsed.filter(|_| url.is_ascii() && !url.contains(char::is_whitespace)) else {
        found.add("audio-address", Vec::new());
        return;
    };
    found.when(parsed.scheme() == "http", "audio-http");
    let name = parsed.path().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let media = MEDIA_TYPES.iter().any(|(_, known)| known.contains(&extension));
    if !media {
        found.add("audio-nameless", Vec::new());
    } else if !extensions.is_empty() && !extensions.contains(&extension) {
        found.add("audio-extension", vec![("extension", extension.into())]);
    }
}

fn transcripts(input: &LintInput<'_>, found: &mut Found) {
    let full = input.full;
    let elsewhere = full.remote_files.iter().any(|f| f.purpose == "transcript");
    if full.transcripts.is_empty() && !elsewhere {
        let level = input.show.settings.desk.transcript_needed.then_some(Level::Error);
        found.add_as("transcript-missing", level, Vec::new());
    }
    found.when(full.transcripts.iter().any(|t| !t.reviewed), "transcript-unread");
    let duration = full.episode.audio.as_ref().and_then(|a| a.duration_ms).filter(|ms| *ms > 0);
    if let Some(ms) = duration {
        // A cue may end a little after the sound: editors round up.
        found.when(full.transcripts.iter().any(|t| last_start(t) > ms + 2000), "transcript-beyond");
    }
}

fn last_start(stored: &StoredTranscript) -> i64 {
    let parsed = transcript::parse(stored.body.as_bytes(), None).ok();
    let last = parsed.and_then(|t| t.cues.last().map(|c| c.start_ms)).unwrap_or(0);
    i64::try_from(last).unwrap_or(i64::MAX)
}
