//! The one integration binary. Each module is one subject; a test that covers a numbered invariant of the publishing
//! facts says so in its name.

mod access;
mod browser;
mod cli;
mod crashes;
mod desk_checks;
mod feeds;
mod forms;
mod hostile;
mod imports;
mod material;
mod media;
mod pages;
mod publishing;
mod schema;
mod smoke;
