//! Search and the map for crawlers, through the real front.
