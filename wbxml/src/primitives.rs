//! The pieces that documents are made of, as nom parsers. nom stays inside of this file.

use nom::bytes::complete::take;
use nom::combinator::cond;
use nom::number::complete::u8 as byte;
use nom::{IResult, Parser};

use crate::charset;
use crate::error::ErrorKind;
use crate::header::{Header, PublicId};
use crate::limits::Limits;

/// A fault and the bytes that were left when it was met.
pub(crate) struct Fault<'a> {
    pub(crate) kind: ErrorKind,
    pub(crate) rest: &'a [u8],
}

impl<'a> nom::error::ParseError<&'a [u8]> for Fault<'a> {
    // The primitives in use fail for one reason only: there are too few bytes.
    fn from_error_kind(rest: &'a [u8], _: nom::error::ErrorKind) -> Self {
        let kind = ErrorKind::Incomplete { reading: "the header", needed: None, left: rest.len() };
        Self { kind, rest }
    }

    fn append(_: &'a [u8], _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

pub(crate) type Parsed<'a, T> = IResult<&'a [u8], T, Fault<'a>>;

pub(crate) fn fault<T>(kind: ErrorKind, rest: &[u8]) -> Parsed<'_, T> {
    Err(nom::Err::Failure(Fault { kind, rest }))
}

/// What a parser gave and the rest, or the fault.
pub(crate) fn parse<'a, T>(
    mut parser: impl Parser<&'a [u8], Output = T, Error = Fault<'a>>,
    input: &'a [u8],
) -> Result<(&'a [u8], T), Fault<'a>> {
    parser.parse(input).map_err(|error| match error {
        nom::Err::Error(fault) | nom::Err::Failure(fault) => fault,
        // Only nom's streaming parsers say so, and none is in use.
        nom::Err::Incomplete(_) => Fault {
            kind: ErrorKind::Incomplete { reading: "the header", needed: None, left: input.len() },
            rest: input,
        },
    })
}

/// A number in base 128, the most significant bits first. WBXML 1.3, 5.1
pub(crate) fn mb_u_int32(input: &[u8]) -> Parsed<'_, u32> {
    let mut value: u32 = 0;
    // Five bytes hold 35 bits; leading zero bits in a longer form only serve to confuse.
    for (count, &next) in input.iter().take(5).enumerate() {
        if value > u32::MAX >> 7 {
            return fault(ErrorKind::IntegerTooLong, input);
        }
        value = value << 7 | u32::from(next & 0x7F);
        if next & 0x80 == 0 {
            return Ok((&input[count + 1..], value));
        }
    }
    if input.len() >= 5 {
        return fault(ErrorKind::IntegerTooLong, input);
    }
    fault(ErrorKind::Incomplete { reading: "a number", needed: None, left: 0 }, input)
}

/// The number of bytes that a number takes at least.
pub(crate) fn number_length(value: u32) -> usize {
    (32 - value.leading_zeros()).div_ceil(7).max(1) as usize
}

/// The fault that a string has no end.
#[cold]
pub(crate) fn unterminated(input: &[u8]) -> Parsed<'_, &[u8]> {
    fault(ErrorKind::Incomplete { reading: "a string", needed: None, left: input.len() }, input)
}

/// The bytes of an OPAQUE: a length, and as many bytes.
pub(crate) fn opaque(limit: usize) -> impl Fn(&[u8]) -> Parsed<'_, &[u8]> {
    move |input| counted(input, "OPAQUE", "opaque", limit)
}

fn counted<'a>(
    input: &'a [u8],
    reading: &'static str,
    limit_name: &'static str,
    limit: usize,
) -> Parsed<'a, &'a [u8]> {
    let (rest, length) = mb_u_int32(input)?;
    let length = length as usize;
    if length > limit {
        return fault(ErrorKind::LimitExceeded { limit: limit_name, value: limit as u64 }, input);
    }
    if length > rest.len() {
        return fault(ErrorKind::Incomplete { reading, needed: Some(length), left: rest.len() }, input);
    }
    take(length).parse(rest)
}

/// The head of a document.
pub(crate) fn header(limits: &Limits) -> impl Fn(&[u8]) -> Parsed<'_, Header<'_>> {
    let limit = limits.string_table;
    move |input| {
        let (rest, version) = byte.parse(input)?;
        if version > 3 {
            return fault(ErrorKind::UnsupportedVersion(version), input);
        }
        let (rest, number) = mb_u_int32(rest)?;
        let (rest, index) = cond(number == 0, mb_u_int32).parse(rest)?;
        let public_id = index.map_or(PublicId::Known(number), PublicId::StringTable);
        // WBXML 1.0 has no character set in its header.
        let (rest, charset) = cond(version > 0, mb_u_int32).parse(rest)?;
        let (rest, string_table) = counted(rest, "the string table", "string_table", limit)?;
        Ok((rest, Header { version, public_id, charset: charset.unwrap_or(charset::UTF_8), string_table }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(bytes: &[u8]) -> Result<(usize, u32), ErrorKind> {
        parse(mb_u_int32, bytes).map(|(rest, value)| (rest.len(), value)).map_err(|fault| fault.kind)
    }

    #[test]
    fn numbers_as_the_specification_shows_them() {
        // WBXML 1.3, 5.1: 0xA0 is 0x81 0x20.
        assert_eq!(number(&[0x81, 0x20]), Ok((0, 0xA0)));
        assert_eq!(number(&[0x00, 0xFF]), Ok((1, 0)));
        assert_eq!(number(&[0x8F, 0xFF, 0xFF, 0xFF, 0x7F]), Ok((0, u32::MAX)));
    }

    #[test]
    fn numbers_beyond_32_bits_are_refused() {
        assert_eq!(number(&[0x90, 0x80, 0x80, 0x80, 0x00]), Err(ErrorKind::IntegerTooLong));
        assert_eq!(number(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00]), Err(ErrorKind::IntegerTooLong));
        assert!(matches!(number(&[0x80, 0x80]), Err(ErrorKind::Incomplete { .. })));
    }
}
