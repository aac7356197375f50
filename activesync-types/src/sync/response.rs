//! From the server.

use std::borrow::Cow;

use wbxml::codepages::{airsync, airsyncbase};
use wbxml::{Decode, Encode, Fragment, IntoOwned};

use crate::date_time::CompactDateTime;
use crate::status::SyncStatus;
use crate::{Class, ClientId, CollectionId, ServerId, SyncKey};

/// A Sync answer (`[MS-ASCMD]` 2.2.3.180).
///
/// The default value is the empty answer, which goes out without a body: nothing has changed
/// (`[MS-ASCMD]` 2.2.1.21.2).
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Sync)]
pub struct SyncResponse<'a> {
    /// Set when the whole request failed. `[MS-ASCMD]` 2.2.3.177.17.
    #[wbxml(Status)]
    pub status: Option<SyncStatus>,
    /// With status 14 the nearest `Wait` (minutes) or `HeartbeatInterval` (seconds) that is allowed, with
    /// status 15 the most collections; since 12.1, never with collections. `[MS-ASCMD]` 2.2.3.97.
    #[wbxml(Limit)]
    pub limit: Option<u32>,
    /// The collections with something to say. One that is missing has no changes. `[MS-ASCMD]` 2.2.3.31.2.
    ///
    /// Without any, no `Collections` element is written: iOS crashes on an empty one.
    #[wbxml(Collections, list)]
    pub collections: Vec<CollectionResponse<'a>>,
}

impl SyncResponse<'_> {
    /// The whole request failed.
    pub fn failed(status: SyncStatus) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    /// Whether this is the answer that goes out without a body.
    pub fn is_empty(&self) -> bool {
        *self == SyncResponse::default()
    }
}

impl<'a> From<Vec<CollectionResponse<'a>>> for SyncResponse<'a> {
    fn from(collections: Vec<CollectionResponse<'a>>) -> Self {
        Self { collections, ..Self::default() }
    }
}

/// What happened to one collection (`[MS-ASCMD]` 2.2.3.29.2).
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Collection)]
pub struct CollectionResponse<'a> {
    /// The class of the collection, up to 12.1. `[MS-ASCMD]` 2.2.3.27.6.
    #[wbxml(Class, until = "12.1")]
    pub class: Option<Class<'a>>,
    /// The key to send next time. `[MS-ASCMD]` 2.2.3.181.4.
    #[wbxml(SyncKey)]
    pub sync_key: SyncKey<'a>,
    /// Which folder; absent only if the request had none. `[MS-ASCMD]` 2.2.3.30.6.
    #[wbxml(CollectionId)]
    pub collection_id: Option<CollectionId<'a>>,
    /// Whether it worked. `[MS-ASCMD]` 2.2.3.177.17.
    #[wbxml(Status)]
    pub status: SyncStatus,
    /// The GUID of the next notification by SMS, if the client asked; 2.0 to 2.5 and in no specification.
    #[wbxml(NotifyGUID)]
    pub notify_guid: Option<Cow<'a, str>>,
    /// The fate of the client's changes: every addition and fetch, other commands only when they failed, and
    /// changes with an attachment. `[MS-ASCMD]` 2.2.3.154.
    ///
    /// Without any, no `Responses` element is written: Windows Phone fails on an empty one.
    #[wbxml(Responses, list)]
    pub responses: Vec<CommandResponse<'a>>,
    /// There are more changes than fitted: synchronize again. `[MS-ASCMD]` 2.2.3.116.
    #[wbxml(MoreAvailable, flag)]
    pub more_available: bool,
    /// The server's changes. `[MS-ASCMD]` 2.2.3.32.
    #[wbxml(Commands, list)]
    pub commands: Vec<ServerCommand<'a>>,
}

impl<'a> CollectionResponse<'a> {
    /// A successful answer with nothing in it.
    pub fn new(sync_key: impl Into<SyncKey<'a>>, collection_id: impl Into<CollectionId<'a>>) -> Self {
        Self {
            class: None,
            sync_key: sync_key.into(),
            collection_id: Some(collection_id.into()),
            status: SyncStatus::Success,
            notify_guid: None,
            responses: Vec::new(),
            more_available: false,
            commands: Vec::new(),
        }
    }
}

/// A change by the server.
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, choice)]
pub enum ServerCommand<'a> {
    /// A new item. If the client has one of that identifier already, it is a change.
    #[wbxml(Add)]
    Add(ServerAdd<'a>),
    /// Other content of an item.
    #[wbxml(Change)]
    Change(ServerChange<'a>),
    /// An item is gone.
    #[wbxml(Delete)]
    Delete(ServerDelete<'a>),
    /// An item is no longer within the filter: the client drops it, the server keeps it.
    #[wbxml(SoftDelete)]
    SoftDelete(SoftDelete<'a>),
}

/// A new item (`[MS-ASCMD]` 2.2.3.7.2).
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Add)]
pub struct ServerAdd<'a> {
    /// The class of the item where it is not that of the folder; since 14.0.
    #[wbxml(Class, since = "14.0")]
    pub class: Option<Class<'a>>,
    /// Its identifier.
    #[wbxml(ServerId)]
    pub server_id: ServerId<'a>,
    /// The item, written as it is: what the version leaves out must have been left out by
    /// [`Fragment::from_value`]. `[MS-ASCMD]` 2.2.3.11.
    #[wbxml(ApplicationData)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::fragment))]
    pub application_data: Fragment<'a>,
}

