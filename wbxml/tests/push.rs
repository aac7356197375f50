//! A document in pieces gives the events of the whole, however it is cut.

mod support;

use proptest::prelude::*;
use support::documents::{document, latin1_document};
use support::examples;
use wbxml::{Error, ErrorKind, Event, Limits, PushReader, Reader};

/// What came: events as they display for debugging, with the names and values of attributes, and the fault in the end.
type Seen = (Vec<String>, Option<Error>);

fn whole(document: &[u8], limits: Limits) -> Seen {
    let mut reader = Reader::new(document).limits(limits);
    let mut seen = Vec::new();
    loop {
        match reader.next() {
            Ok(Some(Event::Attribute(attribute))) => seen.push(format!(
                "{attribute:?} {}={}",
                reader.attribute_name(&attribute),
                reader.attribute_value(&attribute)
            )),
            Ok(Some(event)) => seen.push(format!("{event:?}")),
            Ok(None) => return (seen, None),
            Err(error) => return (seen, Some(error)),
        }
    }
}

fn in_pieces<'d>(pieces: impl Iterator<Item = &'d [u8]>, limits: Limits) -> Seen {
    let mut reader = PushReader::new().limits(limits);
    let mut seen = Vec::new();
    for piece in pieces {
        let mut events = reader.push(piece);
        loop {
            match events.next() {
                Ok(Some(Event::Attribute(attribute))) => seen.push(format!(
                    "{attribute:?} {}={}",
                    events.attribute_name(&attribute),
                    events.attribute_value(&attribute)
                )),
                Ok(Some(event)) => seen.push(format!("{event:?}")),
                Ok(None) => break,
                Err(error) => return (seen, Some(error)),
            }
        }
    }
    (seen, reader.finish().err())
}

fn cut(document: &[u8], mut places: Vec<usize>) -> Vec<&[u8]> {
    places.extend([0, document.len()]);
    places.sort_unstable();
    places.windows(2).map(|place| &document[place[0]..place[1]]).collect()
}

#[track_caller]
fn agree(whole: &Seen, pieces: &Seen) {
    assert_eq!(whole.0, pieces.0);
    let kind = |seen: &Seen| seen.1.as_ref().map(|error| (error.offset(), without_count(error.kind())));
    assert_eq!(kind(whole), kind(pieces));
}

/// How many bytes there are too many is not known before all have come.
fn without_count(kind: &ErrorKind) -> ErrorKind {
    match kind {
        ErrorKind::TrailingBytes(_) => ErrorKind::TrailingBytes(0),
        kind => kind.clone(),
    }
}

proptest! {
    #[test]
    fn any_cut_gives_the_same_events(
        document in prop_oneof![document(), latin1_document()],
        places in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let expected = whole(&document, Limits::default());
        prop_assert_eq!(&expected.1, &None);
        let places = places.iter().map(|place| place.index(document.len() + 1)).collect();
        agree(&expected, &in_pieces(cut(&document, places).into_iter(), Limits::default()));
        agree(&expected, &in_pieces(document.chunks(1), Limits::default()));
    }

    #[test]
    fn every_part_from_the_beginning_is_incomplete_until_the_root_ends(document in document()) {
        let mut reader = Reader::new(&document);
        let mut root_end = 0;
        while let Some(event) = reader.next().unwrap() {
            if event == Event::End && reader.depth() == 0 {
                root_end = reader.offset();
            }
        }
        for end in 0..root_end {
            let (_, fault) = in_pieces([&document[..end]].into_iter(), Limits::default());
            let fault = fault.expect("a part is not all");
            prop_assert!(fault.is_incomplete(), "{fault} after {end} bytes of {document:02X?}");
        }
    }

    #[test]
    fn a_fault_is_the_same_fault(
        mut document in document(),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        size in 1..5_usize,
    ) {
        let place = place.index(document.len());
        document[place] = byte;
        agree(&whole(&document, Limits::default()), &in_pieces(document.chunks(size), Limits::default()));
    }
}

#[test]
fn the_documents_of_the_specification() {
    for example in examples() {
        let expected = whole(&example.wbxml, Limits::default());
        agree(&expected, &in_pieces(example.wbxml.chunks(1), Limits::default()));
    }
}

/// `<Sync><SyncKey>`, then `content`.
fn in_sync_key(content: &[u8]) -> Vec<u8> {
    [&[0x03, 0x01, 0x6A, 0x00, 0x45, 0x4B], content].concat()
}

