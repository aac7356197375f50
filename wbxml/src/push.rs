//! Reading a document whose bytes arrive in pieces.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::{Error, ErrorKind, Path, PathStep, Result};
use crate::event::{Attribute, Event};
use crate::header::{Header, PublicId};
use crate::limits::Limits;
use crate::reader::{Progress, Reader, name_in};
use crate::settings::{Settings, setters};
use crate::{Language, Tag, charset, primitives};

/// Reads a document whose bytes arrive in pieces, as they do from a socket. Each event leaves as soon as its last byte
/// is there; the events are those of a [`Reader`] of the whole document, however it was cut.
///
/// What it keeps is bounded by the [`Limits`]: the bytes of the piece pushed last and of the one event that is not
/// complete (`text` or `opaque`), the header with its string table, and a few bytes for each open element.
///
/// ```
/// use wbxml::{Event, PushReader};
///
/// // <FolderSync xmlns="FolderHierarchy"><SyncKey>0</SyncKey></FolderSync>, in three pieces
/// let pieces: [&[u8]; 3] = [b"\x03\x01\x6A\x00\x00\x07\x56\x52", b"\x03", b"0\x00\x01\x01"];
/// let mut reader = PushReader::new();
/// let mut seen = String::new();
/// for piece in pieces {
///     let mut events = reader.push(piece);
///     while let Some(event) = events.next()? {
///         match event {
///             Event::Start { tag, .. } => seen += &format!("<{tag}>"),
///             Event::Text(text) => seen += &text,
///             Event::End => seen += "</>",
///             _ => {}
///         }
///     }
///     seen += "|";
/// }
/// reader.finish()?;
/// assert_eq!(seen, "<FolderHierarchy:FolderSync><FolderHierarchy:SyncKey>||0</></>|");
/// # Ok::<(), wbxml::Error>(())
/// ```
#[derive(Debug)]
pub struct PushReader {
    /// The bytes that have not been given out as events; those before `read` have been since the last push.
    buffer: Vec<u8>,
    read: usize,
    /// The offset in the document at which `buffer` begins.
    base: usize,
    head: Option<Head>,
    /// Bytes without which no event can be complete.
    wait: Wait,
    progress: Progress,
    open: Vec<Open>,
    settings: Settings,
}

/// The header, whose string table is used up to the end.
#[derive(Debug)]
struct Head {
    version: u8,
    public_id: PublicId,
    charset: u32,
    string_table: Vec<u8>,
}

impl Head {
    fn header(&self) -> Header<'_> {
        Header {
            version: self.version,
            public_id: self.public_id,
            charset: self.charset,
            string_table: &self.string_table,
        }
    }
}

/// An open element.
#[derive(Debug)]
enum Open {
    Tag(Tag),
    Literal(String),
}

impl Open {
    fn of(event: &Event<'_>) -> Option<Self> {
        match event {
            Event::Start { tag, .. } => Some(Self::Tag(*tag)),
            Event::Literal { name, .. } => Some(Self::Literal(name.clone().into_owned())),
            _ => None,
        }
    }
}

/// What an event that is not complete waits for, so that its bytes are looked at once.
#[derive(Clone, Copy, Debug)]
enum Wait {
    Nothing,
    /// For the buffer to have this length.
    Length(usize),
    /// For the terminator of a string, which begins at `start`; up to `searched` there is none.
    Terminator {
        start: usize,
        searched: usize,
    },
}

impl PushReader {
    /// A reader with default limits, lenient, for the code pages of ActiveSync.
    pub fn new() -> Self {
        let settings = Settings::new();
        Self {
            buffer: Vec::new(),
            read: 0,
            base: 0,
            head: None,
            wait: Wait::Nothing,
            progress: Progress::begin(&settings.limits),
            open: Vec::new(),
            settings,
        }
    }

    setters!();

    fn set(mut self, set: impl FnOnce(&mut Settings)) -> Self {
        set(&mut self.settings);
        self
    }

    fn count_anew(mut self) -> Self {
        self.progress = Progress::begin(&self.settings.limits);
        self
    }

