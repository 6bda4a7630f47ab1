//! The SQL of counting, one text for both engines. It decides nothing.

mod report;

pub(crate) use report::*;

use std::collections::HashMap;

use db::{DbError, Row, Rows, Tx, Value, args};
use kernel::{At, OrgId, Subject, SubjectKind};

use crate::model::{Ask, Count, Event, HourFigure, Item, Part, PartFigure, day_of, hour_of};

fn placeholders(from: usize, count: usize) -> String {
    let names: Vec<String> = (from..from + count).map(|n| format!("${n}")).collect();
    names.join(", ")
}

fn subject(kind: &str, id: i64) -> Subject {
    Subject { kind: SubjectKind::parse(kind).unwrap_or(SubjectKind::Episode), id }
}

/// Keeps a day's salt unless there is one.
pub(crate) async fn keep_salt(tx: &mut Tx, day: i64, salt: &[u8]) -> Result<(), DbError> {
    let sql = "INSERT INTO audience_salt (day, salt) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING";
    tx.run(sql, args![day, salt]).await.map(drop)
}

/// The salts from a day on.
pub(crate) async fn salts(tx: &mut Tx, from: i64) -> Result<Vec<(i64, Vec<u8>)>, DbError> {
    let rows = tx.all("SELECT day, salt FROM audience_salt WHERE day >= $1 ORDER BY day", args![from]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// A visitor's window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visit {
    /// Of what.
    pub(crate) count: Count,
    /// Of which subject.
    pub(crate) subject: Subject,
    /// The digest.
    pub(crate) visitor: String,
    /// Whose.
    pub(crate) org: OrgId,
    /// The day of its salt.
    pub(crate) day: i64,
    /// When it began.
    pub(crate) started_at: At,
    /// Bytes taken, by file.
    pub(crate) taken: String,
    /// Whether it was counted.
    pub(crate) counted: bool,
}

/// The windows of some digests.
pub(crate) async fn visits(tx: &mut Tx, visitors: &[String], from: i64) -> Result<HashMap<String, Visit>, DbError> {
    let mut out = HashMap::new();
    for part in visitors.chunks(1_000) {
        let sql = format!(
            "SELECT kind, subject_kind, subject_id, visitor, org_id, day, started_at, taken, counted FROM audience_visit
             WHERE day >= $1 AND visitor IN ({})",
            placeholders(2, part.len())
        );
        let values = std::iter::once(Value::from(from)).chain(part.iter().map(Value::from)).collect();
        for row in tx.all(&sql, values).await? {
            let visit = Visit {
                count: Count::parse(&row.get::<String>(0)?).unwrap_or(Count::View),
                subject: subject(&row.get::<String>(1)?, row.get(2)?),
                visitor: row.get(3)?,
                org: OrgId(row.get(4)?),
                day: row.get(5)?,
                started_at: row.get(6)?,
                taken: row.get(7)?,
                counted: row.get(8)?,
            };
            out.insert(visit.visitor.clone(), visit);
        }
    }
    Ok(out)
}

pub(crate) async fn keep_visits(tx: &mut Tx, all: &[&Visit]) -> Result<(), DbError> {
    let mut rows = Rows::default();
    for v in all {
        rows.push(args![
            v.count.code(),
            v.subject.kind.code(),
            v.subject.id,
            &v.visitor,
            v.org,
            v.day,
            v.started_at,
            &v.taken,
            v.counted,
        ]);
    }
    let head =
        "INSERT INTO audience_visit (kind, subject_kind, subject_id, visitor, org_id, day, started_at, taken, counted)";
    let tail = "ON CONFLICT (kind, subject_kind, subject_id, visitor) DO UPDATE SET taken = excluded.taken, counted = excluded.counted";
    tx.insert_rows(head, rows, tail).await.map(drop)
}

/// How many new visitors some networks brought.
pub(crate) async fn networks(tx: &mut Tx, names: &[String]) -> Result<HashMap<String, i64>, DbError> {
    let mut out = HashMap::new();
    for part in names.chunks(1_000) {
        let sql = format!(
            "SELECT network, visitors FROM audience_network WHERE network IN ({})",
            placeholders(1, part.len())
        );
        for row in tx.all(&sql, part.iter().map(Value::from).collect()).await? {
            out.insert(row.get(0)?, row.get(1)?);
        }
    }
    Ok(out)
}

/// New visitors of a network: of what, its digest, the day, how many.
pub(crate) type NetworkRow = (Count, Item, String, i64, i64);

pub(crate) async fn add_networks(tx: &mut Tx, all: &[NetworkRow]) -> Result<(), DbError> {
    let mut rows = Rows::default();
    for (count, item, network, day, n) in all {
        rows.push(args![count.code(), item.subject.kind.code(), item.subject.id, network, item.org, *day, *n]);
    }
    let head = "INSERT INTO audience_network (kind, subject_kind, subject_id, network, org_id, day, visitors)";
    let tail = "ON CONFLICT (kind, subject_kind, subject_id, network) DO UPDATE SET visitors = audience_network.visitors + excluded.visitors";
    tx.insert_rows(head, rows, tail).await.map(drop)
}

pub(crate) async fn keep_events(tx: &mut Tx, all: &[(Item, Event)]) -> Result<(), DbError> {
    let mut rows = Rows::default();
    for (item, e) in all {
        rows.push(args![
            e.id,
            item.org,
            item.within,
            e.subject.0.code(),
            e.subject.1,
            day_of(e.at),
            e.at,
            &e.visitor,
            &e.method,
            e.status,
            e.first,
            e.end,
            e.size,
            e.header,
            e.duration_ms,
            &e.agent,
            &e.reason,
            e.counted,
            &e.rules,
        ]);
    }
    let head =
        "INSERT INTO audience_event (id, org_id, within_id, subject_kind, subject_id, day, at, visitor, method, status,
                  first_byte, end_byte, size, header, duration_ms, agent, reason, counted, rules)";
    tx.insert_rows(head, rows, "").await.map(drop)
}

