//! XML to WBXML.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesPI, BytesRef, BytesStart, Event as Xml};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use super::attributes::{self, Pair};
use super::hint::{Hint, TARGET};
use super::names::{LITERAL, Names, is_ncname};
use super::place::Place;
use super::text::{is_blank, is_xml_char, is_xml_text, message};
use super::{MAX_ATTRIBUTES, Options, XmlFault};
use crate::charset::{self, table_string};
use crate::header::Header;
use crate::reader::shortened;
use crate::token::{ATTRIBUTES, CONTENT, STR_I, STR_T};
use crate::{Attribute, Content, Error, Event, Reader, Result, Tag, Writer, primitives, token};

pub(super) fn encode(xml: &str, options: &Options, writer: Writer<'_>) -> Result<Vec<u8>> {
    let xml = xml.strip_prefix('\u{FEFF}').unwrap_or(xml);
    let mut input = NsReader::from_str(xml);
    // Each element has its end then, written or not.
    input.config_mut().expand_empty_elements = true;
    // An element may bring a namespace of its own; hints and prefixes take a few more.
    let bindings = (options.limits.depth as usize).saturating_mul(2).saturating_add(128);
    input.resolver_mut().set_max_namespace_bindings(bindings);
    let mut encoder = Encoder {
        place: Place { xml, at: 0 },
        options,
        names: Names::new(options.language),
        writer,
        header: Vec::new(),
        open: Vec::new(),
        ended: false,
        run: Run::default(),
        fresh: false,
        literal: None,
        attributes: None,
    };
    loop {
        encoder.place.at = usize::try_from(input.buffer_position()).unwrap_or(usize::MAX);
        match input.read_event() {
            Ok(Xml::Eof) => break,
            Ok(event) => encoder.event(event, &input)?,
            Err(fault) => return Err(encoder.fault(XmlFault::Syntax(fault.to_string()))),
        }
    }
    encoder.finish()
}

struct Encoder<'x, 'o, 'w> {
    place: Place<'x>,
    options: &'o Options,
    names: Names,
    writer: Writer<'w>,
    /// The bytes of the header once it has been written.
    header: Vec<u8>,
    open: Vec<Open>,
    /// The root element has ended.
    ended: bool,
    run: Run<'x>,
    /// Nothing but text has come since the start of the element that is open.
    fresh: bool,
    /// From hints, for the element that comes next.
    literal: Option<Vec<u8>>,
    attributes: Option<Vec<u8>>,
}

struct Open {
    content: Content,
    /// It ends with an END even if it is empty.
    long: bool,
}

/// Text that goes on until an element begins or ends, or a hint comes.
#[derive(Default)]
struct Run<'x> {
    form: Form,
    text: Cow<'x, str>,
}

/// How a run is written.
#[derive(Default)]
enum Form {
    /// As the element's content asks for.
    #[default]
    Usual,
    Text,
    Table(Vec<u8>),
    Entity,
    Opaque,
    Base64,
}

impl<'x> Encoder<'x, '_, '_> {
    fn event(&mut self, event: Xml<'x>, input: &NsReader<&'x [u8]>) -> Result<()> {
        match event {
            Xml::Text(text) => self.append(text.xml10_content()),
            Xml::CData(text) => self.append(text.xml10_content()),
            Xml::GeneralRef(reference) => self.reference(&reference),
            Xml::Start(start) => {
                self.end_run(false)?;
                let (namespace, name) = input.resolver().resolve_element(start.name());
                let name = name.into_inner();
                match namespace {
                    ResolveResult::Bound(Namespace(namespace)) => self.start(namespace, name, &start),
                    ResolveResult::Unbound => self.start("", name, &start),
                    ResolveResult::Unknown(prefix) => Err(self.fault(XmlFault::UnknownPrefix(prefix))),
                }
            }
            Xml::End(_) => {
                self.end_run(true)?;
                self.end()
            }
            Xml::PI(instruction) if instruction.target() == TARGET => self.hint(&instruction),
            Xml::Decl(_) if self.place.at > 0 => {
                Err(self.syntax("an XML declaration can stand at the very start only"))
            }
            Xml::DocType(_) => Err(self.fault(XmlFault::DocumentType)),
            _ => Ok(()),
        }
    }

    fn append(&mut self, text: Cow<'x, str>) -> Result<()> {
        if !is_xml_text(&text) {
            let invalid = text.chars().find(|c| !is_xml_char(*c)).unwrap_or_default();
            return Err(self.fault(XmlFault::InvalidCharacter(invalid)));
        }
        self.append_checked(text);
        Ok(())
    }

    fn append_checked(&mut self, text: Cow<'x, str>) {
        if self.run.text.is_empty() {
            self.run.text = text;
        } else {
            self.run.text.to_mut().push_str(&text);
        }
    }

