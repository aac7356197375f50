//! Character sets, by the MIBenum of the IANA registry.
//!
//! UTF-8, US-ASCII, ISO-8859-1 and UTF-16 are read by this file, the others by encoding_rs (feature `charsets`).

use alloc::borrow::Cow;
use alloc::string::String;
#[cfg(feature = "xml")]
use alloc::vec::Vec;

use crate::header::Header;
use crate::primitives::{self, Parsed};
use crate::{ErrorKind, nul_search};

pub(crate) const UNKNOWN: u32 = 0;
pub(crate) const US_ASCII: u32 = 3;
pub(crate) const ISO_8859_1: u32 = 4;
pub(crate) const UTF_8: u32 = 106;
const UCS_2: u32 = 1000;
const UTF_16BE: u32 = 1013;
const UTF_16LE: u32 = 1014;
const UTF_16: u32 = 1015;

/// Bytes, without their terminator, as text.
pub(crate) fn decode(bytes: &[u8], charset: u32) -> Result<Cow<'_, str>, ErrorKind> {
    match charset {
        UTF_8 | US_ASCII | UNKNOWN => {
            simdutf8::basic::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| ErrorKind::InvalidText)
        }
        ISO_8859_1 => Ok(match core::str::from_utf8(bytes) {
            Ok(text) if text.is_ascii() => Cow::Borrowed(text),
            _ => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
        }),
        UCS_2 | UTF_16BE | UTF_16 => utf_16(bytes, u16::from_be_bytes),
        UTF_16LE => utf_16(bytes, u16::from_le_bytes),
        other => decode_other(bytes, other),
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, ErrorKind> {
    let (units, []) = bytes.as_chunks() else { return Err(ErrorKind::InvalidText) };
    let text: Result<String, _> = char::decode_utf16(units.iter().map(|&bytes| unit(bytes))).collect();
    text.map(Cow::Owned).map_err(|_| ErrorKind::InvalidText)
}

#[cfg(feature = "charsets")]
fn decode_other(bytes: &[u8], charset: u32) -> Result<Cow<'_, str>, ErrorKind> {
    let encoding = other(charset).ok_or(ErrorKind::UnsupportedCharset(charset))?;
    encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or(ErrorKind::InvalidText)
}

#[cfg(not(feature = "charsets"))]
fn decode_other(_: &[u8], charset: u32) -> Result<Cow<'_, str>, ErrorKind> {
    Err(ErrorKind::UnsupportedCharset(charset))
}

/// The character sets that encoding_rs reads. Where it has a part of the registered one, or more than it, it is what
/// is meant by the name today.
#[cfg(feature = "charsets")]
fn other(charset: u32) -> Option<&'static encoding_rs::Encoding> {
    Some(match charset {
        5 => encoding_rs::ISO_8859_2,
        6 => encoding_rs::ISO_8859_3,
        7 => encoding_rs::ISO_8859_4,
        8 => encoding_rs::ISO_8859_5,
        9 => encoding_rs::ISO_8859_6,
        10 => encoding_rs::ISO_8859_7,
        11 => encoding_rs::ISO_8859_8,
        13 => encoding_rs::ISO_8859_10,
        17 => encoding_rs::SHIFT_JIS,
        18 => encoding_rs::EUC_JP,
        38 => encoding_rs::EUC_KR,
        109 => encoding_rs::ISO_8859_13,
        110 => encoding_rs::ISO_8859_14,
        111 => encoding_rs::ISO_8859_15,
        112 => encoding_rs::ISO_8859_16,
        113 | 2025 => encoding_rs::GBK, // GB2312 is a part of it
        114 => encoding_rs::GB18030,
        2026 => encoding_rs::BIG5,
        2027 => encoding_rs::MACINTOSH,
        2084 => encoding_rs::KOI8_R,
        2088 => encoding_rs::KOI8_U,
        2109 | 2259 => encoding_rs::WINDOWS_874, // TIS-620 is a part of it
        2250 => encoding_rs::WINDOWS_1250,
        2251 => encoding_rs::WINDOWS_1251,
        2252 => encoding_rs::WINDOWS_1252,
        2253 => encoding_rs::WINDOWS_1253,
        12 | 2254 => encoding_rs::WINDOWS_1254, // ISO-8859-9 is a part of it
        2255 => encoding_rs::WINDOWS_1255,
        2256 => encoding_rs::WINDOWS_1256,
        2257 => encoding_rs::WINDOWS_1257,
        2258 => encoding_rs::WINDOWS_1258,
        _ => return None,
    })
}

