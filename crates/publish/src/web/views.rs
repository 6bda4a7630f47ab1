//! View models: exactly what the templates show, texts already in the visitor's language and typography.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::tz::TimeZone;
use kernel::{At, Lang};
use serde::Serialize;
use ui::{Stamp, Texts};

use crate::media::transcript::{self, Cue};
use crate::model::{
    Audio, AudioPlace, CORRECTION_PREFIX, Chapter, Correction, Credit, Episode, EpisodeKind, FullEpisode, Image, Show,
    SourceKind, StoredTranscript, UNDATED,
};
use crate::rules::schedule::zone;
use crate::text;
use crate::web::Links;
use crate::web::excerpts::{ExcerptView, excerpt_views};
use crate::web::frame::{FrameView, encoded, frame_view};

/// What every view needs.
pub struct CardContext<'a> {
    /// The page's language.
    pub lang: Lang,
    /// Sentences.
    pub texts: &'a Texts,
    /// Addresses.
    pub links: &'a Links,
    /// Now, for "this year".
    pub now: At,
}

/// A picture on a page.
#[derive(Clone, Debug, Serialize)]
pub struct Cover {
    /// The small rendition.
    pub src: String,
    /// No other sizes are made.
    pub srcset: Option<String>,
    /// What it shows.
    pub alt: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// An episode in a list.
#[derive(Clone, Debug, Serialize)]
pub struct Card {
    /// Its page.
    pub url: String,
    /// Its show, on pages that mix several.
    pub show: Option<String>,
    /// Its number.
    pub plaque: String,
    /// Its title.
    pub title: String,
    /// One or two sentences.
    pub summary: String,
    /// Its date.
    pub date: Stamp,
    /// Its length.
    pub duration: Option<Stamp>,
    /// Its cover.
    pub cover: Option<Cover>,
    /// A drawing in the cover's place; not used by shows with covers.
    pub door: Option<String>,
    /// Whether there is something to listen to.
    pub has_audio: bool,
    /// Its transcript on its page.
    pub transcript_url: Option<String>,
    /// The language of its texts, when it is not the page's.
    pub content_lang: Option<String>,
    /// "Trailer", "Bonus".
    pub badge: Option<String>,
    /// What a decision put beside it, as a sentence.
    pub label: Option<String>,
}

/// The texts' own typography: French ones get their narrow spaces.
#[must_use]
pub fn typeset<'t>(lang: &str, text: &'t str) -> Cow<'t, str> {
    if lang.starts_with("fr") { Cow::Owned(text::french_spaces(text)) } else { Cow::Borrowed(text) }
}

/// The show's zone; the rules store only known ones.
pub(crate) fn zone_of(show: &Show) -> TimeZone {
    zone(&show.time_zone).unwrap_or(TimeZone::UTC)
}

/// The language of a text when it is not the page’s.
pub(super) fn other_lang(content: &str, page: Lang) -> Option<String> {
    let same = content.split('-').next() == Some(page.code());
    (!same && content != "und").then(|| content.to_owned())
}

fn cover(image: Option<&Image>, alt: &str) -> Option<Cover> {
    let image = image?;
    Some(Cover { src: Links::image(image, "small"), srcset: None, alt: alt.to_owned(), width: 480, height: 480 })
}

fn badge(kind: EpisodeKind, context: &CardContext<'_>) -> Option<String> {
    match kind {
        EpisodeKind::Full => None,
        EpisodeKind::Trailer => Some(context.texts.text(context.lang, "publish-trailer", &[])),
        EpisodeKind::Bonus => Some(context.texts.text(context.lang, "publish-bonus", &[])),
    }
}

fn dated(show: &Show, episode: &Episode, context: &CardContext<'_>, long: bool) -> Stamp {
    let zone = zone_of(show);
    let Some(at) = episode.state.instant().filter(|at| *at != UNDATED) else {
        return Stamp { iso: String::new(), text: String::new() };
    };
    let year = context.now.timestamp().to_zoned_datetime(zone.clone()).year();
    let text = if long {
        let (date, clock) = (ui::date_long(at, &zone, context.lang), ui::clock_text(at, &zone, context.lang));
        format!("{date}, {clock}")
    } else {
        ui::date_short(at, &zone, context.lang, year)
    };
    Stamp { iso: at.rfc3339_in(&zone), text }
}

