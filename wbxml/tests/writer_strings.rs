//! String tables on writing, against bytes written by hand.

mod support;

use proptest::collection::vec;
use proptest::prelude::*;
use support::documents::document;
use support::{from_hex, language_examples};
use wbxml::codepages::{airsync, contacts};
use wbxml::string_table::{Policy, StringTable, rewrite, rewrite_with};
use wbxml::{
    Encode, EncodeElement, ErrorKind, Event, Fragment, Header, Limits, ProtocolVersion, PublicId, Reader,
    Result, Tag, VersionSet, Writer,
};

/// The expanded example of the WBXML specification (1.1, 8.2).
const EXPANDED: &str = "01 01 6A 12 616263 00 20456E746572206E616D653A20 00 47 C5 09 8300 05 01 88 06 86 08 03 78797A 00 \
     85 03 2F73 00 01 8304 86 07 0A 03 4E 00 01 01 01";

/// The same without its table.
const INLINE: &str = "01 01 6A 00 47 C5 09 03616263 00 05 01 88 06 86 08 03 78797A 00 85 03 2F73 00 01 \
     0320456E746572206E616D653A20 00 86 07 0A 03 4E 00 01 01 01";

fn w3c_table() -> StringTable {
    StringTable::new(["abc", " Enter name: "]).unwrap()
}

/// An attribute as it stands in a document.
fn raw_attribute(writer: &mut Writer<'_>, bytes: &[u8]) {
    let document = [&[0x01, 0x01, 0x6A, 0x00, 0x85], bytes, &[0x01]].concat();
    let mut reader = Reader::new(&document);
    reader.next().unwrap();
    match reader.next().unwrap() {
        Some(Event::Attribute(attribute)) => writer.raw_attribute(&attribute),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_example_of_the_specification_is_written_with_its_table() {
    let [card, input, xyz, action] = [5, 6, 7, 8].map(|token| Tag::new(0, token));
    let write = |mut writer: Writer<'_>| {
        let mut header: Header<'_> = Header::ACTIVESYNC;
        header.version = 1;
        writer.header_of(&header)?;
        writer.start(xyz)?;
        writer.start_with_attributes(card)?;
        writer.attribute(0, 0x09, "abc")?;
        writer.attribute(0, 0x05, "")?;
        writer.end_attributes();
        writer.start_with_attributes(action)?;
        raw_attribute(&mut writer, &[0x06, 0x86]);
        raw_attribute(&mut writer, b"\x08\x03xyz\0\x85\x03/s\0");
        writer.end_attributes();
        writer.end()?;
        writer.text(" Enter name: ")?;
        writer.start_with_attributes(input)?;
        raw_attribute(&mut writer, &[0x07]);
        writer.attribute(0, 0x0A, "N")?;
        writer.end_attributes();
        writer.end()?;
        writer.end()?;
        writer.end()?;
        writer.finish()
    };
    assert_eq!(write(Writer::new(Vec::new()).string_table(w3c_table())), Ok(from_hex(EXPANDED)));
    assert_eq!(write(Writer::new(Vec::new())), Ok(from_hex(INLINE)));
}

#[test]
fn the_example_of_the_specification_loses_its_table_and_gets_it_back() {
    let inline = rewrite(&from_hex(EXPANDED), Policy::Never).unwrap();
    assert_eq!(inline, from_hex(INLINE));
    assert_eq!(rewrite_with(&inline, w3c_table()), Ok(from_hex(EXPANDED)));
    // Every text occurs once: a table cannot pay.
    assert_eq!(rewrite(&from_hex(EXPANDED), Policy::WhenItPays), Ok(from_hex(INLINE)));
    let always = "01 01 6A 1B 20456E746572206E616D653A20 00 616263 00 78797A 00 2F73 00 4E 00 \
         47 C5 09 830E 05 01 88 06 86 08 8312 85 8316 01 8300 86 07 0A 8319 01 01 01";
    assert_eq!(rewrite(&from_hex(EXPANDED), Policy::Always), Ok(from_hex(always)));
}

#[test]
fn the_simple_example_of_the_specification_needs_no_table() {
    // Charset US-ASCII, entities, and " X & Y" and " X" once each.
    let simple = from_hex(
        "01 01 03 00 47 46 03 205820262059 00 05 03 2058 00 02 8120 03 3D 00 02 8120 03 3120 00 01 01",
    );
    for policy in [Policy::Never, Policy::WhenItPays] {
        assert_eq!(rewrite(&simple, policy).as_ref(), Ok(&simple));
    }
}

/// An element `Categories` of these.
struct Categories<'a>(&'a [&'a str]);

impl Encode for Categories<'_> {
    fn encode(&self, writer: &mut Writer<'_>) -> Result<()> {
        self.0.iter().try_for_each(|category| writer.element(contacts::Category, *category))
    }
}

impl EncodeElement for Categories<'_> {
    fn encode_element(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.element(contacts::Categories, self)
    }
}

