//! The head elements of a page (facts: canonical, alternates, Open Graph, Twitter, oEmbed, JSON-LD). Everything here
//! is what search engines and link previews read; nothing is shown.

use kernel::Lang;
use serde::Serialize;
use serde_json::{Value, json};

use crate::model::{AudioPlace, Correction, Episode, FullEpisode, Show, UNDATED};
use crate::text;
use crate::web::views::zone_of;
use crate::web::{FeedFormat, Links};

/// A `hreflang` link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alternate {
    /// `fr`, `en`, `x-default`.
    pub hreflang: String,
    /// Where.
    pub url: String,
}

/// A feed link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeedLink {
    /// Its title.
    pub title: String,
    /// Where.
    pub url: String,
    /// Its media type.
    pub mime: &'static str,
}

/// A show's feeds in every form, the one for podcast apps first.
fn feeds(show: &str, title: &str, links: &Links) -> Vec<FeedLink> {
    let link = |format: FeedFormat| FeedLink {
        title: title.to_owned(),
        url: links.feed_in(show, format),
        mime: format.mime(),
    };
    FeedFormat::ALL.map(link).to_vec()
}

/// A `<meta>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Meta {
    /// For Open Graph.
    pub property: Option<String>,
    /// For others.
    pub name: Option<String>,
    /// The value.
    pub content: String,
}

/// Everything in a page's head that depends on what it shows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Head {
    /// The page's title.
    pub title: String,
    /// One or two sentences.
    pub description: Option<String>,
    /// The page's own address in the language of its content.
    pub canonical: Option<String>,
    /// For crawlers.
    pub robots: String,
    /// The same page in other languages, only where the content is translated.
    pub alternates: Vec<Alternate>,
    /// Feeds.
    pub feeds: Vec<FeedLink>,
    /// The oEmbed answer about this page.
    pub oembed_url: Option<String>,
    /// The same as XML.
    pub oembed_xml_url: Option<String>,
    /// Open Graph and Twitter.
    pub metas: Vec<Meta>,
    /// JSON-LD, safe inside a script element.
    pub json_ld: Option<String>,
}

impl Meta {
    /// One for Open Graph.
    #[must_use]
    pub fn property(name: &str, content: impl Into<String>) -> Self {
        property(name, content)
    }

    /// One by name.
    #[must_use]
    pub fn named(name: &str, content: impl Into<String>) -> Self {
        named(name, content)
    }
}

fn property(name: &str, content: impl Into<String>) -> Meta {
    Meta { property: Some(name.to_owned()), name: None, content: content.into() }
}

fn named(name: &str, content: impl Into<String>) -> Meta {
    Meta { property: None, name: Some(name.to_owned()), content: content.into() }
}

