//! Writing by a string table, and finding out what one would hold.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::{NO_TAG, State, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Attribute, Event, Extension};
use crate::header::{Header, PublicId};
use crate::string_table::{Nowhere, Policy, StringTable, Texts, inline_length, reference_length};
use crate::token::{
    END, ENTITY, EXT_I_0, EXT_I_2, EXT_T_0, EXT_T_2, LITERAL, OPAQUE, PI, STR_I, STR_T, SWITCH_PAGE,
};
use crate::{EncodeElement, Reader, charset, primitives};

/// What becomes of texts.
#[derive(Debug)]
pub(crate) enum Strings {
    /// They are written by this table.
    By(StringTable),
    /// They are counted.
    Counted(Texts),
}

impl Writer<'_> {
    /// Sets the string table: it stands in the header, and a text that it holds is written as a reference where that
    /// is not longer.
    #[must_use]
    pub fn string_table(mut self, table: StringTable) -> Self {
        self.strings = (!table.is_empty()).then(|| Box::new(Strings::By(table)));
        self
    }

    /// As [`encode`](Self::encode), with a string table made for the value: it is gone over twice.
    ///
    /// # Errors
    /// As for [`encode`](Self::encode).
    pub fn encode_with_table<T: EncodeElement + ?Sized>(self, value: &T, policy: Policy) -> Result<Vec<u8>> {
        if policy == Policy::Never {
            return self.encode(value);
        }
        let texts = self.texts(|writer| value.encode_element(writer))?;
        let table = texts.table(policy, &self.state.limits);
        self.string_table(table).encode(value)
    }

    /// The texts that `write` writes, to a writer with the settings of this one.
    pub(crate) fn texts(&self, write: impl FnOnce(&mut Writer<'_>) -> Result<()>) -> Result<Texts> {
        let mut sink = Nowhere;
        let state = State { last_tag: NO_TAG, content_from: NO_TAG, ..self.state };
        let mut writer = Writer { state, ..Writer::with_sink(&mut sink) }.collecting();
        write(&mut writer)?;
        Ok(writer.into_texts())
    }

    pub(crate) fn collecting(mut self) -> Self {
        self.strings = Some(Box::new(Strings::Counted(Texts::default())));
        self
    }

    pub(crate) fn into_texts(self) -> Texts {
        match self.strings.map(|strings| *strings) {
            Some(Strings::Counted(texts)) => texts,
            _ => Texts::default(),
        }
    }

    /// The string table of the header.
    pub(super) fn table_bytes(&self) -> &[u8] {
        match self.strings.as_deref() {
            Some(Strings::By(table)) => table.as_bytes(),
            _ => &[],
        }
    }

    /// The index by which a text is to be written; a text that is only counted has none.
    #[cold]
    pub(super) fn reference(&mut self, text: &str) -> Option<u32> {
        match self.strings.as_deref_mut()? {
            Strings::By(table) => {
                table.index(text).filter(|index| reference_length(*index) <= inline_length(text))
            }
            Strings::Counted(texts) => {
                texts.count(text);
                None
            }
        }
    }

    /// Counts text that is referred to whatever the table is.
    pub(super) fn count_referenced(&mut self, bytes: usize) {
        if let Some(Strings::Counted(texts)) = self.strings.as_deref_mut() {
            texts.referenced += bytes;
        }
    }

    /// Copies a document, its text by the table of this writer, which has written nothing yet.
    pub(crate) fn copy_document(&mut self, document: &[u8]) -> Result<()> {
        let mut reader = Reader::new(document);
        let mut header = reader.header()?;
        if matches!(header.public_id, PublicId::StringTable(_)) {
            self.lean_on_table(&header)?;
        }
        header.string_table = &[];
        if !header.charset_is_utf8() {
            header.charset = charset::UTF_8;
        }
        self.header_of(&header)?;
        self.copy(&mut reader)
    }

    /// Copies what is left for a reader token by token, its text by the table.
    pub(super) fn copy(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        let (input, header, ..) = reader.document();
        let mut copied = reader.offset();
        while let Some(event) = reader.next()? {
            let (token, end) = (reader.token_offset(), reader.offset());
            match event {
                Event::Text(text) => {
                    self.buffer.extend_from_slice(&input[copied..token]);
                    self.copy_text(&text)?;
                }
                Event::Extension(text @ Extension::Text(..)) => {
                    self.buffer.extend_from_slice(&input[copied..token]);
                    self.extension(&text)?;
                }
                Event::Attribute(attribute) => {
                    self.buffer.extend_from_slice(&input[copied..end - attribute.bytes.len()]);
                    self.copy_attribute(&attribute, &header)?;
                }
                Event::ProcessingInstruction(instruction) => {
                    // Its END comes after it.
                    self.buffer.extend_from_slice(&input[copied..end - instruction.bytes.len() - 1]);
                    self.copy_attribute(&instruction, &header)?;
                    self.buffer.push(input[end - 1]);
                }
                other => {
                    match other {
                        Event::Literal { name, .. } => {
                            self.count_referenced(name.len());
                            self.lean_on_table(&header)?;
                        }
                        Event::Extension(Extension::Number(..)) if !header.string_table.is_empty() => {
                            self.lean_on_table(&header)?;
                        }
                        Event::Entity(character) => self.count_referenced(character.len_utf8()),
                        _ => {}
                    }
                    self.buffer.extend_from_slice(&input[copied..end]);
                }
            }
            copied = end;
            self.flush_if_long()?;
        }
        Ok(())
    }

    /// A string as it was, also an empty one.
    fn copy_text(&mut self, text: &str) -> Result<()> {
        if text.is_empty() {
            self.buffer.extend_from_slice(&[STR_I, 0]);
        }
        self.string(text)
    }

    /// Notes that the document leans on its own table, which must be at the beginning of the new one; if that is empty, as
    /// where an index into it means `xmlns`, the new one must be too.
    fn lean_on_table(&mut self, header: &Header<'_>) -> Result<()> {
        if let Some(Strings::Counted(texts)) = self.strings.as_deref_mut() {
            texts.leans_on_table = true;
            return Ok(());
        }
        let (own, table) = (header.string_table, self.table_bytes());
        if table.starts_with(own) && (table.is_empty() || !own.is_empty()) {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::StringTableNeeded))
        }
    }

    /// Copies a processing instruction of another document.
    pub(crate) fn copy_instruction(
        &mut self,
        instruction: &Attribute<'_>,
        header: &Header<'_>,
    ) -> Result<()> {
        self.buffer.push(PI);
        if instruction.page != self.state.attribute_page {
            self.buffer.extend_from_slice(&[SWITCH_PAGE, instruction.page]);
        }
        self.copy_attribute(instruction, header)?;
        self.state.attribute_page = instruction.page_after;
        self.buffer.push(END);
        self.flush_if_long()
    }

    /// Copies an attribute, which the reader has scanned.
    fn copy_attribute(&mut self, attribute: &Attribute<'_>, header: &Header<'_>) -> Result<()> {
        let mut rest = attribute.bytes;
        let mut is_start = true;
        while let Some((&token, after)) = rest.split_first() {
            let before = rest;
            rest = after;
            match token {
                SWITCH_PAGE => rest = after.get(1..).unwrap_or_default(),
                LITERAL if is_start => {
                    let index = number(&mut rest);
                    self.count_referenced(table_text(header, index).len());
                    self.lean_on_table(header)?;
                }
                _ if is_start => {}
                STR_I => {
                    self.copy_text(&inline_text(&mut rest, header))?;
                    continue;
                }
                STR_T => {
                    self.copy_text(&table_text(header, number(&mut rest)))?;
                    continue;
                }
                EXT_I_0..=EXT_I_2 => {
                    let text = inline_text(&mut rest, header);
                    self.extension(&Extension::Text(token - EXT_I_0, Cow::Owned(text)))?;
                    continue;
                }
                EXT_T_0..=EXT_T_2 => {
                    number(&mut rest);
                    if !header.string_table.is_empty() {
                        self.lean_on_table(header)?;
                    }
                }
                ENTITY => {
                    let character = char::from_u32(number(&mut rest)).unwrap_or_default();
                    self.count_referenced(character.len_utf8());
                }
                OPAQUE => {
                    let length = number(&mut rest) as usize;
                    rest = rest.get(length..).unwrap_or_default();
                }
                _ => {}
            }
            is_start &= token == SWITCH_PAGE;
            self.buffer.extend_from_slice(&before[..before.len() - rest.len()]);
        }
        Ok(())
    }
}

/// The number at the beginning, which is taken.
fn number(rest: &mut &[u8]) -> u32 {
    match primitives::parse(primitives::mb_u_int32, rest) {
        Ok((after, number)) => {
            *rest = after;
            number
        }
        Err(_) => 0,
    }
}

/// The inline string at the beginning, which is taken.
fn inline_text(rest: &mut &[u8], header: &Header<'_>) -> String {
    match primitives::parse(|input| charset::terminated_string(input, header.charset, usize::MAX), rest) {
        Ok((after, bytes)) => {
            *rest = after;
            charset::decode(bytes, header.charset).unwrap_or_default().into_owned()
        }
        Err(_) => String::new(),
    }
}

fn table_text<'a>(header: &Header<'a>, index: u32) -> Cow<'a, str> {
    charset::table_string(header, index).unwrap_or_default()
}
