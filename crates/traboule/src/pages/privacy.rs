//! What is kept about people, for how long, and how to have one's comments erased. The table says what the code does:
//! its figures come from the rules that delete, and a test holds it against `personal-data.toml`.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use kernel::Lang;
use publish::web::{Alternate, Head};
use serde::{Deserialize, Serialize};
use ui::FormView;

use crate::app::App;
use crate::http::{COMMENTER_COOKIE, Client, SESSION_COOKIE, Web, failure_page, html};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site;

/// A row of the table.
#[derive(Serialize)]
struct RowView {
    id: &'static str,
    what: String,
    kept: String,
    long: String,
}

#[derive(Serialize)]
struct Vars {
    rows: Vec<RowView>,
    cookies: Vec<String>,
    form: Option<FormView>,
    said: Option<String>,
}

/// What the last answer has to say.
#[derive(Debug, Default, Deserialize)]
pub struct Said {
    said: Option<String>,
}

/// The rows: what people do here, and for how many days the longest of it is kept where a rule says so.
#[must_use]
pub fn kept() -> [(&'static str, Option<i64>); 8] {
    let day = 24 * 3600;
    [
        ("visit", None),
        ("listen", None),
        ("comment", Some(community::service::NETWORK_SECONDS / day)),
        ("link", None),
        ("member", None),
        ("people", None),
        ("post", None),
        ("sign-in", Some(accounts::rules::SESSION_SECONDS / day)),
    ]
}

fn vars(app: &App, lang: Lang, form: Option<FormView>, said: Option<String>) -> Vars {
    let say = |key: &str, args: &[(&str, kernel::Arg)]| app.render.texts().text(lang, key, args);
    let row = |(id, days): (&'static str, Option<i64>)| RowView {
        id,
        what: say(&format!("privacy-{id}"), &[]),
        kept: say(&format!("privacy-{id}-kept"), &[]),
        long: say(&format!("privacy-{id}-long"), &[("days", days.unwrap_or_default().into())]),
    };
    let days = accounts::rules::SESSION_SECONDS / (24 * 3600);
    let cookies = vec![
        say("privacy-cookie-session", &[("name", SESSION_COOKIE.into()), ("days", days.into())]),
        say("privacy-cookie-commenter", &[("name", COMMENTER_COOKIE.into())]),
    ];
    Vars { rows: kept().into_iter().map(row).collect(), cookies, form, said }
}

/// GET `/{lang}/privacy`.
pub async fn show(State(app): Web, client: Client, Path(lang): Path<String>, Query(query): Query<Said>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let said = match query.said.as_deref() {
        Some("erase") => Some(app.say(lang, "privacy-erase-said")),
        Some("erased") => Some(app.say(lang, "data-erased-said")),
        _ => None,
    };
    page(&app, &client, lang, StatusCode::OK, None, said).await
}

/// The page, perhaps with a refused form.
pub(super) async fn page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    status: StatusCode,
    form: Option<FormView>,
    said: Option<String>,
) -> Response {
    let links = client.links(app);
    let address = |l: Lang| links.absolute(&format!("/{}/privacy", l.code()));
    let alternates = Lang::ALL.map(|l| Alternate { hreflang: l.code().to_owned(), url: address(l) });
    let head = Head {
        title: app.say(lang, "privacy-heading"),
        description: Some(app.say(lang, "privacy-lede")),
        canonical: Some(address(lang)),
        robots: "index, follow".to_owned(),
        alternates: alternates.to_vec(),
        ..Head::default()
    };
    let vars = vars(app, lang, form, said);
    match site::render_for(app, client, lang, "", "pages/privacy.html", head, vars).await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}
