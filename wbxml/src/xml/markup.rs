//! Tags as they are written: those that a document uses again and again are kept, ready to be copied in one go.

use super::names::Names;
use crate::{Content, Tag};

/// A tag whose name is not too long, in a namespace that needs no escape.
pub(super) struct Markup {
    tag: Tag,
    pub(super) content: Content,
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    /// `</Name>`, and zeros.
    end: [u8; Markup::ROOM],
    length: usize,
    /// ` xmlns="Namespace">`, and zeros.
    declaration: [u8; Markup::ROOM],
    declaration_length: usize,
}

impl Markup {
    /// This much is copied, whatever the length.
    pub(super) const ROOM: usize = 32;

    fn new(names: Names, tag: Tag) -> Option<Self> {
        let (page, info) =
            names.language().tag(tag).filter(|(page, _)| !page.namespace.contains(['<', '&', '"']))?;
        let (end, length) = joined(["</", info.name, ">"])?;
        let (declaration, declaration_length) = joined([" xmlns=\"", page.namespace, "\">"])?;
        Some(Self {
            tag,
            content: info.content,
            namespace: page.namespace,
            name: info.name,
            end,
            length,
            declaration,
            declaration_length,
        })
    }

    /// Puts `</Name>` at the beginning of `out`, and gives its length. What comes after it there is lost.
    #[inline]
    pub(super) fn put_end(&self, out: &mut [u8]) -> usize {
        out[..Self::ROOM].copy_from_slice(&self.end);
        self.length
    }

    /// Puts `<Name>` at the beginning of `out`, perhaps with the declaration of its namespace, and gives its length. What
    /// comes after it there is lost.
    #[inline]
    pub(super) fn put_start(&self, out: &mut [u8], declares: bool) -> usize {
        out[0] = b'<';
        out[1..Self::ROOM - 1].copy_from_slice(&self.end[2..]);
        if !declares {
            return self.length - 1;
        }
        let at = self.length - 2;
        out[at..at + Self::ROOM].copy_from_slice(&self.declaration);
        at + self.declaration_length
    }
}

/// Such pieces in a row and zeros, and the length of them all, if there is room.
fn joined(pieces: [&str; 3]) -> Option<([u8; Markup::ROOM], usize)> {
    let mut bytes = [0; Markup::ROOM];
    let mut at = 0;
    for piece in pieces {
        bytes.get_mut(at..at + piece.len())?.copy_from_slice(piece.as_bytes());
        at += piece.len();
    }
    Some((bytes, at))
}

/// The tags that were asked for last, at least where they do not take each other's place.
pub(super) struct Markups([Option<Markup>; 128]);

impl Markups {
    pub(super) fn new() -> Self {
        Self([const { None }; 128])
    }

    /// A tag, if the language has it and it can be kept so.
    #[inline]
    pub(super) fn get(&mut self, names: Names, tag: Tag) -> Option<&Markup> {
        // Tags of the pages that are often used together get places of their own.
        let place = (tag.token().wrapping_add(tag.page().wrapping_mul(15))) % 128;
        let known = &mut self.0[usize::from(place)];
        if known.as_ref().is_none_or(|known| known.tag != tag) {
            *known = Markup::new(names, tag);
        }
        known.as_ref()
    }
}
