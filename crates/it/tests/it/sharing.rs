//! Sharing: quotes, frames, through the real front.
