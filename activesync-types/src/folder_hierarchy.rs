//! The folders of a mailbox: FolderSync, FolderCreate, FolderDelete, FolderUpdate and GetHierarchy.
//!
//! ```
//! use activesync_types::folder_hierarchy::{FolderSyncResponse, FolderType};
//! # use activesync_types::{ServerId, SyncKey};
//! # use activesync_types::folder_hierarchy::{Changes, Folder};
//! # let folder = Folder::new("1", ServerId::ROOT, "Inbox", FolderType::Inbox);
//! # let body = wbxml::to_vec(&FolderSyncResponse::new("1", Changes::new(vec![], vec![], vec![folder])))?;
//! let answer: FolderSyncResponse = wbxml::from_slice(&body)?;
//! let changes = answer.changes.unwrap_or_default();
//! let inbox = changes.adds.iter().find(|folder| folder.folder_type == FolderType::Inbox);
//! assert_eq!(inbox.unwrap().display_name, "Inbox");
//! # Ok::<(), wbxml::Error>(())
//! ```

use std::borrow::Cow;

use wbxml::codepages::folderhierarchy;
use wbxml::{Decode, Encode, IntoOwned};

use crate::status::{FolderCreateStatus, FolderDeleteStatus, FolderSyncStatus, FolderUpdateStatus};
use crate::{Class, ServerId, SyncKey};

/// Asks what changed in the folder hierarchy since a state (`[MS-ASCMD]` 2.2.3.76).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = folderhierarchy, tag = FolderSync)]
pub struct FolderSyncRequest<'a> {
    /// The key of the state that the client has. `[MS-ASCMD]` 2.2.3.181.2.
    #[wbxml(SyncKey)]
    pub sync_key: SyncKey<'a>,
}

impl<'a> FolderSyncRequest<'a> {
    /// The changes since the state of the key.
    pub fn new(sync_key: impl Into<SyncKey<'a>>) -> Self {
        Self { sync_key: sync_key.into() }
    }
}

/// What changed in the folder hierarchy (`[MS-ASCMD]` 2.2.3.76).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = folderhierarchy, tag = FolderSync)]
pub struct FolderSyncResponse<'a> {
    /// Whether it worked. `[MS-ASCMD]` 2.2.3.177.5.
    #[wbxml(Status)]
    pub status: FolderSyncStatus,
    /// The key to send next time, if it worked. `[MS-ASCMD]` 2.2.3.181.2.
    #[wbxml(SyncKey)]
    pub sync_key: Option<SyncKey<'a>>,
    /// The changes, if it worked. `[MS-ASCMD]` 2.2.3.25.
    #[wbxml(Changes)]
    pub changes: Option<Changes<'a>>,
}

impl<'a> FolderSyncResponse<'a> {
    /// It worked.
    pub fn new(sync_key: impl Into<SyncKey<'a>>, changes: Changes<'a>) -> Self {
        Self { status: FolderSyncStatus::Success, sync_key: Some(sync_key.into()), changes: Some(changes) }
    }

    /// It did not work.
    pub fn failed(status: FolderSyncStatus) -> Self {
        Self { status, sync_key: None, changes: None }
    }
}

/// Changes to the folder hierarchy (`[MS-ASCMD]` 2.2.3.25).
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = folderhierarchy, tag = Changes)]
pub struct Changes<'a> {
    /// How many changes there are. `[MS-ASCMD]` 2.2.3.37.
    #[wbxml(Count)]
    pub count: Option<u32>,
    /// Folders that were renamed or moved. `[MS-ASCMD]` 2.2.3.187.
    #[wbxml(Update)]
    pub updates: Vec<Folder<'a>>,
    /// Folders that are gone. `[MS-ASCMD]` 2.2.3.42.1.
    #[wbxml(Delete)]
    pub deletes: Vec<DeletedFolder<'a>>,
    /// Folders that are new. `[MS-ASCMD]` 2.2.3.7.1.
    #[wbxml(Add)]
    pub adds: Vec<Folder<'a>>,
}