/// The bytes of a string up to its terminator, which is taken too.
pub(crate) fn terminated_string(input: &[u8], charset: u32, limit: usize) -> Parsed<'_, &[u8]> {
    // A string that is not complete is too long all the same.
    let Some(length) = find_terminator(input, charset) else {
        return if input.len() > limit { too_long(input, limit) } else { primitives::unterminated(input) };
    };
    if length > limit {
        return too_long(input, limit);
    }
    Ok((&input[length + terminator(charset).len()..], &input[..length]))
}

#[cold]
fn too_long(input: &[u8], limit: usize) -> Parsed<'_, &[u8]> {
    primitives::fault(ErrorKind::LimitExceeded { limit: "text", value: limit as u64 }, input)
}

/// The place of a string's terminator: of a NUL in the character set's own width.
pub(crate) fn find_terminator(input: &[u8], charset: u32) -> Option<usize> {
    if terminator(charset).len() == 1 {
        return nul_search::find(input);
    }
    input.as_chunks().0.iter().position(|unit| *unit == [0, 0]).map(|units| 2 * units)
}

/// What ends a string.
pub(crate) fn terminator(charset: u32) -> &'static [u8] {
    if matches!(charset, UCS_2 | UTF_16BE | UTF_16LE | UTF_16) { &[0, 0] } else { &[0] }
}

/// Text as the bytes of an inline string, without their terminator; nothing if the character set does not have it, or
/// it holds a NUL.
#[cfg(feature = "xml")]
pub(crate) fn encode(text: &str, charset: u32) -> Option<Cow<'_, [u8]>> {
    if memchr::memchr(0, text.as_bytes()).is_some() {
        return None;
    }
    let units = |bytes: fn(u16) -> [u8; 2]| Cow::Owned(text.encode_utf16().flat_map(bytes).collect());
    match charset {
        UTF_8 | US_ASCII | UNKNOWN => Some(Cow::Borrowed(text.as_bytes())),
        ISO_8859_1 if text.is_ascii() => Some(Cow::Borrowed(text.as_bytes())),
        ISO_8859_1 => text.chars().map(|c| u8::try_from(c).ok()).collect::<Option<Vec<u8>>>().map(Cow::Owned),
        UCS_2 | UTF_16BE | UTF_16 => Some(units(u16::to_be_bytes)),
        UTF_16LE => Some(units(u16::to_le_bytes)),
        other => encode_other(text, other),
    }
}

#[cfg(all(feature = "xml", feature = "charsets"))]
fn encode_other(text: &str, charset: u32) -> Option<Cow<'_, [u8]>> {
    let (bytes, _, lossy) = other(charset)?.encode(text);
    (!lossy).then_some(bytes)
}

#[cfg(all(feature = "xml", not(feature = "charsets")))]
fn encode_other(_: &str, _: u32) -> Option<Cow<'_, [u8]>> {
    None
}

/// The name of a character set that can be read.
pub(crate) fn name(charset: u32) -> Option<&'static str> {
    match charset {
        UNKNOWN => Some("unknown character set"),
        US_ASCII => Some("US-ASCII"),
        ISO_8859_1 => Some("ISO-8859-1"),
        UTF_8 => Some("UTF-8"),
        UCS_2 => Some("ISO-10646-UCS-2"),
        UTF_16BE => Some("UTF-16BE"),
        UTF_16LE => Some("UTF-16LE"),
        UTF_16 => Some("UTF-16"),
        12 => Some("ISO-8859-9"),
        2025 => Some("GB2312"),
        2259 => Some("TIS-620"),
        _ => name_of_other(charset),
    }
}

#[cfg(feature = "charsets")]
fn name_of_other(charset: u32) -> Option<&'static str> {
    other(charset).map(encoding_rs::Encoding::name)
}

#[cfg(not(feature = "charsets"))]
fn name_of_other(_: u32) -> Option<&'static str> {
    None
}

/// The string at an index of the document's string table. The last one may lack its terminator, as Nokia phones write
/// it.
pub(crate) fn table_string<'a>(header: &Header<'a>, index: u32) -> Result<Cow<'a, str>, ErrorKind> {
    let table = header.string_table;
    let missing = ErrorKind::InvalidStringIndex { index, table: table.len() };
    let tail = table_tail(header, index).ok_or(missing)?;
    let length = find_terminator(tail, header.charset).unwrap_or(tail.len());
    decode(&tail[..length], header.charset)
}

/// Whether the string at an index of the table is the last one, without its terminator.
pub(crate) fn is_open_in_table(header: &Header<'_>, index: u32) -> bool {
    table_tail(header, index).is_some_and(|tail| find_terminator(tail, header.charset).is_none())
}

fn table_tail<'a>(header: &Header<'a>, index: u32) -> Option<&'a [u8]> {
    let tail = header.string_table.get(usize::try_from(index).ok()?..)?;
    (!tail.is_empty()).then_some(tail)
}