fn encoded(categories: &[&str], policy: Policy) -> Vec<u8> {
    Writer::new(Vec::new()).encode_with_table(&Categories(categories), policy).unwrap()
}

#[test]
fn a_value_gets_a_table_of_what_repeats() {
    let bytes = encoded(&["Work", "Play", "Work"], Policy::WhenItPays);
    // "Work\0" costs 5 bytes and saves 4 twice.
    assert_eq!(
        bytes,
        from_hex("03 01 6A 05 576F726B 00 00 01 55 56 8300 01 56 03 506C6179 00 01 56 8300 01 01")
    );
    let always = encoded(&["Work", "Play", "Work"], Policy::Always);
    let expected = "03 01 6A 0A 576F726B 00 506C6179 00 00 01 55 56 8300 01 56 8305 01 56 8300 01 01";
    assert_eq!(always, from_hex(expected));
    let never = encoded(&["Work", "Work"], Policy::Never);
    assert_eq!(never, from_hex("03 01 6A 00 00 01 55 56 03 576F726B 00 01 56 03 576F726B 00 01 01"));
    assert_eq!(Ok(never), wbxml::to_vec(&Categories(&["Work", "Work"])));
}

#[test]
fn a_table_pays_from_the_first_byte_on() {
    // Two occurrences of n bytes take 2n + 4 bytes, with a table n + 1 + 4: from two bytes on.
    assert_eq!(encoded(&["a", "a"], Policy::WhenItPays), encoded(&["a", "a"], Policy::Never));
    assert_eq!(encoded(&["ab", "ab"], Policy::WhenItPays)[3..7], *b"\x03ab\0");
    // Three occurrences of one byte: 9 bytes, or 2 + 6.
    assert_eq!(encoded(&["a", "a", "a"], Policy::WhenItPays)[3..6], *b"\x02a\0");
}

#[test]
fn what_others_end_with_takes_no_room() {
    let texts = ["Harbour office", "office", "Harbour office", "office", "ice"];
    let bytes = encoded(&texts, Policy::WhenItPays);
    let expected = "03 01 6A 0F 486172626F7572206F6666696365 00 \
         00 01 55 56 8300 01 56 8308 01 56 8300 01 56 8308 01 56 830B 01 01";
    assert_eq!(bytes, from_hex(expected));
    // Only at its end.
    let table = StringTable::new(["office", "off"]).unwrap();
    assert_eq!((table.as_bytes(), table.index("off")), (&b"office\0off\0"[..], Some(7)));
    let table = StringTable::new(["\u{20AC}x", "x", "", "\u{20AC}x"]).unwrap();
    assert_eq!((table.as_bytes().len(), table.index("x"), table.index("")), (5, Some(3), Some(4)));
    assert_eq!((table.index("\u{20AC}"), table.index("xx"), table.index("\u{20AC}x")), (None, None, Some(0)));
}

