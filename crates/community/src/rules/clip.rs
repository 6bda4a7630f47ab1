//! What a clip may be: its words, its length, its captions, and what happens to a video that was looked at. Pure.

use kernel::{Kind, Refusal, line};
use serde::{Deserialize, Serialize};

use crate::media::VideoFacts;
use crate::rules::form::clean_body;

/// The longest clip, in milliseconds: 3 minutes.
pub const MOST_MS: i64 = 180_000;
/// What a camera may run over.
pub const SLACK_MS: i64 = 999;
/// The shortest.
pub const LEAST_MS: i64 = 500;
/// The largest file, in bytes: 512 MiB.
pub const MOST_BYTES: i64 = 512 * 1024 * 1024;
/// Bytes one person's unfinished uploads of clips may fill: two of the largest.
pub const MOST_OPEN: i64 = 2 * MOST_BYTES;
/// Videos of one person that may wait to be looked at, or be looked at, at a time.
pub const MOST_LOOKS: i64 = 2;
/// Clips of one person that may wait for their video at a time.
pub const MOST_WAITING: i64 = 10;
/// Clips one person may begin within 24 hours.
pub const MOST_A_DAY: i64 = 40;
/// The longest title, in characters.
pub const MOST_TITLE: usize = 120;
/// The longest words under a clip, in characters.
pub const MOST_WORDS: usize = 2_000;
/// The most cues of one language.
pub const MOST_CUES: usize = 400;
/// The longest cue, in characters.
pub const MOST_CUE: usize = 300;
/// The most languages of captions.
pub const MOST_CAPTIONS: usize = 6;
/// The shortest cut of an episode, in milliseconds.
pub const LEAST_CUT: i64 = 2_000;
/// Lines of the picture a video may have at most on its longer side.
pub const MOST_SIDE: i64 = 8_192;

/// The reason of a clip that is shown as it came because nothing could make a smaller video.
pub const NO_FFMPEG: &str = "no-ffmpeg";

/// What somebody wrote about a clip.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// What it is called.
    pub title: String,
    /// What there is to say; may be empty.
    pub body: String,
    /// The language of both, a tag.
    pub lang: String,
}

/// Whether a text is the tag of a language: `fr`, `pt-BR`.
#[must_use]
pub fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_lowercase())
        && tag.len() <= 20
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The words of a clip, cleaned.
///
/// # Errors
/// `clip-fields` with a problem for each field.
pub fn check_words(typed: &Words) -> Result<Words, Refusal> {
    let (title, body, lang) = (line(&typed.title), clean_body(&typed.body), line(&typed.lang));
    let mut refusal = Refusal::invalid("clip-fields");
    let most = |n: usize| ("most", i64::try_from(n).unwrap_or(i64::MAX).into());
    if title.is_empty() {
        refusal = refusal.field("title", "required");
    } else if title.chars().count() > MOST_TITLE {
        refusal = refusal.field_with("title", "too-long", most(MOST_TITLE));
    }
    if body.chars().count() > MOST_WORDS {
        refusal = refusal.field_with("body", "too-long", most(MOST_WORDS));
    }
    if !is_language(&lang) {
        refusal = refusal.field("lang", "clip-language");
    }
    refusal.unless_clean()?;
    Ok(Words { title, body, lang })
}

/// Whether one more clip may be begun.
///
/// # Errors
/// `clip-too-many-waiting`, `clip-too-many-today`.
pub fn may_begin(waiting: i64, today: i64) -> Result<(), Refusal> {
    if waiting >= MOST_WAITING {
        return Err(Refusal::new(Kind::TooMany, "clip-too-many-waiting"));
    }
    if today >= MOST_A_DAY {
        return Err(Refusal::new(Kind::TooMany, "clip-too-many-today"));
    }
    Ok(())
}

/// Bytes that originals of clips may fill, whatever is made of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rooms {
    /// Those of one member.
    pub member: i64,
    /// Those of one house: of its members together, and of its shows and its own together. Each has this room for itself.
    pub house: i64,
}

const GIB: i64 = 1024 * 1024 * 1024;

impl Default for Rooms {
    /// 10 GiB for a member, 200 GiB for a house.
    fn default() -> Self {
        Self { member: 10 * GIB, house: 200 * GIB }
    }
}

/// Whether `bytes` more may be kept where `kept` are; what refuses is named by `code` and says how many megabytes are free.
///
/// # Errors
/// The code.
pub fn check_room(kept: i64, bytes: i64, room: i64, code: &'static str) -> Result<(), Refusal> {
    let free = room.saturating_sub(kept).max(0);
    if bytes <= free { Ok(()) } else { Err(Refusal::new(Kind::TooMany, code).with("free", free / 1_000_000)) }
}

