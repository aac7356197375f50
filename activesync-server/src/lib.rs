#![doc = include_str!("../README.md")]

pub mod backend;
pub mod push;
pub mod store;
pub mod sync;
