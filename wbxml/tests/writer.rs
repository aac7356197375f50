//! The writer, against bytes written by hand.

mod support;

use std::io;

use support::documents::document;
use support::from_hex;

use proptest::prelude::*;
use wbxml::codepages::{airsync, airsyncbase, email, email2};
use wbxml::{
    Encode as _, EncodeElement, ErrorKind, Event, Extension, Header, IoSink, Limits, ProtocolVersion,
    PublicId, Reader, Result, Sink, Tag, VersionSet, Writer,
};

/// The bytes after the header.
fn written(write: impl FnOnce(&mut Writer<'_>) -> Result<()>) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    write(&mut writer).unwrap();
    writer.finish().unwrap()
}

#[test]
fn headers() {
    let mut writer = Writer::new(Vec::new());
    writer.header().unwrap();
    assert_eq!(writer.finish(), Ok(from_hex("03 01 6A 00")));
    let header = |version, public_id, charset, string_table: &[u8]| {
        let mut header: Header<'_> = Header::ACTIVESYNC;
        (header.version, header.public_id, header.charset) = (version, public_id, charset);
        header.string_table = string_table;
        written(|writer| writer.header_of(&header))
    };
    assert_eq!(header(1, PublicId::Known(0x1101), 3, b"a\0"), from_hex("01 A201 03 02 6100"));
    assert_eq!(header(3, PublicId::StringTable(5), 1015, b""), from_hex("03 00 05 8777 00"));
    // WBXML 1.0 has no character set in its header.
    assert_eq!(header(0, PublicId::Known(1), 106, b""), from_hex("00 01 00"));
}

#[test]
fn elements_without_content_are_short() {
    let bytes = written(|writer| {
        writer.start(airsync::Sync)?;
        writer.empty_element(airsync::MoreAvailable)?;
        writer.element(airsync::SyncKey, "")?;
        writer.start(airsync::Commands)?;
        writer.end_long()?;
        writer.element(airsync::SyncKey, "0")?;
        writer.end()
    });
    assert_eq!(bytes, from_hex("45 14 0B 56 01 4B 0330 00 01 01"));
}

#[test]
fn pages_are_switched_when_they_change() {
    let bytes = written(|writer| {
        writer.start(airsync::ApplicationData)?;
        writer.element(email::To, "a")?;
        writer.element(email::Read, &true)?;
        writer.start(airsyncbase::Body)?;
        writer.element(airsyncbase::Type, &1_u8)?;
        writer.end()?;
        writer.element(email::Flag, &())?;
        writer.end()
    });
    let expected = "5D 00 02 56 0361 00 01 55 0331 00 01 00 11 4A 46 0331 00 01 01 00 02 3A 01";
    assert_eq!(bytes, from_hex(expected));
}

#[test]
fn content_of_every_kind() {
    let bytes = written(|writer| {
        writer.start(email2::ConversationId)?;
        writer.text("h\u{E4}")?;
        writer.text("")?;
        writer.display(&-5)?;
        writer.display("")?;
        writer.opaque(&[0, 1])?;
        writer.opaque(&[])?;
        writer.entity('\u{A0}')?;
        writer.table_text(200)?;
        writer.extension(&Extension::Text(1, "x".into()))?;
        writer.extension(&Extension::Number(2, 128))?;
        writer.extension(&Extension::Byte(0))?;
        writer.end()
    });
    let expected = "00 16 49 0368C3A4 00 032D35 00 C3 02 0001 C3 00 02 8120 83 8148 41 7800 82 8100 C0 01";
    assert_eq!(bytes, from_hex(expected));
}

#[test]
fn numbers_are_written_in_decimal() {
    let text = |write: &dyn Fn(&mut Writer<'_>) -> Result<()>| {
        let bytes = written(|writer| {
            writer.start(airsync::Sync)?;
            write(writer)?;
            writer.end()
        });
        String::from_utf8(bytes[2..bytes.len() - 2].to_vec()).unwrap()
    };
    assert_eq!(text(&|writer| u64::MAX.encode(writer)), "18446744073709551615");
    assert_eq!(text(&|writer| i64::MIN.encode(writer)), "-9223372036854775808");
    assert_eq!(text(&|writer| u32::MAX.encode(writer)), "4294967295");
    assert_eq!(text(&|writer| i32::MIN.encode(writer)), "-2147483648");
    assert_eq!(text(&|writer| i16::MIN.encode(writer)), "-32768");
    assert_eq!(text(&|writer| u16::MAX.encode(writer)), "65535");
    assert_eq!(text(&|writer| i8::MIN.encode(writer)), "-128");
    assert_eq!(text(&|writer| 0_u8.encode(writer)), "0");
    // As an element, also through pointers.
    let bytes = written(|writer| {
        writer.element(airsync::Status, &Box::new(&u64::MAX))?;
        writer.element(airsync::Status, &-1_i8)
    });
    assert_eq!(bytes, b"\x4E\x0318446744073709551615\0\x01\x4E\x03-1\0\x01");
}

#[test]
fn text_of_any_length_is_looked_through() {
    for length in (1..70).chain([1000]) {
        let text = "x".repeat(length);
        let bytes = written(|writer| writer.element(airsync::Status, &*text));
        assert_eq!(bytes, [b"\x4E\x03", text.as_bytes(), b"\0\x01"].concat());
        for place in [0, length / 2, length - 1] {
            let mut text = text.clone().into_bytes();
            text[place] = 0;
            let text = String::from_utf8(text).unwrap();
            let mut writer = Writer::new(Vec::new());
            assert_eq!(*writer.element(airsync::Status, &text).unwrap_err().kind(), ErrorKind::NulInText);
            assert_eq!(*writer.text(&text).unwrap_err().kind(), ErrorKind::NulInText);
        }
    }
}

#[test]
fn attributes_and_names_from_the_string_table() {
    let bytes = written(|writer| {
        writer.start_with_attributes(Tag::new(3, 0x05))?;
        writer.attribute(3, 0x05, "")?;
        writer.end_attributes();
        writer.start_with_attributes(Tag::new(3, 0x06))?;
        writer.attribute(3, 0x05, "a")?;
        writer.attribute(0, 0x06, "b")?;
        writer.end_attributes();
        writer.text("x")?;
        writer.end()?;
        writer.start_literal(5, false)?;
        writer.end()?;
        writer.start_literal(5, false)?;
        writer.text("x")?;
        writer.end()?;
        writer.start_literal(300, true)?;
        writer.attribute(0, 0x05, "")?;
        writer.end_attributes();
        writer.end()?;
        writer.end()
    });
    let expected = "00 03 C5 00 03 05 01 C6 05 0361 00 00 00 06 0362 00 01 0378 00 01 04 05 44 05 0378 00 01 84 822C 05 01 01";
    assert_eq!(bytes, from_hex(expected));
}

#[test]
fn what_strings_cannot_hold_is_refused() {
    let mut writer = Writer::new(Vec::new());
    assert_eq!(*writer.text("a\0b").unwrap_err().kind(), ErrorKind::NulInText);
    assert_eq!(*writer.display(&'\0').unwrap_err().kind(), ErrorKind::NulInText);
    assert_eq!(*writer.attribute(0, 5, "\0").unwrap_err().kind(), ErrorKind::NulInText);
    let extension = Extension::Text(0, "\0".into());
    assert_eq!(*writer.extension(&extension).unwrap_err().kind(), ErrorKind::NulInText);
    assert!(matches!(writer.extension(&Extension::Byte(3)).unwrap_err().kind(), ErrorKind::InvalidWrite(_)));
    assert!(writer.text("a\0b").unwrap_err().to_string().contains("OPAQUE"), "it says what to do");
}

#[test]
fn ends_and_starts_must_balance() {
    let mut writer = Writer::new(Vec::new());
    assert!(matches!(writer.end().unwrap_err().kind(), ErrorKind::InvalidWrite(_)));
    let mut writer = Writer::new(Vec::new());
    writer.start(airsync::Sync).unwrap();
    assert!(matches!(writer.finish().unwrap_err().kind(), ErrorKind::InvalidWrite(_)));
}

#[test]
fn depth_is_limited() {
    let mut writer = Writer::new(Vec::new()).limits(Limits::default().depth(3));
    for _ in 0..3 {
        writer.start(airsync::Sync).unwrap();
    }
    let error = writer.start(airsync::Sync).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::LimitExceeded { limit: "depth", value: 3 });
    for error in [writer.element(airsync::Status, "1"), writer.element(airsync::Status, &1)] {
        assert_eq!(*error.unwrap_err().kind(), ErrorKind::LimitExceeded { limit: "depth", value: 3 });
    }
    // By default as deep as a reader takes.
    let mut writer = Writer::new(Vec::new());
    let depth = (0..1000).take_while(|_| writer.start(airsync::Sync).is_ok()).count();
    assert_eq!(depth, 256);
}

