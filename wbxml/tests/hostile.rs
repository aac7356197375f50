//! Malformed and hostile documents: which error, at which byte, in which element.

mod support;

use proptest::prelude::*;
use support::{examples, from_hex};
use wbxml::{Dump, Error, ErrorKind, Event, Limits, Reader, Tag};

/// The error that reading ends with.
fn fault_with(bytes: &[u8], strict: bool, limits: Limits) -> Option<Error> {
    let mut reader = Reader::new(bytes).strict(strict).limits(limits);
    loop {
        match reader.next() {
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(error) => return Some(error),
        }
    }
}

struct Case {
    what: &'static str,
    hex: &'static str,
    kind: ErrorKind,
    offset: usize,
    path: &'static str,
}

fn case(what: &'static str, hex: &'static str, kind: ErrorKind, offset: usize, path: &'static str) -> Case {
    Case { what, hex, kind, offset, path }
}

fn incomplete(reading: &'static str) -> ErrorKind {
    ErrorKind::Incomplete { reading, needed: None, left: 0 }
}

fn unexpected(token: u8, expected: &'static str) -> ErrorKind {
    ErrorKind::UnexpectedToken { token, expected }
}

#[rustfmt::skip] // a table
fn cases() -> Vec<Case> {
    use ErrorKind as K;
    vec![
        // The header.
        case("nothing", "", incomplete("the header"), 0, ""),
        case("unknown version", "04 01 6A 00 05", K::UnsupportedVersion(4), 0, ""),
        case("XML instead of WBXML", "3C 3F 78 6D 6C", K::UnsupportedVersion(0x3C), 0, ""),
        case("public id over 32 bits", "03 90 80 80 80 00 6A 00 05", K::IntegerTooLong, 1, ""),
        case("public id of 6 bytes", "03 80 80 80 80 80 01 6A 00 05", K::IntegerTooLong, 1, ""),
        case("charset over 32 bits", "03 01 FF FF FF FF 7F 00 05", K::IntegerTooLong, 2, ""),
        case("string table beyond the end", "03 01 6A 05 61 00", K::Incomplete { reading: "the string table", needed: Some(5), left: 2 }, 3, ""),
        case("string table of 4 GiB", "03 01 6A 8F FF FF FF 7F 61", K::LimitExceeded { limit: "string_table", value: 65536 }, 3, ""),
        // Before and after the root.
        case("no root", "03 01 6A 00", incomplete("the root element"), 4, ""),
        case("an end before the root", "03 01 6A 00 01", unexpected(0x01, "the root element"), 4, ""),
        case("text before the root", "03 01 6A 00 03 61 00 05", unexpected(0x03, "the root element"), 4, ""),
        case("OPAQUE before the root", "03 01 6A 00 C3 00 05", unexpected(0xC3, "the root element"), 4, ""),
        case("a second root", "03 01 6A 00 05 45 01", K::TrailingBytes(2), 5, ""),
        case("trailing bytes", "03 01 6A 00 45 01 00 00", K::TrailingBytes(2), 6, ""),
        case("an end after the root", "03 01 6A 00 05 01", K::TrailingBytes(1), 5, ""),
        case("text after the root", "03 01 6A 00 05 03 61 00", K::TrailingBytes(3), 5, ""),
        case("an unfinished instruction after the root", "03 01 6A 00 05 43 05", incomplete("an attribute"), 7, ""),
        // Elements and ends.
        case("missing end of the root", "03 01 6A 00 45", incomplete("an element, whose end is missing"), 5, "Sync"),
        case("missing end below", "03 01 6A 00 45 5C 01", incomplete("an element, whose end is missing"), 7, "Sync"),
        case("missing end two below", "03 01 6A 00 45 0B 5C 4F 0B", incomplete("an element, whose end is missing"), 9, "Sync/Collections/Collection"),
        case("switch to no page", "03 01 6A 00 45 00", incomplete("a page number"), 5, "Sync"),
        // Tag tokens 0 to 4 with content and attribute bits are other tokens, or none.
        case("token 0x84 is a literal without a table", "03 01 6A 00 45 84 00 01", K::InvalidStringIndex { index: 0, table: 0 }, 5, "Sync"),
        case("token 0x44 is a literal without a table", "03 01 6A 00 44 00 01", K::InvalidStringIndex { index: 0, table: 0 }, 4, ""),
        case("token 0x40 is EXT_I_0 without its string", "03 01 6A 00 45 40 61", K::Incomplete { reading: "a string", needed: None, left: 1 }, 5, "Sync"),
        case("token 0x41 before the root", "03 01 6A 00 41 61 00", unexpected(0x41, "the root element"), 4, ""),
        case("token 0xC1 before the root", "03 01 6A 00 C1", unexpected(0xC1, "the root element"), 4, ""),
        // Strings.
        case("unterminated string", "03 01 6A 00 45 4B 03 61 62", K::Incomplete { reading: "a string", needed: None, left: 2 }, 6, "Sync/SyncKey"),
        case("bytes that are no UTF-8", "03 01 6A 00 45 4B 03 61 FF 00 01 01", K::InvalidText, 6, "Sync/SyncKey"),
        case("half a character", "03 01 6A 00 45 4B 03 C3 00 01 01", K::InvalidText, 6, "Sync/SyncKey"),
        case("a surrogate in UTF-8", "03 01 6A 00 45 4B 03 ED A0 80 00 01 01", K::InvalidText, 6, "Sync/SyncKey"),
        case("UTF-32 without a reader for it", "03 01 87 79 00 45 4B 03 FF FE 00 01 01", K::UnsupportedCharset(1017), 7, "Sync/SyncKey"),
        // References to the string table.
        case("index past the table", "03 01 6A 02 61 00 45 83 02 01", K::InvalidStringIndex { index: 2, table: 2 }, 7, "Sync"),
        case("index of 4 GiB", "03 01 6A 02 61 00 45 83 8F FF FF FF 7F 01", K::InvalidStringIndex { index: u32::MAX, table: 2 }, 7, "Sync"),
        case("string without an end in the table", "03 01 6A 02 61 62 45 83 00 01", K::InvalidStringIndex { index: 0, table: 2 }, 7, "Sync"),
        case("index into the middle of a character", "03 01 6A 03 C3 A4 00 45 83 01 01", K::InvalidText, 8, "Sync"),
        case("name past the table", "03 01 6A 02 61 00 45 04 05 01", K::InvalidStringIndex { index: 5, table: 2 }, 7, "Sync"),
        case("index over 32 bits", "03 01 6A 02 61 00 45 83 FF FF FF FF FF 01", K::IntegerTooLong, 7, "Sync"),
        // OPAQUE.
        case("OPAQUE beyond the end", "03 01 6A 00 45 4B C3 50 61 62", K::Incomplete { reading: "OPAQUE", needed: Some(80), left: 2 }, 6, "Sync/SyncKey"),
        case("OPAQUE of 4 GiB", "03 01 6A 00 45 4B C3 8F FF FF FF 7F 61", K::LimitExceeded { limit: "opaque", value: 256 << 20 }, 6, "Sync/SyncKey"),
        case("OPAQUE without a length", "03 01 6A 00 45 4B C3", incomplete("a number"), 6, "Sync/SyncKey"),
        case("OPAQUE with a length of 6 bytes", "03 01 6A 00 45 4B C3 80 80 80 80 80 01 61", K::IntegerTooLong, 6, "Sync/SyncKey"),
        // Entities.
        case("a surrogate as entity", "03 01 6A 00 45 02 83 B0 00 01", K::InvalidEntity(0xD800), 5, "Sync"),
        case("an entity past Unicode", "03 01 6A 00 45 02 C4 80 00 01", K::InvalidEntity(0x0011_0000), 5, "Sync"),
        case("an entity over 32 bits", "03 01 6A 00 45 02 FF FF FF FF FF 01", K::IntegerTooLong, 5, "Sync"),
        // Attributes.
        case("an attribute list that does not end", "03 01 6A 00 85", incomplete("an attribute list"), 5, "Sync"),
        case("an attribute that does not end", "03 01 6A 00 85 05", incomplete("an attribute"), 6, "Sync"),
        case("a value without an attribute", "03 01 6A 00 85 03 61 00 01", unexpected(0x03, "an attribute"), 5, "Sync"),
        case("a value token without an attribute", "03 01 6A 00 85 86 01", unexpected(0x86, "an attribute"), 5, "Sync"),
        case("text that is none in an attribute", "03 01 6A 00 85 05 03 FF 00 01", K::InvalidText, 6, "Sync"),
        case("a reference without a table in an attribute", "03 01 6A 00 85 05 83 00 01", K::InvalidStringIndex { index: 0, table: 0 }, 6, "Sync"),
        case("an OPAQUE beyond the end in an attribute", "03 01 6A 00 85 05 C3 09 61 01", K::Incomplete { reading: "OPAQUE", needed: Some(9), left: 2 }, 6, "Sync"),
        case("an entity that is none in an attribute", "03 01 6A 00 85 05 02 83 B0 00 01", K::InvalidEntity(0xD800), 6, "Sync"),
        case("a literal with all bits as a value", "03 01 6A 02 61 00 85 05 C4 00 01", unexpected(0xC4, "an attribute"), 8, "Sync"),
        // Processing instructions.
        case("two attributes in an instruction", "03 01 6A 00 43 05 06 01 05", unexpected(0x06, "the end of the processing instruction"), 4, ""),
        case("an instruction without a target", "03 01 6A 00 43 01 05", unexpected(0x01, "an attribute"), 5, ""),
    ]
}

