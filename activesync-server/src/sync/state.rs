//! The bytes of the state table: a format byte and then `postcard`, which is stable.
//!
//! A new shape gets a new format byte, and the old one stays readable.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::backend::{BackendError, Result};

/// The first byte of all values that this program writes.
const FORMAT: u8 = 1;

pub(super) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    postcard::to_extend(value, vec![FORMAT]).map_err(|error| BackendError::Other(Box::new(error)))
}

pub(super) fn decode<T: DeserializeOwned>(stored: &[u8]) -> Result<T> {
    match stored.split_first() {
        Some((&FORMAT, bytes)) => postcard::from_bytes(bytes)
            .map_err(|error| BackendError::Corrupt(format!("the state of synchronization: {error}"))),
        _ => Err(BackendError::Corrupt("the state of synchronization has an unknown format".to_owned())),
    }
}
