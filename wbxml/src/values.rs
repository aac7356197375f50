//! Values that WBXML and ActiveSync have and Rust has no word for.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

use crate::error::{ErrorKind, Result};
use crate::event::Event;
use crate::{Decode, Encode, IntoOwned, OpaqueContent, Reader, Writer};

/// An element whose presence, emptiness and value all say something: `<GetChanges/>`, `<GetChanges>0</GetChanges>`.
/// Absence is the `None` of `Option<Flag>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flag {
    /// The element is there and empty, which means yes.
    Empty,
    /// `0`.
    False,
    /// `1`.
    True,
}

impl Flag {
    /// Whether the element says yes.
    pub fn is_set(self) -> bool {
        self != Self::False
    }
}

impl From<bool> for Flag {
    fn from(set: bool) -> Self {
        if set { Self::True } else { Self::False }
    }
}

impl<'de> Decode<'de> for Flag {
    fn decode(reader: &mut Reader<'de>) -> Result<Self> {
        let text = reader.text()?;
        match text.trim() {
            "" => Ok(Self::Empty),
            "0" => Ok(Self::False),
            "1" => Ok(Self::True),
            other if !reader.is_strict() && other.eq_ignore_ascii_case("true") => Ok(Self::True),
            other if !reader.is_strict() && other.eq_ignore_ascii_case("false") => Ok(Self::False),
            _ => Err(reader.invalid("nothing, 0 or 1", text)),
        }
    }
}

impl Encode for Flag {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
        match self {
            Self::Empty => Ok(()),
            Self::False => writer.text("0"),
            Self::True => writer.text("1"),
        }
    }
}

/// Bytes, borrowed from the document where they can be. Written as OPAQUE, read from OPAQUE or text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bytes<'a>(pub Cow<'a, [u8]>);

impl core::ops::Deref for Bytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Bytes<'_> {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl<'a> From<&'a [u8]> for Bytes<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self(Cow::Borrowed(bytes))
    }
}

impl From<Vec<u8>> for Bytes<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Cow::Owned(bytes))
    }
}

impl<'de> Decode<'de> for Bytes<'de> {
    fn decode(reader: &mut Reader<'de>) -> Result<Self> {
        reader.opaque().map(Self)
    }
}

impl Encode for Bytes<'_> {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.opaque(&self.0)
    }
}

impl IntoOwned for Bytes<'_> {
    type Owned = Bytes<'static>;

    fn into_owned(self) -> Self::Owned {
        Bytes(IntoOwned::into_owned(self.0))
    }
}

/// What is text by the specification, but holds whatever bytes somebody wrote: a message in MIME, for instance.
///
/// The variant says how it travels: text as an inline string, bytes as OPAQUE. It is read as it came and written as
/// it was read; text that holds a NUL, which an inline string cannot hold, is written as OPAQUE. Two are equal if
/// their bytes are, however they travel.
///
/// What came in one piece comes out the same, but for an empty inline string, which is not written. What came in
/// several pieces, by entities or by the string table comes out in one piece: as OPAQUE if any piece was.
///
/// An inline string that is not valid in the character set of its document is an error here too, in lenient mode as
/// in strict: the [`Reader`] gives text as `str`, and passes over no faulty one, not even in what it skips.
///
/// Before you write bytes, know who reads them: many devices take no OPAQUE where the specification has a string.
#[derive(Clone, Debug)]
pub enum TextOrBytes<'a> {
    /// An inline string.
    Text(Cow<'a, str>),
    /// OPAQUE, which may be text too.
    Bytes(Cow<'a, [u8]>),
}

impl<'a> TextOrBytes<'a> {
    /// The bytes; those of text in UTF-8.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    /// The text, if it is any: bytes are if they are UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bytes(bytes) => core::str::from_utf8(bytes).ok(),
        }
    }

    /// The text, with U+FFFD for what is no UTF-8.
    pub fn to_str_lossy(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes),
        }
    }

    /// The bytes, without a copy.
    pub fn into_bytes(self) -> Cow<'a, [u8]> {
        match self {
            Self::Text(Cow::Borrowed(text)) => Cow::Borrowed(text.as_bytes()),
            Self::Text(Cow::Owned(text)) => Cow::Owned(text.into_bytes()),
            Self::Bytes(bytes) => bytes,
        }
    }

    /// The number of bytes.
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn push_text(&mut self, more: Cow<'a, str>) {
        match self {
            Self::Text(text) if text.is_empty() => *text = more,
            Self::Text(text) => text.to_mut().push_str(&more),
            Self::Bytes(bytes) => bytes.to_mut().extend_from_slice(more.as_bytes()),
        }
    }

    fn push_bytes(&mut self, more: &'a [u8]) {
        let mut bytes = core::mem::take(self).into_bytes();
        if bytes.is_empty() {
            bytes = Cow::Borrowed(more);
        } else {
            bytes.to_mut().extend_from_slice(more);
        }
        *self = Self::Bytes(bytes);
    }
}

