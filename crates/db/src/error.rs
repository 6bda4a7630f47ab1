//! What can go wrong with a database, sorted by what the caller can do about it.

use kernel::{Kind, Refusal};

/// An error of the database.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Two transactions collided (PostgreSQL 40001, 40P01): running again may succeed.
    #[error("the transaction collided with another one")]
    Collision(#[source] sqlx::Error),
    /// A unique, foreign-key, check or trigger rule of the schema said no. The text names it.
    #[error("a rule of the database refused the change: {0}")]
    Constraint(String),
    /// COMMIT was sent and no answer came: the change may or may not be there.
    #[error("the outcome of the commit is unknown; repeat with the same key")]
    UnknownOutcome(#[source] sqlx::Error),
    /// Anything else: the disk, the network, a statement that does not parse.
    #[error(transparent)]
    Other(sqlx::Error),
    /// A file or folder of the database could not be used.
    #[error("{0}")]
    Setup(String),
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        let Some(db) = error.as_database_error() else { return Self::Other(error) };
        let code = db.code().unwrap_or_default();
        if matches!(code.as_ref(), "40001" | "40P01") {
            return Self::Collision(error);
        }
        // SQLite: 19 with its extended codes (low byte). PostgreSQL: class 23, and P0001 from our triggers.
        let lite_constraint = code.parse::<i64>().is_ok_and(|c| code.len() < 5 && c & 0xff == 19);
        if lite_constraint || (code.len() == 5 && (code.starts_with("23") || code == "P0001")) {
            return Self::Constraint(db.message().to_owned());
        }
        Self::Other(error)
    }
}

/// Why a use case did not do what was asked: a decision, or an accident.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The rules said no. Nothing was written.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// The database failed. Nothing was written, except after [`DbError::UnknownOutcome`].
    #[error(transparent)]
    Db(#[from] DbError),
    /// Something else this process relies on failed: a file, a helper task, a stored value that does not read.
    #[error("{0}")]
    Broken(String),
}

impl Failure {
    /// An accident of something else than the database, by what it says of itself.
    #[must_use]
    pub fn broken(error: impl std::fmt::Display) -> Self {
        Self::Broken(error.to_string())
    }

    /// The refusal a visitor is shown: the decision itself, or "not available now" for an accident.
    #[must_use]
    pub fn as_refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal.clone(),
            Self::Db(DbError::UnknownOutcome(_)) => Refusal::new(Kind::Unavailable, "repeat-with-same-key"),
            Self::Db(_) | Self::Broken(_) => Refusal::new(Kind::Unavailable, "not-available"),
        }
    }

    /// Whether running the same transaction again may succeed.
    #[must_use]
    pub const fn is_collision(&self) -> bool {
        matches!(self, Self::Db(DbError::Collision(_)))
    }

    /// Whether a rule of the schema refused.
    #[must_use]
    pub const fn is_constraint(&self) -> bool {
        matches!(self, Self::Db(DbError::Constraint(_)))
    }
}
