//! What typed reading is made of, against bytes written by hand.

mod support;

use std::borrow::Cow;

use support::from_hex;
use wbxml::codepages::{airsync, email};
use wbxml::{
    Bytes, Decode, DecodeElement, Error, ErrorKind, Event, Flag, OrEmpty, ProtocolVersion, Reader, Result,
    Tag, Writer, from_slice,
};

/// The body of `<Sync>` in hexadecimal digits, as a document.
fn sync(inside: &str) -> Vec<u8> {
    from_hex(&format!("03016A00 45 {inside} 01"))
}

/// What `T` makes of the content of the first child of `<Sync>`.
fn first<'de, T: Decode<'de>>(document: &'de [u8]) -> Result<T> {
    first_of(Reader::new(document))
}

fn first_strict<'de, T: Decode<'de>>(document: &'de [u8]) -> Result<T> {
    first_of(Reader::new(document).strict(true))
}

fn first_of<'de, T: Decode<'de>>(mut reader: Reader<'de>) -> Result<T> {
    reader.child()?;
    reader.child()?.expect("a child");
    let value = T::decode(&mut reader)?;
    // Whatever was read, its end was too.
    assert_eq!(reader.depth(), 1);
    Ok(value)
}

#[track_caller]
fn complaint<T: std::fmt::Debug>(result: Result<T>) -> String {
    result.expect_err("an error").to_string()
}

#[test]
fn text_is_joined_and_borrowed_where_it_can_be() {
    let borrowed = |hex: &str| {
        let document = sync(hex);
        let text: Cow<'_, str> = first(&document).unwrap();
        (text.to_string(), matches!(text, Cow::Borrowed(_)))
    };
    assert_eq!(borrowed("4B 036869 00 01"), ("hi".to_owned(), true));
    assert_eq!(borrowed("0B"), (String::new(), true));
    assert_eq!(borrowed("4B 01"), (String::new(), true));
    assert_eq!(borrowed("4B C3 02 6869 01"), ("hi".to_owned(), true));
    assert_eq!(borrowed("4B 0368 00 0369 00 01"), ("hi".to_owned(), false));
    assert_eq!(borrowed("4B 0368 00 02 69 01"), ("hi".to_owned(), false));
    assert_eq!(borrowed("4B 02 68 C3 01 69 01"), ("hi".to_owned(), false));
    // Empty pieces cost nothing, and neither do instructions and attributes.
    assert_eq!(borrowed("4B 03 00 036869 00 01"), ("hi".to_owned(), true));
    assert_eq!(borrowed("4B 43 05 01 036869 00 01"), ("hi".to_owned(), true));
    assert_eq!(borrowed("CB 05 01 036869 00 01"), ("hi".to_owned(), true));
    assert_eq!(borrowed("8B 05 01"), (String::new(), true));
}

#[test]
fn text_from_the_string_table_is_borrowed_from_it() {
    let document = from_hex("03 01 6A 03 686900 45 4B 83 00 01 01");
    assert_eq!(first::<&str>(&document), Ok("hi"));
}

#[test]
fn text_is_not_elements_nor_other_tokens() {
    let text = |hex: &str| complaint(first::<String>(&sync(hex)));
    assert_eq!(
        text("4B 0368 00 0C 01"),
        "Sync/SyncKey/ClientId at byte 9: expected text, found the element ClientId"
    );
    assert_eq!(
        text("4B C3 01 FF 01"),
        "Sync/SyncKey at byte 6: the string is not valid in the document's character set"
    );
    assert_eq!(text("4B C0 01"), "Sync/SyncKey at byte 6: expected text, found the token 0xC0");
    let document = from_hex("03 01 6A 03 686900 45 4B 44 00 01 01 01");
    assert_eq!(
        complaint(first::<String>(&document)),
        "Sync/SyncKey/hi at byte 9: expected text, found the element hi"
    );
}

