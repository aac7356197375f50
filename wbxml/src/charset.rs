//! Character sets, by the MIBenum of the IANA registry.

use alloc::borrow::Cow;
#[cfg(feature = "xml")]
use alloc::vec::Vec;

use crate::ErrorKind;
use crate::header::Header;

pub(crate) const UNKNOWN: u32 = 0;
pub(crate) const US_ASCII: u32 = 3;
pub(crate) const ISO_8859_1: u32 = 4;
pub(crate) const UTF_8: u32 = 106;

/// Bytes as text.
#[inline]
pub(crate) fn decode(bytes: &[u8], charset: u32) -> Result<Cow<'_, str>, ErrorKind> {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) if matches!(charset, UTF_8 | US_ASCII | UNKNOWN) => Ok(Cow::Borrowed(text)),
        other => decode_rare(bytes, charset, other.ok()),
    }
}

#[cold]
fn decode_rare<'a>(bytes: &'a [u8], charset: u32, utf8: Option<&'a str>) -> Result<Cow<'a, str>, ErrorKind> {
    match (charset, utf8) {
        (ISO_8859_1, Some(text)) if text.is_ascii() => Ok(Cow::Borrowed(text)),
        (ISO_8859_1, _) => Ok(Cow::Owned(bytes.iter().copied().map(char::from).collect())),
        (UTF_8 | US_ASCII | UNKNOWN, _) => Err(ErrorKind::InvalidText),
        // Bytes that happen to be ASCII may mean something else in it.
        (other, _) => Err(ErrorKind::UnsupportedCharset(other)),
    }
}

/// Text as the bytes of an inline string; nothing if the character set does not have it, or it holds a NUL.
#[cfg(feature = "xml")]
pub(crate) fn encode(text: &str, charset: u32) -> Option<Cow<'_, [u8]>> {
    if memchr::memchr(0, text.as_bytes()).is_some() {
        return None;
    }
    if charset == ISO_8859_1 && !text.is_ascii() {
        let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
        return bytes.map(Cow::Owned);
    }
    Some(Cow::Borrowed(text.as_bytes()))
}

/// The string at an index of the document's string table.
pub(crate) fn table_string<'a>(header: &Header<'a>, index: u32) -> Result<Cow<'a, str>, ErrorKind> {
    let table = header.string_table;
    let bytes = usize::try_from(index)
        .ok()
        .and_then(|index| table.get(index..))
        .and_then(|tail| memchr::memchr(0, tail).map(|end| &tail[..end]))
        .ok_or(ErrorKind::InvalidStringIndex { index, table: table.len() })?;
    decode(bytes, header.charset)
}
