//! The command line tool, run as a person runs it.

#![cfg(feature = "cli")]

mod support;

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::{env, fs, process, thread};

use support::canonical::canonical;
use support::{activesync_examples, examples, from_hex, listed};

/// `<FolderSync xmlns="FolderHierarchy"><SyncKey>0</SyncKey></FolderSync>`
const BODY: &[u8] = b"\x03\x01\x6A\x00\x00\x07\x56\x52\x030\x00\x01\x01";
const XML: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<FolderSync xmlns="FolderHierarchy">
  <SyncKey>0</SyncKey>
</FolderSync>
"#;

fn wbxml(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_wbxml"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tool starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    thread::scope(|scope| {
        // It may end without reading its input.
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().expect("the tool ends")
    })
}

/// What it prints, having succeeded and complained of nothing.
#[track_caller]
fn good(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let output = wbxml(arguments, input);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    output.stdout
}

/// The line that it complains with, and what it has printed before.
#[track_caller]
fn bad(arguments: &[&str], input: &[u8], code: i32) -> (String, String) {
    let output = wbxml(arguments, input);
    let complaint = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {complaint}");
    let line = complaint.strip_suffix('\n').expect("a whole line").to_owned();
    (line, String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What it says to wrong usage, and what it has printed before.
fn bad_usage(arguments: &[&str]) -> (String, String) {
    let output = wbxml(arguments, b"");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    (
        String::from_utf8_lossy(&output.stderr).into_owned(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}

/// A file that is removed with its owner.
struct File(PathBuf);

impl File {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let path = env::temp_dir().join(format!("wbxml-cli-{}-{name}", process::id()));
        fs::write(&path, bytes).expect("the file is written");
        Self(path)
    }

    fn name(&self) -> &str {
        self.0.to_str().expect("a name in Unicode")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn decode_and_encode_are_each_others_reverse() {
    assert_eq!(String::from_utf8(good(&["decode"], BODY)).unwrap(), XML);
    assert_eq!(good(&["encode"], XML.as_bytes()), BODY);
    for example in activesync_examples() {
        for arguments in [&["decode"][..], &["decode", "--compact"], &["decode", "--strict"]] {
            let xml = good(arguments, &example.wbxml);
            assert_eq!(good(&["encode"], &xml), example.wbxml, "{} {arguments:?}", example.name);
        }
    }
}

#[test]
fn compact_xml_is_one_line_after_another() {
    let xml = good(&["decode", "--compact"], BODY);
    let expected = concat!(
        r#"<?xml version="1.0" encoding="utf-8"?>"#,
        r#"<FolderSync xmlns="FolderHierarchy"><SyncKey>0</SyncKey></FolderSync>"#,
        "\n"
    );
    assert_eq!(String::from_utf8(xml).unwrap(), expected);
}

#[test]
fn the_language_is_that_of_the_document() {
    let si = from_hex("03056A00 45 C6 0A C304 20310203 01 01 01");
    let xml = String::from_utf8(good(&["decode"], &si)).expect("text");
    assert_eq!(
        xml,
        r#"<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE si PUBLIC "-//WAPFORUM//DTD SI 1.0//EN" "http://www.wapforum.org/DTD/si.dtd">
<si>
  <indication created="2031-02-03T00:00:00Z"></indication>
</si>
"#
        .replace("\"></indication>", "\"><?wbxml content?></indication>")
    );
    assert_eq!(good(&["encode"], xml.as_bytes()), si);
    // Without a document type declaration the root tells.
    assert_eq!(good(&["encode"], b"<wml/>"), from_hex("030A6A00 3F"));
    assert_eq!(good(&["encode", "--wbxml-version", "1.1"], b"<wml/>"), from_hex("010A6A00 3F"));
    assert_eq!(good(&["encode", "--language", "wml-1.1"], b"<wml/>"), from_hex("03046A00 3F"));
    // The OTA settings do not say what they are.
    let ota = from_hex("01016A00 45 06 01");
    let xml = String::from_utf8(good(&["decode", "--compact", "--language", "OTA"], &ota)).expect("text");
    assert!(xml.contains("<CHARACTERISTIC-LIST><CHARACTERISTIC/></CHARACTERISTIC-LIST>"), "{xml}");
    assert_eq!(good(&["encode"], xml.as_bytes()), ota);
    let listing = String::from_utf8(good(&["dump", "--language", "ota"], &ota)).expect("text");
    assert!(listing.contains("<CHARACTERISTIC/>"), "{listing}");
    good(&["check", "--strict"], &si);
    let (complaint, _) = bad_usage(&["decode", "--language", "klingon"]);
    assert!(complaint.contains("`wbxml languages` lists the names"), "{complaint}");
}

/// The worked examples of the WBXML specification have tag tables that no language has.
#[test]
fn pages_of_ones_own() {
    let page = |file: &str| format!("{}/tests/pages/{file}", env!("CARGO_MANIFEST_DIR"));
    for example in examples().iter().filter(|example| example.is_foreign()) {
        let folder = example.name.replace("-wbxml", "");
        let (tags, attributes) =
            (page(&format!("{folder}/tags.tsv")), page(&format!("{folder}/attributes.tsv")));
        let mut pages = vec!["--pages", &tags];
        if example.name.ends_with("expanded") {
            pages.extend(["--pages", &attributes]);
        }
        let with = |command| [&[command, "--strict"][..], &pages].concat();
        let xml = String::from_utf8(good(&with("decode"), &example.wbxml)).expect("text");
        assert_eq!(canonical(&xml), canonical(&example.xml), "{}:\n{xml}", example.name);
        assert_eq!(
            good(&[&["encode"][..], &pages].concat(), xml.as_bytes()),
            example.wbxml,
            "{}",
            example.name
        );
        let listing = String::from_utf8(good(&with("dump"), &example.wbxml)).expect("text");
        assert_eq!(listed(&listing), example.wbxml, "{listing}");
        assert!(listing.contains("<CARD") && !listing.contains("unknown"), "{listing}");
        good(&with("check"), &example.wbxml);
    }
    // Beside the pages that there are: an element of Acme in one of Sync.
    let acme = File::new("acme.tsv", b"page: 200\nname: Acme\n\ntoken\tname\tcontent\n0x05\tRoute\tstring\n");
    let bytes = from_hex("03016A00 45 00C8 45 03 61 00 01 01");
    let xml = String::from_utf8(good(&["decode", "--pages", acme.name()], &bytes)).expect("text");
    assert!(xml.contains("<Route xmlns=\"Acme\">a</Route>"), "{xml}");
    assert_eq!(good(&["encode", "--pages", acme.name()], xml.as_bytes()), bytes);
    let broken = File::new("broken.tsv", b"page: 200\nname: Acme\n\ntoken\tname\n0x05\n");
    let line = format!("{}: line 5: the row lacks its `name`", broken.name());
    assert_eq!(bad(&["decode", "--pages", broken.name()], &bytes, 2).0, line);
    let twice = ["decode", "--pages", acme.name(), "--pages", acme.name()];
    let line = format!("{}: page 200 is in an earlier file already", acme.name());
    assert_eq!(bad(&twice, &bytes, 2).0, line);
}

#[test]
fn string_tables_when_asked_for() {
    let xml = b"<wml><card><p>harbour</p><p>harbour</p><p>quay</p></card></wml>";
    let encode = |policy| good(&["encode", "--hex", "--string-table", policy], xml);
    let text = |hex: Vec<u8>| String::from_utf8(hex).expect("text").replace(['\n', ' '], "");
    // "harbour" is 68 61 72 62 6F 75 72, "quay" 71 75 61 79.
    let never =
        "030A6A007F67600368617262 6F7572000160036861 72626F7572000160037175617900010101".replace(' ', "");
    assert_eq!(text(encode("never")), never);
    assert_eq!(text(good(&["encode", "--hex"], xml)), never);
    let pays = "030A6A0868617262 6F7572007F6760830001608300 0160037175617900010101".replace(' ', "");
    assert_eq!(text(encode("when-it-pays")), pays);
    let always = "030A6A0D68617262 6F7572007175617900 7F676083000160830001608308 010101".replace(' ', "");
    assert_eq!(text(encode("always")), always);
    for policy in ["never", "when-it-pays", "always"] {
        let bytes = good(&["encode", "--string-table", policy], xml);
        let xml = good(&["decode", "--compact"], &bytes);
        assert_eq!(good(&["encode"], &xml), bytes, "{policy}: the XML keeps the table");
        let without = good(&["encode", "--string-table", "never", "--hex"], &xml);
        assert_eq!(text(without), never, "{policy}");
    }
    let (complaint, _) = bad_usage(&["encode", "--string-table", "sometimes"]);
    assert!(complaint.contains("never, when-it-pays and always"), "{complaint}");
}

#[test]
fn a_missing_end_when_asked_for() {
    let cut = &BODY[..BODY.len() - 1];
    for command in ["decode", "dump", "check"] {
        let (line, _) = bad(&[command], cut, 1);
        assert!(line.contains("an element, whose end is missing"), "{line}");
    }
    assert_eq!(good(&["decode", "--open-end"], cut), XML.as_bytes());
    assert_eq!(good(&["decode", "--open-end"], BODY), XML.as_bytes());
    assert_eq!(good(&["check", "--open-end"], cut), b"standard input: well-formed, 12 bytes, 2 elements\n");
    let listing = String::from_utf8(good(&["dump", "--open-end"], cut)).expect("text");
    assert!(listing.ends_with("</FolderSync>, whose END is missing\n"), "{listing}");
    for command in ["decode", "dump", "check"] {
        // No other end, nor half of anything.
        bad(&[command, "--open-end"], &BODY[..BODY.len() - 2], 1);
        bad(&[command, "--open-end"], &BODY[..BODY.len() - 3], 1);
    }
}

#[test]
fn the_languages_are_listed() {
    let list = String::from_utf8(good(&["languages"], b"")).expect("text");
    assert_eq!(list.lines().count(), wbxml::codepages::languages().len());
    assert!(
        list.contains("SI 1.0           0x05    si                   -//WAPFORUM//DTD SI 1.0//EN\n"),
        "{list}"
    );
    assert!(list.starts_with("ActiveSync       -"), "{list}");
}

#[test]
fn input_comes_from_files_and_standard_input_and_hex() {
    let body = File::new("body", BODY);
    let hex = File::new("hex", b"03 01 6A 00\n0007565203 300001 01\n");
    assert_eq!(good(&["decode", body.name()], b"not read"), XML.as_bytes());
    assert_eq!(good(&["decode", "-"], BODY), XML.as_bytes());
    assert_eq!(good(&["decode", "--hex", hex.name()], b""), XML.as_bytes());
    let copied = b"0x03, 0x01, 0x6a, 0x00,\n0x00, 0x07, 0x56, 0x52, 0x03, 0x30, 0x00, 0x01, 0x01";
    assert_eq!(good(&["decode", "--hex"], copied), XML.as_bytes());
}

#[test]
fn encode_writes_hex_when_asked() {
    let hex = good(&["encode", "--hex"], XML.as_bytes());
    assert_eq!(String::from_utf8(hex.clone()).unwrap(), "03 01 6A 00 00 07 56 52 03 30 00 01 01\n");
    assert_eq!(good(&["decode", "--hex"], &hex), XML.as_bytes());
}

#[test]
fn dump_explains_a_document() {
    let listing = String::from_utf8(good(&["dump"], BODY)).unwrap();
    assert_eq!(listing, wbxml::Dump::new(BODY).to_string());
    assert!(listing.starts_with("0000  03 01 6a 00        WBXML 1.3, public id 1, UTF-8, no string table\n"));
}

#[test]
fn check_says_what_is_good() {
    let body = File::new("good.wbxml", BODY);
    let said = String::from_utf8(good(&["check", body.name()], b"")).unwrap();
    assert_eq!(said, format!("{}: well-formed, 13 bytes, 2 elements\n", body.name()));
    assert_eq!(good(&["check"], BODY), b"standard input: well-formed, 13 bytes, 2 elements\n");
}

#[test]
fn a_fault_is_one_line_with_byte_and_path() {
    // A Sync request whose second collection has an OPAQUE that is cut off.
    let bytes = from_hex("03016A00 45 5C 4F 4B 033100 01 01 4F 4B 033200 01 55 C3 50 6162");
    let file = File::new("broken.wbxml", &bytes);
    let line = format!(
        "{}: byte 20, Sync/Collections/Collection[2]/WindowSize: OPAQUE claims 80 bytes, 2 are left",
        file.name()
    );
    assert_eq!(bad(&["check", file.name()], b"", 1), (line.clone(), String::new()));
    let (said, listing) = bad(&["dump", file.name()], b"", 1);
    assert_eq!(said, line);
    let last = listing.lines().last().unwrap_or_default();
    assert_eq!(last, "0014          c3 50 61 62        FAULT: OPAQUE claims 80 bytes, 2 are left");
    // What came before the fault is there to see.
    let (said, xml) = bad(&["decode", file.name()], b"", 1);
    assert_eq!(said, line);
    assert!(xml.contains("<SyncKey>2</SyncKey>"), "{xml}");
}

#[test]
fn a_fault_in_xml_is_one_line_with_line_and_column() {
    let xml = b"<Sync xmlns='AirSync' xmlns:e='Email'>\n  <e:Subjekt>hi</e:Subjekt>\n</Sync>";
    let (line, printed) = bad(&["encode"], xml, 1);
    assert_eq!(
        line,
        "standard input: line 2, column 3, Sync/Subjekt: unknown element {Email}Subjekt: did you mean Subject?"
    );
    // Nothing half done comes out.
    assert_eq!(printed, "");
    let (line, _) = bad(&["encode"], b"<Sync xmlns='AirSync'>\xFF</Sync>", 1);
    assert_eq!(line, "standard input: byte 22: expected XML in UTF-8, found other bytes");
}

#[test]
fn strict_refuses_what_no_code_page_has() {
    let bytes = b"\x03\x01\x6A\x00\x00\xC8\x05";
    assert!(!good(&["decode"], bytes).is_empty());
    for command in ["decode", "dump", "check"] {
        let (line, _) = bad(&[command, "--strict"], bytes, 1);
        let path = "(page 200 token 0x05)";
        assert_eq!(
            line,
            format!("standard input: byte 6, {path}: the code pages have no tag 0x05 on page 200")
        );
    }
    let xml = br#"<_0x05 xmlns="wbxml:page:200"/>"#;
    assert_eq!(good(&["encode"], xml), bytes);
    bad(&["encode", "--strict"], xml, 1);
}

#[test]
fn limits_can_be_lifted() {
    let deep = [b"\x03\x01\x6A\x00".to_vec(), vec![0x45; 1000], vec![0x01; 1000]].concat();
    let (line, _) = bad(&["check"], &deep, 1);
    assert!(line.contains("`depth`") && line.ends_with("(--no-limits)"), "{line}");
    assert_eq!(
        good(&["check", "--no-limits"], &deep),
        b"standard input: well-formed, 2004 bytes, 1000 elements\n"
    );
    let xml = good(&["decode", "--no-limits"], &deep);
    let (line, _) = bad(&["encode"], &xml, 1);
    assert!(line.contains("`depth`") && line.ends_with("(--no-limits)"), "{line}");
    assert_eq!(good(&["encode", "--no-limits"], &xml), deep);
    let deep = [b"\x03\x01\x6A\x00".to_vec(), vec![0x45; 1_000_000], vec![0x01; 1_000_000]].concat();
    assert_eq!(
        good(&["check", "--no-limits"], &deep),
        b"standard input: well-formed, 2000004 bytes, 1000000 elements\n"
    );
}

#[test]
fn malformed_hex_has_a_place() {
    let (line, _) = bad(&["check", "--hex"], b"03 01\n6A 0g", 1);
    assert_eq!(line, "standard input: line 2, column 5: expected a hexadecimal digit, found 'g'");
}

#[test]
fn a_complaint_is_one_line_whatever_a_document_names() {
    // The string table names an element with a line end and a terminal's escape.
    let bytes = b"\x03\x01\x6A\x07a\n\x1B[2J\x00\x44\x00";
    let output = wbxml(&["check"], bytes);
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(complaint.lines().count(), 1, "{complaint:?}");
    assert!(!complaint.contains('\u{1B}'), "{complaint:?}");
    let listing = String::from_utf8(wbxml(&["dump"], bytes).stdout).unwrap();
    assert!(!listing.contains('\u{1B}'), "{listing:?}");
}

#[test]
fn wrong_usage_is_status_2() {
    assert_eq!(wbxml(&[], b"").status.code(), Some(2));
    assert_eq!(wbxml(&["translate"], b"").status.code(), Some(2));
    assert_eq!(wbxml(&["decode", "--colour"], b"").status.code(), Some(2));
    assert_eq!(wbxml(&["decode", "one", "two"], b"").status.code(), Some(2));
    let (line, _) = bad(&["check", "/nowhere/body.wbxml"], b"", 2);
    assert!(line.starts_with("/nowhere/body.wbxml: "), "{line}");
}

#[test]
fn help_and_version_are_good() {
    let help = String::from_utf8(good(&["--help"], b"")).unwrap();
    for word in ["decode", "encode", "dump", "check", "EXAMPLES", "EXIT STATUS"] {
        assert!(help.contains(word), "--help does not say {word}");
    }
    for command in ["decode", "encode", "dump", "check"] {
        let help = String::from_utf8(good(&[command, "--help"], b"")).unwrap();
        assert!(help.contains("--hex") && help.contains("standard input"), "{help}");
    }
    assert!(good(&["--version"], b"").starts_with(b"wbxml "));
}

#[test]
fn a_closed_pipe_is_no_panic() {
    // More output than a pipe holds, and a reader that goes after the first bytes.
    let item = b"\x4B\x03some text\x00\x01";
    let bytes = [&b"\x03\x01\x6A\x00\x45"[..], &item.repeat(100_000), b"\x01"].concat();
    let file = File::new("long.wbxml", &bytes);
    for command in ["decode", "dump"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wbxml"))
            .args([command, file.name()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the tool starts");
        let mut stdout = child.stdout.take().expect("standard output is a pipe");
        stdout.read_exact(&mut [0; 16]).expect("there is output");
        drop(stdout);
        let output = child.wait_with_output().expect("the tool ends");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command}");
        assert_eq!(output.status.code(), Some(0), "{command}");
    }
}
