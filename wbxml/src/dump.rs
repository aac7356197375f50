//! The annotated listing of a document.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::fmt::Write as _;

use crate::attribute::{self, Shown};
use crate::error::Bytes;
use crate::header::{Header, PublicId};
use crate::meaning::{self, MOST_EMBEDDED};
use crate::reader::{name_in, shortened};
use crate::settings::{Settings, setters};
use crate::token::{ATTRIBUTES, STR_T};
use crate::walk::{Token, TokenKind, Walker};
use crate::{Attribute, Content, Event, Extension, Language, Limits, Reader, Tag, charset};

/// A listing that explains every byte of a document: offset, bytes, meaning, nesting. A malformed document is
/// explained up to the fault, which comes last. `Display` writes it.
///
/// ```
/// let body = b"\x03\x01\x6A\x00\x00\x07\x56\x52\x030\x00\x01\x01";
/// assert_eq!(
///     wbxml::Dump::new(body).to_string(),
///     "\
/// 0000  03 01 6a 00        WBXML 1.3, public id 1, UTF-8, no string table
/// 0004  00 07              code page 7, FolderHierarchy
/// 0006  56                 <FolderHierarchy:FolderSync>
/// 0007    52                 <SyncKey>
/// 0008      03 30 00           \"0\"
/// 000b    01                 </SyncKey>
/// 000c  01                 </FolderSync>
/// "
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Dump<'a> {
    document: &'a [u8],
    reader: Reader<'a>,
}

impl<'a> Dump<'a> {
    /// The listing of a document, with the names of ActiveSync and default limits, lenient.
    pub fn new(document: &'a [u8]) -> Self {
        Self { document, reader: Reader::new(document) }
    }

    setters!();

    fn set(mut self, set: impl FnOnce(&mut Settings)) -> Self {
        self.reader = self.reader.set(set);
        self
    }

    fn count_anew(mut self) -> Self {
        self.reader = self.reader.count_anew();
        self
    }
}

impl fmt::Display for Dump<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = 4;
        while digits < 16 && self.document.len() >> (4 * digits) > 0 {
            digits += 2;
        }
        let (_, _, _, language) = self.reader.document();
        let limits = self.reader.limits_left();
        let listing = Listing {
            f,
            digits,
            open: Vec::new(),
            embedded_left: limits,
            referenced_left: limits.referenced_text,
            strict: self.reader.is_strict(),
            at: Place { document: self.document, offset: 0, depth: 0, language, header: Header::ACTIVESYNC },
            around: 0,
        };
        listing.write(Walker::new(self.document, self.reader.clone()))
    }
}

struct Listing<'a, 'f, 'o> {
    f: &'f mut fmt::Formatter<'o>,
    /// Of an offset.
    digits: usize,
    open: Vec<Open>,
    /// What documents in the document may ask for, all together.
    embedded_left: Limits,
    /// The bytes of text that extension tokens may still make.
    referenced_left: usize,
    strict: bool,
    at: Place<'a>,
    /// The number of documents around this one.
    around: usize,
}

/// A document, and where it begins.
#[derive(Clone, Copy)]
struct Place<'a> {
    document: &'a [u8],
    offset: usize,
    /// The number of elements around it.
    depth: usize,
    language: &'static Language,
    header: Header<'a>,
}

struct Open {
    name: String,
    page: Option<u8>,
    content: Content,
    has_content: bool,
}

/// Bytes that have their meaning beside them.
const EXPLAINED: usize = 6;
/// From the bytes to their meaning.
const COLUMN: usize = 19;
/// Bytes of a row that continues another.
const CONTINUED: usize = 16;
/// Elements deeper than this are not indented further.
const DEEPEST_INDENT: usize = 32;
/// Rows of bytes after a fault, which have no meaning.
const ROWS_AFTER_FAULT: usize = 4;

impl<'a> Listing<'a, '_, '_> {
    fn write(mut self, mut walker: Walker<'a>) -> fmt::Result {
        self.document(&mut walker)
    }

    fn document(&mut self, walker: &mut Walker<'a>) -> fmt::Result {
        loop {
            match walker.next() {
                Ok(Some(token)) => self.token(&token, walker)?,
                Ok(None) => return Ok(()),
                Err(fault) => return self.fault(walker.covered(), &fault),
            }
        }
    }