    /// Takes more bytes of the document, and gives the events that they complete.
    ///
    /// Events that are not taken now come at the next push.
    pub fn push(&mut self, bytes: &[u8]) -> Events<'_> {
        self.forget_what_was_read();
        self.buffer.extend_from_slice(bytes);
        let fault = self.read_head().err();
        let Self { buffer, read, base, head, wait, progress, open, settings } = self;
        let reader = match head {
            Some(head) if fault.is_none() && wait.is_over(buffer, head.charset, settings.limits.text) => {
                // The end of the buffer is not that of the document.
                let settings = Settings { open_end: false, ..*settings };
                Some(Reader::resume(buffer, head.header(), settings, *progress))
            }
            _ => None,
        };
        Events {
            reader,
            waits: false,
            fault,
            read,
            base: *base,
            wait,
            progress,
            open,
            language: settings.language,
        }
    }

    fn forget_what_was_read(&mut self) {
        const KEPT: usize = 64 << 10;
        self.buffer.drain(..self.read);
        if self.buffer.len() < KEPT {
            self.buffer.shrink_to(4 * KEPT); // one long text does not take memory for good
        }
        self.base += self.read;
        self.wait = match self.wait {
            Wait::Nothing => Wait::Nothing,
            Wait::Length(length) => Wait::Length(length - self.read),
            Wait::Terminator { start, searched } => {
                Wait::Terminator { start: start - self.read, searched: searched - self.read }
            }
        };
        self.read = 0;
    }

    /// Reads the header, if it is complete and has not been read.
    fn read_head(&mut self) -> Result<()> {
        if self.head.is_some() {
            return Ok(());
        }
        match self.header_of(&self.buffer) {
            Ok((header, length)) => {
                self.head = Some(Head {
                    version: header.version,
                    public_id: header.public_id,
                    charset: header.charset,
                    string_table: header.string_table.to_vec(),
                });
                self.read = length;
                self.forget_what_was_read();
                Ok(())
            }
            Err(fault) if fault.is_incomplete() => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    /// The header that these bytes begin with, and its length.
    fn header_of<'b>(&self, bytes: &'b [u8]) -> Result<(Header<'b>, usize)> {
        match primitives::parse(primitives::header(&self.settings.limits), bytes) {
            Ok((rest, header)) => Ok((header, bytes.len() - rest.len())),
            Err(fault) => Err(Error::at(fault.kind, bytes.len() - fault.rest.len(), Path::default())),
        }
    }

    /// The head of the document, once it is complete.
    pub fn header(&self) -> Option<Header<'_>> {
        self.head.as_ref().map(Head::header)
    }

    /// Says that there are no more bytes. With [`open_end`](Self::open_end) the root element may still be open then; its
    /// end, which has no bytes, is the one event that is not given out.
    ///
    /// # Errors
    /// [`ErrorKind::Incomplete`] if the document has not come to its end, as the [`Reader`] of the same document would
    /// say; a fault in what was pushed last, if its events were not taken.
    pub fn finish(mut self) -> Result<()> {
        let mut events = self.push(&[]);
        while events.next()?.is_some() {}
        let rest = &self.buffer[self.read..];
        let Some(head) = &self.head else {
            return self.header_of(rest).map(drop);
        };
        // What there is no event of is read as the end of a whole document, for the same outcome.
        let mut reader = Reader::resume(rest, head.header(), self.settings, self.progress);
        loop {
            match reader.next() {
                Ok(Some(_)) => {}
                Ok(None) => return Ok(()),
                Err(error) => {
                    let offset = self.base + self.read + error.offset().unwrap_or_default();
                    let path = path(&self.open, self.settings.language);
                    return Err(Error::at(error.kind().clone(), offset, path));
                }
            }
        }
    }
}

impl Default for PushReader {
    fn default() -> Self {
        Self::new()
    }
}