#[test]
fn strings_of_a_table_are_checked() {
    assert_eq!(*StringTable::new(["a\0b"]).unwrap_err().kind(), ErrorKind::NulInText);
    let limit = ErrorKind::LimitExceeded { limit: "string_table", value: 64 << 10 };
    assert_eq!(*StringTable::new(["a".repeat(64 << 10)]).unwrap_err().kind(), limit);
    assert!(StringTable::new(["a".repeat((64 << 10) - 1)]).is_ok());
}

const NEW: Tag = Tag::versioned(0, 0x1C, VersionSet::since(ProtocolVersion::V14_0));

struct Versioned;

impl EncodeElement for Versioned {
    fn encode_element(&self, writer: &mut Writer<'_>) -> Result<()> {
        writer.start(airsync::Sync)?;
        for _ in 0..3 {
            writer.element(NEW, "only in 14.0")?;
            writer.element(airsync::Status, &1_234_567)?;
        }
        writer.end()
    }
}

#[test]
fn what_a_version_lacks_is_not_in_the_table() {
    let write = |version| {
        Writer::new(Vec::new()).version(version).encode_with_table(&Versioned, Policy::WhenItPays).unwrap()
    };
    assert_eq!(write(ProtocolVersion::V12_1)[..12], *b"\x03\x01\x6A\x081234567\0");
    assert_eq!(write(ProtocolVersion::V14_0)[..12], *b"\x03\x01\x6A\x15only in ");
}

#[test]
fn what_is_displayed_or_captured_or_an_event_is_written_by_the_table() {
    let table = || StringTable::new(["12.5", "Work"]).unwrap();
    let mut writer = Writer::new(Vec::new()).string_table(table());
    writer.start(airsync::Sync).unwrap();
    writer.display(&12.5).unwrap();
    writer.text("Play").unwrap();
    writer.end().unwrap();
    assert_eq!(writer.finish(), Ok(from_hex("45 8300 03 506C6179 00 01")));

    // A captured part begins with a page of its own.
    let fragment = Fragment::from_value(&Categories(&["Work", "Play"]), None).unwrap();
    let mut writer = Writer::new(Vec::new()).string_table(table());
    writer.element(contacts::Categories, &fragment).unwrap();
    writer.element(contacts::Category, "Work").unwrap();
    assert_eq!(writer.finish(), Ok(from_hex("00 01 55 00 01 56 8305 01 56 03 506C6179 00 01 01 56 8305 01")));

    let mut writer = Writer::new(Vec::new()).string_table(table());
    writer.start(airsync::Sync).unwrap();
    writer.event(&Event::Text("Work".into())).unwrap();
    writer.end().unwrap();
    assert_eq!(writer.finish(), Ok(from_hex("45 8305 01")));
}

#[test]
fn a_reference_is_never_longer_than_its_text() {
    let table = StringTable::new([&*"x".repeat(20_000), "y"]).unwrap();
    let mut writer = Writer::new(Vec::new()).string_table(table.clone());
    writer.start(airsync::Sync).unwrap();
    // Index 20,001 takes three bytes.
    assert_eq!(table.index("y"), Some(20_001));
    writer.text("y").unwrap();
    writer.end().unwrap();
    assert_eq!(writer.finish(), Ok(from_hex("45 03 79 00 01")));
}

#[test]
fn there_is_one_table() {
    let mut header: Header<'_> = Header::ACTIVESYNC;
    header.string_table = b"a\0";
    let mut writer = Writer::new(Vec::new()).string_table(w3c_table());
    let error = writer.header_of(&header).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidWrite(_)), "{error}");
}