impl<'a> Changes<'a> {
    /// The changes, counted.
    pub fn new(updates: Vec<Folder<'a>>, deletes: Vec<DeletedFolder<'a>>, adds: Vec<Folder<'a>>) -> Self {
        let count = u32::try_from(updates.len() + deletes.len() + adds.len()).ok();
        Self { count, updates, deletes, adds }
    }
}

/// A folder, as FolderSync tells of it (`[MS-ASCMD]` 2.2.3.7.1 and 2.2.3.187).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = folderhierarchy)]
pub struct Folder<'a> {
    /// Its identifier. `[MS-ASCMD]` 2.2.3.166.4.
    #[wbxml(ServerId)]
    pub server_id: ServerId<'a>,
    /// The folder that it is in; [`ServerId::ROOT`] for none. `[MS-ASCMD]` 2.2.3.129.2.
    #[wbxml(ParentId)]
    pub parent_id: ServerId<'a>,
    /// Its name, unique within the parent. `[MS-ASCMD]` 2.2.3.49.4.
    #[wbxml(DisplayName)]
    pub display_name: Cow<'a, str>,
    /// What it is for. `[MS-ASCMD]` 2.2.3.186.3.
    #[wbxml(Type)]
    pub folder_type: FolderType,
}

impl<'a> Folder<'a> {
    /// A folder.
    pub fn new(
        server_id: impl Into<ServerId<'a>>,
        parent_id: impl Into<ServerId<'a>>,
        display_name: impl Into<Cow<'a, str>>,
        folder_type: FolderType,
    ) -> Self {
        Self {
            server_id: server_id.into(),
            parent_id: parent_id.into(),
            display_name: display_name.into(),
            folder_type,
        }
    }
}

/// A folder that is gone (`[MS-ASCMD]` 2.2.3.42.1).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = folderhierarchy)]
pub struct DeletedFolder<'a> {
    /// Its identifier. `[MS-ASCMD]` 2.2.3.166.4.
    #[wbxml(ServerId)]
    pub server_id: ServerId<'a>,
}

/// Makes a folder (`[MS-ASCMD]` 2.2.3.72).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = folderhierarchy, tag = FolderCreate)]
pub struct FolderCreateRequest<'a> {
    /// The key of the hierarchy that the client has. `[MS-ASCMD]` 2.2.3.181.1.
    #[wbxml(SyncKey)]
    pub sync_key: SyncKey<'a>,
    /// The folder to make it in; [`ServerId::ROOT`] for none. `[MS-ASCMD]` 2.2.3.129.1.
    #[wbxml(ParentId)]
    pub parent_id: ServerId<'a>,
    /// Its name: 1 to 256 characters. `[MS-ASCMD]` 2.2.3.49.3.
    #[wbxml(DisplayName)]
    pub display_name: Cow<'a, str>,
    /// One of the user's types: [`FolderType::is_user_created`]. `[MS-ASCMD]` 2.2.3.186.2.
    #[wbxml(Type)]
    pub folder_type: FolderType,
}

/// Whether the folder was made (`[MS-ASCMD]` 2.2.3.72).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = folderhierarchy, tag = FolderCreate)]
pub struct FolderCreateResponse<'a> {
    /// Whether it worked. `[MS-ASCMD]` 2.2.3.177.3.
    #[wbxml(Status)]
    pub status: FolderCreateStatus,
    /// The key to send next time, if it worked. `[MS-ASCMD]` 2.2.3.181.1.
    #[wbxml(SyncKey)]
    pub sync_key: Option<SyncKey<'a>>,
    /// The identifier of the new folder, if it worked. `[MS-ASCMD]` 2.2.3.166.2.
    #[wbxml(ServerId)]
    pub server_id: Option<ServerId<'a>>,
}

impl<'a> FolderCreateResponse<'a> {
    /// It worked.
    pub fn new(sync_key: impl Into<SyncKey<'a>>, server_id: impl Into<ServerId<'a>>) -> Self {
        Self {
            status: FolderCreateStatus::Success,
            sync_key: Some(sync_key.into()),
            server_id: Some(server_id.into()),
        }
    }

