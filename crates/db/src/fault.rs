//! Injected stops: the n-th write statement (or the commit after it) fails as if the process had died.
//! Crash tests use it to show that a stop between any two statements leaves nothing half done.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::error::DbError;

/// When to stop. The usual plan is never.
#[derive(Clone, Debug)]
pub struct FaultPlan(Option<Arc<AtomicI64>>);

impl FaultPlan {
    /// Never stops.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    /// A plan that can be armed with [`FaultPlan::stop_after`]; unarmed it never stops.
    #[must_use]
    pub fn armable() -> Self {
        Self(Some(Arc::new(AtomicI64::new(i64::MAX))))
    }

    /// Lets `statements` further write statements succeed, then fails every one until re-armed.
    pub fn stop_after(&self, statements: i64) {
        if let Some(left) = &self.0 {
            left.store(statements, Ordering::SeqCst);
        }
    }

    /// Never stop from now on.
    pub fn disarm(&self) {
        self.stop_after(i64::MAX);
    }

    pub(crate) fn step(&self) -> Result<(), DbError> {
        let Some(left) = &self.0 else { return Ok(()) };
        if left.load(Ordering::SeqCst) == i64::MAX {
            return Ok(());
        }
        if left.fetch_sub(1, Ordering::SeqCst) > 0 {
            return Ok(());
        }
        Err(DbError::Setup("stopped by the fault plan".to_owned()))
    }
}
