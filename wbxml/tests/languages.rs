//! The documents of the other languages: to their XML, and back.

#![cfg(all(feature = "xml", feature = "languages"))]

mod support;

use support::canonical::canonical;
use support::{LanguageExample, from_hex, language_examples, listed};
use wbxml::xml::{Options, language_of};
use wbxml::{ACTIVESYNC, Dump, ErrorKind, Language, Limits, Reader};

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

#[test]
fn every_byte_of_every_document_is_explained() {
    for example in language_examples() {
        let listing = Dump::new(&example.wbxml).language(language(example)).to_string();
        assert_eq!(listed(&listing), example.wbxml, "{}:\n{listing}", example.name);
        for word in ["FAULT", ", unknown", "unknown value", "(page", "_0x"] {
            assert!(!listing.contains(word), "{}: {word}\n{listing}", example.name);
        }
    }
}

#[test]
fn a_listing_says_what_bytes_and_extensions_mean() {
    let named = |name: &str| Language::by_name(name).expect("a language");
    let si = from_hex("01056A05 7777772E00 45 C6 0C8300850361620 0 0A C304 20310203 01 01 01");
    assert_eq!(
        Dump::new(&si).language(named("si")).to_string(),
        "\
0000  01 05 6a 05        WBXML 1.1, public id 5 (SI 1.0), UTF-8, string table of 5 bytes
0004    77 77 77 2e 00     string 0: \"www.\"
0009  45                 <SI:si>
000a    c6                 <indication
000b      0c                 href=\"http://www..com/ab\"
000c        83 00              \"www.\"
000e        85                 \".com/\"
000f        03 61 62 00        \"ab\"
0013      0a c3 04 20 31 02  created=\"2031-02-03T00:00:00Z\"
0019      03                                               |.|
001a      01                 >
001b    01                 </indication>
001c  01                 </si>
"
    );
    let wml = from_hex("030A6A00 7F E7 36 42 61 00 01 60 40 62 00 C0 01 01 01");
    let listing = Dump::new(&wml).language(named("wml")).to_string();
    for row in ["title=\"$(a:noesc)\"", "EXT_I_0 \"b\", \"$(b:escape)\"", "EXT_0\n"] {
        assert!(listing.contains(row), "{row}:\n{listing}");
    }
    let csp = from_hex("03106A00 49 6D 80 12 C302 012C 01 4B C302 012C 01 51 C306 1FBDC893DE5A 01 01");
    let listing = Dump::new(&csp).language(named("wv-csp-1.1")).to_string();
    for row in [
        "EXT_T_0 18, \"IM\"\n",
        "OPAQUE of 2 bytes\n",
        "OPAQUE of 2 bytes, 300\n",
        "bytes, 20310704T091530Z\n",
    ] {
        assert!(listing.contains(row), "{row}:\n{listing}");
    }
    let syncml = from_hex("03A4016A00 6D 4F C3 09 03A4036A00 4A 28 2A 01 01 01");
    assert_eq!(
        Dump::new(&syncml).language(named("syncml")).to_string(),
        "\
0000  03 a4 01 6a 00     WBXML 1.3, public id 4609 (SyncML 1.2), UTF-8, no string table
0005  6d                 <SyncML:SyncML>
0006    4f                 <Data>
0007      c3 09              OPAQUE of 9 bytes, a document of DevInf 1.2
0009      03 a4 03 6a 00     WBXML 1.3, public id 4611 (DevInf 1.2), UTF-8, no string table
000e      4a                 <DevInf:DevInf>
000f        28                 <UTC/>
0010        2a                 <SupportLargeObjs/>
0011      01                 </DevInf>
0012    01                 </Data>
0013  01                 </SyncML>
"
    );
}

/// What the XML of a language becomes.
#[track_caller]
fn becomes(name: &str, xml: &str, bytes: &str) {
    let options = Options::new().language(Language::by_name(name).expect("a language"));
    assert_eq!(options.from_xml(xml), Ok(from_hex(bytes)), "{xml}");
}

#[test]
fn text_is_written_as_its_language_has_it() {
    let csp = |content: &str| format!("<WV-CSP-Message>{content}</WV-CSP-Message>");
    // A number, and text that is none.
    becomes("wv-csp-1.1", &csp("<Code>0</Code>"), "03106A00 49 4B C30100 01 01");
    becomes("wv-csp-1.1", &csp("<Code>many</Code>"), "03106A00 49 4B 036D616E7900 01 01");
    // A value of the language; of two that are the same the first.
    becomes("wv-csp-1.1", &csp("<SName>IM</SName>"), "03106A00 49 48 8012 01 01");
    // Aliases, and any namespace or none.
    becomes(
        "wv-csp-1.2",
        "<WV-CSP-Message xmlns='urn:x'><BlockUser-Request/></WV-CSP-Message>",
        "03116A00 49 0006 06 01",
    );
    becomes(
        "wv-csp-1.2",
        "<WV-CSP-Message xmlns='http://www.wireless-village.org/CSP1.2'/>",
        "03116A00 89 05 03312E3200 01",
    );
    // Variables and what only looks like some; entities; white space between words.
    becomes(
        "wml-1.1",
        "<p xmlns=''>$a $$b $5 $(c:u)</p>",
        "03046A00 60 426100 0320242462202435200 0 41 6300 01",
    );
    becomes(
        "wml-1.1",
        "<p title='a$(b:e)'>&nbsp;<b>x</b> <b/></p>",
        "03046A00 E0 36 036100 406200 01 03C2A000 64037800 01 032000 24 01",
    );
    // Prefixes need not be those of the language.
    becomes("drmrel", "<e:rights xmlns:e='http://odrl.net/1.1/ODRL-EX'/>", "030E6A00 05");
    // A start stands for the whole value, and the icon alone is bytes.
    becomes("ota", "<PARM NAME='PORT' VALUE='92000'/>", "01016A00 87 14 1103393230303000 01");
    becomes("ota", "<PARM NAME='ICON' VALUE='AAEC'/>", "01016A00 87 100349434F4E00 11C303000102 01");
    becomes("ota", "<PARM NAME='NAME' VALUE='AAEC'/>", "01016A00 87 15 11034141454300 01");
    // The namespace of SyncML in the letters that some use.
    becomes("syncml-1.1", "<SyncML xmlns='syncml:SYNCML1.1'/>", "039F536A00 2D");
}

