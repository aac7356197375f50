//! From the client.

use std::borrow::Cow;

use wbxml::codepages::{airsync, airsyncbase, documentlibrary, itemoperations, rightsmanagement, search};
use wbxml::{Bytes, Decode, Encode, IntoOwned};

use super::Range;
use crate::airsyncbase::{BodyPartPreference, BodyPreference};
use crate::sync::MimeSupport;
use crate::{CollectionId, FileReference, LongId, Password, ServerId, TagList};

/// Operations, to be executed in this order (`[MS-ASCMD]` 2.2.3.94).
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = itemoperations, tag = ItemOperations)]
pub struct ItemOperationsRequest<'a> {
    /// The operations.
    #[wbxml(choice)]
    pub operations: Vec<Operation<'a>>,
}

impl<'a> From<Vec<Operation<'a>>> for ItemOperationsRequest<'a> {
    fn from(operations: Vec<Operation<'a>>) -> Self {
        Self { operations }
    }
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = itemoperations, choice)]
pub enum Operation<'a> {
    /// Deletes what is in a folder.
    #[wbxml(EmptyFolderContents)]
    EmptyFolderContents(EmptyFolderContents<'a>),
    /// Fetches an item, an attachment or a document.
    #[wbxml(Fetch)]
    Fetch(Box<Fetch<'a>>),
    /// Moves a conversation; since 14.0.
    #[wbxml(Move)]
    Move(Move<'a>),
}

impl<'a> From<Fetch<'a>> for Operation<'a> {
    fn from(fetch: Fetch<'a>) -> Self {
        Self::Fetch(Box::new(fetch))
    }
}

impl<'a> From<EmptyFolderContents<'a>> for Operation<'a> {
    fn from(operation: EmptyFolderContents<'a>) -> Self {
        Self::EmptyFolderContents(operation)
    }
}

impl<'a> From<Move<'a>> for Operation<'a> {
    fn from(operation: Move<'a>) -> Self {
        Self::Move(operation)
    }
}

/// Deletes what is in a folder (`[MS-ASCMD]` 2.2.3.58).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = itemoperations, tag = EmptyFolderContents)]
pub struct EmptyFolderContents<'a> {
    /// Which folder. `[MS-ASCMD]` 2.2.3.30.3.
    #[wbxml(airsync::CollectionId)]
    pub collection_id: CollectionId<'a>,
    /// How. `[MS-ASCMD]` 2.2.3.125.3.
    #[wbxml(Options)]
    pub options: Option<EmptyFolderOptions>,
}

impl<'a> EmptyFolderContents<'a> {
    /// The items of a folder, and with them the folders inside of it or not.
    pub fn new(collection_id: impl Into<CollectionId<'a>>, delete_sub_folders: bool) -> Self {
        Self {
            collection_id: collection_id.into(),
            options: delete_sub_folders.then_some(EmptyFolderOptions { delete_sub_folders }),
        }
    }
}

/// How to empty a folder (`[MS-ASCMD]` 2.2.3.125.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = itemoperations, tag = Options)]
pub struct EmptyFolderOptions {
    /// The folders inside go, too. `[MS-ASCMD]` 2.2.3.44.
    #[wbxml(DeleteSubFolders, flag)]
    pub delete_sub_folders: bool,
}

/// Fetches an item (by `collection_id` and `server_id`, or by `long_id`), an attachment (by `file_reference`)
/// or a document (by `link_id`) (`[MS-ASCMD]` 2.2.3.67.1).
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = itemoperations, tag = Fetch)]
pub struct Fetch<'a> {
    /// Where to look. `[MS-ASCMD]` 2.2.3.178.2.
    #[wbxml(Store)]
    pub store: Store<'a>,
    /// The address of a document. `[MS-ASDOC]` 2.2.2.8.
    #[wbxml(documentlibrary::LinkId)]
    pub link_id: Option<Cow<'a, str>>,
    /// A search result. `[MS-ASCMD]` 2.2.3.98.1.
    #[wbxml(search::LongId)]
    pub long_id: Option<LongId<'a>>,
    /// The folder of the item. `[MS-ASCMD]` 2.2.3.30.3.
    #[wbxml(airsync::CollectionId)]
    pub collection_id: Option<CollectionId<'a>>,
    /// The item. `[MS-ASCMD]` 2.2.3.166.7.
    #[wbxml(airsync::ServerId)]
    pub server_id: Option<ServerId<'a>>,
    /// The attachment. `[MS-ASCMD]` 2.2.3.8.
    #[wbxml(airsyncbase::FileReference)]
    pub file_reference: Option<FileReference<'a>>,
    /// What of it, and in what form. `[MS-ASCMD]` 2.2.3.125.3.
    #[wbxml(Options)]
    pub options: Option<FetchOptions<'a>>,
    /// Takes the protection of rights management off the message; since 14.1. `[MS-ASRM]` 2.2.2.11.
    #[wbxml(rightsmanagement::RemoveRightsManagementProtection, flag)]
    pub remove_rights_management_protection: bool,
}