/// A number to add to an hour's figure.
pub(crate) type HourRow = (Count, Item, i64, i64);

pub(crate) async fn add_hours(tx: &mut Tx, rules: &str, all: &[HourRow]) -> Result<(), DbError> {
    let mut rows = Rows::default();
    for (count, item, hour, n) in all {
        rows.push(args![
            count.code(),
            item.subject.kind.code(),
            item.subject.id,
            *hour,
            rules,
            item.org,
            item.within,
            *n
        ]);
    }
    let head = "INSERT INTO audience_hour (kind, subject_kind, subject_id, hour, rules, org_id, within_id, n)";
    let tail =
        "ON CONFLICT (kind, subject_kind, subject_id, hour, rules) DO UPDATE SET n = audience_hour.n + excluded.n";
    tx.insert_rows(head, rows, tail).await.map(drop)
}

/// A number to add to a part's figure of a day.
pub(crate) type PartRow = (Count, Part, String, Item, i64, i64);

pub(crate) async fn add_parts(tx: &mut Tx, rules: &str, all: &[PartRow]) -> Result<(), DbError> {
    let mut rows = Rows::default();
    for (count, part, name, item, day, n) in all {
        rows.push(args![
            count.code(),
            part.code(),
            name,
            item.subject.kind.code(),
            item.subject.id,
            *day,
            rules,
            item.org,
            item.within,
            *n,
        ]);
    }
    let head =
        "INSERT INTO audience_part (kind, part, name, subject_kind, subject_id, day, rules, org_id, within_id, n)";
    let tail = "ON CONFLICT (kind, part, name, subject_kind, subject_id, day, rules) DO UPDATE SET n = audience_part.n + excluded.n";
    tx.insert_rows(head, rows, tail).await.map(drop)
}

/// Deletes what could link visitors of days before `linked`, and events of days before `events`.
pub(crate) async fn purge(tx: &mut Tx, linked: i64, events: i64) -> Result<u64, DbError> {
    let mut gone = 0;
    for table in ["audience_salt", "audience_visit", "audience_network"] {
        gone += tx.run(&format!("DELETE FROM {table} WHERE day < $1"), args![linked]).await?;
    }
    Ok(gone + tx.run("DELETE FROM audience_event WHERE day < $1", args![events]).await?)
}

/// The condition of a question on columns `time` (hours or days), with its values.
fn narrowed(ask: &Ask, time: &str, from: i64, to: i64) -> (String, Vec<Value>) {
    let mut values = args![ask.org, from, to];
    let mut sql = format!("org_id = $1 AND {time} >= $2 AND {time} < $3");
    if let Some(within) = ask.within {
        values.push(within.into());
        sql.push_str(&format!(" AND within_id = ${}", values.len()));
    }
    if let Some(subject) = ask.subject {
        values.push(subject.kind.code().into());
        sql.push_str(&format!(" AND subject_kind = ${}", values.len()));
        values.push(subject.id.into());
        sql.push_str(&format!(" AND subject_id = ${}", values.len()));
    }
    (sql, values)
}

fn count_of(row: &Row) -> Result<Count, DbError> {
    Ok(Count::parse(&row.get::<String>(0)?).unwrap_or(Count::View))
}

/// Figures by hour, oldest first.
pub(crate) async fn hours(tx: &mut Tx, ask: &Ask) -> Result<Vec<HourFigure>, DbError> {
    let (on, values) = narrowed(ask, "hour", hour_of(ask.from), hour_of(ask.to));
    let sql = format!(
        "SELECT kind, hour, CAST(SUM(n) AS BIGINT) FROM audience_hour WHERE {on} GROUP BY kind, hour ORDER BY hour, kind"
    );
    let rows = tx.all(&sql, values).await?;
    rows.iter().map(|r| Ok(HourFigure { count: count_of(r)?, hour: r.get(1)?, n: r.get(2)? })).collect()
}