/// An episode in a list.
#[must_use]
pub fn card(show: &Show, episode: &Episode, context: &CardContext<'_>) -> Card {
    let (lang, content) = episode.text(context.lang.code(), &show.language);
    let image = episode.cover.as_ref().or(show.cover.as_ref());
    let duration = episode.audio.as_ref().and_then(|a| a.duration_ms);
    Card {
        url: context.links.from_here(show, Links::episode(context.lang, &show.slug, &episode.slug)),
        show: None,
        plaque: episode.number.map(|n| n.to_string()).unwrap_or_default(),
        title: typeset(lang, &content.title).into_owned(),
        summary: typeset(lang, &content.summary).into_owned(),
        date: dated(show, episode, context, false),
        duration: duration.map(|ms| Stamp { iso: ui::duration_iso(ms), text: ui::duration_text(ms, context.lang) }),
        cover: cover(image, &content.cover_alt),
        door: None,
        has_audio: episode.audio.is_some(),
        transcript_url: None,
        content_lang: other_lang(lang, context.lang),
        badge: badge(episode.kind, context),
        label: label(episode, context),
    }
}

/// What a decision put beside an episode, as a sentence.
fn label(episode: &Episode, context: &CardContext<'_>) -> Option<String> {
    episode.reached.label.as_deref().map(|code| ui::label_sentence(context.texts, context.lang, code))
}

/// Somebody on a page.
#[derive(Clone, Debug, Serialize)]
pub struct PersonView {
    /// Their name.
    pub name: String,
    /// What they do.
    pub role: String,
    /// A line about them.
    pub bio: String,
    /// Their page.
    pub url: Option<String>,
}

fn person(credit: &Credit, context: &CardContext<'_>) -> PersonView {
    let key = format!("publish-role-{}", credit.role);
    let known = context.texts.has(context.lang, &key);
    let role = if known { context.texts.text(context.lang, &key, &[]) } else { credit.role.clone() };
    let bio = match context.lang {
        Lang::Fr => typeset("fr", &credit.bio_fr).into_owned(),
        Lang::En => credit.bio_en.clone(),
    };
    PersonView { name: credit.name.clone(), role, bio, url: credit.href.clone() }
}

/// A show on its page.
#[derive(Clone, Debug, Serialize)]
pub struct ShowView {
    /// Its title.
    pub title: String,
    /// One line.
    pub tagline: String,
    /// Its description, safe HTML.
    pub description_html: String,
    /// Who makes it.
    pub author: String,
    /// Its cover.
    pub cover: Option<Cover>,
    /// Its feed.
    pub feed_url: String,
    /// Who makes it, in person.
    pub people: Vec<PersonView>,
    /// The language it is made in, by name.
    pub language_name: Option<String>,
}

/// A show on its page.
#[must_use]
pub fn show_view(show: &Show, credits: &[Credit], context: &CardContext<'_>) -> ShowView {
    let (lang, content) = show.text(context.lang.code());
    let fr = lang.starts_with("fr");
    let key = format!("publish-language-{}", show.language.split('-').next().unwrap_or_default());
    let description = &content.description_html;
    ShowView {
        title: typeset(lang, &content.title).into_owned(),
        tagline: typeset(lang, &content.tagline).into_owned(),
        description_html: if fr { text::french_spaces_html(description) } else { description.clone() },
        author: show.author.clone(),
        cover: cover(show.cover.as_ref(), &content.title),
        feed_url: context.links.of(show).feed(&show.slug),
        people: credits.iter().map(|c| person(c, context)).collect(),
        language_name: context.texts.has(context.lang, &key).then(|| context.texts.text(context.lang, &key, &[])),
    }
}

/// The player's part of a page.
#[derive(Clone, Debug, Serialize)]
pub struct AudioView {
    /// The file.
    pub url: String,
    /// Its media type.
    pub mime: String,
    /// "MP3, 319 kB".
    pub size_text: String,
    /// Seconds.
    pub duration_s: i64,
    /// "12:22".
    pub duration_text: String,
    /// The wave as an SVG path.
    pub wave_rest: String,
    /// Where chapters start on the wave, 0 to 600.
    pub marks: Vec<i64>,
    /// Whether it comes from another host.
    pub remote: bool,
    /// Where it stands when the page opens; `None` at its beginning.
    pub start_s: Option<u64>,
    /// The same for the plain player, as the end of the file's address.
    pub fragment: String,
}