/// The interface languages whose text exists; none means the page is the same in all.
fn translated<'a>(langs: impl Iterator<Item = &'a String>) -> Vec<Lang> {
    let mut found: Vec<Lang> = langs.filter_map(|l| Lang::parse(l)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Canonical and alternates of a page whose path per language is `path`.
fn addresses(links: &Links, langs: &[Lang], lang: Lang, path: impl Fn(Lang) -> String) -> (String, Vec<Alternate>) {
    let main = langs.first().copied().unwrap_or(Lang::Fr);
    let own = if langs.contains(&lang) { lang } else { main };
    let canonical = links.absolute(&path(own));
    if langs.len() < 2 {
        return (canonical, Vec::new());
    }
    let mut alternates: Vec<Alternate> =
        langs.iter().map(|l| Alternate { hreflang: l.code().to_owned(), url: links.absolute(&path(*l)) }).collect();
    alternates.push(Alternate { hreflang: "x-default".to_owned(), url: links.absolute(&path(main)) });
    (canonical, alternates)
}

const fn locale(lang: Lang) -> &'static str {
    match lang {
        Lang::Fr => "fr_FR",
        Lang::En => "en_GB",
    }
}

/// The head of a show's page.
#[must_use]
pub fn show_head(show: &Show, lang: Lang, links: &Links) -> Head {
    let links = &links.of(show);
    let langs = translated(show.texts.keys());
    let (canonical, alternates) = addresses(links, &langs, lang, |l| Links::show(l, &show.slug));
    let (_, content) = show.text(lang.code());
    let plain = text::html_to_text(&content.description_html);
    let description =
        if content.tagline.is_empty() { text::excerpt(&kernel::line(&plain), 200) } else { content.tagline.clone() };
    let mut metas = vec![
        property("og:type", "website"),
        property("og:title", content.title.as_str()),
        property("og:description", description.as_str()),
        property("og:url", canonical.as_str()),
        property("og:site_name", content.title.as_str()),
        property("og:locale", locale(lang)),
    ];
    if let Some(image) = &show.cover {
        metas.extend(preview(&links.absolute(&Links::image(image, "card")), &content.title));
        metas.push(named("twitter:card", "summary_large_image"));
    } else {
        metas.push(named("twitter:card", "summary"));
    }
    let ld = json!({
        "@context": "https://schema.org", "@type": "PodcastSeries", "@id": format!("{canonical}#show"),
        "url": canonical, "name": content.title, "description": description, "inLanguage": show.language,
        "webFeed": links.feed(&show.slug),
        "author": {"@type": "Organization", "name": show.author},
        "image": show.cover.as_ref().map(|i| links.absolute(&Links::image(i, "original"))),
    });
    Head {
        title: content.title.clone(),
        description: Some(description).filter(|d| !d.is_empty()),
        canonical: Some(canonical),
        robots: "index, follow, max-image-preview:large".to_owned(),
        alternates,
        feeds: feeds(&show.slug, &content.title, links),
        oembed_url: None,
        oembed_xml_url: None,
        metas,
        json_ld: Some(text::json_for_script(&without_nulls(ld).to_string())),
    }
}

fn preview(url: &str, alt: &str) -> Vec<Meta> {
    vec![
        property("og:image", url),
        property("og:image:width", "1200"),
        property("og:image:height", "630"),
        property("og:image:type", "image/jpeg"),
        property("og:image:alt", alt),
    ]
}

/// The head of an episode's page.
#[must_use]
pub fn episode_head(show: &Show, page: &FullEpisode, lang: Lang, links: &Links) -> Head {
    let links = &links.of(show);
    let episode = &page.episode;
    let langs = translated(episode.texts.keys());
    let (canonical, alternates) = addresses(links, &langs, lang, |l| Links::episode(l, &show.slug, &episode.slug));
    let (content_lang, content) = episode.text(lang.code(), &show.language);
    let show_title = &show.text(lang.code()).1.title;
    let description = if content.summary.is_empty() {
        text::excerpt(&kernel::line(&text::html_to_text(&content.notes_html)), 200)
    } else {
        content.summary.clone()
    };
    let published = episode.state.instant().filter(|at| *at != UNDATED).map(|at| at.rfc3339_in(&zone_of(show)));
    let mut metas = vec![
        property("og:type", "article"),
        property("og:title", content.title.as_str()),
        property("og:description", description.as_str()),
        property("og:url", canonical.as_str()),
        property("og:site_name", show_title.as_str()),
        property("og:locale", locale(lang)),
    ];
    metas.extend(langs.iter().filter(|l| **l != lang).map(|l| property("og:locale:alternate", locale(*l))));
    if let Some(published) = &published {
        metas.push(property("article:published_time", published.as_str()));
    }
    let image = episode.cover.as_ref().or(show.cover.as_ref());
    if let Some(image) = image {
        let alt = if content.cover_alt.is_empty() { &content.title } else { &content.cover_alt };
        metas.extend(preview(&links.absolute(&Links::image(image, "card")), alt));
    }
    metas.extend(sound(episode, lang, links, image.is_some()));
    let ld = json_ld(show, page, lang, links, &canonical, content_lang, &description, published.as_deref());
    Head {
        title: format!("{} – {show_title}", content.title),
        description: Some(description).filter(|d| !d.is_empty()),
        oembed_url: Some(links.oembed(&canonical, "json")),
        oembed_xml_url: Some(links.oembed(&canonical, "xml")),
        canonical: Some(canonical),
        robots: if page.episode.reached.limited { "noindex, follow" } else { "index, follow, max-image-preview:large" }
            .to_owned(),
        alternates,
        feeds: feeds(&show.slug, show_title, links),
        metas,
        json_ld: Some(text::json_for_script(&ld.to_string())),
    }
}

/// Sound in link previews. The player card needs https; without it the large picture is the fallback.
fn sound(episode: &Episode, lang: Lang, links: &Links, has_image: bool) -> Vec<Meta> {
    let mut metas = Vec::new();
    let embed = links.absolute(&Links::embed(lang, episode.id));
    let secure = embed.starts_with("https://");
    if let Some(audio) = &episode.audio {
        let url = links.audio(episode.id, audio);
        metas.push(property("og:audio", url.as_str()));
        if url.starts_with("https://") {
            metas.push(property("og:audio:secure_url", url.as_str()));
        }
        metas.push(property("og:audio:type", audio.mime.as_str()));
        if secure && url.starts_with("https://") {
            metas.extend([
                named("twitter:card", "player"),
                named("twitter:player", embed),
                named("twitter:player:width", "480"),
                named("twitter:player:height", "220"),
                named("twitter:player:stream", url.as_str()),
                named("twitter:player:stream:content_type", audio.mime.as_str()),
            ]);
            return metas;
        }
    }
    metas.push(named("twitter:card", if has_image { "summary_large_image" } else { "summary" }));
    metas
}

#[allow(clippy::too_many_arguments)] // one call; a struct would only rename the arguments
fn json_ld(
    show: &Show,
    page: &FullEpisode,
    lang: Lang,
    links: &Links,
    canonical: &str,
    content_lang: &str,
    description: &str,
    published: Option<&str>,
) -> Value {
    let episode = &page.episode;
    let (_, content) = episode.text(lang.code(), &show.language);
    let show_url = links.absolute(&Links::show(lang, &show.slug));
    let show_title = &show.text(lang.code()).1.title;
    let duration = episode.audio.as_ref().and_then(|a| a.duration_ms).map(ui::duration_iso);
    let media = episode.audio.as_ref().map(|audio| {
        let local = matches!(audio.place, AudioPlace::Local(_));
        let transcript = page.transcripts.first().map(|t| links.absolute(&Links::transcript(episode.id, &t.lang, "vtt")));
        json!({
            "@type": "AudioObject", "contentUrl": links.audio(episode.id, audio), "encodingFormat": audio.mime,
            "contentSize": (local || audio.size > 0).then(|| audio.size.to_string()), "duration": duration, "transcript": transcript,
        })
    });
    let actors: Vec<Value> =
        page.credits.iter().map(|c| json!({"@type": "Person", "name": c.name, "url": c.href})).collect();
    let parts: Vec<Value> = page
        .chapters
        .iter()
        .map(|c| {
            let title = c.titles.get(lang.code()).or_else(|| c.titles.values().next());
            let start = c.start_ms / 1000;
            json!({"@type": "Clip", "name": title, "startOffset": start, "url": format!("{canonical}#t={start}")})
        })
        .collect();
    let image = episode.cover.as_ref().or(show.cover.as_ref());
    let mut node = json!({
        "@type": "PodcastEpisode", "@id": format!("{canonical}#episode"), "url": canonical, "name": content.title,
        "description": description, "datePublished": published, "timeRequired": duration, "duration": duration,
        "episodeNumber": episode.number, "inLanguage": content_lang,
        "image": image.map(|i| links.absolute(&Links::image(i, "original"))),
        "associatedMedia": media,
        "partOfSeries": {"@type": "PodcastSeries", "@id": format!("{show_url}#show"), "name": show_title, "url": show_url,
                         "webFeed": links.feed(&show.slug)},
        "author": {"@type": "Organization", "name": show.author},
    });
    // A correction is what makes a published episode another one; a mended comma is not.
    if let Some(last) = page.corrections.last() {
        node["dateModified"] = json!(last.at.rfc3339_in(&zone_of(show)));
        let made = |c: &Correction| {
            let text = c.texts.get(lang.code()).or_else(|| c.texts.values().next());
            json!({"@type": "CorrectionComment", "datePublished": c.at.rfc3339_in(&zone_of(show)), "text": text})
        };
        node["correction"] = page.corrections.iter().map(made).collect();
    }
    if !actors.is_empty() {
        node["actor"] = Value::Array(actors);
    }
    if !parts.is_empty() {
        node["hasPart"] = Value::Array(parts);
    }
    let crumb = |position: u8, name: &str, item: &str| json!({"@type": "ListItem", "position": position, "name": name, "item": item});
    let crumbs = json!({"@type": "BreadcrumbList", "itemListElement": [
        crumb(1, show_title, &show_url), crumb(2, &content.title, canonical),
    ]});
    without_nulls(json!({"@context": "https://schema.org", "@graph": [node, crumbs]}))
}

/// JSON-LD says nothing rather than null.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k, without_nulls(v))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}
