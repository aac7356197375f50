//! Typed writing: the traits, and the values of the language itself.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::Result;
use crate::{ProtocolVersion, Writer};

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

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
        T::encode(self, writer)
    }
}

impl<T: Encode + ?Sized> Encode for Box<T> {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
        T::encode(self, writer)
    }
}

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

impl Encode for str {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.text(self)
    }
}

impl Encode for String {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.text(self)
    }
}

impl Encode for Cow<'_, str> {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.text(self)
    }
}

impl Encode for bool {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.text(if *self { "1" } else { "0" })
    }
}

impl Encode for () {
    fn encode(&self, _: &mut Writer<'_>) -> Result<()> {
        Ok(())
    }
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl Encode for $integer {
            fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
                writer.display(self)
            }
        }
    )*};
}

integers!(u8, u16, u32, u64, i8, i16, i32, i64);
