//! What the tests of this crate share: the documents of the specification's facts, which lie beside the checkout.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod canonical;
pub(crate) mod documents;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{env, fs, io, thread};

/// A document as WBXML and as XML.
pub(crate) struct Example {
    pub(crate) name: String,
    pub(crate) wbxml: Vec<u8>,
    pub(crate) xml: String,
}

impl Example {
    /// Whether it has tag tables of its own, not those of ActiveSync.
    pub(crate) fn is_foreign(&self) -> bool {
        self.name.starts_with("w3c-")
    }
}

/// All documents that `wbxml-examples.tsv` lists. None where the facts are missing, which fails if CI is set.
pub(crate) fn examples() -> &'static [Example] {
    static EXAMPLES: LazyLock<Vec<Example>> = LazyLock::new(read_examples);
    &EXAMPLES
}

/// The documents of [`examples`] in the code pages of ActiveSync.
pub(crate) fn activesync_examples() -> impl Iterator<Item = &'static Example> {
    examples().iter().filter(|example| !example.is_foreign())
}

/// A document of a language other than ActiveSync.
pub(crate) struct LanguageExample {
    /// The folder of the language's facts.
    pub(crate) folder: String,
    pub(crate) name: String,
    pub(crate) version: String,
    /// How its bytes came to be.
    pub(crate) encoded: String,
    pub(crate) wbxml: Vec<u8>,
    pub(crate) xml: String,
}

/// All documents that `languages/examples/examples.tsv` lists; none where the facts are missing, as for [`examples`].
pub(crate) fn language_examples() -> &'static [LanguageExample] {
    static EXAMPLES: LazyLock<Vec<LanguageExample>> = LazyLock::new(|| {
        let Some(spec) = spec_dir() else { return Vec::new() };
        let folder = spec.join("languages/examples");
        let examples: Vec<_> = read(&folder.join("examples.tsv"))
            .lines()
            .skip(1)
            .map(|row| {
                let cells: Vec<_> = row.split('\t').map(str::to_owned).collect();
                let [language, name, version, encoded, ..] = &*cells else { panic!("{row}") };
                let file = |ending: &str| read(&folder.join(language).join(format!("{name}.{ending}")));
                LanguageExample {
                    wbxml: from_hex(&file("hex")),
                    xml: file("xml"),
                    folder: language.clone(),
                    name: name.clone(),
                    version: version.clone(),
                    encoded: encoded.clone(),
                }
            })
            .collect();
        assert_eq!(examples.len(), 90);
        examples
    });
    &EXAMPLES
}

fn read_examples() -> Vec<Example> {
    let Some(spec) = spec_dir() else { return Vec::new() };
    let table = read(&spec.join("wbxml-examples.tsv"));
    let examples: Vec<_> = table
        .lines()
        .skip(1)
        .map(|row| {
            let name = row.split('\t').next().unwrap_or_default().to_owned();
            let file = |ending: &str| read(&spec.join("examples").join(format!("{name}.{ending}")));
            Example { wbxml: from_hex(&file("hex")), xml: file("xml"), name }
        })
        .collect();
    assert!(examples.len() > 60, "wbxml-examples.tsv lists {} documents only", examples.len());
    examples
}

fn spec_dir() -> Option<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec");
    if directory.join("wbxml-examples.tsv").is_file() {
        return Some(directory);
    }
    let ci = env::var_os("CI").is_some_and(|ci| !ci.is_empty());
    assert!(!ci, "CI is set, but the specification's facts are not beside the checkout, in ../shared/spec");
    let test = thread::current().name().unwrap_or("a test").to_owned();
    // Unlike what `eprintln!` prints, this is seen even though the test passes.
    let _ = writeln!(io::stderr(), "\nSKIPPED {test}, which needs ../shared/spec beside the checkout");
    None
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

/// The bytes of hexadecimal digits, with any white space between them.
pub(crate) fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| u8::try_from(c.to_digit(16).expect("a hexadecimal digit")).expect("a digit is small"))
        .collect();
    let (pairs, rest) = digits.as_chunks::<2>();
    assert!(rest.is_empty(), "an odd number of digits");
    pairs.iter().map(|[high, low]| high << 4 | low).collect()
}

/// The bytes that the rows of a listing show, after checking that each row's offset is that of its bytes.
pub(crate) fn listed(listing: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in listing.lines() {
        let (offset, rest) = row.split_once("  ").unwrap_or_else(|| panic!("a row without bytes: {row:?}"));
        assert_eq!(usize::from_str_radix(offset, 16), Ok(bytes.len()), "{row:?} in\n{listing}");
        let row_start = bytes.len();
        for group in rest.trim_start().split(' ') {
            match u8::from_str_radix(group, 16) {
                // A row of 16 bytes goes on with a bar, one of 6 with at least two spaces.
                Ok(byte) if group.len() == 2 && bytes.len() - row_start < 16 => bytes.push(byte),
                _ => break,
            }
        }
    }
    bytes
}

/// Hexadecimal digits of bytes.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02X}"))
}
