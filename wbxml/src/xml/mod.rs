//! WBXML to XML, and back to the same bytes.
//!
//! ```
//! // <FolderSync xmlns="FolderHierarchy"><SyncKey>0</SyncKey></FolderSync>
//! let body = b"\x03\x01\x6A\x00\x00\x07\x56\x52\x030\x00\x01\x01";
//! let xml = wbxml::xml::to_xml(body)?;
//! assert_eq!(
//!     xml,
//!     r#"<?xml version="1.0" encoding="utf-8"?>
//! <FolderSync xmlns="FolderHierarchy">
//!   <SyncKey>0</SyncKey>
//! </FolderSync>
//! "#
//! );
//! assert_eq!(wbxml::xml::from_xml(&xml)?, body);
//! # Ok::<(), wbxml::Error>(())
//! ```
//!
//! # To XML
//! - An element has the name of its tag and the namespace of its code page, declared as the default namespace where
//!   it changes. A tag that no code page has is `<_0x05 xmlns="wbxml:page:200">`.
//! - Bytes (OPAQUE) in an element that the code pages list as `opaque` are base64. Those of `opaque-text`, a MIME
//!   message, are text whose line ends are CRLF in WBXML and line feeds in XML, as long as that is true of all of
//!   them and XML can carry the text.
//! - What other languages pack into bytes is text: dates (`2031-02-03T00:00:00Z`), numbers, and the values and variables
//!   (`$(name:escape)`) that extension tokens stand for. A document in an OPAQUE is its elements.
//! - White space between elements is for the eye only. Where an element holds text too there is none.
//! - A language that has a document type gets its declaration, which tells its versions apart.
//!
//! # From XML
//! - Any prefixes will do. A namespace may have a colon at its end (`AirSync:`), except in strict mode.
//! - The text of an element is taken exactly. White space alone counts only as the whole content of an element that
//!   holds text. Comments, and processing instructions of others, are passed over.
//! - Of entities there are the five of XML, characters by number, and what the language's document type has. A document
//!   type declaration is passed over, or refused if it has declarations of its own. [`language_of`] looks into it.
//!
//! # Hints
//! For each document that [`Reader`](crate::Reader) accepts, the way to XML and back gives the same bytes. Where the
//! encoder by itself would choose others, the XML has processing instructions. Ordinary ActiveSync documents need
//! none. Bytes in them are hexadecimal digits.
//!
//! | hint | says |
//! | --- | --- |
//! | `<?wbxml header 02016A00?>` | Before the root: the header is not that of WBXML 1.3, UTF-8, without a string table. |
//! | `<?wbxml page 0005?>` | Code page switches stand here, to pages 0 and 5; the encoder would have written others, or none. |
//! | `<?wbxml literal 05?>` | The name of the element that comes next stands in the string table at 5. |
//! | `<?wbxml attributes 05830001?>` | The attribute list of the element that comes next is these bytes. Attributes that the element shows must agree. |
//! | `<?wbxml content?>` | This element has the content bit and an END, though nothing is in it: `<A></A>`, not `<A/>`. |
//! | `<?wbxml text?>` | The text up to the next element, hint or end is an inline string by itself, even where it is white space, empty, or in an element that holds bytes. |
//! | `<?wbxml table 09?>` | That text is a reference to the string table at 9. The text must agree. |
//! | `<?wbxml value 8000?>` | That text is what this token stands for, an extension or the bytes of a number or date. The text must agree. |
//! | `<?wbxml document 03A4036A00?>` | First in its element: what comes next is a document in an OPAQUE, with this header. |
//! | `<?wbxml entity?>` | That text is one character, given by an ENTITY. |
//! | `<?wbxml opaque?>` | That text is an OPAQUE, its characters in UTF-8 without a change. |
//! | `<?wbxml base64?>` | That text is an OPAQUE, in base64. |
//! | `<?wbxml char 0B?>` | In the middle of any text: characters that XML does not have, in UTF-8. |
//! | `<?wbxml bytes C0?>` | Other tokens as they are: extensions, processing instructions, numbers with leading zeros. |

