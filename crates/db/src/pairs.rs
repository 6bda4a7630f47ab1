//! The few statements the two engines write differently, generated from one request:
//! rules that forbid changing or deleting rows, full-text search, and the clause that skips locked rows.

use kernel::Sought;

use crate::connect::Engine;
use crate::error::DbError;
use crate::tx::{Rows, Tx};
use crate::value::Value;

/// Writes out a migration's `-- pair:` line; `None` when it asks for something unknown.
pub(crate) fn expand(ask: &str, engine: Engine) -> Option<String> {
    let (verb, rest) = ask.trim().split_once(' ')?;
    let (table, columns) = match rest.trim().split_once('(') {
        Some((table, inner)) => (table.trim(), inner.trim().strip_suffix(')')?.split(',').map(str::trim).collect()),
        None => (rest.trim(), Vec::new()),
    };
    let named = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    if !named(table) || !columns.iter().all(|c| named(c)) {
        return None;
    }
    match verb {
        "forbid_update" if !columns.is_empty() => Some(forbid_update(table, &columns, engine)),
        "forbid_delete" if columns.is_empty() => Some(forbid_delete(table, engine)),
        "full_text" if columns.is_empty() => Some(full_text(table, engine)),
        "full_text_beginnings" if columns.is_empty() => Some(full_text_beginnings(table, engine)),
        _ => None,
    }
}

/// A trigger that refuses any UPDATE which changes one of `columns`.
fn forbid_update(table: &str, columns: &[&str], engine: Engine) -> String {
    let list = columns.join(", ");
    let changed: Vec<String> = columns.iter().map(|c| format!("OLD.{c} IS DISTINCT FROM NEW.{c}")).collect();
    let when = changed.join(" OR ");
    let name = format!("{table}_keeps_{}", columns.join("_"));
    match engine {
        Engine::Lite => format!(
            "CREATE TRIGGER {name} BEFORE UPDATE OF {list} ON {table} WHEN {when}
             BEGIN SELECT RAISE(ABORT, '{table}: {list} never changes'); END;"
        ),
        Engine::Pg => format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION '{table}: {list} never changes'; END $$;
             CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {name}();"
        ),
    }
}

/// A trigger that refuses any DELETE.
fn forbid_delete(table: &str, engine: Engine) -> String {
    let name = format!("{table}_is_kept");
    match engine {
        Engine::Lite => format!(
            "CREATE TRIGGER {name} BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table}: rows are never deleted'); END;"
        ),
        Engine::Pg => format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION '{table}: rows are never deleted'; END $$;
             CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();"
        ),
    }
}

/// A table `<table>_fts` that finds ids by words; see [`index_words`] and [`words_condition`]. Words come folded from Rust
/// on both engines: FTS5's `ascii` takes every other letter as it is, PostgreSQL takes words without its parser.
fn full_text(table: &str, engine: Engine) -> String {
    match engine {
        Engine::Lite => format!("CREATE VIRTUAL TABLE {table}_fts USING fts5(body, tokenize = 'ascii');"),
        Engine::Pg => format!(
            "CREATE TABLE {table}_fts (id BIGINT NOT NULL PRIMARY KEY, body TEXT NOT NULL,
               words TSVECTOR GENERATED ALWAYS AS (ARRAY_TO_TSVECTOR(STRING_TO_ARRAY(body, ' '))) STORED);
             CREATE INDEX {table}_fts_words ON {table}_fts USING GIN (words);"
        ),
    }
}

/// Gives an index that is there already what finds the beginnings of words without looking at every word that begins so,
/// from [`BEGINNING`] letters on. FTS5 learns it only when it is made: the table is made anew. PostgreSQL's index has its
/// words in order and needs nothing.
fn full_text_beginnings(table: &str, engine: Engine) -> String {
    match engine {
        Engine::Lite => format!(
            "CREATE TABLE {table}_kept AS SELECT rowid AS id, body FROM {table}_fts;
             DROP TABLE {table}_fts;
             CREATE VIRTUAL TABLE {table}_fts USING fts5(body, tokenize = 'ascii', prefix = '{BEGINNING}');
             INSERT INTO {table}_fts (rowid, body) SELECT id, body FROM {table}_kept ORDER BY id;
             DROP TABLE {table}_kept;"
        ),
        Engine::Pg => String::new(),
    }
}

/// How many letters the shortest beginning has that is found at once.
const BEGINNING: usize = 3;

/// Puts (or replaces) the words of row `id` in the index of `table`.
///
/// # Errors
/// The database's failure.
pub async fn index_text(tx: &mut Tx, table: &str, id: i64, text: &str) -> Result<(), DbError> {
    index_words(tx, table, vec![(id, kernel::body_of([text]))]).await
}