#[test]
fn each_fault_has_its_kind_byte_and_element() {
    for Case { what, hex, kind, offset, path } in cases() {
        // Strict mode refuses more; these it refuses alike.
        for strict in [false, true] {
            let error = fault_with(&from_hex(hex), strict, Limits::default())
                .unwrap_or_else(|| panic!("{what}: accepted"));
            assert_eq!(*error.kind(), kind, "{what}");
            assert_eq!(error.offset(), Some(offset), "{what}: {error}");
            assert_eq!(error.path().to_string(), path, "{what}: {error}");
            assert_eq!(error.is_incomplete(), matches!(kind, ErrorKind::Incomplete { .. }), "{what}");
        }
    }
}

#[test]
fn unknown_tags_and_pages_are_passed_on_or_refused() {
    let unknown_page = from_hex("03016A00 45 00C8 45 01 01");
    let unknown_token = from_hex("03016A00 45 00 17 7F 01 01");
    for (bytes, tag, offset, path) in [
        (unknown_page, Tag::new(200, 0x05), 7, "Sync/(page 200 token 0x05)"),
        (unknown_token, Tag::new(23, 0x3F), 7, "Sync/(page 23 token 0x3F)"),
    ] {
        assert_eq!(fault_with(&bytes, false, Limits::default()), None);
        let error = fault_with(&bytes, true, Limits::default()).expect("refused");
        assert_eq!(*error.kind(), ErrorKind::UnknownTag(tag));
        assert_eq!(error.offset(), Some(offset));
        assert_eq!(error.path().to_string(), path);
    }
}

