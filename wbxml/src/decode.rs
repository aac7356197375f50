//! Typed reading: the traits, and what derived code asks of the [`Reader`].

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::fmt::Display;
use core::ops::ControlFlow;
use core::str::FromStr;

use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::reader::{Reader, shortened};
use crate::{AnyElement, Fragment, Tag};

/// A value that is the content of an element.
///
/// Derive it: see the [derive macro](derive@crate::Decode) for the vocabulary.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read as the content of an element",
    label = "no content of an element",
    note = "derive `Decode` for it, or give the field a key: `list` for elements in a wrapper, `opaque` for bytes, `text` for what has `FromStr`"
)]
pub trait Decode<'de>: Sized {
    /// Reads the content of the element that began last, its end included.
    ///
    /// # Errors
    /// If the document is malformed, or its content is not what this type holds.
    fn decode(reader: &mut Reader<'de>) -> Result<Self>;

    /// Reads the content of an element that may be absent.
    ///
    /// A type that no empty element can mean (a number, a date) takes one for an absent one in lenient mode, by
    /// [`Reader::unless_empty`]. Others need not define this.
    ///
    /// # Errors
    /// As for [`decode`](Self::decode).
    fn decode_optional(reader: &mut Reader<'de>) -> Result<Option<Self>> {
        Self::decode(reader).map(Some)
    }
}

/// A value that is a whole element, or one of several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read as an element",
    label = "no element",
    note = "derive `Decode` for it with `#[wbxml(tag = …)]` or `#[wbxml(choice)]`; items of a list that are content only need their tag: `list = Tag`"
)]
pub trait DecodeElement<'de>: Sized {
    /// Whether an element of this tag is one.
    fn accepts(tag: Tag) -> bool;

    /// Reads the rest of the element `tag`, which began last and is accepted.
    ///
    /// # Errors
    /// As for [`Decode::decode`].
    fn decode_element(tag: Tag, reader: &mut Reader<'de>) -> Result<Self>;

    /// The names of the elements for an error: `FolderSync`, or `Add, Change or Delete`.
    fn expected() -> &'static str;
}

/// A value that keeps nothing of its input.
pub trait DecodeOwned: for<'de> Decode<'de> {}

impl<T: for<'de> Decode<'de>> DecodeOwned for T {}

/// A type with an element of its own, named by `#[wbxml(page = …, tag = …)]`.
pub trait Element {
    /// The element's tag.
    const TAG: Tag;
    /// The element's name.
    const NAME: &'static str;
}

/// A value that can be made from borrowed bytes and given back as such, for `#[wbxml(…, opaque)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not stand for bytes",
    label = "no bytes",
    note = "`opaque` is for `Bytes`, `Vec<u8>`, `Cow<[u8]>`, text, and types with `OpaqueContent`"
)]
pub trait OpaqueContent<'de>: Sized {
    /// The value of the bytes, unless they are none (text that is not UTF-8).
    fn from_opaque(bytes: Cow<'de, [u8]>) -> Option<Self>;
    /// The bytes of the value.
    fn as_opaque(&self) -> &[u8];
}

/// Reads a whole document.
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use wbxml::{Decode, codepages::folderhierarchy};
///
/// #[derive(Decode)]
/// #[wbxml(page = folderhierarchy, tag = FolderSync)]
/// struct FolderSync<'a> {
///     #[wbxml(SyncKey)]
///     sync_key: std::borrow::Cow<'a, str>,
/// }
///
/// let body = b"\x03\x01\x6A\x00\x00\x07\x56\x52\x030\x00\x01\x01";
/// let request: FolderSync<'_> = wbxml::from_slice(body)?;
/// assert_eq!(request.sync_key, "0");
/// # }
/// # Ok::<(), wbxml::Error>(())
/// ```
///
/// # Errors
/// If the document is malformed, incomplete, exceeds the default [`Limits`](crate::Limits), or is not a `T`.
pub fn from_slice<'de, T: DecodeElement<'de>>(document: &'de [u8]) -> Result<T> {
    Reader::new(document).decode()
}

