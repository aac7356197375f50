//! prost: the typed values as Protocol Buffers.

use prost::Message as _;

use crate::values::OwnedSync;

/// Into a buffer that has been used before.
pub(crate) fn encode(value: &OwnedSync, buffer: &mut Vec<u8>) {
    value.encode(buffer).expect("memory takes everything");
}

/// Owned strings are all that prost has.
pub(crate) fn owned(encoded: &[u8]) -> OwnedSync {
    OwnedSync::decode(encoded).expect("prost's own encoding")
}
