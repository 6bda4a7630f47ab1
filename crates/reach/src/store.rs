//! The SQL of standings. Reading is for everybody who shows something, in the transaction that reads the rows; writing is for
//! integrity, in the transaction of its decision.

use db::{DbError, Tx, Value, args};
use kernel::{At, OrgId, Subject, SubjectKind};

use crate::standing::{Held, Standing, Standings};

/// What a subject's pages depend on besides the subject.
#[must_use]
pub fn topic(subject: Subject) -> String {
    format!("reach:{}:{}", subject.kind.code(), subject.id)
}

/// What lists depend on, which show very many subjects.
pub const TOPIC: &str = "reach";

/// What lists of subjects of one kind depend on.
#[must_use]
pub fn kind_topic(kind: SubjectKind) -> String {
    format!("reach:{}", kind.code())
}

/// The standings of some subjects.
///
/// # Errors
/// The database's failure.
pub async fn standings(tx: &mut Tx, subjects: &[Subject]) -> Result<Standings, DbError> {
    let mut out = Standings::default();
    for kind in SubjectKind::ALL {
        let ids: Vec<i64> = subjects.iter().filter(|s| s.kind == kind).map(|s| s.id).collect();
        for part in ids.chunks(500) {
            let names: Vec<String> = (2..part.len() + 2).map(|n| format!("${n}")).collect();
            let sql = format!(
                "SELECT subject_id, standing, label, since, until FROM reach_standing
                 WHERE subject_kind = $1 AND subject_id IN ({}) ORDER BY subject_id, standing",
                names.join(", ")
            );
            let mut values = args![kind.code()];
            values.extend(part.iter().map(|id| Value::from(*id)));
            for row in tx.all(&sql, values).await? {
                let mut c = row.cols();
                let subject = Subject { kind, id: c.take()? };
                // A word nobody knows any more counts as the strongest.
                let standing = Standing::parse(&c.take::<String>()?).unwrap_or(Standing::Removed);
                let held = Held { standing, label: c.take()?, since: c.take()?, until: c.take()? };
                out.0.entry(subject).or_default().push(held);
            }
        }
    }
    Ok(out)
}

/// The standings of the rows of a page. As [`standings`], and no statement while this process knows that no subject has a
/// standing at all; whoever decides what may be changed asks [`standings`].
///
/// # Errors
/// The database's failure.
pub async fn shown(tx: &mut Tx, subjects: &[Subject]) -> Result<Standings, DbError> {
    if subjects.is_empty() {
        return Ok(Standings::default());
    }
    let empty = match tx.is_empty(TOPIC) {
        Some(empty) => empty,
        None => {
            let empty = tx.opt("SELECT 1 FROM reach_standing LIMIT 1", args![]).await?.is_none();
            tx.note_empty(TOPIC, empty);
            empty
        }
    };
    if empty { Ok(Standings::default()) } else { standings(tx, subjects).await }
}

/// Gives a subject a standing from an instant on, until another if there is one.
///
/// # Errors
/// The database's failure.
pub async fn set(
    tx: &mut Tx,
    org: OrgId,
    subject: Subject,
    standing: Standing,
    label: Option<&str>,
    time: (At, Option<At>),
) -> Result<(), DbError> {
    let sql = "INSERT INTO reach_standing (subject_kind, subject_id, org_id, standing, label, since, until)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (subject_kind, subject_id, standing)
               DO UPDATE SET label = EXCLUDED.label, since = EXCLUDED.since, until = EXCLUDED.until";
    let (since, until) = time;
    tx.run(sql, args![subject.kind.code(), subject.id, org, standing.code(), label, since, until]).await?;
    touch(tx, subject).await
}

/// Takes a standing back.
///
/// # Errors
/// The database's failure.
pub async fn lift(tx: &mut Tx, org: OrgId, subject: Subject, standing: Standing) -> Result<(), DbError> {
    let sql =
        "DELETE FROM reach_standing WHERE subject_kind = $1 AND subject_id = $2 AND org_id = $3 AND standing = $4";
    tx.run(sql, args![subject.kind.code(), subject.id, org, standing.code()]).await?;
    touch(tx, subject).await
}

/// Every page that shows the subject, or lists where it could stand, is made anew.
async fn touch(tx: &mut Tx, subject: Subject) -> Result<(), DbError> {
    tx.touch(TOPIC).await?;
    tx.touch(&kind_topic(subject.kind)).await?;
    tx.touch(&topic(subject)).await
}
