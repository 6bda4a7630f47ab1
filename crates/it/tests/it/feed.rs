//! Through the real front: the home feed, explore, tags and what decides the order.
