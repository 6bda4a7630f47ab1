//! The lock on a data folder: one process works in it at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::DbError;

/// A held lock; dropping it, or the end of the process however it comes, frees the folder.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the lock of `folder`, which must exist.
    ///
    /// # Errors
    /// When another process holds it, or the folder cannot be written.
    pub fn take(folder: &Path) -> Result<Self, DbError> {
        let path = folder.join("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|e| DbError::Setup(format!("{}: {e}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                Err(DbError::Setup(format!("{} is in use by another Traboule process", folder.display())))
            }
            Err(TryLockError::Error(e)) => Err(DbError::Setup(format!("{}: {e}", path.display()))),
        }
    }
}
