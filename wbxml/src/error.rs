//! What went wrong, where, and what was expected.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::fmt::Write as _;

use crate::{ProtocolVersion, Tag};

/// What this crate's functions return.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// A fault, with the offset of the byte and the path of the element where it lies.
///
/// `Display` is one line for a person:
/// `Sync/Collections/Collection[2]/WindowSize at byte 141: expected a number from 1 to 512, found "many"`.
#[derive(Clone, PartialEq)]
pub struct Error(Box<Fault>);

#[derive(Clone, PartialEq)]
struct Fault {
    kind: ErrorKind,
    offset: Option<usize>,
    path: Path,
}

impl Error {
    /// An error without a place: of a value that is being written (the elements around it add their names), or of a
    /// fault outside of any document.
    #[cold]
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Fault { kind, offset: None, path: Path::default() }))
    }

    /// The same error, which came up while the content of this element was written.
    #[cold]
    pub(crate) fn inside(mut self, name: Cow<'static, str>) -> Self {
        // A sink fails by itself, and what was read to be written has its place already.
        let of_value = self.0.offset.is_none() && !matches!(self.0.kind, ErrorKind::Sink(_));
        if of_value {
            self.0.path.0.insert(0, PathStep { name, number: 0 });
        }
        self
    }

    #[cold]
    pub(crate) fn at(kind: ErrorKind, offset: usize, path: Path) -> Self {
        Self(Box::new(Fault { kind, offset: Some(offset), path }))
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The offset of the faulty token (of XML: of the markup or text) from the start of the document, in bytes.
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }

    /// The element in which the fault lies; empty for the header and what follows the root. While writing: those
    /// elements around it that were written as a whole, by [`Writer::element`](crate::Writer::element) and derived
    /// types.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Whether more bytes could mend it: the document ended too early, but all that was there is good.
    pub fn is_incomplete(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Incomplete { .. })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { kind, offset, path } = &*self.0;
        #[cfg(feature = "xml")]
        if let ErrorKind::Xml { line, column, .. } = kind {
            write!(f, "line {line}, column {column}")?;
            return if path.is_empty() { write!(f, ": {kind}") } else { write!(f, ", {path}: {kind}") };
        }
        match offset {
            Some(offset) if path.is_empty() => write!(f, "byte {offset}: {kind}"),
            Some(offset) => write!(f, "{path} at byte {offset}: {kind}"),
            None if path.is_empty() => kind.fmt(f),
            None => write!(f, "{path}: {kind}"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { kind, offset, path } = &*self.0;
        f.debug_struct("Error")
            .field("kind", kind)
            .field("offset", offset)
            .field("path", &format_args!("{path}"))
            .finish()
    }
}

impl core::error::Error for Error {}

