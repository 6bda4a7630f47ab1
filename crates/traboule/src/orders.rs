//! Puts the definitions of the orders into the public log: each once, with its digest, before any list could stand in it
//! unsaid. The definitions are in `community::rules::order`; nothing is decided here.

use std::collections::{BTreeMap, BTreeSet};

use community::rules::order::ORDERS;
use db::{Failure, Tx, write_tx};
use kernel::{Actor, Ctx};
use serde::Deserialize;
use tlog::leaf::Value;

use crate::app::App;

/// The kind of these leaves.
pub const KIND: &str = "order.defined";
/// The most definitions that are read back.
const MOST: i64 = 10_000;

#[derive(Deserialize)]
struct Body {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    order: String,
    sha256: String,
}

/// Which order a leaf defines, and the digest of its definition.
fn read_body(body: &[u8]) -> Option<(String, String)> {
    let body: Body = serde_json::from_slice(body).ok()?;
    Some((body.data.order, body.data.sha256))
}

/// The definitions in the log, with where they stand.
///
/// # Errors
/// The database's failure.
pub async fn defined(tx: &mut Tx) -> Result<Vec<(u64, String, String)>, Failure> {
    let leaves = tlog::service::of_kind(tx, KIND, 0, MOST).await?;
    let read = |e: &tlog::model::Entry| read_body(&e.body).map(|(order, sha256)| (e.index, order, sha256));
    Ok(leaves.iter().filter_map(read).collect())
}

/// Asks for a leaf for each definition that the log does not hold yet and that nobody asked for; gives how many. Of two
/// processes that start at once the second waits for the first, or is run again.
///
/// # Errors
/// The database's failure.
pub async fn define(app: &App) -> Result<usize, Failure> {
    let ctx: Ctx = app.ctx(Actor::System("orders"));
    write_tx!(app.db, |tx| {
        let mut known: BTreeSet<(String, String)> =
            defined(tx).await?.into_iter().map(|(_, order, sha256)| (order, sha256)).collect();
        let waiting = tlog::service::waiting_of_kind(tx, KIND).await?;
        known.extend(waiting.iter().filter_map(|body| read_body(body)));
        let mut asked = 0;
        for order in &ORDERS {
            let sha256 = order.digest();
            if known.contains(&(order.cite(), sha256.clone())) {
                continue;
            }
            let data = BTreeMap::from([
                ("order", Value::from(order.cite())),
                ("sha256", Value::from(sha256)),
                ("since", Value::from(order.since)),
            ]);
            tlog::service::enqueue(tx, &ctx, KIND, &data).await?;
            asked += 1;
        }
        Ok(asked)
    })
}
