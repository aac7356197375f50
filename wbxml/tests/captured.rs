//! Captured pieces of documents: read later, kept, written again.

mod support;

use support::documents::document;
use support::from_hex;

use proptest::prelude::*;
use wbxml::codepages::{airsync, airsyncbase, email};
use wbxml::{
    AnyElement, Encode, EncodeElement as _, ErrorKind, Event, Fragment, IntoOwned as _, Limits,
    ProtocolVersion, Reader, Result, Tag, VersionSet, Writer,
};

/// Sync with the content of its first child captured, and what is read after it.
fn capture(document: &[u8]) -> Fragment<'_> {
    let mut reader = Reader::new(document);
    reader.child().unwrap();
    reader.child().unwrap().expect("a child");
    let fragment = reader.fragment().unwrap();
    while reader.next().expect("reading goes on after the fragment").is_some() {}
    fragment
}

fn events(mut reader: Reader<'_>) -> Vec<Event<'_>> {
    let mut events = Vec::new();
    while let Some(event) = reader.next().unwrap() {
        events.push(event);
    }
    events
}

/// `Sync` around what `write` writes.
fn written(write: impl Fn(&mut Writer<'_>) -> Result<()>) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    writer.header().unwrap();
    writer.start(airsync::Sync).unwrap();
    write(&mut writer).unwrap();
    writer.end().unwrap();
    writer.finish().unwrap()
}

/// ApplicationData with an e-mail's To, then Commands again on the first page.
const MAIL: &str = "03016A00 45 5D 00 02 56 0361 00 01 00 11 4A 4B 0362 00 01 01 01 00 00 16 01";

#[test]
fn a_fragment_is_read_on_its_own_page() {
    let document = from_hex(MAIL);
    let fragment = capture(&document);
    assert_eq!(fragment.as_bytes(), from_hex("00 02 56 0361 00 01 00 11 4A 4B 0362 00 01 01"));
    assert_eq!(fragment.page(), 0);
    let tags: Vec<Tag> = events(fragment.reader().unwrap())
        .into_iter()
        .filter_map(|event| if let Event::Start { tag, .. } = event { Some(tag) } else { None })
        .collect();
    assert_eq!(tags, [email::To, airsyncbase::Body, airsyncbase::Data]);
    let mut reader = fragment.reader().unwrap();
    assert_eq!(reader.child(), Ok(Some(email::To)));
    assert_eq!(reader.text().as_deref(), Ok("a"));
    assert_eq!(reader.child(), Ok(Some(airsyncbase::Body)));
    reader.skip().unwrap();
    assert_eq!(reader.child(), Ok(None));
    assert_eq!(reader.next(), Ok(None));
}

#[test]
fn fragments_of_elements_in_every_form() {
    for (hex, content) in [
        ("1D", ""),
        ("5D 01", ""),
        ("5D 0361 00 01", "0361 00"),
        ("9D 05 01", ""),
        ("DD 05 03 76 00 01 01", ""),
        ("DD 05 01 0361 00 01", "0361 00"),
        ("5D 0C 01", "0C"),
        ("5D 4C 01 00 02 01", "4C 01 00 02"),
    ] {
        let document = from_hex(&format!("03016A00 45 {hex} 00 00 0B 01"));
        let fragment = capture(&document);
        assert_eq!(fragment.as_bytes(), from_hex(content), "{hex}");
        assert_eq!(fragment.is_empty(), content.is_empty(), "{hex}");
        assert_eq!(fragment.decode::<()>(), Ok(()), "{hex}");
        let owned = fragment.clone().into_owned();
        assert_eq!(owned, fragment, "{hex}");
        assert_eq!(events(owned.reader().unwrap()), events(fragment.reader().unwrap()), "{hex}");
    }
}

#[test]
fn a_fragment_is_written_as_it_was_with_its_pages() {
    let document = from_hex(MAIL);
    let fragment = capture(&document);
    for fragment in [fragment.clone(), fragment.into_owned()] {
        let again = written(|writer| {
            writer.element(airsync::ApplicationData, &fragment)?;
            writer.empty_element(airsync::Commands)
        });
        assert_eq!(again, document);
    }
}

#[test]
fn a_fragment_from_another_page_switches_to_it_first() {
    // Captured where page 2 is in force; written where page 0 is.
    let document = from_hex("03016A00 00 02 45 50 56 0361 00 01 01 01");
    let fragment = capture(&document);
    assert_eq!((fragment.page(), fragment.as_bytes()), (2, &from_hex("56 0361 00 01")[..]));
    let again = written(|writer| writer.element(airsync::ApplicationData, &fragment));
    assert_eq!(again, from_hex("03016A00 45 5D 00 02 56 0361 00 01 01 01"));
}

#[test]
fn errors_in_a_fragment_point_into_the_document() {
    let document = from_hex("03016A00 45 5C 0F 4F 4B 0378 00 01 01 01 01");
    let mut reader = Reader::new(&document);
    reader.child().unwrap();
    reader.child().unwrap();
    reader.child().unwrap();
    reader.skip().unwrap();
    reader.child().unwrap();
    let collection = reader.fragment().unwrap();
    let number = |fragment: &Fragment<'_>| {
        let mut inside = fragment.reader().unwrap();
        inside.child().unwrap();
        inside.parse_text::<u8>("a number").expect_err("x is none").to_string()
    };
    let place = "Sync/Collections/Collection[2]/SyncKey at byte 9: expected a number, found \"x\"";
    assert_eq!(number(&collection), place);
    // Taken out of the document it has lost what was around it.
    assert_eq!(number(&collection.into_owned()), "SyncKey at byte 7: expected a number, found \"x\"");
}

#[test]
fn a_fragment_is_as_strict_as_its_reader_and_under_no_new_limit() {
    let document = from_hex("03016A00 45 5D 00 C8 05 01 01");
    let strictness = |strict: bool| {
        let mut reader = Reader::new(&document);
        reader.child().unwrap();
        reader.child().unwrap();
        // A capture reads all: strict mode refuses it at once.
        let mut reader = reader.strict(strict);
        reader.fragment().map(drop).map_err(|error| error.kind().clone())
    };
    assert_eq!(strictness(false), Ok(()));
    assert_eq!(strictness(true), Err(ErrorKind::UnknownTag(Tag::new(200, 5))));
    // Text between elements is no fault of the bytes, but of what reads them.
    let document = from_hex("03016A00 45 5D 0361 00 0B 01 01");
    let mut reader = Reader::new(&document).strict(true);
    reader.child().unwrap();
    reader.child().unwrap();
    let fragment = reader.fragment().unwrap();
    assert_eq!(*fragment.reader().unwrap().child().unwrap_err().kind(), ErrorKind::UnexpectedContent);
    // 300 elements inside of each other, which the reader was told to take.
    let deep = [from_hex("03016A00"), vec![0x45; 300], vec![0x01; 300]].concat();
    let mut reader = Reader::new(&deep).limits(Limits::NONE);
    reader.child().unwrap();
    let fragment = reader.fragment().unwrap();
    assert_eq!(fragment.decode::<()>(), Ok(()));
}

#[test]
fn a_fragment_that_leans_on_its_document_is_written_out() {
    // "hi" from the string table and an entity, in ISO-8859-1 "ä".
    let document = from_hex("03 01 04 03 686900 45 5D 4B 83 00 02 21 03E4 00 01 C3 01 FF 01 01");
    let fragment = capture(&document);
    let expected = from_hex("03016A00 45 5D 4B 03686900 02 21 03C3A4 00 01 C3 01 FF 01 01");
    assert_eq!(written(|writer| writer.element(airsync::ApplicationData, &fragment)), expected);
    let owned = fragment.into_owned();
    assert_eq!(written(|writer| writer.element(airsync::ApplicationData, &owned)), expected);
    // So are the strings of a processing instruction: an inline one, one from the table, that of an extension.
    let document = from_hex("03 01 04 03 686900 45 5D 43 05 03E400 83 00 41E400 01 01 01");
    let expected = from_hex("03016A00 45 5D 43 05 03C3A400 03686900 41C3A400 01 01 01");
    assert_eq!(written(|writer| writer.element(airsync::ApplicationData, &capture(&document))), expected);
    // Names cannot be.
    let document = from_hex("03 01 6A 03 686900 45 5D 04 00 01 01");
    let fragment = capture(&document);
    let mut writer = Writer::new(Vec::new());
    assert_eq!(*fragment.encode(&mut writer).unwrap_err().kind(), ErrorKind::StringTableNeeded);
}

#[test]
fn attribute_pages_are_kept_track_of() {
    // The first list leads to attribute page 3, on which the second one, captured, has a name for its token.
    let document = from_hex("03016A00 45 8B 00 03 05 01 5D 8B 05 01 01 01");
    let mut reader = Reader::new(&document);
    reader.child().unwrap();
    reader.child().unwrap();
    reader.skip().unwrap();
    reader.child().unwrap();
    let fragment = reader.fragment().unwrap();
    let mut inside = fragment.reader().unwrap();
    inside.next().unwrap();
    let Some(Event::Attribute(attribute)) = inside.next().unwrap() else { panic!("an attribute") };
    assert_eq!(inside.attribute_name(&attribute), "Version");
    assert_eq!(inside.attribute_value(&attribute), "1.1");
    // Where another attribute page is in force its bytes would say something else.
    let mut writer = Writer::new(Vec::new());
    assert_eq!(*fragment.encode(&mut writer).unwrap_err().kind(), ErrorKind::StringTableNeeded);
}

/// An element of all versions and one of new ones.
struct Two;
impl Encode for Two {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.element(email::To, "a")?;
        let newer = Tag::versioned(2, 0x17, VersionSet::since(ProtocolVersion::V16_0));
        writer.element(newer, "b")
    }
}

