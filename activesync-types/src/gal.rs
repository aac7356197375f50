//! The `GAL` namespace: people in the global address list, whom Search and Find look up. 2.5 and later. [MS-ASCMD]

use std::borrow::Cow;

use wbxml::codepages::gal;
use wbxml::{AnyElement, Bytes, Decode, Encode, IntoOwned};

/// Somebody in the global address list: the `Properties` of what a Search or a Find found. [MS-ASCMD] 2.2.3.139
///
/// The sections named below are those for Search.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = gal)]
pub struct GalEntry<'a> {
    /// The name to show. [MS-ASCMD] 2.2.3.49.7
    #[wbxml(DisplayName)]
    pub display_name: Option<Cow<'a, str>>,
    /// Telephone. [MS-ASCMD] 2.2.3.133.2
    #[wbxml(Phone)]
    pub phone: Option<Cow<'a, str>>,
    /// Where the office is, or its number. [MS-ASCMD] 2.2.3.121.2
    #[wbxml(Office)]
    pub office: Option<Cow<'a, str>>,
    /// Title. [MS-ASCMD] 2.2.3.182.2
    #[wbxml(Title)]
    pub title: Option<Cow<'a, str>>,
    /// Company. [MS-ASCMD] 2.2.3.33.2
    #[wbxml(Company)]
    pub company: Option<Cow<'a, str>>,
    /// Alias. [MS-ASCMD] 2.2.3.9.2
    #[wbxml(Alias)]
    pub alias: Option<Cow<'a, str>>,
    /// First name. [MS-ASCMD] 2.2.3.70.2
    #[wbxml(FirstName)]
    pub first_name: Option<Cow<'a, str>>,
    /// Last name. [MS-ASCMD] 2.2.3.95.2
    #[wbxml(LastName)]
    pub last_name: Option<Cow<'a, str>>,
    /// Telephone at home. [MS-ASCMD] 2.2.3.89.2
    #[wbxml(HomePhone)]
    pub home_phone: Option<Cow<'a, str>>,
    /// Mobile telephone. [MS-ASCMD] 2.2.3.114.2
    #[wbxml(MobilePhone)]
    pub mobile_phone: Option<Cow<'a, str>>,
    /// Address. [MS-ASCMD] 2.2.3.55.3
    #[wbxml(EmailAddress)]
    pub email_address: Option<Cow<'a, str>>,
    /// Their photo, if the request asked for photos. 14.1 and later. [MS-ASCMD] 2.2.3.135.3
    #[wbxml(Picture)]
    pub picture: Option<Picture<'a>>,
    /// Elements that the specification does not name here, as they came.
    #[wbxml(any)]
    #[cfg_attr(feature = "arbitrary", arbitrary(default))]
    pub other: Vec<AnyElement<'a>>,
}

/// A photo, or why there is none. 14.1 and later. [MS-ASCMD] 2.2.3.135.3
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = gal, tag = Picture)]
pub struct Picture<'a> {
    /// Whether there is one. Required by the specification. [MS-ASCMD] 2.2.3.177.13
    #[wbxml(Status)]
    pub status: Option<PictureStatus>,
    /// The bytes of the photo. [MS-ASCMD] 2.2.3.39.4
    #[wbxml(Data)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::some_bytes))]
    pub data: Option<Bytes<'a>>,
}

impl<'a> Picture<'a> {
    /// A photo.
    pub fn new(data: impl Into<Bytes<'a>>) -> Self {
        Self { status: Some(PictureStatus::Success), data: Some(data.into()) }
    }

    /// Why there is no photo.
    #[must_use]
    pub fn absent(why: PictureStatus) -> Self {
        Self { status: Some(why), data: None }
    }
}

/// Whether a photo comes with an answer. [MS-ASCMD] 2.2.3.177.13
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum PictureStatus {
    /// It does.
    #[default]
    #[wbxml(1)]
    Success,
    /// The person has none.
    #[wbxml(173)]
    NoPicture,
    /// It is larger than the request's `MaxSize`.
    #[wbxml(174)]
    PictureTooLarge,
    /// There are more photos than the request's `MaxPictures`.
    #[wbxml(175)]
    PictureLimitReached,
    /// A number without a meaning in the specification.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}
