//! The one integration binary: the real router on both engines, a browser, crashes.
