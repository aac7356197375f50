//! From the client.

use std::borrow::Cow;

use wbxml::codepages::{airsync, airsyncbase, email2};
use wbxml::{Decode, Encode, Flag, Fragment, IntoOwned};

use super::SyncOptions;
use crate::date_time::CompactDateTime;
use crate::{Class, ClientId, CollectionId, ServerId, SyncKey, TagList};

/// A Sync request (`[MS-ASCMD]` 2.2.3.180).
///
/// The default value is the empty request, which goes out without a body: the same as last time
/// (`[MS-ASCMD]` 2.2.1.21.1).
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Sync)]
pub struct SyncRequest<'a> {
    /// The version that 1.0 clients send first; in no specification.
    #[wbxml(Version)]
    pub version: Option<Cow<'a, str>>,
    /// The collections to synchronize. `[MS-ASCMD]` 2.2.3.31.2.
    #[wbxml(Collections, list)]
    pub collections: Vec<Collection<'a>>,
    /// How many minutes the server may wait for a change before it answers: 1 to 59; since 12.1. Not together
    /// with `heartbeat_interval`. `[MS-ASCMD]` 2.2.3.198.
    #[wbxml(Wait)]
    pub wait: Option<u32>,
    /// The same in seconds: 60 to 3540; since 14.0. `[MS-ASCMD]` 2.2.3.88.2.
    #[wbxml(HeartbeatInterval)]
    pub heartbeat_interval: Option<u32>,
    /// The most changes in the whole answer: see [`Collection::window_size`]; since 12.1. `[MS-ASCMD]` 2.2.3.199.
    #[wbxml(WindowSize, since = "12.1")]
    pub window_size: Option<u32>,
    /// The collections that are not named are as in the last request; since 12.1. `[MS-ASCMD]` 2.2.3.131.
    #[wbxml(Partial, flag)]
    pub partial: bool,
}

impl SyncRequest<'_> {
    /// Whether this is the request that goes out without a body.
    pub fn is_empty(&self) -> bool {
        *self == SyncRequest::default()
    }
}

impl<'a> From<Vec<Collection<'a>>> for SyncRequest<'a> {
    fn from(collections: Vec<Collection<'a>>) -> Self {
        Self { collections, ..Self::default() }
    }
}

impl<'a> From<Collection<'a>> for SyncRequest<'a> {
    fn from(collection: Collection<'a>) -> Self {
        Self::from(vec![collection])
    }
}

/// What to do with one collection (`[MS-ASCMD]` 2.2.3.29.2).
///
/// Servers refuse another order of the elements than this one.
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Collection)]
pub struct Collection<'a> {
    /// The class of the collection, up to 12.1; a server of those versions expects it.
    /// `[MS-ASCMD]` 2.2.3.27.6.
    #[wbxml(Class, until = "12.1")]
    pub class: Option<Class<'a>>,
    /// The key of the state that the client has. `[MS-ASCMD]` 2.2.3.181.4.
    #[wbxml(SyncKey)]
    pub sync_key: SyncKey<'a>,
    /// Which folder. Only clients of 1.0 leave it out, for the default folder of the class.
    /// `[MS-ASCMD]` 2.2.3.30.6.
    #[wbxml(CollectionId)]
    pub collection_id: Option<CollectionId<'a>>,
    /// With key 0: the properties that the client manages. Others stay as they are on the server when a
    /// `Change` leaves them out. Absent and empty differ: absent means that nothing is kept, empty that all of
    /// it is. Since 2.1. `[MS-ASCMD]` 2.2.3.179.
    #[wbxml(Supported)]
    pub supported: Option<TagList>,
    /// Whether deleted items go to Deleted Items; absent and empty mean that they do.
    /// `[MS-ASCMD]` 2.2.3.43.
    #[wbxml(DeletesAsMoves)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::flag))]
    pub deletes_as_moves: Option<Flag>,
    /// Asks for a new GUID for notifications by SMS; 2.0 to 2.5 and in no specification.
    #[wbxml(NotifyGUID)]
    pub notify_guid: Option<Cow<'a, str>>,
    /// Whether the server shall send its changes: see [`Collection::wants_changes`].
    /// `[MS-ASCMD]` 2.2.3.84.
    #[wbxml(GetChanges)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::flag))]
    pub get_changes: Option<Flag>,
    /// The most changes to send in one answer: 1 to 512. Absent means 100; 0 and more than 512 mean 512.
    /// `[MS-ASCMD]` 2.2.3.199.
    #[wbxml(WindowSize)]
    pub window_size: Option<u32>,
    /// Whether a conversation with one message in the window comes as a whole; since 14.0.
    /// `[MS-ASCMD]` 2.2.3.36.2.
    #[wbxml(ConversationMode)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::flag))]
    pub conversation_mode: Option<Flag>,
    /// What to send and in what form; none means the same as last time. `[MS-ASCMD]` 2.2.3.125.6.
    #[wbxml(Options)]
    pub options: Vec<SyncOptions<'a>>,
    /// What the client changed. `[MS-ASCMD]` 2.2.3.32.
    #[wbxml(Commands, list)]
    pub commands: Vec<ClientCommand<'a>>,
}