mod attributes;
mod decode;
mod doctype;
mod document;
mod encode;
mod escape;
mod fault;
mod hint;
mod known;
mod markup;
mod names;
mod ordinary;
mod output;
mod place;
mod run;
mod scope;
mod text;
mod tokens;

pub use doctype::language_of;
pub use fault::XmlFault;

use std::io;

use output::Output;

use crate::header::{Header, PublicId};
use crate::{ACTIVESYNC, Error, ErrorKind, IoSink, Language, Limits, Result, Writer};

/// An element with more attributes than this is not read from XML: checking them takes time in their square.
const MAX_ATTRIBUTES: usize = 256;

/// The XML of a document, indented.
///
/// # Errors
/// If the document is malformed, incomplete, or exceeds the default [`Limits`].
pub fn to_xml(document: &[u8]) -> Result<String> {
    Options::new().to_xml(document)
}

/// The document that XML describes.
///
/// # Errors
/// If the XML is not well-formed, has names that the code pages do not have, or nests too deep. The error names line,
/// column and element.
pub fn from_xml(xml: &str) -> Result<Vec<u8>> {
    Options::new().from_xml(xml)
}

/// How to translate.
///
/// ```
/// # let body = b"\x03\x01\x6A\x00\x00\x07\x56\x52\x030\x00\x01\x01";
/// use wbxml::xml::Options;
///
/// let line = Options::new().compact().declaration(false).to_xml(body)?;
/// assert_eq!(line, r#"<FolderSync xmlns="FolderHierarchy"><SyncKey>0</SyncKey></FolderSync>"#);
/// # Ok::<(), wbxml::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    language: &'static Language,
    indent: Option<usize>,
    declaration: bool,
    strict: bool,
    open_end: bool,
    invalid_characters: InvalidCharacters,
    limits: Limits,
    wbxml_version: Option<u8>,
}

/// What becomes of a character in text that XML 1.0 does not have, such as U+000B.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidCharacters {
    /// A hint stands for it, so that it is there again on the way back.
    #[default]
    Hint,
    /// U+FFFD takes its place.
    Replace,
    /// The document is refused: [`ErrorKind::NoXmlCharacter`].
    Refuse,
}

impl Options {
    /// ActiveSync, indented by two spaces, with an XML declaration, lenient, default limits.
    pub fn new() -> Self {
        Self {
            language: &ACTIVESYNC,
            indent: Some(2),
            declaration: true,
            strict: false,
            open_end: false,
            invalid_characters: InvalidCharacters::Hint,
            limits: Limits::default(),
            wbxml_version: None,
        }
    }

    /// Sets the language, which has the names. [`Header::language`](crate::Header::language) is the one that a document
    /// names, [`language_of`] that of XML.
    #[must_use]
    pub fn language(mut self, language: &'static Language) -> Self {
        self.language = language;
        self
    }

    /// Sets the spaces that an element is indented by, each on a line of its own.
    #[must_use]
    pub fn indent(mut self, spaces: usize) -> Self {
        self.indent = Some(spaces);
        self
    }

    /// Sets that there are no spaces and line ends between elements.
    #[must_use]
    pub fn compact(mut self) -> Self {
        self.indent = None;
        self
    }

    /// Sets whether XML begins with its declaration.
    #[must_use]
    pub fn declaration(mut self, declaration: bool) -> Self {
        self.declaration = declaration;
        self
    }

    /// Sets whether tags that the language does not have are refused, both ways; from XML also text where only
    /// elements belong, and namespaces with a colon at the end.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Sets whether the END of a document's root may be missing, as [`Reader::open_end`](crate::Reader::open_end). The way
    /// back from its XML has one.
    #[must_use]
    pub fn open_end(mut self, open_end: bool) -> Self {
        self.open_end = open_end;
        self
    }

