//! Captured pieces of a document: read later, or never, and written again as they were.

use alloc::borrow::Cow;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::error::{Error, Path, Result};
use crate::event::Event;
use crate::header::Header;
use crate::token::{END, SWITCH_PAGE};
use crate::{
    Decode, Encode, EncodeElement, IntoOwned, Language, Limits, ProtocolVersion, Reader, Tag, Writer,
    primitives,
};

/// The inside of an element: its bytes and the code pages in force where it begins and ends.
///
/// It serves where the type of the content is known elsewhere, such as the application data of a Sync: decode it when
/// the class is known. A captured fragment borrows the document; errors in it point into the document.
#[derive(Clone)]
pub struct Fragment<'a> {
    /// The document, from its header (unless that is shared) to the end of the fragment.
    document: Cow<'a, [u8]>,
    header_length: usize,
    /// The document's header if it has a string table: pieces of one document must not each copy it.
    shared_header: Option<Arc<[u8]>>,
    start: usize,
    page: u8,
    page_after: u8,
    attribute_page: u8,
    attribute_page_after: u8,
    language: &'static Language,
    strict: bool,
}

impl<'a> Fragment<'a> {
    pub(crate) fn capture(reader: &mut Reader<'a>) -> Result<Self> {
        reader.pass_attributes()?;
        let pages = (reader.page(), reader.attribute_page());
        let start = reader.offset();
        let mut end = start;
        let mut open = 1_u32;
        loop {
            match reader.next()? {
                Some(Event::Start { .. } | Event::Literal { .. }) => open += 1,
                Some(Event::End) => {
                    open -= 1;
                    if open == 0 {
                        // The offset of the END; of an element without content that of its tag.
                        end = reader.token_offset().max(end);
                        break;
                    }
                }
                Some(_) => {}
                None => break,
            }
        }
        Ok(Self::of(reader, start, end, pages))
    }

    fn of(reader: &mut Reader<'a>, start: usize, end: usize, (page, attribute_page): (u8, u8)) -> Self {
        let (document, _, header_length, language) = reader.document();
        Self {
            document: Cow::Borrowed(&document[..end]),
            header_length,
            shared_header: reader.shared_header(),
            start,
            page,
            page_after: reader.page(),
            attribute_page,
            attribute_page_after: reader.attribute_page(),
            language,
            strict: reader.is_strict(),
        }
    }

    /// The content that a value writes, for a protocol version if one is given.
    ///
    /// # Errors
    /// If the value cannot be written.
    pub fn from_value<T: Encode + ?Sized>(
        value: &T,
        version: Option<ProtocolVersion>,
    ) -> Result<Fragment<'static>> {
        let mut writer = Writer::new(Vec::new());
        if let Some(version) = version {
            writer = writer.version(version);
        }
        writer.header()?;
        let start = HEADER_LENGTH;
        value.encode(&mut writer)?;
        let page_after = writer.page();
        Ok(Fragment { document: Cow::Owned(writer.finish()?), start, page_after, ..Fragment::default() })
    }

    /// The bytes, which mean something only together with [`page`](Self::page) and the document's string table.
    pub fn as_bytes(&self) -> &[u8] {
        self.document.get(self.start..).unwrap_or_default()
    }

    /// The code page in force where the fragment begins.
    pub fn page(&self) -> u8 {
        self.page
    }

    /// Whether there is nothing inside.
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// Reads the fragment as a `T`.
    ///
    /// # Errors
    /// If the content is malformed or no `T`.
    pub fn decode<'de, T: Decode<'de>>(&'de self) -> Result<T> {
        T::decode(&mut self.reader()?)
    }

    /// A reader of what is inside: events up to the last `End`, which is that of the captured element.
    ///
    /// # Errors
    /// Never for a captured fragment.
    pub fn reader(&self) -> Result<Reader<'_>> {
        let header = self.header()?;
        let pages = (self.page, self.attribute_page);
        // The limits held when it was captured.
        Ok(Reader::inside(&self.document, header, self.header_length, self.start, pages, self.language)
            .with_shared_header(self.shared_header.clone())
            .limits(Limits::NONE)
            .strict(self.strict))
    }

    fn header(&self) -> Result<Header<'_>> {
        let bytes = self.shared_header.as_deref().unwrap_or(&self.document[..self.header_length]);
        match primitives::parse(primitives::header(&Limits::NONE), bytes) {
            Ok((_, header)) => Ok(header),
            Err(fault) => Err(Error::at(fault.kind, 0, Path::default())),
        }
    }

    fn own(self) -> Fragment<'static> {
        let header = if self.shared_header.is_some() { &[] } else { &self.document[..self.header_length] };
        let header_length = header.len();
        let content = self.as_bytes();
        // A page of its own lets it be read by itself, from its beginning to a fault.
        let mut document = Vec::with_capacity(header.len() + 2 + content.len());
        document.extend_from_slice(header);
        document.extend_from_slice(&[SWITCH_PAGE, self.page]);
        let start = document.len();
        document.extend_from_slice(content);
        Fragment { document: Cow::Owned(document), header_length, start, ..self }
    }
}

/// `03 01 6A 00`
const HEADER_LENGTH: usize = 4;