impl<'a> Collection<'a> {
    /// A collection with nothing but what it must have.
    pub fn new(sync_key: impl Into<SyncKey<'a>>, collection_id: impl Into<CollectionId<'a>>) -> Self {
        Self {
            class: None,
            sync_key: sync_key.into(),
            collection_id: Some(collection_id.into()),
            supported: None,
            deletes_as_moves: None,
            notify_guid: None,
            get_changes: None,
            window_size: None,
            conversation_mode: None,
            options: Vec::new(),
            commands: Vec::new(),
        }
    }

    /// Whether the client wants the server's changes, with the default that depends on the key.
    pub fn wants_changes(&self) -> bool {
        self.get_changes.map_or(!self.sync_key.is_initial(), Flag::is_set)
    }

    /// How many changes the server may send: `WindowSize` with its default and its bounds applied.
    pub fn effective_window_size(&self) -> u32 {
        effective_window_size(self.window_size)
    }
}

fn effective_window_size(requested: Option<u32>) -> u32 {
    match requested {
        None => 100,
        Some(size @ 1..=512) => size,
        Some(_) => 512,
    }
}

/// A change by the client.
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, choice)]
pub enum ClientCommand<'a> {
    /// A new item.
    #[wbxml(Add)]
    Add(ClientAdd<'a>),
    /// Other content of an item.
    #[wbxml(Change)]
    Change(ClientChange<'a>),
    /// An item is gone.
    #[wbxml(Delete)]
    Delete(ClientDelete<'a>),
    /// Please send this item in full.
    #[wbxml(Fetch)]
    Fetch(Fetch<'a>),
}

/// A new item, made on the client (`[MS-ASCMD]` 2.2.3.7.2).
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Add)]
pub struct ClientAdd<'a> {
    /// The class of the item where it is not that of the folder; since 14.0.
    #[wbxml(Class, since = "14.0")]
    pub class: Option<Class<'a>>,
    /// The client's identifier, until the server has given one. `[MS-ASCMD]` 2.2.3.28.2.
    #[wbxml(ClientId)]
    pub client_id: ClientId<'a>,
    /// The mail is to be sent, not kept as a draft; since 16.0. `[MS-ASEMAIL]` 2.2.2.69.
    #[wbxml(email2::Send, flag)]
    pub send: bool,
    /// The item, written as it is: what the version leaves out must have been left out by
    /// [`Fragment::from_value`]. `[MS-ASCMD]` 2.2.3.11.
    #[wbxml(ApplicationData)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::fragment))]
    pub application_data: Fragment<'a>,
}

