//! Ping: waits for changes in folders (`[MS-ASCMD]` 2.2.1.13); since 2.5.

use std::borrow::Cow;

use wbxml::codepages::ping;
use wbxml::{Decode, Encode, IntoOwned};

use crate::status::PingStatus;
use crate::{Class, CollectionId};

/// Asks the server to answer when something changes (`[MS-ASCMD]` 2.2.3.136).
///
/// A server keeps what was sent: the interval and the folders are needed only when they are new. The default
/// value is the empty request, which goes out without a body: all as last time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = ping, tag = Ping)]
pub struct PingRequest<'a> {
    /// A name of the table of 2.5 that no client is known to send.
    #[wbxml(AutdState)]
    pub autd_state: Option<Cow<'a, str>>,
    /// The same.
    #[wbxml(Version)]
    pub version: Option<Cow<'a, str>>,
    /// How many seconds the server may wait before it answers that nothing changed. The server sets the
    /// bounds. `[MS-ASCMD]` 2.2.3.88.1.
    #[wbxml(HeartbeatInterval)]
    pub heartbeat_interval: Option<u32>,
    /// Which folders to watch, none of them twice. `[MS-ASCMD]` 2.2.3.75.2.
    #[wbxml(Folders, list)]
    pub folders: Vec<PingFolder<'a>>,
}

impl<'a> PingRequest<'a> {
    /// Watches these folders for so many seconds.
    pub fn new(heartbeat_interval: u32, folders: Vec<PingFolder<'a>>) -> Self {
        Self { heartbeat_interval: Some(heartbeat_interval), folders, ..Self::default() }
    }

    /// Whether this is the request that goes out without a body.
    pub fn is_empty(&self) -> bool {
        *self == PingRequest::default()
    }
}

/// A folder to watch (`[MS-ASCMD]` 2.2.3.71.2).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = ping, tag = Folder)]
pub struct PingFolder<'a> {
    /// Which folder. `[MS-ASCMD]` 2.2.3.90.
    #[wbxml(Id)]
    pub id: CollectionId<'a>,
    /// The class of its items; the specification requires it. `[MS-ASCMD]` 2.2.3.27.4.
    #[wbxml(Class)]
    pub class: Option<Class<'a>>,
}

impl<'a> PingFolder<'a> {
    /// A folder of a class.
    pub fn new(id: impl Into<CollectionId<'a>>, class: Class<'a>) -> Self {
        Self { id: id.into(), class: Some(class) }
    }
}

/// What came first: a change, the end of the interval, or an error (`[MS-ASCMD]` 2.2.3.136).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = ping, tag = Ping)]
pub struct PingResponse<'a> {
    /// What happened. `[MS-ASCMD]` 2.2.3.177.11.
    #[wbxml(Status)]
    pub status: PingStatus,
    /// With status 2: the folders that changed. `[MS-ASCMD]` 2.2.3.75.2.
    #[wbxml(Folders, list = Folder)]
    pub folders: Vec<CollectionId<'a>>,
    /// With status 6: how many folders can be watched. `[MS-ASCMD]` 2.2.3.102.
    #[wbxml(MaxFolders)]
    pub max_folders: Option<u32>,
    /// With status 5: the nearest interval in seconds that the server allows. `[MS-ASCMD]` 2.2.3.88.1.
    #[wbxml(HeartbeatInterval)]
    pub heartbeat_interval: Option<u32>,
}

impl<'a> PingResponse<'a> {
    /// A status alone: nothing changed, or an error.
    pub fn new(status: PingStatus) -> Self {
        Self { status, folders: Vec::new(), max_folders: None, heartbeat_interval: None }
    }

    /// There are changes in these folders.
    pub fn changed(folders: Vec<CollectionId<'a>>) -> Self {
        Self { folders, ..Self::new(PingStatus::Changes) }
    }

    /// The interval is out of range; this is the nearest one that is not.
    pub fn heartbeat_out_of_range(nearest: u32) -> Self {
        Self { heartbeat_interval: Some(nearest), ..Self::new(PingStatus::HeartbeatOutOfRange) }
    }

    /// More folders than can be watched.
    pub fn too_many_folders(max_folders: u32) -> Self {
        Self { max_folders: Some(max_folders), ..Self::new(PingStatus::TooManyFolders) }
    }
}
