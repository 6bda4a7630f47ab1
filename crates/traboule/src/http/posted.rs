//! Reading a posted form: urlencoded, at most 1 MiB, stamped.

use axum::body::Bytes;
use kernel::Refusal;
use ui::Posted;

use crate::app::App;
use crate::http::session::Client;

/// Decodes a form's body and checks that it comes from a page of this site.
///
/// # Errors
/// `csrf` when it does not.
pub fn read_form(app: &App, client: &Client, body: &Bytes) -> Result<Posted, Refusal> {
    let pairs = url::form_urlencoded::parse(body).map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
    let posted = Posted::new(pairs);
    client.check_stamp(app, posted.get("csrf"))?;
    Ok(posted)
}
