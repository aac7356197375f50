//! WBXML to XML.

use std::borrow::Cow;

use quick_xml::events::{BytesDecl, BytesPI, BytesText, Event as Xml};

use super::attributes::{self, Pair};
use super::hint::Hint;
use super::markup::Markups;
use super::names::{LITERAL, Name, Names, is_ncname};
use super::output::Output;
use super::text::{as_message, is_blank, is_xml_char, is_xml_text, lines};
use super::tokens::{has_extensions, text_tokens};
use super::{InvalidCharacters, Options, doctype, usual_header};
use crate::charset;
use crate::header::Header;
use crate::meaning::{self, Embedded, MOST_EMBEDDED};
use crate::primitives::number_length;
use crate::token::{ATTRIBUTES, END, STR_I, STR_T, SWITCH_PAGE};
use crate::walk::{Token, TokenKind, Walker};
use crate::{Attribute, Content, Error, ErrorKind, Event, Language, Limits, Reader, Result, Tag};

/// Elements deeper than this are not indented further: a short document must not become a long one.
const DEEPEST_INDENT: usize = 32;

/// Writes the XML of a document, and gives back what the output keeps.
pub(super) fn decode<'o>(document: &[u8], options: &'o Options, output: Output<'o>) -> Result<Vec<u8>> {
    let mut decoder = Decoder {
        options,
        output,
        markups: Markups::new(),
        open: Vec::new(),
        after: After::Start,
        at: Place::start_of(document, options.language),
        around: Vec::new(),
        embedded_left: options.limits,
        referenced_left: options.limits.referenced_text,
        run: Vec::new(),
        entered: None,
    };
    match decoder.documents() {
        Ok(()) => decoder.output.finish(),
        Err(fault) => {
            // What comes before the fault is of use. That it cannot be written is not what went wrong first.
            let _ = decoder.output.finish();
            Err(fault)
        }
    }
}

pub(super) struct Decoder<'de, 'o> {
    pub(super) options: &'o Options,
    pub(super) output: Output<'o>,
    /// Of the language that it is in.
    pub(super) markups: Markups,
    pub(super) open: Vec<Open<'de>>,
    pub(super) after: After,
    pub(super) at: Place<'de>,
    /// The documents around this one.
    around: Vec<Place<'de>>,
    /// What documents in the document may ask for, all together.
    embedded_left: Limits,
    /// The bytes of text that extension tokens may still make.
    referenced_left: usize,
    /// Strings and extension tokens in a row: the encoder looks at their text as a whole.
    run: Vec<Piece<'de>>,
    /// The document that the token read last holds has been entered, and may ask for so much.
    entered: Option<Limits>,
}

/// A document, and where in it the decoder is.
pub(super) struct Place<'de> {
    document: &'de [u8],
    pub(super) names: Names,
    /// Whether the language gives extension tokens a meaning.
    has_extensions: bool,
    header: Header<'de>,
    /// The number of elements around its root.
    depth: usize,
    /// The page in force before `switches`.
    pub(super) page: u8,
    /// Page switches that wait for the next token, which may or may not explain them.
    switches: Vec<u8>,
}

impl<'de> Place<'de> {
    fn start_of(document: &'de [u8], language: &'static Language) -> Self {
        Self {
            document,
            names: Names::new(language),
            has_extensions: has_extensions(language),
            header: Header::ACTIVESYNC,
            depth: 0,
            page: 0,
            switches: Vec::new(),
        }
    }

    /// Whether nothing but tag tokens and inline strings has to do with names and text.
    fn is_ordinary(&self) -> bool {
        self.names.are_plain() && !self.has_extensions && self.header.charset_is_utf8()
    }
}

struct Piece<'de> {
    start: usize,
    end: usize,
    text: Cow<'de, str>,
}

pub(super) struct Open<'de> {
    name: Cow<'de, str>,
    /// The default namespace in it.
    namespace: Cow<'static, str>,
    /// The prefixes of the language that are declared in it, a bit each.
    prefixes: u64,
    content: Content,
    /// There is text in it, or may be: spaces would become a part of it.
    has_text: bool,
    /// It was begun with its content bit.
    has_content: bool,
}

