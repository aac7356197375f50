//! The contacts of a Sync answer as values: the same fields for every contender, and no others.

#![allow(dead_code, reason = "each bench uses a part of it")]
#![allow(clippy::struct_field_names, reason = "names are those of the specification")]

mod borrowed;
mod owned;
mod plain;

pub(crate) use borrowed::BorrowedSync;
pub(crate) use owned::OwnedSync;
pub(crate) use plain::PlainSync;