    /// It did not work.
    pub fn failed(status: FolderCreateStatus) -> Self {
        Self { status, sync_key: None, server_id: None }
    }
}

/// Deletes a folder and what is in it (`[MS-ASCMD]` 2.2.3.73).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = folderhierarchy, tag = FolderDelete)]
pub struct FolderDeleteRequest<'a> {
    /// The key of the hierarchy that the client has. `[MS-ASCMD]` 2.2.3.181.1.
    #[wbxml(SyncKey)]
    pub sync_key: SyncKey<'a>,
    /// Which folder. `[MS-ASCMD]` 2.2.3.166.3.
    #[wbxml(ServerId)]
    pub server_id: ServerId<'a>,
}

/// Whether the folder was deleted (`[MS-ASCMD]` 2.2.3.73).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = folderhierarchy, tag = FolderDelete)]
pub struct FolderDeleteResponse<'a> {
    /// Whether it worked. `[MS-ASCMD]` 2.2.3.177.4.
    #[wbxml(Status)]
    pub status: FolderDeleteStatus,
    /// The key to send next time, if it worked. `[MS-ASCMD]` 2.2.3.181.1.
    #[wbxml(SyncKey)]
    pub sync_key: Option<SyncKey<'a>>,
}

impl<'a> FolderDeleteResponse<'a> {
    /// It worked.
    pub fn new(sync_key: impl Into<SyncKey<'a>>) -> Self {
        Self { status: FolderDeleteStatus::Success, sync_key: Some(sync_key.into()) }
    }

    /// It did not work.
    pub fn failed(status: FolderDeleteStatus) -> Self {
        Self { status, sync_key: None }
    }
}

/// Renames a folder, moves it, or both (`[MS-ASCMD]` 2.2.3.77).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = folderhierarchy, tag = FolderUpdate)]
pub struct FolderUpdateRequest<'a> {
    /// The key of the hierarchy that the client has. `[MS-ASCMD]` 2.2.3.181.1.
    #[wbxml(SyncKey)]
    pub sync_key: SyncKey<'a>,
    /// Which folder. `[MS-ASCMD]` 2.2.3.166.5.
    #[wbxml(ServerId)]
    pub server_id: ServerId<'a>,
    /// The folder that it shall be in; [`ServerId::ROOT`] for none. `[MS-ASCMD]` 2.2.3.129.3.
    #[wbxml(ParentId)]
    pub parent_id: ServerId<'a>,
    /// The name that it shall have: 1 to 256 characters. `[MS-ASCMD]` 2.2.3.49.3.
    #[wbxml(DisplayName)]
    pub display_name: Cow<'a, str>,
}

/// Whether the folder was renamed or moved (`[MS-ASCMD]` 2.2.3.77).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = folderhierarchy, tag = FolderUpdate)]
pub struct FolderUpdateResponse<'a> {
    /// Whether it worked. `[MS-ASCMD]` 2.2.3.177.6.
    #[wbxml(Status)]
    pub status: FolderUpdateStatus,
    /// The key to send next time, if it worked. `[MS-ASCMD]` 2.2.3.181.1.
    #[wbxml(SyncKey)]
    pub sync_key: Option<SyncKey<'a>>,
}

impl<'a> FolderUpdateResponse<'a> {
    /// It worked.
    pub fn new(sync_key: impl Into<SyncKey<'a>>) -> Self {
        Self { status: FolderUpdateStatus::Success, sync_key: Some(sync_key.into()) }
    }

    /// It did not work.
    pub fn failed(status: FolderUpdateStatus) -> Self {
        Self { status, sync_key: None }
    }
}

/// The mail folders of a mailbox, up to 12.1 (`[MS-ASCMD]` 2.2.3.75.1). The request has no body, the answer no
/// status: failure is HTTP status 500.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = folderhierarchy, tag = Folders)]
pub struct GetHierarchyResponse<'a> {
    /// The folders. `[MS-ASCMD]` 2.2.3.71.1.
    #[wbxml(Folder)]
    pub folders: Vec<HierarchyFolder<'a>>,
}