impl Open<'_> {
    pub(super) fn new(name: Name, content: Content, has_content: bool) -> Self {
        Self {
            name: name.local,
            namespace: name.namespace,
            prefixes: 0,
            content,
            has_text: content == Content::Mixed,
            has_content,
        }
    }
}

/// Where an element begins.
pub(super) struct Surroundings<'s> {
    /// The spaces before it, on a line of its own; nothing if there is text around it.
    pub(super) indent: Option<usize>,
    /// The default namespace.
    pub(super) namespace: &'s str,
}

impl<'s> Surroundings<'s> {
    #[inline]
    pub(super) fn new(open: &'s [Open<'_>], options: &Options, begun: bool) -> Self {
        let (has_text, namespace) =
            open.last().map_or((false, ""), |parent| (parent.has_text, &*parent.namespace));
        let indent = if has_text || !begun { None } else { indent(options, open.len()) };
        Self { indent, namespace }
    }
}

/// The spaces before an element that has a line of its own.
#[inline]
fn indent(options: &Options, depth: usize) -> Option<usize> {
    options.indent.map(|width| width.saturating_mul(depth.min(DEEPEST_INDENT)))
}

/// What was written last in the element that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    Start,
    Child,
    Text,
    Hint,
}

impl<'de> Decoder<'de, '_> {
    /// The document, and those in it.
    fn documents(&mut self) -> Result<()> {
        let mut walkers = vec![self.walker(self.options.limits)];
        while let Some(walker) = walkers.last_mut() {
            if self.at.is_ordinary() {
                let written = self.ordinary_elements(walker);
                written.map_err(|error| placed(error, walker))?;
            }
            // The token is looked at where it lies: moving it costs more than much of what is done with it.
            let next = walker.next();
            match &next {
                Ok(Some(token)) => {
                    self.token(token, walker).map_err(|error| placed(error, walker))?;
                }
                Ok(None) => {
                    self.end_run()?;
                    walkers.pop();
                    self.leave();
                }
                Err(_) => return next.map(drop),
            }
            if let Some(limits) = self.entered.take() {
                walkers.push(self.walker(limits));
            }
        }
        if self.options.indent.is_some() { self.output.line(0) } else { Ok(()) }
    }

    fn walker(&self, limits: Limits) -> Walker<'de> {
        let Place { document, ref names, .. } = self.at;
        let reader = Reader::new(document).language(names.language());
        let open_end = self.options.open_end && self.around.is_empty();
        Walker::new(document, reader.limits(limits).strict(self.options.strict).open_end(open_end))
    }

    fn token(&mut self, token: &Token<'de>, walker: &mut Walker<'de>) -> Result<()> {
        let bytes = &self.at.document[token.start..token.end];
        if self.at.has_extensions && self.is_piece_of_run(token, bytes)? {
            return Ok(());
        }
        match &token.kind {
            TokenKind::Header(header) => return self.header(*header, bytes),
            TokenKind::TagPage(page) => {
                self.at.switches.push(*page);
                return Ok(());
            }
            TokenKind::Event(Event::Start { tag, has_content }) => {
                let (tag, has_content) = (*tag, *has_content);
                let (name, content) = self.at.names.describe(tag);
                // One switch to another page is what the encoder writes, unless it finds the name on this one.
                if self.at.page != tag.page()
                    && self.at.switches == [tag.page()]
                    && self.at.names.is_found(&name, tag, self.at.page)
                {
                    self.at.page = tag.page();
                    self.at.switches.clear();
                }
                self.switches()?;
                let (around, prefixes) = self.scope();
                let name = match self.at.names.prefixed(tag, prefixes) {
                    Some(whole) => Name { local: Cow::Borrowed(whole), namespace: around.clone() },
                    None => name,
                };
                let open = Open { prefixes, ..Open::new(name, content, has_content) };
                return self.start(open, bytes, walker);
            }
            _ => self.switches()?,
        }
        match &token.kind {
            TokenKind::Event(Event::Literal { name, has_content }) => {
                self.hint(&Hint::Literal(bytes[1..].to_vec()))?;
                let name = if is_ncname(name) { name.clone() } else { Cow::Borrowed(LITERAL) };
                let (namespace, (_, prefixes)) = (Cow::Borrowed(""), self.scope());
                let has_content = *has_content;
                let open =
                    Open { name, namespace, prefixes, content: Content::Any, has_text: false, has_content };
                self.start(open, bytes, walker)
            }
            TokenKind::Event(Event::End) => self.end(),
            TokenKind::Event(Event::Text(text)) => self.text(text, bytes, token.end),
            TokenKind::Event(Event::Entity(character)) => self.entity(*character, bytes),
            TokenKind::Event(Event::Opaque(value)) => self.opaque(value, bytes, token.end),
            TokenKind::Event(Event::Extension(_) | Event::ProcessingInstruction(_)) => {
                self.hint(&Hint::Bytes(bytes.to_vec()))
            }
            // The others have been dealt with at the start of their element.
            _ => Ok(()),
        }
    }

    /// The default namespace where the next element begins, and the prefixes that are declared there.
    fn scope(&self) -> (&Cow<'static, str>, u64) {
        match self.open.last() {
            // Those around the root of a document in a document are of another language.
            Some(parent) => {
                (&parent.namespace, if self.open.len() > self.at.depth { parent.prefixes } else { 0 })
            }
            None => (&Cow::Borrowed(""), 0),
        }
    }

    /// Keeps a piece of a run, or ends the run.
    fn is_piece_of_run(&mut self, token: &Token<'de>, bytes: &[u8]) -> Result<bool> {
        let text = match &token.kind {
            TokenKind::Event(Event::Text(text)) if bytes[0] == STR_I => Some(text.clone()),
            TokenKind::Event(Event::Extension(extension)) => {
                let left = &mut self.referenced_left;
                meaning::of_extension(extension, &self.at.header, self.at.names.language(), left)
            }
            _ => None,
        };
        let Some(text) = text else {
            self.end_run()?;
            return Ok(false);
        };
        self.switches()?;
        self.run.push(Piece { start: token.start, end: token.end, text });
        Ok(true)
    }

    /// Writes the run as one text if the encoder makes the same tokens of it, or else piece by piece.
    fn end_run(&mut self) -> Result<()> {
        let run = std::mem::take(&mut self.run);
        if let [first, .., last] = &*run {
            let text: String = run.iter().map(|piece| &*piece.text).collect();
            if self.is_usual(&text, first.start, last.end) {
                return self.write_text(&text);
            }
        }
        for Piece { start, end, text } in run {
            let bytes = &self.at.document[start..end];
            if self.is_usual(&text, start, end) {
                self.write_text(&text)?;
            } else if bytes[0] == STR_I && self.is_written_so(&text, &bytes[1..]) {
                self.marked_text(&Hint::Text, &text)?;
            } else if bytes[0] == STR_I {
                self.hint(&Hint::Bytes(bytes.to_vec()))?;
            } else {
                self.marked_text(&Hint::Value(bytes.to_vec()), &text)?;
            }
        }
        Ok(())
    }

    /// Whether the encoder makes these bytes of the text.
    fn is_usual(&self, text: &str, start: usize, end: usize) -> bool {
        self.is_text(text)
            && self.after != After::Text
            && !text.is_empty()
            && self.is_kept(text, end)
            && text_tokens(text, &self.at.header, self.at.names.language()).as_deref()
                == Some(&self.at.document[start..end])
    }

    /// Whether the content of the element that is open has text written as text.
    fn is_text(&self, text: &str) -> bool {
        match self.content() {
            Content::Opaque | Content::OpaqueText => false,
            // What reads the XML strictly would refuse it.
            Content::Container | Content::Empty => !self.options.strict,
            content @ (Content::OpaqueInteger | Content::PackedDateTime) => {
                meaning::to_opaque(content, text).is_none()
            }
            _ => true,
        }
    }

    fn header(&mut self, header: Header<'de>, bytes: &[u8]) -> Result<()> {
        self.at.header = header;
        let language = self.at.names.language();
        if let Some(around) = self.around.last() {
            let usual = usual_header(language, around.header.version)?;
            if usual == bytes && self.is_begun_by_root(bytes.len()) {
                return Ok(());
            }
            return self.hint(&Hint::Document(bytes.to_vec()));
        }
        if self.options.declaration {
            self.write(Xml::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
            if let Some(doctype) = doctype::declaration(language) {
                self.line()?;
                self.write(Xml::DocType(BytesText::from_escaped(doctype)))?;
            }
        }
        if usual_header(language, self.options.header_version())? == bytes {
            return Ok(());
        }
        self.hint(&Hint::Header(bytes.to_vec()))
    }

    /// Whether the encoder sees at the root of this document, which lies in another one, that it begins.
    fn is_begun_by_root(&self, header_end: usize) -> bool {
        let Some(around) = self.around.last() else { return false };
        let (page, root) = match *self.at.document.get(header_end..).unwrap_or_default() {
            [SWITCH_PAGE, page, tag, ..] if page != 0 => (page, tag),
            [tag, ..] => (0, tag),
            [] => return false,
        };
        let tag = Tag::new(page, root & 0x3F);
        let name = self.at.names.name(tag);
        root & ATTRIBUTES == 0
            && tag.token() > Tag::LITERAL
            && around
                .names
                .embedded(&name.namespace, &name.local)
                .is_some_and(|language| std::ptr::eq(language, self.at.names.language()))
    }

    /// Goes into a document in the document, whose tokens come next.
    fn enter(&mut self, document: &'de [u8], Embedded { language, limits_left }: &Embedded) {
        let place = Place { depth: self.open.len(), ..Place::start_of(document, language) };
        self.around.push(std::mem::replace(&mut self.at, place));
        self.markups = Markups::new();
        self.entered = Some(self.embedded_left);
        self.embedded_left = *limits_left;
    }

    /// Goes back to the document around the one that has ended.
    fn leave(&mut self) {
        if let Some(place) = self.around.pop() {
            self.at = place;
            self.markups = Markups::new();
        }
    }

    /// Page switches that the encoder would not write by itself.
    fn switches(&mut self) -> Result<()> {
        let Some(&last) = self.at.switches.last() else { return Ok(()) };
        self.at.page = last;
        let switches = std::mem::take(&mut self.at.switches);
        self.hint(&Hint::Page(switches))
    }

    fn start(&mut self, mut open: Open<'de>, tag: &[u8], walker: &mut Walker<'de>) -> Result<()> {
        if tag[0] & ATTRIBUTES == 0 {
            return self.begin(open, &[]);
        }
        // Its name is of a namespace, which no attribute may change.
        let bound = !open.namespace.is_empty() || open.namespace != *self.scope().0;
        let attributes = self.attributes(bound, walker)?;
        for (name, _) in &attributes {
            open.prefixes |= self.at.names.declared_prefix(name);
        }
        self.begin(open, &attributes)
    }

    pub(super) fn begin(&mut self, open: Open<'de>, attributes: &[Pair<'de>]) -> Result<()> {
        let declares = !is_same(&open.namespace, self.scope().0);
        self.line()?;
        self.output.start(&open.name)?;
        if declares {
            self.output.attribute("xmlns", &open.namespace)?;
        }
        for (name, value) in attributes {
            self.output.attribute(name, value)?;
        }
        self.output.end_of_start(open.has_content)?;
        if open.has_content {
            self.after = After::Start;
        }
        self.open.push(open);
        Ok(())
    }

    /// The attributes of the element that begins, and a hint if the encoder would write them otherwise.
    fn attributes(&mut self, bound: bool, walker: &mut Walker<'de>) -> Result<Vec<Pair<'de>>> {
        let language = self.at.names.language();
        let mut page = walker.reader().attribute_page();
        let from = walker.covered();
        let mut list: Vec<Attribute<'de>> = Vec::new();
        loop {
            match walker.next()? {
                Some(Token { kind: TokenKind::Event(Event::Attribute(attribute)), .. }) => {
                    list.push(attribute);
                }
                Some(Token { kind: TokenKind::AttributePage(_), .. }) => {}
                // The end of the list; a reader does not leave it otherwise.
                _ => break,
            }
        }
        let written = &self.at.document[from..walker.covered()];
        let shown = attributes::shown(&list, &self.at.header, language, &mut self.referenced_left)
            .filter(|shown| !bound || shown.iter().all(|(name, _)| name != "xmlns"));
        let default = shown.as_ref().filter(|shown| !shown.is_empty()).and_then(|shown| {
            let mut bytes = Vec::new();
            for (name, value) in shown {
                let pair = (&**name, &**value);
                attributes::encode(&mut bytes, &mut page, pair, shown, &self.at.header, language)?;
            }
            bytes.push(END);
            Some(bytes)
        });
        if default.as_deref() != Some(written) {
            self.hint(&Hint::Attributes(written.to_vec()))?;
        }
        Ok(shown.unwrap_or_default())
    }

    pub(super) fn end(&mut self) -> Result<()> {
        let Some(open) = self.open.last() else { return Ok(()) };
        if open.has_content {
            if self.after == After::Start {
                self.processing_instruction(&Hint::Content)?;
            }
            let open = self.open.pop();
            let element = open.as_ref().map_or("", |open| &open.name);
            if matches!(self.after, After::Child | After::Hint)
                && open.as_ref().is_some_and(|open| !open.has_text)
            {
                self.indent(self.open.len())?;
            }
            self.output.end(element)?;
        } else {
            self.open.pop();
        }
        self.after = After::Child;
        Ok(())
    }

    fn text(&mut self, text: &str, bytes: &[u8], end: usize) -> Result<()> {
        if bytes[0] == STR_T {
            return self.marked_text(&Hint::Table(bytes[1..].to_vec()), text);
        }
        if !self.is_written_so(text, &bytes[1..]) {
            return self.hint(&Hint::Bytes(bytes.to_vec()));
        }
        if self.is_text(text) && self.after != After::Text && !text.is_empty() && self.is_kept(text, end) {
            self.write_text(text)
        } else {
            self.marked_text(&Hint::Text, text)
        }
    }

    /// Whether the encoder makes these bytes of the text: some character sets have several for a character.
    fn is_written_so(&self, text: &str, bytes: &[u8]) -> bool {
        let charset = self.at.header.charset;
        self.at.header.charset_is_utf8()
            || charset::encode(text, charset)
                .is_some_and(|string| bytes.strip_suffix(charset::terminator(charset)) == Some(&*string))
    }

    fn entity(&mut self, character: char, bytes: &[u8]) -> Result<()> {
        if !is_xml_char(character) && self.options.invalid_characters != InvalidCharacters::Hint {
            self.write_text(character.encode_utf8(&mut [0; 4]))
        } else if is_xml_char(character) && bytes.len() == 1 + number_length(character.into()) {
            self.marked_text(&Hint::Entity, character.encode_utf8(&mut [0; 4]))
        } else {
            self.hint(&Hint::Bytes(bytes.to_vec()))
        }
    }

    fn opaque(&mut self, value: &'de [u8], bytes: &[u8], end: usize) -> Result<()> {
        let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
        let is_shortest = bytes.len() == 1 + number_length(length) + value.len();
        let content = self.content();
        let may_be_default = is_shortest && self.after != After::Text && !value.is_empty();
        if let Some(text) = meaning::of_opaque(content, value) {
            return if may_be_default && meaning::to_opaque(content, &text).as_deref() == Some(value) {
                self.write_text(&text)
            } else {
                self.marked_text(&Hint::Value(bytes.to_vec()), &text)
            };
        }
        if !is_shortest {
            return self.hint(&Hint::Bytes(bytes.to_vec()));
        }
        match content {
            Content::Opaque => {
                return if may_be_default { self.base64(value) } else { self.marked_base64(value) };
            }
            Content::OpaqueText if may_be_default => {
                if let Some(message) = as_message(value)
                    && self.is_kept(message, end)
                {
                    self.text_comes();
                    return lines(message).try_for_each(|line| self.characters(line));
                }
            }
            Content::Document if self.after == After::Start && self.at.document.get(end) == Some(&END) => {
                if let Some(embedded) = self.embedded(value) {
                    self.enter(value, &embedded);
                    return Ok(());
                }
            }
            Content::StringOrOpaque => return self.marked_base64(value),
            _ => {}
        }
        match std::str::from_utf8(value) {
            Ok(text) if is_xml_text(text) => self.marked_text(&Hint::Opaque, text),
            _ => self.marked_base64(value),
        }
    }

    /// The document that bytes are, if it can be shown.
    fn embedded(&self, bytes: &'de [u8]) -> Option<Embedded> {
        if self.around.len() >= MOST_EMBEDDED {
            return None;
        }
        let language = self.at.names.language();
        meaning::embedded(bytes, language, self.embedded_left, self.options.strict)
    }

    fn content(&self) -> Content {
        self.open.last().map_or(Content::Any, |open| open.content)
    }

    /// Whether the reader of the XML does not pass over this text, which ends at `end`, as white space for the eye.
    fn is_kept(&self, text: &str, end: usize) -> bool {
        let content = self.content();
        !is_blank(text)
            || content == Content::Mixed
            || self.after == After::Start
                && !matches!(content, Content::Container | Content::Empty)
                && self.at.document.get(end) == Some(&END)
    }

    fn marked_text(&mut self, hint: &Hint, text: &str) -> Result<()> {
        // Right before the text, to which spaces would seem to belong.
        self.processing_instruction(hint)?;
        self.write_text(text)
    }

    fn marked_base64(&mut self, bytes: &[u8]) -> Result<()> {
        self.processing_instruction(&Hint::Base64)?;
        self.base64(bytes)
    }

    fn base64(&mut self, bytes: &[u8]) -> Result<()> {
        self.text_comes();
        self.output.base64(bytes)
    }

    fn write_text(&mut self, text: &str) -> Result<()> {
        self.text_comes();
        self.characters(text)
    }

    fn text_comes(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.has_text = true;
        }
        self.after = After::Text;
    }

    fn characters(&mut self, text: &str) -> Result<()> {
        let mut rest = text;
        loop {
            let read = self.output.text(rest.as_bytes(), rest.len())?;
            if read == rest.len() {
                return Ok(());
            }
            let foreign = &rest[read..];
            let length = foreign.find(is_xml_char).unwrap_or(foreign.len());
            let (foreign, after) = foreign.split_at(length);
            self.foreign(foreign)?;
            rest = after;
        }
    }

    /// Characters that XML does not have.
    #[cold]
    fn foreign(&mut self, characters: &str) -> Result<()> {
        match self.options.invalid_characters {
            InvalidCharacters::Hint => self.processing_instruction(&Hint::Char(characters.into())),
            InvalidCharacters::Replace => {
                let mark = char::REPLACEMENT_CHARACTER.encode_utf8(&mut [0; 4]).as_bytes().to_vec();
                characters.chars().try_for_each(|_| self.output.bytes(&mark))
            }
            InvalidCharacters::Refuse => {
                let first = characters.chars().next().unwrap_or_default();
                Err(Error::new(ErrorKind::NoXmlCharacter(first)))
            }
        }
    }

    fn hint(&mut self, hint: &Hint) -> Result<()> {
        self.line()?;
        self.after = After::Hint;
        self.processing_instruction(hint)
    }

    fn processing_instruction(&mut self, hint: &Hint) -> Result<()> {
        self.write(Xml::PI(BytesPI::new(hint.to_string())))
    }

    /// A new line for what comes next, unless there is text around it.
    fn line(&mut self) -> Result<()> {
        match Surroundings::new(&self.open, self.options, self.output.has_begun()).indent {
            Some(spaces) => self.output.line(spaces),
            None => Ok(()),
        }
    }

    fn indent(&mut self, depth: usize) -> Result<()> {
        indent(self.options, depth).map_or(Ok(()), |spaces| self.output.line(spaces))
    }

    fn write(&mut self, event: Xml<'_>) -> Result<()> {
        self.output.event(event)
    }
}

/// The error, with its place if it has none: that of the token read last.
#[cold]
fn placed(error: Error, walker: &Walker<'_>) -> Error {
    match error.kind() {
        ErrorKind::NoXmlCharacter(_) => walker.reader().error(error.kind().clone()),
        _ => error,
    }
}

/// Whether two namespaces are the same; mostly they are, and from the same page.
#[inline]
pub(super) fn is_same(one: &str, other: &str) -> bool {
    std::ptr::eq(one, other) || one == other
}