impl<'de> Reader<'de> {
    /// Reads the rest of the document as a `T`.
    ///
    /// # Errors
    /// As for [`from_slice`].
    pub fn decode<T: DecodeElement<'de>>(mut self) -> Result<T> {
        let tag = self.root()?;
        if !T::accepts(tag) {
            return Err(self.unexpected(tag, T::expected()));
        }
        let value = T::decode_element(tag, &mut self)?;
        self.finish()?;
        Ok(value)
    }

    /// The start of the root element.
    fn root(&mut self) -> Result<Tag> {
        loop {
            match self.next()? {
                Some(Event::Start { tag, .. }) => return Ok(tag),
                Some(Event::Literal { .. }) => return Ok(Tag::new(self.page(), Tag::LITERAL)),
                Some(_) => {}
                // The prolog ends with a root or with an error.
                None => {
                    return Err(self.error(ErrorKind::Incomplete {
                        reading: "the root element",
                        needed: None,
                        left: 0,
                    }));
                }
            }
        }
    }

    /// Checks that nothing but processing instructions follows the root element.
    fn finish(&mut self) -> Result<()> {
        while self.next()?.is_some() {}
        Ok(())
    }

    /// The next element inside of the one that began last and has not ended; `None` at its end, which is then read.
    /// An element named by the string table gives a tag whose token is [`Tag::LITERAL`].
    ///
    /// Text between elements is passed over, or refused in strict mode.
    ///
    /// # Errors
    /// If the document is malformed.
    #[inline]
    pub fn child(&mut self) -> Result<Option<Tag>> {
        match self.plain_child() {
            ControlFlow::Break(child) => Ok(child),
            ControlFlow::Continue(()) => self.child_of_all(),
        }
    }

    fn child_of_all(&mut self) -> Result<Option<Tag>> {
        loop {
            match self.next()? {
                Some(Event::Start { tag, .. }) => return Ok(Some(tag)),
                Some(Event::End) | None => return Ok(None),
                Some(event) => {
                    if let Some(tag) = self.between(&event)? {
                        return Ok(Some(tag));
                    }
                }
            }
        }
    }

    #[cold]
    fn between(&self, event: &Event<'de>) -> Result<Option<Tag>> {
        match event {
            Event::Literal { .. } => Ok(Some(Tag::new(self.page(), Tag::LITERAL))),
            Event::Attribute(_) | Event::ProcessingInstruction(_) => Ok(None),
            _ if self.is_strict() => Err(self.error(ErrorKind::UnexpectedContent)),
            _ => Ok(None),
        }
    }

    /// Passes over the rest of the element that began last.
    ///
    /// # Errors
    /// If the document is malformed.
    pub fn skip(&mut self) -> Result<()> {
        // A loop, not a recursion: the document decides the depth.
        let mut open = 1_u32;
        while open > 0 {
            match self.next()? {
                Some(Event::Start { .. } | Event::Literal { .. }) => open += 1,
                Some(Event::End) => open -= 1,
                Some(_) => {}
                None => break,
            }
        }
        Ok(())
    }

    /// Passes over an element that the type does not know; refuses it in strict mode.
    ///
    /// # Errors
    /// In strict mode, or if the document is malformed.
    #[cold]
    pub fn unknown(&mut self, tag: Tag) -> Result<()> {
        if self.is_strict() { Err(self.unexpected(tag, "an element of this type")) } else { self.skip() }
    }

    /// Meets a second occurrence of an element that may occur once: in lenient mode the last one counts.
    ///
    /// # Errors
    /// In strict mode.
    #[cold]
    pub fn duplicate(&self, _tag: Tag, name: &'static str) -> Result<()> {
        if self.is_strict() { Err(self.error(ErrorKind::DuplicateElement(name))) } else { Ok(()) }
    }

    /// The error that the element which ended last lacks a child.
    #[cold]
    pub fn missing(&self, _tag: Tag, name: &'static str) -> Error {
        self.error(ErrorKind::MissingElement(Cow::Borrowed(name)))
    }

    /// The error that the element `tag`, which began last, is not one of those that could stand there.
    #[cold]
    pub fn unexpected(&self, tag: Tag, expected: &'static str) -> Error {
        self.error(ErrorKind::UnexpectedElement { expected, found: self.name(tag) })
    }

    /// The error that the value read last does not fit.
    #[cold]
    pub fn invalid(&self, expected: impl Into<Cow<'static, str>>, found: impl Display) -> Error {
        let found = shortened(&found.to_string());
        self.value_error(ErrorKind::InvalidValue { expected: expected.into(), found })
    }

    /// The text of the element that began last, and its end. OPAQUE counts as text if it is UTF-8.
    ///
    /// # Errors
    /// If there are elements inside, or bytes that are no text.
    #[inline]
    pub fn text(&mut self) -> Result<Cow<'de, str>> {
        match self.plain_text() {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self.text_of_all(),
        }
    }

    fn text_of_all(&mut self) -> Result<Cow<'de, str>> {
        let first = self.next()?;
        self.mark_value();
        match first {
            Some(Event::Text(text)) => match self.next()? {
                Some(Event::End) | None => Ok(text),
                Some(event) => self.rest_of_text(text, event),
            },
            Some(Event::End) | None => Ok(Cow::Borrowed("")),
            Some(event) => self.rest_of_text(Cow::Borrowed(""), event),
        }
    }

    #[cold]
    fn rest_of_text(&mut self, mut text: Cow<'de, str>, mut event: Event<'de>) -> Result<Cow<'de, str>> {
        loop {
            match event {
                Event::Text(more) => append(&mut text, more),
                // What could not be written again is not let in.
                Event::Entity('\0') => return Err(self.error(ErrorKind::NulInText)),
                Event::Opaque(bytes) if bytes.contains(&0) => return Err(self.error(ErrorKind::NulInText)),
                Event::Entity(character) => text.to_mut().push(character),
                Event::Opaque(bytes) => match core::str::from_utf8(bytes) {
                    Ok(more) => append(&mut text, Cow::Borrowed(more)),
                    Err(_) => return Err(self.error(ErrorKind::InvalidText)),
                },
                Event::End => return Ok(text),
                Event::Start { tag, .. } => return Err(self.unexpected(tag, "")),
                Event::Literal { name, .. } => {
                    let found = Cow::Owned(name.into_owned());
                    return Err(self.error(ErrorKind::UnexpectedElement { expected: "", found }));
                }
                Event::Extension(_) => return Err(self.unexpected_here("text")),
                Event::Attribute(_) | Event::ProcessingInstruction(_) => {}
            }
            match self.next()? {
                Some(next) => event = next,
                None => return Ok(text),
            }
        }
    }

    /// The bytes of the element that began last, and its end: its OPAQUE, or the bytes of its text.
    ///
    /// # Errors
    /// If there are elements inside.
    pub fn opaque(&mut self) -> Result<Cow<'de, [u8]>> {
        let mut whole: Cow<'de, [u8]> = Cow::Borrowed(&[]);
        let mut first = true;
        loop {
            let event = self.next()?;
            if core::mem::take(&mut first) {
                self.mark_value();
            }
            let more = match event {
                Some(Event::Opaque(bytes)) => Cow::Borrowed(bytes),
                Some(Event::Text(Cow::Borrowed(text))) => Cow::Borrowed(text.as_bytes()),
                Some(Event::Text(Cow::Owned(text))) => Cow::Owned(text.into_bytes()),
                Some(Event::Entity(character)) => Cow::Owned(character.to_string().into_bytes()),
                Some(Event::End) | None => return Ok(whole),
                Some(Event::Attribute(_) | Event::ProcessingInstruction(_)) => continue,
                Some(Event::Start { tag, .. }) => return Err(self.unexpected(tag, "bytes")),
                Some(Event::Literal { .. } | Event::Extension(_)) => {
                    return Err(self.unexpected_here("bytes"));
                }
            };
            if whole.is_empty() {
                whole = more;
            } else {
                whole.to_mut().extend_from_slice(&more);
            }
        }
    }

    /// The text of the element that began last, as a `T`; white space around it does not count.
    ///
    /// # Errors
    /// If the text is no `T`: "expected `expected`, found …".
    pub fn parse_text<T: FromStr>(&mut self, expected: &'static str) -> Result<T> {
        let text = self.text()?;
        text.trim().parse().map_err(|_| self.invalid(expected, text))
    }

    /// Reads the element that began last as a `T`; in lenient mode `None` if it is empty.
    ///
    /// # Errors
    /// As for [`Decode::decode`].
    pub fn unless_empty<T: Decode<'de>>(&mut self) -> Result<Option<T>> {
        if self.is_strict() || !self.is_blank()? {
            return T::decode(self).map(Some);
        }
        self.skip()?;
        Ok(None)
    }

    /// Reads an element whose presence is the message. What it holds is passed over; `0` in it means absent.
    ///
    /// # Errors
    /// If the document is malformed.
    pub fn flag(&mut self) -> Result<bool> {
        crate::Flag::decode(self).map(crate::Flag::is_set)
    }

    /// Captures the inside of the element that began last.
    ///
    /// # Errors
    /// If the document is malformed.
    pub fn fragment(&mut self) -> Result<Fragment<'de>> {
        Fragment::capture(self)
    }

    /// Captures the element `tag`, which began last.
    ///
    /// # Errors
    /// If the document is malformed.
    pub fn any(&mut self, tag: Tag) -> Result<AnyElement<'de>> {
        AnyElement::capture(tag, self)
    }
}

