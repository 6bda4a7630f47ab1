//! Files on a local folder or S3, and the HTTP range handler over them.
