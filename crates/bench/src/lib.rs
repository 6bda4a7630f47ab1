//! The shape of measured figures and the small load generator behind them. It knows nothing of what is measured.

mod load;
mod report;

pub use load::{Load, Make, Outcome, Posts};
pub use report::{Figure, Report, machine, milliseconds, quantile};
