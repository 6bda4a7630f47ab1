//! Members in public and at home: joining, profiles, following, notifications, their own data. Pages parse, call use cases
//! of `accounts` and `community`, and render; no rule lives here.

pub mod bonds;
pub mod data;
pub mod join;
pub mod lists;
pub mod notices;
pub mod page;
pub mod picture;
pub mod profile;
mod voices;

pub(crate) use bonds::{act_on, fill_follow, follow_hole, follow_holes, read_id as read_voice, voice_id};
pub(crate) use join::with_next;
pub(crate) use notices::{LineView, Words, lines, stop_path};
pub(crate) use page::cursor;
pub(crate) use voices::{Houses, voice_view, voice_views};

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use db::Failure;
use kernel::{Lang, OrgId};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::http::{Client, failure_page, html};
use crate::pages::site::{self, private_head};

/// How many accounts or codes for one are asked from one network within an hour.
pub const JOINS: u32 = 20;

/// An entry of the way between one's own pages.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OwnLink {
    url: String,
    label: String,
    current: bool,
    /// How much is new there.
    count: Option<String>,
}

/// The way between one's own pages; `current` is the one being looked at.
pub(crate) fn own_nav(app: &App, client: &Client, lang: Lang, current: &str) -> Vec<OwnLink> {
    let link = |key: &str| OwnLink {
        url: own_path(lang, key),
        label: app.say(lang, &format!("members-own-{key}")),
        current: key == current,
        count: client.unread.filter(|n| key == "notifications" && *n > 0).map(|n| ui::number(n, lang)),
    };
    ["account", "profile", "notifications", "posts", "clips", "following", "muted", "blocked", "data"]
        .map(link)
        .to_vec()
}

/// One of one's own pages.
pub(crate) fn own_path(lang: Lang, key: &str) -> String {
    let lang = lang.code();
    match key {
        "account" => format!("/{lang}/account"),
        "posts" | "clips" => format!("/{lang}/{key}/mine"),
        key => format!("/{lang}/account/{key}"),
    }
}

/// A path for the log: the key that stops somebody's mails is left out.
#[must_use]
pub(crate) fn loggable(path: &str) -> String {
    match path.split_once("/digest/") {
        Some((before, _)) if before.len() == 3 => format!("{before}/digest/…"),
        _ => path.to_owned(),
    }
}

/// A link.
#[derive(Clone, Debug, Serialize)]
struct LinkView {
    url: String,
    label: String,
}

/// What the last answer has to say, and about whom.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Said {
    said: Option<String>,
    who: Option<String>,
    after: Option<String>,
    next: Option<String>,
}

/// Where visitors of one's own pages go first.
fn sign_in_first(lang: Lang, page: &str) -> Response {
    crate::http::redirect(&join::with_next(&format!("/{}/sign-in", lang.code()), page))
}

/// The organisation whose moderators answer for what members say: the first of the server.
async fn house(tx: &mut db::Tx) -> Result<OrgId, Failure> {
    Ok(accounts::service::list_orgs(tx).await?.first().map_or(OrgId(0), |org| org.id))
}

/// Renders one of one's own pages.
async fn own_page<T: Serialize>(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    (template, title): (&str, &str),
    status: StatusCode,
    vars: Result<T, Failure>,
) -> Response {
    let rendered = async {
        let head = private_head(app.say(lang, title));
        site::render(app, lang, &client.path, "", template, head, vars?).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_log_holds_no_key() {
        assert_eq!(super::loggable("/fr/digest/me_0.abc"), "/fr/digest/…");
        assert_eq!(super::loggable("/fr/members/digest"), "/fr/members/digest");
    }
}
