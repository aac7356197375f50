//! A decoder written by hand, without nom: the events of ActiveSync documents (inline strings, OPAQUE, code pages, the
//! header), with the checks of [`wbxml::Reader`]: well-formedness, UTF-8, limits, the offset of a fault.
//!
//! It is as fast as it can be made in safe code, so that it tells what parsers made of parts cost. Strings are what
//! most bytes belong to, and checking each by itself that it is UTF-8 is most of the work. So what lies ahead is
//! checked some way in one go, markup and all, and short strings are cut out of that.

use std::borrow::Cow;

use simdutf8::basic::from_utf8;
use wbxml::{Event, Limits, Reader, Tag};

const SWITCH_PAGE: u8 = 0x00;
const END: u8 = 0x01;
const STR_I: u8 = 0x03;
const OPAQUE: u8 = 0xC3;
const CONTENT: u8 = 0x40;
const UTF_8: u32 = 106;

/// How far ahead text is checked, at first and at most.
const WINDOW: usize = LONG;
const FARTHEST: usize = 2 << 10;
/// A string this long is checked by itself.
const LONG: usize = 1 << 8;

pub(crate) struct Decoder<'de> {
    input: &'de [u8],
    position: usize,
    /// The offset of the token read last.
    token: usize,
    page: u8,
    place: Place,
    depth: u32,
    elements_left: u64,
    limits: Limits,
    /// A part of the input that is UTF-8, and where it begins.
    checked: &'de str,
    checked_from: usize,
    /// How far was checked last.
    ahead: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Header,
    Prolog,
    Content,
    EmptyElement,
    Epilog,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) offset: usize,
    pub(crate) kind: Kind,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Incomplete,
    Malformed,
    NotUtf8,
    Limit,
    /// WBXML all right, but not as ActiveSync has it.
    Foreign,
}

type Result<T> = std::result::Result<T, Fault>;

impl<'de> Decoder<'de> {
    pub(crate) fn new(input: &'de [u8]) -> Self {
        let limits = Limits::default();
        Self {
            input,
            position: 0,
            token: 0,
            page: 0,
            place: Place::Header,
            depth: 0,
            elements_left: limits.elements,
            limits,
            checked: "",
            checked_from: 0,
            ahead: WINDOW,
        }
    }

