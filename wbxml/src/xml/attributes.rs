//! Attribute lists: what XML shows of them, and the bytes that the encoder would choose.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::names::is_ncname;
use super::text::is_xml_text;
use super::tokens::{push_number, push_string, push_variable};
use crate::attribute::{self, Context, Shown, scan};
use crate::event::Attribute;
use crate::header::Header;
use crate::meaning::{self, Variable};
use crate::token::{END, OPAQUE, SWITCH_PAGE};
use crate::{AttributeContent, AttributePage, AttributeStart, Content, Language, Limits};

/// An attribute as XML shows it.
pub(super) type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The attributes of a list, if XML can carry all of them.
pub(super) fn shown<'a>(
    attributes: &[Attribute<'a>],
    header: &Header<'a>,
    language: &'static Language,
    referenced_left: &mut usize,
) -> Option<Vec<Pair<'a>>> {
    let mut pairs: Vec<Pair<'a>> = Vec::with_capacity(attributes.len());
    for attribute in attributes {
        let name = attribute::name(attribute, header, language);
        let value = value(attribute, &name, header, language, referenced_left)?;
        if !is_showable(&name, &value, language) || pairs.iter().any(|(seen, _)| *seen == name) {
            return None;
        }
        pairs.push((name, value));
        if pairs.len() > super::MAX_ATTRIBUTES {
            return None;
        }
    }
    Some(pairs)
}

fn is_showable(name: &str, value: &str, language: &'static Language) -> bool {
    let is_name = match name.strip_prefix("xmlns") {
        // XML would refuse others.
        Some("") => binds(name, value, language),
        Some(prefix) if prefix.starts_with(':') => binds(name, value, language),
        _ => is_ncname(name.strip_prefix("xml:").unwrap_or(name)),
    };
    is_name && is_xml_text(value)
}

/// Whether a declaration of a namespace is an attribute of the language.
pub(super) fn binds(name: &str, value: &str, language: &'static Language) -> bool {
    let details = language.details();
    match name.strip_prefix("xmlns:") {
        Some(prefix) => details.prefixes.contains(&(prefix, value)),
        None => {
            details.xmlns_is_attribute && !value.is_empty() && best_start(name, value, 0, language).is_some()
        }
    }
}

/// The value as text; nothing if there is an extension token in it that stands for none, or for too much.
fn value<'a>(
    attribute: &Attribute<'a>,
    name: &str,
    header: &Header<'a>,
    language: &'static Language,
    referenced_left: &mut usize,
) -> Option<Cow<'a, str>> {
    let details = language.details();
    let row = details.attributes.iter().find(|row| row.attribute == name);
    if row.is_none() && !details.variables {
        return Some(attribute::value(attribute, header, language));
    }
    let mut value = String::new();
    let mut readable = true;
    let hex = |value: &mut String, bytes: &[u8]| {
        for byte in bytes {
            // Writing to a String cannot fail.
            let _ = write!(value, "{byte:02X}");
        }
    };
    attribute::pieces(attribute, header, language, |_, piece| match piece {
        Shown::Page(_) => {}
        Shown::Text(text) => value.push_str(&text),
        Shown::Hex(bytes) => hex(&mut value, bytes),
        Shown::Opaque(bytes) => match row.and_then(|row| opaque_text(row.content, bytes)) {
            Some(text) => value.push_str(&text),
            None => hex(&mut value, bytes),
        },
        Shown::Extension(bytes) => {
            let extension = meaning::extension_in(bytes, header);
            match extension.and_then(|it| meaning::of_extension(&it, header, language, referenced_left)) {
                Some(text) => value.push_str(&text),
                None => readable = false,
            }
        }
    });
    readable.then_some(Cow::Owned(value))
}

fn opaque_text(content: Content, bytes: &[u8]) -> Option<Cow<'static, str>> {
    match content {
        Content::Opaque => Some(BASE64.encode(bytes).into()),
        _ => meaning::of_opaque(content, bytes),
    }
}

/// A whole list of attributes, from the first attribute to the END after the last one.
pub(super) struct List<'a> {
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) page_after: u8,
}

