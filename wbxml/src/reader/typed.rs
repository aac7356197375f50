//! What typed reading asks of the reader besides events.

use alloc::sync::Arc;
use core::ops::ControlFlow;

use super::{Mode, Reader};
use crate::error::Result;
use crate::header::Header;
use crate::limits::Limits;
use crate::token::{END, OPAQUE, STR_I, SWITCH_PAGE};
use crate::{Language, Tag, charset};

impl<'de> Reader<'de> {
    /// As `next`, for typed reading: breaks with the element that begins here, or with `None` if that around it ends;
    /// goes on if something else stands here.
    #[inline]
    pub(crate) fn plain_child(&mut self) -> ControlFlow<Option<Tag>> {
        while self.mode == Mode::Content {
            let Some(&byte) = self.input.get(self.position) else { break };
            match byte {
                END if self.depth > self.floor => {
                    self.pass_end();
                    return ControlFlow::Break(None);
                }
                0x05..=0x3F | 0x45..=0x7F if self.opens_freely() => {
                    return ControlFlow::Break(Some(self.pass_start(byte)));
                }
                SWITCH_PAGE => {
                    let Some(&page) = self.input.get(self.position + 1) else { break };
                    self.page = page;
                    self.position += 2;
                }
                _ => break,
            }
        }
        ControlFlow::Continue(())
    }

    /// As `next`, for typed reading: a string in one piece that is all of its element, whose end is passed too.
    #[inline]
    pub(crate) fn plain_text(&mut self) -> Option<&'de str> {
        if self.mode != Mode::Content || *self.input.get(self.position)? != STR_I {
            return None;
        }
        let text = self.string_in_window(self.position + 1)?;
        let end = self.position + text.len() + 2;
        if *self.input.get(end)? != END || self.depth <= self.floor {
            return None;
        }
        self.value = self.position;
        self.position = end;
        self.pass_end();
        Some(text)
    }

    /// The bytes of the header if it has a string table, one copy for all that is captured.
    pub(crate) fn shared_header(&mut self) -> Option<Arc<[u8]>> {
        if self.header.string_table.is_empty() {
            return None;
        }
        let header = &self.input[..self.header_length];
        Some(Arc::clone(self.shared_header.get_or_insert_with(|| Arc::from(header))))
    }

    pub(crate) fn with_shared_header(mut self, header: Option<Arc<[u8]>>) -> Self {
        self.shared_header = header;
        self
    }

    pub(crate) fn document(&self) -> (&'de [u8], Header<'de>, usize, &'static Language) {
        (self.input, self.header, self.header_length, self.settings.language)
    }

    /// The limits less what has been read.
    pub(crate) fn limits_left(&self) -> Limits {
        self.settings.limits.elements(self.elements_left).referenced_text(self.referenced_left)
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.settings.strict
    }

    /// Reads over the attributes of the element that began last.
    pub(crate) fn pass_attributes(&mut self) -> Result<()> {
        while let Mode::Attributes { has_content } = self.mode {
            self.attribute_list(has_content)?;
        }
        Ok(())
    }

    /// Whether the element that began last ends without any content.
    pub(crate) fn ends_here(&mut self) -> Result<bool> {
        self.pass_attributes()?;
        Ok(match self.mode {
            Mode::Empty => true,
            _ => match self.input.get(self.position) {
                Some(&byte) => byte == END,
                None => self.may_end_without_token(),
            },
        })
    }

    /// Whether the element that began last holds nothing, or an empty text.
    pub(crate) fn is_blank(&mut self) -> Result<bool> {
        // In UTF-16 these bytes are a character.
        let one_byte_each = charset::terminator(self.header.charset).len() == 1;
        Ok(self.ends_here()?
            || one_byte_each
                && match self.input.get(self.position..) {
                    Some([STR_I | OPAQUE, 0, END, ..]) => true,
                    Some([STR_I | OPAQUE, 0]) => self.may_end_without_token(),
                    _ => false,
                })
    }

    pub(crate) fn mark_value(&mut self) {
        self.value = self.token;
    }
}
