//! The Document class: files and folders of a file share that a Search finds. 12.0 and later. [MS-ASDOC]

use std::borrow::Cow;

use wbxml::codepages::documentlibrary;
use wbxml::{AnyElement, Decode, Encode, IntoOwned};

use crate::date_time::DateTime;

/// A file or a folder: the `Properties` of what a Search in a document library found. [MS-ASDOC] 2.2.2
///
/// The specification requires every element of the server. ItemOperations fetches what a file holds, by its `link_id`.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = documentlibrary)]
pub struct Document<'a> {
    /// Where it is, as a URI. [MS-ASDOC] 2.2.2.8
    #[wbxml(LinkId)]
    pub link_id: Option<Cow<'a, str>>,
    /// The name to show. [MS-ASDOC] 2.2.2.4
    #[wbxml(DisplayName)]
    pub display_name: Option<Cow<'a, str>>,
    /// Whether it is a folder. [MS-ASDOC] 2.2.2.5
    #[wbxml(IsFolder)]
    pub is_folder: Option<bool>,
    /// When it was made. [MS-ASDOC] 2.2.2.3
    #[wbxml(CreationDate)]
    pub creation_date: Option<DateTime>,
    /// When it or what is known of it was last changed. [MS-ASDOC] 2.2.2.7
    #[wbxml(LastModifiedDate)]
    pub last_modified_date: Option<DateTime>,
    /// Whether it is hidden. [MS-ASDOC] 2.2.2.6
    #[wbxml(IsHidden)]
    pub is_hidden: Option<bool>,
    /// Its size in bytes; an estimate, since it may have changed when it is fetched. [MS-ASDOC] 2.2.2.1
    #[wbxml(ContentLength)]
    pub content_length: Option<u64>,
    /// Its media type, if known. [MS-ASDOC] 2.2.2.2
    #[wbxml(ContentType)]
    pub content_type: Option<Cow<'a, str>>,
    /// Elements that the specification does not name here, as they came.
    #[wbxml(any)]
    #[cfg_attr(feature = "arbitrary", arbitrary(default))]
    pub other: Vec<AnyElement<'a>>,
}
