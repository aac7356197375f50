//! Arbitrary values of types that cannot derive them, or that must stay apart from named values.

use std::borrow::Cow;

use arbitrary::{Arbitrary, Result, Unstructured};
use wbxml::{Bytes, Fragment, OrEmpty};

use crate::contacts::Contact;

pub(crate) fn bytes<'a>(u: &mut Unstructured<'a>) -> Result<Bytes<'a>> {
    Vec::arbitrary(u).map(Bytes::from)
}

pub(crate) fn some_bytes<'a>(u: &mut Unstructured<'a>) -> Result<Option<Bytes<'a>>> {
    if bool::arbitrary(u)? { bytes(u).map(Some) } else { Ok(None) }
}

/// The content of an element: that of a small contact.
pub(crate) fn fragment<'a>(u: &mut Unstructured<'a>) -> Result<Fragment<'a>> {
    let contact = Contact { first_name: Some(unknown_text(u)?), ..Contact::default() };
    Fragment::from_value(&contact, None).map_err(|_| arbitrary::Error::IncorrectFormat)
}

pub(crate) fn optional_fragment<'a>(u: &mut Unstructured<'a>) -> Result<Option<Fragment<'a>>> {
    if bool::arbitrary(u)? { fragment(u).map(Some) } else { Ok(None) }
}

pub(crate) fn or_empty<'a, T: Arbitrary<'a>>(u: &mut Unstructured<'a>) -> Result<Option<OrEmpty<T>>> {
    Ok(match u.int_in_range(0..=2)? {
        0 => None,
        1 => Some(OrEmpty::Empty),
        _ => Some(OrEmpty::Value(T::arbitrary(u)?)),
    })
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
