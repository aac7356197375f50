use std::fs;
use std::path::Path;

use quote::quote;

use super::edition::Edition;
use super::expand;
use super::file::{PageFile, Parsed};
use super::language::{AttributeContent, Details, LanguageFile};

const ACME: &str = "# Acme: routes\r\n\
    page: 200\r\n\
    name: Acme\r\n\
    \r\n\
    token\tname\tcontent\tversions\r\n\
    0x07\tTrace\tinteger\t14.0-\r\n\
    5\tRoute\tcontainer\tall\r\n\
    0x06\tHop\r\n";

#[test]
fn a_page_file_is_read() {
    let PageFile::Tags(page) = good(PageFile::parse(ACME, None)) else { panic!("it is a page of tags") };
    assert_eq!((page.number, page.name.as_str(), page.namespace.as_str()), (200, "Acme", "Acme"));
    let rows: Vec<_> =
        page.tags.iter().map(|row| (row.line, row.token, row.name.as_str(), row.content.word)).collect();
    assert_eq!(rows, [(7, 5, "Route", "container"), (8, 6, "Hop", "any"), (6, 7, "Trace", "integer")]);
    let versions: Vec<_> = page.tags.iter().map(|row| row.versions.describe()).collect();
    assert_eq!(versions, ["all versions", "all versions", "14.0 and later"]);
}

#[test]
fn an_attribute_file_is_read() {
    let text = "attribute-page: 3\n\ntoken\tattribute\tprefix\n0x06\turl\thttp://\n0x05\turl\n\
        token\tvalue\n0x86\t .org/ \n0x85\t.com/\n";
    let PageFile::Attributes(page) = good(PageFile::parse(text, None)) else {
        panic!("it is a page of attributes")
    };
    let start = |token, prefix: &str| (token, "url".to_owned(), prefix.to_owned());
    assert_eq!(page.number, 3);
    assert_eq!(page.starts, [start(5, ""), start(6, "http://")]);
    assert_eq!(page.values, [(0x85, ".com/".to_owned()), (0x86, " .org/ ".to_owned())]);
}

#[test]
fn a_language_file_is_read() {
    let text =
        "language: SI\npublic-id: 0x05\nformal-public-id: -//WAPFORUM//DTD SI 1.0//EN\n\npage\nsi.tsv\n";
    let language = good(LanguageFile::parse(text, None));
    assert_eq!(language.name, "SI");
    assert_eq!(language.public_id, 5);
    assert_eq!(language.formal_public_id, "-//WAPFORUM//DTD SI 1.0//EN");
    assert_eq!(language.pages, [(6, "si.tsv".to_owned())]);
}

#[test]
fn a_language_with_editions_is_read_for_one_of_them() {
    let text = "language: Mine\nroot: m\nmedia-type: a/b, c/d\nextensions: variables\nxmlns: attribute\n\
        attribute-starts: whole\nwbxml: 1.1\nembeds: Other {version}, Plain\n\
        version\tpublic-id\tformal-public-id\n1.0\t0x07\t-//M 1.0//\n1.1\t0x08\t-//M 1.1//\n\
        page\tversions\na.tsv\nb.tsv\t1.1-\nc.tsv\t1.0\n\
        attribute\tcontent\twhen\nkey\topaque\tkind=k\nday\tpacked-datetime\n\
        prefix\tnamespace\np\turn:p\nalias\tname\nx\ty\nentity\tcharacter\nnbsp\t160\n";
    let edition = Edition::parse("1.1").unwrap();
    let language = good(LanguageFile::parse(text, Some(&edition)));
    assert_eq!((language.name.as_str(), language.public_id), ("Mine 1.1", 8));
    assert_eq!(language.formal_public_id, "-//M 1.1//");
    assert_eq!(language.pages.iter().map(|(_, page)| page.as_str()).collect::<Vec<_>>(), ["a.tsv", "b.tsv"]);
    let text_pair = |first: &str, second: &str| (first.to_owned(), second.to_owned());
    let attribute =
        |attribute: &str, content, when| AttributeContent { attribute: attribute.to_owned(), content, when };
    assert_eq!(
        language.details,
        Details {
            version: "1.1".to_owned(),
            root: "m".to_owned(),
            media_types: vec!["a/b".to_owned(), "c/d".to_owned()],
            wbxml: Some(1),
            xmlns_is_attribute: true,
            whole_starts: true,
            variables: true,
            embeds: vec!["Other 1.1".to_owned(), "Plain".to_owned()],
            attributes: vec![
                attribute("key", "Opaque", Some(text_pair("kind", "k"))),
                attribute("day", "PackedDateTime", None),
            ],
            prefixes: vec![text_pair("p", "urn:p")],
            aliases: vec![text_pair("x", "y")],
            entities: vec![("nbsp".to_owned(), '\u{A0}')],
            ..Details::default()
        }
    );
}

