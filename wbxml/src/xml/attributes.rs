//! Attribute lists: what XML shows of them, and the bytes that the encoder would choose.

use std::borrow::Cow;

use super::names::is_ncname;
use super::text::is_xml_text;
use crate::attribute::{self, Context, scan};
use crate::event::Attribute;
use crate::header::Header;
use crate::token::{END, STR_I, SWITCH_PAGE};
use crate::{AttributePage, AttributeStart, Language, Limits, charset};

/// An attribute as XML shows it.
pub(super) type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The attributes of a list, if XML can carry all of them.
pub(super) fn shown<'a>(
    attributes: &[Attribute<'a>],
    header: &Header<'a>,
    language: &Language,
) -> Option<Vec<Pair<'a>>> {
    let mut pairs: Vec<Pair<'a>> = Vec::with_capacity(attributes.len());
    for attribute in attributes {
        let name = attribute::name(attribute, header, language);
        let value = attribute::value(attribute, header, language);
        let local = name.strip_prefix("xml:").unwrap_or(&name);
        if !is_ncname(local) || !is_xml_text(&value) || pairs.iter().any(|(seen, _)| *seen == name) {
            return None;
        }
        pairs.push((name, value));
        if pairs.len() > super::MAX_ATTRIBUTES {
            return None;
        }
    }
    Some(pairs)
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

/// Appends the attribute with the longest start that fits, then value tokens and strings. Nothing if the language
/// has no such attribute, or the character set no such text.
pub(super) fn encode(
    list: &mut Vec<u8>,
    page: &mut u8,
    (name, value): (&str, &str),
    header: &Header<'_>,
    language: &'static Language,
) -> Option<()> {
    let (start_page, start) = best_start(name, value, *page, language)?;
    if start_page.number != *page {
        *page = start_page.number;
        list.extend_from_slice(&[SWITCH_PAGE, *page]);
    }
    list.push(start.token);
    let mut rest = &value[start.prefix.len()..];
    let mut string = String::new();
    while let Some(next) = rest.chars().next() {
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

fn best_start(
    name: &str,
    value: &str,
    page: u8,
    language: &'static Language,
) -> Option<(&'static AttributePage, &'static AttributeStart)> {
    (0..=u8::MAX)
        .filter_map(|number| language.attribute_page(number))
        .flat_map(|known| known.starts.iter().map(move |start| (known, start)))
        .filter(|(_, start)| start.name == name && value.starts_with(start.prefix))
        // Among equals one on the page in force, or else the first.
        .min_by_key(|(known, start)| (usize::MAX - start.prefix.len(), known.number != page, known.number))
}

fn push_string(list: &mut Vec<u8>, text: &str, header: &Header<'_>) -> Option<()> {
    if text.is_empty() {
        return Some(());
    }
    list.push(STR_I);
    list.extend_from_slice(&charset::encode(text, header.charset)?);
    list.extend_from_slice(charset::terminator(header.charset));
    Some(())
}
