//! Posts as their writers and readers meet them. Pages parse, call one use case, render; what a text means, who may see
//! what and who may write under which name is decided in `community`.

mod change;
pub mod elsewhere;
mod gather;
mod pictures;
mod read;
mod rich;
mod view;
mod write;

pub use change::{ask_delete, ask_remove, delete, edit, mine, remove, reshare, restore, save, unshare};
pub(crate) use change::{delete_post, reshare_as};
pub use pictures::waiting;
pub(crate) use pictures::{file as stored_file, read as read_picture};
pub(crate) use pictures::{take as take_picture, token as sent_picture};
pub(crate) use read::{address, shown_id, title};
pub use read::{file, history, show};
pub(crate) use write::{again, of_subject, passed_on, voice_of};
pub use write::{create, new};

pub(crate) use gather::{Houses, Looking, of_view, preview, views, voice_views};
pub(crate) use view::{
    Around, CardView, ClipDoor, EpisodeRef, ImageView, OfView, OwnView, PostRef, PostView, VoiceView, WhyView,
    clip_door, images, portrait_path, post_path, post_ref, post_view, short, small_size, tag_path, voice_path, when,
};
