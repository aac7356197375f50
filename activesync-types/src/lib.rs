#![doc = include_str!("../README.md")]

pub mod airsyncbase;
#[cfg(feature = "arbitrary")]
mod arbitrary_support;
pub mod calendar;
mod class;
mod command;
pub mod compose_mail;
pub mod contacts;
#[cfg(any(feature = "icalendar", feature = "mail", feature = "vcard"))]
pub mod convert;
pub mod date_time;
pub mod document_library;
pub mod email;
pub mod enumerations;
pub mod folder_hierarchy;
pub mod gal;
pub mod get_item_estimate;
pub mod global_obj_id;
pub mod http;
mod ids;
pub mod item_operations;
pub mod move_items;
pub mod notes;
mod password;
pub mod ping;
pub mod provision;
pub mod recurrence;
pub mod rights_management;
pub mod settings;
pub mod status;
pub mod sync;
mod tag_list;
pub mod tasks;
pub mod time_zone;

pub use class::Class;
pub use command::{
    COMMANDS, Command, CommandInfo, FolderCreate, FolderDelete, FolderSync, FolderUpdate, GetHierarchy,
    GetItemEstimate, ItemOperations, MoveItems, NoBody, Ping, Provision, SendMail, Sync,
};
pub use ids::{
    ClientId, CollectionId, FileReference, LegacySyncKey, LongId, NotALegacySyncKey, PolicyKey, ReplicaId,
    ServerId, SyncKey,
};
pub use password::Password;
pub use tag_list::TagList;
