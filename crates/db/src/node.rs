//! The node number of this process, leased from the database so that two processes never make the same id.

use kernel::{Clock, Rng, hex};

use crate::connect::Db;
use crate::error::Failure;

/// How long a lease lasts without renewal, in seconds.
const LEASE: i64 = 120;
/// How many nodes an id has room for.
const NODES: i64 = 1024;

/// A held node number. Renew it well before two minutes pass.
#[derive(Clone, Debug)]
pub struct NodeLease {
    /// 0..=1023.
    pub node: i64,
    holder: String,
}

impl NodeLease {
    /// Takes the lowest free number. Leases run by the machine's clock, also under a virtual one:
    /// a number whose holder died is free again after the lease.
    ///
    /// # Errors
    /// When all 1024 are held, or the database fails.
    pub async fn take(db: &Db, rng: &Rng) -> Result<Self, Failure> {
        let holder = hex(&rng.bytes::<16>());
        let now = Clock::system().now();
        let node = write_tx!(db, |tx| {
            let held = tx.all("SELECT node FROM db_node WHERE held_until > $1 ORDER BY node", args![now]).await?;
            let mut free = 0;
            for row in held {
                if row.get::<i64>(0)? == free {
                    free += 1;
                }
            }
            if free >= NODES {
                return Err(Failure::Broken("all 1024 node numbers are taken".to_owned()));
            }
            tx.run(
                "INSERT INTO db_node (node, holder, held_until) VALUES ($1, $2, $3)
                     ON CONFLICT (node) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until",
                args![free, &holder, now.plus_seconds(LEASE)],
            )
            .await?;
            Ok(free)
        })?;
        Ok(Self { node, holder })
    }

    /// Extends the lease.
    ///
    /// # Errors
    /// When another process took the number meanwhile: this one must stop making ids.
    pub async fn renew(&self, db: &Db) -> Result<(), Failure> {
        let until = Clock::system().now().plus_seconds(LEASE);
        let sql = "UPDATE db_node SET held_until = $1 WHERE node = $2 AND holder = $3";
        let kept = write_tx!(db, |tx| Ok(tx.run(sql, args![until, self.node, &self.holder]).await?))?;
        if kept == 1 { Ok(()) } else { Err(Failure::Broken("the node number was taken by another process".to_owned())) }
    }

    /// Gives the number back.
    ///
    /// # Errors
    /// The database's failure; the lease then simply runs out.
    pub async fn release(&self, db: &Db) -> Result<(), Failure> {
        let sql = "DELETE FROM db_node WHERE node = $1 AND holder = $2";
        write_tx!(db, |tx| Ok(tx.run(sql, args![self.node, &self.holder]).await?)).map(drop)
    }
}
