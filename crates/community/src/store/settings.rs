//! An organisation's rules for comments.

use std::collections::HashMap;

use db::{DbError, Tx, Value, args};
use kernel::OrgId;

use super::placeholders;
use crate::model::{Hold, Notify, Settings};

/// The settings of some organisations; those that never chose have the first ones.
pub(crate) async fn settings(tx: &mut Tx, orgs: &[OrgId]) -> Result<HashMap<OrgId, Settings>, DbError> {
    let mut out: HashMap<OrgId, Settings> = orgs.iter().map(|o| (*o, Settings::default())).collect();
    for part in orgs.chunks(500) {
        let sql = format!(
            "SELECT org_id, hold, closes_after_days, most_links, blocked_words, notify, version FROM community_settings
             WHERE org_id IN ({})",
            placeholders(1, part.len())
        );
        for row in tx.all(&sql, part.iter().map(|o| Value::from(*o)).collect()).await? {
            let mut c = row.cols();
            let org = OrgId(c.take()?);
            let settings = Settings {
                hold: Hold::parse(&c.take::<String>()?).unwrap_or(Hold::First),
                closes_after_days: c.take()?,
                most_links: c.take()?,
                blocked_words: c.take::<String>()?.lines().map(str::to_owned).collect(),
                notify: Notify::parse(&c.take::<String>()?).unwrap_or(Notify::Off),
                version: c.take()?,
            };
            out.insert(org, settings);
        }
    }
    Ok(out)
}

/// Writes settings over those of version `before`. Gives whether it did.
pub(crate) async fn set_settings(tx: &mut Tx, org: OrgId, s: &Settings, before: i64) -> Result<bool, DbError> {
    let sql =
        "INSERT INTO community_settings (org_id, hold, closes_after_days, most_links, blocked_words, notify, version)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (org_id) DO UPDATE SET hold = excluded.hold, closes_after_days = excluded.closes_after_days,
                 most_links = excluded.most_links, blocked_words = excluded.blocked_words, notify = excluded.notify,
                 version = excluded.version
               WHERE community_settings.version = $8";
    let words = s.blocked_words.join("\n");
    let values =
        args![org, s.hold.code(), s.closes_after_days, s.most_links, words, s.notify.code(), before + 1, before];
    Ok(tx.run(sql, values).await? == 1)
}
