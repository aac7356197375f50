//! Documents in the document: elements that become the bytes of an OPAQUE.

use super::XmlFault;
use super::encode::{Encoder, Open};
use super::known::Known;
use super::names::Names;
use crate::meaning::{self, MOST_EMBEDDED};
use crate::{Content, Error, ErrorKind, Language, Result, Writer, primitives};

/// A document that is being written.
pub(super) struct Document<'x, 'w> {
    pub(super) names: Names,
    pub(super) writer: Writer<'w>,
    pub(super) known: Known<'x>,
    /// A name that is known needs no second look: there is no other page for it, and no document begins with it.
    is_plain: bool,
    /// The bytes of the header once it has been written.
    pub(super) header: Vec<u8>,
    /// It says UTF-8.
    pub(super) is_utf8: bool,
    pub(super) open: Vec<Open>,
    /// The root element has ended.
    pub(super) ended: bool,
    /// From hints, for the element that comes next.
    pub(super) literal: Option<Vec<u8>>,
    pub(super) attributes: Option<Vec<u8>>,
}

impl<'w> Document<'_, 'w> {
    pub(super) fn new(language: &'static Language, writer: Writer<'w>) -> Self {
        let names = Names::new(language);
        Self {
            names,
            writer,
            known: Known::new(language),
            is_plain: names.are_plain() && names.embeds().next().is_none(),
            header: Vec::new(),
            is_utf8: false,
            open: Vec::new(),
            ended: false,
            literal: None,
            attributes: None,
        }
    }

    /// Whether an element without attributes begins with nothing but its tag.
    #[inline]
    pub(super) fn may_begin_plainly(&self) -> bool {
        self.is_plain
            && !self.header.is_empty()
            && !self.ended
            && self.literal.is_none()
            && self.attributes.is_none()
    }
}

impl Encoder<'_, '_, '_> {
    /// Begins a document in the document, if an element of this name is the root of one.
    pub(super) fn enter_at_root(&mut self, namespace: &str, name: &str) -> Result<()> {
        if self.is_place() { self.enter_at(namespace, name) } else { Ok(()) }
    }

    #[cold]
    fn enter_at(&mut self, namespace: &str, name: &str) -> Result<()> {
        match self.document.names.embedded(namespace, name) {
            Some(language) => self.enter(language),
            None => Ok(()),
        }
    }

    /// Whether a document may begin here.
    fn is_place(&self) -> bool {
        self.fresh && self.document.open.last().is_some_and(|open| open.content == Content::Document)
    }

    /// Begins a document in the document with this header.
    pub(super) fn enter_with(&mut self, bytes: Vec<u8>) -> Result<()> {
        if !self.is_place() {
            let expected = "`document` comes first in an element that may hold a document";
            return Err(self.fault(XmlFault::InvalidHint(expected)));
        }
        let Ok(([], header)) = primitives::parse(primitives::header(&self.options.limits), &bytes) else {
            return Err(self.fault(XmlFault::InvalidHint("its bytes are the header of a WBXML document")));
        };
        let language = meaning::language(&header, self.language());
        let Some(language) = language else {
            let expected = "its header names a language that the program knows";
            return Err(self.fault(XmlFault::InvalidHint(expected)));
        };
        self.enter(language)?;
        self.begin_with(bytes)
    }

    fn enter(&mut self, language: &'static Language) -> Result<()> {
        if self.around.len() >= MOST_EMBEDDED {
            let value = MOST_EMBEDDED as u64;
            return Err(self
                .place
                .put(Error::new(ErrorKind::LimitExceeded { limit: "embedded documents", value })));
        }
        let writer = Writer::new(Vec::new()).language(language).limits(self.options.limits);
        self.around.push(std::mem::replace(&mut self.document, Document::new(language, writer)));
        Ok(())
    }

    /// Ends a document in the document, and writes it into the element of the one around it that ends.
    #[cold]
    pub(super) fn leave(&mut self) -> Result<()> {
        let Some(around) = self.around.pop() else { return Ok(()) };
        self.no_element_due()?;
        if !self.document.ended {
            return Err(self.syntax("there is no element"));
        }
        let Document { writer, .. } = std::mem::replace(&mut self.document, around);
        let bytes = writer.finish();
        let bytes = self.placed(bytes)?;
        self.opaque(&bytes)
    }
}
