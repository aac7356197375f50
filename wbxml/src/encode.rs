//! Typed writing: the traits, and the values of the language itself.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::Result;
use crate::{ProtocolVersion, Tag, Writer};

/// A value that is the content of an element.
///
/// Derive it: see the [derive macro](derive@crate::Encode) for the vocabulary.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as the content of an element",
    label = "no content of an element",
    note = "derive `Encode` for it, or give the field a key: `list` for elements in a wrapper, `opaque` for bytes, `text` for what has `Display`"
)]
pub trait Encode {
    /// Writes the content, without the element's start and end.
    ///
    /// # Errors
    /// If the value cannot be written, or the writer's sink fails.
    fn encode(&self, writer: &mut Writer<'_>) -> Result<()>;

    /// Writes an element of this content. What is nothing but text has a shorter way than start, content and end.
    #[doc(hidden)]
    #[inline]
    fn encode_in(&self, tag: Tag, writer: &mut Writer<'_>) -> Result<()> {
        writer.element_around(tag, self)
    }
}

/// A value that is a whole element.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as an element",
    label = "no element",
    note = "derive `Encode` for it with `#[wbxml(tag = …)]` or `#[wbxml(choice)]`; items of a list that are content only need their tag: `list = Tag`"
)]
pub trait EncodeElement {
    /// Writes the element: start, content, end.
    ///
    /// # Errors
    /// As for [`Encode::encode`].
    fn encode_element(&self, writer: &mut Writer<'_>) -> Result<()>;
}

/// Writes a document, with all that the value holds.
///
/// # Errors
/// If the value cannot be written: a NUL in text, or more than 256 elements inside of each other.
pub fn to_vec<T: EncodeElement + ?Sized>(value: &T) -> Result<Vec<u8>> {
    Writer::new(Vec::new()).encode(value)
}

/// Writes a document of a protocol version; what it does not have is left out.
///
/// # Errors
/// As for [`to_vec`].
pub fn to_vec_version<T: EncodeElement + ?Sized>(value: &T, version: ProtocolVersion) -> Result<Vec<u8>> {
    Writer::new(Vec::new()).version(version).encode(value)
}

/// Writes a document to a file, a socket or any other `io::Write`, through a buffer of bounded size.
///
/// # Errors
/// As for [`to_vec`], and if writing fails.
#[cfg(feature = "std")]
pub fn to_writer<T: EncodeElement + ?Sized>(output: impl std::io::Write, value: &T) -> Result<()> {
    let mut sink = crate::IoSink(output);
    Writer::with_sink(&mut sink).encode(value)?;
    sink.flush()
}

macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        impl<T: Encode + ?Sized> Encode for $pointer {
            fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
                T::encode(self, writer)
            }

            #[inline]
            fn encode_in(&self, tag: Tag, writer: &mut Writer<'_>) -> Result<()> {
                T::encode_in(self, tag, writer)
            }
        }
    )*};
}

pointers!(&T, Box<T>);

impl<T: EncodeElement + ?Sized> EncodeElement for &T {
    fn encode_element(&self, writer: &mut Writer<'_>) -> Result<()> {
        T::encode_element(self, writer)
    }
}

impl<T: EncodeElement + ?Sized> EncodeElement for Box<T> {
    fn encode_element(&self, writer: &mut Writer<'_>) -> Result<()> {
        T::encode_element(self, writer)
    }
}

macro_rules! texts {
    ($($ty:ty: |$value:ident| $text:expr;)*) => {$(
        impl Encode for $ty {
            #[inline]
            fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
                let $value = self;
                writer.text($text)
            }

            #[inline]
            fn encode_in(&self, tag: Tag, writer: &mut Writer<'_>) -> Result<()> {
                let $value = self;
                writer.text_element(tag, $text)
            }
        }
    )*};
}

texts! {
    str: |text| text;
    String: |text| text;
    Cow<'_, str>: |text| text;
    bool: |value| if *value { "1" } else { "0" };
    u8: |value| itoa::Buffer::new().format(*value);
    u16: |value| itoa::Buffer::new().format(*value);
    u32: |value| itoa::Buffer::new().format(*value);
    u64: |value| itoa::Buffer::new().format(*value);
    i8: |value| itoa::Buffer::new().format(*value);
    i16: |value| itoa::Buffer::new().format(*value);
    i32: |value| itoa::Buffer::new().format(*value);
    i64: |value| itoa::Buffer::new().format(*value);
}

impl Encode for () {
    fn encode(&self, _: &mut Writer<'_>) -> Result<()> {
        Ok(())
    }
}