/// Nothing inside.
impl Default for Fragment<'_> {
    fn default() -> Self {
        Self {
            document: Cow::Borrowed(&[0x03, 0x01, 0x6A, 0x00]),
            header_length: HEADER_LENGTH,
            shared_header: None,
            start: HEADER_LENGTH,
            page: 0,
            page_after: 0,
            attribute_page: 0,
            attribute_page_after: 0,
            language: &crate::ACTIVESYNC,
            strict: false,
        }
    }
}

/// The same bytes on the same page, or with a page switch of their own at the beginning.
impl PartialEq for Fragment<'_> {
    fn eq(&self, other: &Self) -> bool {
        let bytes = self.as_bytes();
        let needs_page = bytes.first().is_some_and(|&first| first != SWITCH_PAGE);
        bytes == other.as_bytes() && (self.page == other.page || !needs_page)
    }
}

impl fmt::Debug for Fragment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fragment(page {}, {} bytes)", self.page, self.as_bytes().len())
    }
}

impl<'de> Decode<'de> for Fragment<'de> {
    fn decode(reader: &mut Reader<'de>) -> Result<Self> {
        reader.fragment()
    }
}

impl Encode for Fragment<'_> {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
        let header = self.header()?;
        let same = header.string_table.is_empty()
            && header.charset_is_utf8()
            && self.attribute_page == writer.attribute_page();
        if same {
            let after = (self.page_after, self.attribute_page_after);
            return writer.raw(self.as_bytes(), self.page, after);
        }
        // The new document has neither the string table nor the character set of the old one: text is written out.
        let mut reader = self.reader()?;
        let mut open = 0_u32;
        while let Some(event) = reader.next()? {
            match &event {
                Event::End if open == 0 => break,
                Event::Start { .. } => open += 1,
                Event::End => open -= 1,
                Event::ProcessingInstruction(instruction) => {
                    writer.copy_instruction(instruction, &header)?;
                    continue;
                }
                _ => {}
            }
            writer.event(&event)?;
        }
        Ok(())
    }
}

impl IntoOwned for Fragment<'_> {
    type Owned = Fragment<'static>;

    fn into_owned(self) -> Self::Owned {
        self.own()
    }
}

/// A whole element of any tag, captured.
#[derive(Clone, PartialEq)]
pub struct AnyElement<'a> {
    tag: Tag,
    /// From the tag's token to the end of the element.
    whole: Fragment<'a>,
}

impl<'a> AnyElement<'a> {
    pub(crate) fn capture(tag: Tag, reader: &mut Reader<'a>) -> Result<Self> {
        let start = reader.token_offset();
        let pages = (tag.page(), reader.attribute_page());
        reader.skip()?;
        // An element without content ends with its tag or its attributes, which have been read by now.
        let mut whole = Fragment::of(reader, start, reader.offset(), pages);
        if reader.has_ended_without_token() {
            // What is written again has its end.
            whole.document.to_mut().push(END);
        }
        Ok(Self { tag, whole })
    }

    /// An element made from a value, for a protocol version if one is given.
    ///
    /// # Errors
    /// If the value cannot be written.
    pub fn from_value<T: Encode + ?Sized>(
        tag: Tag,
        content: &T,
        version: Option<ProtocolVersion>,
    ) -> Result<AnyElement<'static>> {
        struct Whole<'a, T: ?Sized>(Tag, &'a T);

        impl<T: Encode + ?Sized> Encode for Whole<'_, T> {
            fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
                writer.set_page(self.0.page());
                writer.start(self.0)?;
                self.1.encode(writer)?;
                writer.end()
            }
        }

        let mut whole = Fragment::from_value(&Whole(tag, content), version)?;
        whole.page = tag.page();
        Ok(AnyElement { tag, whole }.into_owned())
    }

    /// The element's tag; its token is [`Tag::LITERAL`] where the string table has its name.
    pub fn tag(&self) -> Tag {
        self.tag
    }

    /// The element's bytes, from its tag to its end.
    pub fn as_bytes(&self) -> &[u8] {
        self.whole.as_bytes()
    }

    /// Reads the element's content as a `T`.
    ///
    /// # Errors
    /// If the content is malformed or no `T`.
    pub fn decode<'de, T: Decode<'de>>(&'de self) -> Result<T> {
        let mut reader = self.whole.reader()?;
        reader.child()?;
        T::decode(&mut reader)
    }
}

impl fmt::Debug for AnyElement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnyElement({}, {} bytes)", self.tag, self.as_bytes().len())
    }
}

impl EncodeElement for AnyElement<'_> {
    fn encode_element(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.whole.encode(writer)
    }
}

impl<'de> crate::DecodeElement<'de> for AnyElement<'de> {
    fn accepts(_: Tag) -> bool {
        true
    }

    fn decode_element(tag: Tag, reader: &mut Reader<'de>) -> Result<Self> {
        reader.any(tag)
    }

    fn expected() -> &'static str {
        "any element"
    }
}

impl IntoOwned for AnyElement<'_> {
    type Owned = AnyElement<'static>;

    fn into_owned(self) -> Self::Owned {
        AnyElement { tag: self.tag, whole: self.whole.own() }
    }
}
