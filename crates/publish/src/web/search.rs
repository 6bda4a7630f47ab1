//! A hit as pages and the API show it: where it was found, the words around with those that were asked for, and the
//! address that begins there.

use serde::Serialize;

use super::views::other_lang;
use super::{Card, CardContext, Links, card, cue_anchor, typeset};
use crate::rules::search::{Query, pieces};
use crate::service::Hit;

/// A piece of a passage.
#[derive(Clone, Debug, Serialize)]
pub struct PieceView {
    /// Its words.
    pub text: String,
    /// Whether they were asked for.
    pub hit: bool,
}

/// A hit on a page.
#[derive(Clone, Debug, Serialize)]
pub struct HitView {
    /// The episode.
    pub card: Card,
    /// Where it was found: `transcript`, `chapter`, `notes` …
    pub place: &'static str,
    /// The same as a sentence.
    pub place_text: String,
    /// The second to begin at.
    pub at_s: Option<i64>,
    /// The episode's page at that second.
    pub url: String,
    /// The words around.
    pub passage: Vec<PieceView>,
    /// Their language when it is not the page's.
    pub passage_lang: Option<String>,
}

/// A hit on a page.
#[must_use]
pub fn hit_view(hit: &Hit, query: &Query, context: &CardContext<'_>) -> HitView {
    let named = Some(hit.show.text(context.lang.code()).1.title.clone());
    let card = Card { show: named, ..card(&hit.show, &hit.episode, context) };
    let at_ms = hit.passage.as_ref().and_then(|p| p.at_ms);
    let at_s = at_ms.map(|ms| ms / 1000);
    let path = Links::episode(context.lang, &hit.show.slug, &hit.episode.slug);
    let path =
        at_ms.map_or_else(|| path.clone(), |ms| format!("{path}#{}", cue_anchor(u64::try_from(ms).unwrap_or(0))));
    let time = at_ms.map(ui::timecode).unwrap_or_default();
    let place = hit.passage.as_ref().map_or("title", |p| p.place.code());
    let (passage, lang) = hit.passage.as_ref().map_or_else(Default::default, |p| {
        let lang = if p.lang.is_empty() { hit.show.language.as_str() } else { p.lang.as_str() };
        let cut = pieces(query, &typeset(lang, &p.text));
        (cut.into_iter().map(|p| PieceView { text: p.text, hit: p.hit }).collect(), lang.to_owned())
    });
    HitView {
        place,
        place_text: context.texts.text(context.lang, &format!("search-in-{place}"), &[("time", time.into())]),
        at_s,
        url: context.links.from_here(&hit.show, path),
        passage,
        passage_lang: other_lang(&lang, context.lang).filter(|l| !l.is_empty()),
        card,
    }
}
