//! Tests of material.
