//! The player that other sites put in a frame, and the code with which they do. Nothing here is a decision.

use kernel::{Lang, show_id};
use serde::Serialize;

use crate::model::{EPISODE_PREFIX, Episode, Show};
use crate::text;
use crate::web::Links;
use crate::web::views::{AudioView, CardContext, ChapterView, EpisodeHead, EpisodeView};

/// The sizes offered for a frame, in pixels: the usual one first.
pub const SIZES: [(u32, u32); 4] = [(480, 220), (320, 160), (720, 320), (200, 120)];

/// A size to choose.
#[derive(Clone, Debug, Serialize)]
pub struct SizeView {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// What a page says about the player in a frame.
#[derive(Clone, Debug, Serialize)]
pub struct FrameView {
    /// The address of the player, from its second on.
    pub src: String,
    /// The frame's title.
    pub title: String,
    /// The code for another site.
    pub code: String,
    /// Other sizes.
    pub sizes: Vec<SizeView>,
}

/// A text inside an attribute or element of HTML that is handed to others.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;")
}

/// A text inside the query of an address.
pub(super) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// The address of the player, standing at a second.
pub(super) fn frame_src(links: &Links, lang: Lang, episode: i64, start: Option<u64>) -> String {
    let src = links.absolute(&Links::embed(lang, episode));
    start.filter(|s| *s > 0).map_or_else(|| src.clone(), |s| format!("{src}?t={s}"))
}

/// The element another site puts into its page.
pub(super) fn frame_code(src: &str, title: &str, (width, height): (u32, u32)) -> String {
    let (src, title) = (escaped(src), escaped(title));
    format!(
        "<iframe src=\"{src}\" width=\"{width}\" height=\"{height}\" title=\"{title}\" loading=\"lazy\" allow=\"encrypted-media\"></iframe>"
    )
}

/// The frame of an episode from its beginning.
pub(super) fn frame_view(show: &Show, episode: &Episode, context: &CardContext<'_>) -> FrameView {
    frame_from(show, episode, None, context)
}

/// The frame of an episode from a second on.
pub(super) fn frame_from(show: &Show, episode: &Episode, start: Option<u64>, context: &CardContext<'_>) -> FrameView {
    let (_, content) = episode.text(context.lang.code(), &show.language);
    let title = text::excerpt(&kernel::line(&content.title), 200);
    let src = frame_src(&context.links.of(show), context.lang, episode.id, start);
    let code = frame_code(&src, &title, SIZES[0]);
    FrameView { src, title, code, sizes: SIZES.map(|(width, height)| SizeView { width, height }).to_vec() }
}

/// The player in a frame.
#[derive(Clone, Debug, Serialize)]
pub struct EmbedView {
    /// The head.
    pub ep: EpisodeHead,
    /// The show's title.
    pub show_title: String,
    /// The player.
    pub audio: Option<AudioView>,
    /// Its chapters.
    pub chapters: Vec<ChapterView>,
    /// The episode's page.
    pub page_url: String,
    /// The same, at the second the player opens at.
    pub back_url: String,
    /// The episode's id.
    pub id: String,
}

/// The player in a frame, standing at a second.
#[must_use]
pub fn embed_view(show: &Show, episode: &Episode, view: EpisodeView, start: Option<u64>) -> EmbedView {
    let mut audio = view.audio;
    let start = start.filter(|s| *s > 0);
    if let (Some(audio), Some(start)) = (&mut audio, start) {
        audio.start_s = Some(start);
        audio.fragment = format!("#t={start}");
    }
    let page_url = view.share.url;
    EmbedView {
        ep: view.ep,
        show_title: show.text(&show.language).1.title.clone(),
        audio,
        chapters: view.chapters,
        back_url: start.map_or_else(|| page_url.clone(), |s| format!("{page_url}#t={s}")),
        page_url,
        id: show_id(EPISODE_PREFIX, episode.id),
    }
}