#[test]
fn rows_of_other_editions_are_left_out() {
    let edition = Edition::parse("1.2").unwrap();
    let parse = |text: &str| good(PageFile::parse(text, Some(&edition)));
    let text = "page: 0\nname: P\nnamespace: urn:p{version}\ntoken\tname\tversions\n5\tOld\t1.0-1.1\n5\tNew\t1.2-\n6\tBoth\tall\n";
    let PageFile::Tags(page) = parse(text) else { panic!("it is a page of tags") };
    assert_eq!(page.namespace, "urn:p1.2");
    let rows: Vec<_> =
        page.tags.iter().map(|row| (row.token, row.name.as_str(), row.versions.describe())).collect();
    // The versions are not those of ActiveSync, which has no 1.2.
    assert_eq!(rows, [(5, "New", "all versions".to_owned()), (6, "Both", "all versions".to_owned())]);
    let text = "attribute-page: 0\ntoken\tattribute\tprefix\tversions\n5\ta\t\t1.3\n5\tb\t\t1.2\ntoken\tvalue\tversions\n0x85\tx\t1.1\n";
    let PageFile::Attributes(page) = parse(text) else { panic!("it is a page of attributes") };
    assert_eq!((page.starts.len(), page.starts[0].1.as_str(), page.values.len()), (1, "b", 0));
    let text = "extension-values: EXT_T_0\nindex\tvalue\tversions\n9\tz\tall\n0x08\ty\t1.2\n7\tx\t1.3\n";
    let PageFile::Values(values) = parse(text) else { panic!("they are values") };
    assert_eq!(values, [(8, "y".to_owned()), (9, "z".to_owned())]);
}

#[test]
fn faults_of_languages_and_editions_are_reported() {
    let text = "language: A\nxmlns: yes\nwbxml: 2.0\nversion\tpublic-id\n1.0\t5\npage\na.tsv\n\
        attribute\tcontent\twhen\na\tblob\nb\topaque\tc\nentity\tcharacter\nx\t0xD800\nindex\tvalue\n";
    let edition = Edition::parse("1.1").unwrap();
    let found = faults(LanguageFile::parse(text, Some(&edition)));
    for expected in [
        "`xmlns` is `attribute` or not there, not `yes`",
        "`wbxml` is a version from 1.0 to 1.3, not `2.0`",
        "name one of the versions 1.0 in the call: `= \"…\" version \"…\"`",
        "`blob` is no kind of content",
        "`when` is `ATTRIBUTE=value`, not `c`",
        "`0xD800` is no number of a character",
        "a language has no table of `index`",
    ] {
        assert!(found.iter().any(|(_, message)| message.starts_with(expected)), "{expected}: {found:?}");
    }
    let text = "language: A\npublic-id: 1\npage\na.tsv\n";
    assert_eq!(
        faults(LanguageFile::parse(text, Some(&edition))),
        [fault(1, "the language has no versions: leave out `version \"1.1\"`")]
    );
    let text = "page: 0\nname: P\ntoken\tname\tversions\n5\tA\t1.x\n";
    assert_eq!(
        faults(PageFile::parse(text, Some(&edition)))[0],
        fault(4, "`1.x` is no version, such as 1.2")
    );
    let text = "extension-values: EXT_T_1\nindex\tvalue\n1\ta\n1\tb\n";
    assert_eq!(
        faults(PageFile::parse(text, None)),
        [
            fault(1, "`extension-values` are those of EXT_T_0, not of `EXT_T_1`"),
            fault(4, "the index 0x01 stands in line 3 already"),
        ]
    );
}

/// `head` and then a table; its rows begin in line 5.
fn faults_in_rows(rows: &str) -> Vec<(usize, String)> {
    let text = format!("page: 1\nname: P\n\ntoken\tname\tcontent\tversions\n{rows}");
    faults(PageFile::parse(&text, None))
}

