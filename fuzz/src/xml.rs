//! WBXML to XML and back, and XML to WBXML.

use std::str;

use quick_xml::events::Event;
use quick_xml::reader::NsReader;
use wbxml::xml::{Options, language_of};
use wbxml::{ACTIVESYNC, Language};

use crate::document::{self, check_fault, read};

/// The law of the XML: a document that the reader accepts comes back from its XML with the same bytes, in every form of
/// the XML; another parser takes this XML too.
pub fn to_xml(document: &[u8]) {
    let named = document::language_of(document);
    check_law(document, named);
    if named.name != ACTIVESYNC.name {
        check_law(document, &ACTIVESYNC);
    }
}

fn check_law(document: &[u8], language: &'static Language) {
    let options = Options::new().language(language);
    let lenient = read(document, language, false).fault.is_none();
    let strict = read(document, language, true).fault.is_none();
    let bare = options.clone().indent(0).declaration(false);
    let forms = [
        (options.clone(), lenient),
        (options.clone().compact(), lenient),
        (bare, lenient),
        (options.strict(true), strict),
    ];
    for (options, accepted) in forms {
        match options.to_xml(document) {
            Ok(xml) => {
                assert!(accepted, "{document:02X?}\nwas not accepted, but became\n{xml}");
                check_well_formed(&xml);
                match options.from_xml(&xml) {
                    Ok(back) => assert!(
                        back == document,
                        "{}: {document:02X?}\nbecame\n{xml}\nbecame\n{back:02X?}",
                        language.name
                    ),
                    Err(fault) => panic!("{}: {fault}\n{document:02X?}\nbecame\n{xml}", language.name),
                }
            }
            Err(fault) => {
                check_fault(&fault, document.len());
                assert!(!accepted, "{}: {fault}\n{document:02X?}", language.name);
            }
        }
    }
}

/// XML to WBXML. What comes out can be read, and its XML gives it again.
pub fn from_xml(input: &[u8]) {
    let Ok(xml) = str::from_utf8(input) else { return };
    let named = language_of(xml).unwrap_or(&ACTIVESYNC);
    for options in [Options::new().language(named), Options::new().language(named).strict(true)] {
        match options.from_xml(xml) {
            Ok(document) => {
                let reading = read(&document, named, false);
                assert_eq!(reading.fault, None, "{document:02X?}");
                check_law(&document, named);
            }
            Err(fault) => check_fault(&fault, xml.len()),
        }
    }
}

fn check_well_formed(xml: &str) {
    let mut reader = NsReader::from_str(xml);
    reader.config_mut().enable_all_checks(true);
    loop {
        match reader.read_event().unwrap_or_else(|fault| panic!("{fault} in:\n{xml}")) {
            Event::Start(start) | Event::Empty(start) => {
                for attribute in start.attributes() {
                    attribute.unwrap_or_else(|fault| panic!("{fault} in:\n{xml}"));
                }
            }
            Event::Eof => return,
            _ => {}
        }
    }
}
