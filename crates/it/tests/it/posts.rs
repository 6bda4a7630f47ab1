//! Through the real front: posts: writing, reading, history, links.
