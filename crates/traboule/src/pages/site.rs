//! What the shell says about the site itself: its name, its feed, its navigation.

use accounts::service as accounts_uc;
use db::{Failure, read_tx};
use kernel::Lang;
use publish::model::{Show, SitePage};
use publish::service::{self as publish_uc, ShowPlace};
use publish::web::Links;
use serde::Serialize;

use crate::app::App;
use crate::http::NavView;
use crate::http::{Client, Page, PageShell};
use publish::web::Head;

/// The site in the shell.
#[derive(Clone, Debug, Serialize)]
pub struct SiteView {
    /// The show's title when there is one show, else the organisation's name.
    pub name: String,
    /// Who runs it.
    pub org_name: String,
    /// One line.
    pub tagline: String,
    /// The home page.
    pub home_url: String,
    /// The feed of the only show.
    pub feed_url: Option<String>,
    /// Where the source of this very server is.
    pub source_url: String,
    /// Says that people and events are invented; in the demo only.
    pub demo_note: Option<String>,
    /// The show's own mark.
    pub mark_url: Option<String>,
    /// The show's own line at the foot.
    pub footer: String,
    /// Pages of text, for the foot.
    pub pages: Vec<FootLink>,
    /// The colour of the show's pages.
    pub colour: Option<String>,
    /// The style sheet of that colour.
    pub theme_url: Option<String>,
}

/// A link at the foot.
#[derive(Clone, Debug, Serialize)]
pub struct FootLink {
    /// Where.
    pub url: String,
    /// Its words.
    pub label: String,
}

/// Loads the site's shell. `current` is the path of the navigation entry the page is under.
///
/// # Errors
/// The database's failure.
pub async fn load(app: &App, lang: Lang, current: &str) -> Result<(SiteView, Vec<NavView>), Failure> {
    load_at(app, lang, current, None).await
}

/// Loads the shell of a show's own site, or without one of the whole site.
///
/// # Errors
/// The database's failure.
pub async fn load_at(
    app: &App,
    lang: Lang,
    current: &str,
    place: Option<&ShowPlace>,
) -> Result<(SiteView, Vec<NavView>), Failure> {
    let at = place.map(|p| p.show);
    let (mut shows, orgs, pages) = read_tx!(app.db, |tx| {
        let shows = publish_uc::public_shows(tx).await?;
        let only = if shows.len() == 1 { shows.first().map(|s| s.id) } else { None };
        let under = at.or_else(|| shows.iter().find(|s| s.slug == current).map(|s| s.id)).or(only);
        let pages = publish_uc::pages::foot(tx, under).await?;
        Ok((shows, accounts_uc::list_orgs(tx).await?, pages))
    })?;
    if let Some(place) = place {
        shows.retain(|s| s.id == place.show);
    }
    let org_name = orgs.first().map(|o| o.name.clone()).unwrap_or_default();
    let home_url = Links::home(lang);
    let only = if shows.len() == 1 { shows.first() } else { None };
    let links = app.links.at(place.and_then(|p| p.host.as_deref()));
    let view = |show: &Show| publish::web::show_view(show, &[], &context(app, lang));
    let (name, tagline) = match only.map(view) {
        Some(view) => (view.title, view.tagline),
        None => (if org_name.is_empty() { "Traboule".to_owned() } else { org_name.clone() }, String::new()),
    };
    let mut nav =
        vec![NavView { url: home_url.clone(), label: app.say(lang, "ui-nav-today"), current: current == "home" }];
    // With several shows the home lists them; the navigation names only the one being looked at.
    for show in shows.iter().filter(|s| only.is_some() || s.slug == current) {
        let label = if only.is_some() { app.say(lang, "ui-nav-episodes") } else { view(show).title };
        nav.push(NavView { url: Links::show(lang, &show.slug), label, current: current == show.slug });
    }
    // What everybody says is the whole site's; a show's own site has its own pages only.
    if at.is_none() {
        let (url, label) = (super::feed::explore_address(lang), app.say(lang, "explore-nav"));
        nav.push(NavView { url, label, current: current == "explore" });
        let (url, label) = (format!("/{}/clips", lang.code()), app.say(lang, "clips-nav"));
        nav.push(NavView { url, label, current: current == "clips" });
    }
    let (url, label) = (Links::search(lang, &[]), app.say(lang, "search-title"));
    nav.push(NavView { url, label, current: current == "search" });
    let shown = only.or_else(|| shows.iter().find(|s| s.slug == current));
    let colour = shown.and_then(|s| s.colour.clone());
    let foot = |page: SitePage| {
        let home = page.show.and_then(|id| shows.iter().find(|s| s.id == id));
        let path = Links::page(lang, &page.slug);
        let under = app.links.at(home.and_then(|s| s.host.as_deref()));
        let url = if under.origin() == links.origin() { path } else { under.absolute(&path) };
        let (content_lang, text) = page.text(lang.code());
        FootLink { url, label: publish::web::typeset(content_lang, &text.title).into_owned() }
    };
    let footer = shown.map(|s| s.text(lang.code())).map(|(l, t)| publish::web::typeset(l, &t.footer).into_owned());
    let site = SiteView {
        name,
        org_name,
        tagline,
        home_url,
        feed_url: only.map(|s| app.links.of(s).feed(&s.slug)),
        source_url: app.source_url.clone(),
        demo_note: app.demo.then(|| app.say(lang, "ui-demo-note")),
        mark_url: only.and_then(|s| s.mark.as_ref()).map(|i| Links::image(i, "small")),
        footer: footer.unwrap_or_default(),
        pages: pages.into_iter().map(foot).collect(),
        theme_url: colour.as_deref().and_then(super::theme::url),
        colour,
    };
    Ok((site, nav))
}

/// What view models of this slice need.
pub(crate) fn context(app: &App, lang: Lang) -> publish::web::CardContext<'_> {
    publish::web::CardContext { lang, texts: app.render.texts(), links: &app.links, now: app.now() }
}

/// What view models of this slice need under the host that was asked.
pub(crate) fn context_under<'a>(app: &'a App, lang: Lang, links: &'a Links) -> publish::web::CardContext<'a> {
    publish::web::CardContext { lang, texts: app.render.texts(), links, now: app.now() }
}

/// Renders a public page in the shell of the site that was asked.
///
/// # Errors
/// When the shell cannot be loaded or the template fails.
pub(crate) async fn render_for<T: Serialize>(
    app: &App,
    client: &Client,
    lang: Lang,
    current: &str,
    template: &str,
    head: Head,
    own: T,
) -> Result<String, Failure> {
    let (site, nav) = load_at(app, lang, current, client.place.as_deref()).await?;
    let page: Page<T> = PageShell::new(site, nav, lang, &client.path, head).with(own);
    app.render.render(template, &page).map_err(Failure::broken)
}

/// Renders a template in the shell.
///
/// # Errors
/// When the shell cannot be loaded or the template fails.
pub(crate) async fn render<T: Serialize>(
    app: &App,
    lang: Lang,
    path: &str,
    current: &str,
    template: &str,
    head: Head,
    own: T,
) -> Result<String, Failure> {
    let (site, nav) = load(app, lang, current).await?;
    let page: Page<T> = PageShell::new(site, nav, lang, path, head).with(own);
    app.render.render(template, &page).map_err(Failure::broken)
}

/// The head of a page that is nobody's to find.
pub(crate) fn private_head(title: String) -> Head {
    Head { title, robots: "noindex".to_owned(), ..Head::default() }
}