const NEW: Tag = Tag::versioned(0, 0x1C, VersionSet::since(ProtocolVersion::V14_0));

#[test]
fn what_a_version_lacks_is_left_out_or_refused() {
    let write = |writer: Writer<'_>| {
        let mut writer = writer;
        writer.start(airsync::Sync)?;
        writer.element(NEW, "a")?;
        writer.opaque_element(NEW, b"b")?;
        writer.end()?;
        writer.finish()
    };
    let writer = || Writer::new(Vec::new());
    let all = from_hex("45 5C 0361 00 01 5C C3 01 62 01 01");
    assert_eq!(write(writer()), Ok(all.clone()));
    assert_eq!(write(writer().version(ProtocolVersion::V16_1)), Ok(all));
    assert_eq!(write(writer().version(ProtocolVersion::V12_1)), Ok(from_hex("05")));
    let error = write(writer().version(ProtocolVersion::V12_1).refuse_other_versions(true)).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotInVersion { tag: NEW, version: ProtocolVersion::V12_1 });
    assert!(writer().writes(NEW) && !writer().version(ProtocolVersion::V2_5).writes(NEW));
}

/// Keeps what it gets, and the sizes of the pieces.
#[derive(Default)]
struct Pieces {
    bytes: Vec<u8>,
    sizes: Vec<usize>,
}

