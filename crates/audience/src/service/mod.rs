//! Use cases of counting: taking in what was seen, reading figures, exporting a day. They take `&mut Tx` and never begin or
//! commit.

mod export;
mod read;
mod report;
mod take;

pub use export::{Check, Export, Published, export_day, published_day, verify};
pub use read::{Figures, figures, hours_of, top, views_by_hour};
pub use report::{MOST_DAYS, create_report, report_of, reports, revoke_report};
pub use take::{Context, EVENT_DAYS, LINK_DAYS, purge, take};
