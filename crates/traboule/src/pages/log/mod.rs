//! The public log: what machines read under `/log/`, and the pages that show it to people. They read and render; nothing
//! here signs, and nothing here can change the log.

mod about;
mod machine;
mod readable;
mod signing;

pub use machine::{checkpoint, of_number, policy, proof, proof_of, receipt, tile, tile_of};
pub use readable::{leaf, leaf_url, list};
pub use signing::{add_checkpoint, cosignature, witnessed};