    fn token(&mut self, token: &Token<'a>, walker: &Walker<'a>) -> fmt::Result {
        let bytes = &self.at.document[token.start..token.end];
        let meaning = match &token.kind {
            TokenKind::Header(header) => return self.header(*header, bytes),
            TokenKind::TagPage(page) => match self.at.language.page(*page) {
                Some(known) => alloc::format!("code page {page}, {}", known.name),
                None => alloc::format!("code page {page}, unknown"),
            },
            TokenKind::AttributePage(page) => {
                return self.row(
                    token.start,
                    self.open.len(),
                    bytes,
                    &alloc::format!("attribute page {page}"),
                );
            }
            TokenKind::EndOfAttributes => {
                let empty = self.open.last().is_some_and(|open| !open.has_content);
                return self.row(token.start, self.open.len(), bytes, if empty { "/>" } else { ">" });
            }
            TokenKind::Event(Event::Attribute(attribute)) => {
                return self.attribute(token.start, attribute);
            }
            TokenKind::Event(Event::Opaque(value)) => return self.opaque(token, value),
            TokenKind::Event(Event::Extension(extension)) => {
                let (header, language) = (&self.at.header, self.at.language);
                let text = meaning::of_extension(extension, header, language, &mut self.referenced_left);
                let means = text.map(|text| alloc::format!(", {:?}", shortened(&text))).unwrap_or_default();
                alloc::format!("{}{means}", written(extension))
            }
            TokenKind::Event(Event::Start { tag, has_content }) => {
                return self.start(token.start, bytes, *tag, *has_content);
            }
            TokenKind::Event(Event::Literal { name, has_content }) => {
                let note = " (its name is in the string table)";
                let open = Open {
                    name: printable(name),
                    page: None,
                    content: Content::Any,
                    has_content: *has_content,
                };
                return self.open(token.start, bytes, open, None, note);
            }
            TokenKind::Event(Event::End) => {
                let Some(open) = self.open.pop() else { return Ok(()) };
                match (bytes.is_empty(), open.has_content) {
                    (true, false) => return Ok(()),
                    (true, true) => alloc::format!("</{}>, whose END is missing", open.name),
                    (false, _) => alloc::format!("</{}>", open.name),
                }
            }
            TokenKind::Event(event) => content(event, bytes, walker),
        };
        self.row(token.start, self.open.len(), bytes, &meaning)
    }

    fn header(&mut self, header: Header<'a>, bytes: &'a [u8]) -> fmt::Result {
        self.at.header = header;
        let table = header.string_table;
        let (head, _) = bytes.split_at(bytes.len() - table.len());
        let public_id = match header.public_id {
            PublicId::Known(id) => match Language::by_public_id(id) {
                Some(language) => alloc::format!("public id {id} ({})", language.name),
                None => alloc::format!("public id {id}"),
            },
            PublicId::StringTable(index) => match charset::table_string(&header, index) {
                Ok(id) => alloc::format!("public id {:?} (in the string table)", shortened(&id)),
                Err(_) => alloc::format!("public id at {index} in the string table, where there is none"),
            },
        };
        let charset = match charset::name(header.charset) {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(alloc::format!("character set {}", header.charset)),
        };
        let strings = match table.len() {
            0 => Cow::Borrowed("no string table"),
            length => Cow::Owned(alloc::format!("string table of {}", Bytes(length))),
        };
        let meaning = alloc::format!("WBXML 1.{}, {public_id}, {charset}, {strings}", header.version);
        self.row(0, self.open.len(), head, &meaning)?;
        let mut index = 0;
        while index < table.len() {
            let rest = &table[index..];
            let (end, text) = match charset::terminated_string(rest, header.charset, usize::MAX) {
                Ok((after, text)) => (rest.len() - after.len(), text),
                Err(_) => (rest.len(), rest),
            };
            let meaning = match charset::decode(text, header.charset) {
                Ok(text) => alloc::format!("string {index}: {:?}", shortened(&text)),
                Err(_) => alloc::format!("string {index}, not in the character set"),
            };
            self.row(head.len() + index, self.open.len() + 1, &rest[..end], &meaning)?;
            index += end;
        }
        Ok(())
    }

