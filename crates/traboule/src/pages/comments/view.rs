//! View models of comments: names resolved, times in the show's zone, texts as safe HTML, addresses.

use std::collections::HashMap;

use accounts::service::PublicName;
use community::model::{Author, COMMENT_PREFIX, Shown};
use jiff::tz::TimeZone;
use kernel::{At, Lang, PersonId, show_id};
use serde::Serialize;
use ui::Stamp;

use super::text;

/// More answers than are shown here.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MoreView {
    pub(crate) url: String,
    pub(crate) count: i64,
}

/// A comment.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CommentView {
    pub(crate) id: String,
    pub(crate) removed: bool,
    pub(crate) name: String,
    pub(crate) initials: String,
    pub(crate) tint: Option<&'static str>,
    pub(crate) team: bool,
    pub(crate) url: Option<String>,
    pub(crate) when: Stamp,
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

/// Who writes: a name this device or the session knows, or what a stranger ticked.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct WhoView {
    pub(crate) name: Option<String>,
    pub(crate) member: bool,
    pub(crate) forget_url: Option<String>,
    pub(crate) remember: bool,
    pub(crate) send_link: bool,
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
    pub(crate) stamp_url: &'static str,
    pub(crate) reply: Option<ReplyView>,
    pub(crate) stamp: Option<String>,
    pub(crate) most: usize,
}

/// What the views of one page have in common.
pub(crate) struct Shared<'a> {
    pub(crate) lang: Lang,
    pub(crate) zone: TimeZone,
    /// The names of members, by account.
    pub(crate) names: HashMap<PersonId, PublicName>,
    /// The path of all comments.
    pub(crate) path: &'a str,
    /// Whether answers are taken.
    pub(crate) open: bool,
    /// What stands for a name that was erased.
    pub(crate) nobody: String,
}

/// An instant in words.
pub(crate) fn when(at: At, zone: &TimeZone, lang: Lang) -> Stamp {
    let text = format!("{}, {}", ui::date_long(at, zone, lang), ui::clock_text(at, zone, lang));
    Stamp { iso: at.rfc3339_in(zone), text }
}

impl Shared<'_> {
    /// The name under a comment, and whether it is of the team.
    pub(crate) fn named(&self, author: &Author) -> (String, bool) {
        let (name, team) = match author {
            Author::Guest { name, .. } => (name.clone(), false),
            Author::Member(person) => self.names.get(person).map_or((String::new(), false), |n| (n.name.clone(), n.team)),
        };
        if name.is_empty() { (self.nobody.clone(), false) } else { (name, team) }
    }

    /// A comment with its answers.
    pub(crate) fn comment(&self, one: &Shown) -> CommentView {
        let removed = one.body.is_none();
        let (name, team) = if removed { (String::new(), false) } else { self.named(&one.author) };
        let id = show_id(COMMENT_PREFIX, one.id);
        CommentView {
            removed,
            initials: text::initials(&name),
            tint: (!removed).then(|| text::tint(&name)),
            team,
            url: match &one.author {
                Author::Guest { url, .. } if !removed => url.clone(),
                _ => None,
            },
            when: when(one.created_at, &self.zone, self.lang),
            edited: one.edited_at.is_some(),
            html: text::html(one.body.as_deref().unwrap_or_default()),
            reply_url: (self.open && !removed).then(|| format!("{}?reply={id}#write", self.path)),
            replies: one.replies.iter().map(|r| self.comment(r)).collect(),
            more: (one.more > 0).then(|| MoreView { url: format!("{}?under={id}#comments", self.path), count: one.more }),
            name,
            id,
        }
    }
}

/// Every account named in a list of comments.
pub(crate) fn people_in(list: &[Shown], out: &mut Vec<PersonId>) {
    for one in list {
        if let Author::Member(person) = &one.author {
            out.push(*person);
        }
        people_in(&one.replies, out);
    }
}