#[test]
fn paths_count_siblings_of_a_name() {
    // Three collections; the third one's second SyncKey is cut off.
    let bytes = from_hex("03016A00 45 5C 0F 4F 0B 01 4F 4B 033100 01 4B 0332");
    let error = fault_with(&bytes, false, Limits::default()).expect("refused");
    assert_eq!(error.path().to_string(), "Sync/Collections/Collection[3]/SyncKey[2]");
    let steps: Vec<_> = error.path().steps().iter().map(|step| (&*step.name, step.number)).collect();
    assert_eq!(steps, [("Sync", 1), ("Collections", 1), ("Collection", 3), ("SyncKey", 2)]);
}

#[test]
fn every_limit_is_an_error_that_names_it() {
    let deep = |depth: usize| [from_hex("03016A00"), vec![0x45; depth], vec![0x01; depth]].concat();
    let none = Limits::NONE;
    let limited =
        |bytes: &[u8], limits: Limits| match fault_with(bytes, false, limits).map(|e| e.kind().clone()) {
            Some(ErrorKind::LimitExceeded { limit, value }) => Some((limit, value)),
            None => None,
            Some(other) => panic!("{other}"),
        };
    assert_eq!(limited(&deep(256), Limits::default()), None);
    assert_eq!(limited(&deep(257), Limits::default()), Some(("depth", 256)));
    assert_eq!(limited(&deep(8), none.depth(7)), Some(("depth", 7)));
    assert_eq!(limited(&deep(8), none.depth(8)), None);
    assert_eq!(limited(&deep(8), none.elements(7)), Some(("elements", 7)));
    assert_eq!(limited(&deep(8), none.elements(8)), None);
    let table = from_hex("03016A04 61620000 45 83 00 83 00 C3 03 010203 01");
    assert_eq!(limited(&table, none.string_table(3)), Some(("string_table", 3)));
    assert_eq!(limited(&table, none.string_table(4)), None);
    assert_eq!(limited(&table, none.opaque(2)), Some(("opaque", 2)));
    assert_eq!(limited(&table, none.opaque(3)), None);
    assert_eq!(limited(&table, none.referenced_text(3)), Some(("referenced_text", 3)));
    assert_eq!(limited(&table, none.referenced_text(4)), None);
    let names = from_hex("03016A02 6100 44 00 04 00 04 00 01");
    assert_eq!(limited(&names, none.referenced_text(2)), Some(("referenced_text", 2)));
    let attribute = from_hex("03016A02 6100 85 05 83 00 83 00 01");
    assert_eq!(limited(&attribute, none.referenced_text(1)), Some(("referenced_text", 1)));
    assert_eq!(limited(&attribute, none.referenced_text(2)), None);
    let text = from_hex("03016A00 45 03 61626300 01");
    assert_eq!(limited(&text, none.text(2)), Some(("text", 2)));
    assert_eq!(limited(&text, none.text(3)), None);
    let attribute = from_hex("03016A00 85 05 85 85 85 01");
    assert_eq!(limited(&attribute, none.text(3)), Some(("text", 3)));
    assert_eq!(limited(&attribute, none.text(4)), None);
}

