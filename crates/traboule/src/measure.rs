//! What `bench` measures: pages against a floor that answers the same bytes with no work, and an import. Everything
//! runs in a temporary folder that is removed.

use bench::Report;
use db::Failure;

/// `bench pages`.
///
/// # Errors
/// When the demo cannot be built.
pub async fn pages() -> Result<Report, Failure> {
    Err(Failure::Broken("not measured yet".to_owned()))
}

/// `bench import`.
///
/// # Errors
/// When the database fails.
pub async fn import() -> Result<Report, Failure> {
    Err(Failure::Broken("not measured yet".to_owned()))
}
