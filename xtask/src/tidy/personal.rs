//! Rule `personal-data`: every column that holds something about a person is listed with its fate.
//!
//! Compares `personal-data.toml` with the columns the migrations leave behind, both ways. It goes by column names,
//! so a column with a harmless name still needs a person to list it.

use serde::Deserialize;
use toml::Spanned;

use super::Finding;
use crate::sql::Schema;
use crate::tree::{self, Tree};

const RULE: &str = "personal-data";
const LIST: &str = "personal-data.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    column: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    table: Spanned<String>,
    column: String,
    purpose: String,
    retention: String,
    erase: String,
}

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let schema = schema(tree);
    let text = tree.text(LIST).unwrap_or_default();
    let list = match toml::from_str::<List>(text) {
        Ok(list) => list,
        Err(error) => {
            let line = line_at(text, error.span().map_or(0, |span| span.start));
            findings.push(Finding::new(LIST, line, RULE, error.message()));
            return;
        }
    };
    for (index, entry) in list.column.iter().enumerate() {
        let line = line_at(text, entry.table.span().start);
        let earlier = list.column[..index].iter().any(|other| entry.names(other.table.get_ref(), &other.column));
        for message in faults(entry, &schema, earlier) {
            findings.push(Finding::new(LIST, line, RULE, message));
        }
    }
    for (table, columns) in &schema.tables {
        for (column, (file, line)) in columns {
            if is_personal(table, column) && !list.column.iter().any(|entry| entry.names(table, column)) {
                let message = format!("`{table}.{column}` looks personal: list it in {LIST} with its erase rule");
                findings.push(Finding::new(file, *line, RULE, message));
            }
        }
    }
}

impl Entry {
    fn names(&self, table: &str, column: &str) -> bool {
        self.table.get_ref() == table && self.column == column
    }
}

fn schema(tree: &Tree) -> Schema {
    let mut schema = Schema::default();
    for (path, text) in tree.with_extension("sql") {
        if tree::crate_of(path).is_some() && path.contains("/migrations/") {
            schema.apply(path, text);
        }
    }
    schema
}

fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

fn faults(entry: &Entry, schema: &Schema, earlier: bool) -> Vec<String> {
    let name = format!("`{}.{}`", entry.table.get_ref(), entry.column);
    let mut faults = Vec::new();
    if earlier {
        faults.push(format!("{name} is listed twice"));
    }
    if !schema.tables.get(entry.table.get_ref()).is_some_and(|columns| columns.contains_key(&entry.column)) {
        faults.push(format!("{name} is in no migration: remove the entry or correct the name"));
    }
    if entry.purpose.trim().is_empty() || entry.retention.trim().is_empty() {
        faults.push(format!("{name} needs a purpose and a retention"));
    }
    let kept = entry.erase.strip_prefix("keep:").is_some_and(|reason| !reason.trim().is_empty());
    if !kept && !matches!(entry.erase.as_str(), "delete" | "null" | "hash") {
        faults.push(format!("{name}: erase is \"delete\", \"null\", \"hash\" or \"keep: reason\""));
    }
    faults
}

/// Words of a column name that mean a person, wherever they stand in it.
const WORDS: &[&str] = &[
    "email",
    "mail",
    "ip",
    "phone",
    "msisdn",
    "password",
    "address",
    "birth",
    "birthday",
    "birthdate",
    "passkey",
    "passkeys",
    "iban",
    "surname",
    "firstname",
    "lastname",
    "nickname",
    "useragent",
];

/// Runs of words that mean a person.
const PHRASES: &[&str] = &[
    "person_name",
    "display_name",
    "full_name",
    "first_name",
    "last_name",
    "given_name",
    "family_name",
    "legal_name",
    "user_name",
    "user_agent",
    "e_mail",
];

/// Words of a table name that make its plain `name` column a person's.
const PEOPLE: &[&str] = &["person", "people", "user", "member", "contact", "guest", "author", "account"];

fn is_personal(table: &str, column: &str) -> bool {
    let column = column.to_ascii_lowercase();
    if column == "name" {
        return table.split('_').any(|word| PEOPLE.contains(&word));
    }
    let bounded = format!("_{column}_");
    column.split('_').any(|word| WORDS.contains(&word))
        || PHRASES.iter().any(|phrase| bounded.contains(&format!("_{phrase}_")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::caught;

    const MIGRATION: (&str, &str) =
        ("crates/accounts/migrations/0001.sql", "CREATE TABLE accounts_person (\n id BIGINT,\n email TEXT\n);");

    fn listed(table: &str, column: &str, erase: &str) -> String {
        format!(
            "[[column]]\ntable = \"{table}\"\ncolumn = \"{column}\"\npurpose = \"sign in\"\nretention = \"account\"\nerase = \"{erase}\"\n"
        )
    }

    fn found(list: &str) -> Vec<String> {
        caught("personal-data", &[MIGRATION, ("personal-data.toml", list)])
    }

    #[test]
    fn an_unlisted_column_is_caught_where_it_was_born() {
        assert_eq!(found(""), ["crates/accounts/migrations/0001.sql:3"]);
        assert_eq!(caught("personal-data", &[MIGRATION]), ["crates/accounts/migrations/0001.sql:3"]);
    }

    #[test]
    fn a_listed_column_passes_with_each_erase_rule() {
        for erase in ["delete", "null", "hash", "keep: the law asks for ten years"] {
            assert!(found(&listed("accounts_person", "email", erase)).is_empty(), "{erase}");
        }
    }

    #[test]
    fn bad_entries_are_caught_on_their_line() {
        let good = listed("accounts_person", "email", "null");
        assert_eq!(found(&listed("accounts_person", "email", "keep:")), ["personal-data.toml:2"]);
        assert_eq!(found(&(good.clone() + &listed("accounts_person", "fax", "null"))), ["personal-data.toml:8"]);
        assert_eq!(found(&(good.clone() + &good)), ["personal-data.toml:8"]);
        assert_eq!(found(&good.replace("sign in", " ")), ["personal-data.toml:2"]);
        assert_eq!(found(&good.replace("erase", "erased")).len(), 1);
    }

    #[test]
    fn names_tell_personal_columns() {
        for column in [
            "email",
            "contact_email_norm",
            "ip",
            "last_ip",
            "user_agent",
            "phone",
            "password_hash",
            "display_name",
            "passkey_id",
            "birth_date",
            "postal_address",
        ] {
            assert!(is_personal("a_b", column), "{column}");
        }
        for column in ["token_hash", "name", "recipient_count", "zip", "shipped", "title", "emailed"] {
            assert!(!is_personal("a_show", column), "{column}");
        }
        assert!(is_personal("accounts_person", "name"));
    }
}
