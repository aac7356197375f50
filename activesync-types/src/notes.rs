//! The Notes class: what a user jots down. 14.0 and later. [MS-ASNOTE]
//!
//! Every field is optional, since a `Change` holds only what changed.

use std::borrow::Cow;

use wbxml::codepages::{airsyncbase, notes};
use wbxml::{AnyElement, Decode, Encode, IntoOwned};

use crate::airsyncbase::{Body, BodyType};
use crate::date_time::CompactDateTime;

/// A note. [MS-ASNOTE] 2.2.2
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = notes)]
pub struct Note<'a> {
    /// Subject. [MS-ASNOTE] 2.2.2.6
    #[wbxml(Subject)]
    pub subject: Option<Cow<'a, str>>,
    /// [`Note::STICKY_NOTE`], or that with a dot and anything behind it. [MS-ASNOTE] 2.2.2.5
    #[wbxml(MessageClass)]
    pub message_class: Option<Cow<'a, str>>,
    /// When it was last changed. [MS-ASNOTE] 2.2.2.4
    #[wbxml(LastModifiedDate)]
    pub last_modified_date: Option<CompactDateTime>,
    /// The user's categories, at most 300; an empty list says that there are none. [MS-ASNOTE] 2.2.2.2
    #[wbxml(Categories, list = Category)]
    pub categories: Option<Vec<Cow<'a, str>>>,
    /// The text: plain, HTML or RTF. [MS-ASNOTE] 2.2.2.1, [MS-ASAIRS] 2.2.2.9
    #[wbxml(airsyncbase::Body, since = "14.0")]
    pub body: Option<Body<'a>>,
    /// The format in which the server has the text. [MS-ASAIRS] 2.2.2.32
    #[wbxml(airsyncbase::NativeBodyType, since = "14.0")]
    pub native_body_type: Option<BodyType>,
    /// Elements that the specification does not name here, as they came.
    #[wbxml(any)]
    #[cfg_attr(feature = "arbitrary", arbitrary(default))]
    pub other: Vec<AnyElement<'a>>,
}

impl Note<'_> {
    /// The message class of a note. [MS-ASNOTE] 2.2.2.5
    pub const STICKY_NOTE: &'static str = "IPM.StickyNote";
}
