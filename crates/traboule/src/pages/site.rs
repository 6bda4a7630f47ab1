//! What the shell says about the site itself: its name, its feed, its navigation.

use accounts::service as accounts_uc;
use db::{Failure, read_tx};
use kernel::Lang;
use publish::model::Show;
use publish::service as publish_uc;
use publish::web::Links;
use serde::Serialize;

use crate::app::App;
use crate::http::NavView;
use crate::http::{Page, PageShell};
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
}

/// Loads the site's shell. `current` is the path of the navigation entry the page is under.
///
/// # Errors
/// The database's failure.
pub async fn load(app: &App, lang: Lang, current: &str) -> Result<(SiteView, Vec<NavView>), Failure> {
    let (shows, orgs) = read_tx!(app.db, |tx| {
        let shows = publish_uc::public_shows(tx).await?;
        Ok((shows, accounts_uc::list_orgs(tx).await?))
    })?;
    let org_name = orgs.first().map(|o| o.name.clone()).unwrap_or_default();
    let home_url = Links::home(lang);
    let only = if shows.len() == 1 { shows.first() } else { None };
    let title = |show: &Show| publish::web::show_view(show, &[], &context(app, lang)).title;
    let (name, tagline) = match only {
        Some(show) => {
            let view = publish::web::show_view(show, &[], &context(app, lang));
            (view.title, view.tagline)
        }
        None => (if org_name.is_empty() { "Traboule".to_owned() } else { org_name.clone() }, String::new()),
    };
    let mut nav =
        vec![NavView { url: home_url.clone(), label: app.say(lang, "ui-nav-today"), current: current == "home" }];
    // With several shows the home lists them; the navigation names only the one being looked at.
    for show in shows.iter().filter(|s| only.is_some() || s.slug == current) {
        let label = if only.is_some() { app.say(lang, "ui-nav-episodes") } else { title(show) };
        nav.push(NavView { url: Links::show(lang, &show.slug), label, current: current == show.slug });
    }
    let site = SiteView {
        name,
        org_name,
        tagline,
        home_url,
        feed_url: only.map(|s| app.links.feed(&s.slug)),
        source_url: app.source_url.clone(),
        demo_note: app.demo.then(|| app.say(lang, "ui-demo-note")),
    };
    Ok((site, nav))
}

/// What view models of this slice need.
pub(crate) fn context(app: &App, lang: Lang) -> publish::web::CardContext<'_> {
    publish::web::CardContext { lang, texts: app.render.texts(), links: &app.links, now: app.now() }
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
    app.render.render(template, &page).map_err(|e| Failure::Broken(e.to_string()))
}

/// The head of a page that is nobody's to find.
pub(crate) fn private_head(title: String) -> Head {
    Head { title, robots: "noindex".to_owned(), ..Head::default() }
}
