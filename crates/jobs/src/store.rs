//! The SQL of events and tasks. It decides nothing but "is it due".

use db::{DbError, Tx, Value, args, pairs};
use kernel::{At, Ctx, OrgId};

/// A fact in the past tense, told in the transaction that made it true.
#[derive(Clone, Debug)]
pub struct Event {
    /// Whose.
    pub org: OrgId,
    /// What happened: `publish.episode_scheduled`.
    pub kind: &'static str,
    /// The version of the body's shape.
    pub version: i64,
    /// JSON.
    pub body: String,
}

/// A claimed piece of work.
#[derive(Clone, Debug)]
pub struct Task {
    /// Which handler does it.
    pub handler: String,
    /// What makes it one task and not another.
    pub key: String,
    /// Whose.
    pub org: OrgId,
    /// JSON.
    pub body: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

/// How far a task is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Units done.
    pub done: i64,
    /// Units in all; zero when not known.
    pub total: i64,
    /// `due`, `done` or `dead`.
    pub state: String,
    /// The last thing that went wrong.
    pub trouble: Option<String>,
}

/// A task that was given up.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// Which handler.
    pub handler: String,
    /// Which task.
    pub key: String,
    /// Whose.
    pub org: OrgId,
    /// Why.
    pub trouble: String,
}

/// How many tasks are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// Waiting or running.
    pub due: i64,
    /// Finished.
    pub done: i64,
    /// Given up.
    pub dead: i64,
}

/// Makes `handler` hear of every later event of `kind`. Called at start by the composition.
///
/// # Errors
/// The database's failure.
pub async fn subscribe(tx: &mut Tx, kind: &str, handler: &str) -> Result<(), DbError> {
    let sql = "INSERT INTO jobs_subscription (kind, handler) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.run(sql, args![kind, handler]).await?;
    Ok(())
}

/// Writes an event and one delivery row per subscribed consumer, in the caller's transaction.
///
/// # Errors
/// The database's failure.
pub async fn tell(tx: &mut Tx, ctx: &Ctx, event: Event) -> Result<i64, DbError> {
    let id = ctx.ids.next();
    tx.run(
        "INSERT INTO jobs_event (id, org_id, kind, version, body, at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![id, event.org, event.kind, event.version, &event.body, ctx.now],
    )
    .await?;
    tx.run(
        "INSERT INTO jobs_task (handler, key, org_id, event_id, body, state, attempts, due_at, leased_until, progress_done, progress_total)
         SELECT handler, $1, CAST($2 AS BIGINT), CAST($3 AS BIGINT), $4, 'due', 0, CAST($5 AS BIGINT), 0, 0, 0
         FROM jobs_subscription WHERE kind = $6 ORDER BY handler",
        args![id.to_string(), event.org, id, event.body, ctx.now, event.kind],
    )
    .await?;
    Ok(id)
}

/// What kind of event a delivery row's key names; `None` when it names none.
///
/// # Errors
/// The database's failure.
pub async fn event_kind(tx: &mut Tx, key: &str) -> Result<Option<String>, DbError> {
    let Ok(id) = key.parse::<i64>() else { return Ok(None) };
    tx.scalar::<String>("SELECT kind FROM jobs_event WHERE id = $1", args![id]).await
}

/// Asks for a piece of work at `due_at` or later. A task with the same handler and key is not asked twice.
///
/// # Errors
/// The database's failure.
pub async fn enqueue(
    tx: &mut Tx,
    org: OrgId,
    handler: &str,
    key: &str,
    body: &str,
    due_at: At,
) -> Result<bool, DbError> {
    let added = tx
        .run(
            "INSERT INTO jobs_task (handler, key, org_id, body, state, attempts, due_at, leased_until, progress_done, progress_total)
             VALUES ($1, $2, $3, $4, 'due', 0, $5, 0, 0, 0) ON CONFLICT DO NOTHING",
            args![handler, key, org, body, due_at],
        )
        .await?;
    Ok(added == 1)
}

