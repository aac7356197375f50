//! A document token by token, so that every byte of it belongs to one: what events leave out is here too.

use crate::event::Event;
use crate::header::Header;
#[cfg(feature = "xml")]
use crate::reader::{Leaf, Plain};
use crate::token::{END, SWITCH_PAGE};
use crate::{Error, Reader};

/// A token, and the bytes from `start` to `end` that make it up.
#[derive(Debug)]
pub(crate) struct Token<'de> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: TokenKind<'de>,
}

#[derive(Debug)]
pub(crate) enum TokenKind<'de> {
    Header(Header<'de>),
    /// A switch of the code page of tags.
    TagPage(u8),
    /// A switch of the code page of attributes, between attributes.
    AttributePage(u8),
    EndOfAttributes,
    /// The end of an element without content has no bytes.
    Event(Event<'de>),
}

/// Reads the tokens of a document.
pub(crate) struct Walker<'de> {
    input: &'de [u8],
    reader: Reader<'de>,
    /// The tokens up to here have been given out.
    covered: usize,
    started: bool,
    /// An attribute list is open.
    attributes: bool,
    /// The element that began last has no content.
    empty: bool,
    /// What was read, while the page switches before it are given out.
    next: Option<Step<'de>>,
}

enum Step<'de> {
    Event { start: usize, end: usize, event: Event<'de> },
    Last,
    Fault { start: usize, error: Error },
}

impl<'de> Walker<'de> {
    /// The reader must not have read anything yet.
    pub(crate) fn new(input: &'de [u8], reader: Reader<'de>) -> Self {
        Self { input, reader, covered: 0, started: false, attributes: false, empty: false, next: None }
    }

    pub(crate) fn reader(&self) -> &Reader<'de> {
        &self.reader
    }

    /// The offset up to which the document has been given out.
    pub(crate) fn covered(&self) -> usize {
        self.covered
    }

    /// The next token; after an error there is none.
    pub(crate) fn next(&mut self) -> Result<Option<Token<'de>>, Error> {
        if !self.started {
            self.started = true;
            let header = self.reader.header()?;
            return Ok(Some(self.token(self.reader.offset(), TokenKind::Header(header))));
        }
        let step = match self.next.take() {
            Some(step) => step,
            None => self.step(),
        };
        let start = match &step {
            Step::Event { start, .. } | Step::Fault { start, .. } => *start,
            Step::Last => self.covered,
        };
        if let Some(token) = self.between(start) {
            self.next = Some(step);
            return Ok(Some(token));
        }
        match step {
            Step::Event { end, event, .. } => {
                self.follow(start, &event);
                Ok(Some(self.token(end, TokenKind::Event(event))))
            }
            Step::Last => Ok(None),
            Step::Fault { error, .. } => Err(error),
        }
    }

    /// What stands here if it is something plain, with the page switch before it; nothing if it is not.
    #[cfg(feature = "xml")]
    #[inline]
    pub(crate) fn plain(&mut self) -> Option<Plain> {
        if self.is_between() {
            return None;
        }
        let plain = self.reader.plain()?;
        self.covered = self.reader.offset();
        Some(plain)
    }

    /// As [`Reader::plain_leaf`].
    #[cfg(feature = "xml")]
    #[inline]
    pub(crate) fn plain_leaf(&self) -> Option<Leaf<'de>> {
        if self.is_between() { None } else { self.reader.plain_leaf() }
    }

    /// As [`Reader::pass_leaf`].
    #[cfg(feature = "xml")]
    #[inline]
    pub(crate) fn pass_leaf(&mut self, leaf: &Leaf<'de>, length: usize) {
        self.reader.pass_leaf(leaf, length);
        self.covered = self.reader.offset();
    }

    /// Whether what has been read is not given out to its end.
    #[cfg(feature = "xml")]
    #[inline]
    fn is_between(&self) -> bool {
        self.next.is_some() || self.covered != self.reader.offset()
    }

    fn step(&mut self) -> Step<'de> {
        match self.reader.next() {
            Ok(Some(event)) => {
                let end = self.reader.offset();
                let start = match event {
                    // Its bytes, if any, are those of the attribute list.
                    Event::End if self.empty => end,
                    _ => self.reader.token_offset(),
                };
                Step::Event { start, end, event }
            }
            Ok(None) => Step::Last,
            Err(error) => Step::Fault { start: self.reader.token_offset(), error },
        }
    }

    /// The token that stands before `start`, if there is one that has not been given out.
    fn between(&mut self, start: usize) -> Option<Token<'de>> {
        if self.covered >= start {
            return None;
        }
        match *self.input.get(self.covered..start)? {
            [SWITCH_PAGE, page, ..] => {
                let kind =
                    if self.attributes { TokenKind::AttributePage(page) } else { TokenKind::TagPage(page) };
                Some(self.token(self.covered + 2, kind))
            }
            [END, ..] if self.attributes => {
                self.attributes = false;
                Some(self.token(self.covered + 1, TokenKind::EndOfAttributes))
            }
            // Bytes of an attribute with a fault further on.
            _ => None,
        }
    }

    fn follow(&mut self, start: usize, event: &Event<'de>) {
        match event {
            Event::Start { has_content, .. } | Event::Literal { has_content, .. } => {
                self.empty = !has_content;
                self.attributes =
                    self.input.get(start).is_some_and(|byte| byte & crate::token::ATTRIBUTES != 0);
            }
            Event::End => self.empty = false,
            _ => {}
        }
    }

    fn token(&mut self, end: usize, kind: TokenKind<'de>) -> Token<'de> {
        let start = self.covered;
        self.covered = end;
        Token { start, end, kind }
    }
}
