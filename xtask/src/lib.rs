//! The project's own tools: `tidy` keeps the rules of the house, `suite` runs every test.
//!
//! A library beside the binary so that the rules are tested like any other code. It never reaches the shipped
//! program, and nothing here may know more about the product than its folders, its names and its manifests.

pub mod floors;
pub mod lexer;
pub mod out;
pub mod paths;
pub mod sql;
pub mod suite;
#[cfg(test)]
pub(crate) mod testing;
pub mod tidy;
pub mod tree;
