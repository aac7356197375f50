//! The pull parser.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::sync::Arc;

use nom::Parser;

use crate::attribute::{self, Scanned};
use crate::charset;
use crate::error::{Error, ErrorKind, Path, Result};
use crate::event::{Attribute, Event, Extension};
use crate::header::Header;
use crate::limits::Limits;
use crate::path;
use crate::primitives::{self, Fault};
use crate::settings::{Settings, setters};
use crate::token::{
    ATTRIBUTES, CONTENT, END, ENTITY, EXT_0, EXT_2, EXT_I_0, EXT_I_2, EXT_T_0, EXT_T_2, LITERAL, OPAQUE, PI,
    STR_I, STR_T, SWITCH_PAGE,
};
use crate::{Language, Tag, nul_search};

#[cfg(feature = "xml")]
mod plain;
mod typed;

#[cfg(feature = "xml")]
pub(crate) use plain::{Leaf, Plain};

/// Reads a document event by event, without copying and without recursion.
///
/// By default it is lenient; [`strict`](Self::strict) makes it strict.
///
/// ```
/// use wbxml::{Event, Reader};
///
/// // <FolderSync xmlns="FolderHierarchy"><SyncKey>0</SyncKey></FolderSync>
/// let body = b"\x03\x01\x6A\x00\x00\x07\x56\x52\x030\x00\x01\x01";
/// let mut reader = Reader::new(body);
/// let mut seen = String::new();
/// while let Some(event) = reader.next()? {
///     match event {
///         Event::Start { tag, .. } => seen += &format!("<{tag}>"),
///         Event::Text(text) => seen += &text,
///         Event::End => seen += "</>",
///         _ => {}
///     }
/// }
/// assert_eq!(seen, "<FolderHierarchy:FolderSync><FolderHierarchy:SyncKey>0</></>");
/// # Ok::<(), wbxml::Error>(())
/// ```
///
/// # Lenient mode
///
/// What real producers write beside the specification, and what becomes of it:
///
/// | what | seen from | lenient | strict |
/// | --- | --- | --- | --- |
/// | tags and pages that no code page has, such as page 0xFE | Outlook.com, newer servers | events with their numbers; typed values skip them or keep them | [`UnknownTag`](ErrorKind::UnknownTag) |
/// | elements out of place or twice, text between elements | many | typed values skip them, the last of two counts | an error that names them |
/// | a page switch before an END, before text, twice | Nokia 6600 | no event, as everywhere | the same |
/// | LITERAL 0 as an attribute's name where there is no string table | Nokia | the name is `xmlns` | [`InvalidStringIndex`](ErrorKind::InvalidStringIndex) |
/// | the last string of the table without its NUL | Nokia | it ends where the table ends | [`OpenTableString`](ErrorKind::OpenTableString), once something refers to it |
/// | no END of the root element at the end | some devices | [`Incomplete`](ErrorKind::Incomplete), unless [`open_end`](Self::open_end) asks to take it | `Incomplete` |
///
/// What could be read in two ways is an error in both modes: stray and missing ENDs, a second root and other bytes after
/// the first one, lengths and indexes past the end, numbers over 32 bits, strings without their NUL (as the Samsung
/// Galaxy S2 has written empty ones) or not in the character set, entities that are no characters.
#[derive(Clone, Debug)]
pub struct Reader<'de> {
    input: &'de [u8],
    position: usize,
    /// The offset of the token read last.
    token: usize,
    /// The offset of the value read last, for errors about it.
    value: usize,
    mode: Mode,
    page: u8,
    attribute_page: u8,
    /// A part of the input that is known to be UTF-8, and the offset at which it begins.
    window: &'de str,
    window_from: usize,
    /// The length that the window was to have.
    window_length: usize,
    /// Open elements.
    depth: u32,
    /// The depth at which no END can stand: 1 inside of a captured element, whose end is the end of the input.
    floor: u32,
    elements_left: u64,
    referenced_left: usize,
    /// The part that has been scanned of the attribute whose end is not there yet.
    scanned: Option<Scanned>,
    /// This reader looks for a path: its own errors need none.
    searching: bool,
    header: Header<'de>,
    header_length: usize,
    /// The bytes of a header with a string table, for what is captured.
    shared_header: Option<Arc<[u8]>>,
    settings: Settings,
}

