//! What derived code shares. Not for use by hand: it changes with the derive macros.

use alloc::vec::Vec;
use core::fmt::Display;

use crate::error::{Error, Result};
use crate::{Decode, DecodeElement, Encode, EncodeElement, OpaqueContent, Reader, Tag, Writer};

/// The number of the tag at `position`; when constants are made, `message` if a tag before it is the same.
#[track_caller]
pub const fn id(tags: &[Tag], position: usize, message: &str) -> u16 {
    let id = tags[position].id();
    let mut before = 0;
    while before < position {
        assert!(tags[before].id() != id, "{}", message);
        before += 1;
    }
    id
}

/// The error that the element which ended last lacks a child that is one of several.
#[cold]
pub fn missing_choice(reader: &Reader<'_>, expected: &'static str) -> Error {
    reader.missing(Tag::new(0, Tag::LITERAL), expected)
}

/// Bytes that are the content of the element which began last.
pub fn opaque<'de, T: OpaqueContent<'de>>(reader: &mut Reader<'de>) -> Result<T> {
    let bytes = reader.opaque()?;
    let length = bytes.len();
    T::from_opaque(bytes).ok_or_else(|| reader.invalid("text in UTF-8", alloc::format!("{length} bytes")))
}

/// Elements inside the one that began last.
pub fn decode_list<'de, T: DecodeElement<'de>>(
    reader: &mut Reader<'de>,
    deny_unknown: bool,
    items: &mut Vec<T>,
) -> Result<()> {
    while let Some(tag) = reader.child()? {
        if T::accepts(tag) {
            items.push(T::decode_element(tag, reader)?);
        } else {
            stranger(reader, tag, deny_unknown, T::expected())?;
        }
    }
    Ok(())
}

/// The contents of the elements `item` inside the one that began last.
pub fn decode_items<'de, T: Decode<'de>>(
    reader: &mut Reader<'de>,
    item: Tag,
    name: &'static str,
    deny_unknown: bool,
    items: &mut Vec<T>,
) -> Result<()> {
    while let Some(tag) = reader.child()? {
        if tag == item {
            items.push(T::decode(reader)?);
        } else {
            stranger(reader, tag, deny_unknown, name)?;
        }
    }
    Ok(())
}

#[cold]
fn stranger(reader: &mut Reader<'_>, tag: Tag, deny: bool, expected: &'static str) -> Result<()> {
    if deny { Err(reader.unexpected(tag, expected)) } else { reader.unknown(tag) }
}

/// An element around elements.
pub fn encode_list<T: EncodeElement>(writer: &mut Writer<'_>, tag: Tag, items: &[T]) -> Result<()> {
    if !writer.writes(tag) {
        return writer.leave_out(tag);
    }
    writer.start(tag)?;
    for item in items {
        item.encode_element(writer)?;
    }
    writer.end()
}

/// An element around elements `item` of these contents.
pub fn encode_items<T: Encode>(writer: &mut Writer<'_>, tag: Tag, item: Tag, items: &[T]) -> Result<()> {
    if !writer.writes(tag) {
        return writer.leave_out(tag);
    }
    writer.start(tag)?;
    for content in items {
        writer.element(item, content)?;
    }
    writer.end()
}

/// An element that holds the text of a value.
pub fn text_element(writer: &mut Writer<'_>, tag: Tag, value: &dyn Display) -> Result<()> {
    if !writer.writes(tag) {
        return writer.leave_out(tag);
    }
    writer.start(tag)?;
    writer.display(value)?;
    writer.end()
}