#[test]
fn documents_in_documents_end_somewhere() {
    // Six of them, one in the other: the innermost are bytes.
    let mut bytes = from_hex("03A4016A00 2D");
    for _ in 0..6 {
        bytes =
            [&from_hex("03A4016A00 6D 4F C3"), &[u8::try_from(bytes.len()).unwrap()][..], &bytes, &[1, 1]]
                .concat();
    }
    let options = Options::new().language(Language::by_name("syncml").expect("a language"));
    let xml = options.to_xml(&bytes).expect("XML");
    assert_eq!(xml.matches("<SyncML").count(), 5, "{xml}");
    assert_eq!(options.from_xml(&xml), Ok(bytes));
    let hint = "<?wbxml document 03A4016A00?>";
    let deeper = |depth| {
        let (open, close) = (format!("<Data>{hint}<SyncML>").repeat(depth), "</SyncML></Data>".repeat(depth));
        format!("<SyncML xmlns='SYNCML:SYNCML1.2'>{open}{close}</SyncML>")
    };
    assert!(options.from_xml(&deeper(4)).is_ok());
    let error = options.from_xml(&deeper(5)).expect_err("too deep");
    assert_eq!(*error.kind(), ErrorKind::LimitExceeded { limit: "embedded documents", value: 4 });
}

#[test]
fn hints_of_values_and_documents_must_stand_for_what_is_shown() {
    let wml = Options::new().language(Language::by_name("wml").expect("a language"));
    for (hint, fault) in [
        ("<?wbxml value 406100?>$(b:escape)", "stands for"),
        ("<?wbxml value C0?>", "stands for text in this element"),
        ("<?wbxml value 406100406100?>$(a:escape)", "stands for text in this element"),
        ("<?wbxml value 8009?>$(a:escape)", "stands for text in this element"),
        ("<?wbxml document 03046A00?>", "in an element that may hold a document"),
    ] {
        let error = wml.from_xml(&format!("<wml><p>{hint}</p></wml>")).expect_err(hint).to_string();
        assert!(error.contains(fault), "{hint}: {error}");
    }
    let syncml = Options::new().language(Language::by_name("syncml").expect("a language"));
    for (content, fault) in [
        ("<?wbxml document 03A4?><DevInf/>", "the header of a WBXML document"),
        ("<?wbxml document 037F6A00?><DevInf/>", "a language that the program knows"),
        ("<?wbxml document 03A4036A00?>", "there is no element"),
        ("<DevInf xmlns='syncml:devinf'/><DevInf xmlns='syncml:devinf'/>", "a second root element"),
        ("<DevInf xmlns='syncml:devinf'><Data/></DevInf>", "unknown element"),
    ] {
        let xml = format!("<SyncML xmlns='SYNCML:SYNCML1.2'><Data>{content}</Data></SyncML>");
        let error = syncml.from_xml(&xml).expect_err(content).to_string();
        assert!(error.contains(fault), "{content}: {error}");
    }
}

#[test]
fn the_version_of_wbxml_can_be_chosen() {
    let options = |version| Options::new().wbxml_version(version);
    let xml = "<FolderSync xmlns='FolderHierarchy'/>";
    assert_eq!(options(0).from_xml(xml), Ok(from_hex("00 01 00 00 07 16")));
    assert_eq!(options(2).from_xml(xml), Ok(from_hex("02 01 6A 00 00 07 16")));
    assert_eq!(*options(4).from_xml(xml).expect_err("no version").kind(), ErrorKind::UnsupportedVersion(4));
}

#[test]
fn a_short_document_does_not_make_much_of_its_string_table() {
    // 20,000 variables, each with a name of 60,000 bytes.
    let table = [vec![b'a'; 60_000], vec![0]].concat();
    let header = [from_hex("030A6A 83D461"), table].concat();
    let bytes =
        [header, from_hex("7F 67 60"), from_hex("8000").repeat(20_000), from_hex("01 01 01")].concat();
    let wml = Language::by_name("wml").expect("a language");
    let limits = Limits::default().referenced_text(1 << 20);
    let options = Options::new().language(wml).limits(limits);
    let xml = options.to_xml(&bytes).expect("XML");
    assert!(xml.len() < 2 << 20, "{} bytes", xml.len());
    assert_eq!(options.from_xml(&xml).as_ref(), Ok(&bytes));
    let listing = Dump::new(&bytes).language(wml).limits(limits).to_string();
    assert!(listing.len() < 4 << 20, "{} bytes", listing.len());
}
