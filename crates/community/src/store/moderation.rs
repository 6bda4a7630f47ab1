//! The queue of an organisation and what its moderators decided.

use db::{DbError, Rows, Tx, Value, args};
use kernel::{At, OrgId, PersonId, Subject};

use super::comment::{COMMENT, comment};
use crate::model::{Comment, State};

/// What a queue shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ask<'a> {
    /// Of one state.
    pub(crate) state: Option<State>,
    /// About these subjects only.
    pub(crate) subjects: Option<&'a [Subject]>,
    /// Holding this text, as a pattern over the folded columns.
    pub(crate) pattern: Option<String>,
    /// Older than this id.
    pub(crate) before: Option<i64>,
}

/// Comments of an organisation, newest first.
pub(crate) async fn queue(tx: &mut Tx, org: OrgId, ask: &Ask<'_>, limit: i64) -> Result<Vec<Comment>, DbError> {
    let mut sql = format!("SELECT {COMMENT} FROM community_comment c WHERE c.org_id = $1 AND c.id < $2");
    let mut values: Vec<Value> = args![org, ask.before.unwrap_or(i64::MAX)];
    if let Some(state) = ask.state {
        values.push(state.code().into());
        sql.push_str(&format!(" AND c.state = ${}", values.len()));
    }
    if let Some(subjects) = ask.subjects {
        let mut names = Vec::new();
        for subject in subjects.iter().take(2_000) {
            values.push(subject.id.into());
            names.push(format!("${}", values.len()));
        }
        if names.is_empty() {
            return Ok(Vec::new());
        }
        sql.push_str(&format!(" AND c.subject_id IN ({})", names.join(", ")));
    }
    if let Some(pattern) = &ask.pattern {
        values.push(pattern.into());
        let n = values.len();
        sql.push_str(&format!(" AND (c.folded_body LIKE ${n} ESCAPE '\\' OR c.folded_name LIKE ${n} ESCAPE '\\')"));
    }
    values.push(limit.into());
    sql.push_str(&format!(" ORDER BY c.id DESC LIMIT ${}", values.len()));
    tx.all(&sql, values).await?.iter().map(comment).collect()
}

/// Folds some comments that are older than the folded columns. Gives how many.
pub(crate) async fn fold_older(tx: &mut Tx, limit: i64) -> Result<u64, DbError> {
    let sql = "SELECT id, body, author_name FROM community_comment WHERE folded_body IS NULL ORDER BY id LIMIT $1";
    let rows = tx.all(sql, args![limit]).await?;
    let mut done = 0;
    for row in rows {
        let (body, name) = (row.get::<String>(1)?, row.get::<String>(2)?);
        let sql = "UPDATE community_comment SET folded_body = $1, folded_name = $2 WHERE id = $3";
        done += tx.run(sql, args![kernel::plain(&body), kernel::plain(&name), row.get::<i64>(0)?]).await?;
    }
    Ok(done)
}

/// How many comments an organisation has in each state.
pub(crate) async fn state_counts(tx: &mut Tx, org: OrgId) -> Result<Vec<(State, i64)>, DbError> {
    let sql =
        "SELECT state, CAST(COUNT(*) AS BIGINT) FROM community_comment WHERE org_id = $1 GROUP BY state ORDER BY state";
    let rows = tx.all(sql, args![org]).await?;
    rows.iter().map(|r| Ok((State::parse(&r.get::<String>(0)?).unwrap_or(State::Held), r.get(1)?))).collect()
}

/// The last comments of an organisation, whatever their state.
pub(crate) async fn last(tx: &mut Tx, org: OrgId, limit: i64) -> Result<Vec<Comment>, DbError> {
    queue(tx, org, &Ask::default(), limit).await
}

/// A comment's part of an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    /// The act.
    pub(crate) act: i64,
    /// The comment.
    pub(crate) comment: i64,
    /// The state before.
    pub(crate) from: State,
    /// The state after.
    pub(crate) to: State,
    /// The version after.
    pub(crate) version: i64,
    /// Who became known by it.
    pub(crate) made_known: Option<String>,
}

pub(crate) async fn insert_decisions(
    tx: &mut Tx,
    org: OrgId,
    person: Option<PersonId>,
    at: At,
    all: &[Decision],
) -> Result<(), DbError> {
    let mut rows = Rows::default();
    for d in all {
        let known = d.made_known.as_deref();
        rows.push(args![d.act, d.comment, org, d.from.code(), d.to.code(), d.version, known, person, at]);
    }
    let head = "INSERT INTO community_decision (act_id, comment_id, org_id, from_state, to_state, version, made_known, person_id, at)";
    tx.insert_rows(head, rows, "").await.map(drop)
}

/// An act that was not undone yet, with the organisation and when.
pub(crate) async fn act(tx: &mut Tx, act: i64) -> Result<Option<(OrgId, At, Vec<Decision>)>, DbError> {
    let sql = "SELECT org_id, at, act_id, comment_id, from_state, to_state, version, made_known FROM community_decision
               WHERE act_id = $1 AND undone_at IS NULL ORDER BY comment_id";
    let rows = tx.all(sql, args![act]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let (org, at) = (OrgId(first.get(0)?), first.get(1)?);
    let decision = |row: &db::Row| {
        Ok(Decision {
            act: row.get(2)?,
            comment: row.get(3)?,
            from: State::parse(&row.get::<String>(4)?).unwrap_or(State::Held),
            to: State::parse(&row.get::<String>(5)?).unwrap_or(State::Held),
            version: row.get(6)?,
            made_known: row.get(7)?,
        })
    };
    let all: Result<Vec<Decision>, DbError> = rows.iter().map(decision).collect();
    Ok(Some((org, at, all?)))
}

pub(crate) async fn mark_undone(tx: &mut Tx, act: i64, comment: i64, at: At) -> Result<(), DbError> {
    let sql = "UPDATE community_decision SET undone_at = $1 WHERE act_id = $2 AND comment_id = $3";
    tx.run(sql, args![at, act, comment]).await.map(drop)
}

/// Puts a comment into another state if it still has the version before. Gives whether it did.
pub(crate) async fn set_state(tx: &mut Tx, id: i64, before: i64, to: State) -> Result<bool, DbError> {
    let sql = "UPDATE community_comment SET state = $1, version = version + 1 WHERE id = $2 AND version = $3";
    Ok(tx.run(sql, args![to.code(), id, before]).await? == 1)
}

/// Somebody is known from now on. Gives whether that is new.
pub(crate) async fn make_known(tx: &mut Tx, org: OrgId, who: &str, since: At) -> Result<bool, DbError> {
    let sql =
        "INSERT INTO community_known (org_id, who, since) VALUES ($1, $2, $3) ON CONFLICT (org_id, who) DO NOTHING";
    Ok(tx.run(sql, args![org, who, since]).await? == 1)
}

pub(crate) async fn unmake_known(tx: &mut Tx, org: OrgId, who: &str) -> Result<(), DbError> {
    tx.run("DELETE FROM community_known WHERE org_id = $1 AND who = $2", args![org, who]).await.map(drop)
}
