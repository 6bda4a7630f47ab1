//! The reader of WordPress exports, by small exports of our own.
