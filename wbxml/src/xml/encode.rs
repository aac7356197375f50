//! XML to WBXML.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesPI, BytesRef, BytesStart, BytesText, Event as Xml};

use super::attributes::{self, Pair};
use super::document::Document;
use super::hint::{Hint, TARGET};
use super::names::{LITERAL, is_ncname};
use super::place::Place;
use super::run::{Form, Run};
use super::scope::Scope;
use super::text::{is_blank, is_simple, is_xml_char, is_xml_text, message};
use super::tokens::{has_extensions, text_tokens};
use super::{MAX_ATTRIBUTES, Options, XmlFault, doctype, usual_header};
use crate::charset::{self, table_string};
use crate::header::Header;
use crate::meaning;
use crate::reader::shortened;
use crate::token::{ATTRIBUTES, CONTENT, STR_I, STR_T};
use crate::{
    Attribute, Content, Error, ErrorKind, Event, Language, Reader, Result, Tag, Writer, primitives, token,
};

pub(super) fn encode(xml: &str, options: &Options, writer: Writer<'_>) -> Result<Vec<u8>> {
    // All of them: quick-xml would take one away without counting it.
    let xml = xml.trim_start_matches('\u{FEFF}');
    let mut input = quick_xml::Reader::from_str(xml);
    // Each element has its end then, written or not.
    input.config_mut().expand_empty_elements = true;
    // An element may bring a namespace of its own; hints and prefixes take a few more.
    let bindings = (options.limits.depth as usize).saturating_mul(2).saturating_add(128);
    let mut encoder = Encoder {
        place: Place { xml, at: 0 },
        options,
        scope: Scope::new(bindings),
        document: Document::new(options.language, writer),
        around: Vec::new(),
        run: Run::default(),
        fresh: false,
    };
    loop {
        encoder.place.at = usize::try_from(input.buffer_position()).unwrap_or(usize::MAX);
        // The event is looked at where it lies: moving it costs as much as reading it.
        match &input.read_event() {
            Ok(Xml::Eof) => break,
            Ok(event) => encoder.event(event)?,
            Err(fault) => return Err(encoder.fault(XmlFault::Syntax(fault.to_string()))),
        }
    }
    encoder.finish()
}

pub(super) struct Encoder<'x, 'o, 'w> {
    pub(super) place: Place<'x>,
    pub(super) options: &'o Options,
    scope: Scope<'x>,
    pub(super) document: Document<'x, 'w>,
    /// The documents around this one, which is to become bytes in an element of theirs.
    pub(super) around: Vec<Document<'x, 'w>>,
    run: Run<'x>,
    /// Nothing but text has come since the start of the element that is open.
    pub(super) fresh: bool,
}

pub(super) struct Open {
    pub(super) content: Content,
    /// It ends with an END even if it is empty.
    long: bool,
}

impl<'x> Encoder<'x, '_, '_> {
    fn event(&mut self, event: &Xml<'x>) -> Result<()> {
        match event {
            Xml::Text(text) => self.append(text),
            Xml::CData(text) => self.append(text),
            Xml::GeneralRef(reference) => self.reference(reference),
            Xml::Start(start) => {
                self.end_run(false)?;
                self.element(start)
            }
            Xml::End(_) => {
                self.end_run(true)?;
                self.scope.leave();
                self.end()
            }
            Xml::PI(instruction) if instruction.target() == TARGET => self.hint(instruction),
            Xml::Decl(_) if self.place.at > 0 => {
                Err(self.syntax("an XML declaration can stand at the very start only"))
            }
            Xml::DocType(text) if doctype::has_declarations(text) => Err(self.fault(XmlFault::DocumentType)),
            _ => Ok(()),
        }
    }

    /// An element begins.
    fn element(&mut self, start: &BytesStart<'x>) -> Result<()> {
        let Some(content) = self.source(start) else {
            return Err(self.syntax("a start tag from somewhere else"));
        };
        let entered = self.scope.enter(start, content);
        let has_only_name = entered.map_err(|fault| self.fault(XmlFault::Syntax(fault.to_string())))?;
        if has_only_name
            && self.document.may_begin_plainly()
            && let Some(info) = self.document.known.find(self.scope.default(), start.name().into_inner())
        {
            let written = self.document.writer.start(info.tag);
            self.placed(written)?;
            self.document.open.push(Open { content: info.content, long: false });
            self.fresh = true;
            return Ok(());
        }
        let (namespace, name) = match self.scope.resolve(start.name()) {
            Ok(names) => names,
            Err(prefix) => return Err(self.fault(XmlFault::UnknownPrefix(prefix))),
        };
        let namespace = namespace.to_owned();
        self.start(&namespace, name, start)
    }