#[test]
fn text_in_pieces_cannot_be_a_borrowed_str() {
    let document = sync("4B 0368 00 0369 00 01");
    let error = first::<&str>(&document).expect_err("two pieces");
    assert!(matches!(error.kind(), ErrorKind::InvalidValue { .. }), "{error}");
    assert_eq!(first::<String>(&document).as_deref(), Ok("hi"));
}

#[test]
fn bytes_come_from_opaque_and_from_text() {
    let bytes = |hex: &str| {
        let document = sync(hex);
        let Bytes(bytes) = first(&document).unwrap();
        (bytes.to_vec(), matches!(bytes, Cow::Borrowed(_)))
    };
    assert_eq!(bytes("4B C3 03 00FF01 01"), (vec![0x00, 0xFF, 0x01], true));
    assert_eq!(bytes("4B 036869 00 01"), (b"hi".to_vec(), true));
    assert_eq!(bytes("0B"), (Vec::new(), true));
    assert_eq!(bytes("4B C3 00 01"), (Vec::new(), true));
    assert_eq!(bytes("4B C3 01 68 C3 01 69 01"), (b"hi".to_vec(), false));
    assert_eq!(bytes("4B 02 81 20 01"), ("\u{A0}".as_bytes().to_vec(), false));
    let document = sync("4B C3 01 68 0C 01");
    assert_eq!(
        complaint(first::<Bytes<'_>>(&document)),
        "Sync/SyncKey/ClientId at byte 9: expected bytes, found ClientId"
    );
}

#[test]
fn numbers_say_their_range() {
    assert_eq!(first::<u16>(&sync("4B 03353132 00 01")), Ok(512));
    assert_eq!(first::<i8>(&sync("4B 03 20 2D31 0A 00 01")), Ok(-1));
    assert_eq!(
        complaint(first::<u16>(&sync("4B 03 6D616E79 00 01"))),
        "Sync/SyncKey at byte 6: expected a number from 0 to 65535, found \"many\""
    );
    assert_eq!(
        complaint(first::<i8>(&sync("4B 03 313238 00 01"))),
        "Sync/SyncKey at byte 6: expected a number from -128 to 127, found \"128\""
    );
    // A short form has its place too.
    assert_eq!(
        complaint(first::<u8>(&sync("0B"))),
        "Sync/SyncKey at byte 5: expected a number from 0 to 255, found \"\""
    );
}

#[test]
fn a_long_value_is_shortened_in_an_error() {
    let document = sync(&format!("4B 03 {} 00 01", "C3A4".repeat(5000)));
    let line = complaint(first::<u8>(&document));
    assert!(line.len() < 300 && line.contains('…'), "{line}");
}

#[test]
fn parsed_text_says_what_was_expected() {
    let document = sync("4B 03 39392E39 00 01");
    let parsed = |document: &[u8]| -> Result<ProtocolVersion> {
        let mut reader = Reader::new(document);
        reader.child()?;
        reader.child()?;
        reader.parse_text("a protocol version")
    };
    assert_eq!(
        complaint(parsed(&document)),
        "Sync/SyncKey at byte 6: expected a protocol version, found \"99.9\""
    );
    assert_eq!(parsed(&sync("4B 03 20 31362E31 00 01")), Ok(ProtocolVersion::V16_1));
}

#[test]
fn booleans_and_flags() {
    let (yes, no, empty, word, other) = (
        sync("4B 0331 00 01"),
        sync("4B 0330 00 01"),
        sync("0B"),
        sync("4B 03 54727565 00 01"),
        sync("4B 0332 00 01"),
    );
    assert_eq!(first::<bool>(&yes), Ok(true));
    assert_eq!(first::<bool>(&no), Ok(false));
    // [MS-ASDTYPE] 2.1, R6: without a value it is 1.
    assert_eq!((first::<bool>(&empty), first_strict::<bool>(&empty)), (Ok(true), Ok(true)));
    assert_eq!(complaint(first::<bool>(&other)), "Sync/SyncKey at byte 6: expected 0 or 1, found \"2\"");
    assert_eq!(first::<Flag>(&yes), Ok(Flag::True));
    assert_eq!(first::<Flag>(&no), Ok(Flag::False));
    assert_eq!(first::<Flag>(&empty), Ok(Flag::Empty));
    assert_eq!(first::<Flag>(&sync("4B 01")), Ok(Flag::Empty));
    assert_eq!(
        complaint(first::<Flag>(&other)),
        "Sync/SyncKey at byte 6: expected nothing, 0 or 1, found \"2\""
    );
    // Words are taken where one is not strict.
    assert_eq!(first::<bool>(&word), Ok(true));
    assert_eq!(first::<Flag>(&word), Ok(Flag::True));
    assert!(first_strict::<bool>(&word).is_err());
    assert!(first_strict::<Flag>(&word).is_err());
    let flag = |document: &[u8]| -> Result<bool> {
        let mut reader = Reader::new(document);
        reader.child()?;
        reader.child()?;
        reader.flag()
    };
    assert_eq!((flag(&yes), flag(&no), flag(&empty)), (Ok(true), Ok(false), Ok(true)));
}

#[test]
fn an_element_that_may_be_empty() {
    let value = |hex: &str| first::<OrEmpty<String>>(&sync(hex)).unwrap();
    assert_eq!(value("0B"), OrEmpty::Empty);
    assert_eq!(value("4B 01"), OrEmpty::Empty);
    assert_eq!(value("8B 05 01"), OrEmpty::Empty);
    assert_eq!(value("CB 05 01 01"), OrEmpty::Empty);
    assert_eq!(value("4B 0330 00 01"), OrEmpty::Value("0".to_owned()));
    assert_eq!(value("CB 05 01 0330 00 01"), OrEmpty::Value("0".to_owned()));
}

#[test]
fn children_come_one_by_one_whatever_lies_between() {
    // An instruction, text, a known tag, a name from the string table, a tag of another page.
    let document = from_hex("03 01 6A 03 686900 45 43 05 01 0320 00 4B 0331 00 01 44 00 01 00 02 16 01");
    let mut reader = Reader::new(&document);
    assert_eq!(reader.child(), Ok(Some(airsync::Sync)));
    assert_eq!(reader.child(), Ok(Some(airsync::SyncKey)));
    assert_eq!(reader.text().as_deref(), Ok("1"));
    assert_eq!(reader.child(), Ok(Some(Tag::new(0, Tag::LITERAL))));
    reader.skip().unwrap();
    assert_eq!(reader.child(), Ok(Some(email::To)));
    assert_eq!(reader.child(), Ok(None), "the end of To");
    assert_eq!(reader.child(), Ok(None), "the end of Sync");
    // In strict mode text between elements is refused.
    let mut reader = Reader::new(&document).strict(true);
    assert_eq!(reader.child(), Ok(Some(airsync::Sync)));
    assert_eq!(*reader.child().expect_err("text").kind(), ErrorKind::UnexpectedContent);
}

#[test]
fn skipping_leaves_the_next_sibling_next() {
    let document = sync("5C 4F 4B 0331 00 01 C3 02 0101 00 02 16 01 01 00 00 4B 0332 00 01");
    let mut reader = Reader::new(&document);
    reader.child().unwrap();
    assert_eq!(reader.child(), Ok(Some(airsync::Collections)));
    reader.skip().unwrap();
    assert_eq!(reader.child(), Ok(Some(airsync::SyncKey)));
    assert_eq!(reader.text().as_deref(), Ok("2"));
}

/// `<Collection>` with a required SyncKey and nothing else, as derived code reads it.
#[derive(Debug, PartialEq)]
struct Collection {
    sync_key: String,
}

impl<'de> Decode<'de> for Collection {
    fn decode(reader: &mut Reader<'de>) -> Result<Self> {
        let mut sync_key = None;
        while let Some(tag) = reader.child()? {
            if tag != airsync::SyncKey {
                reader.unknown(tag)?;
                continue;
            }
            if sync_key.is_some() {
                reader.duplicate(tag, "SyncKey")?;
            }
            sync_key = Some(reader.text()?.into_owned());
        }
        match sync_key {
            Some(sync_key) => Ok(Self { sync_key }),
            None => Err(reader.missing(airsync::SyncKey, "SyncKey")),
        }
    }
}

impl<'de> DecodeElement<'de> for Collection {
    fn accepts(tag: Tag) -> bool {
        tag == airsync::Collection
    }

    fn decode_element(_: Tag, reader: &mut Reader<'de>) -> Result<Self> {
        Self::decode(reader)
    }

    fn expected() -> &'static str {
        "Collection"
    }
}

