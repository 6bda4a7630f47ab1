//! The only crate that names sqlx. It gives pools, one transaction model, group commit, migrations that
//! run on SQLite and PostgreSQL alike, and the few pairs of statements on which the two engines differ.
//! It knows no domain table and decides nothing.

mod batcher;
#[macro_use]
mod value;
#[macro_use]
mod connect;
mod copy;
mod error;
mod fault;
mod lock;
mod migrate;
mod node;
pub mod pairs;
mod topics;
mod tx;

pub use batcher::{Batch, Batcher, BatcherConfig};
pub use connect::{Db, Engine, Reruns, Target};
pub use error::{DbError, Failure};
pub use fault::FaultPlan;
pub use lock::DataLock;
pub use migrate::{Migration, schema_shape};
pub use node::NodeLease;
pub use topics::{TopicMark, TopicPoll, Topics};
pub use tx::{Rows, Tx};
pub use value::{Cols, FromCol, Row, Value};
