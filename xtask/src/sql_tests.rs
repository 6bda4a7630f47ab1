//! Tests of the SQL reader: statements of the shapes the project writes, and the words that fool a simple reader.

use super::*;

fn named(sql: &str) -> Vec<String> {
    tables(&pieces(sql), false).into_iter().map(|name| name.text).collect()
}

#[test]
fn tables_are_found_after_their_keywords() {
    let cases: &[(&str, &[&str])] = &[
        ("SELECT a FROM x_a JOIN x_b ON x_b.i = x_a.i LEFT JOIN x_c c USING (i)", &["x_a", "x_b", "x_c"]),
        ("SELECT a FROM x_a AS a, x_b b, x_c WHERE 1=1", &["x_a", "x_b", "x_c"]),
        ("INSERT INTO x_a (b) VALUES ($1) ON CONFLICT (b) DO UPDATE SET c = excluded.c", &["x_a"]),
        ("INSERT OR IGNORE INTO x_a SELECT b FROM x_b", &["x_a", "x_b"]),
        ("UPDATE x_a SET b = 1 WHERE c IS DISTINCT FROM d", &["x_a"]),
        ("SELECT a FROM x_a WHERE b = 1 FOR UPDATE SKIP LOCKED", &["x_a"]),
        ("DELETE FROM ONLY \"x_a\" -- FROM x_b\n/* JOIN x_c */ WHERE d = 'FROM x_d'", &["x_a"]),
        (
            "WITH recent AS (SELECT 1 FROM x_a), old (i) AS NOT MATERIALIZED (SELECT 2) SELECT * FROM recent, old",
            &["x_a"],
        ),
        ("SELECT * FROM (SELECT 1 FROM x_a) AS q, json_each($1)", &["x_a"]),
        ("SELECT EXTRACT(EPOCH FROM at) FROM public.x_a", &["x_a"]),
        ("SELECT name FROM information_schema.columns", &["information_schema"]),
        ("ALTER TABLE x_a ADD COLUMN b BIGINT; DROP TABLE IF EXISTS x_b", &["x_a", "x_b"]),
        ("CREATE TRIGGER t BEFORE UPDATE OF a ON x_a BEGIN UPDATE x_b SET c = 1; END", &["x_b"]),
        ("a REFERENCES x_a (id) ON UPDATE CASCADE", &[]),
    ];
    for (sql, want) in cases {
        assert_eq!(&named(sql), want, "{sql}");
    }
}

#[test]
fn prose_is_not_read_in_strict_case() {
    assert!(tables(&pieces("comes from x_a into x_b"), true).is_empty());
    assert_eq!(tables(&pieces("\n JOIN x_a ON true"), true), [Name { text: "x_a".into(), line: 2 }]);
}

#[test]
fn creations_are_found() {
    let sql = "CREATE TABLE IF NOT EXISTS x_a (i BIGINT);\nCREATE UNIQUE INDEX x_a_by_i ON x_a (i);\nCREATE VIEW x_v AS SELECT 1;";
    let names: Vec<(String, usize)> = created(&pieces(sql)).into_iter().map(|name| (name.text, name.line)).collect();
    assert_eq!(names, [("x_a".into(), 1), ("x_a_by_i".into(), 2), ("x_v".into(), 3)]);
}

#[test]
fn the_schema_follows_the_migrations() {
    let mut schema = Schema::default();
    schema.apply("1.sql", "CREATE TABLE x_a (\n id BIGINT PRIMARY KEY,\n price NUMERIC(10, 2) CHECK (price > 0),\n UNIQUE (id, price)\n);");
    schema.apply("2.sql", "ALTER TABLE x_a ADD COLUMN email TEXT; ALTER TABLE x_a RENAME COLUMN price TO cost");
    schema.apply("3.sql", "CREATE TABLE x_n (id BIGINT, phone TEXT); DROP TABLE x_a; ALTER TABLE x_n RENAME TO x_a;");
    schema.apply("4.sql", "ALTER TABLE x_a DROP COLUMN id, ADD ip TEXT;");
    let columns: Vec<&String> = schema.tables["x_a"].keys().collect();
    assert_eq!(columns, ["ip", "phone"]);
    assert_eq!(schema.tables["x_a"]["phone"], ("3.sql".to_owned(), 1));
    assert_eq!(schema.tables.len(), 1);
}

#[test]
fn statements_are_told_from_other_words() {
    for sql in ["SELECT 1", "  INSERT INTO a", "DELETE FROM a", "UPDATE a\nSET b = 1", "WITH a AS (SELECT 1)"] {
        assert!(starts_statement(sql), "{sql}");
    }
    for other in
        ["DELETE /api/v1/a", "DELETE\n", "UPDATE /x", "select a file", "WITH love", "INSERT COIN", "Selected", "SELECT"]
    {
        assert!(!starts_statement(other), "{other}");
    }
}

#[test]
fn broken_input_ends() {
    for sql in [
        "",
        "'",
        "\"",
        "/*",
        "--",
        "FROM",
        "CREATE",
        "CREATE TABLE",
        "CREATE TABLE a (",
        "ALTER TABLE a",
        "WITH a (",
        ";;",
    ] {
        named(sql);
        created(&pieces(sql));
        Schema::default().apply("a.sql", sql);
    }
}
