//! Statuses: what they mean, and what to do next.
//!
//! A type for each command holds its own numbers; from 14.0 on, those from 101 on are the same for all
//! commands ([`CommonStatus`], `[MS-ASCMD]` 2.2.2). Numbers that nobody documented survive a round trip.
//!
//! ```
//! use activesync_types::status::{CommonStatus, StatusAction, SyncStatus};
//!
//! let status = SyncStatus::from_code(3);
//! assert_eq!(status, SyncStatus::InvalidSyncKey);
//! assert_eq!(status.action(), StatusAction::Resync);
//!
//! let status = SyncStatus::from_code(142);
//! assert_eq!(status, SyncStatus::Common(CommonStatus::DeviceNotProvisioned));
//! assert_eq!(status.action(), StatusAction::Provision);
//! assert_eq!(CommonStatus::DeviceNotProvisioned.http_status(), Some(449), "before 14.0");
//! ```

use std::fmt;

pub use commands::{
    DeviceInformationStatus, FolderCreateStatus, FolderDeleteStatus, FolderSyncStatus, FolderUpdateStatus,
    GetItemEstimateStatus, ItemOperationsStatus, MoveItemsStatus, PingStatus, PolicyAcknowledgement,
    PolicyStatus, ProvisionStatus, RemoteWipeStatus, SendMailStatus, SyncStatus,
};
pub use common::CommonStatus;

#[macro_use]
mod macros;
mod commands;
mod common;

/// All that is known of a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct StatusInfo {
    /// The number.
    pub code: u16,
    /// What it says, in a sentence.
    pub meaning: &'static str,
    /// What it speaks of.
    pub scope: StatusScope,
    /// What to do next.
    pub action: StatusAction,
}

impl fmt::Display for StatusInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (status {})", self.meaning, self.code)?;
        match self.action.advice() {
            Some(advice) => write!(f, ": {advice}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for StatusInfo {}

/// What a status speaks of (`[MS-ASCMD]` 2.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatusScope {
    /// The whole request.
    Global,
    /// One item or collection of the request.
    Item,
    /// One policy.
    Policy,
    /// The whole request or one item, by where it stands.
    Any,
}

/// What a client does after a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatusAction {
    /// Go on: it worked.
    Continue,
    /// Synchronize: the folders that an answer to Ping names, or the collection itself once more.
    Sync,
    /// Send the same again after a while; back off when it fails again.
    Retry,
    /// Send it again with everything in it: the server lost what it had kept.
    ResendFull,
    /// Send it again within the limit that the answer gives.
    ObserveLimit,
    /// Synchronize the collection from key 0.
    Resync,
    /// Synchronize the folder hierarchy, then repeat.
    FolderSync,
    /// Synchronize the folder hierarchy from key 0, then repeat.
    FolderResync,
    /// Provision, then repeat.
    Provision,
    /// Start from the server's options: choose another protocol version.
    ChangeVersion,
    /// Drop the item, or the client's version of it: repeating will not help.
    DropItem,
    /// Ask the user for credentials.
    AskCredentials,
    /// Correct the request: it breaks the rules.
    FixRequest,
    /// Tell the user, who alone can do something about it, or an administrator.
    TellUser,
}

impl StatusAction {
    /// What to do, in words; `None` when there is nothing to do.
    pub const fn advice(self) -> Option<&'static str> {
        Some(match self {
            Self::Continue => return None,
            Self::Sync => "call `Sync` for the folders in question",
            Self::Retry => "repeat the request after a while",
            Self::ResendFull => "repeat the request with everything in it",
            Self::ObserveLimit => "repeat the request within the limit that the answer gives",
            Self::Resync => "synchronize the collection again from key 0",
            Self::FolderSync => "call `FolderSync` and repeat",
            Self::FolderResync => "call `FolderSync` with key 0 and repeat",
            Self::Provision => "call `Provision` and repeat",
            Self::ChangeVersion => "choose another protocol version from those that the server offers",
            Self::DropItem => "do not send the item again",
            Self::AskCredentials => "ask the user for credentials and repeat",
            Self::FixRequest => "correct the request before sending it again",
            Self::TellUser => "tell the user",
        })
    }
}