impl Wait {
    /// Whether what was waited for may be there.
    fn is_over(&mut self, buffer: &[u8], charset: u32, longest: usize) -> bool {
        match self {
            Self::Nothing => true,
            Self::Length(length) => buffer.len() >= *length,
            Self::Terminator { start, searched } => {
                let width = charset::terminator(charset).len();
                // In step with the characters of the string.
                let from = *start + (*searched - *start) / width * width;
                *searched = buffer.len();
                buffer.len() - *start > longest
                    || charset::find_terminator(&buffer[from..], charset).is_some()
            }
        }
    }
}

/// The events that [`PushReader::push`] has completed.
#[derive(Debug)]
pub struct Events<'p> {
    /// Nothing while no event can be complete.
    reader: Option<Reader<'p>>,
    /// The next event is not complete.
    waits: bool,
    fault: Option<Error>,
    read: &'p mut usize,
    base: usize,
    wait: &'p mut Wait,
    progress: &'p mut Progress,
    open: &'p mut Vec<Open>,
    language: &'static Language,
}

impl<'p> Events<'p> {
    /// The next event; `None` when the next one is not complete.
    ///
    /// # Errors
    /// If the document is malformed or exceeds a limit; then again at every call.
    #[allow(clippy::should_implement_trait)] // as for `Reader::next`
    pub fn next(&mut self) -> Result<Option<Event<'p>>> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let Some(reader) = self.reader.as_mut().filter(|_| !self.waits) else { return Ok(None) };
        match reader.next() {
            Ok(Some(event)) => {
                *self.progress = reader.progress();
                *self.read = reader.offset();
                *self.wait = Wait::Nothing;
                if event == Event::End {
                    self.open.pop();
                }
                self.open.extend(Open::of(&event));
                Ok(Some(event))
            }
            Ok(None) => Ok(None),
            Err(error) => self.fault(&error),
        }
    }

    #[cold]
    fn fault(&mut self, error: &Error) -> Result<Option<Event<'p>>> {
        let Some(reader) = &self.reader else { return Ok(None) };
        if let ErrorKind::Incomplete { needed, left, .. } = error.kind() {
            let end = reader.rest_from(0).len();
            *self.wait = match needed {
                Some(needed) => Wait::Length(end + (needed - left)),
                None if *left > 0 => Wait::Terminator { start: end - left, searched: end },
                None => Wait::Length(end + 1),
            };
            *self.read += self.progress.pass_switches(reader.rest_from(*self.read));
            self.progress.keep_scanned(reader);
            self.waits = true;
            return Ok(None);
        }
        let place = error.offset().unwrap_or_default();
        let beginning = beginning_at(place, reader.again_from(*self.read, *self.progress), *self.read);
        let path = path(self.open.iter().chain(&beginning), self.language);
        let fault = Error::at(error.kind().clone(), self.base + place, path);
        Err(self.fault.insert(fault).clone())
    }

    /// The name of an attribute that was among these events, as [`Reader::attribute_name`].
    pub fn attribute_name(&self, attribute: &Attribute<'p>) -> Cow<'p, str> {
        self.reader.as_ref().map_or(Cow::Borrowed(""), |reader| reader.attribute_name(attribute))
    }

    /// The text of an attribute that was among these events, as [`Reader::attribute_value`].
    pub fn attribute_value(&self, attribute: &Attribute<'p>) -> Cow<'p, str> {
        self.reader.as_ref().map_or(Cow::Borrowed(""), |reader| reader.attribute_value(attribute))
    }
}

/// The element that begins at a place of the buffer, if that is the next event of a reader, which begins at `from`.
fn beginning_at(place: usize, mut reader: Reader<'_>, from: usize) -> Option<Open> {
    let event = reader.next().ok()??;
    if from + reader.token_offset() == place { Open::of(&event) } else { None }
}

/// The open elements. Their numbers among their siblings are not kept.
fn path<'o>(open: impl IntoIterator<Item = &'o Open>, language: &'static Language) -> Path {
    let name = |open: &Open| match open {
        Open::Tag(tag) => name_in(language, *tag),
        Open::Literal(name) => Cow::Owned(name.clone()),
    };
    Path(open.into_iter().map(|open| PathStep { name: name(open), number: 0 }).collect())
}
