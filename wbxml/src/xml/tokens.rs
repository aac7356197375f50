//! The tokens that text becomes.

use crate::header::Header;
use crate::meaning::{Variable, value_index};
use crate::token::{EXT_I_0, EXT_T_0, STR_I};
use crate::{Language, charset};

/// Whether text may become something else than one string.
pub(super) fn has_extensions(language: &'static Language) -> bool {
    language.details().variables || !language.details().values.is_empty()
}

/// The tokens of text in an element: variables and values as extensions, all else as strings. Nothing if the character
/// set does not have the text, or it holds a NUL.
pub(super) fn text_tokens(text: &str, header: &Header<'_>, language: &'static Language) -> Option<Vec<u8>> {
    let mut tokens = Vec::with_capacity(text.len() + 2);
    if let Some(index) = value_index(language, text) {
        tokens.push(EXT_T_0);
        push_number(&mut tokens, index);
        return Some(tokens);
    }
    // Up to here it has been written.
    let mut from = 0;
    let mut at = 0;
    while let Some(dollar) = text[at..].find('$').filter(|_| language.details().variables) {
        at += dollar;
        if text[at..].starts_with("$$") {
            at += 2;
        } else if let Some((variable, length)) = Variable::parse(&text[at..]) {
            push_string(&mut tokens, &text[from..at], header)?;
            push_variable(&mut tokens, variable, header)?;
            at += length;
            from = at;
        } else {
            at += 1;
        }
    }
    push_string(&mut tokens, &text[from..], header)?;
    Some(tokens)
}

/// An inline string; nothing for empty text.
pub(super) fn push_string(tokens: &mut Vec<u8>, text: &str, header: &Header<'_>) -> Option<()> {
    if !text.is_empty() {
        tokens.push(STR_I);
        tokens.extend_from_slice(&charset::encode(text, header.charset)?);
        tokens.extend_from_slice(charset::terminator(header.charset));
    }
    Some(())
}

pub(super) fn push_variable(tokens: &mut Vec<u8>, variable: Variable<'_>, header: &Header<'_>) -> Option<()> {
    tokens.push(EXT_I_0 + variable.mode);
    tokens.extend_from_slice(&charset::encode(variable.name, header.charset)?);
    tokens.extend_from_slice(charset::terminator(header.charset));
    Some(())
}

pub(super) fn push_number(tokens: &mut Vec<u8>, number: u32) {
    for shift in [28, 21, 14, 7] {
        if number >> shift > 0 {
            tokens.push((number >> shift & 0x7F) as u8 | 0x80);
        }
    }
    tokens.push((number & 0x7F) as u8);
}
