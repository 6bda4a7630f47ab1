//! oEmbed 1.0 (type rich): another site asks how to show an episode; it is told an iframe of our player.

use kernel::Lang;
use serde_json::{Value, json};

use crate::model::{FullEpisode, Show};
use crate::web::Links;

/// What the other site sent.
#[derive(Clone, Debug, Default)]
pub struct OembedAsk {
    /// The widest it can show, in pixels.
    pub max_width: Option<u32>,
    /// The highest it can show, in pixels.
    pub max_height: Option<u32>,
}

/// The language, show slug and episode slug an address of this site names; `None` for foreign or other addresses.
#[must_use]
pub fn oembed_target(links: &Links, about: &str) -> Option<(Lang, String, String)> {
    let rest = about.strip_prefix(links.origin())?.strip_prefix('/')?;
    let path = rest.split(['?', '#']).next()?;
    let mut parts = path.split('/');
    let lang = Lang::parse(parts.next()?)?;
    if parts.next()? != "shows" {
        return None;
    }
    let (show, episode) = (parts.next()?, parts.next()?);
    (parts.next().is_none() && !episode.is_empty()).then(|| (lang, show.to_owned(), episode.to_owned()))
}

/// The answer about an episode.
#[must_use]
pub fn oembed(show: &Show, page: &FullEpisode, lang: Lang, links: &Links, ask: &OembedAsk) -> Value {
    let links = &links.of(show);
    let (_, content) = page.episode.text(lang.code(), &show.language);
    let width = ask.max_width.unwrap_or(480).clamp(1, 480);
    let height = ask.max_height.unwrap_or(220).clamp(1, 220);
    let src = links.absolute(&Links::embed(lang, page.episode.id));
    let title = escape(&content.title);
    let html = format!(
        "<iframe src=\"{src}\" width=\"{width}\" height=\"{height}\" title=\"{title}\" loading=\"lazy\" allow=\"encrypted-media\"></iframe>"
    );
    let mut answer = json!({
        "type": "rich", "version": "1.0", "title": content.title, "html": html, "width": width, "height": height,
        "provider_name": show.text(lang.code()).1.title, "provider_url": links.absolute(&Links::home(lang)),
        "author_name": show.author, "author_url": links.absolute(&Links::show(lang, &show.slug)), "cache_age": 3600,
    });
    if let Some(image) = page.episode.cover.as_ref().or(show.cover.as_ref()) {
        answer["thumbnail_url"] = Value::String(links.absolute(&Links::image(image, "small")));
        answer["thumbnail_width"] = Value::from(480);
        answer["thumbnail_height"] = Value::from(480);
    }
    answer
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_episode_addresses_of_this_site_are_answered() {
        let links = Links::new("https://site.example/");
        let target = |about: &str| oembed_target(&links, about);
        assert_eq!(
            target("https://site.example/en/shows/a/b?x=1#t=3"),
            Some((Lang::En, "a".to_owned(), "b".to_owned()))
        );
        for foreign in [
            "https://evil.example/en/shows/a/b",
            "https://site.example.evil.example/en/shows/a/b",
            "https://site.example/en/shows/a",
            "https://site.example/xx/shows/a/b",
            "https://site.example/en/shows/a/b/c",
            "javascript:alert(1)",
        ] {
            assert_eq!(target(foreign), None, "{foreign}");
        }
    }
}
