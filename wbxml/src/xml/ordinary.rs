//! WBXML to XML where it is as most of it is: ActiveSync's elements, with names and short strings and nothing else.

use std::borrow::Cow;

use super::decode::{After, Decoder, Open, Surroundings, is_same};
use super::names::Name;
use crate::reader::{Leaf, Plain};
use crate::walk::Walker;
use crate::{Content, Result, Tag};

impl<'de> Decoder<'de, '_> {
    /// Writes elements with names and without attributes, and short strings that are all of their element, up to anything
    /// else, which is left for the walker.
    pub(super) fn ordinary_elements(&mut self, walker: &mut Walker<'de>) -> Result<()> {
        loop {
            if let Some(leaf) = walker.plain_leaf()
                && let Some(length) = self.leaf(&leaf)?
            {
                walker.pass_leaf(&leaf, length);
                self.at.page = leaf.tag.page();
                self.after = After::Child;
                continue;
            }
            match walker.plain() {
                Some(Plain::Start(tag)) => self.plain_start(tag)?,
                Some(Plain::Empty(tag)) => {
                    self.rare_start(tag, false)?;
                    self.end()?;
                }
                Some(Plain::End) => self.end()?,
                None => return Ok(()),
            }
        }
    }

    /// Writes an element that holds nothing but a string, if it is one and looks like most, and gives the string's length.
    #[inline]
    fn leaf(&mut self, leaf: &Leaf<'de>) -> Result<Option<usize>> {
        let Some(markup) = self.markups.get(self.at.names, leaf.tag) else { return Ok(None) };
        if !is_written_as_it_is(markup.content) {
            return Ok(None);
        }
        let at = Surroundings::new(&self.open, self.options, self.output.has_begun());
        self.output.leaf(markup, at.indent, !is_same(markup.namespace, at.namespace), leaf)
    }

    #[inline]
    fn plain_start(&mut self, tag: Tag) -> Result<()> {
        let at = Surroundings::new(&self.open, self.options, self.output.has_begun());
        match self.markups.get(self.at.names, tag) {
            Some(markup) => {
                self.at.page = tag.page();
                self.output.plain_start(markup, at.indent, !is_same(markup.namespace, at.namespace))?;
                self.after = After::Start;
                let name =
                    Name { namespace: Cow::Borrowed(markup.namespace), local: Cow::Borrowed(markup.name) };
                self.open.push(Open::new(name, markup.content, true));
                Ok(())
            }
            None => self.rare_start(tag, true),
        }
    }

    fn rare_start(&mut self, tag: Tag, has_content: bool) -> Result<()> {
        let (name, content) = self.at.names.describe(tag);
        self.at.page = tag.page();
        self.begin(Open::new(name, content, has_content), &[])
    }
}

/// Whether any text that is all of its element is written as it is, and read so.
#[inline]
fn is_written_as_it_is(content: Content) -> bool {
    matches!(
        content,
        Content::Mixed
            | Content::String
            | Content::Integer
            | Content::Boolean
            | Content::DateTime
            | Content::OpaqueDateTime
            | Content::StringOrOpaque
            | Content::Document
            | Content::Any
    )
}
