//! What derived code shares. Not for use by hand: it changes with the derive macros.
//!
//! A field of a derived type is one call, which keeps the code small that the compiler sees for each type.

use alloc::vec::Vec;
use core::fmt::Display;
use core::str::FromStr;

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

/// Reads an element that comes once.
pub fn one<'de, T: Decode<'de>>(
    reader: &mut Reader<'de>,
    tag: Tag,
    name: &'static str,
    slot: &mut Option<T>,
) -> Result<()> {
    first(reader, tag, name, slot.is_none())?;
    *slot = Some(T::decode(reader)?);
    Ok(())
}

/// Reads an element that may be absent.
pub fn optional<'de, T: Decode<'de>>(
    reader: &mut Reader<'de>,
    tag: Tag,
    name: &'static str,
    slot: &mut Option<T>,
) -> Result<()> {
    first(reader, tag, name, slot.is_none())?;
    if let Some(value) = T::decode_optional(reader)? {
        *slot = Some(value);
    }
    Ok(())
}

/// Reads an element that repeats.
pub fn many<'de, T: Decode<'de>>(reader: &mut Reader<'de>, items: &mut Vec<T>) -> Result<()> {
    items.push(T::decode(reader)?);
    Ok(())
}

/// Reads an element of bytes that comes once.
pub fn one_opaque<'de, T: OpaqueContent<'de>>(
    reader: &mut Reader<'de>,
    tag: Tag,
    name: &'static str,
    slot: &mut Option<T>,
) -> Result<()> {
    first(reader, tag, name, slot.is_none())?;
    *slot = Some(opaque(reader)?);
    Ok(())
}

/// Reads an element of bytes that repeats.
pub fn many_opaque<'de, T: OpaqueContent<'de>>(reader: &mut Reader<'de>, items: &mut Vec<T>) -> Result<()> {
    items.push(opaque(reader)?);
    Ok(())
}

/// Reads an element of text that comes once.
pub fn one_text<T: FromStr>(
    reader: &mut Reader<'_>,
    tag: Tag,
    name: &'static str,
    expected: &'static str,
    slot: &mut Option<T>,
) -> Result<()> {
    first(reader, tag, name, slot.is_none())?;
    *slot = Some(reader.parse_text(expected)?);
    Ok(())
}

/// Reads an element of text that may be absent.
pub fn optional_text<T: FromStr>(
    reader: &mut Reader<'_>,
    tag: Tag,
    name: &'static str,
    expected: &'static str,
    slot: &mut Option<T>,
) -> Result<()> {
    first(reader, tag, name, slot.is_none())?;
    if let Some(value) = text_unless_empty(reader, expected)? {
        *slot = Some(value);
    }
    Ok(())
}

/// Reads text; in lenient mode an empty one that is no `T` is none.
pub fn text_unless_empty<T: FromStr>(reader: &mut Reader<'_>, expected: &'static str) -> Result<Option<T>> {
    if reader.is_strict() || !reader.is_blank()? {
        return reader.parse_text(expected).map(Some);
    }
    reader.skip()?;
    Ok("".parse().ok())
}

/// Reads an element of text that repeats.
pub fn many_text<T: FromStr>(
    reader: &mut Reader<'_>,
    expected: &'static str,
    items: &mut Vec<T>,
) -> Result<()> {
    items.push(reader.parse_text(expected)?);
    Ok(())
}

/// Reads an element whose presence is the message.
pub fn flag(reader: &mut Reader<'_>, tag: Tag, name: &'static str, slot: &mut bool) -> Result<()> {
    first(reader, tag, name, !*slot)?;
    *slot = reader.flag()?;
    Ok(())
}

/// Reads one of several elements.
pub fn one_of<'de, T: DecodeElement<'de>>(
    reader: &mut Reader<'de>,
    tag: Tag,
    slot: &mut Option<T>,
) -> Result<()> {
    first(reader, tag, T::expected(), slot.is_none())?;
    *slot = Some(T::decode_element(tag, reader)?);
    Ok(())
}

/// Reads one of several elements that repeat.
pub fn many_of<'de, T: DecodeElement<'de>>(
    reader: &mut Reader<'de>,
    tag: Tag,
    items: &mut Vec<T>,
) -> Result<()> {
    items.push(T::decode_element(tag, reader)?);
    Ok(())
}

/// Reads a wrapper that comes once.
pub fn one_list<'de, T: DecodeElement<'de>>(
    reader: &mut Reader<'de>,
    tag: Tag,
    name: &'static str,
    deny_unknown: bool,
    slot: &mut Option<Vec<T>>,
) -> Result<()> {
    first(reader, tag, name, slot.is_none())?;
    list(reader, deny_unknown, slot.get_or_insert_default())
}

