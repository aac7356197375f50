//! Derived code stands on its own: names around it mean nothing to it, and it wakes no lints.

#![no_implicit_prelude]
#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    elided_lifetimes_in_paths,
    clippy::pedantic
)]
#![allow(non_upper_case_globals, clippy::redundant_pub_crate)]

/// Names that derived code would trip over if it did not spell out its paths.
#[allow(dead_code, non_camel_case_types, non_snake_case)]
mod shadows {
    pub(crate) struct Option;
    pub(crate) struct Result;
    pub(crate) struct Vec;
    pub(crate) struct Cow;
    pub(crate) struct str;
    pub(crate) struct bool;
    pub(crate) struct u32;
    pub(crate) trait Decode {}
    pub(crate) trait Encode {}
    pub(crate) trait Default {}
    pub(crate) fn Ok() {}
    pub(crate) fn Some() {}
    pub(crate) mod core {}
    pub(crate) mod std {}
}

#[allow(unused_imports)]
use self::shadows::{Decode, Default, Encode, Ok, Option, Result, Some, Vec, bool, core, std, str, u32};

/// Tags that are named as locals of the derived code might be.
mod tags {
    pub(crate) const reader: ::wbxml::Tag = ::wbxml::Tag::new(0, 0x05);
    pub(crate) const writer: ::wbxml::Tag = ::wbxml::Tag::new(0, 0x06);
    pub(crate) const tag: ::wbxml::Tag = ::wbxml::Tag::new(0, 0x07);
    pub(crate) const field_0: ::wbxml::Tag = ::wbxml::Tag::new(0, 0x08);
    pub(crate) const value: ::wbxml::Tag = ::wbxml::Tag::new(0, 0x09);
    pub(crate) const items: ::wbxml::Tag = ::wbxml::Tag::new(0, 0x0A);
    pub(crate) const last: ::wbxml::Tag = ::wbxml::Tag::new(0, 0x0B);
    pub(crate) const any_tag: ::wbxml::Tag = ::wbxml::Tag::new(0, 0x0C);
}

use self::tags::{any_tag, field_0, items, last, reader, tag, value, writer};

/// Every kind of field, with tags without a page.
#[derive(::std::fmt::Debug, ::wbxml::Decode, ::wbxml::Encode, ::wbxml::IntoOwned)]
#[wbxml(tag = any_tag)]
pub struct Every<'a> {
    /// Required.
    #[wbxml(reader)]
    pub reader: ::std::borrow::Cow<'a, ::std::primitive::str>,
    /// Optional.
    #[wbxml(writer)]
    pub writer: ::std::option::Option<::std::primitive::u8>,
    /// A flag.
    #[wbxml(tag, flag)]
    pub tag: ::std::primitive::bool,
    /// A list.
    #[wbxml(field_0, list, since = "2.5")]
    pub field_0: ::std::vec::Vec<Choice>,
    /// A list of contents.
    #[wbxml(items, list = value)]
    pub items: ::std::option::Option<::std::vec::Vec<Value>>,
    /// Bytes.
    #[wbxml(value, opaque)]
    pub value: ::std::option::Option<::wbxml::Bytes<'a>>,
    /// Text.
    #[wbxml(last, text)]
    pub r#type: ::std::vec::Vec<::std::primitive::char>,
    /// Others.
    #[wbxml(any)]
    pub other: ::std::vec::Vec<::wbxml::AnyElement<'a>>,
}

/// A choice.
#[derive(::std::fmt::Debug, ::wbxml::Decode, ::wbxml::Encode, ::wbxml::IntoOwned)]
#[wbxml(choice)]
pub enum Choice {
    /// Content.
    #[wbxml(reader)]
    Reader(Newtype<::std::primitive::u8>),
    /// Nothing.
    #[wbxml(writer)]
    Writer,
    /// A list.
    #[wbxml(items, list)]
    Items(::std::vec::Vec<Choice>),
}

/// A type with one field.
#[derive(::std::fmt::Debug, ::wbxml::Decode, ::wbxml::Encode, ::wbxml::IntoOwned)]
pub struct Newtype<T>(pub T);

/// Open numbers.
#[derive(::std::fmt::Debug, ::wbxml::Decode, ::wbxml::Encode, ::wbxml::IntoOwned)]
#[wbxml(value)]
pub enum Value {
    /// One.
    #[wbxml(1)]
    One,
    /// Others.
    #[wbxml(other)]
    Other(::std::primitive::u32),
}

/// Closed names.
#[derive(::std::fmt::Debug, ::wbxml::Decode, ::wbxml::Encode, ::wbxml::IntoOwned)]
#[wbxml(value)]
pub enum Name {
    /// One.
    #[wbxml("one")]
    One,
}

/// Types can be defined where no module sees them.
#[::std::prelude::v1::test]
fn derived_code_works_in_a_function() {
    const Local: ::wbxml::Tag = ::wbxml::Tag::new(0, 0x05);

    #[derive(::std::fmt::Debug, ::wbxml::Decode, ::wbxml::Encode)]
    #[wbxml(tag = Local)]
    struct Inside {
        #[wbxml(tag)]
        text: ::std::string::String,
    }

    let bytes = b"\x03\x01\x6A\x00\x45\x47\x03x\0\x01\x01";
    let read: Inside = ::wbxml::from_slice(bytes).unwrap();
    ::std::assert_eq!(read.text, "x");
    ::std::assert_eq!(::wbxml::to_vec(&read).unwrap(), bytes);
}

#[::std::prelude::v1::test]
fn names_around_it_do_not_matter() {
    let bytes =
        b"\x03\x01\x6A\x00\x4C\x45\x03r\0\x01\x46\x032\0\x01\x07\x48\x45\x031\0\x01\x06\x4A\x06\x01\x01\
        \x4A\x49\x031\0\x01\x01\x49\xC3\x01\xFF\x01\x4B\x03c\0\x01\x7F\x03o\0\x01\x01";
    let read: Every<'_> = ::wbxml::from_slice(bytes).unwrap();
    ::std::assert_eq!(read.other.len(), 1);
    ::std::assert_eq!(::wbxml::to_vec(&read).unwrap(), bytes);
}