/// What a reader knows besides the bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    mode: Mode,
    page: u8,
    attribute_page: u8,
    depth: u32,
    elements_left: u64,
    referenced_left: usize,
    scanned: Option<Scanned>,
}

impl Progress {
    /// After the header.
    pub(crate) fn begin(limits: &Limits) -> Self {
        Self {
            mode: Mode::Prolog,
            page: 0,
            attribute_page: 0,
            depth: 0,
            elements_left: limits.elements,
            referenced_left: limits.referenced_text,
            scanned: None,
        }
    }

    /// Passes over the page switches that the next bytes begin with, which make no event; gives their length.
    pub(crate) fn pass_switches(&mut self, bytes: &[u8]) -> usize {
        let mut passed = 0;
        loop {
            match (self.mode, &bytes[passed..]) {
                (Mode::Content | Mode::Prolog, [SWITCH_PAGE, page, ..]) => {
                    self.page = *page;
                    passed += 2;
                }
                (Mode::Attributes { .. }, [SWITCH_PAGE, page, ..]) => {
                    self.attribute_page = *page;
                    passed += 2;
                }
                (Mode::Attributes { has_content: true }, [END, ..]) => {
                    self.mode = Mode::Content;
                    passed += 1;
                }
                _ => return passed,
            }
        }
    }

    /// With what `reader` has learned about an attribute that is not complete.
    pub(crate) fn keep_scanned(&mut self, reader: &Reader<'_>) {
        if reader.scanned.is_some() {
            (self.scanned, self.referenced_left) = (reader.scanned, reader.referenced_left);
        }
    }
}

/// The lengths of the windows in which text is checked.
const SHORTEST_WINDOW: usize = 128;
const LONGEST_WINDOW: usize = 2048;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Before the header.
    Header,
    /// Before the root element.
    Prolog,
    /// Inside of an element.
    Content,
    /// After the start of an element without content.
    Empty,
    /// In an attribute list.
    Attributes { has_content: bool },
    /// After the root element.
    Epilog,
}

impl<'de> Reader<'de> {
    /// A reader of a whole document, with default limits, lenient, for the code pages of ActiveSync.
    pub fn new(document: &'de [u8]) -> Self {
        let settings = Settings::new();
        Self {
            input: document,
            position: 0,
            token: 0,
            value: 0,
            mode: Mode::Header,
            page: 0,
            attribute_page: 0,
            window: "",
            window_from: 0,
            window_length: SHORTEST_WINDOW,
            depth: 0,
            floor: 0,
            elements_left: settings.limits.elements,
            referenced_left: settings.limits.referenced_text,
            scanned: None,
            searching: false,
            header: Header::ACTIVESYNC,
            header_length: 0,
            shared_header: None,
            settings,
        }
    }

    /// A reader of the inside of an element: `document` up to its end, whose header (of `header_length` bytes) has
    /// been read before. The pages of tags and attributes are those in force at `start`.
    pub(crate) fn inside(
        document: &'de [u8],
        header: Header<'de>,
        header_length: usize,
        start: usize,
        (page, attribute_page): (u8, u8),
        language: &'static Language,
    ) -> Self {
        Self {
            position: start,
            token: start,
            value: start,
            mode: Mode::Content,
            page,
            attribute_page,
            depth: 1,
            floor: 1,
            header,
            header_length,
            ..Self::new(document)
        }
        .language(language)
    }

    /// A reader of the pieces of a document whose header has been read: it goes on with `input` where another one came
    /// to with the bytes before it. Its errors have offsets of the input, and no path.
    pub(crate) fn resume(
        input: &'de [u8],
        header: Header<'de>,
        settings: Settings,
        progress: Progress,
    ) -> Self {
        Self {
            mode: progress.mode,
            page: progress.page,
            attribute_page: progress.attribute_page,
            depth: progress.depth,
            elements_left: progress.elements_left,
            referenced_left: progress.referenced_left,
            scanned: progress.scanned,
            searching: true,
            header,
            settings,
            ..Self::new(input)
        }
    }