    fn reference(&mut self, reference: &BytesRef<'x>) -> Result<()> {
        match reference.resolve_char_ref() {
            Ok(Some(c)) if is_xml_char(c) => self.append_checked(Cow::Owned(c.into())),
            Ok(Some(c)) => return Err(self.fault(XmlFault::InvalidCharacter(c))),
            Ok(None) => match resolve_predefined_entity(reference) {
                Some(text) => self.append_checked(Cow::Borrowed(text)),
                None => return Err(self.fault(XmlFault::UnknownEntity(shortened(reference)))),
            },
            Err(fault) => return Err(self.fault(XmlFault::Syntax(fault.to_string()))),
        }
        Ok(())
    }

    fn start(&mut self, namespace: &str, name: &str, start: &BytesStart<'x>) -> Result<()> {
        if self.ended {
            return Err(self.syntax("a second root element"));
        }
        self.begin()?;
        let list = self.attribute_list(start)?;
        let content = if let Some(index) = self.literal.take() {
            self.check_literal(&index, name)?;
            let bits = CONTENT | if list.is_some() { ATTRIBUTES } else { 0 };
            let written = self.writer.start_raw(token::LITERAL | bits, &index);
            self.placed(written)?;
            Content::Any
        } else {
            let tag = self.tag(namespace, name)?;
            let written = match list {
                Some(_) => self.writer.start_with_attributes(tag),
                None => self.writer.start(tag),
            };
            self.placed(written)?;
            self.names.content(tag)
        };
        if let Some((bytes, page_after)) = list {
            let page = self.writer.attribute_page();
            self.writer.raw_attribute(&Attribute { page, bytes: &bytes, page_after });
            self.writer.end_attributes();
        }
        self.open.push(Open { content, long: false });
        self.fresh = true;
        Ok(())
    }

    fn tag(&self, namespace: &str, name: &str) -> Result<Tag> {
        let language = self.options.language;
        let mut found = self.names.find(namespace, name);
        if self.options.strict {
            found = found.filter(|tag| language.tag(*tag).is_some());
        } else if found.is_none()
            && let Some(namespace) = namespace.strip_suffix(':')
        {
            found = self.names.find(namespace, name);
        }
        found.ok_or_else(|| {
            self.fault(XmlFault::UnknownElement {
                namespace: shortened(namespace),
                name: shortened(name),
                namespace_known: self.names.has_namespace(namespace),
                similar: self.names.similar(namespace, name),
            })
        })
    }

    fn check_literal(&self, index: &[u8], shown: &str) -> Result<()> {
        let hint = self.table_text(index)?;
        let expected = if is_ncname(&hint) { &*hint } else { LITERAL };
        if shown == expected { Ok(()) } else { Err(self.differs(expected, shown)) }
    }

