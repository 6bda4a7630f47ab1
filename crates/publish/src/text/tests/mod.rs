//! Tests of the rich text functions that need more than one module.

mod attacks;
mod checker;
mod examples;
mod props;
