//! Text is checked in windows of many strings: what is read must not depend on where they begin and end.

use proptest::prelude::*;
use wbxml::{ErrorKind, Event, Reader};

/// What a document holds, read by the shortest decoder that can be: strings are checked one by one.
fn expected(document: &[u8]) -> Vec<String> {
    let (mut seen, mut at, mut open) = (Vec::new(), 4, 0);
    while at < document.len() {
        let byte = document[at];
        at += 1;
        match byte {
            0x00 => at += 1,
            0x01 => {
                open -= 1;
                seen.push("end".to_owned());
            }
            0x03 => {
                let length = document[at..].iter().position(|&byte| byte == 0).unwrap();
                let Ok(text) = std::str::from_utf8(&document[at..at + length]) else {
                    seen.push(format!("no text at {}", at - 1));
                    return seen;
                };
                seen.push(text.to_owned());
                at += length + 1;
            }
            0xC3 => {
                let length = usize::from(document[at]);
                seen.push(format!("{:?}", &document[at + 1..at + 1 + length]));
                at += 1 + length;
            }
            tag => {
                seen.push(format!("start {:02X}", tag & 0x3F));
                if tag & 0x40 == 0 {
                    seen.push("end".to_owned());
                } else {
                    open += 1;
                }
            }
        }
    }
    assert_eq!(open, 0);
    seen
}

fn read(document: &[u8]) -> Vec<String> {
    let mut reader = Reader::new(document);
    let mut seen = Vec::new();
    loop {
        match reader.next() {
            Ok(Some(Event::Start { tag, .. })) => seen.push(format!("start {:02X}", tag.token())),
            Ok(Some(Event::Text(text))) => seen.push(text.into_owned()),
            Ok(Some(Event::Opaque(bytes))) => seen.push(format!("{bytes:?}")),
            Ok(Some(Event::End)) => seen.push("end".to_owned()),
            Ok(Some(other)) => panic!("{other:?}"),
            Ok(None) => return seen,
            Err(error) => {
                assert_eq!(*error.kind(), ErrorKind::InvalidText);
                seen.push(format!("no text at {}", error.offset().unwrap()));
                return seen;
            }
        }
    }
}

/// A child of the root, as bytes.
fn child() -> impl Strategy<Value = Vec<u8>> {
    let string = |bytes: Vec<u8>| [&[0x4B, 0x03][..], &bytes, &[0x00, 0x01]].concat();
    let text = move |pattern| prop::string::string_regex(pattern).unwrap().prop_map(String::into_bytes);
    prop_oneof![
        8 => text("[ -~]{0,30}").prop_map(string),
        6 => text("[a-zäöéß€語🦀]{0,20}").prop_map(string),
        // Around the lengths at which strings are checked by themselves, and windows end.
        2 => text("[a-z語]{250,260}").prop_map(string),
        1 => text("[ -~é]{900,3000}").prop_map(string),
        3 => prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| {
            [&[0x4B, 0xC3, u8::try_from(bytes.len()).unwrap()][..], &bytes, &[0x01]].concat()
        }),
        1 => Just(vec![0x0B]),
        1 => Just(vec![0x00, 0x01]),
    ]
}

proptest! {
    #[test]
    fn events_do_not_depend_on_windows(children in prop::collection::vec(child(), 0..120)) {
        let document = [&[0x03, 0x01, 0x6A, 0x00, 0x45][..], &children.concat(), &[0x01]].concat();
        prop_assert_eq!(read(&document), expected(&document));
    }

    #[test]
    fn bytes_that_are_no_text_are_found_at_their_string(
        children in prop::collection::vec(child(), 1..60),
        place in any::<prop::sample::Index>(),
        byte in 0x80_u8..,
    ) {
        let mut document = [&[0x03, 0x01, 0x6A, 0x00, 0x45][..], &children.concat(), &[0x01]].concat();
        // A letter becomes a byte that is no character by itself.
        let letters: Vec<usize> = (5..document.len()).filter(|&at| document[at].is_ascii_lowercase()).collect();
        prop_assume!(!letters.is_empty());
        document[letters[place.index(letters.len())]] = byte;
        prop_assert_eq!(read(&document), expected(&document));
    }
}

/// The window of the first string ends at the bytes of the OPAQUE, which hold no text.
#[test]
fn a_window_may_end_early_and_begin_anew() {
    let mut document = b"\x03\x01\x6A\x00\x45\x4B\x03a\x00\x01\x4B\xC3\x02\xFF\xFE\x01".to_vec();
    document.extend(b"\x4B\x03\xC3\xA9\x00\x01".repeat(300));
    document.push(0x01);
    let seen = read(&document);
    assert_eq!(seen, expected(&document));
    assert_eq!(seen.iter().filter(|text| *text == "é").count(), 300);
}
