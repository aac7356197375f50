//! What shows the crates of this repository at work: the [guided tour](tour).
//!
//! The package is never published. Its other parts are the tests that cross crates and the benches.

// The examples of the front page are tests.
#![cfg_attr(doctest, doc = include_str!("../README.md"))]

pub mod tour;