    /// A reader of the same input from an offset on, as [`resume`](Self::resume) makes it and as [`again`](Self::again)
    /// with hardly any limits.
    pub(crate) fn again_from(&self, offset: usize, progress: Progress) -> Self {
        let settings = Settings { strict: false, limits: self.limits_for_search(), ..self.settings };
        let progress = Progress { elements_left: u64::MAX, ..progress };
        Self::resume(self.rest_from(offset), self.header, settings, progress)
    }

    /// What it has come to.
    pub(crate) fn progress(&self) -> Progress {
        Progress {
            mode: self.mode,
            page: self.page,
            attribute_page: self.attribute_page,
            depth: self.depth,
            elements_left: self.elements_left,
            referenced_left: self.referenced_left,
            scanned: self.scanned,
        }
    }

    setters!();

    #[inline]
    pub(crate) fn set(mut self, set: impl FnOnce(&mut Settings)) -> Self {
        set(&mut self.settings);
        self
    }

    pub(crate) fn count_anew(mut self) -> Self {
        self.elements_left = self.settings.limits.elements;
        self.referenced_left = self.settings.limits.referenced_text;
        self
    }

    /// The head of the document, which is read if it has not been yet.
    ///
    /// # Errors
    /// If the head is malformed or incomplete.
    pub fn header(&mut self) -> Result<Header<'de>> {
        if self.mode == Mode::Header {
            self.read_header()?;
        }
        Ok(self.header)
    }

    /// The offset of the byte that is read next.
    pub fn offset(&self) -> usize {
        self.position
    }

    /// The input from an offset on.
    pub(crate) fn rest_from(&self, offset: usize) -> &'de [u8] {
        self.input.get(offset..).unwrap_or_default()
    }

    /// The offset of the token that the last event came from.
    pub fn token_offset(&self) -> usize {
        self.token
    }

    /// The number of open elements.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// The code page of tags in force.
    pub fn page(&self) -> u8 {
        self.page
    }

    /// The code page of attributes in force.
    pub fn attribute_page(&self) -> u8 {
        self.attribute_page
    }

    /// The elements that are open now, found by reading the document again from its start.
    pub fn path(&self) -> Path {
        path::find(self, self.position)
    }

    /// The next event; `None` after the last one.
    ///
    /// # Errors
    /// If the document is malformed, incomplete, or exceeds a limit.
    #[allow(clippy::should_implement_trait)] // it can fail, and what it gives outlives it
    #[allow(clippy::inline_always)] // behind a call it takes half as long again
    #[inline(always)]
    pub fn next(&mut self) -> Result<Option<Event<'de>>> {
        // What nearly all of a document consists of. Everything else, and every fault, is left where it stands for
        // `next_of_all`.
        while self.mode == Mode::Content {
            let Some(&byte) = self.input.get(self.position) else { break };
            match byte {
                STR_I => {
                    let Some(text) = self.string_in_window(self.position + 1) else { break };
                    self.token = self.position;
                    self.position += text.len() + 2;
                    return Ok(Some(Event::Text(Cow::Borrowed(text))));
                }
                END if self.depth > self.floor => {
                    self.pass_end();
                    return Ok(Some(Event::End));
                }
                0x05..=0x3F | 0x45..=0x7F if self.opens_freely() => {
                    let tag = self.pass_start(byte);
                    return Ok(Some(Event::Start { tag, has_content: byte & CONTENT != 0 }));
                }
                SWITCH_PAGE => {
                    let Some(&page) = self.input.get(self.position + 1) else { break };
                    self.page = page;
                    self.position += 2;
                }
                _ => break,
            }
        }
        self.next_of_all()
    }

    /// The string at an offset, if the window holds all of it and its end.
    #[allow(clippy::inline_always)] // as for `next`, of which it is the inmost part
    #[inline(always)]
    fn string_in_window(&self, start: usize) -> Option<&'de str> {
        let from = start.wrapping_sub(self.window_from);
        let length = nul_search::find(self.window.as_bytes().get(from..)?)?;
        self.window.get(from..from + length)
    }

    /// Whether an element may begin without anything to look up.
    #[inline]
    fn opens_freely(&self) -> bool {
        self.depth < self.settings.limits.depth && self.elements_left > 0 && !self.settings.strict
    }

    /// Passes the start of an element without attributes, which may begin.
    #[inline]
    fn pass_start(&mut self, byte: u8) -> Tag {
        self.token = self.position;
        self.position += 1;
        self.depth += 1;
        self.elements_left -= 1;
        if byte & CONTENT == 0 {
            self.mode = Mode::Empty;
        }
        Tag::new(self.page, byte & 0x3F)
    }

    #[inline]
    fn pass_end(&mut self) {
        self.token = self.position;
        self.position += 1;
        self.close();
    }

    #[inline(never)]
    fn next_of_all(&mut self) -> Result<Option<Event<'de>>> {
        loop {
            match self.mode {
                Mode::Content => return self.next_in_content(),
                Mode::Empty => {
                    self.close();
                    return Ok(Some(Event::End));
                }
                Mode::Header => self.read_header()?,
                Mode::Prolog => {
                    if let Some(event) = self.prolog()? {
                        return Ok(Some(event));
                    }
                }
                Mode::Attributes { has_content } => {
                    if let Some(event) = self.attribute_list(has_content)? {
                        return Ok(Some(event));
                    }
                }
                Mode::Epilog => return self.epilog(),
            }
        }
    }

    fn next_in_content(&mut self) -> Result<Option<Event<'de>>> {
        loop {
            let Some(&byte) = self.input.get(self.position) else { return self.end_of_input() };
            self.token = self.position;
            self.position += 1;
            let event = match byte {
                END if self.depth == self.floor => {
                    return Err(self.unexpected_token(byte, "no end, since the captured element ends later"));
                }
                END => {
                    self.close();
                    Event::End
                }
                STR_I => Event::Text(self.inline_string()?),
                SWITCH_PAGE => {
                    self.page = self.byte("a page number")?;
                    continue;
                }
                OPAQUE => Event::Opaque(self.parse(primitives::opaque(self.settings.limits.opaque))?),
                0x05..=0x3F | 0x45..=0x7F => self.start(byte)?,
                _ => self.rare_token(byte)?,
            };
            return Ok(Some(event));
        }
    }

    /// The inline string at the position. A short one begins a window: one check of many short strings and the
    /// markup between them, nearly all of which is ASCII, costs a fraction of a check a string.
    fn inline_string(&mut self) -> Result<Cow<'de, str>> {
        /// A string of this length is checked by itself.
        const LONG: usize = 256;
        let start = self.position;
        let (charset, limit) = (self.header.charset, self.settings.limits.text);
        let bytes = self.parse(|input| charset::terminated_string(input, charset, limit))?;
        // Nothing in a window is too long.
        if bytes.len() >= LONG || limit < LONGEST_WINDOW || !self.header.charset_is_utf8() {
            self.window_length = SHORTEST_WINDOW;
            return self.decode_text(bytes);
        }
        // Strings that follow each other closely get longer windows; before a long one they would be checked in vain.
        self.window_length = LONGEST_WINDOW.min(2 * self.window_length);
        let ahead = &self.input[start..self.input.len().min(start + self.window_length.max(bytes.len()))];
        let valid = match simdutf8::compat::from_utf8(ahead) {
            Ok(window) => window,
            // The window ends inside of a character, or at bytes that are no text.
            Err(error) => simdutf8::basic::from_utf8(&ahead[..error.valid_up_to()]).unwrap_or_default(),
        };
        let Some(text) = valid.get(..bytes.len()) else { return Err(self.error(ErrorKind::InvalidText)) };
        (self.window, self.window_from) = (valid, start);
        Ok(Cow::Borrowed(text))
    }

    fn start(&mut self, byte: u8) -> Result<Event<'de>> {
        let tag = Tag::new(self.page, byte & 0x3F);
        let has_content = byte & CONTENT != 0;
        self.open(byte)?;
        if self.settings.strict && self.settings.language.tag(tag).is_none() {
            return Err(self.error(ErrorKind::UnknownTag(tag)));
        }
        Ok(Event::Start { tag, has_content })
    }

    fn open(&mut self, byte: u8) -> Result<()> {
        if self.depth >= self.settings.limits.depth {
            return Err(self.limit("depth", self.settings.limits.depth.into()));
        }
        if self.elements_left == 0 {
            return Err(self.limit("elements", self.settings.limits.elements));
        }
        self.depth += 1;
        self.elements_left -= 1;
        self.mode = match byte & (CONTENT | ATTRIBUTES) {
            0 => Mode::Empty,
            CONTENT => Mode::Content,
            bits => Mode::Attributes { has_content: bits & CONTENT != 0 },
        };
        Ok(())
    }

    #[inline]
    fn close(&mut self) {
        self.depth -= 1;
        self.mode = if self.depth == 0 { Mode::Epilog } else { Mode::Content };
    }

    fn byte(&mut self, reading: &'static str) -> Result<u8> {
        let Some(&byte) = self.input.get(self.position) else {
            return Err(self.error(ErrorKind::Incomplete { reading, needed: None, left: 0 }));
        };
        self.position += 1;
        Ok(byte)
    }

    #[inline]
    fn parse<T>(&mut self, parser: impl Parser<&'de [u8], Output = T, Error = Fault<'de>>) -> Result<T> {
        match primitives::parse(parser, &self.input[self.position..]) {
            Ok((rest, value)) => {
                self.position = self.input.len() - rest.len();
                Ok(value)
            }
            Err(fault) => Err(self.error(fault.kind)),
        }
    }

    #[inline]
    fn decode_text(&self, bytes: &'de [u8]) -> Result<Cow<'de, str>> {
        charset::decode(bytes, self.header.charset).map_err(|kind| self.error(kind))
    }

    #[cold]
    fn rare_token(&mut self, byte: u8) -> Result<Event<'de>> {
        match byte {
            0x85..=0xBF | 0xC5..=0xFF => self.start(byte),
            STR_T => {
                let index = self.parse(primitives::mb_u_int32)?;
                let text = self.table_string(index)?;
                self.count_referenced(text.len())?;
                Ok(Event::Text(text))
            }
            ENTITY => {
                let code = self.parse(primitives::mb_u_int32)?;
                let Some(character) = char::from_u32(code) else {
                    return Err(self.error(ErrorKind::InvalidEntity(code)));
                };
                self.count_referenced(character.len_utf8())?;
                Ok(Event::Entity(character))
            }
            LITERAL | 0x44 | 0x84 | 0xC4 => {
                let index = self.parse(primitives::mb_u_int32)?;
                let name = self.table_string(index)?;
                self.count_referenced(name.len())?;
                self.open(byte)?;
                Ok(Event::Literal { name, has_content: byte & CONTENT != 0 })
            }
            EXT_I_0..=EXT_I_2 => Ok(Event::Extension(Extension::Text(byte - EXT_I_0, self.inline_string()?))),
            EXT_T_0..=EXT_T_2 => {
                let number = self.parse(primitives::mb_u_int32)?;
                Ok(Event::Extension(Extension::Number(byte - EXT_T_0, number)))
            }
            EXT_0..=EXT_2 => Ok(Event::Extension(Extension::Byte(byte - EXT_0))),
            PI => Ok(Event::ProcessingInstruction(self.processing_instruction()?)),
            _ => Err(self.unexpected_token(byte, "an element, text or an end")),
        }
    }

    #[cold]
    fn end_of_input(&mut self) -> Result<Option<Event<'de>>> {
        if self.floor == 1 && self.depth <= 1 {
            // The end of the captured element, once; then nothing more.
            let event = (self.depth == 1).then_some(Event::End);
            self.depth = 0;
            self.token = self.position;
            return Ok(event);
        }
        self.token = self.position;
        if self.may_end_without_token() {
            self.close();
            return Ok(Some(Event::End));
        }
        Err(self.error(ErrorKind::Incomplete {
            reading: "an element, whose end is missing",
            needed: None,
            left: 0,
        }))
    }

    /// Whether the end of the input, were it here, could be that of the innermost element.
    fn may_end_without_token(&self) -> bool {
        self.depth == 1 && (self.floor == 1 || self.settings.open_end && !self.settings.strict)
    }

    /// Whether the END that was given out last has no byte.
    pub(crate) fn has_ended_without_token(&self) -> bool {
        self.token == self.input.len()
    }

    fn read_header(&mut self) -> Result<()> {
        let limits = self.settings.limits;
        match primitives::parse(primitives::header(&limits), self.input) {
            Ok((rest, header)) => {
                self.position = self.input.len() - rest.len();
                self.header = header;
                self.header_length = self.position;
                self.mode = Mode::Prolog;
                Ok(())
            }
            Err(fault) => {
                self.token = self.input.len() - fault.rest.len();
                Err(self.error(fault.kind))
            }
        }
    }

    fn prolog(&mut self) -> Result<Option<Event<'de>>> {
        self.token = self.position;
        let byte = self.byte("the root element")?;
        match byte {
            SWITCH_PAGE => self.page = self.byte("a page number")?,
            PI => return self.processing_instruction().map(|pi| Some(Event::ProcessingInstruction(pi))),
            0x05..=0x3F | 0x45..=0x7F => return self.start(byte).map(Some),
            LITERAL | 0x44 | 0x84 | 0xC4 | 0x85..=0xBF | 0xC5..=0xFF => {
                return self.rare_token(byte).map(Some);
            }
            _ => return Err(self.unexpected_token(byte, "the root element")),
        }
        Ok(None)
    }

    fn epilog(&mut self) -> Result<Option<Event<'de>>> {
        self.token = self.position;
        match self.input.get(self.position) {
            None => Ok(None),
            Some(&PI) => {
                self.position += 1;
                Ok(Some(Event::ProcessingInstruction(self.processing_instruction()?)))
            }
            Some(_) => {
                let kind = ErrorKind::TrailingBytes(self.input.len() - self.position);
                // Another root may begin here, which would be taken for the place.
                Err(Error::at(kind, self.token, Path::default()))
            }
        }
    }

    fn processing_instruction(&mut self) -> Result<Attribute<'de>> {
        let attribute = self.attribute()?;
        match self.byte("a processing instruction")? {
            END => Ok(attribute),
            byte => Err(self.unexpected_token(byte, "the end of the processing instruction")),
        }
    }

    fn attribute_list(&mut self, has_content: bool) -> Result<Option<Event<'de>>> {
        self.token = self.position;
        match self.input.get(self.position) {
            Some(&END) => {
                self.position += 1;
                self.mode = if has_content { Mode::Content } else { Mode::Empty };
                Ok(None)
            }
            Some(&SWITCH_PAGE) => {
                self.position += 1;
                self.attribute_page = self.byte("a page number")?;
                Ok(None)
            }
            Some(_) => Ok(Some(Event::Attribute(self.attribute()?))),
            None => {
                Err(self.error(ErrorKind::Incomplete { reading: "an attribute list", needed: None, left: 0 }))
            }
        }
    }

    fn attribute(&mut self) -> Result<Attribute<'de>> {
        let start = self.position;
        let page = self.attribute_page;
        let mut scanned = self.scanned.take();
        let context = attribute::Context {
            header: &self.header,
            language: self.settings.language,
            limits: &self.settings.limits,
            referenced_left: &mut self.referenced_left,
        };
        let scan = attribute::scan(self.input, start, page, &mut scanned, context);
        let checked = scan.and_then(|(end, page_after)| {
            let attribute = Attribute { page, bytes: &self.input[start..end], page_after };
            let quirk = if self.settings.strict { attribute::quirk(&attribute, &self.header) } else { None };
            quirk.map_or(Ok(attribute), |(kind, place)| Err((kind, start + place)))
        });
        match checked {
            Ok(attribute) => {
                self.position = start + attribute.bytes.len();
                self.attribute_page = attribute.page_after;
                Ok(attribute)
            }
            Err((kind, offset)) => {
                self.token = offset;
                self.scanned = scanned.filter(|_| matches!(kind, ErrorKind::Incomplete { .. }));
                Err(self.error(kind))
            }
        }
    }

    /// The name of an attribute of this document, or the target of a processing instruction.
    pub fn attribute_name(&self, attribute: &Attribute<'de>) -> Cow<'de, str> {
        attribute::name(attribute, &self.header, self.settings.language)
    }

    /// The text of an attribute of this document: the start's prefix, strings, value tokens and entities in a row.
    /// Bytes and extensions in it appear as hexadecimal digits.
    pub fn attribute_value(&self, attribute: &Attribute<'de>) -> Cow<'de, str> {
        attribute::value(attribute, &self.header, self.settings.language)
    }

    fn table_string(&self, index: u32) -> Result<Cow<'de, str>> {
        if self.settings.strict && charset::is_open_in_table(&self.header, index) {
            return Err(self.error(ErrorKind::OpenTableString(index)));
        }
        charset::table_string(&self.header, index).map_err(|kind| self.error(kind))
    }

    fn count_referenced(&mut self, bytes: usize) -> Result<()> {
        match self.referenced_left.checked_sub(bytes) {
            Some(left) => self.referenced_left = left,
            None => return Err(self.limit("referenced_text", self.settings.limits.referenced_text as u64)),
        }
        Ok(())
    }

    #[cold]
    fn limit(&self, limit: &'static str, value: u64) -> Error {
        self.error(ErrorKind::LimitExceeded { limit, value })
    }

    #[cold]
    fn unexpected_token(&self, token: u8, expected: &'static str) -> Error {
        self.error(ErrorKind::UnexpectedToken { token, expected })
    }

    /// An error at the token read last.
    #[cold]
    pub fn error(&self, kind: ErrorKind) -> Error {
        self.error_at(kind, self.token)
    }

    /// An error at the value read last.
    #[cold]
    pub(crate) fn value_error(&self, kind: ErrorKind) -> Error {
        self.error_at(kind, self.value)
    }

    #[cold]
    fn error_at(&self, kind: ErrorKind, offset: usize) -> Error {
        let path = if self.searching || self.mode == Mode::Header {
            Path::default()
        } else {
            path::find(self, offset)
        };
        Error::at(kind, offset, path)
    }

    /// A reader of the same document from its first element on, with no limit in its way but the one that bounds
    /// its work.
    pub(crate) fn again(&self) -> Self {
        let limits = self.limits_for_search();
        let mut reader = Reader::inside(
            self.input,
            self.header,
            self.header_length,
            self.header_length,
            (0, 0),
            self.settings.language,
        )
        .limits(limits);
        reader.searching = true;
        reader
    }

    fn limits_for_search(&self) -> Limits {
        Limits::NONE.referenced_text(self.settings.limits.referenced_text)
    }

    /// The name of a tag for errors.
    pub(crate) fn name(&self, tag: Tag) -> Cow<'static, str> {
        match tag.token() {
            Tag::LITERAL => Cow::Borrowed("an element that the string table names"),
            _ => name_in(self.settings.language, tag),
        }
    }

    /// The error that the token read last cannot stand here.
    #[cold]
    pub(crate) fn unexpected_here(&self, expected: &'static str) -> Error {
        let token = self.input.get(self.token).copied().unwrap_or_default();
        self.unexpected_token(token, expected)
    }
}

/// The name of a tag in a language, or its numbers.
pub(crate) fn name_in(language: &'static Language, tag: Tag) -> Cow<'static, str> {
    match language.tag(tag) {
        Some((_, info)) => Cow::Borrowed(info.name),
        None => Cow::Owned(alloc::format!("(page {} token 0x{:02X})", tag.page(), tag.token())),
    }
}

/// A found value for an error, cut to what fits on a line.
pub(crate) fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => alloc::format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