/// Whether one more video of a person may wait to be looked at.
///
/// # Errors
/// `clip-too-many-looks`.
pub fn may_look(looks: i64) -> Result<(), Refusal> {
    if looks < MOST_LOOKS { Ok(()) } else { Err(Refusal::new(Kind::TooMany, "clip-too-many-looks")) }
}

/// Whether a file of so many bytes may come.
///
/// # Errors
/// `clip-too-large`.
pub fn check_size(bytes: i64) -> Result<(), Refusal> {
    if bytes > MOST_BYTES { Err(Refusal::invalid("clip-too-large")) } else { Ok(()) }
}

fn no(code: &'static str) -> Refusal {
    Refusal::invalid("check-fields").field("video", code)
}

/// Whether a video that was measured is a clip. `has_maker` is whether this machine can make smaller videos, which also
/// measures what does not say how long it is.
///
/// # Errors
/// Too long, too short, too wide, or of a length nobody can tell.
pub fn check_video(facts: &VideoFacts, has_maker: bool) -> Result<(), Refusal> {
    if facts.width.max(facts.height) > MOST_SIDE {
        return Err(no("clip-too-wide"));
    }
    match facts.duration_ms {
        0 if has_maker => Ok(()),
        0 => Err(no("clip-length-unknown")),
        ms if ms > MOST_MS + SLACK_MS => Err(no("clip-too-long")),
        ms if ms < LEAST_MS => Err(no("clip-too-short")),
        _ => Ok(()),
    }
}

/// Whether a stretch of an episode of `duration_ms` may become a clip.
///
/// # Errors
/// At the field `end`.
pub fn check_cut(start_ms: i64, end_ms: i64, duration_ms: i64) -> Result<(), Refusal> {
    let no = |code| Err(Refusal::invalid("clip-fields").field("end", code));
    match end_ms.saturating_sub(start_ms) {
        _ if start_ms < 0 || end_ms <= start_ms => no("excerpt-backwards"),
        ms if ms < LEAST_CUT => no("clip-too-short"),
        ms if ms > MOST_MS => no("clip-too-long"),
        _ if end_ms > duration_ms.saturating_add(SLACK_MS) => no("excerpt-outside"),
        _ => Ok(()),
    }
}

/// One line of captions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cue {
    /// From, in milliseconds.
    pub start_ms: i64,
    /// Until.
    pub end_ms: i64,
    /// Plain text, lines separated by `\n`.
    pub text: String,
}

/// Captions as they are kept: cleaned, in order, within the video. What lies behind its end is left out.
///
/// # Errors
/// Too many, too long, or backwards, at the field `captions`.
pub fn check_cues(typed: &[Cue], duration_ms: i64) -> Result<Vec<Cue>, Refusal> {
    let no = |code| Refusal::invalid("clip-fields").field("captions", code);
    let mut out: Vec<Cue> = Vec::new();
    for cue in typed {
        let text = clean_body(&cue.text);
        if text.is_empty() || (duration_ms > 0 && cue.start_ms >= duration_ms) {
            continue;
        }
        if text.chars().count() > MOST_CUE {
            return Err(no("caption-long"));
        }
        if cue.start_ms < 0 || cue.end_ms <= cue.start_ms {
            return Err(no("cue-backwards"));
        }
        let end_ms = if duration_ms > 0 { cue.end_ms.min(duration_ms) } else { cue.end_ms };
        out.push(Cue { start_ms: cue.start_ms, end_ms, text });
    }
    if out.len() > MOST_CUES {
        return Err(no("captions-many"));
    }
    out.sort_by_key(|cue| cue.start_ms);
    Ok(out)
}

