//! Elements as a whole, and what a version leaves out.

use super::Writer;
use crate::error::{Error, ErrorKind, Result};
use crate::reader::name_in;
use crate::token::{CONTENT, END, STR_I};
use crate::{Encode, Tag, nul_search};

impl Writer<'_> {
    /// Writes an element without content.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn empty_element(&mut self, tag: Tag) -> Result<()> {
        self.element(tag, &())
    }

    /// The element around this content; the version has its tag.
    #[inline]
    pub(crate) fn element_around<T: Encode + ?Sized>(&mut self, tag: Tag, content: &T) -> Result<()> {
        self.start(tag)?;
        if let Err(error) = content.encode(self) {
            return Err(self.inside(tag, error));
        }
        self.end()
    }

    /// The element around text, as [`element_around`](Self::element_around), but in one go: most elements are such.
    #[inline]
    pub(crate) fn text_element(&mut self, tag: Tag, text: &str) -> Result<()> {
        let limits = &self.state.limits;
        let rare = text.is_empty()
            || text.len() >= self.flush_at
            || self.state.depth >= limits.depth
            || self.strings.is_some();
        if rare || nul_search::is_in(text.as_bytes()) {
            return self.rare_text_element(tag, text);
        }
        self.switch_page(tag.page())?;
        self.buffer.extend_from_slice(&[tag.token() | CONTENT, STR_I]);
        self.buffer.extend_from_slice(text.as_bytes());
        self.buffer.extend_from_slice(&[0, END]);
        self.flush_if_long()
    }

    #[inline(never)]
    fn rare_text_element(&mut self, tag: Tag, text: &str) -> Result<()> {
        self.start(tag)?;
        self.text(text).map_err(|error| self.inside(tag, error))?;
        self.end()
    }

    /// The error with the name of the element in which it came up.
    #[cold]
    #[inline(never)]
    pub(crate) fn inside(&self, tag: Tag, error: Error) -> Error {
        error.inside(name_in(self.state.language, tag))
    }

    /// Writes an element whose content is these bytes as OPAQUE.
    ///
    /// # Errors
    /// As for [`element`](Self::element).
    pub fn opaque_element(&mut self, tag: Tag, bytes: &[u8]) -> Result<()> {
        if !self.writes(tag) {
            return self.leave_out(tag);
        }
        self.start(tag)?;
        self.opaque(bytes).map_err(|error| self.inside(tag, error))?;
        self.end()
    }

    /// Passes over an element that the version does not have, or refuses to.
    ///
    /// # Errors
    /// If it is to be refused.
    #[cold]
    pub fn leave_out(&self, tag: Tag) -> Result<()> {
        match self.state.version {
            Some(version) if self.state.refuse => Err(Error::new(ErrorKind::NotInVersion { tag, version })),
            _ => Ok(()),
        }
    }
}
