//! Handing the comments of an import over to where comments live. What their writers gave privately passes through here
//! once, inside one transaction, and is gone from this slice's tables afterwards. Nothing of it is shown or logged.

use db::{Failure, Tx};
use kernel::{Ctx, Refusal};

use crate::service::must_edit;
use crate::store;
use crate::text;

/// Gives the kept comments of a show away, texts as plain text, and keeps only their names and places. Empty when there is
/// nothing new since the last time.
///
/// # Errors
/// Not found outside the organisation, refused for those of it who do not publish.
pub async fn hand_over_comments(tx: &mut Tx, ctx: &Ctx, show: i64) -> Result<Vec<store::HandedOver>, Failure> {
    let found = store::show_by_id(tx, show).await?;
    let show = found.ok_or_else(Refusal::not_found)?;
    must_edit(&ctx.actor, show.org)?;
    if !store::keeps_comments(tx, show.id).await? {
        return Ok(Vec::new());
    }
    let mut all = store::kept_to_hand_over(tx, show.id).await?;
    for one in &mut all {
        one.body = text::html_to_text(&one.body);
    }
    store::empty_handed_over(tx, show.id).await?;
    Ok(all)
}
