//! Outbox with delivery rows, queue of jobs, dead letters.
