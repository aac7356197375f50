//! The documents of the specification's facts: to their XML, and back to their bytes.

#![cfg(feature = "xml")]

mod support;

use support::canonical::canonical;
use support::{Example, activesync_examples, examples};
use wbxml::xml::Options;
use wbxml::{Event, Language, Reader};

wbxml::code_pages! {
    pub language W3C_SIMPLE = "tests/pages/w3c-simple";
    pub language W3C_EXPANDED = "tests/pages/w3c-expanded"
}

fn language(example: &Example) -> &'static Language {
    match example.name.as_str() {
        "w3c-wbxml-simple" => &W3C_SIMPLE,
        "w3c-wbxml-expanded" => &W3C_EXPANDED,
        _ => &wbxml::ACTIVESYNC,
    }
}

#[test]
fn every_document_becomes_its_xml() {
    for example in examples() {
        for options in [Options::new(), Options::new().compact(), Options::new().strict(true)] {
            let xml = options.language(language(example)).to_xml(&example.wbxml);
            let xml = xml.unwrap_or_else(|fault| panic!("{}: {fault}", example.name));
            assert_eq!(canonical(&xml), canonical(&example.xml), "{}:\n{xml}", example.name);
        }
    }
}

#[test]
fn the_xml_of_the_facts_becomes_every_document() {
    for example in activesync_examples() {
        for strict in [false, true] {
            let bytes = Options::new().strict(strict).from_xml(&example.xml);
            let bytes = bytes.unwrap_or_else(|fault| panic!("{}: {fault}", example.name));
            assert_eq!(bytes, example.wbxml, "{}", example.name);
        }
    }
}

#[test]
fn every_document_comes_back_from_its_own_xml() {
    for example in examples() {
        for options in [Options::new(), Options::new().compact(), Options::new().strict(true)] {
            let options = options.language(language(example));
            let xml = options.to_xml(&example.wbxml).unwrap();
            let bytes = options.from_xml(&xml);
            assert_eq!(bytes, Ok(example.wbxml.clone()), "{}:\n{xml}", example.name);
        }
    }
}

#[test]
fn documents_of_activesync_need_no_hints() {
    for example in activesync_examples() {
        let xml = wbxml::xml::to_xml(&example.wbxml).unwrap();
        assert!(!xml.contains("<?wbxml"), "{}:\n{xml}", example.name);
    }
}

#[test]
fn every_prefix_of_a_document_is_incomplete() {
    for example in examples() {
        for length in 0..example.wbxml.len() {
            let mut reader = Reader::new(&example.wbxml[..length]).language(language(example));
            let fault = loop {
                match reader.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("{}: {length} bytes are a document", example.name),
                    Err(fault) => break fault,
                }
            };
            assert!(fault.is_incomplete(), "{}, {length} bytes: {fault}", example.name);
            assert!(fault.offset().is_some_and(|offset| offset <= length), "{}: {fault:?}", example.name);
        }
    }
}

#[test]
fn every_document_has_balanced_events() {
    for example in examples() {
        let mut reader = Reader::new(&example.wbxml).language(language(example));
        let (mut depth, mut ended) = (0_u32, false);
        while let Some(event) = reader.next().unwrap() {
            assert!(!ended, "{}: {event:?} after the root", example.name);
            match event {
                Event::Start { .. } => depth += 1,
                Event::End => depth -= 1,
                _ => {}
            }
            assert_eq!(reader.depth(), depth, "{}", example.name);
            ended = depth == 0;
        }
        assert!(ended, "{}", example.name);
    }
}
