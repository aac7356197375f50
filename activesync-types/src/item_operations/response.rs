//! From the server.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wbxml::codepages::{airsync, airsyncbase, documentlibrary, itemoperations, search};
use wbxml::{Bytes, Decode, Encode, Fragment, IntoOwned};

use super::Range;
use crate::date_time::DateTime;
use crate::status::ItemOperationsStatus;
use crate::{Class, CollectionId, FileReference, LongId, ServerId};

/// What became of the operations (`[MS-ASCMD]` 2.2.3.94).
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = itemoperations, tag = ItemOperations)]
pub struct ItemOperationsResponse<'a> {
    /// Whether the request as a whole worked. `[MS-ASCMD]` 2.2.3.177.8.
    #[wbxml(Status)]
    pub status: ItemOperationsStatus,
    /// What became of each operation. `[MS-ASCMD]` 2.2.3.153.4.
    #[wbxml(Response)]
    pub response: Option<OperationResponses<'a>>,
}

impl ItemOperationsResponse<'_> {
    /// The request as a whole did not work.
    pub fn failed(status: ItemOperationsStatus) -> Self {
        Self { status, response: None }
    }
}

impl<'a> From<OperationResponses<'a>> for ItemOperationsResponse<'a> {
    fn from(responses: OperationResponses<'a>) -> Self {
        Self { status: ItemOperationsStatus::Success, response: Some(responses) }
    }
}

impl<'a> From<Vec<FetchResponse<'a>>> for ItemOperationsResponse<'a> {
    fn from(fetches: Vec<FetchResponse<'a>>) -> Self {
        Self::from(OperationResponses { fetches, ..OperationResponses::default() })
    }
}

/// What became of each operation (`[MS-ASCMD]` 2.2.3.153.4). They stand in this order, whatever the request's was:
/// the identifiers tell which is which.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = itemoperations, tag = Response)]
pub struct OperationResponses<'a> {
    /// Of each moved conversation.
    #[wbxml(Move)]
    pub moves: Vec<MoveResponse<'a>>,
    /// Of each emptied folder.
    #[wbxml(EmptyFolderContents)]
    pub empty_folder_contents: Vec<EmptyFolderContentsResponse<'a>>,
    /// Of each fetch.
    #[wbxml(Fetch)]
    pub fetches: Vec<FetchResponse<'a>>,
}

/// What became of a move; since 14.0 (`[MS-ASCMD]` 2.2.3.117.1).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = itemoperations, tag = Move)]
pub struct MoveResponse<'a> {
    /// Whether it worked.
    #[wbxml(Status)]
    pub status: ItemOperationsStatus,
    /// Which conversation. `[MS-ASCMD]` 2.2.3.35.1.
    #[wbxml(ConversationId, opaque)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::bytes))]
    pub conversation_id: Bytes<'a>,
}

/// What became of emptying a folder (`[MS-ASCMD]` 2.2.3.58).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = itemoperations, tag = EmptyFolderContents)]
pub struct EmptyFolderContentsResponse<'a> {
    /// Whether it worked.
    #[wbxml(Status)]
    pub status: ItemOperationsStatus,
    /// Which folder. `[MS-ASCMD]` 2.2.3.30.3.
    #[wbxml(airsync::CollectionId)]
    pub collection_id: CollectionId<'a>,
}

