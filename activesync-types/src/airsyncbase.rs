//! The `AirSyncBase` namespace: bodies, attachments and locations, which all item classes of 12.0 and later share.
//!
//! Up to 2.5 each class has elements of its own for these; their fields stand beside the ones here in
//! [`Email`](crate::email::Email), [`Calendar`](crate::calendar::Calendar), [`Contact`](crate::contacts::Contact)
//! and [`Task`](crate::tasks::Task), and the version that is written decides which of them go out.

use std::borrow::Cow;

use wbxml::codepages::{airsyncbase, email2, itemoperations};
use wbxml::{Bytes, Decode, Encode, IntoOwned, TextOrBytes};

/// The format of a body. [MS-ASAIRS] 2.2.2.41
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum BodyType {
    /// Plain text.
    #[default]
    #[wbxml(1)]
    PlainText,
    /// HTML.
    #[wbxml(2)]
    Html,
    /// Compressed RTF, in base64.
    #[wbxml(3)]
    Rtf,
    /// The whole MIME message (mail only).
    #[wbxml(4)]
    Mime,
    /// A number without a meaning in the specification.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}

/// Which format of body a client wants, and how much of it. [MS-ASAIRS] 2.2.2.12
///
/// The children have this order on the wire; a request has at most one element for each `body_type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsyncbase, tag = BodyPreference)]
pub struct BodyPreference {
    /// The wanted format.
    #[wbxml(Type)]
    pub body_type: BodyType,
    /// The most bytes of the body that the client takes. Absent: all of it.
    #[wbxml(TruncationSize)]
    pub truncation_size: Option<u32>,
    /// Rather no body of this format than a truncated one. Means nothing without `truncation_size`.
    #[wbxml(AllOrNone)]
    pub all_or_none: Option<bool>,
    /// The most characters of preview text, 0 to 255. 14.0 and later.
    #[wbxml(Preview)]
    pub preview: Option<u32>,
}

impl BodyPreference {
    /// All of the body in the given format.
    #[must_use]
    pub fn new(body_type: BodyType) -> Self {
        Self { body_type, ..Self::default() }
    }

    /// At most `bytes` of the body in the given format.
    #[must_use]
    pub fn truncated(body_type: BodyType, bytes: u32) -> Self {
        Self { body_type, truncation_size: Some(bytes), ..Self::default() }
    }
}

/// Which format a client wants the new part of a message in, without what it quotes. 14.1 and later. [MS-ASAIRS] 2.2.2.11
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsyncbase, tag = BodyPartPreference)]
pub struct BodyPartPreference {
    /// The wanted format; only HTML should be asked for.
    #[wbxml(Type)]
    pub body_type: BodyType,
    /// The most bytes that the client takes. Absent: all of it.
    #[wbxml(TruncationSize)]
    pub truncation_size: Option<u32>,
    /// Rather nothing than a truncated part. Means nothing without `truncation_size`.
    #[wbxml(AllOrNone)]
    pub all_or_none: Option<bool>,
    /// The most characters of preview text, 0 to 255.
    #[wbxml(Preview)]
    pub preview: Option<u32>,
}

/// The body of an item. [MS-ASAIRS] 2.2.2.9
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsyncbase, tag = Body)]
pub struct Body<'a> {
    /// The format of `data`.
    #[wbxml(Type)]
    pub body_type: BodyType,
    /// The size in bytes of the whole body, before any truncation. Answers only; an estimate.
    #[wbxml(EstimatedDataSize)]
    pub estimated_data_size: Option<u32>,
    /// Whether `data` is not all of the body.
    #[wbxml(Truncated)]
    pub truncated: Option<bool>,
    /// The body; base64 if the format is RTF. Absent in multipart answers, and when nothing is left of it.
    ///
    /// It is a string by the specification, and devices read no other; but what a peer sends as MIME may be any bytes.
    #[wbxml(Data)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::text_or_bytes))]
    pub data: Option<TextOrBytes<'a>>,
    /// The beginning of the body as plain text, as long as the client asked for. 14.0 and later.
    #[wbxml(Preview)]
    pub preview: Option<Cow<'a, str>>,
    /// The number of the part of a multipart answer that holds the body.
    #[wbxml(itemoperations::Part)]
    pub part: Option<u32>,
}

impl<'a> Body<'a> {
    /// A complete body for a request: its format and its text.
    pub fn new(body_type: BodyType, data: impl Into<TextOrBytes<'a>>) -> Self {
        Self { body_type, data: Some(data.into()), ..Self::default() }
    }

