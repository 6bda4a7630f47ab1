//! Where shows live: host names, former addresses, and the names pages of the front are told apart by.

use std::collections::HashMap;

use db::{DbError, Tx, args};
use kernel::At;

use crate::model::Show;

/// Where a show is at home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShowPlace {
    /// The show.
    pub show: i64,
    /// Its name in addresses.
    pub slug: String,
    /// The host name it has for itself.
    pub host: Option<String>,
    /// The name of its time zone.
    pub time_zone: String,
}

/// Every place, and the former addresses that lead to one.
#[derive(Clone, Debug, Default)]
pub struct PlaceRows {
    /// Shows by id.
    pub shows: HashMap<i64, ShowPlace>,
    /// Former addresses: `host` or `slug`, the address, the show.
    pub former: Vec<(String, String, i64)>,
}

pub(crate) async fn places(tx: &mut Tx) -> Result<PlaceRows, DbError> {
    let mut rows = PlaceRows::default();
    for row in tx.all("SELECT id, slug, host, time_zone FROM publish_show", args![]).await? {
        let place = ShowPlace { show: row.get(0)?, slug: row.get(1)?, host: row.get(2)?, time_zone: row.get(3)? };
        rows.shows.insert(place.show, place);
    }
    let sql = "SELECT kind, name, show_id FROM publish_former_address ORDER BY kind, name";
    for row in tx.all(sql, args![]).await? {
        rows.former.push((row.get(0)?, row.get(1)?, row.get(2)?));
    }
    Ok(rows)
}

/// Whether an address is another show's, today or formerly. `kind` is `host` or `slug`.
pub(crate) async fn address_taken(tx: &mut Tx, kind: &str, address: &str, but: i64) -> Result<bool, DbError> {
    let sql = "SELECT CAST((SELECT COUNT(*) FROM publish_show WHERE id <> $3
                 AND ((CAST($1 AS TEXT) = 'host' AND host = $2) OR (CAST($1 AS TEXT) = 'slug' AND slug = $2)))
               + (SELECT COUNT(*) FROM publish_former_address WHERE kind = $1 AND name = $2 AND show_id <> $3) AS BIGINT)";
    Ok(tx.scalar::<i64>(sql, args![kind, address, but]).await? != Some(0))
}

/// Remembers an address the show leaves.
pub(crate) async fn leave_address(tx: &mut Tx, kind: &str, address: &str, show: i64, now: At) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_former_address (kind, name, show_id, left_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (kind, name) DO NOTHING";
    tx.run(sql, args![kind, address, show, now]).await.map(drop)
}

/// Forgets a former address the show takes again.
pub(crate) async fn take_address(tx: &mut Tx, kind: &str, address: &str, show: i64) -> Result<(), DbError> {
    let sql = "DELETE FROM publish_former_address WHERE kind = $1 AND name = $2 AND show_id = $3";
    tx.run(sql, args![kind, address, show]).await.map(drop)
}

/// Gives a show another name in addresses.
pub(crate) async fn set_show_slug(tx: &mut Tx, show: &Show, now: At) -> Result<(), DbError> {
    let sql = "UPDATE publish_show SET slug = $1, updated_at = $2 WHERE id = $3 AND org_id = $4";
    tx.run(sql, args![&show.slug, now, show.id, show.org]).await.map(drop)
}
