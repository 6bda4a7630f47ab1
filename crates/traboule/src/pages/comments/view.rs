//! View models of comments: names resolved, times in the show's zone, texts as safe HTML, addresses.

use std::collections::HashMap;

use accounts::service::{self as accounts_uc, PublicName};
use db::{Failure, Tx};
use jiff::tz::TimeZone;
use kernel::{Lang, PersonId, show_id};
use publish::model::{Episode, Show};
use publish::web::Links;
use serde::Serialize;
use ui::Stamp;

use super::text;
use crate::app::App;
use crate::pages::studio::checks::zone_of;

/// More answers than are shown here.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MoreView {
    url: String,
    count: i64,
}

/// A comment.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct CommentView {
    pub(crate) id: String,
    pub(crate) removed: bool,
    pub(crate) name: String,
    pub(crate) initials: String,
    pub(crate) tint: Option<&'static str>,
    pub(crate) team: bool,
    pub(crate) url: Option<String>,
    pub(crate) when: Option<Stamp>,
    pub(crate) edited: bool,
    pub(crate) html: String,
    pub(crate) reply_url: Option<String>,
    pub(crate) replies: Vec<CommentView>,
    pub(crate) more: Option<MoreView>,
}

/// Whom an answer is for.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ReplyView {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) cancel_url: String,
}

/// Who writes: a name this device or the session knows, or nobody yet.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct WhoView {
    pub(crate) name: Option<String>,
    pub(crate) member: bool,
    pub(crate) forget_url: Option<String>,
    pub(crate) remember: bool,
    pub(crate) send_link: bool,
    /// Anything here makes the value true in a template.
    pub(crate) known: bool,
}

/// The section of comments.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct TalkView {
    pub(crate) count: i64,
    pub(crate) closed: bool,
    pub(crate) comments: Vec<CommentView>,
    pub(crate) older_url: Option<String>,
    pub(crate) newest_url: Option<String>,
    pub(crate) action: String,
    pub(crate) stamp_url: String,
    pub(crate) reply: Option<ReplyView>,
    pub(crate) stamp: Option<String>,
    pub(crate) most: usize,
}