#[test]
fn a_fragment_of_a_value() {
    let fragment = Fragment::from_value("hi", None).unwrap();
    assert_eq!(fragment.as_bytes(), from_hex("03686900"));
    assert_eq!(fragment.decode::<String>().as_deref(), Ok("hi"));
    assert!(Fragment::from_value("", None).unwrap().is_empty());
    assert_eq!(Fragment::from_value("", None).unwrap(), Fragment::default());
    assert_eq!(Fragment::default().decode::<String>().as_deref(), Ok(""));
    assert!(Fragment::from_value("\0", None).is_err());

    let all = Fragment::from_value(&Two, None).unwrap();
    assert_eq!(all.as_bytes(), from_hex("00 02 56 0361 00 01 57 0362 00 01"));
    let old = Fragment::from_value(&Two, Some(ProtocolVersion::V14_0)).unwrap();
    assert_eq!(old.as_bytes(), from_hex("00 02 56 0361 00 01"));
    // The page that it ends on is in force after it.
    let document = written(|writer| {
        writer.element(airsync::ApplicationData, &old)?;
        writer.empty_element(airsync::Commands)
    });
    assert_eq!(document, from_hex("03016A00 45 5D 00 02 56 0361 00 01 01 00 00 16 01"));
}

fn any_child(document: &[u8]) -> AnyElement<'_> {
    let mut reader = Reader::new(document);
    reader.child().unwrap();
    let tag = reader.child().unwrap().expect("a child");
    let element = reader.any(tag).unwrap();
    while reader.next().expect("reading goes on after the element").is_some() {}
    element
}

