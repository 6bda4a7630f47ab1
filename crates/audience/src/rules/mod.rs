//! Pure decisions about what counts. No I/O, clock or randomness: the same facts give the same figures, today and when
//! somebody recomputes them.

pub mod agents;
pub mod listen;
pub mod ranges;
pub mod recount;
pub mod set;
pub mod sources;
