//! GetItemEstimate: how many changes a Sync would bring (`[MS-ASCMD]` 2.2.1.9).

use std::borrow::Cow;

use wbxml::codepages::{airsync, getitemestimate};
use wbxml::{Decode, Encode, Flag, IntoOwned, ProtocolVersion, VersionSet, Writer};

use crate::status::GetItemEstimateStatus;
use crate::sync::FilterType;
use crate::{Class, CollectionId, SyncKey};

/// Asks for estimates (`[MS-ASCMD]` 2.2.3.85).
#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = getitemestimate, tag = GetItemEstimate)]
pub struct GetItemEstimateRequest<'a> {
    /// A version that old clients send first; in no specification.
    #[wbxml(Version)]
    pub version: Option<Cow<'a, str>>,
    /// The collections: 1 to 300. `[MS-ASCMD]` 2.2.3.31.1.
    #[wbxml(Collections, list)]
    pub collections: Vec<EstimateCollection<'a>>,
}

impl<'a> From<Vec<EstimateCollection<'a>>> for GetItemEstimateRequest<'a> {
    fn from(collections: Vec<EstimateCollection<'a>>) -> Self {
        Self { version: None, collections }
    }
}

/// A collection to estimate (`[MS-ASCMD]` 2.2.3.29.1).
///
/// Up to 12.1 it is `Class, CollectionId, FilterType, SyncKey`; from 14.0 on `SyncKey, CollectionId,
/// ConversationMode, Options`: what the other form has is left out. [`EstimateCollection::filter`] serves both.
/// Without a version the newer form is written, unless only the older one has something to write.
#[derive(Clone, Debug, PartialEq, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = getitemestimate, tag = Collection)]
pub struct EstimateCollection<'a> {
    /// The class of the collection, up to 12.1. `[MS-ASCMD]` 2.2.3.27.2.
    #[wbxml(Class)]
    pub class: Option<Class<'a>>,
    /// The key of the state that the client has. `[MS-ASCMD]` 2.2.3.181.3.
    #[wbxml(airsync::SyncKey)]
    pub sync_key: SyncKey<'a>,
    /// Which folder. Only clients of 1.0 leave it out, for the default folder of the class.
    /// `[MS-ASCMD]` 2.2.3.30.2.
    #[wbxml(CollectionId)]
    pub collection_id: Option<CollectionId<'a>>,
    /// How old an item may be, up to 12.1; required there. `[MS-ASCMD]` 2.2.3.68.1.
    #[wbxml(airsync::FilterType)]
    pub filter_type: Option<FilterType>,
    /// Whether a conversation with one message in the window counts as a whole; since 14.0.
    /// `[MS-ASCMD]` 2.2.3.36.1.
    #[wbxml(airsync::ConversationMode)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::flag))]
    pub conversation_mode: Option<Flag>,
    /// What to count; since 14.0. Up to two, one for the SMS in a mail folder. `[MS-ASCMD]` 2.2.3.125.2.
    #[wbxml(airsync::Options)]
    pub options: Vec<EstimateOptions<'a>>,
}

impl<'a> EstimateCollection<'a> {
    /// All items of a folder.
    pub fn new(sync_key: impl Into<SyncKey<'a>>, collection_id: impl Into<CollectionId<'a>>) -> Self {
        Self {
            class: None,
            sync_key: sync_key.into(),
            collection_id: Some(collection_id.into()),
            filter_type: None,
            conversation_mode: None,
            options: Vec::new(),
        }
    }

    /// With a filter and, for versions up to 12.1, the class: in both forms, of which one is written.
    #[must_use]
    pub fn filter(mut self, class: Class<'a>, filter_type: FilterType) -> Self {
        self.class = Some(class);
        self.filter_type = Some(filter_type);
        self.options = vec![EstimateOptions { filter_type: Some(filter_type), ..EstimateOptions::default() }];
        self
    }

    /// The filter for the default class of the folder, wherever it stands.
    pub fn effective_filter(&self) -> FilterType {
        let of_default_class = |options: &&EstimateOptions<'_>| options.class != Some(Class::Sms);
        self.options
            .iter()
            .find(of_default_class)
            .map_or(self.filter_type, |options| options.filter_type)
            .unwrap_or_default()
    }

    fn writes_old_form(&self, writer: &Writer<'_>) -> bool {
        let old = writer.writes_versions(VersionSet::until(ProtocolVersion::V12_1));
        let new = writer.writes_versions(VersionSet::since(ProtocolVersion::V14_0));
        if old && new {
            // No version was chosen.
            return self.options.is_empty()
                && self.conversation_mode.is_none()
                && (self.class.is_some() || self.filter_type.is_some());
        }
        old
    }
}