/// The wave in a box of 600 by 56: 150 bars, each the louder of two peaks. Drawn down and up in turn, each from where the
/// last one ended: the shortest text that is the same picture.
fn wave(peaks: &[u8]) -> String {
    let mut path = String::with_capacity(2048);
    let (mut at, mut down) = (0, true);
    for (bar, pair) in peaks.chunks(2).enumerate().take(150) {
        let peak = i64::from(pair.iter().copied().max().unwrap_or(0));
        let half = 1 + peak * 25 / 255;
        let (from, to) = if down { (28 - half, 28 + half) } else { (28 + half, 28 - half) };
        let (step, between) = (from - at, if from < at { "" } else { " " });
        let begin = if bar == 0 { format!("M2 {from}") } else { format!("m4{between}{step}") };
        path.push_str(&format!("{begin}v{}", to - from));
        (at, down) = (to, !down);
    }
    path
}

fn audio_view(episode: &Episode, audio: &Audio, chapters: &[Chapter], context: &CardContext<'_>) -> AudioView {
    let ms = audio.duration_ms.unwrap_or(0);
    let kind = match audio.mime.as_str() {
        "audio/mpeg" => "MP3",
        "audio/x-m4a" | "audio/mp4" => "M4A",
        other => other,
    };
    let size_text =
        if audio.size > 0 { format!("{kind}, {}", ui::bytes_text(audio.size, context.lang)) } else { kind.to_owned() };
    let marks = chapters.iter().filter(|c| c.start_ms > 0 && c.start_ms < ms).map(|c| c.start_ms * 600 / ms.max(1));
    AudioView {
        url: Links::audio_here(episode.id, audio),
        mime: audio.mime.clone(),
        size_text,
        duration_s: (ms + 500) / 1000,
        duration_text: if ms > 0 { ui::timecode(ms + 500) } else { String::new() },
        wave_rest: wave(&audio.waveform),
        marks: marks.collect(),
        remote: matches!(audio.place, AudioPlace::Remote(_)),
        start_s: None,
        fragment: String::new(),
    }
}

/// A source under a chapter.
#[derive(Clone, Debug, Serialize)]
pub struct SourceView {
    /// `link` or `video`.
    pub kind: &'static str,
    /// What it is called.
    pub title: String,
    /// Where it is.
    pub url: String,
    /// On whose site.
    pub host: String,
    /// When somebody looked.
    pub seen: Option<Stamp>,
}

/// A chapter on a page.
#[derive(Clone, Debug, Serialize)]
pub struct ChapterView {
    /// Seconds.
    pub start_s: i64,
    /// "2:06".
    pub start_text: String,
    /// Its title.
    pub title: String,
    /// Its picture.
    pub image: Option<String>,
    /// The links behind it.
    pub sources: Vec<SourceView>,
}

fn chapter_views(
    page: &FullEpisode,
    images: &HashMap<i64, Image>,
    main: &str,
    context: &CardContext<'_>,
) -> Vec<ChapterView> {
    let listed = page.chapters.iter().filter(|c| c.in_toc);
    listed
        .map(|chapter| {
            let wanted =
                chapter.titles.get_key_value(context.lang.code()).or_else(|| chapter.titles.get_key_value(main));
            let (lang, title) =
                wanted.or_else(|| chapter.titles.iter().next()).map_or(("", ""), |(l, t)| (l.as_str(), t.as_str()));
            let sources = chapter.sources.iter().map(|source| {
                let host = url::Url::parse(&source.url).ok().and_then(|u| u.host_str().map(str::to_owned));
                let day: Option<jiff::civil::Date> = source.seen_on.as_ref().and_then(|d| d.parse().ok());
                let seen = day.and_then(|d| d.to_zoned_datetime(TimeZone::UTC).ok()).map(|z| {
                    let at = At::from_micros(z.timestamp().as_microsecond());
                    let text = ui::date_short(at, &TimeZone::UTC, context.lang, 0);
                    Stamp { iso: source.seen_on.clone().unwrap_or_default(), text }
                });
                SourceView {
                    kind: if source.kind == SourceKind::Video { "video" } else { "link" },
                    title: typeset(main, &source.title).into_owned(),
                    url: source.url.clone(),
                    host: host.unwrap_or_default(),
                    seen,
                }
            });
            ChapterView {
                start_s: chapter.start_ms / 1000,
                start_text: ui::timecode(chapter.start_ms),
                title: typeset(lang, title).into_owned(),
                image: chapter.image_id.and_then(|id| images.get(&id)).map(|i| Links::image(i, "small")),
                sources: sources.collect(),
            }
        })
        .collect()
}

