//! Files by content: put bytes in, get a name (their SHA-256) out. On a local folder or an S3 bucket,
//! with the same behaviour. Also the HTTP range handler over them, and what may be
//! decoded as a picture. It knows nobody's permission: what may
//! be seen is decided before a blob is asked for.

pub mod picture;
mod range;
mod store;

pub use range::{Conditions, Plan, Served, plan, serve};
pub use store::{BlobError, BlobName, BlobStore, S3Config, name_file};
