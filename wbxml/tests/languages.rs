//! The documents of the other languages: to their XML, and back.

#![cfg(all(feature = "xml", feature = "languages"))]

mod support;

use support::canonical::canonical;
use support::{LanguageExample, language_examples};
use wbxml::xml::{Options, language_of};
use wbxml::{ACTIVESYNC, Language, Reader};

/// The language that the document names; of the OTA settings, which do not, the one they are.
fn language(example: &LanguageExample) -> &'static Language {
    let header = Reader::new(&example.wbxml).header().expect("a header");
    match header.language() {
        Some(language) => language,
        None if example.folder == "ota" => Language::by_name("OTA").expect("a language"),
        None => &ACTIVESYNC,
    }
}

#[test]
fn every_document_names_its_language() {
    for example in language_examples() {
        let folder = language(example).name.rsplit_once(' ').expect("a version").0.to_lowercase();
        assert_eq!(folder, example.folder, "{}", example.name);
        assert!(language(example).name.ends_with(&example.version) || folder == "prov", "{}", example.name);
        // And so does its XML.
        let of_xml = language_of(&example.xml).unwrap_or(&ACTIVESYNC).name;
        assert_eq!(of_xml, language(example).name, "{}", example.name);
    }
}

#[test]
fn every_document_becomes_its_xml() {
    for example in language_examples() {
        let options = Options::new().language(language(example)).strict(true);
        let xml = options.to_xml(&example.wbxml).unwrap_or_else(|fault| panic!("{}: {fault}", example.name));
        assert_eq!(canonical(&xml), canonical(&example.xml), "{}:\n{xml}", example.name);
        assert_eq!(
            language_of(&xml).map(|found| found.name),
            Some(language(example).name),
            "{}",
            example.name
        );
        assert_eq!(options.from_xml(&xml).as_ref(), Ok(&example.wbxml), "{}:\n{xml}", example.name);
    }
}

/// Of the 90 documents those that become other bytes than another encoder's, or than those that were put together by hand.
const OTHER_BYTES: [(&str, &str); 21] = [
    ("prov-access", PAGES),
    ("prov-application", PAGES),
    ("prov-proxy", TABLE),
    ("prov-sweep", PAGES),
    ("prov-tag-page-1", "a tag has its name on two pages, and nothing asks for the second one"),
    ("si-info-items", TABLE),
    ("si-strtbl-entity", TABLE),
    ("syncml11-sync", "text in Data is a string, though it could be OPAQUE"),
    ("wml11-variables", VARIABLES),
    ("wml11-variables-table", VARIABLES),
    ("wml13-entity-xml", "characters are written as they are, not as ENTITY"),
    ("wml13-ext-tableref", TABLE),
    ("wml13-publicid-strtbl", NUMBER),
    ("wml13-text", TABLE),
    ("wta-strtbl", TABLE),
    ("wtawml-call", VARIABLES),
    ("wv11-datetime-opaque", "a date is a string, though it could be OPAQUE"),
    ("wv12-block-entity", NUMBER),
    ("wv12-sweep-tags", NUMBER),
    ("wv12-sweep-values", NUMBER),
    ("wv12-watchers", NUMBER),
];

const PAGES: &str = "an attribute that is on both pages does not make a switch of the page";
const TABLE: &str = "there is no string table";
const VARIABLES: &str = "variables are extension tokens, not text";
const NUMBER: &str = "the language has a number in the registry";

#[test]
fn the_xml_becomes_a_document_that_says_the_same_and_mostly_the_same_bytes() {
    let mut others = Vec::new();
    for example in language_examples() {
        let language = language(example);
        // Which version its header names is a choice, too.
        let options = Options::new().language(language).wbxml_version(example.wbxml[0]);
        let bytes =
            options.from_xml(&example.xml).unwrap_or_else(|fault| panic!("{}: {fault}", example.name));
        let xml = options.to_xml(&bytes).unwrap_or_else(|fault| panic!("{}: {fault}", example.name));
        assert!(
            !xml.contains("<?wbxml"),
            "{}: a hint, though the encoder chose the bytes\n{xml}",
            example.name
        );
        // A variable that does not say how it is escaped is the same as one that says that it is not.
        let expected = example.xml.replace("$(who)", "$(who:noesc)");
        assert_eq!(canonical(&xml), canonical(&expected), "{}:\n{xml}", example.name);
        if bytes != example.wbxml {
            others.push(example.name.as_str());
        }
    }
    if language_examples().is_empty() {
        return;
    }
    let expected: Vec<_> = OTHER_BYTES.iter().map(|(name, _)| *name).collect();
    assert_eq!(others, expected, "{} of {}", others.len(), language_examples().len());
}