/// A mail folder, as GetHierarchy tells of it (`[MS-ASCMD]` 2.2.3.71.1).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = folderhierarchy, tag = Folder)]
pub struct HierarchyFolder<'a> {
    /// Its name. `[MS-ASCMD]` 2.2.3.49.5.
    #[wbxml(DisplayName)]
    pub display_name: Cow<'a, str>,
    /// Its identifier. `[MS-ASCMD]` 2.2.3.166.6.
    #[wbxml(ServerId)]
    pub server_id: ServerId<'a>,
    /// What it is for: `UserCreated` to `Outbox` only. `[MS-ASCMD]` 2.2.3.186.4.
    #[wbxml(Type)]
    pub folder_type: FolderType,
    /// The folder that it is in; [`ServerId::ROOT`] for none. `[MS-ASCMD]` 2.2.3.129.4.
    #[wbxml(ParentId)]
    pub parent_id: ServerId<'a>,
}

/// What a folder is for (`[MS-ASCMD]` 2.2.3.186.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum FolderType {
    /// A folder of the user, for anything.
    #[wbxml(1)]
    UserCreated,
    /// The default Inbox.
    #[wbxml(2)]
    Inbox,
    /// The default Drafts folder.
    #[wbxml(3)]
    Drafts,
    /// The default Deleted Items folder.
    #[wbxml(4)]
    DeletedItems,
    /// The default Sent Items folder.
    #[wbxml(5)]
    SentItems,
    /// The default Outbox.
    #[wbxml(6)]
    Outbox,
    /// The default Tasks folder.
    #[wbxml(7)]
    Tasks,
    /// The default Calendar.
    #[wbxml(8)]
    Calendar,
    /// The default Contacts folder.
    #[wbxml(9)]
    Contacts,
    /// The default Notes folder.
    #[wbxml(10)]
    Notes,
    /// The default Journal.
    #[wbxml(11)]
    Journal,
    /// A mail folder of the user.
    #[wbxml(12)]
    UserMail,
    /// A calendar of the user.
    #[wbxml(13)]
    UserCalendar,
    /// A contacts folder of the user.
    #[wbxml(14)]
    UserContacts,
    /// A tasks folder of the user.
    #[wbxml(15)]
    UserTasks,
    /// A journal of the user.
    #[wbxml(16)]
    UserJournal,
    /// A notes folder of the user.
    #[wbxml(17)]
    UserNotes,
    /// A folder of unknown type.
    #[wbxml(18)]
    Unknown,
    /// The recipient information cache.
    #[wbxml(19)]
    RecipientInformationCache,
    /// A value that the specification does not have.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] u32),
}

impl FolderType {
    /// Whether a user can make folders of this type (`[MS-ASCMD]` 2.2.3.186.2); the others are given.
    pub const fn is_user_created(self) -> bool {
        matches!(
            self,
            Self::UserCreated
                | Self::UserMail
                | Self::UserCalendar
                | Self::UserContacts
                | Self::UserTasks
                | Self::UserJournal
                | Self::UserNotes
        )
    }

    /// The class of the items in such a folder; `None` where nothing can be synchronized, or anything may be in it.
    pub const fn class(self) -> Option<Class<'static>> {
        match self {
            Self::Inbox
            | Self::Drafts
            | Self::DeletedItems
            | Self::SentItems
            | Self::Outbox
            | Self::UserMail => Some(Class::Email),
            Self::Tasks | Self::UserTasks => Some(Class::Tasks),
            Self::Calendar | Self::UserCalendar => Some(Class::Calendar),
            Self::Contacts | Self::UserContacts | Self::RecipientInformationCache => Some(Class::Contacts),
            Self::Notes | Self::UserNotes => Some(Class::Notes),
            Self::UserCreated | Self::Journal | Self::UserJournal | Self::Unknown | Self::Other(_) => None,
        }
    }
}