#[test]
fn a_million_nested_elements_are_refused_or_read() {
    let depth = 1_000_000;
    let bytes = [from_hex("03016A00"), vec![0x45; depth], vec![0x01; depth]].concat();
    let error = fault_with(&bytes, false, Limits::default()).expect("refused");
    assert_eq!(*error.kind(), ErrorKind::LimitExceeded { limit: "depth", value: 256 });
    assert_eq!(error.offset(), Some(4 + 256));
    // A line about it stays a line.
    assert!(error.to_string().len() < 500, "{error}");
    assert_eq!(fault_with(&bytes, false, Limits::NONE), None);
    let error = fault_with(&bytes[..bytes.len() - 1], false, Limits::NONE).expect("refused");
    assert!(error.is_incomplete() && error.to_string().len() < 500);
    let mut reader = Reader::new(&bytes).limits(Limits::NONE);
    reader.next().expect("the root");
    reader.skip().expect("skipping is no recursion");
    assert_eq!(reader.next(), Ok(None));
}

#[test]
fn reading_on_after_an_error_does_no_harm() {
    for Case { what, hex, .. } in cases() {
        let bytes = from_hex(hex);
        let mut reader = Reader::new(&bytes);
        for _ in 0..50 {
            let _ = reader.next();
            let _ = reader.path();
            assert!(reader.offset() <= bytes.len(), "{what}");
        }
    }
}

#[test]
fn other_character_sets_and_versions() {
    let text = |hex: &str| {
        let bytes = from_hex(hex);
        let mut reader = Reader::new(&bytes);
        reader.next().expect("the root");
        match reader.next() {
            Ok(Some(Event::Text(text))) => text.into_owned(),
            other => panic!("{other:?}"),
        }
    };
    // WBXML 1.0 has no character set in its header.
    assert_eq!(text("00 01 00 45 03 C3A4 00 01"), "ä");
    assert_eq!(text("01 01 03 00 45 03 6869 00 01"), "hi");
    assert_eq!(text("02 01 00 00 45 03 6869 00 01"), "hi");
    assert_eq!(text("03 01 04 00 45 03 E4 00 01"), "ä");
    assert_eq!(text("03 01 04 00 45 03 C3A4 00 01"), "Ã¤");
}

