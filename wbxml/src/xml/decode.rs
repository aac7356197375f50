//! WBXML to XML.

use std::borrow::Cow;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use quick_xml::events::{BytesDecl, BytesEnd, BytesPI, BytesStart, BytesText, Event as Xml};

use super::Options;
use super::attributes::{self, Pair};
use super::hint::Hint;
use super::names::{LITERAL, Names, is_ncname};
use super::text::{escape, is_blank, is_xml_char, is_xml_text, message_lines};
use crate::charset;
use crate::header::Header;
use crate::primitives::number_length;
use crate::sink::failed;
use crate::token::{ATTRIBUTES, END, STR_T};
use crate::walk::{Token, TokenKind, Walker};
use crate::{Attribute, Content, Event, PublicId, Reader, Result};

/// Elements deeper than this are not indented further: a short document must not become a long one.
const DEEPEST_INDENT: usize = 32;

pub(super) fn decode(document: &[u8], options: &Options, output: impl io::Write) -> Result<()> {
    let reader =
        Reader::new(document).language(options.language).limits(options.limits).strict(options.strict);
    let mut decoder = Decoder {
        document,
        options,
        names: Names::new(options.language),
        output: quick_xml::Writer::new(output),
        header: Header::ACTIVESYNC,
        open: Vec::new(),
        page: 0,
        switches: Vec::new(),
        after: After::Start,
        begun: false,
    };
    let mut walker = Walker::new(document, reader);
    while let Some(token) = walker.next()? {
        decoder.token(token, &mut walker)?;
    }
    decoder.finish()
}

struct Decoder<'de, 'o, W> {
    document: &'de [u8],
    options: &'o Options,
    names: Names,
    output: quick_xml::Writer<W>,
    header: Header<'de>,
    open: Vec<Open<'de>>,
    /// The page in force before `switches`.
    page: u8,
    /// Page switches that wait for the next token, which may or may not explain them.
    switches: Vec<u8>,
    after: After,
    /// Something has been written.
    begun: bool,
}

struct Open<'de> {
    name: Cow<'de, str>,
    namespace: Cow<'static, str>,
    content: Content,
    /// There is text in it: spaces would become a part of it.
    has_text: bool,
    /// It was begun with its content bit.
    has_content: bool,
}

/// What was written last in the element that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Start,
    Child,
    Text,
    Hint,
}

