#![doc = include_str!("../README.md")]

mod builder;
mod certificates;
mod client;
mod error;
mod estimate;
mod folders;
mod heartbeat;
mod mail;
#[cfg(feature = "mirror")]
pub mod mirror;
mod negotiate;
mod private;
mod records;
mod request;
pub mod state;
mod sync;
mod transport;
mod upload;
mod watch;
mod wire;

pub use activesync_types as types;
pub use builder::ClientBuilder;
pub use certificates::CertificateFault;
pub use client::{Answer, Client};
pub use error::{Error, HttpStatus, Result};
pub use estimate::Estimate;
pub use folders::{Folder, Folders};
pub use mail::{AttachmentContent, Moved};
pub use state::{MemoryState, SqliteState, StateError, StateStore};
pub use sync::{Change, Changes, Item, SyncFolder, Window, Windows};
pub use upload::{LocalChange, LocalItem, Outcome, Uploaded};
pub use wbxml::ProtocolVersion;
pub use wire::{Exchange, Traffic, WireStatistics};
