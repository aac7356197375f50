//! Whatever bytes there are, reading them never panics; and some hostile documents of size. What single faults come to is
//! in `hurt.rs`.

mod support;

use proptest::prelude::*;
use support::{examples, from_hex};
use wbxml::{Dump, Error, ErrorKind, Event, Limits, Reader};

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