impl<'a> Fetch<'a> {
    /// An item of a folder.
    pub fn item(collection_id: impl Into<CollectionId<'a>>, server_id: impl Into<ServerId<'a>>) -> Self {
        Self {
            collection_id: Some(collection_id.into()),
            server_id: Some(server_id.into()),
            ..Self::of(Store::Mailbox)
        }
    }

    /// A search result.
    pub fn search_result(long_id: impl Into<LongId<'a>>) -> Self {
        Self { long_id: Some(long_id.into()), ..Self::of(Store::Mailbox) }
    }

    /// An attachment.
    pub fn attachment(file_reference: impl Into<FileReference<'a>>) -> Self {
        Self { file_reference: Some(file_reference.into()), ..Self::of(Store::Mailbox) }
    }

    /// A document.
    pub fn document(link_id: impl Into<Cow<'a, str>>) -> Self {
        Self { link_id: Some(link_id.into()), ..Self::of(Store::DocumentLibrary) }
    }

    fn of(store: Store<'a>) -> Self {
        Self {
            store,
            link_id: None,
            long_id: None,
            collection_id: None,
            server_id: None,
            file_reference: None,
            options: None,
            remove_rights_management_protection: false,
        }
    }
}

/// Where to look (`[MS-ASCMD]` 2.2.3.178.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum Store<'a> {
    /// Items and attachments.
    #[wbxml("Mailbox")]
    Mailbox,
    /// Documents of SharePoint and of shares.
    #[wbxml("Document Library")]
    DocumentLibrary,
    /// A store that this crate does not know.
    #[wbxml(other)]
    Other(
        #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_text))]
        Cow<'a, str>,
    ),
}

/// What to fetch of an item, and in what form (`[MS-ASCMD]` 2.2.3.125.3).
///
/// With a file reference only `range` is allowed.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = itemoperations, tag = Options)]
pub struct FetchOptions<'a> {
    /// The properties to send; none means all. Items of a mailbox only. `[MS-ASCMD]` 2.2.3.158.
    #[wbxml(Schema)]
    pub schemas: Vec<TagList>,
    /// The bytes to send; attachments and documents only. `[MS-ASCMD]` 2.2.3.143.2.
    #[wbxml(Range, text)]
    pub range: Option<Range>,
    /// The user to read a document as: up to 100 characters; since 12.1. `[MS-ASCMD]` 2.2.3.193.1.
    #[wbxml(UserName)]
    pub user_name: Option<Cow<'a, str>>,
    /// That user's password: up to 256 characters; since 12.1. `[MS-ASCMD]` 2.2.3.132.1.
    #[wbxml(Password)]
    pub password: Option<Password<'a>>,
    /// Which messages come as MIME. `[MS-ASCMD]` 2.2.3.110.1.
    #[wbxml(airsync::MIMESupport)]
    pub mime_support: Option<MimeSupport>,
    /// The forms of body that the client can show, best first. `[MS-ASAIRS]` 2.2.2.12.
    #[wbxml(airsyncbase::BodyPreference)]
    pub body_preferences: Vec<BodyPreference>,
    /// The same for the part of a message that is new in its conversation; since 14.1.
    /// `[MS-ASAIRS]` 2.2.2.11.
    #[wbxml(airsyncbase::BodyPartPreference)]
    pub body_part_preferences: Vec<BodyPartPreference>,
    /// Whether the server opens messages under rights management; since 14.1. `[MS-ASRM]` 2.2.2.15.
    #[wbxml(rightsmanagement::RightsManagementSupport)]
    pub rights_management_support: Option<bool>,
}

/// Moves a conversation; since 14.0 (`[MS-ASCMD]` 2.2.3.117.1).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = itemoperations, tag = Move)]
pub struct Move<'a> {
    /// Which conversation. `[MS-ASCMD]` 2.2.3.35.1.
    #[wbxml(ConversationId, opaque)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::bytes))]
    pub conversation_id: Bytes<'a>,
    /// The folder to move it to. `[MS-ASCMD]` 2.2.3.51.1.
    #[wbxml(DstFldId)]
    pub dst_fld_id: CollectionId<'a>,
    /// How. `[MS-ASCMD]` 2.2.3.125.3.
    #[wbxml(Options)]
    pub options: Option<MoveOptions>,
}

impl<'a> Move<'a> {
    /// A conversation, with the option that the specification demands.
    pub fn new(conversation_id: impl Into<Cow<'a, [u8]>>, to: impl Into<CollectionId<'a>>) -> Self {
        Self {
            conversation_id: Bytes(conversation_id.into()),
            dst_fld_id: to.into(),
            options: Some(MoveOptions { move_always: true }),
        }
    }
}

/// How to move a conversation (`[MS-ASCMD]` 2.2.3.125.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = itemoperations, tag = Options)]
pub struct MoveOptions {
    /// Later messages of the conversation, too. Without it the answer is status 155.
    /// `[MS-ASCMD]` 2.2.3.118.
    #[wbxml(MoveAlways, flag)]
    pub move_always: bool,
}
