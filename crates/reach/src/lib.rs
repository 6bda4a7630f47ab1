//! The one gate of reach. It has two inputs and no other: the measures that the public log says are active, and the standing
//! decisions gave to single subjects. No setting, flag or environment reaches it. What passes is decided after the query,
//! row by row; whoever lists reads more rows until a page is full, and its cursor is the last row it looked at.

mod gate;
mod measures;
mod standing;
mod store;

pub use gate::{Gate, Passage, Surface};
pub use measures::{ActiveMeasures, KIND as MEASURE_KIND};
pub use standing::{Standing, Standings};
pub use store::{TOPIC, kind_topic, lift, set, shown, standings, topic};

use db::Migration;

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] =
    &[Migration { id: "reach_0001", sql: include_str!("../migrations/0001_standing.sql") }];