    /// A complete plain text body for a request.
    pub fn plain_text(data: impl Into<TextOrBytes<'a>>) -> Self {
        Self::new(BodyType::PlainText, data)
    }

    /// The text of `data`, with U+FFFD for what is no UTF-8. MIME is better read from the bytes.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        self.data.as_ref().map(TextOrBytes::to_str_lossy)
    }
}

/// The new part of a message, without what it quotes. 14.1 and later. [MS-ASAIRS] 2.2.2.10
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsyncbase, tag = BodyPart)]
pub struct BodyPart<'a> {
    /// Whether the part could be made.
    #[wbxml(Status)]
    pub status: BodyPartStatus,
    /// The format of `data`.
    #[wbxml(Type)]
    pub body_type: BodyType,
    /// The size in bytes of the whole part, before any truncation; an estimate.
    #[wbxml(EstimatedDataSize)]
    pub estimated_data_size: u32,
    /// Whether `data` is not all of the part.
    #[wbxml(Truncated)]
    pub truncated: Option<bool>,
    /// The text of the part.
    #[wbxml(Data)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::text_or_bytes))]
    pub data: Option<TextOrBytes<'a>>,
    /// The beginning of the part as plain text, as long as the client asked for.
    #[wbxml(Preview)]
    pub preview: Option<Cow<'a, str>>,
}

impl BodyPart<'_> {
    /// The text of `data`, with U+FFFD for what is no UTF-8.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        self.data.as_ref().map(TextOrBytes::to_str_lossy)
    }
}

/// Whether a [`BodyPart`] could be made. [MS-ASAIRS] 2.2.2.37
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum BodyPartStatus {
    /// It was.
    #[default]
    #[wbxml(1)]
    Success,
    /// The conversation is too long for that: ask for the body instead.
    #[wbxml(176)]
    TooLong,
    /// A number without a meaning in the specification.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}

/// A child of `Attachments`. [MS-ASAIRS] 2.2.2.8
///
/// Answers hold [`Attachment`]s; requests of 16.0 and later add and delete.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsyncbase, choice)]
pub enum AttachmentEntry<'a> {
    /// An attachment that the item has.
    #[wbxml(Attachment)]
    Attachment(Attachment<'a>),
    /// A file to attach to an event or a draft. 16.0 and later, requests only.
    #[wbxml(Add)]
    Add(AddAttachment<'a>),
    /// An attachment to remove from an event or a draft. 16.0 and later, requests only.
    #[wbxml(Delete)]
    Delete(DeleteAttachment<'a>),
}

impl<'a> AttachmentEntry<'a> {
    /// The attachment that this tells about, if it is one that the item has.
    pub fn attachment(&self) -> Option<&Attachment<'a>> {
        match self {
            Self::Attachment(attachment) => Some(attachment),
            Self::Add(_) | Self::Delete(_) => None,
        }
    }
}

impl<'a> From<Attachment<'a>> for AttachmentEntry<'a> {
    fn from(attachment: Attachment<'a>) -> Self {
        Self::Attachment(attachment)
    }
}

/// An attachment that an item has; ItemOperations fetches what it holds. [MS-ASAIRS] 2.2.2.7
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsyncbase, tag = Attachment)]
pub struct Attachment<'a> {
    /// The name to show.
    #[wbxml(DisplayName)]
    pub display_name: Option<Cow<'a, str>>,
    /// The server's name for the attachment, with which it is fetched.
    #[wbxml(FileReference)]
    pub file_reference: Cow<'a, str>,
    /// The client's name for an attachment that it has just added. 16.0 and later.
    #[wbxml(ClientId)]
    pub client_id: Option<Cow<'a, str>>,
    /// What kind of attachment it is.
    #[wbxml(Method)]
    pub method: Option<AttachmentMethod>,
    /// Its size in bytes; an estimate.
    #[wbxml(EstimatedDataSize)]
    pub estimated_data_size: Option<u32>,
    /// The name by which an HTML body refers to it (`cid:`), without angle brackets.
    #[wbxml(ContentId)]
    pub content_id: Option<Cow<'a, str>>,
    /// The relative URI by which an HTML body refers to it.
    #[wbxml(ContentLocation)]
    pub content_location: Option<Cow<'a, str>>,
    /// Whether the body shows it in place.
    #[wbxml(IsInline)]
    pub is_inline: Option<bool>,
    /// Length of a voice message in seconds. 14.0 and later. [MS-ASEMAIL] 2.2.2.81
    #[wbxml(email2::UmAttDuration)]
    pub um_att_duration: Option<u32>,
    /// Place of a voice message among those of the item, 1 for the newest. 14.0 and later. [MS-ASEMAIL] 2.2.2.82
    #[wbxml(email2::UmAttOrder)]
    pub um_att_order: Option<u32>,
}

