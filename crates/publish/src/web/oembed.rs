//! oEmbed 1.0 (type rich): another site asks how to show an episode or a passage of it; it is told a frame of our player.

use kernel::Lang;
use serde_json::{Value, json};

use crate::feed::clean_xml_text;
use crate::model::{FullEpisode, Show};
use crate::rules::quote::second_of;
use crate::web::Links;
use crate::web::frame::{SIZES, escaped, frame_code, frame_src};

/// The side of the square picture that goes with an answer, in pixels.
const THUMBNAIL: u32 = 480;

/// What the other site sent.
#[derive(Clone, Debug, Default)]
pub struct OembedAsk {
    /// The widest it can show, in pixels.
    pub max_width: Option<u32>,
    /// The highest it can show, in pixels.
    pub max_height: Option<u32>,
    /// The second at which the player shall stand.
    pub start: Option<u64>,
}

/// What an address of this site names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OembedTarget {
    /// The language.
    pub lang: Lang,
    /// The show's slug.
    pub show: String,
    /// The episode's slug.
    pub episode: String,
    /// The second.
    pub start: Option<u64>,
}

/// The episode an address of this site names, by its page or by a quotation; `None` for foreign or other addresses.
#[must_use]
pub fn oembed_target(links: &Links, about: &str) -> Option<OembedTarget> {
    let rest = about.strip_prefix(links.origin())?.strip_prefix('/')?;
    let path = rest.split(['?', '#']).next()?;
    let mut parts = path.split('/');
    let lang = Lang::parse(parts.next()?)?;
    if parts.next()? != "shows" {
        return None;
    }
    let (show, episode) = (parts.next()?, parts.next()?);
    let ends = parts.next().is_none_or(|p| p == "quote") && parts.next().is_none();
    let target = || OembedTarget { lang, show: show.to_owned(), episode: episode.to_owned(), start: second_of(rest) };
    (ends && !episode.is_empty()).then(target)
}

/// The answer about an episode.
#[must_use]
pub fn oembed(show: &Show, page: &FullEpisode, lang: Lang, links: &Links, ask: &OembedAsk) -> Value {
    let links = &links.of(show);
    let (_, content) = page.episode.text(lang.code(), &show.language);
    let (usual_width, usual_height) = SIZES[0];
    let width = ask.max_width.unwrap_or(usual_width).clamp(1, usual_width);
    let height = ask.max_height.unwrap_or(usual_height).clamp(1, usual_height);
    let src = frame_src(links, lang, page.episode.id, ask.start);
    let html = frame_code(&src, &content.title, (width, height));
    let mut answer = json!({
        "type": "rich", "version": "1.0", "title": content.title, "html": html, "width": width, "height": height,
        "provider_name": show.text(lang.code()).1.title, "provider_url": links.absolute(&Links::home(lang)),
        "author_name": show.author, "author_url": links.absolute(&Links::show(lang, &show.slug)), "cache_age": 3600,
    });
    let room = [ask.max_width, ask.max_height].into_iter().flatten().all(|most| most >= THUMBNAIL);
    if let Some(image) = page.episode.cover.as_ref().or(show.cover.as_ref()).filter(|_| room) {
        answer["thumbnail_url"] = Value::String(links.absolute(&Links::image(image, "small")));
        answer["thumbnail_width"] = Value::from(THUMBNAIL);
        answer["thumbnail_height"] = Value::from(THUMBNAIL);
    }
    answer
}

/// The same answer as XML.
#[must_use]
pub fn oembed_xml(answer: &Value) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<oembed>\n".to_owned();
    for (name, value) in answer.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        xml.push_str(&format!("  <{name}>{}</{name}>\n", escaped(&clean_xml_text(&text))));
    }
    xml.push_str("</oembed>\n");
    xml
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_episode_addresses_of_this_site_are_answered() {
        let links = Links::new("https://site.example/");
        let target = |about: &str| oembed_target(&links, about);
        let found = |start| Some(OembedTarget { lang: Lang::En, show: "a".to_owned(), episode: "b".to_owned(), start });
        assert_eq!(target("https://site.example/en/shows/a/b"), found(None));
        assert_eq!(target("https://site.example/en/shows/a/b?x=1#t=3"), found(Some(3)));
        assert_eq!(target("https://site.example/en/shows/a/b?t=1:03"), found(Some(63)));
        assert_eq!(target("https://site.example/en/shows/a/b/quote?t=7&to=9"), found(Some(7)));
        for foreign in [
            "https://evil.example/en/shows/a/b",
            "https://site.example.evil.example/en/shows/a/b",
            "https://site.example/en/shows/a",
            "https://site.example/xx/shows/a/b",
            "https://site.example/en/shows/a/b/c",
            "https://site.example/en/shows/a/b/quote/c",
            "https://site.example/en/shows/a//quote",
            "javascript:alert(1)",
        ] {
            assert_eq!(target(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn c12_xml_stays_xml() {
        let xml = oembed_xml(&json!({"title": "a & \"b\" <c> ]]>\u{1}\u{FFFE}", "width": 480}));
        assert!(xml.contains("<title>a &amp; &quot;b&quot; &lt;c&gt; ]]&gt;</title>"), "{xml}");
        assert!(xml.contains("<width>480</width>"), "{xml}");
    }
}