/// Other content of an item (`[MS-ASCMD]` 2.2.3.24).
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Change)]
pub struct ServerChange<'a> {
    /// The class of the item where it is not that of the folder; since 14.0.
    #[wbxml(Class, since = "14.0")]
    pub class: Option<Class<'a>>,
    /// Which item.
    #[wbxml(ServerId)]
    pub server_id: ServerId<'a>,
    /// The content, written as it is: see [`ServerAdd::application_data`]. `[MS-ASCMD]` 2.2.3.11.
    #[wbxml(ApplicationData)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::fragment))]
    pub application_data: Fragment<'a>,
}

/// A deletion by the server (`[MS-ASCMD]` 2.2.3.42.2).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Delete)]
pub struct ServerDelete<'a> {
    /// The class of the item where it is not that of the folder; since 14.0.
    #[wbxml(Class, since = "14.0")]
    pub class: Option<Class<'a>>,
    /// Which item.
    #[wbxml(ServerId)]
    pub server_id: ServerId<'a>,
}

/// An item that fell out of the filter; since 2.1 (`[MS-ASCMD]` 2.2.3.172).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = SoftDelete)]
pub struct SoftDelete<'a> {
    /// Which item.
    #[wbxml(ServerId)]
    pub server_id: ServerId<'a>,
}

/// The fate of one command of the client (`[MS-ASCMD]` 2.2.3.154).
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, choice)]
pub enum CommandResponse<'a> {
    /// Of an addition.
    #[wbxml(Add)]
    Add(AddResponse<'a>),
    /// Of a change.
    #[wbxml(Change)]
    Change(ChangeResponse<'a>),
    /// Of a deletion.
    #[wbxml(Delete)]
    Delete(DeleteResponse<'a>),
    /// Of a fetch.
    #[wbxml(Fetch)]
    Fetch(FetchResponse<'a>),
}

/// The fate of an addition (`[MS-ASCMD]` 2.2.3.7.2).
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Add)]
pub struct AddResponse<'a> {
    /// The class of the item where it is not that of the folder; since 14.0.
    #[wbxml(Class, since = "14.0")]
    pub class: Option<Class<'a>>,
    /// The client's identifier, from the request.
    #[wbxml(ClientId)]
    pub client_id: ClientId<'a>,
    /// The identifier that takes its place, if the item was added.
    #[wbxml(ServerId)]
    pub server_id: Option<ServerId<'a>>,
    /// Whether it worked.
    #[wbxml(Status)]
    pub status: SyncStatus,
    /// What the server made of the item: the references of new attachments; since 16.0.
    #[wbxml(ApplicationData, since = "16.0")]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::optional_fragment))]
    pub application_data: Option<Fragment<'a>>,
}

impl<'a> AddResponse<'a> {
    /// The item was added.
    pub fn added(client_id: impl Into<ClientId<'a>>, server_id: impl Into<ServerId<'a>>) -> Self {
        Self {
            class: None,
            client_id: client_id.into(),
            server_id: Some(server_id.into()),
            status: SyncStatus::Success,
            application_data: None,
        }
    }

    /// The item was not added.
    pub fn failed(client_id: impl Into<ClientId<'a>>, status: SyncStatus) -> Self {
        Self { class: None, client_id: client_id.into(), server_id: None, status, application_data: None }
    }
}

/// The fate of a change: given when it failed, or when it had attachments (`[MS-ASCMD]` 2.2.3.24).
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Change)]
pub struct ChangeResponse<'a> {
    /// The class of the item where it is not that of the folder; since 14.0.
    #[wbxml(Class, since = "14.0")]
    pub class: Option<Class<'a>>,
    /// Which item.
    #[wbxml(ServerId)]
    pub server_id: ServerId<'a>,
    /// Which occurrence, if the request named one; since 16.0. `[MS-ASAIRS]` 2.2.2.25.
    #[wbxml(airsyncbase::InstanceId)]
    pub instance_id: Option<CompactDateTime>,
    /// Whether it worked.
    #[wbxml(Status)]
    pub status: SyncStatus,
    /// What the server made of the item: the references of new attachments; since 16.0. The schema of the
    /// specification has no place for it.
    #[wbxml(ApplicationData, since = "16.0")]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::optional_fragment))]
    pub application_data: Option<Fragment<'a>>,
}

/// The fate of a deletion: given when it failed (`[MS-ASCMD]` 2.2.3.42.2).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Delete)]
pub struct DeleteResponse<'a> {
    /// Which item.
    #[wbxml(ServerId)]
    pub server_id: ServerId<'a>,
    /// Which occurrence, if the request named one; since 16.0. `[MS-ASAIRS]` 2.2.2.25.
    #[wbxml(airsyncbase::InstanceId)]
    pub instance_id: Option<CompactDateTime>,
    /// Why it failed.
    #[wbxml(Status)]
    pub status: SyncStatus,
}

/// The item that a client asked for (`[MS-ASCMD]` 2.2.3.67.2).
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Fetch)]
pub struct FetchResponse<'a> {
    /// Which item.
    #[wbxml(ServerId)]
    pub server_id: Option<ServerId<'a>>,
    /// Whether it worked.
    #[wbxml(Status)]
    pub status: SyncStatus,
    /// The item, if it worked, written as it is: see [`ServerAdd::application_data`]. `[MS-ASCMD]` 2.2.3.11.
    #[wbxml(ApplicationData)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::optional_fragment))]
    pub application_data: Option<Fragment<'a>>,
}