fn collection(inside: &str) -> Vec<u8> {
    from_hex(&format!("03016A00 4F {inside} 01"))
}

#[test]
fn unknown_and_doubled_elements_are_a_matter_of_strictness() {
    let one = Collection { sync_key: "1".to_owned() };
    for (hex, strict) in [
        ("4B 0331 00 01", Ok(())),
        (
            "4B 0331 00 01 5C 4F 01 01",
            Err("Collection/Collections at byte 10: expected an element of this type, found Collections"),
        ),
        (
            "4B 0332 00 01 4B 0331 00 01",
            Err("Collection/SyncKey[2] at byte 10: the element SyncKey occurs twice"),
        ),
        (
            "00 C8 05 00 00 4B 0331 00 01",
            Err("Collection/(page 200 token 0x05) at byte 7: the code pages have no tag 0x05 on page 200"),
        ),
    ] {
        let document = collection(hex);
        assert_eq!(from_slice::<Collection>(&document).as_ref(), Ok(&one), "{hex}");
        let strictly = Reader::new(&document).strict(true).decode::<Collection>();
        assert_eq!(
            strictly.map(drop).map_err(|error| error.to_string()),
            strict.map_err(str::to_owned),
            "{hex}"
        );
    }
}

#[test]
fn what_is_missing_or_out_of_place_has_a_name_and_a_place() {
    assert_eq!(
        complaint(from_slice::<Collection>(&collection("0C"))),
        "Collection at byte 6: the element SyncKey is missing"
    );
    assert_eq!(
        complaint(from_slice::<Collection>(&from_hex("03016A00 0F"))),
        "Collection at byte 4: the element SyncKey is missing"
    );
    assert_eq!(
        complaint(from_slice::<Collection>(&from_hex("03016A00 45 01"))),
        "Sync at byte 4: expected Collection, found Sync"
    );
    assert_eq!(
        complaint(from_slice::<Collection>(&from_hex("03 01 6A 03 686900 44 00 01"))),
        "hi at byte 7: expected Collection, found an element that the string table names"
    );
    let trailing = [collection("4B 0331 00 01"), vec![0x00]].concat();
    assert_eq!(
        complaint(from_slice::<Collection>(&trailing)),
        "byte 11: 1 byte after the end of the document"
    );
}

#[test]
fn events_of_each_kind() {
    let document = from_hex(
        "03 01 6A 03 686900 43 05 01 C5 05 03 76 00 01 02 21 40 61 00 81 07 C2 C4 00 06 01 01 0B 01",
    );
    let mut reader = Reader::new(&document);
    let mut seen = Vec::new();
    while let Some(event) = reader.next().unwrap() {
        let detail = match &event {
            Event::Attribute(attribute) | Event::ProcessingInstruction(attribute) => {
                format!(" {}={}", reader.attribute_name(attribute), reader.attribute_value(attribute))
            }
            _ => String::new(),
        };
        let short = format!("{event:?}");
        seen.push(format!("{}{detail}", short.split(['(', ' ']).next().unwrap_or_default()));
    }
    let expected = [
        "ProcessingInstruction _0x05=",
        "Start",
        "Attribute _0x05=v",
        "Entity",
        "Extension",
        "Extension",
        "Extension",
        "Literal",
        "Attribute _0x06=",
        "End",
        "Start",
        "End",
        "End",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn errors_of_writing_have_no_place() {
    let error: Error = Writer::new(Vec::new()).text("\0").expect_err("a NUL");
    assert_eq!((error.offset(), error.path().is_empty()), (None, true));
}
