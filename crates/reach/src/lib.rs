//! The one gate of reach: measures from the log, standing of subjects.
