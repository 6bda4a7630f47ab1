//! A passage of a transcript on a page of its own: what is shown, what is copied, and what previews of links say of it.

use kernel::Lang;
use serde::Serialize;

use crate::media::transcript::{self, Cue};
use crate::model::{FullEpisode, Show};
use crate::rules::quote::{MAX_CHARS, Passage, passage};
use crate::text;
use crate::web::frame::{FrameView, encoded, frame_from, frame_src};
use crate::web::views::{
    AudioView, CardContext, EpisodeHead, EpisodeView, LinkView, ShareView, other_lang, transcript_for, typeset,
};
use crate::web::{Head, Links, cue_anchor};

/// What one voice says without a break.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QuoteLine {
    /// Who, if the transcript says so.
    pub speaker: Option<String>,
    /// What.
    pub text: String,
}

/// A quoted passage on its page.
#[derive(Clone, Debug, Serialize)]
pub struct QuoteView {
    /// The episode's head.
    pub ep: EpisodeHead,
    /// The show's title.
    pub show_title: String,
    /// The player, standing at the passage.
    pub audio: Option<AudioView>,
    /// Who says what.
    pub lines: Vec<QuoteLine>,
    /// The passage in one line, as previews show it.
    pub plain: String,
    /// The language of the passage, when it is not the page's.
    pub quote_lang: Option<String>,
    /// "12:34".
    pub start_text: String,
    /// "12:34 to 13:10".
    pub span_text: String,
    /// The second it starts at.
    pub start_s: u64,
    /// The second it ends at.
    pub end_s: u64,
    /// The path of this page.
    pub quote_path: String,
    /// This page.
    pub quote_url: String,
    /// The episode's page at that second.
    pub moment_url: String,
    /// The passage in the transcript.
    pub anchor_url: String,
    /// The text to copy.
    pub copy: String,
    /// Ways to pass it on.
    pub share: ShareView,
    /// Other plain ways.
    pub more: Vec<LinkView>,
    /// The player for other sites, from that second on.
    pub frame: FrameView,
}

/// What the voices of a passage say, the words of one voice in one piece.
fn lines(cues: &[Cue], lang: &str) -> Vec<QuoteLine> {
    let mut found: Vec<QuoteLine> = Vec::new();
    for cue in cues {
        let words = kernel::line(&cue.text);
        match found.last_mut().filter(|l| l.speaker == cue.speaker) {
            Some(line) => line.text = format!("{} {words}", line.text),
            None => found.push(QuoteLine { speaker: cue.speaker.clone(), text: words }),
        }
    }
    for line in &mut found {
        line.text = typeset(lang, &text::excerpt(&line.text, MAX_CHARS)).into_owned();
    }
    found
}

