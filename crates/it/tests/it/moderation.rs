//! The queue of comments, for moderators, through the real front.