/// New content of an item (`[MS-ASCMD]` 2.2.3.24).
///
/// What the content leaves out is deleted, but for ghosted properties ([`Collection::supported`]), a mail's
/// `Flag`, `Read` and `Categories`, bodies, pictures and exceptions; and from 16.0 on, for appointments.
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Change)]
pub struct ClientChange<'a> {
    /// Which item; of a series, the series.
    #[wbxml(ServerId)]
    pub server_id: ServerId<'a>,
    /// Which occurrence of the series, by its original start: `20240301T090000Z`; since 16.0.
    /// `[MS-ASAIRS]` 2.2.2.25.
    #[wbxml(airsyncbase::InstanceId)]
    pub instance_id: Option<CompactDateTime>,
    /// The draft is to be sent; since 16.0. `[MS-ASEMAIL]` 2.2.2.69.
    #[wbxml(email2::Send, flag)]
    pub send: bool,
    /// The content, written as it is: see [`ClientAdd::application_data`]. `[MS-ASCMD]` 2.2.3.11.
    #[wbxml(ApplicationData)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::fragment))]
    pub application_data: Fragment<'a>,
}

/// A deletion by the client (`[MS-ASCMD]` 2.2.3.42.2).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Delete)]
pub struct ClientDelete<'a> {
    /// Which item; of a series, the series.
    #[wbxml(ServerId)]
    pub server_id: ServerId<'a>,
    /// Which occurrence of the series, by its original start: `20240301T090000Z`; since 16.0.
    /// `[MS-ASAIRS]` 2.2.2.25.
    #[wbxml(airsyncbase::InstanceId)]
    pub instance_id: Option<CompactDateTime>,
}

/// Asks for a mail that came truncated (`[MS-ASCMD]` 2.2.3.67.2). From 12.0 on `ItemOperations` is preferred.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Fetch)]
pub struct Fetch<'a> {
    /// Which item.
    #[wbxml(ServerId)]
    pub server_id: ServerId<'a>,
}

#[cfg(test)]
mod tests {
    use wbxml::ProtocolVersion;

    use super::*;

    #[test]
    fn the_window_has_a_default_and_bounds() {
        let mut collection = Collection::new("1", "5");
        for (given, meant) in [
            (None, 100),
            (Some(0), 512),
            (Some(1), 1),
            (Some(512), 512),
            (Some(513), 512),
            (Some(u32::MAX), 512),
        ] {
            collection.window_size = given;
            assert_eq!(collection.effective_window_size(), meant, "{given:?}");
        }
    }

    #[test]
    fn absent_get_changes_depends_on_the_key() {
        let mut collection = Collection::new(SyncKey::INITIAL, "5");
        assert!(!collection.wants_changes());
        collection.get_changes = Some(Flag::Empty);
        assert!(collection.wants_changes());
        collection.sync_key = SyncKey::from("1");
        assert!(collection.wants_changes());
        collection.get_changes = None;
        assert!(collection.wants_changes());
        collection.get_changes = Some(Flag::False);
        assert!(!collection.wants_changes());
    }

    /// `[MS-ASCMD]` 2.2.3.199: the global one came with 12.1, that of a collection is older.
    #[test]
    fn the_window_of_the_whole_request_is_of_12_1_and_later() {
        let collection = Collection { window_size: Some(10), ..Collection::new("1", "5") };
        let request = SyncRequest { window_size: Some(20), ..SyncRequest::from(collection) };
        let windows = |version| {
            let document = wbxml::to_vec_version(&request, version).unwrap();
            let read: SyncRequest<'_> = wbxml::from_slice(&document).unwrap();
            (read.window_size, read.collections[0].window_size)
        };
        for version in ProtocolVersion::ALL {
            let global = (version >= ProtocolVersion::V12_1).then_some(20);
            assert_eq!(windows(version), (global, Some(10)), "{version}");
        }
    }
}
