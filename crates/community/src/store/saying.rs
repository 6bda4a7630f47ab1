//! What a new comment needs to know and writes, for many at once.

use std::collections::{HashMap, HashSet};

use db::{DbError, Rows, Tx, Value, args};
use kernel::{At, OrgId, Subject, SubjectKind};

use super::placeholders;
use crate::model::{Comment, Thread};

/// Locks (and makes, where missing) the rows of some threads, in the order given, and reads them.
pub(crate) async fn lock_threads(
    tx: &mut Tx,
    wanted: &[(Subject, OrgId)],
) -> Result<HashMap<Subject, Thread>, DbError> {
    add_to_threads(tx, &wanted.iter().map(|(s, o)| (*s, *o, 0, 0)).collect::<Vec<_>>()).await
}

/// Adds to the counters of some threads, in the order given: subject, organisation, visible, waiting.
pub(crate) async fn add_to_threads(
    tx: &mut Tx,
    changes: &[(Subject, OrgId, i64, i64)],
) -> Result<HashMap<Subject, Thread>, DbError> {
    let mut out = HashMap::new();
    for part in changes.chunks(500) {
        let row = |n: usize| {
            format!("(${}, ${}, ${}, ${}, ${}, FALSE)", n * 5 + 1, n * 5 + 2, n * 5 + 3, n * 5 + 4, n * 5 + 5)
        };
        let rows: Vec<String> = (0..part.len()).map(row).collect();
        let sql = format!(
            "INSERT INTO community_thread (subject_kind, subject_id, org_id, visible, waiting, closed) VALUES {}
             ON CONFLICT (subject_kind, subject_id) DO UPDATE SET
               visible = community_thread.visible + excluded.visible,
               waiting = community_thread.waiting + excluded.waiting
             RETURNING subject_kind, subject_id, visible, waiting, closed",
            rows.join(", ")
        );
        let values = part.iter().flat_map(|(s, o, v, w)| args![s.kind.code(), s.id, *o, *v, *w]).collect();
        for row in tx.run_returning(&sql, values).await? {
            let kind = SubjectKind::parse(&row.get::<String>(0)?).unwrap_or(SubjectKind::Episode);
            let thread = Thread { visible: row.get(2)?, waiting: row.get(3)?, closed: row.get(4)? };
            out.insert(Subject { kind, id: row.get(1)? }, thread);
        }
    }
    Ok(out)
}

/// The counters of some subjects; those nothing was ever said about are missing.
pub(crate) async fn threads(tx: &mut Tx, subjects: &[Subject]) -> Result<HashMap<Subject, Thread>, DbError> {
    let mut out = HashMap::new();
    for part in subjects.chunks(500) {
        let sql = format!(
            "SELECT subject_kind, subject_id, visible, waiting, closed FROM community_thread WHERE subject_id IN ({})",
            placeholders(1, part.len())
        );
        for row in tx.all(&sql, part.iter().map(|s| Value::from(s.id)).collect()).await? {
            let kind = SubjectKind::parse(&row.get::<String>(0)?).unwrap_or(SubjectKind::Episode);
            let thread = Thread { visible: row.get(2)?, waiting: row.get(3)?, closed: row.get(4)? };
            out.insert(Subject { kind, id: row.get(1)? }, thread);
        }
    }
    Ok(out)
}

pub(crate) async fn set_closed(tx: &mut Tx, subject: Subject, closed: bool) -> Result<(), DbError> {
    let sql = "UPDATE community_thread SET closed = $1 WHERE subject_kind = $2 AND subject_id = $3";
    tx.run(sql, args![closed, subject.kind.code(), subject.id]).await.map(drop)
}

/// Which of `who` had a comment approved, by organisation.
pub(crate) async fn known(tx: &mut Tx, who: &[String]) -> Result<HashSet<(OrgId, String)>, DbError> {
    let mut out = HashSet::new();
    for part in who.chunks(1_000) {
        let sql = format!("SELECT org_id, who FROM community_known WHERE who IN ({})", placeholders(1, part.len()));
        for row in tx.all(&sql, part.iter().map(Value::from).collect()).await? {
            out.insert((OrgId(row.get(0)?), row.get(1)?));
        }
    }
    Ok(out)
}

