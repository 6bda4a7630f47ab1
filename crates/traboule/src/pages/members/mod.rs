//! Members in public and at home: joining, profiles, following, notifications, their own data. Pages parse, call use cases
//! of `accounts` and `community`, and render; no rule lives here.

pub mod join;

use kernel::Lang;
use serde::Serialize;

use crate::app::App;
use crate::http::Client;

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
        url: match key {
            "account" => format!("/{}/account", lang.code()),
            key => format!("/{}/account/{key}", lang.code()),
        },
        label: app.say(lang, &format!("members-own-{key}")),
        current: key == current,
        count: client.unread.filter(|n| key == "notifications" && *n > 0).map(|n| ui::number(n, lang)),
    };
    ["account", "profile", "notifications", "following", "muted", "blocked", "data"].map(link).to_vec()
}