    /// The string at an index, given as its bytes.
    fn table_text(&self, index: &[u8]) -> Result<Cow<'_, str>> {
        let expected = "its bytes are the index of a string in the header's string table";
        let text = match primitives::parse(primitives::mb_u_int32, index) {
            Ok(([], index)) => table_string(&self.header(), index).ok(),
            _ => None,
        };
        text.ok_or_else(|| self.fault(XmlFault::InvalidHint(expected)))
    }

    /// The bytes of the element's attribute list without its END, and the attribute page after it.
    fn attribute_list(&mut self, start: &BytesStart<'x>) -> Result<Option<(Vec<u8>, u8)>> {
        let hint = self.attributes.take();
        let pairs = self.pairs(start)?;
        let header = self.header();
        let mut page = self.writer.attribute_page();
        if let Some(mut bytes) = hint {
            let Options { language, limits, .. } = self.options;
            let list = attributes::parse(&bytes, page, &header, language, limits).ok_or_else(|| {
                self.fault(XmlFault::InvalidHint(
                    "its bytes are an attribute list, from the first attribute to the END",
                ))
            })?;
            if !pairs.is_empty() {
                let expected = attributes::shown(&list.attributes, &header, self.options.language);
                if expected.as_ref() != Some(&pairs) {
                    return Err(self.differs(&listed(&expected.unwrap_or_default()), &listed(&pairs)));
                }
            }
            page = list.page_after;
            bytes.pop();
            return Ok(Some((bytes, page)));
        }
        if pairs.is_empty() {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        for (name, value) in &pairs {
            let pair = (&**name, &**value);
            attributes::encode(&mut bytes, &mut page, pair, &header, self.options.language).ok_or_else(
                || self.fault(XmlFault::UnknownAttribute { name: shortened(name), value: shortened(value) }),
            )?;
        }
        Ok(Some((bytes, page)))
    }

    fn pairs(&self, start: &BytesStart<'x>) -> Result<Vec<Pair<'x>>> {
        let mut pairs = Vec::new();
        for (position, attribute) in start.attributes().enumerate() {
            if position >= MAX_ATTRIBUTES {
                return Err(self.fault(XmlFault::TooManyAttributes(MAX_ATTRIBUTES)));
            }
            let attribute = attribute.map_err(|fault| self.fault(XmlFault::Syntax(fault.to_string())))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|fault| self.fault(XmlFault::Syntax(fault.to_string())))?;
            if let Some(invalid) = value.chars().find(|c| !is_xml_char(*c)) {
                return Err(self.fault(XmlFault::InvalidCharacter(invalid)));
            }
            pairs.push((Cow::Owned(attribute.key.0.to_owned()), Cow::Owned(value.into_owned())));
        }
        Ok(pairs)
    }

    fn end(&mut self) -> Result<()> {
        self.no_element_due()?;
        let long = self.open.pop().is_some_and(|open| open.long);
        let written = if long { self.writer.end_long() } else { self.writer.end() };
        self.placed(written)?;
        self.ended = self.open.is_empty();
        self.fresh = false;
        Ok(())
    }

    fn no_element_due(&self) -> Result<()> {
        if self.literal.is_none() && self.attributes.is_none() {
            return Ok(());
        }
        Err(self.fault(XmlFault::InvalidHint("an element comes right after `literal` and `attributes`")))
    }

    fn hint(&mut self, instruction: &BytesPI<'x>) -> Result<()> {
        let Some(hint) = Hint::parse(instruction.content()) else {
            let expected = "it is a word of the table in the documentation of wbxml::xml, with bytes where the table has some";
            return Err(self.fault(XmlFault::InvalidHint(expected)));
        };
        if let Hint::Char(bytes) = hint {
            let Ok(text) = String::from_utf8(bytes) else {
                return Err(self.fault(XmlFault::InvalidHint("the bytes of `char` are UTF-8")));
            };
            self.append_checked(Cow::Owned(text));
            return Ok(());
        }
        self.end_run(false)?;
        if let Hint::Header(bytes) = hint {
            return self.begin_with(bytes);
        }
        self.begin()?;
        self.fresh = false;
        let form = match hint {
            Hint::Page(_) | Hint::Literal(_) | Hint::Attributes(_) if self.ended => {
                return Err(self.fault(XmlFault::InvalidHint("the root element has ended")));
            }
            Hint::Page(pages) => {
                for page in pages {
                    let written = self.writer.write_page(page);
                    self.placed(written)?;
                }
                return Ok(());
            }
            Hint::Literal(index) => {
                self.literal = Some(index);
                return Ok(());
            }
            Hint::Attributes(bytes) => {
                self.attributes = Some(bytes);
                return Ok(());
            }
            Hint::Bytes(bytes) => return self.tokens(&bytes),
            _ if self.open.is_empty() => {
                return Err(self.fault(XmlFault::InvalidHint("it belongs into an element")));
            }
            Hint::Content => {
                if let Some(open) = self.open.last_mut() {
                    open.long = true;
                }
                return Ok(());
            }
            Hint::Table(index) => Form::Table(index),
            Hint::Entity => Form::Entity,
            Hint::Opaque => Form::Opaque,
            Hint::Base64 => Form::Base64,
            Hint::Text | Hint::Char(_) | Hint::Header(_) => Form::Text,
        };
        self.run.form = form;
        Ok(())
    }

    /// Writes tokens as they are, after a look at whether they are some.
    fn tokens(&mut self, bytes: &[u8]) -> Result<()> {
        let expected = if self.open.is_empty() {
            "outside of the root element its bytes are processing instructions"
        } else {
            "its bytes are whole tokens other than elements"
        };
        let header = self.header();
        let start = self.header.len();
        let document = [&self.header, bytes].concat();
        let pages = (self.writer.page(), self.writer.attribute_page());
        let mut reader = Reader::inside(&document, header, start, start, pages, self.options.language)
            .limits(self.options.limits);
        loop {
            match reader.next() {
                Ok(Some(Event::ProcessingInstruction(_))) => {}
                Ok(Some(Event::Text(_) | Event::Entity(_) | Event::Opaque(_) | Event::Extension(_)))
                    if !self.open.is_empty() => {}
                // At the end of the input the reader sees the end of the element around it.
                Ok(Some(Event::End)) if reader.offset() == document.len() => break,
                _ => return Err(self.fault(XmlFault::InvalidHint(expected))),
            }
        }
        let written = self.writer.raw(bytes, pages.0, (reader.page(), reader.attribute_page()));
        self.placed(written)
    }

    /// Writes the text that has come since the last element or hint.
    fn end_run(&mut self, at_end: bool) -> Result<()> {
        let Run { form, text } = std::mem::take(&mut self.run);
        match form {
            Form::Usual if text.is_empty() => Ok(()),
            Form::Usual => self.usual_text(&text, at_end),
            Form::Text => self.inline_string(&text),
            Form::Table(index) => {
                let hint = self.table_text(&index)?;
                if *hint != *text {
                    return Err(self.differs(&hint, &text));
                }
                self.raw(&[&[STR_T], &*index].concat())
            }
            Form::Entity => {
                let mut characters = text.chars();
                let (Some(character), None) = (characters.next(), characters.next()) else {
                    return Err(self.fault(XmlFault::InvalidHint("one character comes after `entity`")));
                };
                let written = self.writer.entity(character);
                self.placed(written)
            }
            Form::Opaque => self.opaque(text.as_bytes()),
            Form::Base64 => self.base64(&text),
        }
    }

    fn usual_text(&mut self, text: &str, at_end: bool) -> Result<()> {
        let Some(content) = self.open.last().map(|open| open.content) else {
            return if is_blank(text) {
                Ok(())
            } else {
                Err(self.syntax("text outside of the root element"))
            };
        };
        let for_elements = matches!(content, Content::Container | Content::Empty);
        if is_blank(text) && (for_elements || !self.fresh || !at_end) {
            return Ok(());
        }
        if for_elements && self.options.strict {
            return Err(self.fault(XmlFault::UnexpectedText(shortened(text.trim()))));
        }
        match content {
            Content::Opaque => self.base64(text),
            Content::OpaqueText => self.opaque(&message(text)),
            _ => self.inline_string(text),
        }
    }

    fn inline_string(&mut self, text: &str) -> Result<()> {
        let charset = self.header().charset;
        let Some(bytes) = charset::encode(text, charset) else {
            return Err(self.fault(XmlFault::NotInCharset(shortened(text))));
        };
        self.raw(&[STR_I])?;
        self.raw(&bytes)?;
        self.raw(charset::terminator(charset))
    }

    fn base64(&mut self, text: &str) -> Result<()> {
        let digits: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        match BASE64.decode(digits) {
            Ok(bytes) => self.opaque(&bytes),
            Err(fault) => Err(self.fault(XmlFault::InvalidBase64(fault.to_string()))),
        }
    }

    fn opaque(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.writer.opaque(bytes);
        self.placed(written)
    }

    fn raw(&mut self, bytes: &[u8]) -> Result<()> {
        let (page, attribute_page) = (self.writer.page(), self.writer.attribute_page());
        let written = self.writer.raw(bytes, page, (page, attribute_page));
        self.placed(written)
    }

    /// Writes the header, unless it has been.
    fn begin(&mut self) -> Result<()> {
        if self.header.is_empty() {
            let mut usual = Writer::new(Vec::new()).language(self.options.language);
            usual.header()?;
            self.header = usual.finish()?;
            self.raw(&self.header.clone())?;
        }
        Ok(())
    }

    fn begin_with(&mut self, bytes: Vec<u8>) -> Result<()> {
        if !self.header.is_empty() {
            return Err(
                self.fault(XmlFault::InvalidHint("`header` comes before all others and the root element"))
            );
        }
        if !matches!(primitives::parse(primitives::header(&self.options.limits), &bytes), Ok(([], _))) {
            return Err(self.fault(XmlFault::InvalidHint("its bytes are the header of a WBXML document")));
        }
        self.header = bytes;
        self.raw(&self.header.clone())
    }

    fn header(&self) -> Header<'_> {
        // What is there has been parsed before it was put there.
        primitives::parse(primitives::header(&self.options.limits), &self.header)
            .map_or(Header::ACTIVESYNC, |(_, header)| header)
    }

    fn finish(mut self) -> Result<Vec<u8>> {
        self.end_run(false)?;
        self.no_element_due()?;
        if !self.open.is_empty() {
            return Err(self.syntax("the XML ends before its root element does"));
        }
        if !self.ended {
            return Err(self.syntax("there is no element"));
        }
        self.writer.finish()
    }

    fn placed<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| self.place.put(error))
    }

    #[cold]
    fn fault(&self, fault: XmlFault) -> Error {
        self.place.error(fault)
    }

    #[cold]
    fn syntax(&self, fault: &str) -> Error {
        self.fault(XmlFault::Syntax(fault.to_owned()))
    }

    #[cold]
    fn differs(&self, hint: &str, shown: &str) -> Error {
        self.fault(XmlFault::HintDiffers { hint: shortened(hint), shown: shortened(shown) })
    }
}

fn listed(pairs: &[Pair<'_>]) -> String {
    let listed: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
    listed.join(" ")
}
