//! What a page or a mail makes of what happened: likes of a kind stand together. And when a mail is due. Pure.

use kernel::{At, Subject};

use crate::model::{Digest, Happening, Notification};

/// What happened several times, as one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What.
    pub kind: Happening,
    /// Where.
    pub about: Option<Subject>,
    /// Who, newest first, each once: the voice, if there is one, and the name then.
    pub who: Vec<(Option<i64>, String)>,
    /// The newest instant.
    pub at: At,
    /// The newest id, which names the line.
    pub id: i64,
}

/// Puts together what is of one kind about one thing, newest first. Lines stand where their newest stands.
#[must_use]
pub fn group(newest_first: &[Notification]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for one in newest_first {
        let who = (one.actor, one.actor_name.clone());
        match groups.iter_mut().find(|g| g.kind == one.kind && g.about == one.about) {
            Some(group) if group.who.contains(&who) => {}
            Some(group) => group.who.push(who),
            None => groups.push(Group { kind: one.kind, about: one.about, who: vec![who], at: one.at, id: one.id }),
        }
    }
    groups
}

/// Whether a mail may be made now, if there is something to say. `last` is when the last one was made.
#[must_use]
pub fn is_due(digest: Digest, last: At, now: At) -> bool {
    digest.seconds().is_some_and(|seconds| now >= last.plus_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(id: i64, kind: Happening, actor: i64, about: Option<i64>) -> Notification {
        Notification {
            id,
            member: 1,
            kind,
            actor: Some(actor),
            actor_name: format!("n{actor}"),
            about: about.map(Subject::post),
            at: At::from_micros(id),
        }
    }

    #[test]
    fn likes_of_a_kind_stand_together() {
        let list = [
            one(9, Happening::Follow, 5, None),
            one(8, Happening::Comment, 5, Some(1)),
            one(7, Happening::Follow, 6, None),
            one(6, Happening::Comment, 5, Some(2)),
            one(5, Happening::Comment, 7, Some(1)),
            one(4, Happening::Comment, 5, Some(1)),
        ];
        let groups = group(&list);
        let told: Vec<_> = groups.iter().map(|g| (g.id, g.kind, g.who.len())).collect();
        let (follow, comment) = (Happening::Follow, Happening::Comment);
        assert_eq!(told, vec![(9, follow, 2), (8, comment, 2), (6, comment, 1)]);
    }

    #[test]
    fn mails_come_as_often_as_asked() {
        let last = At::from_micros(0);
        for (digest, after, due) in [
            (Digest::Off, i64::MAX / 2_000_000, false),
            (Digest::Daily, 86_399, false),
            (Digest::Daily, 86_400, true),
            (Digest::Weekly, 86_400, false),
            (Digest::Weekly, 7 * 86_400, true),
        ] {
            assert_eq!(is_due(digest, last, last.plus_seconds(after)), due, "{digest:?} {after}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nobody_stands_twice(parts in proptest::collection::vec((0_usize..Happening::ALL.len(), 0_i64..4, 0_i64..3), 0..40)) {
            let mut id = 1_000;
            let list: Vec<Notification> = parts.iter().map(|(kind, actor, about)| {
                id -= 1;
                one(id, Happening::ALL[*kind], *actor, (*about > 0).then_some(*about))
            }).collect();
            let groups = group(&list);
            for n in &list {
                let found = groups.iter().filter(|g| g.kind == n.kind && g.about == n.about).collect::<Vec<_>>();
                prop_assert_eq!(found.len(), 1);
                prop_assert_eq!(found[0].who.iter().filter(|w| w.0 == n.actor).count(), 1);
                prop_assert!(found[0].at >= n.at);
            }
            prop_assert!(groups.windows(2).all(|w| w[0].id > w[1].id));
        }
    }
}
