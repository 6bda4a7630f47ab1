//! The way from a page that is the same for everybody to the composer that quotes what it shows. Visitors get nothing.

use kernel::Lang;

use crate::app::App;
use crate::http::Client;

const HOLE: &str = "quote ";

/// The name of the hole in which a page offers to quote what it shows, an episode or a post by its id in addresses.
#[must_use]
pub(crate) fn quote_hole(shown: &str) -> String {
    format!("{HOLE}{shown}")
}

/// The address of the composer that quotes something.
pub(super) fn quote_path(lang: Lang, shown: &str) -> String {
    format!("/{}/posts/new?of={shown}", lang.code())
}

/// Fills such a hole; `None` for a hole of another kind.
pub(crate) fn fill_quote(app: &App, client: Option<&Client>, lang: Lang, hole: &str) -> Option<String> {
    let shown = hole.strip_prefix(HOLE)?;
    if client.is_none_or(|c| c.me.is_none()) {
        return Some(String::new());
    }
    let vars = serde_json::json!({"lang": lang.code(), "url": quote_path(lang, shown)});
    Some(app.render.render("pages/quote_hole.html", &vars).unwrap_or_default())
}
