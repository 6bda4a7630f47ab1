//! The public log: what machines read under `/log/`, and the pages that show it to people. They read and render; nothing
//! here signs, and nothing here can change the log.

mod machine;

pub use machine::{checkpoint, tile};
