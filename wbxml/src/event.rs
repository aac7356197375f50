//! What a document consists of, piece by piece.

use alloc::borrow::Cow;

use crate::Tag;

/// A piece of a document. Every `Start` and `Literal` has its `End`, also where the document spends no byte on it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event<'de> {
    /// An element begins.
    Start {
        /// Page and token.
        tag: Tag,
        /// Whether the content bit is set: `<A></A>` rather than `<A/>` where nothing comes before the end.
        has_content: bool,
    },
    /// An element begins whose name stands in the string table.
    Literal {
        /// The name.
        name: Cow<'de, str>,
        /// As for `Start`.
        has_content: bool,
    },
    /// An attribute of the element that began last.
    Attribute(Attribute<'de>),
    /// Text; the text of one element may come in several pieces.
    Text(Cow<'de, str>),
    /// A character given by its number.
    Entity(char),
    /// Bytes.
    Opaque(&'de [u8]),
    /// A token that a document language gives its own meaning: the variables of WML, the values of Wireless Village.
    Extension(Extension<'de>),
    /// A processing instruction: its target is the name, its data the value.
    ProcessingInstruction(Attribute<'de>),
    /// The element that began last and has not ended yet ends.
    End,
}

/// An attribute as it stands in the document: an attribute start, then strings and value tokens.
/// [`Reader::attribute_name`](crate::Reader::attribute_name) and
/// [`Reader::attribute_value`](crate::Reader::attribute_value) spell it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'de> {
    /// The attribute code page in force at the attribute start.
    pub(crate) page: u8,
    /// The bytes from the attribute start to the end of the value.
    pub(crate) bytes: &'de [u8],
    /// The attribute code page in force after them.
    pub(crate) page_after: u8,
}

impl<'de> Attribute<'de> {
    /// The attribute code page in force at the attribute start.
    pub fn page(&self) -> u8 {
        self.page
    }

    /// The bytes of the attribute, from the attribute start to the end of its value.
    pub fn as_bytes(&self) -> &'de [u8] {
        self.bytes
    }
}

/// An extension token, number 0 to 2. WBXML 1.3, 5.8.4.2
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extension<'de> {
    /// EXT_I: with a string.
    Text(u8, Cow<'de, str>),
    /// EXT_T: with a number, often an index in the string table.
    Number(u8, u32),
    /// EXT: by itself.
    Byte(u8),
}