/// Everything that reads bytes, with all results thrown away.
fn read_in_every_way(bytes: &[u8]) {
    for strict in [false, true] {
        if let Some(error) = fault_with(bytes, strict, Limits::default()) {
            assert!(error.offset().is_some_and(|offset| offset <= bytes.len()), "{error:?}");
            let _ = error.to_string();
        }
    }
    let mut reader = Reader::new(bytes);
    while let Ok(Some(event)) = reader.next() {
        let _ = reader.path();
        if let Event::Attribute(attribute) | Event::ProcessingInstruction(attribute) = event {
            let _ = (reader.attribute_name(&attribute), reader.attribute_value(&attribute));
        }
    }
    let _ = reader.path();
    let mut reader = Reader::new(bytes);
    let _ = reader.next();
    let _ = reader.clone().skip();
    let _ = reader.clone().text();
    let _ = reader.clone().opaque();
    let _ = reader.clone().flag();
    let _ = reader.clone().fragment().map(|fragment| fragment.decode::<String>());
    let _ = reader.child();
    let _ = Dump::new(bytes).to_string();
    #[cfg(feature = "xml")]
    let _ = wbxml::xml::to_xml(bytes);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        read_in_every_way(&bytes);
    }

    #[test]
    fn arbitrary_bytes_after_a_header_never_panic(
        charset in prop::sample::select(&[0x6A_u8, 0x03, 0x04, 0x00, 0x05][..]),
        rest in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let bytes = [&[0x03, 0x01, charset, 0x06, b'a', b'b', 0, 0xC3, 0xA4, 0], &*rest].concat();
        read_in_every_way(&bytes);
    }

    #[test]
    fn damaged_documents_never_panic(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        prop_assume!(!examples().is_empty());
        let mut bytes = which.get(examples()).wbxml.clone();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        read_in_every_way(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        read_in_every_way(&bytes);
    }
}

/// `<!ATTLIST>` of 50,000 references to one long string: the limit stops it at the reference that exceeds it.
#[test]
fn references_in_attributes_count_one_by_one() {
    let mut document = vec![0x03, 0x01, 0x6A, 0x84, 0x80, 0x00];
    document.resize(document.len() + 65_535, b'a');
    document.extend_from_slice(&[0x00, 0x85, 0x05]);
    for _ in 0..50_000 {
        document.extend_from_slice(&[0x83, 0x00]);
    }
    document.push(0x01);
    let mut reader = Reader::new(&document);
    reader.next().unwrap();
    let error = reader.next().unwrap_err();
    let ErrorKind::LimitExceeded { limit, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(*limit, "referenced_text");
    // The default of 16 MiB holds 256 strings of 65,535 bytes.
    assert_eq!(error.offset(), Some(document.len() - 1 - 100_000 + 2 * 256));
}

#[test]
fn text_that_could_not_be_written_again_is_refused() {
    for content in [&b"\x02\x00"[..], b"\xC3\x01\x00", b"\x03a\x00\x02\x00"] {
        let document = [b"\x03\x01\x6A\x00\x00\x07\x56\x52", content, b"\x01\x01"].concat();
        let mut reader = Reader::new(&document);
        reader.child().unwrap();
        reader.child().unwrap();
        let error = reader.text().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::NulInText, "{content:02X?}");
        assert_eq!(error.path().to_string(), "FolderSync/SyncKey");
    }
}

#[test]
fn a_character_set_that_is_not_read_is_an_error_also_where_its_bytes_look_like_ascii() {
    // ISO-2022-JP (39): ESC $ B begins two-byte characters.
    let document = b"\x03\x01\x27\x00\x45\x4B\x03\x1B$B$\"\x1B(B\x00\x01\x01";
    let mut reader = Reader::new(document);
    let error = loop {
        match reader.next() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("read without an error"),
            Err(error) => break error,
        }
    };
    assert_eq!(*error.kind(), ErrorKind::UnsupportedCharset(39));
    assert_eq!(error.path().to_string(), "Sync/SyncKey");
}
