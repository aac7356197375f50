//! The streaming writer.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::event::Attribute;
use crate::header::{Header, PublicId};
use crate::nul_search;
use crate::primitives::number_length;
use crate::sink::Sink;
use crate::token::{ATTRIBUTES, CONTENT, END, ENTITY, LITERAL, STR_I, STR_T, SWITCH_PAGE};
use crate::{ACTIVESYNC, EncodeElement, Language, Limits, ProtocolVersion, Tag, VersionSet};

use strings::Strings;

mod asynchronous;
mod elements;
mod events;
mod opaque;
mod strings;

pub use asynchronous::AsyncWriter;

/// Writes a document piece by piece into a buffer, or through a small buffer into a [`Sink`].
///
/// An element that gets no content takes the short form `<A/>` by itself. Code pages are switched when they change.
///
/// ```
/// use wbxml::{Writer, codepages::folderhierarchy};
///
/// let mut writer = Writer::new(Vec::new());
/// writer.header()?;
/// writer.start(folderhierarchy::FolderSync)?;
/// writer.start(folderhierarchy::SyncKey)?;
/// writer.text("0")?;
/// writer.end()?;
/// writer.end()?;
/// assert_eq!(writer.finish()?, b"\x03\x01\x6A\x00\x00\x07\x56\x52\x030\x00\x01\x01");
/// # Ok::<(), wbxml::Error>(())
/// ```
pub struct Writer<'w> {
    buffer: Vec<u8>,
    sink: Option<&'w mut dyn Sink>,
    /// The length at which the buffer goes to the sink.
    flush_at: usize,
    /// The string table, if there is one.
    strings: Option<Box<Strings>>,
    state: State,
}

/// What a writer knows besides its bytes.
#[derive(Clone, Copy)]
pub(crate) struct State {
    page: u8,
    attribute_page: u8,
    depth: u32,
    /// The position of the tag that was written last in `buffer`, and the position at which its content would begin.
    /// The content bit is set beforehand and taken back by an end that finds no content.
    last_tag: usize,
    content_from: usize,
    /// The sink has got bytes.
    flushed: bool,
    version: Option<ProtocolVersion>,
    refuse: bool,
    limits: Limits,
    language: &'static Language,
}

impl Default for State {
    fn default() -> Self {
        Self {
            page: 0,
            attribute_page: 0,
            depth: 0,
            last_tag: NO_TAG,
            content_from: NO_TAG,
            flushed: false,
            version: None,
            refuse: false,
            limits: Limits::default(),
            language: &ACTIVESYNC,
        }
    }
}

impl State {
    fn finish(&self) -> Result<()> {
        if self.depth == 0 {
            Ok(())
        } else {
            Err(invalid("an element is still open at the end of the document"))
        }
    }
}

/// Where a writer was.
pub(crate) struct Mark {
    length: usize,
    last_tag: usize,
    content_from: usize,
    page: u8,
}

/// No start tag is waiting to learn whether it has content.
const NO_TAG: usize = usize::MAX;

/// A sink gets its bytes in pieces of about this size.
const FLUSH: usize = 16 << 10;

impl Writer<'_> {
    /// A writer that appends to `buffer` and gives it back in the end.
    pub fn new(buffer: Vec<u8>) -> Self {
        Self { buffer, sink: None, flush_at: usize::MAX, strings: None, state: State::default() }
    }
}

impl<'w> Writer<'w> {
    /// A writer into a sink, with a buffer of its own of bounded size.
    pub fn with_sink(sink: &'w mut dyn Sink) -> Self {
        Self { sink: Some(sink), flush_at: FLUSH, ..Writer::new(Vec::new()) }
    }

    /// Sets the protocol version to write: elements that it does not have are left out.
    #[must_use]
    pub fn version(mut self, version: ProtocolVersion) -> Self {
        self.state.version = Some(version);
        self
    }

    /// Sets whether an element that the version does not have is an error instead of being left out.
    #[must_use]
    pub fn refuse_other_versions(mut self, refuse: bool) -> Self {
        self.state.refuse = refuse;
        self
    }

    /// Sets the language, which gives the public identifier of the header.
    #[must_use]
    pub fn language(mut self, language: &'static Language) -> Self {
        self.state.language = language;
        self
    }

