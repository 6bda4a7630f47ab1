//! Rules `table-prefix` and `sql-place`: each table belongs to one crate, and SQL is written in stores only.
//!
//! Migrations are read as SQL, sources by their string literals. A string put together at run time escapes; such
//! SQL belongs in `db` anyway.

use super::{Finding, RustFile};
use crate::floors;
use crate::lexer::{Kind, Token};
use crate::sql::{self, Name};
use crate::tree::{self, Tree};

const PREFIX: &str = "table-prefix";
const PLACE: &str = "sql-place";

pub(super) fn check(tree: &Tree, rust: &[RustFile<'_>], findings: &mut Vec<Finding>) {
    for (path, text) in tree.with_extension("sql") {
        if let Some(name) = tree::crate_of(path).filter(|_| path.contains("/migrations/")) {
            check_migration(name, path, text, findings);
        }
    }
    for file in rust {
        let Some(name) = tree::crate_of(file.path) else { continue };
        let in_src = tree::in_src(file.path);
        if in_src.is_none() && !floors::SQL_NOWHERE.contains(&name) {
            continue;
        }
        for token in file.tokens.iter().filter(|token| token.kind == Kind::Str) {
            check_string(name, file.path, token, findings);
        }
    }
}

fn check_migration(name: &str, path: &str, text: &str, findings: &mut Vec<Finding>) {
    let pieces = sql::pieces(text);
    let prefix = floors::table_prefix(name);
    if floors::SQL_NOWHERE.contains(&name) {
        findings.push(Finding::new(path, 1, PLACE, format!("crate `{name}` owns no tables, so it has no migrations")));
    }
    for Name { text, line } in sql::created(&pieces).into_iter().chain(sql::tables(&pieces, false)) {
        if !text.starts_with(&prefix) {
            let message = format!("`{text}` in a migration of `{name}`: its names start with `{prefix}`");
            findings.push(Finding::new(path, line, PREFIX, message));
        }
    }
}

fn check_string(name: &str, path: &str, token: &Token, findings: &mut Vec<Finding>) {
    let statement = sql::starts_statement(&token.text);
    if statement && !may_hold_sql(name, path) {
        let message = "SQL outside a store module: move it there, next to its table";
        findings.push(Finding::new(path, token.line, PLACE, message));
    }
    let defines = ["CREATE ", "ALTER ", "DROP "].iter().any(|verb| token.text.trim_start().starts_with(verb));
    // Tests and the engine crate may have scratch tables and look into catalogues; nobody may touch a stranger's.
    let strict = (statement || defines) && !token.in_test && name != "db";
    for table in sql::tables(&sql::pieces(&token.text), !statement) {
        let owner = floors::table_owner(&table.text);
        let ours = table.text.starts_with(&floors::table_prefix(name)) && owner.is_none_or(|owner| owner == name);
        if ours || (owner.is_none() && !strict) || name == "it" {
            continue;
        }
        let message = match owner {
            Some(owner) => format!("table `{}` belongs to `{owner}`: ask it by its functions or a port", table.text),
            None => {
                format!("table `{}` in `{name}`: its tables start with `{}`", table.text, floors::table_prefix(name))
            }
        };
        findings.push(Finding::new(path, token.line, PREFIX, message));
    }
}

fn may_hold_sql(name: &str, path: &str) -> bool {
    floors::SQL_ANYWHERE.contains(&name) || (path.contains("/store") && !floors::SQL_NOWHERE.contains(&name))
}

#[cfg(test)]
mod tests {
    use crate::testing::caught;

    fn source(rule: &str, path: &str, sql: &str) -> usize {
        caught(rule, &[(path, &format!("//! D\nconst Q: &str = {sql:?};\n"))]).len()
    }

    #[test]
    fn migrations_create_and_touch_their_own_tables_only() {
        let good = "CREATE TABLE moments_drop (id BIGINT);\nCREATE INDEX moments_drop_by_id ON moments_drop (id);";
        assert!(caught("table-prefix", &[("crates/moments/migrations/1.sql", good)]).is_empty());
        let bad =
            "CREATE TABLE drops (id BIGINT);\nCREATE INDEX by_id ON moments_drop (id);\nUPDATE publish_show SET a = 1;";
        let found = caught("table-prefix", &[("crates/moments/migrations/1.sql", bad)]);
        let want: Vec<String> = [1, 1, 2, 3].map(|line| format!("crates/moments/migrations/1.sql:{line}")).into();
        assert_eq!(found, want[1..].to_vec());
        assert!(
            caught("table-prefix", &[("crates/stand-ins/migrations/1.sql", "CREATE TABLE stand_ins_a (b BIGINT)")])
                .is_empty()
        );
        assert_eq!(
            caught("sql-place", &[("crates/traboule/migrations/1.sql", "CREATE TABLE traboule_a (b BIGINT)")]).len(),
            1
        );
    }

    #[test]
    fn sources_name_their_own_tables_only() {
        let store = "crates/moments/src/store/sales.rs";
        for sql in [
            "SELECT a FROM moments_drop",
            " JOIN moments_sale ON true",
            "WITH x AS (SELECT 1) SELECT * FROM x",
            "from publish_show",
        ] {
            assert_eq!(source("table-prefix", store, sql), 0, "{sql}");
        }
        for sql in [
            "SELECT a FROM publish_show",
            " JOIN publish_show ON true",
            "UPDATE drops SET a = 1",
            "CREATE TABLE a (b BIGINT)",
        ] {
            assert_eq!(source("table-prefix", store, sql), 1, "{sql}");
        }
        assert_eq!(source("table-prefix", "crates/db/src/pool.rs", "SELECT name FROM sqlite_master"), 0);
        assert_eq!(source("table-prefix", "crates/db/src/pool.rs", "SELECT name FROM moments_drop"), 1);
    }

    #[test]
    fn tests_may_have_scratch_tables_but_no_strangers() {
        let test = |sql: &str| {
            let text = format!("//! D\n#[cfg(test)] mod tests {{ const Q: &str = {sql:?}; }}\n");
            caught("table-prefix", &[("crates/jobs/src/queue.rs", &text)]).len()
        };
        assert_eq!(test("INSERT INTO effects VALUES (1)"), 0);
        assert_eq!(test("INSERT INTO moments_drop VALUES (1)"), 1);
    }

    #[test]
    fn sql_lives_in_stores() {
        for path in [
            "crates/moments/src/store.rs",
            "crates/moments/src/store/a.rs",
            "crates/db/src/a.rs",
            "crates/jobs/src/a.rs",
            "crates/it/src/a.rs",
            "crates/moments/tests/a.rs",
        ] {
            assert_eq!(source("sql-place", path, "SELECT 1"), 0, "{path}");
        }
        for path in [
            "crates/moments/src/service/a.rs",
            "crates/traboule/src/store/a.rs",
            "crates/testkit/src/a.rs",
            "crates/traboule/tests/a.rs",
        ] {
            assert_eq!(source("sql-place", path, "SELECT 1"), 1, "{path}");
        }
        assert_eq!(source("sql-place", "crates/moments/src/web/api.rs", "DELETE /api/v1/sales"), 0);
    }
}