/// Figures by name, the largest first.
pub(crate) async fn parts(tx: &mut Tx, ask: &Ask, part: Part) -> Result<Vec<PartFigure>, DbError> {
    let (on, mut values) = narrowed(ask, "day", day_of(ask.from), day_of(ask.to.plus_seconds(-1)) + 1);
    values.push(part.code().into());
    let sql = format!(
        "SELECT kind, name, CAST(SUM(n) AS BIGINT) FROM audience_part WHERE {on} AND part = ${}
         GROUP BY kind, name ORDER BY 3 DESC, kind, name",
        values.len()
    );
    let rows = tx.all(&sql, values).await?;
    rows.iter().map(|r| Ok(PartFigure { count: count_of(r)?, name: r.get(1)?, n: r.get(2)? })).collect()
}

/// The subjects with the most, each with listens and views.
pub(crate) async fn top(tx: &mut Tx, ask: &Ask, limit: i64) -> Result<Vec<(Subject, i64, i64)>, DbError> {
    let (on, mut values) = narrowed(ask, "hour", hour_of(ask.from), hour_of(ask.to));
    values.push(limit.into());
    let sql = format!(
        "SELECT subject_kind, subject_id, CAST(SUM(CASE WHEN kind = 'listen' THEN n ELSE 0 END) AS BIGINT),
                CAST(SUM(CASE WHEN kind = 'view' THEN n ELSE 0 END) AS BIGINT)
         FROM audience_hour WHERE {on} GROUP BY subject_kind, subject_id ORDER BY 3 DESC, 4 DESC, subject_id DESC LIMIT ${}",
        values.len()
    );
    let rows = tx.all(&sql, values).await?;
    rows.iter().map(|r| Ok((subject(&r.get::<String>(0)?, r.get(1)?), r.get(2)?, r.get(3)?))).collect()
}

/// The first hour anything was counted, and the versions of the rules the figures of a question were counted by.
pub(crate) async fn since(tx: &mut Tx, org: OrgId) -> Result<Option<i64>, DbError> {
    let sql = "SELECT CAST(MIN(hour) AS BIGINT) FROM audience_hour WHERE org_id = $1";
    Ok(tx.scalar::<Option<i64>>(sql, args![org]).await?.flatten())
}

/// The versions of the rules figures were counted by.
pub(crate) async fn versions(tx: &mut Tx, ask: &Ask) -> Result<Vec<String>, DbError> {
    let (on, values) = narrowed(ask, "hour", hour_of(ask.from), hour_of(ask.to));
    let sql = format!("SELECT DISTINCT rules FROM audience_hour WHERE {on} ORDER BY rules");
    tx.all(&sql, values).await?.iter().map(|r| r.get(0)).collect()
}

/// The events of some days, oldest first.
pub(crate) async fn events(
    tx: &mut Tx,
    org: OrgId,
    within: Option<i64>,
    days: (i64, i64),
) -> Result<Vec<Event>, DbError> {
    let mut values = args![org, days.0, days.1];
    let mut on = "org_id = $1 AND day >= $2 AND day <= $3".to_owned();
    if let Some(within) = within {
        values.push(within.into());
        on.push_str(" AND within_id = $4");
    }
    let sql = format!(
        "SELECT id, subject_kind, subject_id, at, visitor, method, status, first_byte, end_byte, size, header, duration_ms, agent,
                reason, counted, rules FROM audience_event WHERE {on} ORDER BY at, id"
    );
    let rows = tx.all(&sql, values).await?;
    let event = |row: &Row| {
        let mut c = row.cols();
        let id = c.take()?;
        let found = subject(&c.take::<String>()?, c.take()?);
        Ok(Event {
            id,
            subject: (found.kind, found.id),
            at: c.take()?,
            visitor: c.take()?,
            method: c.take()?,
            status: c.take()?,
            first: c.take()?,
            end: c.take()?,
            size: c.take()?,
            header: c.take()?,
            duration_ms: c.take()?,
            agent: c.take()?,
            reason: c.take()?,
            counted: c.take()?,
            rules: c.take()?,
        })
    };
    rows.iter().map(event).collect()
}

/// What was published for a day: listens by subject.
pub(crate) async fn listens_of_day(
    tx: &mut Tx,
    org: OrgId,
    within: Option<i64>,
    day: i64,
) -> Result<Vec<(Subject, i64)>, DbError> {
    let mut values = args![org, day * 24, (day + 1) * 24];
    let mut on = "org_id = $1 AND hour >= $2 AND hour < $3 AND kind = 'listen'".to_owned();
    if let Some(within) = within {
        values.push(within.into());
        on.push_str(" AND within_id = $4");
    }
    let sql = format!(
        "SELECT subject_kind, subject_id, CAST(SUM(n) AS BIGINT) FROM audience_hour WHERE {on}
         GROUP BY subject_kind, subject_id ORDER BY subject_kind, subject_id"
    );
    let rows = tx.all(&sql, values).await?;
    rows.iter().map(|r| Ok((subject(&r.get::<String>(0)?, r.get(1)?), r.get(2)?))).collect()
}
