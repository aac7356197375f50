//! What nearly all of a document consists of, for translation: whoever takes it as it lies needs no events.

use super::{Mode, Reader};
use crate::Tag;
use crate::token::{CONTENT, END, STR_I, SWITCH_PAGE};

/// What [`Reader::plain`] reads.
pub(crate) enum Plain {
    /// An element begins that has content.
    Start(Tag),
    /// An element without content, and its end.
    Empty(Tag),
    /// An element ends.
    End,
}

/// An element that begins with a string.
pub(crate) struct Leaf<'de> {
    pub(crate) tag: Tag,
    /// The input from the string on.
    pub(crate) string: &'de [u8],
    /// So much of it is known to be UTF-8.
    pub(crate) known: usize,
    from: usize,
}

impl<'de> Reader<'de> {
    /// As `next`, for translation: the starts and ends of elements without attributes, with the one page switch before a
    /// start that makes a difference.
    #[inline]
    pub(crate) fn plain(&mut self) -> Option<Plain> {
        if self.mode == Mode::Content
            && self.depth > self.floor
            && self.input.get(self.position) == Some(&END)
        {
            self.pass_end();
            return Some(Plain::End);
        }
        let (tag, content) = self.plain_start()?;
        (self.position, self.page) = (content - 1, tag.page());
        self.pass_start(self.input[self.position]);
        if self.mode == Mode::Content {
            return Some(Plain::Start(tag));
        }
        self.close();
        Some(Plain::Empty(tag))
    }

    /// For translation: the element that begins here with a string of which the beginning, at least, is known to be UTF-8.
    #[inline]
    pub(crate) fn plain_leaf(&self) -> Option<Leaf<'de>> {
        let (tag, content) = self.plain_start()?;
        if self.input[content - 1] & CONTENT == 0 || *self.input.get(content)? != STR_I {
            return None;
        }
        let from = content + 1;
        let known = (self.window_from + self.window.len()).checked_sub(from)?;
        (self.window_from <= from).then(|| Leaf { tag, string: &self.input[from..], known, from })
    }

    /// Passes the element that [`plain_leaf`](Self::plain_leaf) gave, whose string has this length and is all that it holds.
    #[inline]
    pub(crate) fn pass_leaf(&mut self, leaf: &Leaf<'de>, length: usize) {
        // The NUL of the string, and END.
        self.position = leaf.from + length + 2;
        self.token = self.position - 1;
        self.page = leaf.tag.page();
        self.elements_left -= 1;
    }

    /// The element without attributes that begins here, after one page switch if it makes a difference: its tag, and the
    /// offset of its content.
    #[inline]
    fn plain_start(&self) -> Option<(Tag, usize)> {
        if self.mode != Mode::Content || !self.opens_freely() {
            return None;
        }
        let (mut at, mut page) = (self.position, self.page);
        let mut byte = *self.input.get(at)?;
        if byte == SWITCH_PAGE {
            page = *self.input.get(at + 1)?;
            byte = *self.input.get(at + 2)?;
            at += 2;
            if page == self.page {
                return None;
            }
        }
        matches!(byte, 0x05..=0x3F | 0x45..=0x7F).then(|| (Tag::new(page, byte & 0x3F), at + 1))
    }
}
