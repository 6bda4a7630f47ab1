//! Files of the store that nobody names: one mark for every slice, looked at again after a day. It removes nothing that any
//! row of any slice names.

use blobs::{BlobName, BlobStore};
use community::ports::{Answer, Waste};
use db::{Db, Failure, Tx, read_tx, write_tx};
use kernel::{At, OrgId};

/// The marks of `publish`, which look after the whole store.
pub struct Swept;

impl Waste for Swept {
    fn expect<'a>(&'a self, tx: &'a mut Tx, org: OrgId, files: &'a [String], now: At) -> Answer<'a, ()> {
        Box::pin(async move {
            publish::service::keep_blobs(tx, files).await?;
            publish::service::let_go(tx, org, files, now).await
        })
    }

    fn let_go<'a>(&'a self, tx: &'a mut Tx, org: OrgId, files: &'a [String], now: At) -> Answer<'a, ()> {
        Box::pin(publish::service::let_go(tx, org, files, now))
    }
}

/// Removes files whose time has come and that no row names; gives how many.
///
/// # Errors
/// The database's or the store's failure; the next call goes on.
pub async fn remove(db: &Db, store: &BlobStore) -> Result<usize, Failure> {
    let now = db.clock().now();
    let due = write_tx!(db, |tx| publish::service::waste_due(tx, now).await)?;
    for blob in &due {
        let named = read_tx!(db, |tx| community::service::shown::is_named(tx, blob).await)?;
        if let Some(name) = BlobName::parse(blob).filter(|_| !named) {
            store.remove(&name).await.map_err(Failure::broken)?;
        }
        write_tx!(db, |tx| publish::service::waste_removed(tx, blob).await)?;
    }
    Ok(due.len())
}