/// What became of a fetch (`[MS-ASCMD]` 2.2.3.67.1). It names the item as the request did.
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = itemoperations, tag = Fetch)]
pub struct FetchResponse<'a> {
    /// Whether it worked. `[MS-ASCMD]` 2.2.3.177.8.
    #[wbxml(Status)]
    pub status: ItemOperationsStatus,
    /// The folder of the item. `[MS-ASCMD]` 2.2.3.30.3.
    #[wbxml(airsync::CollectionId)]
    pub collection_id: Option<CollectionId<'a>>,
    /// The item. `[MS-ASCMD]` 2.2.3.166.7.
    #[wbxml(airsync::ServerId)]
    pub server_id: Option<ServerId<'a>>,
    /// A search result. `[MS-ASCMD]` 2.2.3.98.1.
    #[wbxml(search::LongId)]
    pub long_id: Option<LongId<'a>>,
    /// The class of the item. `[MS-ASCMD]` 2.2.3.27.3.
    #[wbxml(airsync::Class)]
    pub class: Option<Class<'a>>,
    /// The address of a document. `[MS-ASDOC]` 2.2.2.8.
    #[wbxml(documentlibrary::LinkId)]
    pub link_id: Option<Cow<'a, str>>,
    /// The attachment. `[MS-ASCMD]` 2.2.3.8.
    #[wbxml(airsyncbase::FileReference)]
    pub file_reference: Option<FileReference<'a>>,
    /// The item: decode it as the type of its class, or, for an attachment or document, as
    /// [`ItemProperties`]. `[MS-ASCMD]` 2.2.3.139.2.
    #[wbxml(Properties)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::properties))]
    pub properties: Option<Fragment<'a>>,
}

impl<'a> FetchResponse<'a> {
    /// A status and nothing else.
    pub fn new(status: ItemOperationsStatus) -> Self {
        Self {
            status,
            collection_id: None,
            server_id: None,
            long_id: None,
            class: None,
            link_id: None,
            file_reference: None,
            properties: None,
        }
    }

    /// An item of a folder.
    pub fn item(
        collection_id: impl Into<CollectionId<'a>>,
        server_id: impl Into<ServerId<'a>>,
        class: Class<'a>,
        properties: Fragment<'a>,
    ) -> Self {
        Self {
            collection_id: Some(collection_id.into()),
            server_id: Some(server_id.into()),
            class: Some(class),
            properties: Some(properties),
            ..Self::new(ItemOperationsStatus::Success)
        }
    }

    /// An attachment.
    pub fn attachment(file_reference: impl Into<FileReference<'a>>, properties: Fragment<'a>) -> Self {
        Self {
            file_reference: Some(file_reference.into()),
            properties: Some(properties),
            ..Self::new(ItemOperationsStatus::Success)
        }
    }
}

/// The content of an attachment or a document, and what there is to know of it (`[MS-ASCMD]` 2.2.3.139.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = itemoperations, tag = Properties)]
pub struct ItemProperties<'a> {
    /// The media type of an attachment. `[MS-ASAIRS]` 2.2.2.18.
    #[wbxml(airsyncbase::ContentType)]
    pub content_type: Option<Cow<'a, str>>,
    /// Which bytes these are. Only for those who asked for a range: it breaks the downloads of iOS 10.
    /// `[MS-ASCMD]` 2.2.3.143.2.
    #[wbxml(Range, text)]
    pub range: Option<Range>,
    /// How many bytes the whole has. `[MS-ASCMD]` 2.2.3.184.2.
    #[wbxml(Total)]
    pub total: Option<u32>,
    /// The content in base64: see [`ItemProperties::content`]. `[MS-ASCMD]` 2.2.3.39.2.
    #[wbxml(Data)]
    pub data: Option<Cow<'a, str>>,
    /// Instead of `data`: which part of a multipart answer holds the content. `[MS-ASCMD]` 2.2.3.130.
    #[wbxml(Part)]
    pub part: Option<u32>,
    /// When the document was last changed. `[MS-ASCMD]` 2.2.3.197.
    #[wbxml(Version)]
    pub version: Option<DateTime>,
}

impl<'a> ItemProperties<'a> {
    /// The content within the answer.
    pub fn inline(content_type: impl Into<Cow<'a, str>>, content: &[u8]) -> Self {
        Self {
            content_type: Some(content_type.into()),
            data: Some(Cow::Owned(STANDARD.encode(content))),
            ..Self::default()
        }
    }

    /// The content in a part of a multipart answer.
    pub fn in_part(content_type: impl Into<Cow<'a, str>>, part: u32) -> Self {
        Self { content_type: Some(content_type.into()), part: Some(part), ..Self::default() }
    }

    /// The bytes of `data`: empty if there is none, `None` if it is not base64.
    pub fn content(&self) -> Option<Vec<u8>> {
        STANDARD.decode(self.data.as_deref().unwrap_or_default()).ok()
    }
}
