//! Synchronization: keys, state, changes, conflicts, windows. Knows neither HTTP nor SQL.
//!
//! # Keys and answers
//!
//! For each device and folder there is a series of keys. The state of a series is a *base*: what the client
//! is known to have, under the key that says so. An answer is an overlay on the base under a new key; whether it
//! arrived is known only when the client comes back with that key. Then the overlay becomes part of the base and
//! every other answer is forgotten. When the client comes back with the key of the base instead, the answer was lost,
//! and another one is made from the base; the keys of the last few answers stay good, whichever the client got.
//! Any other key is refused.
//!
//! What the client *sent* with a lost answer has been done and stays done. Sent again, it is known again: an
//! addition by its `ClientId`, any other command by the item and a digest of the content.
//!
//! # What the client has
//!
//! The *has-set* holds, for each item on the client, the revision that it has. A change in the folder compares with
//! it: unknown items are added, newer ones changed, vanished ones deleted, aged ones soft-deleted; what the client
//! itself did has its revision in the set, so it is not echoed. The cost of a Sync is that of the changes.
//!
//! All of it lives in the state table of the [`Mailbox`](crate::backend::Mailbox), in the same unit of work as the items.

pub use collection::{Synced, sync_collection};
pub use estimate::{estimate, is_pending};
pub use hierarchy::{
    create_folder, delete_folder, folder_hierarchy, folder_sync, is_hierarchy_pending, mail_folders,
    update_folder,
};
pub use ids::{FileId, collection_id, file_reference, find_folder, find_item, server_id};
pub use moves::move_item;
pub use notes::{store_contact, store_event};
pub use render::{Unsendable, application_data};
pub use series::forget_device;

use activesync_types::Class;
use jiff::Timestamp;
use wbxml::ProtocolVersion;

use crate::backend::ContentKind;

mod apply;
mod collection;
mod estimate;
mod event;
mod filter;
mod hierarchy;
mod ids;
mod merge;
mod moves;
mod notes;
mod render;
mod scan;
mod series;
mod state;
#[cfg(test)]
mod tests;
pub(crate) mod text;
pub(crate) mod valid;

/// Who synchronizes, and how.
#[derive(Clone, Debug)]
pub struct Session<'s> {
    /// The device's identifier, unique among those of the user.
    pub device: &'s str,
    /// The protocol version of the request.
    pub version: ProtocolVersion,
    /// What the clock says.
    pub now: Timestamp,
    /// What the device needs done differently.
    pub quirks: Quirks,
}

impl<'s> Session<'s> {
    /// A device without quirks, now.
    pub fn new(device: &'s str, version: ProtocolVersion) -> Self {
        Self { device, version, now: Timestamp::now(), quirks: Quirks::default() }
    }
}

/// What some devices need done differently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// An item that the device itself moved comes to the new folder as a `Change`: Outlook 2013 and later shows it
    /// twice after an `Add`.
    pub moved_items_are_changes: bool,
}

impl Quirks {
    /// What devices of a `DeviceType` need.
    pub fn of_device_type(device_type: &str) -> Self {
        Self { moved_items_are_changes: device_type.to_ascii_lowercase().starts_with("windowsoutlook") }
    }
}

/// How much fits into what is left of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Changes; `WindowSize` of the whole request (`[MS-ASCMD]` 2.2.3.199).
    pub items: usize,
    /// Bytes of application data. The first change of an answer goes out however large it is.
    pub bytes: usize,
}

impl Default for Budget {
    /// As many changes as the specification allows at most, and 4 MiB.
    fn default() -> Self {
        Self { items: 512, bytes: 4 << 20 }
    }
}

/// What a class of the protocol holds here; `None` if it cannot be synchronized.
fn kind_of(class: &Class<'_>) -> Option<ContentKind> {
    match class {
        Class::Email => Some(ContentKind::Email),
        Class::Contacts => Some(ContentKind::Contact),
        Class::Calendar => Some(ContentKind::Event),
        _ => None,
    }
}
