//! A page of text for everybody: about, rules, others. Its headings can be cited by their anchors.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use db::{Failure, read_tx};
use jiff::tz::TimeZone;
use kernel::Lang;
use publish::model::{PageKind, Show, SitePage};
use publish::rules::pages::sections;
use publish::service::{self as uc, SITE_TOPIC};
use publish::text;
use publish::web::{Alternate, Head, Links, typeset};
use serde::Serialize;
use ui::Stamp;

use crate::app::App;
use crate::http::{Built, Client, Web, cached, failure_page};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site;

/// A clause, or what stands before the first.
#[derive(Serialize)]
pub(crate) struct SectionView {
    level: u8,
    title: String,
    anchor: String,
    html: String,
}

#[derive(Serialize)]
struct PageVars {
    heading: String,
    is_rules: bool,
    content_lang: Option<String>,
    sections: Vec<SectionView>,
    changed: Stamp,
}

/// What a text shows, clause by clause.
pub(crate) fn section_views(lang: &str, page: &publish::model::PageText) -> Vec<SectionView> {
    let spaced = |html: String| if lang.starts_with("fr") { text::french_spaces_html(&html) } else { html };
    let Some(md) = &page.body_md else {
        let html = spaced(page.body_html.clone());
        return vec![SectionView { level: 0, title: String::new(), anchor: String::new(), html }];
    };
    let view = |s: publish::rules::pages::Section| SectionView {
        level: s.level,
        title: typeset(lang, &kernel::line(&text::html_to_text(&text::markdown_to_html(&s.title)))).into_owned(),
        anchor: s.anchor,
        html: spaced(text::markdown_to_html(&s.body_md)),
    };
    sections(md).into_iter().map(view).collect()
}

/// GET `/{lang}/pages/{slug}`. A page of a show with a host of its own is at home there.
pub async fn page(State(app): Web, client: Client, Path((lang, slug)): Path<(String, String)>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let found = read_tx!(app.db, |tx| uc::pages::public(tx, &slug).await);
    let (page, show) = match found {
        Ok(found) => found,
        Err(failure) => return failure_page(&app, &client, lang, &failure).await,
    };
    let home = show.as_ref().map_or_else(|| app.links.at(None), |s| app.links.of(s));
    if home != client.links(&app) {
        return moved(&home.absolute(&Links::page(lang, &slug)));
    }
    cached(&app, &client, lang, &[SITE_TOPIC.to_owned()], build(&app, &client, lang, &page, show.as_ref())).await
}

fn moved(to: &str) -> Response {
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    if let Ok(to) = to.parse() {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}

async fn build(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    page: &SitePage,
    show: Option<&Show>,
) -> Result<Built, Failure> {
    let links = client.links(app);
    let (content_lang, content) = page.text(lang.code());
    let heading = typeset(content_lang, &content.title).into_owned();
    let translated: Vec<Lang> = Lang::ALL.into_iter().filter(|l| page.texts.contains_key(l.code())).collect();
    let own = if translated.contains(&lang) { lang } else { translated.first().copied().unwrap_or(lang) };
    let address = |l: Lang| links.absolute(&Links::page(l, &page.slug));
    let mut alternates: Vec<Alternate> =
        translated.iter().map(|l| Alternate { hreflang: l.code().to_owned(), url: address(*l) }).collect();
    match translated.first() {
        Some(first) if translated.len() > 1 => {
            alternates.push(Alternate { hreflang: "x-default".to_owned(), url: address(*first) });
        }
        _ => alternates.clear(),
    }
    let zone = show.and_then(|s| publish::rules::schedule::zone(&s.time_zone).ok()).unwrap_or(TimeZone::UTC);
    let sections = section_views(content_lang, content);
    let plain = sections.first().map(|s| text::html_to_text(&s.html)).unwrap_or_default();
    let head = Head {
        title: heading.clone(),
        description: Some(text::excerpt(&kernel::line(&plain), 200)).filter(|d| !d.is_empty()),
        canonical: Some(address(own)),
        robots: "index, follow".to_owned(),
        alternates,
        ..Head::default()
    };
    let vars = PageVars {
        heading,
        is_rules: page.kind == PageKind::Rules,
        content_lang: (content_lang != lang.code()).then(|| content_lang.to_owned()),
        sections,
        changed: Stamp { iso: page.updated_at.rfc3339_in(&zone), text: ui::date_long(page.updated_at, &zone, lang) },
    };
    let current = show.map_or("", |s| s.slug.as_str());
    let text = site::render_for(app, client, lang, current, "pages/site_page.html", head, vars).await?;
    Ok(Built::page(text, None))
}
