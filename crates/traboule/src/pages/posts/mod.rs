//! Posts as their writers and readers meet them. Pages parse, call one use case, render; what a text means, who may see
//! what and who may write under which name is decided in `community`.

mod change;
pub mod elsewhere;
mod gather;
mod pictures;
mod quote;
mod read;
mod rich;
mod view;
mod write;

pub(crate) use change::delete_post;
pub use change::{ask_delete, ask_remove, delete, edit, mine, remove, reshare, restore, save, unshare};
pub(crate) use gather::{Looking, views};
pub use pictures::waiting;
pub(crate) use pictures::{
    PICTURES_AN_HOUR, file as stored_file, read as read_picture, take as take_picture, token as sent_picture,
};
pub(crate) use quote::{fill_quote, quote_hole};
pub(crate) use read::{address, title};
pub use read::{file, history, show};
pub(crate) use view::{
    ImageView, PostView, VoiceView, images, portrait_path, post_path, short, tag_path, voice_path, when,
};
pub use write::{create, new};
pub(crate) use write::{of_subject, passed_on, voice_of};