/// The name of each voice once, in the order they speak.
fn voices(lines: &[QuoteLine]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in lines.iter().filter_map(|l| l.speaker.as_deref()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

fn plain_of(lines: &[QuoteLine], lang: &str) -> String {
    let colon = if lang.starts_with("fr") { "\u{202f}:" } else { ":" };
    let several = lines.iter().any(|l| l.speaker != lines[0].speaker);
    let said = lines.iter().map(|l| match &l.speaker {
        Some(name) if several => format!("{name}{colon} {}", l.text),
        _ => l.text.clone(),
    });
    text::excerpt(&said.collect::<Vec<_>>().join(" "), MAX_CHARS)
}

/// The passage an address asks for, in the transcript this page shows; `None` when there is none with times.
fn found(show: &Show, page: &FullEpisode, lang: Lang, ask: (u64, Option<u64>)) -> Option<(String, Vec<Cue>, Passage)> {
    let stored = transcript_for(page, &show.language, lang)?;
    let parsed = transcript::parse(stored.body.as_bytes(), None).ok().filter(|p| p.timed)?;
    let passage = passage(&parsed.cues, ask.0, ask.1)?;
    let cues = parsed.cues.get(passage.first..passage.end)?.to_vec();
    Some((stored.lang.clone(), cues, passage))
}

/// A quoted passage on its page; `None` when the episode has no transcript with times.
#[must_use]
pub fn quote_view(
    show: &Show,
    page: &FullEpisode,
    episode: EpisodeView,
    ask: (u64, Option<u64>),
    context: &CardContext<'_>,
) -> Option<QuoteView> {
    let (lang, cues, passage) = found(show, page, context.lang, ask)?;
    let lines = lines(&cues, &lang);
    let plain = plain_of(&lines, &lang);
    let clock = |s: u64| ui::timecode(i64::try_from(s.saturating_mul(1000)).unwrap_or(0));
    let (start_text, end_text) = (clock(passage.start_s), clock(passage.end_s));
    let slug = &page.episode.slug;
    let quote_path = Links::quote(context.lang, &show.slug, slug, passage.start_s, passage.to_s);
    let quote_url = context.links.of(show).absolute(&quote_path);
    let moment_url = format!("{}#t={}", episode.share.url, passage.start_s);
    let voices = voices(&lines);
    let source = [episode.show_title.as_str(), &episode.ep.title, &voices, &start_text];
    let source = source.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ");
    let args = [("text", plain.as_str().into()), ("source", source.as_str().into())];
    let said = context.texts.text(context.lang, "publish-quote-line", &args);
    let mut audio = episode.audio;
    if let Some(audio) = &mut audio {
        audio.start_s = Some(passage.start_s);
        audio.fragment = format!("#t={},{}", passage.start_s, passage.end_s);
    }
    let to = format!("{said} {quote_url}");
    let span = [("from", start_text.as_str().into()), ("to", end_text.as_str().into())];
    let link = |label: &str, url: String| LinkView { label: label.to_owned(), url, mime: "text/html" };
    // A post there holds 300 signs.
    let short = format!("{} {quote_url}", text::excerpt(&said, 280_usize.saturating_sub(quote_url.chars().count())));
    Some(QuoteView {
        share: ShareView {
            url: quote_url.clone(),
            whatsapp_url: format!("https://wa.me/?text={}", encoded(&to)),
            mail_url: format!("mailto:?subject={}&body={}", encoded(&episode.ep.title), encoded(&to)),
        },
        more: vec![
            link("Bluesky", format!("https://bsky.app/intent/compose?text={}", encoded(&short))),
            link("Telegram", format!("https://t.me/share/url?url={}&text={}", encoded(&quote_url), encoded(&said))),
        ],
        copy: format!("{said}\n{moment_url}"),
        anchor_url: format!("{}#{}", episode.ep.url, cue_anchor(passage.start_s * 1000)),
        frame: frame_from(show, &page.episode, Some(passage.start_s), context),
        span_text: context.texts.text(context.lang, "publish-quote-span", &span),
        quote_lang: other_lang(&lang, context.lang),
        ep: episode.ep,
        show_title: episode.show_title,
        audio,
        lines,
        plain,
        start_text,
        start_s: passage.start_s,
        end_s: passage.end_s,
        quote_path,
        quote_url,
        moment_url,
    })
}

/// The head of a quotation: previews show the passage; crawlers are told that the episode's page is the one to keep.
#[must_use]
pub fn quote_head(
    show: &Show,
    page: &FullEpisode,
    mut head: Head,
    quote: &QuoteView,
    lang: Lang,
    links: &Links,
) -> Head {
    let links = &links.of(show);
    let short = text::excerpt(&quote.plain, 300);
    let embed = frame_src(links, lang, page.episode.id, Some(quote.start_s));
    for meta in &mut head.metas {
        match meta.property.as_deref().or(meta.name.as_deref()).unwrap_or_default() {
            "og:description" | "twitter:description" => meta.content.clone_from(&short),
            "og:url" => meta.content.clone_from(&quote.quote_url),
            "twitter:player" => meta.content.clone_from(&embed),
            _ => {}
        }
    }
    head.title = format!("{} – {}", text::excerpt(&quote.plain, 60), head.title);
    head.description = Some(short);
    head.robots = "noindex, follow".to_owned();
    head.alternates.clear();
    head.oembed_url = Some(links.oembed(&quote.quote_url, "json"));
    head.oembed_xml_url = Some(links.oembed(&quote.quote_url, "xml"));
    head.json_ld = None;
    head
}