/// A file to attach to an event or a draft. 16.0 and later. [MS-ASAIRS] 2.2.2.2
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsyncbase, tag = Add)]
pub struct AddAttachment<'a> {
    /// The client's name for the file, which the answer repeats beside the server's.
    #[wbxml(ClientId)]
    pub client_id: Cow<'a, str>,
    /// What kind of attachment it is: a file (1) or a message (5).
    #[wbxml(Method)]
    pub method: AttachmentMethod,
    /// The media type of `content`.
    #[wbxml(ContentType)]
    pub content_type: Option<Cow<'a, str>>,
    /// The bytes of the file.
    #[wbxml(Content)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::bytes))]
    pub content: Bytes<'a>,
    /// The name to show.
    #[wbxml(DisplayName)]
    pub display_name: Cow<'a, str>,
    /// The name by which an HTML body refers to it.
    #[wbxml(ContentId)]
    pub content_id: Option<Cow<'a, str>>,
    /// The relative URI by which an HTML body refers to it.
    #[wbxml(ContentLocation)]
    pub content_location: Option<Cow<'a, str>>,
    /// Whether the body shows it in place.
    #[wbxml(IsInline, flag)]
    pub is_inline: bool,
}

/// An attachment to remove from an event or a draft. 16.0 and later. [MS-ASAIRS] 2.2.2.21
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsyncbase, tag = Delete)]
pub struct DeleteAttachment<'a> {
    /// The server's name for the attachment.
    #[wbxml(FileReference)]
    pub file_reference: Cow<'a, str>,
}

/// What kind of attachment something is. [MS-ASAIRS] 2.2.2.31
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum AttachmentMethod {
    /// A file.
    #[default]
    #[wbxml(1)]
    Normal,
    /// Reserved.
    #[wbxml(2)]
    Reserved2,
    /// Reserved.
    #[wbxml(3)]
    Reserved3,
    /// Reserved.
    #[wbxml(4)]
    Reserved4,
    /// A message (`message/rfc822`).
    #[wbxml(5)]
    EmbeddedMessage,
    /// An OLE object.
    #[wbxml(6)]
    AttachOle,
    /// A number without a meaning in the specification.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}

/// Where an event takes place. 16.0 and later. [MS-ASAIRS] 2.2.2.28
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsyncbase, tag = Location)]
pub struct Location<'a> {
    /// The name of the place.
    #[wbxml(DisplayName)]
    pub display_name: Option<Cow<'a, str>>,
    /// A note about the place.
    #[wbxml(Annotation)]
    pub annotation: Option<Cow<'a, str>>,
    /// Street.
    #[wbxml(Street)]
    pub street: Option<Cow<'a, str>>,
    /// City.
    #[wbxml(City)]
    pub city: Option<Cow<'a, str>>,
    /// State or province.
    #[wbxml(State)]
    pub state: Option<Cow<'a, str>>,
    /// Country.
    #[wbxml(Country)]
    pub country: Option<Cow<'a, str>>,
    /// Postal code.
    #[wbxml(PostalCode)]
    pub postal_code: Option<Cow<'a, str>>,
    /// Latitude in degrees.
    #[wbxml(Latitude, text)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::degrees))]
    pub latitude: Option<f64>,
    /// Longitude in degrees.
    #[wbxml(Longitude, text)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::degrees))]
    pub longitude: Option<f64>,
    /// How exact `latitude` and `longitude` are.
    #[wbxml(Accuracy, text)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::degrees))]
    pub accuracy: Option<f64>,
    /// Altitude.
    #[wbxml(Altitude, text)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::degrees))]
    pub altitude: Option<f64>,
    /// How exact `altitude` is.
    #[wbxml(AltitudeAccuracy, text)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::degrees))]
    pub altitude_accuracy: Option<f64>,
    /// A URI for the place.
    #[wbxml(LocationUri)]
    pub location_uri: Option<Cow<'a, str>>,
}

impl<'a> Location<'a> {
    /// A place of which only the name is known.
    pub fn named(display_name: impl Into<Cow<'a, str>>) -> Self {
        Self { display_name: Some(display_name.into()), ..Self::default() }
    }
}