    fn start(&mut self, offset: usize, bytes: &[u8], tag: Tag, has_content: bool) -> fmt::Result {
        // The page is named where it changes, as the namespace is in XML.
        let page = Some(tag.page());
        let is_root = self.open.len() == self.at.depth;
        let changed = is_root || self.open.last().is_none_or(|parent| parent.page != page);
        let known = self.at.language.tag(tag);
        // A name with a prefix of its own needs no other.
        let prefix = known.filter(|(_, info)| changed && !info.name.contains(':')).map(|(page, _)| page.name);
        let content = known.map_or(Content::Any, |(_, info)| info.content);
        let open = Open { name: name_in(self.at.language, tag).into_owned(), page, content, has_content };
        self.open(offset, bytes, open, prefix, "")
    }

    fn open(
        &mut self,
        offset: usize,
        bytes: &[u8],
        open: Open,
        prefix: Option<&str>,
        note: &str,
    ) -> fmt::Result {
        let close = match (bytes[0] & ATTRIBUTES != 0, open.has_content) {
            (true, _) => "",
            (false, true) => ">",
            (false, false) => "/>",
        };
        let meaning = match prefix {
            Some(prefix) => alloc::format!("<{prefix}:{}{close}{note}", open.name),
            None => alloc::format!("<{}{close}{note}", open.name),
        };
        let depth = self.open.len();
        self.open.push(open);
        self.row(offset, depth, bytes, &meaning)
    }

    /// An attribute in a row, or with a row for each of its pieces if it has several.
    fn attribute(&mut self, offset: usize, attribute: &Attribute<'a>) -> fmt::Result {
        let Place { language, header, .. } = self.at;
        let name = attribute::name(attribute, &header, language);
        let row = language.details().attributes.iter().find(|row| row.attribute == name);
        let content = row.map_or(Content::Any, |row| row.content);
        let mut value = String::new();
        let mut pieces = Vec::new();
        let mut switches = false;
        let left = &mut self.referenced_left;
        attribute::pieces(attribute, &header, language, |end, piece| {
            let meaning = match piece {
                Shown::Page(number) => {
                    switches = true;
                    alloc::format!("attribute page {number}")
                }
                Shown::Text(text) => {
                    value.push_str(&text);
                    alloc::format!("{:?}", shortened(&text))
                }
                Shown::Hex(bytes) => {
                    push_hex(&mut value, bytes);
                    String::from("unknown value")
                }
                Shown::Opaque(bytes) => {
                    match meaning::of_opaque(content, bytes) {
                        Some(text) => value.push_str(&text),
                        None => push_hex(&mut value, bytes),
                    }
                    opaque(content, bytes)
                }
                Shown::Extension(bytes) => {
                    let extension = meaning::extension_in(bytes, &header);
                    let text = extension
                        .as_ref()
                        .and_then(|extension| meaning::of_extension(extension, &header, language, left));
                    match &text {
                        Some(text) => value.push_str(text),
                        None => push_hex(&mut value, bytes),
                    }
                    let means = text.map(|text| alloc::format!(", {:?}", shortened(&text)));
                    let token =
                        extension.map_or_else(|| String::from("EXT"), |extension| written(&extension));
                    alloc::format!("{token}{}", means.unwrap_or_default())
                }
            };
            pieces.push((end, meaning));
        });
        let depth = self.open.len();
        let meaning = alloc::format!("{}={:?}", printable(&name), shortened(&value));
        if pieces.len() <= 2 && !switches {
            return self.row(offset, depth, attribute.bytes, &meaning);
        }
        let mut from = 0;
        for (number, (end, piece)) in pieces.into_iter().enumerate() {
            let (depth, meaning) = if number == 0 { (depth, &meaning) } else { (depth + 1, &piece) };
            self.row(offset + from, depth, &attribute.bytes[from..end], meaning)?;
            from = end;
        }
        Ok(())
    }

    fn opaque(&mut self, token: &Token<'a>, value: &'a [u8]) -> fmt::Result {
        let depth = self.open.len();
        let content = self.open.last().map_or(Content::Any, |open| open.content);
        let bytes = &self.at.document[token.start..token.end];
        let embedded = if content == Content::Document && self.around < MOST_EMBEDDED {
            meaning::embedded(value, self.at.language, self.embedded_left, self.strict)
        } else {
            None
        };
        let Some(embedded) = embedded else {
            return self.row(token.start, depth, bytes, &opaque(content, value));
        };
        let (length, language) = (value.len(), embedded.language);
        let start = token.end - length;
        let meaning = alloc::format!("OPAQUE of {}, a document of {}", Bytes(length), language.name);
        self.row(token.start, depth, &self.at.document[token.start..start], &meaning)?;
        let reader = Reader::new(value).language(language).limits(self.embedded_left).strict(self.strict);
        self.embedded_left = embedded.limits_left;
        let offset = self.at.offset + start;
        let place = Place { document: value, offset, depth, language, header: Header::ACTIVESYNC };
        let outer = core::mem::replace(&mut self.at, place);
        self.around += 1;
        self.document(&mut Walker::new(value, reader))?;
        self.around -= 1;
        self.at = outer;
        Ok(())
    }

