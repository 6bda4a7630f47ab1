//! Values bound to statements and columns read from rows, the same for both engines.
//! Always bind the column's own type: PostgreSQL refuses another one, SQLite takes it silently.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Postgres, Row as _, Sqlite};

use crate::error::DbError;

/// A parameter of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// BIGINT.
    Int(Option<i64>),
    /// TEXT.
    Text(Option<String>),
    /// BOOLEAN.
    Bool(Option<bool>),
    /// BYTEA.
    Bytes(Option<Vec<u8>>),
}

macro_rules! from_value {
    ($($from:ty => $arm:ident($map:expr)),+ $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$arm($map(value))
            }
        }
    )+};
}

from_value! {
    i64 => Int(Some),
    Option<i64> => Int(std::convert::identity),
    i32 => Int(|v| Some(i64::from(v))),
    u32 => Int(|v| Some(i64::from(v))),
    bool => Bool(Some),
    Option<bool> => Bool(std::convert::identity),
    String => Text(Some),
    &str => Text(|v: &str| Some(v.to_owned())),
    &String => Text(|v: &String| Some(v.clone())),
    Option<String> => Text(std::convert::identity),
    Option<&str> => Text(|v: Option<&str>| v.map(str::to_owned)),
    Vec<u8> => Bytes(Some),
    &[u8] => Bytes(|v: &[u8]| Some(v.to_vec())),
    Option<Vec<u8>> => Bytes(std::convert::identity),
    kernel::At => Int(|v: kernel::At| Some(v.micros())),
    Option<kernel::At> => Int(|v: Option<kernel::At>| v.map(kernel::At::micros)),
    kernel::OrgId => Int(|v: kernel::OrgId| Some(v.0)),
    kernel::PersonId => Int(|v: kernel::PersonId| Some(v.0)),
    Option<kernel::PersonId> => Int(|v: Option<kernel::PersonId>| v.map(|p| p.0)),
}

/// Parameters of a statement: `args![id, title]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { ::std::vec![$($crate::Value::from($value)),*] };
}

/// A row of either engine.
pub enum Row {
    /// From SQLite.
    Lite(SqliteRow),
    /// From PostgreSQL.
    Pg(PgRow),
}

/// A type a column can be read as.
pub trait FromCol: Sized {
    /// Reads column `index`.
    ///
    /// # Errors
    /// When the column has another type, or is NULL and the type is not an `Option`.
    fn from_col(row: &Row, index: usize) -> Result<Self, DbError>;
}

macro_rules! native_col {
    ($($ty:ty),+) => {$(
        impl FromCol for $ty {
            fn from_col(row: &Row, index: usize) -> Result<Self, DbError> {
                match row {
                    Row::Lite(r) => r.try_get::<$ty, _>(index),
                    Row::Pg(r) => r.try_get::<$ty, _>(index),
                }
                .map_err(DbError::from)
            }
        }
    )+};
}

native_col!(i64, Option<i64>, String, Option<String>, bool, Option<bool>, Vec<u8>, Option<Vec<u8>>);

impl FromCol for kernel::At {
    fn from_col(row: &Row, index: usize) -> Result<Self, DbError> {
        i64::from_col(row, index).map(kernel::At::from_micros)
    }
}

impl FromCol for Option<kernel::At> {
    fn from_col(row: &Row, index: usize) -> Result<Self, DbError> {
        Ok(Option::<i64>::from_col(row, index)?.map(kernel::At::from_micros))
    }
}

impl Row {
    /// Reads column `index`, counted from zero.
    ///
    /// # Errors
    /// See [`FromCol::from_col`].
    pub fn get<T: FromCol>(&self, index: usize) -> Result<T, DbError> {
        T::from_col(self, index)
    }

    /// Reads the columns one after the other, in the order of the SELECT.
    #[must_use]
    pub const fn cols(&self) -> Cols<'_> {
        Cols { row: self, next: 0 }
    }
}

/// Reads a row's columns from left to right.
pub struct Cols<'r> {
    row: &'r Row,
    next: usize,
}

impl Cols<'_> {
    /// The next column.
    ///
    /// # Errors
    /// See [`FromCol::from_col`].
    pub fn take<T: FromCol>(&mut self) -> Result<T, DbError> {
        let index = self.next;
        self.next += 1;
        T::from_col(self.row, index)
    }
}

type LiteQuery<'q> = sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments>;
type PgQuery<'q> = sqlx::query::Query<'q, Postgres, sqlx::postgres::PgArguments>;

/// Binds values for SQLite.
pub(crate) fn bind_lite<'q>(mut query: LiteQuery<'q>, args: Vec<Value>) -> LiteQuery<'q> {
    for arg in args {
        query = match arg {
            Value::Int(v) => query.bind(v),
            Value::Text(v) => query.bind(v),
            Value::Bool(v) => query.bind(v),
            Value::Bytes(v) => query.bind(v),
        };
    }
    query
}

/// Binds values for PostgreSQL.
pub(crate) fn bind_pg<'q>(mut query: PgQuery<'q>, args: Vec<Value>) -> PgQuery<'q> {
    for arg in args {
        query = match arg {
            Value::Int(v) => query.bind(v),
            Value::Text(v) => query.bind(v),
            Value::Bool(v) => query.bind(v),
            Value::Bytes(v) => query.bind(v),
        };
    }
    query
}
