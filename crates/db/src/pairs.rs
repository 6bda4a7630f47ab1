//! The few statements the two engines write differently, generated from one request:
//! rules that forbid changing or deleting rows, full-text search, and the clause that skips locked rows.

use crate::connect::Engine;
use crate::error::DbError;
use crate::tx::Tx;

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

/// A table `<table>_fts` that finds ids by words; see [`index_text`] and [`find_text`].
fn full_text(table: &str, engine: Engine) -> String {
    match engine {
        Engine::Lite => {
            format!("CREATE VIRTUAL TABLE {table}_fts USING fts5(body, tokenize = 'unicode61 remove_diacritics 2');")
        }
        // Folded words come from Rust on both engines, so that 'simple' gives the same hits as FTS5.
        Engine::Pg => format!(
            "CREATE TABLE {table}_fts (id BIGINT NOT NULL PRIMARY KEY, words TSVECTOR NOT NULL);
             CREATE INDEX {table}_fts_words ON {table}_fts USING GIN (words);"
        ),
    }
}

/// Puts (or replaces) the words of row `id` in the index of `table`.
///
/// # Errors
/// The database's failure.
pub async fn index_text(tx: &mut Tx, table: &str, id: i64, text: &str) -> Result<(), DbError> {
    let words = words(text).join(" ");
    match tx.engine() {
        Engine::Lite => {
            tx.run(&format!("DELETE FROM {table}_fts WHERE rowid = $1"), args![id]).await?;
            tx.run(&format!("INSERT INTO {table}_fts (rowid, body) VALUES ($1, $2)"), args![id, words]).await?;
        }
        Engine::Pg => {
            let sql = format!(
                "INSERT INTO {table}_fts (id, words) VALUES ($1, TO_TSVECTOR('simple', $2))
                 ON CONFLICT (id) DO UPDATE SET words = excluded.words"
            );
            tx.run(&sql, args![id, words]).await?;
        }
    }
    Ok(())
}

/// The ids of at most `limit` rows that have all the words asked for (the last one as a beginning), newest id first.
/// Without a word there is no hit.
///
/// # Errors
/// The database's failure.
pub async fn find_text(tx: &mut Tx, table: &str, asked: &str, limit: i64) -> Result<Vec<i64>, DbError> {
    let words = words(asked);
    let Some((last, whole)) = words.split_last() else { return Ok(Vec::new()) };
    let (sql, ask) = match tx.engine() {
        Engine::Lite => {
            let mut ask: Vec<String> = whole.iter().map(|w| format!("\"{w}\"")).collect();
            ask.push(format!("\"{last}\"*"));
            (
                format!("SELECT rowid FROM {table}_fts WHERE {table}_fts MATCH $1 ORDER BY rowid DESC LIMIT $2"),
                ask.join(" "),
            )
        }
        Engine::Pg => {
            let mut ask: Vec<String> = whole.iter().map(|w| format!("'{w}'")).collect();
            ask.push(format!("'{last}':*"));
            let sql =
                format!("SELECT id FROM {table}_fts WHERE words @@ TO_TSQUERY('simple', $1) ORDER BY id DESC LIMIT $2");
            (sql, ask.join(" & "))
        }
    };
    tx.all(&sql, args![ask, limit]).await?.iter().map(|row| row.get(0)).collect()
}

/// What follows the inner SELECT of a claim: PostgreSQL skips rows other workers hold, SQLite has one writer.
#[must_use]
pub const fn skip_locked(engine: Engine) -> &'static str {
    match engine {
        Engine::Lite => "",
        Engine::Pg => " FOR UPDATE SKIP LOCKED",
    }
}

/// Splits text into folded words of letters and digits, at most 2,000 of them.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .take(2_000)
        .map(|w| w.to_lowercase().chars().filter_map(without_accent).collect::<String>())
        .filter(|w| !w.is_empty())
        .collect()
}

/// The plain letter under the accents of western European languages; combining marks vanish.
fn without_accent(c: char) -> Option<char> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' | 'ÿ' => 'y',
        '\u{300}'..='\u{36f}' => return None,
        other => other,
    })
}
