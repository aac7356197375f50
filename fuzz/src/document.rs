//! A document read event by event, and what holds for any reading.

use std::borrow::Cow;
use std::mem::discriminant;

use wbxml::{Error, Event, Language, Reader};

/// What a reader gave: the events, and the fault in the end.
#[derive(Debug)]
pub(crate) struct Reading<'d> {
    pub(crate) events: Vec<Seen<'d>>,
    pub(crate) fault: Option<Error>,
    /// The offset after the end of the root.
    pub(crate) root_end: Option<usize>,
}

/// An event, and of an attribute its name and value.
#[derive(Debug, PartialEq)]
pub(crate) struct Seen<'d> {
    pub(crate) event: Event<'d>,
    pub(crate) spelt: Option<(Cow<'d, str>, Cow<'d, str>)>,
}

/// The language that a document names, as the program `wbxml` picks it.
pub(crate) fn language_of(document: &[u8]) -> &'static Language {
    let header = Reader::new(document).header();
    header.ok().and_then(|header| header.language()).unwrap_or(&wbxml::ACTIVESYNC)
}

/// Reads a whole document.
pub(crate) fn read<'d>(document: &'d [u8], language: &'static Language, strict: bool) -> Reading<'d> {
    let mut reader = Reader::new(document).language(language).strict(strict);
    let mut reading = Reading { events: Vec::new(), fault: None, root_end: None };
    let mut depth = 0_u32;
    let mut before = 0;
    loop {
        let event = match reader.next() {
            Ok(Some(event)) => event,
            Ok(None) => {
                assert_eq!((depth, reader.offset()), (0, document.len()), "it ended before its end");
                assert_eq!(reader.next(), Ok(None), "nothing comes after the end");
                return reading;
            }
            Err(fault) => {
                check_fault(&fault, document.len());
                reading.fault = Some(fault);
                return reading;
            }
        };
        let token = reader.token_offset();
        assert!(before <= token && token < reader.offset() && reader.offset() <= document.len());
        before = token;
        match &event {
            Event::Start { .. } | Event::Literal { .. } => depth += 1,
            Event::End => {
                depth = depth.checked_sub(1).expect("an element ends that has begun");
                if depth == 0 {
                    reading.root_end = Some(reader.offset());
                }
            }
            _ => {}
        }
        assert_eq!(depth, reader.depth());
        let spelt = match &event {
            Event::Attribute(attribute) | Event::ProcessingInstruction(attribute) => {
                Some((reader.attribute_name(attribute), reader.attribute_value(attribute)))
            }
            _ => None,
        };
        reading.events.push(Seen { event, spelt });
    }
}

/// A fault lies within the document, and says what it has to say on one line.
pub(crate) fn check_fault(fault: &Error, length: usize) {
    assert!(fault.offset().is_none_or(|offset| offset <= length), "{fault:?} in {length} bytes");
    let said = fault.to_string();
    assert!(!said.is_empty() && !said.contains(['\n', '\r']), "{said:?}");
}

/// Two faults of one kind at one place.
pub(crate) fn check_same_fault(one: Option<&Error>, other: Option<&Error>) {
    let kind = |fault: Option<&Error>| fault.map(|fault| discriminant(fault.kind()));
    assert_eq!(kind(one), kind(other), "{one:?}\n{other:?}");
    if let (Some(one), Some(other)) = (one, other)
        && !one.is_incomplete()
    {
        assert_eq!(one.offset(), other.offset(), "{one:?}\n{other:?}");
    }
}