    /// Sets what becomes of characters in text that XML does not have. In attributes and bytes none appear: those are in
    /// hints and in base64.
    ///
    /// ```
    /// # let body = b"\x03\x01\x6A\x00\x00\x07\x56\x52\x03a\x0Bb\x00\x01\x01";
    /// use wbxml::xml::{InvalidCharacters, Options};
    ///
    /// let options = Options::new().compact().declaration(false);
    /// assert!(options.to_xml(body)?.contains("<SyncKey>a<?wbxml char 0B?>b</SyncKey>"));
    /// let options = options.invalid_characters(InvalidCharacters::Replace);
    /// assert!(options.to_xml(body)?.contains("<SyncKey>a\u{FFFD}b</SyncKey>"));
    /// let error = options.invalid_characters(InvalidCharacters::Refuse).to_xml(body).unwrap_err();
    /// assert_eq!(error.to_string(), "FolderSync/SyncKey at byte 8: XML has no character U+000B");
    /// # Ok::<(), wbxml::Error>(())
    /// ```
    #[must_use]
    pub fn invalid_characters(mut self, invalid_characters: InvalidCharacters) -> Self {
        self.invalid_characters = invalid_characters;
        self
    }

    /// Sets the version of WBXML that a document gets from XML which does not say: 0 to 3 for 1.0 to 1.3. Without it,
    /// that is what the language asks for, mostly 1.3.
    #[must_use]
    pub fn wbxml_version(mut self, minor: u8) -> Self {
        self.wbxml_version = Some(minor);
        self
    }

    /// Sets the limits on what is read.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The XML of a document.
    ///
    /// # Errors
    /// If the document is malformed, incomplete, or exceeds a limit.
    pub fn to_xml(&self, document: &[u8]) -> Result<String> {
        // Markup makes up most of what consists of short strings, and nothing of long ones.
        let length = document.len() + (3 * document.len()).min(1 << 20);
        let xml = decode::decode(document, self, Output::kept(length))?;
        // Names and text were strings.
        String::from_utf8(xml).map_err(|_| Error::new(ErrorKind::InvalidText))
    }

    /// Writes the XML of a document, in pieces of some 16 KiB.
    ///
    /// # Errors
    /// If the document is malformed, incomplete, or exceeds a limit (what comes before the fault has been written
    /// then), or if writing fails.
    pub fn write_xml(&self, document: &[u8], mut output: impl io::Write) -> Result<()> {
        decode::decode(document, self, Output::into(&mut output)).map(drop)
    }

    /// The document that XML describes.
    ///
    /// # Errors
    /// As for [`from_xml`].
    pub fn from_xml(&self, xml: &str) -> Result<Vec<u8>> {
        let writer = self.writer(Writer::new(Vec::with_capacity(xml.len() / 2)));
        encode::encode(xml, self, writer)
    }

    /// Writes the document that XML describes.
    ///
    /// # Errors
    /// As for [`from_xml`] (what comes before the fault may have been written then), and if writing fails.
    pub fn write_wbxml(&self, xml: &str, output: impl io::Write) -> Result<()> {
        let mut sink = IoSink(output);
        encode::encode(xml, self, self.writer(Writer::with_sink(&mut sink)))?;
        sink.flush()
    }

    fn header_version(&self) -> u8 {
        self.wbxml_version.unwrap_or(self.language.details().wbxml_version)
    }

    fn writer<'w>(&self, writer: Writer<'w>) -> Writer<'w> {
        writer.language(self.language).limits(self.limits)
    }
}

/// The header of a document, as long as XML does not ask for another one: UTF-8, and no string table, unless a language
/// without a number is named in it.
fn usual_header(language: &'static Language, version: u8) -> Result<Vec<u8>> {
    if version > 3 {
        return Err(Error::new(ErrorKind::UnsupportedVersion(version)));
    }
    let mut header = Header { version, public_id: PublicId::Known(language.public_id), ..Header::ACTIVESYNC };
    let name = format!("{}\0", language.formal_public_id);
    if language.public_id == 1 && !language.formal_public_id.is_empty() {
        header.public_id = PublicId::StringTable(0);
        header.string_table = name.as_bytes();
    }
    let mut writer = Writer::new(Vec::new());
    writer.header_of(&header)?;
    writer.finish()
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}
