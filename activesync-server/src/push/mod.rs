//! Telling those who wait that something changed.

pub use hub::{ChangeHub, Changed, Subscription, Watched};

mod hub;
pub(crate) mod ping;
