//! View models of comments: times in the show's zone, texts as safe HTML, addresses, and no more answers than a page holds.

use std::collections::HashSet;

use community::model::{Author, COMMENT_PREFIX, Comment, Cursor, State};
use community::rules::thread::Node;
use jiff::tz::TimeZone;
use kernel::{At, Lang, PersonId, show_id};
use serde::Serialize;
use ui::Stamp;

use super::text;

/// How many answers of a branch a page with several branches shows.
pub(crate) const ANSWERS: usize = 20;

/// More answers than are shown here.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MoreView {
    url: String,
    count: i64,
}

/// A comment.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CommentView {
    pub(crate) id: String,
    pub(crate) removed: bool,
    pub(crate) name: String,
    initials: String,
    tint: Option<&'static str>,
    team: bool,
    url: Option<String>,
    pub(crate) when: Stamp,
    edited: bool,
    pub(crate) html: String,
    reply_url: Option<String>,
    pub(crate) replies: Vec<CommentView>,
    more: Option<MoreView>,
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
    /// What it is about: `episode` or `post`.
    pub(crate) about: &'static str,
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
    /// The path of all comments.
    pub(crate) path: &'a str,
    /// Whether answers are taken.
    pub(crate) open: bool,
    /// What stands for a name that was erased.
    pub(crate) nobody: String,
    /// People the viewer does not see.
    pub(crate) hidden: &'a HashSet<PersonId>,
}

/// Where a list goes on, in an address.
pub(crate) fn cursor_text(cursor: Cursor) -> String {
    crate::http::cursor::text((cursor.said_at, cursor.id))
}

/// An instant in words.
pub(crate) fn when(at: At, zone: &TimeZone, lang: Lang) -> Stamp {
    let text = format!("{}, {}", ui::date_long(at, zone, lang), ui::clock_text(at, zone, lang));
    Stamp { iso: at.rfc3339_in(zone), text }
}

impl Shared<'_> {
    /// The name under a comment.
    pub(crate) fn named(&self, comment: &Comment) -> String {
        if comment.name.is_empty() { self.nobody.clone() } else { comment.name.clone() }
    }

    fn one(&self, comment: &Comment) -> CommentView {
        let id = show_id(COMMENT_PREFIX, comment.id);
        let removed = comment.state != State::Visible || shared_hides(self.hidden, comment);
        let when = when(comment.said_at, &self.zone, self.lang);
        if removed {
            // Only its place is shown.
            let empty = String::new;
            return CommentView {
                id,
                removed,
                when,
                name: empty(),
                initials: empty(),
                tint: None,
                team: false,
                url: None,
                edited: false,
                html: empty(),
                reply_url: None,
                replies: Vec::new(),
                more: None,
            };
        }
        let name = self.named(comment);
        CommentView {
            removed,
            initials: text::initials(&comment.name),
            tint: Some(text::tint(&comment.name)),
            team: matches!(comment.author, Author::Team(_)),
            url: comment.url.clone(),
            when,
            edited: comment.edited_at.is_some(),
            html: text::html(&comment.body),
            reply_url: self.open.then(|| format!("{}?reply={id}#write", self.path)),
            replies: Vec::new(),
            more: None,
            name,
            id,
        }
    }

    fn node(&self, node: &Node, room: &mut usize) -> CommentView {
        let mut view = self.one(&node.comment);
        for answer in &node.answers {
            if shared_hides(self.hidden, &answer.comment) && answer.answers.is_empty() {
                continue;
            }
            if *room == 0 {
                break;
            }
            *room -= 1;
            view.replies.push(self.node(answer, room));
        }
        view
    }

    /// A branch with as many answers as there is room for, and a link to the rest. Nothing of one that only somebody wrote
    /// whom the viewer does not see.
    pub(crate) fn branch(&self, node: &Node, mut room: usize) -> Option<CommentView> {
        if shared_hides(self.hidden, &node.comment) && node.answers.is_empty() {
            return None;
        }
        let mut view = self.node(node, &mut room);
        let left = i64::try_from(self.seen(node).saturating_sub(visible(&view))).unwrap_or(i64::MAX);
        // The list that begins with this very branch.
        let from = Cursor { said_at: node.comment.said_at, id: node.comment.id + 1 };
        let url = format!("{}?under={}&after={}#comments", self.path, view.id, cursor_text(from));
        view.more = (left > 0).then_some(MoreView { url, count: left });
        Some(view)
    }

    /// How many comments of a branch the viewer may read.
    fn seen(&self, node: &Node) -> usize {
        let own = node.comment.state == State::Visible && !shared_hides(self.hidden, &node.comment);
        usize::from(own) + node.answers.iter().map(|answer| self.seen(answer)).sum::<usize>()
    }
}

/// Whether a comment is by somebody the viewer does not see.
pub(crate) fn shared_hides(hidden: &HashSet<PersonId>, comment: &Comment) -> bool {
    comment.author.person().is_some_and(|person| hidden.contains(&person))
}

fn visible(view: &CommentView) -> usize {
    usize::from(!view.removed) + view.replies.iter().map(visible).sum::<usize>()
}
