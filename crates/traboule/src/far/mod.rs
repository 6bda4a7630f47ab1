//! Public logs seen from outside: read over HTTP, watched, witnessed. What a stranger runs against this or any other
//! server. Nothing here touches the server's own database.

pub mod log;
pub mod verify;
pub mod watch;
pub mod witness;
