//! The map for crawlers as XML: an index of sections, and a section. Pure text; what stands in it is decided elsewhere.

use kernel::At;

/// An address in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapLink {
    /// `fr`, `en` or `x-default`.
    pub lang: &'static str,
    /// The whole address.
    pub url: String,
}

/// What a news section says of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewsEntry {
    /// The publication's name.
    pub name: String,
    /// The language of the entry.
    pub lang: String,
    /// When it was published.
    pub at: At,
    /// Its title.
    pub title: String,
}

/// An entry of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapEntry {
    /// The whole address.
    pub url: String,
    /// When it last changed.
    pub changed: Option<At>,
    /// The same in every language, itself included; empty when there is one.
    pub others: Vec<MapLink>,
    /// What news say of it.
    pub news: Option<NewsEntry>,
}

fn escape(text: &str) -> String {
    let allowed =
        text.chars().filter(|c| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..));
    let text: String = allowed.collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

fn stamp(changed: Option<At>) -> String {
    changed.map(|at| format!("<lastmod>{}</lastmod>", at.rfc3339())).unwrap_or_default()
}

/// The index: the address of each section and when it last changed.
#[must_use]
pub fn sitemap_index(sections: &[(String, Option<At>)]) -> String {
    let mut xml = format!("{HEAD}<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for (url, changed) in sections {
        xml.push_str(&format!("<sitemap><loc>{}</loc>{}</sitemap>\n", escape(url), stamp(*changed)));
    }
    xml.push_str("</sitemapindex>\n");
    xml
}

/// A section.
#[must_use]
pub fn sitemap_section(entries: &[MapEntry]) -> String {
    let mut xml = format!(
        "{HEAD}<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\" \
         xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n"
    );
    for entry in entries {
        xml.push_str(&format!("<url><loc>{}</loc>{}", escape(&entry.url), stamp(entry.changed)));
        for other in &entry.others {
            let url = escape(&other.url);
            xml.push_str(&format!("<xhtml:link rel=\"alternate\" hreflang=\"{}\" href=\"{url}\"/>", other.lang));
        }
        if let Some(news) = &entry.news {
            xml.push_str(&format!(
                "<news:news><news:publication><news:name>{}</news:name><news:language>{}</news:language></news:publication>\
                 <news:publication_date>{}</news:publication_date><news:title>{}</news:title></news:news>",
                escape(&news.name),
                escape(&news.lang),
                news.at.rfc3339(),
                escape(&news.title)
            ));
        }
        xml.push_str("</url>\n");
    }
    xml.push_str("</urlset>\n");
    xml
}