/// Empty text.
impl Default for TextOrBytes<'_> {
    fn default() -> Self {
        Self::Text(Cow::Borrowed(""))
    }
}

impl PartialEq for TextOrBytes<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for TextOrBytes<'_> {}

impl Hash for TextOrBytes<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl PartialEq<str> for TextOrBytes<'_> {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for TextOrBytes<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl AsRef<[u8]> for TextOrBytes<'_> {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl<'a> From<&'a str> for TextOrBytes<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for TextOrBytes<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for TextOrBytes<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [u8]> for TextOrBytes<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(Cow::Borrowed(bytes))
    }
}

impl From<Vec<u8>> for TextOrBytes<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Cow::Owned(bytes))
    }
}

impl<'a> From<Cow<'a, [u8]>> for TextOrBytes<'a> {
    fn from(bytes: Cow<'a, [u8]>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'de> Decode<'de> for TextOrBytes<'de> {
    fn decode(reader: &mut Reader<'de>) -> Result<Self> {
        let mut whole = Self::default();
        loop {
            match reader.next()? {
                Some(Event::Text(text)) => whole.push_text(text),
                Some(Event::Entity(character)) => whole.push_text(Cow::Owned(character.to_string())),
                Some(Event::Opaque(bytes)) => whole.push_bytes(bytes),
                Some(Event::End) | None => return Ok(whole),
                Some(Event::Attribute(_) | Event::ProcessingInstruction(_)) => {}
                Some(Event::Start { tag, .. }) => return Err(reader.unexpected(tag, "text or bytes")),
                Some(Event::Literal { .. } | Event::Extension(_)) => {
                    return Err(reader.unexpected_here("text or bytes"));
                }
            }
        }
    }
}

impl Encode for TextOrBytes<'_> {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
        match self {
            // The writer looks for a NUL before it writes; a second look would cost what writing does.
            Self::Text(text) => match writer.text(text) {
                Err(error) if *error.kind() == ErrorKind::NulInText => writer.opaque(text.as_bytes()),
                written => written,
            },
            Self::Bytes(bytes) => writer.opaque(bytes),
        }
    }
}

impl IntoOwned for TextOrBytes<'_> {
    type Owned = TextOrBytes<'static>;

    fn into_owned(self) -> Self::Owned {
        match self {
            Self::Text(text) => TextOrBytes::Text(IntoOwned::into_owned(text)),
            Self::Bytes(bytes) => TextOrBytes::Bytes(IntoOwned::into_owned(bytes)),
        }
    }
}

/// An element that may be empty where it usually has a value, and says something by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrEmpty<T> {
    /// The element is there and empty.
    Empty,
    /// The element has a value.
    Value(T),
}

impl<T> OrEmpty<T> {
    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Empty => None,
            Self::Value(value) => Some(value),
        }
    }

    /// A reference to the value, if there is one.
    pub fn as_value(&self) -> Option<&T> {
        match self {
            Self::Empty => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl<T> From<T> for OrEmpty<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for OrEmpty<T> {
    fn decode(reader: &mut Reader<'de>) -> Result<Self> {
        if reader.ends_here()? {
            reader.skip()?;
            return Ok(Self::Empty);
        }
        Ok(T::decode_optional(reader)?.map_or(Self::Empty, Self::Value))
    }
}

impl<T: Encode> Encode for OrEmpty<T> {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.as_value().map_or(Ok(()), |value| value.encode(writer))
    }
}

impl<T: IntoOwned> IntoOwned for OrEmpty<T> {
    type Owned = OrEmpty<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        match self {
            Self::Empty => OrEmpty::Empty,
            Self::Value(value) => OrEmpty::Value(value.into_owned()),
        }
    }
}

impl<'de> OpaqueContent<'de> for Bytes<'de> {
    fn from_opaque(bytes: Cow<'de, [u8]>) -> Option<Self> {
        Some(Self(bytes))
    }

    fn as_opaque(&self) -> &[u8] {
        &self.0
    }
}

impl<'de> OpaqueContent<'de> for Cow<'de, [u8]> {
    fn from_opaque(bytes: Cow<'de, [u8]>) -> Option<Self> {
        Some(bytes)
    }

    fn as_opaque(&self) -> &[u8] {
        self
    }
}

impl<'de> OpaqueContent<'de> for Vec<u8> {
    fn from_opaque(bytes: Cow<'de, [u8]>) -> Option<Self> {
        Some(bytes.into_owned())
    }

    fn as_opaque(&self) -> &[u8] {
        self
    }
}

impl<'de> OpaqueContent<'de> for Cow<'de, str> {
    fn from_opaque(bytes: Cow<'de, [u8]>) -> Option<Self> {
        match bytes {
            Cow::Borrowed(bytes) => core::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
        }
    }

    fn as_opaque(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl<'de> OpaqueContent<'de> for String {
    fn from_opaque(bytes: Cow<'de, [u8]>) -> Option<Self> {
        Self::from_utf8(bytes.into_owned()).ok()
    }

    fn as_opaque(&self) -> &[u8] {
        self.as_bytes()
    }
}