    #[allow(
        clippy::inline_always,
        reason = "the compiler thinks otherwise, and a call an event is a third of the time"
    )]
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Result<Option<Event<'de>>> {
        if self.place == Place::Content { self.content() } else { self.elsewhere() }
    }

    #[allow(clippy::inline_always, reason = "as for `next`")]
    #[inline(always)]
    fn content(&mut self) -> Result<Option<Event<'de>>> {
        loop {
            self.token = self.position;
            let event = match self.byte()? {
                END => {
                    self.close();
                    Event::End
                }
                STR_I => Event::Text(Cow::Borrowed(self.string()?)),
                byte @ (0x05..=0x3F | 0x45..=0x7F) => self.open(byte)?,
                SWITCH_PAGE => {
                    self.page = self.byte()?;
                    continue;
                }
                OPAQUE => Event::Opaque(self.opaque()?),
                _ => return Err(self.fault(Kind::Foreign)),
            };
            return Ok(Some(event));
        }
    }

    #[inline]
    fn open(&mut self, byte: u8) -> Result<Event<'de>> {
        if self.depth >= self.limits.depth || self.elements_left == 0 {
            return Err(self.fault(Kind::Limit));
        }
        self.depth += 1;
        self.elements_left -= 1;
        let has_content = byte & CONTENT != 0;
        self.place = if has_content { Place::Content } else { Place::EmptyElement };
        Ok(Event::Start { tag: Tag::new(self.page, byte & 0x3F), has_content })
    }

    #[inline]
    fn close(&mut self) {
        self.depth -= 1;
        self.place = if self.depth == 0 { Place::Epilog } else { Place::Content };
    }

    #[inline]
    fn string(&mut self) -> Result<&'de str> {
        let from = self.position.wrapping_sub(self.checked_from);
        if let Some(ahead) = self.checked.as_bytes().get(from..)
            && let Some(length) = length_to_nul(ahead)
            && let Some(text) = self.checked.get(from..from + length)
        {
            self.position += length + 1;
            return Ok(text);
        }
        self.check()
    }

    #[inline(never)]
    fn check(&mut self) -> Result<&'de str> {
        let ahead = &self.input[self.position..];
        let Some(length) = memchr::memchr(0, ahead) else {
            return Err(self.fault(Kind::Incomplete));
        };
        if length > self.limits.text {
            return Err(self.fault(Kind::Limit));
        }
        let from = self.position;
        self.position += length + 1;
        if length >= LONG {
            self.ahead = WINDOW;
            return from_utf8(&ahead[..length]).map_err(|_| self.fault(Kind::NotUtf8));
        }
        // The longer no long string came by, the less likely is one next, in front of which all is in vain.
        self.ahead = FARTHEST.min(2 * self.ahead);
        let window = &ahead[..ahead.len().min(self.ahead)];
        self.checked = match simdutf8::compat::from_utf8(window) {
            Ok(text) => text,
            // Perhaps of what comes after the string, which need not be text.
            Err(error) => from_utf8(&window[..error.valid_up_to()]).unwrap_or_default(),
        };
        self.checked_from = from;
        self.checked.get(..length).ok_or_else(|| self.fault(Kind::NotUtf8))
    }

    fn opaque(&mut self) -> Result<&'de [u8]> {
        let length = self.number()? as usize;
        if length > self.limits.opaque {
            return Err(self.fault(Kind::Limit));
        }
        let Some(bytes) = self.input[self.position..].get(..length) else {
            return Err(self.fault(Kind::Incomplete));
        };
        self.position += length;
        Ok(bytes)
    }

    fn number(&mut self) -> Result<u32> {
        let mut value: u32 = 0;
        for _ in 0..5 {
            let byte = self.byte()?;
            if value > u32::MAX >> 7 {
                break;
            }
            value = value << 7 | u32::from(byte & 0x7F);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.fault(Kind::Malformed))
    }

    #[inline]
    fn byte(&mut self) -> Result<u8> {
        match self.input.get(self.position) {
            Some(&byte) => {
                self.position += 1;
                Ok(byte)
            }
            None => Err(self.fault(Kind::Incomplete)),
        }
    }

    fn elsewhere(&mut self) -> Result<Option<Event<'de>>> {
        loop {
            match self.place {
                // That is no matter of this function; in two places it would not be inlined in either.
                Place::Content => return Ok(None),
                Place::EmptyElement => {
                    self.close();
                    return Ok(Some(Event::End));
                }
                Place::Header => self.header()?,
                Place::Prolog => {
                    self.token = self.position;
                    match self.byte()? {
                        SWITCH_PAGE => self.page = self.byte()?,
                        byte @ (0x05..=0x3F | 0x45..=0x7F) => return self.open(byte).map(Some),
                        _ => return Err(self.fault(Kind::Foreign)),
                    }
                }
                Place::Epilog if self.position == self.input.len() => return Ok(None),
                Place::Epilog => {
                    self.token = self.position;
                    return Err(self.fault(Kind::Foreign));
                }
            }
        }
    }

    fn header(&mut self) -> Result<()> {
        let version = self.byte()?;
        let public_id = self.number()?;
        let charset = self.number()?;
        let string_table = self.number()?;
        if !(1..=3).contains(&version) || public_id == 0 || charset != UTF_8 || string_table != 0 {
            return Err(self.fault(Kind::Foreign));
        }
        self.place = Place::Prolog;
        Ok(())
    }

    #[cold]
    fn fault(&self, kind: Kind) -> Fault {
        Fault { offset: self.token, kind }
    }
}

/// Most strings are shorter than a call of memchr is worth.
#[inline]
fn length_to_nul(input: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let (words, _) = input.as_chunks::<8>();
    for (index, &word) in words.iter().take(3).enumerate() {
        let word = u64::from_le_bytes(word);
        // The lowest byte that is zero borrows from the next, and only then is its highest bit set.
        let zeros = word.wrapping_sub(ONES) & !word & (ONES << 7);
        if zeros != 0 {
            return Some(index * 8 + zeros.trailing_zeros() as usize / 8);
        }
    }
    memchr::memchr(0, input)
}

pub(crate) fn events(document: &[u8]) -> usize {
    let mut decoder = Decoder::new(document);
    let mut sum = 0;
    while let Some(event) = decoder.next().expect("a good document") {
        sum += super::wbxml::look_at(&event);
    }
    sum
}

/// Panics unless both decoders say the same of a document, whether it is good or not.
pub(crate) fn assert_agrees(document: &[u8]) {
    let (mut reader, mut decoder) = (Reader::new(document), Decoder::new(document));
    loop {
        match (reader.next(), decoder.next()) {
            (Ok(None), Ok(None)) | (_, Err(Fault { kind: Kind::Foreign, .. })) => break,
            (Ok(Some(one)), Ok(Some(other))) => assert_eq!(one, other, "{document:02X?}"),
            (Err(one), Err(other)) => {
                // Of a fault in the header one knows more.
                assert!(
                    other.offset == 0 || one.offset() == Some(other.offset),
                    "{one} is not {other:?}: {document:02X?}"
                );
                break;
            }
            (one, other) => panic!("{one:?} is not {other:?}: {document:02X?}"),
        }
    }
}

/// The same of a document cut short anywhere, and with any one byte of it changed.
pub(crate) fn assert_agrees_on_damage(document: &[u8]) {
    for end in 0..document.len() {
        assert_agrees(&document[..end]);
    }
    let mut damaged = document.to_vec();
    for (place, &byte) in document.iter().enumerate() {
        for other in 0..=u8::MAX {
            damaged[place] = other;
            assert_agrees(&damaged);
        }
        damaged[place] = byte;
    }
}