/// By hand, since the order depends on the version.
impl Encode for EstimateCollection<'_> {
    fn encode(&self, writer: &mut Writer<'_>) -> wbxml::Result<()> {
        if self.writes_old_form(writer) {
            if let Some(class) = &self.class {
                writer.element(getitemestimate::Class, class)?;
            }
            if let Some(id) = &self.collection_id {
                writer.element(getitemestimate::CollectionId, id)?;
            }
            if let Some(filter_type) = &self.filter_type {
                writer.element(airsync::FilterType, filter_type)?;
            }
            writer.element(airsync::SyncKey, &self.sync_key)
        } else {
            writer.element(airsync::SyncKey, &self.sync_key)?;
            if let Some(id) = &self.collection_id {
                writer.element(getitemestimate::CollectionId, id)?;
            }
            if let Some(mode) = &self.conversation_mode {
                writer.element(airsync::ConversationMode, mode)?;
            }
            self.options.iter().try_for_each(|options| writer.element(airsync::Options, options))
        }
    }
}

impl wbxml::EncodeElement for EstimateCollection<'_> {
    fn encode_element(&self, writer: &mut Writer<'_>) -> wbxml::Result<()> {
        writer.element(getitemestimate::Collection, self)
    }
}

/// What to count (`[MS-ASCMD]` 2.2.3.125.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Options)]
pub struct EstimateOptions<'a> {
    /// The class that these options are for; absent means the default class of the folder.
    /// `[MS-ASCMD]` 2.2.3.27.2.
    #[wbxml(Class)]
    pub class: Option<Class<'a>>,
    /// How old an item may be. `[MS-ASCMD]` 2.2.3.68.1.
    #[wbxml(FilterType)]
    pub filter_type: Option<FilterType>,
    /// How many recipients of the recipient information cache to count, and only there.
    /// `[MS-ASCMD]` 2.2.3.103.1.
    #[wbxml(MaxItems)]
    pub max_items: Option<u32>,
}

/// The estimates (`[MS-ASCMD]` 2.2.3.85).
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = getitemestimate, tag = GetItemEstimate)]
pub struct GetItemEstimateResponse<'a> {
    /// Set when the whole request failed; a common status.
    #[wbxml(Status)]
    pub status: Option<GetItemEstimateStatus>,
    /// One for each collection. `[MS-ASCMD]` 2.2.3.153.3.
    #[wbxml(Response)]
    pub responses: Vec<EstimateResponse<'a>>,
}

/// The estimate of one collection (`[MS-ASCMD]` 2.2.3.153.3).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = getitemestimate, tag = Response)]
pub struct EstimateResponse<'a> {
    /// Whether it worked. `[MS-ASCMD]` 2.2.3.177.7.
    #[wbxml(Status)]
    pub status: GetItemEstimateStatus,
    /// Which collection, and the estimate. `[MS-ASCMD]` 2.2.3.29.1.
    #[wbxml(Collection)]
    pub collection: Option<Estimate<'a>>,
}

impl<'a> EstimateResponse<'a> {
    /// So many changes.
    pub fn new(collection_id: impl Into<CollectionId<'a>>, estimate: u32) -> Self {
        Self {
            status: GetItemEstimateStatus::Success,
            collection: Some(Estimate {
                class: None,
                collection_id: Some(collection_id.into()),
                estimate: Some(estimate),
            }),
        }
    }

    /// No estimate.
    pub fn failed(collection_id: impl Into<CollectionId<'a>>, status: GetItemEstimateStatus) -> Self {
        Self {
            status,
            collection: Some(Estimate {
                class: None,
                collection_id: Some(collection_id.into()),
                estimate: None,
            }),
        }
    }
}

/// An estimate (`[MS-ASCMD]` 2.2.3.65).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = getitemestimate, tag = Collection)]
pub struct Estimate<'a> {
    /// The class of the collection, up to 12.1.
    #[wbxml(Class)]
    pub class: Option<Class<'a>>,
    /// Which folder; absent only if the request had none. `[MS-ASCMD]` 2.2.3.30.2.
    #[wbxml(CollectionId)]
    pub collection_id: Option<CollectionId<'a>>,
    /// How many items would be added, changed or deleted. `[MS-ASCMD]` 2.2.3.65.
    #[wbxml(Estimate)]
    pub estimate: Option<u32>,
}