/// Reads the bytes of a list, if they are one and nothing else.
pub(super) fn parse<'a>(
    bytes: &'a [u8],
    mut page: u8,
    header: &Header<'a>,
    language: &'static Language,
    limits: &Limits,
) -> Option<List<'a>> {
    let mut referenced_left = limits.referenced_text;
    let mut attributes = Vec::new();
    let mut position = 0;
    loop {
        match *bytes.get(position..)? {
            [END] => return Some(List { attributes, page_after: page }),
            [SWITCH_PAGE, number, ..] => {
                page = number;
                position += 2;
            }
            _ => {
                let context = Context { header, language, limits, referenced_left: &mut referenced_left };
                let (end, page_after) = scan(bytes, position, page, &mut None, context).ok()?;
                attributes.push(Attribute { page, bytes: &bytes[position..end], page_after });
                page = page_after;
                position = end;
            }
        }
    }
}

/// Appends one of the `pairs` of an element: the longest attribute start that fits, then value tokens and strings.
/// Nothing if the language has no such attribute, or the character set no such text.
pub(super) fn encode(
    list: &mut Vec<u8>,
    page: &mut u8,
    (name, value): (&str, &str),
    pairs: &[Pair<'_>],
    header: &Header<'_>,
    language: &'static Language,
) -> Option<()> {
    let opaque = opaque_bytes(name, value, pairs, language);
    // Bytes come after nothing but the name.
    let text = if opaque.is_some() { "" } else { value };
    let (start_page, start) = best_start(name, text, *page, language)?;
    if start_page.number != *page {
        *page = start_page.number;
        list.extend_from_slice(&[SWITCH_PAGE, *page]);
    }
    list.push(start.token);
    if let Some(bytes) = opaque {
        list.push(OPAQUE);
        push_number(list, u32::try_from(bytes.len()).ok()?);
        list.extend_from_slice(&bytes);
        return Some(());
    }
    let variables = language.details().variables;
    let mut rest = &text[start.prefix.len()..];
    let mut string = String::new();
    while let Some(next) = rest.chars().next() {
        if variables && rest.starts_with("$$") {
            string.push_str("$$");
            rest = &rest[2..];
            continue;
        }
        if let Some((variable, length)) = Variable::parse(rest).filter(|_| variables) {
            push_string(list, &std::mem::take(&mut string), header)?;
            push_variable(list, variable, header)?;
            rest = &rest[length..];
            continue;
        }
        let token = start_page
            .values
            .iter()
            .filter(|known| !known.value.is_empty() && rest.starts_with(known.value))
            .max_by_key(|known| known.value.len());
        if let Some(known) = token {
            push_string(list, &std::mem::take(&mut string), header)?;
            list.push(known.token);
            rest = &rest[known.value.len()..];
        } else {
            string.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    push_string(list, &string, header)
}

/// The bytes of a value that is to be OPAQUE.
fn opaque_bytes(name: &str, value: &str, pairs: &[Pair<'_>], language: &'static Language) -> Option<Vec<u8>> {
    let counts = |row: &&AttributeContent| {
        let holds = |(other, expected): (&str, &str)| {
            pairs.iter().any(|(name, value)| name == other && value == expected)
        };
        row.attribute == name && row.when.is_none_or(holds)
    };
    let row = language.details().attributes.iter().find(counts)?;
    match row.content {
        Content::Opaque => BASE64.decode(value).ok(),
        content => meaning::to_opaque(content, value),
    }
}

fn best_start(
    name: &str,
    value: &str,
    page: u8,
    language: &'static Language,
) -> Option<(&'static AttributePage, &'static AttributeStart)> {
    let whole = language.details().whole_starts;
    let fits = |prefix: &str| {
        value.starts_with(prefix) && (!whole || prefix.is_empty() || prefix.len() == value.len())
    };
    (0..=u8::MAX)
        .filter_map(|number| language.attribute_page(number))
        .flat_map(|known| known.starts.iter().map(move |start| (known, start)))
        .filter(|(_, start)| start.name == name && fits(start.prefix))
        // Among equals one on the page in force, or else the first.
        .min_by_key(|(known, start)| (usize::MAX - start.prefix.len(), known.number != page, known.number))
}