/// A link with its words.
#[derive(Clone, Debug, Serialize)]
pub struct LinkView {
    /// What it says.
    pub label: String,
    /// Where it goes.
    pub url: String,
    /// What comes.
    pub mime: &'static str,
}

/// A spoken passage.
#[derive(Clone, Debug, Serialize)]
pub struct CueView {
    /// Its place in the page's address, `t-754`; the first passage of a second has it.
    pub anchor: Option<String>,
    /// Seconds.
    pub start_s: u64,
    /// "3:48".
    pub start_text: String,
    /// Who speaks.
    pub speaker: Option<String>,
    /// What they say.
    pub text: String,
}

/// A transcript on a page.
#[derive(Clone, Debug, Serialize)]
pub struct TranscriptView {
    /// Its language.
    pub lang: String,
    /// Downloads.
    pub files: Vec<LinkView>,
    /// Whether its passages have times and can be quoted.
    pub timed: bool,
    /// The first passages.
    pub cues: Vec<CueView>,
    /// The others, folded.
    pub rest: Vec<CueView>,
    /// "2,140 words".
    pub words_text: String,
    /// Whether a person read it through.
    pub reviewed: bool,
}

/// The place of a passage in its page's address, by the second it starts.
#[must_use]
pub fn cue_anchor(start_ms: u64) -> String {
    format!("t-{}", start_ms / 1000)
}

/// How many passages are shown before the fold.
const OPEN_CUES: usize = 24;

/// The transcript a page in this language shows.
pub(super) fn transcript_for<'p>(page: &'p FullEpisode, main: &str, lang: Lang) -> Option<&'p StoredTranscript> {
    let wanted = [lang.code(), main];
    wanted.iter().find_map(|l| page.transcripts.iter().find(|t| t.lang == *l)).or(page.transcripts.first())
}

fn transcript_view(page: &FullEpisode, main: &str, context: &CardContext<'_>) -> Option<TranscriptView> {
    let stored = transcript_for(page, main, context.lang)?;
    let parsed = transcript::parse(stored.body.as_bytes(), None).ok()?;
    let id = page.episode.id;
    let mut last = None;
    let view = |cue: &Cue| CueView {
        anchor: (parsed.timed && last.replace(cue.start_ms / 1000) != Some(cue.start_ms / 1000))
            .then(|| cue_anchor(cue.start_ms)),
        start_s: cue.start_ms / 1000,
        start_text: ui::timecode(i64::try_from(cue.start_ms).unwrap_or(0)),
        speaker: cue.speaker.clone(),
        text: typeset(&stored.lang, &cue.text).into_owned(),
    };
    let mut cues: Vec<CueView> = parsed.cues.iter().map(view).collect();
    let rest = cues.split_off(cues.len().min(OPEN_CUES));
    let words = i64::try_from(transcript::word_count(&parsed)).unwrap_or(0);
    let files = [("VTT", "vtt", "text/vtt"), ("SRT", "srt", "application/x-subrip"), ("TXT", "txt", "text/plain")];
    let files = files.map(|(label, format, mime)| LinkView {
        label: label.to_owned(),
        url: Links::transcript(id, &stored.lang, format),
        mime,
    });
    Some(TranscriptView {
        lang: stored.lang.clone(),
        files: files.to_vec(),
        timed: parsed.timed,
        cues,
        rest,
        words_text: context.texts.text(context.lang, "publish-words", &[("count", words.into())]),
        reviewed: stored.reviewed,
    })
}

/// Ways to pass an episode on, without anybody's script.
#[derive(Clone, Debug, Serialize)]
pub struct ShareView {
    /// The address itself.
    pub url: String,
    /// WhatsApp's own link.
    pub whatsapp_url: String,
    /// An e-mail.
    pub mail_url: String,
}

/// A line of the "check" box.
#[derive(Clone, Debug, Serialize)]
pub struct FactView {
    /// What.
    pub label: String,
    /// The value.
    pub value: String,
    /// Whether it is a digest or an id.
    pub mono: bool,
    /// Where to look.
    pub url: Option<String>,
}

/// The head of an episode's page.
#[derive(Clone, Debug, Serialize)]
pub struct EpisodeHead {
    /// Its page.
    pub url: String,
    /// The last piece of its address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Its number.
    pub plaque: String,
    /// Its date and hour.
    pub date: Stamp,
    /// "with A and B".
    pub people_line: Option<String>,
    /// One or two sentences.
    pub summary: String,
    /// The language of its texts, when it is not the page's.
    pub content_lang: Option<String>,
    /// "Trailer", "Bonus".
    pub badge: Option<String>,
    /// What a decision put beside it, as a sentence.
    pub label: Option<String>,
    /// Its cover.
    pub cover: Option<Cover>,
}

