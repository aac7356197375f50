//! quick-xml: the events of the same document as XML, and its typed values by way of serde.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde::Serialize as _;
use wbxml::xml::Options;

use crate::values::OwnedSync;

/// A document as XML without white space, which is the least there is to read.
pub(crate) fn of(document: &[u8]) -> String {
    options().to_xml(document).expect("a good document")
}

pub(crate) fn options() -> Options {
    Options::new().compact()
}

/// Names as they stand, without their namespaces, and text with its references unresolved: more would take longer.
pub(crate) fn events(xml: &str) -> usize {
    let mut reader = Reader::from_str(xml);
    let mut sum = 0;
    loop {
        sum += match reader.read_event().expect("good XML") {
            Event::Start(start) => start.name().as_ref().len(),
            Event::Empty(start) => start.name().as_ref().len() + 1,
            Event::Text(text) => text.len(),
            Event::GeneralRef(reference) => reference.len(),
            Event::End(_) => 1,
            Event::Eof => break sum,
            _ => 0,
        };
    }
}

pub(crate) fn owned(xml: &str) -> OwnedSync {
    quick_xml::de::from_str(xml).expect("good XML")
}

/// Into a buffer that has been used before.
pub(crate) fn encode(value: &OwnedSync, buffer: &mut String) {
    value
        .serialize(quick_xml::se::Serializer::with_root(buffer, Some("Sync")).expect("a good name"))
        .expect("memory takes everything");
}