/// What names, identifiers and extensions lean on stays where it is.
#[test]
fn a_table_that_is_needed_stays() {
    let text = "56 03 61626364 00 01 56 03 61626364 00 01";
    for (leaning, without) in [
        // The name of an element, of an attribute, of a processing instruction's target; an extension.
        (format!("03 01 6A 05 6E616D65 00 45 04 00 {text} 01"), "04 00"),
        (format!("03 01 6A 05 6E616D65 00 45 86 04 00 01 {text} 01"), "86 04 00 01"),
        (format!("03 01 6A 05 6E616D65 00 43 04 00 01 45 {text} 01"), "43 04 00 01"),
        (format!("03 01 6A 05 6E616D65 00 45 80 00 {text} 01"), "80 00"),
        (format!("03 01 6A 05 6E616D65 00 45 86 05 81 00 01 {text} 01"), "86 05 81 00 01"),
        // The public identifier.
        (format!("03 00 00 6A 05 6E616D65 00 45 {text} 01"), "00 00"),
    ] {
        let document = from_hex(&leaning);
        assert_eq!(rewrite(&document, Policy::Never).as_ref(), Ok(&document), "{leaning}");
        let paying = leaning
            .replace("05 6E616D65 00", "0A 6E616D65 00 61626364 00")
            .replace("03 61626364 00", "83 05");
        assert_eq!(rewrite(&document, Policy::WhenItPays), Ok(from_hex(&paying)), "{leaning}");
        let error = rewrite_with(&document, w3c_table()).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::StringTableNeeded, "{without}");
    }
    // Text alone leans on nothing; a number of Wireless Village is no index where there is no table.
    let free = from_hex("03 01 6A 05 6E616D65 00 45 83 00 83 04 01");
    assert_eq!(rewrite(&free, Policy::Never), Ok(from_hex("03 01 6A 00 45 03 6E616D65 00 03 00 01")));
    let free = from_hex("03 01 6A 00 45 80 07 01");
    assert_eq!(rewrite(&free, Policy::Never).as_ref(), Ok(&free));
}

#[test]
fn a_document_in_another_character_set_becomes_utf_8() {
    // UTF-16BE: an attribute, an extension and text of "hé", twice.
    let text = "03 006800E9 0000";
    let utf_16 =
        format!("03 01 8775 00 45 86 05 {text} 40 006800E9 0000 01 40 006800E9 0000 {text} 03 0000 01");
    let utf_8 = "03 01 6A 00 45 86 05 03 68C3A9 00 40 68C3A9 00 01 40 68C3A9 00 03 68C3A9 00 03 00 01";
    assert_eq!(rewrite(&from_hex(&utf_16), Policy::Never), Ok(from_hex(utf_8)));
    let leaning = from_hex("03 01 8775 04 0061 0000 44 00 01");
    assert_eq!(rewrite(&leaning, Policy::Always).as_ref(), Ok(&leaning));
}

#[test]
fn a_table_is_what_readers_take() {
    let texts: Vec<String> = (0..400).map(|number| format!("{number:0200}")).collect();
    let twice: Vec<&str> = texts.iter().chain(&texts).map(String::as_str).collect();
    for policy in [Policy::WhenItPays, Policy::Always] {
        let document = encoded(&twice, policy);
        let table = Reader::new(&document).header().unwrap().string_table;
        assert!((60_000..=64 << 10).contains(&table.len()), "{}", table.len());
        assert_eq!(texts_of(&document), twice);
    }
    // Less for who says so.
    let limits = Limits::default().string_table(1000);
    let writer = Writer::new(Vec::new()).limits(limits);
    let document = writer.encode_with_table(&Categories(&twice), Policy::Always).unwrap();
    assert_eq!(texts_of_limited(&document, limits), twice);
    // References may make so much text, and 10 bytes 11 times are more.
    let limits = Limits::default().referenced_text(100);
    let writer = Writer::new(Vec::new()).limits(limits);
    let document = writer.encode_with_table(&Categories(&["0123456789"; 11]), Policy::Always).unwrap();
    assert_eq!(texts_of_limited(&document, limits), ["0123456789"; 11]);
    let writer = Writer::new(Vec::new()).limits(limits);
    let document = writer.encode_with_table(&Categories(&["0123456789"; 10]), Policy::Always).unwrap();
    assert_eq!(Reader::new(&document).header().unwrap().string_table, b"0123456789\0");
    assert_eq!(texts_of_limited(&document, limits), ["0123456789"; 10]);
}

