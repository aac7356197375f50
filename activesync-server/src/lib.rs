#![doc = include_str!("../README.md")]

pub mod admin;
pub mod backend;
#[cfg(feature = "cli")]
pub mod cli;
mod commands;
mod deliver;
mod http;
pub mod push;
pub mod store;
pub mod sync;

pub use commands::Policy;
pub use deliver::{Relay, RelayError};
pub use http::{ActiveSync, ActiveSyncBuilder, Listener, PATH, TlsError, tls_config};