fn append<'de>(text: &mut Cow<'de, str>, more: Cow<'de, str>) {
    if text.is_empty() {
        *text = more;
    } else {
        text.to_mut().push_str(&more);
    }
}

impl<'de> Decode<'de> for Cow<'de, str> {
    fn decode(reader: &mut Reader<'de>) -> Result<Self> {
        reader.text()
    }
}

impl<'de> Decode<'de> for &'de str {
    fn decode(reader: &mut Reader<'de>) -> Result<Self> {
        match reader.text()? {
            Cow::Borrowed(text) => Ok(text),
            Cow::Owned(text) => {
                Err(reader.invalid("text in one piece of UTF-8, which can be borrowed", text))
            }
        }
    }
}

impl<'de> Decode<'de> for String {
    fn decode(reader: &mut Reader<'de>) -> Result<Self> {
        reader.text().map(Cow::into_owned)
    }
}

impl<'de> Decode<'de> for bool {
    fn decode(reader: &mut Reader<'de>) -> Result<Self> {
        let text = reader.text()?;
        match text.trim() {
            // "If the integer value is missing, then it is assumed to be 1", `[MS-ASDTYPE]` 2.1.
            "1" | "" => Ok(true),
            "0" => Ok(false),
            other if !reader.is_strict() && other.eq_ignore_ascii_case("true") => Ok(true),
            other if !reader.is_strict() && other.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err(reader.invalid("0 or 1", text)),
        }
    }
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl<'de> Decode<'de> for $integer {
            fn decode(reader: &mut Reader<'de>) -> Result<Self> {
                let text = reader.text()?;
                text.trim().parse().map_err(|_| {
                    let (least, most) = (<$integer>::MIN, <$integer>::MAX);
                    reader.invalid(alloc::format!("a number from {least} to {most}"), text)
                })
            }

            fn decode_optional(reader: &mut Reader<'de>) -> Result<Option<Self>> {
                reader.unless_empty()
            }
        }
    )*};
}

integers!(u8, u16, u32, u64, i8, i16, i32, i64);

impl<'de> Decode<'de> for () {
    fn decode(reader: &mut Reader<'de>) -> Result<Self> {
        reader.skip()
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Box<T> {
    fn decode(reader: &mut Reader<'de>) -> Result<Self> {
        T::decode(reader).map(Self::new)
    }

    fn decode_optional(reader: &mut Reader<'de>) -> Result<Option<Self>> {
        Ok(T::decode_optional(reader)?.map(Self::new))
    }
}

impl<'de, T: DecodeElement<'de>> DecodeElement<'de> for Box<T> {
    fn accepts(tag: Tag) -> bool {
        T::accepts(tag)
    }

    fn decode_element(tag: Tag, reader: &mut Reader<'de>) -> Result<Self> {
        T::decode_element(tag, reader).map(Self::new)
    }

    fn expected() -> &'static str {
        T::expected()
    }
}