    fn fault(&mut self, from: usize, fault: &crate::Error) -> fmt::Result {
        let meaning = match fault.offset() {
            Some(offset) if offset > from => alloc::format!("FAULT at byte {offset}: {}", fault.kind()),
            _ => alloc::format!("FAULT: {}", fault.kind()),
        };
        let rest = &self.at.document[from..];
        let shown = rest.len().min(EXPLAINED + ROWS_AFTER_FAULT * CONTINUED);
        self.row(from, self.open.len(), &rest[..shown], &obedient(&meaning))?;
        match rest.len() - shown {
            0 => Ok(()),
            more => writeln!(self.f, "… {} not shown", Bytes(more)),
        }
    }

    /// A row of bytes and their meaning, and rows of the bytes that have no room in it.
    fn row(&mut self, offset: usize, depth: usize, bytes: &[u8], meaning: &str) -> fmt::Result {
        let (first, rest) = bytes.split_at(bytes.len().min(EXPLAINED));
        let (digits, indent) = (self.digits, 2 * depth.min(DEEPEST_INDENT));
        let offset = self.at.offset + offset;
        write!(self.f, "{offset:0digits$x}  {:indent$}", "")?;
        self.hex(first, COLUMN)?;
        writeln!(self.f, "{meaning}")?;
        for (number, row) in rest.chunks(CONTINUED).enumerate() {
            let offset = offset + first.len() + number * CONTINUED;
            write!(self.f, "{offset:0digits$x}  {:indent$}", "")?;
            self.hex(row, 3 * CONTINUED + 1)?;
            let text: String = row
                .iter()
                .map(|byte| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' })
                .collect();
            writeln!(self.f, "|{text}|")?;
        }
        Ok(())
    }

    fn hex(&mut self, bytes: &[u8], width: usize) -> fmt::Result {
        for byte in bytes {
            write!(self.f, "{byte:02x} ")?;
        }
        let width = width - 3 * bytes.len();
        write!(self.f, "{:width$}", "")
    }
}

/// The meaning of what stands between elements.
fn content<'a>(event: &Event<'a>, bytes: &[u8], walker: &Walker<'a>) -> String {
    match event {
        Event::Text(text) if bytes[0] == STR_T => {
            alloc::format!("{:?} (in the string table)", shortened(text))
        }
        Event::Text(text) => alloc::format!("{:?}", shortened(text)),
        Event::Entity(c) => alloc::format!("&#{};, {c:?}", u32::from(*c)),
        Event::ProcessingInstruction(instruction) => {
            let name = walker.reader().attribute_name(instruction);
            let value = walker.reader().attribute_value(instruction);
            alloc::format!("<?{} {}?>", printable(&name), printable(&value))
        }
        // The others have been dealt with.
        _ => String::new(),
    }
}

fn opaque(content: Content, value: &[u8]) -> String {
    let bytes = alloc::format!("OPAQUE of {}", Bytes(value.len()));
    if let Some(text) = meaning::of_opaque(content, value) {
        return alloc::format!("{bytes}, {text}");
    }
    match core::str::from_utf8(value) {
        Ok(text) if !text.is_empty() && !text.contains(|c: char| c.is_control() && !c.is_whitespace()) => {
            alloc::format!("{bytes}, {:?}", shortened(text))
        }
        _ => bytes,
    }
}

/// An extension token by itself.
fn written(extension: &Extension<'_>) -> String {
    match extension {
        Extension::Text(number, text) => alloc::format!("EXT_I_{number} {:?}", shortened(text)),
        Extension::Number(number, value) => alloc::format!("EXT_T_{number} {value}"),
        Extension::Byte(number) => alloc::format!("EXT_{number}"),
    }
}

fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02X}");
    }
}

/// Text from a document for a line of the listing.
fn printable(text: &str) -> String {
    obedient(&shortened(text))
}

/// Text that a terminal cannot take for commands.
fn obedient(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