/// Asks for a task as [`enqueue`], also when the same was done or given up before: its count of attempts and its progress
/// begin anew. One that is due stays as it is.
///
/// # Errors
/// The database's failure.
pub async fn enqueue_again(
    tx: &mut Tx,
    org: OrgId,
    handler: &str,
    key: &str,
    body: &str,
    due_at: At,
) -> Result<(), DbError> {
    let sql = "INSERT INTO jobs_task (handler, key, org_id, body, state, attempts, due_at, leased_until, progress_done, progress_total)
         VALUES ($1, $2, $3, $4, 'due', 0, $5, 0, 0, 0)
         ON CONFLICT (handler, key) DO UPDATE SET body = $4, state = 'due', attempts = 0, due_at = $5, leased_until = 0,
           progress_done = 0, progress_total = 0, trouble = NULL WHERE jobs_task.state <> 'due'";
    tx.run(sql, args![handler, key, org, body, due_at]).await.map(drop)
}

/// The condition that keeps to some handlers, or to all others, with its values from `$from` on.
fn lane(from: usize, handlers: &[&str], only: bool, args: &mut Vec<Value>) -> String {
    if handlers.is_empty() {
        return String::new();
    }
    args.extend(handlers.iter().map(|name| Value::from(*name)));
    let names: Vec<String> = (from..from + handlers.len()).map(|n| format!("${n}")).collect();
    format!(" AND handler {} ({})", if only { "IN" } else { "NOT IN" }, names.join(", "))
}

/// Takes up to `limit` due tasks for `lease` seconds, of some handlers or of all others. Two workers never take
/// the same one.
///
/// # Errors
/// The database's failure.
pub(crate) async fn claim(
    tx: &mut Tx,
    now: At,
    lease: i64,
    limit: i64,
    handlers: &[&str],
    only: bool,
) -> Result<Vec<Task>, DbError> {
    let skip = pairs::skip_locked(tx.engine());
    let mut args = args![now.plus_seconds(lease), now, limit];
    let lane = lane(4, handlers, only, &mut args);
    let sql = format!(
        "UPDATE jobs_task SET attempts = attempts + 1, leased_until = $1 WHERE (handler, key) IN (
           SELECT handler, key FROM jobs_task WHERE state = 'due' AND due_at <= $2 AND leased_until <= $2{lane}
           ORDER BY due_at, handler, key LIMIT $3{skip})
         RETURNING handler, key, org_id, body, attempts"
    );
    let rows = tx.run_returning(&sql, args).await?;
    let mut tasks = rows
        .iter()
        .map(|row| {
            let mut cols = row.cols();
            Ok(Task {
                handler: cols.take()?,
                key: cols.take()?,
                org: OrgId(cols.take()?),
                body: cols.take()?,
                attempts: cols.take()?,
            })
        })
        .collect::<Result<Vec<_>, DbError>>()?;
    tasks.sort_by(|a, b| (&a.handler, &a.key).cmp(&(&b.handler, &b.key)));
    Ok(tasks)
}

/// Writes how a task ended: `done`, `dead`, or `due` again at `due_at`, and whether this time counts as a try. A done
/// task's body is emptied: it may have held an address or a one-time code, and nobody needs it again.
pub(crate) async fn settle(
    tx: &mut Tx,
    task: &Task,
    (state, tried): (&str, bool),
    due_at: At,
    trouble: Option<&str>,
) -> Result<(), DbError> {
    tx.run(
        "UPDATE jobs_task SET state = $1, due_at = $2, leased_until = 0, trouble = $3,
           body = CASE WHEN $1 = 'done' THEN '' ELSE body END, attempts = attempts - $7
         WHERE handler = $4 AND key = $5 AND attempts = $6",
        args![state, due_at, trouble, &task.handler, &task.key, task.attempts, i64::from(!tried)],
    )
    .await?;
    Ok(())
}

/// Says how far a running task is and keeps its lease alive.
///
/// # Errors
/// The database's failure.
pub async fn report_progress(tx: &mut Tx, task: &Task, done: i64, total: i64, lease: At) -> Result<(), DbError> {
    tx.run(
        "UPDATE jobs_task SET progress_done = $1, progress_total = $2, leased_until = $3 WHERE handler = $4 AND key = $5",
        args![done, total, lease, &task.handler, &task.key],
    )
    .await?;
    Ok(())
}

/// How far a task is; `None` when it was never asked for.
///
/// # Errors
/// The database's failure.
pub async fn progress(tx: &mut Tx, handler: &str, key: &str) -> Result<Option<Progress>, DbError> {
    let sql = "SELECT progress_done, progress_total, state, trouble FROM jobs_task WHERE handler = $1 AND key = $2";
    let row = tx.opt(sql, args![handler, key]).await?;
    row.map(|row| {
        let mut cols = row.cols();
        Ok(Progress { done: cols.take()?, total: cols.take()?, state: cols.take()?, trouble: cols.take()? })
    })
    .transpose()
}