/// The kinds of fault.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The document ends before it is complete; what there is of it is well-formed.
    Incomplete {
        /// What was being read.
        reading: &'static str,
        /// The bytes that it needs, where the document says so.
        needed: Option<usize>,
        /// The bytes that are left for it.
        left: usize,
    },
    /// A version of WBXML other than 1.0 to 1.3.
    UnsupportedVersion(u8),
    /// A character set that cannot be read.
    UnsupportedCharset(u32),
    /// A number of more than 32 bits, or written in more than 5 bytes.
    IntegerTooLong,
    /// A byte sequence that the document's character set does not have.
    InvalidText,
    /// A reference to a string beyond the string table.
    InvalidStringIndex {
        /// The index.
        index: u32,
        /// The bytes of the table.
        table: usize,
    },
    /// A reference to the last string of the string table, which has no end; refused in strict mode.
    OpenTableString(u32),
    /// An entity that is no Unicode scalar value.
    InvalidEntity(u32),
    /// A character that XML 1.0 does not have, where such are to be refused.
    NoXmlCharacter(char),
    /// A token that cannot stand here.
    UnexpectedToken {
        /// The token.
        token: u8,
        /// What could stand here.
        expected: &'static str,
    },
    /// A tag that the code pages do not have, refused in strict mode.
    UnknownTag(Tag),
    /// Bytes after the end of the root element.
    TrailingBytes(usize),
    /// A limit of [`Limits`](crate::Limits) was reached.
    LimitExceeded {
        /// The name of the limit.
        limit: &'static str,
        /// Its value.
        value: u64,
    },
    /// An element that must be there is not.
    MissingElement(Cow<'static, str>),
    /// An element where another one belongs.
    UnexpectedElement {
        /// What could stand here; empty for no element at all.
        expected: &'static str,
        /// The element that does.
        found: Cow<'static, str>,
    },
    /// A second occurrence of an element that may occur once, refused in strict mode.
    DuplicateElement(&'static str),
    /// Text or bytes between elements, refused in strict mode.
    UnexpectedContent,
    /// A value that does not fit.
    InvalidValue {
        /// What fits.
        expected: Cow<'static, str>,
        /// What is there, shortened.
        found: String,
    },
    /// A NUL, which an inline string cannot hold.
    NulInText,
    /// A tag that the protocol version being written does not have.
    NotInVersion {
        /// The tag.
        tag: Tag,
        /// The version.
        version: ProtocolVersion,
    },
    /// A captured element that needs the string table of its own document.
    StringTableNeeded,
    /// More or fewer bytes than were announced, or an end without a start, while writing.
    InvalidWrite(Cow<'static, str>),
    /// The sink refused the bytes.
    Sink(String),
    /// The content of an OPAQUE could not be read while it was written.
    Source(String),
    /// The XML cannot be read, or cannot be written as WBXML.
    #[cfg(feature = "xml")]
    Xml {
        /// The line of the fault, from 1.
        line: usize,
        /// The character in the line, from 1.
        column: usize,
        /// What is wrong.
        fault: crate::xml::XmlFault,
    },
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.say(&mut OneLine(f))
    }
}

impl ErrorKind {
    fn say(&self, f: &mut impl fmt::Write) -> fmt::Result {
        match self {
            Self::Incomplete { reading, needed: Some(needed), left } => {
                write!(f, "{reading} claims {}, {left} {} left", Bytes(*needed), are(*left))
            }
            Self::Incomplete { reading, needed: None, .. } => {
                write!(f, "the document ends inside of {reading}")
            }
            Self::UnsupportedVersion(byte) => {
                write!(f, "expected the version of WBXML (0x00 to 0x03 for 1.0 to 1.3), found 0x{byte:02X}: is this a WBXML document?")
            }
            Self::UnsupportedCharset(charset) => {
                write!(f, "the character set with the IANA number {charset} is not supported")?;
                if cfg!(feature = "charsets") { Ok(()) } else { f.write_str("; the feature `charsets` reads more") }
            }
            Self::IntegerTooLong => f.write_str("the number is longer than 32 bits"),
            Self::InvalidText => f.write_str("the string is not valid in the document's character set"),
            Self::InvalidStringIndex { index, table: 0 } => {
                write!(f, "expected a string at {index} of the string table, but the document has no string table")
            }
            Self::InvalidStringIndex { index, table } => {
                write!(f, "no string begins at {index} in a string table of {}", Bytes(*table))
            }
            Self::OpenTableString(index) => {
                write!(f, "the string at {index} of the string table has no end; lenient mode reads it up to the end of the table")
            }
            Self::NoXmlCharacter(c) => write!(f, "XML has no character U+{:04X}", u32::from(*c)),
            Self::InvalidEntity(code) => write!(f, "entity {code} is no character (a Unicode scalar value)"),
            Self::UnexpectedToken { token, expected } => {
                write!(f, "expected {expected}, found the token 0x{token:02X}")
            }
            Self::UnknownTag(tag) => {
                write!(f, "the code pages have no tag 0x{:02X} on page {}", tag.token(), tag.page())
            }
            Self::TrailingBytes(count) => write!(f, "{} after the end of the document", Bytes(*count)),
            Self::LimitExceeded { limit, value } => {
                write!(f, "more than the limit `{limit}` allows ({value}); if the document can be trusted, raise it with Limits::{limit}")
            }
            Self::MissingElement(name) => write!(f, "the element {name} is missing"),
            Self::UnexpectedElement { expected: "", found } => {
                write!(f, "expected text, found the element {found}")
            }
            Self::UnexpectedElement { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::DuplicateElement(name) => write!(f, "the element {name} occurs twice"),
            Self::UnexpectedContent => f.write_str("expected elements, found text or bytes between them"),
            Self::InvalidValue { expected, found } => write!(f, "expected {expected}, found {found:?}"),
            Self::NulInText => {
                f.write_str("text holds a NUL character, which would end it in WBXML: remove it, or use bytes and OPAQUE")
            }
            Self::NotInVersion { tag, version } => write!(f, "protocol version {version} has no {tag}"),
            Self::StringTableNeeded => {
                f.write_str("the captured element names things by its document's string table, which this document does not have")
            }
            Self::InvalidWrite(what) => f.write_str(what),
            Self::Sink(error) => write!(f, "writing failed: {error}"),
            Self::Source(error) => write!(f, "the content of the OPAQUE could not be read: {error}"),
            #[cfg(feature = "xml")]
            Self::Xml { fault, .. } => write!(f, "{fault}"),
        }
    }
}

/// A number of bytes, in words.
pub(crate) struct Bytes(pub(crate) usize);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} byte{}", self.0, if self.0 == 1 { "" } else { "s" })
    }
}

fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// The elements from the root down to a place, `Sync/Collections/Collection[2]`: the second of its name there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(pub(crate) Vec<PathStep>);

/// An element of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathStep {
    /// The element's name; where the code pages have none, its page and token.
    pub name: Cow<'static, str>,
    /// Its number among the siblings of the same name, from 1; 0 for an error while writing, which does not count them.
    pub number: usize,
}

impl Path {
    /// The elements, the root first.
    pub fn steps(&self) -> &[PathStep] {
        &self.0
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A hostile document may be very deep: both ends say enough.
        const SHOWN: usize = 12;
        let mut f = OneLine(f);
        for (position, step) in self.0.iter().enumerate() {
            if self.0.len() > 2 * SHOWN && (SHOWN..self.0.len() - SHOWN).contains(&position) {
                if position == SHOWN {
                    f.write_str("/…")?;
                }
                continue;
            }
            if position > 0 {
                f.write_str("/")?;
            }
            f.write_str(&step.name)?;
            if step.number > 1 {
                write!(f, "[{}]", step.number)?;
            }
        }
        Ok(())
    }
}

/// Names and values in messages come from documents: what they could do to a line, or to a terminal, is escaped.
struct OneLine<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl fmt::Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for piece in text.split_inclusive(char::is_control) {
            match piece.chars().next_back().filter(|last| last.is_control()) {
                Some(last) => {
                    let plain = &piece[..piece.len() - last.len_utf8()];
                    write!(self.0, "{plain}{}", last.escape_debug())?;
                }
                None => self.0.write_str(piece)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::Reader;
    use alloc::string::ToString;

    #[test]
    fn a_message_is_one_line_whatever_a_document_names() {
        // The string table names an element with a line end and a terminal's escape; its content is missing.
        let mut reader = Reader::new(b"\x03\x01\x6A\x07a\n\x1B[2J\x00\x44\x00");
        reader.next().expect("the element begins");
        let said = reader.next().expect_err("its end is missing").to_string();
        assert_eq!(
            said,
            "a\\n\\u{1b}[2J at byte 13: the document ends inside of an element, whose end is missing"
        );
    }

    #[test]
    #[cfg(feature = "xml")]
    fn what_the_xml_parser_says_is_one_line_too() {
        let said = crate::xml::from_xml("<Sync xmlns='AirSync'></Sink\n<SyncKey>")
            .expect_err("ill-formed")
            .to_string();
        assert!(said.contains("\\n") && !said.contains('\n'), "{said}");
    }
}