fn faults<T>((_, faults): Parsed<T>) -> Vec<(usize, String)> {
    assert!(!faults.is_empty(), "the file is bad");
    faults.into_iter().map(|fault| (fault.line, fault.message)).collect()
}

fn good<T>((file, faults): Parsed<T>) -> T {
    assert_eq!(faults, []);
    file.expect("a good file is read")
}

fn fault(line: usize, message: &str) -> (usize, String) {
    (line, message.to_owned())
}

#[test]
fn every_bad_row_is_reported_with_its_line() {
    let rows = "0x04\tA\n0x40\tB\n0x2x\tC\n+5\tD\n\tE\n0x06\n0x07\tF G\n0x08\t7up\n0x09\tH\tblob\n\
        0x0A\tI\tany\t13.0-\n0x0B\tJ\tany\t16.0-2.5\n0x0C\tK\tany\tall\textra\n";
    let token = |text: &str| format!("expected a token, 0x05 to 0x3F, not `{text}`");
    assert_eq!(
        faults_in_rows(rows),
        [
            fault(5, &token("0x04")),
            fault(6, &token("0x40")),
            fault(7, &token("0x2x")),
            fault(8, &token("+5")),
            fault(9, "the row lacks its `token`"),
            fault(10, "the row lacks its `name`"),
            fault(11, "`F G` is no name for a tag"),
            fault(12, "`7up` is no name for a tag"),
            fault(
                13,
                "`blob` is no kind of content; the kinds are \
                 any, container, mixed, empty, string, integer, boolean, datetime, opaque, opaque-text, \
                 opaque-integer, opaque-datetime, packed-datetime, string-or-opaque, document"
            ),
            fault(
                14,
                "`13.0` is no protocol version; \
                 the versions are 1.0, 2.0, 2.1, 2.5, 12.0, 12.1, 14.0, 14.1, 16.0, 16.1"
            ),
            fault(15, "the versions `16.0-2.5` end before they begin"),
            fault(16, "5 cells in a table of 4 columns"),
        ]
    );
}

#[test]
fn repetitions_name_the_first() {
    assert_eq!(
        faults_in_rows("0x05\tA\n5\tB\n# a comment counts as a line\n0x06\tA\n"),
        [
            fault(6, "the token 0x05 stands in line 5 already"),
            fault(8, "the name A stands in line 5 already")
        ]
    );
    assert_eq!(
        faults(PageFile::parse("page: 1\nname: A\npage: 2\n\ntoken\tname\n5\tA\n", None)),
        [fault(3, "`page` stands in line 1 already")]
    );
    assert_eq!(
        faults(PageFile::parse("attribute-page: 0\ntoken\tvalue\n0x85\ta\n0x85\tb\n", None)),
        [fault(4, "the token 0x85 stands in line 3 already")]
    );
}

#[test]
fn bad_heads_are_reported() {
    let table = "\ntoken\tname\n5\tA\n";
    let parse = |head: &str| faults(PageFile::parse(&format!("{head}{table}"), None));
    assert_eq!(
        parse("name: A\n"),
        [fault(1, "the head needs the number of the page: `page: 200` (or `attribute-page: 0`)")]
    );
    assert_eq!(
        parse("page: 1\nattribute-page: 1\n"),
        [fault(1, "a file holds one page: keep `page` or `attribute-page`")]
    );
    assert_eq!(parse("page: 1\nname:\n"), [fault(2, "the head needs `name: …`")]);
    assert_eq!(parse("page: 256\nname: A\n"), [fault(1, "`page` is a number from 0 to 255, not `256`")]);
    assert_eq!(
        parse("page: 1\nname: A\nversion: 3\nwhat\n"),
        [
            fault(3, "`version` is no key of this head; the keys are page, name and namespace"),
            fault(4, "expected `key: value`, or the line of column names that begins a table"),
        ]
    );
}

#[test]
fn bad_columns_are_reported() {
    let parse = |columns: &str| faults(PageFile::parse(&format!("page: 1\nname: P\n{columns}\n"), None));
    assert_eq!(parse("token\tcontent"), [fault(3, "the table lacks the column `name`")]);
    assert_eq!(
        parse("token\tname\tversion"),
        [fault(3, "`version` is no column of this table; the columns are token, name, content, versions")]
    );
    assert_eq!(parse("token\tname\tname"), [fault(3, "two columns are named `name`")]);
    assert_eq!(
        parse("# no table"),
        [fault(
            1,
            "the page has no tags: a table begins with the columns `token` and `name`, a tab between them"
        )]
    );
}