#[test]
fn any_element_in_every_form_is_kept_and_written_again() {
    for (hex, text) in [
        ("0B", Some("")),
        ("4B 01", Some("")),
        ("4B 0361 00 01", Some("a")),
        ("8B 05 01", Some("")),
        ("CB 05 03 76 00 01 0361 00 01", Some("a")),
        ("5C 4F 01 01", None),
        ("7F 0361 00 01", Some("a")),
    ] {
        let document = from_hex(&format!("03016A00 45 {hex} 00 00 0C 01"));
        let element = any_child(&document);
        assert_eq!(element.as_bytes(), from_hex(hex));
        assert_eq!(element.tag().token(), element.as_bytes()[0] & 0x3F);
        assert_eq!(element.decode::<String>().ok().as_deref(), text, "{hex}");
        for element in [element.clone(), element.into_owned()] {
            let again = written(|writer| element.encode_element(writer));
            assert_eq!(again, from_hex(&format!("03016A00 45 {hex} 01")), "{hex}");
        }
    }
}

#[test]
fn any_element_of_another_page() {
    let document = from_hex("03016A00 45 00 02 56 00 11 4A 01 01 01");
    let element = any_child(&document);
    assert_eq!(element.tag(), email::To);
    for element in [element.clone(), element.into_owned()] {
        assert_eq!(element.as_bytes(), from_hex("56 00 11 4A 01 01"));
        let again = written(|writer| {
            element.encode_element(writer)?;
            // The page that it ended on is in force.
            writer.empty_element(airsyncbase::Type)
        });
        assert_eq!(again, from_hex("03016A00 45 00 02 56 00 11 4A 01 01 06 01"));
    }
}

#[test]
fn any_element_of_a_value() {
    let element = AnyElement::from_value(email::To, "a", None).unwrap();
    assert_eq!((element.tag(), element.as_bytes()), (email::To, &from_hex("56 0361 00 01")[..]));
    assert_eq!(element.decode::<String>().as_deref(), Ok("a"));
    assert_eq!(
        written(|writer| element.encode_element(writer)),
        from_hex("03016A00 45 00 02 56 0361 00 01 01")
    );
    let document = from_hex("03016A00 45 00 02 56 0361 00 01 01");
    assert_eq!(any_child(&document), element);
    let empty = AnyElement::from_value(email::To, &(), None).unwrap();
    assert_eq!(empty.as_bytes(), from_hex("16"));
}

proptest! {
    /// What is captured from any document, kept, and read, gives the events of the document.
    #[test]
    fn captured_roots_have_the_events_of_their_document(bytes in document()) {
        let mut whole = Reader::new(&bytes);
        let tag = loop {
            match whole.next().unwrap() {
                Some(Event::Start { tag, .. }) => break tag,
                Some(Event::Literal { .. }) => break Tag::new(whole.page(), Tag::LITERAL),
                Some(_) => {}
                None => unreachable!("a document has a root"),
            }
        };
        let inside = {
            let mut reader = whole.clone();
            let mut events = Vec::new();
            while let Some(event) = reader.next().unwrap() {
                let last = reader.depth() == 0;
                // Attributes of the captured element itself are no part of its content.
                if !(events.is_empty() && matches!(event, Event::Attribute(_))) {
                    events.push(event);
                }
                if last {
                    break;
                }
            }
            events
        };
        let fragment = whole.clone().fragment().unwrap();
        prop_assert_eq!(&events(fragment.reader().unwrap()), &inside);
        let owned = fragment.into_owned();
        prop_assert_eq!(&events(owned.reader().unwrap()), &inside);
        let element = whole.any(tag).unwrap();
        let kept = element.clone().into_owned();
        prop_assert_eq!(kept.as_bytes(), element.as_bytes());
        prop_assert_eq!(kept.decode::<()>(), Ok(()));
    }
}
