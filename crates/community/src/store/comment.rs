//! Rows of comments, by thread, by branch, by id.

use db::{DbError, Row, Tx, Value, args};
use kernel::{At, OrgId, PersonId, Subject, SubjectKind};

use super::placeholders;
use crate::model::{Author, Comment, Cursor, State};

/// The columns of a comment, in the order [`comment`] reads them.
pub(super) const COMMENT: &str = "c.id, c.org_id, c.subject_kind, c.subject_id, c.parent_id, c.root_id, c.depth, c.state,
  c.author_kind, c.person_id, c.author_name, c.author_url, c.body, c.said_at, c.edited_at, c.version, c.reasons, c.erased,
  c.link_epoch";
/// How many columns that is.
pub(super) const WIDTH: usize = 19;

pub(super) fn comment(row: &Row) -> Result<Comment, DbError> {
    let mut c = row.cols();
    let (id, org) = (c.take()?, OrgId(c.take()?));
    let kind = SubjectKind::parse(&c.take::<String>()?).unwrap_or(SubjectKind::Episode);
    let subject = Subject { kind, id: c.take()? };
    let (parent, root, depth) = (c.take()?, c.take()?, c.take()?);
    let state = State::parse(&c.take::<String>()?).unwrap_or(State::Held);
    let (author, person): (String, Option<i64>) = (c.take()?, c.take()?);
    let author = match (author.as_str(), person) {
        ("member", Some(p)) => Author::Member(PersonId(p)),
        ("team", Some(p)) => Author::Team(PersonId(p)),
        _ => Author::Guest,
    };
    let (name, url, body) = (c.take()?, c.take()?, c.take()?);
    let (said_at, edited_at, version) = (c.take()?, c.take()?, c.take()?);
    let reasons: String = c.take()?;
    let reasons = reasons.split(',').filter(|r| !r.is_empty()).map(str::to_owned).collect();
    let (erased, link_epoch) = (c.take()?, c.take()?);
    Ok(Comment {
        id,
        org,
        subject,
        parent,
        root,
        depth,
        state,
        author,
        name,
        url,
        body,
        said_at,
        edited_at,
        version,
        reasons,
        erased,
        link_epoch,
    })
}