impl<'de, W: io::Write> Decoder<'de, '_, W> {
    fn token(&mut self, token: Token<'de>, walker: &mut Walker<'de>) -> Result<()> {
        let bytes = &self.document[token.start..token.end];
        match token.kind {
            TokenKind::Header(header) => return self.header(header, bytes),
            TokenKind::TagPage(page) => {
                self.switches.push(page);
                return Ok(());
            }
            TokenKind::Event(Event::Start { tag, has_content }) => {
                // One switch to another page is what the encoder writes.
                if self.page != tag.page() && self.switches == [tag.page()] {
                    self.page = tag.page();
                    self.switches.clear();
                }
                self.switches()?;
                let name = self.names.name(tag);
                let content = self.names.content(tag);
                let open = Open {
                    name: name.local,
                    namespace: name.namespace,
                    content,
                    has_text: false,
                    has_content,
                };
                return self.start(open, bytes, walker);
            }
            _ => self.switches()?,
        }
        match token.kind {
            TokenKind::Event(Event::Literal { name, has_content }) => {
                self.hint(&Hint::Literal(bytes[1..].to_vec()))?;
                let name = if is_ncname(&name) { name } else { Cow::Borrowed(LITERAL) };
                let namespace = Cow::Borrowed("");
                let open = Open { name, namespace, content: Content::Any, has_text: false, has_content };
                self.start(open, bytes, walker)
            }
            TokenKind::Event(Event::End) => self.end(),
            TokenKind::Event(Event::Text(text)) => self.text(&text, bytes, token.end),
            TokenKind::Event(Event::Entity(character)) => self.entity(character, bytes),
            TokenKind::Event(Event::Opaque(value)) => self.opaque(value, bytes, token.end),
            TokenKind::Event(Event::Extension(_) | Event::ProcessingInstruction(_)) => {
                self.hint(&Hint::Bytes(bytes.to_vec()))
            }
            // The others have been dealt with at the start of their element.
            _ => Ok(()),
        }
    }

    fn header(&mut self, header: Header<'de>, bytes: &[u8]) -> Result<()> {
        self.header = header;
        if self.options.declaration {
            self.write(Xml::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        }
        let ordinary =
            Header { public_id: PublicId::Known(self.options.language.public_id), ..Header::ACTIVESYNC };
        let shortest = 3 + number_length(self.options.language.public_id);
        if header == ordinary && bytes.len() == shortest {
            return Ok(());
        }
        self.hint(&Hint::Header(bytes.to_vec()))
    }

    /// Page switches that the encoder would not write by itself.
    fn switches(&mut self) -> Result<()> {
        let Some(&last) = self.switches.last() else { return Ok(()) };
        self.page = last;
        let switches = std::mem::take(&mut self.switches);
        self.hint(&Hint::Page(switches))
    }

    fn start(&mut self, open: Open<'de>, tag: &[u8], walker: &mut Walker<'de>) -> Result<()> {
        let attributes = if tag[0] & ATTRIBUTES == 0 { Vec::new() } else { self.attributes(walker)? };
        self.line()?;
        let namespace = self.open.last().map_or("", |parent| &parent.namespace);
        let mut start = BytesStart::new(&*open.name);
        if open.namespace != namespace {
            start.push_attribute(("xmlns", &*open.namespace));
        }
        for (name, value) in &attributes {
            start.push_attribute((&**name, &**value));
        }
        if open.has_content {
            self.write(Xml::Start(start.borrow()))?;
            drop(start);
            self.after = After::Start;
        } else {
            self.write(Xml::Empty(start.borrow()))?;
            drop(start);
        }
        self.open.push(open);
        Ok(())
    }

    /// The attributes of the element that begins, and a hint if the encoder would write them otherwise.
    fn attributes(&mut self, walker: &mut Walker<'de>) -> Result<Vec<Pair<'de>>> {
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
        let written = &self.document[from..walker.covered()];
        let shown = attributes::shown(&list, &self.header, self.options.language);
        let default = shown.as_ref().filter(|shown| !shown.is_empty()).and_then(|shown| {
            let mut bytes = Vec::new();
            for (name, value) in shown {
                let pair = (&**name, &**value);
                attributes::encode(&mut bytes, &mut page, pair, &self.header, self.options.language)?;
            }
            bytes.push(END);
            Some(bytes)
        });
        if default.as_deref() != Some(written) {
            self.hint(&Hint::Attributes(written.to_vec()))?;
        }
        Ok(shown.unwrap_or_default())
    }

    fn end(&mut self) -> Result<()> {
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
            self.write(Xml::End(BytesEnd::new(element)))?;
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
        let usual = match self.content() {
            Content::Opaque | Content::OpaqueText => false,
            // What reads the XML strictly would refuse it.
            Content::Container | Content::Empty => !self.options.strict,
            _ => true,
        };
        if usual && self.after != After::Text && !text.is_empty() && self.is_kept(text, end) {
            self.write_text(text)
        } else {
            self.marked_text(&Hint::Text, text)
        }
    }

    /// Whether the encoder makes these bytes of the text: some character sets have several for a character.
    fn is_written_so(&self, text: &str, bytes: &[u8]) -> bool {
        let charset = self.header.charset;
        self.header.charset_is_utf8()
            || charset::encode(text, charset)
                .is_some_and(|string| bytes.strip_suffix(charset::terminator(charset)) == Some(&*string))
    }

    fn entity(&mut self, character: char, bytes: &[u8]) -> Result<()> {
        if is_xml_char(character) && bytes.len() == 1 + number_length(character.into()) {
            self.marked_text(&Hint::Entity, character.encode_utf8(&mut [0; 4]))
        } else {
            self.hint(&Hint::Bytes(bytes.to_vec()))
        }
    }

    fn opaque(&mut self, value: &[u8], bytes: &[u8], end: usize) -> Result<()> {
        let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
        if bytes.len() != 1 + number_length(length) + value.len() {
            return self.hint(&Hint::Bytes(bytes.to_vec()));
        }
        let content = self.content();
        let may_be_default = self.after != After::Text && !value.is_empty();
        if content == Content::Opaque {
            let text = BASE64.encode(value);
            return if may_be_default {
                self.write_text(&text)
            } else {
                self.marked_text(&Hint::Base64, &text)
            };
        }
        if content == Content::OpaqueText
            && may_be_default
            && let Some(lines) = message_lines(value)
            && self.is_kept(&lines, end)
        {
            return self.write_text(&lines);
        }
        match std::str::from_utf8(value) {
            Ok(text) if is_xml_text(text) => self.marked_text(&Hint::Opaque, text),
            _ => self.marked_text(&Hint::Base64, &BASE64.encode(value)),
        }
    }

    fn content(&self) -> Content {
        self.open.last().map_or(Content::Any, |open| open.content)
    }

    /// Whether the reader of the XML does not pass over this text, which ends at `end`, as white space for the eye.
    fn is_kept(&self, text: &str, end: usize) -> bool {
        !is_blank(text)
            || self.after == After::Start
                && !matches!(self.content(), Content::Container | Content::Empty)
                && self.document.get(end) == Some(&END)
    }

    fn marked_text(&mut self, hint: &Hint, text: &str) -> Result<()> {
        // Right before the text, to which spaces would seem to belong.
        self.processing_instruction(hint)?;
        self.write_text(text)
    }

    fn write_text(&mut self, text: &str) -> Result<()> {
        if let Some(open) = self.open.last_mut() {
            open.has_text = true;
        }
        self.after = After::Text;
        let mut rest = text;
        while let Some(at) = rest.find(|c| !is_xml_char(c)) {
            let foreign = &rest[at..];
            let length = foreign.find(is_xml_char).unwrap_or(foreign.len());
            self.write(Xml::Text(BytesText::from_escaped(escape(&rest[..at]))))?;
            self.processing_instruction(&Hint::Char(foreign.as_bytes()[..length].to_vec()))?;
            rest = &foreign[length..];
        }
        self.write(Xml::Text(BytesText::from_escaped(escape(rest))))
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
        if self.begun && self.open.last().is_none_or(|open| !open.has_text) {
            self.indent(self.open.len())?;
        }
        Ok(())
    }

    fn indent(&mut self, depth: usize) -> Result<()> {
        const SPACES: &str = "                                ";
        let Some(width) = self.options.indent else { return Ok(()) };
        let mut count = width.saturating_mul(depth.min(DEEPEST_INDENT));
        self.write(Xml::Text(BytesText::from_escaped("\n")))?;
        while count > 0 {
            let some = count.min(SPACES.len());
            self.write(Xml::Text(BytesText::from_escaped(&SPACES[..some])))?;
            count -= some;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        if self.options.indent.is_some() {
            self.write(Xml::Text(BytesText::from_escaped("\n")))?;
        }
        self.output.get_mut().flush().map_err(|error| failed(&error))
    }

    fn write(&mut self, event: Xml<'_>) -> Result<()> {
        self.begun = true;
        self.output.write_event(event).map_err(|error| failed(&error))
    }
}