    /// Sets the limits: of the depth, and of what a reader takes of a string table that is made for a value.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.state.limits = limits;
        self
    }

    /// Writes a document of this value, and gives the buffer back: the bytes that it held before and the document.
    ///
    /// # Errors
    /// If the value cannot be written (a NUL in text, for instance), or the sink fails.
    pub fn encode<T: EncodeElement + ?Sized>(mut self, value: &T) -> Result<Vec<u8>> {
        self.header()?;
        let header_end = self.buffer.len();
        value.encode_element(&mut self)?;
        // A header is far too short to have gone to the sink by itself.
        if !self.state.flushed && self.buffer.len() == header_end {
            return Err(invalid("the message does not exist in the protocol version that is being written"));
        }
        self.finish()
    }

    /// The protocol version that is being written, if it was set.
    pub fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.state.version
    }

    /// Whether an element is written: whether the version, if one was set, has the tag.
    #[inline]
    pub fn writes(&self, tag: Tag) -> bool {
        self.writes_versions(tag.versions())
    }

    /// Whether the version is in the set, or no version was set.
    #[inline]
    pub fn writes_versions(&self, versions: VersionSet) -> bool {
        self.state.version.is_none_or(|version| versions.contains(version))
    }

    /// Writes the header of WBXML 1.3 in UTF-8, with the language's public identifier, and the string table if one was
    /// set.
    ///
    /// # Errors
    /// If the sink fails.
    pub fn header(&mut self) -> Result<()> {
        let public_id = PublicId::Known(self.state.language.public_id);
        self.header_of(&Header { public_id, ..Header::ACTIVESYNC })
    }

    /// Writes a header. Text is written in UTF-8 all the same. Its string table is that of the writer, if one was set.
    ///
    /// # Errors
    /// If there are two string tables, or the sink fails.
    pub fn header_of(&mut self, header: &Header<'_>) -> Result<()> {
        self.buffer.push(header.version);
        match header.public_id {
            PublicId::Known(number) => self.number(number),
            PublicId::StringTable(index) => {
                self.buffer.push(0);
                self.number(index);
            }
        }
        if header.version > 0 {
            self.number(header.charset);
        }
        if self.strings.is_some() && !header.string_table.is_empty() {
            return Err(invalid(
                "the header has a string table, and the writer another one: set one of them",
            ));
        }
        let from_header = header.string_table.len();
        self.length(from_header.max(self.table_bytes().len()))?;
        self.buffer.extend_from_slice(header.string_table);
        if let Some(Strings::By(table)) = self.strings.as_deref() {
            self.buffer.extend_from_slice(table.as_bytes());
        }
        self.flush_if_long()
    }

    /// Begins an element.
    ///
    /// # Errors
    /// If it would lie deeper than the limit allows, or the sink fails.
    #[inline]
    pub fn start(&mut self, tag: Tag) -> Result<()> {
        self.switch_page(tag.page())?;
        self.open(tag.token() | CONTENT)?;
        self.state.content_from = self.buffer.len();
        Ok(())
    }

    /// Begins an element with attributes: [`attribute`](Self::attribute) is next, then
    /// [`end_attributes`](Self::end_attributes).
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn start_with_attributes(&mut self, tag: Tag) -> Result<()> {
        self.switch_page(tag.page())?;
        self.open(tag.token() | CONTENT | ATTRIBUTES)
    }

    /// Begins an element whose name stands in the string table of the header at `index`.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn start_literal(&mut self, index: u32, attributes: bool) -> Result<()> {
        self.open(LITERAL | CONTENT | if attributes { ATTRIBUTES } else { 0 })?;
        self.number(index);
        if !attributes {
            self.state.content_from = self.buffer.len();
        }
        Ok(())
    }

    /// Begins an element by the bytes of its name; without attributes its content is next.
    #[cfg(feature = "xml")]
    pub(crate) fn start_raw(&mut self, byte: u8, rest: &[u8]) -> Result<()> {
        self.open(byte)?;
        self.buffer.extend_from_slice(rest);
        if byte & ATTRIBUTES == 0 {
            self.state.content_from = self.buffer.len();
        }
        Ok(())
    }

    #[inline]
    fn open(&mut self, byte: u8) -> Result<()> {
        if self.state.depth >= self.state.limits.depth {
            return Err(self.too_deep());
        }
        self.flush_if_long()?;
        self.state.depth += 1;
        self.state.last_tag = self.buffer.len();
        self.state.content_from = NO_TAG;
        self.buffer.push(byte);
        Ok(())
    }

    #[cold]
    fn too_deep(&self) -> Error {
        Error::new(ErrorKind::LimitExceeded { limit: "depth", value: self.state.limits.depth.into() })
    }

    #[inline]
    fn switch_page(&mut self, page: u8) -> Result<()> {
        if page == self.state.page { Ok(()) } else { self.write_page(page) }
    }

    /// Writes a switch of the code page of tags, also to the one in force.
    ///
    /// # Errors
    /// If the sink fails.
    pub fn write_page(&mut self, page: u8) -> Result<()> {
        self.buffer.extend_from_slice(&[SWITCH_PAGE, page]);
        self.state.page = page;
        self.state.content_from = NO_TAG;
        Ok(())
    }

    /// Writes an attribute of the element begun by [`start_with_attributes`](Self::start_with_attributes): its
    /// attribute start on a page, and what follows the start's prefix as text.
    ///
    /// # Errors
    /// If the text holds a NUL.
    pub fn attribute(&mut self, page: u8, start: u8, rest: &str) -> Result<()> {
        if page != self.state.attribute_page {
            self.buffer.extend_from_slice(&[SWITCH_PAGE, page]);
            self.state.attribute_page = page;
        }
        self.buffer.push(start);
        self.string(rest)
    }

    /// Writes an attribute as it was read; if it leans on a string table, this document must have the same.
    pub fn raw_attribute(&mut self, attribute: &Attribute<'_>) {
        if attribute.page != self.state.attribute_page {
            self.buffer.extend_from_slice(&[SWITCH_PAGE, attribute.page]);
        }
        self.buffer.extend_from_slice(attribute.bytes);
        self.state.attribute_page = attribute.page_after;
    }

    /// Ends the attribute list.
    pub fn end_attributes(&mut self) {
        self.buffer.push(END);
        self.state.content_from = self.buffer.len();
    }

    /// Ends the element that began last. Without content it takes the short form.
    ///
    /// # Errors
    /// If no element is open.
    #[inline]
    pub fn end(&mut self) -> Result<()> {
        if self.state.content_from == self.buffer.len() {
            self.buffer[self.state.last_tag] &= !CONTENT;
            self.state.content_from = NO_TAG;
            self.close()
        } else {
            self.end_long()
        }
    }

    /// Ends the element that began last with an END token, also when it has no content: `<A></A>`.
    ///
    /// # Errors
    /// If no element is open.
    #[inline]
    pub fn end_long(&mut self) -> Result<()> {
        self.buffer.push(END);
        self.close()
    }

    /// The state to which [`end_unless_empty`](Self::end_unless_empty) returns.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            length: self.buffer.len(),
            last_tag: self.state.last_tag,
            content_from: self.state.content_from,
            page: self.state.page,
        }
    }

    /// Ends the element that began last, right after `mark`; without content it is taken back.
    ///
    /// # Errors
    /// If no element is open.
    pub(crate) fn end_unless_empty(&mut self, mark: &Mark) -> Result<()> {
        if self.state.content_from != self.buffer.len() {
            return self.end_long();
        }
        if self.state.last_tag >= mark.length {
            self.buffer.truncate(mark.length);
            self.state.last_tag = mark.last_tag;
            self.state.content_from = mark.content_from;
            self.state.page = mark.page;
        } else {
            // What stood before the tag has gone to the sink, a switch of the page with it.
            self.buffer.truncate(self.state.last_tag);
            self.state.content_from = NO_TAG;
        }
        self.close()
    }

    #[inline]
    fn close(&mut self) -> Result<()> {
        match self.state.depth.checked_sub(1) {
            Some(depth) => self.state.depth = depth,
            None => return Err(end_without_start()),
        }
        Ok(())
    }

    /// Writes an element of this content, unless the version does not have its tag.
    ///
    /// # Errors
    /// If the content cannot be written, or the tag is not of the version and that is to be refused.
    #[inline]
    pub fn element<T: crate::Encode + ?Sized>(&mut self, tag: Tag, content: &T) -> Result<()> {
        if !self.writes(tag) {
            return self.leave_out(tag);
        }
        content.encode_in(tag, self)
    }

    /// Writes text as an inline string; nothing for empty text.
    ///
    /// # Errors
    /// If the text holds a NUL, or the sink fails.
    #[inline]
    pub fn text(&mut self, text: &str) -> Result<()> {
        if text.len() >= self.flush_at {
            return self.long_text(text);
        }
        self.string(text)?;
        self.flush_if_long()
    }

    #[inline(never)]
    fn long_text(&mut self, text: &str) -> Result<()> {
        if self.begin_long_text(text)? {
            self.by_the_buffer(text.as_bytes())?;
            self.buffer.push(0);
        }
        self.flush_if_long()
    }

    /// Begins an inline string that goes by the buffer into the sink; or writes a reference to the string table, and says
    /// that there is no string.
    fn begin_long_text(&mut self, text: &str) -> Result<bool> {
        if nul_search::is_in(text.as_bytes()) {
            return Err(nul_in_text());
        }
        let is_string = !self.table_text_of(text);
        if is_string {
            self.buffer.push(STR_I);
        }
        Ok(is_string)
    }

    /// Gives the sink what is in the buffer, and then these bytes.
    fn by_the_buffer(&mut self, bytes: &[u8]) -> Result<()> {
        self.flush()?;
        self.sink.as_mut().map_or(Ok(()), |sink| sink.write_all(bytes))
    }

    /// An inline string into the buffer; nothing for empty text.
    #[inline]
    fn string(&mut self, text: &str) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        if nul_search::is_in(text.as_bytes()) {
            return Err(nul_in_text());
        }
        if self.table_text_of(text) {
            return Ok(());
        }
        self.buffer.push(STR_I);
        self.buffer.extend_from_slice(text.as_bytes());
        self.buffer.push(0);
        Ok(())
    }

    /// Writes a reference to the string table into the buffer, if the table has the text.
    #[inline]
    fn table_text_of(&mut self, text: &str) -> bool {
        if self.strings.is_none() {
            return false;
        }
        let Some(index) = self.reference(text) else { return false };
        self.buffer.push(STR_T);
        self.number(index);
        true
    }

    /// Writes what a value displays as an inline string.
    ///
    /// # Errors
    /// If it holds a NUL, or the sink fails.
    pub fn display(&mut self, value: &(impl fmt::Display + ?Sized)) -> Result<()> {
        if self.strings.is_some() {
            return self.text(&alloc::format!("{value}"));
        }
        let from = self.buffer.len();
        self.buffer.push(STR_I);
        let written = fmt::write(&mut Text(&mut self.buffer), format_args!("{value}"));
        if written.is_err() {
            self.buffer.truncate(from);
            return Err(invalid("the value cannot be displayed"));
        }
        if self.buffer.len() == from + 1 {
            self.buffer.truncate(from);
            return Ok(());
        }
        if nul_search::is_in(&self.buffer[from..]) {
            self.buffer.truncate(from);
            return Err(nul_in_text());
        }
        self.buffer.push(0);
        self.flush_if_long()
    }

    /// Writes a character by its number.
    ///
    /// # Errors
    /// If the sink fails.
    pub fn entity(&mut self, character: char) -> Result<()> {
        self.buffer.push(ENTITY);
        self.number(character.into());
        self.count_referenced(character.len_utf8());
        self.flush_if_long()
    }

    /// Writes a reference to the string table of the header.
    ///
    /// # Errors
    /// If the sink fails.
    pub fn table_text(&mut self, index: u32) -> Result<()> {
        self.buffer.push(STR_T);
        self.number(index);
        self.flush_if_long()
    }

    /// The code page of tags in force.
    pub fn page(&self) -> u8 {
        self.state.page
    }

    /// The code page of attributes in force.
    pub fn attribute_page(&self) -> u8 {
        self.state.attribute_page
    }

    pub(crate) fn set_page(&mut self, page: u8) {
        self.state.page = page;
    }

    /// Ends the document, and gives the buffer back; with a sink, what is left in it goes there first.
    ///
    /// # Errors
    /// If an element is open, or the sink fails.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        self.state.finish()?;
        if let Some(sink) = &mut self.sink {
            sink.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(self.buffer)
    }

    fn number(&mut self, value: u32) {
        // Groups of 7 bits, the first that is not zero and all after it.
        for group in (0..number_length(value)).rev() {
            let bits = (value >> (7 * group) & 0x7F) as u8;
            self.buffer.push(if group > 0 { bits | 0x80 } else { bits });
        }
    }

    fn length(&mut self, length: usize) -> Result<()> {
        let length = u32::try_from(length).map_err(|_| too_long())?;
        self.number(length);
        Ok(())
    }

    #[inline]
    fn flush_if_long(&mut self) -> Result<()> {
        if self.buffer.len() < self.flush_at { Ok(()) } else { self.flush() }
    }

    #[cold]
    fn flush(&mut self) -> Result<()> {
        if let Some(sink) = &mut self.sink {
            sink.write_all(&self.buffer)?;
            self.forget_buffer();
        }
        Ok(())
    }

    fn forget_buffer(&mut self) {
        self.state.flushed = true;
        self.buffer.clear();
        self.state.last_tag = NO_TAG;
        self.state.content_from = NO_TAG;
    }
}

impl fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("buffered", &self.buffer.len())
            .field("depth", &self.state.depth)
            .field("page", &self.state.page)
            .field("version", &self.state.version)
            .finish_non_exhaustive()
    }
}

#[cold]
fn nul_in_text() -> Error {
    Error::new(ErrorKind::NulInText)
}

#[cold]
fn too_long() -> Error {
    invalid("WBXML cannot hold 4 GiB in one piece")
}

#[cold]
fn end_without_start() -> Error {
    invalid("an end without a start")
}

#[cold]
fn invalid(what: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidWrite(what.into()))
}

/// Lets `write!` append to the buffer.
struct Text<'a>(&'a mut Vec<u8>);

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
