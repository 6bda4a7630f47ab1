//! The one integration binary. Each module is one subject; a test that covers a numbered invariant of the publishing
//! facts says so in its name.

mod access;
mod audience;
mod audience_material;
mod browser;
mod charts;
mod cli;
mod comments;
mod crashes;
mod desk_checks;
mod desk_clients;
mod desk_editor;
mod desk_media;
mod desk_sites;
mod desk_sound;
mod desk_upload;
mod feeds;
mod formats;
mod forms;
mod hostile;
mod imports;
mod imports_pages;
mod imports_wxr;
mod leaks;
mod material;
mod media;
mod moderation;
mod moving;
mod openapi;
mod pages;
mod publishing;
mod schema;
mod search;
mod sharing;
mod smoke;