/// Puts (or replaces) the words of rows in the index of `table`; they come from [`kernel::body_of`].
///
/// # Errors
/// The database's failure.
pub async fn index_words(tx: &mut Tx, table: &str, bodies: Vec<(i64, String)>) -> Result<(), DbError> {
    let ids: Vec<i64> = bodies.iter().map(|(id, _)| *id).collect();
    drop_words(tx, table, &ids).await?;
    let key = if tx.engine() == Engine::Lite { "rowid" } else { "id" };
    let mut rows = Rows::default();
    for (id, body) in bodies {
        rows.push(args![id, body]);
    }
    tx.insert_rows(&format!("INSERT INTO {table}_fts ({key}, body)"), rows, "").await.map(drop)
}

/// Takes rows out of the index of `table`.
///
/// # Errors
/// The database's failure.
pub async fn drop_words(tx: &mut Tx, table: &str, ids: &[i64]) -> Result<(), DbError> {
    let key = if tx.engine() == Engine::Lite { "rowid" } else { "id" };
    for chunk in ids.chunks(500) {
        let marks: Vec<String> = (1..=chunk.len()).map(|n| format!("${n}")).collect();
        let sql = format!("DELETE FROM {table}_fts WHERE {key} IN ({})", marks.join(", "));
        tx.run(&sql, chunk.iter().map(|id| Value::from(*id)).collect()).await?;
    }
    Ok(())
}

fn lite(one: &Sought) -> String {
    format!("\"{}\"{}", one.words.join(" "), if one.beginning { "*" } else { "" })
}

fn pg(one: &Sought) -> String {
    let last = one.words.len().saturating_sub(1);
    let star = |n: usize| if one.beginning && n == last { ":*" } else { "" };
    let words: Vec<String> = one.words.iter().enumerate().map(|(n, w)| format!("'{w}'{}", star(n))).collect();
    format!("({})", words.join(" & "))
}

/// The text that must stand in a body with a space on both sides.
fn stretch(one: &Sought) -> String {
    format!(" {}{}", one.words.join(" "), if one.beginning { "" } else { " " })
}

fn plain(one: &Sought) -> bool {
    !one.words.is_empty() && one.words.iter().all(|w| !w.is_empty() && w.chars().all(char::is_alphanumeric))
}

/// A condition on `column` (an id) that the row has everything in `all` and nothing in `none`, with its arguments from
/// `$first` on. `None` when nothing is asked for. Only letters and digits reach the engine's own language.
#[must_use]
pub fn words_condition(
    engine: Engine,
    table: &str,
    column: &str,
    (all, none): (&[Sought], &[Sought]),
    first: usize,
) -> Option<(String, Vec<Value>)> {
    if all.is_empty() || !all.iter().chain(none).all(plain) {
        return None;
    }
    if engine == Engine::Lite {
        let mut ask = format!("({})", all.iter().map(lite).collect::<Vec<_>>().join(" AND "));
        for one in none {
            ask = format!("({ask} NOT {})", lite(one));
        }
        let sql = format!("{column} IN (SELECT rowid FROM {table}_fts WHERE {table}_fts MATCH ${first})");
        return Some((sql, args![ask]));
    }
    let mut parts: Vec<String> = all.iter().map(pg).collect();
    parts.extend(none.iter().filter(|s| s.words.len() == 1).map(|s| format!("!{}", pg(s))));
    let mut values = args![parts.join(" & ")];
    let mut sql = format!("words @@ CAST(${first} AS TSQUERY)");
    for (one, sign) in all.iter().map(|s| (s, ">")).chain(none.iter().map(|s| (s, "="))) {
        if one.words.len() > 1 {
            values.push(stretch(one).into());
            let at = first + values.len() - 1;
            sql.push_str(&format!(" AND POSITION(CAST(${at} AS TEXT) IN (' ' || body || ' ')) {sign} 0"));
        }
    }
    Some((format!("{column} IN (SELECT id FROM {table}_fts WHERE {sql})"), values))
}

/// The ids of at most `limit` rows that have all the words asked for (the last one as a beginning), newest id first.
/// Without a word there is no hit.
///
/// # Errors
/// The database's failure.
pub async fn find_text(tx: &mut Tx, table: &str, asked: &str, limit: i64) -> Result<Vec<i64>, DbError> {
    let words = kernel::words(asked);
    let count = words.len();
    let sought = |(n, word): (usize, String)| Sought { words: vec![word], beginning: n + 1 == count };
    let all: Vec<Sought> = words.into_iter().enumerate().map(sought).collect();
    let key = if tx.engine() == Engine::Lite { "rowid" } else { "id" };
    let Some((condition, mut values)) = words_condition(tx.engine(), table, key, (&all, &[]), 1) else {
        return Ok(Vec::new());
    };
    values.push(limit.into());
    let sql = format!("SELECT {key} FROM {table}_fts WHERE {condition} ORDER BY {key} DESC LIMIT ${}", values.len());
    tx.all(&sql, values).await?.iter().map(|row| row.get(0)).collect()
}

/// What follows the inner SELECT of a claim: PostgreSQL skips rows other workers hold, SQLite has one writer.
#[must_use]
pub const fn skip_locked(engine: Engine) -> &'static str {
    match engine {
        Engine::Lite => "",
        Engine::Pg => " FOR UPDATE SKIP LOCKED",
    }
}