    fn append(&mut self, text: &str) -> Result<()> {
        if !is_simple(text) {
            return self.append_lines(text);
        }
        match self.source(text) {
            Some(text) => self.run.push(text),
            None => self.run.push_str(text),
        }
        Ok(())
    }

    /// The same text, for as long as the XML lives: that of events lies in it.
    #[inline]
    fn source(&self, content: &str) -> Option<&'x str> {
        let from = content.as_ptr().addr().wrapping_sub(self.place.xml.as_ptr().addr());
        self.place.xml.get(from..from.checked_add(content.len())?)
    }

    /// Appends text in which line ends of all kinds become line feeds. XML 1.0, 2.11
    fn append_lines(&mut self, text: &str) -> Result<()> {
        if !is_xml_text(text) {
            let invalid = text.chars().find(|c| !is_xml_char(*c)).unwrap_or_default();
            return Err(self.fault(XmlFault::InvalidCharacter(invalid)));
        }
        self.run.push_str(&BytesText::from_escaped(text).xml10_content());
        Ok(())
    }

    #[inline]
    fn reference(&mut self, reference: &BytesRef<'x>) -> Result<()> {
        // Markup that is text: the most frequent, and often one after the other.
        match &**reference {
            "lt" => self.run.push_str("<"),
            "gt" => self.run.push_str(">"),
            "amp" => self.run.push_str("&"),
            _ => return self.other_reference(reference),
        }
        Ok(())
    }

    fn other_reference(&mut self, reference: &BytesRef<'x>) -> Result<()> {
        match reference.resolve_char_ref() {
            Ok(Some(c)) if is_xml_char(c) => self.run.push_char(c),
            Ok(Some(c)) => return Err(self.fault(XmlFault::InvalidCharacter(c))),
            Ok(None) => match self.entity(reference) {
                Some(text) => self.run.push_str(text),
                None => return Err(self.fault(XmlFault::UnknownEntity(shortened(reference)))),
            },
            Err(fault) => return Err(self.fault(XmlFault::Syntax(fault.to_string()))),
        }
        Ok(())
    }

    /// The text of an entity that XML or the document type of the language has.
    fn entity(&self, name: &str) -> Option<&'static str> {
        let entities = self.language().details().entities;
        let own = || entities.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        resolve_predefined_entity(name).or_else(own)
    }

    fn start(&mut self, namespace: &str, name: &str, start: &BytesStart<'x>) -> Result<()> {
        self.enter_at_root(namespace, name)?;
        if self.document.ended {
            return Err(self.syntax("a second root element"));
        }
        self.begin()?;
        let list = self.attribute_list(start)?;
        let content = if let Some(index) = self.document.literal.take() {
            self.check_literal(&index, name)?;
            let bits = CONTENT | if list.is_some() { ATTRIBUTES } else { 0 };
            let written = self.document.writer.start_raw(token::LITERAL | bits, &index);
            self.placed(written)?;
            Content::Any
        } else {
            let tag = self.tag(namespace, name)?;
            let written = match list {
                Some(_) => self.document.writer.start_with_attributes(tag),
                None => self.document.writer.start(tag),
            };
            self.placed(written)?;
            self.document.names.content(tag)
        };
        if let Some((bytes, page_after)) = list {
            let page = self.document.writer.attribute_page();
            self.document.writer.raw_attribute(&Attribute { page, bytes: &bytes, page_after });
            self.document.writer.end_attributes();
        }
        self.document.open.push(Open { content, long: false });
        self.fresh = true;
        Ok(())
    }

    fn tag(&self, namespace: &str, name: &str) -> Result<Tag> {
        let (language, names, page) = (self.language(), self.document.names, self.document.writer.page());
        let mut found = names.find(namespace, name, page);
        if self.options.strict {
            found = found.filter(|tag| language.tag(*tag).is_some());
        } else if found.is_none() {
            let meant = namespace.strip_suffix(':').or_else(|| names.in_other_case(namespace));
            found = meant.and_then(|namespace| names.find(namespace, name, page));
        }
        found.ok_or_else(|| {
            self.fault(XmlFault::UnknownElement {
                namespace: shortened(namespace),
                name: shortened(name),
                namespace_known: self.document.names.has_namespace(namespace),
                similar: self.document.names.similar(namespace, name),
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
        let hint = self.document.attributes.take();
        let pairs = self.pairs(start)?;
        let header = self.header();
        let mut page = self.document.writer.attribute_page();
        if let Some(mut bytes) = hint {
            let (language, limits) = (self.language(), &self.options.limits);
            let list = attributes::parse(&bytes, page, &header, language, limits).ok_or_else(|| {
                self.fault(XmlFault::InvalidHint(
                    "its bytes are an attribute list, from the first attribute to the END",
                ))
            })?;
            if !pairs.is_empty() {
                let mut left = limits.referenced_text;
                let expected = attributes::shown(&list.attributes, &header, language, &mut left);
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
            attributes::encode(&mut bytes, &mut page, pair, &pairs, &header, self.language()).ok_or_else(
                || self.fault(XmlFault::UnknownAttribute { name: shortened(name), value: shortened(value) }),
            )?;
        }
        Ok(Some((bytes, page)))
    }

    fn pairs(&self, start: &BytesStart<'x>) -> Result<Vec<Pair<'x>>> {
        let details = self.language().details();
        // A declaration of a namespace is no attribute, mostly.
        let may_bind = details.xmlns_is_attribute || !details.prefixes.is_empty();
        let mut pairs = Vec::new();
        for (position, attribute) in start.attributes().enumerate() {
            if position >= MAX_ATTRIBUTES {
                return Err(self.fault(XmlFault::TooManyAttributes(MAX_ATTRIBUTES)));
            }
            let attribute = attribute.map_err(|fault| self.fault(XmlFault::Syntax(fault.to_string())))?;
            let is_binding = attribute.key.as_namespace_binding().is_some();
            if is_binding && !may_bind {
                continue;
            }
            let value = attribute
                .normalized_value_with(XmlVersion::Implicit1_0, 1, |name| self.entity(name))
                .map_err(|fault| self.fault(XmlFault::Syntax(fault.to_string())))?;
            if let Some(invalid) = value.chars().find(|c| !is_xml_char(*c)) {
                return Err(self.fault(XmlFault::InvalidCharacter(invalid)));
            }
            if is_binding && !attributes::binds(attribute.key.0, &value, self.language()) {
                continue;
            }
            pairs.push((Cow::Owned(attribute.key.0.to_owned()), Cow::Owned(value.into_owned())));
        }
        Ok(pairs)
    }

    fn end(&mut self) -> Result<()> {
        if self.document.open.is_empty() {
            self.leave()?;
        }
        self.no_element_due()?;
        let long = self.document.open.pop().is_some_and(|open| open.long);
        let written = if long { self.document.writer.end_long() } else { self.document.writer.end() };
        self.placed(written)?;
        self.document.ended = self.document.open.is_empty();
        self.fresh = false;
        Ok(())
    }

    pub(super) fn no_element_due(&self) -> Result<()> {
        if self.document.literal.is_none() && self.document.attributes.is_none() {
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
            self.run.push_str(&text);
            return Ok(());
        }
        self.end_run(false)?;
        if let Hint::Header(bytes) = hint {
            return self.begin_with(bytes);
        }
        if let Hint::Document(bytes) = hint {
            return self.enter_with(bytes);
        }
        self.begin()?;
        self.fresh = false;
        let form = match hint {
            Hint::Page(_) | Hint::Literal(_) | Hint::Attributes(_) if self.document.ended => {
                return Err(self.fault(XmlFault::InvalidHint("the root element has ended")));
            }
            Hint::Page(pages) => {
                for page in pages {
                    let written = self.document.writer.write_page(page);
                    self.placed(written)?;
                }
                return Ok(());
            }
            Hint::Literal(index) => {
                self.document.literal = Some(index);
                return Ok(());
            }
            Hint::Attributes(bytes) => {
                self.document.attributes = Some(bytes);
                return Ok(());
            }
            Hint::Bytes(bytes) => return self.tokens(&bytes),
            _ if self.document.open.is_empty() => {
                return Err(self.fault(XmlFault::InvalidHint("it belongs into an element")));
            }
            Hint::Content => {
                if let Some(open) = self.document.open.last_mut() {
                    open.long = true;
                }
                return Ok(());
            }
            Hint::Table(index) => Form::Table(index),
            Hint::Value(bytes) => Form::Value(bytes),
            Hint::Entity => Form::Entity,
            Hint::Opaque => Form::Opaque,
            Hint::Base64 => Form::Base64,
            Hint::Text | Hint::Char(_) | Hint::Header(_) | Hint::Document(_) => Form::Text,
        };
        self.run.form = form;
        Ok(())
    }

    /// Writes tokens as they are, after a look at whether they are some.
    fn tokens(&mut self, bytes: &[u8]) -> Result<()> {
        let expected = if self.document.open.is_empty() {
            "outside of the root element its bytes are processing instructions"
        } else {
            "its bytes are whole tokens other than elements"
        };
        let header = self.header();
        let start = self.document.header.len();
        let document = [&self.document.header, bytes].concat();
        let pages = (self.document.writer.page(), self.document.writer.attribute_page());
        let mut reader = Reader::inside(&document, header, start, start, pages, self.language())
            .limits(self.options.limits);
        loop {
            match reader.next() {
                Ok(Some(Event::ProcessingInstruction(_))) => {}
                Ok(Some(Event::Text(_) | Event::Entity(_) | Event::Opaque(_) | Event::Extension(_)))
                    if !self.document.open.is_empty() => {}
                // At the end of the input the reader sees the end of the element around it.
                Ok(Some(Event::End)) if reader.offset() == document.len() => break,
                _ => return Err(self.fault(XmlFault::InvalidHint(expected))),
            }
        }
        let written = self.document.writer.raw(bytes, pages.0, (reader.page(), reader.attribute_page()));
        self.placed(written)
    }

    /// Writes the text that has come since the last element or hint.
    #[inline]
    fn end_run(&mut self, at_end: bool) -> Result<()> {
        let only = std::mem::take(&mut self.run.only);
        match self.run.form {
            Form::Usual if self.run.joined.is_empty() => {
                if only.is_empty() {
                    Ok(())
                } else {
                    self.usual_text(only, at_end)
                }
            }
            _ => self.end_rare_run(only, at_end),
        }
    }

    fn end_rare_run(&mut self, only: &str, at_end: bool) -> Result<()> {
        let form = std::mem::take(&mut self.run.form);
        let mut joined = std::mem::take(&mut self.run.joined);
        let text = if joined.is_empty() { only } else { &joined };
        match form {
            Form::Usual => self.usual_text(text, at_end),
            Form::Text => self.inline_string(text),
            Form::Table(index) => {
                let hint = self.table_text(&index)?;
                if *hint != *text {
                    return Err(self.differs(&hint, text));
                }
                self.raw(&[&[STR_T], &*index].concat())
            }
            Form::Value(bytes) => {
                let hint = self.value_text(&bytes)?;
                if *hint != *text {
                    return Err(self.differs(&hint, text));
                }
                self.raw(&bytes)
            }
            Form::Entity => {
                let mut characters = text.chars();
                let (Some(character), None) = (characters.next(), characters.next()) else {
                    return Err(self.fault(XmlFault::InvalidHint("one character comes after `entity`")));
                };
                let written = self.document.writer.entity(character);
                self.placed(written)
            }
            Form::Opaque => self.opaque(text.as_bytes()),
            Form::Base64 => self.base64(text),
        }?;
        joined.clear();
        self.run.joined = joined;
        Ok(())
    }

    fn usual_text(&mut self, text: &str, at_end: bool) -> Result<()> {
        let Some(content) = self.document.open.last().map(|open| open.content) else {
            return if is_blank(text) {
                Ok(())
            } else {
                Err(self.syntax("text outside of the root element"))
            };
        };
        let for_elements = matches!(content, Content::Container | Content::Empty);
        if is_blank(text) && content != Content::Mixed && (for_elements || !self.fresh || !at_end) {
            return Ok(());
        }
        if for_elements && self.options.strict {
            return Err(self.fault(XmlFault::UnexpectedText(shortened(text.trim()))));
        }
        match content {
            Content::Opaque => self.base64(text),
            Content::OpaqueText => self.opaque(&message(text)),
            content => match meaning::to_opaque(content, text) {
                Some(bytes) => self.opaque(&bytes),
                None if has_extensions(self.language()) => {
                    match text_tokens(text, &self.header(), self.language()) {
                        Some(tokens) => self.raw(&tokens),
                        None => Err(self.fault(XmlFault::NotInCharset(shortened(text)))),
                    }
                }
                None => self.inline_string(text),
            },
        }
    }

    /// The text that a token of these bytes stands for in the element that is open.
    fn value_text(&self, bytes: &[u8]) -> Result<String> {
        let header = self.header();
        let start = self.document.header.len();
        let document = [&self.document.header, bytes].concat();
        let content = self.document.open.last().map_or(Content::Any, |open| open.content);
        let mut left = self.options.limits.referenced_text;
        let mut reader = Reader::inside(&document, header, start, start, (0, 0), self.language())
            .limits(self.options.limits);
        let text = match reader.next() {
            Ok(Some(Event::Extension(extension))) => {
                meaning::of_extension(&extension, &header, self.language(), &mut left).map(Cow::into_owned)
            }
            Ok(Some(Event::Opaque(value))) => meaning::of_opaque(content, value).map(Cow::into_owned),
            _ => None,
        };
        text.filter(|_| reader.offset() == document.len()).ok_or_else(|| {
            self.fault(XmlFault::InvalidHint(
                "its bytes are one token, an extension or OPAQUE, that stands for text in this element",
            ))
        })
    }

    fn inline_string(&mut self, text: &str) -> Result<()> {
        if self.document.is_utf8 && !text.is_empty() {
            let written = self.document.writer.text(text);
            return written.map_err(|error| match error.kind() {
                ErrorKind::NulInText => self.fault(XmlFault::NotInCharset(shortened(text))),
                _ => self.place.put(error),
            });
        }
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

    pub(super) fn opaque(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.document.writer.opaque(bytes);
        self.placed(written)
    }

    fn raw(&mut self, bytes: &[u8]) -> Result<()> {
        let (page, attribute_page) = (self.document.writer.page(), self.document.writer.attribute_page());
        let written = self.document.writer.raw(bytes, page, (page, attribute_page));
        self.placed(written)
    }

    /// Writes the header, unless it has been.
    fn begin(&mut self) -> Result<()> {
        if self.document.header.is_empty() {
            let version = match self.around.last() {
                Some(around) => around.header.first().copied().unwrap_or_default(),
                None => self.options.header_version(),
            };
            let header = usual_header(self.language(), version)?;
            self.write_header(header)?;
        }
        Ok(())
    }

    pub(super) fn begin_with(&mut self, bytes: Vec<u8>) -> Result<()> {
        if !self.document.header.is_empty() {
            return Err(
                self.fault(XmlFault::InvalidHint("`header` comes before all others and the root element"))
            );
        }
        if !matches!(primitives::parse(primitives::header(&self.options.limits), &bytes), Ok(([], _))) {
            return Err(self.fault(XmlFault::InvalidHint("its bytes are the header of a WBXML document")));
        }
        self.write_header(bytes)
    }

    fn write_header(&mut self, bytes: Vec<u8>) -> Result<()> {
        self.raw(&bytes)?;
        self.document.header = bytes;
        self.document.is_utf8 = self.header().charset_is_utf8();
        Ok(())
    }

    fn header(&self) -> Header<'_> {
        // What is there has been parsed before it was put there.
        primitives::parse(primitives::header(&self.options.limits), &self.document.header)
            .map_or(Header::ACTIVESYNC, |(_, header)| header)
    }

    fn finish(mut self) -> Result<Vec<u8>> {
        self.end_run(false)?;
        self.no_element_due()?;
        if !self.document.open.is_empty() {
            return Err(self.syntax("the XML ends before its root element does"));
        }
        if !self.document.ended {
            return Err(self.syntax("there is no element"));
        }
        self.document.writer.finish()
    }

    pub(super) fn language(&self) -> &'static Language {
        self.document.names.language()
    }

    pub(super) fn placed<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| self.place.put(error))
    }

    #[cold]
    pub(super) fn fault(&self, fault: XmlFault) -> Error {
        self.place.error(fault)
    }

    #[cold]
    pub(super) fn syntax(&self, fault: &str) -> Error {
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
