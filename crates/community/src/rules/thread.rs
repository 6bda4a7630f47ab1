//! The shape of a thread: how deep an answer is shown, which comments stand in for others that are gone, whether it is
//! open. What is shown is decided here from rows; nothing is stored about it but the depth.

use std::collections::{HashMap, HashSet};

use kernel::At;

use crate::model::{Comment, Settings, State, Thread};

/// The deepest an answer is shown; deeper ones hang here and name whom they answer.
pub const DEEPEST: i64 = 3;

/// Where an answer hangs: its branch's root and its depth.
#[must_use]
pub fn place(parent: Option<&Comment>, own: i64) -> (i64, i64) {
    parent.map_or((own, 0), |p| (p.root, (p.depth + 1).min(DEEPEST)))
}

/// Whether something may be said: no moderator closed the thread, and it has not closed by time.
#[must_use]
pub fn is_open(thread: Thread, settings: &Settings, subject_since: At, now: At) -> bool {
    let in_time = settings.closes_after_days.is_none_or(|days| now < subject_since.plus_seconds(days * 86_400));
    !thread.closed && in_time
}

/// A comment as shown, with what hangs on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The comment; when it is not visible, only its place may be shown.
    pub comment: Comment,
    /// Answers, oldest first.
    pub answers: Vec<Node>,
}

impl Node {
    /// Visible comments in this branch.
    #[must_use]
    pub fn visible(&self) -> usize {
        usize::from(self.comment.state == State::Visible) + self.answers.iter().map(Self::visible).sum::<usize>()
    }
}

/// Builds one branch from its rows, oldest first: answers under their parents (those deeper than [`DEEPEST`] under the last
/// one that may carry them), and a placeholder exactly where something visible hangs on what is not. `None` when nothing of
/// it is visible.
#[must_use]
pub fn branch(mut rows: Vec<Comment>) -> Option<Node> {
    rows.sort_by_key(|c| (c.said_at, c.id));
    let root = rows.iter().find(|c| c.id == c.root)?.id;
    let by_id: HashMap<i64, usize> = rows.iter().enumerate().map(|(n, c)| (c.id, n)).collect();
    // The one that carries a comment: its parent, or where the depth ends that parent's own carrier.
    let carrier = |c: &Comment| -> Option<i64> {
        let mut at = c.parent?;
        let mut steps = 0;
        while let Some(up) = by_id.get(&at).map(|n| &rows[*n]) {
            if up.depth < DEEPEST || up.parent.is_none() || steps > rows.len() {
                return Some(up.id);
            }
            at = up.parent?;
            steps += 1;
        }
        None
    };
    let mut needed: HashSet<i64> = HashSet::new();
    for comment in rows.iter().filter(|c| c.state == State::Visible) {
        let mut at = Some(comment.id);
        while let Some(id) = at.filter(|id| needed.insert(*id)) {
            at = by_id.get(&id).and_then(|n| carrier(&rows[*n]));
        }
    }
    let mut children: HashMap<i64, Vec<i64>> = HashMap::new();
    for comment in rows.iter().filter(|c| needed.contains(&c.id) && c.id != root) {
        children.entry(carrier(comment).unwrap_or(root)).or_default().push(comment.id);
    }
    let mut left: HashMap<i64, Comment> = rows.into_iter().map(|c| (c.id, c)).collect();
    needed.contains(&root).then(|| node(root, &mut left, &children)).flatten()
}

fn node(id: i64, left: &mut HashMap<i64, Comment>, children: &HashMap<i64, Vec<i64>>) -> Option<Node> {
    let comment = left.remove(&id)?;
    let answers = children.get(&id).map_or(&[][..], Vec::as_slice);
    let answers = answers.iter().filter_map(|a| node(*a, left, children)).collect();
    Some(Node { comment, answers })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Author;
    use kernel::{OrgId, Subject};
    use proptest::prelude::*;

    fn comment(id: i64, parent: Option<&Comment>, state: State) -> Comment {
        let (root, depth) = place(parent, id);
        Comment {
            id,
            org: OrgId(1),
            subject: Subject::episode(1),
            parent: parent.map(|p| p.id),
            root,
            depth,
            state,
            author: Author::Guest,
            name: "N".to_owned(),
            url: None,
            body: "b".to_owned(),
            said_at: At::from_micros(id),
            edited_at: None,
            version: 1,
            reasons: Vec::new(),
            erased: false,
            link_epoch: 1,
        }
    }

    fn depth_of(node: &Node) -> usize {
        1 + node.answers.iter().map(depth_of).max().unwrap_or(0)
    }

    fn leaves_are_visible(node: &Node) -> bool {
        if node.answers.is_empty() {
            node.comment.state == State::Visible
        } else {
            node.answers.iter().all(leaves_are_visible)
        }
    }

    proptest! {
        #[test]
        fn c16_a_branch_shows_every_visible_comment_once_and_no_needless_placeholder(
            parents in prop::collection::vec((0_usize..30, 0_usize..5), 0..30)
        ) {
            let mut rows = vec![comment(1, None, State::ALL[parents.first().map_or(0, |p| p.1)])];
            for (n, (parent, state)) in parents.iter().enumerate() {
                let parent = rows[parent % rows.len()].clone();
                rows.push(comment(n as i64 + 2, Some(&parent), State::ALL[*state]));
            }
            let visible = rows.iter().filter(|c| c.state == State::Visible).count();
            match branch(rows) {
                None => prop_assert_eq!(visible, 0),
                Some(tree) => {
                    prop_assert_eq!(tree.visible(), visible);
                    prop_assert!(depth_of(&tree) <= DEEPEST as usize + 1);
                    prop_assert!(leaves_are_visible(&tree));
                }
            }
        }
    }

    #[test]
    fn c16_deep_answers_hang_where_the_depth_ends() {
        let mut rows = vec![comment(1, None, State::Visible)];
        for id in 2..8 {
            let parent = rows.last().expect("one").clone();
            rows.push(comment(id, Some(&parent), State::Visible));
        }
        let tree = branch(rows).expect("a tree");
        let third = &tree.answers[0].answers[0];
        assert_eq!(third.comment.id, 3);
        assert_eq!(third.answers.iter().map(|n| n.comment.id).collect::<Vec<_>>(), [4, 5, 6, 7]);
        assert_eq!(third.answers[3].comment.parent, Some(6), "and say whom they answer");
    }

    #[test]
    fn a_thread_closes_by_hand_and_by_time() {
        let (since, day) = (At::from_micros(0), 86_400);
        let settings = Settings { closes_after_days: Some(2), ..Settings::default() };
        let open =
            |closed, at: i64| is_open(Thread { closed, ..Thread::default() }, &settings, since, since.plus_seconds(at));
        assert!(open(false, 2 * day - 1) && !open(false, 2 * day) && !open(true, 0));
        assert!(is_open(Thread::default(), &Settings::default(), since, since.plus_seconds(9_999 * day)));
    }
}