pub(crate) async fn by_ids(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Comment>, DbError> {
    let mut out = Vec::with_capacity(ids.len());
    for part in ids.chunks(500) {
        let sql = format!("SELECT {COMMENT} FROM community_comment c WHERE c.id IN ({})", placeholders(1, part.len()));
        let values = part.iter().map(|id| Value::from(*id)).collect();
        for row in tx.all(&sql, values).await? {
            out.push(comment(&row)?);
        }
    }
    Ok(out)
}

pub(crate) async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Comment>, DbError> {
    Ok(by_ids(tx, &[id]).await?.pop())
}

/// Beginnings of branches that show something, newest first, after a cursor.
pub(crate) async fn roots(
    tx: &mut Tx,
    subject: Subject,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Comment>, DbError> {
    let after = after.unwrap_or(Cursor { said_at: At::from_micros(i64::MAX), id: i64::MAX });
    let sql = format!(
        "SELECT {COMMENT} FROM community_comment c
         WHERE c.subject_kind = $1 AND c.subject_id = $2 AND c.parent_id IS NULL AND (c.said_at, c.id) < ($3, $4)
           AND (c.state = 'visible' OR EXISTS (SELECT 1 FROM community_comment v
                                               WHERE v.root_id = c.id AND v.state = 'visible'))
         ORDER BY c.said_at DESC, c.id DESC LIMIT $5"
    );
    let values = args![subject.kind.code(), subject.id, after.said_at, after.id, limit];
    tx.all(&sql, values).await?.iter().map(comment).collect()
}

/// Every comment of some branches that is seen, or may have to stand in for one that is gone.
pub(crate) async fn branches(tx: &mut Tx, roots: &[i64]) -> Result<Vec<Comment>, DbError> {
    let mut out = Vec::new();
    for part in roots.chunks(500) {
        // What waits and spam has no visible answers unless it was visible once: all states may be placeholders.
        let sql = format!(
            "SELECT {COMMENT} FROM community_comment c WHERE c.root_id IN ({}) ORDER BY c.said_at, c.id",
            placeholders(1, part.len())
        );
        let values = part.iter().map(|id| Value::from(*id)).collect();
        for row in tx.all(&sql, values).await? {
            out.push(comment(&row)?);
        }
    }
    Ok(out)
}

/// Visible comments of a subject, newest first: for the feed, the description for crawlers and the API.
pub(crate) async fn visible(
    tx: &mut Tx,
    subject: Subject,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Comment>, DbError> {
    let after = after.unwrap_or(Cursor { said_at: At::from_micros(i64::MAX), id: i64::MAX });
    let sql = format!(
        "SELECT {COMMENT} FROM community_comment c
         WHERE c.subject_kind = $1 AND c.subject_id = $2 AND c.state = 'visible' AND (c.said_at, c.id) < ($3, $4)
         ORDER BY c.said_at DESC, c.id DESC LIMIT $5"
    );
    let values = args![subject.kind.code(), subject.id, after.said_at, after.id, limit];
    tx.all(&sql, values).await?.iter().map(comment).collect()
}

/// What one member said, newest first.
pub(crate) async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<Comment>, DbError> {
    let sql = format!(
        "SELECT {COMMENT} FROM community_comment c WHERE c.person_id = $1 AND NOT c.erased ORDER BY c.said_at DESC, c.id DESC"
    );
    tx.all(&sql, args![person]).await?.iter().map(comment).collect()
}

/// Writes a comment's state, text and version if it still has the version before. Gives whether it did.
pub(crate) async fn change(tx: &mut Tx, c: &Comment, before: i64, digest: &str) -> Result<bool, DbError> {
    let sql = "UPDATE community_comment SET state = $1, body = $2, body_digest = $3, edited_at = $4, version = $5, reasons = $6,
                 folded_body = $7, folded_name = $8 WHERE id = $9 AND version = $10";
    let (body, name) = (kernel::plain(&c.body), kernel::plain(&c.name));
    let values =
        args![c.state.code(), &c.body, digest, c.edited_at, c.version, c.reasons.join(","), body, name, c.id, before];
    Ok(tx.run(sql, values).await? == 1)
}

/// Counts of states under a subject, from the rows: what the counters must equal.
pub(crate) async fn counted(tx: &mut Tx, subject: Subject) -> Result<(i64, i64), DbError> {
    let sql = "SELECT CAST(COUNT(*) FILTER (WHERE state = 'visible') AS BIGINT),
                      CAST(COUNT(*) FILTER (WHERE state = 'held') AS BIGINT)
               FROM community_comment WHERE subject_kind = $1 AND subject_id = $2";
    let row = tx.opt(sql, args![subject.kind.code(), subject.id]).await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Visible comments said between two instants, by subject.
pub(crate) async fn said_between(tx: &mut Tx, org: OrgId, from: At, to: At) -> Result<Vec<(Subject, i64)>, DbError> {
    let sql = "SELECT subject_kind, subject_id, CAST(COUNT(*) AS BIGINT) FROM community_comment
               WHERE org_id = $1 AND state = 'visible' AND said_at >= $2 AND said_at < $3
               GROUP BY subject_kind, subject_id ORDER BY subject_kind, subject_id";
    let rows = tx.all(sql, args![org, from, to]).await?;
    rows.iter()
        .map(|row| {
            let kind = SubjectKind::parse(&row.get::<String>(0)?).unwrap_or(SubjectKind::Episode);
            Ok((Subject { kind, id: row.get(1)? }, row.get(2)?))
        })
        .collect()
}
