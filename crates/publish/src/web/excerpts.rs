//! Excerpts of an episode as its page lists them: where each begins, how long it is, its own file. Nothing is decided here.

use serde::Serialize;

use crate::model::FullEpisode;
use crate::web::Links;
use crate::web::views::{CardContext, other_lang, typeset};

/// An excerpt on a page.
#[derive(Clone, Debug, Serialize)]
pub struct ExcerptView {
    /// Seconds.
    pub start_s: i64,
    /// "2:06".
    pub start_text: String,
    /// "48 s".
    pub length_text: String,
    /// Its title.
    pub title: String,
    /// The title's language, when it is not the page's.
    pub lang: Option<String>,
    /// The path of its own file, once it is cut.
    pub url: Option<String>,
}

/// The excerpts of an episode; `main` is the language its show is made in.
pub(super) fn excerpt_views(page: &FullEpisode, main: &str, context: &CardContext<'_>) -> Vec<ExcerptView> {
    let view = |x: &crate::model::Excerpt| {
        let wanted = [context.lang.code(), main];
        let titled = wanted.iter().find_map(|lang| x.titles.get_key_value(*lang)).or_else(|| x.titles.iter().next());
        let (lang, title) = titled.map_or((main, ""), |(l, t)| (l.as_str(), t.as_str()));
        ExcerptView {
            start_s: x.start_ms / 1000,
            start_text: ui::timecode(x.start_ms),
            length_text: ui::duration_text(x.duration_ms, context.lang),
            title: typeset(lang, title).into_owned(),
            lang: other_lang(lang, context.lang),
            url: Links::excerpt(x),
        }
    };
    page.excerpts.iter().map(view).collect()
}