/// The newest dead letters, at most 100.
///
/// # Errors
/// The database's failure.
pub async fn dead_letters(tx: &mut Tx) -> Result<Vec<DeadLetter>, DbError> {
    dead_letters_of(tx, None, None).await
}

/// The newest dead letters of a handler, with a key, or both; at most 100.
///
/// # Errors
/// The database's failure.
pub async fn dead_letters_of(
    tx: &mut Tx,
    handler: Option<&str>,
    key: Option<&str>,
) -> Result<Vec<DeadLetter>, DbError> {
    let sql = "SELECT handler, key, org_id, trouble FROM jobs_task WHERE state = 'dead' AND ($1 = '' OR handler = $1)
               AND ($2 = '' OR key = $2) ORDER BY due_at DESC, handler, key LIMIT 100";
    tx.all(sql, args![handler.unwrap_or_default(), key.unwrap_or_default()])
        .await?
        .iter()
        .map(|row| {
            let mut cols = row.cols();
            Ok(DeadLetter {
                handler: cols.take()?,
                key: cols.take()?,
                org: OrgId(cols.take()?),
                trouble: cols.take::<Option<String>>()?.unwrap_or_default(),
            })
        })
        .collect()
}

/// Takes a task away, in whatever state: what it was for is gone. Gives whether there was one.
///
/// # Errors
/// The database's failure.
pub async fn cancel(tx: &mut Tx, org: OrgId, handler: &str, key: &str) -> Result<bool, DbError> {
    let sql = "DELETE FROM jobs_task WHERE org_id = $1 AND handler = $2 AND key = $3";
    Ok(tx.run(sql, args![org, handler, key]).await? == 1)
}

/// Puts a dead letter back to work, with its attempts forgotten.
///
/// # Errors
/// The database's failure.
pub async fn revive(tx: &mut Tx, handler: &str, key: &str, now: At) -> Result<bool, DbError> {
    let sql = "UPDATE jobs_task SET state = 'due', attempts = 0, due_at = $1, leased_until = 0
               WHERE handler = $2 AND key = $3 AND state = 'dead'";
    Ok(tx.run(sql, args![now, handler, key]).await? == 1)
}

/// How many tasks of `handler` (of all when it is empty) are in which state, in one organisation or on the whole server.
///
/// # Errors
/// The database's failure.
pub async fn counts(tx: &mut Tx, org: Option<OrgId>, handler: &str) -> Result<TaskCounts, DbError> {
    let sql = "SELECT state, CAST(COUNT(*) AS BIGINT) FROM jobs_task
               WHERE ($1 = '' OR handler = $1) AND ($2 = 0 OR org_id = $2) GROUP BY state";
    let mut out = TaskCounts::default();
    for row in tx.all(sql, args![handler, org.map_or(0, |o| o.0)]).await? {
        let count = row.get::<i64>(1)?;
        match row.get::<String>(0)?.as_str() {
            "due" => out.due = count,
            "done" => out.done = count,
            _ => out.dead = count,
        }
    }
    Ok(out)
}

/// Whether a claim would find anything.
pub(crate) async fn any_due(tx: &mut Tx, now: At, handlers: &[&str], only: bool) -> Result<bool, DbError> {
    let mut args = args![now];
    let lane = lane(2, handlers, only, &mut args);
    let sql = format!(
        "SELECT CAST(1 AS BIGINT) FROM jobs_task WHERE state = 'due' AND due_at <= $1 AND leased_until <= $1{lane} LIMIT 1"
    );
    Ok(tx.scalar::<i64>(&sql, args).await?.is_some())
}

/// Notes that something keyed was done, in the caller's transaction; `false` when it was noted before. What a
/// task does once and for all begins with this.
///
/// # Errors
/// The database's failure.
pub async fn mark_once(tx: &mut Tx, org: OrgId, handler: &str, key: &str) -> Result<bool, DbError> {
    let sql = "INSERT INTO jobs_task (handler, key, org_id, body, state, attempts, due_at, leased_until, progress_done, progress_total)
               VALUES ($1, $2, $3, '', 'done', 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING";
    Ok(tx.run(sql, args![handler, key, org]).await? == 1)
}
