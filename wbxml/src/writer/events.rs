//! What was read, written again.

use super::{NO_TAG, Writer, invalid, nul_in_text};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, Extension};
use crate::header::Header;
use crate::token::{END, EXT_0, EXT_I_0, EXT_T_0, PI, SWITCH_PAGE};
use crate::{Limits, Reader, nul_search};

impl Writer<'_> {
    /// Writes an extension token.
    ///
    /// # Errors
    /// If its number is not 0 to 2, or its text holds a NUL.
    pub fn extension(&mut self, extension: &Extension<'_>) -> Result<()> {
        let (Extension::Text(index, _) | Extension::Number(index, _) | Extension::Byte(index)) = extension;
        if *index > 2 {
            return Err(invalid("an extension token has a number from 0 to 2"));
        }
        match extension {
            Extension::Text(index, text) => {
                if nul_search::is_in(text.as_bytes()) {
                    return Err(nul_in_text());
                }
                self.buffer.push(EXT_I_0 + index);
                self.buffer.extend_from_slice(text.as_bytes());
                self.buffer.push(0);
            }
            Extension::Number(index, number) => {
                self.buffer.push(EXT_T_0 + index);
                self.number(*number);
            }
            Extension::Byte(index) => self.buffer.push(EXT_0 + index),
        }
        self.flush_if_long()
    }

    /// Writes an event as it was read. Literal names and attributes that lean on a string table do so in the new
    /// document too: its header must hold the same table.
    ///
    /// # Errors
    /// If the event's text holds a NUL, or the sink fails.
    #[inline]
    pub fn event(&mut self, event: &Event<'_>) -> Result<()> {
        match event {
            Event::Start { tag, .. } => self.start(*tag),
            Event::Text(text) => self.text(text),
            Event::End => self.end(),
            _ => self.rare_event(event),
        }
    }

    fn rare_event(&mut self, event: &Event<'_>) -> Result<()> {
        match event {
            Event::Start { tag, .. } => self.start(*tag),
            Event::Text(text) => self.text(text),
            Event::Entity(character) => self.entity(*character),
            Event::Opaque(bytes) => self.opaque(bytes),
            Event::Extension(extension) => self.extension(extension),
            Event::End => self.end(),
            Event::ProcessingInstruction(instruction) => {
                self.buffer.push(PI);
                self.raw_attribute(instruction);
                self.buffer.push(END);
                Ok(())
            }
            Event::Literal { .. } | Event::Attribute(_) => Err(Error::new(ErrorKind::StringTableNeeded)),
        }
    }

    /// Copies captured content, which began and ends on these pages of tags and attributes.
    pub(crate) fn raw(&mut self, bytes: &[u8], from: u8, (to, attributes_to): (u8, u8)) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if from != self.state.page && bytes[0] != SWITCH_PAGE {
            self.write_page(from)?;
        }
        if self.strings.is_some() {
            let pages = (from, self.state.attribute_page);
            let language = self.state.language;
            let mut reader =
                Reader::inside(bytes, Header::ACTIVESYNC, 0, 0, pages, language).limits(Limits::NONE);
            self.copy(&mut reader)?;
        } else {
            self.buffer.extend_from_slice(bytes);
        }
        self.state.page = to;
        self.state.attribute_page = attributes_to;
        self.state.content_from = NO_TAG;
        self.flush_if_long()
    }
}