/// A correction on a page.
#[derive(Clone, Debug, Serialize)]
pub struct CorrectionView {
    /// Its place in the page's address.
    pub anchor: String,
    /// When it was made.
    pub date: Stamp,
    /// What it says, paragraph by paragraph.
    pub paragraphs: Vec<String>,
    /// The language of its text, when it is not the page's.
    pub lang: Option<String>,
    /// The chapter it is about.
    pub chapter: Option<String>,
    /// The place of the earlier correction it amends.
    pub amends: Option<String>,
}

fn correction_views(page: &FullEpisode, show: &Show, context: &CardContext<'_>) -> Vec<CorrectionView> {
    let zone = zone_of(show);
    let anchor = |id: i64| format!("correction-{}", kernel::show_id(CORRECTION_PREFIX, id));
    let view = |c: &Correction| {
        let wanted = [context.lang.code(), show.language.as_str()];
        let found = wanted.iter().find_map(|l| c.texts.get_key_value(*l)).or_else(|| c.texts.iter().next());
        let (lang, text) = found.map_or(("", ""), |(l, t)| (l.as_str(), t.as_str()));
        let about = c.chapter_ms.and_then(|ms| page.chapters.iter().find(|ch| ch.start_ms == ms));
        CorrectionView {
            anchor: anchor(c.id),
            date: Stamp {
                iso: c.at.rfc3339_in(&zone),
                text: format!(
                    "{}, {}",
                    ui::date_long(c.at, &zone, context.lang),
                    ui::clock_text(c.at, &zone, context.lang)
                ),
            },
            paragraphs: text
                .split('\n')
                .map(str::trim)
                .filter(|p| !p.is_empty())
                .map(|p| typeset(lang, p).into_owned())
                .collect(),
            lang: other_lang(lang, context.lang),
            chapter: about.map(|ch| {
                let title = ch.titles.get(context.lang.code()).or_else(|| ch.titles.values().next());
                format!("{} {}", ui::timecode(ch.start_ms), title.map_or("", String::as_str))
            }),
            amends: c.amends.map(anchor),
        }
    };
    page.corrections.iter().map(view).collect()
}

/// An episode's page.
#[derive(Clone, Debug, Serialize)]
pub struct EpisodeView {
    /// The head.
    pub ep: EpisodeHead,
    /// The show's title.
    pub show_title: String,
    /// The player.
    pub audio: Option<AudioView>,
    /// Show notes, safe HTML.
    pub notes_html: String,
    /// Chapters with their sources.
    pub chapters: Vec<ChapterView>,
    /// Excerpts of its sound.
    pub excerpts: Vec<ExcerptView>,
    /// The transcript.
    pub transcript: Option<TranscriptView>,
    /// The player for other sites.
    pub frame: FrameView,
    /// Sharing.
    pub share: ShareView,
    /// What can be checked.
    pub facts: Vec<FactView>,
    /// Who is in it.
    pub people: Vec<PersonView>,
    /// What was wrong in it, oldest first.
    pub corrections: Vec<CorrectionView>,
    /// The episode before.
    pub previous: Option<Card>,
    /// The episode after.
    pub next: Option<Card>,
}

fn people_line(credits: &[Credit], context: &CardContext<'_>) -> Option<String> {
    let hosts: Vec<&str> = credits.iter().filter(|c| c.role == "host").map(|c| c.name.as_str()).collect();
    let (last, first) = hosts.split_last()?;
    let and = context.texts.text(context.lang, "publish-and", &[]);
    let names = if first.is_empty() { (*last).to_owned() } else { format!("{} {and} {last}", first.join(", ")) };
    Some(context.texts.text(context.lang, "publish-with", &[("names", names.into())]))
}

fn facts(episode: &Episode, context: &CardContext<'_>) -> Vec<FactView> {
    let say = |key: &str| context.texts.text(context.lang, key, &[]);
    let mut facts = Vec::new();
    if let Some(AudioPlace::Local(blob)) = episode.audio.as_ref().map(|a| &a.place) {
        let short = format!("{}…{}", blob.get(..8).unwrap_or_default(), blob.get(56..).unwrap_or_default());
        facts.push(FactView { label: say("publish-fact-audio-hash"), value: short, mono: true, url: None });
    }
    let guid = if episode.guid.len() > 44 { text::excerpt(&episode.guid, 44) } else { episode.guid.clone() };
    facts.push(FactView { label: say("publish-fact-guid"), value: guid, mono: true, url: None });
    facts
}