#[test]
fn an_event_leaves_with_its_last_byte() {
    let document = in_sync_key(b"\x0312\x00\x01\x01");
    let mut reader = PushReader::new();
    let mut counts = Vec::new();
    for byte in document.chunks(1) {
        let mut events = reader.push(byte);
        let mut count = 0;
        while events.next().unwrap().is_some() {
            count += 1;
        }
        counts.push(count);
    }
    assert_eq!(counts, [0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1]);
    reader.finish().unwrap();
}

#[test]
fn a_fault_has_the_offset_in_the_whole_and_the_open_elements() {
    let document = in_sync_key(b"\x03\xFF\x00\x01\x01");
    let (_, fault) = in_pieces(document.chunks(2), Limits::default());
    assert_eq!(
        fault.unwrap().to_string(),
        "Sync/SyncKey at byte 6: the string is not valid in the document's character set"
    );
}

#[test]
fn a_fault_stays_the_same_fault() {
    // An unknown tag is named in the path, as the reader of the whole document does it.
    let mut reader = PushReader::new().strict(true);
    let expected = "Sync/(page 0 token 0x3F) at byte 5: the code pages have no tag 0x3F on page 0";
    for bytes in [&b"\x03\x01\x6A\x00\x45\x7F"[..], b"", b"\x01"] {
        let mut events = reader.push(bytes);
        let fault = loop {
            match events.next() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("no fault"),
                Err(fault) => break fault,
            }
        };
        assert_eq!(fault.to_string(), expected);
        assert_eq!(events.next().unwrap_err(), fault);
    }
    assert_eq!(reader.finish().unwrap_err().to_string(), expected);
}

/// Each byte of a long event is looked at a bounded number of times. Were it read from its beginning with every piece,
/// these would take hours.
#[test]
fn long_events_in_short_pieces() {
    const LENGTH: usize = 4 << 20;
    let text = [b"\x03".as_slice(), &b"a".repeat(LENGTH), b"\x00\x01\x01"].concat();
    // 4 MiB is 2 and three groups of 7 bits that are zero.
    let opaque = [b"\xC3\x82\x80\x80\x00".as_slice(), &b"\x07".repeat(LENGTH), b"\x01\x01"].concat();
    for (content, expected) in [(text, "Text("), (opaque, "Opaque(")] {
        let (seen, fault) = in_pieces(in_sync_key(&content).chunks(1), Limits::default());
        assert_eq!(fault, None);
        assert!(seen[2].starts_with(expected) && seen[2].len() > LENGTH, "{}", &seen[2][..20]);
    }
    // An attribute of many pieces, and page switches without end.
    let many = [b"\x03\x01\x6A\x00\x85\x05".as_slice(), &b"\x85".repeat(LENGTH / 4), b"\x01"].concat();
    let (seen, fault) = in_pieces(many.chunks(1), Limits::default());
    assert_eq!((seen.len(), fault), (3, None));
    let switches = [b"\x03\x01\x6A\x00\x45".as_slice(), &b"\x00\x05".repeat(LENGTH), b"\x01"].concat();
    let (seen, fault) = in_pieces(switches.chunks(1), Limits::default());
    assert_eq!((seen.len(), fault), (2, None));
}

#[test]
fn what_is_longer_than_its_limit_is_refused_before_it_is_complete() {
    let limits = Limits::default().text(1000).opaque(1000);
    let refused = |document: Vec<u8>| {
        let mut reader = PushReader::new().limits(limits);
        for (count, byte) in document.chunks(1).enumerate() {
            let mut events = reader.push(byte);
            loop {
                match events.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(error) => match error.kind() {
                        ErrorKind::LimitExceeded { limit, value: 1000 } => return (*limit, count),
                        other => panic!("{other:?}"),
                    },
                }
            }
        }
        panic!("taken");
    };
    // The string begins at 7, the length of the OPAQUE ends at 8, the attribute begins at 5.
    assert_eq!(refused(in_sync_key(&[&[0x03][..], &[b'a'; 5000]].concat())), ("text", 7 + 1000));
    assert_eq!(refused(in_sync_key(b"\xC3\xA7\x08aaaaaaaa")), ("opaque", 8));
    let pieces = [b"\x03\x01\x6A\x00\x85\x05".as_slice(), &[0x85; 5000]].concat();
    assert_eq!(refused(pieces), ("text", 5 + 1000));
}

#[test]
fn events_that_were_not_taken_come_later() {
    let document = in_sync_key(b"\x0312\x00\x01\x01");
    let mut reader = PushReader::new();
    let (first, second) = document.split_at(6);
    drop(reader.push(first));
    let mut events = reader.push(second);
    let mut count = 0;
    while events.next().unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, 5);
    assert_eq!(reader.header().unwrap().charset, 106);
    reader.finish().unwrap();
}
