//! Values that WBXML and ActiveSync have and Rust has no word for.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::Result;
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
