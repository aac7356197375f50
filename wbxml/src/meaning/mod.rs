//! What bytes and extension tokens mean in a language: dates, numbers, variables, documents.

mod document;
mod packed_date;
mod variable;
mod wireless_village;

use alloc::borrow::Cow;
use alloc::string::ToString as _;

use crate::header::Header;
use crate::token::{EXT_0, EXT_2, EXT_I_0, EXT_I_2, EXT_T_0, EXT_T_2};
use crate::{Content, Extension, Language, charset, primitives};

#[cfg(feature = "xml")]
pub(crate) use self::document::{Embedded, language};
pub(crate) use self::document::{MOST_EMBEDDED, embedded};
pub(crate) use self::variable::Variable;

/// What the bytes of an OPAQUE say as text in an element or attribute of that content; nothing if they say nothing, or
/// are plain bytes or text.
pub(crate) fn of_opaque(content: Content, bytes: &[u8]) -> Option<Cow<'static, str>> {
    match content {
        Content::OpaqueInteger => wireless_village::integer(bytes).map(|number| number.to_string().into()),
        Content::OpaqueDateTime => wireless_village::date(bytes).map(Cow::Owned),
        Content::PackedDateTime => packed_date::read(bytes).map(Cow::Owned),
        _ => None,
    }
}

/// The bytes of the OPAQUE that such a text is written as; nothing if it is to be a string.
#[cfg(feature = "xml")]
pub(crate) fn to_opaque(content: Content, text: &str) -> Option<Vec<u8>> {
    match content {
        Content::OpaqueInteger => wireless_village::integer_bytes(text),
        Content::PackedDateTime => packed_date::write(text),
        _ => None,
    }
}

/// The text that an extension token stands for in a language. `referenced_left` bounds what tokens may make of the string
/// table in all; once they have asked for more, they get none.
pub(crate) fn of_extension<'de>(
    extension: &Extension<'de>,
    header: &Header<'de>,
    language: &'static Language,
    referenced_left: &mut usize,
) -> Option<Cow<'de, str>> {
    let details = language.details();
    match extension {
        Extension::Text(number, name) if details.variables => {
            Some(Variable { name, mode: *number }.to_string().into())
        }
        Extension::Number(number, index) if details.variables && *referenced_left > 0 => {
            let name = charset::table_string(header, *index);
            // A fault costs as much time as the longest string.
            let spent = name.as_ref().map_or(header.string_table.len(), |name| name.len());
            let left = referenced_left.checked_sub(spent);
            *referenced_left = left.unwrap_or(0);
            left?;
            Some(Variable { name: &name.ok()?, mode: *number }.to_string().into())
        }
        Extension::Number(0, index) => {
            let found = details.values.binary_search_by_key(index, |(index, _)| *index).ok()?;
            let (_, value) = details.values[found];
            let left = referenced_left.checked_sub(value.len());
            *referenced_left = left.unwrap_or(0);
            left?;
            Some(value.into())
        }
        _ => None,
    }
}

/// The extension token of these bytes, which are one.
pub(crate) fn extension_in<'de>(bytes: &'de [u8], header: &Header<'de>) -> Option<Extension<'de>> {
    let (token, rest) = bytes.split_first()?;
    Some(match *token {
        EXT_I_0..=EXT_I_2 => {
            let text = charset::decode(rest.strip_suffix(b"\0")?, header.charset).ok()?;
            Extension::Text(token - EXT_I_0, text)
        }
        EXT_T_0..=EXT_T_2 => {
            let (_, number) = primitives::parse(primitives::mb_u_int32, rest).ok()?;
            Extension::Number(token - EXT_T_0, number)
        }
        EXT_0..=EXT_2 => Extension::Byte(token - EXT_0),
        _ => return None,
    })
}

/// The number of the extension value that is the whole text: the first one, should there be two.
#[cfg(feature = "xml")]
pub(crate) fn value_index(language: &'static Language, text: &str) -> Option<u32> {
    let values = language.details().values;
    values.iter().find(|(_, value)| *value == text).map(|(index, _)| *index)
}