#[test]
fn tokens_of_attributes_keep_to_their_half() {
    let text = "attribute-page: 0\ntoken\tattribute\n0x04\ta\n0x44\tb\n0x85\tc\ntoken\tvalue\n0x05\td\n0xC4\te\n0x86\n";
    let start = |text: &str| format!("expected a token, 0x05 to 0x3F or 0x45 to 0x7F, not `{text}`");
    let value = |text: &str| format!("expected a token, 0x85 to 0xBF or 0xC5 to 0xFF, not `{text}`");
    assert_eq!(
        faults(PageFile::parse(text, None)),
        [
            fault(3, &start("0x04")),
            fault(4, &start("0x44")),
            fault(5, &start("0x85")),
            fault(7, &value("0x05")),
            fault(8, &value("0xC4")),
            fault(9, "the row lacks its `value`"),
        ]
    );
}

#[test]
fn bad_languages_are_reported() {
    assert_eq!(
        faults(LanguageFile::parse("language: A\npublic-id: 1\n", None)),
        [fault(1, "the language has no pages: name their files, a line each, below a line `page`")]
    );
    assert_eq!(
        faults(LanguageFile::parse("public-id: -1\npage\na.tsv\na.tsv\n", None)),
        [
            fault(1, "the head needs `language: …`"),
            fault(1, "`public-id` is a number from 0 to 4294967295, not `-1`"),
            fault(4, "the page a.tsv stands in line 3 already"),
        ]
    );
}

/// A folder of files, gone when the test is over.
struct Folder(std::path::PathBuf);