fn texts_of(document: &[u8]) -> Vec<String> {
    texts_of_limited(document, Limits::default())
}

fn texts_of_limited(document: &[u8], limits: Limits) -> Vec<String> {
    let mut reader = Reader::new(document).limits(limits);
    let mut texts = Vec::new();
    while let Some(event) = reader.next().unwrap() {
        if let Event::Text(text) = event {
            texts.push(text.into_owned());
        }
    }
    texts
}

/// The events of a document, with its attributes' names and values instead of their bytes, and what its public
/// identifier stands for.
fn spelled(bytes: &[u8]) -> Vec<String> {
    let mut reader = Reader::new(bytes);
    let header = reader.header().unwrap();
    let identifier = match header.public_id {
        PublicId::Known(number) => format!("{number}"),
        PublicId::StringTable(index) => {
            let tail = &header.string_table[index as usize..];
            format!("{:?}", tail.split(|byte| *byte == 0).next().unwrap_or_default())
        }
    };
    let mut spelled = vec![format!("{} {identifier}", header.version)];
    while let Some(event) = reader.next().unwrap() {
        spelled.push(match event {
            Event::Attribute(it) | Event::ProcessingInstruction(it) => {
                format!("{} {}", reader.attribute_name(&it), reader.attribute_value(&it))
            }
            other => format!("{other:?}"),
        });
    }
    spelled
}

/// Documents of other languages: what is in them stays in every document that is made of them.
#[test]
fn documents_of_other_languages_say_the_same() {
    for example in language_examples() {
        for policy in POLICIES {
            let rewritten = rewrite(&example.wbxml, policy).unwrap();
            let name = format!("{} {} {policy:?}", example.folder, example.name);
            assert_eq!(spelled(&rewritten), spelled(&example.wbxml), "{name}");
            let paid = policy != Policy::WhenItPays || rewritten.len() <= example.wbxml.len();
            assert!(paid, "{name}: {} of {} bytes", rewritten.len(), example.wbxml.len());
        }
    }
}

const POLICIES: [Policy; 3] = [Policy::Never, Policy::WhenItPays, Policy::Always];

proptest! {
    #[test]
    fn a_rewritten_document_says_the_same(bytes in document()) {
        for policy in POLICIES {
            let rewritten = rewrite(&bytes, policy).unwrap();
            prop_assert_eq!(spelled(&rewritten), spelled(&bytes), "{:?}", policy);
            if policy == Policy::WhenItPays {
                prop_assert!(rewritten.len() <= bytes.len());
            }
        }
    }

    #[test]
    fn a_value_with_a_table_says_the_same(texts in vec("[ab]{0,3}|[a-z]{0,20}|(x|ab){60,70}", 0..30)) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let plain = encoded(&texts, Policy::Never);
        for policy in POLICIES {
            let document = encoded(&texts, policy);
            prop_assert_eq!(spelled(&document), spelled(&plain), "{:?}", policy);
            if policy == Policy::WhenItPays {
                prop_assert!(document.len() <= plain.len());
                prop_assert_eq!(&rewrite(&plain, policy).unwrap(), &document);
            }
            let again = rewrite(&document, Policy::Never).unwrap();
            prop_assert_eq!(&again, &plain);
        }
    }
}

/// LITERAL 0 names the attribute `xmlns` only where there is no table: with one it would be that table's first string.
#[test]
fn a_document_that_leans_on_having_no_table_gets_none() {
    let document = from_hex("01 6A 6A 00 C5 04 00 03 7474747474 00 01 03 7474747474 00 03 7474747474 00 01");
    for policy in [Policy::Never, Policy::WhenItPays, Policy::Always] {
        assert_eq!(rewrite(&document, policy).as_ref(), Ok(&document), "{policy:?}");
    }
    let table = StringTable::new(["ttttt"]).unwrap();
    let error = rewrite_with(&document, table).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::StringTableNeeded);
}