impl Sink for Pieces {
    fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        self.bytes.extend_from_slice(bytes);
        self.sizes.push(bytes.len());
        Ok(())
    }
}

/// Writes something of `length` bytes, then elements in every form, so that some lie across a flush.
fn long_document(writer: &mut Writer<'_>, length: usize) -> Result<()> {
    writer.header()?;
    writer.start(airsync::Sync)?;
    writer.element(airsync::SyncKey, &*"k".repeat(length))?;
    for number in 0..40 {
        writer.empty_element(airsync::MoreAvailable)?;
        writer.element(airsync::Status, &number)?;
        writer.start(email::Categories)?;
        writer.end_long()?;
        writer.start_with_attributes(email::Flag)?;
        writer.attribute(0, 5, "value")?;
        writer.end_attributes();
        writer.end()?;
    }
    writer.end()
}

#[test]
fn a_sink_gets_the_same_bytes_wherever_it_is_flushed() {
    // The buffer is 16 KiB: every position of what follows comes to lie on its end.
    for length in (16 << 10) - 600..(16 << 10) + 10 {
        let mut whole = Writer::new(Vec::new());
        long_document(&mut whole, length).unwrap();
        let whole = whole.finish().unwrap();
        let mut pieces = Pieces::default();
        let mut writer = Writer::with_sink(&mut pieces);
        long_document(&mut writer, length).unwrap();
        assert_eq!(writer.finish(), Ok(Vec::new()));
        assert!(pieces.bytes == whole, "length {length}");
    }
}

#[test]
fn a_sink_gets_pieces_of_bounded_size() {
    let mut pieces = Pieces::default();
    let mut writer = Writer::with_sink(&mut pieces);
    writer.header().unwrap();
    writer.start(airsync::Sync).unwrap();
    for number in 0..20_000 {
        writer.element(airsync::SyncKey, &number).unwrap();
    }
    writer.end().unwrap();
    writer.finish().unwrap();
    assert!(pieces.bytes.len() > 100_000);
    assert!(pieces.sizes.iter().all(|size| *size < 17 << 10), "{:?}", pieces.sizes);
}

#[test]
fn long_bytes_go_by_the_buffer() {
    for length in [0, 1, 127, 128, (16 << 10) - 1, 16 << 10, (16 << 10) + 1, 1 << 20] {
        let bytes = vec![0xAB; length];
        let mut pieces = Pieces::default();
        let mut writer = Writer::with_sink(&mut pieces);
        writer.start(email2::ConversationId).unwrap();
        writer.opaque(&bytes).unwrap();
        writer.end().unwrap();
        writer.finish().unwrap();
        let expected = written(|writer| writer.opaque_element(email2::ConversationId, &bytes));
        assert!(pieces.bytes == expected, "length {length}");
        assert_eq!(pieces.sizes.contains(&length), length >= 16 << 10, "length {length}: {:?}", pieces.sizes);
    }
}