impl Folder {
    fn of(test: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("activesync-derive-{}-{test}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
        Self(folder)
    }

    fn expand(&self, input: proc_macro2::TokenStream) -> String {
        expand(input, &self.0).to_string().replace(' ', "")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_page_becomes_a_module() {
    let folder = Folder::of("module", &[("acme.tsv", ACME)]);
    let tokens = folder.expand(quote!(/// Routes.
        pub(crate) acme = "acme.tsv"));
    for expected in [
        "pub(crate)modacme{",
        "#[doc=r\"Routes.\"]",
        "pubconstRoute:::wbxml::Tag=::wbxml::Tag::versioned(200u8,5,::wbxml::VersionSet::ALL);",
        "::wbxml::VersionSet::since(::wbxml::ProtocolVersion::V14_0)",
        "::wbxml::TagInfo{tag:Hop,name:\"Hop\",content:::wbxml::Content::Any}",
        "\"`Acme:Trace`:token0x07,contentinteger,14.0andlater.\"",
        // Positions plus one of the tokens 5, 6 and 7; then Hop, Route, Trace.
        "&[0,0,0,0,0,1,2,3,0,",
        "&[1,0,2],",
        "const_:&[u8]=::core::include_bytes!(",
    ] {
        assert!(tokens.contains(expected), "{expected} is missing in {tokens}");
    }
    assert!(!tokens.contains("compile_error"));
}

#[test]
fn a_language_lists_its_modules() {
    let attributes = "attribute-page: 7\ntoken\tvalue\n0x85\tx\n";
    let language = "language: Mine\npublic-id: 0xFD1\npage\nacme.tsv\nattributes.tsv\n";
    let files = [("acme.tsv", ACME), ("attributes.tsv", attributes), ("language.tsv", language)];
    let tokens = Folder::of("language", &files).expand(quote!(crate = self; pub language MINE = "."));
    for expected in [
        "pubmodacme{",
        "pubmodattributes_7{",
        "pubstaticMINE:self::Language=self::Language::new(\"Mine\",4049u32,\"\",&[&acme::PAGE],&[&attributes_7::PAGE],);",
        "super::Tag::versioned",
    ] {
        assert!(tokens.contains(expected), "{expected} is missing in {tokens}");
    }
    assert_eq!(tokens.matches("include_bytes!").count(), 3);
}

#[test]
fn an_edition_has_its_details() {
    let language = "language: Mine\nroot: m\nversion\tpublic-id\n1.0\t5\n1.1\t6\npage\nacme.tsv\nvalues.tsv\nprefix\tnamespace\np\turn:p\n";
    let values = "extension-values: EXT_T_0\nindex\tvalue\n3\tx\n";
    let files = [
        ("acme.tsv", ACME.replace("14.0-", "1.1-")),
        ("language.tsv", language.to_owned()),
        ("values.tsv", values.to_owned()),
    ];
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folder = Folder::of("edition", &files);
    let tokens = folder.expand(quote!(pub language MINE = "." version "1.1"));
    for expected in [
        "::wbxml::Language::new(\"Mine1.1\",6u32,\"\",&[&acme::PAGE],&[],).detailed(&::wbxml::Details{version:\"1.1\",",
        "root:\"m\"",
        "values:&[(3u32,\"x\")]",
        "prefixes:&[(\"p\",\"urn:p\")]",
        "name:\"Trace\"",
    ] {
        assert!(tokens.contains(expected), "{expected} is missing in {tokens}");
    }
    assert!(!folder.expand(quote!(pub language MINE = "." version "1.0")).contains("Trace"));
    for call in [
        quote!(language MINE = "."),
        quote!(language MINE = "." version "x"),
        quote!(language MINE = "." edition "1.0"),
    ] {
        let tokens = folder.expand(call.clone());
        assert!(tokens.contains("compile_error"), "{call}");
    }
}

#[test]
fn pages_of_a_language_must_differ() {
    let other = ACME.replace("page: 200", "page: 201");
    let language = "language: Mine\npublic-id: 1\npage\nacme.tsv\nsame.tsv\nother.tsv\nnone.tsv\n";
    let files =
        [("acme.tsv", ACME), ("same.tsv", ACME), ("other.tsv", other.as_str()), ("language.tsv", language)];
    let tokens = Folder::of("differ", &files).expand(quote!(language MINE = "."));
    assert!(tokens.contains("./language.tsv:5:acme.tsvispage200already"), "{tokens}");
    assert!(tokens.contains("./language.tsv:6:acme.tsvmakesamodule`acme`already"), "{tokens}");
    assert!(tokens.contains("cannotread./none.tsv,lookedforat"), "{tokens}");
}

#[test]
fn faults_of_all_files_are_reported() {
    let files = [("a.tsv", "page: 1\nname: A\ntoken\tname\n0x01\tA\n"), ("b.tsv", "page: x\nname: B\n")];
    let tokens = Folder::of("faults", &files).expand(quote!(a = "a.tsv"; b = "b.tsv"; c = "c.tsv";));
    assert!(tokens.contains("a.tsv:4:expectedatoken,0x05to0x3F,not`0x01`"), "{tokens}");
    assert!(tokens.contains("b.tsv:1:`page`isanumber"), "{tokens}");
    assert!(tokens.contains("cannotreadc.tsv"), "{tokens}");
    assert_eq!(tokens.matches("compile_error").count(), 3);
}

#[test]
fn a_bad_row_costs_only_its_own_constant() {
    let text = "page: 1\nname: A\nversion: 2\ntoken\tname\n5\tGood\n5\tAgain\n6\tGood\n7\tBad one\n8\tLast\n";
    let tokens = Folder::of("row", &[("a.tsv", text)]).expand(quote!(a = "a.tsv"));
    assert_eq!(tokens.matches("compile_error").count(), 4);
    assert!(tokens.contains("pubconstGood:") && tokens.contains("pubconstLast:"), "{tokens}");
    assert_eq!(tokens.matches("pubconst").count(), 2);
    assert!(tokens.contains("include_bytes"));
}

#[test]
fn names_become_identifiers() {
    let text =
        "page: 1\nname: A\ntoken\tname\n5\taccept-charset\n6\tdo\n7\tself\n8\tPAGE\n9\taccept_charset\n";
    let tokens = Folder::of("names", &[("a.tsv", text)]).expand(quote!(a = "a.tsv"));
    for expected in [
        "pubconstr#do:",
        "pubconstself_:",
        "pubconstaccept_charset:",
        "name:\"accept-charset\"",
        "a.tsv:7:`PAGE`andthestatic`PAGE`makethesameconstant",
        "a.tsv:8:`accept_charset`and`accept-charset`makethesameconstant",
    ] {
        assert!(tokens.contains(expected), "{expected} is missing in {tokens}");
    }
}

#[test]
fn a_bad_call_is_one_error() {
    for call in [quote!(), quote!(pub acme), quote!(acme = 5), quote!(crate = wbxml)] {
        let tokens = expand(call, Path::new("")).to_string();
        assert_eq!(tokens.matches("compile_error").count(), 1, "{tokens}");
    }
}