/// When the guests of some addresses said something since `since`: digest and instant.
pub(crate) async fn said_by_guests(tx: &mut Tx, digests: &[String], since: At) -> Result<Vec<(String, At)>, DbError> {
    let mut out = Vec::new();
    for part in digests.chunks(1_000) {
        let sql = format!(
            "SELECT email_digest, said_at FROM community_private WHERE said_at > $1 AND email_digest IN ({})",
            placeholders(2, part.len())
        );
        let values = std::iter::once(Value::from(since)).chain(part.iter().map(Value::from)).collect();
        for row in tx.all(&sql, values).await? {
            out.push((row.get(0)?, row.get(1)?));
        }
    }
    Ok(out)
}

/// The same for members: person and instant.
pub(crate) async fn said_by_members(tx: &mut Tx, people: &[i64], since: At) -> Result<Vec<(i64, At)>, DbError> {
    let mut out = Vec::new();
    for part in people.chunks(1_000) {
        let sql = format!(
            "SELECT person_id, said_at FROM community_comment WHERE said_at > $1 AND person_id IN ({})",
            placeholders(2, part.len())
        );
        let values = std::iter::once(Value::from(since)).chain(part.iter().map(|p| Value::from(*p))).collect();
        for row in tx.all(&sql, values).await? {
            out.push((row.get(0)?, row.get(1)?));
        }
    }
    Ok(out)
}

/// A text said before: where, by whom.
#[derive(Clone, Debug)]
pub(crate) struct SameText {
    /// The organisation.
    pub(crate) org: OrgId,
    /// The thread.
    pub(crate) subject: Subject,
    /// The digest of the text.
    pub(crate) digest: String,
    /// The guest's or the member's mark, as in `community_known`.
    pub(crate) who: Option<String>,
}

/// Who said one of these texts since `since`; what its writer deleted does not count.
pub(crate) async fn same_texts(tx: &mut Tx, digests: &[String], since: At) -> Result<Vec<SameText>, DbError> {
    let mut out = Vec::new();
    for part in digests.chunks(1_000) {
        let sql = format!(
            "SELECT c.org_id, c.subject_kind, c.subject_id, c.body_digest, c.person_id, p.email_digest
             FROM community_comment c LEFT JOIN community_private p ON p.comment_id = c.id
             WHERE c.said_at > $1 AND c.state <> 'deleted' AND c.body_digest IN ({})",
            placeholders(2, part.len())
        );
        let values = std::iter::once(Value::from(since)).chain(part.iter().map(Value::from)).collect();
        for row in tx.all(&sql, values).await? {
            let kind = SubjectKind::parse(&row.get::<String>(1)?).unwrap_or(SubjectKind::Episode);
            let (person, guest): (Option<i64>, Option<String>) = (row.get(4)?, row.get(5)?);
            out.push(SameText {
                org: OrgId(row.get(0)?),
                subject: Subject { kind, id: row.get(2)? },
                digest: row.get(3)?,
                who: person.map(|p| format!("p{p}")).or(guest),
            });
        }
    }
    Ok(out)
}

/// A comment to be written, with the digest of its text and where it was brought from.
pub(crate) struct Written<'a> {
    /// The comment.
    pub(crate) comment: &'a Comment,
    /// The digest of its text.
    pub(crate) digest: &'a str,
    /// The name it had elsewhere.
    pub(crate) source: Option<&'a str>,
}

pub(crate) async fn insert_comments(tx: &mut Tx, all: &[Written<'_>]) -> Result<(), DbError> {
    let mut rows = Rows::default();
    for w in all {
        let c = w.comment;
        let person = c.author.person();
        rows.push(args![
            c.id,
            c.org,
            c.subject.kind.code(),
            c.subject.id,
            c.parent,
            c.root,
            c.depth,
            c.state.code(),
            c.author.code(),
            person,
            &c.name,
            c.url.as_deref(),
            &c.body,
            w.digest,
            c.said_at,
            c.edited_at,
            c.version,
            c.reasons.join(","),
            c.erased,
            w.source,
            c.link_epoch,
            kernel::plain(&c.body),
            kernel::plain(&c.name),
        ]);
    }
    let head = "INSERT INTO community_comment (id, org_id, subject_kind, subject_id, parent_id, root_id, depth, state, author_kind,
                  person_id, author_name, author_url, body, body_digest, said_at, edited_at, version, reasons, erased, source,
                  link_epoch, folded_body, folded_name)";
    tx.insert_rows(head, rows, "").await.map(drop)
}