/// Reads a wrapper that comes once, around elements `item`.
pub fn one_list_of<'de, T: Decode<'de>>(
    reader: &mut Reader<'de>,
    tag: Tag,
    name: &'static str,
    deny_unknown: bool,
    item: (Tag, &'static str),
    slot: &mut Option<Vec<T>>,
) -> Result<()> {
    first(reader, tag, name, slot.is_none())?;
    list_of(reader, deny_unknown, item, slot.get_or_insert_default())
}

/// Reads elements inside the one that began last.
pub fn list<'de, T: DecodeElement<'de>>(
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

/// Reads the contents of the elements `item` inside the one that began last.
pub fn list_of<'de, T: Decode<'de>>(
    reader: &mut Reader<'de>,
    deny_unknown: bool,
    item: (Tag, &'static str),
    items: &mut Vec<T>,
) -> Result<()> {
    while let Some(tag) = reader.child()? {
        if tag == item.0 {
            items.push(T::decode(reader)?);
        } else {
            stranger(reader, tag, deny_unknown, item.1)?;
        }
    }
    Ok(())
}

/// Reads bytes that are the content of the element which began last.
pub fn opaque<'de, T: OpaqueContent<'de>>(reader: &mut Reader<'de>) -> Result<T> {
    let bytes = reader.opaque()?;
    let length = bytes.len();
    T::from_opaque(bytes).ok_or_else(|| reader.invalid("text in UTF-8", alloc::format!("{length} bytes")))
}

/// The error that the element which ended last lacks a child that is one of several.
#[cold]
pub fn missing_choice(reader: &Reader<'_>, expected: &'static str) -> Error {
    reader.missing(Tag::new(0, Tag::LITERAL), expected)
}

fn first(reader: &Reader<'_>, tag: Tag, name: &'static str, is_first: bool) -> Result<()> {
    if is_first { Ok(()) } else { reader.duplicate(tag, name) }
}

#[cold]
fn stranger(reader: &mut Reader<'_>, tag: Tag, deny: bool, expected: &'static str) -> Result<()> {
    if deny { Err(reader.unexpected(tag, expected)) } else { reader.unknown(tag) }
}

/// Writes an element, or none.
pub fn write_optional<T: Encode>(writer: &mut Writer<'_>, tag: Tag, value: Option<&T>) -> Result<()> {
    value.map_or(Ok(()), |value| writer.element(tag, value))
}

/// Writes an element for each value.
pub fn write_many<T: Encode>(writer: &mut Writer<'_>, tag: Tag, values: &[T]) -> Result<()> {
    values.iter().try_for_each(|value| writer.element(tag, value))
}

/// Writes an element of bytes.
pub fn write_opaque<'a, T: OpaqueContent<'a>>(writer: &mut Writer<'_>, tag: Tag, value: &T) -> Result<()> {
    writer.opaque_element(tag, value.as_opaque())
}

/// Writes an element that holds the text of a value.
pub fn write_text<T: Display>(writer: &mut Writer<'_>, tag: Tag, value: &T) -> Result<()> {
    text_element(writer, tag, value)
}

fn text_element(writer: &mut Writer<'_>, tag: Tag, value: &dyn Display) -> Result<()> {
    if !writer.writes(tag) {
        return writer.leave_out(tag);
    }
    writer.start(tag)?;
    writer.display(value).map_err(|error| writer.inside(tag, error))?;
    writer.end()
}

/// Writes an empty element, or none.
pub fn write_flag(writer: &mut Writer<'_>, tag: Tag, flag: bool) -> Result<()> {
    if flag { writer.empty_element(tag) } else { Ok(()) }
}

/// Writes elements.
pub fn write_many_of<T: EncodeElement>(writer: &mut Writer<'_>, values: &[T]) -> Result<()> {
    values.iter().try_for_each(|value| value.encode_element(writer))
}

/// Writes an element around elements.
pub fn write_list<T: EncodeElement>(writer: &mut Writer<'_>, tag: Tag, items: &[T]) -> Result<()> {
    if !writer.writes(tag) {
        return writer.leave_out(tag);
    }
    let mark = writer.mark();
    writer.start(tag)?;
    write_many_of(writer, items).map_err(|error| writer.inside(tag, error))?;
    // An empty list is an empty element; one whose items the version all lacks is none.
    if items.is_empty() { writer.end() } else { writer.end_unless_empty(&mark) }
}

/// Writes an element around elements `item` of these contents.
pub fn write_list_of<T: Encode>(writer: &mut Writer<'_>, tag: Tag, item: Tag, items: &[T]) -> Result<()> {
    if !writer.writes(tag) {
        return writer.leave_out(tag);
    }
    let mark = writer.mark();
    writer.start(tag)?;
    write_many(writer, item, items).map_err(|error| writer.inside(tag, error))?;
    if items.is_empty() { writer.end() } else { writer.end_unless_empty(&mark) }
}