#[test]
fn a_long_attribute_is_no_end_of_its_element() {
    let mut pieces = Pieces::default();
    let mut writer = Writer::with_sink(&mut pieces);
    writer.start_with_attributes(airsync::Sync).unwrap();
    writer.attribute(0, 5, &"v".repeat(20 << 10)).unwrap();
    writer.end_attributes();
    writer.end().unwrap();
    writer.finish().unwrap();
    assert_eq!(pieces.bytes[..3], [0x85, 0x05, 0x03]);
    assert_eq!(pieces.bytes.len(), 3 + (20 << 10) + 2);
}

struct Folder;

impl EncodeElement for Folder {
    fn encode_element(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.element(airsync::SyncKey, "0")
    }
}

const FOLDER: &[u8] = b"\x03\x01\x6A\x00\x4B\x030\x00\x01";

/// An element with text of `length` bytes in three others.
struct Long(usize);

impl EncodeElement for Long {
    fn encode_element(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.start(airsync::Sync)?;
        writer.start(airsync::Collections)?;
        writer.start(airsync::Collection)?;
        writer.element(airsync::SyncKey, &*"k".repeat(self.0))?;
        writer.end()?;
        writer.end()?;
        writer.end()
    }
}

#[test]
fn a_value_is_not_taken_for_nothing_when_its_last_bytes_are_as_many_as_the_header() {
    // The text goes to the sink at once; four ENDs are left.
    let mut output = Vec::new();
    wbxml::to_writer(&mut output, &Long(20 << 10)).unwrap();
    assert_eq!(Ok(output), wbxml::to_vec(&Long(20 << 10)));
}

/// Fails after some bytes, or when it is flushed.
struct Broken {
    takes: usize,
}

impl io::Write for Broken {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.takes);
        self.takes -= taken;
        if taken == 0 { Err(io::Error::other("the disk is full")) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::Error::other("the plug was pulled"))
    }
}

#[test]
fn whole_values() {
    assert_eq!(wbxml::to_vec(&Folder).as_deref(), Ok(FOLDER));
    let mut output = Vec::new();
    wbxml::to_writer(&mut output, &Folder).unwrap();
    assert_eq!(output, FOLDER);
    let before = b"before".to_vec();
    assert_eq!(Writer::new(before).encode(&Folder).unwrap(), [b"before", FOLDER].concat());
    // The error of the sink, of its last bytes too.
    let error = |takes| wbxml::to_writer(Broken { takes }, &Folder).unwrap_err().to_string();
    assert_eq!(error(3), "writing failed: the disk is full");
    assert_eq!(error(100), "writing failed: the plug was pulled");
    let mut sink = IoSink(Broken { takes: 0 });
    assert!(matches!(Writer::with_sink(&mut sink).encode(&Folder).unwrap_err().kind(), ErrorKind::Sink(_)));
}

/// The events of a document, with its attributes' names and values instead of their bytes.
fn spelled(bytes: &[u8]) -> Vec<String> {
    let mut reader = Reader::new(bytes).limits(Limits::NONE);
    let mut spelled: Vec<String> = Vec::new();
    while let Some(event) = reader.next().unwrap() {
        spelled.push(match event {
            Event::Attribute(it) | Event::ProcessingInstruction(it) => {
                format!("{} {}", reader.attribute_name(&it), reader.attribute_value(&it))
            }
            // An empty string is written as nothing.
            Event::Text(text) if text.is_empty() => continue,
            // A writer leaves out a content bit that stands for nothing.
            Event::Start { tag, .. } => format!("<{tag}>"),
            other => format!("{other:?}"),
        });
    }
    spelled
}

proptest! {
    /// Events that lean on no string table and have no attributes can be written as they were read.
    #[test]
    fn events_can_be_written_again(bytes in document()) {
        let mut reader = Reader::new(&bytes);
        let mut writer = Writer::new(Vec::new());
        let mut header = reader.header().unwrap();
        // Text is written in UTF-8.
        header.charset = 106;
        writer.header_of(&header).unwrap();
        while let Some(event) = reader.next().unwrap() {
            match writer.event(&event) {
                Ok(()) => {}
                Err(error) => {
                    prop_assert_eq!(error.kind(), &ErrorKind::StringTableNeeded);
                    let leans = matches!(event, Event::Literal { .. } | Event::Attribute(_));
                    prop_assert!(leans, "{:?}", event);
                    return Ok(());
                }
            }
        }
        prop_assert_eq!(spelled(&writer.finish().unwrap()), spelled(&bytes));
    }
}