/// The summary above the notes, unless it only says how they begin, as imported feeds often have it.
fn lede(lang: &str, summary: &str, notes: &str) -> String {
    let begins = summary.trim_end_matches('…').trim();
    if kernel::line(&text::html_to_text(notes)).starts_with(begins) {
        return String::new();
    }
    typeset(lang, summary).into_owned()
}

/// Everything an episode's page shows.
#[must_use]
pub fn episode_view(
    show: &Show,
    page: &FullEpisode,
    neighbours: (Option<&Episode>, Option<&Episode>),
    images: &HashMap<i64, Image>,
    context: &CardContext<'_>,
) -> EpisodeView {
    let episode = &page.episode;
    let (lang, content) = episode.text(context.lang.code(), &show.language);
    let url = context.links.of(show).absolute(&Links::episode(context.lang, &show.slug, &episode.slug));
    let title = typeset(lang, &content.title).into_owned();
    let share = ShareView {
        whatsapp_url: format!("https://wa.me/?text={}", encoded(&format!("{title} {url}"))),
        mail_url: format!("mailto:?subject={}&body={}", encoded(&title), encoded(&url)),
        url,
    };
    let notes = &content.notes_html;
    EpisodeView {
        ep: EpisodeHead {
            url: Links::episode(context.lang, &show.slug, &episode.slug),
            slug: episode.slug.clone(),
            title,
            plaque: episode.number.map(|n| n.to_string()).unwrap_or_default(),
            date: dated(show, episode, context, true),
            people_line: people_line(&page.credits, context),
            summary: lede(lang, &content.summary, notes),
            content_lang: other_lang(lang, context.lang),
            badge: badge(episode.kind, context),
            label: label(episode, context),
            cover: cover(episode.cover.as_ref().or(show.cover.as_ref()), &content.cover_alt),
        },
        show_title: typeset(lang, &show.text(context.lang.code()).1.title).into_owned(),
        audio: episode.audio.as_ref().map(|a| audio_view(episode, a, &page.chapters, context)),
        notes_html: if lang.starts_with("fr") { text::french_spaces_html(notes) } else { notes.clone() },
        chapters: chapter_views(page, images, &show.language, context),
        excerpts: excerpt_views(page, &show.language, context),
        transcript: transcript_view(page, &show.language, context),
        frame: frame_view(show, episode, context),
        share,
        facts: facts(episode, context),
        people: page.credits.iter().map(|c| person(c, context)).collect(),
        corrections: correction_views(page, show, context),
        previous: neighbours.0.map(|e| card(show, e, context)),
        next: neighbours.1.map(|e| card(show, e, context)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::wave;

    /// The bars a path draws: where each stands, and from where to where.
    fn bars(path: &str) -> Vec<(i64, i64, i64)> {
        let (mut x, mut y, mut out) = (0, 0, Vec::new());
        for part in path.replace('v', " v ").replace('m', " m ").split(" m ") {
            let (begin, length) = part.split_once(" v ").expect("a bar");
            let begin = begin.strip_prefix('M').map_or_else(
                || {
                    let (dx, dy) = begin.split_at(1);
                    (x + dx.parse::<i64>().expect("a step"), y + dy.trim().parse::<i64>().expect("a step"))
                },
                |whole| {
                    let (to_x, to_y) = whole.split_once(' ').expect("a place");
                    (to_x.parse().expect("a place"), to_y.parse().expect("a place"))
                },
            );
            x = begin.0;
            y = begin.1 + length.parse::<i64>().expect("a length");
            out.push((x, begin.1.min(y), begin.1.max(y)));
        }
        out
    }

    proptest! {
        #[test]
        fn a_wave_is_as_high_as_its_peaks(peaks in proptest::collection::vec(any::<u8>(), 1..302)) {
            let drawn = bars(&wave(&peaks));
            let most = |pair: &[u8]| i64::from(pair.iter().copied().max().unwrap_or(0));
            let wanted: Vec<(i64, i64, i64)> = peaks
                .chunks(2)
                .take(150)
                .zip((2..).step_by(4))
                .map(|(pair, x)| (x, 27 - most(pair) * 25 / 255, 29 + most(pair) * 25 / 255))
                .collect();
            prop_assert_eq!(drawn, wanted);
        }
    }
}