/// The cues of a stretch, counted from its start.
#[must_use]
pub fn shifted(cues: &[Cue], start_ms: i64, end_ms: i64) -> Vec<Cue> {
    let inside = cues.iter().filter(|c| c.end_ms > start_ms && c.start_ms < end_ms);
    inside
        .map(|c| Cue {
            start_ms: c.start_ms.max(start_ms) - start_ms,
            end_ms: c.end_ms.min(end_ms) - start_ms,
            text: c.text.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::media::Container;

    fn words(title: &str, body: &str, lang: &str) -> Words {
        Words { title: title.to_owned(), body: body.to_owned(), lang: lang.to_owned() }
    }

    fn codes(refusal: &Refusal) -> Vec<(&'static str, &'static str)> {
        refusal.fields.iter().map(|f| (f.name, f.code)).collect()
    }

    #[test]
    fn words_are_cleaned_and_each_field_says_what_is_wrong() {
        let good = check_words(&words(" Le  pont ", "a\r\n\n\n\nb ", "fr")).expect("good");
        assert_eq!(good, words("Le pont", "a\n\nb", "fr"));
        let bad = check_words(&words(" ", &"x".repeat(MOST_WORDS + 1), "French")).expect_err("bad");
        assert_eq!(codes(&bad), [("title", "required"), ("body", "too-long"), ("lang", "clip-language")]);
        for (tag, wanted) in [("fr", true), ("pt-BR", true), ("", false), ("f", false), ("fr-", false), ("FR", false)] {
            assert_eq!(is_language(tag), wanted, "{tag}");
        }
    }

    #[test]
    fn the_table_of_beginnings() {
        assert!(may_begin(0, 0).is_ok() && may_begin(MOST_WAITING - 1, MOST_A_DAY - 1).is_ok());
        assert_eq!(may_begin(MOST_WAITING, 0).expect_err("no").code, "clip-too-many-waiting");
        assert_eq!(may_begin(0, MOST_A_DAY).expect_err("no").code, "clip-too-many-today");
        assert!(check_size(MOST_BYTES).is_ok() && check_size(MOST_BYTES + 1).is_err());
    }

    #[test]
    fn the_table_of_videos() {
        let of = |duration_ms, width| VideoFacts {
            container: Container::Mp4,
            duration_ms,
            width,
            height: 720,
            has_sound: true,
        };
        for (facts, maker, wanted) in [
            (of(180_999, 1280), false, Ok(())),
            (of(181_000, 1280), true, Err("clip-too-long")),
            (of(499, 1280), true, Err("clip-too-short")),
            (of(0, 1280), true, Ok(())),
            (of(0, 1280), false, Err("clip-length-unknown")),
            (of(10_000, 9_000), true, Err("clip-too-wide")),
        ] {
            assert_eq!(check_video(&facts, maker).map_err(|r| r.fields[0].code), wanted, "{facts:?}");
        }
        for (start, end, wanted) in [
            (0, 180_000, Ok(())),
            (0, 180_001, Err("clip-too-long")),
            (5_000, 6_999, Err("clip-too-short")),
            (5_000, 5_000, Err("excerpt-backwards")),
            (590_000, 602_000, Err("excerpt-outside")),
        ] {
            assert_eq!(check_cut(start, end, 600_000).map_err(|r| r.fields[0].code), wanted, "{start} {end}");
        }
    }

    fn cue(start_ms: i64, end_ms: i64, text: &str) -> Cue {
        Cue { start_ms, end_ms, text: text.to_owned() }
    }

    #[test]
    fn captions_are_kept_in_order_and_within_the_video() {
        let typed = [cue(2000, 9000, "deux"), cue(0, 1000, " un "), cue(0, 10, " "), cue(6000, 7000, "après")];
        assert_eq!(check_cues(&typed, 5000).expect("good"), [cue(0, 1000, "un"), cue(2000, 5000, "deux")]);
        assert_eq!(codes(&check_cues(&[cue(5, 5, "x")], 0).expect_err("no")), [("captions", "cue-backwards")]);
        assert!(check_cues(&[cue(0, 1, &"x".repeat(MOST_CUE + 1))], 0).is_err());
        assert!(check_cues(&vec![cue(0, 1, "x"); MOST_CUES + 1], 0).is_err());
        let of = [cue(0, 1000, "a"), cue(900, 4000, "b"), cue(4000, 5000, "c")];
        assert_eq!(shifted(&of, 1000, 3000), [cue(0, 2000, "b")]);
    }

    proptest! {
        #[test]
        fn what_was_checked_stays_as_it_is(
            typed in proptest::collection::vec((0_i64..200_000, 0_i64..200_000, "[a-z \n]{0,20}"), 0..30), length in 0_i64..180_000
        ) {
            let typed: Vec<Cue> = typed.iter().map(|(start, more, text)| cue(*start, start + more + 1, text)).collect();
            let once = check_cues(&typed, length).expect("within every limit");
            prop_assert!(once.windows(2).all(|w| w[0].start_ms <= w[1].start_ms));
            prop_assert!(once.iter().all(|c| c.start_ms < c.end_ms && (length == 0 || c.end_ms <= length)));
            prop_assert_eq!(check_cues(&once, length), Ok(once));
        }
    }
}
