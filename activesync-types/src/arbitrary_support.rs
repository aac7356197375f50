//! Arbitrary values of types that cannot derive them, or that must stay apart from named values.

use std::borrow::Cow;

use arbitrary::{Arbitrary, Result, Unstructured};
use wbxml::codepages::itemoperations;
use wbxml::{AnyElement, Bytes, Flag, Fragment, IntoOwned, OrEmpty, ProtocolVersion, Reader, TextOrBytes};

use crate::contacts::Contact;

pub(crate) fn bytes<'a>(u: &mut Unstructured<'a>) -> Result<Bytes<'a>> {
    Vec::arbitrary(u).map(Bytes::from)
}

pub(crate) fn some_bytes<'a>(u: &mut Unstructured<'a>) -> Result<Option<Bytes<'a>>> {
    if bool::arbitrary(u)? { bytes(u).map(Some) } else { Ok(None) }
}

pub(crate) fn text_or_bytes<'a>(u: &mut Unstructured<'a>) -> Result<Option<TextOrBytes<'a>>> {
    Ok(match u.int_in_range(0..=2)? {
        0 => None,
        1 => Some(<&str>::arbitrary(u)?.into()),
        _ => Some(Vec::arbitrary(u)?.into()),
    })
}

/// The content of an element: that of a small contact.
pub(crate) fn fragment<'a>(u: &mut Unstructured<'a>) -> Result<Fragment<'a>> {
    let contact = Contact { first_name: Some(unknown_text(u)?), ..Contact::default() };
    Fragment::from_value(&contact, None).map_err(|_| arbitrary::Error::IncorrectFormat)
}

pub(crate) fn optional_fragment<'a>(u: &mut Unstructured<'a>) -> Result<Option<Fragment<'a>>> {
    if bool::arbitrary(u)? { fragment(u).map(Some) } else { Ok(None) }
}

/// The content of `Properties`, as it is when read: it begins on the page of `ItemOperations`.
pub(crate) fn properties<'a>(u: &mut Unstructured<'a>) -> Result<Option<Fragment<'a>>> {
    let Some(content) = optional_fragment(u)? else { return Ok(None) };
    let whole = AnyElement::from_value(itemoperations::Properties, &content, None);
    let captured = whole.and_then(|whole| wbxml::to_vec(&whole)).and_then(|document| {
        let mut reader = Reader::new(&document);
        reader.next()?;
        reader.fragment().map(Fragment::into_owned)
    });
    captured.map(Some).map_err(|_| arbitrary::Error::IncorrectFormat)
}

pub(crate) fn or_empty<'a, T: Arbitrary<'a>>(u: &mut Unstructured<'a>) -> Result<Option<OrEmpty<T>>> {
    Ok(match u.int_in_range(0..=2)? {
        0 => None,
        1 => Some(OrEmpty::Empty),
        _ => Some(OrEmpty::Value(T::arbitrary(u)?)),
    })
}

pub(crate) fn flag(u: &mut Unstructured<'_>) -> Result<Option<Flag>> {
    u.choose(&[None, Some(Flag::Empty), Some(Flag::False), Some(Flag::True)]).copied()
}

pub(crate) fn version(u: &mut Unstructured<'_>) -> Result<ProtocolVersion> {
    u.choose(&ProtocolVersion::ALL).copied()
}

pub(crate) fn optional_version(u: &mut Unstructured<'_>) -> Result<Option<ProtocolVersion>> {
    if bool::arbitrary(u)? { version(u).map(Some) } else { Ok(None) }
}

/// A finite number: what is not a number equals nothing, not even itself.
pub(crate) fn degrees(u: &mut Unstructured<'_>) -> Result<Option<f64>> {
    Ok(Option::<f64>::arbitrary(u)?.filter(|degrees| degrees.is_finite()))
}

/// A number above all that any enumeration names.
pub(crate) fn unknown_number<N: From<u16>>(u: &mut Unstructured<'_>) -> Result<N> {
    u.int_in_range(10_000..=u16::MAX).map(N::from)
}

/// A text that no enumeration names, without the NUL that WBXML cannot hold.
pub(crate) fn unknown_text<'a>(u: &mut Unstructured<'a>) -> Result<Cow<'a, str>> {
    let text: String = <&str>::arbitrary(u)?.chars().filter(|character| *character != '\0').collect();
    Ok(Cow::Owned(format!("?{text}")))
}
