//! The table of crates: which floor each stands on, and the few exceptions.
//!
//! This is the one file to edit when a crate is born or an arrow is granted. It holds data only: the checking is
//! done in `tidy`. An exception is a decision, so each one says why.

/// Where a crate stands, and so what it may depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A floor of the house, 0 at the bottom. Arrows go to a strictly lower floor.
    Floor(u8),
    /// A library which only the command line reaches. It may use floors 0 to 3.
    Library,
    /// Tests and tools. Never a normal dependency of anything that ships.
    Tool,
}

/// Every crate that may exist, with its place.
pub const PLACES: &[(&str, Place)] = &[
    ("kernel", Place::Floor(0)),
    ("db", Place::Floor(1)),
    ("jobs", Place::Floor(1)),
    ("blobs", Place::Floor(1)),
    ("accounts", Place::Floor(2)),
    ("audience", Place::Floor(2)),
    ("ledger", Place::Floor(2)),
    ("tlog", Place::Floor(2)),
    ("reach", Place::Floor(2)),
    ("pay", Place::Floor(2)),
    ("meta", Place::Floor(2)),
    ("chain", Place::Floor(2)),
    ("ui", Place::Floor(2)),
    ("publish", Place::Floor(3)),
    ("community", Place::Floor(3)),
    ("moments", Place::Floor(3)),
    ("integrity", Place::Floor(3)),
    ("boost", Place::Floor(3)),
    ("inbox", Place::Floor(3)),
    ("traboule", Place::Floor(4)),
    ("sim", Place::Library),
    ("bench", Place::Library),
    ("stand-ins", Place::Library),
    ("testkit", Place::Tool),
    ("it", Place::Tool),
    ("xtask", Place::Tool),
];

/// Sideways arrows that are allowed all the same: (from, to, why).
pub const SIDEWAYS: &[(&str, &str, &str)] = &[("jobs", "db", "a job is enqueued in the caller's transaction")];

/// Outside crates that only one of ours may name, tests included: (outside crate, owner).
pub const OWNED: &[(&str, &str)] = &[("sqlx", "db"), ("object_store", "blobs")];

/// The floor on which the slices stand.
pub const SLICE_FLOOR: u8 = 3;

/// Crates whose sources may hold SQL outside a `store` module.
pub const SQL_ANYWHERE: &[&str] = &["db", "jobs", "it"];

/// Crates that may hold no SQL at all, not even in a module called `store`.
pub const SQL_NOWHERE: &[&str] = &["traboule", "testkit"];

/// Crates where money is counted, so that no floating-point type may appear in them.
pub const INTEGER_ONLY: &[&str] = &["ledger", "pay"];

/// The place of a crate by package name, or `None` for a crate the table does not know.
pub fn place(name: &str) -> Option<Place> {
    PLACES.iter().find(|(known, _)| *known == name).map(|(_, place)| *place)
}

/// Whether a crate is one of the slices.
pub fn is_slice(name: &str) -> bool {
    place(name) == Some(Place::Floor(SLICE_FLOOR))
}

/// What every table of a crate starts with: its name and an underscore, dashes made underscores.
pub fn table_prefix(name: &str) -> String {
    format!("{}_", name.replace('-', "_"))
}

/// The crate that owns a table by its prefix, or `None` when no known crate does. The longest prefix wins.
pub fn table_owner(table: &str) -> Option<&'static str> {
    PLACES
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| table.starts_with(&table_prefix(name)))
        .max_by_key(|name| name.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_belongs_to_the_crate_of_its_prefix() {
        assert_eq!(table_owner("moments_drop"), Some("moments"));
        assert_eq!(table_owner("stand_ins_call"), Some("stand-ins"));
        assert_eq!(table_owner("momentsdrop"), None);
        assert_eq!(table_owner("sqlite_master"), None);
    }

    #[test]
    fn no_crate_is_listed_twice() {
        for (index, (name, _)) in PLACES.iter().enumerate() {
            assert!(PLACES[index + 1..].iter().all(|(other, _)| other != name), "{name} is listed twice");
        }
    }
}
